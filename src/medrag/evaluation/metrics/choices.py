"""Whether the right option of a multiple-choice question is chosen.

Source: Xiong et al., Benchmarking Retrieval-Augmented Generation for Medicine (MIRAGE), Findings
of ACL 2024, arXiv:2402.13178: accuracy, with passages retrieved for the question alone.
"""

from __future__ import annotations

from medrag.evaluation.judged_set import Case
from medrag.evaluation.metric import Metric, Parts, is_so
from medrag.evaluation.observed import Observed


def _right(case: Case, observed: Observed) -> Parts:
    wanted = case.expect.choice if case.expect else None
    if wanted is None or observed.chosen is None:
        return {}
    return is_so(observed.chosen.key == wanted)


ACCURACY = Metric(
    name="choice-accuracy",
    title="right options chosen",
    definition="The share of the multiple-choice questions of which the right option is chosen; "
    "a reply that names none, or several, is wrong.",
    undefined="Cases without a right option.",
    source="Xiong et al., Findings of ACL 2024, arXiv:2402.13178 (MIRAGE)",
    measure=_right,
)


def _named(_case: Case, observed: Observed) -> Parts:
    return {} if observed.chosen is None else is_so(observed.chosen.key is not None)


NAMED = Metric(
    name="choice-named",
    title="replies that name one option",
    definition="The share of the replies that can be read as a choice of one option.",
    undefined="Cases without options.",
    source="medrag: what accuracy loses to form and not to knowledge",
    measure=_named,
)
