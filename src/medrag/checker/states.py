"""Whose reference interval holds: a child's by age, a pregnant woman's, else an adult's."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_labs import State, StateRangeRow
from medrag.checker.rows_patient import AnalyteRow

_BY_AGE: tuple[tuple[Decimal, State], ...] = (
    (Decimal("0.08"), "newborn"),
    (Decimal(1), "infant"),
    (Decimal(3), "toddler"),
    (Decimal(6), "preschooler"),
    (Decimal(12), "schoolchild"),
    (Decimal(18), "adolescent"),
)
"""The age in years below which a child is of a state."""
_NAMED = re.compile(
    r"\b(?:(?P<newborn>new-?borns?|neonat\w*|(?:full-)?term (?:baby|babies|infants?)"
    r"|(?:first|second|third) days? of life|at birth)"
    r"|(?P<infant>infants?|bab(?:y|ies))|(?P<toddler>toddlers?)"
    r"|(?P<preschooler>preschool\w*)|(?P<schoolchild>school-?(?:children|child|aged?|boys?|girls?))"
    r"|(?P<adolescent>adolescents?|teen\w*)"
    r"|(?P<pregnancy>(?<!non-)(?<!not )(?<!outside )pregnan(?:t|cy)|gestation|trimesters?))\b"
    r"|\b(?P<age>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"[\s-](?P<unit>day|week|month|year)s?[\s-](?:old|of age)\b",
    re.I,
)
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
           "twelve")  # fmt: skip
_YEARS = {"day": Decimal("0.0027"), "week": Decimal("0.0192"), "month": Decimal("0.0833"),
          "year": Decimal(1)}  # fmt: skip


def named_states(words: str) -> frozenset[State]:
    """Return the states that words name: "a term baby", "in pregnancy", "4-year-old"."""
    states: set[State] = set()
    for found in _NAMED.finditer(words):
        if found["age"] is None:
            states.update(state for _, state in _STATES if found[state])
            continue
        count = found["age"].lower()
        years = Decimal(_COUNTS.index(count) + 1 if count in _COUNTS else count)
        state = state_of_age(years * _YEARS[found["unit"].lower()])
        states |= {state} if state is not None else set()
    if "newborn" in states:
        states.discard("infant")  # "a term baby three days old"
    return frozenset(states)


_STATES: tuple[tuple[Decimal, State], ...] = (*_BY_AGE, (Decimal(0), "pregnancy"))


def state_of_age(years: Decimal) -> State | None:
    """Return the state of a child by age; None for an adult."""
    return next((state for below, state in _BY_AGE if years < below), None)


def of_patient(context: Context, row: AnalyteRow) -> AnalyteRow:
    """Return the row with the interval of the patient's own age or pregnancy, where one is known.

    A critical limit of adults that lies within that interval gives way to the interval's end.
    """
    patient = context.facts.patient
    years = patient.age_years
    state = state_of_age(Decimal(str(years))) if years is not None else None
    if state in {None, "adolescent"} and patient.pregnant:
        state = "pregnancy"
    rows = context.knowledge.rows(StateRangeRow, row.key) if state is not None else ()
    own = next((one for one in rows if one.state == state), None)
    if own is None:
        return row
    low, high = row.critical_low, row.critical_high
    return row.model_copy(
        update={
            "low": own.low,
            "high": own.high,
            "critical_low": None if low is None else min(low, own.low),
            "critical_high": None if high is None else max(high, own.high),
            "ref": own.ref,
        }
    )
