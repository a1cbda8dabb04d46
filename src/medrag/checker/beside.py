"""What a text says that no quotation needs to have: the patient's own facts, and what follows.

`medrag.grounding.own` tells which stretches of an answer rest on its quotations. Within
such a stretch there still stand things of the patient at hand ("fever for 30 hours"), a dose
reckoned by the weight given, and what the author concludes: "is not indicated, so linezolid".
"""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.context import Context
from medrag.grounding.claims import Ungrounded

_CONCLUDES = re.compile(
    r"[,;:\u2014]\s(?:and\s)?(?:so|hence|therefore|thus|accordingly|which is why|that is why"
    r"|consequently)\b",
    re.I,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_STATE_BEHIND = re.compile(
    r"\s(?:of|with|into|since)\s(?:the |a |an |his |her )?(?:[\w-]+ )?(?:fever|symptom\w*|pain"
    r"|cough|illness"
    r"|disease|pregnan\w*|gestation|diarrh\w*|rash|headache|vomiting|labou?r|breathlessness"
    r"|admission"
    r"|bleeding|infection|onset|weakness|surgery|operation|birth)\b"
    r"|\s(?:pregnant|gestation|old|tall|post-?partum|after (?:the |her |his )?(?:birth|delivery"
    r"|operation|surgery"
    r"|transplant|stent|onset))\b",
    re.I,
)
_STATE_BEFORE = re.compile(
    r"\b(?:saturat\w+|SpO2|sats?|temperature|fever of|pulse|(?:blood )?pressure|heart rate"
    r"|respiratory rate"
    r"|ejection fraction|EF|BMI|weigh\w*|aged?|weight|tall)\W+(?:(?:is|of|at|about|was|now)\W+)?\Z",
    re.I,
)
_HAPPENS = re.compile(
    r"\b(?:symptom\w*|attacks?|episodes?|seizures?|headaches?|exacerbations?|relapses?|infections?"
    r"|flares?|wakes?|wakened|stools?|drinks?|smokes?|vomit\w*|urinat\w*|voids?|falls?|migraines?)"
    r"\s(?:\w+\s){0,2}\Z",
    re.I,
)
"""What happens so often, rather than is given: "symptoms about once a week"."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_HEADED = (
    r"(?:guidelines?|guidance|recommendations?|(?:scientific |consensus |position )?statement"
    r"|consensus"
    r"|criteria|(?:prescribing|product) information|label|monograph|update|report|advice|pathway)"
)
_SOURCE_BEHIND = re.compile(
    rf"['\u2019]?s?(?:\s?[/&-]\s?[A-Z]{{2,6}})*(?:\s(?:(?:19|20)\d\d|[A-Z]{{2,6}}|[a-z-]+)){{0,4}}?\s{_HEADED}\b"
)
"""What makes a name or year the title of a source: "the 2021 CDC STI treatment guidelines"."""
_SOURCE = re.compile(
    rf"\b[A-Z]{{3,6}}\b[^.;:()]{{0,30}}\b{_HEADED}\b|\b[A-Z]{{3,6}}\s(?:19|20)\d\d"
)
_SPEAKER = re.compile(
    r"\b[A-Z][a-z]+ (?:Society|Association|College|Academy|Task Force|Committee|Institute|Criteria"
    r"|Panel|Network|Organi[sz]ation)\b|\A\W*[A-Z]{3,9}:|\b[A-Z]{3,9}(?:['\u2019]s)?\s(?:[a-z]+\s){0,2}?(?:recommend|advi[sc]|suggest|stat(?:e|ing)|say"
    r"|endors|found|show|report|conclud|trial|study|studies|panel|task force|investigators)"
)
"""Whom a quotation itself names: "the CDC recommends", "the HOPE trial", "SIGN: ..."."""
_CITES = re.compile(
    r"(?:\b(?:following|according to|per|as per|in line with|under|by|after|see|cf\.?|quoting|from)"
    r"|\((?=[^()]*(?:19|20)\d\d))"
    r"\s?(?:the\s)?(?:(?:19|20)\d\d\s)?(?:[A-Z]{2,6}[\s/&-]{1,3}){0,3}\Z",
    re.I,
)
_TITLE_ENDS = re.compile(r"(?:\s?[/&]\s?[A-Z]{2,6})*(?:\s(?:19|20)\d\d)?\s?(?=[,):;])")
_COURSE_OF = re.compile(r"\b(?P<what>[a-z]{6,})\s(?:of|for|since)\s\Z", re.I)
_UNIT = 3
"""Letters that tell the units of time apart."""
_TIME = re.compile(r"\b(?:hours?|days?|weeks?|months?|years?)\b", re.I)
_PER_KG = re.compile(
    r"(?P<low>\d+(?:\.\d+)?)\s?(?:(?:to|-|\u2013)\s?(?P<high>\d+(?:\.\d+)?)\s?)?(?P<unit>mg|mcg"
    r"|units?|g|mL)/kg",
    re.I,
)
_AMOUNT = re.compile(r"(?P<n>\d+(?:[.,]\d+)?)\s?(?P<unit>mg|mcg|units?|g|mL)\b", re.I)
_LEEWAY = Decimal("0.05")
_PUGH = re.compile(
    r"Child[- ]?Pugh\s(?:class(?:es)?\s)?(?P<a>[ABC])(?:\s?(?:and|or|/|,|-|to)\s?(?P<b>[ABC]))?",
    re.I,
)


def needs_no_quotation(one: Ungrounded, context: Context) -> bool:
    """Return whether what no quotation has is the patient's, is reckoned, or is concluded."""
    if one.kind == "population":
        return _is_his_grade(context)
    told = one.kind in {"number", "frequency", "name"} and not _is_bounded(one, context.text)
    if told and _is_patients(one, context):
        return True
    if one.kind in {"number", "name"} and (_is_source(one, context) or _is_initials(one, context)):
        return True
    if one.kind == "number" and _is_by_weight(one, context):
        return True
    return one.kind in {"number", "frequency", "drug"} and _is_concluded(one, context)


def _is_patients(one: Ungrounded, context: Context) -> bool:
    """Return whether a number tells of the patient: in the record, or by the words around it."""
    words = context.text[one.start : one.end]
    if _STATE_BEHIND.match(context.text, one.end):
        return True
    if _STATE_BEFORE.search(context.text, max(0, one.start - 40), one.start):
        return True
    if one.kind == "frequency" and _HAPPENS.search(context.text, max(0, one.start - 40), one.start):
        return True
    record = " ".join(context.facts.patient.conditions or ()).lower()
    time = _TIME.search(words)
    if time is not None:
        known = _NUMBER.findall(words)
        unit = time[0].lower()[:_UNIT]
        if known and all(re.search(rf"\b{re.escape(n)}[\s-]?{unit}", record) for n in known):
            return True
        ill = _COURSE_OF.search(context.text, max(0, one.start - 40), one.start)
        return ill is not None and ill["what"].lower()[:6] in record
    return False


def _is_source(one: Ungrounded, context: Context) -> bool:
    """Return whether a name or year is that of the guideline which the text cites.

    Who gives out a source and when stands on its title page, not in its sentences. Where the
    quotations themselves name who says it, the text is held to that.
    """
    words = context.text[one.start : one.end].strip("'\" ")
    year = _YEAR.fullmatch(words) is not None
    if not (year or words.isupper()):
        return False
    quotes = context.quotes or ()
    if any(told.search(quote) for told in (_SOURCE, _YEAR, _SPEAKER) for quote in quotes):
        return False
    before = context.text[max(0, one.start - 30) : one.start]
    behind = _SOURCE_BEHIND.match(context.text, one.end)
    led = _CITES.search(before) is not None and _TITLE_ENDS.match(context.text, one.end) is not None
    return behind is not None or led


def _is_initials(one: Ungrounded, context: Context) -> bool:
    """Return whether a name is that of a disease of the patient in capitals: MS, AF, CKD."""
    words = context.text[one.start : one.end]
    if not (words.isupper() and words.isalpha()):
        return False
    for condition in context.facts.patient.conditions or ():
        initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", condition)).upper()
        if words in initials:
            return True
    return False


_BOUND_BEFORE = re.compile(
    r"\b(?:least|most|than|above|below|under|over|exceed\w*|from|up to|down to|until|reach\w*"
    r"|within|(?:in|during|within) the first)\s"
    r"(?:an? |the )?(?:ages? (?:of )?)?\Z|[<>\u2264\u2265]\s?\Z"
    r"|\b(?:past|beyond|before|after|by) (?:the )?age (?:of )?\Z", re.I,
)  # fmt: skip
_BOUND_INSIDE = re.compile(
    r"(?:at (?:least|most)|(?:more|less|greater|fewer|higher|lower) than|above|below|under|over"
    r"|[<>\u2264\u2265])"
    r"|.*\bor (?:more|less|higher|lower|above|below|over|under|older|younger|greater)\Z", re.I,
)  # fmt: skip
_BOUND_BEHIND = re.compile(
    r"\s?(?:(?:years?|months?|weeks?|days?)(?: of age| old)?,? )?"
    r"(?:or|and) (?:more|less|higher|lower|above|below|over|under|greater|older|younger|up"
    r"|beyond)\b"
    r"|\s?(?:to|through|[-\u2013])\s?\d", re.I,
)  # fmt: skip
_RANGE = re.compile(r"\d[\d.]*\s?(?:to|through|and|[-\u2013])\s?\d")


_AGED = re.compile(r"\bage[ds]?\W+\Z", re.I)
"""Before a range of ages, which are a class of patients: one patient has one age."""


def _is_bounded(one: Ungrounded, text: str) -> bool:
    """Return whether a number is a threshold: what is measured of one patient is no bound."""
    before = text[max(0, one.start - 24) : one.start]
    return bool(
        _BOUND_BEFORE.search(before)
        or _BOUND_INSIDE.match(text[one.start : one.end])
        or _BOUND_BEHIND.match(text, one.end)
        or (_AGED.search(before) and _RANGE.match(text[one.start : one.end]))
    )


def _is_by_weight(one: Ungrounded, context: Context) -> bool:
    """Return whether an amount is what a quoted amount per kilogram makes of the weight."""
    weight = context.facts.patient.weight_kg
    dose = _AMOUNT.match(context.text[one.start : one.end])
    if weight is None or dose is None:
        return False
    given = Decimal(dose["n"].replace(",", ""))
    for quote in context.quotes or ():
        for found in _PER_KG.finditer(quote):
            low = Decimal(found["low"]) * Decimal(str(weight))
            high = Decimal(found["high"] or found["low"]) * Decimal(str(weight))
            same = found["unit"].lower().rstrip("s") == dose["unit"].lower().rstrip("s")
            if same and low * (1 - _LEEWAY) <= given <= high * (1 + _LEEWAY):
                return True
    return False


def _is_concluded(one: Ungrounded, context: Context) -> bool:
    """Return whether something the quotations say nothing of stands behind a "so" or "therefore".

    What has a counterpart there ("they say 5 mg") is held against it still.
    """
    if one.expected:
        return False
    sentence = context.content.sentence_at(one.start)
    start = sentence.start if sentence is not None else one.start
    return _CONCLUDES.search(context.text, start, one.start) is not None


def _is_his_grade(context: Context) -> bool:
    """Return whether a quotation names the very class of liver disease that the patient has."""
    record = " ".join((context.text, *(context.facts.patient.conditions or ())))
    his = {found["a"].upper() for found in _PUGH.finditer(record)}
    theirs: set[str] = set()
    for quote in context.quotes or ():
        for found in _PUGH.finditer(quote):
            theirs |= {found["a"].upper(), (found["b"] or found["a"]).upper()}
    return bool(his) and his <= theirs
