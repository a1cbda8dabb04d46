"""PRO107: a procedure before which the text waives what comes first."""

from __future__ import annotations

from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows_patient import ProcedureTestRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.wording import name
from medrag.checker.words import waived
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
            if waived(around, row.tests) is None:
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
