"""`read`: a text to everything it mentions.

One pass each for names, quantities and frequencies over the whole text; then each sentence is
read with what stands in it. The time is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeVar

from medrag.clinical.acts import settle
from medrag.clinical.choices import read_choices
from medrag.clinical.directives import analyze
from medrag.clinical.dosing import Item, read_dosing
from medrag.clinical.folding import fold
from medrag.clinical.labs import read_labs
from medrag.clinical.matching import Hit, find_names
from medrag.clinical.medications import read_drugs, with_salts, with_supplements
from medrag.clinical.mentions import (
    Content,
    DiagnosisMention,
    DrugMention,
    LabMention,
    Regimen,
    Sentence,
)
from medrag.clinical.outline import Place, outline
from medrag.clinical.parts import SentenceParts
from medrag.clinical.populations import read_populations
from medrag.clinical.procedures import read_procedures
from medrag.clinical.quantities import parse, parse_frequencies
from medrag.clinical.quantity import Frequency, QuantityMention
from medrag.clinical.windows import IN_VOLUME
from medrag.core.protocols import Cancelled
from medrag.errors import OverdueError

_CARRIES_ON = re.compile(
    r"\W*(?:\d{1,2}[.)]\s)?(?:(?:the\s)?(?:(?:usual|recommended|starting|initial|maintenance|maximum|max|loading"
    r"|adult|target"
    r"|typical|total|daily|single|oral|iv)\s)*(?:dose|dosage|dosing|infusion|rate)\b|then\b"
    r"|it\sis\b"
    r"|(?:start|begin|initiate|give|take|continue|increase|raise|decrease|reduce|titrate|taper|repeat"
    r"|infuse"
    r"|administer|run|load)\b(?:\s(?:with|at|to|by|the\sdose|it|this|this\sdrug|as))*\s?(?=\W*\d"
    r"|the\sdose|it\b)"
    r"|(?:hers?|his|yours?)\s(?:[a-z]+\s){0,3}is\s[\d.]+[^.;]{0,12}[:,]\s(?:so\s|give\s)*(?=\d)"
    r"|for\s(?:her|him|you|this\s\w+)\s?[:,]\s?(?=\d)"
    r"|do\snot\sexceed|not\sto\sexceed|maximum|max\b|may\srepeat|no\smore\sthan|(?=\d)(?!\d{1,2}[.)]\s)|divided"
    r"|dose:|sig:)"
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|should|must|can|may|will|would|could|shows?|indicates?"
    r"|means?"
    r"|suggests?|reports?|takes?|presents?|needs?)\b"
)
_ABSENT = re.compile(
    r"\b(?:no|not\s(?:with|in|if|when|for|suitable\s(?:with|in)|given\s(?:with|in))|denies|denied"
    r"|without|negative\sfor|absence\sof|not\shave|never\shad|rule[sd]?\sout"
    r"|free\sof)"
    r"\s(?:(?:(?:family|personal|past|known|prior)\s(?:or\s|and\s)?){1,3}history\sof\s)?"
    r"(?:[\w-]+[\s,]+(?:or\s|and\s)?){0,4}\Z"
)
_EXCLUDED = re.compile(
    r"(?:\s(?:and|or)\s[\w\s-]{2,25})?(?:\s(?:tests?|screens?|screening|serology))?"
    r"(?:\s(?:has|have)\sbeen|\s(?:is|are|was|were))?\s(?:excluded|ruled\sout|absent|negative)\b"
)
_PART_OF = re.compile(
    r"\s(?:threshold|prophylaxis|precautions|vaccin\w+|clinic|ward|unit\b|prevent\w+"
    r"|(?:tests?|testing|screens?|screening|serolog\w+|status|antibod\w+)\b(?!\s(?:\w+\s){0,2}positive))"
)
"""What makes the name of a disease a part of another name: "seizure threshold"."""
_WRAP = re.compile(r"(?<=\S)\n(?=[a-z(]|\d+(?![.)\d]))")
"""The end of a line within a sentence: what follows is no new line of a list."""
_APART = 3
"""Rows and items without a step that may stand between two steps of one drug."""
_HEADED = 8
"""The same, where the drug stands in a heading or in the table itself."""
_STEP = re.compile(
    r"\W*(?:\d{1,2}[.)]\s)?(?:(?:week|day|month|step|cycle|hour|phase|visit|dose)s?\W{0,3}(?:\d|one|two|three|four"
    r"|on|i+\b)"
    r"|\d+(?:\s?(?:[-\u2013]|to)\s?\d+)?(?:\s?(?:on|\+|onwards?|weeks?|days?|months?))?\s*\|"
    r"|(?:continuous|basal|background|demand|bolus|lockout|loading|load|maintenance|initial"
    r"|starting|start|target"
    r"|maximum|max|usual|dose|dosage|route|frequency|duration|rate|infusion|schedule|interval|every|how\soften"
    r"|amount|morning|evening"
    r"|noon|bedtime|night|first|second|third|then|next)(?:\s(?:dose|rate|infusion|week|day|month"
    r"|limit|setting))?\s*[|:=.\u2013-]"
    r"|\d[\d.,]*\s?(?:mg|mcg|g|units?|tablets?|ml|meq)\b)"
)
_NAMES_PART = re.compile(
    r"\W*(?:route|frequency|duration|schedule|how\s(?:often|long)|when|rate|interval|times?)\b"
)
_ABOUT_IT = re.compile(
    r"\W*(?:(?:it|this|these|the\s(?:capsules?|tablets?|pellets|patch|bag|syringe|drug|medicine"
    r"|infusion|injection|solution))\b"
    r"|(?:(?:you|he|she|they|the\spatient|it)\s(?:may|can|could|should|must)\s(?:then\s"
    r"|simply\s)?)?"
    r"(?:open|crush|chew|split|cut|dissolve|sprinkle|connect|hang|push|inject|attach|run|infuse"
    r"|instil|insert|swallow"
    r"|take|give|start|stop|continue|restart|repeat|mix|dilute|draw"
    r"|(?:use|apply|keep|go\son|carry\son)(?=\s(?:it|this|on|with|using|taking|for)))\b)"
)
_AMOUNT = re.compile(
    r"\b(?:inject|give|take|infuse|administer|increase\sto|raise\s(?:it\s)?to|next\sstep\sis|next\sdose\sis"
    r"|dose\s(?:is|of|will\sbe)|start\s(?:with|at)|begin\s(?:with|at))\s(?:about\s|up\sto\s)?"
    r"\d[\d.,]*(?:\s?[-\u2013]\s?\d[\d.,]*)?\s?(?:mg|mcg|g|units?|ml|meq|tablets?|puffs?|drops?)\b"
)
"""Words that order an amount of the drug that was named before."""
_GOVERNED = frozenset({"drug", "class", "combination", "analyte", "procedure"})
_Item = TypeVar("_Item", Hit, QuantityMention, Frequency)


@dataclass(frozen=True, slots=True)
class _Part:
    """One sentence read."""

    source: SentenceParts
    used: frozenset[int]
    drugs: tuple[DrugMention, ...]
    labs: tuple[LabMention, ...]
    diagnoses: tuple[DiagnosisMention, ...]


def read(text: str, *, cancelled: Cancelled | None = None) -> Content:
    """Return what `text` mentions, in text order; linear in its length, no state is kept.

    Raises:
        OverdueError: `cancelled` said so at a sentence.
    """
    folded, places, parts = _parts(text, cancelled)
    drugs = settle(folded, [part.source for part in parts], _carried_on(parts))
    return Content(
        text=text,
        sentences=tuple(_sentence(part.source, part.drugs) for part in parts),
        drugs=drugs,
        labs=tuple(lab for part in parts for lab in part.labs),
        procedures=tuple(p for part in parts for p in read_procedures(part.source)),
        diagnoses=tuple(d for part in parts for d in part.diagnoses),
        populations=tuple(p for part in parts for p in read_populations(part.source)),
        quantities=tuple(parse(text)),
        frequencies=tuple(parse_frequencies(text)),
        choices=read_choices(folded, places, drugs),
    )


class Named(NamedTuple):
    """The drugs, diseases and laboratory values of a text, as `Content` has them."""

    drugs: tuple[DrugMention, ...]
    diagnoses: tuple[DiagnosisMention, ...]
    labs: tuple[LabMention, ...]


def read_named(text: str) -> Named:
    """Return what `read` finds of these three in `text`, without the rest of it."""
    folded, _, parts = _parts(text, None)
    return Named(
        drugs=settle(folded, [part.source for part in parts], _carried_on(parts)),
        diagnoses=tuple(d for part in parts for d in part.diagnoses),
        labs=tuple(lab for part in parts for lab in part.labs),
    )


def _parts(text: str, cancelled: Cancelled | None) -> tuple[str, Sequence[Place], list[_Part]]:
    """Return `text` in small letters, its outline, and what each of its sentences mentions."""
    hits = with_salts(text, find_names(text))
    quantities, frequencies = parse(text), parse_frequencies(text)
    hits = with_supplements(text, hits, quantities)
    folded = fold(_WRAP.sub(" ", text))
    parts = []
    places = outline(text, folded)
    for number, place in enumerate(places):
        demand_time(cancelled)
        start, end = place.start, place.end
        within = (
            _inside(hits, start, end),
            _inside(quantities, start, end),
            _inside(frequencies, start, end),
        )
        named = any(hit.kind in _GOVERNED for hit in within[0])
        clauses = analyze(folded, start, end, named=named)
        parts.append(_read_sentence(SentenceParts(text, folded, clauses, *within, number, place)))
    return folded, places, parts


def demand_time(cancelled: Cancelled | None) -> None:
    """Make sure that there is time to go on.

    Raises:
        OverdueError: `cancelled` says that there is none.
    """
    if cancelled is not None and cancelled():
        raise OverdueError("The text took longer to check than it may. Send it in parts.")


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
        drugs=drugs,
        labs=labs.labs,
        diagnoses=_diagnoses(source),
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


def _diagnoses(source: SentenceParts) -> tuple[DiagnosisMention, ...]:
    text, start = source.text, source.clauses.start
    return tuple(
        DiagnosisMention(
            start=hit.start,
            end=hit.end,
            text=text[hit.start : hit.end],
            diagnosis=hit.keys[0],
            negated=_ABSENT.search(source.folded, max(start, hit.start - 90), hit.start) is not None
            or _EXCLUDED.match(source.folded, hit.end, source.clauses.end) is not None,
            sentence=source.number,
        )
        for hit in source.hits
        if hit.kind == "condition" and _PART_OF.match(source.folded, hit.end) is None
    )


def _carried_on(parts: Sequence[_Part]) -> list[DrugMention]:
    """Give the dosing of a sentence without a drug ("The maximum is 4 g/day.") to the last one.

    So it is with the rows and items that state the steps of the drug above them ("Week 1 |
    0.25 mg weekly"), and with a course to come of a drug that was given before.
    """
    drugs: list[DrugMention] = []
    last_drug = last_step = last = -1
    for number, part in enumerate(parts):
        dissolved = _only_dissolves(part)
        drugs.extend(part.drugs)
        aside = all(
            d.condition and d.polarity == "mention" and not (d.current or d.regimens)
            for d in part.drugs
        )
        if part.drugs and not ((dissolved or aside) and last >= 0):
            last_drug = last_step = number
            last = len(drugs) - 1
            continue
        if not drugs:
            continue
        step = _is_step(part)
        headed = parts[last_drug].source.place.kind in {"heading", "row"}
        if step and number - last_step <= (_HEADED if headed else _APART):
            last_step = number
        elif number - last_drug > 2 or not (
            _CARRIES_ON.match(
                part.source.folded, part.source.clauses.start, part.source.clauses.end
            )
            or _orders_amount(part)
        ):
            if number == last_drug + 1 and _goes_on(part):
                drugs[last] = replace(drugs[last], until=number)
            continue
        stated = _with_dosing(part, drugs[last])
        drugs[last : last + 1] = stated
        last += len(stated) - 1
    return sorted(drugs, key=lambda drug: drug.start)


def _only_dissolves(part: _Part) -> bool:
    """Return whether a part names no drug but what one is dissolved in: "in 100 mL of saline"."""
    folded, start = part.source.folded, part.source.clauses.start
    return bool(part.drugs) and all(
        IN_VOLUME.search(folded, max(start, drug.start - 20), drug.start) for drug in part.drugs
    )


def _is_step(part: _Part) -> bool:
    """Return whether a row or item is a step of the drug above: it begins with when or what."""
    source = part.source
    if source.place.kind not in {"row", "item"}:
        return False
    return _STEP.match(source.folded, source.clauses.start, source.clauses.end) is not None


def _orders_amount(part: _Part) -> bool:
    """Return whether a sentence that names no drug orders an amount: "inject 60 mL around"."""
    source = part.source
    if part.drugs or source.place.kind == "row":
        return False
    found = _AMOUNT.search(source.folded, source.clauses.start, source.clauses.end)
    # beside a result only what is called a dose: "with a clearance of 32 the dose is 125 mcg"
    return found is not None and (not part.labs or found[0].startswith("dose"))


def _goes_on(part: _Part) -> bool:
    source = part.source
    return _ABOUT_IT.match(source.folded, source.clauses.start, source.clauses.end) is not None


def _with_dosing(part: _Part, last: DrugMention) -> list[DrugMention]:
    """Return the last drug with the dosing of a part that does not name it."""
    source = part.source
    items: list[Item] = [*source.quantities, *source.frequencies]
    items += [hit for hit in source.hits if hit.kind in {"route", "form"}]
    ends = min((drug.start for drug in part.drugs), default=source.clauses.end)
    before = IN_VOLUME.search(source.folded, max(source.clauses.start, ends - 20), ends)
    limit = before.start() if part.drugs and before is not None else source.clauses.end
    items = sorted((item for item in items if item.start < limit), key=_start_of)
    dosing = read_dosing(source.folded, items, part.used, anchor=source.clauses.start)
    stated = [r for r in dosing.regimens if r.single or r.count]
    rest = [r for r in dosing.regimens if not (r.single or r.count)]
    if last.standing == "past" and stated:
        # "He has had 300 mg/m2. Plan further cycles of 60 mg/m2": what comes is an order
        begin, end = source.clauses.start, stated[-1].end
        coming = replace(
            last,
            start=begin,
            end=end,
            text=source.text[begin:end],
            polarity="give",
            reported=False,
            standing="now",
            regimens=tuple(stated),
            maximums=dosing.maximums,
            sentence=source.number,
            until=source.number,
        )
        return [last, coming]
    regimens = [*last.regimens, *stated]
    named = _NAMES_PART.match(source.folded, source.clauses.start) is not None
    for one in rest if named or source.place.kind not in {"row", "item"} else ():
        if regimens and (one.route or one.frequency):
            regimens[-1] = _completed(regimens[-1], one)
    return [
        replace(
            last,
            regimens=tuple(regimens),
            maximums=(*last.maximums, *dosing.maximums),
            until=source.number,
        )
    ]


def _completed(regimen: Regimen, more: Regimen) -> Regimen:
    """Return a regimen with the route, frequency and duration that a later line states."""
    return replace(
        regimen,
        route=regimen.route or more.route,
        frequency=regimen.frequency or more.frequency,
        duration=regimen.duration or more.duration,
        form=regimen.form or more.form,
    )
