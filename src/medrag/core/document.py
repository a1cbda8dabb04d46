"""Documents and passages: what an institution trusts, and the pieces that are indexed."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from datetime import date
from typing import Literal

from pydantic import model_validator

from medrag.core.span import Span, Value

SourceKind = Literal["guideline", "label", "protocol", "article", "reference", "other"]


class Source(Value):
    """Who said it, in which edition, in force when.

    Attributes:
        key: The institution's own stable name for this edition (`northfield-sepsis-2024`);
            the file's path under the corpus root when nobody gave one.
        title: As printed on the document.
        path: The file it was read from, relative to the corpus root, POSIX separators.
        series: Names the work of which this is one edition (an SPL set id, a guideline's
            short name); editions of one series supersede each other by effective date.
        supersedes: Keys of the sources that this one replaces.
        published, effective, expires: Days in UTC; `expires` is the last day in force.
        sha256: Hex digest of the bytes the document was read from.
    """

    key: str
    title: str
    publisher: str | None = None
    url: str | None = None
    path: str | None = None
    edition: str | None = None
    series: str | None = None
    published: date | None = None
    effective: date | None = None
    expires: date | None = None
    supersedes: tuple[str, ...] = ()
    jurisdiction: str | None = None
    specialty: str | None = None
    kind: SourceKind = "other"
    licence: str | None = None
    sha256: str

    def in_date(self, as_of: date) -> bool:
        """Return whether `as_of` lies between the effective and the expiry day, both included."""
        started = self.effective is None or self.effective <= as_of
        return started and (self.expires is None or as_of <= self.expires)


class Page(Value):
    """One page of a paginated document.

    Attributes:
        number: Physical page, counted from 1.
        label: The number printed on the page or named by the file (`iv`, `617`), if any.
        span: Characters of the document's text that stand on this page.
    """

    number: int
    label: str | None = None
    span: Span


class Section(Value):
    """A headed part of a document.

    Attributes:
        path: Headings from the outside in, e.g. `("Treatment", "Dosing")`.
        span: Characters of the document's text, heading included.
        code: A code of the format, such as the LOINC code of an SPL section.
    """

    path: tuple[str, ...]
    span: Span
    code: str | None = None


class Document(Value):
    """One source with one canonical text for ever.

    Build it with `Document.of`, which derives the id. Sections and pages are in text order;
    sections may nest, pages do not overlap.

    Raises:
        ValueError: A page or section ends after the text does.
    """

    id: str
    source: Source
    text: str
    pages: tuple[Page, ...] = ()
    sections: tuple[Section, ...] = ()

    @model_validator(mode="after")
    def _inside(self) -> Document:
        spans = [page.span for page in self.pages] + [part.span for part in self.sections]
        end = max((span.end for span in spans), default=0)
        if end > len(self.text):
            raise ValueError(f"a page or section ends at {end}, text has {len(self.text)}")
        return self

    @classmethod
    def of(
        cls,
        text: str,
        source: Source,
        *,
        pages: tuple[Page, ...] = (),
        sections: tuple[Section, ...] = (),
    ) -> Document:
        """Return the document whose id is derived from its key, its bytes and its text.

        Pages and sections are put in text order; sections that begin together stay as given.
        """
        pages = tuple(sorted(pages, key=lambda page: page.span.start))
        sections = tuple(sorted(sections, key=lambda section: section.span.start))
        key = f"{source.key}\0{source.sha256}\0{text}".encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(key).hexdigest()[:16]
        return cls(id=digest, source=source, text=text, pages=pages, sections=sections)

    def _repr_html_(self) -> str:
        from medrag.core.html import document_html

        return document_html(self)

    def pages_of(self, span: Span) -> tuple[Page, ...]:
        """Return the pages that `span` touches, in order; empty for unpaginated documents."""
        first = bisect_right(self.pages, span.start, key=lambda page: page.span.end)
        last = bisect_left(self.pages, span.end, key=lambda page: page.span.start)
        return self.pages[first:last]

    def section_of(self, offset: int) -> Section | None:
        """Return the innermost section around the character at `offset`, if any."""
        begun = bisect_right(self.sections, offset, key=lambda section: section.span.start)
        before = (self.sections[at] for at in range(begun - 1, -1, -1))
        return next((section for section in before if offset < section.span.end), None)


class Passage(Value):
    """A contiguous piece of one document: the unit that is indexed and quoted.

    Build it with `Passage.cut`, which guarantees that the text is the document's own,
    character for character; every quotation check rests on that.

    Attributes:
        id: Derived from the document id and the span.
        text: Exactly `span.of(document.text)`.
        span: Character offsets into the document's text.
        section: Heading path from the outside in; not part of the text unless it stands there.
        section_code: The section's code in its format (LOINC for labels), if any.
        pages: The pages the span touches, in order.
    """

    id: str
    document_id: str
    text: str
    span: Span
    section: tuple[str, ...] = ()
    section_code: str | None = None
    pages: tuple[Page, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Passage:
        if len(self.text) != self.span.end - self.span.start:
            raise ValueError("a passage's text must have the length of its span")
        return self

    @classmethod
    def cut(cls, document: Document, span: Span) -> Passage:
        """Return the passage of `document` that `span` covers, with its section and pages."""
        section = document.section_of(span.start)
        key = f"{document.id}\0{span.start}\0{span.end}".encode()
        return cls(
            id=hashlib.sha256(key).hexdigest()[:16],
            document_id=document.id,
            text=span.of(document.text),
            span=span,
            section=section.path if section else (),
            section_code=section.code if section else None,
            pages=document.pages_of(span),
        )

    def pages_at(self, span: Span) -> tuple[Page, ...]:
        """Return the pages that `span` (of the *document's* text) touches, in order."""
        return tuple(page for page in self.pages if page.span.overlaps(span))
