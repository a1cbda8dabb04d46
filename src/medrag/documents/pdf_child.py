"""The child process that opens PDF files, so that no file can take the parent with it.

Started by `medrag.documents.pdf_process`. It reads requests from standard input and answers with
messages on standard output, each as `medrag.children.write` writes it:

- request: the bytes of a PDF file;
- answer: `{"meta": ..., "pages": n}`;
- request: `[first, step]`, which pages this process is to read, counted from 0;
- answers: lists of these pages until none is left; or `{"error": ..., "detail": ...}` in place of
  any answer, after which the file is over.

An answer is a line of JSON and what bytes belong to it. A list of pages has (page, how many bytes)
for each, and the bytes of all pages one after another. Nothing from here is ever unpickled: this
process may be in the hands of the file.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Any, Literal

from medrag.children import answers_only, receive, write
from medrag.documents.pdf_page import PackedPage

Engine = Literal["pdfium", "pypdf"]
MAX_PAGES = 20_000
MAX_MEMORY_BYTES = 4 * 2**30

Answer = PackedPage | dict[str, Any]
Share = Callable[[int], range]
"""Takes how many pages a file has and returns those that are asked for."""

_BATCH_SECONDS = 0.02


def main(engine: Engine) -> None:
    """Answer requests until standard input ends."""
    _limit_memory()
    requests, answers = sys.stdin.buffer, answers_only()
    read = _by_pdfium if engine == "pdfium" else _by_pypdf

    def share(count: int) -> range:
        asked = receive(requests)
        first, step = json.loads(asked) if asked else (count, 1)
        return range(first, count, step)

    while (data := receive(requests)) is not None:
        for message in _guarded(_packed(read(data, share))):
            write(answers, message)


def _guarded(messages: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from messages
    except MemoryError:
        yield _message({"error": "memory"})
    except RecursionError:
        yield _message({"error": "damaged", "detail": "nested too deep"})


def _packed(answers: Iterator[Answer]) -> Iterator[bytes]:
    """Yield messages, with the pages of `_BATCH_SECONDS` in one."""
    pages: list[PackedPage] = []
    due = monotonic() + _BATCH_SECONDS
    for answer in answers:
        if isinstance(answer, PackedPage):
            pages.append(answer)
        if pages and (monotonic() >= due or not isinstance(answer, PackedPage)):
            yield _pages_message(pages)
            pages = []
            due = monotonic() + _BATCH_SECONDS
        if not isinstance(answer, PackedPage):
            yield _message(answer)
    if pages:
        yield _pages_message(pages)


def _pages_message(pages: Sequence[PackedPage]) -> bytes:
    listed = [(page.about, len(page.numbers)) for page in pages]
    return _message(listed) + b"".join(page.numbers for page in pages)


def _message(answer: object) -> bytes:
    return json.dumps(answer, ensure_ascii=True).encode("ascii") + b"\n"


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit of the parent still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def _by_pdfium(data: bytes, share: Share) -> Iterator[Answer]:
    import pypdfium2 as pdfium

    from medrag.documents.pdf_words import page_content

    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        encrypted = "password" in str(error).lower()
        yield {"error": "encrypted" if encrypted else "damaged", "detail": str(error)}
        return
    try:
        count = len(pdf)
        yield {"meta": pdf.get_metadata_dict(), "pages": count}
        for index in share(count):
            try:
                page = pdf[index]
                packed = page_content(page, index + 1, pdf.get_page_label(index))
                page.close()
            except pdfium.PdfiumError as error:
                yield {"error": "damaged", "detail": f"page {index + 1}: {error}"}
                return
            except ValueError as error:
                yield {"error": "bomb", "detail": str(error)}
                return
            yield packed
    finally:
        pdf.close()


def _by_pypdf(data: bytes, share: Share) -> Iterator[Answer]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            yield {"error": "encrypted", "detail": ""}
            return
        meta = {str(k).removeprefix("/"): str(v) for k, v in (reader.metadata or {}).items()}
        labels = reader.page_labels if "/PageLabels" in reader.root_object else []
        yield {"meta": meta, "pages": len(reader.pages)}
        for index in share(len(reader.pages)):
            text = reader.pages[index].extract_text()
            about = {"label": labels[index] if labels else None, "text": text}
            yield PackedPage(about, b"")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # pypdf raises plain Python errors on many kinds of damage.
        yield {"error": "damaged", "detail": str(error)}
