"""LAB104: two units of one value that are not the same value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.labs import tolerance_of
from medrag.checker.wording import amount, name
from medrag.clinical import Quantity, QuantityMention, convert
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import Sentence
from medrag.core.finding import Reference
from medrag.core.span import Span

_JOINED = re.compile(
    r"^[*_\s]*(?:=|≈|\(|is|are|equals?|,?\s*or|i\.e\.,?|,?\s*that is,?|,?\s*which is"
    r"|corresponds? to"
    r"|works? out (?:at|to|as)|comes? (?:to|out at)|amounts? to|converts? to"
    r"|makes|reads|\|)[*_\s]*(?:about |roughly |the same as |equal to )?[*_]*$",
    re.I,
)
_PART = re.compile(r"\s*\d+(?:\.\d+)?\s*(?:oz|ounces?|in\b|inch|min|s\b)")
_COUNTED = re.compile(
    r"\b\d+\s?(?:x\s?)?(?:tablets?|capsules?|tabs?|caps?|doses?|puffs?|vials?|sachets?)\b[^.;:]*$|\d\s?x\s?$",
    re.I,
)
_SAME_KIND = (
    frozenset({"kg", "[lb_av]"}),
    frozenset({"cm", "m", "[in_i]"}),
    frozenset({"Cel", "[degF]"}),
    frozenset({"mL", "[tsp_us]", "[tbs_us]"}),
    frozenset({"mg", "ug", "g"}),
)
"""Units that need no analyte to be converted, where two of one kind stand side by side."""
_OF_HBA1C = frozenset({"%", "mmol/mol"})
"""Two units that only HbA1c has: "your value of 7 % corresponds to 53 mmol/mol"."""
_SIZES = frozenset({"weight", "height"})
_SI = Reference(
    title="Conversion by molar mass (IUPAC atomic weights); AMA Manual of Style, SI conversion",
    section="18.5",
    edition="11th edition 2020",
)


def _unequal(context: Context) -> Iterator[Verdict]:
    for sentence in context.content.sentences:
        inside = [
            q
            for q in context.content.quantities
            if sentence.start <= q.start < sentence.end and q.quantity.high is None
        ]
        for first, second in pairwise(inside):
            between = context.text[first.end : second.start]
            if _PART.match(context.text, second.end):
                continue  # "4000 g (8 lb 13 oz)" has two parts
            if _COUNTED.search(context.text[max(0, first.start - 40) : first.start]):
                continue  # "32 tablets of 500 mg (16 g)" is a sum
            if _JOINED.match(between) is None or first.quantity.unit == second.quantity.unit:
                continue
            yield from _compared(context, sentence, (first, second))


def _compared(
    context: Context, sentence: Sentence, pair: tuple[QuantityMention, QuantityMention]
) -> Iterator[Signal]:
    first, second = pair
    unit, said = second.quantity.unit, second.quantity.value
    if "1" in {first.quantity.unit, unit}:
        return
    own = {first.quantity.unit, unit} == _OF_HBA1C
    names = ("hba1c",) if own else _analytes(context, sentence, first)
    found = [(name_, _converted(name_, first.quantity, unit)) for name_ in names or ("",)]
    rights = [(name_, value) for name_, value in found if value is not None and value > 0]
    if not rights or any(abs(value - said) <= tolerance_of(unit) * value for _, value in rights):
        return
    analyte, right = rights[-1]
    label = f"{name(analyte)} " if analyte else ""
    yield Signal(
        severity="critical",
        message=f"{label}{amount(first.quantity)} is "
        f"{amount(Quantity(right, second.quantity.unit))}, not {amount(second.quantity)}.",
        span=Span(start=first.start, end=second.end),
        reference=_SI,
        subject=analyte,
    )


def _analytes(context: Context, sentence: Sentence, value: QuantityMention) -> tuple[str, ...]:
    """Return what a value may be of: the analytes shortly before it ("BUN / urea")."""
    before = [
        lab
        for lab in context.content.labs
        if sentence.start <= lab.start < value.start and value.start - lab.end < 40
    ]
    return tuple(lab.analyte for lab in before)


def _converted(analyte: str, value: Quantity, unit: str) -> Decimal | None:
    entry = load().analytes.get(analyte)
    if entry is not None:
        if analyte in _SIZES and unit not in entry.units:
            return None  # "50 kg or more is 1,000 mg" tells a dose
        found = entry.convert(value, unit)
        return None if found is None or found.unit == value.unit else found.value
    if any({value.unit, unit} <= kind for kind in _SAME_KIND):
        found = convert(value, unit)
        return None if found is None else found.value
    return None


RULES = (
    Rule(
        id="LAB104",
        title="two units of one value that differ",
        category="lab-conversion",
        rationale="A value in two units must be the same value: one of them will be acted on.",
        check=_unequal,
    ),
)
