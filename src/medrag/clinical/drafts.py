"""Regimens under construction, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medrag.clinical.mentions import Regimen
from medrag.clinical.quantity import Frequency, Quantity
from medrag.clinical.steps import step_before

_WHOLE_DAY = re.compile(r"\b(?:per\sday|in\s24\sh\w*|over\s24\sh\w*|per\s24\sh\w*)")
_DIVIDED = re.compile(
    r"\bdivided\b|\bin\s(?:\w+\s)?(?:two|three|four|2|3|4)(?:\s(?:to"
    r"|or)\s\w+)?\s(?:equal\s)?doses\b"
)
_OF_IT_A_DAY = re.compile(r"\sof\s(?:[\w-]+\s){1,3}(?:a|per|each|in\sone)\sday\b")
_PREPARATIONS = frozenset({"cream", "ointment", "gel", "lotion", "foam", "shampoo"})
"""What is measured as it comes from the tube: "a 5 g applicatorful" is 5 g of cream."""
_BY_FORM = {
    "cream": "topical", "ointment": "topical", "lotion": "topical", "shampoo": "topical",
    "gum": "buccal", "eye-drops": "ophthalmic", "eye-ointment": "ophthalmic",
    "ear-drops": "otic",
    "nasal-spray": "intranasal", "inhaler": "inhalation", "nebulizer-solution": "inhalation",
    "suppository": "rectal", "enema": "rectal", "vaginal-ring": "vaginal", "pessary": "vaginal",
}  # fmt: skip
"""Forms that are given in one way only, for where no route is written."""


@dataclass(slots=True)
class Draft:
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


def finish(text: str, drafts: Sequence[Draft], anchor: int) -> Iterator[Regimen]:
    """Yield the regimens; a later step keeps route and form where it does not repeat them."""
    position, route, form = anchor, None, None
    for index, draft in enumerate(drafts):
        if index and draft.route_first and not (draft.dose or draft.count or draft.frequency):
            continue
        route, form = draft.route or route, draft.form or form
        if form in _PREPARATIONS and draft.dose is not None and draft.dose.unit in {"g", "mL"}:
            draft.count, draft.dose = draft.count or draft.dose, None
        step = step_before(text, max(position, draft.start - 60), draft.start)
        position = draft.end
        yield Regimen(
            start=draft.start,
            end=draft.end,
            dose=_per_day(text, draft),
            count=draft.count,
            strength=draft.strength,
            per_dose=draft.per_dose,
            divided=_DIVIDED.search(text, draft.start, draft.end + 30) is not None
            or _is_of_a_day(text, draft),
            frequency=draft.frequency,
            route=route or _BY_FORM.get(form or ""),
            form=form,
            duration=draft.duration,
            over=draft.over,
            step=step or ("then" if index else "single"),
        )


def _is_of_a_day(text: str, draft: Draft) -> bool:
    """Return whether a dose before the name is all of a day: "80 mg of X a day"."""
    if draft.dose is None or draft.dose.per:
        return False
    often = draft.frequency.per_day if draft.frequency is not None else None
    return often in {None, 1} and _OF_IT_A_DAY.search(text, draft.start, draft.end + 60) is not None


def _per_day(text: str, draft: Draft) -> Quantity | None:
    """Return the dose, a day's amount as such: "24 million units IV per day (4 every 4 hours)"."""
    dose, often = draft.dose, draft.frequency
    if dose is None or often is None or dose.per or (often.per_day or 0) <= 1:
        return dose
    if _WHOLE_DAY.search(text, draft.start, often.start) is None:
        return dose
    return Quantity(dose.value, f"{dose.unit}/d", dose.high, dose.comparator)
