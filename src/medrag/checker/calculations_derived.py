"""Shares, gaps and gradients that are worked out from two or three results."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.formula import Formula, Results, names
from medrag.checker.inputs import Inputs
from medrag.core.finding import Reference


def _saturation(inputs: Inputs) -> Results:
    iron, capacity = inputs.lab("iron", "ug/dL"), inputs.lab("tibc", "ug/dL")
    return () if iron is None or not capacity else (100 * iron / capacity,)


_ASCITES = re.compile(r"\bascit\w+ (?:fluid )?albumin\b\D{0,12}(\d+(?:\.\d+)?)", re.I)
_SERUM = re.compile(r"\bserum albumin\b\D{0,12}(\d+(?:\.\d+)?)", re.I)


def _ascites_gradient(inputs: Inputs) -> Results:
    serum, fluid = _SERUM.search(inputs.context.text), _ASCITES.search(inputs.context.text)
    return () if serum is None or fluid is None else (Decimal(serum[1]) - Decimal(fluid[1]),)


def _estimated_glucose(inputs: Inputs) -> Results:
    share = inputs.lab("hba1c", "%")
    return () if share is None else (Decimal("28.7") * share - Decimal("46.7"),)


def _non_high_density(inputs: Inputs) -> Results:
    total, high = inputs.lab("total-cholesterol", "mg/dL"), inputs.lab("hdl-cholesterol", "mg/dL")
    return () if total is None or high is None else (total - high,)


_MEASURED = re.compile(
    r"\bmeasured (?:(?:serum |plasma )?osmolal?(?:ar)?ity|value|one|at|as|(?=\d))\D{0,12}(\d{3})\b",
    re.I,
)
_CALCULATED = re.compile(
    r"\bcalculated (?:(?:serum |plasma )?osmolal?(?:ar)?ity|value|one|at|as|(?=\d))"
    r"(?:[^\d.;]{0,12}|[^.;]{0,60}=\s?)(\d{3})\b(?!\s?[-+x/])",
    re.I,
)


def _osmolal_gap(inputs: Inputs) -> Results:
    measured, sodium = _MEASURED.search(inputs.context.text), inputs.lab("sodium", "mmol/L")
    reckoned = _CALCULATED.search(inputs.context.text)
    if measured is not None and reckoned is not None:
        return (Decimal(measured[1]) - Decimal(reckoned[1]),)
    glucose, urea = inputs.lab("glucose", "mg/dL"), inputs.lab("bun", "mg/dL")
    if measured is None or sodium is None or glucose is None or urea is None:
        return ()
    return (Decimal(measured[1]) - 2 * sodium - glucose / 18 - urea / Decimal("2.8"),)


def _oxygen_gradient(inputs: Inputs) -> Results:
    oxygen, carbon = inputs.lab("pao2", "mm[Hg]"), inputs.lab("paco2", "mm[Hg]")
    if oxygen is None or carbon is None or not re.search(r"\broom air\b", inputs.context.text):
        return ()
    return (Decimal("149.7") - carbon / Decimal("0.8") - oxygen,)


def _water_deficit(inputs: Inputs) -> Results:
    weight, sodium = inputs.weight, inputs.lab("sodium", "mmol/L")
    if weight is None or sodium is None or sodium <= 140:
        return ()
    excess = weight * (sodium / 140 - 1)
    return tuple(share * excess for share in (Decimal("0.6"), Decimal("0.5"), Decimal("0.45")))


DERIVED: tuple[Formula, ...] = (
    Formula(
        subject="transferrin-saturation", said="transferrin saturation", unit="%",
        topic=names(r"transferrin saturation|TSAT"), results=_saturation,
        tolerance=Decimal("0.12"), least=Decimal(2),
        source=Reference(title="Transferrin saturation: serum iron over total binding capacity"),
    ),
    Formula(
        subject="ascites-gradient", said="serum-ascites albumin gradient", unit="g/dL",
        topic=names(r"SAAG|albumin gradient"), bare=True, results=_ascites_gradient,
        tolerance=Decimal("0.1"), least=Decimal("0.15"),
        source=Reference(
            title="Runyon et al., The serum-ascites albumin gradient",
            section="Ann Intern Med 117:215-220", edition="1992"),
    ),
    Formula(
        subject="estimated-glucose", said="estimated average glucose", unit="mg/dL",
        topic=names(r"(?:estimated )?(?:average|mean) (?:blood )?glucose|eAG"),
        results=_estimated_glucose, tolerance=Decimal("0.12"),
        source=Reference(
            title="Translating the A1C assay into estimated average glucose values (ADAG)",
            section="Diabetes Care 31:1473-1478", edition="2008",
            url="https://doi.org/10.2337/dc08-0545"),
    ),
    Formula(
        subject="non-hdl-cholesterol", said="non-HDL cholesterol", unit="mg/dL",
        topic=names(r"non-HDL(?:[- ]cholesterol)?"), results=_non_high_density,
        tolerance=Decimal("0.05"),
        source=Reference(title="Non-HDL cholesterol: total minus HDL cholesterol"),
    ),
    Formula(
        subject="osmolal-gap", said="osmolal gap", unit="mosm/kg",
        topic=names(r"osmol(?:al|ar)? gap"), bare=True, results=_osmolal_gap,
        tolerance=Decimal("0.2"), least=Decimal(5),
        source=Reference(
            title="Dorwart and Chalmers, Comparison of methods for calculating serum osmolality",
            section="Clin Chem 21:190-194", edition="1975"),
    ),
    Formula(
        subject="oxygen-gradient", said="alveolar-arterial gradient on room air", unit="mm[Hg]",
        topic=names(r"A-a (?:oxygen )?gradient|alveolar-arterial (?:oxygen )?gradient"),
        bare=True, results=_oxygen_gradient, tolerance=Decimal("0.2"), least=Decimal(6),
        source=Reference(title="Alveolar gas equation at sea level, respiratory quotient 0.8"),
    ),
    Formula(
        subject="water-deficit", said="free water deficit", unit="L",
        topic=names(r"(?:free )?water deficit"), results=_water_deficit,
        tolerance=Decimal("0.15"),
        source=Reference(
            title="Adrogue and Madias, Hypernatremia", section="NEJM 342:1493-1499",
            edition="2000"),
    ),
)  # fmt: skip
"""In the order in which a text is searched for them."""
