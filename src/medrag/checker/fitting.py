"""Which rows of the dose table an order is held against: by route, age and use."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows import DoseRow
from medrag.checker.words import find
from medrag.clinical import Regimen

INJECTED = frozenset({"iv", "iv-push", "im", "subcutaneous", "intradermal", "intraosseous"})
_SWALLOWED = frozenset({"tablet", "er-tablet", "dr-tablet", "ir-tablet", "capsule"})


def rows_for(context: Context, drug: str, regimen: Regimen) -> tuple[DoseRow, ...]:
    """Return the dose rows that fit the drug, the stated route and the patient's age."""
    rows = context.knowledge.rows(DoseRow, drug)
    by_route = [
        row
        for row in rows
        if fits_route(row.route, regimen.route) and (not row.words or is_for(context, row.words))
    ]
    if context.facts.is_child:
        own = [row for row in by_route if row.population != "adult"]
        return tuple(own) + tuple(row for row in by_route if row.population == "adult")
    known_adult = context.facts.patient.age_years is not None
    return tuple(row for row in by_route if not (known_adult and row.population == "child"))


def fitting(rows: Sequence[DoseRow], regimen: Regimen) -> list[DoseRow]:
    """Return the rows of the stated route; what is swallowed whole is taken by mouth."""
    by_route = [row for row in rows if fits_route(row.route, regimen.route)]
    if regimen.route is not None or regimen.form not in _SWALLOWED:
        return by_route
    return [row for row in by_route if row.route in {"oral", "any"}] or by_route


def is_for(context: Context, words: tuple[str, ...]) -> bool:
    """Return whether the text or the record names the use that a row is for."""
    return context.first(words) is not None or find(context.facts.words, words) is not None


def is_depot(context: Context, row: DoseRow) -> bool:
    """Return whether a row is of the long-acting injection of an antipsychotic."""
    depots = context.knowledge.groups["depot-antipsychotic"]
    return row.key in depots and row.times is not None and row.times < Decimal("0.2")


def fits_route(row: str, stated: str | None) -> bool:
    """Return whether a row's route covers the route the text states (None: not stated)."""
    if stated is None or row in {"any", stated}:
        return True
    if stated == "iv-push" and row == "iv":
        return True
    return row == "inj" and stated in INJECTED
