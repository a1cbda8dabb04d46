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
from medrag.checker.sample_targets import AIMS, LEVEL, PEAK, off_target
from medrag.checker.sample_times import (
    AFTER,
    AT_ONCE,
    CHANGED,
    FROM_NOW,
    by_the_clock,
    hours_of,
    names_an_hour,
    times_after,
)
from medrag.checker.sieve import sifted
from medrag.checker.weekdays import dates_apart, weekdays_apart
from medrag.checker.wording import name
from medrag.checker.words import find
from medrag.clinical import LabMention, convert

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
_NOTPEAK = re.compile(
    r"\b(?:not|no|never|rather than|instead of)\b[^.;,]{0,20}\bpeaks?\b[^.;]*", re.I
)
_C2 = re.compile(r"\bC2\b|two[- ]hour (?:level|monitoring)", re.I)
"""Cyclosporine is also followed two hours after the dose, by another target."""
_PEAK_HOURS = 6
"""Beyond this many hours after a dose under the skin its peak is over."""
_TROUGH_HOURS = 8
"""From this many hours after a dose on, a sample can be the trough before the next."""
_STEADY_HOURS = 36
"""From here on a row is about a steady state: "repeat in 2 days" counts from the change."""
_SAMPLE = sifted(
    r"\b(levels?|blood|bled|bleed|sent|send|troughs?|peaks?|concentration|sampl\w*|draw\w*|measur\w*|re-?check\w*|check\w*"
    r"|repeat\w*|re-?test\w*|taken?|monitor\w*|follow-up|first|next|tells?|shows?)\b",
    re.I,
)
_ASKS = re.compile(
    r"\b(?:re-?check\w*|check\w*|repeat\w*|re-?test\w*|test\w*|measur\w*|draw\w*|monitor\w*"
    r"|order\w*|obtain\w*|first|next|look at|see|tells?|shows?|every|follow\w*|level|taken|due)\b",
    re.I,
)
_OWN_LEVEL = re.compile(r"\b(?:the|a|first|next|another|serum|drug|blood) level\b", re.I)
_PART = re.compile(r"[.;|\n]")
_BESIDE = 70
"""Characters beside the name of a test in which its time stands."""
_STARTS = re.compile(
    r"\b(?:start\w*|begin\w*|began|initiat\w*|add(?:ed|ing)?|new(?:ly)?|increas\w*|rais\w*|doubl\w*"
    r"|first|chang\w*|switch\w*)\b",
    re.I,
)
_FOLLOWS = re.compile(
    r"\b(?:monitor\w*|titrat\w*|adjust\w*|guid\w+|target\w*|aim\w*|follow\w*|dose\w* (?:by|to)"
    r"|keep|goal)\b",
    re.I,
)
_UNNEEDED = re.compile(
    r"\b(?:no|without) (?:routine |regular )?[\w-]+ (?:monitoring|tests?|checks?|levels?)"
    r"|\b(?:not|\w+n['\u2019]t) (?:need|require|necessary)\w*|\bunnecessary\b",
    re.I,
)
_WARNED = sifted(r"\b(do not|don't|never|avoid|not|too (?:early|soon)|wait|no need)\b", re.I)


def _sampling(context: Context) -> Iterator[Verdict]:
    seen: set[tuple[str, int]] = set()
    for drug, sentence in _sampled(context):
        for row in context.knowledge.rows(SamplingRow, drug):
            if (row.analyte, sentence) in seen or not _holds(context, row):
                continue
            problem = (
                _misread(context, sentence, row)
                if row.unfit
                else _badly_timed(context, sentence, row) or off_target(context, sentence, row)
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
    meant = (*context.dosed, *(d for d in context.content.drugs if d.polarity == "mention"))
    named = sorted((d.sentence, i) for d in meant for i in d.ingredients if rows(SamplingRow, i))
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
    levels = {(lab.sentence, lab.analyte.partition("-")[0]) for lab in context.content.labs}
    told = sorted({*named, *(pair for pair in levels if rows(SamplingRow, pair[1]))})
    for number, sentence in enumerate(context.content.sentences):
        if number in places or not (
            context.search(LEVEL, sentence.text) or context.search(AIMS, sentence.text)
        ):
            continue
        before = bisect_left(told, (number, ""))
        if before:
            found.add((told[before - 1][1], number))
        elif len(taken) == 1:
            found.add((next(iter(taken)), number))
    yield from sorted(found)


def _misread(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return that a drug is followed by a test that does not show it, or nothing."""
    place = context.content.sentences[sentence]
    text = place.text
    drugs = [i for d in context.content.drugs_in(place.start, place.end) for i in d.ingredients]
    named = _lab(context, sentence, row) is not None and row.key in drugs
    if not named or "warfarin" in {*drugs} - {row.key}:
        return ""
    if context.search(_WARNED, text) or _UNNEEDED.search(text) or not _FOLLOWS.search(text):
        return ""
    return f"followed by {name(row.analyte)}"


def _badly_timed(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with the time of a sample, or nothing."""
    text = context.content.sentences[sentence].text
    if (
        not context.search(_SAMPLE, text)
        or context.search(_WARNED, text)
        or not _names(context, sentence, row)
    ):
        return ""
    if row.not_at and (wrong := find(text, row.not_at)) is not None:
        return f"level taken at a misleading time ({wrong.of(text).lower()})"
    after, before = AFTER.search(text), _BEFORE_DOSE.search(text)
    clocked = by_the_clock(text)
    if clocked is None and sentence and names_an_hour(text):
        clocked = by_the_clock(f"{context.content.sentences[sentence - 1].text} {text}")
    trough = _TROUGH.search(text)
    if not trough and (_names_peak(text) or _asks_for_peak(context, sentence, row)):
        return _peak_mistimed(text, row, is_before=before is not None and after is None)
    if row.before_dose and trough:
        text = PEAK.sub("", text)
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
        return "level taken at the peak" if AFTER.search(_NOTPEAK.sub("", text)) else ""
    if is_before:
        return "peak taken before the dose"
    times = [hours_of(match) for match in AFTER.finditer(text)] if row.peak_from else []
    return "peak taken too late" if times and min(times) > _PEAK_HOURS else ""


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
    bare = _OWN_LEVEL.search(place.text) if row.analyte == f"{row.key}-level" else None
    if lab is not None:
        start, end = lab.start, lab.end
    elif bare is not None:
        start, end = place.start + bare.start(), place.start + bare.end()
    else:
        return ""
    asked = list(_ASKS.finditer(context.text, max(place.start, start - _BESIDE), start))
    before = context.text[asked[-1].start() : start] if asked else ""
    after = _PART.split(context.text[end : min(place.end, end + _BESIDE)])[0]
    near = f"{_PART.split(before)[-1]} {after}"
    if _ASKS.search(near) is None:
        return ""
    times = [*times_after(near), *(hours_of(match) for match in FROM_NOW.finditer(near))]
    times += [Decimal(match[1]) * 24 for match in _DAY.finditer(near)]
    times += [hours for words, hours in _NAMED if words.search(near)]
    times += _between_days(place.text)
    if row.min_hours_after is not None and times and max(times) < row.min_hours_after:
        return "level taken too early"
    late = row.max_hours_after is not None and bool(times) and min(times) > row.max_hours_after
    return "checked too late" if late and _is_started(context, sentence, row) else ""


def _between_days(words: str) -> list[Decimal]:
    """Return the hours from a change to a test told by days: "up on Monday, TSH on Friday"."""
    changed = _CHANGES.search(words)
    if changed is None:
        return []
    apart = weekdays_apart(words, first=changed.start()) or dates_apart(words, words)
    return [] if apart is None else [apart]


_CHANGES = re.compile(
    r"\b(?:start\w*|beg[aiu]n\w*|initiat\w*|increas\w*|rais\w*|reduc\w*|lower\w*|doubl\w*|halv\w*"
    r"|chang\w*|adjust\w*|switch\w*|went up|put up|up to|stepped)\b",
    re.I,
)


def _is_started(context: Context, sentence: int, row: SamplingRow) -> bool:
    """Return whether the text starts or changes a row's drug in the sentence or the one before."""
    drugs = frozenset[str]() if row.key == "*" else context.knowledge.members(row.key)
    near = [order for order in context.orders if 0 <= sentence - order.sentence <= 1]
    started = any(drugs & set(order.ingredients) and not order.current for order in near)
    if started and row.severity == "critical":
        return True
    return (started or row.key == "*") and _STARTS.search(context.text) is not None


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
