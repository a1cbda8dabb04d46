"""LAB104: two units of one value that are not the same value."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from medrag.checker.context import Context
from medrag.checker.converted import (
    UREA,
    is_converted,
    is_one_value,
    told_again,
    with_unit_behind,
    with_unit_named,
)
from medrag.checker.factors import wrong_factors, wrong_shares
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.labs import tolerance_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, name
from medrag.clinical import Quantity, QuantityMention, convert
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import Sentence, starting_in
from medrag.clinical.quantities import unit_code
from medrag.core.finding import Reference
from medrag.core.span import Span

_JOINED = re.compile(
    r"^[*_\s]*(?:[,(]\s?(?=that is|which|comes?|makes|equals?|i\.e))?(?:=|\u2248|\(|is|are"
    r"|equals?|means|becomes|would be|,?\s*or|i\.e\.,?|,?\s*that is,?"
    r"|,?\s*which (?:is|equals|makes)"
    r"|(?:corresponds?|works? out|comes?(?: out)?|amounts?|converts?|translates?)"
    r" (?:in)?(?:to|at|as)"
    r"|makes|reads|\|"
    r"|[,;]?\s?(?:but |and )?(?:(?:here|there|for us|to us|elsewhere|abroad|over here|over there"
    r"|(?:which|what) [\w ]{2,24})\s"
    r"(?:(?:we|they|it|one)\s)?(?:(?:would|will|is|are|was|be)\s){0,2}"
    r"(?:says?|calls?|writes?|reports?|prints?|reported|printed|written|called|known|an?"
    r"|the)\b(?: as)?(?: an? [\w ]{2,20} of)?)"
    r"|,?\s*(?:which |that )?(?:in|as) (?:\w+ )?(?:units|terms),?"
    r"(?: (?:is|equals|makes|reads))?)[*_\s]*"
    r"(?:(?:about|roughly|approximately|around|the same as|equal to|(?:an?|the) [\w ]{2,20} of)\s)*"
    r"[*_]*$",
    re.I,
)
_AS_PART = re.compile(
    r"[\s(]*(?:of\s)?(?:(?:the|its|actual|chloroquine|primaquine|quinine|iron|calcium|lithium)\s)?"
    r"(?:base|elemental|salt|free|anhydrous|active|equivalent|moiety)\b",
    re.I,
)
"""The part of a salt that acts: "1 g (600 mg base)"."""
_PART = re.compile(r"\s*\d+(?:\.\d+)?\s*(?:oz|ounces?|in\b|inch|min|s\b)")
_COUNTED = sifted(
    r"\b\d+\s?(?:x\s?)?(?:tablets?|capsules?|tabs?|caps?|doses?|puffs?|vials?|sachets?)\b[^.;:]*$"
    r"|\d\s?x\s?$",
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
        numbers = starting_in(context.content.quantities, sentence.start, sentence.end)
        inside = [q for q in numbers if q.quantity.high is None]
        for start, last in pairwise(inside):
            between = context.text[start.end : last.start]
            first, second = with_unit_behind(start, between), with_unit_named(last, between)
            if _PART.match(context.text, second.end) or _AS_PART.match(context.text, second.end):
                continue  # "4000 g (8 lb 13 oz)" has two parts
            if context.search(_COUNTED, context.text[max(0, first.start - 40) : first.start]):
                continue  # "32 tablets of 500 mg (16 g)" is a sum
            if first.quantity.unit == second.quantity.unit or _is_named_anew(context, first, last):
                continue
            if context.text.endswith("^", 0, first.start):
                continue  # "in 10^9/L the count reads"
            joined = _JOINED.match(between) or is_converted(context, (first, second))
            if joined or _is_restated(context, sentence, (first, second)):
                yield from _compared(context, sentence, (first, second))
    for sentence, pair in told_again(context):
        yield from _compared(context, sentence, pair)


def _is_named_anew(context: Context, first: QuantityMention, second: QuantityMention) -> bool:
    """Return whether the second amount is another product's: "1 g is Myfortic 720 mg"."""
    drug = context.content.drug_before(second.start)
    return (
        drug is not None
        and first.end <= drug.start
        and not context.text[drug.end : second.start].strip()
    )


_FROM = re.compile(r"\b(?:from|between)\s\Z", re.I)


def _is_restated(
    context: Context, sentence: Sentence, pair: tuple[QuantityMention, QuantityMention]
) -> bool:
    """Return whether two values are of one analyte and nothing between them tells of a second.

    "A creatinine of 2.0 mg/dL would be printed in London as about 177 umol/L": a value that
    follows in another unit of the same analyte is the same value.
    """
    first, second = pair
    names = _analytes(context, sentence, first)[-1:] or _behind(context, second)
    entry = load().analytes.get(names[0]) if names else None
    if entry is None or entry.convert(first.quantity, second.quantity.unit) is None:
        return False
    listed = {*entry.units, *(factor.unit for factor in entry.factors)}
    if names[0] in _SIZES or not {first.quantity.unit, second.quantity.unit} <= listed:
        return False
    if _FROM.search(context.text, max(0, first.start - len("between ")), first.start):
        return False
    if not is_one_value(context, pair):
        return False
    labs = starting_in(context.content.labs, first.end, second.start)
    between = {lab.analyte for lab in labs}
    return between <= {*names} or {*names, *between} <= UREA


def _compared(
    context: Context, sentence: Sentence, pair: tuple[QuantityMention, QuantityMention]
) -> Iterator[Signal]:
    first, second = pair
    unit, said = second.quantity.unit, second.quantity.value
    if "1" in {first.quantity.unit, unit}:
        return
    own = {first.quantity.unit, unit} == _OF_HBA1C
    between = _named_between(context, first, second)
    names = ("hba1c",) if own else between or _analytes(context, sentence, first)
    names = names or _listed(_behind(context, second), first, second)
    if not names and "mol" in first.quantity.unit + unit:
        names = _of_patient(context, first.quantity) or _named_before(context, first)
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


def _of_patient(context: Context, value: Quantity) -> tuple[str, ...]:
    """Return the one analyte of which the patient's results hold this very value.

    "His level of 9.0 mg/dL equals 159 umol/L" names nothing; his uric acid is 9.0 mg/dL.
    """
    results = tuple(
        analyte
        for analyte, found in context.facts.labs.items()
        if (found.value, found.unit) == (value.value, value.unit)
    )
    told = any(
        lab.value is not None and (lab.value.value, lab.value.unit) == (value.value, value.unit)
        for lab in context.content.labs
    )
    return results if len(results) == 1 and not told else ()


_NAMELESS = re.compile(
    r"\b(?:level|value|result|reading|concentration|figure)\s(?:of\s|is\s)?\Z", re.I
)


def _named_before(context: Context, value: QuantityMention) -> tuple[str, ...]:
    """Return the one analyte that the text names before "a level of" this value."""
    if _NAMELESS.search(context.text, max(0, value.start - 24), value.start) is None:
        return ()
    names = {lab.analyte for lab in context.content.labs if lab.start < value.start}
    return tuple(names) if len(names) == 1 else ()


def _named_between(
    context: Context, first: QuantityMention, second: QuantityMention
) -> tuple[str, ...]:
    """Return the analyte that the second value is said to be of: "converts to a BUN of 28".

    Of urea and urea nitrogen the one whose mass is told decides; moles of them are the same.
    """
    if "mol" not in first.quantity.unit:
        return ()
    labs = starting_in(context.content.labs, first.end, second.start)
    return tuple(lab.analyte for lab in labs)


def _analytes(context: Context, sentence: Sentence, value: QuantityMention) -> tuple[str, ...]:
    """Return what a value may be of: the analytes shortly before it ("BUN / urea")."""
    labs = starting_in(context.content.labs, sentence.start, value.start)
    before = [lab for lab in labs if value.start - lab.end < 40]
    own = [lab for lab in before if lab.value == value.quantity]
    return tuple(lab.analyte for lab in own or before) or _level_of(context, sentence, value)


_OF = re.compile(
    r"\s(?:of|for)\s(?:the\s|an?\s|his\s|her\s|your\s|serum\s|plasma\s|blood\s|total\s)*\Z", re.I
)


def _behind(context: Context, value: QuantityMention) -> tuple[str, ...]:
    """Return the analyte that a value is said to be of behind it, or whose value it is."""
    begun = bisect_left(context.content.labs, value.start - _NEAR_NAME, key=lambda lab: lab.start)
    for lab in context.content.labs[begun:]:
        if lab.start > value.end + _NEAR_NAME:
            break
        of = lab.start >= value.end and _OF.fullmatch(context.text, value.end, lab.start)
        if of or (lab.end <= value.start and lab.value == value.quantity):
            return (lab.analyte,)
    return ()


_NEAR_NAME = 60


def _listed(
    names: tuple[str, ...], first: QuantityMention, second: QuantityMention
) -> tuple[str, ...]:
    """Return the analytes that laboratories report in both units."""
    units, known = {first.quantity.unit, second.quantity.unit}, load().analytes
    return tuple(n for n in names if n not in _SIZES and units <= {*known[n].units})


def _level_of(context: Context, sentence: Sentence, value: QuantityMention) -> tuple[str, ...]:
    """Return the level of the drug that is named right before a concentration."""
    if "/L" not in value.quantity.unit and "/mL" not in value.quantity.unit:
        return ()
    names = (
        f"{drug.ingredients[0]}-level"
        for drug in context.content.drugs_in(sentence.start, value.start)
        if len(drug.ingredients) == 1 and value.start - drug.end < _NEAR_DRUG
    )
    return tuple(name_ for name_ in names if name_ in load().analytes)[-1:]


_NEAR_DRUG = 16
"""Characters between a drug's name and its level: "carbamazepine as 8 mg/L"."""


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


_SI_UNITS = ("mmol/L", "umol/L", "nmol/L", "pmol/L")
_INTO = sifted(
    r"\b(?:express\w*|report\w*|convert\w*|translat\w*|prefer|want|in|into|to)\s(?:it\s)?(?:(?:in"
    r"|into|to)\s)?"
    r"(?P<unit>(?:[mnp\u00b5\u03bcu]|micro|milli|nano|pico)?(?:mol|g|U|IU|Eq)/(?:dL|mL|L|100 mL)"
    r"|SI units)(?=[\s,])",
    re.I,
)
"""The unit that a bare number is in: "expressed in mg/dL her creatinine of 177 umol/L is 2"."""
_COMES_TO = re.compile(
    r"[\s,]*(?:(?:converted|expressed|translated|reported) (?:in|into|to) [\w/]+\s)?"
    r"(?:is|was|are|reads?|gives?|makes?|equals?|becomes?|would be|comes? to|works? out (?:at"
    r"|to)|means)\s"
    r"(?:about |roughly |around |just )?(?P<n>\d+(?:\.\d+)?)"
    r"(?![\d.]*\d?\s?(?:[munp\u00b5]?(?:mol|g|Eq|U|IU)\b|%))",
    re.I,
)


def _unwritten(context: Context) -> Iterator[Verdict]:
    """Yield values brought into a unit that stands apart from its number."""
    for into in _INTO.finditer(context.text) if "/" in context.text else ():
        sentence = context.content.sentence_at(into.start())
        if sentence is None:
            continue
        for value in context.content.quantities:
            if not sentence.start <= value.start < sentence.end or value.quantity.high is not None:
                continue
            number = _COMES_TO.match(context.text, value.end, sentence.end)
            names = _analytes(context, sentence, value)[-1:] if number else ()
            entry = load().analytes.get(names[0]) if names else None
            if number is None or entry is None or "/" not in value.quantity.unit:
                continue
            written = into["unit"]
            units = _SI_UNITS if written.lower() == "si units" else (unit_code(written) or "",)
            found = [entry.convert(value.quantity, unit) for unit in units if unit]
            rights = [q for q in found if q is not None and q.unit != value.quantity.unit]
            said = Decimal(number["n"])
            if not rights or any(
                abs(q.value - said) <= tolerance_of(q.unit) * q.value for q in rights
            ):
                continue
            yield Signal(
                severity="critical",
                message=f"{name(names[0])} {amount(value.quantity)} is {amount(rights[0])}, "
                f"not {said}.",
                span=Span(start=value.start, end=number.end()),
                reference=_SI,
                subject=names[0],
            )


def _differing(context: Context) -> Iterator[Verdict]:
    yield from _unequal(context)
    yield from _unwritten(context)
    yield from wrong_factors(context)
    yield from wrong_shares(context)


RULES = (
    Rule(
        id="LAB104",
        title="two units of one value that differ",
        category="lab-conversion",
        rationale="A value in two units must be the same value: one of them will be acted on.",
        check=_differing,
    ),
)
