"""Fields at the head of a Markdown file: YAML between `---`, or TOML between `+++`."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from medrag.documents.dates import whole_day
from medrag.documents.provenance import FIELDS
from medrag.errors import CorpusError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FENCE = re.compile(r"\A(---|\+\+\+)[ \t]*\n")
_OTHER_NAMES = {"license": "licence", "date": "published", "version": "edition"}
_MAX_CHARS = 2**16
_ABSENT = frozenset({"", "~", "null", "Null", "NULL"})


def split(text: str, path: Path) -> tuple[dict[str, Any], str]:
    """Return (fields, the text after the front matter); no fields where there is none.

    Of the keys, those of `Source` are kept, and `license`, `date` and `version` under the names
    `licence`, `published` and `edition`, a `date` where it names a day. Front matter is shared
    with other programs, so a key that is none of these is left to them, unless it is a near miss
    of one of ours.

    Raises:
        CorpusError: The closing fence is missing, the head is damaged or longer than 64 KiB, or a
            key is a near miss.
    """
    opening = _FENCE.match(text)
    if opening is None:
        return {}, text
    fence = opening[1]
    closing = re.compile(_closing(fence), re.MULTILINE).search(text, opening.end())
    if closing is None:
        if fence == "---":  # a thematic break, not front matter
            return {}, text
        raise CorpusError(f"{path}: the front matter has no closing {fence}. Add it.")
    head, body = text[opening.end() : closing.start()], text[closing.end() :]
    pairs = _toml(head, path) if fence == "+++" else _yaml(head, path)
    if pairs is None:
        return {}, text
    return _ours(pairs, path), body


def _closing(fence: str) -> str:
    """Return the pattern of the last line; YAML may also end with `...`."""
    return r"^(?:---|\.\.\.)[ \t]*$" if fence == "---" else r"^\+\+\+[ \t]*$"


def _toml(head: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(head)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CorpusError(f"{path}: the front matter is not TOML ({error}).") from error


def _yaml(head: str, path: Path) -> dict[str, Any] | None:
    """Return the pairs of a YAML head, or None where its first line shows it is none.

    Scalars stay as they are written: edition `1.10` is no number. Those that YAML reads as
    nothing are left out.
    """
    first = next((line for line in head.split("\n") if line.strip() and line[0] != "#"), "")
    if not re.match(r"[\"'{]|[A-Za-z_][\w-]*[ \t]*:(?:\s|$)", first):
        glued = re.match(r"([A-Za-z_][\w-]*):\S", first)
        if glued and _is_ours(glued[1]):
            raise CorpusError(f"{path}: the front matter needs a space after {glued[0][:-1]!r}.")
        return None
    if len(head) > _MAX_CHARS:
        raise CorpusError(f"{path}: the front matter is longer than 64 KiB. Close it with ---.")
    import yaml

    try:
        root = yaml.compose(head, yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode):
            return None
        return {str(key.value): _plain(node) for key, node in root.value if _is_ours(key.value)}
    except (yaml.YAMLError, RecursionError) as error:
        reason = getattr(error, "problem", None) or "nested too deep"
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 2} of " if mark is not None else ""
        raise CorpusError(
            f"{path}: {line}the front matter is not YAML ({reason}). Write 'key: value' lines, "
            "and values with a colon in quotation marks."
        ) from error


def _is_ours(key: Any) -> bool:
    """Return whether a key may be meant for us; what is below others may be of any size."""
    name = _name(str(key))
    return name in FIELDS or bool(get_close_matches(name, FIELDS, n=1, cutoff=0.8))


def _plain(node: Any) -> Any:
    """Return a YAML node as text or a list of texts; None for nothing.

    What is neither becomes a value that no field takes, so that the error names the field.
    """
    if isinstance(node.value, str):
        is_absent = node.style is None and node.value in _ABSENT
        return None if is_absent else node.value.strip()
    parts = [part for part in node.value if not isinstance(part, tuple)]
    if len(parts) < len(node.value) or any(not isinstance(part.value, str) for part in parts):
        return {}
    return [part.value.strip() for part in parts]


def _name(key: str) -> str:
    return _OTHER_NAMES.get(key.lower(), key)


def _ours(pairs: dict[str, Any], path: Path) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in pairs.items():
        name = _name(key)
        if name in FIELDS:
            of_others = name != key and name == "published" and isinstance(value, str)
            if of_others and whole_day(value) is None:
                continue  # `date: 2024-05` is right for the program that it was written for
            is_said = isinstance(value, (list, dict)) or value not in {"", None}
            if is_said and (name == key or name not in fields):
                fields[name] = value
        elif close := get_close_matches(name, FIELDS, n=1, cutoff=0.8):
            raise CorpusError(
                f"{path}: unknown field {key!r} in the front matter. Did you mean {close[0]!r}?"
            )
    return fields
