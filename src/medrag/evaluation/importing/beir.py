"""Sets in the layout of BEIR: judged documents, and answer spans where the queries tell them.

A span stands in a query's `metadata` as `answer` or `answers`, as in sets made of extractive
question answering. Source: arXiv:2104.08663.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medrag.errors import InputError
from medrag.evaluation.beir import read_corpus, read_qrels, read_queries
from medrag.evaluation.importing.imported import Imported
from medrag.evaluation.judged_set import Case, Expected, JudgedSet


def read(path: Path) -> Imported:
    """Return the judged queries of the set in a folder; others are left out.

    Raises:
        InputError: A file is missing or a line cannot be read; names the line.
    """
    judged = read_qrels(path)
    relevant = {
        query: tuple(document for document, grade in grades.items() if grade > 0)
        for query, grades in judged.items()
    }
    cases = tuple(
        Case(
            id=query.id,
            question=query.text,
            expect=Expected(
                status=("answered",), documents=relevant[query.id], spans=_spans(query.metadata)
            ),
        )
        for query in read_queries(path)
        if relevant.get(query.id) and query.text.strip()
    )
    if not cases:
        raise InputError(f"{path}: no query is judged. Compare queries.jsonl with qrels/test.tsv.")
    corpus = {
        document.source.key: (document.source.title, document.text)
        for document in read_corpus(path)
    }
    name = path.resolve().name
    return Imported(JudgedSet(name=name, cases=cases), corpus, relevant)


def _spans(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    found = metadata.get("answers") or metadata.get("answer") or ()
    listed = [found] if isinstance(found, str) else found
    return tuple(span for span in listed if isinstance(span, str) and span.strip())
