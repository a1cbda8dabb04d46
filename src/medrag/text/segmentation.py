"""Sentences, list items, table rows and headings of clinical text.

Two steps: lines make blocks (what a line is: row, item, heading, prose), then prose is cut
at the ends of its sentences. Both look only a bounded way around a place, so the time is
linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from medrag.core.span import Span

UnitKind = Literal["row", "item", "heading", "prose"]
_Kind = Literal["blank", "row", "item", "heading", "prose"]

_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
_BREAK = re.compile(r"\r\n|[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]")
_GAP = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")  # between the cells of a table set with spaces
_WIDE_GAP = 3
_LONGEST_SPACED_CELL = 48
_MARK_ALONE = re.compile(r"(?:[^\w\s]+|\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-zA-Z]|[ivx]{1,4})[.)]?)\Z")
_LONGEST_CELL = 250  # characters, on average over a row
_ROW = re.compile(r"\S.*(?:\t| \|)|\|.*\||\| ", re.DOTALL)
_RULE = re.compile(r"\|?(?:[ :]*-{2,}[ :]*\|)+[ :-]*\|?")  # under a markdown header
_SYMBOL_ITEM = re.compile(r"[•●○■□▪▫◦‣⁃◆❖►▶➢➤\uf0b7\uf0a7]|[-–*+o][ \t]+\S")
_NUMBER_ITEM = re.compile(r"(?:\d{1,2}[.)]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})\)|[a-z]\.)[ \t]+\S")
_INLINE_BULLET = re.compile(r"[•▪‣\uf0b7](?<=\s.)(?=\s)")
_SECTION_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?[ \t]+[A-Z]")
_CLOSED = re.compile(r"[.!?;,:][\"'”’)\]]*(?:\s?\[[^\[\]]{1,40}\])?\Z")
_SENTENCE_ENDED = re.compile(r"[.!?:][\"'”’)\]]*[\d¹²³⁴-⁹,]*\Z")
_SMALL_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "for", "from", "has",
    "have", "if", "in", "into", "is", "may", "more", "not", "of", "on", "or", "should", "than",
    "that", "the", "their", "these", "this", "to", "was", "were", "when", "where", "which",
    "while", "who", "will", "with"
})  # fmt: skip


class Unit(NamedTuple):
    """One sentence, list item, table row or heading.

    Attributes:
        start, end: Its characters, trimmed, half-open.
        kind: What it is; a sentence of a list item is of kind `item`.
        block: Number of the block it belongs to, from 0: the sentences of one paragraph
            share a block, and so do the sentences of one list item.
    """

    start: int
    end: int
    kind: UnitKind
    block: int

    @property
    def span(self) -> Span:
        """The unit's characters."""
        return Span(start=self.start, end=self.end)


def segment(text: str) -> list[Unit]:
    """Return the units of `text` in order, with list items cut into their sentences.

    As `sentences`, which keeps each list item whole.
    """
    units: list[Unit] = []
    for block, (start, end, kind) in enumerate(_blocks(text)):
        if kind in {"prose", "item"}:
            units += (Unit(*place, kind, block) for place in _cut_prose(text, start, end))
        elif kind != "blank":
            units += (Unit(*place, kind, block) for place in _trimmed(text, start, end))
    return units


def sentences(text: str) -> list[Span]:
    """Return the sentences, list items, table rows and headings of `text`, in order.

    A line with ` | ` or a tab is a table row and one unit; a list item is one unit with its
    wrapped lines; a heading on a line of its own is one unit; prose is cut at sentence ends.
    A blank line always ends a unit, a wrapped line never does. Spans are trimmed of white
    space, do not overlap, and cover every other character exactly once. Linear in the
    length of `text`.
    """
    places: list[tuple[int, int]] = []
    for start, end, kind in _blocks(text):
        places += _cut_prose(text, start, end) if kind == "prose" else _trimmed(text, start, end)
    return [Span(start=start, end=end) for start, end in places]


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    if left < len(piece):
        yield start + left, start + len(piece.rstrip())


# --- Lines to blocks -----------------------------------------------------------------------


def _lines(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of every line, trimmed; an inline bullet begins a line too."""
    lines: list[tuple[int, int]] = []
    bulleted = _INLINE_BULLET.search(text) is not None
    start = 0
    for end, following in [*(m.span() for m in _BREAK.finditer(text)), (len(text), 0)]:
        cuts = [m.start() for m in _INLINE_BULLET.finditer(text, start, end)] if bulleted else []
        for left, right in pairwise((start, *cuts, end)):
            piece = text[left:right]
            begin = left + len(piece) - len(piece.lstrip())
            lines.append((begin, begin + len(piece.strip())) if begin < right else (left, left))
        start = following
    return lines


def _blocks(text: str) -> Iterator[tuple[int, int, _Kind]]:
    lines = _lines(text)
    open_start, open_end = 0, 0
    open_kind: _Kind = "blank"
    plain = _plain_items(text, lines)
    spaced = _spaced_rows(text, lines)
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        following = lines[number + 1] if number + 1 < len(lines) else (end, end)
        kind = _kind(
            line,
            text[slice(*following)],
            text[max(open_start, open_end - 12) : open_end],
            open_kind,
        )
        if number in spaced:
            kind = "row"
        if number in plain and kind in {"prose", "heading"}:
            kind = "item"
        if kind == "prose" and open_kind in {"prose", "item"}:
            open_end = end
            continue
        if open_kind != "blank":
            yield open_start, open_end, open_kind
        open_start, open_end, open_kind = start, end, kind
    if open_kind != "blank":
        yield open_start, open_end, open_kind


def _plain_items(text: str, lines: Sequence[tuple[int, int]]) -> set[int]:
    """Return the numbers of the lines that are items of a list without marks.

    Two or more short lines in a row under a line that ends with a colon, none of them
    closed and none of them broken off in mid-sentence, up to a blank line.
    """
    found: set[int] = set()
    run: list[int] | None = None  # None: no list is open
    for number, (start, end) in enumerate([*lines, (0, 0)]):
        line = text[start:end]
        if run is not None and line and _is_plain_item(line):
            run.append(number)
            continue
        if run is not None and len(run) > 1 and not line:
            found.update(run)
        run = [] if line.endswith(":") and len(line) <= 120 else None
    return found


def _spaced_rows(text: str, lines: Sequence[tuple[int, int]]) -> set[int]:
    """Return the numbers of the lines that are rows of a table set with spaces alone.

    Two or more lines in a row of short cells, one of which begins or ends in the same column
    as one of the line above.
    """
    found: set[int] = set()
    if "  " not in text:
        return found
    above: set[int] = set()
    for number, (start, end) in enumerate(lines):
        edges = _cell_edges(text, start, end)
        if any(edge + shift in above for edge in edges for shift in (-1, 0, 1)):
            found.update((number - 1, number))
        above = edges
    return found


def _cell_edges(text: str, start: int, end: int) -> set[int]:
    """Return the columns where cells after the first begin and end; empty for a line of prose."""
    gaps = [m.span() for m in _GAP.finditer(text, start, end)] if end - start < 200 else []
    if not gaps or "|" in text[start:end] or "\t" in text[start:end]:
        return set()
    bounds = [start, *(edge for gap in gaps for edge in gap), end]
    cells = list(zip(bounds[::2], bounds[1::2], strict=True))
    wide = max(b - a for a, b in gaps) >= _WIDE_GAP
    short = all(b - a <= _LONGEST_SPACED_CELL for a, b in cells)
    listed = len(cells) == 2 and _MARK_ALONE.match(text, *cells[0])
    if not (wide and short) or listed or _CLOSED.search(text, start, gaps[0][0]):
        return set()
    left = text.rfind("\n", max(0, start - 200), start) + 1
    return {edge - left for cell in cells[1:] for edge in cell}


def _is_plain_item(line: str) -> bool:
    words = line.split()
    return (
        len(line) <= 70
        and len(words) <= 10
        and line[0].isalnum()
        and not _CLOSED.search(line)
        and words[-1].lower() not in _SMALL_WORDS
        and "\t" not in line
        and "|" not in line
    )


def _kind(line: str, following: str, before: str, open_kind: _Kind) -> _Kind:
    if not line:
        return "blank"
    if _is_row(line) and not _has_stray_tab(line, following, open_kind):
        return "row"
    if _SYMBOL_ITEM.match(line):
        return "item"
    free = open_kind not in {"prose", "item"} or bool(_SENTENCE_ENDED.search(before))
    if _NUMBER_ITEM.match(line) and (free or open_kind == "item"):
        return "item"
    return "heading" if free and _is_heading(line, following) else "prose"


def _is_row(line: str) -> bool:
    """Return whether a line is a table row; one stray bar does not make a page of prose one."""
    if "\t" not in line and "|" not in line:
        return False
    if _RULE.fullmatch(line):
        return True
    if "\t" not in line and "| " not in line and " |" not in line:
        return False
    cells = line.count("\t") + line.count("|") + 1
    return bool(_ROW.match(line)) and len(line) <= _LONGEST_CELL * cells


def _has_stray_tab(line: str, following: str, open_kind: _Kind) -> bool:
    """Return whether a line has but one tab between words and no row beside it: no table."""
    if "|" in line or line.count("\t") != 1 or open_kind == "row" or "\t" in following:
        return False
    left, right = (side.strip() for side in line.split("\t"))
    return left[-1:].isalpha() and right[:1].islower()


def _is_heading(line: str, following: str) -> bool:
    if line.startswith("#"):
        return True
    words = line.split()
    if len(line) > 120 or len(words) > 14 or words[-1].lower() in _SMALL_WORDS:
        return False
    if line.endswith(":"):
        return True
    if _CLOSED.search(line) or following[:1].islower():
        return False
    return not following or _is_title(line, words)


def _is_title(line: str, words: list[str]) -> bool:
    """Return whether a line above text is written as a title: numbered, capitals, or short."""
    letters = [word for word in words if word[:1].isalpha()]
    if not letters:
        return False
    if _SECTION_NUMBER.match(line) or line.isupper():
        return True
    capital = sum(w[:1].isupper() or w.lower() in _SMALL_WORDS for w in letters)
    return letters[0][:1].isupper() and (len(line) <= 50 or capital == len(letters))


# --- Prose to sentences --------------------------------------------------------------------

_END = re.compile(
    r"[.!?](?<![.!?][.!?])[.!?]*[\"'”’)\]]{0,4}(?:[¹²³⁰⁴-⁹†‡*]+)?"
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*(?=\s)"
)
# Most sentences end so: a word of five letters or more and a capital; no abbreviation is as long,
# but for `approx.` and `subsp.`.
_PLAIN_END = re.compile(r"(?!subsp)[a-z]{5}\.\s[A-Z]")
_GLUED_REFERENCE = re.compile(r"\.(?<=[a-z)\]]\.)\d{1,3}(?:[,–-]\d{1,3})*(?=\s+[A-Z])")
_GLUED = re.compile(r"[.?!](?<=[a-z]{3}[.?!])(?=[A-Z][a-z]{2})")
_AFTER_REFERENCE = re.compile(r"[.!?]\s{1,3}\[[^\]\[]{1,200}\](?=\s+[A-Z])")
_NEXT = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[\"'“‘(\[]*(\S*)")

# Never the end of a sentence.
_PEOPLE = frozenset({"Dr", "Drs", "Mr", "Mrs", "Ms", "Prof", "St"})
_NEVER_LAST = frozenset({
    "e.g", "i.e", "vs", "fig", "figs", "cf", "viz", "approx", "ca", "eq", "eqs", "resp", "esp",
    "incl", "ref", "refs"
})  # fmt: skip
# Not the end where a number follows.
_NUMBERED = frozenset({
    "no", "nos", "sec", "sect", "ch", "chap", "vol", "pp", "p", "tab", "art", "lot", "para", "ed",
    "eds"
})  # fmt: skip
# The end only where a word follows that often begins a sentence.
_RARELY_LAST = frozenset({
    "u.s", "u.k", "e.u", "al", "inc", "ltd", "co", "corp", "ph.d", "m.d", "spp", "sp", "subsp",
    "var"
})  # fmt: skip
_STARTERS = frozenset({
    "A", "After", "All", "Although", "An", "And", "As", "Avoid", "Because", "Before", "Both",
    "But", "Consider", "Do", "Dose", "During", "Each", "For", "However", "If", "In", "It", "Its",
    "Monitor", "No", "Not", "Of", "On", "One", "Other", "Our", "Patients", "Since", "Some",
    "Such", "Table", "That", "The", "Their", "Then", "There", "Therefore", "These", "They",
    "This", "Those", "Thus", "To", "Treatment", "Use", "We", "When", "Where", "Whether", "While",
    "With"
})  # fmt: skip


def _cut_prose(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for cut in _sentence_ends(text, start, end):
        yield from _trimmed(text, begin, cut)
        begin = cut
    yield from _trimmed(text, begin, end)


def _sentence_ends(text: str, start: int, end: int) -> list[int]:
    ends = [m.end() for m in _END.finditer(text, start, end) if _ends_sentence(text, m, start, end)]
    ends += [m.end() for m in _GLUED_REFERENCE.finditer(text, start, end)]
    ends += [m.end() for m in _GLUED.finditer(text, start, end)]
    ends += [m.end() for m in _AFTER_REFERENCE.finditer(text, start, end)]
    return sorted(set(ends))


def _ends_sentence(text: str, match: re.Match[str], start: int, end: int) -> bool:
    at = match.start()
    if _PLAIN_END.match(text, max(start, at - 5), end) and text[at - 6 : at] != "approx":
        return True
    following = _NEXT.match(text, match.end(), min(end, match.end() + 80))
    after = following[1] if following else ""
    if not after:
        return False
    if after[0].islower() and not re.match(r"[a-z]{1,2}[A-Z]", after):
        return False
    if match.group()[0] != ".":
        return True
    before = text[max(start, match.start() - 60) : match.start()]
    return _full_stop_ends(before, after)


def _full_stop_ends(before: str, after: str) -> bool:
    """Return whether the full stop between these words ends a sentence."""
    words = before.split()
    word = words[-1].lstrip("([\"'“‘") if words and not before[-1].isspace() else ""
    lower = word.lower()
    starter = after.rstrip(",.;:") in _STARTERS
    if word in _PEOPLE or lower in _NEVER_LAST:
        return False
    if lower in _NUMBERED:
        return not after[0].isdigit()
    if lower in _RARELY_LAST or _is_initial(words):
        return starter
    return not _is_list_marker(words)


def _is_initial(words: list[str]) -> bool:
    """Return whether the last word is a person's initial (`John F.`), not a letter's name."""
    if not words or not re.fullmatch(r"(?:[A-Z]\.)*[A-Z]", words[-1]):
        return False
    return len(words) == 1 or words[-2][:1].isupper() or words[-2].endswith(",")


def _is_list_marker(words: list[str]) -> bool:
    """Return whether the last word is the number of an item (`Steps: 1. Stop. 2. Wait.`)."""
    if not words or not re.fullmatch(r"\d{1,2}", words[-1]):
        return False
    return len(words) == 1 or bool(re.search(r"[.!?:;]\Z", words[-2]))
