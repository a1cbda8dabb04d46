"""LAB101-LAB103: units, plausibility and conversion of laboratory values."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.facts import with_unit
from medrag.checker.rows_patient import AnalyteRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.sieve import sifted
from medrag.checker.states import of_patient
from medrag.checker.wording import amount, name, unit
from medrag.clinical import LabMention, Quantity, convert
from medrag.clinical.lexicon import Analyte, load
from medrag.clinical.mentions import starting_in
from medrag.core.finding import Reference
from medrag.core.span import Span

_CHANGE = sifted(r"\b(increas|decreas|prolong|chang|rise|rose|fall|fell|differ|drop)\w*", re.I)
_STATED = frozenset({"result", "reference-range", "target", "threshold", "mention"})
_CALM = ("normal", "within", "in ", "inside", "mid", "not ", "acceptable", "reassuring")
"""How words begin that call a value nothing to worry about: "not anaemia"."""
_ERROR = re.compile(
    r"\b(?:cannot be (?:right|true|correct)|key(?:ing|ed)|typing error|mis-?typed|typo|artefact\w*"
    r"|artifact\w*|spurious\w*|implausible|impossible|not possible|incompatible with life|error"
    r"|ha?emolys\w+|contaminat\w+|must be wrong|is wrong)\b",
    re.I,
)
_NO_RESULT = frozenset({"%", "/mm"})
"""A share of patients or of cells; a "mm 3" torn apart."""
_FAR = 20
_LOWEST, _NEARLY = Decimal(1) / 3, Decimal("0.7")
"""How low, against the reference interval, a value in the unit that was meant may be."""
_LOINC = Reference(title="LOINC: example UCUM units of the term", edition="2.78")
CONVERSION_TOLERANCE = Decimal("0.07")
"""Conversions are rounded in prose: 180 mg/dL of glucose is "10 mmol/L"."""
_OF_DEGREES = Decimal("0.015")


def tolerance_of(unit: str) -> Decimal:
    """Return how far, as a share, two units of one value may differ: degrees hardly at all."""
    return _OF_DEGREES if unit in {"Cel", "[degF]"} else CONVERSION_TOLERANCE


_SI = Reference(
    title="Conversion by molar mass (IUPAC atomic weights); AMA Manual of Style, SI conversion",
    section="18.5",
    edition="11th edition 2020",
)


def row_of(context: Context, analyte: str) -> AnalyteRow | None:
    """Return the row of an analyte for the patient's sex, else for any, at the patient's age."""
    row = adult_row_of(context, analyte)
    return None if row is None else of_patient(context, row)


def adult_row_of(context: Context, analyte: str) -> AnalyteRow | None:
    """Return the row of an analyte for the patient's sex, else for any."""
    rows = context.knowledge.rows(AnalyteRow, analyte)
    sex = context.facts.patient.sex
    own = [row for row in rows if row.sex == sex]
    return next(iter([*own, *(row for row in rows if row.sex == "any")]), None)


def in_row_unit(lab: LabMention, row: AnalyteRow) -> Quantity | None:
    """Return a value in the unit of its row; None if the unit does not convert.

    A value without a unit is taken to be in the row's unit only where units are rarely
    written (INR, pH, scores, percentages: an HbA1c of 8.6 is no ratio).
    """
    if lab.value is None:
        return None
    entry = load().analytes.get(lab.analyte)
    if row.unit == "%" and lab.value.unit == "1" and lab.value.value > 1:
        named = with_unit(lab.analyte, lab.value)
        return entry.convert(named, row.unit) if entry else None
    converted = entry.convert(lab.value, row.unit) if entry else None
    if converted is None and row.unit in {"1", "[pH]"} and lab.value.unit in {"1", "[pH]"}:
        return Quantity(lab.value.value, row.unit, lab.value.high, lab.value.comparator)
    return converted


_FASTING_WHO = Decimal(110)
"""mg/dL below which fasting glucose is normal by the WHO (Definition and diagnosis of diabetes
mellitus and intermediate hyperglycaemia, 2006); the ADA says 100."""


def is_fasting(lab: LabMention) -> bool:
    """Return whether a value is named as one of a fasting patient."""
    return lab.analyte == "glucose" and "fasting" in lab.text.lower()


def fasting(context: Context, row: AnalyteRow) -> AnalyteRow:
    """Return the widest interval of fasting glucose; the row of any time of day is wider."""
    own = min(context.knowledge.rows(AnalyteRow, row.key), key=lambda one: one.high)
    return own.model_copy(update={"high": _FASTING_WHO})


_NEAR = 40
"""Characters between the name of an analyte and its value."""


def place(context: Context, lab: LabMention) -> Span:
    """Return the words from the analyte's name to its value, where they stand near."""
    found = context.content.quantities
    first = bisect_left(found, lab.end, key=lambda q: q.start)
    last = bisect_right(found, lab.end + _NEAR, key=lambda q: q.start)
    value = lab.value.value if lab.value else None
    near = [q for q in found[first:last] if q.quantity.value == value]
    return Span(start=lab.start, end=near[0].end) if near else lab.span


_ASIDE = re.compile(
    r"(?:\s(?:FEU|DDU)\b)?(?:\s?\([^()]{2,60}\)|,\s(?:taken|drawn|sampled|sent|measured|collected)"
    r"\s[^,.;:]{3,50}(?=[,:]))?",
    re.I,
)


def said_from(context: Context, lab: LabMention) -> int:
    """Return where what is said of a value begins: behind it and an aside, "31 (albumin fine)"."""
    end = place(context, lab).end
    aside = _ASIDE.match(context.text, end)
    return aside.end() if aside is not None else end


def _valued(context: Context) -> Iterator[tuple[LabMention, AnalyteRow]]:
    for lab in context.content.labs:
        row = row_of(context, lab.analyte)
        if row is None or lab.value is None or lab.role not in _STATED:
            continue
        if lab.unit_written in _NO_RESULT and row.unit != "%":
            continue
        before = context.text[max(0, lab.start - 40) : lab.start]
        if lab.value.comparator not in {"<", "<=", ">", ">="} and not context.search(
            _CHANGE, before
        ):
            yield lab, row


def _units(context: Context) -> Iterator[Verdict]:
    yield from _without_row(context)
    for lab, row in _valued(context):
        assert lab.value is not None
        if lab.unit_written is None:
            continue
        value = in_row_unit(lab, row)
        if value is None and _reported(lab):
            continue  # "mL/h" where the row has "mL/kg/h"
        if value is None or not _reported(lab):
            yield _signal(
                context,
                lab,
                row,
                f"{name(lab.analyte)} is not reported in {lab.unit_written}; the usual unit is "
                f"{unit(row.unit)}.",
            )
        elif _swapped(lab, row, value) and not _is_disowned(context, lab):
            yield _signal(
                context,
                lab,
                row,
                f"{name(lab.analyte)} {amount(lab.value)} is not possible; the unit is probably "
                f"wrong (usual values are {row.low}-{row.high} {unit(row.unit)}).",
            )


def _without_row(context: Context) -> Iterator[Signal]:
    """Yield units in which no laboratory reports an analyte of which no limits are known."""
    for lab in context.content.labs:
        entry = load().analytes.get(lab.analyte)
        if entry is None or not entry.units or lab.value is None or lab.unit_written is None:
            continue
        torn = lab.unit_written in _NO_RESULT or lab.unit_written.startswith("/")
        if torn or lab.role not in _STATED or _reported(lab):
            continue
        if row_of(context, lab.analyte) is None:
            yield Signal(
                severity="critical",
                message=f"{name(lab.analyte)} is not reported in {lab.unit_written}; the usual "
                f"unit is {unit(entry.units[0])}.",
                span=place(context, lab),
                reference=_LOINC,
                subject=lab.analyte,
            )


def _reported(lab: LabMention) -> bool:
    """Return whether laboratories report the analyte in a unit of that dimension at all."""
    entry = load().analytes.get(lab.analyte)
    if entry is None or lab.value is None or not entry.units:
        return True
    plain = Quantity(lab.value.value, lab.value.unit)
    listed = (*entry.units, *(factor.unit for factor in entry.factors))
    return any(convert(plain, known) is not None for known in listed)


def _swapped(lab: LabMention, row: AnalyteRow, value: Quantity) -> bool:
    """Return whether a value is impossible in its own unit but usual in another of the analyte."""
    if lab.value is None or not lab.unit_written:
        return False
    called_normal = any(word.lower().startswith(_CALM) for word in lab.interpretation)
    off = value.value < row.low / 2 or value.value > row.high * 2
    deadly = row.critical_low is not None and value.value < row.critical_low / 2
    entry = load().analytes.get(lab.analyte)
    foreign = _is_far_off(value, row) and entry is not None and _is_foreign(lab.value, entry)
    possible = row.least <= value.value <= row.most
    if possible and _is_called_so(lab, row, value):
        return False
    if possible and not (called_normal and off) and not deadly and not foreign:
        return False
    least = row.low * (_NEARLY if possible and deadly else _LOWEST)
    for other in entry.units if entry else ():
        moved = entry.convert(Quantity(lab.value.value, other), row.unit) if entry else None
        if moved is not None and other != lab.value.unit and least <= moved.value <= row.high * 4:
            return True
    return False


_CALLED = (
    ("low", "hypo", "decreas", "reduced", "below", "dangerous", "critical"),
    ("high", "hyper", "raised", "elevated", "increas", "above", "dangerous", "critical"),
)


def _is_called_so(lab: LabMention, row: AnalyteRow, value: Quantity) -> bool:
    """Return whether the text calls a value what it is in its own unit: 17 mg/dL hypoglycemia."""
    low, high = value.value < row.low, value.value > row.high
    words = [word.lower() for word in lab.interpretation]
    return (low and any(word.startswith(_CALLED[0]) for word in words)) or (
        high and any(word.startswith(_CALLED[1]) for word in words)
    )


def _is_far_off(value: Quantity, row: AnalyteRow) -> bool:
    """Return whether a value is twenty times beyond a reference interval."""
    return value.value < row.low / _FAR or value.value > row.high * _FAR


def _is_foreign(value: Quantity, entry: Analyte) -> bool:
    """Return whether no laboratory reports an analyte in a value's own unit: "16 ng/mL"."""
    one = Quantity(Decimal(1), value.unit)
    listed = (convert(one, known) for known in entry.units)
    return not any(found is not None and found.value == 1 for found in listed)


def _implausible(context: Context) -> Iterator[Verdict]:
    for lab, row in _valued(context):
        value = in_row_unit(lab, row)
        if value is None or lab.value is None or _swapped(lab, row, value):
            continue
        beyond = value.value < row.least or value.top > row.most
        if (beyond or _is_negative(context, lab, row)) and not _is_disowned(context, lab):
            yield _signal(
                context,
                lab,
                row,
                f"{name(lab.analyte)} {amount(lab.value)} is outside what a living patient can "
                f"have ({row.least}-{row.most} {unit(row.unit)}): check the number.",
            )


_MINUS = re.compile(r"(?:\b(?:of|is|was|at)|[:=])\s[-\u2212]\Z|[a-z]{3}\s[-\u2212]\Z", re.I)


def _is_negative(context: Context, lab: LabMention, row: AnalyteRow) -> bool:
    """Return whether a minus stands before a value that cannot have one: "eGFR of -12"."""
    said = place(context, lab)
    inside = starting_in(context.content.quantities, said.start, said.end)
    number = next((q for q in inside if q.end == said.end), None)
    if number is None or row.least < 0 or lab.value is None or lab.value.high is not None:
        return False
    return _MINUS.search(context.text, max(0, number.start - 8), number.start) is not None


def _is_disowned(context: Context, lab: LabMention) -> bool:
    """Return whether the text itself calls a value an error."""
    sentences = context.content.sentences[lab.sentence : lab.sentence + 2]
    return any(_ERROR.search(sentence.text) is not None for sentence in sentences)


def _conversions(context: Context) -> Iterator[Verdict]:
    for lab in context.content.labs:
        entry = load().analytes.get(lab.analyte)
        if lab.value is None or lab.equals is None or entry is None:
            continue
        if lab.analyte in {"weight", "height"}:
            continue  # "4000 g (8 lb 13 oz)" has two parts
        expected = entry.convert(lab.value, lab.equals.unit)
        if expected is None or expected.value == 0 or expected.unit == lab.value.unit:
            continue
        tolerance = tolerance_of(expected.unit)
        if abs(expected.value - lab.equals.value) > tolerance * abs(expected.value):
            yield Signal(
                severity="critical",
                message=f"{name(lab.analyte)} {amount(lab.value)} is {amount(expected)}, not "
                f"{amount(lab.equals)}.",
                span=place(context, lab),
                reference=_SI,
                subject=lab.analyte,
            )


def _signal(context: Context, lab: LabMention, row: AnalyteRow, message: str) -> Signal:
    return Signal(
        severity="critical",
        message=message,
        span=place(context, lab),
        reference=context.knowledge.reference(row),
        subject=lab.analyte,
    )


RULES = (
    Rule(
        id="LAB101",
        title="unit does not fit the analyte",
        category="lab-unit",
        rationale="Creatinine of 106 is normal in micromoles and death in milligrams.",
        tables=("analytes",),
        check=_units,
    ),
    Rule(
        id="LAB102",
        title="impossible value",
        category="lab-implausible",
        rationale="A potassium of 45 is a lost decimal point.",
        tables=("analytes",),
        check=_implausible,
    ),
    Rule(
        id="LAB103",
        title="unit conversion wrong",
        category="lab-conversion",
        rationale="Two units of one value must be the same value.",
        check=_conversions,
    ),
)
