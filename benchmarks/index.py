"""How fast, how large and how right the index is, and what it survives; prints tables.

    python benchmarks/index.py                       100,000 synthetic passages
    python benchmarks/index.py --passages 1000000
    python benchmarks/index.py --large               5,000,000; 15 GB of disk
    python benchmarks/index.py --kind hnsw           another kind of vector index
    python benchmarks/index.py --at FOLDER           keep it there; measure what is there
    python benchmarks/index.py --kill-rounds 200     kill -9 at random moments

Texts are drawn from 30,000 made-up words by the law of Zipf and Mandelbrot (as in English, the
commonest word is in most passages), questions are eight words of a passage, vectors lie around
5,000 random centers in 384 dimensions, so nothing needs a model. Exact search over the stored
vectors is the truth. Times are of one process on this machine, at whatever load it has.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medrag.core.document import Document, Passage, Source
from medrag.core.query import Filters, Query
from medrag.core.span import Span
from medrag.index import FileState, IndexWriter, Recipe, Store, verify
from medrag.index.part import Part
from medrag.index.terms import terms
from medrag.retrieval import HybridRetriever

DIM = 384
CENTERS = 5_000
WORDS = 30_000
SHARES = np.cumsum(1 / (np.arange(WORDS) + 2.7))
SHARES /= SHARES[-1]
WORDS_A_PASSAGE = 60
PASSAGES_A_DOCUMENT = 20
LARGE = 5_000_000
PACKAGES = ("medrag", "faiss-cpu", "tantivy", "numpy")
QUESTIONS = 200
BATCH = 8192
Allowed = NDArray[np.bool_] | None
TESTS = Path(__file__).resolve().parents[1] / "tests"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--large", action="store_true", help="5,000,000 passages")
    parser.add_argument("--kind", default=None, help="vector index; by size unless given")
    parser.add_argument("--kill-rounds", type=int, default=0)
    parser.add_argument("--at", type=Path, metavar="FOLDER", help="where the index stays")
    parser.add_argument("--fts5", action="store_true", help="SQLite FTS5 beside the lexical index")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="medrag-benchmark-") as place:
        if options.kill_rounds:
            kill(Path(place) / "index", options.kill_rounds)
        else:
            passages = LARGE if options.large else options.passages
            folder = options.at or Path(place)
            measure(folder, passages, options.kind, fts5=options.fts5)


def measure(place: Path, passages: int, kind: str | None, *, fts5: bool) -> None:
    path = place / "index"
    print_machine()
    row("what", "value")
    print("|---|---|")
    if not path.exists():
        build(path, passages, kind)
    describe(path)
    search(path)
    update(path)
    if fts5:
        beside_fts5(path, place / "fts5.db")
    print(f"\nload at the end {os.getloadavg()[0]:.1f}")


def print_machine() -> None:
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    model = next(
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30
    load = os.getloadavg()[0]
    print(f"{moment}, {model}, {os.cpu_count()} cores, {memory} GiB, load at the start {load:.1f}")
    names = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"Python {platform.python_version()}, {names}\n")


def row(*cells: object) -> None:
    shown = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells)
    print(f"| {' | '.join(shown)} |", flush=True)


def make_document(number: int, passages: int) -> tuple[FileState, Document, list[Passage]]:
    chance = np.random.default_rng(number)
    size = passages * WORDS_A_PASSAGE
    ranks = np.searchsorted(SHARES, chance.random(size))
    words = [f"{'bcdfglmnprstv'[r % 13]}{'aeiou'[r % 5]}w{r:x}" for r in ranks.tolist()]
    pieces = [" ".join(words[n : n + WORDS_A_PASSAGE]) for n in range(0, size, WORDS_A_PASSAGE)]
    text = "\n".join(pieces)
    digest = hashlib.sha256(text.encode()).hexdigest()
    key = f"document{number}.txt"
    kinds = ("label", "guideline", "protocol", "article")
    source = Source(key=key, title=key, path=key, sha256=digest, kind=kinds[number % 4])
    document = Document.of(text, source)
    cut, start = [], 0
    for piece in pieces:
        cut.append(Passage.cut(document, Span(start=start, end=start + len(piece))))
        start += len(piece) + 1
    state = FileState(key=key, fingerprint=digest, loader="text", loader_version=1)
    return state, document, cut


def vectors_near_centers(seed: int, count: int) -> NDArray[np.float32]:
    centers = np.random.default_rng(0).normal(size=(CENTERS, DIM)).astype(np.float32)
    centers /= np.linalg.norm(centers, axis=1, keepdims=True)
    chance = np.random.default_rng(seed + 1)
    chosen = centers[chance.integers(0, CENTERS, count)]
    near = chosen + 0.035 * chance.standard_normal((count, DIM), dtype=np.float32)
    unit: NDArray[np.float32] = near / np.linalg.norm(near, axis=1, keepdims=True)
    return unit


def recipe() -> Recipe:
    return Recipe(
        embedder_name="synthetic",
        embedder_digest="0" * 64,
        dim=DIM,
        chunker_version=1,
        passage_tokens=256,
    )


def build(path: Path, passages: int, kind: str | None) -> None:
    documents = -(-passages // PASSAGES_A_DOCUMENT)
    made = 0.0
    begun = time.perf_counter()
    with IndexWriter(path, recipe=recipe(), kind=kind) as writer:
        for number in range(documents):
            start = time.perf_counter()
            state, document, cut = make_document(number, PASSAGES_A_DOCUMENT)
            made += time.perf_counter() - start
            writer.add(state, [document], cut)
        added = time.perf_counter()
        drawn = 0.0
        for number, batch in enumerate(writer.batches(BATCH)):
            start = time.perf_counter()
            vectors = vectors_near_centers(number, len(batch.texts))
            drawn += time.perf_counter() - start
            writer.put(batch, vectors)
        put = time.perf_counter()
        writer.commit()
        end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row("passages", documents * PASSAGES_A_DOCUMENT)
    row("add: records, s", added - begun - made)
    row("put: durable vectors, s", put - added - drawn)
    row("commit: part, vector index, lexical, checksums, s", end - put)
    row("store, all, microseconds a passage", 1e6 * (end - begun - made - drawn) / passages)
    row("peak memory of the build, MB", int(peak))


def describe(path: Path) -> None:
    with Store.open(path) as store:
        manifest, rows = store.manifest, len(store)
    for part in manifest.parts:
        row(f"part {part.name}: {part.kind}, measured recall@10", part.recall)
    sizes: defaultdict[str, int] = defaultdict(int)
    for entry in manifest.files:
        name = "lexical" if "lexical" in entry.path else Path(entry.path).name
        sizes[name] += entry.bytes
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        if size / rows >= 1:
            row(f"bytes a passage: {name}", size / rows)
    row("bytes a passage, all", manifest.size_bytes / rows)
    start = time.perf_counter()
    problems = verify(path)
    row(f"verify (SHA-256): {len(problems)} problems, s", time.perf_counter() - start)


def search(path: Path) -> None:
    for check in ("bytes", "sizes"):
        start = time.perf_counter()
        with Store.open(path, check=check):
            row(f"open, check={check}, s", time.perf_counter() - start)
    with Store.open(path) as store:
        chance = np.random.default_rng(7)
        near = vectors_near_centers(99, QUESTIONS)
        near += 0.035 * chance.standard_normal(near.shape, dtype=np.float32)
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        texts = [
            " ".join(chance.choice(store.passage(int(n)).text.split(), size=8))
            for n in chance.integers(0, len(store), QUESTIONS)
        ]
        start = time.perf_counter()
        mask = store.select(Filters(kinds=("label",)))
        row("first filter, ms", 1e3 * (time.perf_counter() - start))
        print()
        row("search", "p50 ms", "p99 ms", "recall@10")
        print("|---|---|---|---|")
        for name, allowed in masks(store, mask):
            ask = partial(dense, store, allowed)
            answers, times = timed(ask, near)
            share = right(path, near, np.stack(answers), allowed=allowed)
            row(f"dense, {name}", *times, share)
        for name, allowed in masks(store, mask):
            times = timed(partial(store.lexical, k=100, allowed=allowed), texts)[1]
            row(f"lexical top 100, {name}", *times, "exact")
        retriever = HybridRetriever(store, Known(dict(zip(texts, near, strict=True))))
        for name, filters in (("no filter", Filters()), ("a quarter", Filters(kinds=("label",)))):
            ask = partial(hybrid, retriever, filters)
            row(f"hybrid, ten hits, {name}", *timed(ask, texts)[1], "")
        print()
        row("what", "value")
        print("|---|---|")
        start = time.perf_counter()
        store.dense(near, 10)
        row("dense, batch of 200, ms a question", 1e3 * (time.perf_counter() - start) / QUESTIONS)
    row("memory now, MB", resident_mb())


def dense(store: Store, allowed: Allowed, question: NDArray[np.float32]) -> NDArray[np.float32]:
    return store.dense(question[None], 10, allowed=allowed)[0][0]


class Known:
    """Stands in for an embedder: the vector of each question is known."""

    name = "known"
    digest = ""
    dim = DIM
    max_tokens = 256

    def __init__(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        self._vectors = vectors

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors known of `texts`, shape (len(texts), DIM)."""
        return np.stack([self._vectors[text] for text in texts])


def hybrid(retriever: HybridRetriever, filters: Filters, text: str) -> object:
    return retriever.retrieve(Query(text=text, filters=filters), 10)


def masks(store: Store, labels: NDArray[np.bool_] | None) -> Iterator[tuple[str, Allowed]]:
    chance = np.random.default_rng(3)
    yield "no filter", None
    yield "a quarter, by kind", labels
    yield "nine of ten rows", chance.random(len(store)) < 0.9
    documents = np.arange(len(store)) // PASSAGES_A_DOCUMENT
    yield "one of a hundred documents", chance.random(documents[-1] + 1)[documents] < 0.01
    yield "one of a hundred rows", chance.random(len(store)) < 0.01


def timed(
    ask: Callable[[Any], Any], questions: Sequence[Any]
) -> tuple[list[Any], tuple[float, float]]:
    for question in questions[:5]:
        ask(question)
    answers, times = [], []
    for question in questions:
        start = time.perf_counter()
        answers.append(ask(question))
        times.append(1e3 * (time.perf_counter() - start))
    return answers, (float(np.percentile(times, 50)), float(np.percentile(times, 99)))


def right(
    path: Path,
    questions: NDArray[np.float32],
    scores: NDArray[np.float32],
    *,
    allowed: Allowed,
) -> float:
    """Return the share of answers that are as good as the true tenth, by exact comparison."""
    products = []
    with Store.open(path, check="sizes") as store:
        parts = store.manifest.parts
    for entry in parts:
        part = Part(path, entry)
        found = [
            questions @ part.vectors[start : start + 65536].astype(np.float32).T
            for start in range(0, len(part), 65536)
        ]
        products.append(np.concatenate(found, axis=1))
    whole = np.concatenate(products, axis=1)
    if allowed is not None:
        whole = whole[:, allowed]
    tenth = np.partition(whole, -10, axis=1)[:, -10:].min(axis=1)
    return float(np.mean(scores >= tenth[:, None] - 1e-5))


def update(path: Path) -> None:
    with Store.open(path) as store:
        number = store.manifest.sources
    start = time.perf_counter()
    with IndexWriter(path, recipe=recipe()) as writer:
        state, document, cut = make_document(number, PASSAGES_A_DOCUMENT)
        writer.add(state, [document], cut)
        for batch in writer.batches():
            writer.put(batch, vectors_near_centers(5, len(batch.texts)))
        writer.commit()
    row("add one document to it and commit, s", time.perf_counter() - start)


def beside_fts5(path: Path, database: Path) -> None:
    connection = sqlite3.connect(database)
    connection.execute("create virtual table passages using fts5(terms, content='')")
    with Store.open(path) as store:
        chance = np.random.default_rng(7)
        texts = [store.passage(row_).text for row_ in range(len(store))]
        start = time.perf_counter()
        with connection:
            rows = ((n, " ".join(terms(text))) for n, text in enumerate(texts))
            connection.executemany("insert into passages(rowid, terms) values (?, ?)", rows)
        row("SQLite FTS5: build, s", time.perf_counter() - start)
        questions = [
            " ".join(chance.choice(texts[int(n)].split(), size=8))
            for n in chance.integers(0, len(store), 50)
        ]

        def ask(text: str) -> object:
            query = " OR ".join(f'"{term}"' for term in terms(text))
            sql = "select rowid from passages where passages match ? order by rank limit 100"
            return connection.execute(sql, (query,)).fetchall()

        row("SQLite FTS5, top 100", *timed(ask, questions)[1], "")
        row("ours, the same questions", *timed(partial(store.lexical, k=100), questions)[1], "")


def resident_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def kill(path: Path, rounds: int) -> None:
    """Kill a building process `rounds` times; stop at the first index that is neither state."""
    sys.path.insert(0, str(TESTS))
    from making_indexes import build as build_small
    from making_indexes import make_version

    build_small(path, make_version(0))
    last, chance = 0, random.Random(0)
    moments: Counter[str] = Counter()
    for number in range(rounds):
        command = [
            sys.executable,
            str(TESTS / "making_indexes.py"),
            str(path),
            str(last + 1),
            "0.002",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.4))
            os.kill(process.pid, signal.SIGKILL)
            printed = process.stdout.read().split()
        last = int(printed[-1]) if printed else last
        with Store.open(path) as store:
            texts = {document.source.key: document.text for document in store.documents()}
            moments[moment(path, store)] += 1
        states = [{k: t for k, (t, _) in make_version(n).items()} for n in (last, last + 1)]
        if texts not in states or verify(path):
            sys.exit(f"round {number}: the index is neither the old nor the new one")
        last += states.index(texts)
    shutil.rmtree(path)
    row("kill -9 rounds survived", rounds)
    for name, count in moments.most_common():
        row(f"killed while {name}", count)


def moment(path: Path, store: Store) -> str:
    """Return what a killed build was doing, by what it left. Every commit here merges parts."""
    current = {part.name for part in store.manifest.parts}
    parts = {folder.name for folder in (path / "parts").iterdir()} - current
    generations = {int(folder.name) for folder in (path / "generations").iterdir()}
    if max(generations) > store.manifest.generation:
        return "writing a generation, its parts merged"
    if any(name > max(current) for name in parts):
        return "merging parts"
    if parts or len(generations) > 1:
        return "removing what the new generation has replaced"
    return "reading and embedding, or between two builds"


if __name__ == "__main__":
    main()
