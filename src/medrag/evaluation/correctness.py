"""Whether everything that was judged of a case is right, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from medrag.core.finding import Finding
from medrag.evaluation.judged_set import ANSWERS, Case, Expected, Quotation
from medrag.evaluation.observed import Observed, names_of
from medrag.evaluation.wording import is_stated, span_in, stands_in

Fault = Literal[
    "status",
    "quotation missing",
    "quotation judged wrong",
    "span missing",
    "source missing",
    "source judged wrong",
    "fact missing",
    "fact forbidden",
    "finding missing",
    "finding unexpected",
    "choice",
]
"""What can be wrong with a case, in the order it is looked for."""


class Verdict(NamedTuple):
    """How a case came out.

    Attributes:
        right: None where nothing was judged.
        faults: What is wrong, each once.
    """

    right: bool | None
    faults: tuple[Fault, ...] = ()


def verdict(case: Case, observed: Observed) -> Verdict:
    """Return whether everything that was judged of `case` is right.

    What has to be shown is only asked of an answer: where silence is right and there is silence,
    nothing is missing. What may not be shown is asked always.
    """
    if case.expect is None or case.expect == Expected():
        return Verdict(None)
    faults = tuple(dict.fromkeys(_faults(case.expect, observed)))
    return Verdict(not faults, faults)


def shows(quotation: Quotation, observed: Observed) -> bool:
    """Return whether a verified quotation of the answer holds a judged one."""
    return any(
        (quotation.document is None or quotation.document in names_of(quote))
        and stands_in(quotation.text, [quote.match.text or ""])
        for quote in observed.shown
    )


def unexpected(expected: Expected, findings: tuple[Finding, ...]) -> Iterator[Finding]:
    """Yield the findings that may not stand; remarks (`info`) may always."""
    for finding in findings:
        names = {finding.category, finding.rule_id}
        if finding.severity == "info":
            continue
        if names & set(expected.not_findings) or expected.findings == ():
            yield finding


def _faults(expected: Expected, observed: Observed) -> Iterator[Fault]:
    if expected.choice and observed.chosen and observed.chosen.key != expected.choice:
        yield "choice"
    as_judged = observed.outcome in expected.status
    if observed.outcome is not None and expected.status and not as_judged:
        yield "status"
    silent = as_judged and not observed.is_answered
    if observed.outcome is not None and not silent:
        yield from _missing(expected, observed)
    yield from _forbidden(expected, observed)
    named = {name for one in observed.findings for name in (one.category, one.rule_id)}
    if not silent and not set(expected.findings or ()) <= named:
        yield "finding missing"
    if any(unexpected(expected, observed.findings)):
        yield "finding unexpected"


def _missing(expected: Expected, observed: Observed) -> Iterator[Fault]:
    if expected.status and not ANSWERS.intersection(expected.status):
        return
    if expected.quotations and not any(shows(one, observed) for one in expected.quotations):
        yield "quotation missing"
    if expected.spans and not any(span_in(one, observed.shown_texts) for one in expected.spans):
        yield "span missing"
    named = {name for quote in observed.shown for name in names_of(quote)}
    if expected.documents and not named.intersection(expected.documents):
        yield "source missing"
    if not all(is_stated(fact, observed.statements) for fact in expected.must):
        yield "fact missing"


def _forbidden(expected: Expected, observed: Observed) -> Iterator[Fault]:
    if any(shows(one, observed) for one in expected.not_quotations):
        yield "quotation judged wrong"
    named = {name for quote in observed.shown for name in names_of(quote)}
    if named.intersection(expected.not_documents):
        yield "source judged wrong"
    if any(is_stated(fact, observed.statements) for fact in expected.must_not):
        yield "fact forbidden"
