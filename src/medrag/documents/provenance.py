"""Who said it and in which edition: sidecars, corpus manifests, and what is missing.

Laid over what the file itself says, later ones winning: `corpus.toml` of the corpus root, then of
each folder on the way to the file, then the sidecar beside the file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from medrag.core.document import Source
from medrag.documents.dates import whole_day
from medrag.documents.encoding import decode, read_bytes
from medrag.errors import CorpusError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MANIFEST_NAME = "corpus.toml"
SIDECAR_SUFFIXES = (".toml", ".json")
FIELDS = tuple(name for name in Source.model_fields if name not in {"sha256", "path"})
"""What provenance may say, in the order of `Source`."""

_SPELLINGS = {"license": "licence"}
_DAYS = frozenset({"published", "effective", "expires"})
_DIGITS_OF_A_DAY = 8
_MAX_PROVENANCE_BYTES = 2**20


def read_table(path: Path) -> dict[str, Any]:
    """Return the top-level table of a TOML or JSON file.

    Raises:
        CorpusError: The file cannot be read, is not TOML or JSON, or holds no table.
    """
    text = decode(read_bytes(path, limit=_MAX_PROVENANCE_BYTES), path)
    try:
        table = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of both readers, and for endless numbers
        kind = "JSON" if path.suffix.lower() == ".json" else "TOML"
        raise CorpusError(f"{path}: not {kind} ({error}).") from error
    if not isinstance(table, dict):
        raise CorpusError(f"{path}: expected one table of fields, found {type(table).__name__}.")
    return table


def checked(fields: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return `fields` under the names of `Source`, days as days.

    One text in a list is that text (which other programs write), and case does not count in kinds.

    Args:
        fields: As written in a sidecar, a manifest or front matter.
        place: Where they were written, for the message.

    Raises:
        CorpusError: A field is unknown; carries the near miss. Or a day is none.
    """
    known: dict[str, Any] = {}
    for written, value in fields.items():
        name = _SPELLINGS.get(written, written)
        if name not in FIELDS:
            close = get_close_matches(name, FIELDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise CorpusError(f"{place}: unknown field {name!r}.{hint} Known: {', '.join(FIELDS)}.")
        if name == "supersedes":
            known[name] = [value] if isinstance(value, str) else value
        else:
            alone = value[0] if isinstance(value, list) and len(value) == 1 else value
            known[name] = _day(alone, f"{place}: {name}") if name in _DAYS else alone
    if isinstance(known.get("kind"), str):
        known["kind"] = known["kind"].strip().lower()
    return known


def _day(value: Any, place: str) -> date | None:
    """Return the day that somebody wrote; a number of seconds since 1970 is none.

    Raises:
        CorpusError: It names no day, or leaves open which one.
    """
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    is_number = type(value) is int and len(str(value)) == _DIGITS_OF_A_DAY  # 20240301
    found = whole_day(str(value)) if is_number or isinstance(value, str) else None
    if found is None:
        raise CorpusError(
            f"{place}: {value!r} names no single day. Write dates as YYYY-MM-DD; of a month or a "
            "year write its first day, where something ends its last."
        )
    return found


def overlay(source: Source, fields: Mapping[str, Any], place: str) -> Source:
    """Return `source` with `fields` in place of its own; the rest stays.

    Raises:
        CorpusError: A field is unknown or has the wrong type, or a date leaves the day open.
    """
    changed = source.model_dump() | checked(fields, place)
    try:
        return Source.model_validate(changed)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        raise CorpusError(f"{place}: {field}: {first['msg']}.") from error


def missing_provenance(source: Source) -> tuple[str, ...]:
    """Return what nobody has said about a source, in the order of `Source`'s fields.

    Of `title` (the file's name stands in for it), `publisher`, `edition`, `published`,
    `effective` and `licence`. One of the two dates is enough: `effective` is named only where
    both are absent.
    """
    untitled = source.path is not None and source.title == Path(source.path).name
    missing = ["title"] if untitled else []
    missing += [name for name in ("publisher", "edition") if not getattr(source, name)]
    if source.effective is None and source.published is None:
        missing.append("effective")
    if not source.licence:
        missing.append("licence")
    return tuple(missing)
