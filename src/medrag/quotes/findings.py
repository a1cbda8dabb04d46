"""Grounding as findings: what an answer says that its verified quotations do not."""

from __future__ import annotations

from collections.abc import Iterator

from medrag.core.answer import Claim, QuotedAnswer, QuoteStatus
from medrag.core.finding import Category, Finding
from medrag.core.patient import Patient
from medrag.core.span import Span
from medrag.grounding.answer import NOBODY, Known, ground_text
from medrag.grounding.claims import Ungrounded
from medrag.grounding.rules import (
    GROUNDING_RULES,
    NO_QUOTATION,
    SUPERSEDED,
    UNVERIFIED,
)

CATEGORIES: dict[QuoteStatus, Category] = {
    "altered": "contradiction",
    "clipped": "contradiction",
    "ambiguous": "unsupported-number",
    "not_found": "unsupported-number",
}
WHY: dict[QuoteStatus, str] = {
    "altered": "A quotation of this claim was altered: its words are not the source's.",
    "clipped": "A quotation of this claim leaves out words of its source that turn its meaning.",
    "ambiguous": "A quotation of this claim stands in several places that say different things.",
    "not_found": "A quotation of this claim stands nowhere in the passage it cites.",
}


def ground_answer(answer: QuotedAnswer, patient: Patient | None = None) -> tuple[Finding, ...]:
    """Return what the claims say that their own verified quotations do not, in text order.

    What only repeats `patient`, or is calculated for him, is no claim of a source.

    Spans count characters of `answer.text`. Besides the differences that
    `medrag.grounding.claims.ground` names: a claim without any verified quotation
    (QUO107), a quotation that did not verify (QUO106), a source that is not in force
    (QUO105).
    """
    findings: list[Finding] = []
    known = NOBODY if patient is None else Known.of(patient)
    offset = 0
    for claim in answer.claims:
        findings += _claim(claim, offset, answer, known)
        offset += len(claim.text) + 1
    return tuple(findings)


def _claim(claim: Claim, offset: int, answer: QuotedAnswer, known: Known) -> Iterator[Finding]:
    verified = claim.verified_quotes
    place = Span(start=offset, end=offset + len(claim.text)) if claim.text else None
    if not verified:
        yield Finding(
            rule_id=NO_QUOTATION.id,
            category=NO_QUOTATION.category,
            severity=NO_QUOTATION.severity,
            message="No quotation of this claim was found in its sources; nothing supports it.",
            span=place,
        )
        return
    for quote in claim.quotes:
        if not quote.match.verified:
            yield Finding(
                rule_id=UNVERIFIED.id,
                category=CATEGORIES[quote.match.status],
                severity=UNVERIFIED.severity,
                message=WHY[quote.match.status],
                span=place,
            )
    out_of_force = {hit.source.key for hit in answer.hits if not hit.in_force}
    for quote in verified:
        if quote.source is not None and quote.source.key in out_of_force:
            yield Finding(
                rule_id=SUPERSEDED.id,
                category=SUPERSEDED.category,
                severity=SUPERSEDED.severity,
                message=f"{quote.source.title} ({quote.source.key}) is not in force: it was "
                "superseded or has expired.",
                span=place,
            )
    texts = [quote.match.text or "" for quote in verified]
    for one in ground_text(claim.text, texts, known, alone=True):
        yield _finding(one, offset)


def _finding(one: Ungrounded, offset: int) -> Finding:
    rule_id, category, severity = GROUNDING_RULES[one.kind]
    return Finding(
        rule_id=rule_id,
        category=category,
        severity=severity,
        message=one.message + _where(one),
        span=one.span.shift(offset),
    )


def _where(one: Ungrounded) -> str:
    """Return which characters of which quotation the difference is with, where it has a place."""
    if one.quote is None or one.quote_span is None:
        return ""
    return f" (Quotation {one.quote + 1}, characters {one.quote_span.start}-{one.quote_span.end}.)"
