"""What pages carry between their lines: numbers, running heads, the break itself.

A sentence, a list or a word goes on over the end of a page. Here what belongs to the page is
blanked out, character for character, so that every offset stays true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count, pairwise
from typing import Literal, NamedTuple

from medrag.text.cues import turns
from medrag.text.layout import BULLETS, SMALL_WORDS, awaits_number

_Role = Literal["text", "blank", "page", "number", "head"]

# One of these stands in every text that has something to blank out.
_LINE_SIGN = re.compile(
    r"\n[ \t]*(?:[-–—\[(]{0,2} ?\d{1,4} ?[-–—\])|]{0,2}(?: of \d{1,4})?[ \t]*(?:[\n|]|\Z)"
    r"|[ \t]{15}\S"
    r"|[^\n]{0,80}\b(?:19|20)\d\d[ \t]*\n|(?:Downloaded|Printed|Accessed|Copyright|©|https?:|www\."
    r"|Reference ID|Revised|Last |[Dd][Oo][Ii]:)|[^\n]{0,60}\b[Vv]ol(?:ume|\.)? ?\d"
    r"|[Pp]\. ?\d|[-*_=]{3})"
)
_PAGE_SIGN = re.compile(r"[Pp](?:age|AGE)(?: break|[ \t]+\d)")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*[a-z\d]")

_PAGE = re.compile(
    r"\W*(?:page break|(?:page|p\.)[ \t]*\d{1,4}(?:[ \t]*(?:of|/)[ \t]*\d{1,4})?)\W*\Z"
    r"|[-–—]{1,2} ?\d{1,4} ?[-–—]{1,2}\Z",
    re.IGNORECASE,
)
# What publishers print on every page.
_IMPRINT = re.compile(
    r"(?:downloaded (?:from|on|by)|printed (?:from|on|by)|accessed on|copyright|©"
    r"|all rights reserved|reference id: ?\d{5,9}\Z|doi: ?10\.\d\S*\Z|revised:? ?\d{1,2}/\d{4}\Z"
    r"|last (?:updated|reviewed|revised):? [\w ,]{0,16}\b(?:19|20)\d\d\Z"
    r"|[^\n]*\bvol(?:ume|\.)? ?\d+\W+(?:no\.?|number|issue) ?\d"
    r"|https?://\S+\Z|www\.\S+\Z)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\b(?:v|version |edition )\d+(?:\.\d+)*\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4}|\d{1,4} of \d{1,4})\Z")
_NUMBER_BESIDE = re.compile(
    r"page[ \t]+\d{1,4}(?:[ \t]*(?:of|/)[ \t]*\d{1,4})?|\A\d{1,4}[ \t]*\|", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# The issue that a page is of, with the page's number: `4 MMWR June 18, 2010`.
_ISSUE = re.compile(
    r"(?:\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December) \d{1,2}, (?:19|20)\d\d\b"
    r"|\b[Vv]ol(?:ume|\.)? ?\d+(?: ?/ ?| )(?:No\. ?\d+|[A-Z]{2}[- ]\d+))"
)
_AT_END = re.compile(r"\A\d{1,4} (?=[A-Z])|(?<=[^\W\d_]) \d{1,4}\Z")
_OPEN = re.compile(r"[\w,/(%)–—-]\Z")
_HALF_WORD = re.compile(r"[^\W\d_][-\u00ad¬‐]\Z")
# Beside these a number or a title in the middle of a sentence may be its own.
_WANTS_MORE = re.compile(
    r"(?:\b(?:of|to|than|is|are|be|for|at|least|most|every|about|up|max\w*|min\w*|dos\w+|give"
    r"|take|by"
    r"|under|over|above|below|from|between|after|before|within|and|or|a|an|the|in|on|with|per"
    r"|only|not"
    r"|see|day|week|age[ds]?|grade|stage|class|type|step|exceed\w*|approximately)|[<>=≥≤±~])\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:mg|mcg|µg|g|kg|ml|l|units?|iu|meq|mmol|tablets?|capsules?|drops?|puffs?|doses?|days?"
    r"|hours?"
    r"|weeks?|months?|years?|minutes?|times?|per|to|or|and|of|x|percent|mm\w*|courses?|cycles?)\b"
)
_ITEM = re.compile(rf"[{BULLETS}*+–-][ \t]|\(?(?:\d{{1,2}}|[a-z])[.)][ \t]")
_LINE = re.compile(r"([^\n\f]*)([\n\f]?)")
_NUMBERED_LINES = (
    re.compile(r"^[ \t]*(?P<number>\d{1,4})[ \t]+(?P<words>[^\s][^\n]*[^\s])[ \t]*$", re.MULTILINE),
    re.compile(r"^[ \t]*(?P<words>[^\s][^\n]*[^\s])[ \t]+(?P<number>\d{1,4})[ \t]*$", re.MULTILINE),
)
_BETWEEN_NUMBERED = re.compile(r"\s*(?:\d{1,4}\s*)?")
_FEWEST_NUMBERED = 3
_SURELY_NUMBERED = 6
_FAR_DOWN = 25  # from this number on no list counts
_FULL_LINE = 40  # characters
_LONGEST_HEAD = 90  # characters
_MOST_HEADS = 3
_INDENT = 15  # characters: nothing but a running head is set so far in
_TAKES_UP = SMALL_WORDS | {"unless", "except", "only", "until", "without", "nor"}


class _Line(NamedTuple):
    """A line, trimmed: its offsets, its words, how far it is set in, what it is."""

    start: int
    end: int
    words: str
    indent: int
    role: _Role
    fed: bool  # a form feed stands before it


def without_pages(text: str) -> str:
    """Return `text` with page numbers and running heads blanked out, as long as it was.

    Only what nobody takes for text: `Page 3 of 9`, `- 3 -`, a number beside a form feed; and
    inside a sentence that goes on behind it a running head that stands beside one of these, or
    that is set far in and ends with a year. A quotation may leave these out.
    """
    text = _unnumbered(text)
    return _blanked(text, strict=True) if _is_signed(text) else text


def flowing(text: str) -> str:
    """Return `text` as it is read over the ends of its pages, as long as it was.

    As `without_pages`, and also where a bare number may be a page's or nothing but a blank line
    parts a sentence: what is read as one says more of what a quotation leaves out.
    """
    text = _unnumbered(text)
    signed = _is_signed(text) or _BLANK_LINE.search(text) is not None
    return _blanked(text, strict=False) if signed else text


def _unnumbered(text: str) -> str:
    """Return `text` with the line numbers of a draft blanked out, before or behind its lines.

    Only numbers that count up over three lines or more of running text where a sentence goes on
    behind one. Unless they are far down or many, they stand before lines, the first of them is
    full, and none may be an amount: `1 in the morning`, `2 at noon` are doses. The number of a
    page between two such lines goes, too.
    """
    spans: list[tuple[int, int]] = []
    for pattern in _NUMBERED_LINES:
        run: list[re.Match[str]] = []
        for one in (*pattern.finditer(text), None):
            if one is None or not (run and _counts_on(text, run[-1], one)):
                if _are_margin(run):
                    spans += _margin(text, run)
                run = []
            if one is not None:
                run.append(one)
        if spans:
            break
    pieces, done = list[str](), 0
    for start, end in spans:
        pieces += (text[done:start], " " * (end - start))
        done = end
    return "".join((*pieces, text[done:])) if done else text


def _counts_on(text: str, above: re.Match[str], below: re.Match[str]) -> bool:
    """Return whether a numbered line follows another, a page's end between them or not."""
    follows = int(below["number"]) == int(above["number"]) + 1
    return follows and _BETWEEN_NUMBERED.fullmatch(text, above.end(), below.start()) is not None


def _margin(text: str, lines: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Yield what stands in the margin of lines: their numbers, and numbers of pages between."""
    for above, below in pairwise((*lines, None)):
        assert above is not None
        yield above.span("number")
        if below is not None:
            paged = re.compile(r"\d+").search(text, above.end(), below.start())
            if paged:
                yield paged.span()


def _are_margin(lines: Sequence[re.Match[str]]) -> bool:
    if len(lines) < _FEWEST_NUMBERED:
        return False
    pairs = [(above["words"], below["words"]) for above, below in pairwise(lines)]
    if not any(_OPEN.search(above) and below[0].islower() for above, below in pairs):
        return False
    full = [len(one["words"]) >= _FULL_LINE for one in lines]
    if len(lines) >= _SURELY_NUMBERED or int(lines[0]["number"]) >= _FAR_DOWN:
        return sum(full) * 2 > len(full)
    behind = lines[0].start("number") > lines[0].start("words")
    return (
        full[0]
        and not behind
        and all(one["words"][0].isalpha() for one in lines)
        and not any(_COUNTED.match(one["words"]) for one in lines)
        and not any(_WANTS_MORE.search(above) for above, _ in pairs)
    )


def _is_signed(text: str) -> bool:
    if "\f" in text or _LINE_SIGN.search(text):
        return True
    paged = "Page" in text or "page" in text or "PAGE" in text
    return paged and _PAGE_SIGN.search(text) is not None


def _blanked(text: str, *, strict: bool) -> str:
    lines = _lines(text)
    pieces, done = list[str](), 0
    for first, last in _gaps(lines):
        for start, end in _furniture(text, lines, first, last, strict=strict):
            pieces += (text[done:start], " " * (end - start))
            done = end
    return "".join((*pieces, text[done:])) if done else text


@lru_cache(maxsize=4)
def _lines(text: str) -> tuple[_Line, ...]:
    lines: list[_Line] = []
    fed = False
    for match in _LINE.finditer(text):
        (start, end), feeds = match.span(1), match[2] == "\f"
        words = match[1].strip()
        indent = len(match[1]) - len(match[1].lstrip())
        begin = start + indent if words else start
        role = _role(words, beside_feed=fed or feeds)
        lines.append(_Line(begin, begin + len(words), words, indent, role, fed))
        fed = feeds
        if end == len(text):
            break
    return tuple(lines)


def _role(words: str, *, beside_feed: bool) -> _Role:
    if not any(char.isalnum() for char in words):
        return "text" if words.startswith(("|", "<", ">", "=", "≥", "≤")) else "blank"
    if _PAGE.match(words):
        return "page"
    if _NUMBER.match(words):
        return "page" if beside_feed and words.isdigit() else "number"
    return "head" if _is_head(words) else "text"


def _is_head(words: str) -> bool:
    """Return whether a line may be a running head: a title without amounts that turns nothing."""
    if len(words) > _LONGEST_HEAD:
        return False
    if _IMPRINT.match(words):
        return not turns(words)
    if not words[-1].isalnum() or words[0].islower():
        return False
    if _is_issue(words):
        words = _AT_END.sub(" ", _ISSUE.sub(" ", words)).strip()
    title = _VERSION.sub(" ", _YEAR.sub(" ", _NUMBER_BESIDE.sub(" ", words)))
    letters = [word for word in title.split() if word[:1].isalpha()]
    if any(char.isdigit() for char in title) or not letters:
        return False
    titled = all(word[0].isupper() or word in SMALL_WORDS for word in letters)
    return titled and letters[0][0].isupper() and not turns(words)


def _is_issue(words: str) -> bool:
    """Return whether a line names the issue that its page is of, and holds its page's number."""
    issue = _ISSUE.search(words)
    return issue is not None and _AT_END.search(words) is not None


def _gaps(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last (excluded) of the lines that stand between two of text."""
    number = 0
    while number < len(lines):
        first = number
        while number < len(lines) and lines[number].role != "text":
            number += 1
        if first < number:
            yield first, number
        number += 1


def _furniture(
    text: str, lines: Sequence[_Line], first: int, last: int, *, strict: bool
) -> Iterator[tuple[int, int]]:
    """Yield what is to be blanked between two lines of text, in order."""
    gap = lines[first:last]
    if first > 0 and last < len(lines) and _goes_on(lines[first - 1], gap, lines[last], strict):
        ended = next(at for at in count(lines[first - 1].end) if text[at] in "\n\f")
        yield ended + 1, lines[last].start
        return
    listed = not strict and last < len(lines) and _ITEM.match(lines[last].words) is not None
    for line in gap:
        beside = line.role == "head" and _NUMBER_BESIDE.search(line.words)
        if line.role == "page" or (listed and (line.role == "number" or beside)):
            yield line.start, line.end


def _goes_on(above: _Line, gap: Sequence[_Line], below: _Line, strict: bool) -> bool:
    """Return whether a sentence goes on over the lines between two lines of text."""
    heads = [line for line in gap if line.role == "head"]
    awaited = not strict and below.words[0].isdigit() and awaits_number(above.words)
    open_ = _OPEN.search(above.words) is not None and below.words[0].islower()
    if not (open_ or awaited) or len(heads) > _MOST_HEADS:
        return False
    numbered = any(line.role == "number" for line in gap)
    halved = _HALF_WORD.search(above.words) is not None and (numbered or heads)
    if below.fed or halved or any(map(_tells_page, gap)):
        return True
    if strict and (_WANTS_MORE.search(above.words) or _COUNTED.match(below.words)):
        return False
    parted = gap[0].role == "blank" == gap[-1].role
    if heads:
        return _are_running(heads, max(above.indent, below.indent), parted=parted or numbered)
    if numbered or any(line.words for line in gap):
        return parted or not numbered  # a number, a rule
    takes_up = below.words.split(maxsplit=1)[0].strip(",;") in _TAKES_UP
    return not strict and (awaited or takes_up)


def _tells_page(line: _Line) -> bool:
    """Return whether a line in the middle of a sentence is a page's beyond doubt."""
    if line.role == "page" or line.fed:
        return True
    return line.role == "head" and (
        _NUMBER_BESIDE.search(line.words) is not None
        or _IMPRINT.match(line.words) is not None
        or _is_issue(line.words)
    )


def _are_running(heads: Sequence[_Line], margin: int, *, parted: bool) -> bool:
    """Return whether titles are running heads: dated or set far in; both, if nothing parts them."""
    dated = [_YEAR.search(line.words[-4:]) is not None for line in heads]
    far = [line.indent >= margin + _INDENT for line in heads]
    loud = [line.words.isupper() for line in heads]
    if parted:
        return all(map(any, zip(dated, far, loud, strict=True)))
    return all(map(all, zip(dated, far, strict=True)))
