"""The stage of the pipeline: every quotation of a draft through the gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medrag.core.answer import (
    Claim,
    DraftAnswer,
    DraftClaim,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    QuoteStatus,
    Support,
    VerifiedQuote,
)
from medrag.core.prompt import Prompt
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.quotes.gate import parts_of, verify_under

_STANDS: frozenset[QuoteStatus] = frozenset({"exact", "normalized", "clipped"})


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
    offered = [part for quote in draft.quotes for part in _parts(quote, hits)]
    alone = [_match(quote, hits.get(quote.passage_id)) for quote in offered]
    quotes = tuple(
        _placed(quote, hits.get(quote.passage_id), match)
        for quote, match in zip(offered, _together(offered, hits, alone), strict=True)
    )
    verified = sum(quote.match.verified for quote in quotes)
    support: Support = "unsupported"
    if verified:
        support = "supported" if verified == len(quotes) else "partly"
    return Claim(text=draft.text, quotes=quotes, support=support)


def _parts(quote: Quote, hits: dict[str, Hit]) -> list[Quote]:
    """Return the quotation, or one for each place where an ellipsis joins several.

    A row is shown beside its header then, and nothing of the rows between them.
    """
    hit = hits.get(quote.passage_id)
    spans = parts_of(quote.text, hit.passage.text) if hit is not None else ()
    if hit is None or not spans:
        return [quote]
    text = hit.passage.text
    return [quote.model_copy(update={"text": span.of(text), "span": span}) for span in spans]


def _match(quote: Quote, hit: Hit | None, beside: Sequence[Span] = ()) -> QuoteMatch:
    """Return the gate's decision; its span counts characters of the passage."""
    if hit is None:
        return QuoteMatch(status="not_found")
    passage = hit.passage
    heading = passage.section[-1] if passage.section else ""
    return verify_under(quote.text, passage.text, heading=heading, beside=beside, at=quote.span)


def _together(
    offered: Sequence[Quote], hits: dict[str, Hit], alone: Sequence[QuoteMatch]
) -> Iterator[QuoteMatch]:
    """Yield the decisions where the quotations of one claim from one passage stand together.

    A table row is read under the header that the same claim quotes, and so is not clipped for
    want of it.
    """
    for place, (quote, match) in enumerate(zip(offered, alone, strict=True)):
        beside = [
            other.span
            for number, other in enumerate(alone)
            if number != place and other.span is not None and other.status in _STANDS
            if offered[number].passage_id == quote.passage_id
        ]
        clipped = match.status == "clipped" and beside
        yield _match(quote, hits[quote.passage_id], beside) if clipped else match


def _placed(quote: Quote, hit: Hit | None, match: QuoteMatch) -> VerifiedQuote:
    if hit is None or match.span is None:
        return VerifiedQuote(quote=quote, match=match)
    passage = hit.passage
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
