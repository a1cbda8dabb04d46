"""MED115: orders that leave something to be guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows_forms import StrengthRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.writing import SOURCE
from medrag.checker.sieve import sifted
from medrag.checker.undosed import ELSEWHERE, LOCAL, has_dose, undosed
from medrag.checker.unitless import unitless
from medrag.checker.unrouted import unrouted
from medrag.checker.unscheduled import unscheduled
from medrag.checker.vague import vague
from medrag.clinical import DrugMention
from medrag.core.span import Span

_ITEM = re.compile(r"\s*(?:[-*•]|\d+[.)])\s*[*_]{0,2}")
_ORDERS = sifted(r"\A[^\n]*\b(?:orders?|prescriptions?|drug chart|medication chart)\b", re.I)
"""A first line that says that complete orders follow."""
_LISTED = 2
"""Items with a dose from which a list is one of complete orders."""

_BLANKET = re.compile(
    r"\b(?:resum|restart|reorder|re-order|reinstat)(?:e|es|ing)? (?:(?:all|of|his|her|their|your"
    r"|the"
    r"|these) )*(?:(?:home|usual|previous|pre-?admission|pre-?op(?:erative)?|regular|outpatient"
    r"|prior|old|chronic|other) )+(?:(?:blood|pressure|heart|oral|regular|prescribed"
    r"|diabetes) ){0,2}"
    r"(?:medic(?:ation|ine)s?|meds|tablets|drugs|pills|orders|prescriptions)\b"
    r"(?![^.;\n]*\b(?:reconcil|review|list|except|each|one by one|but|apart|other than|without"
    r"|check"
    r"|individually|first|pharmac|once|when|unless|if|after|only|below|:))",
    re.I,
)
"""An order for whatever was taken before: "resume home medications"."""
_SOLIDS = frozenset({"tablet", "capsule"})
_SOLID_ROWS = frozenset({"tablet", "solid"})
_FRAGMENT = 3
"""Words of an answer that is nothing but a drug and a dose."""
Gap = tuple[DrugMention, int, int, str]
"""A drug, where the words of its order begin and end, and what is missing."""


def _incomplete(context: Context) -> Iterator[Verdict]:
    """Report each order that leaves something out; of two gaps of one order the first."""
    told: set[int] = set()
    for mention, start, end, missing in _gaps(context):
        if mention.start not in told:
            told.add(mention.start)
            yield Signal(
                severity="warning",
                message=f"{mention.text} {missing}: the order is incomplete.",
                span=Span(start=start, end=max(end, mention.end)),
                reference=SOURCE,
                subject=next(iter(mention.ingredients), ""),
            )
    blanket = _BLANKET.search(context.text) if not context.content.drugs else None
    if blanket is not None:
        yield Signal(
            severity="warning",
            message="A blanket order names neither drugs nor doses: order each drug by itself.",
            span=Span(start=blanket.start(), end=blanket.end()),
            reference=SOURCE,
        )


def _gaps(context: Context) -> Iterator[Gap]:
    for mention, number in unitless(context):
        start, end = number.span("number")
        yield mention, min(start, mention.start), end, f"{number['number']} has no unit"
    for mention, end in vague(context):
        yield mention, mention.start, end, "is ordered in no amount that can be given"
    for mention, end in undosed(context):
        yield mention, mention.start, end, "is ordered without a dose"
    yield from _undosed_items(context)
    yield from _uncounted(context)
    yield from _fragment(context)
    for mention, regimen in unscheduled(context):
        missing = "does not say how often the dose is given"
        yield mention, mention.start, regimen.end, missing
    for mention, regimen in unrouted(context):
        missing = "does not say by which route the dose is given"
        yield mention, mention.start, regimen.end, missing


def _undosed_items(context: Context) -> Iterator[Gap]:
    """Yield the one item of a list of dosed orders that has a route or a course but no dose."""
    if _ORDERS.search(context.text) is None:
        return
    items = [m for m in context.orders if _opens_item(context.text, m)]
    known = {i for d in context.content.drugs for i in d.ingredients if has_dose(d)}
    known |= {i for d in context.facts.medications or () for i in d.ingredients}
    if sum(has_dose(m) for m in items) < _LISTED:
        return
    for mention in items:
        given = [r for r in mention.regimens if r.route or r.frequency or r.duration]
        if has_dose(mention) or not given or mention.strengths or known & set(mention.ingredients):
            continue
        local = any(r.form or r.route in LOCAL for r in given)
        if not local and ELSEWHERE.search(context.sentence(mention)) is None:
            missing = "has no dose, unlike the orders beside it"
            yield mention, mention.start, given[0].end, missing


def _opens_item(text: str, mention: DrugMention) -> bool:
    start = text.rfind("\n", 0, mention.start) + 1
    return _ITEM.fullmatch(text[start : mention.start]) is not None


def _uncounted(context: Context) -> Iterator[Gap]:
    """Yield a number of tablets or capsules of a drug that has them in several strengths."""
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    known = {i for d in context.content.drugs for i in d.ingredients if _is_measured(d)}
    for mention in context.orders:
        counted = next((r for r in mention.regimens if r.form in _SOLIDS and r.count), None)
        if counted is None or len(mention.ingredients) != 1 or mention.current:
            continue
        drug = mention.ingredients[0]
        rows = [r for r in context.knowledge.rows(StrengthRow, drug) if r.form in _SOLID_ROWS]
        if drug in taken | known or not any(len(row.strengths) > 1 for row in rows):
            continue
        if ELSEWHERE.search(context.sentence(mention)) is None:
            start = min(mention.start, counted.start)
            yield mention, start, mention.end, "has no strength, and it comes in several"


def _is_measured(mention: DrugMention) -> bool:
    """Return whether a drug has an amount or a strength, and not only a number of tablets."""
    return bool(mention.strengths or mention.maximums) or any(
        r.dose is not None or r.strength is not None for r in mention.regimens
    )


def _fragment(context: Context) -> Iterator[Gap]:
    """Yield the drug of an answer that is nothing but a drug and a dose: "Prednisone 40 mg."."""
    if len(context.text.split()) > _FRAGMENT or context.content.frequencies or context.quotes:
        return
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    for mention in context.orders:
        given = next((r for r in mention.regimens if r.dose is not None), None)
        begins = not context.text[: mention.start].strip(" -*\u2022")
        told = not begins or bool(given and (given.route or given.form or given.duration))
        if given is None or told or mention.maximums or taken & set(mention.ingredients):
            continue
        if {"min", "h"} & set(given.dose.per if given.dose is not None else ()):
            continue  # "milrinone 0.3 mcg/kg/min": a rate runs into a vein
        yield mention, mention.start, given.end, "has neither route nor frequency"


RULES = (
    Rule(
        id="MED115",
        title="incomplete order",
        category="notation",
        rationale="A number without a unit is filled in by somebody's guess.",
        check=_incomplete,
    ),
)
