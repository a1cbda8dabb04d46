"""LAB201: what a text makes of a laboratory value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.facts import with_unit
from medrag.checker.judged import Judgement, is_far_off, judgement, named_then_judged
from medrag.checker.rows_patient import AnalyteRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.labs import adult_row_of, fasting, in_row_unit, is_fasting, place, row_of
from medrag.checker.wording import amount, name, unit
from medrag.clinical import LabMention, Quantity
from medrag.clinical.lexicon import load

_LOW = re.compile(
    r"^(low|decreased|reduced|below|hypo\w+|deficien\w+|subnormal|an[a]?emi\w+|neutropeni\w+"
    r"|thrombocytopeni\w+|leukopeni\w+|acid(?:osis|emia)|bradycardi\w+|depressed|depleted)",
    re.I,
)
_HIGH = re.compile(
    r"^(high|elevated|raised|increased|above|hyper\w+|supratherapeutic|leukocytosis|polycyth\w+"
    r"|thrombocytosis|alkal(?:osis|emia)|tachycardi\w+|erythrocytosis|azot\w+|ur[a]?emi\w+)",
    re.I,
)
_NORMAL = re.compile(
    r"^(normal|unremarkable|within|inside|in (?:the |its )?(?:normal|usual|expected|reference)|wnl"
    r"|mid-?range"
    r"|reassuring|fine|in range|euth\w+)",
    re.I,
)
_REVERSED = frozenset({"tsh"})
"""Analytes whose high values mean a hypo- state: TSH in hypothyroidism."""
_NOT_A_VALUE = re.compile(
    r"\s*\(\s*\d+(?:\.\d+)?\s*\)|[^.;]{0,40}(?:[x×]|times)\s+(?:the\s)?(?:ULN|upper)"
)
_LIPIDS = frozenset(
    {"ldl-cholesterol", "total-cholesterol", "triglycerides", "non-hdl-cholesterol"}
)
_OWNED: tuple[tuple[str, frozenset[str]], ...] = (
    ("tension", frozenset({"systolic-bp", "diastolic-bp", "blood-pressure",
                           "mean-arterial-pressure"})),
    ("tensive", frozenset({"systolic-bp", "diastolic-bp", "blood-pressure",
                           "mean-arterial-pressure"})),
    ("lipid", _LIPIDS),
    ("cholesterol", _LIPIDS),
    ("thyroid", frozenset({"tsh", "free-t4", "free-t3", "total-t4", "total-t3"})),
    ("thermi", frozenset({"temperature"})),
    ("cardi", frozenset({"heart-rate"})),
    ("kalem", frozenset({"potassium"})),
    ("kalaem", frozenset({"potassium"})),
    ("calcaem", frozenset({"calcium", "ionized-calcium", "corrected-calcium"})),
    ("natr", frozenset({"sodium"})),
    ("calcem", frozenset({"calcium", "ionized-calcium", "corrected-calcium"})),
    ("hyperglyc", frozenset({"glucose", "hba1c"})),
    ("glyc", frozenset({"glucose"})),
    ("magnes", frozenset({"magnesium"})),
    ("phosph", frozenset({"phosphate"})),
    ("albumin", frozenset({"albumin"})),
    ("chlor", frozenset({"chloride"})),
    ("capn", frozenset({"paco2"})),
    ("uric", frozenset({"uric-acid"})),
    ("hypox", frozenset({"spo2", "pao2"})),
    ("acidosis", frozenset({"ph"})),
    ("alkalosis", frozenset({"ph"})),
    ("acidemia", frozenset({"ph"})),
    ("alkalemia", frozenset({"ph"})),
    ("thrombocyt", frozenset({"platelets"})),
    ("neutrop", frozenset({"anc"})),
    ("leuko", frozenset({"wbc"})),
)  # fmt: skip
"""Stems of words that judge one kind of value only."""
RANGE_TOLERANCE = Decimal("0.15")
_LOW_TOLERANCE = Decimal("0.25")
"""How far below a low end a value may be called normal, as a share of that end: a wide interval
would let every value pass."""


_SO = re.compile(r"\b(?:so|therefore|thus|hence|means?|meaning|that is|indicat\w+|shows?)\b", re.I)


def _judged_labs(context: Context) -> Iterator[tuple[LabMention, Judgement | None]]:
    """Yield the values, and what is said of one named again: "glucose 38, so the sugar is high"."""
    yield from named_then_judged(context)
    before: LabMention | None = None
    for lab in context.content.labs:
        if lab.value is not None:
            before = lab
            yield lab, None
        elif (
            before is not None
            and (before.analyte, before.sentence) == (lab.analyte, lab.sentence)
            and _SO.search(context.text, before.end, lab.start)
        ):
            yield replace(lab, value=before.value, unit_written=before.unit_written), None


_CLEARED_BY_KIDNEY = frozenset({"creatinine", "bun", "urea", "cystatin-c"})
_OF_FUNCTION = re.compile(
    r"[^.;]{0,40}?\b(?:(?:kidney|renal) function|kidneys?\b|filtration|clearance|GFR)", re.I
)
_FUNCTION = {"low": "high", "high": "low", "normal": "normal"}
"""What a function is called, and what the value is with it: it rises as the function falls."""
_BESIDE_NORMAL = re.compile(
    r"[^.;\n]{0,25}?[,:]\s(?:so|thus|hence|therefore|which is|that is|and so)\s(?:\w+\s)?"
    r"(?P<side>above|over|below|under)\s(?:the\s)?(?:normal|reference|usual|limit)",
    re.I,
)


def _beside_normal(context: Context, lab: LabMention) -> str | None:
    """Return what a text concludes of a value in words: ", so above normal"."""
    found = _BESIDE_NORMAL.match(context.text, place(context, lab).end)
    if found is None:
        return None
    return "high" if found["side"].lower() in {"above", "over"} else "low"


def _interval(context: Context, lab: LabMention) -> AnalyteRow | None:
    """Return the row to judge a value by; a fasting one that is called normal has its own."""
    row = row_of(context, lab.analyte)
    if row is not None and is_fasting(lab) and "normal" in lab.interpretation:
        return fasting(context, row)
    return row


def _is_let_pass(judged: Judgement, lab: LabMention, value: Quantity, row: AnalyteRow) -> bool:
    """Return whether a value is only called fine, or in the range aimed at, and may well be."""
    aimed = lab.analyte in _AIMED_AT or lab.analyte.endswith(("-level", "-trough"))
    mild = judged.mild or (aimed and judged.side == "normal")
    return mild and not is_far_off(lab, value, row)


def _called(context: Context, lab: LabMention, judged: Judgement | None) -> str | None:
    """Return what the text calls a value; of what the kidney clears, a function is the reverse."""
    said = judged.side if judged else _said(lab) or _beside_normal(context, lab)
    of_function = lab.analyte in _CLEARED_BY_KIDNEY and _OF_FUNCTION.match(
        context.text, place(context, lab).end
    )
    return _FUNCTION.get(said or "") if of_function else said


def _contradictions(context: Context) -> Iterator[Verdict]:
    for lab, known in _judged_labs(context):
        row = _interval(context, lab)
        if (
            row is None
            or not row.has_interval
            or lab.value is None
            or lab.role in {"threshold", "target", "reference-range"}
        ):
            continue
        value = value_of(context, lab, row)
        if value is None or value.high is not None or value.comparator is not None:
            continue
        judged = known or judgement(context, lab)
        if judged is not None and _is_let_pass(judged, lab, value, row):
            continue
        said = _called(context, lab, judged)
        actual = _actual(value.value, row)
        if said is None or not _is_against(context, said, value.value, row):
            continue
        deficient = any("deficien" in word for word in lab.interpretation)
        if lab.analyte == "ferritin" and deficient and value.value <= row.high:
            continue  # below 100 ng/mL it is iron deficiency in inflammation too
        if lab.unit_written is None and fits_some_unit(lab, row, said):
            continue  # "free T4 of 5" is low in pmol/L
        if goes_on(context, lab):
            continue
        if (
            not judged
            and actual == "normal"
            and any(_NORMAL.match(word) for word in lab.interpretation)
        ):
            continue  # "TSH 8.2 with a normal free T4 means hypothyroidism"
        yield Signal(
            severity="critical",
            message=f"{name(lab.analyte)} {amount(lab.value)} is {actual}, not {said} "
            f"(reference {row.low}-{row.high} {unit(row.unit)}).",
            span=place(context, lab),
            reference=context.knowledge.reference(row),
            subject=lab.analyte,
            fact=f"{lab.analyte} {lab.start}",
        )


_GOES_ON = re.compile(
    r"\s?(?:->|\u2192|then|to|and then|rising to|up to|down to|falling to)\s?\d", re.I
)


def goes_on(context: Context, lab: LabMention) -> bool:
    """Return whether another value of the same follows: "troponin 14 then 480 ng/L"."""
    numbers = context.content.numbers_behind(lab.end, 1)
    return any(_GOES_ON.match(context.text, number.end) is not None for number in numbers)


def fits_some_unit(lab: LabMention, row: AnalyteRow, said: str) -> bool:
    """Return whether a number without a unit is what the text says in one of the usual units."""
    entry = load().analytes.get(lab.analyte)
    if entry is None or lab.value is None:
        return False
    brought = (entry.convert(Quantity(lab.value.value, unit), row.unit) for unit in entry.units)
    return any(
        value is not None
        and row.least <= value.value <= row.most
        and _actual(value.value, row) == said
        for value in brought
    )


def value_of(context: Context, lab: LabMention, row: AnalyteRow) -> Quantity | None:
    """Return a value in its row's unit, the likeliest one taken where none is written."""
    return in_row_unit(lab, row) or _assumed(context, lab, row)


def _assumed(context: Context, lab: LabMention, row: AnalyteRow) -> Quantity | None:
    """Return a value written without a unit in the row's, taken to be in the likeliest unit.

    None for multiples of a limit ("> 1.5 to 3 x ULN") and numbers of sections ("LDL-C ( 1 )").
    """
    entry = load().analytes.get(lab.analyte)
    if lab.value is None or lab.unit_written is not None or entry is None:
        return None
    if lab.value.comparator is not None or _NOT_A_VALUE.match(context.text, lab.end):
        return None
    known = context.facts.labs.get(lab.analyte)
    if known is not None and known.value == lab.value.value and known.unit != "1":
        return entry.convert(known, row.unit)
    return entry.convert(with_unit(lab.analyte, lab.value), row.unit)


def _said(lab: LabMention) -> str | None:
    """Return what the text says of a value: low, normal or high; None where it says nothing."""
    words = [word for word in lab.interpretation if _is_of(lab.analyte, word)]
    named = [word for word in words if word.lower().startswith(("hypo", "hyper"))]
    for word in (*named, *words):
        swap = lab.analyte in _REVERSED and word.lower().startswith(("hypo", "hyper"))
        if _LOW.match(word):
            return "high" if swap else "low"
        if _HIGH.match(word):
            return "low" if swap else "high"
        if _NORMAL.match(word):
            return "normal"
    return None


_USUAL = ("usual", "expected", "mid")
_AIMED_AT = frozenset({"inr", "aptt", "anti-xa"})
"""What treatment changes: the usual range is the one that is aimed at."""


def _is_of(analyte: str, word: str) -> bool:
    """Return whether a word that judges can be of an analyte: "hypertension" is of a pressure."""
    if analyte in _AIMED_AT and any(usual in word.lower() for usual in _USUAL):
        return False
    owned = next((names for stem, names in _OWNED if stem in word.lower()), None)
    return owned is None or analyte in owned


def _actual(value: Decimal, row: AnalyteRow) -> str:
    return "low" if value < row.low else "high" if value > row.high else "normal"


def _is_against(context: Context, said: str, value: Decimal, row: AnalyteRow) -> bool:
    """Return whether what is said of a value is wrong of it, for this patient and for any adult."""
    if said == "low" and row.low <= 0:
        said = "normal"  # nothing is low: it is below what is too much
    if said == _actual(value, row) or not _contradicts(said, value, row):
        return False
    adult = adult_row_of(context, row.key)
    return said == "normal" or adult is None or said != _actual(value, adult)


def _contradicts(said: str, value: Decimal, row: AnalyteRow) -> bool:
    """Return whether value and word differ by more than laboratories differ among themselves."""
    width = (row.high - row.low) * RANGE_TOLERANCE
    if said == "normal":
        least = row.low - min(width, row.low * _LOW_TOLERANCE)
        return value < least or value > row.high + width
    if said == "low":
        return value > row.low + width
    return value < row.high - width


RULES = (
    Rule(
        id="LAB201",
        title="interpretation contradicts the value",
        category="lab-interpretation",
        rationale="A low sodium called high leads to the opposite treatment.",
        tables=("analytes",),
        check=_contradictions,
    ),
)
