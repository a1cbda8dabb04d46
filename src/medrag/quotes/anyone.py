"""Grounding for anyone: an answer in plain text and the sources it was made from.

For users of other retrieval stacks. The answer is cut into its statements; each is laid
beside the sources that it cites, or beside all of them, and what it quotes goes through the
gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone

from medrag.core.document import Document
from medrag.core.finding import Finding
from medrag.core.patient import Patient
from medrag.core.span import Span
from medrag.grounding.answer import NOBODY, Known
from medrag.grounding.answer import ground_text as ground_statement
from medrag.grounding.claims import Ungrounded
from medrag.grounding.rules import (
    GROUNDING_RULES,
    NO_QUOTATION,
    SUPERSEDED,
    UNVERIFIED,
    GroundingRule,
)
from medrag.quotes.evidence import Evidence, evidence_for
from medrag.quotes.findings import CATEGORIES, WHY
from medrag.quotes.gate import verify_quote
from medrag.text import sentences

_QUOTED = re.compile(
    r"[\u201c\u00ab]([^\u201c\u201d\u00bb]{12,}?)[\u201d\u00bb]|\"([^\"\n]{12,}?)\""
)
_LEAST_WORDS = 4
"""Fewer words in quotation marks are a term, not a quotation."""
_MARK = re.compile(
    r"\s?[\[\u3010(](?:source |ref(?:erence)? |doc(?:ument)? |\^)?"
    r"(?P<numbers>\d{1,3}(?:\s?[,;\u2013-]\s?\d{1,3})*)(?:\u2020[^\]\u3011]*)?[\]\u3011)]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Source:
    """One source: its number as the answer cites it, its text, and who published it."""

    number: int
    text: str
    document: Document | None


@dataclass(frozen=True, slots=True)
class _Statement:
    """One sentence or list item of the answer, and whether it is all of it."""

    place: Span
    text: str
    alone: bool

    def at(self, start: int, end: int) -> Span:
        """Return the span in the answer of these characters of the statement."""
        return Span(start=self.place.start + start, end=self.place.start + end)


def ground_text(
    text: str,
    sources: Sequence[str | Document],
    *,
    patient: Patient | None = None,
    as_of: date | None = None,
) -> tuple[Finding, ...]:
    """Return what `text` says that its sources do not, in text order.

    The text is cut into sentences and list items. A citation mark (`[2]`, `[1, 3]`, `[1-3]`)
    holds a statement to the sources it names, counted from 1; without one, all sources count.
    Words in quotation marks, four or more, must stand in one of them as the gate demands.

    Args:
        text: Any answer; findings' spans count its characters.
        sources: Passages, whole documents, or the sentences that are quoted.
        patient: Whom the answer is about; what only repeats him is no claim of a source.
        as_of: The day on which documents must be in force; today (UTC) where None. Plain
            strings have no dates.

    Returns:
        Findings of QUO101 to QUO107; empty where everything that can be compared stands in
        the sources. Messages name the source and the characters compared with.
    """
    numbered = [_source(number, one) for number, one in enumerate(sources, start=1)]
    known = NOBODY if patient is None else Known.of(patient)
    day = as_of or datetime.now(timezone.utc).date()
    findings: list[Finding] = []
    places = sentences(text)
    for place in places:
        findings += _statement(_Statement(place, place.of(text), len(places) == 1), numbered, known)
    findings += _out_of_force(text, numbered, day)
    return tuple(sorted(dict.fromkeys(findings), key=_order))


def _source(number: int, one: str | Document) -> _Source:
    if isinstance(one, Document):
        return _Source(number, one.text, one)
    return _Source(number, one, None)


def _order(finding: Finding) -> tuple[int, int, str]:
    return (
        *((finding.span.start, finding.span.end) if finding.span else (-1, -1)),
        finding.rule_id,
    )


def _statement(one: _Statement, sources: Sequence[_Source], known: Known) -> Iterator[Finding]:
    cited, strange = _cited(one.text, sources)
    for mark in strange:
        message = f"The citation {mark[0].strip()} names no source: {len(sources)} were given."
        yield _finding(UNVERIFIED, message, one.at(*mark.span()))
    yield from _quotations(one, cited)
    plain = _MARK.sub(lambda match: " " * len(match[0]), one.text)
    evidence = evidence_for(plain, [source.text for source in cited])
    if not evidence.found:
        if evidence.wanted:
            yield _finding(NO_QUOTATION, "Nothing in the sources speaks of this.", one.place)
        return
    whole = " ".join(source.text.lower() for source in cited)
    for found in ground_statement(plain, evidence.sentences, known, alone=one.alone):
        named = plain[found.start : found.end].lower()
        if found.kind in {"drug", "name"} and named in whole:
            continue  # a page names its drug once, not in each sentence
        message = found.message + _where(found, evidence, cited)
        yield _finding(GROUNDING_RULES[found.kind], message, one.at(found.start, found.end))


def _finding(rule: GroundingRule, message: str, span: Span) -> Finding:
    return Finding(
        rule_id=rule.id, category=rule.category, severity=rule.severity, message=message, span=span
    )


def _where(one: Ungrounded, evidence: Evidence, sources: Sequence[_Source]) -> str:
    """Return where in which source the words stand that a finding is compared with."""
    if one.quote is None or one.quote_span is None:
        return ""
    which, start = evidence.places[one.quote]
    first = start + one.quote_span.start
    last = start + one.quote_span.end
    return f" (Source {sources[which].number}, characters {first}-{last}.)"


# --- Citations and quotations --------------------------------------------------------------------


def _cited(said: str, sources: Sequence[_Source]) -> tuple[Sequence[_Source], list[re.Match[str]]]:
    """Return the sources that a statement cites, and the marks that name none of them."""
    marks = [match for match in _MARK.finditer(said) if _is_mark(match)]
    numbers = {number for mark in marks for number in _numbers(mark["numbers"])}
    strange = [m for m in marks if any(n > len(sources) or n < 1 for n in _numbers(m["numbers"]))]
    named = [source for source in sources if source.number in numbers]
    return (named or sources), strange


def _is_mark(match: re.Match[str]) -> bool:
    """Return whether a number in brackets is a citation; "(12)" in prose may be a count."""
    return not match[0].strip().startswith("(") or "source" in match[0].lower()


def _numbers(written: str) -> set[int]:
    found: set[int] = set()
    for part in re.split(r"\s?[,;]\s?", written):
        first, _, last = re.sub(r"\s", "", part.replace("\u2013", "-")).partition("-")
        found |= set(range(int(first), min(int(last or first), int(first) + 50) + 1))
    return found


def _quotations(one: _Statement, sources: Sequence[_Source]) -> Iterator[Finding]:
    for match in _QUOTED.finditer(one.text):
        group = 1 if match[1] else 2
        quote = match[group]
        if len(quote.split()) < _LEAST_WORDS or not sources:
            continue
        decided = [verify_quote(quote.rstrip(" ,;"), source.text) for source in sources]
        if any(match.verified for match in decided):
            continue
        status = min((match.status for match in decided), key=_NEAREST.index)
        yield Finding(
            rule_id=UNVERIFIED.id,
            category=CATEGORIES[status],
            severity=UNVERIFIED.severity,
            message=WHY[status],
            span=one.at(*match.span(group)),
        )


_NEAREST = ("exact", "normalized", "clipped", "altered", "ambiguous", "not_found")


# --- Editions ------------------------------------------------------------------------------------


def _out_of_force(text: str, sources: Sequence[_Source], day: date) -> Iterator[Finding]:
    """Yield documents that are cited, or given alone, and were not in force on the day."""
    documents = [source for source in sources if source.document is not None]
    replaced = {key for one in documents if one.document for key in one.document.source.supersedes}
    cited = {number for mark in _MARK.finditer(text) if _is_mark(mark)
             for number in _numbers(mark["numbers"])}  # fmt: skip
    for one in documents:
        if one.document is None or (cited and one.number not in cited):
            continue
        source = one.document.source
        if source.key in replaced or not source.in_date(day):
            yield Finding(
                rule_id=SUPERSEDED.id,
                category=SUPERSEDED.category,
                severity=SUPERSEDED.severity,
                message=f"{source.title} ({source.key}), source {one.number}, was not in force "
                f"on {day.isoformat()}: it was superseded or had expired.",
            )
