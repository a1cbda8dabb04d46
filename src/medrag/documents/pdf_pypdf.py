"""PDF by pypdf, in the order of the file: the second engine, in pure Python."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from medrag.core.document import Document, Source
from medrag.documents.composer import Composer, clean
from medrag.documents.dates import day
from medrag.documents.encoding import read_bytes
from medrag.documents.pdf_page import PackedPage
from medrag.documents.pdf_process import pdf_pages
from medrag.errors import CorpusError

MAX_PDF_BYTES = 512 * 2**20


class PypdfLoader:
    """Reads `.pdf` by pypdf; pages and labels, no columns, tables, headings or running heads.

    The lines of a page stand as pypdf gives them. Choose it for files in simple order, or to
    compare with the default loader `pdf`.
    """

    version = 1

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the one document in `path`.

        Raises:
            CorpusError: The file is no PDF, damaged, encrypted, has no or too many pages, or no
                page has text.
        """
        data = read_bytes(path, limit=MAX_PDF_BYTES)
        meta, pages = pdf_pages(data, path, engine="pypdf", convert=_page)
        composer = Composer()
        for number, (label, text) in enumerate(pages, start=1):
            composer.page(number, label)
            composer.lines(text.split("\n"))
        composition = composer.compose()
        if not composition.text:
            raise CorpusError(
                f"{path}: no text on any page: a scan? Run OCR on it and add the result."
            )
        source = Source(
            key=path.name,
            title=clean(meta.get("Title", "")) or path.name,
            path=path.name,
            publisher=clean(meta.get("Author", "")) or None,
            published=day(meta.get("CreationDate", "")),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        yield Document.of(composition.text, source, pages=composition.pages)


def _page(packed: PackedPage) -> tuple[str | None, str]:
    return packed.about["label"], packed.about["text"]
