"""Reads regimens: the doses, frequencies, routes, forms and durations that belong to a drug."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, TypeAlias

from medrag.clinical.drafts import Draft, finish
from medrag.clinical.matching import Hit
from medrag.clinical.mentions import Maximum, Regimen
from medrag.clinical.quantity import Frequency, Quantity, QuantityMention
from medrag.clinical.roles import A_DAY, MAXIMUM, TIMES, count_before, is_no_dose, role

_SIZE = re.compile(r"[\s-]?(?:[\w-]+[\s-]){0,2}(?P<what>tab|cap|suppositor|vial)\w*")
_TOTAL = re.compile(r"\s?\)?\s?(?:in\s)?total\b")
_MASSES = frozenset({"mg", "g", "ug", "ng", "[iU]", "meq", "mmol"})
_DAILY_TOTAL = re.compile(
    r"\s?(?:of\s\w+\s|in\s(?:all|total)\s)?(?:(?:a|per|each|/)\s?(?:day|24\s?h(?:ours)?)\b"
    r"|in\s24\sh|daily\b(?!\sfor)|/24\s?h)"
)
_SAME = re.compile(
    r"(?:=|≈|→|\b(?:which|that)\s(?:makes|gives|comes\sto|adds\sup\sto)(?:\sexactly)?|\bthis\sis"
    r"|\bhere|\bi\.e\.,?|\bthat\sis,?|\bwhich\sis|\bequals|\bgives|\bgiving|\bor\sabout"
    r"|\bin\spractice"
    r"|\babout|\brounded\sto|\bso|\bmeaning|\bie|\bcomes\sto|\bworks\sout\s(?:to|at)"
    r"|\btotal(?:ing|ling)?)"
    r"\s?\(?(?:about|approximately|roughly|around|~|a\stotal\sof|is)?\s?\Z"
)
_NEW_STEP = re.compile(r"then|;|\.")
_RESTATES = frozenset({"(", "=", "[", ", (", "(i.e.,", "(i.e."})
_OF_FLUID = re.compile(r"\s(?:of\s)?(?:[a-z]+\s){1,3}(?:\d[\d.]*\s?%)?(?:\s[a-z]+)?\s?\(")
_DAILY_LIMIT = re.compile(
    r"\b(?:daily|24[\s-]h(?:ours?)?|per\sday|a\sday)\s(?:dos\w+|limit|max\w*|total|amount)\b[^.;|]{0,40}\Z"
)
_IN_ALL = re.compile(
    r"(?:\sof\s(?:[\w-]+\s){0,2}[\w-]+)?"
    r"\s?(?:in\s)?(?:total|all\b|cumulative|altogether|overall|for\sthe\scourse)"
)
_WHOLE_AMOUNT = re.compile(
    r"(?:\sof\s(?:[\w-]+\s){0,2}[\w-]+)?\s?(?:as\s(?:an?|the)\s)?"
    r"(?:in\stotal|in\sall\b(?!\s(?:patients|cases|adults|women|men|children))|altogether|all\stold"
    r"|cumulative(?:ly)?\b|(?:grand\s|overall\s|cumulative\s)?total\b(?!\s(?:daily|of)))"
)
_TOTAL_OF = re.compile(r"\btotal(?:s|ing|ling)?\s(?:dose\s)?(?:of\s)?(?:about\s|up\sto\s)?\Z")
_OF_WEEK = re.compile(r"\s?(?:a|per|each|every|/|in\s(?:a|any|one))\s?week\b|\sweekly\b")
_EACH = re.compile(
    r"\s?(?:per|a|each|every|single|one|/)\s?(?:single\s)?(?:dose|time|application|injection)"
    r"|\bsingle\b"
)
_AGAIN = re.compile(
    r"\s?(?:a\sday|daily|per\sday|in\s24\s(?:h|hours))?\s?(?:\(|/|=|or\s|i\.e\.\s?|,\s?|and\s)\s?"
)
_PER_DOSE = re.compile(r"\s?(?:/|per|each|a)\s?dose\b")
_LASTS = re.compile(r",?\sfor\s(?:up\sto\s|about\s)?\Z")
_MAX_OF_DAY = re.compile(
    r"\s(?:is\s(?:the\s)?)?max(?:imum)?\s(?:in|per|a|within)\s(?:a\s)?(?:day|24)"
)
_SUM_OF_DAY = re.compile(
    r"\)?\s(?:(?:have|has)\sbeen\s(?:taken|used|given|reached)\s)?(?:in|within)\s"
    r"(?:(?:any|one|a(?:\ssingle)?|the\ssame)\s)?(?:24[\s-]?h|twenty-four\shours|day\b)"
    r"|,?\s(?:is\s|being\s|as\s)?the\sday['’]s\s(?:total|limit|sum)"
    r"|\s(?:a|per|each)\sday\s(?:closes|ends|completes|is\s(?:the\s(?:end|limit|most|top)|all|enough|where))"
)
_NEXT = re.compile(
    r"\b(?:then|again|repeat\w*|another|followed\sby|increase\w*|raise\w*)\W[^.;]{0,12}\Z"
)
"""Behind a dose, an amount of a day ends it: "2 mg after each stool, stopping at 16 mg in any "
"day"."""
_OF_A_CHECK = re.compile(
    r"(?:\b(?:re-?)?(?:check(?:ing|ed)?|monitor(?:ing|ed)?|measur(?:e|ing|ed)|record(?:ing|ed)?|test(?:ing|ed)?|watch(?:ing)?)\s"
    r"(?!(?:and|then|or)\b)(?:(?!(?:give|take|then|inject)\b)[a-z'/-]+\s){0,4}"
    r"|\b(?:glucose|sugars?|potassium|pressures?|bp|pulse|ecg|creatinine|levels?|inr|vitals?|obs|observations?)\s"
    r"(?:checks?|checked|monitoring|readings?|measurements?|testing|measured)\s"
    r"|\bfinger-?\s?sticks?\s)\Z"
)
"""Words that make a frequency one of looking, not of giving."""
_BESIDE = 25
_ASIDE = 45


@dataclass(frozen=True, slots=True)
class Dosing:
    """What was read for one drug."""

    regimens: tuple[Regimen, ...] = ()
    maximums: tuple[Maximum, ...] = ()


Item: TypeAlias = "QuantityMention | Frequency | Hit"
_Per: TypeAlias = Literal["dose", "day", "week", "course", "duration"]


def read_dosing(text: str, items: Sequence[Item], used: Set[int], *, anchor: int) -> Dosing:
    """Return the regimens and maximums in `items`.

    Args:
        text: The whole text in lower case.
        items: Quantities, frequencies, and route and form hits of the drug's window, in text
            order.
        used: Starts of quantities that belong to something else (a laboratory value); skipped.
        anchor: Offset where the drug's window begins.
    """
    drafts: list[Draft] = []
    maximums: list[Maximum] = []
    taken = [(f.start, f.end) for f in items if isinstance(f, Frequency)]
    passed: int | None = None
    fluid: int | None = None
    for item in items:
        if isinstance(item, QuantityMention):
            within = any(s <= item.start < e for s, e in taken)
            if item.start not in used and (not within or _lasts(text, item)):
                if is_no_dose(text, item) or _is_aside(text, item, passed, fluid):
                    passed = item.end
                elif drafts and _is_fluid(text, item):
                    fluid = item.end
                else:
                    _take_quantity(text, item, drafts, maximums)
        elif isinstance(item, Frequency):
            if not _is_no_rate(text, item, passed):
                _take_frequency(text, item, (drafts, maximums), anchor)
        elif passed is None or item.start - passed > 1:  # "is worth 20 mg subcutaneously"
            _take_name(text, item, drafts)
    return Dosing(tuple(finish(text, drafts, anchor)), tuple(maximums))


def _is_no_rate(text: str, item: Frequency, passed: int | None) -> bool:
    """Whether a frequency is not one of giving.

    "60 mg every 12 hours would be too much", "4 g of it a day would be too much"; "check glucose
    every 4 hours".
    """
    if _OF_A_CHECK.search(text, max(0, item.start - 60), item.start):
        return True
    behind = None if passed is None else item.start - passed
    if behind is None or not 0 <= behind <= _BESIDE:
        return False
    return behind <= 1 or A_DAY.fullmatch(f" {item.text.lower()}") is not None


def _is_aside(text: str, item: QuantityMention, passed: int | None, fluid: int | None) -> bool:
    """Whether a number says again what was no dose, or what a fluid holds.

    "Course total 120 mg/kg (6,600 mg)"; "10 units in 50 mL of glucose 50 % (25 g)".
    """
    if passed is not None and text[passed : item.start].strip() in _RESTATES:
        return True
    return fluid is not None and _OF_FLUID.fullmatch(text, fluid, item.start) is not None


def _is_fluid(text: str, item: QuantityMention) -> bool:
    """Whether a volume is what a drug is diluted in: "50 units in 50 mL"."""
    return item.quantity.unit in {"mL", "L"} and text.endswith(("in ", "with "), 0, item.start)


def _lasts(text: str, item: QuantityMention) -> bool:
    """Whether a time within a frequency is how long: "every 6 hours, for six weeks, as needed"."""
    for_ = _LASTS.search(text[max(0, item.start - 14) : item.start]) is not None
    return for_ and item.quantity.unit in {"d", "wk", "mo"}


def _take_quantity(
    text: str, item: QuantityMention, drafts: list[Draft], maximums: list[Maximum]
) -> None:
    what, quantity = role(text, item, checked=True), item.quantity
    if what == "dose" and _restates(text, item, maximums) and "d" not in item.quantity.per:
        again = _maximum(text, item)
        if again.per == "day":  # "at most 4 doses (400 mg) in 24 hours": so are the doses
            maximums[-1] = replace(maximums[-1], per="day")
        maximums.append(replace(again, per=maximums[-1].per))
        return
    if what == "dose" and _is_sum(text, item, drafts):
        maximums.append(replace(_maximum(text, item), per="course"))
        return
    if what == "dose" and _ends_day(text, item, drafts):
        maximums.append(replace(_maximum(text, item), per="day"))
        return
    if what == "maximum" or (what == "dose" and _restates(text, item, maximums)):
        maximums.append(_of_day(text, item, _maximum(text, item), drafts))
        return
    if what in {"dose", "count"}:
        _take_dose(text, item, drafts, counted=what == "count")
        return
    if what not in {"strength", "duration", "over"}:
        return
    current = drafts[-1] if drafts else _open(drafts, item.start, item.end)
    current.reach(item.start, item.end)
    if what == "strength":
        current.strength = current.strength or quantity
    elif what == "duration":
        current.duration = current.duration or quantity
    else:
        current.over = current.over or quantity


def _is_sum(text: str, item: QuantityMention, drafts: Sequence[Draft]) -> bool:
    """Return whether an amount is all that the doses before it may come to: no dose of its own.

    "1.2 mg, then 0.6 mg, for a total of 1.8 mg"; "20 mg, then 40 mg, 300 mg in total at most".
    """
    doses = [d.dose for d in drafts if d.dose is not None]
    less = any(d.unit == item.quantity.unit and d.value < item.quantity.value for d in doses)
    if not less or A_DAY.match(text, item.end):
        return False
    return is_in_all(text, item.end) or _TOTAL_OF.search(text[: item.start][-24:]) is not None


def is_in_all(text: str, end: int) -> bool:
    """Return whether an amount that ends there is said to be the whole: "240 mg of it in all"."""
    return _WHOLE_AMOUNT.match(text, end) is not None


def _ends_day(text: str, item: QuantityMention, drafts: Sequence[Draft]) -> bool:
    """Return whether an amount behind a dose is the sum of a day: no dose of its own."""
    dose = drafts[-1].dose if drafts else None
    if dose is None or dose.amount_unit not in _MASSES or item.quantity.value <= dose.value:
        return False
    before = text[drafts[-1].start : item.start]
    return _SUM_OF_DAY.match(text, item.end) is not None and _NEXT.search(before) is None


def _of_day(text: str, item: QuantityMention, maximum: Maximum, drafts: Sequence[Draft]) -> Maximum:
    """Return a limit behind "twice daily" as one of the day, unless it is said to be of a dose."""
    often = drafts[-1].frequency if drafts else None
    times = often.daily_times if often else None
    if maximum.per != "dose" or times is None or not 1 <= times <= 6:
        return maximum
    if (
        "{dose}" in {maximum.quantity.unit, *item.quantity.per}
        or maximum.quantity.amount_unit not in _MASSES
    ):
        return maximum
    if _EACH.match(text, item.end) or _EACH.search(text[max(0, item.start - 30) : item.start]):
        return maximum
    return replace(maximum, per="day")


def _restates(text: str, item: QuantityMention, maximums: Sequence[Maximum]) -> bool:
    """Whether a number says a maximum again: "at most 5 doses (75 mg/kg/day)"."""
    if not maximums:
        return False
    gap = text[maximums[-1].end : item.start]
    if "d" not in item.quantity.per:
        # a second limit in parentheses, for others: "4 g in healthy adults (2 g with cirrhosis)"
        opened = gap.rpartition("(")[2]
        words = "(" in gap and ")" not in opened and opened in {"", "rarely ", "or "}
        return len(gap) <= _ASIDE and words and "." not in gap
    return _AGAIN.fullmatch(gap) is not None


def _take_dose(text: str, item: QuantityMention, drafts: list[Draft], *, counted: bool) -> None:
    current = drafts[-1] if drafts else None
    if current is not None and (current.dose is not None or current.count is not None):
        gap = text[current.end : item.start]
        if gap.strip() == "/":
            return  # "4 mg/1 mg": what the second drug of a tablet holds
        if _completes(current, gap, counted=counted):
            _complete(text, current, item, counted=counted)
            return
        if current.dose is not None and (gap.strip() in _RESTATES or _works_out(current, gap)):
            if current.dose.unit == "mL" and item.quantity.amount_unit in _MASSES:
                current.dose = item.quantity  # "60 mL (600 mg)"
            return
        if _is_day_total(text, current, item) or _is_whole(text, drafts, item):
            current.summed = True
            return
        if current.summed and gap.rstrip().endswith("then"):
            return  # "1 g every 6 hours, 4 g a day; then 3 g"
        current = None
    current = current or _open(drafts, item.start, item.end)
    current.reach(item.start, item.end)
    if counted:
        current.count = item.quantity
    elif (size := _SIZE.match(text, item.end)) and "/" not in item.quantity.unit:
        current.strength = item.quantity
        current.count = current.count or count_before(text, item.start, size["what"])
    else:
        current.dose = item.quantity
        current.per_dose = "{dose}" in item.quantity.per or bool(_PER_DOSE.match(text, item.end))


def _is_day_total(text: str, current: Draft, item: QuantityMention) -> bool:
    """Whether a number sums up the day of a regimen: "600 mg every 8 hours, 1.8 g a day"."""
    per_day = current.frequency.daily_times if current.frequency else None
    gap = text[current.end : item.start]
    if per_day is None and current.dose is not None and current.per_dose:
        per_day = (
            Decimal(2) if _SAME.search(gap) else None
        )  # "400 mg per dose, that is 800 mg a day"
    if per_day is None or per_day <= 1:
        return False
    return len(gap) <= 60 and _DAILY_TOTAL.match(text, item.end) is not None


def _is_whole(text: str, drafts: Sequence[Draft], item: QuantityMention) -> bool:
    """Whether a number sums up the steps before it: "10 mg/kg, then 5 mg/kg, 15 mg/kg in all"."""
    steps = [d.dose for d in drafts if d.dose is not None and d.dose.unit == item.quantity.unit]
    whole = sum(dose.value for dose in steps) == item.quantity.value
    return len(steps) > 1 and whole and _IN_ALL.match(text, item.end) is not None


def _works_out(current: Draft, gap: str) -> bool:
    """Whether a number is what a dose by weight comes to: "15 mg/kg (14 kg x 15 mg) = 210 mg"."""
    dose = current.dose
    by_size = dose is not None and bool({"kg", "m2", "d", "h", "min"} & set(dose.per))
    return by_size and len(gap) <= 80 and ". " not in gap and _SAME.search(gap) is not None


def _complete(text: str, current: Draft, item: QuantityMention, *, counted: bool) -> None:
    current.reach(item.start, item.end)
    if counted:
        current.count = item.quantity
    elif _TOTAL.match(text, item.end) or (
        item.quantity.high and current.count and current.count.high
    ):
        current.dose = item.quantity  # "2 capsules, 800 mg total"; "1-2 tablets, 5-10 mg"
    else:
        current.strength = item.quantity


def _completes(current: Draft, gap: str, *, counted: bool) -> bool:
    """Whether a number belongs to the dose before it: "2 tablets (500 mg)", "500 mg, 2 tablets"."""
    if counted:
        apart = len(gap) >= 20 or _NEW_STEP.search(gap) is not None
        return current.dose is not None and current.count is None and not apart
    open_count = current.count is not None and current.dose is None and current.strength is None
    return open_count and len(gap) <= 40 and _NEW_STEP.search(gap) is None


def _open(drafts: list[Draft], start: int, end: int) -> Draft:
    drafts.append(Draft(start, end))
    return drafts[-1]


def _maximum(text: str, item: QuantityMention) -> Maximum:
    quantity = item.quantity
    pers: dict[str, _Per] = {"d": "day", "wk": "week", "{dose}": "dose"}
    per: _Per = "duration" if quantity.unit in TIMES else "dose"
    unit = quantity.unit
    for part in quantity.per:
        if part in pers:
            per = pers[part]
            unit = "/".join(p for p in unit.split("/") if p != part)
    before = text[max(0, item.start - 60) : item.start]
    after = _MAX_OF_DAY.match(text, item.end)
    if per == "dose" and (after or A_DAY.match(text, item.end) or _DAILY_LIMIT.search(before)):
        per = "day"
    elif per == "dose" and _OF_WEEK.match(text, item.end):
        per = "week"
    elif per == "dose" and _IN_ALL.match(text, item.end):
        per = "course"
    bare = Quantity(quantity.value, unit, quantity.high)
    return Maximum(quantity=bare, per=per, start=item.start, end=item.end)


def _take_frequency(
    text: str, item: Frequency, taken: tuple[list[Draft], list[Maximum]], anchor: int
) -> None:
    drafts, maximums = taken
    again = bool(drafts) and drafts[-1].frequency is not None and item.per_day is not None
    if again and item.per_day is not None and MAXIMUM.search(text[: item.start][-60:]):
        # "every 4 hours, at most 5 doses in 24 hours"
        count = Quantity(item.per_day, "{dose}")
        maximums.append(Maximum(quantity=count, per="day", start=item.start, end=item.end))
        return
    current = drafts[-1] if drafts else _open(drafts, item.start, item.end)
    known = current.frequency
    of_a_day = current.dose is not None and "d" in current.dose.per
    if known is None and of_a_day and A_DAY.fullmatch(f" {item.text.lower()}"):
        return  # "80 mg/kg/day, for 16 kg this is 1,280 mg a day, so 640 mg twice daily"
    if known is None:
        current.frequency = item
    elif known.per_day is None and item.per_day is not None:
        prn, steady = item.prn or known.prn, item.continuous or known.continuous
        current.frequency = replace(item, prn=prn, continuous=steady)
    elif item.prn and item.per_day is None:
        current.frequency = replace(known, prn=True)
    elif item.per_day is not None and known.start < anchor:
        current.frequency = item  # "her weekly X is to be taken every day"
    else:
        return
    current.reach(item.start, item.end)


def _take_name(text: str, item: Hit, drafts: list[Draft]) -> None:
    current = drafts[-1] if drafts else _open(drafts, item.start, item.end)
    if item.kind == "route" and current.route and ";" in text[current.end : item.start]:
        current = _open(drafts, item.start, item.end)  # "1 mg IM daily; oral treatment with 2 mg"
    dosed = current.dose is not None or current.count is not None
    if item.kind == "route" and (current.route is None or (current.route_first and dosed)):
        current.route, current.route_first = item.keys[0], not dosed
    elif item.kind == "form" and current.form is None:
        current.form = item.keys[0]
    else:
        return
    current.reach(item.start, item.end)
