"""MED314: when a level is taken, and what it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_patient import SamplingRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.combining import given
from medrag.checker.wording import amount, name
from medrag.clinical import Quantity, convert
from medrag.clinical.lexicon import load

_NUMBERS = {"one": 1, "an": 1, "a": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_HOURS = {"min": Decimal(1) / 60, "h": Decimal(1), "d": Decimal(24), "w": Decimal(168)}
_SPAN = (
    r"\b(\d+(?:\.\d+)?|one|two|three|four|five|six|half an?|an?)[\s-]*"
    r"(hours?|h|hr|hrs|minutes?|min|days?|weeks?|wks?)\s+"
)
_AFTER = re.compile(
    rf"{_SPAN}(?:after|post|following|into|from|of (?:the )?(?:start|change))", re.I
)
_AT_ONCE = re.compile(
    r"\b(immediately after|right after|just after|soon after|at the end of|as the infusion ends"
    r"|straight after|directly after|at the peak|any ?time|random time"
    r"|whenever convenient)\b",
    re.I,
)
_BEFORE_DOSE = re.compile(
    r"\bbefore\s(?:the\s|each\s|his\s|her\s)?(?:\w+\s){0,2}(?:dose|infusion|injection|tablet)", re.I
)
_THEN = re.compile(
    r"\bdose\b[^.;]{0,40}\bthen\b[^.;]{0,60}\b(?:\d+|one|two|half an|an) (?:hours?|minutes?) later",
    re.I,
)
"""The dose comes first and the trough later."""
_TROUGH_HOURS = 8
"""From this many hours after a dose on, a sample can be the trough before the next."""
_SAMPLE = re.compile(
    r"\b(levels?|troughs?|peaks?|concentration|sampl\w*|draw\w*|measur\w*|re-?check\w*|check\w*"
    r"|repeat\w*|taken?)\b",
    re.I,
)
_LEVEL = re.compile(
    r"\b(?:troughs?|peaks?|levels?|anti-?xa|TSH|INR|(?:target|therapeutic) range)\b", re.I
)
_UP_TO = re.compile(r"\b(?:up to|max(?:imum)?|below|under|not above)\s\Z", re.I)
_TARGET = re.compile(r"\b(target|aim|goal|maintain|keep|therapeutic range|between)\w*\b", re.I)
_WARNED = re.compile(r"\b(do not|don't|never|avoid|not|too (?:early|soon)|wait)\b", re.I)


def _sampling(context: Context) -> Iterator[Verdict]:
    seen: set[tuple[str, int]] = set()
    for drug, sentence in _sampled(context):
        for row in context.knowledge.rows(SamplingRow, drug):
            text = context.content.sentences[sentence].text
            if row.indication and row.indication not in context.text.lower():
                continue
            problem = _badly_timed(text, row) or _off_target(context, sentence, row)
            if not problem or (drug, sentence) in seen:
                continue
            seen.add((drug, sentence))
            yield Signal(
                severity=row.severity,
                message=f"{name(drug)} {problem}: {row.text}.",
                span=context.content.sentences[sentence].span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )


def _sampled(context: Context) -> Iterator[tuple[str, int]]:
    """Yield (drug, sentence) wherever a drug or its level is named, or a level of it is meant."""
    rows = context.knowledge.all(SamplingRow)
    keys = {row.key for row in rows}
    named = sorted((d.sentence, i) for d in context.dosed for i in d.ingredients if i in keys)
    found = {(drug, sentence) for sentence, drug in named}
    by_analyte = {row.analyte: row.key for row in rows}
    taken = {item.ingredient for item in given(context)} | {drug for _, drug in named}
    for lab in context.content.labs:
        drug = by_analyte.get(lab.analyte)
        if drug is not None and (lab.analyte.startswith(drug) or drug in taken):
            found.add((drug, lab.sentence))
    for number, sentence in enumerate(context.content.sentences):
        own = any(place == number for _, place in found)
        if own or not _LEVEL.search(sentence.text):
            continue
        before = [drug for place, drug in named if place < number]
        if before:
            found.add((before[-1], number))
    yield from sorted(found)


def _badly_timed(text: str, row: SamplingRow) -> str:
    """Return what is wrong with the time of a sample, or nothing."""
    if not _SAMPLE.search(text) or _WARNED.search(text):
        return ""
    after, before = _AFTER.search(text), _BEFORE_DOSE.search(text)
    if re.search(r"\bpeak", text, re.I) and not re.search(r"\btrough", text, re.I):
        return "peak taken before the dose" if before and not after else ""
    if row.before_dose and re.search(r"\btrough", text, re.I):
        soon = after is not None and not before and _hours(after) < _TROUGH_HOURS
        late = soon or _AT_ONCE.search(text) or _THEN.search(text)
        return "trough taken after the dose" if late else ""
    if row.min_hours_after is None:
        return ""
    hours = _hours(after) if after else (Decimal(0) if _AT_ONCE.search(text) else None)
    return "level taken too early" if hours is not None and hours < row.min_hours_after else ""


def _hours(match: re.Match[str]) -> Decimal:
    word = match[1].lower()
    value = Decimal("0.5") if word.startswith("half") else Decimal(_NUMBERS.get(word) or word)
    unit = match[2].lower()
    return value * _HOURS["min" if unit.startswith("m") else unit[0]]


def _off_target(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with a target, or nothing."""
    text = context.content.sentences[sentence].text
    for lab in context.content.labs:
        if lab.analyte != row.analyte or lab.sentence != sentence or lab.value is None:
            continue
        target = lab.role == "target" or (
            lab.role != "reference-range" and _TARGET.search(text) is not None
        )
        entry = load().analytes.get(row.analyte)
        value = entry.convert(lab.value, row.unit) if entry else convert(lab.value, row.unit)
        if value is None and lab.value.unit == "1":
            value = Quantity(lab.value.value, row.unit, lab.value.high)
        if target and value is not None and (said := _outside(value, row)):
            return said
    return _written_target(context, sentence, row)


def _outside(value: Quantity, row: SamplingRow) -> str:
    if value.comparator in {"<", "<="}:
        return ""
    if row.target_high is not None and value.top > row.target_high:
        return f"target {amount(value)} is too high"
    low = row.target_low is not None and value.high is not None and value.high < row.target_low
    return f"target {amount(value)} is too low" if low else ""


def _written_target(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with a target whose level is not named: "target level 3-4 ng/mL"."""
    place = context.content.sentences[sentence]
    if not _TARGET.search(place.text) or not _LEVEL.search(place.text):
        return ""
    for found in context.content.quantities:
        if not place.start <= found.start < place.end or _UP_TO.search(
            context.text[max(0, found.start - 14) : found.start]
        ):
            continue
        if any(
            lab.value == found.quantity and lab.start < found.start for lab in context.content.labs
        ):
            continue  # a result, of whatever it is
        value = convert(found.quantity, row.unit) if row.unit != "1" else None
        if value is not None and row.target_high is not None and value.top > row.target_high:
            return f"target {amount(value)} is too high"
    return ""


RULES = (
    Rule(
        id="MED314",
        title="level taken at the wrong time or with a wrong target",
        category="monitoring",
        rationale="A level taken too early is high and misleads.",
        tables=("sampling",),
        check=_sampling,
    ),
)
