"""Reads regimens: the doses, frequencies, routes, forms and durations that belong to a drug."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, TypeAlias

from medrag.clinical.matching import Hit
from medrag.clinical.mentions import Maximum, Regimen, Step
from medrag.clinical.quantity import Frequency, Quantity, QuantityMention

Role = Literal["dose", "count", "strength", "duration", "over", "maximum", "age", "time", "other"]

_MAXIMUM = re.compile(
    r"(?<![a-z])(?:max(?:imum|\.)?(?:\s(?:\w+\s){0,3}(?:dose|dosage|amount|of|is|per\sday"
    r"|daily))*(?:\s(?:of|is|at|to))?|not\s(?:to\s)?(?:be\s)?exceed(?:ed|ing)?"
    r"|(?:do|should|must|may)\snot\s(?:be\s)?exceed|no\smore\sthan|not\smore\sthan"
    r"|without\sexceeding|never\sexceed(?:ing)?"
    r"|up\sto(?:\sa\smax(?:imum)?\sof)?|at\smost|limit(?:ed)?(?:\s\w+){0,3}\sto"
    r"|mdd:?=?|cap(?:ped)?\sat|ceiling\sof|less\sthan|under)"
    r"(?:\s(?:a\s)?(?:total\s)?(?:daily\s)?(?:dose\s|total\s)?(?:of\s)?)?[\s:=(]*\Z"
)
_A_DAY = re.compile(
    r"\s(?:of\s\w+\s|in\stotal\s)?(?:(?:a|each|every)\sday\b|daily\b"
    r"|(?:per|in|within|every|over)\s(?:any\s)?(?:a\s)?(?:day\b|24[\s-]?h))"
)
_MAX_AFTER = re.compile(
    r"\s?(?:\(?(?:max(?:imum)?|mdd)\b(?!\.?\s?(?:dose\s)?(?:of\s)?[:=]?\s?\d)|is\sthe\smaximum)"
)
_FOR = re.compile(
    r"(?:\bfor|\bx|×|\*|\bduring|\bcourse\sof|\btotal\sof|\bat\sleast"
    r"|\bmore)\s?(?:a\stotal\sof\s|up\sto\s|at\sleast\s|the\s(?:first|next|last)\s"
    r"|another\s|about\s|an?\s(?:additional\s)?)?\Z"
)
_OVER = re.compile(r"\bover(?:\sat\sleast|\sa\speriod\sof|\sabout|\sthe\sfirst)?\s\Z|\bin\s\Z")
_COURSE = re.compile(r"[\s-]?(?:course|supply|total|regimen|duration|treatment|or\sless)\b")
_AGE_AFTER = re.compile(
    r"[\s-]?(?:-?\s?old\b|of\sage\b|and\s(?:older|over|under|younger|up)\b|or\s(?:older|younger)\b)"
)
_AGE_BEFORE = re.compile(
    r"\b(?:aged?|ages|older\sthan|younger\sthan|over|under|above)\s(?:the\sage\sof\s)?\Z"
)
_STEPS: tuple[tuple[Step, str], ...] = (
    ("loading", r"\bload(?:ing)?\b|\bbolus\b"),
    ("maintenance", r"\bmaintenance\b|\bmaintain\b"),
    ("taper", r"\btaper\w*|\breduc\w+|\bdecreas\w+|\bwean\w*|\blower\b"),
    ("titration", r"\bincreas\w+|\btitrat\w+|\bup\sto\b|\buptitrat\w+|\badvance\b|\btarget\b"),
    ("start", r"\bstart\w*|\binitial\w*|\binitiat\w*|\bbegin\w*|\bfirst\b"),
    ("then", r"\bthen\b|\bfollowed\sby\b|\bthereafter\b|\bsubsequent\w*|\blater\b"),
)
_STEP = re.compile("|".join(f"(?P<s{i}>{pattern})" for i, (_, pattern) in enumerate(_STEPS)))
_SIZE = re.compile(r"[\s-]?(?:[\w-]+[\s-]){0,2}(?P<what>tab|cap|suppositor|vial)\w*")
_TOTAL = re.compile(r"\s?\)?\s?(?:in\s)?total\b")
_COUNT = re.compile(r"(?<![\w.,/-])(\d{1,2}|one|two|three|four|five|six|half|1/2|½)\s(?:x\s)?\Z")
_COUNTS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "half": "0.5",
    "1/2": "0.5", "½": "0.5",
}  # fmt: skip
_THINGS = {"tab": "{tablet}", "cap": "{capsule}", "suppositor": "{suppository}", "vial": "{vial}"}
_FACTOR_BEFORE = re.compile(r"(?:\b(?:kg|m2|m²|lbs?)|\d)\s?[x×*·]\s?\(?\Z")
_FACTOR_AFTER = re.compile(
    r"\s?(?:/\s?kg|per\skg)?\)?\s?[x×*·]\s?\d[\d.,]*\s?(?:kg|m2|m²)?\s?(?:=|≈)"
)
_WHOLE = re.compile(
    r"\b(?:cumulative|lifetime|in\sall|altogether|overall|so\sfar|to\sdate|up\sto\snow"
    r"|until\snow)\b[^.;|]{0,50}\Z"
    r"|\btotal(?:s|ing|ling)?(?:\sdose)?(?:\sof)?[\s:=]\s?(?:about\s)?\Z"
)
"""Amounts of a whole course or day that sum up what was said dose by dose."""
_CHANGE_BY = re.compile(r"(?:\bby|\bsteps\sof|\bincrements\sof|\badjust\w*\s\w+)\s(?:about\s)?\Z")
_DESCRIBED_AFTER = re.compile(
    r"\s?(?:of\s(?:[\w-]+\s){1,3})?(?:a\sday\s|per\sday\s|daily\s|or\smore\s)?(?:would|could|can"
    r"|may|is|are|was|were|has|have)\s"
    r"(?:also\s|already\s)?(?:have\sbeen\s|be\s|been\s)?(?:too\s(?:much|high|little)|toxic|lethal"
    r"|fatal|dangerous|harmful|excessive|an?\soverdose"
    r"|never|not\s(?:allowed|recommended|safe)|wrong|contra)"
    r"|\s?(?:of\s)?(?:packed\s)?(?:red\scells|prbcs?|blood|plasma|platelets|ffp|cryo\w*)\b"
    r"|\s?(?:packs?|pieces?)\b"
)
"""Says what an amount would do, or makes it units of blood: no dose of the drug."""
_FROM = re.compile(r"\bfrom\s(?:about\s)?\Z")
_TO_DOSE = re.compile(r"\s?(?:[a-z/.]+\s){0,4}?to\s(?:about\s)?\d")
_INTAKE = (
    r"(?:sodium|salt|fluids?|water|protein|caffeine|alcohol|carbohydrates?|carbs|fib(?:er|re)"
    r"|potassium|sugar)"
)
_INTAKE_BEFORE = re.compile(
    rf"\b{_INTAKE}(?:\s\w+)?[\s-](?:intake|restrict\w*|diet|limit\w*|allowance|below"
    rf"|under)\b[^.;,|]{{0,20}}\Z"
    rf"|\b(?:restrict|limit)\w*\s(?:\w+\s){{0,2}}{_INTAKE}\b[^.;,|]{{0,20}}\Z"
    rf"|\b(?:low|reduced)-{_INTAKE}\b[^.;,|]{{0,12}}\Z"
)
_INTAKE_AFTER = re.compile(
    rf"\s?(?:/\s?day\s|daily\s|a\sday\s"
    rf"|per\sday\s)?(?:of\s)?(?:dietary\s)?{_INTAKE}\b(?!\s(?:chlor|bicarb|phosph|acet|citr))"
)
_MASSES = frozenset({"mg", "g", "ug", "ng", "[iU]", "meq", "mmol"})
_DAILY_TOTAL = re.compile(
    r"\s?(?:of\s\w+\s|in\s(?:all|total)\s)?(?:(?:a|per|each|/)\s?(?:day|24\s?h(?:ours)?)\b"
    r"|in\s24\sh|daily\b"
    r"(?!\sfor)|/24\s?h)"
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
_EACH = re.compile(
    r"\s?(?:per|a|each|every|single|one|/)\s?(?:single\s)?(?:dose|time|application|injection)"
    r"|\bsingle\b"
)
_AGAIN = re.compile(
    r"\s?(?:a\sday|daily|per\sday|in\s24\s(?:h|hours))?\s?(?:\(|/|=|or\s|i\.e\.\s?|,\s?|and\s)\s?"
)
_WHOLE_DAY = re.compile(r"\b(?:per\sday|in\s24\sh\w*|over\s24\sh\w*|per\s24\sh\w*)")
_DIVIDED = re.compile(
    r"\bdivided\b|\bin\s(?:\w+\s)?(?:two|three|four|2|3|4)(?:\s(?:to"
    r"|or)\s\w+)?\s(?:equal\s)?doses\b"
)
_PER_DOSE = re.compile(r"\s?(?:/|per|each|a)\s?dose\b")
_NOT_DOSES = frozenset(
    {
        "mm[Hg]", "kPa", "cm[H2O]", "ms", "Cel", "[degF]", "cm", "mm", "m", "[in_i]", "[ft_i]",
        "kg/m2", "kg", "[lb_av]", "{beats}/min", "{breaths}/min", "m2", "Gy", "kcal", "mL/min",
        "mL/min/{1.73_m2}",
    }
)  # fmt: skip
_IN_EACH = frozenset(
    {
        "mL",
        "L",
        "dL",
        "uL",
        "{tablet}",
        "{capsule}",
        "{puff}",
        "{spray}",
        "{patch}",
        "[drp]",
        "{vial}",
    }
)
_BESIDE = 25
_BY_FORM = {
    "cream": "topical", "ointment": "topical", "lotion": "topical", "shampoo": "topical",
    "gum": "buccal",
    "eye-drops": "ophthalmic", "eye-ointment": "ophthalmic",
    "ear-drops": "otic",
    "nasal-spray": "intranasal", "inhaler": "inhalation", "nebulizer-solution": "inhalation",
    "suppository": "rectal", "enema": "rectal", "vaginal-ring": "vaginal", "pessary": "vaginal",
}  # fmt: skip
"""Forms that are given in one way only, for where no route is written."""
_TIMES = frozenset({"s", "min", "h", "d", "wk", "mo", "a", "ms"})


@dataclass(slots=True)
class _Draft:
    """A regimen under construction; the fields are those of `Regimen`.

    Attributes:
        route_first: The route stood before the dose; one behind the dose is the dose's.
        summed: The amount of a day was said after it.
    """

    start: int
    end: int
    dose: Quantity | None = None
    count: Quantity | None = None
    strength: Quantity | None = None
    per_dose: bool = False
    frequency: Frequency | None = None
    route: str | None = None
    form: str | None = None
    duration: Quantity | None = None
    over: Quantity | None = None
    route_first: bool = False
    summed: bool = False

    def reach(self, start: int, end: int) -> None:
        """Widen to the words from `start` to `end`."""
        self.start, self.end = min(self.start, start), max(self.end, end)


@dataclass(frozen=True, slots=True)
class Dosing:
    """What was read for one drug."""

    regimens: tuple[Regimen, ...] = ()
    maximums: tuple[Maximum, ...] = ()


Item: TypeAlias = "QuantityMention | Frequency | Hit"
_Per: TypeAlias = Literal["dose", "day", "week", "course", "duration"]


def role(text: str, mention: QuantityMention) -> Role:
    """Return what a quantity near a drug says, from its unit and the words around it.

    Args:
        text: The whole text in lower case.
        mention: The quantity.
    """
    unit, head = mention.quantity.unit, mention.quantity.amount_unit
    if unit in _TIMES:
        return _time_role(text, mention)
    if _is_measurement(mention.quantity) or _is_no_dose(text, mention):
        return "other"
    if unit == "%" or (head not in {"mL", "L"} and not _IN_EACH.isdisjoint(mention.quantity.per)):
        return "strength"
    if mention.quantity.comparator == "<=" or _is_limited(text, mention):
        return "maximum"
    return "count" if head.startswith("{") or head == "[drp]" else "dose"


def count_before(text: str, end: int, what: str) -> Quantity | None:
    """Return the count that stands right before `end`: the "two" of "two 500 mg tablets".

    Args:
        text: The whole text in lower case.
        end: Where the strength, or the name before it, begins.
        what: The stem of what is counted (`tab`, `cap`, `suppositor`, `vial`).
    """
    match = _COUNT.search(text[max(0, end - 12) : end])
    if match is None:
        return None
    return Quantity(Decimal(_COUNTS.get(match[1], match[1])), _THINGS[what])


def _is_measurement(quantity: Quantity) -> bool:
    """Whether a quantity is of the patient or a threshold, not of a drug."""
    head = quantity.amount_unit
    bare = quantity.unit == "1" or not head or (head == "1" and bool(quantity.per))
    compared = quantity.comparator in {"<", ">", ">="}
    return bare or compared or quantity.unit in _NOT_DOSES or head.startswith("10*")


def _is_no_dose(text: str, mention: QuantityMention) -> bool:
    """Whether a number is a factor of arithmetic, a sum of a course, or a diet's."""
    before = text[max(0, mention.start - 70) : mention.start]
    if _FACTOR_BEFORE.search(before) or _FACTOR_AFTER.match(text, mention.end):
        return not {"kg", "m2"} & set(mention.quantity.per) or bool(_FACTOR_BEFORE.search(before))
    if _CHANGE_BY.search(before) or _DESCRIBED_AFTER.match(text, mention.end):
        return True
    if _FROM.search(before) and _TO_DOSE.match(text, mention.end):
        return True  # "down from 150 mg to 37.5 mg": only the second is to be given
    if _WHOLE.search(before) and not _A_DAY.match(text, mention.end):
        return not re.search(r"\btotal\s(?:daily\s)?dose|(?<!to\s)\ba\stotal\sof\s\Z", before)
    diet = mention.quantity.amount_unit in {"g", "mg", "L", "mL", "kcal", "meq", "mmol"}
    return diet and bool(_INTAKE_BEFORE.search(before) or _INTAKE_AFTER.match(text, mention.end))


def _is_limited(text: str, mention: QuantityMention) -> bool:
    start = max(0, mention.start - 60)
    before = _MAXIMUM.search(text[start : mention.start])
    return before is not None or _MAX_AFTER.match(text, mention.end) is not None


def _time_role(text: str, mention: QuantityMention) -> Role:
    unit = mention.quantity.unit
    before = text[max(0, mention.start - 60) : mention.start]
    if unit == "ms":
        return "other"
    if _AGE_AFTER.match(text, mention.end) or (unit == "a" and _AGE_BEFORE.search(before)):
        return "age"
    long = unit in {"d", "wk", "mo"}
    if _MAXIMUM.search(before) or (mention.quantity.comparator == "<=" and long):
        return "maximum"
    # "over 10 minutes" is a time of giving, though "over" is read as a bound
    if not long and (_OVER.search(before) or text.startswith("over ", mention.start)):
        return "over"
    if _FOR.search(before) or _COURSE.match(text, mention.end):
        return "duration"
    return "time"


def read_dosing(text: str, items: Sequence[Item], used: Set[int], *, anchor: int) -> Dosing:
    """Return the regimens and maximums in `items`.

    Args:
        text: The whole text in lower case.
        items: Quantities, frequencies, and route and form hits of the drug's window, in text
            order.
        used: Starts of quantities that belong to something else (a laboratory value); skipped.
        anchor: Offset where the drug's window begins.
    """
    drafts: list[_Draft] = []
    maximums: list[Maximum] = []
    taken = [(f.start, f.end) for f in items if isinstance(f, Frequency)]
    passed: int | None = None
    for item in items:
        if isinstance(item, QuantityMention):
            if item.start not in used and not any(s <= item.start < e for s, e in taken):
                passed = item.end if _is_no_dose(text, item) else passed
                _take_quantity(text, item, drafts, maximums)
        elif isinstance(item, Frequency):
            near = passed is not None and 0 <= item.start - passed <= _BESIDE
            if near and _A_DAY.fullmatch(f" {item.text.lower()}"):
                continue  # "4 g of it a day would be too much"
            _take_frequency(text, item, drafts, maximums)
        else:
            _take_name(item, drafts)
    return Dosing(tuple(_finish(text, drafts, anchor)), tuple(maximums))


def _take_quantity(
    text: str, item: QuantityMention, drafts: list[_Draft], maximums: list[Maximum]
) -> None:
    what, quantity = role(text, item), item.quantity
    if what == "maximum" or (what == "dose" and _restates(text, item, maximums)):
        maximums.append(_of_day(text, item, _maximum(text, item), drafts))
        return
    if what in {"dose", "count"}:
        _take_dose(text, item, drafts, counted=what == "count")
        return
    if what not in {"strength", "duration", "over"} or (what == "over" and not drafts):
        return
    current = drafts[-1] if drafts else _open(drafts, item.start, item.end)
    current.reach(item.start, item.end)
    if what == "strength":
        current.strength = current.strength or quantity
    elif what == "duration":
        current.duration = current.duration or quantity
    else:
        current.over = current.over or quantity


def _of_day(
    text: str, item: QuantityMention, maximum: Maximum, drafts: Sequence[_Draft]
) -> Maximum:
    """Return a limit behind "twice daily" as one of the day, unless it is said to be of a dose."""
    often = drafts[-1].frequency if drafts else None
    times = often.daily_times if often else None
    if maximum.per != "dose" or times is None or not 1 <= times <= 6:
        return maximum
    if maximum.quantity.unit == "{dose}" or maximum.quantity.amount_unit not in _MASSES:
        return maximum
    if _EACH.match(text, item.end) or _EACH.search(text[max(0, item.start - 30) : item.start]):
        return maximum
    return replace(maximum, per="day")


def _restates(text: str, item: QuantityMention, maximums: Sequence[Maximum]) -> bool:
    """Whether a number says a maximum again: "at most 5 doses (75 mg/kg/day)"."""
    if not maximums or "d" not in item.quantity.per:
        return False
    gap = text[maximums[-1].end : item.start]
    return _AGAIN.fullmatch(gap) is not None


def _take_dose(text: str, item: QuantityMention, drafts: list[_Draft], *, counted: bool) -> None:
    current = drafts[-1] if drafts else None
    if current is not None and (current.dose is not None or current.count is not None):
        gap = text[current.end : item.start]
        if _completes(current, gap, counted=counted):
            _complete(text, current, item, counted=counted)
            return
        if current.dose is not None and (gap.strip() in _RESTATES or _works_out(current, gap)):
            if current.dose.unit == "mL" and item.quantity.amount_unit in _MASSES:
                current.dose = item.quantity  # "60 mL (600 mg)"
            return
        if _is_day_total(text, current, item):
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


def _is_day_total(text: str, current: _Draft, item: QuantityMention) -> bool:
    """Whether a number sums up the day of a regimen: "600 mg every 8 hours, 1.8 g a day"."""
    per_day = current.frequency.daily_times if current.frequency else None
    if per_day is None or per_day <= 1:
        return False
    gap = text[current.end : item.start]
    return len(gap) <= 60 and _DAILY_TOTAL.match(text, item.end) is not None


def _works_out(current: _Draft, gap: str) -> bool:
    """Whether a number is what a dose by weight comes to: "15 mg/kg (14 kg x 15 mg) = 210 mg"."""
    dose = current.dose
    by_size = dose is not None and bool({"kg", "m2", "d", "h", "min"} & set(dose.per))
    return by_size and len(gap) <= 80 and ". " not in gap and _SAME.search(gap) is not None


def _complete(text: str, current: _Draft, item: QuantityMention, *, counted: bool) -> None:
    current.reach(item.start, item.end)
    if counted:
        current.count = item.quantity
    elif _TOTAL.match(text, item.end) or (
        item.quantity.high and current.count and current.count.high
    ):
        current.dose = item.quantity  # "2 capsules, 800 mg total"; "1-2 tablets, 5-10 mg"
    else:
        current.strength = item.quantity


def _completes(current: _Draft, gap: str, *, counted: bool) -> bool:
    """Whether a number belongs to the dose before it: "2 tablets (500 mg)", "500 mg, 2 tablets"."""
    if counted:
        apart = len(gap) >= 20 or _NEW_STEP.search(gap) is not None
        return current.dose is not None and current.count is None and not apart
    open_count = current.count is not None and current.dose is None and current.strength is None
    return open_count and len(gap) <= 40 and _NEW_STEP.search(gap) is None


def _open(drafts: list[_Draft], start: int, end: int) -> _Draft:
    drafts.append(_Draft(start, end))
    return drafts[-1]


def _maximum(text: str, item: QuantityMention) -> Maximum:
    quantity = item.quantity
    pers: dict[str, _Per] = {"d": "day", "wk": "week", "{dose}": "dose"}
    per: _Per = "duration" if quantity.unit in _TIMES else "dose"
    unit = quantity.unit
    for part in quantity.per:
        if part in pers:
            per = pers[part]
            unit = "/".join(p for p in unit.split("/") if p != part)
    if per == "dose" and _A_DAY.match(text, item.end):
        per = "day"
    bare = Quantity(quantity.value, unit, quantity.high)
    return Maximum(quantity=bare, per=per, start=item.start, end=item.end)


def _take_frequency(
    text: str, item: Frequency, drafts: list[_Draft], maximums: list[Maximum]
) -> None:
    again = bool(drafts) and drafts[-1].frequency is not None and item.per_day is not None
    if again and item.per_day is not None and _MAXIMUM.search(text[: item.start][-60:]):
        # "every 4 hours, at most 5 doses in 24 hours"
        count = Quantity(item.per_day, "{dose}")
        maximums.append(Maximum(quantity=count, per="day", start=item.start, end=item.end))
        return
    current = drafts[-1] if drafts else _open(drafts, item.start, item.end)
    known = current.frequency
    if known is None:
        current.frequency = item
    elif known.per_day is None and item.per_day is not None:
        prn, steady = item.prn or known.prn, item.continuous or known.continuous
        current.frequency = replace(item, prn=prn, continuous=steady)
    elif item.prn and item.per_day is None:
        current.frequency = replace(known, prn=True)
    else:
        return
    current.reach(item.start, item.end)


def _take_name(item: Hit, drafts: list[_Draft]) -> None:
    current = drafts[-1] if drafts else _open(drafts, item.start, item.end)
    dosed = current.dose is not None or current.count is not None
    if item.kind == "route" and (current.route is None or (current.route_first and dosed)):
        current.route, current.route_first = item.keys[0], not dosed
    elif item.kind == "form" and current.form is None:
        current.form = item.keys[0]
    else:
        return
    current.reach(item.start, item.end)


def _finish(text: str, drafts: list[_Draft], anchor: int) -> Iterator[Regimen]:
    """Yield the regimens; a later step keeps route and form where it does not repeat them."""
    position, route, form = anchor, None, None
    for index, draft in enumerate(drafts):
        route, form = draft.route or route, draft.form or form
        step = _step(text, max(position, draft.start - 60), draft.start)
        position = draft.end
        yield Regimen(
            start=draft.start,
            end=draft.end,
            dose=_per_day(text, draft),
            count=draft.count,
            strength=draft.strength,
            per_dose=draft.per_dose,
            divided=_DIVIDED.search(text, draft.start, draft.end + 30) is not None,
            frequency=draft.frequency,
            route=route or _BY_FORM.get(form or ""),
            form=form,
            duration=draft.duration,
            over=draft.over,
            step=step or ("then" if index else "single"),
        )


def _per_day(text: str, draft: _Draft) -> Quantity | None:
    """Return the dose, a day's amount as such: "24 million units IV per day (4 every 4 hours)"."""
    dose, often = draft.dose, draft.frequency
    if dose is None or often is None or dose.per or (often.per_day or 0) <= 1:
        return dose
    if _WHOLE_DAY.search(text, draft.start, often.start) is None:
        return dose
    return Quantity(dose.value, f"{dose.unit}/d", dose.high, dose.comparator)


def _step(text: str, start: int, end: int) -> Step | None:
    """Return the step that the last step word before a dose names."""
    step: Step | None = None
    for match in _STEP.finditer(text, start, end):
        step = _STEPS[int((match.lastgroup or "s0")[1:])][0]
    return step
