"""MED108: how long a drug is given, and how much of it in a lifetime."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.aims import aim_of
from medrag.checker.context import Context
from medrag.checker.rows import CumulativeRow, DurationRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around, is_of_earlier, rows_of
from medrag.checker.wording import name, number
from medrag.checker.words import find
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.clinical.number_words import CARDINAL, COUNTS, count_of

_NEAR = 160
_ROUGHLY = Decimal("1.01")
"""Two years are 730 days or 731."""
_SO_FAR = re.compile(
    r"\b(?:already|so far|to date|up to now|until now|(?:has|have)(?: now)? (?:had|received)"
    r"|cumulative\w*|lifetime|previous(?:ly)?|prior|total|equivalents?)\b[^.;]{0,50}\Z",
    re.I,
)
"""Words of what was given before, ahead of its amount."""
_SO_FAR_AFTER = re.compile(
    r"[^.;]{0,40}\b(?:so far|to date|up to now|until now|already|in (?:total|all)|altogether"
    r"|(?:was|were|been) (?:given|infused|received|administered))\b",
    re.I,
)
_SO_FAR_NEAR = 80
_PLAN_NEAR = 90
_BEHIND = 20
"""Characters between a drug's name and its dose."""
_NO_MORE = re.compile(
    r"[^.;]{0,40}\b(?:no (?:more|further)|not|never|n't|below|above|range|limit\w*|maximum|ceiling"
    r"|pass(?:es)?|exceed\w*|instead|switch\w*|stop\w*|withh?[eo]ld)\b",
    re.I,
)
"""Words by which an amount behind is no course to come."""
_PLANNED = re.compile(
    r"\b(?P<n>\d+|" + CARDINAL + r")\s(?:(?:more|further|additional|extra)\s)?"
    r"(?:[\w-]+\s){0,2}(?:cycles?|doses?|courses?|infusions?|treatments?)",
    re.I,
)
_SEEN_ABOVE = re.compile(
    r"\b(?:above|over|beyond|past|exceed\w*)\s(?:the|its|this)\s(?:\w+\s){0,3}(?:limit|maximum"
    r"|ceiling|threshold)"
    r"|\b(?:limit|maximum|ceiling)\s(?:has been|is|was|would be)\s(?:reached|passed|exceeded)",
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
            if _SEEN_ABOVE.search(context.sentence(mention)):
                continue  # the text itself says that this is too much
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
    """Return what was given so far and is planned, together; None unless the text states both.

    A course that is ordered without a number is one more: "give the next cycle of 60 mg/m2".
    """
    near = context.content.sentences[mention.sentence]
    others = [
        place.start
        for place in context.content.drugs
        if place.start > mention.end and not set(place.ingredients) & set(mention.ingredients)
    ]
    end = min([near.end + _NEAR, *others])
    unit = r"mg/m(?:2|\u00b2)" if row.written == "mg/m2" else re.escape(row.written)
    amounts = re.compile(rf"(?<![\d.])(\d[\d,]*(?:\.\d+)?)\s?{unit}", re.I)
    had = next(
        (
            found
            for found in amounts.finditer(context.text, near.start, end)
            if _SO_FAR.search(
                context.text, max(near.start, found.start() - _SO_FAR_NEAR), found.start()
            )
            or _SO_FAR_AFTER.match(context.text, found.end())
        ),
        None,
    )
    if had is None:
        return None
    own = [d.end for d in context.content.drugs if d.ingredients == mention.ingredients]
    each = next(
        (
            found
            for found in amounts.finditer(context.text, had.end())
            if found.start() < end + _NEAR or any(0 <= found.start() - at <= _BEHIND for at in own)
        ),
        None,
    )
    if each is None:
        return None
    before = context.text[had.end() : each.start()]
    if _NO_MORE.search(before) or _NO_MORE.match(context.text, each.end()):
        return None
    line = max(had.end(), context.text.rfind("\n", 0, each.start()))
    planned = _PLANNED.search(context.text, line, each.end() + _PLAN_NEAR)
    courses = count_of(planned["n"]) if planned is not None else Decimal(1)
    total, dose = (Decimal(found[1].replace(",", "")) for found in (had, each))
    return total + courses * dose


def _durations(context: Context) -> Iterator[Verdict]:
    yield from _cumulative(context)
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, DurationRow):
            stated = (
                list(_stated_days(mention))
                or list(_endless(context, mention))
                or list(_in_words(context, mention))
            )
            for regimen, days in stated:
                route = regimen.route if regimen is not None else None
                if row.route not in {"any", route} and route is not None:
                    continue
                if days <= row.days * _ROUGHLY or find(context.sentence(mention), row.unless):
                    continue
                if row.indication and not _is_for(context, mention, row):
                    continue
                yield Signal(
                    severity=row.severity,
                    message=f"{name(drug)} for {days:.0f} days: {row.reason}.",
                    span=around(mention, regimen),
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )


def _is_for(context: Context, mention: DrugMention, row: DurationRow) -> bool:
    """Return whether the drug is given here for what the row speaks of."""
    own = find(context.sentence(mention), row.indication) is not None
    return own or aim_of(context, mention, row.indication) is not None


_ENDLESS = re.compile(
    r"\b(?:indefinite(?:ly)?|life-?long|for life|permanent(?:ly)?|for good"
    r"|for (?:many )?(?:years|months)"
    r"|without (?:an? )?(?:stop|end) date|year-round|as long as (?:needed|it helps|symptoms last"
    r"|(?:he|she|you) (?:likes?|wants?))"
    r"|(?:for |on )?at least (?:a|one|\d+) years?|open-ended)\b",
    re.I,
)
"""A course without an end."""
_LENGTH = re.compile(
    r"\b(?:for|over|during|last(?:s|ing)?|refills?(?: it)? for)\s(?:about\s|roughly\s|around\s"
    r"|at\sleast\s|another\s"
    r"|the\s|up\sto\s|as\s(?:long|much|many)\sas\s)?"
    r"(?:next\s|coming\s|first\s)?(?P<n>half\san?|an?\scouple\sof|an?\sfew|an?|several|many|\d+|"
    + CARDINAL
    + r")[\s-](?P<unit>day|week|month|year)s?\b(?!\s(?:ago|old|before|after|later|apart))",
    re.I,
)
"""A length in words that are no number: "for a year", "over the next few months"."""
_COMING = re.compile(
    r"\b(?:for|over|during|through(?:out)?|all) (?:the |this )?"
    r"(?:whole |entire |coming |next |full |rest of the )+(?P<unit>month|year)\b"
    r"|\ball (?P<round>year|month) (?:long|round)\b",
    re.I,
)
"""A length that is one of its unit: "for the coming year"."""
_AHEAD = re.compile(
    r"\b(?P<n>an?|\d+|" + CARDINAL + r")[\s-](?P<unit>day|week|month|year)s?(?:['\u2019]s?)?"
    r"\s(?:(?:course|supply)\s)?of\s(?:[\w-]+\s){0,2}\Z",
    re.I,
)
"""A length ahead of the name: "six months of daily fluconazole"."""
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_SOME = {"half": Decimal("0.5"), "couple": Decimal(2), "few": Decimal(3), "several": Decimal(4)}
_DENIED = re.compile(r"\b(?:not|never|no|cannot|avoid|without|rather than)\b|n't\b", re.I)


def _in_words(context: Context, mention: DrugMention) -> Iterator[tuple[Regimen | None, Decimal]]:
    """Yield the length that an order states without a number of its own."""
    said = context.sentence(mention)
    start = context.content.sentences[mention.sentence].start
    behind = _AHEAD.search(said, max(0, mention.start - start - _NEAR_NAME), mention.start - start)
    if behind is not None and mention.polarity == "give" and not _DENIED.search(said):
        yield next(iter(mention.regimens), None), _days(behind["n"], behind["unit"])
        return
    coming = _COMING.search(said, max(0, mention.end - start))
    if coming is not None and mention.polarity == "give" and not _DENIED.search(said):
        unit = coming["unit"] or coming["round"]
        yield next(iter(mention.regimens), None), _days("a", unit)
        return
    behind = _LENGTH.search(said, max(0, mention.end - start))
    others = [other.start for other in context.content.drugs if other.start > mention.end]
    if behind is None or start + behind.start() > min(others, default=len(context.text)):
        return
    if _DENIED.search(said[mention.end - start : behind.start()]) or mention.polarity != "give":
        return
    yield next(iter(mention.regimens), None), _days(behind["n"], behind["unit"])


_NEAR_NAME = 40


def _days(counted: str, unit: str) -> Decimal:
    words = counted.lower()
    some = next((n for word, n in _SOME.items() if word in words), None)
    count = some or (count_of(words) if words.isdigit() or words in COUNTS else Decimal(1))
    return count * _DAYS[unit.lower()]


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
        tables=("durations",),
        check=_durations,
    ),
)
