"""MED108: how long a drug is given, and how much of it in a lifetime."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.aims import aim_of
from medrag.checker.context import Context
from medrag.checker.going_on import going_on
from medrag.checker.lengths import DENIED, ENDLESS, ahead, kept_up, lengths
from medrag.checker.lifetime import lifetime_doses
from medrag.checker.rows import CumulativeRow, DurationRow, ShortestRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around, is_of_earlier, rows_of
from medrag.checker.wording import name, number
from medrag.checker.words import find
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.clinical.mentions import ORDERED

_ROUGHLY = Decimal("1.01")
"""Two years are 730 days or 731."""
_SEEN_ABOVE = re.compile(
    r"\b(?:above|over|beyond|past|exceed\w*)\s(?:the|its|this)\s(?:\w+\s){0,3}(?:limit|maximum"
    r"|ceiling|threshold)"
    r"|\b(?:limit|maximum|ceiling)\s(?:has been|is|was|would be)\s(?:reached|passed|exceeded)",
    re.I,
)


def _cumulative(context: Context) -> Iterator[Verdict]:
    """Report lifetime doses above the limit: stated, or had and still to come together."""
    said: set[str] = set()
    for mention in context.content.drugs:
        for drug, row in rows_of(context, mention, CumulativeRow):
            if drug in said or mention.polarity == "avoid":
                continue
            if _SEEN_ABOVE.search(context.sentence(mention)):
                continue  # the text itself says that this is too much
            totals = lifetime_doses(context, mention, (drug, row))
            total = next((total for total in totals if total > row.maximum), None)
            if total is None:
                continue
            said.add(drug)
            yield Signal(
                severity="critical",
                message=f"{name(drug)} up to {number(total)} {row.written} in total: {row.text}.",
                span=mention.span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )


def _durations(context: Context) -> Iterator[Verdict]:
    yield from _cumulative(context)
    yield from _too_short(context)
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, DurationRow):
            for regimen, days in _stated(context, mention):
                route = regimen.route if regimen is not None else None
                if row.route not in {"any", route} and route is not None:
                    continue
                if days <= row.days * _ROUGHLY or find(context.sentence(mention), row.unless):
                    continue
                if row.indication and not _is_for(context, mention, row):
                    continue
                if row.at_least is not None and not _is_as_much(mention, regimen, row):
                    continue
                yield Signal(
                    severity=row.severity,
                    message=f"{name(drug)} for {_written(days)}: {row.reason}.",
                    span=around(mention, regimen),
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )
                break


def _written(days: Decimal) -> str:
    """Return a length as a person would write it: in days, hours or minutes."""
    if days >= 1:
        return f"{days:.0f} days"
    hours = days * 24
    return f"{hours:.0f} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"


def _is_as_much(mention: DrugMention, regimen: Regimen | None, row: DurationRow) -> bool:
    """Return whether a drug is given at the dose or rate from which the row's limit holds.

    The length of a stage holds for its own dose: "10 mg for 7 days, then 5 mg for 3 months".
    """
    if regimen is not None and regimen.dose is not None:
        stated = [regimen.dose]
    else:
        stated = [r.dose for r in mention.regimens if r.dose is not None]
        stated += [maximum.quantity for maximum in mention.maximums]
    rates = (convert(rate, row.unit) for rate in stated)
    return any(rate is not None and rate.top >= (row.at_least or 0) for rate in rates)


def _stated(context: Context, mention: DrugMention) -> list[tuple[Regimen | None, Decimal]]:
    """Return the lengths of a course that the text states, by the surest reading that has any."""
    return (
        list(_stated_days(mention))
        or list(_endless(context, mention))
        or list(_in_words(context, mention))
    )


_STAGE = re.compile(
    r"\b(?:then|first|initial\w*|load\w*|lead-?in|bridg\w*|until|followed|switch\w*|step|change\w*"
    r"|repeat\w*|extend\w*|at least|more|further|additional|remaining|another|already|empiric\w*"
    r"|pending|review\w*|reassess\w*|pulse\w*|narrow\w*|de-?escalat\w*|complete\w*|minimum"
    r"|begin\w* with|start\w* with)\b",
    re.I,
)
"""Words by which a length is of one stage of a treatment, or no more than its least."""
_IN_ALL = re.compile(
    r"\b(?:in (?:all|total)|altogether|total (?:of|duration|course|length)"
    r"|(?:stopp?\w*|off) (?:\w+ ){0,3}after|is enough|are enough|suffices?|will (?:do|cure|clear)"
    r"|lasts? (?:just |only )?\w+ \w+ in)\b",
    re.I,
)
"""Words by which it is of the whole treatment."""


def _too_short(context: Context) -> Iterator[Verdict]:
    """Report a course that ends before the disease is treated.

    The lengths of a drug's stages count together; a stage that has no length may last.
    """
    said: set[str] = set()
    for mention in context.orders:
        for drug, row in rows_of(context, mention, ShortestRow):
            if drug in said or aim_of(context, mention, row.indication) is None:
                continue
            own = [d for d in context.orders if drug in d.ingredients]
            stages = [(r, days) for d in own for r, days in _stated_days(d)]
            stages = stages or [one for d in own for one in _in_words(context, d)]
            # what lasts less than a day is an infusion
            stages = [stage for stage in stages if stage[1] >= 1]
            days = sum((length for _, length in stages), Decimal(0))
            if not stages or days >= row.days or find(context.text, row.unless):
                continue
            if not _is_whole(context, own, len(stages)):
                continue
            said.add(drug)
            yield Signal(
                severity="warning",
                message=f"{name(drug)} for {_written(days)} is too short for "
                f"{row.indication[0]}: {row.text}.",
                span=around(mention, stages[0][0]),
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )


def _is_whole(context: Context, own: list[DrugMention], stages: int) -> bool:
    """Return whether the stated lengths are those of the whole treatment."""
    words = " ".join(context.sentence(mention) for mention in own)
    if _IN_ALL.search(words):
        return True
    dosed = sum(r.dose is not None or r.count is not None for d in own for r in d.regimens)
    return dosed <= stages and _STAGE.search(words) is None


def _is_for(context: Context, mention: DrugMention, row: DurationRow) -> bool:
    """Return whether the drug is given here for what the row speaks of."""
    own = find(context.sentence(mention), row.indication) is not None
    return own or aim_of(context, mention, row.indication) is not None


def _in_words(context: Context, mention: DrugMention) -> Iterator[tuple[Regimen | None, Decimal]]:
    """Yield the length that an order, or a sentence that goes on about it, states in words."""
    if mention.polarity not in ORDERED:
        return
    told = mention.polarity == "give"
    regimen = next(iter(mention.regimens), None)
    own = context.content.sentences[mention.sentence]
    before = ahead(context.text, max(own.start, mention.start - _NEAR_NAME), mention.start)
    if before is not None and told and not DENIED.search(own.text):
        yield regimen, before
        return
    for part in going_on(context, mention):
        if part.start < own.end and told:
            one = next(lengths(context.text, part.start, part.end), None)
            if one is not None and DENIED.search(context.text, part.start, one.start):
                return
        else:
            one = kept_up(context.text, part.start, part.end)
        if one is not None:
            yield regimen, one.days
            return


_NEAR_NAME = 40


def _endless(context: Context, mention: DrugMention) -> Iterator[tuple[Regimen | None, Decimal]]:
    """Yield a course of years where an order has no end; nothing where that is warned of."""
    said = context.sentence(mention)
    found = context.search(ENDLESS, said)
    start = context.content.sentences[mention.sentence].start if found is not None else 0
    if found is None or is_of_earlier(context, mention, start + found.end()):
        return
    if DENIED.search(said[: found.start()]) is None and mention.polarity == "give":
        yield next(iter(mention.regimens), None), Decimal(365)


def _stated_days(mention: DrugMention) -> Iterator[tuple[Regimen | None, Decimal]]:
    for regimen in mention.regimens:
        if regimen.duration is None:
            continue
        days = convert(Quantity(regimen.duration.top, regimen.duration.unit), "d")
        if days is not None:
            yield regimen, days.value
    for maximum in mention.maximums if mention.polarity == "give" else ():
        days = convert(maximum.quantity, "d") if maximum.per == "duration" else None
        if days is not None:
            yield next(iter(mention.regimens), None), days.value


RULES = (
    Rule(
        id="MED108",
        title="longer than the longest course",
        category="duration",
        rationale="Some drugs harm by time: ketorolac after 5 days, metoclopramide after 12 weeks.",
        tables=("durations", "shortest", "cumulative"),
        check=_durations,
    ),
)
