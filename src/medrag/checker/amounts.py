"""From a stated regimen to one dose, the amount of a day, or a rate; in one unit each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from medrag.clinical import DrugMention, Quantity, Regimen, convert

_TIME = frozenset({"d", "h", "min", "s", "wk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What a regimen amounts to; each part None where the text does not say it.

    Attributes:
        single: One administration, unit without a time (`mg`, `mg/kg`).
        daily: 24 hours at the highest frequency the words allow, PRN at its maximum; same unit.
        rate: An infusion, unit with its time (`ug/kg/min`).
        per_day: The most administrations in 24 hours.
    """

    single: Quantity | None = None
    daily: Quantity | None = None
    rate: Quantity | None = None
    per_day: Decimal | None = None


def amounts(regimen: Regimen, drug: DrugMention | None = None) -> Amounts:
    """Return the amounts of a regimen; a stated daily maximum of the drug caps the day."""
    dose = _per_dose(regimen.single)
    frequency = regimen.frequency
    per_day = frequency.daily_times if frequency else None
    if frequency is not None and frequency.text.lower() == "hourly":
        per_day = None  # "fluid balance hourly" stands after many a single dose
    if frequency is not None and frequency.once:
        per_day = Decimal(1)
    per_day = _counted(per_day, drug)
    if dose is None or dose.amount_unit in _TIME or dose.comparator in {">", ">="}:
        return Amounts(per_day=per_day)  # "5 days per week" is no dose
    time = next((part for part in dose.per if part in _TIME), None)
    if time == "d":
        return _whole_day(_without(dose, "d"), per_day)
    if time is not None:
        return Amounts(rate=dose, per_day=per_day)
    if regimen.divided and per_day in {None, 1} and not regimen.per_dose:
        return Amounts(daily=dose, per_day=per_day)  # "80 mg of it a day", in doses of any number
    if regimen.divided and per_day and not regimen.per_dose:
        return Amounts(single=dose.times(1 / per_day), daily=dose, per_day=per_day)
    daily = dose.times(per_day) if per_day else None
    steady = frequency is not None and not frequency.prn
    return Amounts(single=dose, daily=_capped(daily, drug, steady=steady), per_day=per_day)


def _counted(per_day: Decimal | None, drug: DrugMention | None) -> Decimal | None:
    """Return the administrations of a day, at most as many as "no more than 5 doses" allows."""
    counts = [
        m.quantity.top for m in (drug.maximums if drug else ()) if m.quantity.unit == "{dose}"
    ]
    return min([per_day, *counts]) if per_day is not None else None


def _per_dose(dose: Quantity | None) -> Quantity | None:
    """Return "1200 mg/dose" as 1200 mg."""
    return _without(dose, "{dose}") if dose is not None and "{dose}" in dose.per else dose


def _whole_day(dose: Quantity, per_day: Decimal | None) -> Amounts:
    doses = per_day if per_day and per_day >= 1 else None
    single = dose.times(1 / doses) if doses else None
    return Amounts(single=single, daily=dose, per_day=per_day)


def _without(dose: Quantity, time: str) -> Quantity:
    parts = [dose.amount_unit, *(part for part in dose.per if part != time)]
    return Quantity(dose.value, "/".join(parts), dose.high, dose.comparator)


_FAR_ABOVE = Decimal("1.5")
"""Times a stated maximum from which a steady dose contradicts it, rather than be held by it."""


def _capped(daily: Quantity | None, drug: DrugMention | None, *, steady: bool) -> Quantity | None:
    if daily is None or drug is None:
        return daily
    for maximum in drug.maximums:
        limit = convert(maximum.quantity, daily.unit) if maximum.per == "day" else None
        if limit is None:
            continue
        beyond = steady and daily.high is None and daily.top > limit.top * _FAR_ABOVE
        if not beyond and limit.top < daily.top:
            return limit
    return daily
