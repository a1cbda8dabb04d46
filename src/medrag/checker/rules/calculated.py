"""LAB204: results that the text calculates from others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from medrag.checker.arithmetic import wrong_sums
from medrag.checker.calculations import FORMULAS
from medrag.checker.context import Context
from medrag.checker.equivalents import overstated
from medrag.checker.facts import read_facts
from medrag.checker.formula import Formula
from medrag.checker.inputs import Inputs
from medrag.checker.liver import misclassed
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.labs import place
from medrag.checker.rules.reckoning import is_of_a_dose
from medrag.checker.scores import underscored
from medrag.checker.spoken import spoken_results
from medrag.checker.wording import amount, number
from medrag.clinical import LabMention, Quantity
from medrag.clinical.lexicon import load
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claimed result: its words, and the number alone, which is no input of itself.

    Of a range or a bound ("above 90 mL/min") `most` is the upper end, infinite for "above".
    """

    formula: Formula
    value: Decimal
    span: Span
    number: Span
    most: Decimal | None = None

    def agrees(self, right: Decimal) -> bool:
        """Return whether the claim, or what of it is nearest, is near enough to a right result."""
        most = self.value if self.most is None else self.most
        return self.formula.agrees(min(max(right, self.value), most), right)


def _calculated(context: Context) -> Iterator[Verdict]:
    seen: set[str] = set()
    for claim in (*_worded(context), *_measured(context), *_spoken(context)):
        if claim.formula.subject in seen or _is_term(context.text, claim):
            continue
        results = claim.formula.results(Inputs(context, claim.number))
        if results:
            seen.add(claim.formula.subject)
        if not results or any(claim.agrees(right) for right in results):
            continue
        recorded = claim.formula.results(Inputs(context, claim.number, of_record=True))
        if any(claim.agrees(right) for right in recorded):
            continue
        right = Quantity(results[0], claim.formula.unit)
        bound = claim.value if claim.value or claim.most is None else claim.most
        said = Quantity(bound, claim.formula.unit)
        yield Signal(
            severity="critical",
            message=f"The {claim.formula.said} from the values given is {amount(right)}, not "
            f"{amount(said)}.",
            span=claim.span,
            reference=claim.formula.source,
            subject=claim.formula.subject,
        )
    yield from _sums(context)
    yield from overstated(context)
    yield from misclassed(context)
    yield from underscored(context)


_TERM = re.compile(r"(?!\s*m[lL]/min/1\.73)\s*(?:[a-zA-Z/%]+\s*)?[-−–+x×*/÷]\s*\(?\d")


def _is_term(text: str, claim: _Claim) -> bool:
    """Return whether a number only opens a written sum: "anion gap = 140 - (100 + 12)"."""
    return _TERM.match(text, claim.number.end) is not None


def _sums(context: Context) -> Iterator[Verdict]:
    """Yield written sums about results whose two sides differ; those of doses are MED106's."""
    for found in wrong_sums(context.text):
        if is_of_a_dose(context, found.span, found.unit):
            continue
        yield Signal(
            severity="critical",
            message=f"{found.span.of(context.text).strip()}: the left side is "
            f"{number(found.right)}, not {number(found.said)}.",
            span=found.span,
            fact=f"sum {found.span.end}",
        )


def _worded(context: Context) -> Iterator[_Claim]:
    """Yield claims that only words make: "corrects to 9.4 mg/dL"."""
    lowered = context.text.lower()
    for formula in FORMULAS:
        if formula.claim is None or not any(word in lowered for word in formula.words):
            continue
        match = formula.claim.search(context.text)
        if match is None:
            continue
        group = next(number for number, said in enumerate(match.groups(), start=1) if said)
        value = Decimal(match[group].replace(",", ""))
        whole = Span(start=match.start(), end=match.end())
        yield _Claim(formula, value, whole, Span(start=match.start(group), end=match.end(group)))


def _measured(context: Context) -> Iterator[_Claim]:
    """Yield claims that were read as values: "the CrCl is 95 mL/min"."""
    by_subject = {formula.subject: formula for formula in FORMULAS}
    for lab in context.content.labs:
        formula = by_subject.get(lab.analyte)
        if formula is None or not _is_claim(lab) or _is_reported(context, lab):
            continue
        assert lab.value is not None
        value = _in_unit(lab.value, formula)
        if value is not None:
            found = place(context, lab)
            yield _Claim(formula, value, found, found)


_ANY_TOPIC = prefiltered("|".join(f.topic.pattern for f in FORMULAS if f.topic), re.I)


def _spoken(context: Context) -> Iterator[_Claim]:
    """Yield claims that a sentence makes of the calculation it names: "Bazett gives 480 ms"."""
    if _ANY_TOPIC.search(context.text) is None:
        return
    for formula in FORMULAS:
        for found in spoken_results(context, formula, _ANY_TOPIC):
            value = _in_unit(found.quantity, formula)
            if value is not None and not _is_known(context, formula.subject, found.quantity):
                where = Span(start=found.start, end=found.end)
                least, most = _ends(found.quantity, value)
                yield _Claim(formula, least, where, where, most)


def _ends(quantity: Quantity, value: Decimal) -> tuple[Decimal, Decimal | None]:
    """Return what a result is said to be at least and at most; None where it is one number."""
    if quantity.high is not None:
        return value, value * quantity.high / quantity.value if quantity.value else None
    if quantity.comparator in {">", ">="}:
        return value, Decimal("Infinity")
    return (Decimal(0), value) if quantity.comparator in {"<", "<="} else (value, None)


def _is_claim(lab: LabMention) -> bool:
    if lab.value is None or lab.role in {"threshold", "target", "reference-range"}:
        return False
    return lab.value.high is None and lab.value.comparator in {None, "~"}


def _is_reported(context: Context, lab: LabMention) -> bool:
    """Return whether a value only repeats the patient's own result."""
    return lab.value is not None and _is_known(context, lab.analyte, lab.value)


def _is_known(context: Context, analyte: str, value: Quantity) -> bool:
    known = read_facts(context.facts.given).labs.get(analyte)
    return known is not None and known.value == value.value


def _in_unit(value: Quantity, formula: Formula) -> Decimal | None:
    if value.unit in {"1", formula.unit}:
        return value.value
    entry = load().analytes.get(formula.subject) or load().analytes.get(formula.of)
    converted = entry.convert(value, formula.unit) if entry else None
    return converted.value if converted else None


RULES = (
    Rule(
        id="LAB204",
        title="calculated result wrong",
        category="lab-interpretation",
        rationale="A clearance of 95 where 25 is true doses every drug wrong.",
        check=_calculated,
    ),
)
