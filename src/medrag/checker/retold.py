"""What a rule need not hold against a text, for the text only tells its own quotation again.

A label says "ciprofloxacin two hours before antacids"; a trial compares two anticoagulants; a
guideline prefers one drug of a class to another. An answer that tells this, with the quotation
beside it, orders nothing for anybody: a rule about two drugs, or about a drug and a disease, then
speaks against the source, which the reader has before him. The finding stays, as information.
Doses stay as they are, for a figure above the tables' limit is looked at whoever wrote it; but for
one that the quotation itself names as the most, or as the amount in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Signal
from medrag.checker.rules.grounding import ungrounded_places
from medrag.core.finding import Category
from medrag.core.span import Span
from medrag.grounding.equal import is_comparable, is_same
from medrag.grounding.facts import read_facts
from medrag.grounding.own import Tie, ties_of

_OF_TWO: frozenset[Category] = frozenset({
    "interaction", "duplication", "contraindication", "pregnancy", "lactation", "renal", "hepatic",
    "age", "allergy", "monitoring", "route", "formulation", "lab", "lab-interpretation",
    "lab-implausible", "lab-unit", "procedure",
})  # fmt: skip
"""What rules say of a drug and something else: another drug, a disease, a test, a way in."""
_OF_DOSES: frozenset[Category] = frozenset({"single-dose", "daily-dose"})
NOTE = " (The text tells its quotation again, about nobody in particular.)"
_SPEAKS_AGAINST = re.compile(
    r"\b(?:not|cannot|never|no|avoid\w*|contraindicat\w*|prefer\w*|caution|instead|rather|unless|except\w*"
    r"|without|stop\w*|only|must wait|against|neither|nor|nobody|none|out|off|spar(?:ed?|ing)"
    r"|earlier than|ruled|bar(?:s|red)|forbid\w*|unsuitable|better served|but)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
"""What a quotation must not say alone: a text that drops it tells something else."""


def is_retold(context: Context, category: Category, signal: Signal) -> bool:
    """Return whether a signal is against what the text's quotations say themselves.

    Nobody in particular is spoken of, the sentence hangs on the quotations, nothing in it is
    ungrounded, both drugs of a pair stand in one of them, and where they speak against something
    the sentence does, too.
    """
    if not context.quotes or context.facts.known or signal.span is None:
        return False
    if category == "notation":
        words = signal.span.of(context.text).strip(" .,0123456789")
        sign = re.compile(rf"(?<![^\W\d_]){re.escape(words)}(?![^\W\d_])")
        return bool(words) and any(sign.search(quote) for quote in context.quotes)
    if category in _OF_DOSES and not _is_limit(context, signal, signal.span):
        return False
    known = category in _OF_TWO or category in _OF_DOSES
    return known and _is_told(context, signal, signal.span)


def _is_limit(context: Context, signal: Signal, place: Span) -> bool:
    """Return whether the amount of a signal is what a quotation names as the most, or in all."""
    sentence = context.content.sentence_at(place.start)
    said = context.text[sentence.start : sentence.end] if sentence is not None else ""
    amounts = [n for n in read_facts(said).numbers if n.written in signal.message]
    most = [
        n
        for quote in context.quotes or ()
        for n in read_facts(quote).numbers
        if n.bound in _MOST or _IN_ALL.search(quote, 0, n.start)
    ]
    return any(
        any(is_same(one, other) for other in most)
        # of two limits one may be for another route
        and all(is_same(one, other) for other in most if is_comparable(one, other))
        for one in amounts
    )


_MOST = frozenset({"<=", "<", "cap"})
_IN_ALL = re.compile(r"\b(?:total|in all)(?: dose)?(?: of)?(?: up to)? \Z", re.IGNORECASE)


def _is_told(context: Context, signal: Signal, place: Span) -> bool:
    """Return whether the sentence of a signal is grounded, and says what its quotations say."""
    sentence = context.content.sentence_at(place.start)
    if sentence is None:
        return False
    start, end = sentence.start, sentence.end
    against = any(_SPEAKS_AGAINST.search(words) for words in _about(context, signal))
    if against and _SPEAKS_AGAINST.search(context.text, start, end) is None:
        return False
    try:
        ungrounded = ungrounded_places(context)
    except Exception:  # noqa: BLE001 - the rules of grounding report that they failed
        return False
    if any(start <= place < end for place in ungrounded):
        return False
    tied = any(tie.kind != "own" and tie.span.start < end and start < tie.span.end
               for tie in context.once(_ties))  # fmt: skip
    return tied and _is_named(context, signal)


_END = re.compile(r"(?<=[a-z\d)%])[.;]\s+|\n")
_GOES_ON = re.compile(r"(?:it|they|this|these|both|all|do|never|avoid)\b", re.IGNORECASE)


def _about(context: Context, signal: Signal) -> Iterator[str]:
    """Yield the sentences of the quotations about the drugs of a signal; all where it names none.

    One that goes on about "it" belongs to the one before it.
    """
    drugs = _drugs(signal)
    for quote in context.quotes or ():
        told = True
        for sentence in _END.split(quote):
            named = {key for drug in read_facts(sentence).drugs for key in drug.keys}
            told = bool(named & drugs) or (told and _GOES_ON.match(sentence) is not None)
            if told or not drugs:
                yield sentence


def _ties(context: Context) -> tuple[Tie, ...]:
    return ties_of(context.text, context.quotes or ())


def _is_named(context: Context, signal: Signal) -> bool:
    """Return whether one quotation names all drugs that a signal is about."""
    sought = _drugs(signal)
    if len(sought) < _PAIR:
        return True
    return any(
        sought <= {key for drug in read_facts(quote).drugs for key in drug.keys}
        for quote in context.quotes or ()
    )


_PAIR = 2


def _drugs(signal: Signal) -> set[str]:
    """Return the keys of the drugs that a signal is about."""
    return {part for part in signal.subject.split("+") if part}
