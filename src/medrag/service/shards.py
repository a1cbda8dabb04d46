"""What a front asks of this service where its index is a shard of another; see `index.sharded`.

The front ranks; a shard finds, with the statistics of the whole. Whoever may search may ask: a
front has a token of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException

from medrag.core.document import Document
from medrag.errors import IndexStateError
from medrag.index import shard_wire as wire
from medrag.index.shard import LocalShard, ShardFacts
from medrag.service import problems
from medrag.service.asking import SharedState, caller_of, checking
from medrag.service.state import Shared

router = APIRouter(
    prefix="/v1/shard",
    tags=["shards"],
    responses=problems.RESPONSES,
    dependencies=[Depends(caller_of)],
)


@contextmanager
def _opened(shared: Shared, meant: wire.Question | None = None) -> Iterator[LocalShard]:
    """Hold the shard that this service answers for.

    Raises:
        HTTPException: It is an index of its own (404), or not the shard that is meant (409).
        BusyError: There is no place for one more question.
    """
    with checking(shared), shared.desk.lease() as opened:
        try:
            shard = LocalShard(opened.index.opened)
        except IndexStateError as error:
            raise HTTPException(404, "The index of this service is no shard.") from error
        own = (shard.whole.split, shard.whole.number)
        if meant is not None and (meant.split, meant.number) != own:
            raise HTTPException(409, "This is another shard, or one of another split.")
        yield shard


@router.get("/facts")
def facts(shared: SharedState) -> ShardFacts:
    """Say which shard of which split this is."""
    with _opened(shared) as shard:
        return shard.facts()


@router.post("/dense")
def dense(body: wire.DenseQuestion, shared: SharedState) -> wire.Ranked:
    """Find the nearest passages."""
    with _opened(shared, body) as shard:
        scores, numbers = shard.dense(body.queries.floats(), body.k, body.filters)
    return wire.Ranked(passages=wire.packed(numbers, "<i8"), scores=wire.packed(scores, "<f4"))


@router.post("/lexical")
def lexical(body: wire.LexicalQuestion, shared: SharedState) -> wire.Ranked:
    """Find passages by their words, weighed as in the whole index."""
    with _opened(shared, body) as shard:
        found = shard.lexical(body.text, body.k, body.filters, body.added)
    numbers = np.array([number for number, _ in found], dtype=np.int64)
    scores = np.array([score for _, score in found], dtype=np.float64)
    return wire.Ranked(passages=wire.packed(numbers, "<i8"), scores=wire.packed(scores, "<f8"))


@router.post("/vectors")
def vectors(body: wire.VectorsQuestion, shared: SharedState) -> wire.Packed:
    """Return vectors of passages."""
    with _opened(shared, body) as shard:
        found = shard.vectors(body.passages.numbers())
    return wire.packed(found, "<f2")  # as they are stored


@router.post("/hits")
def hits(body: wire.HitsQuestion, shared: SharedState) -> wire.Hits:
    """Return passages with their sources."""
    with _opened(shared, body) as shard:
        return wire.Hits(hits=tuple(shard.hits(body.passages.numbers(), body.as_of)))


@router.post("/frequencies")
def frequencies(body: wire.WordsQuestion, shared: SharedState) -> wire.Counts:
    """Count the passages of the whole index in which words stand."""
    with _opened(shared, body) as shard:
        return wire.Counts(counts=tuple(shard.frequencies(body.words)))


@router.post("/count")
def count(body: wire.CountQuestion, shared: SharedState) -> wire.Counts:
    """Count the passages that pass a filter."""
    with _opened(shared, body) as shard:
        return wire.Counts(counts=(shard.count(body.filters),))


@router.post("/document")
def document(body: wire.DocumentQuestion, shared: SharedState) -> Document:
    """Return a document."""
    with _opened(shared, body) as shard:
        return shard.document(body.document_id)


@router.post("/passages")
def passages(body: wire.DocumentQuestion, shared: SharedState) -> wire.Passages:
    """Return the passages of a document."""
    with _opened(shared, body) as shard:
        return wire.Passages(passages=tuple(shard.passages_of(body.document_id)))


@router.post("/sources")
def sources(body: wire.Question, shared: SharedState) -> wire.Listing:
    """List the documents of this shard."""
    with _opened(shared, body) as shard:
        listed = [wire.Listed(**one._asdict()) for one in shard.sources()]
    return wire.Listing(sources=tuple(listed))


@router.post("/keys")
def keys(body: wire.DayQuestion, shared: SharedState) -> wire.Keys:
    """Say which sources of this shard are replaced on a day, and which are in force."""
    with _opened(shared, body) as shard:
        return wire.Keys(
            superseded=shard.superseded(body.as_of),
            in_force=tuple(sorted(shard.keys_in_force(body.as_of))),
        )
