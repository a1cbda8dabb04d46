"""MED110: too little for a serious indication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.aims import aim_of, also_called
from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.each import each_alone
from medrag.checker.kidney import kidney_of
from medrag.checker.rows import UnderdoseRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, name
from medrag.checker.words import find, find_all
from medrag.clinical import DrugMention, Quantity, Regimen, convert

_LIGHTEST = Decimal(50)
"""Kilograms of an adult whose weight nobody says: a dose that is too little even then."""
_BESIDE = 30
_CLAUSE = 70
_FAILED = sifted(
    r"\b(?:despite|in spite of|notwithstanding|not controlled (?:by|on|with)"
    r"|while on) (?:[\w-]+ ){0,3}\Z",
    re.I,
)
_WEAK = re.compile(
    r"(?:\b(?:below|under|less than)|<) ?\d+ ?mL/min|\b(?:clearance|CrCl|e?GFR|renal|kidneys?"
    r"|dialysis)\b[^.;]*\Z",
    re.I,
)
_COUNTED = re.compile(
    r"\b(?:two|three|four|[2-4])\s(?:(?:double|single|full)[- ]strength )?"
    r"(?:tablets? of |capsules? of )?\Z",
    re.I,
)
"""Words before a name that make its strength a part of the dose: "two X 5 mg tablets"."""
_LATER = frozenset({"titration", "then", "maintenance", "taper"})
_IMPAIRED = Decimal(50)
_GROWN = Decimal(18)
"""Rows for those under an age up to this are the only ones of children."""
_HOURLY = Decimal(24)
"""Times a day above which a dose is of an emergency: "repeat every 5 minutes if needed"."""


def _underdose(context: Context) -> Iterator[Verdict]:
    function = kidney_of(context).measure("crcl") if context.dosed else None
    if function is not None and function[0] < _IMPAIRED:
        return  # the kidney may be why it is less
    child = context.facts.is_child
    for mention in context.dosed:
        if context.search(_FAILED, context.text, max(0, mention.start - 60), mention.start):
            continue  # what did not help was not begun for this
        for drug, row in rows_of(context, mention, UnderdoseRow):
            if child and (row.under_age is None or row.under_age > _GROWN):
                continue
            if _is_his(context, row, knows_kidney=function is not None):
                yield from _under(context, mention, drug, row)


def _under(
    context: Context, mention: DrugMention, drug: str, row: UnderdoseRow
) -> Iterator[Verdict]:
    """Yield the regimens of a drug that are too little for the indication of a row."""
    aim = aim_of(context, mention, row.indication)
    if aim is None or (aim == "ahead" and mention.current):
        return
    if _is_enough(context, mention, drug, row) or _is_counted(context, mention):
        return
    for regimen in _regimens(context, mention, drug):
        often = regimen.frequency
        daily = often.per_day if often is not None and not often.once else None
        repeated = daily is not None and daily <= _HOURLY
        if regimen.step in _LATER or _is_for_weak_kidneys(context, mention, regimen):
            continue
        if aim == "ahead" and repeated and row.min_daily is None:
            continue  # the row is of a first dose, the order may be of what follows it
        given = _too_little(context, mention, regimen, row)
        if given is not None:
            yield Signal(
                severity="warning",
                message=f"{name(drug)} {amount(given)} is too little for "
                f"{row.indication[0]}: {row.text}.",
                span=around(mention, regimen),
                reference=context.knowledge.reference(row, drug),
                subject=drug,
                fact=f"{drug}: too little",
            )


def _regimens(context: Context, mention: DrugMention, drug: str) -> tuple[Regimen, ...]:
    """Return the regimens of one drug of a mention: of a combination, what it gives of that."""
    alone = (one for one in each_alone(context.text, mention) if drug in one.ingredients)
    return next((one.regimens for one in alone), mention.regimens)


def _is_enough(context: Context, mention: DrugMention, drug: str, row: UnderdoseRow) -> bool:
    """Return whether the parts of a dose make it whole, or it is right for another aim named.

    "A bolus of 7 mg, then 63 mg over an hour"; "125 mg four times daily for C. difficile; in
    pneumonia it has to be intravenous".
    """
    parts = [
        _in_unit(context, amounts(regimen).single, row.unit)
        for other in context.dosed
        if drug in other.ingredients
        for regimen in other.regimens
        if regimen.frequency is None or regimen.frequency.once
    ]
    if len(parts) > 1 and sum((part for part in parts if part), Decimal(0)) >= row.min_single:
        return True
    said = context.sentence(mention)
    own = find_all(said, also_called(row.indication))
    return any(
        any(not any(span.overlaps(one) for one in own) for span in find_all(said, other.indication))
        and all(_too_little(context, mention, r, other) is None for r in mention.regimens)
        for other in context.knowledge.rows(UnderdoseRow, drug)
        if other.indication != row.indication
    )


def _is_for_weak_kidneys(context: Context, mention: DrugMention, regimen: Regimen) -> bool:
    """Return whether a dose is said to be for a failing kidney: "below 30 mL/min it is ..."."""
    start = max(mention.start, regimen.start - _CLAUSE)
    return _WEAK.search(context.text, start, regimen.start) is not None


def _is_his(context: Context, row: UnderdoseRow, *, knows_kidney: bool) -> bool:
    """Return whether nothing that would make the lower dose right is true or unknown."""
    patient = context.facts.patient
    age, weight = patient.age_years, patient.weight_kg
    young = row.under_age is None or (age is not None and age < row.under_age)
    heavy = row.above_kg is None or (weight is not None and weight > row.above_kg)
    clear = not row.kidney or knows_kidney
    if not (young and heavy and clear):
        return False
    taken = " ".join((context.text, *(patient.medications or ())))
    return not row.unless or find(taken, row.unless) is None


def _is_counted(context: Context, mention: DrugMention) -> bool:
    beside = max(0, mention.start - _BESIDE)
    return _COUNTED.search(context.text, beside, mention.start) is not None


def _too_little(
    context: Context, mention: DrugMention, regimen: Regimen, row: UnderdoseRow
) -> Quantity | None:
    stated = amounts(regimen, mention)
    single = _in_unit(context, stated.single or stated.rate, row.unit)
    if single is None:
        return None
    if single < row.min_single:
        daily = _in_unit(context, stated.daily, row.unit)
        whole = row.min_daily is not None and daily is not None and daily >= row.min_daily
        return None if whole else stated.single or stated.rate
    daily = _in_unit(context, stated.daily, row.unit)
    if row.min_daily is not None and daily is not None and daily < row.min_daily:
        return stated.daily
    return None


def _in_unit(context: Context, dose: Quantity | None, unit: str) -> Decimal | None:
    """Return a dose in a row's unit, by weight where the row is; None where it cannot be."""
    if dose is None:
        return None
    plain = convert(dose, unit)
    if plain is not None:
        return plain.top
    weight = context.facts.patient.weight_kg or _LIGHTEST
    if "/kg" not in unit:
        bare = convert(Quantity(dose.top, dose.unit.replace("/kg", "", 1)), unit)
        return bare.value * weight if bare is not None and "/kg" in dose.unit else None
    converted = convert(dose, unit.replace("/kg", "", 1))
    return converted.top / weight if converted is not None else None


RULES = (
    Rule(
        id="MED110",
        title="too little for a serious indication",
        category="single-dose",
        rationale="In meningitis or anaphylaxis a small dose is no treatment.",
        tables=("underdoses",),
        check=_underdose,
    ),
)
