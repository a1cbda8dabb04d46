"""What building and asking cost beside the embedding; prints tables.

    python benchmarks/build.py [SOURCE...]                 default: ../shared/data/corpora
    python benchmarks/build.py --static FOLDER             a static embedder of yours beside it

The rest of a build (reading, cutting, storing, words) is timed as a whole build whose vectors are
known beforehand, and compared with embedding the same texts. In a real build the two overlap, so
on a busy machine processor time, child processes included, says more than wall time. A query's
overhead is what is left of it when the same embedding, the same look-up of words and the same
comparison of vectors are taken away.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import medrag
from medrag.core.protocols import Embedder, Progress
from medrag.cores import cores
from medrag.embedders import open_embedder

Vectors = NDArray[np.float32]

SHARED = Path("../shared/data/corpora")
QUESTIONS = 200
MANY = 2000
"""Questions that are asked at once."""

DEPTH = 100
"""Of how many candidates hybrid search fuses, by default."""


class Known:
    """An embedder that has seen every text: it only looks vectors up."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.digest = embedder.name, embedder.digest
        self.dim, self.max_tokens = embedder.dim, embedder.max_tokens
        self.count_tokens = embedder.count_tokens
        self.texts: dict[str, Vectors] = {}
        self._embedder = embedder

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return the vectors of `texts`, computed where they are not known."""
        new = [text for text in dict.fromkeys(texts) if text not in self.texts]
        if new:
            vectors = self._embedder.embed_passages(new, progress=progress)
            self.texts.update(zip(new, vectors, strict=True))
        return np.stack([self.texts[text] for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
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
    def into(place: Path, embedder: Embedder | str) -> Callable[[], object]:
        return lambda: medrag.Index.build(sources, place, embedder=embedder, progress=False).close()

    known = Known(open_embedder(name))
    into(folder.with_name("warm"), known)()
    texts = list(known.texts)
    whole = timed(into(folder, name))
    embedding = timed(lambda: open_embedder(name).embed_passages(texts))
    rest = timed(into(folder.with_name(f"{folder.name}-rest"), known))
    shutil.rmtree(folder.with_name("warm"))
    table(
        f"build with {name.partition(':')[0]}, {len(texts)} passages",
        (
            ("whole build, s", *whole),
            ("embedding the same texts alone, s", *embedding),
            ("the rest alone (read, cut, store, words), s", *rest),
            (
                "the rest / embedding, %",
                *(100 * a / b for a, b in zip(rest, embedding, strict=True)),
            ),
            ("embedded, passages/s", *(len(texts) / seconds for seconds in embedding)),
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
            "embedding": each(lambda text: embedder.embed_queries([text]), questions),
            "words": each(lambda text: store.lexical(text, DEPTH), questions),
            "vectors": each(lambda row: store.dense(row[None], DEPTH), vectors),
            "whole": each(index.search, questions),
        }
        many = together(index)
    over = [
        whole - embedding - words - scan
        for whole, embedding, words, scan in zip(
            parts["whole"], parts["embedding"], parts["words"], parts["vectors"], strict=True
        )
    ]
    table(
        f"query, ms, means of {len(questions)}",
        (
            *((name, *times) for name, times in parts.items()),
            ("whole less the three parts", *over),
        ),
    )
    table("questions by document, ms a question | cores", many)


def together(index: medrag.Index) -> list[tuple[str, float, float]]:
    """Return what a question costs alone, beside many in one process, and in several."""
    windows = [
        " ".join(words[start : start + 12])
        for document_id, _, _ in index._store.sources()
        for passage in index.passages(document_id)
        for words in (passage.text.split(),)
        for start in range(0, len(words), 12)
    ]
    asked = list(dict.fromkeys(windows))[:MANY]
    rows, found = [], []
    for name, jobs in (("alone", 0), *((f"together, jobs={n}", n) for n in (1, 2, cores()))):
        wall, cpu = timed(
            lambda jobs=jobs: found.append(  # type: ignore[misc]
                list(index.search_many(asked, 10, jobs=jobs))
                if jobs
                else [next(index.search_many([text], 10)) for text in asked]
            )
        )
        each_ms = [1000 * seconds / len(asked) for seconds in (wall, cpu)]
        rows.append((f"{len(asked)} {name} | {cpu / wall:.1f}", each_ms[0], each_ms[1]))
    if any(hits != found[0] for hits in found):
        raise SystemExit("Many questions found something else than each alone.")
    return rows


def each(work: Callable[..., object], over: Sequence[object] | Vectors) -> tuple[float, float]:
    """Return mean wall and processor milliseconds of `work` over each of `over`."""
    wall, cpu = timed(lambda: [work(one) for one in over])
    return 1000 * wall / len(over), 1000 * cpu / len(over)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor seconds of `work`, its threads and child processes included."""
    start, before = time.perf_counter(), processor_seconds()
    work()
    return time.perf_counter() - start, processor_seconds() - before


def processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def table(title: str, rows: Iterable[tuple[str, float, float]]) -> None:
    columns = title.count("|") + 3
    print(f"| {title} | wall | processor |\n{'|---' * columns}|")
    for name, wall, cpu in rows:
        print(f"| {name} | {wall:.2f} | {cpu:.2f} |")
    print(flush=True)


if __name__ == "__main__":
    main()
