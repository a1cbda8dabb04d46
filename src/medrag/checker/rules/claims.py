"""LAB204: results that the text calculates from others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.kidney import cockcroft_gault
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.labs import place
from medrag.checker.wording import amount, name
from medrag.clinical import LabMention, Quantity, convert
from medrag.clinical.formulas import MME_FACTORS, morphine_equivalents
from medrag.clinical.lexicon import load
from medrag.core.finding import Reference
from medrag.core.span import Span

_MME = re.compile(
    r"(?<![\d.])(\d+(?:\.\d+)?) ?(?:mg )?(?:of )?(?:oral )?"
    r"(?:MMEs?|OMEs?|morphine (?:milligram )?equivalents?)\b"
)
_MME_SOURCE = Reference(
    title="CDC Clinical Practice Guideline for Prescribing Opioids for Pain",
    section="Table: conversion factors",
    edition="2022",
    url="https://doi.org/10.15585/mmwr.rr7103a1",
)
Lookup = Callable[[str, str], Decimal | None]
_TOLERANCES = {
    "creatinine-clearance": Decimal("0.25"),
    "egfr": Decimal("0.25"),
    "anion-gap": Decimal("0.15"),
    "corrected-calcium": Decimal("0.06"),
    "bmi": Decimal("0.06"),
    "qtc": Decimal("0.10"),
}
"""Fractions by which a claim may differ: formulas vary in weight and rounding. The anion gap
may include potassium."""
_SOURCES = {
    "creatinine-clearance": Reference(
        title="Cockcroft and Gault, Prediction of creatinine clearance from serum creatinine",
        section="Nephron 16:31-41", edition="1976", url="https://doi.org/10.1159/000180580",
    ),
    "egfr": Reference(
        title="New creatinine- and cystatin C-based equations to estimate GFR without race",
        section="NEJM 385:1737-1749", edition="2021", url="https://doi.org/10.1056/NEJMoa2102953",
    ),
    "anion-gap": Reference(
        title="Emmett and Narins, Clinical use of the anion gap", section="Medicine 56:38-54",
        edition="1977", url="https://doi.org/10.1097/00005792-197756010-00002",
    ),
    "corrected-calcium": Reference(
        title="Payne et al., Interpretation of serum calcium", section="BMJ 4:643-646",
        edition="1973", url="https://doi.org/10.1136/bmj.4.5893.643",
    ),
    "bmi": Reference(title="WHO Technical Report Series 894, Obesity", edition="2000"),
    "qtc": Reference(title="Bazett 1920; Fridericia 1920: correction of the QT interval"),
}  # fmt: skip


def _claims(context: Context) -> Iterator[Verdict]:
    for lab in context.content.labs:
        if not _is_claim(lab):
            continue
        expected = _expected(context, lab)
        claim = _in_unit(lab, expected[0].unit) if expected else None
        if claim is None or any(_agrees(lab.analyte, claim, value) for value in expected):
            continue
        yield Signal(
            severity="critical",
            message=f"The {name(lab.analyte)} from the values given is {amount(expected[0])}, not "
            f"{amount(lab.value or expected[0])}.",
            span=place(context, lab),
            reference=_SOURCES[lab.analyte],
            subject=lab.analyte,
        )


def _is_claim(lab: LabMention) -> bool:
    if lab.analyte not in _TOLERANCES or lab.value is None or lab.role in {"threshold", "target"}:
        return False
    return lab.value.high is None and lab.value.comparator in {None, "~"}


def _agrees(analyte: str, claim: Decimal, expected: Quantity) -> bool:
    least = Decimal(2) if expected.unit == "mmol/L" else Decimal(0)
    return abs(claim - expected.value) <= max(_TOLERANCES[analyte] * abs(expected.value), least)


def _equivalents(context: Context) -> Iterator[Verdict]:
    """Compare stated morphine milligram equivalents with those of the one opioid named."""
    for sentence in context.content.sentences:
        claim = _MME.search(sentence.text)
        named = [
            drug
            for drug in context.content.drugs
            if sentence.start <= drug.start < sentence.end
            and MME_FACTORS.keys() & set(drug.ingredients)
        ]
        opioids = {i for drug in named for i in drug.ingredients} & MME_FACTORS.keys()
        if claim is None or "morphine" in opioids or len(opioids) != 1:
            continue
        (opioid,) = opioids
        days = [amounts(r, d).daily for d in named for r in d.regimens]
        day = next((convert(d, "mg") for d in days if d is not None), None)
        if day is None or day.high is not None:
            continue
        right = morphine_equivalents({opioid: day.value})
        if abs(right - Decimal(claim[1])) <= max(Decimal("0.15") * right, Decimal(1)):
            continue
        yield Signal(
            severity="critical",
            message=f"{name(opioid)} {amount(day)} a day is about "
            f"{amount(Quantity(right, 'mg'))} of oral morphine a day, not {claim[1]} mg.",
            span=Span(start=sentence.start + claim.start(), end=sentence.start + claim.end()),
            reference=_MME_SOURCE,
            subject=opioid,
        )


def _in_unit(lab: LabMention, unit: str) -> Decimal | None:
    assert lab.value is not None
    if lab.value.unit in {"1", unit}:
        return lab.value.value
    entry = load().analytes.get(lab.analyte)
    converted = entry.convert(lab.value, unit) if entry else None
    return converted.value if converted else None


def _expected(context: Context, claim: LabMention) -> tuple[Quantity, ...]:
    """Return the values the formula gives, the usual variant first; empty if an input lacks."""
    lookup = _lookup(context, claim)
    calculate = _FORMULAS[claim.analyte]
    return calculate(context, lookup)


def _lookup(context: Context, claim: LabMention) -> Lookup:
    """Return a function to the value of an analyte: as the text states it, else the patient's."""

    def value(analyte: str, unit: str) -> Decimal | None:
        entry = load().analytes[analyte]
        for lab in context.content.labs:
            if (
                lab.analyte != analyte
                or lab.value is None
                or lab is claim
                or lab.role == "threshold"
            ):
                continue
            stated = lab.value if lab.value.unit != "1" else Quantity(lab.value.value, unit)
            converted = entry.convert(stated, unit)
            if converted is not None:
                return converted.value
        return context.facts.lab(analyte, unit)

    return value


def _creatinine_clearance(context: Context, _: Lookup) -> tuple[Quantity, ...]:
    value = cockcroft_gault(context.facts)
    return (Quantity(value, "mL/min"),) if value is not None else ()


def _egfr(context: Context, lookup: Lookup) -> tuple[Quantity, ...]:
    """CKD-EPI 2021, adults."""
    patient = context.facts.patient
    creatinine = lookup("creatinine", "mg/dL")
    if creatinine is None or patient.age_years is None or patient.age_years < 18:
        return ()
    if patient.sex not in {"female", "male"}:
        return ()
    female = patient.sex == "female"
    ratio = float(creatinine) / (0.7 if female else 0.9)
    alpha = -0.241 if female else -0.302
    value = (
        142
        * min(ratio, 1.0) ** alpha
        * max(ratio, 1.0) ** -1.200
        * 0.9938 ** float(patient.age_years)
        * (1.012 if female else 1.0)
    )
    return (Quantity(Decimal(str(round(value, 1))), "mL/min/{1.73_m2}"),)


def _anion_gap(_: Context, lookup: Lookup) -> tuple[Quantity, ...]:
    sodium, chloride = lookup("sodium", "mmol/L"), lookup("chloride", "mmol/L")
    bicarbonate = lookup("bicarbonate", "mmol/L")
    if sodium is None or chloride is None or bicarbonate is None:
        return ()
    gap = sodium - chloride - bicarbonate
    potassium = lookup("potassium", "mmol/L")
    values = (gap,) if potassium is None else (gap, gap + potassium)
    return tuple(Quantity(value, "mmol/L") for value in values)


def _corrected_calcium(_: Context, lookup: Lookup) -> tuple[Quantity, ...]:
    calcium, albumin = lookup("calcium", "mg/dL"), lookup("albumin", "g/dL")
    if calcium is None or albumin is None:
        return ()
    return (Quantity(calcium + Decimal("0.8") * (4 - albumin), "mg/dL"),)


def _bmi(context: Context, _: Lookup) -> tuple[Quantity, ...]:
    patient = context.facts.patient
    if patient.weight_kg is None or patient.height_cm is None:
        return ()
    return (Quantity(patient.weight_kg / (patient.height_cm / 100) ** 2, "kg/m2"),)


def _qtc(_: Context, lookup: Lookup) -> tuple[Quantity, ...]:
    interval, rate = lookup("qt", "ms"), lookup("heart-rate", "/min")
    if interval is None or rate is None or rate <= 0:
        return ()
    beat = float(60 / rate)
    return tuple(
        Quantity(Decimal(str(round(float(interval) / beat**power, 0))), "ms")
        for power in (1 / 2, 1 / 3)
    )


_FORMULAS: dict[str, Callable[[Context, Lookup], tuple[Quantity, ...]]] = {
    "creatinine-clearance": _creatinine_clearance,
    "egfr": _egfr,
    "anion-gap": _anion_gap,
    "corrected-calcium": _corrected_calcium,
    "bmi": _bmi,
    "qtc": _qtc,
}


def _calculated(context: Context) -> Iterator[Verdict]:
    yield from _claims(context)
    yield from _equivalents(context)


RULES = (
    Rule(
        id="LAB204",
        title="calculated result wrong",
        category="lab-interpretation",
        rationale="A clearance of 95 where 25 is true doses every drug wrong.",
        check=_calculated,
    ),
)
