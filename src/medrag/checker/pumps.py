"""Volumes and pump rates against concentrations: "8 mcg/min of 16 mcg/mL is 30 mL/h"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from medrag.checker.context import Context
from medrag.checker.rule import Signal
from medrag.checker.wording import amount
from medrag.clinical import DrugMention, Quantity, QuantityMention, convert
from medrag.clinical.mentions import Sentence, starting_in
from medrag.core.span import Span

TOLERANCE = Decimal("0.12")
_JOINED = re.compile(
    r"^\s*(?:\(|=|≈|,?\s*or|,?\s*that is,?|,?\s*i\.e\.,?|,?\s*equal to|,?\s*which is|,?\s*in"
    r"|is|are|makes|needs|for (?:each|every|a|the)|per|,)\s*(?:about |just )?$",
    re.I,
)
_FLUIDS = frozenset({"dextrose", "sodium-chloride", "lactated-ringers", "sterile-water", "glucose"})
_PERCENT = Decimal(10)
"""Milligrams in a milliliter of a solution of one per cent."""


def wrong_volumes(context: Context) -> Iterator[Signal]:
    """Yield amounts with a volume beside them that the concentration does not give."""
    found = context.content.quantities
    for first, second in pairwise(found):
        if _JOINED.match(context.text[first.end : second.start]) is None:
            continue
        mass, volume = (second, first) if first.quantity.unit == "mL" else (first, second)
        if volume.quantity.unit != "mL" or mass.quantity.high or volume.quantity.high:
            continue
        strength = _concentration(context, mass, (first.start, second.end))
        given = _convert(mass.quantity, strength)
        if strength is None or given is None or strength.value <= 0 or given <= 0:
            continue
        right = given / strength.value
        if abs(right - volume.quantity.value) > TOLERANCE * right:
            yield Signal(
                severity="critical",
                message=f"{amount(mass.quantity)} of {amount(strength)} is "
                f"{amount(Quantity(right, 'mL'))}, not {amount(volume.quantity)}.",
                span=Span(start=first.start, end=second.end),
            )


def wrong_rates(context: Context) -> Iterator[Signal]:
    """Yield pump rates that dose rate and concentration do not give.

    The dose may stand in the sentence before: "480 mcg per hour. Set the pump to 30 mL/h".
    """
    before: list[QuantityMention] = []
    for sentence in context.content.sentences:
        numbers = starting_in(context.content.quantities, sentence.start, sentence.end)
        inside = [q for q in numbers if q.quantity.high is None]
        rates = [q for q in inside if q.quantity.unit == "mL/h"]
        own = [q for q in inside if _hourly(context, q) is not None]
        doses, before = own or before, own
        if len(rates) == 1 and doses:
            yield from _compared(context, sentence, (doses, rates[0]))


def _compared(
    context: Context, sentence: Sentence, pair: tuple[list[QuantityMention], QuantityMention]
) -> Iterator[Signal]:
    doses, rate = pair
    dose = doses[-1]
    strength = _concentration(context, dose, (sentence.start, sentence.end))
    hourly = _hourly(context, dose)
    given = _convert(hourly, strength) if hourly is not None else None
    if strength is None or given is None or strength.value <= 0 or given <= 0:
        return
    right = given / strength.value
    if abs(right - rate.quantity.value) > TOLERANCE * right:
        yield Signal(
            severity="critical",
            message=f"{amount(dose.quantity)} of {amount(strength)} is "
            f"{amount(Quantity(right, 'mL/h'))}, not {amount(rate.quantity)}.",
            span=Span(start=min(dose.start, rate.start), end=max(dose.end, rate.end)),
        )


def _hourly(context: Context, found: QuantityMention) -> Quantity | None:
    """Return a dose rate as an amount in an hour; None where it is none."""
    quantity = found.quantity
    per = set(quantity.per)
    if not per & {"min", "h"} or per - {"min", "h", "kg"} or quantity.amount_unit == "mL":
        return None
    weight = context.facts.patient.weight_kg if "kg" in per else Decimal(1)
    if weight is None:
        return None
    hours = Decimal(60) if "min" in per else Decimal(1)
    return Quantity(quantity.value * weight * hours, quantity.amount_unit)


def _convert(quantity: Quantity, strength: Quantity | None) -> Decimal | None:
    if strength is None:
        return None
    converted = convert(quantity, strength.amount_unit)
    return None if converted is None else converted.value


def _concentration(
    context: Context, dose: QuantityMention, place: tuple[int, int]
) -> Quantity | None:
    """Return the one concentration of the same sentence, else of the whole text."""
    known = context.once(_strengths) or context.once(_mixed)
    fitting = [(q, c) for q, c in known if convert(_amount(dose.quantity), c.amount_unit)]
    sentence = context.content.sentence_at(place[0])
    own = [c for q, c in fitting if sentence and sentence.start <= q.start < sentence.end]
    for choice in (own, [c for _, c in fitting]):
        distinct = {(c.value, c.unit) for c in choice}
        if len(distinct) == 1:
            return choice[0]
        if distinct:
            return None  # of which of several the dose is drawn, nobody says
    return None


def _strengths(context: Context) -> list[tuple[QuantityMention, Quantity]]:
    """Return the concentrations that the text states."""
    quantities = context.content.quantities
    return [(q, c) for q in quantities if (c := _strength(context, q)) is not None]


_IN = re.compile(r"\s?(?:in|/|made up to|diluted (?:in|to))\s?(?:a )?(?:total of )?")


def _mixed(context: Context) -> list[tuple[QuantityMention, Quantity]]:
    """Return the concentrations of bags and syringes: "400 mg in 250 mL" holds 1.6 mg/mL."""
    found: list[tuple[QuantityMention, Quantity]] = []
    for mass, volume in pairwise(context.content.quantities):
        held, filled = mass.quantity, volume.quantity
        if filled.unit != "mL" or filled.value <= 0 or held.per or held.unit == "mL":
            continue
        if held.high or filled.high or not _IN.fullmatch(context.text[mass.end : volume.start]):
            continue
        found.append((mass, Quantity(held.value / filled.value, f"{held.unit}/mL")))
    return found


def strength_of(context: Context, mention: DrugMention) -> Quantity | None:
    """Return the one concentration that a drug's sentence names right after it, else None."""
    sentence = context.content.sentences[mention.sentence]
    found = [
        strength
        for q in starting_in(context.content.quantities, mention.end, sentence.end)
        if (strength := _strength(context, q)) is not None
    ]
    return found[0] if len(found) == 1 else None


def _amount(quantity: Quantity) -> Quantity:
    return Quantity(quantity.value, quantity.amount_unit)


def _strength(context: Context, found: QuantityMention) -> Quantity | None:
    """Return a concentration as an amount in a milliliter."""
    quantity = found.quantity
    if quantity.per == ("mL",) and quantity.amount_unit != "mL" and quantity.high is None:
        return quantity
    if quantity.unit == "%" and _is_of_a_drug(context, found):
        return Quantity(quantity.value * _PERCENT, "mg/mL")
    return None


_BESIDE = re.compile(r"\s*(?:\w+\s){0,2}\(?")


def _is_of_a_drug(context: Context, found: QuantityMention) -> bool:
    """Return whether a percentage is a drug's strength: directly after its name, or before it."""
    drug = context.content.drug_before(found.start)
    if drug is not None and _BESIDE.fullmatch(context.text, drug.end, found.start):
        return not _FLUIDS & set(drug.ingredients)
    after = context.text[found.end : found.end + 12].lower()
    return after.startswith((" emulsion", " solution"))
