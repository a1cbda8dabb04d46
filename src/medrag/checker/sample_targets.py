"""What a level should be, as a text tells it: the targets of MED314."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_patient import SamplingRow
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount
from medrag.clinical import LabMention, Quantity, QuantityMention, convert
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import starting_in
from medrag.core.span import Span

LEVEL = sifted(
    r"\b(?:troughs?|peaks?|levels?|anti-?xa|TSH|INR|AUC\w*"
    r"|area under the (?:concentration )?curve"
    r"|(?:target|therapeutic) (?:range|window)|(?:blood |lab(?:oratory)? )?samples?"
    r"|blood tests?|bled|bleed"
    r"|bloods?(?= (?:is |should be |to be |must be )?(?:taken|drawn))|laboratory|concentrations?"
    r"|nomogram)\b",
    re.I,
)
AIMS = sifted(
    r"\b(?:targets?|aim(?:s|ed|ing)?|goals?|keep(?:s|ing)?|kept|maintain\w*|desired|(?:we|I) want"
    r"|dos(?:es?|ed|ing) (?:it )?(?:to|for)|(?:would|should) like(?: to see)?"
    r"|(?:happy|satisfied|content) with|(?:we|I) are after|are after|look\w* for|hold\w*"
    r"|(?:titrat|adjust|steer|bring|run)\w*(?: (?:it|him|her|the (?:dose|drip|infusion|rate))"
    r"| (?:his|her|the) \w+(?: up| down)?)? (?:to|at)|therapeutic (?:range|window)"
    r"|(?:range|window) (?:to|we|that|is))\b",
    re.I,
)
"""Words that say what is wanted, whatever it is of."""
_TARGET = sifted(
    rf"{AIMS.pattern}|\b(?:h(?:o|e)ld (?:it |the level )?(?:at|between)"
    r"|therapeutic (?:level|concentration)|between|wanted?"
    r"|(?:should|ought to|must|is to) (?:be|lie|sit|stay|run|read|fall|reach|land|come))\b",
    re.I,
)
_CALLED = re.compile(
    r"\b(?:(?:target|goal|aim|want)(?:s|ed|ing)?\b(?! (?:was|not))"
    r"|(?:titrat|adjust|steer|run)\w*(?: (?:it|him|her))? (?:to|at)\b)[^.;]{0,40}\d",
    re.I,
)
_BEFORE_IT = 60
_UP_TO = re.compile(r"\b(?:up to|max(?:imum)?|below|under|not above)\s\Z", re.I)
_WIDE = Decimal("1.25")
"""Times the upper end from which "a goal below X" is no goal either."""
PEAK = re.compile(r"\bpeaks?\b(?:(?!\btrough)[^;.])*", re.I)
"""What is said of a peak, beside a trough."""
_AREA = re.compile(
    r"\b(?:AUC\w*(?: ?/ ?MIC)?|area under the (?:concentration )?curve)(?: ratio| target)?"
    r"(?:[^.;\d]|24[- ]?h(?:ours?|rs?)?\b|0-24){0,40}?"
    r"(?P<n>(?!24[- ]?h|0-24)\d[\d,]*)(?:\s?(?:-|\u2013|to|and)\s?(?P<high>\d[\d,]*))?",
    re.I,
)
_ENDS = re.compile(r"\s*(?:[.,;:)]|\Z|(?:for|in|on|with|and|while|so|because|as|at|if)\b)")
_OF_DRUG = ("-level", "-trough", "-peak")
_MOST = 10
"""No target of an INR is higher, and no aPTT in seconds as low: that is a multiple."""


def off_target(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with a target, or nothing."""
    text = context.content.sentences[sentence].text
    place = context.content.sentences[sentence]
    for lab in starting_in(context.content.labs, place.start, place.end):
        if lab.analyte != row.analyte:
            continue
        others = {"reference-range"} if row.key != "*" else {"reference-range", "result"}
        target = lab.role == "target" or (
            lab.role not in others and context.search(_TARGET, text) is not None
        )
        if lab.value is not None and lab.value.high is None and not _is_wanted(context, lab):
            continue  # "INR 5.6 against a target of 2 to 3"
        stated = lab.value or (_behind(context, lab, row) if target else None)
        value = _in_unit(stated, row) if stated is not None else None
        named = _CALLED.search(text) is not None
        if target and value is not None and (said := _outside(value, row, named=named)):
            return said
    return _written_target(context, sentence, row) or _area(context, sentence, row)


def _is_wanted(context: Context, lab: LabMention) -> bool:
    """Return whether a single value is what is aimed at: words that say so stand before it."""
    start = context.content.sentences[lab.sentence].start
    found = (number.start for number in context.content.numbers_behind(lab.end, 1))
    return context.search(_TARGET, context.text, start, next(found, lab.end)) is not None


def _in_unit(stated: Quantity, row: SamplingRow) -> Quantity | None:
    entry = load().analytes.get(row.analyte)
    value = entry.convert(stated, row.unit) if entry else convert(stated, row.unit)
    if value is None and stated.unit == "1" and (row.unit != "s" or stated.top > _MOST):
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
    """Return what is wrong with a target whose test is not named, as in "the goal is 3 to 4".

    That is a number in the row's unit, of the INR a bare range, that is of no other test.
    """
    place = context.content.sentences[sentence]
    own = row.analyte.startswith(row.key) or row.analyte in {"anti-xa", "inr"}
    bare = row.unit == "1"
    aims = context.search(AIMS, place.text) if bare else context.search(_TARGET, place.text)
    wanted = aims and (context.search(AIMS, place.text) or context.search(LEVEL, place.text))
    if not own or row.key == "*" or not wanted or _is_of_another(context, sentence, row):
        return ""
    for found in _unowned(context, place.span, row):
        value = _bare(context, place.span, found) if bare else convert(found.quantity, row.unit)
        if value is None:
            continue
        if row.target_high is not None and value.top > row.target_high:
            return f"target {amount(value)} is too high"
        low = row.target_low is not None and value.high is not None and value.high < row.target_low
        if low and (not row.peak_from or value.value >= row.peak_from):
            return f"target {amount(value)} is too low"
    return ""


def _unowned(context: Context, place: Span, row: SamplingRow) -> Iterator[QuantityMention]:
    """Yield the numbers of a sentence that may be a target: no peak, no result, no "up to"."""
    text = place.of(context.text)
    peaks = [match.span() for match in PEAK.finditer(text)] if row.before_dose else []
    results = [(lab.value, lab.start) for lab in context.content.labs]
    for found in context.content.quantities:
        if not place.start <= found.start < place.end:
            continue
        if any(start <= found.start - place.start < end for start, end in peaks):
            continue  # "target below 1, and the peak 3 to 4 mcg/mL"
        if _UP_TO.search(context.text[max(0, found.start - 14) : found.start]):
            continue
        if not any(value == found.quantity and start < found.start for value, start in results):
            yield found


def _is_of_another(context: Context, sentence: int, row: SamplingRow) -> bool:
    """Return whether a sentence names the level of another drug."""
    return any(
        lab.sentence == sentence
        and lab.analyte.endswith(_OF_DRUG)
        and not lab.analyte.startswith(row.key)
        for lab in context.content.labs
    )


def _bare(context: Context, place: Span, found: QuantityMention) -> Quantity | None:
    """Return a range without a unit that a sentence aims at and that no other noun follows."""
    value = found.quantity
    if value.unit != "1" or value.high is None or not 0 < value.value < value.high <= _MOST:
        return None
    if any(place.start <= lab.start < place.end for lab in context.content.labs):
        return None
    before = context.text[max(place.start, found.start - _BEFORE_IT) : found.start]
    ends = _ENDS.match(context.text, found.end)
    return value if ends is not None and context.search(AIMS, before) is not None else None


def _area(context: Context, sentence: int, row: SamplingRow) -> str:
    """Return what is wrong with the exposure that a text doses to: "an AUC of 1,000"."""
    place = context.content.sentences[sentence]
    found = _AREA.search(place.text) if row.analyte.endswith("-auc") else None
    if found is None or not context.search(_TARGET, place.text[: found.start("n")]):
        return ""
    low = Decimal(found["n"].replace(",", ""))
    high = Decimal((found["high"] or found["n"]).replace(",", ""))
    said = f"{found['n']}-{found['high']}" if found["high"] else found["n"]
    if row.target_high is not None and high > row.target_high:
        return f"AUC of {said} is too high"
    return f"AUC of {said} is too low" if row.target_low and low < row.target_low else ""
