"""An index in PostgreSQL beside the folder that it was pushed from; prints tables.

    python benchmarks/postgres.py                          20,000 and 100,000 synthetic passages
    python benchmarks/postgres.py --passages 500000
    python benchmarks/postgres.py --url postgresql://...   a server of yours; else one is started

The passages, questions and vectors are those of benchmarks/index.py. Everything asks the same
questions in one run, in turn; exact search over the stored vectors is the truth. The server that
is started has its defaults but for 2 GB of shared buffers. Times are at whatever load the machine
has, which is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import Known, build, hybrid, print_machine, row, timed, vectors_near_centers
from medrag.core.query import Filters
from medrag.index import OpenedIndex, Store, open_index, pull, push, verify
from medrag.retrieval import HybridRetriever

TESTS = Path(__file__).resolve().parents[1] / "tests"
QUESTIONS = 200
THREADS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--url", help="of a database that may be written to")
    options = parser.parse_args()
    print_machine()
    for passages in options.passages:
        where = contextlib.nullcontext(options.url) if options.url else server()
        with tempfile.TemporaryDirectory(prefix="medrag-benchmark-") as place, where as url:
            measure(Path(place), url, passages)
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


@contextlib.contextmanager
def server() -> Iterator[str]:
    sys.path.insert(0, str(TESTS))
    from postgres_server import running

    with running(shared_buffers="2GB") as started:
        yield started.url("schema")


def measure(place: Path, url: str, passages: int) -> None:
    path = place / "index"
    print(f"\n#### {passages:,} passages\n")
    row("what", "value")
    print("|---|---|")
    build(path, passages, None)
    with Store.open(path) as store:
        count, size = len(store), store.manifest.size_bytes
    places = {"folder": str(path)}
    for kind in ("exact", "hnsw"):
        places[f"PostgreSQL, {kind}"] = there = f"{url.partition('?')[0]}?schema=benchmark_{kind}"
        start = time.perf_counter()
        pushed = push(path, there, vectors=kind)
        seconds = time.perf_counter() - start
        row(f"push, {kind}, passages/s", int(count / seconds))
        row(f"push, {kind}, s", seconds)
        row(f"recall@10 that the push measured, {kind}", pushed.recall)
        if kind == "exact":
            with contextlib.closing(open_index(there)) as index:
                row("bytes a passage on the server", database_bytes(index) / count)
            row("bytes a passage in the folder", size / count)
            start = time.perf_counter()
            pull(there, place / "copy")
            row("pull, s", time.perf_counter() - start)
            row("files of the pulled index that are damaged", len(verify(place / "copy")))
    searches(path, places)


def database_bytes(index: OpenedIndex) -> int:
    ((size,),) = index._pool.rows(
        "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = :n",
        n="benchmark_exact",
    )
    return int(size)


def searches(path: Path, places: dict[str, str]) -> None:
    with Store.open(path) as store:
        near, texts = questions(store)
        few = [name for name, _, _ in store.sources()][::100]
        filters = {
            "no filter": Filters(),
            "a quarter, by kind": Filters(kinds=("label",)),
            "one of a hundred documents": Filters(document_ids=tuple(few)),
        }
        true = {name: exact(store, near, chosen) for name, chosen in filters.items()}
        words = {name: ranked(store, texts, chosen) for name, chosen in filters.items()}
    print()
    row("search", "where", "p50 ms", "p99 ms", "right")
    print("|---|---|---|---|---|")
    for name, chosen in filters.items():
        for where, there in places.items():
            with contextlib.closing(open_index(there)) as index:
                allowed = index.select(chosen)
                ask = partial(dense, index, allowed)
                answers, times = timed(ask, near)
                scores = np.array([found for found, _ in answers])
                recall = float(np.mean(scores >= true[name][:, -1:] - 1e-5))
                row(f"dense, {name}", where, *times, recall)
        for where, there in places.items():
            with contextlib.closing(open_index(there)) as index:
                allowed = index.select(chosen)
                answers, times = timed(partial(index.lexical, k=100, allowed=allowed), texts)
                row(f"lexical top 100, {name}", where, *times, agreement(answers, words[name]))
    for where, there in places.items():
        with contextlib.closing(open_index(there)) as index:
            retriever = HybridRetriever(index, Known(dict(zip(texts, near, strict=True))))
            ask = partial(hybrid, retriever, Filters())
            answers, times = timed(ask, texts)
            ids = [[hit.passage.id for hit in hits] for hits in answers]
            if where == "folder":
                first = ids
            same = np.mean([a == b for a, b in zip(ids, first, strict=True)])
            row("hybrid, ten hits", where, *times, float(same))
            start = time.perf_counter()
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(ask, texts))
            rate = QUESTIONS / (time.perf_counter() - start)
            row(f"hybrid, {THREADS} threads, questions/s", where, f"{rate:.0f}", "", "")


def questions(store: Store) -> tuple[NDArray[np.float32], list[str]]:
    chance = np.random.default_rng(7)
    near = vectors_near_centers(99, QUESTIONS)
    near += 0.035 * chance.standard_normal(near.shape, dtype=np.float32)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    texts = [
        " ".join(chance.choice(store.passage(int(n)).text.split(), size=8))
        for n in chance.integers(0, len(store), QUESTIONS)
    ]
    return near, texts


def exact(store: Store, near: NDArray[np.float32], chosen: Filters) -> NDArray[np.float32]:
    mask = store.select(chosen)
    rows = np.arange(len(store)) if mask is None else np.flatnonzero(mask)
    products = near @ store.vectors(rows.tolist()).T
    return -np.sort(-products, axis=1)[:, :10]


def ranked(store: Store, texts: Sequence[str], chosen: Filters) -> list[list[tuple[int, float]]]:
    allowed = store.select(chosen)
    return [store.lexical(text, 100, allowed=allowed) for text in texts]


def dense(
    index: OpenedIndex, allowed: object, question: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    scores, rows = index.dense(question[None], 10, allowed=allowed)
    return scores[0], rows[0]


def agreement(
    found: Sequence[list[tuple[int, float]]], true: Sequence[list[tuple[int, float]]]
) -> float:
    """Return the share of questions whose scores all agree to five digits."""
    return float(
        np.mean(
            [
                len(a) == len(b) and np.allclose([s for _, s in a], [s for _, s in b], rtol=1e-5)
                for a, b in zip(found, true, strict=True)
            ]
        )
    )


if __name__ == "__main__":
    main()
