"""A coded dosage in the words in which a prescriber writes it, so that one reader reads both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from medrag.interop.fhir.elements import Dosage, DoseAndRate, Quantity, Range, Ratio, Repeat, Timing

_TIMES = {1: "once", 2: "twice", 3: "three times", 4: "four times"}
_PERIODS = {
    "s": "second",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
    "mo": "month",
    "a": "year",
}
_CODES = {
    "QD": "once daily",
    "BID": "twice daily",
    "TID": "three times daily",
    "QID": "four times daily",
    "QOD": "every other day",
    "AM": "every morning",
    "PM": "every afternoon",
    "BED": "at bedtime",
    "WK": "once weekly",
    "MO": "once monthly",
    **{f"Q{hours}H": f"every {hours} hours" for hours in (1, 2, 3, 4, 6, 8, 12)},
}
"""HL7 v3 GTSAbbreviation, the usual codes of `Timing.code`."""
_WHEN = {
    "HS": "at bedtime",
    "MORN": "in the morning",
    "NOON": "at noon",
    "AFT": "in the afternoon",
    "EVE": "in the evening",
    "NIGHT": "at night",
    "AC": "before meals",
    "PC": "after meals",
    "C": "with meals",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with dinner",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before dinner",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after dinner",
    "WAKE": "on waking",
    "PHS": "after falling asleep",
}
"""HL7 event-timing and v3 TimingEvent."""
_DAYS_OF = {"s": 1, "min": 1, "h": 1, "d": 1, "wk": 7, "mo": 30, "a": 365}
"""Days of a course, for each unit of its length; a part of a day counts as one."""
_LONGEST = 36500
_GROUPED = 10_000
"""From here on zeros are written in groups, as ISMP's list of error-prone notation asks."""
_UCUM = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"[{}]", ""),
        (r"\(([^()]*)\)", r"\1"),
        (r"10\*6\.?\[(?:iU|IU)\]", "million units"),
        (r"\[(?:iU|IU|USP'U|arb'U|anti'Xa'U)\]", "units"),
        (r"\[drp\]", "drops"),
        (r"\[tsp_us\]", "teaspoons"),
        (r"\[tbs_us\]", "tablespoons"),
        (r"\[(foz|lb|oz|gr|gal|pt|qt)(?:_(?:us|av|br))?\]", r"\1"),
        (r"(?<![A-Za-z])ug(?![A-Za-z])", "mcg"),
        (r"(?<![A-Za-z])(m?)eq(?![A-Za-z])", r"\1Eq"),
        (r"(?<![A-Za-z])(?:tbl|tabs?)(?![A-Za-z])", "tablets"),
        (r"(?<![A-Za-z])(?:caps?|CAPS)(?![A-Za-z])", "capsules"),
        (r"(?<![A-Za-z])24\.h(?![A-Za-z])", "day"),
        (r"(?<=[A-Za-z])\.(?=(?:min|h|d|s)(?![A-Za-z]))", "/"),
    )
)
"""What UCUM writes otherwise than prescribers do; FHIR may send the code alone."""
_ROUTE_TAG = re.compile(r"\s*\([^()]*\)\s*$| route$", re.I)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")
_GROUPS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def dosage_words(dosage: Dosage, *, form: str = "") -> str:
    """Return a dosage as `5 mg oral once daily as needed`; empty where nothing is said.

    The coded parts count where they give an amount, since they are what the order means; else
    the text that stands for all of it. A dose without a unit counts pieces of the `form`
    (`tablet`) that the medication comes in.
    """
    amounts = [words for item in dosage.dose_and_rate for words in _amounts(item, form)]
    if dosage.dose is not None or dosage.rate_quantity or dosage.rate_ratio:
        amounts += _amounts(
            DoseAndRate(
                doseQuantity=dosage.dose,
                rateQuantity=dosage.rate_quantity,
                rateRatio=dosage.rate_ratio,
            ),
            form,
        )
    written = dosage.text or dosage.patient_instruction
    if written and written.strip() and not amounts:
        return " ".join(written.split())
    route = dosage.route.words() if dosage.route else None
    parts = [
        " at ".join(amounts),
        _ROUTE_TAG.sub("", _ROUTE_TAG.sub("", route or "")).lower(),
        _timing(dosage.timing) if dosage.timing else "",
        "as needed" if _is_as_needed(dosage) else "",
        *(f"maximum {_ratio(ratio)}" for ratio in _maxima(dosage)),
    ]
    said = " ".join(part for part in parts if part)
    # A text beside an amount without a schedule is the only place where the schedule stands.
    if written and written.strip() and dosage.timing is None:
        plain = " ".join(written.split())
        return plain if _gives(plain, amounts) else f"{said} {plain}"
    return said


def _gives(text: str, amounts: list[str]) -> bool:
    """Return whether a text names every number of the coded amounts."""
    named = _numbers(text)
    return all(named >= _numbers(amount) for amount in amounts)


def _numbers(text: str) -> set[str]:
    found = _DIGITS.findall(_GROUPS.sub("", text))
    return {number.replace(",", ".") for number in found}


def has_ended(dosage: Dosage, as_of: date) -> bool:
    """Return whether a dosage was for a period that is over."""
    repeat = dosage.timing.repeat if dosage.timing else None
    period = repeat.bounds_period if repeat else None
    return period is not None and period.end is not None and period.end.day < as_of


def course_days(dosage: Dosage) -> int | None:
    """Return for how many days a dosage is meant; None where that is not said."""
    repeat = dosage.timing.repeat if dosage.timing else None
    length = repeat.bounds_duration if repeat else None
    if length is None or length.value is None or length.comparator:
        return None
    days = _DAYS_OF.get(length.code or length.unit or "")
    # The longest course that a calendar holds; more is somebody's slip.
    return None if days is None or not 0 < length.value < _LONGEST else int(length.value * days) + 1


def _maxima(dosage: Dosage) -> tuple[Ratio, ...]:
    most = dosage.max_dose_per_period
    return (most,) if isinstance(most, Ratio) else most or ()


def _is_as_needed(dosage: Dosage) -> bool:
    return bool(dosage.as_needed or dosage.as_needed_for or dosage.as_needed_codeable_concept)


def _amounts(item: DoseAndRate, form: str) -> list[str]:
    dose = item.dose_quantity
    is_count = dose is not None and not (dose.unit or dose.code)
    pieces = "" if dose is None or dose.value == 1 else "s"
    said = (
        f"{_quantity(dose)} {form}{pieces}" if is_count and form else _quantity(dose),
        _range(item.dose_range),
        _quantity(item.rate_quantity),
        _range(item.rate_range),
        _ratio(item.rate_ratio),
    )
    return [words for words in said if words]


def _number(value: Decimal) -> str:
    """Return 5 for 5.0, 0.5 for 0.50 and 1,000,000: zeros misread make a tenfold dose."""
    text = format(value, ",f" if abs(value) >= _GROUPED else "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantity(quantity: Quantity | None) -> str:
    if quantity is None or quantity.value is None:
        return ""
    unit = _spoken(quantity.unit or quantity.code or "")
    return f"{quantity.comparator or ''}{_number(quantity.value)} {unit}".strip()


def _spoken(unit: str) -> str:
    """Return a unit as a prescriber writes it: `units/kg/h` for `[iU]/kg/h`."""
    for pattern, words in _UCUM:
        unit = pattern.sub(words, unit)
    return unit


def _range(values: Range | None) -> str:
    if values is None:
        return ""
    low, high = _quantity(values.low), _quantity(values.high)
    return f"{low} to {high}" if low and high else low or (f"up to {high}" if high else "")


def _ratio(ratio: Ratio | None) -> str:
    if ratio is None:
        return ""
    above, below = _quantity(ratio.numerator), _quantity(ratio.denominator)
    if not above or not below:
        return above
    return f"{above} per {below.removeprefix('1 ')}"


def _timing(timing: Timing) -> str:
    """Return a schedule in words: of its code, which stands for all of it but its bounds.

    A code that is none of the usual ones is words of somebody's, and says less than the parts.

    Source: FHIR R4 and R5, `Timing.code`.
    """
    code, repeat = timing.code, timing.repeat
    coded = (_CODES.get(one.upper()) for one in sorted(code.codes)) if code else ()
    usual = next((words for words in coded if words), None)
    if usual:
        return " ".join((usual, *(_bounds(repeat) if repeat else ())))
    parts = " ".join(_repeated(repeat)) if repeat else ""
    has_schedule = repeat is not None and bool(_often(repeat) or repeat.when or repeat.time_of_day)
    words = code.words() if code else None
    return parts if has_schedule or not words else " ".join(part for part in (words, parts) if part)


def _repeated(repeat: Repeat) -> Iterator[str]:
    often = _often(repeat)
    if often:
        yield often
    yield from (_WHEN[code] for code in repeat.when if code in _WHEN)
    if repeat.time_of_day:
        yield "at " + " and ".join(time[:5] for time in repeat.time_of_day)
    if repeat.day_of_week:
        yield "on " + " and ".join(_DAYS.get(day, day) for day in repeat.day_of_week)
    if repeat.count is not None and not repeat.bounds_duration:
        yield "once" if repeat.count == 1 else f"for {repeat.count} doses"
    yield from _bounds(repeat)


def _bounds(repeat: Repeat) -> Iterator[str]:
    if length := _quantity(repeat.bounds_duration):
        yield f"for {length}"


def _often(repeat: Repeat) -> str:
    """Return `twice daily`, `every 6 to 8 hours`, `three times in 2 weeks`."""
    if repeat.period is None or repeat.period_unit not in _PERIODS:
        return ""
    count, most = repeat.frequency or 1, repeat.frequency_max
    period = _PERIODS[repeat.period_unit]
    times = f"{count} to {most} times" if most else _TIMES.get(count, f"{count} times")
    if repeat.period == 1 and repeat.period_max is None:
        adverbs = {"day": "daily", "week": "weekly", "month": "monthly"}
        return (
            f"{times} {adverbs.get(period, f'per {period}')}"
            if count > 1 or most
            else (f"once {adverbs[period]}" if period in adverbs else f"every {period}")
        )
    length = _number(repeat.period)
    if repeat.period_max is not None:
        length += f" to {_number(repeat.period_max)}"
    once = count == 1 and not most
    return f"every {length} {period}s" if once else f"{times} in {length} {period}s"
