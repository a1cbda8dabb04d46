"""Reads regimens: the doses, frequencies, routes, forms and durations that belong to a drug."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Union

from medrag.clinical.matching import Hit
from medrag.clinical.mentions import Maximum, Regimen, Step
from medrag.clinical.quantity import Frequency, Quantity, QuantityMention

Role = Literal["dose", "count", "strength", "duration", "over", "maximum", "age", "time", "other"]

_MAXIMUM = re.compile(
    r"(?:max(?:imum|\.)?(?:\s(?:\w+\s){0,3}(?:dose|dosage|amount|of|is|per\sday|daily))*(?:\s(?:of|is|at|to))?|not\s(?:to\s)?(?:be\s)?exceed(?:ed|ing)?"
    r"|(?:do|should|must|may)\snot\s(?:be\s)?exceed|no\smore\sthan|not\smore\sthan|without\sexceeding|never\sexceed(?:ing)?"
    r"|up\sto(?:\sa\smax(?:imum)?\sof)?|at\smost|limit(?:ed)?(?:\s\w+){0,3}\sto|mdd:?=?|cap(?:ped)?\sat|ceiling\sof|less\sthan|under)"
    r"(?:\s(?:a\s)?(?:total\s)?(?:daily\s)?(?:dose\s|total\s)?(?:of\s)?)?[\s:=(]*\Z",
    re.IGNORECASE,
)
_MAX_AFTER = re.compile(r"\s?(?:\(?(?:max(?:imum)?|mdd)\b|is\sthe\smaximum)", re.IGNORECASE)
_FOR = re.compile(
    r"(?:\bfor|\bx|×|\*|\bduring|\bcourse\sof|\btotal\sof|\bat\sleast|\bmore)\s?(?:a\stotal\sof\s|up\sto\s|at\sleast\s|the\s(?:first|next|last)\s|another\s|about\s|an?\s(?:additional\s)?)?\Z",
    re.I,
)
_OVER = re.compile(
    r"\bover(?:\sat\sleast|\sa\speriod\sof|\sabout|\sthe\sfirst)?\s\Z|\bin\s\Z", re.IGNORECASE
)
_COURSE = re.compile(
    r"[\s-]?(?:course|supply|total|regimen|duration|treatment|or\sless)\b", re.IGNORECASE
)
_AGE_AFTER = re.compile(
    r"[\s-]?(?:-?\s?old\b|of\sage\b|and\s(?:older|over|under|younger|up)\b|or\s(?:older|younger)\b)",
    re.I,
)
_AGE_BEFORE = re.compile(
    r"\b(?:aged?|ages|older\sthan|younger\sthan|over|under|above)\s(?:the\sage\sof\s)?\Z", re.I
)
_STEPS: tuple[tuple[Step, re.Pattern[str]], ...] = (
    ("loading", re.compile(r"\bload(?:ing)?\b|\bbolus\b", re.I)),
    ("maintenance", re.compile(r"\bmaintenance\b|\bmaintain\b", re.I)),
    ("taper", re.compile(r"\btaper\w*|\breduc\w+|\bdecreas\w+|\bwean\w*|\blower\b", re.I)),
    ("titration", re.compile(r"\bincreas\w+|\btitrat\w+|\bup\sto\b|\buptitrat\w+|\badvance\b|\btarget\b", re.I)),
    ("start", re.compile(r"\bstart\w*|\binitial\w*|\binitiat\w*|\bbegin\w*|\bfirst\b", re.I)),
    ("then", re.compile(r"\bthen\b|\bfollowed\sby\b|\bthereafter\b|\bafter\sthat\b|\bsubsequent\w*|\blater\b", re.I)),
)  # fmt: skip
_DIVIDED = re.compile(
    r"\bdivided\b|\bin\s(?:\w+\s)?(?:two|three|four|2|3|4)(?:\s(?:to|or)\s\w+)?\s(?:equal\s)?doses\b",
    re.I,
)
_PER_DOSE = re.compile(r"\s?(?:/|per|each|a)\s?dose\b", re.IGNORECASE)
_NOT_MASS = frozenset({"mm[Hg]", "kPa", "cm[H2O]", "ms", "Cel", "[degF]", "cm", "mm", "m", "[in_i]", "[ft_i]", "kg/m2", "kg", "[lb_av]", "{beats}/min", "{breaths}/min", "m2", "Gy", "kcal"})  # fmt: skip
_TIMES = frozenset({"s", "min", "h", "d", "wk", "mo", "a", "ms"})
_PER_TIME = {"d": "day", "wk": "week", "{dose}": "dose"}


@dataclass(slots=True)
class _Draft:
    """A regimen under construction."""

    start: int
    end: int
    regimen: Regimen = field(default_factory=lambda: Regimen(start=0, end=1))

    def put(self, start: int, end: int, **values: object) -> None:
        self.regimen = replace(self.regimen, **values)  # type: ignore[arg-type]
        self.start, self.end = min(self.start, start), max(self.end, end)

    def done(self) -> Regimen:
        return replace(self.regimen, start=self.start, end=self.end)


@dataclass(frozen=True, slots=True)
class Dosing:
    """What was read for one drug."""

    regimens: tuple[Regimen, ...] = ()
    maximums: tuple[Maximum, ...] = ()


Item = Union[QuantityMention, Frequency, Hit]


def role(text: str, mention: QuantityMention) -> Role:
    """Return what a quantity near a drug says, from its unit and the words around it."""
    unit = mention.quantity.unit
    head, pers = mention.quantity.amount_unit, mention.quantity.per
    before, after = (
        text[max(0, mention.start - 60) : mention.start],
        text[mention.end : mention.end + 24],
    )
    if unit in _TIMES:
        return _time_role(mention, before, after)
    if unit in _NOT_MASS or head.startswith("10*") or (head in {"", "1"} and pers):
        return "other"
    if mention.quantity.comparator in {"<", ">", ">="}:
        return "other"
    if any(
        part
        in {
            "mL",
            "L",
            "dL",
            "{tablet}",
            "{capsule}",
            "{puff}",
            "{spray}",
            "{patch}",
            "uL",
            "[drp]",
            "{vial}",
        }
        for part in pers
    ) and not _rate_of_volume(head):
        return "strength"
    if unit == "%":
        return "strength"
    if unit == "1":
        return "other"
    if _MAXIMUM.search(before) or mention.quantity.comparator == "<=" or _MAX_AFTER.match(after):
        return "maximum"
    return "count" if head.startswith("{") or head == "[drp]" else "dose"


def _rate_of_volume(head: str) -> bool:
    return head in {"mL", "L"}


def _time_role(mention: QuantityMention, before: str, after: str) -> Role:
    if mention.quantity.unit in {"a", "mo", "wk"} and (
        _AGE_AFTER.match(after) or (mention.quantity.unit == "a" and _AGE_BEFORE.search(before))
    ):
        return "age"
    if mention.quantity.unit == "ms":
        return "other"
    if _MAXIMUM.search(before) or (
        mention.quantity.comparator == "<=" and mention.quantity.unit in {"d", "wk", "mo"}
    ):
        return "maximum"
    if _OVER.search(before) and mention.quantity.unit in {"min", "h", "s"}:
        return "over"
    if _FOR.search(before) or _COURSE.match(after):
        return "duration"
    return "time"


def read_dosing(text: str, items: Sequence[Item], used: set[int], *, anchor: int) -> Dosing:
    """Return the regimens and maximums in `items`.

    Args:
        text: The whole text.
        items: Quantities, frequencies, and route and form hits of the drug's window, in text
            order.
        used: Starts of quantities that belong to something else (a laboratory value); skipped.
        anchor: Offset where the drug's name begins; a regimen reaches from there.
    """
    drafts: list[_Draft] = []
    maximums: list[Maximum] = []
    taken = _spans(item for item in items if isinstance(item, Frequency))
    for item in items:
        if isinstance(item, QuantityMention):
            if item.start in used or any(s <= item.start < e for s, e in taken):
                continue
            _take_quantity(text, item, drafts, maximums)
        elif isinstance(item, Frequency):
            _take_frequency(text, item, drafts)
        else:
            _take_name(item, drafts)
    return Dosing(tuple(_finish(text, drafts, anchor)), tuple(maximums))


def _spans(frequencies: Iterable[Frequency]) -> list[tuple[int, int]]:
    return [(f.start, f.end) for f in frequencies]


def _take_quantity(
    text: str, item: QuantityMention, drafts: list[_Draft], maximums: list[Maximum]
) -> None:
    what = role(text, item)
    quantity = item.quantity
    if what == "maximum":
        maximums.append(_maximum(quantity, item))
        return
    if what in {"dose", "count"}:
        _take_dose(text, item, drafts, what)
        return
    current = drafts[-1] if drafts else None
    if what == "strength":
        current = current or _open(drafts, item.start, item.end)
        if current.regimen.strength is None:
            current.put(item.start, item.end, strength=quantity)
    elif what in {"duration", "over"} and current is not None:
        name = "duration" if what == "duration" else "over"
        if getattr(current.regimen, name) is None:
            current.put(item.start, item.end, **{name: quantity})
    elif what == "duration":
        _open(drafts, item.start, item.end).put(item.start, item.end, duration=quantity)


def _take_dose(text: str, item: QuantityMention, drafts: list[_Draft], what: Role) -> None:
    current = drafts[-1] if drafts else None
    quantity = item.quantity
    if current is not None:
        gap = text[current.end : item.start]
        has_dose, has_count = current.regimen.dose is not None, current.regimen.count is not None
        if what == "count" and has_dose and not has_count and _is_size(text, current, gap):
            current.put(item.start, item.end, count=quantity)
            return
        if what == "dose" and has_count and not has_dose and len(gap) <= 3:
            current.put(item.start, item.end, strength=quantity)
            return
        if has_dose and gap.strip() in {"(", "=", "[", ", (", "(i.e.,"}:
            return
        if has_dose or has_count:
            current = None
    current = current or _open(drafts, item.start, item.end)
    if what == "count":
        current.put(item.start, item.end, count=quantity)
        return
    per_dose = "{dose}" in quantity.per or bool(_PER_DOSE.match(text, item.end))
    form = _counted_form(text, item.end)
    if form:
        current.put(item.start, item.end, strength=quantity)
        return
    current.put(item.start, item.end, dose=quantity, per_dose=per_dose)


_TABLET_AFTER = re.compile(
    r"[\s-]?(?:\w+[\s-]){0,2}(?:tablets?|tabs?|capsules?|caps?|patch|suppositor\w+|vials?)\b", re.I
)


def _counted_form(text: str, end: int) -> bool:
    """Whether "500 mg tablet" follows: then the number is the strength of one."""
    return _TABLET_AFTER.match(text, end) is not None


def _is_size(text: str, current: _Draft, gap: str) -> bool:
    return len(gap) < 20 and not re.search(r"then|;|\.", gap)


def _open(drafts: list[_Draft], start: int, end: int) -> _Draft:
    draft = _Draft(start, end)
    drafts.append(draft)
    return draft


def _maximum(quantity: Quantity, item: QuantityMention) -> Maximum:
    per: Literal["dose", "day", "week", "course", "duration"] = "dose"
    unit = quantity.unit
    if unit in _TIMES:
        per = "duration"
    for part, name in _PER_TIME.items():
        if part in quantity.per:
            per = "day" if name == "day" else "week" if name == "week" else "dose"
            unit = "/".join(p for p in unit.split("/") if p != part)
    bare = Quantity(quantity.value, unit, quantity.high)
    return Maximum(quantity=bare, per=per, start=item.start, end=item.end)


def _take_frequency(text: str, item: Frequency, drafts: list[_Draft]) -> None:
    current = drafts[-1] if drafts else _open(drafts, item.start, item.end)
    known = current.regimen.frequency
    if known is None:
        current.put(item.start, item.end, frequency=item)
    elif known.per_day is None and item.per_day is not None:
        merged = replace(item, prn=item.prn or known.prn, continuous=known.continuous)
        current.put(item.start, item.end, frequency=merged)
    elif item.prn and item.per_day is None:
        current.put(item.start, item.end, frequency=replace(known, prn=True))


def _take_name(item: Hit, drafts: list[_Draft]) -> None:
    current = drafts[-1] if drafts else _open(drafts, item.start, item.end)
    if item.kind == "route" and current.regimen.route is None:
        current.put(item.start, item.end, route=item.keys[0])
    elif item.kind == "form" and current.regimen.form is None:
        current.put(item.start, item.end, form=item.keys[0])


def _finish(text: str, drafts: list[_Draft], anchor: int) -> list[Regimen]:
    regimens: list[Regimen] = []
    position = anchor
    for draft in drafts:
        step = _step(text, max(position, draft.start - 60), draft.start, bool(regimens))
        divided = _DIVIDED.search(text, draft.start, draft.end + 30) is not None
        draft.put(draft.start, draft.end, step=step, divided=divided)
        position = draft.end
        regimens.append(_inherit(draft.done(), regimens))
    return regimens


def _inherit(regimen: Regimen, earlier: Sequence[Regimen]) -> Regimen:
    """Take route and form from the regimen before where a later step does not repeat them."""
    if not earlier:
        return regimen
    last = earlier[-1]
    return replace(regimen, route=regimen.route or last.route, form=regimen.form or last.form)


def _step(text: str, start: int, end: int, later: bool) -> Step:
    best: tuple[int, Step] | None = None
    for step, pattern in _STEPS:
        for match in pattern.finditer(text, start, end):
            if best is None or match.start() > best[0]:
                best = match.start(), step
    if best is None:
        return "then" if later else "single"
    return best[1]
