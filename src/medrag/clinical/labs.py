"""Reads laboratory values and vital signs: the number that belongs to an analyte, and its role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from medrag.clinical.lab_links import EQUALS, FOR, LINK, LOOSE_LINK, OF_LINK, SHORT_LINK
from medrag.clinical.lab_names import analyte_hits
from medrag.clinical.lab_roles import (
    ORDER,
    RANGE_WORDS,
    TARGET,
    column_head,
    judged,
    own_words,
    role_of,
    trend_of,
)
from medrag.clinical.lexicon import Analyte, load
from medrag.clinical.matching import Hit
from medrag.clinical.mentions import LabMention, LabRole
from medrag.clinical.parts import SentenceParts
from medrag.clinical.populations import named_population, who
from medrag.clinical.quantity import Comparator, Quantity, QuantityMention

_SAMPLE = re.compile(
    r"\s?(?P<side>after|before|following|prior\sto|post)\s(?:[\w-]+\s){0,3}(?:dose"
    r"|dosing|administration|infusion|injection)\b"
)
_DEGREES = re.compile(r"\s?(?:degrees?\s?)?([CF])\b")
_PRESSURE = re.compile(
    r"(?P<link>[\s:=(]|\b(?:is|was|of|at|now|today|remains?|reading|currently|only|has|been|fell"
    r"|dropped|rose|to"
    r"|target|goal|below|under|above|keep|about|averag\w+|<|>|≤|≥)\b|[<>≤≥~])*"
    r"(?P<top>\d{2,4})\s?/\s?(?P<bottom>\d{2,3})(?![\d/])(?:\s?mm\s?hg)?"
)
_PRESSURES = {
    "blood-pressure": ("systolic-bp", "diastolic-bp"),
    "systolic-bp": ("systolic-bp", "diastolic-bp"),
    "mean-arterial-pressure": ("systolic-bp", "diastolic-bp"),
}
_NEXT_CELL = re.compile(r"\s*\|\s*(?:about\s)?")
_UNIT_SYSTEM = re.compile(
    r"\b(?:us|uk|si|conventional|american|british|equivalent|converted|mg/dl|g/dl|mmol|[uµμ]mol|nmol"
    r"|ng/ml|units?)\b"
)
"""The heading of a column that holds the value before it in other units."""
_TERM = re.compile(r"\s(?:[+x\u00d7*/]\s[\d(]|[-\u2212]\s\()")
"""What makes a number a term of a sum: "corrected calcium = 7.8 + 0.8 x (4.0 - 2.4)"."""
_BESIDE = 4
"""Characters between a dose and the words how or how often it is given."""
_SHORT_NAME = 2
_FARTHEST = 70
_LEVEL_ONLY = frozenset({"weight", "height", "ph", "pt", "temperature"})
_ADDS = re.compile(
    r"\b(?:add(?:ing|ed)?|containing)\s(?:(?:\d[\d.]*|mmol|meq|mg|g|ml|of|the|some|more|extra|iv"
    r"|sodium|chloride)\s){0,3}\Z"
)
_IN_FLUID = re.compile(
    r"\s(?:kcl\s)?(?:in|to|per|with)\s(?:(?:the|each|every|all|an?|second|third|first|next|subsequent"
    r"|later|following|maintenance|iv|\d+)\s){1,4}(?:ml\s|l\s)?(?:bags?|lit(?:re|er)s?|fluids?"
    r"|infus\w+|saline|drip|sodium\schloride|dextrose|glucose)\b"
)
"""What makes a concentration that of a fluid to be given."""


@dataclass(frozen=True, slots=True)
class LabReading:
    """Laboratory mentions of one sentence and the quantities they used up.

    Attributes:
        labs: In text order.
        used: Starts of the quantities that belong to them.
    """

    labs: tuple[LabMention, ...]
    used: frozenset[int]


def read_labs(parts: SentenceParts) -> LabReading:
    """Return the analytes of one sentence with their values."""
    hits = sorted(analyte_hits(parts), key=lambda hit: hit.start)
    labs: list[LabMention] = []
    used: set[int] = set()
    analytes = load().analytes
    for index, hit in enumerate(hits):
        analyte = analytes[hit.keys[0]]
        pressure = _pressure(parts, hit)
        if pressure is not None:
            pair, taken = pressure
            labs += pair
            used |= taken
            continue
        limit = hits[index + 1].start if index + 1 < len(hits) else parts.clauses.end
        found = None
        if not _is_paired(parts, hits, index):
            found = _in_degrees(parts, analyte, _value(parts, analyte, hit, limit, used))
            if found is not None and (_is_of_fluid(parts, hit, found) or _is_dose(parts, found)):
                found = None
        lab = _mention(parts, analyte, hit, found)
        if lab is None:
            continue
        if found is not None:
            used.add(found.start)
            lab, extra = _with_equal(parts, analyte, lab, found)
            used |= extra
        labs.append(lab)
    return LabReading(tuple(labs), frozenset(used))


def _is_of_fluid(parts: SentenceParts, hit: Hit, found: QuantityMention | None) -> bool:
    """Whether an amount is what a fluid holds: "potassium 40 mmol/L in the second bag"."""
    if found is None or found.quantity.unit not in {"mmol/L", "meq/L", "mg/dL", "g/L"}:
        return False
    text = parts.folded
    added = _ADDS.search(text, max(parts.clauses.start, hit.start - 20), hit.start)
    return bool(added or _IN_FLUID.match(text, found.end, parts.clauses.end))


def _is_dose(parts: SentenceParts, found: QuantityMention) -> bool:
    """Whether an amount is given and not measured: "of her weight, 0.125 mg by mouth daily"."""
    if found.quantity.unit not in {"mg", "ug", "g"}:
        return False
    ways = (hit.start for hit in parts.hits if hit.kind == "route")
    times = (frequency.start for frequency in parts.frequencies)
    return any(0 < at - found.end <= _BESIDE for at in (*ways, *times))


def _is_paired(parts: SentenceParts, hits: Sequence[Hit], index: int) -> bool:
    """Whether two names share what follows: "Na / Cl 134 / 98", "BUN / urea 28 mg/dL"."""
    for one, other in ((index - 1, index), (index, index + 1)):
        if one >= 0 and other < len(hits):
            between = parts.folded[hits[one].end : hits[other].start]
            if between.strip() == "/":
                return True
    return False


def _pressure(parts: SentenceParts, hit: Hit) -> tuple[list[LabMention], set[int]] | None:
    """Return a blood pressure "120/80" as systolic and diastolic; None where none stands here."""
    names = _PRESSURES.get(hit.keys[0])
    match = _PRESSURE.match(parts.folded, hit.end, parts.clauses.end) if names else None
    if names is None or match is None:
        return None
    bound = re.search(r"below|under|<|≤|above|over|>|≥", match[0])
    sign = {"<": "<", "≤": "<=", "be": "<", "un": "<"}.get(bound[0][:2] if bound else "", ">")
    comparator: Comparator | None = None
    if bound is not None:
        comparator = "<" if sign in {"<", "<="} else ">"
    found = _mention(parts, load().analytes[names[0]], hit, None) or None
    begin, end = parts.clauses.clause(hit.start)
    near = (begin, max(end, match.end()))
    role = _pressure_role(parts, hit, match)
    pair = [
        LabMention(
            start=hit.start,
            end=hit.end,
            text=parts.text[hit.start : hit.end],
            analyte=name,
            value=Quantity(Decimal(match[group]), "mm[Hg]", None, comparator),
            unit_written="mmHg" if "hg" in match[0] else None,
            role=role,
            trend=found.trend if found else None,
            interpretation=judged(parts, hit, near, near[1]),
            who=who(parts.folded, begin, end),
            sentence=parts.number,
        )
        for name, group in zip(names, ("top", "bottom"), strict=True)
    ]
    place = match.span("top")[0], match.end()
    return pair, {q.start for q in parts.quantities if q.start < place[1] and q.end > place[0]}


def _pressure_role(parts: SentenceParts, hit: Hit, match: re.Match[str]) -> LabRole:
    text, begin = parts.folded, parts.clauses.clause(hit.start)[0]
    if RANGE_WORDS.search(text, begin, match.end()):
        return "reference-range"
    if TARGET.search(text, begin, match.end()):
        return "target"
    return "threshold" if parts.clauses.condition(hit.start) is not None else "result"


def _value(  # noqa: PLR0917 - one place, five facts
    parts: SentenceParts, analyte: Analyte, hit: Hit, limit: int, used: set[int]
) -> QuantityMention | None:
    text = parts.folded
    if _CORRECTED_FOR.search(text, max(0, hit.start - 40), hit.start):
        link = OF_LINK
    else:
        link = SHORT_LINK if _is_short(hit) else LINK
    changes = _A_CHANGE.search(text, max(0, hit.start - 40), hit.start) is not None
    before = [m for m in parts.quantities if m.end <= hit.start and m.start not in used]
    if before and _is_for(text, before[-1], hit) and _fits(analyte, before[-1]):
        return before[-1]
    for mention in parts.quantities:
        if mention.start < hit.end or mention.start in used or _is_of_no_test(text, mention):
            continue
        if mention.start >= limit or mention.start - hit.end > _FARTHEST:
            break
        if _fits(analyte, mention) and (
            link.match(text, hit.end, mention.start) or _is_told_later(parts, analyte, hit, mention)
        ):
            if changes and not _TO_A_VALUE.search(text, hit.end, mention.start):
                return None
            term = "=" in text[hit.end : mention.start] and _TERM.match(text, mention.end)
            return None if _is_date(text, mention) or term else mention
        if not _is_time(mention):
            break
    if before and _joined_before(text, before[-1], hit) and _fits(analyte, before[-1]):
        return before[-1]
    return None


def _is_told_later(
    parts: SentenceParts, analyte: Analyte, hit: Hit, mention: QuantityMention
) -> bool:
    """Whether a value stands behind a phrase of its name: "sodium in health ought to be 140"."""
    if not mention.unit_written or mention.quantity.unit not in analyte.units or _is_short(hit):
        return False
    if analyte.key in _LEVEL_ONLY or analyte.key.endswith(("-level", "-trough", "-peak")):
        return False
    drugs = (h for h in parts.hits if h.kind == "drug" and hit.end <= h.start < mention.start)
    return next(drugs, None) is None and (
        LOOSE_LINK.match(parts.folded, hit.end, mention.start) is not None
    )


def _in_degrees(
    parts: SentenceParts, analyte: Analyte, found: QuantityMention | None
) -> QuantityMention | None:
    """Return "38.5 C" as degrees: a bare letter is a unit only after a temperature."""
    if found is None or analyte.key != "temperature" or found.quantity.unit != "1":
        return found
    match = _DEGREES.match(parts.text, found.end)
    if match is None:
        return found
    unit = "Cel" if match[1] == "C" else "[degF]"
    quantity = replace(found.quantity, unit=unit)
    return replace(found, quantity=quantity, unit_written=match[1], end=match.end())


_CORRECTED_FOR = re.compile(
    r"\b(?:correct|adjust|allow|account|compensat)\w*\sfor\s(?:(?:the|an?|her|his|a\slow|low|serum)\s){0,3}\Z"
)
"""Words behind whose object another value follows: "corrected for albumin that is 9.4 mg/dL"."""
_A_CHANGE = re.compile(
    r"\b(?:fall|rise|drop|reduction|decrease|increase|change|improvement|decline|difference|gain|loss)s?"
    r"\sin\s(?:(?:the|her|his|your|serum|plasma)\s){0,2}\Z"
)
_TO_A_VALUE = re.compile(r"\b(?:to|from|at|now)\b")
_BEFORE = re.compile(r"\s(?:of\s)?(?:serum\s)?\Z")


def _joined_before(text: str, mention: QuantityMention, hit: Hit) -> bool:
    gap = text[mention.end : hit.start]
    return bool(mention.unit_written) and _BEFORE.fullmatch(gap) is not None


def _is_for(text: str, mention: QuantityMention, hit: Hit) -> bool:
    """Whether a range is said to be of the name behind it: "3.5-5.0 mmol/L for potassium"."""
    ranged = mention.quantity.high is not None and bool(mention.unit_written)
    return ranged and FOR.fullmatch(text, mention.end, hit.start) is not None


def _is_date(text: str, mention: QuantityMention) -> bool:
    """Whether a bare number says when: "everything in 12 months, HbA1c in 6"."""
    bare = not mention.unit_written and mention.quantity.high is None
    return bare and re.search(r"\bin\s\Z", text[: mention.start][-4:]) is not None


def _is_time(mention: QuantityMention) -> bool:
    return mention.quantity.unit in {"h", "d", "wk", "mo", "min"}


_AGED = re.compile(
    r"\b(?:men|women|people|adults|patients|persons|those|boys|girls|children|males|females|aged?)\s"
    r"(?:aged\s)?(?:(?:under|over|above|below|older\sthan|younger\sthan|from|up\sto)\s|[<>]\s?)?\Z"
)
_O_CLOCK = re.compile(r"\s?(?:[ap]\.?m\b|o'clock)")


def _is_of_no_test(text: str, mention: QuantityMention) -> bool:
    """Whether a bare number is an age or a time of day: "in men under 60", "cortisol (8 am)"."""
    if mention.unit_written:
        return False
    aged = _AGED.search(text, max(0, mention.start - 30), mention.start) is not None
    return aged or _O_CLOCK.match(text, mention.end) is not None


def _is_short(hit: Hit) -> bool:
    return hit.form == "abbreviation" and hit.end - hit.start <= _SHORT_NAME


def _fits(analyte: Analyte, mention: QuantityMention) -> bool:
    """Whether the number can be this analyte's: any laboratory unit or none, never a dose."""
    unit = mention.quantity.unit
    if _is_time(mention) and unit not in analyte.units:
        return False
    if unit == "1" or (unit == "s" and analyte.key == "inr"):
        return True
    if analyte.accepts(unit):
        return True
    if analyte.key in _LEVEL_ONLY:
        return False
    per = mention.quantity.per
    head = mention.quantity.amount_unit
    doses = {"kg", "d", "h", "wk", "{dose}", "min"}
    return (
        (bool(per) and not doses & set(per))
        or unit == "%"
        or head.startswith("10*")
        or unit == "mm[Hg]"
    )


def _mention(
    parts: SentenceParts, analyte: Analyte, hit: Hit, found: QuantityMention | None
) -> LabMention | None:
    text, clauses = parts.folded, parts.clauses
    begin, end = clauses.clause(hit.start)
    ordered = ORDER.search(text, begin, hit.start) is not None
    if found is None and _is_short(hit) and not ordered:
        return None
    offset, side = _offset(parts, hit.end, end)
    is_judged = found is not None or "hy" in text[begin:end] or not ordered
    near, until = own_words(parts, hit, (begin, end))
    return LabMention(
        start=hit.start,
        end=hit.end,
        text=parts.text[hit.start : hit.end],
        analyte=analyte.key,
        value=found.quantity if found else None,
        unit_written=(found.unit_written or None) if found else None,
        role=role_of(parts, hit, found, ordered=ordered),
        trend=trend_of(text, near, until) if is_judged else None,
        interpretation=judged(parts, hit, (near, until), end) if is_judged else (),
        offset=offset,
        offset_side=side,
        population=named_population(text, hit.end, found.start) if found else None,
        who=who(text, begin, end),
        sentence=parts.number,
    )


def _offset(
    parts: SentenceParts, start: int, end: int
) -> tuple[Quantity | None, Literal["after", "before"] | None]:
    """Return when a sample is taken relative to a dose: "one hour after the dose"."""
    for mention in parts.quantities:
        if start <= mention.start < end and mention.quantity.unit in {"min", "h", "d"}:
            match = _SAMPLE.match(parts.folded, mention.end)
            if match is not None:
                after = match["side"] in {"after", "following", "post"}
                return mention.quantity, "after" if after else "before"
    return None, None


def _with_equal(
    parts: SentenceParts, analyte: Analyte, lab: LabMention, found: QuantityMention
) -> tuple[LabMention, set[int]]:
    following = _in_degrees(
        parts, analyte, next((q for q in parts.quantities if q.start >= found.end), None)
    )
    if following is None or following.quantity.unit in {"1", found.quantity.unit}:
        return lab, set()
    between = found.end, following.start
    in_row = _NEXT_CELL.fullmatch(parts.folded, *between) is not None and _UNIT_SYSTEM.search(
        column_head(parts.folded, following.start)
    )
    if not in_row and not EQUALS.fullmatch(parts.folded, *between):
        return lab, set()
    if not _fits(analyte, following):
        return lab, set()
    return replace(lab, equals=following.quantity), {following.start}
