"""One file on its way into an index: its documents cut, prepared, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from medrag.core.document import Document, Passage
from medrag.core.protocols import Embedder
from medrag.documents import SourceFile, chunk, stream, table_headers
from medrag.errors import CorpusError, PartlyReadError
from medrag.index import Prepared, prepare

_CONTEXT_TOKENS = 40
"""Room kept for a passage's context (title, headings) beside its text, in tokens."""

_BLOCK_CHARS = 1 << 20
"""Characters of a file of many documents that are cut together."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read.

    Attributes:
        source: A file, or a document that another reader has read.
        name: What messages call it: where its user has it, which need not be where it is read.
    """

    source: SourceFile | Document
    name: str

    @property
    def size(self) -> int:
        """Bytes of the file, or characters of the document; 0 where the file is gone."""
        if isinstance(self.source, Document):
            return len(self.source.text)
        try:
            return self.source.path.stat().st_size
        except OSError:
            return 0

    def read(self) -> Iterator[Document]:
        """Yield its documents.

        Raises:
            CorpusError: The file cannot be read.
            PartlyReadError: After the last document: parts of the file cannot be read.
        """
        return iter((self.source,)) if isinstance(self.source, Document) else stream(self.source)


class Ending(NamedTuple):
    """How the reading of one item ended; nothing of it comes after.

    Attributes:
        failed: Why it cannot be read; None where it was.
        unread: What of it is not read, and why, where the rest is.
    """

    failed: str | None = None
    unread: tuple[str, ...] = ()


Piece = list[Prepared] | Ending
"""Some documents of an item, or its end."""


def pieces(item: Item, embedder: Embedder, budget: int) -> Iterator[Piece]:
    """Yield the documents of an item, some at a time so that memory stays flat, then its ending.

    Args:
        item: What to read.
        embedder: Counts the tokens.
        budget: Longest passage with its context, in the embedder's tokens.
    """
    try:
        for documents in _blocks(item.read()):
            yield _cut(documents, embedder, budget)
    except PartlyReadError as error:
        yield Ending(unread=tuple(_named(part, item) for part in error.parts))
    except CorpusError as error:
        yield Ending(failed=_named(str(error), item))
    else:
        yield Ending()


def contexts_of(
    passages: Sequence[Passage],
    documents: Sequence[Document],
    *,
    count_tokens: Callable[[Sequence[str]], list[int]],
    max_tokens: int = _CONTEXT_TOKENS,
) -> list[str]:
    """Return for each passage its title, headings and table header, as far as they fit.

    They are embedded and indexed before the passage's text, so that a table under "Renal
    impairment" is found for its drug, but are never part of what is quoted. The header is of a
    table that the passage goes on with. The most that fits `max_tokens` is taken of: title, all
    headings and the header's rows; title, the innermost heading and these; the same with fewer
    rows, the lowest at least; the same without the header; the title alone.
    """
    whole = {document.id: document for document in documents}
    headers = _headers(passages, whole)
    choices = [_choices(whole[one.document_id], one, headers[one.id]) for one in passages]
    unique = sorted({text for choice in choices for text in choice})
    sizes = dict(zip(unique, count_tokens(unique), strict=True)) if unique else {}
    return [next((text for text in c if sizes[text] <= max_tokens), "") for c in choices]


def _headers(
    passages: Sequence[Passage], whole: Mapping[str, Document]
) -> dict[str, tuple[str, ...]]:
    """Return by id the rows that head the table which a passage goes on with."""
    headers: dict[str, tuple[str, ...]] = {}
    ordered = sorted(passages, key=lambda one: (one.document_id, one.span.start))
    for name, group in groupby(ordered, key=lambda one: one.document_id):
        own = list(group)
        rows = table_headers(whole[name].text, [one.span.start for one in own])
        headers |= {one.id: found for one, found in zip(own, rows, strict=True)}
    return headers


def _choices(document: Document, passage: Passage, header: tuple[str, ...]) -> list[str]:
    """Return the contexts that a passage may have, the longest first."""
    title = document.source.title
    paths = [(title, *passage.section), (title, *passage.section[-1:])]
    kept = [header[first:] for first in range(len(header))]
    with_header = [(*path, *rows) for rows in kept for path in paths]
    return [" > ".join(parts) for parts in (*with_header, *paths, (title,))]


def _blocks(documents: Iterator[Document]) -> Iterator[list[Document]]:
    """Yield documents together until they hold `_BLOCK_CHARS`, so that memory stays flat."""
    block: list[Document] = []
    size = 0
    try:
        for document in documents:
            block.append(document)
            size += len(document.text)
            if size >= _BLOCK_CHARS:
                yield block
                block, size = [], 0
    except PartlyReadError:  # raised after the last document, which is among those that wait
        yield block
        raise
    if block:
        yield block


def _cut(documents: list[Document], embedder: Embedder, budget: int) -> list[Prepared]:
    count = embedder.count_tokens
    room = budget - _CONTEXT_TOKENS if budget > 2 * _CONTEXT_TOKENS else budget
    passages = [p for d in documents for p in chunk(d, count_tokens=count, max_tokens=room)]
    contexts = contexts_of(
        passages, documents, count_tokens=count, max_tokens=min(_CONTEXT_TOKENS, budget - room)
    )
    return prepare(documents, passages, contexts=contexts)


def _named(message: str, item: Item) -> str:
    """Return a message about a file, or what lies beside it, with the name that its user knows."""
    if isinstance(item.source, Document):
        return message
    folder, _, _ = item.name.rpartition("/")
    path = item.source.path
    if not folder:
        return message.replace(str(path), item.name)
    return message.replace(str(path.parent), folder)
