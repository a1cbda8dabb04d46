"""MED110: too little for a serious indication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.kidney import kidney
from medrag.checker.rows import UnderdoseRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.wording import amount, name
from medrag.checker.words import find
from medrag.clinical import DrugMention, Quantity, Regimen, convert

_OTHER_AIM = re.compile(
    r"\b(child|infant|neonat|newborn|pa?ediatric|year-old (?:boy|girl)|maintenance|prevent|prophyla"
    r"|secondary|history of|after (?:a|six|6|three|3) |extended|long-term|step[- ]?down|chronic"
    r"|against|patch test|sensitivity)",
    re.I,
)


_LIGHTEST = Decimal(50)
"""Kilograms of an adult whose weight nobody says: a dose that is too little even then."""
_LATER = frozenset({"titration", "then", "maintenance", "taper"})
_DENIED = re.compile(
    r"\b(?:no|not|without|excluded|ruled out|unlikely|low risk of|previous|prior)\b[^.;\n]{0,30}$",
    re.I,
)
_BACK = 400
"""Characters before an order in which a heading or a first sentence names what it is for."""
_EXPOSED = re.compile(r"\b(?:contacts?|exposure|exposed|carriers?|carriage)\b", re.I)
"""Words of those who only met the disease."""
_OVER = re.compile(
    r"\b(?:ago|previous\w*|prior|past|resolved|treated|old|remote|since|in (?:19|20)\d\d"
    r"|(?:19|20)\d\d|recurren\w+|risk|provoked|completed)\b",
    re.I,
)
"""Words of the record that make a disease one of another time."""
_IMPAIRED = Decimal(50)


def _underdose(context: Context) -> Iterator[Verdict]:
    if context.facts.is_child:
        return
    function = kidney(context.facts).measure("crcl")
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, UnderdoseRow):
            aim = _aim(context, mention, row)
            if aim is None:
                continue
            if function is not None and function[0] < _IMPAIRED:
                continue  # the kidney may be why it is less
            for regimen in mention.regimens:
                repeated = regimen.frequency is not None and not regimen.frequency.once
                if regimen.step in _LATER:
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


def _aim(
    context: Context, mention: DrugMention, row: UnderdoseRow
) -> Literal["here", "ahead"] | None:
    """Return where the indication is named: in the drug's sentence, or in what leads to it."""
    sentence = context.sentence(mention)
    if _EXPOSED.search(sentence) or _OTHER_AIM.search(sentence):
        return None
    if find(sentence, row.indication) is not None:
        return "here"
    start = context.content.sentences[mention.sentence].start
    ahead = context.text[max(0, start - _BACK) : start]
    found = find(ahead, row.indication)
    if found is None:
        return "ahead" if _is_recorded(context, row) else None
    if _OTHER_AIM.search(ahead):
        return None
    return None if _DENIED.search(ahead[: found.start]) else "ahead"


def _is_recorded(context: Context, row: UnderdoseRow) -> bool:
    """Return whether the record names the indication, and as one of today."""
    return any(
        find(condition, row.indication) is not None
        and not (_OTHER_AIM.search(condition) or _OVER.search(condition))
        for condition in context.facts.patient.conditions or ()
    )


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
