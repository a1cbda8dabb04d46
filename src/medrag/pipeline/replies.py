"""One reply through the contract and the gate, and what can be mended without asking again.

A quotation that left out what limits it is given the whole statement it was taken from; one
that stands in several places is given the statement of each. Nothing else is changed, and the
gate decides again. Who left out a negation, an exception or a comparator meant something else:
that is not filled in, unless the answerer was asked for single words of a statement.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medrag.core.answer import (
    Claim,
    DraftAnswer,
    DraftClaim,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    VerifiedQuote,
)
from medrag.core.document import Passage
from medrag.core.prompt import Completion, Prompt
from medrag.core.span import Span
from medrag.core.trace import ReplyTrace
from medrag.errors import DraftParseError
from medrag.generation import parse
from medrag.generation.shown import places_of, quotables, quoted_parts
from medrag.quotes import verify
from medrag.text.cues import find_cues

_COMPARES = re.compile(
    r"[<>≤≥=±]|\b(?:than|least|most|below|above|under|over|exceed\w*|within|maximum|minimum)\b",
    re.IGNORECASE,
)
_MOST_WIDENED = 4
"""Statements that one quotation may be widened to."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reply after the gate.

    Attributes:
        quoted: Its claims; empty where it did not parse.
        trace: What became of it.
    """

    quoted: QuotedAnswer
    trace: ReplyTrace

    @property
    def failing(self) -> list[Claim]:
        """The claims that have a quotation which the gate refused, or none at all."""
        return [claim for claim in self.quoted.claims if claim.support != "supported"]


def read_reply(completion: Completion, prompt: Prompt, *, max_claims: int) -> Reading:
    """Return a reply after the gate; one that breaks the contract has no claims.

    Claims beyond `max_claims` are left out, and counted in the trace.
    """
    kept = completion.model_copy(update={"timings": None})
    try:
        draft = parse(kept, prompt)
    except DraftParseError as error:
        unread = unanswered(prompt, kept, str(error))
        return Reading(unread, reply_trace(completion, error=str(error)))
    claims = [judged(claim, prompt, kept) for claim in draft.claims[:max_claims]]
    quoted = QuotedAnswer(
        question=prompt.question,
        status=draft.status,
        claims=tuple(claims),
        missing=draft.missing,
        hits=prompt.hits,
        left_out=prompt.left_out,
        completion=kept,
    )
    offered = {quote for claim in draft.claims for quote in claim.quotes}
    return Reading(quoted, reply_trace(completion, draft=draft, quoted=quoted, offered=offered))


def unanswered(prompt: Prompt, completion: Completion, missing: str) -> QuotedAnswer:
    """Return an answer without claims, with the reason why."""
    return QuotedAnswer(
        question=prompt.question,
        status="insufficient",
        missing=missing,
        hits=prompt.hits,
        left_out=prompt.left_out,
        completion=completion,
    )


def judged(draft: DraftClaim, prompt: Prompt, completion: Completion) -> Claim:
    """Return a claim with the gate's decisions, its quotations widened where that helps."""
    claim = _through_gate(draft, prompt, completion)
    if claim.support == "supported":
        return claim
    quotes = tuple(
        dict.fromkeys(part for quote in claim.quotes for part in _widened(quote, prompt))
    )
    wider = _through_gate(draft.model_copy(update={"quotes": quotes}), prompt, completion)
    return wider if wider.support == "supported" else claim


def refused_by_gate(prompt: Prompt) -> frozenset[tuple[int, int]]:
    """Return what is quotable and yet would not verify: passage number and place, from 1."""
    silent = Completion(text="", model="none")
    refused = set()
    for number, hit in enumerate(prompt.hits, start=1):
        listed = list(enumerate(quotables(hit.passage), start=1))
        drafts = tuple(
            DraftClaim(text="x", quotes=quoted_parts(quotable, hit.passage))
            for _, quotable in listed
        )
        every = DraftAnswer(status="answered", claims=drafts, completion=silent)
        for (place, _), claim in zip(listed, verify(every, prompt).claims, strict=True):
            if claim.support != "supported":
                refused.add((number, place))
    return frozenset(refused)


def _through_gate(draft: DraftClaim, prompt: Prompt, completion: Completion) -> Claim:
    one = DraftAnswer(status="answered", claims=(draft,), completion=completion)
    return verify(one, prompt).claims[0]


def _widened(verified: VerifiedQuote, prompt: Prompt) -> Sequence[Quote]:
    """Return the statements that a refused quotation was taken from, or it as it is."""
    quote, match = verified.quote, verified.match
    passage = next((h.passage for h in prompt.hits if h.passage.id == quote.passage_id), None)
    if passage is None:
        return (quote,)
    if prompt.mode != "words" and _turns(match):
        return (quote,)
    if quote.span is not None:
        places = [quote.span]
    elif match.span is not None and match.status in {"clipped", "ambiguous"}:
        places = places_of(quote.text, passage) or [match.span.shift(-passage.span.start)]
    else:
        return (quote,)
    whole = list(_statements(places, passage))
    return whole if 0 < len(whole) <= _MOST_WIDENED else (quote,)


def _turns(match: QuoteMatch) -> bool:
    """Return whether words were left out that make another statement of what was quoted."""
    left_out = [change.source for change in match.diff]
    return any(
        _COMPARES.search(words)
        or any(cue.kind in {"negation", "exception"} for cue in find_cues(words, 0, len(words)))
        for words in left_out
    )


def _statements(places: Sequence[Span], passage: Passage) -> Iterator[Quote]:
    """Yield the parts of the quotables whose statements hold any of the places."""
    for quotable in quotables(passage):
        if any(quotable.parts[-1].overlaps(place) for place in places):
            yield from quoted_parts(quotable, passage)


def reply_trace(
    completion: Completion,
    *,
    error: str | None = None,
    draft: DraftAnswer | None = None,
    quoted: QuotedAnswer | None = None,
    offered: set[Quote] | None = None,
) -> ReplyTrace:
    """Return what became of a reply.

    Args:
        completion: The reply.
        error: Why it did not parse.
        draft: What it said.
        quoted: The same after the gate.
        offered: The quotations as they were in the draft, before any was widened.
    """
    quotes = [quote for claim in quoted.claims for quote in claim.quotes] if quoted else []
    statuses = Counter(quote.match.status for quote in quotes)
    return ReplyTrace(
        model=completion.model,
        finish_reason=completion.finish_reason,
        constrained=completion.constrained,
        dialect=completion.dialect,
        note=completion.note,
        parsed=error is None,
        error=error,
        claims=len(draft.claims) if draft else 0,
        quotes=dict(sorted(statuses.items())),
        widened=sum(quote.quote not in (offered or ()) for quote in quotes),
        prompt_tokens=completion.prompt_tokens,
        completion_tokens=completion.completion_tokens,
        thinking_tokens=completion.thinking_tokens,
        timings=completion.timings,
    )
