"""The stage of the pipeline: every quotation of a draft through the gate."""

from __future__ import annotations

from medrag.core.answer import (
    Claim,
    DraftAnswer,
    DraftClaim,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    Support,
    VerifiedQuote,
)
from medrag.core.prompt import Prompt
from medrag.core.query import Hit
from medrag.quotes.gate import verify_under


def verify(draft: DraftAnswer, prompt: Prompt) -> QuotedAnswer:
    """Return the draft with every quotation decided and placed in its document.

    A quotation of a passage that was not among `prompt.hits` is `not_found`, whatever it
    says: the citation was made up. A verified quotation's span counts characters of the
    document's text, and its pages are those that the quoted words themselves touch.
    """
    hits = {hit.passage.id: hit for hit in prompt.hits}
    return QuotedAnswer(
        question=prompt.question,
        status=draft.status,
        claims=tuple(_claim(claim, hits) for claim in draft.claims),
        missing=draft.missing,
        hits=prompt.hits,
        completion=draft.completion,
    )


def _claim(draft: DraftClaim, hits: dict[str, Hit]) -> Claim:
    quotes = tuple(_quote(quote, hits.get(quote.passage_id)) for quote in draft.quotes)
    verified = sum(quote.match.verified for quote in quotes)
    support: Support = "unsupported"
    if verified:
        support = "supported" if verified == len(quotes) else "partly"
    return Claim(text=draft.text, quotes=quotes, support=support)


def _quote(quote: Quote, hit: Hit | None) -> VerifiedQuote:
    if hit is None:
        return VerifiedQuote(quote=quote, match=QuoteMatch(status="not_found"))
    passage = hit.passage
    heading = passage.section[-1] if passage.section else ""
    match = verify_under(quote.text, passage.text, heading=heading)
    if match.span is None:
        return VerifiedQuote(quote=quote, match=match)
    span = match.span.shift(passage.span.start)
    match = match.model_copy(update={"span": span})
    if not match.verified:
        return VerifiedQuote(quote=quote, match=match, document_id=passage.document_id)
    return VerifiedQuote(
        quote=quote,
        match=match,
        document_id=passage.document_id,
        source=hit.source,
        section=passage.section,
        pages=passage.pages_at(span),
    )
