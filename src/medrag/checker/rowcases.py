"""An unsafe and a safe sentence for every row of the tables, from one template a table.

The hand-written pairs of each family stand in `knowledge/cases`; these prove that every single
row is reachable: that its drug is read, its limit is reached, and its opposite is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from medrag.checker import templates, templates_patient
from medrag.checker.engine import check
from medrag.checker.rows import Row
from medrag.checker.tables import Knowledge, load_knowledge
from medrag.checker.templates import RowCase

_TEMPLATES: dict[str, Callable[[Knowledge, Row], RowCase | None]] = {
    "doses": templates.dose_pair,
    "schedules": templates.schedule_pair,
    "intervals": templates.interval_pair,
    "strengths": templates.strength_pair,
    "routes": templates.route_pair,
    "durations": templates.duration_pair,
    "shortest": templates.shortest_pair,
    "underdoses": templates.underdose_pair,
    "starts": templates.start_pair,
    "lookalikes": templates.lookalike_pair,
    "misuses": templates.misuse_pair,
    "uses": templates.use_pair,
    "interactions": templates.interaction_pair,
    "withdrawals": templates.withdrawal_pair,
    "foods": templates.food_pair,
    "compatibilities": templates.compatibility_pair,
    "products": templates.product_pair,
    "editions": templates.edition_pair,
    "allergies": templates_patient.allergy_pair,
    "contraindications": templates_patient.contraindication_pair,
    "renal": templates_patient.renal_pair,
    "hepatic": templates_patient.hepatic_pair,
    "pregnancy": templates_patient.pregnancy_pair,
    "ages": templates_patient.age_pair,
    "drug_labs": templates_patient.drug_lab_pair,
    "prerequisites": templates_patient.prerequisite_pair,
    "meanings": templates_patient.meaning_pair,
    "genotypes": templates_patient.genotype_pair,
    "procedures": templates_patient.procedure_pair,
    "procedure_tests": templates_patient.procedure_test_pair,
    "analytes": templates_patient.analyte_pair,
    "state_ranges": templates_patient.state_range_pair,
}
"""Table -> its template. Rates, purposes, formulations, crushing, sampling, duplicates and timing
around procedures are proved by hand-written cases only."""


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
