"""An unsafe and a safe sentence for every row of the tables, from one template a table.

The hand-written pairs of each family stand in `knowledge/cases`; these prove that every single
row is reachable: that its drug is read, its limit is reached, and its opposite is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from medrag.checker import rows, rows_patient
from medrag.checker.engine import check
from medrag.checker.rows import Row
from medrag.checker.tables import Knowledge, load_knowledge
from medrag.checker.wording import name, number, unit
from medrag.clinical.lexicon import load
from medrag.core.patient import Patient


@dataclass(frozen=True, slots=True)
class RowCase:
    """A generated pair.

    Attributes:
        row: What it proves.
        rules: Any of these must speak of the unsafe text and none of the safe one.
        unsafe, safe: Text and patient.
    """

    row: Row
    rules: tuple[str, ...]
    unsafe: tuple[str, Patient | None]
    safe: tuple[str, Patient | None]


def row_cases() -> Iterator[RowCase]:
    """Yield the pair of every row of every table that has a template, in table order."""
    knowledge = load_knowledge()
    for table, template in _TEMPLATES.items():
        for row in knowledge.tables[table]:
            case = template(knowledge, row)
            if case is not None:
                yield case


def problem(case: RowCase) -> str:
    """Return what is wrong with a pair; empty where it holds."""
    for (text, patient), wanted in ((case.unsafe, True), (case.safe, False)):
        report = check(text, patient)
        found = {finding.rule_id for finding in report.findings} & set(case.rules)
        if bool(found) is not wanted:
            state = "silent" if wanted else f"fires ({', '.join(sorted(found))})"
            return f"{case.row.table}: {case.row.key}: {state} on {text!r}"
    return ""


def _drug(knowledge: Knowledge, cell: str) -> str:
    """Return a name by which text calls an ingredient, or the first member of a group."""
    key = sorted(knowledge.members(cell))[0] if cell.startswith("@") else cell
    entry = load().drugs.get(key)
    return entry.names[0] if entry else name(key)


_ROUTES = {
    "oral": "by mouth",
    "iv": "IV",
    "iv-push": "by IV push",
    "im": "IM",
    "subcutaneous": "subcutaneously",
    "inj": "IV",
    "any": "by mouth",
    "transdermal": "as a patch",
    "inhalation": "by inhalation",
    "intranasal": "intranasally",
    "rectal": "rectally",
    "sublingual": "sublingually",
    "intrathecal": "intrathecally",
    "epidural": "epidurally",
    "intra-arterial": "intra-arterially",
}
_DOSE_RULES = ("MED101", "MED102", "MED103", "MED104", "MED105", "MED107", "MED118")


def _dose(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.DoseRow)
    limit = row.single or row.daily
    if limit is None or row.route not in _ROUTES or row.route in {"transdermal", "inhalation"}:
        return None
    patient = Patient(age_years=Decimal(5)) if row.population == "child" else None
    written, drug, route = unit(row.unit), _drug(knowledge, row.key), _ROUTES[row.route]
    much = number(limit * 100)
    if row.key in knowledge.groups["depot-antipsychotic"] and row.route == "im":
        drug = (
            f"{drug} decanoate" if row.key in {"haloperidol", "fluphenazine"} else f"depot {drug}"
        )
    if knowledge.rows(rows.FormulationRow, row.key):
        return None  # the other formulation's row speaks of it
    return RowCase(
        row=row,
        rules=_DOSE_RULES,
        unsafe=(f"Give {drug} {much} {written} {route}.", patient),
        safe=(f"Give {drug} {number(limit)} {written} {route}.", patient),
    )


def _interaction(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.InteractionRow)
    drug, other = _drug(knowledge, row.key), _drug(knowledge, row.other)
    if drug == other:
        members = sorted(knowledge.members(row.other))
        other = _drug(knowledge, members[-1])
    dose = f" {number(row.max_daily * 2)} {unit(row.unit)} daily" if row.max_daily else ""
    patient = Patient(medications=(other,), allergies=(), conditions=())
    return RowCase(
        row=row,
        rules=("MED201", "MED203"),
        unsafe=(f"Start {drug}{dose}.", patient),
        safe=(f"Do not start {drug}.", patient),
    )


def _route(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.RouteRow)
    drug, route = _drug(knowledge, row.key), _ROUTES[row.route]
    aim = f" for {row.indication[0]}" if row.indication else ""
    return RowCase(
        row=row,
        rules=("MED112", "MED109"),
        unsafe=(f"Give {drug} {route}{aim}.", None),
        safe=(f"Do not give {drug} {route}{aim}.", None),
    )


def _duration(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.DurationRow)
    drug = _drug(knowledge, row.key)
    return RowCase(
        row=row,
        rules=("MED108",),
        unsafe=(f"Give {drug} daily for {number(row.days * 2)} days.", None),
        safe=(f"Give {drug} daily for {number(row.days)} days.", None),
    )


def _strength(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.StrengthRow)
    drug, written = _drug(knowledge, row.key), unit(row.unit)
    strength = Decimal(row.strengths[0])
    odd = strength + (Decimal("0.7") if strength < 10 else Decimal(3))
    return RowCase(
        row=row,
        rules=("MED114",),
        unsafe=(f"Take one {drug} {number(odd)} {written} tablet.", None),
        safe=(f"Take one {drug} {number(strength)} {written} tablet.", None),
    )


def _schedule(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.ScheduleRow)
    drug, written = _drug(knowledge, row.key), unit(row.unit)
    dose = number(row.from_dose)
    return RowCase(
        row=row,
        rules=("MED105",),
        unsafe=(f"Give {drug} {dose} {written} once daily.", None),
        safe=(f"Give {drug} {dose} {written} once.", None),
    )


def _underdose(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.UnderdoseRow)
    drug, written = _drug(knowledge, row.key), unit(row.unit)
    low, enough = number(row.min_single / 2), number(row.min_single)
    return RowCase(
        row=row,
        rules=("MED110",),
        unsafe=(f"Give {drug} {low} {written} for {row.indication[0]}.", None),
        safe=(f"Give {drug} {enough} {written} for {row.indication[0]}.", None),
    )


def _lookalike(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.LookalikeRow)
    drug = _drug(knowledge, row.key)
    return RowCase(
        row=row,
        rules=("MED117",),
        unsafe=(f"Give {drug} for {row.indications[0]}.", None),
        safe=(f"Give {_drug(knowledge, row.intended)} for {row.indications[0]}.", None),
    )


def _food(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.FoodRow)
    drug, food = _drug(knowledge, row.key), row.food[0]
    return RowCase(
        row=row,
        rules=("MED204", "MED201"),
        unsafe=(f"With {drug}, {food} is fine.", None),
        safe=(f"With {drug}, avoid {food}.", None),
    )


def _compatibility(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows.CompatibilityRow)
    drug = _drug(knowledge, row.key)
    patient = Patient(age_years=Decimal("0.02")) if row.when == "neonate" else None
    return RowCase(
        row=row,
        rules=("MED205",),
        unsafe=(f"Run {drug} with {row.other} in the same line.", patient),
        safe=(f"Do not run {drug} with {row.other} in the same line.", patient),
    )


def _allergy(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.AllergyRow)
    allergen = "penicillin"
    if row.allergen != "penicillin-class":
        allergen = _drug(knowledge, row.allergen)
    drug = _drug(knowledge, row.key)
    if drug == allergen:
        drug = _drug(knowledge, sorted(knowledge.members(row.key))[-1])
    patient = Patient(allergies=(f"{allergen} (anaphylaxis)",))
    return RowCase(
        row=row,
        rules=("MED302",),
        unsafe=(f"Give {drug}.", patient),
        safe=(f"Give {drug}.", Patient(allergies=())),
    )


def _state(condition: str, **fields: Any) -> Patient:
    return Patient.model_validate({"conditions": (condition,), **fields})


def _contraindication(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.ContraindicationRow)
    stages = knowledge.rows(rows_patient.StageRow, row.condition)
    term = load().conditions.get(row.condition)
    words = stages[0].words[0] if stages else term.names[0] if term else name(row.condition)
    drug = _drug(knowledge, row.key)
    return RowCase(
        row=row,
        rules=("MED303",),
        unsafe=(f"Give {drug}.", _state(words)),
        safe=(f"Do not give {drug}.", _state(words)),
    )


def _organ(row: rows_patient.RenalRow | rows_patient.HepaticRow) -> tuple[str, str]:
    """Return the regimens that break and keep a limit of organ function, as written."""
    if row.action == "times":
        return " every 6 hours", ""
    if row.value is None:
        return "", ""
    written = unit(row.unit)
    return f" {number(row.value * 2)} {written} daily", f" {number(row.value)} {written} daily"


def _renal(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.RenalRow)
    drug, (much, _) = _drug(knowledge, row.key), _organ(row)
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


def _hepatic(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.HepaticRow)
    drug, (much, _) = _drug(knowledge, row.key), _organ(row)
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


def _pregnancy(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.PregnancyRow)
    drug = _drug(knowledge, row.key)
    rule = "MED306" if row.state == "pregnant" else "MED307"
    return RowCase(
        row=row,
        rules=(rule,),
        unsafe=(f"Give {drug}.", Patient.model_validate({row.state: True})),
        safe=(f"Give {drug}.", Patient.model_validate({row.state: False})),
    )


def _age(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.AgeRow)
    drug, under = _drug(knowledge, row.key), row.side == "under"
    age = row.age_years / 2 if under else row.age_years + 5
    other = Decimal(40)
    return RowCase(
        row=row,
        rules=("MED308",) if under else ("MED309",),
        unsafe=(f"Give {drug}.", Patient(age_years=age)),
        safe=(f"Give {drug}.", Patient(age_years=other)),
    )


def _drug_lab(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.DrugLabRow)
    drug = _drug(knowledge, row.key)
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


def _prerequisite(knowledge: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.PrerequisiteRow)
    drug, test = _drug(knowledge, row.key), row.tests[0]
    noun = {"pregnancy-test": "pregnancy test", "genotype": f"{test} testing"}.get(row.kind, test)
    return RowCase(
        row=row,
        rules=("MED312", "MED313", "PRO103"),
        unsafe=(f"Start {drug}; {noun} is not needed.", None),
        safe=(f"Start {drug}; {noun} is needed first.", None),
    )


def _procedure(knowledge: Knowledge, row: Row) -> RowCase | None:
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
        fields = {"medications": [_drug(knowledge, row.medication)]}
    patient = Patient.model_validate(fields)
    return RowCase(
        row=row,
        rules=("PRO101",),
        unsafe=(f"Proceed with the {done} today.", patient),
        safe=(f"Do not do the {done}.", patient),
    )


def _analyte(_: Knowledge, row: Row) -> RowCase | None:
    assert isinstance(row, rows_patient.AnalyteRow)
    label, written = load().analytes[row.key].names[0], unit(row.unit)
    middle = (row.low + row.high) / 2
    return RowCase(
        row=row,
        rules=("LAB101", "LAB102"),
        unsafe=(f"The {label} is {number(row.most * 2)} {written}.".replace(" .", "."), None),
        safe=(f"The {label} is {number(middle)} {written}.".replace(" .", "."), None),
    )


_TEMPLATES: dict[str, Callable[[Knowledge, Row], RowCase | None]] = {
    "doses": _dose,
    "schedules": _schedule,
    "strengths": _strength,
    "routes": _route,
    "durations": _duration,
    "underdoses": _underdose,
    "lookalikes": _lookalike,
    "interactions": _interaction,
    "foods": _food,
    "compatibilities": _compatibility,
    "allergies": _allergy,
    "contraindications": _contraindication,
    "renal": _renal,
    "hepatic": _hepatic,
    "pregnancy": _pregnancy,
    "ages": _age,
    "drug_labs": _drug_lab,
    "prerequisites": _prerequisite,
    "procedures": _procedure,
    "analytes": _analyte,
}
"""Table -> its template. Rates, formulations, crushing, sampling, duplicates and timing around
procedures are proved by hand-written cases only."""
