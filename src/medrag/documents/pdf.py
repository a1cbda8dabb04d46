"""PDF: columns, paragraphs, tables and pages from where the words stand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from medrag.core.document import Document, Source
from medrag.documents.composer import Composer, Composition, clean
from medrag.documents.dates import day
from medrag.documents.encoding import read_bytes
from medrag.documents.pdf_continued import joined
from medrag.documents.pdf_decoding import UNREAD
from medrag.documents.pdf_furniture import CleanPage, RawPage, clean_pages, prepared
from medrag.documents.pdf_open_tables import find_open_tables, rest_of, widened
from medrag.documents.pdf_order import Piece, reading_order
from medrag.documents.pdf_page import PackedPage, PageContent, unpacked
from medrag.documents.pdf_paragraphs import (
    Block,
    Words,
    blocks_of,
    body_style,
    heading_levels,
    is_heading,
)
from medrag.documents.pdf_process import pdf_pages
from medrag.documents.pdf_rows import Row
from medrag.documents.pdf_tables import Table, find_tables, goes_on
from medrag.errors import CorpusError, PartlyReadError

MAX_PDF_BYTES = 512 * 2**20

_NOBODY = frozenset(
    {"", "anonymous", "unknown", "unspecified", "user", "admin", "administrator", "author", "owner"}
)
_NO_LETTER = re.compile(
    f"{UNREAD}|(?<=.)[\ue000-\uf8ff]"
)  # as a mark before an item it says nothing
_FILE_NAME = re.compile(r"\.(?:docx?|indd|pdf|rtf|qxd|pptx?|xlsx?|fm)\Z", re.IGNORECASE)


class PdfLoader:
    """Reads `.pdf` by pypdfium2 and the places of its words.

    Running heads, page numbers and line numbers are left out of the text; pages keep their
    physical number and printed label.
    """

    version = 8

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the one document in `path`.

        Raises:
            CorpusError: The file is no PDF, damaged, encrypted, too large, has no pages, or no
                page has text (a scan).
            PartlyReadError: After the document: some pages hold images and no text, or glyphs
                for which the file names no letter.
        """
        yield from self.parse(read_bytes(path, limit=MAX_PDF_BYTES), path)

    def parse(self, data: bytes, path: Path) -> Iterator[Document]:
        """Yield the one document in `data`; `path` names it.

        Raises:
            CorpusError: As `load`.
        """
        meta, pages = pdf_pages(data, path, engine="pdfium", convert=_prepared)
        if not any(page.fragments for page in pages):
            raise CorpusError(_no_text([page.content for page in pages], path))
        blocks, labels = blocks_and_labels(clean_pages(pages))
        composition = _written(blocks, labels)
        source = _source(path, hashlib.sha256(data).hexdigest(), meta)
        if source.title == path.name:
            title = _printed_title(blocks) or path.name
            source = source.model_copy(update={"title": title})
        yield Document.of(
            composition.text, source, pages=composition.pages, sections=composition.sections
        )
        if unread := _unread(pages):
            raise PartlyReadError(path, unread)


def _unread(pages: Sequence[RawPage]) -> list[str]:
    """Return what of the pages cannot be read, for a person to see to."""
    parts = []
    if images := [page.content.number for page in pages if _is_image(page)]:
        verb = "is" if len(images) == 1 else "are"
        parts.append(f"{_counted(images)} {verb} without text, with images: a scan, or a picture")
    signs = [
        page.content.number
        for page in pages
        if any(_NO_LETTER.search(fragment.text) for fragment in page.fragments)
    ]
    if signs:
        verb = "has" if len(signs) == 1 else "have"
        parts.append(
            f"{_counted(signs)} {verb} signs for which the file names no letter: {UNREAD}, or a "
            "character of no script"
        )
    return parts


def _prepared(page: PackedPage) -> RawPage:
    return prepared(unpacked(page))


def _is_image(page: RawPage) -> bool:
    return not page.fragments and page.content.images > 0


def _counted(numbers: Sequence[int]) -> str:
    """Return `page 3`, or `pages 3-5, 9`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = ", ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)
    return f"pages {shown}" if len(numbers) > 1 else f"page {shown}"


def _no_text(contents: Sequence[PageContent], path: Path) -> str:
    scanned = sum(content.images > 0 for content in contents)
    if scanned:
        return (
            f"{path}: no text on {len(contents)} pages, images on {scanned}: a scan. "
            "Run OCR on it (for example ocrmypdf) and add the result."
        )
    return f"{path}: no text on any of {len(contents)} pages."


def blocks_and_labels(
    pages: Sequence[CleanPage],
) -> tuple[list[Block], dict[int, str | None]]:
    """Return the blocks of all pages in reading order, and each page's label by its number."""
    words = Words()
    for page in pages:
        words.add(fragment.text for fragment in page.fragments)
    blocks: list[Block] = []
    last: Table | None = None
    header: Row = ()
    for page in pages:
        pieces = _pieces(page, last)
        found = blocks_of(pieces, page.content.number, words)
        first = pieces[0] if pieces and isinstance(pieces[0], Table) else None
        if last is not None and first is not None and goes_on(last, first, header):
            found[0] = replace(found[0], continued=True)
            header = header if len(pieces) == 1 else ()
        else:
            header = ()
        blocks += found
        last = pieces[-1] if pieces and isinstance(pieces[-1], Table) else None
        header = header or (last.rows[0] if last is not None else ())
    return joined(blocks, words), {page.content.number: page.label for page in pages}


def _pieces(page: CleanPage, last: Table | None) -> list[Piece]:
    """Return the pieces of a page in reading order; `last` ended the page before it."""
    tables = widened(find_tables(page.fragments, page.rules), page.fragments)
    tables += find_open_tables(page.fragments, tables)
    rest = rest_of(last, page.fragments, tables) if last is not None else None
    return reading_order(page.fragments, [*tables, *([rest] if rest else [])])


def _written(blocks: Sequence[Block], labels: dict[int, str | None]) -> Composition:
    composer = Composer()
    body, levels = body_style(blocks), heading_levels(blocks)
    before = ""
    for block in blocks:
        number = block.parts[0][0]
        composer.page(number, labels[number])
        style = (block.size, block.bold)
        if block.kind == "table":
            composer.rows(block.rows, continues=block.continued and before == "table")
        elif style in levels and is_heading(block, body):
            composer.heading(block.text, levels[style])
        elif block.kind == "item":
            composer.lines([block.parts[0][1]], continues=before == "item")
            _rest(block, composer, labels)
        else:
            composer.paragraph(block.parts[0][1])
            _rest(block, composer, labels)
        before = block.kind
    return composer.compose()


def _rest(block: Block, composer: Composer, labels: dict[int, str | None]) -> None:
    """Add what stands on the following pages, without a space where a word was cut."""
    before = block.parts[0][1]
    for number, text in block.parts[1:]:
        composer.page(number, labels[number])
        composer.paragraph(text, continues=True, glued=not before.endswith(" "))
        before = text


# --- What the file says about itself -------------------------------------------------------


def _source(path: Path, sha256: str, meta: dict[str, str]) -> Source:
    return Source(
        key=path.name,
        title=_usable_title(meta.get("Title", "")) or path.name,
        path=path.name,
        publisher=_usable_author(meta.get("Author", "")),
        published=day(meta.get("CreationDate", "")),
        sha256=sha256,
    )


def _usable_title(title: str) -> str:
    """Return the title, or nothing where it is what a program left there."""
    title = clean(title)
    left = title.casefold().startswith(("microsoft word -", "untitled", "powerpoint presentation"))
    return "" if left or _FILE_NAME.search(title) else title


def _usable_author(author: str) -> str | None:
    """Return the author, or None where nobody gave a name."""
    author = clean(author)
    return None if author.strip("()").casefold() in _NOBODY else author


def _printed_title(blocks: Sequence[Block]) -> str:
    """Return the first heading in the largest type of the first three pages, if it is a phrase."""
    body = body_style(blocks)
    first = [b for b in blocks if b.parts[0][0] <= 3 and is_heading(b, body)]
    titles = [block for block in first if len(block.text.split()) >= 3]
    if not titles:
        return ""
    return max(titles, key=lambda block: block.size).text
