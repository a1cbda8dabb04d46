"""Findings as cards: what a clinician sees while ordering."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from uuid import uuid4

from medrag.checker import Policy, check
from medrag.core.answer import (
    DISCLAIMER,
    CheckedAnswer,
    OverrideCode,
    ReviewedAnswer,
    VerifiedQuote,
)
from medrag.core.finding import CheckReport, Finding, NotChecked, Reference, Severity, gravity
from medrag.interop.cds_hooks.cards import (
    SUMMARY_CHARACTERS,
    Action,
    Card,
    CardSource,
    Coding,
    HookResponse,
    Link,
    Suggestion,
)
from medrag.interop.cds_hooks.situations import Situation
from medrag.interop.fhir import SOMEBODY_ELSE
from medrag.review import actionable
from medrag.review.policy import ANYBODY, OVERRIDE_REASONS, ReviewPolicy, override_coding

MOST_CARDS = 10
_QUOTED_CARDS = 3
_MARKUP = re.compile(r"([\\`*_\[\]#|~!])")
_REASONS: tuple[OverrideCode, ...] = tuple(OVERRIDE_REASONS)
_OWN = CardSource(label="medrag (research software)")

Quoter = Callable[[Finding, Situation], Sequence[VerifiedQuote]]
"""Finds verified quotations that speak of a finding; none is a full answer."""
PageOf = Callable[[VerifiedQuote], str | None]
"""Returns the absolute URL of the page that shows a quotation in its passage."""


def answer_hook(
    situation: Situation,
    *,
    least: Severity = "warning",
    quoter: Quoter | None = None,
    page_of: PageOf | None = None,
    policy: Policy | None = None,
) -> HookResponse:
    """Return the cards for one situation: the gravest first, at most ten, then what is open.

    Args:
        situation: What the call is about.
        least: Findings below this raise no card.
        quoter: Where quotations come from; cards are without any where None.
        page_of: Where a quotation is shown in its passage.
        policy: What the institution decided about the checker.
    """
    strangers = [note for note in situation.notes if note.reason == SOMEBODY_ELSE]
    cards = [_mixed_up(len(strangers))] if strangers or situation.is_mixed else []
    if not situation.orders:
        opened = [_open(situation.unread)] if situation.unread else []
        return HookResponse(cards=(*cards, *opened))
    report = check(situation.text, situation.patient, policy=policy)
    beside = situation.unselected
    known = check(beside, situation.patient, policy=policy).findings if beside else ()
    shown = list(_shown(situation, report, least, {(f.rule_id, f.message) for f in known}))
    for number, finding in enumerate(shown[:MOST_CARDS]):
        quotes = quoter(finding, situation) if quoter and number < _QUOTED_CARDS else ()
        cards.append(_card(finding, situation, quotes, page_of))
    if len(shown) > MOST_CARDS:
        cards.append(_rest(shown[MOST_CARDS:]))
    if not_checked := (*situation.unread, *report.not_checked):
        cards.append(_open(not_checked))
    return HookResponse(cards=tuple(cards))


def reviewed_card(
    reviewed: ReviewedAnswer,
    actions: Sequence[Action],
    *,
    label: str,
    policy: ReviewPolicy = ANYBODY,
) -> Card:
    """Return a card whose suggestion may act: the only one that carries actions.

    Args:
        reviewed: A signed answer that may act today.
        actions: What taking the suggestion changes, each with a description.
        label: What the button says.
        policy: What the institution asks of a sign-off.

    Raises:
        NotReviewedError: The answer has no valid sign-off.
    """
    released = actionable(reviewed, policy=policy)
    claims = "\n".join(f"- {_plain(claim['text'])}" for claim in released["claims"])
    who = _plain(reviewed.review.reviewer)
    return Card(
        uuid=uuid4(),
        summary=_short(f"Reviewed: {reviewed.answer.quoted.question}"),
        detail=f"{claims}\n\nReleased by {who}.\n\n{DISCLAIMER}",
        indicator="info",
        source=_OWN,
        suggestions=(Suggestion(label=label, uuid=uuid4(), actions=tuple(actions)),),
        selection_behavior="at-most-one",
        override_reasons=_override_reasons(),
    )


def quotes_of(answer: CheckedAnswer) -> Sequence[VerifiedQuote]:
    """Return the verified quotations of an answer that stand in a source, in its order."""
    return [quote for quote in answer.quoted.verified_quotes if quote.source is not None]


def _shown(
    situation: Situation, report: CheckReport, least: Severity, known: set[tuple[str, str]]
) -> Iterator[Finding]:
    """Yield what raises a card, the gravest first; what is said twice counts once.

    A finding that stands at another order is asked about too where it is not `known` from the
    other orders alone: the selected one brought it, as an interaction does.
    """
    said: set[str] = set()
    for finding in sorted(report.findings, key=lambda finding: -gravity(finding.severity)):
        order = situation.about(finding.span)
        is_new = (finding.rule_id, finding.message) not in known
        is_asked = order is None or order.is_selected or is_new
        if gravity(finding.severity) >= gravity(least) and is_asked and finding.message not in said:
            said.add(finding.message)
            yield finding


def _card(
    finding: Finding,
    situation: Situation,
    quotes: Sequence[VerifiedQuote],
    page_of: PageOf | None,
) -> Card:
    order = situation.about(finding.span)
    parts = [
        f"**{_plain(finding.message)}**",
        *([f"Order: {_plain(order.words)}"] if order else []),
        *(_quoted(quote) for quote in quotes),
        *([f"Reference: {_plain(finding.reference.cited)}"] if finding.reference else []),
        f"Rule {finding.rule_id} ({finding.category}). {DISCLAIMER}",
    ]
    pages = [(quote, page_of(quote)) for quote in quotes] if page_of else []
    return Card(
        uuid=uuid4(),
        summary=_short(finding.message),
        detail="\n\n".join(parts),
        indicator=finding.severity,
        source=_source(finding.reference),
        override_reasons=_override_reasons(),
        links=tuple(
            Link(label=_short(f"Read in {quote.source.title}" if quote.source else "Read"), url=url)
            for quote, url in pages
            if url
        ),
    )


def _quoted(quote: VerifiedQuote) -> str:
    lines = (quote.match.text or "").splitlines()
    return "\n".join(f"> {_plain(line)}" for line in lines) + f"\n>\n> — {_plain(quote.place)}"


def _mixed_up(count: int) -> Card:
    left_out = f"{count} entries were about somebody else and were not used."
    as_sent = (
        "The record or an order is of another patient than the one whom the request names; "
        "the cards take them as they were sent."
    )
    return Card(
        uuid=uuid4(),
        summary="The record sent with this request names another patient",
        detail=f"{left_out if count else as_sent} {DISCLAIMER}",
        indicator="warning",
        source=_OWN,
    )


def _rest(findings: Sequence[Finding]) -> Card:
    listed = "\n".join(f"- {_plain(finding.message)}" for finding in findings)
    return Card(
        uuid=uuid4(),
        summary=f"{len(findings)} further findings",
        detail=listed,
        indicator=findings[0].severity,
        source=_OWN,
        override_reasons=_override_reasons(),
    )


def _open(not_checked: Sequence[NotChecked]) -> Card:
    count = len(not_checked)
    listed = "\n".join(f"- {_plain(item.check)}: {_plain(item.reason)}" for item in not_checked)
    return Card(
        uuid=uuid4(),
        summary=f"Not checked for want of data: {count} check{'s' * (count != 1)}",
        detail=f"{listed}\n\n{DISCLAIMER}",
        indicator="info",
        source=_OWN,
    )


def _source(reference: Reference | None) -> CardSource:
    if reference is None:
        return _OWN
    url = reference.url
    is_absolute = url is not None and url.startswith(("https://", "http://"))
    return CardSource(label=reference.cited, url=url if is_absolute else None)


def _override_reasons() -> tuple[Coding, ...]:
    return tuple(Coding(**override_coding(code)) for code in _REASONS)


def _plain(text: str) -> str:
    """Return words as Markdown that shows them and nothing else: they may be anybody's."""
    return escape(_MARKUP.sub(r"\\\1", " ".join(text.split())), quote=False)


def _short(text: str) -> str:
    """Return the first sentence, or as many whole words as a summary holds."""
    plain = " ".join(text.split())
    if len(plain) <= SUMMARY_CHARACTERS:
        return plain
    return plain[: SUMMARY_CHARACTERS - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
