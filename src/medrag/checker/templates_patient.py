"""Sentence templates for the tables about patients, laboratory values and procedures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from medrag.checker import rows_labs, rows_patient
from medrag.checker.exceeding import Limited
from medrag.checker.rows import Row
from medrag.checker.tables import Knowledge
from medrag.checker.templates import RowCase, drug_name
from medrag.checker.wording import name, number, unit
from medrag.clinical.lexicon import load
from medrag.core.patient import Patient


def allergy_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one allergy row, or None where it needs no own."""
    assert isinstance(row, rows_patient.AllergyRow)
    allergen = "penicillin"
    if row.allergen != "penicillin-class":
        allergen = drug_name(knowledge, row.allergen)
    drug = drug_name(knowledge, row.key)
    if drug == allergen:
        drug = drug_name(knowledge, sorted(knowledge.members(row.key))[-1])
    patient = Patient(allergies=(f"{allergen} (anaphylaxis)",))
    return RowCase(
        row=row,
        rules=("MED302",),
        unsafe=(f"Give {drug}.", patient),
        safe=(f"Give {drug}.", Patient(allergies=())),
    )


def _state(condition: str, **fields: Any) -> Patient:
    return Patient.model_validate({"conditions": (condition,), **fields})


def contraindication_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one contraindication row, or None where it needs no own."""
    assert isinstance(row, rows_patient.ContraindicationRow)
    stages = knowledge.rows(rows_patient.StageRow, row.condition)
    term = load().conditions.get(row.condition)
    words = stages[0].words[0] if stages else term.names[0] if term else name(row.condition)
    drug = drug_name(knowledge, row.key)
    return RowCase(
        row=row,
        rules=("MED303",),
        unsafe=(f"Give {drug}.", _state(words)),
        safe=(f"Do not give {drug}.", _state(words)),
    )


def _organ(row: Limited) -> tuple[str, str]:
    """Return the regimens that break and keep a limit of organ function or age, as written."""
    if row.action == "times":
        return " every 6 hours", ""
    if row.value is None:
        return "", ""
    written = unit(row.unit)
    return f" {number(row.value * 2)} {written} daily", f" {number(row.value)} {written} daily"


def renal_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one renal row, or None where it needs no own."""
    assert isinstance(row, rows_patient.RenalRow)
    drug, (much, _) = drug_name(knowledge, row.key), _organ(row)
    value = row.below - Decimal("0.5")

    def patient(level: Decimal) -> Patient:
        code = "mL/min/1.73m2" if row.measure == "egfr" else "mL/min"
        lab = {"name": "eGFR" if row.measure == "egfr" else "CrCl", "value": level, "unit": code}
        return Patient.model_validate({"labs": [lab]})

    return RowCase(
        row=row,
        rules=("MED304",),
        unsafe=(f"Give {drug}{much}.", patient(value)),
        safe=(f"Give {drug}{much}.", patient(Decimal(110))),
    )


def hepatic_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one hepatic row, or None where it needs no own."""
    assert isinstance(row, rows_patient.HepaticRow)
    drug, (much, _) = drug_name(knowledge, row.key), _organ(row)
    words = {
        "any": "chronic liver disease",
        "active": "active liver disease",
        "severe": "decompensated cirrhosis",
    }[row.stage]
    return RowCase(
        row=row,
        rules=("MED305",),
        unsafe=(f"Give {drug}{much}.", _state(words)),
        safe=(f"Give {drug}{much}.", _state("hypertension")),
    )


def pregnancy_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one pregnancy row, or None where it needs no own."""
    assert isinstance(row, rows_patient.PregnancyRow)
    drug = drug_name(knowledge, row.key)
    rule = "MED306" if row.state == "pregnant" else "MED307"
    week = " She is at 39 weeks." if "at term" in row.reason else ""
    return RowCase(
        row=row,
        rules=(rule,),
        unsafe=(f"Give {drug}.{week}", Patient.model_validate({row.state: True})),
        safe=(f"Give {drug}.", Patient.model_validate({row.state: False})),
    )


def age_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one age row, or None where it needs no own."""
    assert isinstance(row, rows_patient.AgeRow)
    drug, under = drug_name(knowledge, row.key), row.side == "under"
    much, _ = _organ(row)
    much += f" after {row.when[0]}" if row.when else ""
    age = row.age_years / 2 if under else row.age_years + 5
    other = Decimal(40) if under or row.age_years > 40 else row.age_years / 2
    return RowCase(
        row=row,
        rules=("MED308",) if under else ("MED309",),
        unsafe=(f"Give {drug}{much}.", Patient(age_years=age)),
        safe=(f"Give {drug}{much}.", Patient(age_years=other)),
    )


def drug_lab_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one drug-lab row, or None where it needs no own."""
    assert isinstance(row, rows_patient.DrugLabRow)
    drug = drug_name(knowledge, row.key)
    high = row.op in {">", ">="}

    def patient(value: Decimal) -> Patient:
        analyte = load().analytes[row.analyte]
        lab = {"name": analyte.names[0], "value": value, "unit": unit(row.unit) or None}
        return Patient.model_validate({"labs": [lab]})

    beyond = row.value * (Decimal("1.2") if high else Decimal("0.8"))
    return RowCase(
        row=row,
        rules=("MED310", "MED311"),
        unsafe=(f"Give {drug}.", patient(beyond)),
        safe=(f"Do not give {drug}.", patient(beyond)),
    )


def prerequisite_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one prerequisite row, or None where it needs no own."""
    assert isinstance(row, rows_patient.PrerequisiteRow)
    drug, test = drug_name(knowledge, row.key), row.tests[0]
    noun = {"pregnancy-test": "pregnancy test", "genotype": f"{test} testing"}.get(row.kind, test)
    return RowCase(
        row=row,
        rules=("MED312", "MED313", "PRO103"),
        unsafe=(f"Start {drug}; {noun} is not needed.", None),
        safe=(f"Start {drug}; {noun} is needed first.", None),
    )


def meaning_pair(_: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of meanings, or None where it needs no own."""
    assert isinstance(row, rows_patient.MeaningRow)
    label, written = load().analytes[row.key].names[0], unit(row.unit)
    low = row.op in {"<", "<="}
    beyond = row.value * (Decimal("0.98") if low else Decimal("1.02"))
    within = row.value * (Decimal("1.05") if low else Decimal("0.95"))
    return RowCase(
        row=row,
        rules=("LAB205", "LAB201"),
        unsafe=(f"The {label} of {number(beyond)} {written} is {row.words[0]}.", None),
        safe=(f"The {label} of {number(within)} {written} is not {row.words[0]}.", None),
    )


def genotype_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one genotype row, or None where it needs no own."""
    assert isinstance(row, rows_patient.GenotypeRow)
    drug = drug_name(knowledge, row.key)
    return RowCase(
        row=row,
        rules=("MED316",),
        unsafe=(f"{row.gene[0]} {row.result[0]}. Give {drug}.", None),
        safe=(f"{row.gene[0]} normal. Give {drug}.", None),
    )


def procedure_pair(knowledge: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one procedure row, or None where it needs no own."""
    assert isinstance(row, rows_patient.ProcedureRow)
    done = load().procedures[row.key].names[0]
    fields: dict[str, Any] = {}
    if row.needs and row.value is not None:
        factor = Decimal("1.2") if row.op in {">", ">="} else Decimal("0.8")
        label = load().analytes[row.needs].names[0]
        value = {"name": label, "value": row.value * factor, "unit": unit(row.unit) or None}
        fields = {"labs": [value]}
    elif row.condition == "contrast-allergy":
        fields = {"allergies": ["iodinated contrast (anaphylaxis)"]}
    elif row.condition in {"pregnancy", "lactation"}:
        fields = {"pregnant" if row.condition == "pregnancy" else "lactating": True}
    elif row.condition:
        stages = knowledge.rows(rows_patient.StageRow, row.condition)
        term = load().conditions.get(row.condition)
        words = stages[0].words[0] if stages else term.names[0] if term else name(row.condition)
        fields = {"conditions": [words]}
    else:
        fields = {"medications": [drug_name(knowledge, row.medication)]}
    patient = Patient.model_validate(fields)
    return RowCase(
        row=row,
        rules=("PRO101",),
        unsafe=(f"Proceed with the {done} today.", patient),
        safe=(f"Do not do the {done}.", patient),
    )


def procedure_test_pair(_: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of what precedes a procedure."""
    assert isinstance(row, rows_patient.ProcedureTestRow)
    done, test = load().procedures[row.key].names[0], row.tests[0]
    return RowCase(
        row=row,
        rules=("PRO107",),
        unsafe=(f"Proceed with the {done} today; {test} is not needed.", None),
        safe=(f"Check {test} before the {done}.", None),
    )


def analyte_pair(_: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one analyte row, or None where it needs no own."""
    assert isinstance(row, rows_patient.AnalyteRow)
    label, written = load().analytes[row.key].names[0], unit(row.unit)
    middle = (row.low + row.high) / 2
    return RowCase(
        row=row,
        rules=("LAB101", "LAB102"),
        unsafe=(f"The {label} is {number(row.most * 2)} {written}.".replace(" .", "."), None),
        safe=(f"The {label} is {number(middle)} {written}.".replace(" .", "."), None),
    )


def state_range_pair(_: Knowledge, row: Row) -> RowCase | None:
    """Return the pair of one row of a state's interval: a range wholly beside it, and its own."""
    assert isinstance(row, rows_labs.StateRangeRow)
    label, written = load().analytes[row.key].names[0], unit(row.unit)
    who = "In pregnancy" if row.state == "pregnancy" else f"In a healthy {row.state}"
    said = f"{who} the normal {label} is {{}}-{{}} {written}."
    return RowCase(
        row=row,
        rules=("LAB203",),
        unsafe=(said.format(number(row.high * 2), number(row.high * 3)), None),
        safe=(said.format(number(row.low), number(row.high)), None),
    )
