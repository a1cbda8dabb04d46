"""Morphine milligram equivalents that a text states, against those of its opioids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.rule import Signal
from medrag.checker.wording import amount, name
from medrag.clinical import DrugMention, Quantity, convert
from medrag.clinical.formulas import MME_FACTORS, morphine_equivalents
from medrag.clinical.mentions import Sentence
from medrag.core.finding import Reference
from medrag.core.span import Span

_CLAIM = re.compile(
    r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?) ?(?:mg )?(?:of )?(?:oral )?"
    r"(?:MMEs?|OMEs?|MEDD|morphine (?:milligram )?equivalents?)\b"
)
_PATCH = "fentanyl-transdermal"
_SOURCE = Reference(
    title="CDC Clinical Practice Guideline for Prescribing Opioids for Pain",
    section="Table: conversion factors",
    edition="2022",
    url="https://doi.org/10.15585/mmwr.rr7103a1",
)
TOLERANCE = Decimal("0.15")


def overstated(context: Context) -> Iterator[Signal]:
    """Yield stated equivalents that the one opioid of their sentence does not give."""
    for sentence in context.content.sentences:
        claim = _CLAIM.search(sentence.text)
        if claim is None:
            continue
        day = _day(context, sentence)
        if day is None:
            continue
        opioid, dose = day
        said = Decimal(claim[1].replace(",", ""))
        right = morphine_equivalents({opioid: dose.value})
        if abs(right - said) <= max(TOLERANCE * right, Decimal(1)):
            continue
        label = "fentanyl patch" if opioid == _PATCH else f"{name(opioid)}"
        part = "" if opioid == _PATCH else " a day"
        yield Signal(
            severity="critical",
            message=f"{label} {amount(dose)}{part} is about "
            f"{amount(Quantity(right, 'mg'))} of oral morphine a day, not {claim[1]} mg.",
            span=Span(start=sentence.start + claim.start(), end=sentence.start + claim.end()),
            reference=_SOURCE,
            subject=opioid,
        )


def _day(context: Context, sentence: Sentence) -> tuple[str, Quantity] | None:
    """Return the one opioid of a sentence with a day's dose (mcg/h of a patch), else None."""
    named = [d for d in context.content.drugs if sentence.start <= d.start < sentence.end]
    patches = [q for d in named for q in _patch(d)]
    opioids = {i for d in named for i in d.ingredients} & MME_FACTORS.keys()
    if patches and not opioids:
        return _PATCH, patches[0]
    if len(opioids) != 1 or "morphine" in opioids or patches:
        return None
    days = [amounts(r, d).daily for d in named for r in d.regimens]
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
