"""Morphine milligram equivalents that a text states, against those of its opioids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.rule import Signal
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, name
from medrag.clinical import DrugMention, Quantity, convert
from medrag.clinical.formulas import MME_FACTORS, morphine_equivalents
from medrag.clinical.mentions import Sentence
from medrag.core.finding import Reference
from medrag.core.span import Span

_NAME = (
    r"(?:MMEs?|OMEs?|OMEDD|MEDD?|(?:oral )?morphine[- ](?:milligram[- ])?equivalents?(?: dose)?)"
)
_NUMBER = r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)(?![\d.,]*\d)"
_NAMED = sifted(rf"{_NAME}\b|morphine\b", re.I)
_CLAIM = re.compile(
    rf"{_NUMBER} ?(?:mg )?(?:of )?(?:oral )?{_NAME}\b"
    rf"|\b{_NAME}(?: (?:a|per|each) day| daily| total| load)?"
    rf"(?: (?:is|of|are|comes to|equals|at|=))?"
    rf"[ :=]+(?:about |only |roughly )?{_NUMBER}"
    r"|\b(?:equal(?:s|ling)?|equivalent|correspond(?:s|ing)|amount(?:s|ing)|same as|comes?"
    rf"|equates?)(?: in potency)?(?: to)?(?: about| roughly| only| around)? {_NUMBER} ?mg "
    r"(?:of |a day of )?(?:oral )?morphine\b",
    re.I,
)
_BOUND = re.compile(
    r"\b(?:below|under|above|over|exceed\w*|beyond|than|up to|at least|at most|limit\w*|threshold"
    r"|maximum|from|if|when)\s(?:[\w-]+\s){0,3}\Z",
    re.I,
)
_PATCH = "fentanyl-transdermal"
_SOURCE = Reference(
    title="CDC Clinical Practice Guideline for Prescribing Opioids for Pain",
    section="Table: conversion factors",
    edition="2022",
    url="https://doi.org/10.15585/mmwr.rr7103a1",
)
_ELSEWHERE = {"tramadol": Decimal("0.1"), "codeine": Decimal("0.1"), "hydromorphone": Decimal(4)}
"""Factors of other tables in use: CDC 2016; BNF, prescribing in palliative care."""
TOLERANCE = Decimal("0.15")


def overstated(context: Context) -> Iterator[Signal]:
    """Yield stated equivalents that the one opioid of their sentence does not give."""
    for sentence in context.content.sentences if context.says(_NAMED) else ():
        claims = _CLAIM.finditer(sentence.text)
        claim = next((c for c in claims if not _BOUND.search(sentence.text[: c.start()])), None)
        if claim is None:
            continue
        place = Span(start=sentence.start + claim.start(), end=sentence.start + claim.end())
        day = _day(context, sentence, place) or _day_before(context, sentence)
        if day is None:
            continue
        opioid, dose = day
        number = next(group for group in claim.groups() if group)
        said = Decimal(number.replace(",", ""))
        right = morphine_equivalents({opioid: dose.value})
        other = dose.value * _ELSEWHERE.get(opioid, Decimal(0))
        if any(
            abs(one - said) <= max(TOLERANCE * one, Decimal(1)) for one in (right, other) if one
        ):
            continue
        label = "fentanyl patch" if opioid == _PATCH else f"{name(opioid)}"
        part = "" if opioid == _PATCH else " a day"
        yield Signal(
            severity="critical",
            message=f"{label} {amount(dose)}{part} is about "
            f"{amount(Quantity(right, 'mg'))} of oral morphine a day, not {number} mg.",
            span=place,
            reference=_SOURCE,
            subject=opioid,
        )


def _day_before(context: Context, sentence: Sentence) -> tuple[str, Quantity] | None:
    """Return the one opioid of the sentence before, where this one names no opioid's dose."""
    before = [s for s in context.content.sentences if s.start < sentence.start]
    own = context.content.drugs_in(sentence.start, sentence.end)
    if not before or any(d.regimens for d in own):
        return None
    return _day(context, before[-1], before[-1].span)


def _day(context: Context, sentence: Sentence, claim: Span) -> tuple[str, Quantity] | None:
    """Return the one opioid of a sentence with a day's dose (mcg/h of a patch), else None.

    The morphine of the `claim` is none of them.
    """
    named = [
        d
        for d in context.content.drugs_in(sentence.start, sentence.end)
        if not (claim.start <= d.start < claim.end and d.ingredients == ("morphine",))
    ]
    patches = [q for d in named for q in _patch(d)]
    opioids = {i for d in named for i in d.ingredients} & MME_FACTORS.keys()
    if patches and not opioids:
        return _PATCH, patches[0]
    if len(opioids) != 1 or "morphine" in opioids or patches:
        return None
    days = [amounts(r, d).daily for d in named for r in d.regimens]
    told = [
        q
        for q in context.content.quantities
        if sentence.start <= q.start < sentence.end and q.quantity.unit == "mg"
    ]
    if sum(not claim.start <= q.start < claim.end for q in told) > 1:
        return None  # several doses, which the text adds up itself
    found = (convert(d, "mg") for d in days if d is not None)
    day = next((d for d in found if d is not None and d.high is None), None)
    return None if day is None else (next(iter(opioids)), day)


def _patch(drug: DrugMention) -> Iterator[Quantity]:
    if "fentanyl" not in drug.ingredients:
        return
    for regimen in drug.regimens:
        hourly = convert(regimen.dose, "ug/h") if regimen.dose is not None else None
        if hourly is not None and (regimen.form == "patch" or regimen.route == "transdermal"):
            yield hourly
