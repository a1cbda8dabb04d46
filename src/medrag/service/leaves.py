"""A page of a PDF as printed, with the quoted words marked."""

from __future__ import annotations

import hashlib
import io
import math
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw

from medrag.core.document import Document, Page
from medrag.core.span import Span

_SCALE = 1.6
_MOST_PIXELS = 8_000_000
_MARK = (255, 226, 138)
_MOST_BYTES = 256 << 20
_LOCK = threading.Lock()
"""pdfium may be used by one thread at a time."""


def file_of(document: Document, corpora: Sequence[str]) -> Path | None:
    """Return the PDF that a document was read from, if it lies there byte for byte unchanged."""
    name = document.source.path
    if name is None or not name.lower().endswith(".pdf"):
        return None
    for folder in corpora:
        root = Path(folder).resolve()
        for path in ((root / name).resolve(), (root.parent / name).resolve()):
            is_inside = path.is_relative_to(root)
            if is_inside and path.is_file() and _digest(path) == document.source.sha256:
                return path
    return None


def _digest(path: Path) -> str | None:
    stat = path.stat()
    return _digest_of(path, stat.st_mtime_ns, stat.st_size) if stat.st_size < _MOST_BYTES else None


@lru_cache(maxsize=256)
def _digest_of(path: Path, changed: int, size: int) -> str:
    del changed, size  # a file that changed is another entry
    return hashlib.sha256(path.read_bytes()).hexdigest()


def picture(path: Path, document: Document, page: Page, quoted: Span | None) -> bytes:
    """Return a page as PNG, the words of `quoted` that stand on it marked.

    Args:
        path: The PDF.
        document: What was read from it.
        page: Which page, counted from 1.
        quoted: Characters of the document's text; none are marked where None.
    """
    words = _words(document, page, quoted) if quoted is not None else []
    with _LOCK:
        pdf = pdfium.PdfDocument(path)
        try:
            leaf = pdf[page.number - 1]
            bitmap = leaf.render(scale=_scale(*leaf.get_size()))
            image = bitmap.to_pil().convert("RGB")
            place = bitmap.get_posconv(leaf)
            boxes = [
                (*place.to_bitmap(left, top), *place.to_bitmap(right, bottom))
                for left, bottom, right, top in _boxes(leaf, words)
            ]
        finally:
            pdf.close()
    # Multiplied, as a marker pen does: what is printed beneath stays as dark as it was.
    marks = Image.new("RGB", image.size, "white")
    drawn = ImageDraw.Draw(marks)
    for left, top, right, bottom in boxes:
        # On a turned page the corners change places.
        corners = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
        drawn.rectangle(corners, fill=_MARK)
    return _png(ImageChops.multiply(image, marks))


def _scale(width: float, height: float) -> float:
    """Return the scale of a page; of one as large as a wall a smaller one."""
    return min(_SCALE, math.sqrt(_MOST_PIXELS / max(width * height, 1)))


def _png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG", optimize=False)
    return written.getvalue()


def _words(document: Document, page: Page, quoted: Span) -> list[str]:
    start, end = max(quoted.start, page.span.start), min(quoted.end, page.span.end)
    return document.text[start:end].split() if start < end else []


def _boxes(
    leaf: pdfium.PdfPage, words: Sequence[str]
) -> Iterator[tuple[float, float, float, float]]:
    """Yield boxes of the lines on which `words` stand in a row; none where they are not found.

    White space and line ends differ between a page and its text, so letters alone are compared.
    """
    wanted = "".join(words)
    if not wanted:
        return
    text = leaf.get_textpage()
    printed = text.get_text_range()
    places = [n for n, char in enumerate(printed) if not char.isspace()]
    begin = "".join(printed[n] for n in places).find(wanted)
    if begin < 0:
        return
    first, last = places[begin], places[begin + len(wanted) - 1]
    for number in range(text.count_rects(first, last - first + 1)):
        yield text.get_rect(number)
