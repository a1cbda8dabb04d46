"""Reads laboratory values and vital signs: the number that belongs to an analyte, and its role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from medrag.clinical.directives import Clauses
from medrag.clinical.lexicon import Analyte, load
from medrag.clinical.matching import Hit
from medrag.clinical.mentions import LabMention, LabRole
from medrag.clinical.quantity import Quantity, QuantityMention
from medrag.clinical.units import convert

_LINK = re.compile(
    r"(?:[\s:=(,-]|\b(?:is|was|were|are|of|at|level|levels|value|values|count|concentration|result|reading|now|today|only|has|have|been|remains?|rose|fell"
    r"|risen|fallen|increased|decreased|dropped|to|from|as|low|high|elevated|mildly|markedly|severely|normal|currently|approximately|about|the|a|an|your|his|her|their"
    r"|range|reference|target|goal|between|and|in|serum|shows?|came|back|still|be|should|greater|less|than|down|up|above|below|trough|peak|if|when|exceeds?|≥|≤|>|<|\+|normal|ratio|score|\(?[A-Za-z0-9]{2,6}\)|interval)\b)*\Z",
    re.IGNORECASE,
)
_SHORT_LINK = re.compile(
    r"[+\s:=(-]*(?:\b(?:is|was|of|at|level|now|to)\b\s?){0,2}[\s=:(<>≤≥]*\Z", re.IGNORECASE
)
_EQUALS = re.compile(
    r"\s?(?:=|\((?:=\s?|i\.e\.,?\s?|about\s|equivalent\sto\s|or\s|approximately\s)?|≈|or|is|equals|i\.e\.,?|,?\swhich\sis|\bis\sequivalent\sto|is\sthe\ssame\sas|converts\sto|corresponds\sto|is\sequal\sto)\s?(?:about\s|approximately\s|roughly\s|around\s)?\Z",
    re.IGNORECASE,
)
_RANGE_WORDS = re.compile(
    r"\b(?:reference\s(?:range|interval)|normal\s(?:\w+\s){0,3}(?:range|is|value|values|level|levels|:|are)|normal\srange|the\snormal\b|normally|upper\slimit\sof\snormal|ranges?\sfrom|typical(?:ly)?|therapeutic\srange)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"\b(?:target|goal|aim(?:ing)?|maintain|keep|titrate(?:d)?\sto|until|achieve|to\sreach)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\b(?:check|recheck|monitor\w*|measure|obtain|repeat|order|follow|test|draw|correct|replete|replace|trend|baseline|take)\b",
    re.IGNORECASE,
)
_RISING = re.compile(
    r"\b(?:ris(?:es|ing|en)|rose|increas(?:ed|es|ing)|up\s?trending|trending\sup|climb\w*|worsening|went\sup)\b",
    re.I,
)
_FALLING = re.compile(
    r"\b(?:fall(?:s|ing|en)|fell|decreas(?:ed|es|ing)|drop(?:ped|s|ping)|declin\w+|trending\sdown|went\sdown)\b",
    re.I,
)
_STABLE = re.compile(r"\b(?:stable|unchanged|steady)\b", re.IGNORECASE)
_JUDGE = re.compile(
    r"\b(?:(?:ab)?normal(?!\ssaline)|low|high|elevated|raised|critical(?:ly)?|severe(?:ly)?|mild(?:ly)?|moderate(?:ly)?|markedly|slightly|therapeutic|sub-?therapeutic"
    r"|supra-?therapeutic|toxic|deficien(?:t|cy)|within\s(?:the\s)?(?:normal|reference)\s(?:range|limits)|borderline|acceptable|reassuring|dangerous(?:ly)?|prolonged|impaired|reduced|controlled|uncontrolled|well[- ]controlled"
    r"|(?:hyper|hypo)(?:k|c|g|n|m|p)?\w*(?:[ae]?emi[ac])|leuko(?:cytosis|penia)|thrombocyt(?:openia|osis)|neutropeni[ac]|an(?:a)?emi[ac]|polycyth(?:a)?emi[ac]|acidosis|alkalosis|azot(?:a)?emia|ur(?:a)?emia"
    r"|(?:tachy|brady)cardi[ac]|hyp(?:er|o)tensi(?:on|ve)|fever|febrile|hypothermi[ac]|hypoxi[ac]|(?:hyper|hypo)thyroid(?:ism)?|diabetes|diabetic|prediabetes)\b",
    re.IGNORECASE,
)
_NEGATOR = re.compile(r"\b(?:not|no|without|isn't|nor)\s(?:\w+\s)?\Z", re.IGNORECASE)
_SHORT_NAME = 2
_LEVEL_ONLY = frozenset({"weight", "height", "ph", "pt", "temperature"})


@dataclass(frozen=True, slots=True)
class LabReading:
    """Laboratory mentions of one sentence and the quantities they used up.

    Attributes:
        labs: In text order.
        used: Starts of the quantities that belong to them.
    """

    labs: tuple[LabMention, ...]
    used: frozenset[int]


def read_labs(
    text: str,
    clauses: Clauses,
    hits: Sequence[Hit],
    quantities: Sequence[QuantityMention],
    sentence: int,
) -> LabReading:
    """Return the analytes of one sentence with their values.

    Args:
        text: The whole text.
        clauses: The sentence's structure.
        hits: Its analyte hits, in order.
        quantities: Its quantities, in order.
        sentence: Its number.
    """
    labs: list[LabMention] = []
    used: set[int] = set()
    analytes = load().analytes
    for index, hit in enumerate(hits):
        analyte = analytes[hit.keys[0]]
        limit = hits[index + 1].start if index + 1 < len(hits) else clauses.end
        found = _value(text, analyte, hit, quantities, limit, used)
        lab = _mention(text, clauses, analyte, hit, found, sentence)
        if lab is None:
            continue
        if found is not None:
            used.add(found.start)
            lab, extra = _with_equal(text, analyte, lab, found, quantities)
            used |= extra
        labs.append(lab)
    return LabReading(tuple(labs), frozenset(used))


def _value(
    text: str,
    analyte: Analyte,
    hit: Hit,
    quantities: Sequence[QuantityMention],
    limit: int,
    used: set[int],
) -> QuantityMention | None:
    for mention in quantities:
        if mention.start < hit.end or mention.start in used:
            continue
        if mention.start >= limit:
            break
        between = text[hit.end : mention.start]
        link = _SHORT_LINK if _is_short(hit) else _LINK
        if len(between) <= 70 and link.match(between) and _fits(analyte, mention):
            return mention
        if len(between) > 70 or not _is_time(mention):
            break
    before = [m for m in quantities if m.end <= hit.start and m.start not in used]
    if before and _joined_before(text, before[-1], hit) and _fits(analyte, before[-1]):
        return before[-1]
    return None


_BEFORE = re.compile(r"\s(?:of\s)?(?:serum\s)?\Z", re.IGNORECASE)


def _joined_before(text: str, mention: QuantityMention, hit: Hit) -> bool:
    gap = text[mention.end : hit.start]
    return bool(mention.unit_written) and _BEFORE.fullmatch(gap) is not None


def _is_time(mention: QuantityMention) -> bool:
    return mention.quantity.unit in {"h", "d", "wk", "mo", "min"}


def _is_short(hit: Hit) -> bool:
    return hit.form == "abbreviation" and hit.end - hit.start <= _SHORT_NAME


def _fits(analyte: Analyte, mention: QuantityMention) -> bool:
    """Whether the number can be this analyte's: any laboratory unit or none, never a dose."""
    unit = mention.quantity.unit
    if unit == "1":
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
    text: str,
    clauses: Clauses,
    analyte: Analyte,
    hit: Hit,
    found: QuantityMention | None,
    sentence: int,
) -> LabMention | None:
    begin, end = clauses.clause(hit.start)
    ordered = _ORDER.search(text, begin, hit.start) is not None
    if found is None and _is_short(hit) and not ordered:
        return None
    region = clauses.condition(hit.start)
    last = max(hit.end, found.end if found else 0)
    role = _role(text, begin, hit.start, last, region is not None, found is not None, ordered)
    value = found.quantity if found else None
    return LabMention(
        start=hit.start,
        end=hit.end,
        text=text[hit.start : hit.end],
        analyte=analyte.key,
        value=value,
        unit_written=(found.unit_written or None) if found else None,
        role=role,
        trend=_trend(text, begin, end),
        interpretation=_judgements(text, begin, end),
        sentence=sentence,
    )


def _role(
    text: str, begin: int, start: int, end: int, conditional: bool, valued: bool, ordered: bool
) -> LabRole:
    if _RANGE_WORDS.search(text, begin, end) and valued:
        return "reference-range"
    if valued and _TARGET.search(text, begin, end):
        return "target"
    if valued and conditional:
        return "threshold"
    if ordered and not valued:
        return "order"
    return "result" if valued else "mention"


def _trend(text: str, begin: int, end: int) -> Literal["rising", "falling", "stable"] | None:
    if _RISING.search(text, begin, end):
        return "rising"
    if _FALLING.search(text, begin, end):
        return "falling"
    return "stable" if _STABLE.search(text, begin, end) else None


def _judgements(text: str, begin: int, end: int) -> tuple[str, ...]:
    words = []
    for match in _JUDGE.finditer(text, begin, end):
        negated = _NEGATOR.search(text, begin, match.start()) is not None
        words.append(("not " if negated else "") + match[0].lower())
    return tuple(words)


def _with_equal(
    text: str,
    analyte: Analyte,
    lab: LabMention,
    found: QuantityMention,
    quantities: Sequence[QuantityMention],
) -> tuple[LabMention, set[int]]:
    following = next((q for q in quantities if q.start >= found.end), None)
    if following is None or following.quantity.unit in {"1", found.quantity.unit}:
        return lab, set()
    if not _EQUALS.fullmatch(text[found.end : following.start]):
        return lab, set()
    if not _fits(analyte, following):
        return lab, set()
    return replace(lab, equals=following.quantity), {following.start}


def same_value(analyte: Analyte, one: Quantity, other: Quantity) -> bool | None:
    """Return whether two values of an analyte agree within 2 % and rounding; None if unknown.

    The tolerance is that of conversion factors as published, plus half a unit of the last
    digit written.
    """
    brought = analyte.convert(one, other.unit) or convert(one, other.unit)
    if brought is None:
        return None
    exponent = other.value.as_tuple().exponent
    digits = exponent if isinstance(exponent, int) else 0
    half = Decimal(1).scaleb(digits) / 2
    slack = abs(brought.value) * Decimal("0.02") + half
    return abs(brought.value - other.value) <= slack
