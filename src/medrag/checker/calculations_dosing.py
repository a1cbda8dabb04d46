"""Calculations of doses and fluids: Calvert, Sheiner-Tozer, Parkland, the 4-2-1 rule."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.formula import Formula, Results, claim_of, names
from medrag.checker.inputs import Inputs
from medrag.core.finding import Reference

_AUC = re.compile(r"\bAUC\s?(?:(?:of|=|is|target)\s?){0,2}(\d(?:\.\d+)?)", re.I)
_FILTERED = re.compile(r"\b(?:e?GFR|CrCl|clearance)\b\D{0,20}?(\d{1,3}(?:\.\d+)?)", re.I)


def _calvert(inputs: Inputs) -> Results:
    text = inputs.context.text
    area, stated = _AUC.search(text), _FILTERED.search(text)
    clearance = Decimal(stated[1]) if stated else inputs.lab("creatinine-clearance", "mL/min")
    if area is None or clearance is None:
        return ()
    target = Decimal(area[1])
    return target * (clearance + 25), target * (min(clearance, Decimal(125)) + 25)


def _free_phenytoin(inputs: Inputs) -> Results:
    level, albumin = inputs.lab("phenytoin-level", "ug/mL"), inputs.lab("albumin", "g/dL")
    if level is None or albumin is None:
        return ()
    return (
        level / (Decimal("0.2") * albumin + Decimal("0.1")),
        level / (Decimal("0.25") * albumin + Decimal("0.1")),
    )


_BURNED = re.compile(r"\b(\d{1,2})\s?% (?:TBSA|burns?|total|body|of (?:the|his|her) body)", re.I)


def _burn_fluid(inputs: Inputs) -> Results:
    weight, burned = inputs.weight, _BURNED.search(inputs.context.text)
    if weight is None or burned is None:
        return ()
    once = weight * Decimal(burned[1])
    return 4 * once, 2 * once, 3 * once


def _maintenance(inputs: Inputs) -> Results:
    weight = inputs.weight
    if weight is None:
        return ()
    first, second = min(weight, Decimal(10)), min(max(weight - 10, Decimal(0)), Decimal(10))
    return (4 * first + 2 * second + max(weight - 20, Decimal(0)),)


DOSING: tuple[Formula, ...] = (
    Formula(
        subject="calvert", words=("carboplatin", "calvert"),
        said="carboplatin dose by Calvert", unit="mg", results=_calvert,
        tolerance=Decimal("0.1"),
        claim=re.compile(
            r"\b(?:carboplatin|calvert)\b[^;\n]{0,120}?(?<![\d.,])(\d{3,4})\s*mg\b(?!\s?/)", re.I),
        source=Reference(
            title="Calvert et al., Carboplatin dosage: prospective evaluation of a simple formula",
            section="J Clin Oncol 7:1748-1756", edition="1989",
            url="https://doi.org/10.1200/JCO.1989.7.11.1748"),
    ),
    Formula(
        subject="corrected-phenytoin", topic=names(
            r"phenytoin\b.*?\b(?:correct|adjust)\w*|(?:correct|adjust)\w*\b.*?\bphenytoin"
            r"|(?:correct|adjust|allow|account)\w*\b.{0,20}?\balbumin"),
        words=("sheiner", "correct"),
        said="phenytoin corrected for albumin", unit="ug/mL", results=_free_phenytoin,
        of="phenytoin-level",
        tolerance=Decimal("0.12"),
        claim=claim_of("correct(?:s|ed)(?= (?:to|level|phenytoin|total|is|value|by|for))",
                     r"(?:mcg|mg|\u00b5g|ug)/m?L"),
        source=Reference(
            title="Sheiner and Tozer, in: Clinical Pharmacology: Basic Principles in Therapeutics",
            section="phenytoin and albumin", edition="1978"),
    ),
    Formula(
        subject="burn-fluid", words=("parkland",),
        said="fluid of the first 24 hours by Parkland", unit="mL", results=_burn_fluid,
        tolerance=Decimal("0.08"),
        claim=re.compile(
            r"\bparkland\b[^;\n]{0,160}?(?<![\d.,])(\d{1,2},?\d{3})\s*mL\b(?!\s?/)", re.I),
        source=Reference(
            title="Baxter and Shires, Physiological response to crystalloid resuscitation of burns",
            section="Ann N Y Acad Sci 150:874-894", edition="1968"),
    ),
    Formula(
        subject="maintenance-fluid", words=("4-2-1", "holliday"),
        said="maintenance fluid by the 4-2-1 rule", unit="mL/h", results=_maintenance,
        tolerance=Decimal("0.1"),
        claim=re.compile(
            r"\b(?:4-2-1|holliday)\b[^;\n]{0,120}?(?<![\d.,])(\d{1,3}(?:\.\d+)?)\s*mL\s?(?:/|per)\s?h",
            re.I),
        source=Reference(
            title="Holliday and Segar, The maintenance need for water in parenteral fluid therapy",
            section="Pediatrics 19:823-832", edition="1957"),
    ),
)  # fmt: skip
"""In the order in which a text is searched for them."""
