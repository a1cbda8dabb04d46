"""Texts whose identifiers stand between double square brackets, and facts between braces."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"\[\[(?P<identifier>.+?)\]\]|\{(?P<kept>[^}]+)\}", re.DOTALL)


@dataclass(frozen=True)
class Marked:
    """A text with its marks taken out.

    Attributes:
        identifiers: Places that must be replaced, whole.
        kept: Places that must stay, whole.
    """

    text: str
    identifiers: tuple[tuple[int, int], ...]
    kept: tuple[tuple[int, int], ...]


def read_marked(written: str) -> Marked:
    """Return the text of `[[Ann Doe]] takes {warfarin 5 mg}.` and what is marked in it."""
    text, last = "", 0
    identifiers, kept = [], []
    for match in _MARK.finditer(written):
        text += written[last : match.start()]
        content = match["identifier"] or match["kept"]
        place = len(text), len(text) + len(content)
        (identifiers if match["identifier"] else kept).append(place)
        text += content
        last = match.end()
    return Marked(text + written[last:], tuple(identifiers), tuple(kept))
