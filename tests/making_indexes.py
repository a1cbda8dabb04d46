"""Factories of small indexes for tests, and the process that the fault tests kill.

A corpus is `{key: (text, source fields)}`; every line of a text is a passage. Vectors come from
a hash of the text, so two texts are equal or unrelated.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from medrag.core.document import Document, Passage, Source
from medrag.core.span import Span
from medrag.index import FileState, IndexWriter, Plan, Recipe

DIM = 16
Corpus = Mapping[str, tuple[str, Mapping[str, Any]]]


@dataclass
class Built:
    """What one build did."""

    generation: int
    plan: Plan
    embedded: list[str] = field(default_factory=list)


def make_recipe(embedder: str = "first", **fields: Any) -> Recipe:
    values = {"chunker_version": 1, "passage_tokens": 256, "dim": DIM, **fields}
    digest = hashlib.sha256(embedder.encode()).hexdigest()
    return Recipe(embedder_name=embedder, embedder_digest=digest, **values)


def make_vector(text: str, embedder: str = "first") -> np.ndarray:
    seed = hashlib.sha256(f"{embedder}\0{text}".encode()).digest()[:8]
    vector = np.random.default_rng(int.from_bytes(seed, "big")).normal(size=DIM)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def make_document(key: str, text: str, **fields: Any) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    values = {"key": key, "title": key, "path": key, "sha256": digest, **fields}
    return Document.of(text, Source(**values))


def cut_lines(document: Document) -> list[Passage]:
    passages, start = [], 0
    for line in document.text.splitlines(keepends=True):
        if line.strip():
            span = Span(start=start, end=start + len(line.rstrip("\n")))
            passages.append(Passage.cut(document, span))
        start += len(line)
    return passages


def make_state(key: str, content: Any, loader_version: int = 1) -> FileState:
    # The key is not part of a fingerprint: a file that moves keeps its bytes.
    digest = hashlib.sha256(repr(content).encode()).hexdigest()
    return FileState(key=key, fingerprint=digest, loader="text", loader_version=loader_version)


def build(
    path: Path,
    corpus: Corpus,
    *,
    prune: bool = True,
    embedder: str = "first",
    kind: str | None = None,
    batch: int = 4,
    before_batch: Callable[[int], None] = lambda number: None,
) -> Built:
    """Bring the index at `path` up to `corpus`; a file whose text is `None` cannot be read."""
    with IndexWriter(path, recipe=make_recipe(embedder), kind=kind) as writer:
        plan = writer.plan([make_state(key, corpus[key]) for key in corpus], prune=prune)
        for state in plan.to_read:
            text, fields = corpus[state.key]
            if text is None:
                writer.fail(state, "not readable")
                continue
            document = make_document(state.key, text, **fields)
            writer.add(state, [document], cut_lines(document))
        embedded: list[str] = []
        for number, some in enumerate(writer.batches(batch)):
            before_batch(number)
            writer.put(some, np.stack([make_vector(text, embedder) for text in some.texts]))
            embedded += some.texts
        return Built(generation=writer.commit(), plan=plan, embedded=embedded)


def make_version(number: int) -> Corpus:
    """Return the corpus of a version: files come, change, move and go from one to the next."""
    chance = random.Random(number // 3)
    files = {f"file{chance.randrange(12)}.txt": chance.randrange(40) for _ in range(8)}
    files[f"new{number}.txt"] = number
    return {
        key: ("\n".join(f"line {line} of text {text}" for line in range(6)), {})
        for key, text in files.items()
    }


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Build version after version until killed; print each number when it counts."""
    path, number, pause_s = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    say("ready")
    while True:
        build(path, make_version(number), before_batch=lambda _: time.sleep(pause_s))
        say(number)
        number += 1


if __name__ == "__main__":
    main()
