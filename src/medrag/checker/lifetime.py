"""What a lifetime's dose comes to: what the patient had, and the courses that are planned."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows import CumulativeRow
from medrag.clinical import DrugMention, Regimen, convert, read
from medrag.clinical.number_words import CARDINAL, CARDINALS

_TEENS = {
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19, "twenty": 20,
}  # fmt: skip
_COURSES = re.compile(
    rf"\b(?P<n>\d+|{'|'.join(_TEENS)}|{CARDINAL})(?:\s(?:more|further|additional|extra|planned))?\s"
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
_WEEKS_OF_A_COURSE = 3
"""Doses of a course that is given weekly: a cycle has three weeks."""
_ONE_COURSE = Decimal(7)
"""Days up to which daily doses are one course."""


def recorded(context: Context, drug: str, row: CumulativeRow) -> Decimal:
    """Return what the patient's record says was given of a drug; 0 where it is silent."""
    patient = context.facts.patient
    had = Decimal(0)
    for entry in (*(patient.conditions or ()), *(patient.medications or ())):
        found = _amounts(row).search(entry)
        if found is None or _HAD.search(entry) is None:
            continue
        if any(drug in one.ingredients for one in read(entry).drugs):
            had += Decimal(found[1].replace(",", ""))
    return had


def planned(context: Context, mention: DrugMention, row: CumulativeRow) -> tuple[Decimal, bool]:
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


def _dose(regimen: Regimen, row: CumulativeRow) -> Decimal | None:
    unit = "mg/m2" if row.written == "mg/m2" else "[iU]"
    dose = convert(regimen.dose, unit) if regimen.dose is not None else None
    return None if dose is None else dose.value


def _count(found: re.Match[str]) -> Decimal:
    word = (found["n"] or found["times"]).lower()
    return Decimal(_TEENS.get(word) or CARDINALS.get(word) or word)


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
