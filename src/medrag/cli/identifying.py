"""The options that say whose identifiers are known and where surrogates are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from medrag.cli.jsonlines import read_json
from medrag.errors import InputError

if TYPE_CHECKING:
    from medrag.privacy import Deidentifier


def open_deidentifier(patient: str | None, vault: str | None, key: str | None) -> Deidentifier:
    """Return what takes identifiers out, as the options say.

    Args:
        patient: FHIR Patient in JSON whose identifiers are known.
        vault: Encrypted file of surrogates.
        key: Key of the vault, or of the date shift alone.

    Raises:
        InputError: A file cannot be read, or holds something else.
    """
    from medrag.privacy import Deidentifier, Vault
    from medrag.sealing import KeyRing, SecretKey

    secret = SecretKey.open(Path(key)) if key is not None else None
    kept = None
    if vault is not None and secret is not None:
        kept = Vault(Path(vault), KeyRing([secret]))
    made = Deidentifier(key=secret, vault=kept)
    if patient is None:
        return made
    resource = read_json(patient)
    if not isinstance(resource, dict):
        raise InputError(f"{patient}: expected a JSON object, found {type(resource).__name__}.")
    return made.patient(resource)
