"""Judged retrieval sets in the layout of BEIR, and runs in that of TREC.

A set is a folder with `corpus.jsonl` (`{"_id", "title"?, "text"}`), `queries.jsonl`
(`{"_id", "text"}`) and `qrels/<split>.tsv` (query, document, grade). A run has six columns a line:
query, `Q0`, document, rank, score, name.

Source: Thakur et al., BEIR, NeurIPS 2021 Datasets and Benchmarks, arXiv:2104.08663.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from medrag.core.document import Document, Source
from medrag.errors import InputError
from medrag.evaluation.reading import read_text

Qrels = dict[str, dict[str, int]]
"""query -> document -> grade; 0 and below is not relevant."""
TrecRun = dict[str, dict[str, float]]
"""query -> document -> score, higher is better."""


class Query(NamedTuple):
    """One query, with what its file says besides."""

    id: str
    text: str
    metadata: Mapping[str, Any]


def read_corpus(folder: Path) -> Iterator[Document]:
    """Yield the documents of a set; their key is their `_id`, their title the source's.

    One without any words is left out: there is nothing in it to find.

    Raises:
        InputError: The file is missing, or a line is no document; names the line.
    """
    for place, row in _rows(folder / "corpus.jsonl"):
        text = _text(row, "text", place)
        title = str(row.get("title") or "")
        words = text if text.strip() else title
        if not words.strip():
            continue
        key = _text(row, "_id", place)
        digest = hashlib.sha256(f"{title}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
        source = Source(key=key, title=title.strip() or key, sha256=digest)
        yield Document.of(words, source)


def read_queries(folder: Path) -> list[Query]:
    """Return the queries of a set, in order.

    Raises:
        InputError: The file is missing, or a line is no query; names the line.
    """
    found = []
    for place, row in _rows(folder / "queries.jsonl"):
        metadata = row.get("metadata")
        extra = metadata if isinstance(metadata, dict) else {}
        found.append(Query(_text(row, "_id", place), _text(row, "text", place), extra))
    return found


def read_qrels(folder: Path, split: str = "test") -> Qrels:
    """Return the judgements of a set; a head line is skipped.

    Raises:
        InputError: The file is missing, empty, or a line has other than three columns (or four,
            as TREC writes them).
    """
    path = folder / "qrels" / f"{split}.tsv"
    found: Qrels = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        cells = line.split("\t") if "\t" in line else line.split()
        if not any(cells) or (number == 1 and not cells[-1].strip().lstrip("-").isdigit()):
            continue
        if len(cells) == 4:
            del cells[1]
        if len(cells) != 3 or not cells[2].strip().lstrip("-").isdigit():
            raise InputError(f"{path}:{number}: expected query, document and grade.")
        found.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    if not found:
        raise InputError(f"{path}: no judgement. Expected lines of query, document and grade.")
    return found


def read_run(path: Path) -> TrecRun:
    """Return the scores of a TREC run.

    Raises:
        InputError: The file is missing, a line has other than six columns, a score is no
            number, or a document stands twice for one query.
    """
    found: TrecRun = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        cells = line.split()
        if not cells:
            continue
        try:
            query, _, document, _, score, _ = cells
            value = float(score)
        except ValueError as error:
            raise InputError(
                f"{path}:{number}: expected six columns: query Q0 document rank score name."
            ) from error
        scores = found.setdefault(query, {})
        if document in scores:
            raise InputError(f"{path}:{number}: {document!r} stands twice for one query.")
        scores[document] = value
    return found


def run_lines(run: Mapping[str, Mapping[str, float]], name: str) -> Iterator[str]:
    """Yield the lines of a TREC run, best first, ranks from 1; the measures read the scores."""
    for query, scores in run.items():
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        for rank, (document, score) in enumerate(ranked, 1):
            yield f"{query} Q0 {document} {rank} {score:.6f} {name}\n"


def trec_name(key: str) -> str:
    """Return a source's key as a column of a run: white space, which parts columns, is `_`."""
    return "_".join(key.split())


def _rows(path: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{place}: not JSON.") from error
        if not isinstance(row, dict):
            raise InputError(f"{place}: expected a JSON object.")
        yield place, row


def _text(row: Mapping[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if isinstance(value, int) and key == "_id":
        return str(value)
    if not isinstance(value, str):
        raise InputError(f"{place}: expected a string at {key!r}.")
    return value
