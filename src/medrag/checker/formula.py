"""What a calculation is whose result a text may claim."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from medrag.checker.inputs import Inputs
from medrag.core.finding import Reference

Results = tuple[Decimal, ...]
SAYS = r"[^.;]{0,50}?(?:is|are|of|=|:|about|gives?|makes?|becomes?|equals?|to|around|at|≈)\s*"
NUMBER = r"(?:about |approximately |roughly |~\s?)?(\d[\d,]*(?:\.\d+)?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One calculation.

    Attributes:
        subject: The analyte it gives, a lexicon key where there is one.
        said: What a message calls it.
        unit: UCUM unit of the result.
        results: Inputs to the results that are right, the usual variant first; empty where an
            input lacks.
        tolerance: Share of the result by which a claim may differ, for variants and rounding.
        least: Amount by which a claim may always differ.
        claim: Words that claim a result, the number in group 1; None where values are read.
        words: Lower-case words of which a text holds one wherever `claim` can match.
        topic: Words by which a sentence names the calculation whose result it then gives.
        bare: Whether the result is often written without its unit.
        of: The analyte as whose value the result may be read: a sodium corrected for glucose.
    """

    subject: str
    said: str
    unit: str
    results: Callable[[Inputs], Results]
    source: Reference
    tolerance: Decimal
    least: Decimal = Decimal(0)
    claim: re.Pattern[str] | None = None
    words: tuple[str, ...] = ()
    topic: re.Pattern[str] | None = None
    bare: bool = False
    of: str = ""

    def agrees(self, claim: Decimal, right: Decimal) -> bool:
        """Return whether a claimed result is near enough to a right one."""
        return abs(claim - right) <= max(self.tolerance * abs(right), self.least)


def names(words: str) -> re.Pattern[str]:
    """Return words that name a calculation."""
    return re.compile(rf"\b(?:{words})\b", re.I)


def claim_of(words: str, unit: str) -> re.Pattern[str]:
    """Return words that claim a result: "the BMI is about 24 kg/m2"."""
    return re.compile(rf"\b(?:{words}){SAYS}{NUMBER}\s*{unit}", re.I)


def safely(calculate: Callable[[], Decimal]) -> Results:
    """Return what a formula gives; nothing outside what it was made for."""
    try:
        return (calculate(),)
    except ValueError:
        return ()
