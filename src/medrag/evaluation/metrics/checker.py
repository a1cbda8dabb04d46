"""Whether the checker finds what it should, and leaves alone what it should.

Source: Altman and Bland, Diagnostic tests 1: sensitivity and specificity, BMJ 308:1552, 1994.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from medrag.checker.registry import rules
from medrag.core.finding import Category, Finding
from medrag.evaluation.correctness import unexpected
from medrag.evaluation.judged_set import Case
from medrag.evaluation.metric import Metric, Parts, pooled
from medrag.evaluation.observed import Observed

_SOURCE = "Altman and Bland, BMJ 308:1552, 1994, doi:10.1136/bmj.308.6943.1552"
_CATEGORIES: tuple[str, ...] = get_args(Category)


def _named(observed: Observed) -> set[str]:
    return {name for one in observed.findings for name in (one.category, one.rule_id)}


def _sensitivity(case: Case, observed: Observed) -> Parts:
    wanted = (case.expect.findings if case.expect else None) or ()
    found = _named(observed)
    return pooled({name: (float(name in found), 1.0) for name in wanted})


SENSITIVITY = Metric(
    name="checker-sensitivity",
    title="sensitivity of the checker",
    definition="The share of the expected findings that stand against the text; by part, of each "
    "category or rule that is expected.",
    undefined="Cases without expected findings.",
    source=_SOURCE,
    measure=_sensitivity,
)


def _specificity(case: Case, observed: Observed) -> Parts:
    expected = case.expect
    if expected is None or (expected.findings is None and not expected.not_findings):
        return {}
    loud = {
        name
        for one in observed.findings
        if one.severity != "info"
        for name in (one.category, one.rule_id)
    }
    judged = _CATEGORIES if expected.findings is not None else expected.not_findings
    wanted = _wanted(expected.findings or (), observed.findings)
    named = [name for name in judged if name not in wanted]
    parts = {name: (float(name not in loud), 1.0) for name in named}
    if expected.findings and not expected.not_findings:
        return parts  # a case with a mistake in it may have more than was listed
    return {"": (float(not any(unexpected(expected, observed.findings))), 1.0), **parts}


def _wanted(names: Sequence[str], findings: Sequence[Finding]) -> set[str]:
    """Return the categories and rules that are expected; with a rule, the category it reports."""
    own = {rule.category for rule in rules() if rule.id in names}
    return {*names, *own, *(one.category for one in findings if one.rule_id in names)}


SPECIFICITY = Metric(
    name="checker-specificity",
    title="specificity of the checker",
    definition="The share of the cases against which no finding may stand, or none of some, and "
    "none does; remarks (`info`) may always. By part, the share of the cases not expected to have "
    "a category that do not have it.",
    undefined="Cases of which no findings were judged; by part only, those that expect findings "
    "and exclude none.",
    source=_SOURCE,
    measure=_specificity,
)
