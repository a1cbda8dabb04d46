"""Lines to paragraphs, headings and items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from statistics import median
from typing import Literal

from medrag.documents.pdf_lines import BULLETS, Fragment
from medrag.documents.pdf_order import Column, Piece
from medrag.documents.pdf_tables import Table

_ITEM = re.compile(
    rf"[{BULLETS}]\s*\S|o\s+[A-Z]|(?:\*{{1,4}}|[†‡§¶]{{1,3}})\s*\S"
    r"|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4}|[IVX]{1,5})[.)]\s+\S"
)
_LISTED = re.compile(rf"[{BULLETS}]|o\s+[A-Z]")  # "o": a ring, in many word processors' fonts
_LEADERS = re.compile(r"(?:\. ?){4,}\s*\w{1,6}\Z")  # a line of a table of contents
_LEADERS_CHARS = 40  # at a line's end are enough to see them
_HYPHENATED = re.compile(r"([^\W\d_]+)-\Z")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
FIRST_WORD = re.compile(r"[^\W\d_]+")
_AFTER_END = "\"'”’)]*†‡§¶0123456789,–-"  # what may follow a sentence's last mark: notes, brackets
HEADING_WORDS = 20
"""A heading has no more."""

_LARGER = 1.06  # times the body's size
_STEP = 1.32  # times the usual distance of baselines: a wider one parts paragraphs
_WIDEST_STEP = 2.6  # of the size: double-spaced lines are nearer
_INDENT = 0.7  # of the size
_RAGGED = 4.0  # of the size: lines of text that are not justified end this far apart


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, item or table of one page or more.

    Attributes:
        parts: (page number, text) of each page it stands on; hyphens at line ends are joined.
        glued: Whether the last part goes on without a space: a word runs over the page's end.
        rows: The rows of a table; empty for others.
        continued: Whether it goes on with the table before it, from the page before.
        size, bold: Of most of its text.
        full: Whether its last line reaches the edge of its column, so that it may go on.
    """

    kind: Literal["text", "item", "table"]
    parts: tuple[tuple[int, str], ...]
    size: float
    bold: bool
    lines: int = 1
    full: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    continued: bool = False

    @property
    def text(self) -> str:
        """All parts together."""
        return "".join(text for _, text in self.parts)


@dataclass(slots=True)
class Words:
    """The words of a document as they stand inside lines: what a hyphen at a line end hides."""

    plain: Counter[str] = field(default_factory=Counter)
    hyphenated: Counter[str] = field(default_factory=Counter)

    def add(self, lines: Iterable[str]) -> None:
        """Count the words of lines, but for those that a hyphen at a line's end cuts."""
        for line in lines:
            words = _WORD.findall(line)
            if _HYPHENATED.search(line, max(0, len(line) - 2)):
                words.pop()
            if "-" in line:
                self.hyphenated.update(word.lower() for word in words if "-" in word)
                words = [word for word in words if "-" not in word]
            self.plain.update(map(str.lower, words))


def join(left: str, right: str, words: Words) -> str:
    """Return two lines as one text.

    A hyphen at the end of the first goes, and the word is whole again, where both sides are
    lower-case letters, unless the document writes the word with its hyphen inside a line (and
    not without). Any other hyphen stays and no space follows it; lines are else joined by a space.
    """
    if not left.endswith("-"):
        return f"{left} {right}"
    cut, following = _HYPHENATED.search(left, left.rfind(" ") + 1), FIRST_WORD.match(right)
    if cut is None:
        tight = not left.endswith(" -") and right[:1].isalnum()
        return left + right if tight else f"{left} {right}"
    if following is None:
        return f"{left} {right}" if not right[:1].isdigit() else left + right
    whole = (cut[1] + following[0]).lower()
    compound = f"{cut[1]}-{following[0]}".lower()
    kept = words.hyphenated[compound] > 0 and words.plain[whole] == 0
    if kept or not (cut[1][-1].islower() and following[0].islower()):
        return left + right
    return left[:-1] + right


def blocks_of(pieces: Sequence[Piece], page: int, words: Words) -> list[Block]:
    """Return the blocks of one page in reading order."""
    blocks: list[Block] = []
    for piece in pieces:
        if isinstance(piece, Table):
            blocks.append(Block("table", ((page, ""),), 0.0, bold=False, rows=_texts(piece, words)))
        else:
            blocks += _column_blocks(piece, page, words)
    return blocks


def _texts(table: Table, words: Words) -> tuple[tuple[str, ...], ...]:
    def text(lines: Sequence[str]) -> str:
        return reduce(lambda left, right: join(left, right, words), lines) if lines else ""

    return tuple(tuple(text(cell) for cell in row) for row in table.rows)


def _column_blocks(column: Column, page: int, words: Words) -> list[Block]:
    lines = column.lines
    pitch, edge = _pitch(lines), max(line.right for line in lines)
    groups: list[list[Fragment]] = []
    for at, line in enumerate(lines):
        if not at or _begins_block(groups[-1], line, pitch, edge):
            groups.append([])
        groups[-1].append(line)
    return [_block(group, page, words, edge) for group in groups]


def _pitch(lines: Sequence[Fragment]) -> float:
    steps = [
        below.base - above.base
        for above, below in pairwise(lines)
        if 0.5 * above.size < below.base - above.base < 3 * above.size
        and abs(above.size - below.size) < 0.1 * above.size
    ]
    return median(steps) if steps else 0.0


def _begins_block(group: Sequence[Fragment], line: Fragment, pitch: float, edge: float) -> bool:
    before = group[-1]
    step = line.base - before.base
    usual = pitch or 1.2 * before.size
    if len(group) > 1:
        usual = min(usual, group[-1].base - group[-2].base) if pitch else usual
    if step < 0 or (
        step > _STEP * max(usual, before.size * 0.9) and not _runs_on(before, line, edge)
    ):
        return True
    if abs(line.size - before.size) > 0.08 * before.size or is_item(line.text):
        return True
    if _LEADERS.search(before.text, max(0, len(before.text) - _LEADERS_CHARS)):
        return True
    if line.bold != before.bold and (before.bold or is_ended(before.text)):
        return not _runs_on(before, line, edge)
    if _ends_early(before, line, edge):
        return True
    # Else the indent hangs: a note, a reference, a sentence behind a colon.
    ended = is_ended(before.text) and not line.text[0].islower()
    return ended and _is_indented(before, line) and not _hangs(group)


def _runs_on(before: Fragment, line: Fragment, edge: float) -> bool:
    """Return whether a sentence goes on in a line: set wider than its page, or no longer bold."""
    return (
        line.base - before.base < _WIDEST_STEP * line.size
        and line.text[0].islower()
        and not is_ended(before.text)
        and not _is_short(before, line, edge)
    )


def is_ended(text: str) -> bool:
    """Return whether a text ends a sentence, or announces what follows."""
    return text.rstrip(_AFTER_END).endswith((".", "!", "?", ":"))


def _ends_early(before: Fragment, line: Fragment, edge: float) -> bool:
    """Return whether the next word would have fitted the line above: the break was meant.

    Headings are broken by hand and stay together.
    """
    if before.bold or before.text.endswith("-") or line.text[0].islower():
        return False
    return not _is_centered(before, line) and _is_short(before, line, edge)


def _is_short(before: Fragment, line: Fragment, edge: float) -> bool:
    """Return whether the next word would have fitted the line above."""
    word = len(line.text.split(maxsplit=1)[0]) / len(line.text) * (line.right - line.left)
    return before.right + word + 1.5 * before.size < edge


def is_item(text: str) -> bool:
    """Return whether a text begins as an item does, with a mark or a number."""
    return bool(_ITEM.match(text))


def _is_indented(before: Fragment, line: Fragment) -> bool:
    """Return whether a line begins to the right of the one above and is not centered under it."""
    indent = line.left - before.left
    return _INDENT * line.size < indent < 8 * line.size and not _is_centered(before, line)


def _is_centered(before: Fragment, line: Fragment) -> bool:
    return abs((before.left + before.right) - (line.left + line.right)) < line.size


def _hangs(group: Sequence[Fragment]) -> bool:
    """Return whether the block has a hanging indent: an item, or a reference list's entry."""
    return is_item(group[0].text) and len(group) == 1


def _block(group: Sequence[Fragment], page: int, words: Words, edge: float) -> Block:
    text = group[0].text
    for line in group[1:]:
        text = join(text, line.text, words)
    longest = max(group, key=lambda line: len(line.text))
    is_item = _LISTED.match(group[0].text) is not None
    kind: Literal["text", "item"] = "item" if is_item else "text"
    return Block(
        kind,
        ((page, text),),
        size=round(longest.size, 1),
        bold=all(line.bold for line in group),
        lines=len(group),
        full=group[-1].right > edge - _RAGGED * group[-1].size,
    )


# --- Headings ------------------------------------------------------------------------------


def heading_levels(blocks: Sequence[Block]) -> dict[tuple[float, bool], int]:
    """Return (size, bold) of headings -> level from 1, the largest first.

    Headings are short blocks in a type larger than the body's, or bold where the body is not.
    """
    weights: Counter[tuple[float, bool]] = Counter()
    for block in blocks:
        if block.kind != "table":
            weights[block.size, block.bold] += len(block.text)
    if not weights:
        return {}
    body = weights.most_common(1)[0][0]
    styles = {(block.size, block.bold) for block in blocks if is_heading(block, body)}
    ordered = sorted(styles, key=lambda style: (-style[0], not style[1]))
    return {style: min(level, 6) for level, style in enumerate(ordered, start=1)}


def body_style(blocks: Sequence[Block]) -> tuple[float, bool]:
    """Return (size, bold) of most of the text."""
    weights: Counter[tuple[float, bool]] = Counter()
    for block in blocks:
        if block.kind != "table":
            weights[block.size, block.bold] += len(block.text)
    return weights.most_common(1)[0][0] if weights else (0.0, False)


def is_heading(block: Block, body: tuple[float, bool]) -> bool:
    """Return whether a block is a heading in a document with this body style."""
    text = block.text
    if block.kind != "text" or block.lines > 4 or len(text.split()) > HEADING_WORDS:
        return False
    if text.endswith((".", ",", ";")) or not any(char.isalpha() for char in text):
        return False
    if len(text) < 3 or text[0].islower():
        return False
    larger = block.size > _LARGER * body[0]
    return larger or (block.bold and not body[1] and block.size >= 0.95 * body[0])
