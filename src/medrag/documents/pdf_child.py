"""The child process that opens PDF files, so that no file can take the parent with it.

Started by `medrag.documents.pdf_process`. It reads requests from standard input and answers with
messages on standard output, each a length of eight bytes and that many bytes:

- request: the bytes of a PDF file;
- answers: `{"meta": ..., "pages": n}`, then one list per page; or `{"error": ..., "detail": ...}`
  in place of any of them, after which the request is over.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from typing import IO, Any, Literal

Engine = Literal["pdfium", "pypdf"]
MAX_PAGES = 20_000
MAX_MEMORY_BYTES = 4 * 2**30

_LENGTH_BYTES = 8


def main(engine: Engine) -> None:
    """Answer requests until standard input ends."""
    _limit_memory()
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a native library prints must not look like an answer
    read = _by_pdfium if engine == "pdfium" else _by_pypdf
    while (data := receive(requests)) is not None:
        for answer in _guarded(read(data)):
            send(answers, answer)


def _guarded(answers: Iterator[Any]) -> Iterator[Any]:
    try:
        yield from answers
    except MemoryError:
        yield {"error": "memory"}
    except RecursionError:
        yield {"error": "damaged", "detail": "nested too deep"}


def send(stream: IO[bytes], answer: Any) -> None:
    """Write one message."""
    write(stream, json.dumps(answer, ensure_ascii=True).encode("ascii"))


def write(stream: IO[bytes], message: bytes) -> None:
    """Write one message of raw bytes."""
    stream.write(len(message).to_bytes(_LENGTH_BYTES, "little"))
    stream.write(message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Return the next message, or None where the stream has ended."""
    head = stream.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "little")
    message = stream.read(length)
    return message if len(message) == length else None


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit of the parent still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def _by_pdfium(data: bytes) -> Iterator[Any]:
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
        for index in range(count if count <= MAX_PAGES else 0):
            try:
                page = pdf[index]
                content = page_content(page, index + 1, pdf.get_page_label(index))
                page.close()
            except pdfium.PdfiumError as error:
                yield {"error": "damaged", "detail": f"page {index + 1}: {error}"}
                return
            except ValueError as error:
                yield {"error": "bomb", "detail": str(error)}
                return
            yield content.dumped()
    finally:
        pdf.close()


def _by_pypdf(data: bytes) -> Iterator[Any]:
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
        pages = reader.pages if len(reader.pages) <= MAX_PAGES else []
        for number, page in enumerate(pages):
            yield [labels[number] if labels else None, page.extract_text()]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        # pypdf raises plain Python errors on many kinds of damage.
        yield {"error": "damaged", "detail": str(error)}
