"""A second reader of claims: a model beside the deterministic comparison, off by default.

It can only add findings. What it takes for supported stays as the comparison left it: a model
that agrees proves nothing, and one that disagrees is worth a look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medrag.core.answer import QuotedAnswer
from medrag.core.finding import Category, Finding
from medrag.core.protocols import Entailment, Judgement
from medrag.core.span import Span
from medrag.grounding.rules import SECOND_READER

CONTRADICTED = 0.5
"""From this on a claim is reported as contradicted."""
SUPPORTED = 0.2
"""Below this a claim is reported as not said by its quotations."""


def second_findings(answer: QuotedAnswer, reader: Entailment) -> tuple[Finding, ...]:
    """Return what `reader` has against the claims of `answer`, in text order.

    Each claim is judged against its own verified quotations, joined; a claim without any is
    left to the deterministic comparison. Spans count characters of `answer.text`.

    Raises:
        BackendError: The reader failed.
    """
    places: list[Span] = []
    pairs: list[tuple[str, str]] = []
    offset = 0
    for claim in answer.claims:
        texts = [quote.match.text or "" for quote in claim.verified_quotes]
        if texts and claim.text:
            places.append(Span(start=offset, end=offset + len(claim.text)))
            pairs.append((" ".join(texts), claim.text))
        offset += len(claim.text) + 1
    judged = zip(places, reader.judge(pairs), strict=True)
    return tuple(
        found for place, one in judged if (found := _finding(one, place, reader.name)) is not None
    )


def _finding(one: Judgement, place: Span, reader: str) -> Finding | None:
    category: Category = SECOND_READER.category
    if one.contradicts >= CONTRADICTED:
        said = f"takes the quotations to contradict this claim ({one.contradicts:.2f})"
    elif one.supports < SUPPORTED:
        category = "unsupported-number"
        said = f"does not find this claim in its quotations ({one.supports:.2f})"
    else:
        return None
    return Finding(
        rule_id=SECOND_READER.id,
        category=category,
        severity=SECOND_READER.severity,
        message=f"A second reader ({reader}) {said}.",
        span=place,
    )


_AGREED = Judgement(supports=1.0, contradicts=0.0)


class ScriptedEntailment:
    """A reader that judges as it was told: for tests and for trying the wiring.

    Attributes:
        name: `scripted`.
        asked: The pairs of each call, in order.
    """

    name = "scripted"

    def __init__(self, judgements: Mapping[str, Judgement], default: Judgement = _AGREED) -> None:
        self._judgements = dict(judgements)
        self._default = default
        self.asked: list[tuple[tuple[str, str], ...]] = []

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return what was scripted for each claim, else the default."""
        self.asked.append(tuple(pairs))
        return [self._judgements.get(claim, self._default) for _, claim in pairs]
