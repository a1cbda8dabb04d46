"""How loaders write a document's text: blocks apart, lines of a table or list together.

Every loader puts its text together here, so that chunking, sentences and quotations meet one
layout whatever the format was:

- blocks (headings, paragraphs, tables, lists) are separated by one blank line;
- rows of a table and items of a list stand one a line; cells are joined by ` | `;
- a heading is its own block and opens a section, nested by level.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from medrag.core.document import Page, Section
from medrag.core.span import Span

CELL_SEPARATOR = " | "
ITEM_MARK = "- "

_SPACE = re.compile(r"\s+")
_SOFT = re.compile("[\u00ad\u200b\u2060\ufeff]")
# NUL and other control characters have no printed form and break JSON readers; lone surrogates
# (legal in JSON escapes) are not text at all.
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\x80-\x84\x86-\x9f\ufffe\uffff]|[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return `text` on one line: runs of white space as one space, nothing unprintable.

    Soft hyphens, zero-width spaces and byte order marks are dropped without a space, because
    nothing is printed for them; other control characters count as a space, and lone surrogates
    as U+FFFD.
    """
    text = _SOFT.sub("", text)
    text = _UNPRINTABLE.sub(lambda match: "\ufffd" if match[0] > "\ud7ff" else " ", text)
    return _SPACE.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class Composition:
    """A text with its structure: what a loader gives beside the source."""

    text: str
    pages: tuple[Page, ...]
    sections: tuple[Section, ...]


@dataclass(slots=True)
class _Open:
    """A section whose end is not known yet."""

    level: int
    path: tuple[str, ...]
    start: int | None
    code: str | None
    order: int


@dataclass(slots=True)
class Composer:
    """Collects blocks in reading order and says where sections and pages fell.

    The one mutable object of a loader; it lives for one document.
    """

    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _open: list[_Open] = field(default_factory=list)
    _closed: list[tuple[int, Section]] = field(default_factory=list)
    _pages: list[tuple[int, str | None, int, int]] = field(default_factory=list)
    _page: tuple[int, str | None] | None = None
    _order: int = 0

    def heading(self, text: str, level: int, *, code: str | None = None) -> None:
        """Close every section of `level` or deeper and open one under the text as heading.

        An empty heading closes sections and opens none.
        """
        self.close(level)
        title = clean(text)
        if title:
            self._open_section(title, level, self._add(title, "\n\n"), code)

    def unwritten_heading(self, text: str, level: int, *, code: str | None = None) -> None:
        """Open a section as `heading` does, with a name that stands in its path only.

        For sections that a format names and a reader does not see named. Without text and code
        it only closes sections.
        """
        self.close(level)
        title = clean(text)
        if title or code:
            self._open_section(title, level, None, code)

    def _open_section(self, title: str, level: int, start: int | None, code: str | None) -> None:
        outer = self._open[-1].path if self._open else ()
        path = (*outer, title) if title else outer
        self._open.append(_Open(level, path, start, code, self._order))
        self._order += 1

    def close(self, level: int) -> None:
        """Close every open section of `level` or deeper."""
        while self._open and self._open[-1].level >= level:
            part = self._open.pop()
            if part.start is None:
                continue
            span = Span(start=part.start, end=self._length)
            self._closed.append((part.order, Section(path=part.path, span=span, code=part.code)))

    def paragraph(self, text: str, *, continues: bool = False, glued: bool = False) -> None:
        """Add a block of running text.

        With `continues` it goes on with the block before after a space, with `glued` too
        without one.
        """
        text = clean(text)
        if text:
            self._add(text, ("" if glued else " ") if continues else "\n\n")

    def lines(self, lines: Iterable[str], *, continues: bool = False) -> None:
        """Add rows or items, one a line; with `continues`, to the block before."""
        kept = [line for line in map(clean, lines) if line]
        for number, line in enumerate(kept):
            self._add(line, "\n" if number or continues else "\n\n")

    def rows(self, rows: Iterable[Iterable[str]], *, continues: bool = False) -> None:
        """Add a table, header row first, cells joined by ` | `; rows without text are left out."""
        self.lines((row_line(row) for row in rows), continues=continues)

    def page(self, number: int, label: str | None) -> None:
        """Say that what is added from now on stands on this page."""
        self._page = (number, label)

    def compose(self) -> Composition:
        """Return the text with sections and pages in text order; empty text for no blocks."""
        self.close(0)
        sections = tuple(section for _, section in sorted(self._closed, key=lambda pair: pair[0]))
        pages = tuple(
            Page(number=number, label=label, span=Span(start=start, end=end))
            for number, label, start, end in self._pages
        )
        return Composition("".join(self._parts), pages, sections)

    def _add(self, text: str, separator: str) -> int:
        if self._length:
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        for part in self._open:
            part.start = start if part.start is None else part.start
        if self._page is not None:
            self._extend_page(start)
        return start

    def _extend_page(self, start: int) -> None:
        assert self._page is not None
        number, label = self._page
        if self._pages and self._pages[-1][0] == number:
            start = self._pages.pop()[2]
        self._pages.append((number, label, start, self._length))


def row_line(cells: Iterable[str]) -> str:
    """Return a table row as one line; empty cells keep their place, an empty row is empty."""
    cleaned = [clean(cell) for cell in cells]
    if not any(cleaned):
        return ""
    while not cleaned[-1]:
        cleaned.pop()
    return CELL_SEPARATOR.join(cleaned)
