"""The layouts in which a quotation is looked for in a passage, the plainest first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.quotes.encoded import decoded
from medrag.quotes.reading import Reading, read_as_printed, read_passage
from medrag.quotes.recast import recast
from medrag.text.blocks import laid_out
from medrag.text.pages import without_pages

_NUMBER_AND_WORD = re.compile(
    r"(?:(?P<before>[^\W\d_]+)[ \t]+)?(?P<number>\d{1,4})\b(?:[ \t]+(?P<behind>\w+))?"
)


def layouts(quote: str, passage: str) -> Iterator[tuple[Reading, str]]:
    """Yield ways to read both, each to be tried only where all before it failed.

    Without what encoders and pages leave; with the passage as printed, where numbers taken for
    those of pages may be amounts; the quotation in the layout of the passage.
    """
    lines = laid_out(passage)
    quote = laid_out(decoded(quote, passage)).strip()
    flowing = without_pages(quote)
    quote = flowing if _has_its_numbers(quote, flowing, lines) else quote
    reading = read_passage(lines)
    yield reading, quote
    if reading.paged:
        yield read_as_printed(lines), quote
    for anew in recast(quote, lines):
        yield reading, anew


def _has_its_numbers(quote: str, flowing: str, passage: str) -> bool:
    """Return whether the numbers that `flowing` lost stand beside the same words of the passage."""
    if quote == flowing or len(quote) != len(flowing):
        return True
    for match in _NUMBER_AND_WORD.finditer(quote):
        at = match.start("number")
        if flowing[at] == quote[at]:
            continue
        pair = [re.escape(word) for word in match.group("before", "number", "behind") if word]
        if not re.search(r"(?<!\w)" + r"[ \t]+".join(pair) + r"(?!\w)", passage):
            return False
    return True
