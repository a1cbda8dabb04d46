"""Judged retrieval: one hit a document, measured by trec_eval, with intervals and paired tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytrec_eval

from medrag.core.query import Filters
from medrag.core.span import Value
from medrag.evaluation.beir import Qrels, Query, TrecRun, trec_name
from medrag.evaluation.statistics import Rows, holm, interval, paired
from medrag.pipeline.index import Index

MEASURES = {
    "nDCG@10": "ndcg_cut_10",
    "recall@10": "recall_10",
    "recall@100": "recall_100",
    "MRR": "recip_rank",
}
"""Name -> trec_eval's name. nDCG: Järvelin and Kekäläinen, TOIS 20(4), 2002,
doi:10.1145/582415.582418; MRR: Voorhees, TREC-8, 1999."""

PerQuery = dict[str, dict[str, float]]
"""query -> measure -> value in [0, 1]."""


class Measured(Value):
    """One measure over all judged queries, with its 95 % bootstrap interval."""

    value: float
    low: float | None
    high: float | None


class Against(Value):
    """One measure of two runs over the same queries.

    Attributes:
        other: The value of the other run.
        difference: This run minus the other, with its 95 % interval `low` to `high`.
        p: Of the two-sided randomization test; `p_holm` corrected for the number of measures.
        better, worse: Queries for which this run is better, and worse.
    """

    other: float
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    better: int
    worse: int


def search(
    index: Index, queries: Sequence[Query], *, k: int = 100, filters: Filters | None = None
) -> TrecRun:
    """Return a run of the best k documents for each query; a document's best passage counts."""
    answers = index.search_many([query.text for query in queries], k, filters=filters)
    return {
        query.id: {trec_name(hit.source.key): round(hit.score, 6) for hit in hits}
        for query, hits in zip(queries, answers, strict=True)
    }


def measure(qrels: Qrels, run: Mapping[str, Mapping[str, float]]) -> PerQuery:
    """Return every measure of every query that has a relevant document.

    A query that the run does not hold has 0. Ties are broken as trec_eval breaks them: by the
    documents' names, descending.
    """
    judged = {
        query: {trec_name(document): grade for document, grade in grades.items()}
        for query, grades in qrels.items()
        if any(grade > 0 for grade in grades.values())
    }
    evaluator = pytrec_eval.RelevanceEvaluator(
        judged, {"ndcg_cut.10", "recall.10,100", "recip_rank"}
    )
    held = {query: dict(scores) for query, scores in run.items() if query in judged and scores}
    found = evaluator.evaluate(held)
    return {
        query: {name: float(found.get(query, {}).get(own, 0.0)) for name, own in MEASURES.items()}
        for query in judged
    }


def summarized(values: PerQuery) -> dict[str, Measured]:
    """Return each measure's mean over the queries, with its interval."""
    found = {}
    for name in MEASURES:
        rows = _rows(values, name)
        around = interval(rows)
        mean = float(np.mean([row[0, 0] for row in rows])) if rows else 0.0
        low, high = around or (None, None)
        found[name] = Measured(value=mean, low=low, high=high)
    return found


def compared(values: PerQuery, other: PerQuery) -> dict[str, Against]:
    """Return how each measure differs from another run's over the same judged queries."""
    tests = {
        name: test
        for name in MEASURES
        if (test := paired(_rows(other, name), _rows(values, name))) is not None
    }
    corrected = dict(zip(tests, holm([test.p for test in tests.values()]), strict=True))
    found = {}
    for name, test in tests.items():
        changes = [values[query][name] - other[query][name] for query in values]
        found[name] = Against(
            other=test.first,
            difference=test.difference,
            low=test.low,
            high=test.high,
            p=test.p,
            p_holm=corrected[name],
            better=sum(change > 0 for change in changes),
            worse=sum(change < 0 for change in changes),
        )
    return found


def _rows(values: PerQuery, name: str) -> list[Rows]:
    return [np.array([[values[query][name], 1.0]]) for query in sorted(values)]
