"""A quotation set in the layout of its passage: cells, list marks, marks of references.

A language model writes a table with bars where the page had gaps, numbers a list that had
bullets, and puts the number of a reference into brackets. No word of the source is another one
for that. What is set anew is judged as any other quotation; the place that is shown is the
passage's own.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from medrag.text import normalize
from medrag.text.layout import BULLETS
from medrag.text.rows import holds_cells, row_cells
from medrag.text.tables import RULE

_GAP = re.compile(r"\t|(?<=\S)[ \u00a0]{2,}(?=\S)")
_BAR = re.compile(r"[ \t]*\|[ \t]*")
_ITEM = re.compile(
    r"^[ \t]*(?:[-*+•][ \t]+)?(?P<mark>\(?(?P<count>\d{1,2}|[a-z]|[ivx]{1,4})[.)])[ \t]+(?=\S)",
    re.MULTILINE | re.IGNORECASE,
)
_FIRST = frozenset({"1", "a", "i"})
_MOST_LINES = 100  # in which a row is looked for
_KNOWN = 24  # characters by which an item is known again
_BULLETED_ABOVE = re.compile(rf"(?:\A|\n)[ \t]*[-*+{BULLETS}][ \t]*[^\n]*[^:\n]\n\Z")
_FEWEST_ITEMS = 2
_NUMBERS = r"\d{1,3}(?:[,–-] ?\d{1,3}){0,8}"
_REFERENCE = re.compile(
    rf"(?<=[^\W\d_]{{2}})\^\(?(?P<power>{_NUMBERS})\)?(?![\w%])"
    rf"|(?:(?<=[^\W\d_][.,;:)])|(?<=\)[.,;:]))\^?(?P<flat>{_NUMBERS})(?=\s|\Z)"
    rf"|(?:(?<=[^\W\d_])|(?<=[)\].,;:])) ?\[(?P<bracket>{_NUMBERS})\](?!\w)"
)
_LAST_WORD = re.compile(r"(?:[^\W\d_]+\s+){0,2}[^\W\d_]+(?=[^\w]*\Z)")
_NEXT_WORD = re.compile(r"[^\w\n]{0,4}([^\W\d_]+)")


def recast(quote: str, passage: str) -> Iterator[str]:
    """Yield `quote` as `passage` might set it; nothing where it holds nothing to set anew."""
    anew = _with_cells(quote, passage)
    yield from (one for one in (anew, _unnumbered(anew, passage)) if one != quote)
    if _has_its_references(anew, passage):
        yield from (_REFERENCE.sub(way, anew) for way in _STYLES)


def _with_cells(quote: str, passage: str) -> str:
    """Return a table's rows with cells parted as the passage parts them, without its rules."""
    barred = "|" in quote
    lines = [
        line for line in quote.split("\n") if not (barred and "-" in line and RULE.match(line))
    ]
    if barred and "|" not in passage:
        if not _has_its_cells(lines, passage):
            return quote
        gap = "\t" if "\t" in passage else "  " if _GAP.search(passage) else " "
        return "\n".join(gap.join(_BAR.split(line.strip().strip("|").strip())) for line in lines)
    if barred and " | " not in passage:
        return "\n".join("|".join(_BAR.split(line)) for line in lines)
    if "|" in passage and not barred:
        lines = [" | ".join(row_cells(one)) if _GAP.search(one.strip()) else one for one in lines]
    return "\n".join(lines)


def _has_its_cells(rows: Iterable[str], passage: str) -> bool:
    """Return whether no bar of `rows` stands where the same row of the passage has no gap.

    A row of the passage without any gap shows no cells, and bears bars anywhere. Which columns
    are blank is not asked here.
    """
    lines = [
        [normalize(cell).text for cell in _GAP.split(line.strip(" \u00a0"))]
        for line in passage.split("\n")
    ]
    squeezed = [_squeezed(line) for line in lines]
    ends = list(accumulate(len(line) + 1 for line in squeezed))
    joined = "\n".join(squeezed)
    for row in dict.fromkeys(rows):
        barred = row_cells(row) if "|" in row else []
        cells = [normalize(cell).text for cell in barred if cell]
        words = _squeezed(cells)
        at, tried = joined.find(words) if words else -1, 0
        while at >= 0 and tried < _MOST_LINES:
            line = lines[bisect_right(ends, at)]
            if len(line) == 1 or holds_cells([cell for cell in line if cell], cells):
                break
            at, tried = joined.find(words, at + 1), tried + 1
        else:
            if tried:
                return False
    return True


def _squeezed(cells: Sequence[str]) -> str:
    return "".join(cells).replace(" ", "")


def _unnumbered(quote: str, passage: str) -> str:
    """Return a list without the numbers of its items, which the passage marks otherwise.

    Only numbers or letters that count from the first over two items or more.
    """
    marks = list(_ITEM.finditer(quote))
    counts = [mark["count"].lower() for mark in marks]
    if len(marks) < _FEWEST_ITEMS or counts[0] not in _FIRST:
        return quote
    if not all(_counts_on(above, below) for above, below in pairwise(counts)):
        return quote
    if any(re.search(rf"^[ \t]*{re.escape(mark['mark'])}\s", passage, re.M) for mark in marks[:2]):
        return quote
    said = (quote[mark.end() : mark.end() + _KNOWN] for mark in marks)
    items = [re.escape(item.split("\n", maxsplit=1)[0]) for item in said]
    if re.search(rf"^[ \t]*\(?\w{{1,4}}[.)][ \t]+(?:{'|'.join(items)})", passage, re.M):
        return quote  # the passage counts the same steps otherwise
    first = re.search(rf"^[ \t]*\W?[ \t]*{items[0]}", passage, re.M)
    if first is None or _BULLETED_ABOVE.search(passage, 0, first.start()):
        return quote  # the list begins further up
    return _ITEM.sub("- ", quote)


def _counts_on(above: str, below: str) -> bool:
    if above.isdigit() and below.isdigit():
        return int(below) == int(above) + 1
    roman = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
    if above in roman and below in roman and roman.index(below) == roman.index(above) + 1:
        return True
    return len(above) == len(below) == 1 and ord(below) == ord(above) + 1


def _has_its_references(quote: str, passage: str) -> bool:
    """Return whether each number of a reference stands behind the same word of the passage."""
    found = list(_REFERENCE.finditer(quote))
    plain = unicodedata.normalize("NFKC", passage) if found else ""
    for match in found:
        word = _LAST_WORD.search(quote, max(0, match.start() - 40), match.start())
        number = re.escape(_number(match).replace("–", "-")).replace(r"\-", "[-–−]")
        before = r"\W+".join(map(re.escape, word[0].split())) if word is not None else ""
        behind = _NEXT_WORD.match(quote, match.end())
        follows = rf"\W{{0,12}}(?:/sup>)?\W{{0,3}}{re.escape(behind[1])}" if behind else ""
        if not before or not re.search(
            rf"{before}\W{{0,4}}(?:<sup>)?\W{{0,2}}{number}(?!\d|[,–-] ?\d){follows}", plain
        ):
            return False
    return bool(found)


def _number(match: re.Match[str]) -> str:
    return match[match.lastgroup or 0]


_STYLES: tuple[Callable[[re.Match[str]], str], ...] = (
    lambda _: "",
    _number,
    lambda match: " " + _number(match),
    lambda match: f"[{_number(match)}]",
)
"""How the number of a reference may stand in a passage: not in its words, as digits, bracketed."""
