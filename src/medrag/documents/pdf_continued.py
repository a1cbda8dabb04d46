"""Paragraphs that go on over the end of a column or page, or around a table, figure or note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from medrag.documents.pdf_lines import CAPTION
from medrag.documents.pdf_paragraphs import (
    FIRST_WORD,
    HEADING_WORDS,
    Block,
    Words,
    is_ended,
    is_item,
    join,
)

_BRACKET = re.compile(r"[()\[\]]")
_NUMBERED = re.compile(r"\d{1,2}\.\s+[A-Z]")
_WANTS_NUMBER = re.compile(
    r"(?:tables?|figures?|figs?\.|box(?:es)?|sections?|chapters?|appendix|recommendations?|steps?"
    r"|grades?|stages?|types?|groups?|p\s*[=<>≤≥]|[=<>≤≥±×])\Z",
    re.IGNORECASE,
)


def joined(blocks: Sequence[Block], words: Words) -> list[Block]:
    """Return the blocks with paragraphs whole again that run over a column's or page's end.

    A paragraph goes on where it does not end a sentence and a later block of its size begins as
    its rest may, on the same page or the next. Tables, captions and notes between them come after
    it, but for those of the page that it leaves.
    """
    rest = list(blocks)
    whole: list[Block] = []
    while rest:
        block = rest.pop(0)
        at = _continuation(block, rest)
        while at is not None:
            other = rest.pop(at)
            page = block.parts[-1][0]
            if other.parts[0][0] > page:
                # What is left of the page that the paragraph leaves comes before it.
                whole += [b for b in rest[:at] if b.parts[0][0] == page]
                rest[:at] = [b for b in rest[:at] if b.parts[0][0] != page]
            block = _together(block, other, words)
            at = _continuation(block, rest)
        whole.append(block)
    return whole


_LOOK_AHEAD = 12
_FEWEST_WORDS = 6  # of a single line that goes on
_MOST_PAGES = 2  # further: a page of tables may stand between


def _continuation(block: Block, rest: Sequence[Block]) -> int | None:
    """Return which of the blocks that follow goes on with a block, if any does."""
    if block.kind == "table" or is_ended(block.text) or not _may_go_on(block):
        return None
    page = block.parts[-1][0]
    is_prose = not block.bold or len(block.text.split()) > HEADING_WORDS
    headed = bool(rest) and rest[0].kind == "item"  # a list that the block announces
    for at, other in enumerate(rest[:_LOOK_AHEAD]):
        if other.parts[0][0] > page + _MOST_PAGES:
            return None
        alike = abs(other.size - block.size) <= 0.03 * block.size
        small = other.text[:1].islower() and not _is_item(other.text)
        alike = alike and (other.bold == block.bold or (small and is_prose))
        if CAPTION.match(other.text):
            continue
        if other.kind == "text" and alike:
            return at if small or (not headed and _goes_on(block, other)) else None
        headed = headed or other.size > block.size or (other.bold and not block.bold)
    return None


def _is_item(text: str) -> bool:
    """Return whether a text is an item; behind a ring written as `o` it may begin small."""
    return is_item(text) or text.startswith("o ")


def _may_go_on(block: Block) -> bool:
    """Return whether a block is a sentence so far: one line alone may be a title."""
    return block.lines > 1 or (
        block.full
        and not block.bold
        and len(block.text.split()) >= _FEWEST_WORDS
        and _is_prose(block.text)
    )


def _goes_on(block: Block, other: Block) -> bool:
    """Return whether a block that begins with no small letter still goes on with a sentence.

    It may begin with a name or a number, not with a word that opens sentences, nor, behind a
    comma, with a number that opens an item. A bracket that it closes, and a number that the text
    before wants ("in Table"), belong to it.
    """
    if _closes(block.text, other.text):
        return True
    if other.text[0].isdigit() and _WANTS_NUMBER.search(block.text):
        return True
    if block.lines < 2:
        return False
    open_end = block.text.endswith(("-", ",", "(", "–")) or block.text.split()[-1].lower() in _SMALL
    first = FIRST_WORD.match(other.text)
    opens = first is not None and first[0].lower() in _OPENING
    opens = opens or (block.text.endswith(",") and _NUMBERED.match(other.text) is not None)
    if open_end:
        return not opens and (other.lines > 1 or (block.full and is_ended(other.text)))
    return not opens and block.full and not block.bold and _reads_on(block.text, other)


def _reads_on(text: str, other: Block) -> bool:
    """Return whether a full last line may be in the middle of a sentence that a block ends.

    Names of sections, addresses and rows of numbers end without a mark, too.
    """
    last = text.rsplit(maxsplit=1)[-1]
    if last.endswith((")", "]")) or "//" in last or "www." in last:
        return other.text[0] in "([0123456789"
    is_open = text.count("(") > text.count(")")
    return (
        not is_open
        and not _is_item(other.text)
        and (other.lines > 1 or is_ended(other.text))
        and _is_prose(text)
        and _is_prose(other.text)
    )


def _is_prose(text: str) -> bool:
    words = text.split()
    return 2 * sum(len(word) > 1 and word.strip("([,;").isalpha() for word in words) > len(words)


def _closes(left: str, right: str) -> bool:
    """Return whether the first bracket of a text closes one that the text before left open."""
    bracket = _BRACKET.search(right)
    is_open = left.count("(") > left.count(")") or left.count("[") > left.count("]")
    return is_open and bracket is not None and bracket[0] in ")]"


_SMALL_WORDS = "a an and are as at by for from in is of on or than that the to was were with"
_OPENING_WORDS = (
    "although because before but consider do each every given however if it its no not once only"
    " since some such their then there these they this those unless until use we what when where"
    " whether which while without"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_OPENING = _SMALL | frozenset(_OPENING_WORDS.split())


def _together(block: Block, other: Block, words: Words) -> Block:
    left, right = block.text, other.text
    text = join(left, right, words)
    page = block.parts[-1][0]
    cut = len(text) - len(right)
    before = sum(len(part) for _, part in block.parts[:-1])
    parts = (*block.parts[:-1], (page, text[before:cut]), *other.parts)
    if other.parts[0][0] == page:
        parts = (*block.parts[:-1], (page, text[before:]), *other.parts[1:])
        if len(other.parts) > 1:
            tail = sum(len(part) for _, part in other.parts[1:])
            parts = (*block.parts[:-1], (page, text[before : len(text) - tail]), *other.parts[1:])
    return replace(block, parts=parts, lines=block.lines + other.lines, full=other.full)
