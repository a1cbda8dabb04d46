"""A document as an index keeps it: made anywhere, by any process, the same to the byte."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from medrag.core.document import Document, Passage
from medrag.index.part import body_to_bytes, passage_to_bytes, searched_text, text_key


class Prepared(NamedTuple):
    """One document and its passages, ready to be written; bytes and strings only.

    Attributes:
        id: The document's.
        source: `Source` as JSON; apart from the body, since it may change while the text does not.
        body: Everything else of the document, compressed.
        records: Its passages with their contexts, in text order.
        keys: For each passage the hash under which the vector of its text is known.
        digest: Over the body and the records.
    """

    id: str
    source: dict[str, Any]
    body: bytes
    records: tuple[bytes, ...]
    keys: tuple[bytes, ...]
    digest: str

    @property
    def size(self) -> int:
        """Bytes that it will take on disk, vectors aside."""
        return len(self.body) + sum(map(len, self.records))


def prepare(
    documents: Sequence[Document],
    passages: Sequence[Passage],
    *,
    contexts: Sequence[str] | None = None,
) -> list[Prepared]:
    """Return documents with the passages cut from them, in the order of the documents.

    Args:
        documents: With ids of their own; of two with one id the first stays.
        passages: Of all of them, each document's in text order.
        contexts: For each passage, words that are embedded and indexed before its text (a title,
            a heading path) without being part of it; none where None.

    Raises:
        ValueError: A passage of another document.
    """
    lines = contexts if contexts is not None else [""] * len(passages)
    own: dict[str, list[tuple[Passage, str]]] = {document.id: [] for document in documents}
    for passage, context in zip(passages, lines, strict=True):
        if passage.document_id not in own:
            raise ValueError(f"passage {passage.id} is of none of the documents given")
        own[passage.document_id].append((passage, context))
    return [_prepared(document, own[document.id]) for document in documents]


def _prepared(document: Document, own: Sequence[tuple[Passage, str]]) -> Prepared:
    body = body_to_bytes(document)
    records = tuple(passage_to_bytes(passage, context) for passage, context in own)
    return Prepared(
        id=document.id,
        source=document.source.model_dump(mode="json"),
        body=body,
        records=records,
        keys=tuple(text_key(searched_text(context, passage.text)) for passage, context in own),
        digest=hashlib.sha256(b"\0".join([body, *records])).hexdigest()[:16],
    )
