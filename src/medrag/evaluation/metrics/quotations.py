"""Whether quotations are the sources' own words, and the words that were judged to answer."""

from __future__ import annotations

from collections import Counter

from medrag.evaluation.correctness import shows
from medrag.evaluation.judged_set import Case
from medrag.evaluation.metric import Metric, Parts, is_so, share
from medrag.evaluation.observed import Observed, names_of
from medrag.evaluation.wording import span_in


def _fidelity(_case: Case, observed: Observed) -> Parts:
    if observed.answer is None:
        return {}
    quoted = observed.answer.quoted
    statuses = Counter(
        quote.match.status for claim in (*quoted.claims, *quoted.withheld) for quote in claim.quotes
    )
    total = float(statuses.total())
    if not total:
        return {}
    kept = float(sum(statuses[status] for status in ("exact", "normalized")))
    return {"": (kept, total), **{name: (float(n), total) for name, n in statuses.items()}}


FIDELITY = Metric(
    name="quotation-fidelity",
    title="quotation fidelity",
    definition="The share of the quotations offered, withheld ones included, that the gate "
    "verified as the source's own words; by part, the share of each status.",
    undefined="Answers that offer no quotation.",
    source="medrag: a quotation that was altered is the error that the gate exists for; it is "
    "not shown, and still says how far the answerer can be believed",
    measure=_fidelity,
)


def _expected(case: Case, observed: Observed) -> Parts:
    if case.expect is None or not case.expect.quotations or observed.traced is None:
        return {}
    return is_so(any(shows(one, observed) for one in case.expect.quotations))


EXPECTED = Metric(
    name="expected-quotation",
    title="answers that quote what was judged to answer",
    definition="Whether a verified quotation holds one of the judged quotations, word for word.",
    undefined="Cases without expected quotations.",
    source="medrag: the judged sentence is what a reader was to be shown",
    measure=_expected,
)


def _wrong(case: Case, observed: Observed) -> Parts:
    if case.expect is None or not case.expect.not_quotations or observed.traced is None:
        return {}
    return is_so(any(shows(one, observed) for one in case.expect.not_quotations))


WRONG = Metric(
    name="wrong-quotation",
    title="answers that quote what was judged to be no answer",
    definition="Whether a verified quotation holds one of those judged to look like an answer "
    "and to be none: of another population, the next row, an edition that was replaced.",
    undefined="Cases that name none.",
    source="medrag: true words in the wrong place are the error that no gate sees",
    measure=_wrong,
    better="lower",
)


def _span(case: Case, observed: Observed) -> Parts:
    if case.expect is None or not case.expect.spans or observed.traced is None:
        return {}
    return is_so(any(span_in(span, observed.shown_texts) for span in case.expect.spans))


def _span_first(case: Case, observed: Observed) -> Parts:
    if case.expect is None or not case.expect.spans or observed.traced is None:
        return {}
    return is_so(any(span_in(span, observed.shown_texts[:1]) for span in case.expect.spans))


_SPAN_SOURCE = (
    "Rajpurkar et al., EMNLP 2016, arXiv:1606.05250 (judged spans); containment after Chen et "
    "al., ACL 2017, arXiv:1704.00051 (whether a retrieved text holds the answer)"
)
SPAN = Metric(
    name="answer-span",
    title="answers whose quotations hold a judged span",
    definition="Whether a verified quotation holds one of the judged answer spans, case apart.",
    undefined="Cases without spans.",
    source=_SPAN_SOURCE,
    measure=_span,
)
SPAN_FIRST = Metric(
    name="answer-span-first",
    title="first quotations that hold a judged span",
    definition="Whether the first verified quotation holds one of the judged answer spans.",
    undefined="Cases without spans.",
    source=_SPAN_SOURCE,
    measure=_span_first,
)


def _sources(case: Case, observed: Observed) -> Parts:
    if case.expect is None or not case.expect.documents:
        return {}
    own = [bool(names_of(quote).intersection(case.expect.documents)) for quote in observed.shown]
    return share(sum(own), len(own))


SOURCES = Metric(
    name="source-precision",
    title="quotations of expected sources",
    definition="The share of an answer's verified quotations that come from an expected document.",
    undefined="Cases without expected documents, and answers without a quotation.",
    source="medrag: an answer may be supported word for word by a source that is not the one to "
    "ask",
    measure=_sources,
)


def _superseded(case: Case, observed: Observed) -> Parts:
    if observed.traced is None or not observed.shown:
        return {}
    stale = {hit.passage.id for hit in observed.hits if not hit.in_force}
    refused = frozenset(case.expect.not_documents if case.expect else ())
    return is_so(any(q.quote.passage_id in stale or names_of(q) & refused for q in observed.shown))


SUPERSEDED = Metric(
    name="supersession-errors",
    title="answers that quote a source they must not",
    definition="Whether a quotation comes from a source that is not in force on the day, or from "
    "one that the case says must not be quoted (an edition that was replaced).",
    undefined="Answers without a quotation.",
    source="medrag: a guideline that was replaced reads like one in force",
    measure=_superseded,
    better="lower",
)
