"""From documents to a static embedder of their language."""

from __future__ import annotations

import contextlib
import hashlib
import heapq
from collections.abc import Iterator, Sequence
from pathlib import Path

from medrag.core.protocols import Embedder, Progress
from medrag.documents import chunk, discover, stream
from medrag.embedders import open_embedder
from medrag.embedders.minilm_folder import model_folder
from medrag.errors import CorpusError


def distill(
    sources: Sequence[Path],
    folder: Path,
    *,
    passages: int = 20_000,
    progress: Progress | None = None,
) -> int:
    """Write a static embedder fitted to MiniLM over passages of `sources`; return how many.

    Files that cannot be read are passed over: they are the business of a build. Of more than
    `passages` passages those are taken whose hashes are smallest, so the choice is the same
    whatever the order of files.

    Raises:
        CorpusError: A source is missing, or none of the files is a document.
        InputError: The folder exists or cannot be written, or no file could be read.
    """
    from medrag.embedders.fitting import distill as fit

    teacher = open_embedder("minilm")
    chosen = _chosen(_texts(sources, teacher), passages)
    tokenizer_file = model_folder() / "tokenizer.json"
    fit(chosen, folder, teacher=teacher, tokenizer_file=tokenizer_file, progress=progress)
    return len(chosen)


def _texts(sources: Sequence[Path], teacher: Embedder) -> Iterator[str]:
    for file in discover(sources).files:
        with contextlib.suppress(CorpusError):
            for document in stream(file):
                cut = chunk(
                    document, count_tokens=teacher.count_tokens, max_tokens=teacher.max_tokens
                )
                yield from (passage.text for passage in cut)


def _chosen(texts: Iterator[str], count: int) -> list[str]:
    """Return at most `count` different texts, those of the smallest hashes, in their order."""
    kept: list[tuple[int, str]] = []  # a heap of negated hashes: the largest hash is on top
    known: set[int] = set()
    for text in texts:
        number = -int.from_bytes(
            hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big"
        )
        if number in known or (len(kept) == count and number < kept[0][0]):
            continue
        known.add(number)
        if len(kept) == count:
            known.discard(heapq.heappushpop(kept, (number, text))[0])
        else:
            heapq.heappush(kept, (number, text))
    return [text for _, text in sorted(kept, reverse=True)]
