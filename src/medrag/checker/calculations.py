"""The calculations whose results a text may claim, each with how near a claim must come."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.calculations_derived import DERIVED
from medrag.checker.calculations_dosing import DOSING
from medrag.checker.calculations_heart import qtc
from medrag.checker.formula import NUMBER, SAYS, Formula, Results, claim_of, names, safely
from medrag.checker.inputs import Inputs
from medrag.checker.kidney import ckd_epi, cockcroft_gault
from medrag.clinical import formulas
from medrag.core.finding import Reference


def _clearance(inputs: Inputs) -> Results:
    value = cockcroft_gault(inputs.context.facts)
    if value is not None:
        return (value,)
    age, weight = inputs.age, inputs.weight
    creatinine, sex = inputs.lab("creatinine", "mg/dL"), inputs.sex
    if age is None or weight is None or creatinine is None or sex is None:
        return ()
    return safely(
        lambda: formulas.cockcroft_gault(
            age_years=age, weight_kg=weight, creatinine_mg_dl=creatinine, sex=sex
        )
    )


_SODIUM_EXCRETION = {
    "urine sodium": re.compile(r"\burine (?:Na|sodium)\b\D{0,12}(\d+(?:\.\d+)?)", re.I),
    "sodium": re.compile(r"\b(?:plasma|serum) (?:Na|sodium)\b\D{0,12}(\d+(?:\.\d+)?)", re.I),
    "urine creatinine": re.compile(
        r"\burine (?:Cr|creat\w*)\b\D{0,12}(\d+(?:\.\d+)?)", re.I),
    "creatinine": re.compile(
        r"\b(?:plasma|serum) (?:Cr|creat\w*)\b\D{0,12}(\d+(?:\.\d+)?)", re.I),
}  # fmt: skip


def _excretion(inputs: Inputs) -> Results:
    found = {k: p.search(inputs.context.text) for k, p in _SODIUM_EXCRETION.items()}
    values = {k: Decimal(m[1]) for k, m in found.items() if m is not None}
    if len(values) < len(found) or not values["sodium"] or not values["urine creatinine"]:
        return ()
    cleared = values["urine sodium"] * values["creatinine"]
    return (100 * cleared / (values["sodium"] * values["urine creatinine"]),)


def _egfr(inputs: Inputs) -> Results:
    value = ckd_epi(inputs.context.facts)
    return () if value is None else (value,)


def _anion_gap(inputs: Inputs) -> Results:
    sodium, chloride = inputs.lab("sodium", "mmol/L"), inputs.lab("chloride", "mmol/L")
    bicarbonate = inputs.lab("bicarbonate", "mmol/L")
    if sodium is None or chloride is None or bicarbonate is None:
        return ()
    gap = sodium - chloride - bicarbonate
    potassium, albumin = inputs.lab("potassium", "mmol/L"), inputs.lab("albumin", "g/dL")
    results = (gap,) if potassium is None else (gap, gap + potassium)
    return results if albumin is None else (*results, gap + Decimal("2.5") * (4 - albumin))


def _calcium(inputs: Inputs) -> Results:
    calcium, albumin = inputs.lab("calcium", "mg/dL"), inputs.lab("albumin", "g/dL")
    if calcium is None or albumin is None:
        return ()
    return (calcium + Decimal("0.8") * (4 - albumin),)


def _bmi(inputs: Inputs) -> Results:
    weight, height = inputs.weight, inputs.height
    if weight is None or height is None:
        return ()
    return safely(lambda: formulas.bmi(weight_kg=weight, height_cm=height))


def _surface(inputs: Inputs) -> Results:
    weight, height = inputs.weight, inputs.height
    if weight is None or height is None:
        return ()
    return (
        *safely(lambda: formulas.bsa_mosteller(weight_kg=weight, height_cm=height)),
        *safely(lambda: formulas.bsa_du_bois(weight_kg=weight, height_cm=height)),
    )


def _ideal(inputs: Inputs) -> Results:
    height, sex = inputs.height, inputs.sex
    if height is None or sex is None:
        return ()
    return safely(lambda: formulas.ideal_body_weight(height_cm=height, sex=sex))


def _adjusted(inputs: Inputs) -> Results:
    weight, height, sex = inputs.weight, inputs.height, inputs.sex
    if weight is None or height is None or sex is None:
        return ()
    return safely(
        lambda: formulas.adjusted_body_weight(weight_kg=weight, height_cm=height, sex=sex)
    )


def _osmolality(inputs: Inputs) -> Results:
    sodium, glucose = inputs.lab("sodium", "mmol/L"), inputs.lab("glucose", "mg/dL")
    urea = inputs.lab("bun", "mg/dL")
    if sodium is None or glucose is None or urea is None:
        return ()
    return (2 * sodium + glucose / 18 + urea / Decimal("2.8"),)


def _low_density(inputs: Inputs) -> Results:
    total = inputs.lab("total-cholesterol", "mg/dL")
    high, fat = inputs.lab("hdl-cholesterol", "mg/dL"), inputs.lab("triglycerides", "mg/dL")
    if total is None or high is None or fat is None or fat >= 400:
        return ()  # above 400 mg/dL the formula does not hold
    return (total - high - fat / 5,)


def _corrected_sodium(inputs: Inputs) -> Results:
    sodium, glucose = inputs.lab("sodium", "mmol/L"), inputs.lab("glucose", "mg/dL")
    if sodium is None or glucose is None or glucose <= 100:
        return ()
    excess = (glucose - 100) / 100
    return sodium + Decimal("1.6") * excess, sodium + Decimal("2.4") * excess


_PRESSURE = re.compile(r"\b(\d{2,3})\s?/\s?(\d{2,3})\b")


def _mean_pressure(inputs: Inputs) -> Results:
    match = _PRESSURE.search(inputs.context.text)
    if match is None:
        return ()
    systolic, diastolic = Decimal(match[1]), Decimal(match[2])
    return ((systolic + 2 * diastolic) / 3,)


_SHARE = re.compile(
    r"\b(\d{1,2}(?:\.\d+)?)\s*% (?:segmented |of )?(?:neutrophils|segs|granulocytes)"
    r"|\bneutrophils (?:of |are |is )?(\d{1,2}(?:\.\d+)?)\s*%",
    re.I,
)


def _neutrophils(inputs: Inputs) -> Results:
    cells, share = inputs.lab("wbc", "10*9/L"), _SHARE.search(inputs.context.text)
    if cells is None or share is None:
        return ()
    count = cells * Decimal(share[1] or share[2]) / 100
    return count, count * 1000  # in cells per microliter


def _expected_paco2(inputs: Inputs) -> Results:
    bicarbonate = inputs.lab("bicarbonate", "mmol/L")
    return () if bicarbonate is None else (Decimal("1.5") * bicarbonate + 8,)


_INSPIRED = re.compile(
    r"\b(?:FiO2|breathing|on|with)\b\D{0,6}(0?\.\d+|1\.0|\d{2,3}(?=\s?%))(?!\d)"
    r"|\b(\d{2,3})\s?% (?:inspired )?(?:oxygen|O2)\b",
    re.I,
)


def _oxygenation(inputs: Inputs) -> Results:
    tension, found = inputs.lab("pao2", "mm[Hg]"), _INSPIRED.search(inputs.context.text)
    share = Decimal(found[1] or found[2]) if found is not None else Decimal(0)
    if tension is None or not share:
        return ()
    return (tension / (share if share <= 1 else share / 100),)


FORMULAS: tuple[Formula, ...] = (
    Formula(
        subject="creatinine-clearance", topic=names(
            r"cockcroft|CrCl|clearance|(?:kidney|renal) function"),
        words=("cockcroft", "crcl"),
        said="creatinine clearance", unit="mL/min",
        results=_clearance, tolerance=Decimal("0.25"),
        claim=re.compile(
            r"\b(?:cockcroft[- ]?(?:and )?gault|CrCl|creatinine clearance)\b[^;\n]{0,100}?"
            rf"(?:[:=]|\b(?:is|gives|comes to|makes))\s*{NUMBER}\s*mL/min(?!/1)", re.I),
        source=Reference(
            title="Cockcroft and Gault, Prediction of creatinine clearance from serum creatinine",
            section="Nephron 16:31-41", edition="1976",
            url="https://doi.org/10.1159/000180580"),
    ),
    Formula(
        subject="egfr", topic=names(
            r"e?GFR|CKD-EPI(?: 20\d\d)?"), bare=True,
        said="eGFR", unit="mL/min/{1.73_m2}", results=_egfr,
        words=("egfr", "ckd-epi"), tolerance=Decimal("0.25"),
        claim=re.compile(
            r"\b(?:eGFR|CKD-EPI)\b[^.;:\n]{0,30}\b(?:wom[ae]n|m[ae]n|years?|old)\b(?:[^.;\n]|\.(?=\d)){0,80}?"
            rf"\b(?:is|gives|comes to)\s*{NUMBER}\s*mL/min", re.I),
        source=Reference(
            title="New creatinine- and cystatin C-based equations to estimate GFR without race",
            section="NEJM 385:1737-1749", edition="2021",
            url="https://doi.org/10.1056/NEJMoa2102953"),
    ),
    Formula(
        subject="anion-gap", topic=names(r"gap"), bare=True,
        said="anion gap", unit="mmol/L", results=_anion_gap,
        words=("gap",),
        claim=re.compile(
            r"(?:\bthe gap (?:is|of|=)|\bsodium (?:minus|less) [^.;\n\d]{5,70}?"
            r"\b(?:gives|leaves|is|equals|makes)) (?:a gap of |about )?(\d+(?:\.\d+)?)"
            r"|\banion gap\b[^.;\n]{0,90}?(?:\b(?:gives|comes to|works out (?:at|to|as)|makes"
            r"|amounts to|adds up to|totals)\s(?:a gap of\s|about\s)?"
            r"(\d+(?:\.\d+)?)\s*(?:mmol|mEq)"
            r"|(?:HCO3|bicarb\w*|CO2)\W{0,3}\d+(?:\.\d+)?\s?[)\]]?\s?=\s?(\d+(?:\.\d+)?))",
            re.I,
        ),
        tolerance=Decimal("0.15"), least=Decimal(2),
        source=Reference(
            title="Emmett and Narins, Clinical use of the anion gap",
            section="Medicine 56:38-54", edition="1977",
            url="https://doi.org/10.1097/00005792-197756010-00002"),
    ),
    Formula(
        subject="corrected-calcium", topic=names(
            r"(?:correct|adjust|allow|account)\w*\b.{0,20}?\balbumin"
            r"|(?:correct|adjust)\w*\b.*?\bcalcium|calcium\b.*?\b(?:correct|adjust)\w*"),
        of="calcium",
        said="corrected calcium", unit="mg/dL", results=_calcium,
        tolerance=Decimal("0.06"),
        source=Reference(
            title="Payne et al., Interpretation of serum calcium", section="BMJ 4:643-646",
            edition="1973", url="https://doi.org/10.1136/bmj.4.5893.643"),
    ),
    Formula(
        subject="bmi", topic=names(
            r"BMI|body[- ]mass index"), bare=True,
        said="body mass index", unit="kg/m2", results=_bmi,
        tolerance=Decimal("0.06"),
        source=Reference(title="WHO Technical Report Series 894, Obesity", edition="2000"),
    ),
    Formula(
        subject="bsa", topic=names(
            r"BSA|(?:body[- ])?surface(?: area)?"),
        said="body surface area", unit="m2", results=_surface,
        tolerance=Decimal("0.08"),
        source=Reference(
            title="Mosteller, Simplified calculation of body-surface area",
            section="NEJM 317:1098", edition="1987",
            url="https://doi.org/10.1056/NEJM198710223171717"),
    ),
    Formula(
        subject="ideal-weight", topic=names(
            r"ideal (?:body )?weight|IBW"),
        said="ideal body weight", unit="kg", results=_ideal,
        tolerance=Decimal("0.06"),
        source=Reference(
            title="Devine, Gentamicin therapy", section="Drug Intell Clin Pharm 8:650-655",
            edition="1974"),
    ),
    Formula(
        subject="adjusted-weight", topic=names(
            r"adjusted (?:body )?weight|AdjBW|ABW"),
        said="adjusted body weight", unit="kg", results=_adjusted,
        tolerance=Decimal("0.06"),
        source=Reference(
            title="Bauer, Applied Clinical Pharmacokinetics", section="chapter 4",
            edition="3rd edition 2014"),
    ),
    Formula(
        subject="qtc", topic=names(
            r"QTc|bazett\w*|fridericia\w*|QT\b.*?\bcorrect\w*|correct\w*\b.*?\bQT"),
        said="corrected QT interval", unit="ms", results=qtc,
        tolerance=Decimal("0.05"), of="qt",
        source=Reference(title="Bazett 1920; Fridericia 1920: correction of the QT interval"),
    ),
    Formula(
        subject="osmolality", topic=names(
            r"osmolal?(?:ar)?ity"),
        said="calculated osmolality", unit="mosm/kg",
        results=_osmolality, tolerance=Decimal("0.04"),
        source=Reference(
            title="Dorwart and Chalmers, Comparison of methods for calculating serum osmolality",
            section="Clin Chem 21:190-194", edition="1975"),
    ),
    Formula(
        subject="ldl-calculated", topic=names(
            r"friedewald\w*|calculated LDL|LDL\b.*?\bcalculated"),
        words=("ldl",),
        said="LDL cholesterol by Friedewald", unit="mg/dL",
        results=_low_density, tolerance=Decimal("0.08"),
        claim=re.compile(
            rf"friedewald\b.*?\bLDL\b(?:{SAYS}|\s){NUMBER}\s*mg/dL"
            r"|\b(?:triglycerides?|TG)\b[^.;]{0,40}?"
            r"\b(?:gives?|makes?|yields?|comes? to|works? out)\b"
            rf"[^.;]{{0,40}}?\bLDL\b{SAYS}{NUMBER}\s*mg/dL"
            r"|\bLDL (?:cholesterol )?(?:by|from|with) (?:the )?friedewald\w*(?: \w+)?"
            rf"{SAYS}{NUMBER}\s*mg/dL"
            rf"|\bcalculated LDL\b{SAYS}{NUMBER}\s*mg/dL", re.I),
        source=Reference(
            title="Friedewald et al., Estimation of LDL cholesterol without ultracentrifuge",
            section="Clin Chem 18:499-502", edition="1972"),
    ),
    Formula(
        subject="corrected-sodium", topic=names(
            r"sodium\b.*?\bcorrect\w*|correct\w*\b.*?\bsodium"),
        words=("correct",),
        said="sodium corrected for glucose", unit="mmol/L",
        results=_corrected_sodium, of="sodium", tolerance=Decimal("0.02"), least=Decimal(2),
        claim=re.compile(
            rf"\bcorrected (?:serum )?(?:sodium|Na)\b{SAYS}{NUMBER}"
            rf"|\bsodium corrected for glucose\b.*?\bbecomes {NUMBER}", re.I),
        source=Reference(
            title="Hillier, Abbott and Barrett, Hyponatremia: evaluating the correction factor",
            section="Am J Med 106:399-403", edition="1999"),
    ),
    Formula(
        subject="fractional-excretion", topic=names(
            r"FENa|fractional excretion of sodium"),
        words=("fena",),
        said="fractional excretion of sodium", unit="%",
        results=_excretion, tolerance=Decimal("0.2"), least=Decimal("0.1"),
        claim=re.compile(rf"\bFENa\b.*?(?:\u2192|=|\bis\b|:\s)\s*{NUMBER}\s*%", re.I | re.S),
        source=Reference(
            title="Espinel, The FENa test", section="JAMA 236:579-581", edition="1976"),
    ),
    Formula(
        subject="mean-arterial-pressure", topic=names(
            r"MAP|mean (?:arterial )?pressure"), bare=True,
        words=("map", "mean"),
        said="mean arterial pressure", unit="mm[Hg]",
        results=_mean_pressure, tolerance=Decimal("0.08"),
        claim=re.compile(
            rf"\b(?:MAP|mean (?:arterial )?pressure)\b[^.;]{{0,40}}?\b(?:is|=|of|about)\s*{NUMBER}"
            r"\s*mm ?Hg", re.I),
        source=Reference(title="Mean arterial pressure: (systolic + 2 diastolic) / 3"),
    ),
    Formula(
        subject="anc", topic=names(
            r"ANC|absolute neutrophils?(?: count)?"),
        words=("anc", "neutrophil"),
        said="absolute neutrophil count", unit="10*9/L", results=_neutrophils,
        tolerance=Decimal("0.15"),
        claim=claim_of("ANC|absolute neutrophil count", ""),
        source=Reference(title="Absolute neutrophil count: leukocytes times share"),
    ),
    Formula(
        subject="expected-paco2", topic=names(
            r"winter'?s?'?"),
        words=("winter",), said="expected PaCO2", unit="mm[Hg]",
        results=_expected_paco2, of="paco2", bare=True,
        tolerance=Decimal("0.1"), least=Decimal(3),
        claim=re.compile(
            r"\bwinter'?s?'?\b[^.;\n]{0,60}?\b(?:predicts?|gives?|expects?|expected|yields?)\b"
            rf"[^.;\n]{{0,40}}?\b{NUMBER}\s*mm ?Hg", re.I),
        source=Reference(
            title="Albert, Dell and Winters, Quantitative displacement of acid-base equilibrium",
            section="Ann Intern Med 66:312-322", edition="1967"),
    ),
    Formula(
        subject="pf-ratio", topic=names(
            r"P/F|PaO2 ?[/:] ?FiO2"), bare=True,
        words=("p/f", "fio2"), said="PaO2/FiO2 ratio", unit="mm[Hg]",
        results=_oxygenation, tolerance=Decimal("0.1"),
        claim=re.compile(
            rf"\b(?:P/F|PaO2/FiO2|PaO2:FiO2)(?: ratio)?{SAYS}{NUMBER}(?! ?%)", re.I),
        source=Reference(
            title="Acute respiratory distress syndrome: the Berlin definition",
            section="JAMA 307:2526-2533", edition="2012"),
    ),
    *DOSING,
    *DERIVED,
)  # fmt: skip
"""Every calculation, in the order in which a text is searched for them."""
