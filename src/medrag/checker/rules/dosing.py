"""MED101-MED105: a stated dose against the usual and the largest doses of its drug."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.excess import Excess, Kind
from medrag.checker.fitting import rows_for
from medrag.checker.limits import assess
from medrag.checker.rows import DoseRow, ScheduleRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.intervals import too_seldom
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, beside, name, people, rate
from medrag.checker.words import NEGATED, find
from medrag.clinical import DrugMention, convert
from medrag.core.finding import NotChecked, Reference, Severity

_CHANGED = sifted(
    r"\b(?:chang\w*|replac\w*|appl\w*|(?:fresh|new) (?:one|patch))"
    r"\b[^.;]{0,40}?\bevery (\d+)[\s-]*(hours?|h\b|hrs?|days?)",
    re.I,
)


def _signal(context: Context, found: Excess, message: str, severity: Severity) -> Signal:
    return Signal(
        severity=severity,
        message=message,
        span=found.span,
        reference=context.knowledge.reference(found.row, found.drug),
        subject=found.drug,
    )


def _of_kind(context: Context, *kinds: Kind) -> Iterator[Excess]:
    """Yield the verdicts of some kinds; those by weight are MED107's."""
    return (f for f in assess(context) if f.kind in kinds and "kg" not in f.row.unit)


def _single(context: Context) -> Iterator[Verdict]:
    for found in _of_kind(context, "single"):
        yield _signal(
            context,
            found,
            f"{name(found.drug)} {beside(found.stated, found.limit)} in one dose "
            f"is above the maximum of {amount(found.limit)}{people(found.row)}.",
            "critical" if found.ratio > 2 else "warning",
        )


def _daily(context: Context) -> Iterator[Verdict]:
    for found in _of_kind(context, "daily"):
        yield _signal(
            context,
            found,
            f"{name(found.drug)} {beside(found.stated, found.limit)} in 24 hours "
            f"is above the maximum of {amount(found.limit)} a day{people(found.row)}.",
            "critical" if found.ratio >= 1.25 else "warning",
        )


def _tenfold(context: Context) -> Iterator[Verdict]:
    for found in _of_kind(context, "tenfold", "low"):
        if found.kind == "tenfold":
            message = (
                f"{name(found.drug)} {beside(found.stated, found.limit)} is far above any "
                f"usual dose (at most {amount(found.limit)}{people(found.row)}): "
                "look for a tenfold or decimal error."
            )
            yield _signal(context, found, message, "critical")
        else:
            message = (
                f"{name(found.drug)} {amount(found.stated)} is far below any usual dose (at least "
                f"{amount(found.limit)}{people(found.row)}): look for a tenfold or decimal error."
            )
            yield _signal(context, found, message, "warning")


def _unit(context: Context) -> Iterator[Verdict]:
    for found in assess(context):
        if found.kind not in {"unit", "thousandfold"}:
            continue
        usual = amount(found.limit)
        message = (
            f"{name(found.drug)} is dosed in {usual.split()[-1]}, not in "
            f"{amount(found.stated).split()[-1]}."
            if found.kind == "unit"
            else f"{name(found.drug)} {amount(found.stated)} is about a thousand times away from "
            f"the usual dose (limit {usual}): the unit is probably wrong."
        )
        yield _signal(context, found, message, "critical")


def _often(context: Context) -> Iterator[Verdict]:
    yield from _scheduled(context)
    yield from too_seldom(context)
    yield from _patches(context)
    yield from _unbroken(context)
    for found in _of_kind(context, "times"):
        yield _signal(
            context,
            found,
            f"{name(found.drug)} is given {rate(found.limit.value)} at most, not "
            f"{found.regimen.frequency.text if found.regimen.frequency else 'so often'}.",
            "critical" if found.limit.value < 1 else "warning",
        )


_OTHER_DOSE = re.compile(
    r"\b(?:twice|two|2 ?x|three|3 ?x|bid|bd|tid|tds|b\.i\.d|12|other|second|morning|noon|evening"
    r"|night\w*"
    r"|bedtime|breakfast|supper|dinner|tonight|today|tomorrow|before|last|next|first|first day"
    r"|day 1"
    r"|renal|dialysis|restart\w*|until|missed|hepatic|start\w*|begin\w*|initial\w*)\b",
    re.I,
)
"""Words of a day that has another dose, or that is not a usual one."""


def _scheduled(context: Context) -> Iterator[Verdict]:
    """Report weekly and monthly doses given more often, and patches changed too often."""
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, ScheduleRow):
            if row.indication and find(context.sentence(mention), row.indication) is None:
                continue
            if row.names and find(_own_words(context, mention), row.names) is None:
                continue
            for regimen in mention.regimens:
                dose = convert(regimen.single, row.unit) if regimen.single is not None else None
                often = regimen.frequency.per_day if regimen.frequency else None
                if dose is None or often is None or dose.top < row.from_dose:
                    continue
                if row.to_dose is not None and dose.top > row.to_dose:
                    continue
                once = regimen.frequency is not None and regimen.frequency.once
                seldom = row.least is not None and often < row.least * Decimal("0.95")
                seldom = seldom and _OTHER_DOSE.search(context.sentence(mention)) is None
                if (often > row.times * Decimal("1.05") or seldom) and not once:
                    yield Signal(
                        severity=row.severity,
                        message=f"{name(drug)} {amount(dose)}: {row.text}.",
                        span=around(mention, regimen),
                        reference=context.knowledge.reference(row, drug),
                        subject=drug,
                    )


_AHEAD = 25
"""Characters before a name in which its form stands: "extended-release tacrolimus"."""


def _own_words(context: Context, mention: DrugMention) -> str:
    """Return the words that belong to a name, up to its neighbors and the end of its dosing."""
    before = context.content.drug_before(mention.start)
    behind = context.content.drug_behind(mention.end - 1)
    begin = max(mention.start - _AHEAD, 0 if before is None else before.end)
    end = max([mention.end + _AHEAD, *(r.end for r in mention.regimens)])
    return context.text[begin : end if behind is None else min(end, behind.start)]


_WITHOUT_BREAK = re.compile(
    r"\b(?:without (?:an?y? )?(?:\w+ )?(?:break|pause|rest|interruption|gap)"
    r"|no (?:\w+ )?(?:break|pause|rest"
    r"|gap|week off|days off|interruption)|uninterrupted(?:ly)?|continuous(?:ly)?"
    r"|(?P<n>\d\d) (?:days )?(?:out )?(?:of|/) (?:the |every |each )?(?P=n)(?: days)?"
    r"|all \d\d days|(?:every|each) day of (?:the|each|every) (?:month|cycle)"
    r"|day in,? day out|(?:all )?(?:the )?year round)\b",
    re.I,
)
_WITH_RAYS = re.compile(
    r"\b(?:radio\w*|radiation|RT|concomitant(?:ly)?|concurrent(?:ly)?|chemoradi\w*|metronomic)\b",
    re.I,
)


def _unbroken(context: Context) -> Iterator[Verdict]:
    """Report a drug of cycles with days off that is to be taken without a break."""
    broken = context.knowledge.groups["given-with-days-off"]
    for mention in context.dosed:
        drug = next((i for i in mention.ingredients if i in broken), None)
        sentence = context.sentence(mention) if drug else ""
        found = _WITHOUT_BREAK.search(sentence)
        if drug is None or found is None or NEGATED.search(sentence[: found.start()]):
            continue
        if _WITH_RAYS.search(context.text):
            continue
        yield Signal(
            severity="critical",
            message=f"{name(drug)} is given in cycles with days off, not without a break.",
            span=mention.span,
            reference=Reference(
                title=f"{name(drug)} prescribing information (FDA label)",
                section="Dosage and Administration",
            ),
            subject=drug,
        )


def _patches(context: Context) -> Iterator[Verdict]:
    """Report a fentanyl patch changed more often than every 48 hours, wherever that stands."""
    for mention in context.orders:
        match = context.search(_CHANGED, context.sentence(mention))
        if match is None or "fentanyl" not in mention.ingredients:
            continue
        hours = Decimal(match[1]) * (24 if match[2].lower().startswith("d") else 1)
        row = next((r for r in context.knowledge.rows(DoseRow, "fentanyl") if r.times), None)
        if hours < 48 and row is not None:
            yield Signal(
                severity="critical",
                message="A fentanyl patch is changed every 72 hours (48 at the least).",
                span=mention.span,
                reference=context.knowledge.reference(row, "fentanyl"),
                subject="fentanyl",
            )


def _unlimited(context: Context) -> Iterator[Verdict]:
    """Say of which doses nothing was checked, in one line each."""
    for mention in context.orders:
        for drug in mention.ingredients:
            stated = [r for r in mention.regimens if r.single is not None]
            if not stated:
                continue
            if not context.knowledge.rows(DoseRow, drug):
                yield NotChecked(
                    check=f"dose of {name(drug)}", reason="no dose limits in the tables"
                )
            elif len(mention.ingredients) == 1 and not rows_for(context, drug, stated[0]):
                yield NotChecked(
                    check=f"dose of {name(drug)}",
                    reason=f"no dose limits in the tables for the route {stated[0].route}",
                )


RULES = (
    Rule(
        id="MED001",
        title="dose without a limit in the tables",
        category="daily-dose",
        rationale="A dose that no row speaks of has not been found safe.",
        tables=("doses",),
        check=_unlimited,
    ),
    Rule(
        id="MED101",
        title="single dose above the maximum",
        category="single-dose",
        rationale="Doses above the labeled maximum raise the risk of toxicity.",
        tables=("doses",),
        check=_single,
    ),
    Rule(
        id="MED102",
        title="daily dose above the maximum",
        category="daily-dose",
        rationale="What one dose allows, a day of them may not; as-needed doses count in full.",
        tables=("doses",),
        check=_daily,
    ),
    Rule(
        id="MED103",
        title="dose far outside the usual range",
        category="single-dose",
        rationale="A slipped decimal point gives ten times the dose or a tenth of it.",
        tables=("doses",),
        check=_tenfold,
    ),
    Rule(
        id="MED104",
        title="wrong dose unit",
        category="dose-unit",
        rationale="Milligrams for micrograms, or for units, is a thousandfold error.",
        tables=("doses",),
        check=_unit,
    ),
    Rule(
        id="MED105",
        title="given too often, or too seldom to work",
        category="frequency",
        rationale="A weekly drug taken daily kills: methotrexate is the known example. An "
        "anticoagulant or an anticonvulsant taken weekly does not treat.",
        tables=("doses", "schedules", "intervals"),
        check=_often,
    ),
)
