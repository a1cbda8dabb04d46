"""How a stated dose stands to the rows of the dose table.

All dose rules rest on `assess`, so that one dose gives one verdict: a thousandfold dose is a
unit error, not also a tenfold one and one above the maximum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from medrag.checker.amounts import Amounts, amounts
from medrag.checker.context import Context
from medrag.checker.cumulated import is_cumulated
from medrag.checker.each import each_alone
from medrag.checker.excess import TENFOLD, THOUSANDFOLD, Builder, Excess
from medrag.checker.fitting import INJECTED, is_depot, rows_for
from medrag.checker.pumps import strength_of
from medrag.checker.rows import DoseRow, RateRow
from medrag.clinical import DrugMention, Quantity, Regimen, convert

_DEPOT = re.compile(
    r"\b(decanoate|depot|long-acting inj\w*|LAI|lauroxil|palmitate|microspheres|consta|sustenna"
    r"|trinza|hafyera|erzofri|maintena|asimtufii|aristada|perseris|uzedy|rykindo|relprevv|pamoate|monthly"
    r"|every (?:2|two|3|three|6|six) months"
    r"|every (?:2|two|4|four|6|six|8) weeks)\b",
    re.I,
)
_NEAR = 4


def assess(context: Context) -> tuple[Excess, ...]:
    """Return what is wrong with the doses of the text, one verdict for each regimen.

    Only a dose that is above the maximum both singly and by the day gives two.
    """
    return context.once(_assessed)


def _assessed(context: Context) -> tuple[Excess, ...]:
    return tuple(_assess_all(context))


def _assess_all(context: Context) -> Iterator[Excess]:
    for mention in context.dosed:
        if not _is_one_drug(context, mention) or mention.strengths:
            for alone in each_alone(context.text, mention):
                yield from _only_too_much(context, alone)
            continue
        for index, regimen in enumerate(mention.regimens):
            drug, before = mention.ingredients[0], mention.regimens[:index]
            if not (
                _is_how_fast(context, drug, before, regimen) or is_cumulated(context, drug, regimen)
            ):
                yield from _assess(context, mention, regimen)
        yield from _stated_maximums(context, mention)


def _only_too_much(context: Context, alone: DrugMention) -> Iterator[Excess]:
    """Yield that a combination gives too much of one of its drugs.

    What looks a thousand times too much is a strength whose unit is not written ("250/50").
    """
    for regimen in alone.regimens:
        for found in _assess(context, alone, regimen):
            above = found.kind in {"single", "daily", "tenfold"}
            if above and found.ratio < THOUSANDFOLD:
                yield found


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
    yield from _counted_out(context, mention)
    repeated = any(r.frequency and r.frequency.daily_times is None for r in mention.regimens)
    for maximum in mention.maximums:
        if maximum.per not in {"day", "dose"} or (repeated and maximum.per == "dose"):
            continue  # "every 2 minutes, up to 10 mg" limits the whole, not a dose
        route = next((r.route for r in mention.regimens if r.route), None)
        regimen = Regimen(start=maximum.start, end=maximum.end, route=route)
        rows = rows_for(context, mention.ingredients[0], regimen)
        same = [row for row in rows if convert(maximum.quantity, row.unit) is not None]
        part: Literal["single", "daily"] = "daily" if maximum.per == "day" else "single"
        found = Builder(mention, regimen, same).above(part, maximum.quantity) if same else None
        course = part == "single" and found is not None and found.ratio >= TENFOLD
        whole = is_cumulated(
            context, mention.ingredients[0], replace(regimen, dose=maximum.quantity)
        )
        course = course and _limits_course(context.text, maximum.start)
        if found is not None and not (course or whole):
            yield found


def _counted_out(context: Context, mention: DrugMention) -> Iterator[Excess]:
    """Yield that as many things as a day is allowed hold too much: "500 mg, up to 12 tablets"."""
    held = next(
        (
            content
            for r in mention.regimens
            if (content := r.strength or r.dose) is not None and not content.per
        ),
        None,
    )
    for maximum in mention.maximums:
        unit = maximum.quantity.unit
        if held is None or maximum.per != "day" or unit not in _THINGS or held.high is not None:
            continue
        day = Quantity(held.value * maximum.quantity.top, held.unit)
        route = next((r.route for r in mention.regimens if r.route), None)
        regimen = Regimen(start=maximum.start, end=maximum.end, route=route)
        rows = rows_for(context, mention.ingredients[0], regimen)
        same = [row for row in rows if convert(day, row.unit) is not None]
        found = Builder(mention, regimen, same).above("daily", day) if same else None
        if found is not None:
            yield found


_THINGS = frozenset(
    {"{tablet}", "{capsule}", "{puff}", "{lozenge}", "{piece}", "{patch}", "{suppository}"}
)
_OF_COURSE = re.compile(r"\b(?:limit|lifetime|cumulative|total|ceiling)\w*\b[^.;]{0,25}$", re.I)


def _limits_course(text: str, start: int) -> bool:
    """Return whether a limit is of all doses together: "drop it (limit 400 units)"."""
    return _OF_COURSE.search(text[max(0, start - 40) : start]) is not None


def _assess(context: Context, mention: DrugMention, regimen: Regimen) -> Iterator[Excess]:
    drug = mention.ingredients[0]
    rows = rows_for(context, drug, regimen)
    plain = amounts(regimen, mention)
    stated = as_mass(context, mention, plain)
    if stated is not plain and regimen.route is None and {row.route for row in rows} == {"oral"}:
        return  # "8.4% 50 mL" is no tablet
    probe = stated.single or stated.daily or stated.rate
    if probe is None:
        return
    if not rows:
        yield from _by_other_route(context, mention, regimen)
        return
    same = [row for row in rows if convert(probe, row.unit) is not None]
    same, depot = _with_depots(context, mention, same)
    if not same:
        wrong = _unit_error(mention, regimen, probe, rows)
        yield from (wrong,) if wrong else ()
        return
    if regimen.route is None and _is_by_weight(context, mention, (rows, same), probe):
        return
    often = Builder(mention, regimen, depot or same).often(stated)
    yield from _broken(context, Builder(mention, regimen, same), stated, often)


def _broken(
    context: Context, build: Builder, stated: Amounts, often: Excess | None
) -> Iterator[Excess]:
    """Yield the verdict that weighs most; a dose above the maximum may be one of the day, too."""
    single = build.above("single", stated.single or stated.rate)
    daily = build.above("daily", stated.daily)
    if single is not None and (single.kind != "single" or daily is None):
        yield single
    elif often is not None and often.limit.value < 1:
        yield often
    elif single is not None or daily is not None:
        yield from (found for found in (single, daily) if found is not None)
    else:
        low = build.below(stated.single or stated.rate)
        if low is not None and _is_childs_share(context, low):
            low = None
        yield from (found for found in (often or low,) if found is not None)


def _with_depots(
    context: Context, mention: DrugMention, same: list[DoseRow]
) -> tuple[list[DoseRow], list[DoseRow]]:
    """Return the rows of a drug with a depot form, and those of how often that form is given."""
    other = [row for row in same if not is_depot(context, row)]
    if not other or len(other) == len(same):
        return same, []
    if _DEPOT.search(context.sentence(mention)) is None:
        return other, []
    own = _DEPOT.search(_own_words(context, mention)) is not None
    return same, [row for row in same if row not in other] if own else []


_ADULT_KG = Decimal(60)
_EIGHTH = 8


def _is_childs_share(context: Context, low: Excess) -> bool:
    """Return whether a dose below an adult's is what a child's weight makes of it."""
    if not context.facts.is_child or low.row.population != "adult":
        return False
    weight = context.facts.patient.weight_kg
    if weight is None:
        return True
    return low.ratio * _EIGHTH * _ADULT_KG > weight


def _own_words(context: Context, mention: DrugMention) -> str:
    """Return the words about a drug up to the next name of its sentence that is another's."""
    words = context.sentence(mention)
    start = context.content.sentences[mention.sentence].start
    behind = context.content.drugs_in(mention.end + 1, start + len(words))
    others = (d.start - start for d in behind if d.ingredients != mention.ingredients)
    return words[: next(others, len(words))]


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


def as_mass(context: Context, mention: DrugMention, stated: Amounts) -> Amounts:
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
    found = Builder(mention, regimen, same).above("single", stated) if same else None
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
