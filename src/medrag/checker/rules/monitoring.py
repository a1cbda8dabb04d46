"""MED312-MED314: tests before and during a drug, and when a level is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_patient import PrerequisiteRow, SamplingRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import rows_of
from medrag.checker.wording import amount, name
from medrag.checker.words import find, waived
from medrag.clinical import DrugMention, Quantity, convert
from medrag.clinical.lexicon import load
from medrag.core.finding import NotChecked

_NOTHING = (
    "monitoring", "follow-up", "follow up", "test", "lab", "blood", "screening", "baseline",
    "level", "surveillance", "check",
)  # fmt: skip
_ANYBODYS = frozenset(
    {"blood", "labs", "monitoring", "screening", "exam", "baseline", "ecg", "renal", "kidney",
     "follow-up", "blood test", "weight", "hospital"}
)  # fmt: skip
"""Words of tests that belong to many drugs: elsewhere in the text they may be of another."""
_AFTER = re.compile(
    r"\b(\d+(?:\.\d+)?|one|two|three|four|half an?|an)[\s-]*(hours?|h|hr|hrs|minutes?|min)\s+"
    r"(?:after|post|following)",
    re.I,
)
_AT_ONCE = re.compile(
    r"\b(immediately after|right after|just after|soon after|at the end of|as the infusion ends"
    r"|straight after|directly after|at the peak|anytime|any time|random time)\b",
    re.I,
)
_NUMBERS = {"one": 1, "an": 1, "two": 2, "three": 3, "four": 4}
_SAMPLE = re.compile(r"\b(level|trough|concentration|sample|draw|drawn|measure|check)\w*\b", re.I)
_TARGET = re.compile(r"\b(target|aim|goal|maintain|keep|therapeutic range|between)\w*\b", re.I)


def _genotype(context: Context) -> Iterator[Verdict]:
    yield from _waived(context, "genotype")
    untold = {
        f"{name(drug)} ({row.tests[0]})"
        for mention in context.orders
        for drug, row in rows_of(context, mention, PrerequisiteRow)
        if row.kind == "genotype"
        and find(context.text, row.tests) is None
        and find(context.facts.words, row.tests) is None
    }
    if untold and context.facts.known:
        yield NotChecked(
            check=f"genetic or enzyme test before {', '.join(sorted(untold))}",
            reason="no result is given",
        )


def _monitoring(context: Context) -> Iterator[Verdict]:
    yield from _waived(context, "monitoring")


def _waived(context: Context, kind: str) -> Iterator[Verdict]:
    """Report a drug whose test the text calls unnecessary; silence about a test is no finding."""
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, PrerequisiteRow):
            if row.kind != kind:
                continue
            words = (*row.tests, *_NOTHING) if kind == "monitoring" else row.tests
            near = any(waived(text, words) for text in _near(context, mention))
            if not near and not (kind == "monitoring" and _waived_apart(context, mention, row)):
                continue
            yield Signal(
                severity=row.severity,
                message=f"{name(drug)}: {row.text}; the text says that it is not needed.",
                span=mention.span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )
            break


def _waived_apart(context: Context, mention: DrugMention, row: PrerequisiteRow) -> bool:
    """Return whether the text waives a test of the drug's own elsewhere, about no other drug."""
    own = tuple(test for test in row.tests if test.lower() not in _ANYBODYS)
    others = {d.sentence for d in context.content.drugs if d.ingredients != mention.ingredients}
    return any(
        waived(sentence.text, own) is not None
        for number, sentence in enumerate(context.content.sentences)
        if number not in others and own
    )


def _near(context: Context, mention: DrugMention) -> list[str]:
    """Return the drug's sentence and the next one, if that one names no other drug."""
    sentences = context.content.sentences
    texts = [sentences[mention.sentence].text]
    following = mention.sentence + 1
    others = {d.sentence for d in context.content.drugs if d.ingredients != mention.ingredients}
    if following < len(sentences) and following not in others:
        texts.append(sentences[following].text)
    return texts


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
    """Yield (drug, sentence) wherever a drug or its level is named."""
    found = {(i, d.sentence) for d in context.dosed for i in d.ingredients}
    by_analyte = {row.analyte: row.key for row in context.knowledge.all(SamplingRow)}
    found |= {
        (by_analyte[lab.analyte], lab.sentence)
        for lab in context.content.labs
        if lab.analyte in by_analyte and lab.analyte.partition("-")[0] == by_analyte[lab.analyte]
    }
    yield from sorted(found)


def _badly_timed(text: str, row: SamplingRow) -> str:
    if not _SAMPLE.search(text) or re.search(r"\b(do not|don't|never|avoid|not)\b", text, re.I):
        return ""
    after = _AFTER.search(text)
    if row.before_dose and re.search(r"\btrough", text, re.I):
        return "trough taken after the dose" if after or _AT_ONCE.search(text) else ""
    if row.min_hours_after is None:
        return ""
    hours = _hours(after) if after else (Decimal(0) if _AT_ONCE.search(text) else None)
    return "level taken too early" if hours is not None and hours < row.min_hours_after else ""


def _hours(match: re.Match[str]) -> Decimal:
    word = match[1].lower()
    value = Decimal("0.5") if word.startswith("half") else Decimal(_NUMBERS.get(word) or word)
    return value / 60 if match[2].lower().startswith("min") else value


def _off_target(context: Context, sentence: int, row: SamplingRow) -> str:
    if row.target_high is None:
        return ""
    for lab in context.content.labs:
        if lab.analyte != row.analyte or lab.sentence != sentence or lab.value is None:
            continue
        target = lab.role == "target" or (
            lab.role != "reference-range"
            and _TARGET.search(context.content.sentences[sentence].text) is not None
        )
        entry = load().analytes.get(row.analyte)
        value = entry.convert(lab.value, row.unit) if entry else convert(lab.value, row.unit)
        if value is None and lab.value.unit == "1":
            value = Quantity(lab.value.value, row.unit, lab.value.high)
        if not target or value is None or value.comparator in {"<", "<="}:
            continue
        if value.top > row.target_high:
            return f"target {amount(value)} is too high"
    return _written_target(context, sentence, row)


def _written_target(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with a target whose level is not named: "target level 3-4 ng/mL"."""
    place = context.content.sentences[sentence]
    if not _TARGET.search(place.text) or not re.search(r"\blevels?\b|\btrough", place.text, re.I):
        return ""
    for found in context.content.quantities:
        if not place.start <= found.start < place.end:
            continue
        value = convert(found.quantity, row.unit) if row.unit != "1" else None
        if value is not None and row.target_high is not None and value.top > row.target_high:
            return f"target {amount(value)} is too high"
    return ""


RULES = (
    Rule(
        id="MED312",
        title="genetic or enzyme test waived",
        category="contraindication",
        rationale="Some drugs are safe only for carriers of the right gene.",
        tables=("prerequisites",),
        check=_genotype,
    ),
    Rule(
        id="MED313",
        title="monitoring waived",
        category="monitoring",
        rationale="Clozapine without blood counts, lithium without levels.",
        tables=("prerequisites",),
        check=_monitoring,
    ),
    Rule(
        id="MED314",
        title="level taken at the wrong time or with a wrong target",
        category="monitoring",
        rationale="A level taken too early is high and misleads.",
        tables=("sampling",),
        check=_sampling,
    ),
)
