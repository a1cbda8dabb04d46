"""What a lifetime's dose comes to: what the patient had, and the courses that are planned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows import CumulativeRow
from medrag.clinical import DrugMention, Regimen, convert, read
from medrag.clinical.mentions import ORDERED
from medrag.clinical.number_words import BELOW_TWENTY, CARDINALS

_NUMBERS = {**BELOW_TWENTY, "twenty": 20, **CARDINALS}
_COURSES = re.compile(
    rf"\b(?P<n>\d+|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
    r"(?:\s(?:more|further|additional|extra|planned))?\s"
    r"(?:[\w-]+\s){0,2}?(?:cycles?|courses?|infusions?|treatments?|doses)\b"
    r"|\b[x\u00d7]\s?(?P<times>\d{1,2})\b(?!\s?(?:d\b|days?|mg|weeks?))",
    re.I,
)
"""How often a course is given: "six cycles", "BEP x 4"."""
_ON_DAYS = re.compile(
    r"\bdays?\s(?P<first>\d{1,2})(?:\s?(?:to|-|\u2013|through)\s?(?P<last>\d{1,2})"
    r"|(?P<more>(?:,?\s?(?:and\s)?\d{1,2})+))",
    re.I,
)
"""The days of one course: "on days 1 to 3", "on days 1, 8 and 15"."""
_HAD = re.compile(
    r"\b(?:prior|previous\w*|earlier|past|cumulative|received|had|so far|to date|already|lifetime"
    r"|total|given|history|after|treated|exposure|before)\b",
    re.I,
)
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
_NEAR = 160
_SO_FAR_NEAR = 80
_PLAN_NEAR = 90
_BEHIND = 20
"""Characters between a drug's name and its dose."""
_NO_MORE = re.compile(
    r"[^.;]{0,40}\b(?:no (?:more|further)|not|never|\w+n['\u2019]t|below|above|range|limit\w*"
    r"|maximum|ceiling"
    r"|pass(?:es)?|exceed\w*|instead|switch\w*|stop\w*|withh?[eo]ld)\b",
    re.I,
)
"""Words by which an amount behind is no course to come."""
_LIFETIME = re.compile(
    r"\b(?:cumulative|lifetime|total)\b[^.;]{0,40}?(?<![\d.])(\d[\d,]*(?:\.\d+)?)\s*(?:mg|units)",
    re.I,
)
_WEEKS_OF_A_COURSE = 3
"""Doses of a course that is given weekly: a cycle has three weeks."""
_ONE_COURSE = Decimal(7)
"""Days up to which daily doses are one course."""


def lifetime_doses(
    context: Context, mention: DrugMention, limit: tuple[str, CumulativeRow]
) -> Iterator[Decimal]:
    """Yield what a drug comes to in a lifetime, in the unit of its limit.

    That is the amount that the text calls a lifetime's; what it says was had together with what it
    plans; and what the record and the courses ordered come to.
    """
    drug, row = limit
    stated = _LIFETIME.search(context.text, mention.start)
    if stated is not None:
        yield _amount(stated)
    for total in (_had_and_planned(context, mention, row), _reckoned(context, mention, drug, row)):
        if total is not None:
            yield total


def _had_and_planned(context: Context, mention: DrugMention, row: CumulativeRow) -> Decimal | None:
    """Return what was given so far and is planned, together; None unless the text states both.

    A course that is ordered without a number is one more: "give the next cycle of 60 mg/m2".
    """
    near = context.content.sentences[mention.sentence]
    own = set(mention.ingredients)
    behind = context.content.drugs_in(mention.end + 1, near.end + _NEAR)
    others = (place.start for place in behind if not own & set(place.ingredients))
    end = next(others, near.end + _NEAR)
    amounts = _amounts(row)
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
    named = context.content.drugs
    ends = [d.end for d in named if d.ingredients == mention.ingredients]
    each = next(
        (
            found
            for found in amounts.finditer(context.text, had.end())
            if found.start() < end + _NEAR or any(0 <= found.start() - at <= _BEHIND for at in ends)
        ),
        None,
    )
    if each is None:
        return None
    before = context.text[had.end() : each.start()]
    if _NO_MORE.search(before) or _NO_MORE.match(context.text, each.end()):
        return None
    line = max(had.end(), context.text.rfind("\n", 0, each.start()))
    planned = _COURSES.search(context.text, line, each.end() + _PLAN_NEAR)
    courses = _count(planned) if planned is not None else Decimal(1)
    total, dose = (_amount(found) for found in (had, each))
    return total + courses * dose


def _reckoned(
    context: Context, mention: DrugMention, drug: str, row: CumulativeRow
) -> Decimal | None:
    """Return what the record and the courses ordered come to; None where neither is counted."""
    if mention.polarity not in ORDERED or mention.standing in {"past", "hypothetical"}:
        return None
    had = _recorded(context, drug, row)
    to_come, counted = _planned(context, mention, row)
    return had + to_come if to_come and (had or counted) else None


def _recorded(context: Context, drug: str, row: CumulativeRow) -> Decimal:
    """Return what the patient's record says was given of a drug; 0 where it is silent."""
    patient = context.facts.patient
    had = Decimal(0)
    for entry in (*(patient.conditions or ()), *(patient.medications or ())):
        found = _amounts(row).search(entry)
        if found is None or _HAD.search(entry) is None:
            continue
        if any(drug in one.ingredients for one in read(entry).drugs):
            had += _amount(found)
    return had


def _planned(context: Context, mention: DrugMention, row: CumulativeRow) -> tuple[Decimal, bool]:
    """Return what an order comes to over all its courses, and whether it counts the courses."""
    regimen = next((r for r in mention.regimens if _dose(r, row) is not None), None)
    dose = _dose(regimen, row) if regimen is not None else None
    if regimen is None or dose is None:
        return Decimal(0), False
    said = context.sentence(mention)
    found = _COURSES.search(said)
    courses = _count(found) if found is not None else _by_length(regimen)
    return dose * _of_one(said, regimen) * (courses or 1), courses is not None


def _amounts(row: CumulativeRow) -> re.Pattern[str]:
    unit = r"mg/m(?:2|\u00b2)" if row.written == "mg/m2" else re.escape(row.written)
    return re.compile(rf"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)\s?{unit}", re.I)


def _amount(found: re.Match[str]) -> Decimal:
    return Decimal(found[1].replace(",", ""))


def _dose(regimen: Regimen, row: CumulativeRow) -> Decimal | None:
    unit = "mg/m2" if row.written == "mg/m2" else "[iU]"
    dose = convert(regimen.dose, unit) if regimen.dose is not None else None
    return None if dose is None else dose.value


def _count(found: re.Match[str]) -> Decimal:
    word = (found["n"] or found["times"]).lower()
    return Decimal(_NUMBERS.get(word, word))


def _by_length(regimen: Regimen) -> Decimal | None:
    """Return the courses of a stated length: every 3 months for five years are twenty."""
    often = regimen.frequency.per_day if regimen.frequency is not None else None
    length = regimen.duration and convert(regimen.duration, "d")
    if often is None or length is None or length.value <= _ONE_COURSE:
        return None
    return (length.value * often).quantize(Decimal(1))


def _of_one(said: str, regimen: Regimen) -> Decimal:
    """Return the doses of one course."""
    days = _ON_DAYS.search(said)
    if days is not None and days["last"]:
        return Decimal(max(int(days["last"]) - int(days["first"]) + 1, 1))
    if days is not None and days["more"]:
        return Decimal(1 + len(re.findall(r"\d+", days["more"])))
    often = regimen.frequency.per_day if regimen.frequency is not None else None
    length = regimen.duration and convert(regimen.duration, "d")
    if often is not None and length is not None and length.value <= _ONE_COURSE:
        return max(Decimal(1), length.value * often)
    weekly = often is not None and Decimal("0.1") < often < Decimal("0.2")
    return Decimal(_WEEKS_OF_A_COURSE if weekly and "cycle" in said else 1)
