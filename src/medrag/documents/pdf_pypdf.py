"""PDF by pypdf, in the order of the file: pure Python, for machines without pdfium."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from medrag.core.document import Document, Source
from medrag.documents.composer import Composer, clean
from medrag.documents.dates import day
from medrag.documents.encoding import read_bytes
from medrag.errors import CorpusError

MAX_PDF_BYTES = 512 * 2**20
MAX_PAGES = 20_000


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
        try:
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise CorpusError(f"{path}: the PDF is encrypted. Save a copy without a password.")
            if not 0 < len(reader.pages) <= MAX_PAGES:
                raise CorpusError(f"{path}: says it has {len(reader.pages)} pages.")
            texts = [page.extract_text() for page in reader.pages]
            labels = reader.page_labels
            meta = reader.metadata
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
            # pypdf raises plain Python errors on many kinds of damage.
            raise CorpusError(f"{path}: not a PDF, or damaged ({error}). Repair it.") from error
        title = clean(str((meta.title if meta else None) or "")) or path.name
        created = str(meta.get("/CreationDate") or "") if meta else ""
        source = Source(
            key=path.name,
            title=title,
            path=path.name,
            publisher=clean(str((meta.author if meta else None) or "")) or None,
            published=day(created),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        yield _document(texts, labels, source, path)


def _document(texts: Sequence[str], labels: Sequence[str], source: Source, path: Path) -> Document:
    composer = Composer()
    for number, (text, label) in enumerate(zip(texts, labels, strict=True), start=1):
        composer.page(number, None if label == str(number) else label)
        composer.lines(text.split("\n"))
    composition = composer.compose()
    if not composition.text:
        raise CorpusError(f"{path}: no text on any page: a scan? Run OCR on it and add the result.")
    return Document.of(composition.text, source, pages=composition.pages)
