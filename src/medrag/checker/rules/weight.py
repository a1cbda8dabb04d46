"""MED107: doses by weight against their limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.fitting import fitting
from medrag.checker.limits import as_mass, assess
from medrag.checker.rows import DoseRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around
from medrag.checker.wording import amount, name, number, people
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.core.finding import NotChecked

TOLERANCE = Decimal("0.12")
"""Stated totals are rounded to what can be drawn up or cut."""
ROUNDING = Decimal("1.10")
_DAY = re.compile(r"\s*(?:(?:a|per|each|every|/)\s*day\b|daily\b|/d\b)", re.I)


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
    child = context.facts.is_child
    weight = context.facts.patient.weight_kg
    for mention in context.dosed:
        for drug in mention.ingredients[:1] if len(mention.ingredients) == 1 else ():
            rows = [
                row
                for row in context.knowledge.rows(DoseRow, drug)
                if row.unit.endswith("/kg")
                and row.population in ({"child", "any"} if child else {"adult", "any"})
            ]
            if not child and weight is None:
                continue
            for regimen in mention.regimens:
                every = fitting(context.knowledge.rows(DoseRow, drug), regimen)
                if not child and any("/" not in row.unit for row in every):
                    continue  # an adult's dose is held against its own limits
                own = [row for row in every if row in rows]
                stated = as_mass(context, mention, amounts(regimen, mention))
                if not own or stated.single is None or stated.single.per:
                    continue
                if weight is None:
                    yield NotChecked(
                        check=f"weight-based dose of {name(drug)}",
                        reason="the patient's weight is not given",
                    )
                    continue
                yield from _over_weight(context, mention, regimen, own)


def _over_weight(
    context: Context, mention: DrugMention, regimen: Regimen, rows: list[DoseRow]
) -> Iterator[Verdict]:
    weight = context.facts.patient.weight_kg or Decimal(1)
    stated = as_mass(context, mention, amounts(regimen, mention))
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
        id="MED107",
        title="dose above the maximum by weight",
        category="weight-dose",
        rationale="Children are dosed by weight; an adult dose can be many times too much.",
        tables=("doses",),
        check=_by_weight,
    ),
)
