"""Fields at the head of a Markdown file: `---` with `key: value` lines, or `+++` with TOML."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from medrag.documents.provenance import FIELDS
from medrag.errors import CorpusError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FENCE = re.compile(r"\A(---|\+\+\+)[ \t]*\n")
_PAIR = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:[ \t]*(.*)\Z")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)\Z")
_OTHER_NAMES = {"license": "licence", "date": "published", "version": "edition"}


def split(text: str, path: Path) -> tuple[dict[str, Any], str]:
    """Return (fields, the text after the front matter); no fields where there is none.

    Of the keys, those of `Source` are kept, and `license`, `date` and `version` under the names
    `licence`, `published` and `edition`. Front matter is shared with other programs, so a key
    that is none of these is left to them, unless it is a near miss of one of ours.

    Raises:
        CorpusError: The closing fence is missing, TOML is damaged, a line of the `---` form is
            no `key: value`, or a key is a near miss.
    """
    opening = _FENCE.match(text)
    if opening is None:
        return {}, text
    fence = opening[1]
    closing = re.compile(rf"^{re.escape(fence)}[ \t]*$", re.MULTILINE).search(text, opening.end())
    if closing is None:
        if fence == "---":  # a thematic break, not front matter
            return {}, text
        raise CorpusError(f"{path}: the front matter has no closing {fence}. Add it.")
    head, body = text[opening.end() : closing.start()], text[closing.end() :]
    pairs = _toml(head, path) if fence == "+++" else _pairs(head, path)
    if pairs is None:
        return {}, text
    return _ours(pairs, path), body


def _toml(head: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(head)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CorpusError(f"{path}: the front matter is not TOML ({error}).") from error


def _pairs(head: str, path: Path) -> dict[str, Any] | None:
    """Return the pairs of the simple form, or None where the first line shows it is none."""
    pairs: dict[str, Any] = {}
    last = ""
    for number, line in enumerate(head.split("\n"), start=2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pair, item = _PAIR.match(line), _ITEM.match(line)
        if pair:
            last = pair[1]
            pairs[last] = _value(pair[2])
        elif item and last:
            before = pairs[last] if isinstance(pairs[last], list) else []
            pairs[last] = [*before, _scalar(item[1])]
        elif not pairs:
            return None
        elif not (line[0].isspace() and last):  # nested values belong to other programs
            raise CorpusError(f"{path}: line {number} of the front matter is no 'key: value'.")
    return pairs


def _value(text: str) -> Any:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [_scalar(part) for part in text[1:-1].split(",") if part.strip()]
    return _scalar(text)


def _scalar(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return re.split(r"\s#", text, maxsplit=1)[0].strip()


def _ours(pairs: dict[str, Any], path: Path) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in pairs.items():
        name = _OTHER_NAMES.get(key.lower(), key)
        if name in FIELDS:
            if value not in {"", None} if not isinstance(value, (list, dict)) else True:
                fields[name] = value
        elif close := get_close_matches(name, FIELDS, n=1, cutoff=0.8):
            raise CorpusError(
                f"{path}: unknown field {key!r} in the front matter. Did you mean {close[0]!r}?"
            )
    return fields
