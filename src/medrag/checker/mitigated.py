"""Circumstances that make acceptable what a table's row speaks against."""

from __future__ import annotations

import re

from medrag.checker.rows_patient import ContraindicationRow

COMFORT = re.compile(
    r"\b(?:end of life|end-of-life|hospice|palliative|comfort care|dying|last days|sedation"
    r"|procedur\w+|premedic\w*|contrast|anaphyla\w+|transfusion|allergic reaction"
    r"|intubat\w*|status epilepticus|seizing|alcohol withdrawal|an(?:a)?esthesi\w*)\b",
    re.I,
)
"""Settings in which sedation is meant, or a reaction is treated."""
OF_PREGNANCY = re.compile(
    r"\b(?:ectopic|adnexal|molar pregnancy|hydatidiform|miscarriage|missed abortion"
    r"|medical abortion"
    r"|termination of pregnancy|postpartum h(?:a)?emorrhage|induction of labou?r)\b",
    re.I,
)
"""States in which the drug is for the pregnancy itself."""
_WATCHED = re.compile(
    r"\b(?:oximetr\w+|capnograph\w+|CPAP|SpO2|monitored bed|continuous monitoring)\b", re.I
)
"""What makes an opioid acceptable in sleep apnea."""
_VENTILATED = re.compile(r"\b(?:intubat\w*|ventilat\w*)", re.I)


_TOLD_OF_DEATH = re.compile(
    r"\b(?:boxed warning|(?:risk of|more|higher|raised|increased) (?:death|mortality|stroke)s?)\b",
    re.I,
)


def is_accepted(text: str, row: ContraindicationRow) -> bool:
    """Return whether the text watches for what a row fears, or tells it and weighs it."""
    return _is_watched(text, row) or _is_weighed(text, row)


def _is_weighed(text: str, row: ContraindicationRow) -> bool:
    """Return whether the text tells the danger itself that a row warns of, and gives it knowingly.

    Only for warnings: an antipsychotic for agitation in dementia, with its boxed warning told.
    """
    mortal = row.severity == "warning" and row.condition == "dementia" and "mortal" in row.reason
    return mortal and _TOLD_OF_DEATH.search(text) is not None


def _is_watched(text: str, row: ContraindicationRow) -> bool:
    """Return whether the text watches the breathing that a drug may depress."""
    if row.condition == "respiratory-depression":
        return _VENTILATED.search(text) is not None
    apnea = row.severity == "warning" and row.condition == "sleep-apnea"
    return apnea and _WATCHED.search(text) is not None
