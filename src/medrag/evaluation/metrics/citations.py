"""Citation recall and precision as ALCE defines them, with support that is decided, not guessed.

A statement is a claim that is shown; its citations are its quotations. ALCE asks a language model
whether the citations entail the statement. Here a set of quotations supports a claim where every
one that is needed was verified by the gate and nothing that the claim says (number, unit,
frequency, drug, direction, population, name) stands otherwise or nowhere in them. That decides
what grounding compares and no more: a claim of other words about the same drug may pass. For
those there are the same two metrics by a second reader (`medrag eval run --nli`).

Source: Gao, Yen, Yu and Chen, Enabling Large Language Models to Generate Text with Citations,
EMNLP 2023, arXiv:2305.14627, section 3 (its TRUE model is Honovich et al., arXiv:2204.04991).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from medrag.core.answer import Claim
from medrag.core.protocols import Entailment
from medrag.evaluation.judged_set import Case
from medrag.evaluation.metric import Metric, Parts, share
from medrag.evaluation.observed import Observed
from medrag.grounding.claims import ground
from medrag.grounding.tokens import content, tokens

_SOURCE = "Gao et al., EMNLP 2023, arXiv:2305.14627 (ALCE)"
_ENTAILED = 0.5
Supports = Callable[[Sequence[str], str], bool]


def _grounded(quotations: Sequence[str], claim: str) -> bool:
    return bool(quotations) and not ground(claim, quotations)


def _read(reader: Entailment) -> Supports:
    def supports(quotations: Sequence[str], claim: str) -> bool:
        if not quotations or not claim:
            return False
        judgement = reader.judge([(" ".join(quotations), claim)])[0]
        return judgement.supports >= _ENTAILED

    return supports


def _recall(claims: Sequence[Claim], supports: Supports) -> Parts:
    supported = [supports(_texts(claim), claim.text) for claim in claims]
    return share(sum(supported), len(supported))


def _precision(claims: Sequence[Claim], supports: Supports) -> Parts:
    needed = [is_needed for claim in claims for is_needed in _needed(claim, supports)]
    return share(sum(needed), len(needed))


def _needed(claim: Claim, supports: Supports) -> list[bool]:
    """Return for each quotation offered whether it supports its claim, alone or with the rest.

    One that does not verify and one of a claim that all of them together do not support are
    not precise. Else it is, unless the others support the claim without it, it does not by
    itself, and it gives the claim no word that they lack: the head of a table beside its row is
    no idle citation.
    """
    texts = _texts(claim)
    if not supports(texts, claim.text):
        return [False] * len(claim.quotes)
    precise = []
    for number, text in enumerate(texts):
        others = [*texts[:number], *texts[number + 1 :]]
        precise.append(
            supports([text], claim.text)
            or not supports(others, claim.text)
            or bool(_words(claim.text) & _words(text) - _words(" ".join(others)))
        )
    return [*precise, *[False] * (len(claim.quotes) - len(texts))]


def _words(text: str) -> frozenset[str]:
    return content(tokens(text))


def _texts(claim: Claim) -> list[str]:
    return [quote.match.text or "" for quote in claim.verified_quotes]


def _deterministic(
    combined: Callable[[Sequence[Claim], Supports], Parts],
) -> Callable[[Case, Observed], Parts]:
    def measured(_case: Case, observed: Observed) -> Parts:
        return combined(observed.claims, _grounded)

    return measured


def _by_reader(
    combined: Callable[[Sequence[Claim], Supports], Parts],
) -> Callable[[Case, Observed], Parts]:
    def measured(_case: Case, observed: Observed) -> Parts:
        return combined(observed.claims, _read(observed.reader)) if observed.reader else {}

    return measured


RECALL = Metric(
    name="citation-recall",
    title="citation recall",
    definition="The share of an answer's claims that their quotations support together.",
    undefined="Answers without a claim.",
    source=_SOURCE,
    measure=_deterministic(_recall),
)
PRECISION = Metric(
    name="citation-precision",
    title="citation precision",
    definition="The share of an answer's quotations that verify and support their claim, alone "
    "or because the others do not without them.",
    undefined="Answers without a quotation.",
    source=_SOURCE,
    measure=_deterministic(_precision),
)
RECALL_NLI = Metric(
    name="citation-recall-nli",
    title="citation recall by the second reader",
    definition="As citation recall; a cross-encoder decides what quotations entail, at 0.5.",
    undefined="Answers without a claim, and runs without a second reader.",
    source=_SOURCE,
    measure=_by_reader(_recall),
)
PRECISION_NLI = Metric(
    name="citation-precision-nli",
    title="citation precision by the second reader",
    definition="As citation precision; a cross-encoder decides what quotations entail, at 0.5.",
    undefined="Answers without a quotation, and runs without a second reader.",
    source=_SOURCE,
    measure=_by_reader(_precision),
)
