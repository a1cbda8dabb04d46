"""How a stated dose stands to the rows of the dose table.

All dose rules rest on `assess`, so that one dose gives one verdict: a thousandfold dose is a
unit error, not also a tenfold one and one above the maximum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from medrag.checker.amounts import Amounts, amounts
from medrag.checker.context import Context
from medrag.checker.pumps import strength_of
from medrag.checker.rows import DoseRow, RateRow
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.core.span import Span

Kind = Literal["unit", "thousandfold", "tenfold", "single", "daily", "times", "low", "weight"]

INJECTED = frozenset({"iv", "iv-push", "im", "subcutaneous", "intradermal", "intraosseous"})
_DEPOT = re.compile(
    r"\b(decanoate|depot|long-acting inj\w*|LAI|lauroxil|palmitate|microspheres|consta|sustenna"
    r"|trinza|hafyera|erzofri|maintena|asimtufii|aristada|perseris|uzedy|rykindo|relprevv|pamoate|monthly"
    r"|every (?:2|two|3|three|6|six) months"
    r"|every (?:2|two|4|four|6|six|8) weeks)\b",
    re.I,
)
_NEAR = 4
TENFOLD = Decimal(4)
"""A dose this many times the largest usual one is called a tenfold error: the largest dose
itself is often twice the usual one."""
THOUSANDFOLD = Decimal(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """One dose that does not fit its rows.

    Attributes:
        kind: What is wrong with it.
        stated: The dose or daily amount as compared.
        limit: The limit it breaks, in the row's unit.
        row: The row of that limit.
        ratio: stated / limit.
    """

    kind: Kind
    drug: str
    mention: DrugMention
    regimen: Regimen
    stated: Quantity
    limit: Quantity
    row: DoseRow
    ratio: Decimal

    @property
    def span(self) -> Span:
        """From the drug's name to the end of the regimen, where they stand together."""
        start = min(self.mention.start, self.regimen.start)
        return Span(start=start, end=max(self.mention.end, self.regimen.end))


def assess(context: Context) -> tuple[Excess, ...]:
    """Return what is wrong with the doses of the text, one verdict for each regimen.

    Only a dose that is above the maximum both singly and by the day gives two.
    """
    found = context.shared.get("excesses")
    if not isinstance(found, tuple):
        found = context.shared["excesses"] = tuple(_assess_all(context))
    return found


def _assess_all(context: Context) -> Iterator[Excess]:
    for mention in context.dosed:
        if not _is_one_drug(context, mention):
            continue  # a combination's strengths are summed by MED202
        for index, regimen in enumerate(mention.regimens):
            if not _is_how_fast(context, mention.ingredients[0], mention.regimens[:index], regimen):
                yield from _assess(context, mention, regimen)
        yield from _stated_maximums(context, mention)


def _is_how_fast(context: Context, drug: str, before: Sequence[Regimen], regimen: Regimen) -> bool:
    """Return whether a rate says how fast the dose before it is given: "200 mg IV at 4 mg/min"."""
    rate = regimen.dose
    if rate is None or not rate.per or not before or before[-1].dose is None:
        return False
    rows = context.knowledge.rows(RateRow, drug)
    return not before[-1].dose.per and any(convert(rate, row.unit) is not None for row in rows)


def _is_one_drug(context: Context, mention: DrugMention) -> bool:
    """Return whether a dose is of one drug: alone, or with an inhibitor that only protects it.

    Piperacillin with tazobactam is prescribed by the sum of both; its row holds that sum.
    """
    protecting = context.knowledge.groups["protecting-inhibitor"]
    return bool(mention.ingredients) and protecting.issuperset(mention.ingredients[1:])


def _stated_maximums(context: Context, mention: DrugMention) -> Iterator[Excess]:
    """Yield the limits that the text itself states above the table's: "up to 6 g a day".

    "Up to 4 mg three times a day" is a dose and how often, and both count.
    """
    for maximum in mention.maximums:
        often = [
            r for r in mention.regimens if r.single is None and 0 <= r.start - maximum.end < _NEAR
        ]
        if maximum.per == "dose" and often and often[0].frequency is not None:
            yield from _assess(context, mention, replace(often[0], dose=maximum.quantity))
    repeated = any(r.frequency and r.frequency.daily_times is None for r in mention.regimens)
    for maximum in mention.maximums:
        if maximum.per not in {"day", "dose"} or (repeated and maximum.per == "dose"):
            continue  # "every 2 minutes, up to 10 mg" limits the whole, not a dose
        route = next((r.route for r in mention.regimens if r.route), None)
        regimen = Regimen(start=maximum.start, end=maximum.end, route=route)
        rows = rows_for(context, mention.ingredients[0], regimen)
        same = [row for row in rows if convert(maximum.quantity, row.unit) is not None]
        part: Literal["single", "daily"] = "daily" if maximum.per == "day" else "single"
        found = _Builder(mention, regimen, same).above(part, maximum.quantity) if same else None
        course = part == "single" and found is not None and found.ratio >= TENFOLD
        if found is not None and not (course and _limits_course(context.text, maximum.start)):
            yield found


_OF_COURSE = re.compile(r"\b(?:limit|lifetime|cumulative|total|ceiling)\w*\b[^.;]{0,25}$", re.I)


def _limits_course(text: str, start: int) -> bool:
    """Return whether a limit is of all doses together: "drop it (limit 400 units)"."""
    return _OF_COURSE.search(text[max(0, start - 40) : start]) is not None


def rows_for(context: Context, drug: str, regimen: Regimen) -> tuple[DoseRow, ...]:
    """Return the dose rows that fit the drug, the stated route and the patient's age."""
    rows = context.knowledge.rows(DoseRow, drug)
    by_route = [row for row in rows if fits_route(row.route, regimen.route)]
    if context.facts.is_child:
        own = [row for row in by_route if row.population != "adult"]
        return tuple(own) + tuple(row for row in by_route if row.population == "adult")
    known_adult = context.facts.patient.age_years is not None
    return tuple(row for row in by_route if not (known_adult and row.population == "child"))


def _is_depot(context: Context, row: DoseRow) -> bool:
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


def _assess(context: Context, mention: DrugMention, regimen: Regimen) -> Iterator[Excess]:
    drug = mention.ingredients[0]
    rows = rows_for(context, drug, regimen)
    plain = amounts(regimen, mention)
    stated = _as_mass(context, mention, plain)
    if stated is not plain and regimen.route is None and {row.route for row in rows} == {"oral"}:
        return  # "8.4% 50 mL" is no tablet
    probe = stated.single or stated.daily or stated.rate
    if probe is None:
        return
    if not rows:
        yield from _by_other_route(context, mention, regimen)
        return
    same = [row for row in rows if convert(probe, row.unit) is not None]
    other = [row for row in same if not _is_depot(context, row)]
    if other and len(other) < len(same) and not _DEPOT.search(context.sentence(mention)):
        same = other
    if not same:
        wrong = _unit_error(mention, regimen, probe, rows)
        yield from (wrong,) if wrong else ()
        return
    if regimen.route is None and _is_by_weight(context, mention, (rows, same), probe):
        return
    build = _Builder(mention, regimen, same)
    single = build.above("single", stated.single or stated.rate)
    often, daily = build.often(stated), build.above("daily", stated.daily)
    if single is not None and (single.kind != "single" or daily is None):
        yield single
    elif often is not None and often.limit.value < 1:
        yield often
    elif single is not None or daily is not None:
        yield from (found for found in (single, daily) if found is not None)
    else:
        low = build.below(stated.single or stated.rate)
        yield from (found for found in (often or low,) if found is not None)


def _is_by_weight(
    context: Context,
    mention: DrugMention,
    found: tuple[Sequence[DoseRow], Sequence[DoseRow]],
    probe: Quantity,
) -> bool:
    """Return whether a mass is what the text's own dose by weight makes: "5 mg/kg, 375 mg".

    Without a route it is then held against the rows by weight of another route than those by
    mass: `found` are all rows, and those by mass.
    """
    rows, same = found
    routes = {row.route for row in same}
    weight = context.facts.patient.weight_kg
    if weight is None or not any(r.dose and "kg" in r.dose.per for r in mention.regimens):
        return False
    return any(
        row.single is not None
        and row.route not in routes
        and row.unit.endswith("/kg")
        and (given := convert(probe, row.unit.removesuffix("/kg"))) is not None
        and given.top <= row.single * weight
        for row in rows
    )


def _as_mass(context: Context, mention: DrugMention, stated: Amounts) -> Amounts:
    """Return the amounts with a volume turned into the mass that its strength gives.

    "Lidocaine 1 %, 60 mL" is 600 mg; without exactly one strength in the sentence it stays.
    """
    volume = stated.single
    if volume is None or volume.unit != "mL" or volume.high is not None:
        return stated
    held = strength_of(context, mention)
    if held is None:
        return stated
    mass = Quantity(volume.value * held.value, held.amount_unit)
    return Amounts(single=mass, per_day=stated.per_day)


def _by_other_route(context: Context, mention: DrugMention, regimen: Regimen) -> Iterator[Excess]:
    """Yield gross errors of an injected dose from the oral rows: injected doses are no larger."""
    if regimen.route not in INJECTED or context.facts.is_child:
        return
    rows = context.knowledge.rows(DoseRow, mention.ingredients[0])
    stated = amounts(regimen, mention).single
    same = [row for row in rows if stated is not None and convert(stated, row.unit) is not None]
    found = _Builder(mention, regimen, same).above("single", stated) if same else None
    if found is not None and found.kind in {"tenfold", "thousandfold"}:
        yield found


def _unit_error(
    mention: DrugMention, regimen: Regimen, probe: Quantity, rows: Sequence[DoseRow]
) -> Excess | None:
    """Return a verdict where a mass is given for a drug dosed in units, or the reverse."""
    row = next((r for r in rows if r.unit.count("/") == probe.unit.count("/")), None)
    kinds = {_kind(probe.amount_unit), *(_kind(r.unit.partition("/")[0]) for r in rows)}
    if probe.amount_unit == "g" and mention.ingredients[0].startswith("insulin"):
        return None  # grams of carbohydrate
    if _kind(probe.amount_unit) == "volume" and not mention.ingredients[0].startswith("insulin"):
        return None  # of what strength the volume is, nobody says; insulin is never drawn by mL
    if row is None or "other" in kinds or row.unit.split("/")[1:] != list(probe.per):
        return None
    stated = _kind(probe.amount_unit)
    if stated in {_kind(r.unit.partition("/")[0]) for r in rows} or stated in {"mol", "eq"}:
        return None  # an amount of substance is another way to say a mass
    limit = Quantity(row.single or row.daily or Decimal(0), row.unit)
    return Excess(
        kind="unit",
        drug=mention.ingredients[0],
        mention=mention,
        regimen=regimen,
        stated=probe,
        limit=limit,
        row=row,
        ratio=Decimal(0),
    )


def _kind(unit: str) -> str:
    if unit == "mL":
        return "volume"
    if unit.endswith("g") and len(unit) <= 2:
        return "mass"
    return {"[iU]": "units", "m[iU]": "units", "U": "units", "meq": "eq", "mmol": "mol"}.get(
        unit, "other"
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    mention: DrugMention
    regimen: Regimen
    rows: Sequence[DoseRow]

    def above(self, part: Literal["single", "daily"], stated: Quantity | None) -> Excess | None:
        limited = [r for r in self.rows if (r.single if part == "single" else r.daily)]
        if stated is None or not limited:
            return None
        row = max(limited, key=lambda r: _base(_limit(r, part)))
        limit = _limit(row, part)
        given = convert(stated, row.unit)
        if given is None or given.top <= limit.value:
            return None
        ratio = given.top / limit.value
        kind: Kind = part
        if part == "single" and ratio >= TENFOLD:
            kind = "tenfold"
        if ratio >= THOUSANDFOLD and self._usual(given.top / 1000, row):
            kind = "thousandfold"
        return self._excess(kind, stated, (limit, row), ratio)

    def often(self, stated: Amounts) -> Excess | None:
        limited = [r for r in self.rows if r.times]
        if stated.per_day is None or not limited or len(limited) < len(self.rows):
            return None
        row = max(limited, key=lambda r: r.times or 0)
        times = row.times or Decimal(1)
        ratio = stated.per_day / times
        once = self.regimen.frequency is not None and self.regimen.frequency.once
        if once or ratio < (Decimal("1.05") if times < 1 else Decimal(2)):
            return None
        dose = stated.single or stated.daily or Quantity(Decimal(1), "1")
        return self._excess("times", dose, (Quantity(times, "/d"), row), ratio)

    def below(self, stated: Quantity | None) -> Excess | None:
        limited = [r for r in self.rows if r.low]
        if stated is None or not limited or len(limited) < len(self.rows):
            return None
        row = min(limited, key=lambda r: _base(Quantity(r.low or Decimal(0), r.unit)))
        limit = Quantity(row.low or Decimal(1), row.unit)
        given = convert(stated, row.unit)
        if given is None or given.top * 8 > limit.value or given.top <= 0:
            return None
        kind: Kind = "thousandfold" if self._usual(given.top * 1000, row) else "low"
        return self._excess(kind, stated, (limit, row), given.top / limit.value)

    def _usual(self, value: Decimal, row: DoseRow) -> bool:
        low, high = row.low or Decimal(0), row.single or row.daily
        return high is not None and low / 2 <= value <= high

    def _excess(
        self, kind: Kind, stated: Quantity, broken: tuple[Quantity, DoseRow], ratio: Decimal
    ) -> Excess:
        limit, row = broken
        return Excess(
            kind=kind,
            drug=self.mention.ingredients[0],
            mention=self.mention,
            regimen=self.regimen,
            stated=stated,
            limit=limit,
            row=row,
            ratio=ratio,
        )


def _limit(row: DoseRow, part: Literal["single", "daily"]) -> Quantity:
    value = row.single if part == "single" else row.daily
    return Quantity(value or Decimal(0), row.unit)


def _base(quantity: Quantity) -> Decimal:
    amount = quantity.unit.partition("/")[0]
    scale = {"ug": Decimal("0.001"), "g": Decimal(1000), "ng": Decimal("0.000001")}
    return quantity.value * scale.get(amount, Decimal(1))
