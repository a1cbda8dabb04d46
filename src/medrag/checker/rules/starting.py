"""MED110-MED111: too little for a serious indication, too much for a first dose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.amounts import amounts
from medrag.checker.context import Context
from medrag.checker.rows import UnderdoseRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import rows_of
from medrag.checker.state import has_condition
from medrag.checker.wording import amount, name
from medrag.checker.words import find
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.core.finding import Reference
from medrag.core.span import Span

_NAIVE = re.compile(
    r"opioid[- ]na[iï]ve|(?:never|not) (?:\w+ ){0,3}(?:taken|used|had|received|exposed to|taking"
    r"|using|on)(?: \w+){0,2} (?:opioid|opiate|narcotic)|(?:no|without)(?: \w+){0,2} "
    r"(?:opioid|opiate|narcotic)s?\b|opiate[- ]na[iï]ve|takes? no (?:opioid|opiate)",
    re.I,
)
_OTHER_AIM = re.compile(
    r"\b(child|infant|neonat|newborn|pa?ediatric|year-old (?:boy|girl)|maintenance|prevent|prophyla"
    r"|secondary|history of|after a)",
    re.I,
)
_LONG_ACTING = re.compile(
    r"\b(extended|sustained|controlled)[- ]release\b|\b(ER|XR|CR)\b|\w+contin\b", re.I
)
_STARTING = re.compile(
    r"\b(insulin[- ]na[iï]ve|start\w*|begin\w*|initiat\w*|first insulin)\b", re.I
)
_ADA = Reference(
    title="Standards of Care in Diabetes (American Diabetes Association)",
    section="9 Pharmacologic Approaches to Glycemic Treatment",
    edition="2025",
    url="https://doi.org/10.2337/dc25-SINT",
)
_CDC = Reference(
    title="CDC Clinical Practice Guideline for Prescribing Opioids for Pain",
    section="Recommendations 3-5",
    edition="2022",
    url="https://doi.org/10.15585/mmwr.rr7103a1",
)
_OPIOIDS = frozenset(
    {"oxycodone", "hydrocodone", "morphine", "hydromorphone", "oxymorphone", "methadone",
     "fentanyl", "codeine", "tramadol", "tapentadol", "buprenorphine", "levorphanol"}
)  # fmt: skip
FIRST_DOSE: dict[tuple[str, str], Quantity] = {
    ("oxycodone", "oral"): Quantity(Decimal(15), "mg"),
    ("hydrocodone", "oral"): Quantity(Decimal(20), "mg"),
    ("morphine", "oral"): Quantity(Decimal(30), "mg"),
    ("morphine", "injected"): Quantity(Decimal(10), "mg"),
    ("hydromorphone", "oral"): Quantity(Decimal(4), "mg"),
    ("hydromorphone", "injected"): Quantity(Decimal("2"), "mg"),
    ("oxymorphone", "oral"): Quantity(Decimal(10), "mg"),
    ("methadone", "oral"): Quantity(Decimal(10), "mg"),
    ("fentanyl", "injected"): Quantity(Decimal(100), "ug"),
    ("tapentadol", "oral"): Quantity(Decimal(100), "mg"),
}
"""The largest first dose of opioid-naive adults; from the labels' Dosage and Administration."""


def _underdose(context: Context) -> Iterator[Verdict]:
    if context.facts.is_child:
        return
    for mention in context.dosed:
        sentence = context.sentence(mention)
        for drug, row in rows_of(context, mention, UnderdoseRow):
            if find(sentence, row.indication) is None or _OTHER_AIM.search(sentence):
                continue
            for regimen in mention.regimens:
                given = _too_little(mention, regimen, row)
                if given is not None:
                    yield Signal(
                        severity="warning",
                        message=f"{name(drug)} {amount(given)} is too little for "
                        f"{row.indication[0]}: {row.text}.",
                        span=Span(
                            start=min(mention.start, regimen.start),
                            end=max(mention.end, regimen.end),
                        ),
                        reference=context.knowledge.reference(row, drug),
                        subject=drug,
                    )


def _too_little(mention: DrugMention, regimen: Regimen, row: UnderdoseRow) -> Quantity | None:
    stated = amounts(regimen, mention)
    if stated.single is None or stated.single.per:
        return None
    single = convert(stated.single, row.unit)
    if single is None:
        return None
    if single.top < row.min_single:
        return stated.single
    daily = convert(stated.daily, row.unit) if stated.daily is not None else None
    if row.min_daily is not None and daily is not None and daily.top < row.min_daily:
        return stated.daily
    return None


def _naive(context: Context) -> Iterator[Verdict]:
    """Report opioids that no opioid-naive patient may start with."""
    yield from _insulin(context)
    if not _is_naive(context):
        return
    for mention in context.orders:
        opioid = next((i for i in mention.ingredients if i in _OPIOIDS), None)
        if opioid is None:
            continue
        for regimen in mention.regimens or (None,):
            problem = _first(context, mention, opioid, regimen)
            if problem:
                yield Signal(
                    severity="critical",
                    message=f"{problem} for a patient who takes no opioid: respiratory depression.",
                    span=mention.span
                    if regimen is None
                    else Span(
                        start=min(mention.start, regimen.start),
                        end=max(mention.end, regimen.end),
                    ),
                    reference=_CDC,
                    subject=opioid,
                )


def _is_naive(context: Context) -> bool:
    return _NAIVE.search(context.text) is not None or has_condition(context, "opioid-naive", None)


def _insulin(context: Context) -> Iterator[Verdict]:
    """Report a first insulin dose far above the usual 10 units or 0.1-0.2 units/kg."""
    taking = {i for m in context.facts.medications or () for i in m.ingredients}
    for mention in context.orders:
        drug = next((i for i in mention.ingredients if i.startswith("insulin")), None)
        if drug is None or any(i.startswith("insulin") for i in taking):
            continue
        if _STARTING.search(context.text) is None:
            continue
        for regimen in mention.regimens:
            given = convert(regimen.dose, "[iU]") if regimen.dose is not None else None
            weight = context.facts.patient.weight_kg or Decimal(80)
            if given is None or given.top <= max(Decimal(30), weight * Decimal("0.5")):
                continue
            yield Signal(
                severity="critical",
                message=f"{name(drug)} {amount(given)} as a first dose: 10 units or 0.1 to 0.2 "
                "units/kg is usual; hypoglycemia.",
                span=Span(
                    start=min(mention.start, regimen.start), end=max(mention.end, regimen.end)
                ),
                reference=_ADA,
                subject=drug,
            )


def _first(context: Context, mention: DrugMention, opioid: str, regimen: Regimen | None) -> str:
    words = context.sentence(mention).lower()
    route = regimen.route if regimen else None
    if opioid == "fentanyl" and (
        route == "transdermal" or "patch" in words or "duragesic" in words
    ):
        return "a fentanyl patch"
    if _LONG_ACTING.search(context.sentence(mention)):
        return f"long-acting {name(opioid)}"
    dose = regimen.single if regimen else None
    kind = "injected" if route in {"iv", "iv-push", "im", "subcutaneous"} else "oral"
    limit = FIRST_DOSE.get((opioid, kind))
    given = convert(dose, limit.unit) if dose is not None and limit is not None else None
    if given is not None and limit is not None and given.top > limit.value:
        return f"{name(opioid)} {amount(given)} as a first dose (at most {amount(limit)})"
    return ""


RULES = (
    Rule(
        id="MED110",
        title="too little for a serious indication",
        category="single-dose",
        rationale="In meningitis or anaphylaxis a small dose is no treatment.",
        tables=("underdoses",),
        check=_underdose,
    ),
    Rule(
        id="MED111",
        title="first dose unsafe without tolerance",
        category="contraindication",
        rationale="Patches, long-acting forms and large first doses kill opioid-naive patients.",
        check=_naive,
    ),
)
