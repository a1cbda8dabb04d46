"""MED106-MED107: doses by weight, their arithmetic and their limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.limits import assess, fits_route
from medrag.checker.rows import DoseRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around
from medrag.checker.wording import amount, name, number, people
from medrag.clinical import DrugMention, Quantity, QuantityMention, Regimen, convert
from medrag.core.finding import NotChecked
from medrag.core.span import Span

TOLERANCE = Decimal("0.12")
"""Stated totals are rounded to what can be drawn up or cut."""
ROUNDING = Decimal("1.10")
_DAY = re.compile(r"\s*(?:(?:a|per|each|every|/)\s*day\b|daily\b|/d\b)", re.I)


def _arithmetic(context: Context) -> Iterator[Verdict]:
    """Compare "1 mg/kg for this 60 kg patient: 120 mg" with its own numbers."""
    for mention in context.dosed:
        sentence = context.content.sentences[mention.sentence]
        inside = [
            q
            for q in context.content.quantities
            if sentence.start <= q.start and q.end <= sentence.end
        ]
        by_weight = next((q for q in inside if {"kg", "m2"} & set(q.quantity.per)), None)
        if by_weight is None or by_weight.quantity.high is not None:
            continue
        weight = _weight(context, inside, by_weight)
        total = next((q for q in inside if _is_total(q, by_weight)), None)
        if weight is None or total is None or not _belongs(context, mention, by_weight):
            continue
        yield from _compare(context, mention, (by_weight, total), weight)


def _belongs(context: Context, mention: DrugMention, by_weight: QuantityMention) -> bool:
    after = [d.start for d in context.content.drugs if mention.end <= d.start <= by_weight.start]
    return mention.start <= by_weight.start and not after


def _weight(
    context: Context, inside: list[QuantityMention], by_weight: QuantityMention
) -> Decimal | None:
    unit = "m2" if "m2" in by_weight.quantity.per else "kg"
    stated = [q for q in context.content.quantities if q.quantity.unit == unit]
    if stated:
        near = min(stated, key=lambda q: (q not in inside, q.start))
        return near.quantity.value
    if unit == "kg":
        return context.facts.patient.weight_kg
    patient = context.facts.patient
    if patient.weight_kg is None or patient.height_cm is None:
        return None
    return (patient.weight_kg * patient.height_cm / 3600).sqrt()  # Mosteller 1987


def _is_total(candidate: QuantityMention, by_weight: QuantityMention) -> bool:
    quantity = candidate.quantity
    same = quantity.amount_unit != "kg" and convert(
        Quantity(quantity.value, quantity.amount_unit),
        by_weight.quantity.amount_unit,
    )
    plain = set(quantity.per) <= {"d", "h", "min", "{dose}"} and quantity.comparator not in {
        "<=",
        "<",
    }
    return bool(same) and plain and candidate.start > by_weight.end


def _compare(
    context: Context,
    mention: DrugMention,
    pair: tuple[QuantityMention, QuantityMention],
    weight: Decimal,
) -> Iterator[Verdict]:
    by_weight, total = pair
    expected = by_weight.quantity.value * weight
    given = convert(
        Quantity(total.quantity.value, total.quantity.amount_unit), by_weight.quantity.amount_unit
    )
    clock = {"min", "h"}
    if given is None or expected <= 0:
        return
    own, others = clock & set(by_weight.quantity.per), clock & set(total.quantity.per)
    if (own, others) == ({"min"}, {"h"}):
        expected *= 60
    elif own != others:
        return  # a rate and an amount
    between = context.text[by_weight.end : total.start]
    if re.search(r"\b(max|not (?:to )?exceed|no more than|up to|cap)", between, re.I):
        return
    allowed = {expected}
    often = next(
        (f for f in context.content.frequencies if by_weight.end <= f.start <= total.end + 25), None
    )
    per_day = often.per_day if often else None
    if "d" in by_weight.quantity.per or "divided" in between or _DAY.match(between):
        allowed = {expected / n for n in (1, 2, 3, 4, 6)} if per_day is None else set()
        allowed |= {expected / per_day} if per_day else set()
        if "d" in total.quantity.per or _DAY.match(context.text[total.end : total.end + 12]):
            allowed = {expected}
    if any(abs(given.value - value) <= TOLERANCE * value for value in allowed):
        return
    right = min(allowed, key=lambda value: abs(value - given.value))
    unit = by_weight.quantity.amount_unit
    size = "m2" if "m2" in by_weight.quantity.per else "kg"
    yield Signal(
        severity="critical",
        message=f"{amount(by_weight.quantity)} at {number(weight)} {size} is "
        f"{amount(Quantity(right, unit))}, not {amount(given)}.",
        span=Span(start=by_weight.start, end=total.end),
        subject=next(iter(mention.ingredients), ""),
    )


def _by_weight(context: Context) -> Iterator[Verdict]:
    """Check doses per kilogram, and a child's plain dose by its weight."""
    for found in assess(context):
        if "kg" in found.row.unit and found.kind in {"single", "daily", "tenfold", "low"}:
            part = " a day" if found.kind == "daily" else ""
            side = "minimum" if found.kind == "low" else "maximum"
            yield Signal(
                severity="critical" if found.ratio > Decimal("1.5") else "warning",
                message=f"{name(found.drug)} {amount(found.stated)}{part}: the usual {side} is "
                f"{amount(found.limit)}{part}{people(found.row)}.",
                span=found.span,
                reference=context.knowledge.reference(found.row, found.drug),
                subject=found.drug,
            )
    yield from _childs(context)


def _childs(context: Context) -> Iterator[Verdict]:
    if not context.facts.is_child:
        return
    weight = context.facts.patient.weight_kg
    for mention in context.dosed:
        for drug in mention.ingredients[:1] if len(mention.ingredients) == 1 else ():
            rows = [
                row
                for row in context.knowledge.rows(DoseRow, drug)
                if row.unit.endswith("/kg") and row.population in {"child", "any"}
            ]
            for regimen in mention.regimens:
                fitting = [row for row in rows if fits_route(row.route, regimen.route)]
                stated = amounts(regimen, mention)
                if not fitting or stated.single is None or stated.single.per:
                    continue
                if weight is None:
                    yield NotChecked(
                        check=f"weight-based dose of {name(drug)}",
                        reason="the patient's weight is not given",
                    )
                    continue
                yield from _over_weight(context, mention, regimen, fitting)


def _over_weight(
    context: Context, mention: DrugMention, regimen: Regimen, rows: list[DoseRow]
) -> Iterator[Verdict]:
    weight = context.facts.patient.weight_kg or Decimal(1)
    stated = amounts(regimen, mention)
    drug = mention.ingredients[0]
    for part, given in (("single", stated.single), ("daily", stated.daily)):
        limited = [(row.single if part == "single" else row.daily, row) for row in rows]
        limits = [(limit, row) for limit, row in limited if limit is not None]
        if given is None or not limits:
            continue
        limit, row = max(limits, key=lambda pair: pair[0])
        unit = row.unit.partition("/")[0]
        plain = convert(given, unit)
        if plain is None or plain.top / weight <= limit * ROUNDING:
            continue
        per = Quantity(plain.top / weight, row.unit)
        day = " a day" if part == "daily" else ""
        yield Signal(
            severity="critical" if per.value > limit * Decimal("1.5") else "warning",
            message=f"{name(drug)} {amount(given)}{day} is {amount(per)}{day} for "
            f"{number(weight)} kg; the maximum is {amount(Quantity(limit, row.unit))}{day}.",
            span=around(mention, regimen),
            reference=context.knowledge.reference(row, drug),
            subject=drug,
        )
        return


RULES = (
    Rule(
        id="MED106",
        title="weight-based dose does not add up",
        category="weight-dose",
        rationale="A total that is not dose times weight is an arithmetic slip, often twofold.",
        check=_arithmetic,
    ),
    Rule(
        id="MED107",
        title="dose above the maximum by weight",
        category="weight-dose",
        rationale="Children are dosed by weight; an adult dose can be many times too much.",
        tables=("doses",),
        check=_by_weight,
    ),
)
