"""Whether an answer states what it has to and nothing that it may not, and its numbers hold."""

from __future__ import annotations

from medrag.evaluation.judged_set import Case
from medrag.evaluation.metric import Metric, Parts, is_so, share
from medrag.evaluation.observed import Observed
from medrag.evaluation.wording import is_stated
from medrag.grounding.claims import ground
from medrag.grounding.facts import read_facts

_NUGGETS = (
    "Voorhees, Overview of the TREC 2003 Question Answering Track (vital nuggets); matched here "
    "without a judge, by the comparators of grounding"
)


def _must(case: Case, observed: Observed) -> Parts:
    facts = case.expect.must if case.expect else ()
    if observed.traced is None:
        return {}
    return share(sum(is_stated(fact, observed.statements) for fact in facts), len(facts))


MUST = Metric(
    name="must-facts",
    title="facts that have to be stated",
    definition="The share of a case's facts that a claim or its quotations state: numbers up to "
    "unit conversion, drugs up to their names, words up to synonyms, in the same direction.",
    undefined="Cases without such facts.",
    source=_NUGGETS,
    measure=_must,
)


def _must_not(case: Case, observed: Observed) -> Parts:
    facts = case.expect.must_not if case.expect else ()
    if observed.traced is None or not facts:
        return {}
    return is_so(any(is_stated(fact, observed.statements) for fact in facts))


MUST_NOT = Metric(
    name="must-not-facts",
    title="answers that state what they may not",
    definition="Whether a claim or its quotations state one of the facts that may not be stated.",
    undefined="Cases without such facts.",
    source=_NUGGETS,
    measure=_must_not,
    better="lower",
)

_NUMERIC = frozenset({"number", "frequency", "comparator"})


def _numeric(_case: Case, observed: Observed) -> Parts:
    total = wrong = 0
    for claim in observed.claims:
        facts = read_facts(claim.text)
        told = [(one.start, one.end) for one in facts.numbers]
        told += [(one.start, one.end) for one in facts.frequencies]
        quotations = [quote.match.text or "" for quote in claim.verified_quotes]
        found = [one for one in ground(claim.text, quotations) if one.kind in _NUMERIC]
        total += len(told)
        # by place: grounding may say of one number that it stands nowhere and what stands there
        wrong += sum(any(f.start < end and start < f.end for f in found) for start, end in told)
    return {"": (float(total - wrong), float(total))} if total else {}


NUMERIC = Metric(
    name="numeric-grounding",
    title="numbers that stand in their quotations",
    definition="The share of the numbers, limits and frequencies in claims that stand in the "
    "claim's own verified quotations, up to unit conversion.",
    undefined="Answers without a number.",
    source="medrag: a dose that no source states is the worst thing that a fluent answer can hold",
    measure=_numeric,
)
