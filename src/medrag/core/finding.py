"""What the checker says: findings, and what it could not check."""

from __future__ import annotations

from typing import Literal

from medrag.core.span import Span, Value

Severity = Literal["info", "warning", "critical"]
"""How much a finding weighs; the indicator of CDS Hooks."""

SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
"""From the least grave to the gravest."""


def gravity(severity: Severity) -> int:
    """Return how grave a severity is, larger for graver: for comparing and sorting."""
    return SEVERITIES.index(severity)


Category = Literal[
    "single-dose",
    "daily-dose",
    "weight-dose",
    "dose-unit",
    "route",
    "frequency",
    "duration",
    "allergy",
    "interaction",
    "duplication",
    "contraindication",
    "age",
    "renal",
    "hepatic",
    "pregnancy",
    "lactation",
    "lab",
    "monitoring",
    "notation",
    "formulation",
    "lab-unit",
    "lab-implausible",
    "lab-interpretation",
    "lab-conversion",
    "procedure",
    "unsupported-number",
    "contradiction",
    "population",
    "superseded",
]


class Reference(Value):
    """What a rule rests on: a label or guideline, its section and its edition."""

    title: str
    section: str | None = None
    edition: str | None = None
    url: str | None = None

    @property
    def cited(self) -> str:
        """Title, section and edition, as far as they are known."""
        return ", ".join(part for part in (self.title, self.section, self.edition) if part)


class Finding(Value):
    """One thing a person must look at.

    Attributes:
        rule_id: Permanent (`MED101`); it never encodes the severity.
        message: One or two sentences: what was found, what the limit is, for whom.
        span: The words of the checked text it is about; None where it is about the whole.
        reference: None only where the rule is about the text itself (notation, grounding).
    """

    rule_id: str
    category: Category
    severity: Severity
    message: str
    span: Span | None = None
    reference: Reference | None = None


class NotChecked(Value):
    """A check that did not run, and what it would have needed.

    Attributes:
        check: The check in words a clinician uses (`renal dosing of metformin`).
        reason: What is missing (`the patient's eGFR or creatinine is not given`).
    """

    check: str
    reason: str


class CheckReport(Value):
    """The checker's whole result for one text.

    Attributes:
        findings: Critical first, then by place in the text, then by rule id.
        not_checked: Sorted by check.
        rules_run: Ids of the rules that ran to the end, sorted.
        rule_set: Version and digest of the rules and tables used.
    """

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    rules_run: tuple[str, ...] = ()
    rule_set: str

    def _repr_html_(self) -> str:
        from medrag.core.html import report_html

        return report_html(self)
