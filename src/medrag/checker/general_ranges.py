"""Ranges that a text tells of people in general, however the sentence puts them.

Which words stand between a test and its range is not what makes it a reference range: "7 to 9 is
where healthy adults fall" says so behind it. A range in one of the test's own units is one where
what surrounds it speaks of health and of no disease, treatment or aim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from medrag.checker.context import Context
from medrag.checker.rows_patient import AnalyteRow
from medrag.clinical import LabMention, Quantity, QuantityMention
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import Sentence, starting_in
from medrag.text.prefilter import prefiltered

_HEALTH = (
    r"(?<!half-)(?<!half )(?<!quarter-)normal(?:ly|s)?(?! saline| salt)|healthy"
    r"|(?:in|of) (?:good |full )?health|physiologic(?:al)?|unremarkable"
    r"|ordinary|ordinarily|usual(?:ly)?|typical(?:ly)?|customary|reference|(?:somebody|someone"
    r"|anyone|persons?|people|adults?|m[ae]n|wom[ae]n) (?:who (?:is|are) )?(?:well|not ill"
    r"|not sick)"
    r"|well (?:persons?|people|adults?|m[ae]n|wom[ae]n)|(?:without|free of|no) (?:any )?(?:illness"
    r"|disease)|disease-free|nothing to worry about|no cause for concern|rule of thumb"
    r"|limits? (?:of|for|are|is)|(?:textbooks?|laborator(?:y|ies)|labs?)(?:['\u2019]?s?['\u2019]?)?"
    r" (?:ranges?|limits?|intervals?|prints?|quotes?|gives?|lists?)"
)
_GENERAL = prefiltered(rf"\b(?:{_HEALTH})\b", re.I)
"""Words about what is normal."""
_WEAK = prefiltered(
    r"\b(?:fine|acceptable|okay|all right|alright|harmless|satisfactory|expect(?:ed|s)?|adults?"
    r"|people|grown-?ups?|(?:should|would|ought to) (?:be|lie|sit|read|fall|run|come))\b",
    re.I,
)
"""Words that may be about it: they count where the range lies wholly beside the right one."""
_OF_SOME = re.compile(
    r"\b(?:target\w*|goals?|aim\w*|keep|kept|maintain\w*|titrat\w*|treat\w*|therap\w*"
    r"|correct(?:ed|ing)?"
    r"|on (?:warfarin|treatment|therapy|dialysis|\w+(?:in|ab|an|ol|ide|ate))|dos(?:e|es|ed|ing)"
    r"|troughs?|peaks?|pregnan(?:t|cy)|gestation\w*|trimester|newborns?|infants?|neonat\w*"
    r"|bab(?:y|ies)|child\w*|toddlers?|teen\w*|elderly|older|aged|(?:over|under|above) (?:\d\d"
    r"|\w+ty)\b|athletes?|altitude|smokers?|postmenopaus\w*|critical\w*|panic|alert|ICU"
    r"|intensive|ventilat\w*|intubat\w*|surg\w*|post-?op\w*|perioperative|diabet\w*|failure"
    r"|cirrhosis|ketoacidosis|COPD|CKD|disease(?<!without disease)(?<!free of disease)"
    r"(?<!no disease)(?<!any disease)|anticoagula\w*|heparin|warfarin|sepsis|septic|shock"
    r"|symptom\w*"
    r"|deficien\w*|mild\w*|moderate\w*|severe\w*|borderline|gr[ae]y|patients?|transfus\w*"
    r"|threshold|abnormal\w*|elevated|raised|high|low|reduced|increased|decreased"
    r"|hypo\w+|hyper\w+|an[a]?emi\w*|insufficien\w*|if|until|urin\w*|24[- ]h\w*"
    r"|bolus|infus\w*|tablets?|diet\w*|intake|supplement\w*|flare|attack|acute|chronic"
    r"|reach\w*|hits?|danger\w*|fatal|lethal|toxic\w*|urgent\w*|emergenc\w*|alarm\w*|worr(?:ying|isome)|ris\w+"
    r"|rose|f[ae]ll (?:in|of|by)|fell|drop\w*|cancer|tumou?r|after|before"
    r"|during)\b(?<!non-pregnant)",
    re.I,
)
"""Words by which a range is that of some: with a disease, under treatment, at an age."""
_OF_ONE = re.compile(
    r"\b(?:his|her|their|my|this|today's|current|latest|now|was|were|ha[sd]"
    r"|have been)\s(?:\w+\s){0,2}\Z",
    re.I,
)
_ENDS = re.compile(
    r"\b(?:limits?|from|between|anywhere|boundar\w+|ends?|extremes?)\b[^.;]*\Z", re.I
)
_JOINS = re.compile(r"\s(?:and|to|through|till)\s\Z|\s\Z", re.I)
_CUT = re.compile(r"[;:]\s|,\s(?:so|and so|which|thus|hence|therefore|but|while)\b|\bbut\b|\)")
_ASKED = re.compile(r"\?\s*\Z|\A\W*(?:\w+\W+){1,5}\Z")
"""A sentence that asks for a range, or only names a test."""
_UP_TO = re.compile(
    r"\b(?:normal|unremarkable|healthy|fine|ordinary|reference)\b[^.;,\d]{0,50}\b(?:up to|below"
    r"|under|less than"
    r"|beneath|not (?:above|over)|at most|as long as|until|to|<"
    r"|\u2264)[^.;,\d]{0,12}[\d.,]+[^.;,\d]{0,12}\Z",
    re.I,
)
"""What makes an upper limit one of what is normal."""
_FARTHEST = 100
"""Characters between a test and its range."""
_BEYOND = 2
"""Times the upper end from which "normal up to" is wrong: laboratories' limits differ."""


def general_ranges(context: Context) -> Iterator[LabMention]:
    """Yield each test that has a range of people in general, as a reference range."""
    labs = context.content.labs
    taken = {lab.value for lab in labs if lab.role in {"reference-range", "target"}}
    for number, found in enumerate(context.content.quantities if labs else ()):
        sentence = context.content.sentence_at(found.start)
        value = _range(context, number) if sentence is not None else None
        if sentence is None or value is None or value in taken:
            continue
        lab, near = _named(context, sentence, found, value)
        if lab is None or _OF_SOME.search(near):
            continue
        sure = _GENERAL.search(near) is not None
        if value.high is None and _UP_TO.search(context.text, sentence.start, found.end) is None:
            continue
        if not _is_off(context, lab, value, wholly=not sure):
            continue
        if sure or (value.high is not None and _WEAK.search(near)):
            unit = found.unit_written or None
            yield replace(lab, value=value, unit_written=unit, role="reference-range")


def _range(context: Context, number: int) -> Quantity | None:
    """Return a range, also one whose ends stand as two numbers, or an upper limit."""
    found = context.content.quantities[number]
    value = found.quantity
    if value.high is not None:
        return value
    before = context.content.quantities[number - 1] if number else None
    if before is not None and before.quantity.unit in {"1", value.unit}:
        between = _JOINS.fullmatch(context.text, before.end, found.start)
        ends = _ENDS.search(context.text, max(0, before.start - 40), before.start)
        low = before.quantity.value
        if between and ends and before.quantity.high is None and low < value.value:
            return replace(value, value=low, high=value.value, comparator=None)
    return value if value.comparator in {"<", "<="} else None


def _named(
    context: Context, sentence: Sentence, found: QuantityMention, value: Quantity
) -> tuple[LabMention | None, str]:
    """Return the nearest test that has a range's unit, and the words that tell whose it is."""
    labs = list(starting_in(context.content.labs, sentence.start, sentence.end))
    start, asked = sentence.start, ""
    if not labs:
        number = next((n for n, s in enumerate(context.content.sentences) if s is sentence), 0)
        last = context.content.sentences[number - 1] if number else None
        if last is None or _ASKED.search(last.text) is None:
            return None, ""
        labs, asked = list(starting_in(context.content.labs, last.start, last.end)), last.text
        if not labs:
            return None, ""
    before = [lab for lab in labs if lab.end <= found.start]
    lab = before[-1] if before else labs[0]
    if not _has_unit(lab, value):
        return None, ""
    first, last_ = min(lab.end, found.start), max(lab.start, found.end)
    if last_ - first > _FARTHEST or _OF_ONE.search(context.text, start, lab.start):
        return None, ""
    cuts = [cut.end() for cut in _CUT.finditer(context.text, start, min(lab.start, found.start))]
    end = _CUT.search(context.text, max(lab.end, found.end), sentence.end)
    near = context.text[cuts[-1] if cuts else start : end.start() if end else sentence.end]
    return lab, f"{asked} {near}".replace(lab.text, " ")


def _has_unit(lab: LabMention, value: Quantity) -> bool:
    """Return whether laboratories report a test in just this unit."""
    entry = load().analytes.get(lab.analyte)
    if entry is None:
        return False
    listed = {*entry.units, *(factor.unit for factor in entry.factors)}
    return value.unit in listed or (value.unit == "1" and "[pH]" in listed)


def _is_off(context: Context, lab: LabMention, value: Quantity, *, wholly: bool) -> bool:
    """Return whether a range is worth judging: an upper limit far off, or a range wholly beside."""
    entry = load().analytes[lab.analyte]
    for row in context.knowledge.rows(AnalyteRow, lab.analyte):
        own = entry.convert(value, row.unit) or value
        if value.high is None and own.value <= row.high * _BEYOND:
            return False
        if wholly and own.top >= row.low and own.value <= row.high:
            return False
    return True
