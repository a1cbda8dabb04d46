"""Whether a claim is nothing but its quotations: word for word, or a table row under labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.text import labelled_row, normalize
from medrag.text.layout import BULLETS

_BULLET = re.compile(rf"\A(?:[{BULLETS}·–*+-]\s+|o\s+(?=[A-Z]))")


def is_verbatim(claim: str, quotes: Sequence[str]) -> bool:
    """Return whether `claim` says its quotations and nothing else.

    Either it is all of them joined in order, but for white space, typography and the bullets
    that began them; or it is the last line they quote, a table row, with each cell under its
    label in a header that they quote too, after the caption where one is quoted.
    """
    if not quotes:
        return False
    said = _plain(claim)
    if said == _plain(" ".join(_BULLET.sub("", quote.strip()) for quote in quotes)):
        return True
    lines = [line for quote in quotes for line in quote.splitlines() if line.strip()]
    return any(
        said == _plain(labelled_row(header, lines[-1], caption=caption) or "")
        for place, header in enumerate(lines[:-1])
        for caption in ("", *lines[:place])
    )


def repeats_part(claim: str, sources: Sequence[str]) -> bool:
    """Return whether `claim` stands word for word in one of `sources`, but for white space."""
    said = " ".join(claim.split())
    return any(said in " ".join(source.split()) for source in sources)


def _plain(text: str) -> str:
    return " ".join(normalize(text).text.replace("\u2060", "").split())
