"""Whether what should be answered is answered, and the rest is not.

Source of risk and coverage: El-Yaniv and Wiener, JMLR 11, 2010; of the area: Geifman, Uziel and
El-Yaniv, ICLR 2019, arXiv:1805.08206.
"""

from __future__ import annotations

import numpy as np

from medrag.evaluation.correctness import verdict
from medrag.evaluation.judged_set import ANSWERS, Case
from medrag.evaluation.metric import Metric, Parts, is_so
from medrag.evaluation.observed import Observed
from medrag.evaluation.statistics import Rows

_NO_STATUS = "Cases without an expected status."


def _status(case: Case, observed: Observed) -> Parts:
    wanted = case.expect.status if case.expect else ()
    if not wanted or observed.outcome is None:
        return {}
    row = (float(observed.outcome in wanted), 1.0)
    return {"": row, wanted[0]: row}


STATUS = Metric(
    name="status",
    title="outcomes as judged",
    definition="Whether the outcome is one that was judged right; by part, of the cases of each "
    "expected status (its first, where several are right).",
    undefined=_NO_STATUS,
    source="medrag: accuracy over the outcomes that an answer can have",
    measure=_status,
)


def _correct(case: Case, observed: Observed) -> Parts:
    right = verdict(case, observed).right
    return {} if right is None else is_so(right)


CORRECT = Metric(
    name="correct",
    title="cases in which everything judged is right",
    definition="Whether the outcome, quotations, spans, sources, facts and findings are all as "
    "judged, as far as the case says; see `medrag.evaluation.correctness`.",
    undefined="Cases without expectations.",
    source="medrag: what a person who judged the case would call right, as far as it was judged",
    measure=_correct,
)


def _coverage(_case: Case, observed: Observed) -> Parts:
    return {} if observed.outcome is None else is_so(observed.is_answered)


COVERAGE = Metric(
    name="coverage",
    title="questions that are answered",
    definition="The share of the questions that get an answer, right or wrong.",
    undefined="Texts that are only checked.",
    source="El-Yaniv and Wiener, JMLR 11, 2010",
    measure=_coverage,
    better=None,
)


def _risk(case: Case, observed: Observed) -> Parts:
    right = verdict(case, observed).right
    return {} if right is None or not observed.is_answered else is_so(not right)


RISK = Metric(
    name="selective-risk",
    title="answers that are wrong",
    definition="The share of the answers that are not as judged: the risk at the coverage reached.",
    undefined="Cases without expectations, and questions that are not answered.",
    source="El-Yaniv and Wiener, JMLR 11, 2010",
    measure=_risk,
    better="lower",
)


def _confidence(case: Case, observed: Observed) -> Parts:
    right = verdict(case, observed).right
    if right is None or not observed.is_answered or not observed.hits:
        return {}
    return {"": (observed.hits[0].score, float(not right))}


def area(rows: Rows) -> float | None:
    """Return the mean risk over the coverages up to the one reached; rows are (sureness, wrong).

    Answers are taken from the surest on; at each the share of wrong ones so far is the risk.
    Those equally sure share their mean, so the order of the cases does not count.
    """
    if not len(rows):
        return None
    _, group, size = np.unique(-rows[:, 0], return_inverse=True, return_counts=True)
    mean = np.bincount(group, weights=rows[:, 1]) / size
    wrong = mean[np.sort(group)]
    return float(np.mean(np.cumsum(wrong) / np.arange(1, len(rows) + 1)))


AREA = Metric(
    name="risk-coverage-area",
    title="area under the risk-coverage curve",
    definition="The mean of the selective risk over all coverages up to the one reached, where "
    "answers are kept in the order of their best hit's score.",
    undefined="Cases without expectations, and questions that are not answered.",
    source="Geifman, Uziel and El-Yaniv, ICLR 2019, arXiv:1805.08206",
    measure=_confidence,
    combine=area,
    better="lower",
)


def _refusal_precision(case: Case, observed: Observed) -> Parts:
    wanted = case.expect.answerable if case.expect else None
    if wanted is None or observed.outcome is None or observed.is_answered:
        return {}
    row = (float(case.expect is not None and not ANSWERS.issuperset(case.expect.status)), 1.0)
    return {"": row, observed.outcome: row}


REFUSAL_PRECISION = Metric(
    name="refusal-precision",
    title="precision of silence",
    definition="Of the questions without an answer, the share that was not to be answered; by "
    "part, of each way to be silent.",
    undefined="Cases without an expected status, and those that are answered.",
    source="Feng et al., ACL 2024, arXiv:2402.00367 (abstention as detection)",
    measure=_refusal_precision,
)


def _refusal_recall(case: Case, observed: Observed) -> Parts:
    if case.expect is None or case.expect.answerable is not False or observed.outcome is None:
        return {}
    row = (float(not observed.is_answered), 1.0)
    return {"": row, case.expect.status[0]: row}


REFUSAL_RECALL = Metric(
    name="refusal-recall",
    title="recall of silence",
    definition="Of the questions that are not to be answered, the share without an answer; by "
    "part, of each expected status.",
    undefined="Cases without an expected status, and those that are to be answered.",
    source="Feng et al., ACL 2024, arXiv:2402.00367 (abstention as detection)",
    measure=_refusal_recall,
)
