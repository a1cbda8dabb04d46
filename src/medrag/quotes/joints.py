"""Quotations that write the joints of lists and tables otherwise: `Do not use in: gout; asthma`.

Between a heading or a lead-in and what stands under it, between items, between rows and
between cells a page has lines, bullets, bars or gaps where a sentence has a colon, a comma or
nothing. There, and only there, a quotation may put another mark, and from what heads a list or
a table it may go on to the item or the row that it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from medrag.quotes.clipping import is_title
from medrag.quotes.elision import is_governed
from medrag.quotes.reading import Range, Reading
from medrag.quotes.scope import counts
from medrag.text import normalize
from medrag.text.ordinary import ordinary_words
from medrag.text.references import REFERENCE

_TOKEN = re.compile(r"[^\s|]+|\|")
_STANDS_ALONE = frozenset("|-•*")
_CLOSING = ".,;:"
_MARKS = re.compile(r"[.,;:]*")
_CELL_EDGE = re.compile(r"\||\t|[ \u00a0]{2}|\n")
_LINE_END = re.compile(r"[ \t.,;:|]*(?:[\n\r\f|•▪‣\uf0b7])")
# A reference to sections or to literature stands behind a word; behind a number it is a value.
_CITED = re.compile(
    rf"(?<=[^\W\d_][^\W\d_.,;:)])(?:{REFERENCE.pattern}| ?\(\d{{1,3}}(?:[,-] ?\d{{1,3}}){{0,8}}\))"
    rf"|(?<=[.,;:\])]){REFERENCE.pattern}"
)
_UNDER_HEAD = frozenset(":-|.")
_IN_LIST = frozenset(",;|.")
_IN_ROW = frozenset(",;:|.")
_BETWEEN_NUMBERS = frozenset(";:|.")  # a comma or a dash would make one number or a range of two
_NUMBER_EDGE = "0123456789<>=~+-"
_FEWEST_WORDS = 2
_MOST_WORDS = 400
_BETWEEN = 16  # characters between the first two words
_MOST_STARTS = 40
_MOST_LEAPS = 3
_REACH = 300  # units from a head to what it heads


_SHORTEST_STRESSED = 4  # letters; a shorter word in capitals may be a name
_LONG = 6  # letters; from here on names in capitals are those of drugs (`ORALOXIN`, `predniSONE`)
_STRESSED = frozenset({
    "not", "do", "use", "the", "and", "for", "are", "may", "can", "any", "but", "has", "be", "to",
    "of", "in", "is", "if", "than", "per", "by", "on", "two", "day"
})  # fmt: skip
_NAMES_IN_CAPITALS = frozenset({"aids", "care", "dash", "fast", "hope", "mace", "scar", "stem"})


class _Word(NamedTuple):
    """A word of folded text with the marks behind it, and whether a reference follows."""

    text: str
    start: int
    end: int
    marks: str
    referred: bool = False


def rejoined(reading: Reading, quote: str) -> list[list[Range]]:
    """Return the ways in which a quotation stands in the passage but for the marks of its joints.

    Each is one range, or where the quotation goes on from heads to what they head, one for
    each piece. Empty where a word differs, or a mark at any other place.
    """
    said = normalize(quote).text
    words = list(islice(_words(said, 0), _MOST_WORDS + 1))
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS:
        return []
    found: list[list[Range]] = []
    (first, second), at, tried = (word.text.lower() for word in words[:2]), -1, 0
    while tried < _MOST_STARTS and (at := reading.lowered.find(first, at + 1)) >= 0:
        behind = at + len(first)
        near = reading.lowered.find(second, behind, behind + len(second) + _BETWEEN) >= 0
        if not (near or words[0].marks):  # a head of one word may have its item far below
            continue
        tried += 1
        places = _walk(reading, words, at, _MOST_LEAPS)
        if places and not _keeps_signs(reading, said, places):
            continue
        if places and all(is_governed(reading, places, n) for n in range(len(places) - 1)):
            found.append(places)
    return found


_MINUS = re.compile(r"(?<![^\s|])-(?=\d)")
_MINUS_IN_CELL = re.compile(r"(?<![^\s|])- ?(?=\d)")
_RULE = re.compile(r"[|:\s]*-(?:[|:\s]*\|[|:\s]*-)+[|:\s]*|(?<=\|)\s?\|\s?-\s?\|\s?(?=\|)")


def _keeps_signs(reading: Reading, said: str, places: list[Range]) -> bool:
    """Return whether a quotation has the minus signs, and the cells of a sign, of its places."""
    told = " ".join(reading.folded.text[slice(*place)] for place in places)
    rows = any(
        reading.units[number].kind == "row"
        for start, end in places
        for number in range(reading.unit_at(start), reading.unit_at(end - 1) + 1)
    )
    minus = _MINUS_IN_CELL if rows else _MINUS  # in a list it may be a mark: "- 2 mg daily"
    if len(minus.findall(told)) != len(minus.findall(said)):
        return False
    return not rows or _lone_signs(told) == _lone_signs(said)


def _lone_signs(text: str) -> list[str]:
    """Return the cells that hold nothing but a sign, the rule under a header aside."""
    plain = _RULE.sub(" | ", text).replace("|", " ")
    return [token for token in plain.split() if token in {"-", "+"}]


def _words(text: str, at: int) -> Iterator[_Word]:
    """Yield the words of `text` from `at` on."""
    held: _Word | None = None
    for match in _TOKEN.finditer(text, at):
        token = match.group()
        word = "" if token in _STANDS_ALONE else token.rstrip(_CLOSING)
        if not word:
            held = held and held._replace(marks=held.marks + token)
            continue
        if held is not None:
            yield held
        held = _Word(word, match.start(), match.start() + len(word), token[len(word) :])
    if held is not None:
        yield held


def _walk(reading: Reading, words: list[_Word], at: int, leaps: int) -> list[Range] | None:
    """Return the pieces in which `words` stand from `at` on; None where they do not."""
    run = _run(reading, words, at)
    if len(run) == len(words):
        return [(at, _end(reading, words[-1], run[-1]))]
    for number in range(len(run), 0, -1) if leaps else ():
        behind = reading.folded.origin[run[number - 1].end - 1] + 1
        ended = _LINE_END.match(reading.text, behind)
        if not ended or not set(words[number - 1].marks) <= _UNDER_HEAD | _IN_ROW:
            continue
        for below in _headed(reading, run[number - 1], words[number].text):
            rest = _walk(reading, words[number:], below, leaps - 1)
            if rest is not None:
                return [(at, run[number - 1].end), *rest]
    return None


def _run(reading: Reading, words: list[_Word], at: int) -> list[_Word]:
    """Return the words of the passage from `at` on, as long as they are those of `words`.

    References to sections are passed over: `gout (4.1); asthma [see Warnings (5.2)]`.
    """
    found: list[_Word] = []
    text, behind = reading.folded.text, at
    coming = _words(text, at)
    while len(found) < len(words) and (word := next(coming, None)) is not None:
        wanted = words[len(found)]
        if _is_same(reading, wanted, word, first=not found):
            if found and not _may_join(reading, words[len(found) - 1].marks, found[-1], word):
                break
            found.append(word)
            behind = word.end + len(word.marks)
            continue
        reference = _CITED.match(text, behind) if found else None
        if reference is None:
            break
        marks = _MARKS.match(text, reference.end())
        behind = marks.end() if marks is not None else reference.end()
        coming = _words(text, behind)
        last = found[-1]
        found[-1] = last._replace(marks=last.marks or text[reference.end() : behind], referred=True)
    return found


def _end(reading: Reading, wanted: _Word, last: _Word) -> int:
    """Return where the last word ends, with its full stop where the quotation has one."""
    closed = wanted.marks[:1] == "." and reading.folded.text.startswith(".", last.end)
    return last.end + closed


def _headed(reading: Reading, last: _Word, first: str) -> Iterator[int]:
    """Yield where the units begin that start with the word `first` under the unit of `last`."""
    head = reading.unit_at(last.start)
    for number in range(head + 2, min(len(reading.units), head + _REACH)):
        unit = reading.units[number]
        begin = unit.start
        while begin < unit.end and reading.folded.text[begin] in "| ":
            begin += 1
        starts = reading.folded.text.startswith(first, begin)
        if not starts:
            continue
        over = reading.all_over(number)
        if head in over and not any(_is_nearer(reading, one, head) for one in over):
            yield begin


def _is_nearer(reading: Reading, one: int, head: int) -> bool:
    """Return whether `one` heads something nearer than `head`, an idle row of a table aside."""
    return one > head and (reading.units[one].kind != "row" or counts(reading, one))


def _is_same(reading: Reading, wanted: _Word, word: _Word, *, first: bool) -> bool:
    """Return whether two words are the same; headings and what is stressed may be in capitals."""
    if wanted.text == word.text:
        return True
    if wanted.text.lower() != word.text.lower():
        return False
    if _is_stressed(wanted.text, word.text):
        return True
    if len(word.text) < 4:
        return False
    unit = reading.units[reading.unit_at(word.start)]
    if unit.kind == "heading":
        return True
    return (first or word.start == unit.start) and wanted.text[1:] == word.text[1:]


def _is_stressed(one: str, other: str) -> bool:
    """Return whether nothing but capitals parts two writings of a word (`MUST NOT`).

    Short names in capitals and units are other words than the same letters in small (`ALL`).
    """
    plain = one.lower()
    if len(plain) >= _LONG and plain.isalpha():
        return True
    if plain not in {one, other} or plain.upper() not in {one, other}:
        return False
    if len(plain) < _SHORTEST_STRESSED:
        return plain in _STRESSED
    return plain not in _NAMES_IN_CAPITALS and plain in ordinary_words()


def _may_join(reading: Reading, marks: str, before: _Word, word: _Word) -> bool:
    """Return whether the quotation's `marks` may stand between two words of the passage."""
    if marks == before.marks:
        return True
    number, other = reading.unit_at(before.start), reading.unit_at(word.start)
    kind, below = reading.units[number].kind, reading.units[other].kind
    if before.referred and word.text[0].isupper():
        allowed = _IN_LIST | {":"}
    elif number == other and kind != "row":
        allowed = _in_sentence(reading, number, before, word)
    elif number == other:
        between = reading.words(before.end, word.start + 1)
        edge = _CELL_EDGE.search(between)
        bars, edges = marks.count("|"), max(between.count("|"), between.count("\t"))
        if (bars > 1 and bars != edges) or (bars == 1 and edges > 1):
            return False  # a blank cell more or less
        allowed = _IN_ROW if edge else frozenset[str]()
    elif number in reading.all_over(other):
        allowed = _UNDER_HEAD | {"row": _IN_ROW, "item": _IN_LIST}.get(kind, frozenset())
    elif kind == below and kind in {"item", "row"}:
        allowed = _IN_LIST
    else:
        return False
    if before.text[-1].isdigit() and word.text[0] in _NUMBER_EDGE:
        return bool(marks) and set(marks) <= allowed & _BETWEEN_NUMBERS
    return bool(allowed) and set(marks) <= allowed


def _in_sentence(reading: Reading, number: int, before: _Word, word: _Word) -> frozenset[str]:
    """Return the marks that may stand at a joint that lost its line inside one unit of prose.

    Behind a title that was run into its sentence, a colon.
    """
    if not word.text[0].isupper():
        return frozenset()
    title = reading.folded.text[reading.units[number].start : before.end]
    return frozenset(":") if not before.marks and is_title(title) else frozenset()
