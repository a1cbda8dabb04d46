"""One checked answer about a fictional drug, and variations of it."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from medrag.core.answer import (
    CheckedAnswer,
    Claim,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    VerifiedQuote,
    Versions,
)
from medrag.core.document import Page, Source
from medrag.core.finding import Finding, NotChecked
from medrag.core.prompt import Completion
from medrag.core.span import Span

NOW = datetime(2031, 5, 1, 9, 0, tzinfo=timezone.utc)
DOSE = "Give examplazine 40 mg once daily."


def finding(rule: str, severity: str) -> Finding:
    return Finding(rule_id=rule, category="daily-dose", severity=severity, message=f"{rule} says.")


def verified(text: str) -> VerifiedQuote:
    return VerifiedQuote(
        quote=Quote(passage_id="p1", text=text),
        match=QuoteMatch(status="exact", span=Span(start=10, end=10 + len(text)), text=text),
        document_id="d1",
        source=Source(key="k", title="Northfield guide", edition="2", sha256="0" * 64),
        section=("Dosing",),
        pages=(Page(number=3, label="iii", span=Span(start=0, end=99)),),
    )


@pytest.fixture
def answer() -> CheckedAnswer:
    claims = (
        Claim(text=DOSE, quotes=(verified(DOSE),), support="supported"),
        Claim(text="Double it.", quotes=(), support="unsupported"),
    )
    return CheckedAnswer(
        status="partly_supported",
        quoted=QuotedAnswer(
            question="How much examplazine?",
            status="answered",
            claims=claims,
            completion=Completion(text="{}", model="scripted"),
        ),
        not_checked=(NotChecked(check="renal dosing", reason="no eGFR"),),
        versions=Versions(medrag="0", model="m", index="i", prompt="p", rules="r"),
    )


@pytest.fixture
def critical(answer: CheckedAnswer) -> CheckedAnswer:
    findings = (
        finding("MED101", "critical"),
        finding("MED101", "critical"),
        finding("MED201", "critical"),
        finding("LAB101", "warning"),
    )
    return answer.model_copy(update={"status": "blocked", "findings": findings})
