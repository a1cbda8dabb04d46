"""LAB208: formulas and conversion factors that a text writes out wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.labs import tolerance_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import name, number, unit
from medrag.checker.written_formulas import wrong_formulas
from medrag.clinical import Quantity, read
from medrag.clinical.lexicon import Analyte, load
from medrag.core.finding import Reference
from medrag.core.span import Span

_SI = Reference(
    title="Conversion by molar mass (IUPAC atomic weights); AMA Manual of Style, SI conversion",
    section="18.5",
    edition="11th edition 2020",
)
_UNIT = r"(?:[munp\u00b5\u03bc]?(?:mol|g|cg)|mc?g|mEq|m?[IU]U)/d?m?L|mg/L|mmol/mol|%"
_NUMBER = r"(?P<n>\d[\d,]*(?:\.\d+)?)"
_FACTORS = (
    re.compile(
        rf"\b(?:convert(?:ing)?|turn(?:ing)?|chang(?:e|ing)|get|go(?:ing)?) "
        rf"(?P<of>[\w\s-]{{2,40}}?) (?:values? )?from "
        rf"(?P<one>{_UNIT}) (?:in)?to (?P<other>{_UNIT}),? (?:you )?(?P<act>multipl\w+|divid\w+)"
        rf" (?:it |the value )?by (?:about )?{_NUMBER}",
        re.I,
    ),
    re.compile(
        rf"\b(?P<act>multiply|divide) (?:the |a |an )?(?P<of>[\w\s-]{{2,40}}?) (?:values? )?"
        rf"(?:in |\()(?P<one>{_UNIT})\)? by (?:about )?{_NUMBER},? (?:to (?:get|obtain|give|have)"
        rf"|gives?|for|and you get) (?:it in )?(?P<other>{_UNIT})",
        re.I,
    ),
)
_ACTS = sifted(r"multipl|divid|\btimes\b|\bfactor\b|[x\u00d7] 1\.", re.I)
_WOMEN = re.compile(
    r"\b(?:cockcroft|creatinine clearance|CrCl)\b[^.;\n]{0,120}?"
    r"\b(?:multipl\w+|times|factor(?: of)?|x|\u00d7)"
    r" (?:the result )?(?:by )?(?:about )?(?P<n>\d\.\d+) (?:for|in|if) (?:a )?(?:wom[ae]n|female)",
    re.I,
)
_OF_WOMEN = Decimal("0.85")
_COCKCROFT = Reference(
    title="Cockcroft and Gault, Prediction of creatinine clearance from serum creatinine",
    section="Nephron 16:31-41",
    edition="1976",
    url="https://doi.org/10.1159/000180580",
)


def _written(context: Context) -> Iterator[Verdict]:
    for span, formula in wrong_formulas(context.text):
        yield Signal(
            severity="critical",
            message=f"This is not the formula; it is {formula.said}.",
            span=span,
            reference=Reference(title=formula.source[0], edition=formula.source[1] or None),
            fact=f"formula {formula.said}",
        )
    if _ACTS.search(context.text) is None:
        return
    yield from _factors(context)
    women = _WOMEN.search(context.text)
    if women is not None and Decimal(women["n"]) != _OF_WOMEN:
        yield Signal(
            severity="critical",
            message=f"The factor of Cockcroft and Gault for women is 0.85, not {women['n']}.",
            span=Span(start=women.start(), end=women.end()),
            reference=_COCKCROFT,
        )


def _factors(context: Context) -> Iterator[Signal]:
    """Yield conversion factors that do not lead from the one unit to the other."""
    for match in (m for pattern in _FACTORS for m in pattern.finditer(context.text)):
        entry = _analyte(match["of"])
        one, other = _ucum(match["one"]), _ucum(match["other"])
        if entry is None or one is None or other is None:
            continue
        right = entry.convert(Quantity(Decimal(1), one), other)
        if right is None or right.value <= 0 or right.unit == one:
            continue
        said = Decimal(match["n"].replace(",", ""))
        try:
            factor = said if match["act"].lower().startswith("mult") else 1 / said
        except InvalidOperation:
            continue
        if abs(factor - right.value) <= tolerance_of(other) * right.value:
            continue
        act, by = ("multiply", right.value) if right.value >= 1 else ("divide", 1 / right.value)
        yield Signal(
            severity="critical",
            message=f"{name(entry.key)} from {unit(one)} to {unit(other)}: {act} by "
            f"{number(round(by, 3))}, not as written.",
            span=Span(start=match.start(), end=match.end()),
            reference=_SI,
            subject=entry.key,
            category="lab-conversion",
        )


def _analyte(words: str) -> Analyte | None:
    """Return the one analyte that words name."""
    keys = {lab.analyte for lab in read(f"{words} 1").labs}
    return load().analytes[keys.pop()] if len(keys) == 1 else None


def _ucum(written: str) -> str | None:
    found = read(f"sodium 1 {written}").quantities
    return found[0].quantity.unit if found else None


RULES = (
    Rule(
        id="LAB208",
        title="formula or conversion factor wrong",
        category="lab-interpretation",
        rationale="A formula with a wrong sign makes every result that follows wrong.",
        check=_written,
    ),
)
