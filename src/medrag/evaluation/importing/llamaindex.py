"""Evaluation datasets of LlamaIndex, as their `save_json` writes them.

`LabelledRagDataset`: `{"examples": [{"query", "reference_contexts", "reference_answer", ...}]}`.
`EmbeddingQAFinetuneDataset`: `{"queries": {id: text}, "corpus": {id: text}, "relevant_docs":
{id: [id]}}`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from medrag.errors import InputError
from medrag.evaluation.importing.imported import Imported, list_at, read_object, text_at
from medrag.evaluation.judged_set import Case, Expected, JudgedSet, Quotation
from medrag.grounding.tokens import content, tokens
from medrag.text import sentences

_PICKED = (
    "Quotations: the sentences of the reference contexts nearest to the reference answer, picked "
    "by their words; nobody has looked at them."
)


def read_labelled(path: Path) -> Imported:
    """Return the examples of a `LabelledRagDataset`; the contexts are the texts of the corpus.

    The dataset does not say which words of a context answer. The sentences that share most
    words with the reference answer stand as quotations, any of which will do, and the answer
    itself in the notes.

    Raises:
        InputError: The file is missing, or an example lacks its query or contexts.
    """
    corpus: dict[str, tuple[str, str]] = {}
    relevant: dict[str, tuple[str, ...]] = {}
    cases = []
    for number, row in enumerate(list_at(read_object(path), "examples", str(path)), 1):
        place = f"{path}: example {number}"
        contexts = _contexts(row, place)
        name = f"e{number:04d}"
        relevant[name] = tuple(dict.fromkeys(map(_key, contexts)))
        corpus |= {_key(one): ("", one) for one in contexts}
        cases.append(_case(name, row, contexts, place))
    if not cases:
        raise InputError(f"{path}: no example. Expected the JSON of a LabelledRagDataset.")
    return Imported(JudgedSet(name=path.stem, cases=tuple(cases)), corpus, relevant)


def read_embedding_pairs(path: Path) -> Imported:
    """Return the queries of an `EmbeddingQAFinetuneDataset` with the nodes that answer them.

    Raises:
        InputError: The file is missing, or a query has no relevant node of the corpus.
    """
    whole = read_object(path)
    parts = {key: whole.get(key) for key in ("queries", "corpus", "relevant_docs")}
    if not all(isinstance(part, dict) and part for part in parts.values()):
        raise InputError(f"{path}: expected queries, corpus and relevant_docs, each by id.")
    queries, corpus, judged = (dict(parts[key] or {}) for key in parts)
    relevant = {
        name: tuple(one for one in list_at(judged, name, str(path)) if one in corpus)
        for name in queries
    }
    lost = next((name for name, found in relevant.items() if not found), None)
    if lost is not None:
        raise InputError(f"{path}: query {lost!r} has no relevant document of the corpus.")
    cases = tuple(
        Case(id=name, question=str(text), expect=Expected(status=("answered",)))
        for name, text in queries.items()
    )
    texts = {name: ("", str(text)) for name, text in corpus.items()}
    return Imported(JudgedSet(name=path.stem, cases=cases), texts, relevant)


def _contexts(row: Any, place: str) -> list[str]:
    found = list_at(row, "reference_contexts", place)
    if not all(isinstance(one, str) for one in found):
        raise InputError(f"{place}: expected a list of texts at 'reference_contexts'.")
    return [one for one in found if one.strip()]


def _case(name: str, row: Any, contexts: list[str], place: str) -> Case:
    question = text_at(row, "query", place)
    answer = str(row.get("reference_answer") or "").strip()
    quotations = _nearest(answer, contexts)
    said = f"Reference answer: {answer} " if answer else ""
    return Case(
        id=name,
        question=question,
        expect=Expected(
            status=("answered",), quotations=tuple(Quotation(text=one) for one in quotations)
        ),
        notes=(said + (_PICKED if quotations else "")).strip() or None,
    )


def _nearest(answer: str, contexts: list[str]) -> list[str]:
    """Return the sentences that share the most words with an answer; none without any."""
    wanted = content(tokens(answer))
    counted = [
        (len(wanted & content(tokens(sentence))), sentence)
        for context in contexts
        for span in sentences(context)
        if (sentence := " ".join(span.of(context).split()))
    ]
    most = max((count for count, _ in counted), default=0)
    return list(dict.fromkeys(s for count, s in counted if count == most)) if most else []


def _key(context: str) -> str:
    return hashlib.sha256(context.encode("utf-8", "surrogatepass")).hexdigest()[:12]
