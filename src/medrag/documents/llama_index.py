"""Documents of any LlamaIndex reader as documents of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any, Protocol

from medrag.core.document import Document, Page, Source
from medrag.core.span import Span
from medrag.documents.provenance import FIELDS, overlay
from medrag.errors import CorpusError


class ReaderDocument(Protocol):
    """What is used of a LlamaIndex `Document` (or node): its id, text and metadata."""

    @property
    def id_(self) -> str:
        """Return the reader's id."""
        ...

    @property
    def metadata(self) -> dict[str, Any]:
        """Return what the reader knows of its origin."""
        ...

    def get_content(self) -> str:
        """Return the text."""
        ...


def from_llama_index(documents: Iterable[ReaderDocument]) -> list[Document]:
    """Return LlamaIndex documents as ours, one for each file they were read from.

    Readers that give one document per page (with `page_label` in the metadata) are put together
    by `file_path` or `file_name`, and the pages kept, numbered in the order given. Metadata of
    the name of a `Source` field fills it; other metadata is left behind. Texts are kept as they
    are; pages are separated by one blank line.

    Raises:
        CorpusError: A document has no text at all, or metadata has a wrong type.
    """
    files: dict[str, list[ReaderDocument]] = {}
    for document in documents:
        name = document.metadata.get("file_path") or document.metadata.get("file_name")
        files.setdefault(str(name or document.id_), []).append(document)
    return [_together(name, parts) for name, parts in files.items()]


def _together(name: str, parts: list[ReaderDocument]) -> Document:
    text = ""
    pages: list[Page] = []
    paginated = any("page_label" in part.metadata for part in parts)
    for number, part in enumerate(parts, start=1):
        content = part.get_content()
        if not content.strip():
            continue
        text += "\n\n" if text else ""
        span = Span(start=len(text), end=len(text) + len(content))
        text += content
        if paginated:
            label = part.metadata.get("page_label")
            pages.append(Page(number=number, label=str(label) if label else None, span=span))
    if not text:
        raise CorpusError(f"{name}: the reader gave no text for it.")
    return Document.of(text, _source(name, parts[0].metadata, text), pages=tuple(pages))


def _source(name: str, metadata: Mapping[str, Any], text: str) -> Source:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    file_name = PurePath(name).name or name
    source = Source(key=file_name, title=file_name, path=file_name, sha256=digest)
    fields = {key: value for key, value in metadata.items() if key in FIELDS and value}
    return overlay(source, fields, f"{name}: metadata") if fields else source
