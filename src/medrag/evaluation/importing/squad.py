"""Extractive question answering as in SQuAD 1.1 and 2.0.

`{"data": [{"title", "paragraphs": [{"context", "qas": [{"id", "question", "answers":
[{"text", "answer_start"}], "is_impossible"?}]}]}]}`. Source: Rajpurkar et al., arXiv:1606.05250
and arXiv:1806.03822.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medrag.errors import InputError
from medrag.evaluation.importing.imported import Imported, id_at, list_at, read_object, text_at
from medrag.evaluation.judged_set import Case, Expected, JudgedSet


def read(path: Path) -> Imported:
    """Return the questions of a file with their spans; each paragraph is a text of the corpus.

    A question that is impossible is expected to be met with silence. That holds for its own
    paragraph; another one may answer it.

    Raises:
        InputError: The file is missing or lacks something; names the question.
    """
    corpus: dict[str, tuple[str, str]] = {}
    relevant: dict[str, tuple[str, ...]] = {}
    cases = []
    for key, title, paragraph in _paragraphs(read_object(path), str(path)):
        corpus[key] = (title, text_at(paragraph, "context", f"{path}: {key}"))
        for row in list_at(paragraph, "qas", f"{path}: {key}"):
            case = _case(row, f"{path}: {key}")
            cases.append(case)
            if case.expect is not None and case.expect.answerable:
                relevant[case.id] = (key,)
    if not cases:
        raise InputError(f"{path}: no question. Expected data, paragraphs and qas, as in SQuAD.")
    return Imported(JudgedSet(name=path.stem, cases=tuple(cases)), corpus, relevant)


def _paragraphs(whole: dict[str, Any], place: str) -> Iterator[tuple[str, str, Any]]:
    for number, article in enumerate(list_at(whole, "data", place)):
        title = str(article.get("title") or number) if isinstance(article, dict) else ""
        for part, paragraph in enumerate(list_at(article, "paragraphs", f"{place}: {title}")):
            yield f"{'_'.join(title.split())}-{number}-{part}", title, paragraph


def _case(row: Any, place: str) -> Case:
    name = id_at(row, "id", place)
    answers = [
        text_at(answer, "text", f"{place}: {name}")
        for answer in list_at(row, "answers", f"{place}: {name}")
    ]
    impossible = bool(row.get("is_impossible")) or not answers
    return Case(
        id=name,
        question=text_at(row, "question", f"{place}: {name}"),
        expect=Expected(status=("abstained",))
        if impossible
        else Expected(status=("answered",), spans=tuple(dict.fromkeys(answers))),
    )
