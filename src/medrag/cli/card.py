"""Answers and hits as plain text for a terminal; color only where a person reads it."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator, Sequence

import click

from medrag.core.answer import CheckedAnswer, Claim, ReviewedAnswer, VerifiedQuote
from medrag.core.explaining import answerable_line, understood_lines, why_lines
from medrag.core.finding import Finding, NotChecked
from medrag.core.query import Hit
from medrag.core.understanding import ExplainedHit, Explanation

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_COLORS = {"critical": "red", "warning": "yellow", "info": "blue"}
_STATUS = {
    "answered": "ANSWERED",
    "partly_supported": "PARTLY SUPPORTED",
    "abstained": "ABSTAINED",
    "emergency": "EMERGENCY",
    "blocked": "BLOCKED",
}


def answer_card(answer: CheckedAnswer) -> str:
    """Return what a person wants to read of an answer, in the order in which to read it."""
    waiting = "Waiting for a person's sign-off; nothing here may act before it."
    if not answer.quoted.claims:
        waiting = "Nothing is stated, so there is nothing to check or to sign."
    return "\n".join([*_body(answer), waiting, *_foot(answer)])


def report_card(findings: Sequence[Finding], not_checked: Sequence[NotChecked]) -> str:
    """Return findings in the order given, then what was not checked."""
    lines = list(_findings(findings))
    if not_checked:
        lines += ["", *_not_checked(not_checked)]
    return "\n".join(lines)


def reviewed_card(reviewed: ReviewedAnswer, hindrance: str | None = None) -> str:
    """Return the card of a reviewed answer, with its sign-off in the place of the wait for it.

    Args:
        reviewed: The signed answer.
        hindrance: Why it may not act, where it was accepted and may not.
    """
    lines = _body(reviewed.answer)
    for review in reviewed.reviews:
        lines.append(
            f"{review.decision.upper()}ED by {review.reviewer}, {review.at:%Y-%m-%d %H:%M} UTC"
        )
        lines.append(f"  counts until {review.expires:%Y-%m-%d %H:%M} UTC")
        for o in review.overrides:
            said = f"override of {o.rule_id} ({o.code}): {o.reason}"
            lines += _wrapped(said, "  ", "    ")
    if reviewed.second is None and reviewed.review.persons > 1:
        lines.append("Waiting for a second person's sign-off; nothing here may act before it.")
    elif hindrance is not None and all(each.decision == "accept" for each in reviewed.reviews):
        lines += _wrapped(f"It does not act: {hindrance}", "  ")
    return "\n".join([*lines, *_foot(reviewed.answer)])


def claim_card(claim: Claim) -> str:
    """Return one claim with its quotations, before the answer that it belongs to is whole."""
    return "\n".join(_claim("·", claim))


def hit_card(hit: Hit) -> str:
    """Return one hit: rank, score, place, and its words."""
    stale = "" if hit.in_force else click.style("  NOT IN FORCE", fg="yellow")
    place = hit.place
    head = f"{hit.rank}. {_visible(place)}"
    meta = f"   {hit.retriever} {hit.score:.4f}, document {hit.passage.document_id}, characters "
    meta += f"{hit.passage.span.start}-{hit.passage.span.end}"
    lines = [" ".join(line.split()) for line in hit.passage.text.splitlines()]
    body = [part for line in lines if line for part in _wrapped(line, "   ")]
    return "\n".join([click.style(head, bold=True) + stale, *body, click.style(meta, dim=True)])


def understood_card(explanation: Explanation) -> str:
    """Return how a question was read, and how likely an answer is among the hits."""
    lines = list(understood_lines(explanation.understood))
    chance = answerable_line(explanation)
    lines += [chance] if chance else []
    return "\n".join(part for line in lines for part in _wrapped(line, "", "    "))


def explained_card(item: ExplainedHit) -> str:
    """Return one hit and why it ranks where it does."""
    why = (part for line in why_lines(item.scores) for part in _wrapped(line, "   ", "     "))
    return "\n".join([hit_card(item.hit), *(click.style(line, dim=True) for line in why)])


def _body(answer: CheckedAnswer) -> list[str]:
    lines = [_title(answer), ""]
    for number, claim in enumerate(answer.quoted.claims, 1):
        lines += [*_claim(f"{number}.", claim), ""]
    if answer.quoted.claims:
        lines += [report_card(answer.findings, answer.not_checked), ""]
    elif answer.status == "abstained" and answer.not_checked:
        lines += [*_not_checked(answer.not_checked), ""]
    return lines


def _title(answer: CheckedAnswer) -> str:
    color = {"answered": "green", "blocked": "red", "emergency": "red"}.get(answer.status, "yellow")
    title = click.style(_STATUS[answer.status], fg=color, bold=True)
    return "\n".join([title, *_wrapped(answer.reason, "  ")]) if answer.reason else title


def _claim(mark: str, claim: Claim) -> Iterator[str]:
    support = "" if claim.support == "supported" else f"  [{claim.support}]"
    yield from _wrapped(f"{mark} {' '.join(claim.text.split())}{support}", "", "   ")
    for quote in claim.quotes:
        yield from _quote(quote)


def _quote(quote: VerifiedQuote) -> Iterator[str]:
    if not quote.match.verified or quote.source is None or quote.match.span is None:
        yield f"     quotation not verified: {quote.match.status.replace('_', ' ')}"
        return
    text = " ".join((quote.match.text or "").split())
    yield from _wrapped(f"“{text}”", "     ")
    span = quote.match.span
    where = quote.place
    yield from _wrapped(f"- {where}, characters {span.start}-{span.end}", "       ", dim=True)


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        yield "Findings: the checks that ran raised nothing."
        return
    yield click.style(f"Findings ({len(findings)})", bold=True)
    for finding in findings:
        severity = click.style(finding.severity.upper(), fg=_COLORS[finding.severity], bold=True)
        yield f"  {severity} {finding.rule_id} {finding.category}"
        yield from _wrapped(finding.message, "    ")
        if finding.reference is not None:
            yield from _wrapped(f"- {finding.reference.cited}", "      ", dim=True)


def _not_checked(items: Sequence[NotChecked]) -> Iterator[str]:
    yield click.style(f"Not checked ({len(items)})", bold=True)
    for item in items:
        yield from _wrapped(f"- {item.check}: {item.reason}", "  ", "    ")


def _foot(answer: CheckedAnswer) -> Iterator[str]:
    versions = answer.versions
    yield from _wrapped(answer.disclaimer, "")
    ran = f"{len(answer.rules_run)} rules ran; answerer {versions.model}; index {versions.index}; "
    ran += f"answer {answer.digest[:16]}"
    yield from _wrapped(ran, "", dim=True)


def _visible(text: str) -> str:
    """Return `text` with control and direction marks spelled out: no document steers a terminal."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _wrapped(text: str, first: str, rest: str | None = None, *, dim: bool = False) -> list[str]:
    width = min(shutil.get_terminal_size((96, 24)).columns, 100)
    lines = textwrap.wrap(
        _visible(text),
        width=max(width, 40),
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [click.style(line, dim=True) for line in lines] if dim else lines
