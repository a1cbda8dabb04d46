"""What a rule is, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from medrag.checker.context import Context
from medrag.core.finding import Category, NotChecked, Reference, Severity
from medrag.core.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a rule has against one place of the text; the engine makes a `Finding` of it.

    Attributes:
        severity: As the table row or the rule says; a policy may change it afterwards.
        message: One or two sentences for a clinician: what was found, the limit, for whom.
        span: The words it is about; None where it is about the whole.
        reference: What the limit rests on.
        subject: What a policy can name to change only this: an ingredient, an analyte, or
            "a+b" for a pair, sorted.
        category: Where it belongs elsewhere than its rule's findings do.
        fact: What it says in a few words that two rules share ("lisinopril: hyperkalemia"); of
            several verdicts on one fact only the weightiest is reported. Empty where it is
            nobody else's.
    """

    severity: Severity
    message: str
    span: Span | None = None
    reference: Reference | None = None
    subject: str = ""
    category: Category | None = None
    fact: str = ""


Verdict = Signal | NotChecked


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One check with a permanent identity.

    Attributes:
        id: `MED101`; never reused, never encodes the severity.
        title: What a finding of it means, in a few words.
        category: Under which category its findings are reported.
        rationale: Why a clinician would want to know.
        tables: Names of the knowledge tables it reads; empty where it needs none.
        check: A pure function of the context. It may raise: the engine reports that.
    """

    id: str
    title: str
    category: Category
    rationale: str
    tables: tuple[str, ...] = ()
    check: Callable[[Context], Iterable[Verdict]]
