"""Values as pages show them; everything that is text stays text until a template escapes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from medrag.core.answer import CheckedAnswer, Claim, VerifiedQuote
from medrag.core.html import around
from medrag.core.patient import Patient
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.pipeline.report import SourceInfo
from medrag.review.audit import AuditLog
from medrag.review.audit.verification import records_of

_AROUND = 220
_SUPERSEDED = "superseded by "


class Part(NamedTuple):
    """A run of text, and whether it is marked."""

    text: str
    is_marked: bool


class ShownQuote(NamedTuple):
    """A verified quotation inside its passage."""

    quote: VerifiedQuote
    before: str
    text: str
    after: str
    link: str


class ShownClaim(NamedTuple):
    """A claim with the quotations that may be shown."""

    claim: Claim
    quotes: list[ShownQuote]
    unverified: int


class Event(NamedTuple):
    """One record of the audit log about an answer."""

    at: str
    kind: str
    id: str
    facts: str


def claims_of(answer: CheckedAnswer) -> list[ShownClaim]:
    """Return the claims of an answer with their quotations in the passages' own words."""
    hits = {hit.passage.id: hit for hit in answer.quoted.hits}
    return [_claim(claim, hits) for claim in answer.quoted.claims]


def _claim(claim: Claim, hits: dict[str, Hit]) -> ShownClaim:
    verified = [quote for quote in claim.verified_quotes if quote.match.span]
    shown = [_quote(quote, hits.get(quote.quote.passage_id)) for quote in verified]
    return ShownClaim(claim, shown, len(claim.quotes) - len(verified))


def _quote(quote: VerifiedQuote, hit: Hit | None) -> ShownQuote:
    span = quote.match.span
    assert span is not None
    before = after = ""
    if hit is not None and hit.passage.document_id == quote.document_id:
        before, after = around(hit, span, _AROUND)
    link = f"/documents/{quote.document_id}?start={span.start}&end={span.end}#quoted"
    return ShownQuote(quote, before, quote.match.text or "", after, link)


def facts_of(patient: Patient | None) -> list[tuple[str, list[str]]]:
    """Return what an answer took for the patient's facts, by name; empty without a patient."""
    if patient is None:
        return []
    held = [(name, value) for name, value in patient if name != "unread" or value is not None]
    return [(name.replace("_", " "), list(_said(value))) for name, value in held]


def _said(value: object) -> Iterator[str]:
    if value is None:
        yield "not known"
    elif isinstance(value, tuple):
        yield from (str(item) for item in value or ("none known",))
    elif isinstance(value, bool):
        yield "yes" if value else "no"
    else:
        yield str(value)


def replacements(sources: Sequence[SourceInfo]) -> dict[str, SourceInfo]:
    """Return what stands in the place of each superseded document, by the document's id."""
    by_key = {source.key: source for source in sources}
    reasons = {s.id: s.not_in_force for s in sources if s.not_in_force is not None}
    keys = {
        name: reason.removeprefix(_SUPERSEDED).split(", ")
        for name, reason in reasons.items()
        if reason.startswith(_SUPERSEDED)
    }
    found = {
        name: next((by_key[key] for key in said if key in by_key), None)
        for name, said in keys.items()
    }
    return {name: source for name, source in found.items() if source is not None}


def mark(text: str, quoted: Span | None, most: int) -> list[Part]:
    """Return a text in parts, `quoted` marked; of a long one `most` characters around it."""
    if quoted is None:
        return [Part(text[:most], False), Part("…" if len(text) > most else "", False)]
    first = max(0, quoted.start - most // 2)
    last = min(len(text), quoted.end + most // 2)
    return [
        Part("…" if first else "", False),
        Part(text[first : quoted.start], False),
        Part(quoted.of(text), True),
        Part(text[quoted.end : last], False),
        Part("…" if last < len(text) else "", False),
    ]


def trail_of(log: AuditLog | None, digest: str) -> list[Event]:
    """Return what the audit log holds about an answer, in order; empty without a log."""
    return list(_events(log, digest)) if log is not None else []


def _events(log: AuditLog, digest: str) -> Iterator[Event]:
    for record in records_of(log.path):
        body = record["body"]
        if body.get("answer") != digest:
            continue
        names = ("reviewer", "decision", "model", "index", "status")
        facts = ", ".join(
            f"{name} {body[name]}" for name in names if isinstance(body.get(name), str)
        )
        yield Event(record["at"], record["kind"], record["id"], facts)
