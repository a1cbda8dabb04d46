"""MED314: when a level is taken, by which test, and what it should be."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_patient import SamplingRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.combining import given
from medrag.checker.sample_times import (
    AFTER,
    AT_ONCE,
    CHANGED,
    FROM_NOW,
    by_the_clock,
    hours_of,
    times_after,
)
from medrag.checker.wording import amount, name
from medrag.checker.words import find
from medrag.clinical import LabMention, Quantity, convert
from medrag.clinical.lexicon import load

_NAMED: tuple[tuple[re.Pattern[str], Decimal], ...] = (
    (re.compile(r"\b(?:same day|tonight|this evening)\b", re.I), Decimal(8)),
    (re.compile(r"\b(?:tomorrow|(?:the )?next (?:day|morning)|daily|every day)\b", re.I),
     Decimal(24)),
    (re.compile(r"\b(?:next week|weekly|each week)\b", re.I), Decimal(168)),
    (re.compile(r"\b(?:next month|monthly|each month)\b", re.I), Decimal(730)),
    (re.compile(r"\b(?:next year|yearly|annual(?:ly)?|each year)\b", re.I), Decimal(8760)),
)  # fmt: skip
_DAY = re.compile(r"\bon days? (\d+)", re.I)
_BEFORE_DOSE = re.compile(
    r"\b(?:before|ahead of)\s(?:the\s|each\s|his\s|her\s)?(?:\w+\s){0,4}"
    r"(?:dose|infusion|injection|tablet)",
    re.I,
)
_TROUGH = re.compile(r"\b(?:troughs?|C0|pre-?dose)\b", re.I)
_THEN = re.compile(
    r"\bdose\b[^.;]{0,40}\bthen\b[^.;]{0,60}\b(?:\d+|one|two|half an|an) (?:hours?|minutes?) later",
    re.I,
)
"""The dose comes first and the trough later."""
_PEAK = re.compile(r"\bpeaks?\b(?:(?!\btrough)[^;.])*", re.I)
"""What is said of a peak, beside a trough."""
_NOT_PEAK = re.compile(
    r"\b(?:not|no|never|rather than|instead of)\b[^.;,]{0,20}\bpeaks?\b[^.;]*", re.I
)
_C2 = re.compile(r"\bC2\b|two[- ]hour (?:level|monitoring)", re.I)
"""Cyclosporine is also followed two hours after the dose, by another target."""
_TROUGH_HOURS = 8
"""From this many hours after a dose on, a sample can be the trough before the next."""
_STEADY_HOURS = 36
"""From here on a row is about a steady state: "repeat in 2 days" counts from the change."""
_SAMPLE = re.compile(
    r"\b(levels?|troughs?|peaks?|concentration|sampl\w*|draw\w*|measur\w*|re-?check\w*|check\w*"
    r"|repeat\w*|re-?test\w*|taken?|monitor\w*|follow-up|first|next|tells?|shows?)\b",
    re.I,
)
_ASKS = re.compile(
    r"\b(?:re-?check\w*|check\w*|repeat\w*|re-?test\w*|test\w*|measur\w*|draw\w*|monitor\w*"
    r"|order\w*|obtain\w*|first|next|look at|see|tells?|shows?|every|follow\w*|level|taken|due)\b",
    re.I,
)
_PART = re.compile(r"[.;|\n]")
_BESIDE = 70
"""Characters beside the name of a test in which its time stands."""
_STARTS = re.compile(
    r"\b(?:start\w*|begin\w*|began|initiat\w*|add(?:ed|ing)?|new(?:ly)?|increas\w*|rais\w*|doubl\w*"
    r"|first|chang\w*|switch\w*)\b",
    re.I,
)
_LEVEL = re.compile(
    r"\b(?:troughs?|peaks?|levels?|anti-?xa|TSH|INR|(?:target|therapeutic) range)\b", re.I
)
_UP_TO = re.compile(r"\b(?:up to|max(?:imum)?|below|under|not above)\s\Z", re.I)
_TARGET = re.compile(
    r"\b(target|aim|goal|maintain|keep|kept|h(?:o|e)ld (?:it |the level )?(?:at|between)"
    r"|therapeutic (?:range|window|level|concentration)|between|desired|wanted"
    r"|(?:should|ought to|must|is to) (?:be|lie|sit|stay|run|read|fall|reach))\w*\b",
    re.I,
)
_CALLED = re.compile(r"\b(?:target|goal|aim)(?:s|ed|ing)?\b(?! (?:was|not))[^.;]{0,40}\d", re.I)
_FOLLOWS = re.compile(
    r"\b(?:monitor\w*|titrat\w*|adjust\w*|guid\w+|target\w*|aim\w*|follow\w*|dose\w* (?:by|to)"
    r"|keep|goal)\b",
    re.I,
)
_WIDE = Decimal("1.25")
"""Times the upper end from which "a goal below X" is no goal either."""
_UNNEEDED = re.compile(
    r"\b(?:no|without) (?:routine |regular )?[\w-]+ (?:monitoring|tests?|checks?|levels?)"
    r"|\b(?:not|n't) (?:need|require|necessary)\w*|\bunnecessary\b",
    re.I,
)
_WARNED = re.compile(r"\b(do not|don't|never|avoid|not|too (?:early|soon)|wait|no need)\b", re.I)


def _sampling(context: Context) -> Iterator[Verdict]:
    seen: set[tuple[str, int]] = set()
    for drug, sentence in _sampled(context):
        for row in context.knowledge.rows(SamplingRow, drug):
            if (row.analyte, sentence) in seen or not _holds(context, row):
                continue
            problem = (
                _misread(context, sentence, row)
                if row.unfit
                else _badly_timed(context, sentence, row) or _off_target(context, sentence, row)
            )
            if not problem:
                continue
            seen.add((row.analyte, sentence))
            of = name(row.analyte if drug == "*" else drug)
            yield Signal(
                severity=row.severity,
                message=f"{of} {problem}: {row.text}.",
                span=context.content.sentences[sentence].span,
                reference=context.knowledge.reference(row, drug),
                subject=row.analyte if drug == "*" else drug,
            )


def _holds(context: Context, row: SamplingRow) -> bool:
    """Return whether a row is of what the text and the list of conditions speak of."""
    if row.unless and _is_named(context, row.unless):
        return False
    return not row.indication or _is_named(context, row.indication)


def _is_named(context: Context, words: tuple[str, ...]) -> bool:
    known = " ".join(context.facts.patient.conditions or ())
    return context.first(words) is not None or find(known, words) is not None


def _sampled(context: Context) -> Iterator[tuple[str, int]]:
    """Yield (drug, sentence) wherever a drug or its level is named, or a level of it is meant."""
    rows = context.knowledge.rows
    named = sorted(
        (d.sentence, i) for d in context.dosed for i in d.ingredients if rows(SamplingRow, i)
    )
    found = {(drug, sentence) for sentence, drug in named}
    taken = {item.ingredient for item in given(context) if rows(SamplingRow, item.ingredient)}
    taken |= {drug for _, drug in named}
    free = {row.analyte for row in rows(SamplingRow, "*")}
    for lab in context.content.labs:
        own = f"{lab.analyte}".partition("-")[0]
        drugs = {own} if rows(SamplingRow, own) else set()
        drugs |= {d for d in taken if any(r.analyte == lab.analyte for r in rows(SamplingRow, d))}
        found |= {(drug, lab.sentence) for drug in drugs}
        if lab.analyte in free:
            found.add(("*", lab.sentence))
    places = {place for _, place in found}
    for number, sentence in enumerate(context.content.sentences):
        if number in places or not _LEVEL.search(sentence.text):
            continue
        before = bisect_left(named, (number, ""))
        if before:
            found.add((named[before - 1][1], number))
        elif len(taken) == 1:
            found.add((next(iter(taken)), number))
    yield from sorted(found)


def _misread(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return that a drug is followed by a test that does not show it, or nothing."""
    text = context.content.sentences[sentence].text
    drugs = [i for d in context.content.drugs if d.sentence == sentence for i in d.ingredients]
    named = _lab(context, sentence, row) is not None and row.key in drugs
    if not named or "warfarin" in {*drugs} - {row.key}:
        return ""
    if _WARNED.search(text) or _UNNEEDED.search(text) or not _FOLLOWS.search(text):
        return ""
    return f"followed by {name(row.analyte)}"


def _badly_timed(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with the time of a sample, or nothing."""
    text = context.content.sentences[sentence].text
    if not _SAMPLE.search(text) or _WARNED.search(text) or not _names(context, sentence, row):
        return ""
    if row.not_at and (wrong := find(text, row.not_at)) is not None:
        return f"level taken at a misleading time ({wrong.of(text).lower()})"
    after, before = AFTER.search(text), _BEFORE_DOSE.search(text)
    clocked = by_the_clock(text)
    trough = _TROUGH.search(text)
    if not trough and (_names_peak(text) or _asks_for_peak(context, sentence, row)):
        return _peak_mistimed(text, row, is_before=before is not None and after is None)
    if row.before_dose and trough:
        text = _PEAK.sub("", text)
        after, before = AFTER.search(text), _BEFORE_DOSE.search(text)
        soon = after is not None and not before and hours_of(after) < _TROUGH_HOURS
        soon = soon or (clocked is not None and not before and clocked < _TROUGH_HOURS)
        late = soon or AT_ONCE.search(text) or _THEN.search(text)
        return "trough taken after the dose" if late else ""
    if row.min_hours_after is not None and row.min_hours_after <= _STEADY_HOURS:
        times = times_after(CHANGED.sub("", text)) if clocked is None else [clocked]
        if re.search(r"\b(?:just|changed|started)\b", text):
            times += [hours_of(match) for match in FROM_NOW.finditer(text)]
        return "level taken too early" if times and max(times) < row.min_hours_after else ""
    return _far_off(context, sentence, row)


def _peak_mistimed(text: str, row: SamplingRow, *, is_before: bool) -> str:
    """Return what is wrong with the time of a peak, or that a peak is no use."""
    if row.before_dose and row.analyte.endswith("-level") and not _C2.search(text):
        return "level taken at the peak" if AFTER.search(_NOT_PEAK.sub("", text)) else ""
    return "peak taken before the dose" if is_before else ""


def _names_peak(text: str) -> bool:
    return re.search(r"\bpeak", text, re.I) is not None


def _asks_for_peak(context: Context, sentence: int, row: SamplingRow) -> bool:
    """Return whether a sentence or the next holds the level to the range of a peak."""
    if row.peak_from is None:
        return False
    near = context.content.sentences[sentence : sentence + 2]
    start, end = near[0].start, near[-1].end
    values = (
        convert(found.quantity, row.unit)
        for found in context.content.quantities
        if start <= found.start < end and found.quantity.high is not None
    )
    return any(value is not None and value.value >= row.peak_from for value in values)


def _names(context: Context, sentence: int, row: SamplingRow) -> bool:
    """Return whether a sentence speaks of the row's test, or of a level that can be no other."""
    if _lab(context, sentence, row) is not None:
        return True
    labs = any(lab.sentence == sentence for lab in context.content.labs)
    own = row.analyte.startswith(row.key) or bool(row.before_dose)
    return own or (not labs and row.max_hours_after is None and row.key != "*")


def _lab(context: Context, sentence: int, row: SamplingRow) -> LabMention | None:
    """Return the mention of the row's test in a sentence."""
    return next(
        (
            lab
            for lab in context.content.labs
            if lab.sentence == sentence and lab.analyte == row.analyte
        ),
        None,
    )


def _far_off(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return that a steady state is not waited for, or a test put off for too long.

    Only times beside the name of the test and a word that asks for it count.
    """
    lab, place = _lab(context, sentence, row), context.content.sentences[sentence]
    if lab is None:
        return ""
    asked = list(_ASKS.finditer(context.text, max(place.start, lab.start - _BESIDE), lab.start))
    before = context.text[asked[-1].start() : lab.start] if asked else ""
    after = _PART.split(context.text[lab.end : min(place.end, lab.end + _BESIDE)])[0]
    near = f"{_PART.split(before)[-1]} {after}"
    if _ASKS.search(near) is None:
        return ""
    times = [*times_after(near), *(hours_of(match) for match in FROM_NOW.finditer(near))]
    times += [Decimal(match[1]) * 24 for match in _DAY.finditer(near)]
    times += [hours for words, hours in _NAMED if words.search(near)]
    if row.min_hours_after is not None and times and max(times) < row.min_hours_after:
        return "level taken too early"
    late = row.max_hours_after is not None and bool(times) and min(times) > row.max_hours_after
    return "checked too late" if late and _is_started(context, sentence, row) else ""


def _is_started(context: Context, sentence: int, row: SamplingRow) -> bool:
    """Return whether the text starts or changes a row's drug in the sentence or the one before."""
    drugs = frozenset[str]() if row.key == "*" else context.knowledge.members(row.key)
    near = [order for order in context.orders if 0 <= sentence - order.sentence <= 1]
    started = any(drugs & set(order.ingredients) and not order.current for order in near)
    return (started or row.key == "*") and _STARTS.search(context.text) is not None


def _off_target(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with a target, or nothing."""
    text = context.content.sentences[sentence].text
    for lab in context.content.labs:
        if lab.analyte != row.analyte or lab.sentence != sentence:
            continue
        others = {"reference-range"} if row.key != "*" else {"reference-range", "result"}
        target = lab.role == "target" or (
            lab.role not in others and _TARGET.search(text) is not None
        )
        stated = lab.value or (_behind(context, lab, row) if target else None)
        value = _in_unit(stated, row) if stated is not None else None
        named = _CALLED.search(text) is not None
        if target and value is not None and (said := _outside(value, row, named=named)):
            return said
    return _written_target(context, sentence, row)


def _in_unit(stated: Quantity, row: SamplingRow) -> Quantity | None:
    entry = load().analytes.get(row.analyte)
    value = entry.convert(stated, row.unit) if entry else convert(stated, row.unit)
    if value is None and stated.unit == "1":
        return Quantity(stated.value, row.unit, stated.high, stated.comparator)
    return value


_HELD_AT = re.compile(
    r"[^.;]{0,60}?\b(?:is|are|of|to|at|between|be|range|:)\s(?:about |around |between )?\Z", re.I
)


def _behind(context: Context, lab: LabMention, row: SamplingRow) -> Quantity | None:
    """Return the number that a target names further on: "INR target with ... is 2 to 3"."""
    end = context.content.sentences[lab.sentence].end
    for found in context.content.quantities:
        fits = found.quantity.unit == "1" or _in_unit(found.quantity, row) is not None
        if lab.end <= found.start < end and fits:
            between = context.text[lab.end : found.start]
            return found.quantity if _HELD_AT.fullmatch(between) else None
    return None


def _outside(value: Quantity, row: SamplingRow, *, named: bool) -> str:
    """Return which end of a target is wrong; a bare number must be called the target."""
    high = row.target_high is not None and value.top > row.target_high
    ceiling = value.comparator in {"<", "<="}
    wide = row.target_high is not None and named and value.top > row.target_high * _WIDE
    if wide or (high and not ceiling):
        return f"target {amount(value)} is too high"
    whole = value.high is not None or (named and value.comparator not in {">", ">="})
    low = row.target_low is not None and value.top < row.target_low and whole
    return f"target {amount(value)} is too low" if low else ""


def _written_target(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with a target whose level is not named: "target level 3-4 ng/mL"."""
    place = context.content.sentences[sentence]
    own = row.analyte.startswith(row.key) or row.analyte == "anti-xa"
    if not own or not _TARGET.search(place.text) or not _LEVEL.search(place.text):
        return ""
    peaks = [match.span() for match in _PEAK.finditer(place.text)] if row.before_dose else []
    for found in context.content.quantities:
        if any(start <= found.start - place.start < end for start, end in peaks):
            continue  # "target below 1, and the peak 3 to 4 mcg/mL"
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
