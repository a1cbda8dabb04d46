"""Sentences, list items, table rows and headings of clinical text.

Two steps: lines make blocks (what a line is: row, item, heading, prose), then prose is cut
at the ends of its sentences. Both look only a bounded way around a place, so the time is
linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from medrag.core.span import Span
from medrag.text.layout import BULLETS, CLOSED, SMALL_WORDS, awaits_number, shapes
from medrag.text.pages import flowing
from medrag.text.references import with_references
from medrag.text.table_lines import barless_rows

UnitKind = Literal["row", "item", "heading", "prose"]
_Kind = Literal["blank", "row", "item", "heading", "prose"]

_LINE = re.compile(r"[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
_BREAKS = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
_MANY_CELLS = 6
_FEWEST_BARS = 3  # of a row without spaces around its bars; `|x|` is a size
_LONGEST_CELL = 250  # characters, on average over a row
_ROW = re.compile(r"\S.*(?:\t| \|)|\|.*\||\| ", re.DOTALL)
_NOTE = re.compile(r"[†‡§¶ᵃ-ᵍᶜᶠ]+[ \t]*(?=[^\W\d_])")  # a footnote, with its mark before it
_RULE = re.compile(r"\|?(?:[ :]*-{2,}[ :]*\|)+[ :-]*\|?")  # under a markdown header
_SYMBOL_ITEM = re.compile(rf"[✓✔☑✅✗✘❌✖✕☒⛔🚫🛑{BULLETS}]|[-–*+o·][ \t]+\S")
_NUMBER_ITEM = re.compile(r"(?:\d{1,2}[.)]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})\)|[a-z]\.)[ \t]+\S")
_MARK_AND_TAB = re.compile(
    rf"(?:[{BULLETS}*–+-]|\(?(?:\d{{1,2}}|[a-zA-Z]|[ivx]{{1,4}})[.)])\t[ \t]*"
)
_INLINE_BULLET = re.compile(r"[•▪‣\uf0b7](?<=\s.)(?=\s*\S)")
_SECTION_NUMBER = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?[ \t]+[A-Z]")
_SENTENCE_ENDED = re.compile(r"[.!?:][\"'”’)\]]*[\d¹²³⁴-⁹,]*\Z")


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

    As `sentences`, which keeps each list item whole; and what goes on over the end of a page
    is one unit.
    """
    text = flowing(text)
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
    bulleted = any(mark in text for mark in "•▪‣\uf0b7")
    start = 0
    for end, following in _line_ends(text):
        cuts = [m.start() for m in _INLINE_BULLET.finditer(text, start, end)] if bulleted else []
        for right in (*cuts, end):
            piece = text[start:right]
            begin = start + len(piece) - len(piece.lstrip())
            lines.append((begin, begin + len(piece.strip())) if begin < right else (start, start))
            start = right
        start = following
    return lines


def _line_ends(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each line ends and where the next begins; the last ends with the text."""
    at = 0
    for line in text.splitlines(keepends=True):
        following = at + len(line)
        end = at + len(line.rstrip(_BREAKS) if line[-1] in _BREAKS else line)
        if end == following:
            break
        yield end, following
        at = following
    yield len(text), 0


def _blocks(text: str) -> Iterator[tuple[int, int, _Kind]]:
    lines = _lines(text)
    open_start, open_end = 0, 0
    open_kind: _Kind = "blank"
    goes_on = False  # whether an unmarked line belongs to the open unit
    shaped = shapes(text, lines) if len(lines) > 1 else {}
    barless = barless_rows(text, lines) if "\n" in text and "|" in text else {}
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        if number in barless:
            if barless[number]:  # the row that began on a line before
                open_end = end
                continue
            if open_kind != "blank":
                yield open_start, open_end, open_kind
            open_start, open_end, open_kind, goes_on = start, end, "row", False
            continue
        following = lines[number + 1] if number + 1 < len(lines) else (end, end)
        kind = _kind(
            line,
            text[slice(*following)],
            text[max(open_start, open_end - 12) : open_end],
            open_kind,
        )
        shape = shaped.get(number)
        if shape is not None and kind in {"prose", "heading"}:
            kind = kind if shape == "prose" else shape
        if kind == "prose" and shape is None and goes_on and not _NOTE.match(line):
            open_end = end
            continue
        if open_kind != "blank":
            yield open_start, open_end, open_kind
        open_start, open_end, open_kind = start, end, kind
        goes_on = kind in {"prose", "item"} or (kind == "row" and shape == "row")
    if open_kind != "blank":
        yield open_start, open_end, open_kind


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
    mark = _MARK_AND_TAB.match(line)  # the tab behind an item's mark parts no cells
    line = line[mark.end() :] if mark is not None else line
    if "\t" not in line and "|" not in line:
        return False
    if _RULE.fullmatch(line):
        return True
    narrow = "\t" not in line and "| " not in line and " |" not in line
    if narrow and not (line[0] == line[-1] == "|" and line.count("|") >= _FEWEST_BARS):
        return False
    cells = line.count("\t") + line.count("|") + 1
    if "|" not in line and cells >= _MANY_CELLS and _is_tabbed_prose(line):
        return False
    return bool(_ROW.match(line)) and len(line) <= _LONGEST_CELL * cells


def _is_tabbed_prose(line: str) -> bool:
    """Return whether tabs stand between the words of a sentence, where spaces should."""
    cells = [cell.strip() for cell in line.split("\t")]
    single = [cell for cell in cells if cell and " " not in cell]
    letters = [cell for cell in single if cell[0].isalpha()]
    return 2 * len(single) > len(cells) and 2 * sum(c[0].islower() for c in letters) > len(letters)


def _has_stray_tab(line: str, following: str, open_kind: _Kind) -> bool:
    """Return whether a line is prose with tabs for spaces and no row beside it: no table."""
    if "|" in line or open_kind == "row" or "\t" in following:
        return False
    ends = len(_PROSE_END.findall(line))
    words = line.count(" ") + line.count("\t")
    if ends > 1 and words >= _MANY_WORDS:
        return True  # a paragraph, not the one row of a table
    left, *later = (cell.strip() for cell in line.split("\t"))
    if len(later) == 1 and left[-1:].isalpha() and later[0][:1].islower():
        return True
    told = [cell for cell in later if cell]
    reads_on = 3 * sum(cell[0].islower() for cell in told) >= 2 * len(told)
    return len(later) > 1 and reads_on and bool(ends) and words >= _FEW_WORDS


_FEW_WORDS, _MANY_WORDS = 8, 25
_PROSE_END = re.compile(r"[a-z]{3}[)\]]?[.!?](?:\s|\Z)")


# A footnote, or what goes on from the line before: no heading, however short its line.
_TAKES_UP = re.compile(rf"{_NOTE.pattern}|(?:unless|except|but|only|not|if|until|or|and|nor)\b")


_EMPHASIZED = re.compile(r"(\*{1,3}|_{1,3})(?=\S)(?P<words>[^*_]+)(?<=\S)\1(?P<colon>:?)")


def without_emphasis(line: str) -> str:
    """Return a line without the marks of Markdown around the whole of it (`**Children:**`)."""
    marked = _EMPHASIZED.fullmatch(line) if line[:1] in {"*", "_"} else None
    return marked["words"] + marked["colon"] if marked is not None else line


def _is_heading(line: str, following: str) -> bool:
    if line.startswith("#"):
        return True
    line = without_emphasis(line)
    words = line.split()
    if (
        len(line) > 120
        or len(words) > 14
        or words[-1].lower() in SMALL_WORDS
        or _TAKES_UP.match(line)
        or (following[:1].isdigit() and awaits_number(line))
    ):
        return False
    if line.endswith(":"):
        return True
    if CLOSED.search(line) or following[:1].islower():
        return False
    return not following or _is_title(line, words)


def _is_title(line: str, words: list[str]) -> bool:
    """Return whether a line above text is written as a title: numbered, capitals, or short."""
    letters = [word for word in words if word[:1].isalpha()]
    if not letters:
        return False
    if _SECTION_NUMBER.match(line) or line.isupper():
        return True
    capital = sum(w[:1].isupper() or w.lower() in SMALL_WORDS for w in letters)
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
_GLUED_BRACKET = re.compile(r"\.(?<=[A-Za-z\d%)\]]\.)\[\d{1,3}(?:[,–-]\s?\d{1,3})*\](?=\s+[A-Z])")
# Flattened labels: `... (5.9, 8.1) 5.1 Pneumonitis Pneumonitis has been reported`.
_BEFORE_SECTION = re.compile(r"\)(?=\s\d{1,2}\.\d{1,2}\s[A-Z][A-Za-z])")
_GLUED = re.compile(r"\.(?<=[a-z]{3}\.)(?=[A-Z][a-z]{2})")
_AFTER_REFERENCE = re.compile(r"[.!?]\s{1,3}\[[^\]\[]{1,200}\](?=\s+[A-Z])")
# Rarer ends, each with a character that it cannot do without.
_RARE_ENDS = (
    (_GLUED_REFERENCE, "."),
    (_GLUED, "."),
    (re.compile(r"[?!](?<=[a-z]{3}[?!])(?=[A-Z][a-z]{2})"), "?"),
    (_GLUED_BRACKET, "["),
    (_AFTER_REFERENCE, "["),
    (_BEFORE_SECTION, ")"),
)
_NEXT = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[\"'“‘(\[]*(\S*)")

# Never the end of a sentence.
_PEOPLE = frozenset({"Dr", "Drs", "Mr", "Mrs", "Ms", "Prof", "St"})
_NEVER_LAST = frozenset({
    "e.g", "i.e", "vs", "fig", "figs", "cf", "viz", "approx", "ca", "eq", "eqs", "resp", "esp",
    "incl", "ref", "refs"
})  # fmt: skip
_ABBREVIATED = frozenset({"CF", "CA", "VS"})  # a disease, an antigen, the vital signs
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
    for cut in (*_sentence_ends(text, start, end), end):
        piece = text[begin:cut]
        left = len(piece) - len(piece.lstrip())
        if left < len(piece):
            yield begin + left, begin + len(piece.rstrip())
        begin = cut


def _sentence_ends(text: str, start: int, end: int) -> list[int]:
    ends = [m.end() for m in _END.finditer(text, start, end) if _ends_sentence(text, m, start, end)]
    for pattern, mark in _RARE_ENDS:
        if text.find(mark, start, end) >= 0:
            ends += [m.end() for m in pattern.finditer(text, start, end)]
    return with_references(text, start, end, sorted(set(ends)))


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
    words = before.rsplit(maxsplit=2)
    word = words[-1].lstrip("([\"'“‘") if words and not before[-1].isspace() else ""
    lower = word.lower()
    starter = after.rstrip(",.;:") in _STARTERS
    if word in _PEOPLE or (lower in _NEVER_LAST and word not in _ABBREVIATED):
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
