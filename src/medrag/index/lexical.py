"""Lexical search by BM25 over tantivy, one immutable copy for each generation.

tantivy keeps immutable segment files and a small list of them. A new generation links the
segments of the one before, so that adding a few passages to a million costs milliseconds, and
nothing that a reader has open is ever changed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from medrag.core.understanding import Added
from medrag.errors import IndexStateError
from medrag.index.ballast import BALLAST
from medrag.index.records import from_bytes
from medrag.index.terms import terms
from medrag.index.vectors import are_apart, levelled
from medrag.index.weights import Weighing, weighed_terms
from medrag.index.whole import Whole

_TERMS, _SERIAL, _DOCUMENT = "terms", "serial", "document"
_HEAP_BYTES = 128 << 20
_LISTS = ("meta.json", ".managed.json")
_REMOVALS = 50
_FEW_DOCUMENTS = 2_000
"""Up to here, and up to half of all, allowed documents are asked for by number; beyond, hits
that are not allowed are passed over and more of them fetched."""

_SPARE = 16
_NOWHERE = (1 << 63) - 1
"""The number of no row and no document."""
_SYSTEM_ERRORS = {
    errno.ENOSPC: "No space left on device",
    errno.EFBIG: "File too large",
    errno.EROFS: "Read-only file system",
    errno.EACCES: "Permission denied",
}
_Link = Callable[[Path, Path], None]


class LexicalSearch:
    """Finds passages by their words; see `core.protocols.LexicalIndex`.

    Args:
        folder: Where `write_lexical` wrote.
        serials: Permanent number of each row, ascending.
        row_documents: Position of each row's document in `numbers`.
        numbers: Permanent number of each document, as it was written.
        whole: Of a shard, the statistics that words are weighed by: those of the whole index.
    """

    def __init__(
        self,
        folder: Path,
        serials: NDArray[np.int64],
        *,
        row_documents: NDArray[np.int32],
        numbers: NDArray[np.int64],
        whole: Whole | None = None,
    ) -> None:
        self._whole = whole
        self._schema = _schema()
        self._searcher = _open(folder)
        self._serials = serials
        self._row_documents = row_documents
        self._numbers = numbers
        passages = self._searcher.num_docs if whole is None else whole.facts.passages
        self._weighing = Weighing(passages, self.frequencies)

    def __len__(self) -> int:
        return len(self._serials)

    def search(
        self,
        text: str,
        k: int,
        *,
        allowed: NDArray[np.bool_] | None = None,
        added: Sequence[Added] = (),
    ) -> list[tuple[int, float]]:
        """Return at most k (row, score), best first; ties go to the smaller row."""
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if not (terms(text) or added) or k <= 0 or not count:
            return []
        weights, ceiling = self._weighing.weigh(text, added)
        query = self._filtered(self._any_of(weights), allowed)
        share = count / len(self)
        limit = int(k / share) + _SPARE if share > 0 else len(self)
        while True:
            limit = min(limit, len(self))
            ranked = self._ranked(query, limit, allowed)
            exhausted = limit >= len(self) or len(ranked.fetched) < limit
            if exhausted or ranked.settles(k, ceiling):
                return ranked.best(k, ceiling)
            limit *= 4

    def frequencies(self, words: Iterable[str]) -> list[int]:
        """Return in how many passages each of `words`, as `terms` cuts them, stands.

        Counts passages that were taken out and are still in the files, so in a large index it may
        be too high; see `worn`. A shard counts those of the whole index.
        """
        return self._held(words) if self._whole is None else self._whole.frequencies(words)

    def _held(self, words: Iterable[str]) -> list[int]:
        return [self._searcher.doc_freq(_TERMS, word) for word in words]

    def _any_of(self, weights: Mapping[str, float]) -> tantivy.Query:
        """Return the query for any of the words: one flat union, which the engine can prune."""
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, self._term(*item)) for item in weights.items()]
        )

    def _term(self, word: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, _TERMS, word, "freq")
        weight *= self._correction(word)
        return tantivy.Query.boost_query(query, weight) if weight != 1 else query

    def _correction(self, word: str) -> float:
        """Return what makes the engine's own rarity of a word that of the whole index."""
        if self._whole is None:
            return 1.0
        (held,), (often,) = self._held([word]), self._whole.frequencies([word])
        if not held:
            return 1.0
        own = _single(self._searcher.num_docs, held)
        return _single(self._weighing.passages, often) / own if own else 1.0

    def _filtered(self, query: tantivy.Query, allowed: NDArray[np.bool_] | None) -> tantivy.Query:
        if allowed is None:
            return query
        chosen = np.zeros(len(self._numbers), dtype=np.bool_)
        chosen[self._row_documents[allowed]] = True
        documents = self._numbers[chosen]
        if len(documents) > min(_FEW_DOCUMENTS, len(self._numbers) // 2):
            return query
        among = tantivy.Query.term_set_query(self._schema, _DOCUMENT, documents.tolist())
        filtered = tantivy.Query.const_score_query(among, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, filtered)]
        )

    def _ranked(
        self, query: tantivy.Query, limit: int, allowed: NDArray[np.bool_] | None
    ) -> _Ranked:
        hits = self._searcher.search(query, limit, count=False).hits
        addresses = [address for _, address in hits]
        found = self._searcher.fast_field_values(_SERIAL, addresses) if addresses else []
        rows = np.searchsorted(self._serials, np.array(found, dtype=np.int64))
        scores = np.array([score for score, _ in hits], dtype=np.float64)
        kept = np.ones(len(rows), dtype=np.bool_) if allowed is None else allowed[rows]
        return _Ranked(rows, scores, kept)


def _single(passages: int, often: int) -> float:
    """Return `weights.rarity` as the engine computes it, in single precision.

    Of a word that nearly all passages hold it is another number: what is corrected must be this.
    """
    one, half = np.float32(1.0), np.float32(0.5)
    left = np.float32(max(passages - often, 0)) + half
    return float(np.log(one + left / (np.float32(often) + half)))


class _Ranked:
    """One answer of the engine: everything fetched, and which of it is allowed."""

    def __init__(
        self, rows: NDArray[np.int64], scores: NDArray[np.float64], kept: NDArray[np.bool_]
    ) -> None:
        self.fetched = rows
        self._scores = scores
        self._kept = kept

    def settles(self, k: int, ceiling: float) -> bool:
        """Return whether k are allowed and none that tie with the k-th can be missing."""
        scores = self._scores[self._kept][k - 1 :]
        return are_apart(np.append(scores, self._scores[-1:]) / ceiling) if len(scores) else False

    def best(self, k: int, ceiling: float) -> list[tuple[int, float]]:
        """Return the k best allowed rows, scores as shares of `ceiling`; ties to the smaller."""
        scores, rows = levelled(self._scores[self._kept] / ceiling, self.fetched[self._kept])
        return list(zip(rows[:k].tolist(), scores[:k].tolist(), strict=True))


def write_lexical(
    folder: Path,
    previous: Path | None,
    removed: Iterable[int],
    added: Iterable[tuple[int, int, str, str]],
    *,
    ballast: Sequence[int] = (),
) -> None:
    """Write into `folder` what `previous` held, less the removed documents, plus `added`.

    Args:
        folder: New and empty.
        previous: An earlier folder, which stays as it is; None to start empty.
        removed: Numbers of documents.
        added: (permanent row number, document number, context, text) of each new passage.
        ballast: Lengths of entries that nothing finds; see `ballast.ballast_for`.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
    """
    if previous is not None:
        _link(previous, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with _clear(folder):
        index = tantivy.Index(_schema(), path=str(folder))
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        gone = list(removed)
        if gone:
            # Not `delete_documents_by_term`: in tantivy 0.27 it misses terms that are numbers.
            writer.delete_documents_by_query(
                tantivy.Query.term_set_query(_schema(), _DOCUMENT, gone)
            )
        for serial, number, context, text in added:
            writer.add_document(_entry(weighed_terms(context, text), serial, number))
        for length in ballast:
            writer.add_document(_entry([[BALLAST] * length], _NOWHERE, _NOWHERE))
        writer.commit()
        writer.wait_merging_threads()
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()


def worn(folder: Path) -> int:
    """Return how many entries were taken out of `folder` and still count in its statistics."""
    segments = from_bytes((folder / _LISTS[0]).read_bytes())["segments"]
    return sum((segment["deletes"] or {}).get("num_deleted_docs", 0) for segment in segments)


def _entry(words: Iterable[Sequence[str]], serial: int, number: int) -> tantivy.Document:
    entry = tantivy.Document()
    for some in words:
        entry.add_text(_TERMS, " ".join(some))
    entry.add_unsigned(_SERIAL, serial)
    entry.add_unsigned(_DOCUMENT, number)
    return entry


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # `terms` has cut the words already, so the engine only splits at the spaces between them.
    builder.add_text_field(_TERMS, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field(_SERIAL, indexed=True, fast=True)
    builder.add_unsigned_field(_DOCUMENT, indexed=True, fast=True)
    return builder.build()


def _open(folder: Path) -> tantivy.Searcher:
    """Open without writing: tantivy creates a lock file even to read, so it reads links.

    The files stay mapped after the links are gone. Windows has no links for everybody, and
    refuses nothing either while the folder is writable.
    """
    if sys.platform == "win32":
        return _searcher(folder)
    place = Path(tempfile.mkdtemp(prefix="medrag-"))
    try:
        _link(folder, place, copy=(), link=os.symlink)
        return _searcher(place)
    finally:
        _remove(place)


def _remove(place: Path) -> None:
    """Remove a folder of links, though the engine may write its lock into it once more."""
    for _ in range(_REMOVALS):
        shutil.rmtree(place, ignore_errors=True)
        if not place.exists():
            return
        time.sleep(0.01)


def _searcher(folder: Path) -> tantivy.Searcher:
    index = tantivy.Index.open(str(folder))
    index.config_reader(reload_policy="manual")
    return index.searcher()


def _link(
    source: Path,
    target: Path,
    *,
    copy: tuple[str, ...] = _LISTS,
    link: _Link = os.link,
) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.suffix == ".lock":
            continue
        if path.name in copy:
            shutil.copyfile(path, target / path.name)
            continue
        try:
            link(path.resolve(), target / path.name)
        except OSError:
            shutil.copyfile(path, target / path.name)


@contextlib.contextmanager
def _clear(folder: Path) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        # tantivy gives one type for everything; the text names what the system said.
        for number, words in _SYSTEM_ERRORS.items():
            if words in str(error):
                raise OSError(number, words) from error
        raise IndexStateError(f"{folder}: the lexical index failed ({error}).") from error
