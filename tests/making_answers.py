"""One checked answer about a fictional drug."""

from __future__ import annotations

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


def checked_answer() -> CheckedAnswer:
    """Return a partly supported answer with one verified claim and one that has no quotation."""
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
