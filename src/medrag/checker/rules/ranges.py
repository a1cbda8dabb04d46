"""LAB203: the ranges that a text calls normal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.general_ranges import general_ranges
from medrag.checker.rows_labs import StateRangeRow
from medrag.checker.rows_patient import AnalyteRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.interpretation import value_of
from medrag.checker.rules.labs import adult_row_of, fasting, is_fasting, place, row_of
from medrag.checker.states import named_states
from medrag.checker.wording import amount, name, unit
from medrag.clinical import LabMention, Quantity

_AIM = Decimal("1.5")
_UNTREATED = re.compile(
    r"\b(?:no|not|without|off|untreated)\b[^.;]{0,25}"
    r"\b(?:anti-?coagula\w+|warfarin|blood thinners?)",
    re.I,
)
_OF_STATE = re.compile(
    r"(?<!not )(?<!non-)(?<!non)(?<!outside )\b(?:pregnan(?:t|cy)|trimesters?|gestation"
    r"|ketoacidosis|DKA|intensive care|ICU"
    r"|(?:on|receiving) (?:\w+ )?dialysis|newborns?|neonat\w+|infants?|bab(?:y|ies)|child(?:ren)?"
    r"|toddlers?|ventilat\w+|cirrhosis)\b",
    re.I,
)
"""Whose values lie elsewhere: the row is of adults who are well."""
_OTHER_FLUID = re.compile(
    r"\b(?:CSF|cerebrospinal|pleural|ascitic|ascites|peritoneal|synovial|urine|urinary|sweat"
    r"|dialysate"
    r"|amniotic|salivary|gastric)\s(?:fluid\s)?\Z",
    re.I,
)
"""What is not blood: "urine sodium", "CSF lactate"."""
_NEAR_FLUID = 25
_NEAR_LOW = Decimal("0.2")
"""How far laboratories differ over the lower end of a range, as a share of it."""
_ASKS_NORMAL = re.compile(
    r"\b(?:normal(?:ly)?|healthy|reference|usual(?:ly)?|should\b.*\bbe)\b.*[?:]\s*\Z", re.I | re.S
)
"""A question for what is normal; its answer opens the next sentence."""
_OPENS = re.compile(
    r"\W*(?:A:\s*)?(?:(?:about|around|roughly|approximately|from|between|normally|usually|it|is"
    r"|lies"
    r"|ranges?|in|the|range|of|typically|generally|adults?|anything|values?)\s)*"
    r"(?P<most>(?:up to|below|under|less than|at most|no more than|not above)\s)?\Z",
    re.I,
)


def _asked(context: Context) -> Iterator[LabMention]:
    """Yield ranges that answer a question: "What is a normal sodium? 135 to 145 mmol/L"."""
    sentences = context.content.sentences
    for lab in context.content.labs:
        following = lab.sentence + 1
        if lab.value is not None or following >= len(sentences):
            continue
        if _ASKS_NORMAL.search(sentences[lab.sentence].text) is None:
            continue
        answer = sentences[following]
        found = next((q for q in context.content.quantities if q.start >= answer.start), None)
        opens = _OPENS.match(context.text[answer.start : found.start]) if found else None
        if found is None or opens is None or found.start >= answer.end:
            continue
        value = found.quantity
        if opens["most"] and value.comparator is None and value.high is None:
            value = replace(value, comparator="<=")
        unit_written = found.unit_written or None
        yield replace(lab, value=value, unit_written=unit_written, role="reference-range")


_IN_BRACKETS = re.compile(
    r"\s?[(\[]\s?(?:normal(?: range)?|(?:upper )?limit(?: of normal)?(?= )|ULN"
    r"|ref(?:erence)?\.?(?: range| interval)?|NR|RR)\s?:?\s?"
    r"(?:is |of )?(?:about |around )?(?P<most>(?:up to|below|under|less than|<)\s?)?\Z",
    re.I,
)
"""A range beside the value that it is to judge: "platelets 64 (normal 150-400)"."""


def _bracketed(context: Context) -> Iterator[LabMention]:
    """Yield the ranges that stand in brackets behind a value."""
    for lab in context.content.labs:
        if lab.value is None or lab.role not in {"result", "mention"}:
            continue
        end = place(context, lab).end
        found = next(iter(context.content.numbers_behind(end, 1)), None)
        opens = _IN_BRACKETS.match(context.text[end : found.start]) if found else None
        if found is None or opens is None:
            continue
        value = found.quantity
        if opens["most"] and value.comparator is None and value.high is None:
            value = replace(value, comparator="<=")
        if value.unit == "1" and lab.unit_written is not None:
            value = replace(value, unit=lab.value.unit)
        unit_written = found.unit_written or lab.unit_written
        yield replace(lab, value=value, unit_written=unit_written, role="reference-range")


def _ranges(context: Context) -> Iterator[Verdict]:
    for lab in (
        *context.content.labs,
        *_asked(context),
        *_bracketed(context),
        *general_ranges(context),
    ):
        row = row_of(context, lab.analyte)
        if row is None or not row.has_interval or lab.role not in {"reference-range", "target"}:
            continue
        if _is_of_others(context, lab):
            continue
        value = value_of(context, lab, row)
        if value is None or not _is_bounded(context, lab, value):
            continue
        if lab.role == "target" and not _is_apart(lab, value, row):
            continue
        said = context.content.sentences[lab.sentence].text
        untreated = lab.analyte == "inr" and _UNTREATED.search(said) is not None
        aimed = lab.analyte == "inr" and "warfarin" in context.text.lower()
        if aimed and value.value >= _AIM and not untreated:
            continue  # what warfarin aims at
        row, *others = _right(context, lab, row)
        if value.high is None and _end_of(context, lab) == "lower":
            if abs(value.value - row.low) <= row.low * _NEAR_LOW:
                continue
        elif any(_fits(value, other) for other in (row, *others)) or _is_usual(lab, value, row):
            continue
        yield Signal(
            severity="warning",
            message=f"The reference range of {name(lab.analyte)} is about {row.low}-{row.high} "
            f"{unit(row.unit)}, not {amount(lab.value or value)}.",
            span=place(context, lab),
            reference=context.knowledge.reference(row),
            subject=lab.analyte,
        )


def _is_of_others(context: Context, lab: LabMention) -> bool:
    """Return whether a range is of another fluid than blood, or of people in another state."""
    said = context.content.sentences[lab.sentence].text
    fluid = _OTHER_FLUID.search(context.text, max(0, lab.start - _NEAR_FLUID), lab.start)
    return fluid is not None or _OF_STATE.search(said) is not None or bool(named_states(said))


def _right(context: Context, lab: LabMention, row: AnalyteRow) -> tuple[AnalyteRow, ...]:
    """Return the rows of which a stated range may be any, the one for messages first."""
    rows = context.knowledge.rows(AnalyteRow, lab.analyte)
    if not is_fasting(lab):
        return row, *rows
    own = min(rows, key=lambda one: one.high)
    return own, fasting(context, row)


_END = re.compile(r"\b(?P<which>upper|lower) (?:reference )?limit\b[^.;\n]{0,50}\Z", re.I)


def _is_bounded(context: Context, lab: LabMention, value: Quantity) -> bool:
    """Return whether a value is a range, or the upper end of one."""
    if value.high is not None or value.comparator in {"<", "<="}:
        return True
    if value.comparator is not None:
        return False
    return _end_of(context, lab) is not None


def _end_of(context: Context, lab: LabMention) -> str | None:
    """Return which end of a range a single value is said to be: `upper`, `lower` or neither."""
    found = _END.search(context.text, max(0, lab.start - 60), place(context, lab).end)
    return found["which"].lower() if found else None


def _is_apart(lab: LabMention, value: Quantity, row: AnalyteRow) -> bool:
    """Return whether a level of a drug that is aimed at lies wholly outside the usual one."""
    if not _is_of_drug(lab) or value.high is None:
        return False
    return value.value > row.high or value.top < row.low


def _is_of_drug(lab: LabMention) -> bool:
    return lab.analyte.endswith(("-level", "-trough", "-phenytoin"))


_UPPER = Decimal("1.75")


def _is_usual(lab: LabMention, value: Quantity, row: AnalyteRow) -> bool:
    """Return whether a range of a drug's level is one of those in use, by indication."""
    return (
        _is_of_drug(lab)
        and value.high is not None
        and not _is_apart(lab, value, row)
        and value.top <= row.high * _UPPER
    )


def _is_within(value: Quantity, row: AnalyteRow) -> bool:
    """Return whether a stated range is the larger part of a row's and no more than it."""
    inside = value.high is not None and row.low <= value.value and value.high <= row.high
    return inside and value.top - value.value >= (row.high - row.low) / 2


def _fits(value: Quantity, row: AnalyteRow) -> bool:
    """Return whether both ends of a stated range, or its only end, are near those of a row."""
    if _is_within(value, row):
        return True
    width = (row.high - row.low) * Decimal("0.35")
    most = (row.high - row.low) * Decimal("0.6")  # six per cent of a pH would be everything
    if value.high is None:
        return abs(value.value - row.high) <= max(width, row.high * Decimal("0.06"))
    low_off = abs(value.value - row.low) > min(most, max(width, row.low * Decimal("0.06")))
    high_off = abs(value.top - row.high) > min(most, max(width, row.high * Decimal("0.06")))
    return not (low_off or high_off)


_HEALTHY = re.compile(
    r"\b(?:normal\w*|healthy|expect\w*|usual\w*|typical\w*|reference|ordinar\w+|physiologic\w*"
    r"|(?:should|ought to) (?:be|lie|sit|read|run)|counts? as|ranges?)\b",
    re.I,
)
_OF_THE_SICK = re.compile(
    r"\b(?:target|goal|aim\w*|jaundice|sepsis|septic|shock|fever\w*|an[a]?emi\w+|hypo\w+|hyper\w+"
    r"|pre-?eclamp\w+|transfus\w+|treat\w*|threshold|abnormal\w*|danger\w*|premature|preterm"
    r"|bradycardi\w*|tachycardi\w*|distress|if|until)\b",
    re.I,
)


def _of_states(context: Context) -> Iterator[Verdict]:
    """Report a normal range of children or of pregnancy that lies wholly beside the right one."""
    for lab in context.content.labs:
        rows = context.knowledge.rows(StateRangeRow, lab.analyte)
        if not rows or lab.value is None or lab.value.high is None:
            continue
        said = context.content.sentences[lab.sentence].text
        if not _HEALTHY.search(said) or _OF_THE_SICK.search(said):
            continue
        states = named_states(said)
        own = next((row for row in rows if {row.state} == states), None)
        adult = adult_row_of(context, lab.analyte)
        value = value_of(context, lab, adult) if own is not None and adult is not None else None
        if own is None or value is None or (own.low <= value.top and value.value <= own.high):
            continue
        yield Signal(
            severity="warning",
            message=f"The reference range of {name(lab.analyte)} ({own.state}) is about "
            f"{own.low}-{own.high} {unit(own.unit)}, not {amount(lab.value)}.",
            span=place(context, lab),
            reference=context.knowledge.reference(own),
            subject=lab.analyte,
        )


def _all_ranges(context: Context) -> Iterator[Verdict]:
    yield from _ranges(context)
    yield from _of_states(context)


RULES = (
    Rule(
        id="LAB203",
        title="wrong reference range",
        category="lab-interpretation",
        rationale="A wrong range turns sick into well.",
        tables=("analytes", "state_ranges"),
        check=_all_ranges,
    ),
)
