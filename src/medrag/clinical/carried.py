"""Whose dosing a sentence states that names no drug: "The maximum is 4 g/day."."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from medrag.clinical.dosing import Item, read_dosing
from medrag.clinical.medications import is_way
from medrag.clinical.mentions import DiagnosisMention, DrugMention, LabMention, Regimen
from medrag.clinical.parts import SentenceParts
from medrag.clinical.windows import IN_VOLUME

_CARRIES_ON = re.compile(
    r"\W*(?:\d{1,2}[.)]\s)?(?:(?:the\s)?(?:(?:usual|recommended|starting|initial|maintenance|maximum|max|loading"
    r"|adult|target"
    r"|typical|total|daily|single|oral|iv)\s)*(?:dose|dosage|dosing|infusion|rate)\b|then\b"
    r"|it\sis\b|(?:so\s|now\s|therefore\s)?(?:go|move|step|come)\s(?:it\s)?(?:up|down|back)\sto\s(?=\d)"
    r"|(?:start|begin|initiate|give|take|continue|increase|raise|decrease|reduce|titrate|taper|repeat"
    r"|infuse"
    r"|administer|run|load)\b(?:\s(?:with|at|to|by|(?:the|this|that|each|her|his|your)\s(?:dose|drug|injection"
    r"|infusion|shot|jab|tablet|capsule|patch|implant|insertion|course)|it|this|as))*\s?(?=\W*\d|every\b|each\b"
    r"|the\sdose|it\b)"
    r"|(?:hers?|his|yours?)\s(?:[a-z]+\s){0,3}is\s[\d.]+[^.;]{0,12}[:,]\s(?:so\s|give\s)*(?=\d)"
    r"|for\s(?:her|him|you|this\s\w+)\s?[:,]\s?(?=\d)"
    r"|do\snot\sexceed|not\sto\sexceed|maximum|max\b|may\srepeat|no\smore\sthan|(?=\d)(?!\d{1,2}[.)]\s)|divided"
    r"|(?:one|two|three|four|a|an)\s(?:tablet|capsule|puff|drop|patch|sachet|spray|suppositor)\w*\s"
    r"|(?:repeat|next)\s(?:doses?|injections?|infusions?|shots?|jabs?)\s(?:is|are|due|every|at|follows?)\b"
    r"|dose:|sig:)"
)
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
    r"|instil|insert|swallow|withdraw|remove|empty|squeeze|aspirate|spike|hook|plug|put|administer|deliver"
    r"|take|give|start|stop|continue|restart|repeat|mix|dilute|draw"
    r"|(?:use|apply|keep|go\son|carry\son)(?=\s(?:it|this|on|with|using|taking|for)))\b)"
)
_TURNED_DOWN = re.compile(
    r"\b(?:not|never|no|nor|avoid\w*|without|rather|instead|unless|if)\b|n['\u2019]t\b"
)
_AMOUNT = re.compile(
    r"\b(?:inject|infiltrate|instil|give|take|infuse|administer|increase\sto|raise\s(?:it\s)?to|next\sstep\sis|next\sdose\sis"
    r"|dose\s(?:is|of|will\sbe)|start\s(?:with|at)|begin\s(?:with|at))\s(?:about\s|up\sto\s)?"
    r"\d[\d.,]*(?:\s?[-\u2013]\s?\d[\d.,]*)?\s?(?:mg|mcg|g|units?|ml|meq|tablets?|puffs?|drops?)\b"
)
"""Words that order an amount of the drug that was named before."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence read."""

    source: SentenceParts
    used: frozenset[int]
    drugs: tuple[DrugMention, ...]
    labs: tuple[LabMention, ...]
    diagnoses: tuple[DiagnosisMention, ...]


def carried_on(parts: Sequence[Part]) -> list[DrugMention]:
    """Give the dosing of a sentence without a drug ("The maximum is 4 g/day.") to the last one.

    So it is with the rows and items that state the steps of the drug above them ("Week 1 |
    0.25 mg weekly"), and with a course to come of a drug that was given before.
    """
    drugs: list[DrugMention] = []
    last_drug = last_step = last = -1
    for number, part in enumerate(parts):
        dissolved = _only_dissolves(part)
        drugs.extend(part.drugs)
        aside = all(map(_is_aside, part.drugs))
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
                drugs[last] = _given_so(part, replace(drugs[last], until=number))
            continue
        stated = _with_dosing(part, drugs[last])
        drugs[last : last + 1] = stated
        last += len(stated) - 1
    return sorted(drugs, key=lambda drug: drug.start)


_INDULGED = frozenset({"alcohol", "caffeine", "diamorphine", "cocaine", "cannabis"})


def _is_aside(drug: DrugMention) -> bool:
    """Return whether a drug is only named on the way: what follows is of the drug before it."""
    if _INDULGED.issuperset(drug.ingredients) and drug.ingredients:
        return True
    dosed = any(r.single is not None or r.count is not None for r in drug.regimens)
    supposed = drug.condition is not None and drug.polarity == "mention" and not drug.current
    return (supposed or drug.polarity == "avoid") and not dosed


def _only_dissolves(part: Part) -> bool:
    """Return whether a part names no drug but what one is dissolved in: "in 100 mL of saline"."""
    folded, start = part.source.folded, part.source.clauses.start
    return bool(part.drugs) and all(
        IN_VOLUME.search(folded, max(start, drug.start - 20), drug.start) for drug in part.drugs
    )


def _is_step(part: Part) -> bool:
    """Return whether a row or item is a step of the drug above: it begins with when or what."""
    source = part.source
    if source.place.kind not in {"row", "item"}:
        return False
    return _STEP.match(source.folded, source.clauses.start, source.clauses.end) is not None


def _orders_amount(part: Part) -> bool:
    """Return whether a sentence that names no drug orders an amount: "inject 60 mL around"."""
    source = part.source
    if part.drugs or source.place.kind == "row":
        return False
    found = _AMOUNT.search(source.folded, source.clauses.start, source.clauses.end)
    # beside a result only what is called a dose: "with a clearance of 32 the dose is 125 mcg"
    return found is not None and (not part.labs or found[0].startswith("dose"))


def _goes_on(part: Part) -> bool:
    source = part.source
    return _ABOUT_IT.match(source.folded, source.clauses.start, source.clauses.end) is not None


def _given_so(part: Part, last: DrugMention) -> DrugMention:
    """Return a drug with the way in which the next sentence has it given: "Push it IV."."""
    source = part.source
    if _TURNED_DOWN.search(source.folded, source.clauses.start, source.clauses.end):
        return last
    known = {regimen.route for regimen in last.regimens}
    ways = [
        Regimen(start=hit.start, end=hit.end, route=hit.keys[0])
        for hit in source.hits
        if hit.kind == "route" and hit.keys[0] not in known and is_way(source, hit)
    ]
    return replace(last, regimens=(*last.regimens, *ways[:1]))


def _with_dosing(part: Part, last: DrugMention) -> list[DrugMention]:
    """Return the last drug with the dosing of a part that does not name it."""
    source = part.source
    items: list[Item] = [*source.quantities, *source.frequencies]
    items += [hit for hit in source.hits if hit.kind in {"route", "form"}]
    ends = min((drug.start for drug in part.drugs), default=source.clauses.end)
    before = IN_VOLUME.search(source.folded, max(source.clauses.start, ends - 20), ends)
    limit = before.start() if part.drugs and before is not None else source.clauses.end
    items = sorted((item for item in items if item.start < limit), key=lambda item: item.start)
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
    if len(last.regimens) == 1 and len(stated) == 1 and _only_names(last.regimens[0], stated[0]):
        regimens = [
            _completed(replace(stated[0], strength=last.regimens[0].strength), *last.regimens)
        ]
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


def _only_names(regimen: Regimen, step: Regimen) -> bool:
    """Return whether a regimen is a product alone, of which a step counts: "2 mg capsules: two"."""
    bare = regimen.strength is not None and not (regimen.count or regimen.frequency or regimen.dose)
    return bare and step.count is not None and not (step.dose or step.strength)


def _completed(regimen: Regimen, more: Regimen) -> Regimen:
    """Return a regimen with the route, frequency and duration that a later line states."""
    return replace(
        regimen,
        route=regimen.route or more.route,
        frequency=regimen.frequency or more.frequency,
        duration=regimen.duration or more.duration,
        form=regimen.form or more.form,
    )
