"""`read`: a text to everything it mentions.

One pass each for names, quantities and frequencies over the whole text; then each sentence is
read with what stands in it. The time is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from medrag.clinical.choices import read_choices
from medrag.clinical.directives import analyze
from medrag.clinical.dosing import Item, read_dosing
from medrag.clinical.folding import fold
from medrag.clinical.labs import read_labs
from medrag.clinical.matching import Hit, find_names
from medrag.clinical.medications import read_drugs, with_salts, with_supplements
from medrag.clinical.mentions import (
    Condition,
    Content,
    DiagnosisMention,
    DrugMention,
    LabMention,
    PopulationMention,
    ProcedureMention,
    Sentence,
)
from medrag.clinical.outline import outline
from medrag.clinical.parts import SentenceParts
from medrag.clinical.polarity import decide
from medrag.clinical.populations import read_populations
from medrag.clinical.quantities import parse, parse_frequencies
from medrag.clinical.quantity import Frequency, QuantityMention

_CARRIES_ON = re.compile(
    r"\W*(?:(?:the\s)?(?:(?:usual|recommended|starting|initial|maintenance|maximum|max|loading"
    r"|adult|target"
    r"|typical|total|daily|single|oral|iv)\s)*(?:dose|dosage|dosing|infusion|rate)\b|then\b"
    r"|it\sis\b"
    r"|(?:start|begin|initiate|give|take|continue|increase|decrease|reduce|titrate|taper|repeat"
    r"|infuse"
    r"|administer|run|load)\b(?:\s(?:with|at|to|by|the\sdose|it|this|this\sdrug|as))*\s?(?=\W*\d"
    r"|the\sdose|it\b)"
    r"|do\snot\sexceed|not\sto\sexceed|maximum|max\b|may\srepeat|no\smore\sthan|(?=\d)|divided"
    r"|dose:|sig:)"
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|should|must|can|may|will|would|could|shows?|indicates?"
    r"|means?"
    r"|suggests?|reports?|takes?|presents?|needs?)\b"
)
_ABSENT = re.compile(
    r"\b(?:no|denies|denied|without|negative\sfor|absence\sof|not\shave|never\shad|rule[sd]?\sout"
    r"|free\sof)"
    r"\s(?:[\w-]+[\s,]+(?:or\s|and\s)?){0,4}\Z"
)
_PART_OF = re.compile(
    r"\s(?:threshold|prophylaxis|precautions|vaccin\w+|clinic|ward|unit\b|prevention)"
)
"""What makes the name of a disease a part of another name: "seizure threshold"."""
_GOVERNED = frozenset({"drug", "class", "combination", "analyte", "procedure"})
_Item = TypeVar("_Item", Hit, QuantityMention, Frequency)


@dataclass(frozen=True, slots=True)
class _Part:
    """One sentence read."""

    source: SentenceParts
    used: frozenset[int]
    sentence: Sentence
    drugs: tuple[DrugMention, ...]
    labs: tuple[LabMention, ...]
    procedures: tuple[ProcedureMention, ...]
    diagnoses: tuple[DiagnosisMention, ...]
    populations: tuple[PopulationMention, ...]


def read(text: str) -> Content:
    """Return what `text` mentions, in text order; linear in its length, no state is kept."""
    hits = with_salts(text, find_names(text))
    quantities, frequencies = parse(text), parse_frequencies(text)
    hits = with_supplements(text, hits, quantities)
    folded = fold(text)
    parts = []
    places = outline(text, folded)
    for number, place in enumerate(places):
        start, end = place.start, place.end
        within = (
            _inside(hits, start, end),
            _inside(quantities, start, end),
            _inside(frequencies, start, end),
        )
        named = any(hit.kind in _GOVERNED for hit in within[0])
        clauses = analyze(folded, start, end, named=named)
        parts.append(_read_sentence(SentenceParts(text, folded, clauses, *within, number, place)))
    drugs = tuple(_carried_on(parts))
    return Content(
        text=text,
        sentences=tuple(part.sentence for part in parts),
        drugs=drugs,
        labs=tuple(lab for part in parts for lab in part.labs),
        procedures=tuple(p for part in parts for p in part.procedures),
        diagnoses=tuple(d for part in parts for d in part.diagnoses),
        populations=tuple(p for part in parts for p in part.populations),
        quantities=tuple(quantities),
        frequencies=tuple(frequencies),
        choices=read_choices(folded, places, drugs),
    )


def _inside(items: Sequence[_Item], start: int, end: int) -> list[_Item]:
    first = bisect_left(items, start, key=_start_of)
    return list(items[first : bisect_left(items, end, key=_start_of)])


def _start_of(item: Hit | QuantityMention | Frequency) -> int:
    return item.start


def _read_sentence(source: SentenceParts) -> _Part:
    labs = read_labs(source)
    drugs = read_drugs(source, labs.used)
    return _Part(
        source=source,
        used=labs.used,
        sentence=_sentence(source, drugs),
        drugs=drugs,
        labs=labs.labs,
        procedures=_procedures(source),
        diagnoses=_diagnoses(source),
        populations=read_populations(source),
    )


def _sentence(source: SentenceParts, drugs: Sequence[DrugMention]) -> Sentence:
    clauses = source.clauses
    kind: Literal["order", "report", "question", "fragment"] = "report"
    imperative = any(
        cue.kind in {"give", "avoid", "stop", "current", "from"}
        and cue.start - clauses.clause(cue.start)[0] <= 2
        for cue in clauses.cues
    )
    if clauses.question:
        kind = "question"
    elif imperative or any(d.polarity != "mention" and not d.reported for d in drugs):
        kind = "order"
    elif not clauses.report and _FINITE.search(source.folded, clauses.start, clauses.end) is None:
        kind = "fragment"
    return Sentence(
        start=clauses.start,
        end=clauses.end,
        text=source.text[clauses.start : clauses.end],
        kind=kind,
    )


def _procedures(source: SentenceParts) -> tuple[ProcedureMention, ...]:
    text, clauses = source.text, source.clauses
    hits = [hit for hit in source.hits if hit.kind == "procedure"]
    spans = [(hit.start, hit.end) for hit in hits]
    found = []
    for index, hit in enumerate(hits):
        decision = decide(source.folded, clauses, spans, index, dosed=False)
        region = decision.region
        found.append(
            ProcedureMention(
                start=hit.start,
                end=hit.end,
                text=text[hit.start : hit.end],
                procedure=hit.keys[0],
                polarity=decision.polarity,
                condition=Condition(
                    region.start, region.end, text[region.start : region.end], region.exception
                )
                if region
                else None,
                sentence=source.number,
            )
        )
    return tuple(found)


def _diagnoses(source: SentenceParts) -> tuple[DiagnosisMention, ...]:
    text, start = source.text, source.clauses.start
    return tuple(
        DiagnosisMention(
            start=hit.start,
            end=hit.end,
            text=text[hit.start : hit.end],
            diagnosis=hit.keys[0],
            negated=_ABSENT.search(source.folded, max(start, hit.start - 60), hit.start)
            is not None,
            sentence=source.number,
        )
        for hit in source.hits
        if hit.kind == "condition" and _PART_OF.match(source.folded, hit.end) is None
    )


def _carried_on(parts: Sequence[_Part]) -> list[DrugMention]:
    """Give the dosing of a sentence without a drug ("The maximum is 4 g/day.") to the last one."""
    drugs: list[DrugMention] = []
    for part in parts:
        drugs.extend(part.drugs)
        source = part.source
        if part.drugs or not drugs or source.number - drugs[-1].sentence > 2:
            continue
        if not _CARRIES_ON.match(source.folded, source.clauses.start, source.clauses.end):
            continue
        items: list[Item] = [*source.quantities, *source.frequencies]
        items += [hit for hit in source.hits if hit.kind in {"route", "form"}]
        items.sort(key=_start_of)
        dosing = read_dosing(source.folded, items, part.used, anchor=source.clauses.start)
        last = drugs[-1]
        drugs[-1] = replace(
            last,
            regimens=(*last.regimens, *(r for r in dosing.regimens if r.single or r.count)),
            maximums=(*last.maximums, *dosing.maximums),
        )
    return drugs
