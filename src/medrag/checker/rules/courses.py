"""MED108: how long a drug is given, and how much of it in a lifetime."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows import CumulativeRow, DurationRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around, is_of_earlier, rows_of
from medrag.checker.wording import name, number
from medrag.checker.words import find
from medrag.clinical import DrugMention, Quantity, Regimen, convert

_NEAR = 160
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
_HAD = re.compile(
    r"\b(?:already|so far|to date|has (?:now )?(?:had|received)|have (?:had|received)|cumulative"
    r"|lifetime|previous(?:ly)?|in total)\b[^.;]{0,50}?(\d[\d,]*(?:\.\d+)?)\s*(?:mg|units)\b",
    re.I,
)
_PLANNED = re.compile(
    r"\b(?P<n>\d+|one|two|three|four|five|six|eight|ten)\s(?:more|further|additional|extra)\s"
    r"(?:[\w-]+\s){0,2}(?:cycles?|doses?|courses?|infusions?|treatments?)",
    re.I,
)
_LIFETIME = re.compile(
    r"\b(?:cumulative|lifetime|total)\b[^.;]{0,40}?(?<![\d.])(\d[\d,]*(?:\.\d+)?)\s*(?:mg|units)",
    re.I,
)


def _cumulative(context: Context) -> Iterator[Verdict]:
    """Report lifetime doses above the limit: stated, or had and still to come together."""
    said: set[str] = set()
    for mention in context.content.drugs:
        for drug, row in rows_of(context, mention, CumulativeRow):
            if drug in said or mention.polarity == "avoid":
                continue
            stated = _LIFETIME.search(context.text, mention.start)
            total = Decimal(stated[1].replace(",", "")) if stated is not None else None
            if total is None or total <= row.maximum:
                total = _had_and_planned(context, mention, row)
            if total is None or total <= row.maximum:
                continue
            said.add(drug)
            yield Signal(
                severity="critical",
                message=f"{name(drug)} up to {number(total)} {row.written} in total: {row.text}.",
                span=mention.span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )


def _had_and_planned(context: Context, mention: DrugMention, row: CumulativeRow) -> Decimal | None:
    """Return what was given so far and is planned, together; None unless the text states both."""
    near = context.content.sentences[mention.sentence]
    others = [
        place.start
        for place in context.content.drugs
        if place.start > mention.end and not set(place.ingredients) & set(mention.ingredients)
    ]
    end = min([near.end + _NEAR, *others])
    window = context.text[near.start : end]
    had = _HAD.search(window)
    if had is None:
        return None
    planned = _PLANNED.search(context.text, mention.start)
    total = Decimal(had[1].replace(",", ""))
    if planned is None:
        return None
    courses = Decimal(_COUNTS.get(planned["n"].lower()) or planned["n"])
    sentence = context.text[planned.start() : planned.end() + 90].partition("\n")[0]
    each = re.search(rf"\b(\d+(?:\.\d+)?)\s*(?:mg/m2|mg/m²|{row.written})", sentence, re.I)
    return total + courses * Decimal(each[1]) if each is not None else None


def _durations(context: Context) -> Iterator[Verdict]:
    yield from _cumulative(context)
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, DurationRow):
            stated = list(_stated_days(mention)) or list(_endless(context, mention))
            for regimen, days in stated:
                route = regimen.route if regimen is not None else None
                if row.route not in {"any", route} and route is not None:
                    continue
                if days <= row.days or find(context.sentence(mention), row.unless):
                    continue
                yield Signal(
                    severity=row.severity,
                    message=f"{name(drug)} for {days:.0f} days: {row.reason}.",
                    span=around(mention, regimen),
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )


_ENDLESS = re.compile(
    r"\b(?:indefinite(?:ly)?|life-?long|for life|permanent(?:ly)?|for good"
    r"|for (?:many )?(?:years|months)"
    r"|without (?:an? )?(?:stop|end) date|year-round|as long as (?:needed|it helps|symptoms last"
    r"|(?:he|she|you) (?:likes?|wants?))"
    r"|(?:for |on )?at least (?:a|one|\d+) years?|open-ended)\b",
    re.I,
)
"""A course without an end."""
_DENIED = re.compile(r"\b(?:not|never|no|cannot|avoid|without|rather than)\b|n't\b", re.I)


def _endless(context: Context, mention: DrugMention) -> Iterator[tuple[Regimen | None, Decimal]]:
    """Yield a course of years where an order has no end; nothing where that is warned of."""
    said = context.sentence(mention)
    found = _ENDLESS.search(said)
    start = context.content.sentences[mention.sentence].start if found is not None else 0
    if found is None or is_of_earlier(context, mention, start + found.end()):
        return
    if _DENIED.search(said[: found.start()]) is None and mention.polarity == "give":
        yield next(iter(mention.regimens), None), Decimal(365)


def _stated_days(mention: DrugMention) -> Iterator[tuple[Regimen | None, Decimal]]:
    for regimen in mention.regimens:
        if regimen.duration is None:
            continue
        days = convert(Quantity(regimen.duration.top, regimen.duration.unit), "d")
        if days is not None:
            yield regimen, days.value


RULES = (
    Rule(
        id="MED108",
        title="longer than the longest course",
        category="duration",
        rationale="Some drugs harm by time: ketorolac after 5 days, metoclopramide after 12 weeks.",
        tables=("durations",),
        check=_durations,
    ),
)
