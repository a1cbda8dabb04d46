"""De-identification: a text without identifiers, and with every clinical fact."""

from medrag.privacy.deidentifier import Deidentifier, deidentify
from medrag.privacy.evidence import Found
from medrag.privacy.known import Identity, read_identity
from medrag.privacy.recognizer import Recognizer
from medrag.privacy.values import Deidentified, Kind, Replacement
from medrag.privacy.vault import Vault

__all__ = [
    "Deidentified",
    "Deidentifier",
    "Found",
    "Identity",
    "Kind",
    "Recognizer",
    "Replacement",
    "Vault",
    "deidentify",
    "read_identity",
]
