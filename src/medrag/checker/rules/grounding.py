"""QUO101-QUO103, QUO106, QUO107: what the text says or quotes that its sources do not.

The comparison itself is `medrag.grounding.answer`; where a case brings no quotations
these rules have nothing to compare and stay silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.checker.beside import needs_no_quotation
from medrag.checker.context import Context
from medrag.checker.headed import misapplied, misplaced
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.core.span import Span
from medrag.grounding.answer import Known, ground_text
from medrag.grounding.claims import Ungrounded
from medrag.grounding.originals import tells_again
from medrag.grounding.own import Tie, is_beside, ties_of
from medrag.grounding.rules import GROUNDING_RULES, NO_QUOTATION, UNVERIFIED
from medrag.text import normalize


def _ungrounded(context: Context, rule_id: str) -> Iterator[Verdict]:
    found, ties = context.once(_found)
    for one in found:
        reported = GROUNDING_RULES[one.kind]
        if reported.id == rule_id:
            yield Signal(
                severity="info" if _is_aside(one, context, ties) else reported.severity,
                message=one.message,
                span=one.span,
                subject=one.kind,
            )


def _is_aside(one: Ungrounded, context: Context, ties: Sequence[Tie]) -> bool:
    """Return whether a finding is of what hangs on no quotation, or needs none.

    A sentence told again hangs on its original, whoever is named as its source.
    """
    aside = is_beside(one, context.text, ties) or needs_no_quotation(one, context)
    return aside and (
        one.kind == "name" or not tells_again(context.text, one.start, context.quotes or ())
    )


def _found(context: Context) -> tuple[Sequence[Ungrounded], Sequence[Tie]]:
    """Return what is ungrounded, and how the stretches of the text hang on its quotations."""
    if context.quotes is None:
        return (), ()
    found = ground_text(context.text, context.quotes, Known.of(context.facts.given))
    return found, ties_of(context.text, context.quotes) if found else ()


def ungrounded_places(context: Context) -> list[int]:
    """Return where the text says what its quotations do not, as far as it hangs on them."""
    found, ties = context.once(_found)
    return [one.start for one in found if not _is_aside(one, context, ties)]


def _numbers(context: Context) -> Iterator[Verdict]:
    yield from _ungrounded(context, "QUO101")


def _contradicted(context: Context) -> Iterator[Verdict]:
    yield from _ungrounded(context, "QUO102")


def _populations(context: Context) -> Iterator[Verdict]:
    yield from _ungrounded(context, "QUO103")
    for one in (*misplaced(context), *misapplied(context)):
        amount = one.span.of(context.text)
        yield Signal(
            severity="critical",
            message=f"{amount!r} is for {one.taken_from!r} in its quotation, not {one.holds!r}.",
            span=one.span,
            subject="population",
        )


_QUOTED = re.compile(r"[\u201c\u00ab]([^\u201c\u201d\u00bb]{12,})[\u201d\u00bb]|\"([^\"\n]{12,})\"")
_ELISION = re.compile(r"\s*(?:\[?\.{3}\]?|\[?\u2026\]?)\s*")
_LEAST_WORDS = 4
"""Fewer words in quotation marks are a term, not a quotation."""


def _misquoted(context: Context) -> Iterator[Verdict]:
    """Report words in quotation marks that stand in none of the quotations."""
    if not context.quotes:
        return
    sources = [_plain(quote).casefold() for quote in context.quotes]
    for match in _QUOTED.finditer(context.text):
        group = 1 if match[1] else 2
        pieces = [_plain(piece).casefold().strip(" .,;:") for piece in _ELISION.split(match[group])]
        if len(match[group].split()) < _LEAST_WORDS:
            continue
        if not any(all(piece in source for piece in pieces) for source in sources):
            yield Signal(
                severity=UNVERIFIED.severity,
                message="These words are in quotation marks and stand in no quotation given.",
                span=Span(start=match.start(group), end=match.end(group)),
                subject="quotation",
            )


def _plain(text: str) -> str:
    return " ".join(normalize(text).text.split())


def _unquoted(context: Context) -> Iterator[Verdict]:
    """Report a text that came with an empty list of quotations and says something to check."""
    said = bool(context.content.drugs) or re.search(r"\d", context.text) is not None
    if context.quotes == () and said:
        yield Signal(
            severity=NO_QUOTATION.severity,
            message="No quotation came with this text; nothing supports what it says.",
            subject="quotation",
        )


RULES = (
    Rule(
        id="QUO101",
        title="number or drug that no quotation has",
        category="unsupported-number",
        rationale="A dose that the source does not give was made up.",
        check=_numbers,
    ),
    Rule(
        id="QUO102",
        title="contradicts its quotation",
        category="contradiction",
        rationale='A lost "not" turns a warning into advice.',
        check=_contradicted,
    ),
    Rule(
        id="QUO103",
        title="other patients than its quotation",
        category="population",
        rationale="A child's dose is not an adult's.",
        check=_populations,
    ),
    Rule(
        id=UNVERIFIED.id,
        title="quotation that its source does not have",
        category=UNVERIFIED.category,
        rationale="A made-up quotation gives a made-up claim authority.",
        check=_misquoted,
    ),
    Rule(
        id=NO_QUOTATION.id,
        title="claim without a quotation",
        category=NO_QUOTATION.category,
        rationale="What nothing supports must not look supported.",
        check=_unquoted,
    ),
)
