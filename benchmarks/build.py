"""What building and asking cost beside the embedding; prints tables.

    python benchmarks/build.py [SOURCE...]                 default: ../shared/data/corpora
    python benchmarks/build.py --static FOLDER             a static embedder of yours beside it

The rest of a build (reading, cutting, storing, words) is timed as a whole build whose vectors are
known beforehand, and compared with the time that embedding the same texts takes. In a real build
the two overlap. A query's overhead is what is left of its time when the same embedding, the same
look-up of words and the same comparison of vectors are taken away, which overlap as well.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import medrag
from medrag.core.protocols import Embedder, Progress
from medrag.embedders import open_embedder

SHARED = Path("../shared/data/corpora")
QUESTIONS = 200
DEPTH = 100
"""Of how many candidates hybrid search fuses, by default."""


class Known:
    """An embedder that has seen every text: it only looks vectors up."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.digest = embedder.name, embedder.digest
        self.dim, self.max_tokens = embedder.dim, embedder.max_tokens
        self.count_tokens = embedder.count_tokens
        self.texts: dict[str, NDArray[np.float32]] = {}
        self._embedder = embedder

    def embed_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """Return the vectors of `texts`, computed where they are not known."""
        new = [text for text in dict.fromkeys(texts) if text not in self.texts]
        if new:
            vectors = self._embedder.embed_passages(new, progress=progress)
            self.texts.update(zip(new, vectors, strict=True))
        return np.stack([self.texts[text] for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what `embed_passages` does."""
        return self.embed_passages(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sources", nargs="*", type=Path, default=[SHARED])
    parser.add_argument("--static", metavar="FOLDER", help="made by 'medrag index distill'")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}\n")
    names = ["minilm", *([f"static:{options.static}"] if options.static else [])]
    with tempfile.TemporaryDirectory(prefix="medrag-benchmark-") as place:
        for number, name in enumerate(names):
            folder = Path(place) / str(number)
            build(options.sources, folder, name)
            ask(folder)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


def build(sources: Sequence[Path], folder: Path, name: str) -> None:
    embedder = open_embedder(name)
    whole, _ = timed(lambda: medrag.Index.build(sources, folder, embedder=name, progress=False))
    known = Known(open_embedder(name))
    medrag.Index.build(sources, folder.with_name("warm"), embedder=known, progress=False).close()
    texts = list(known.texts)
    embedding, _ = timed(lambda: embedder.embed_passages(texts))
    rest, cpu = timed(
        lambda: medrag.Index.build(
            sources, folder.with_name("rest"), embedder=known, progress=False
        ).close()
    )
    table(
        f"build with {name.partition(':')[0]}",
        (
            ("passages embedded", len(texts)),
            ("whole build, s", whole),
            ("embedding the same texts alone, s", embedding),
            ("passages/s embedded", len(texts) / embedding),
            ("the rest alone (read, cut, store, words), s", rest),
            ("the rest alone, processor s of this process", cpu),
            ("the rest alone / embedding, %", 100 * rest / embedding),
            ("whole build beyond embedding, %", 100 * (whole - embedding) / embedding),
        ),
    )


def ask(folder: Path) -> None:
    with medrag.Index.open(folder) as index:
        ids = [document_id for document_id, _, _ in index._store.sources()]
        chosen = [index.passages(ids[n % len(ids)]) for n in range(QUESTIONS)]
        questions = [
            " ".join(passages[n % len(passages)].text.split()[:12])
            for n, passages in enumerate(chosen)
            if passages
        ]
        index.search(questions[0])
        store, embedder = index._store, open_embedder(index.embedder.name)
        vectors = embedder.embed_queries(questions)
        parts = {
            "embedding": middle(lambda text: embedder.embed_queries([text]), questions),
            "words": middle(lambda text: store.lexical(text, DEPTH), questions),
            "vectors": middle(lambda row: store.dense(row[None], DEPTH), vectors),
            "whole": middle(index.search, questions),
        }
        apart, _ = timed(lambda: [index.search(text) for text in questions])
        together, cpu = timed(lambda: list(index.search_many(questions, 10)))
    beside = max(parts["embedding"] + parts["vectors"], parts["words"])
    table(
        "query, medians in ms",
        (
            *parts.items(),
            ("whole less embedding and the scan", parts["whole"] - beside),
            ("questions/s, one after another", len(questions) / apart),
            ("questions/s, search_many", len(questions) / together),
            ("cores busy in search_many", cpu / together),
        ),
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor seconds of `work`."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - cpu


def middle(work: Callable[..., object], over: Iterable[object]) -> float:
    return 1000 * statistics.median(timed(lambda one=one: work(one))[0] for one in over)


def table(title: str, rows: Iterable[tuple[str, float]]) -> None:
    print(f"| {title} | |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value if isinstance(value, int) else f'{value:.2f}'} |")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
