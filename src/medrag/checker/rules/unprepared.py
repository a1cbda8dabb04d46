"""PRO107: a procedure before which the text waives what comes first."""

from __future__ import annotations

from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows_patient import ProcedureTestRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.untested import LATE, PAST_BEARING
from medrag.checker.waiving import waived
from medrag.checker.wording import name
from medrag.clinical.mentions import ORDERED


def _unprepared(context: Context) -> Iterator[Verdict]:
    """Report a test or a step before a procedure that its own or the next sentence waives."""
    said: set[str] = set()
    sentences = context.content.sentences
    for procedure in context.content.procedures:
        if procedure.polarity not in ORDERED or procedure.procedure in said:
            continue
        last = min(procedure.sentence + 1, len(sentences) - 1)
        around = context.text[sentences[procedure.sentence].start : sentences[last].end]
        for row in context.knowledge.rows(ProcedureTestRow, procedure.procedure):
            of_pregnancy = "pregnancy" in row.text and context.says(LATE)
            tests = (*row.tests, "test") if of_pregnancy else row.tests
            if waived(around, tests) is None or _is_past_bearing(context, row):
                continue
            said.add(procedure.procedure)
            yield Signal(
                severity=row.severity,
                message=f"{name(row.key)}: {row.text}; the text says that it is not needed.",
                span=procedure.span,
                reference=context.knowledge.reference(row),
                subject=row.key,
            )
            break


def _is_past_bearing(context: Context, row: ProcedureTestRow) -> bool:
    """Return whether a test of pregnancy is needless: a man, a child, after a hysterectomy."""
    if "pregnancy" not in row.text:
        return False
    patient = context.facts.patient
    age = patient.age_years
    barren = patient.sex == "male" or (age is not None and not 11 <= age <= 55)
    return barren or context.says(PAST_BEARING)


RULES = (
    Rule(
        id="PRO107",
        title="procedure without what comes before it",
        category="procedure",
        rationale="Blood that was never crossmatched kills.",
        tables=("procedure_tests",),
        check=_unprepared,
    ),
)
