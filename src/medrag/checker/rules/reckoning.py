"""MED106: whether the amounts of an order follow from its own numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from medrag.checker.arithmetic import wrong_sums
from medrag.checker.context import Context
from medrag.checker.pumps import wrong_rates, wrong_volumes
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, name, number
from medrag.clinical import DrugMention, Quantity, QuantityMention, convert
from medrag.clinical.mentions import ORDERED, starting_in
from medrag.core.finding import NotChecked
from medrag.core.span import Span

TOLERANCE = Decimal("0.12")
"""Stated totals are rounded to what can be drawn up or cut."""
_DAY = re.compile(r"\s*(?:(?:a|per|each|every|/)\s*day\b|daily\b|/d\b|in 24)", re.I)
_PER_DOSE = re.compile(r"\s*(?:(?:per|each|every|a|/)\s*(?:dose|administration)|at a time)\b", re.I)
_CAPPED = re.compile(
    r"\b(?:max\w*|not (?:to )?exceed|(?:no|never|not) more than|at most|up to|cap(?:ped)?|limit\w*"
    r"|tablets?|then|next|increas\w*|planned|later|after|followed|infusion of|vial|strength"
    r"|comes (?:as|in)|usual)\b",
    re.I,
)
_CAP_AFTER = re.compile(
    r"\s?[(\[,;:\u2013-]?\s?(?:is |this is |being |which is )?(?:the |at the |its )?"
    r"(?:max\w*|at most|most|cap(?:ped)?|ceiling|limit)\b\.?(?: (?:single|daily|total"
    r"|adult))?(?: dose)?"
    r"(?: (?:of|is|at|to))?:? ?(?P<limit>\d[\d,]*(?:\.\d+)?)?",
    re.I,
)
_OTHER_WEIGHT = re.compile(
    r"\b(?:ideal|adjusted|dosing|lean|dry|birth) (?:body )?weight\b|\bIBW\b|\bAdjBW\b", re.I
)
_FAR = 160
_PART_NEAR = 40
_IN_PART = re.compile(
    r"\b(?:quarter|half|third|thirds|quarters|\d+ ?(?:%|per ?cent)) (?:of |the |a |usual |full "
    r"|standard ){1,4}\Z",
    re.I,
)
_PARTS = re.compile(
    r"\b(?:in|into|as) (two|three|four|2|3|4) (?:equal |divided |daily |single ){0,2}doses"
    r"|\bdivided (?:in|into|by) (two|three|four|2|3|4)\b",
    re.I,
)
_HOW_MANY = {"two": 2, "three": 3, "four": 4}
_OF_A_LAB = re.compile(r"^(?:mg/d[lL]|mmol|mOsm|mosm|ms|mm|mL/min|ng|pg|U/|IU/|x|%|kg/m)", re.I)


def _reckoned(context: Context) -> Iterator[Verdict]:
    yield from _sums(context)
    for by_weight in context.content.quantities:
        if {"kg", "m2"} & set(by_weight.quantity.per) and by_weight.quantity.high is None:
            yield from _by_weight(context, by_weight)
    yield from _meals(context)
    yield from wrong_rates(context)
    yield from wrong_volumes(context)


_CARBOHYDRATE = sifted(
    r"(?<!\d)(?P<eaten>\d+) ?g (?:of )?carb\w*.{0,60}?\b(?:1|one) units? (?:per|for(?: every)?|to)"
    r" (?P<per>\d+) ?g"
    r".{0,60}?(?P<given>\d+) units",
    re.I | re.S,
)
"""A mealtime dose by a carbohydrate ratio."""


def _meals(context: Context) -> Iterator[Signal]:
    """Yield mealtime insulin that the stated ratio does not give."""
    match = _CARBOHYDRATE.search(context.text)
    if match is None or int(match["per"]) == 0:
        return
    right, given = Decimal(match["eaten"]) / Decimal(match["per"]), Decimal(match["given"])
    if abs(right - given) > max(Decimal(1), TOLERANCE * right):
        yield Signal(
            severity="critical",
            message=f"{match['eaten']} g at 1 unit for {match['per']} g is {number(right)} units, "
            f"not {number(given)}.",
            span=Span(start=match.start("given"), end=match.end()),
            subject="insulin",
        )


def _sums(context: Context) -> Iterator[Signal]:
    """Yield the written sums about doses; those about results are LAB204's."""
    for found in wrong_sums(context.text):
        if not is_of_a_dose(context, found.span, found.unit):
            continue
        yield Signal(
            severity="critical",
            message=f"{found.span.of(context.text).strip()}: the left side is "
            f"{number(found.right)}, not {number(found.said)}.",
            span=found.span,
            fact=f"sum {found.span.end}",
        )


def is_of_a_dose(context: Context, span: Span, unit: str) -> bool:
    """Return whether a sum is about a dose: a drug is named before it, the unit is no result's."""
    named = any(drug.start < span.end for drug in context.content.drugs)
    return named and _OF_A_LAB.match(unit) is None


def _by_weight(context: Context, by_weight: QuantityMention) -> Iterator[Verdict]:
    """Compare "1 mg/kg for this 60 kg patient: 120 mg" with its own numbers."""
    if _IN_PART.search(context.text, max(0, by_weight.start - _PART_NEAR), by_weight.start):
        return  # "a quarter of 50 mg/m2"
    drug = _drug(context, by_weight)
    total = _total(context, by_weight, drug) if drug is not None else None
    if drug is None or total is None:
        return
    size = _size(context, by_weight, total)
    if size is None:
        if context.facts.known:
            what = ", ".join(name(i) for i in drug.ingredients) or drug.text
            yield NotChecked(
                check=f"total of {what} from {amount(by_weight.quantity)}",
                reason="the weight (or height) is not given",
            )
        return
    expected = _expected(context, (by_weight, total), size)
    if _OTHER_WEIGHT.search(context.text):  # each of the weights may be meant
        stated = {q.quantity.value for q in _stated(context, by_weight, total)}
        for other in {context.facts.patient.weight_kg or size, *stated} - {size}:
            expected |= _expected(context, (by_weight, total), other)
    given = convert(
        Quantity(total.quantity.value, total.quantity.amount_unit), by_weight.quantity.amount_unit
    )
    if given is None or not expected:
        return
    if any(abs(given.value - value) <= TOLERANCE * value for value in expected):
        return
    right = min(expected, key=lambda value: abs(value - given.value))
    unit = by_weight.quantity.amount_unit
    yield Signal(
        severity="critical",
        message=f"{amount(by_weight.quantity)} at {number(size)} "
        f"{'m2' if 'm2' in by_weight.quantity.per else 'kg'} is {amount(Quantity(right, unit))}, "
        f"not {amount(given)}.",
        span=Span(start=by_weight.start, end=total.end),
        subject=next(iter(drug.ingredients), ""),
        fact=f"sum {total.end}",
    )


def _drug(context: Context, by_weight: QuantityMention) -> DrugMention | None:
    """Return the drug that a dose by weight is of: the nearest before it.

    Where its sentence names none before, it is the next: "at 15 mg/kg for 12 kg give X 180 mg".
    """
    before = reversed(context.content.drugs_in(0, by_weight.start))
    near = next(
        (d for d in before if d.end <= by_weight.start and not _is_passed(context, d, by_weight)),
        None,
    )
    ahead = next(iter(starting_in(context.dosed, by_weight.end, len(context.text))), None)
    if ahead is not None and (near is None or near.sentence < ahead.sentence):
        own = context.content.sentences[ahead.sentence].start <= by_weight.start
        near = ahead if own else near
    return near if near is not None and near.polarity in ORDERED else None


def _is_passed(context: Context, drug: DrugMention, by_weight: QuantityMention) -> bool:
    """Return whether an earlier sentence only turns a drug down: "heparin rather than an LMWH"."""
    earlier = context.content.sentences[drug.sentence].end <= by_weight.start
    return earlier and drug.polarity not in ORDERED and not drug.regimens


def _total(
    context: Context, by_weight: QuantityMention, drug: DrugMention
) -> QuantityMention | None:
    """Return the amount that is said to follow: the first like it, before the next order."""
    order = context.content.drug_behind(max(by_weight.end, drug.start))
    limit = min(by_weight.end + _FAR, len(context.text) if order is None else order.start)
    for found in starting_in(context.content.quantities, by_weight.end + 1, limit):
        if {"kg", "m2"} & set(found.quantity.per):
            return None
        if not _is_like(found, by_weight):
            continue
        if _CAPPED.search(context.text[by_weight.end : found.start]):
            return None
        if _is_cap(context.text, found):
            return None
        if not _is_factor(context.text, found):
            return found
    return None


def _is_cap(text: str, found: QuantityMention) -> bool:
    """Return whether a total is the stated ceiling: "5 mg/kg: 300 mg (maximum 300 mg)"."""
    cap = _CAP_AFTER.match(text, found.end)
    if cap is None:
        return False
    return cap["limit"] is None or Decimal(cap["limit"].replace(",", "")) == found.quantity.value


def _is_factor(text: str, found: QuantityMention) -> bool:
    """Return whether a number is multiplied or divided, rather than what comes out."""
    after = re.match(r"\s*[x×*/]\s*\d", text[found.end : found.end + 5])
    return after is not None or re.search(r"[x×*]\s*$", text[: found.start]) is not None


def _is_like(found: QuantityMention, by_weight: QuantityMention) -> bool:
    quantity = found.quantity
    if quantity.amount_unit == "kg" or quantity.comparator not in {None, "~"} or quantity.high:
        return False
    plain = set(quantity.per) <= {"d", "h", "min", "{dose}"}
    same = Quantity(quantity.value, quantity.amount_unit)
    return plain and convert(same, by_weight.quantity.amount_unit) is not None


def _size(context: Context, by_weight: QuantityMention, total: QuantityMention) -> Decimal | None:
    """Return weight or surface: as stated with the dose, else the patient's."""
    unit = "m2" if "m2" in by_weight.quantity.per else "kg"
    stated = _stated(context, by_weight, total)
    if stated:
        middle = by_weight.start
        return min(stated, key=lambda q: abs(q.start - middle)).quantity.value
    patient = context.facts.patient
    if _OTHER_WEIGHT.search(context.text):
        return None  # another weight than the patient's own, and it is not stated
    if unit == "kg":
        return patient.weight_kg
    if patient.weight_kg is None or patient.height_cm is None:
        return None
    return (patient.weight_kg * patient.height_cm / 3600).sqrt()  # Mosteller 1987


def _stated(
    context: Context, by_weight: QuantityMention, total: QuantityMention
) -> list[QuantityMention]:
    """Return the weights or surfaces that are written near a dose and its total."""
    unit = "m2" if "m2" in by_weight.quantity.per else "kg"
    return [
        q
        for q in context.content.quantities
        if q.quantity.unit == unit
        and q.quantity.high is None
        and q.quantity.comparator is None
        and by_weight.start - _FAR <= q.start <= total.end + 40
    ]


def _expected(
    context: Context, pair: tuple[QuantityMention, QuantityMention], size: Decimal
) -> set[Decimal]:
    """Return what the total may be, by day or by dose; empty where it cannot be compared."""
    by_weight, total = pair
    whole = by_weight.quantity.value * size
    own, other = _clock(by_weight), _clock(total)
    if own != other:
        scale = {("min", "h"): Decimal(60), ("h", "min"): Decimal(1) / 60}.get((own, other))
        return {whole * scale} if scale is not None else set()
    between = context.text[by_weight.end : total.start]
    after = context.text[total.end : total.end + 14]
    daily = "d" in by_weight.quantity.per or _DAY.match(between) is not None
    if not daily and "divided" not in between:
        return {whole}
    times = _times(context, pair)
    if "d" in total.quantity.per or _DAY.match(after):
        return {whole}
    shared = {whole / n for n in times}
    each = "{dose}" in total.quantity.per or _PER_DOSE.match(after)
    return shared if each or times != _USUAL else {whole, *shared}


def _clock(found: QuantityMention) -> str:
    return next((part for part in found.quantity.per if part in {"min", "h"}), "")


_USUAL: Sequence[Decimal] = tuple(Decimal(n) for n in (1, 2, 3, 4, 6))


def _times(context: Context, pair: tuple[QuantityMention, QuantityMention]) -> Sequence[Decimal]:
    """Return how often a day is divided: as stated near, else the usual ways."""
    by_weight, total = pair
    near = [f for f in context.content.frequencies if by_weight.end <= f.start <= total.end + 30]
    often = next((f.per_day for f in near if f.per_day and f.per_day > 1), None)
    parts = _PARTS.search(context.text, by_weight.end, total.start) if often is None else None
    if parts is not None:
        written = (parts[1] or parts[2]).lower()
        often = Decimal(_HOW_MANY.get(written) or int(written))
    return (often,) if often else _USUAL


RULES = (
    Rule(
        id="MED106",
        title="dose does not add up",
        category="weight-dose",
        rationale="A total that is not dose times weight is an arithmetic slip, often twofold.",
        check=_reckoned,
    ),
)
