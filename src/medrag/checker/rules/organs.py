"""MED304-MED305: kidney and liver."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from medrag.checker.bands import of_own_band
from medrag.checker.context import Context
from medrag.checker.each import alone_of
from medrag.checker.exceeding import breaks
from medrag.checker.kidney import kidney_of
from medrag.checker.liver import child_pugh_class, is_moderate
from medrag.checker.rows_patient import HepaticRow, RenalRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import acts_locally, depends_on, rows_of
from medrag.checker.state import has_condition, is_excepted
from medrag.checker.wording import name
from medrag.clinical import DrugMention
from medrag.core.finding import NotChecked, gravity

_ALSO_LOCAL = ("intravitreal", "transdermal")


def _renal(context: Context) -> Iterator[Verdict]:
    function = kidney_of(context)
    missing: list[str] = []
    for mention in context.orders:
        if acts_locally(mention, *_ALSO_LOCAL):
            continue
        supposed = None
        if depends_on(mention, "egfr", "crcl", "renal", "kidney", "gfr", "clearance"):
            supposed = _supposed(context, mention)
            if supposed is None:
                continue
        found = [*rows_of(context, mention, RenalRow)]
        for drug in dict.fromkeys(drug for drug, _ in found):
            rows = [row for name_, row in found if name_ == drug]
            measured = supposed or function.measure(rows[0].measure)
            if measured is None:
                missing.append(name(drug))
                continue
            reached = [
                row
                for row in rows
                if measured[0] < row.below and not (row.unless and is_excepted(context, row))
            ]
            order = alone_of(context.text, of_own_band(context, mention), drug)
            for row in _breaking(reached, order)[:1]:
                yield Signal(
                    severity=row.severity,
                    message=f"{name(drug)} with {measured[1]}: {row.text}.",
                    span=mention.span,
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                    fact=f"{drug}: renal",
                )
    if missing and context.facts.known:
        yield NotChecked(
            check=f"kidney function for {', '.join(dict.fromkeys(missing))}",
            reason="neither eGFR nor creatinine with age, sex and weight is given",
        )


def _supposed(context: Context, mention: DrugMention) -> tuple[Decimal, str] | None:
    """Return the kidney function that the order's own condition supposes: "if eGFR < 30".

    None where it names no value, or a lower bound: what holds above it is not bounded.
    """
    condition = mention.condition
    if condition is None or condition.exception:
        return None
    for lab in context.content.labs:
        inside = condition.start <= lab.start < condition.end
        if not inside or lab.analyte not in {"egfr", "creatinine-clearance"} or lab.value is None:
            continue
        if lab.value.comparator in {">", ">=", "~"}:
            return None
        below = lab.value.comparator == "<"
        most = lab.value.top - (Decimal("0.1") if below else Decimal(0))
        label = "eGFR" if lab.analyte == "egfr" else "creatinine clearance"
        return most, f"{label} {'below ' if below else ''}{lab.value.top:.0f}"
    return None


def _breaking(rows: Sequence[RenalRow], mention: DrugMention) -> list[RenalRow]:
    """Return the rows that the order breaks, most severe and lowest limit first.

    Of several bands only the lowest that is reached counts.
    """
    if not rows:
        return []
    lowest = min(row.below for row in rows)
    band = [row for row in rows if row.below == lowest or row.action == "avoid"]
    broken = [row for row in band if breaks(row, mention)]
    return sorted(broken, key=lambda row: (-gravity(row.severity), row.below))


_STAGES = {
    "any": (
        "liver-disease", "cirrhosis", "hepatitis", "hepatic-encephalopathy", "liver-severe",
        "liver-moderate",
    ),
    "active": ("liver-active",),
    "severe": ("liver-severe", "hepatic-encephalopathy"),
}  # fmt: skip


def _hepatic(context: Context) -> Iterator[Verdict]:
    missing: list[str] = []
    for mention in context.orders:
        if acts_locally(mention, *_ALSO_LOCAL) or depends_on(
            mention, "liver", "hepatic", "cirrhosis", "child"
        ):
            continue
        found = [*rows_of(context, mention, HepaticRow)]
        for drug in dict.fromkeys(drug for drug, _ in found):
            rows = [
                row for name_, row in found if name_ == drug and _reached(context, row, mention)
            ]
            order = alone_of(context.text, mention, drug)
            broken = sorted(
                (row for row in rows if breaks(row, order)),
                key=lambda row: -gravity(row.severity),
            )
            for row in broken[:1]:
                yield Signal(
                    severity=row.severity,
                    message=f"{name(drug)} with liver disease: {row.text}.",
                    span=mention.span,
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                    fact=f"{drug}: hepatic",
                )
            if context.facts.conditions is None and not rows:
                missing.append(name(drug))
    if missing and context.facts.known:
        yield NotChecked(
            check=f"liver disease for {', '.join(dict.fromkeys(missing))}",
            reason="the patient's conditions are not given",
        )


_LASTING = re.compile(r"\bchronic (?:\w+ )?hepatitis\b|\bhepatitis (?:[bcd]|delta)\b", re.I)
"""A hepatitis that is no active liver disease unless it is called so."""


def _reached(context: Context, row: HepaticRow, mention: DrugMention) -> bool:
    if row.stage == "active" and not context.tells(_LASTING):
        return any(has_condition(context, one, mention) for one in ("liver-active", "hepatitis"))
    if row.stage != "severe":
        return any(has_condition(context, condition, mention) for condition in _STAGES[row.stage])
    only_severe = _only_severe(context, row)
    if only_severe and is_moderate(context.facts):
        return False
    if child_pugh_class(context.facts) in {"B", "C"}:
        return True
    stages = _STAGES["severe"] if only_severe else (*_STAGES["severe"], "liver-moderate")
    return any(has_condition(context, condition, mention) for condition in stages)


_DECOMPENSATED = ("decompensat", "ascites", "encephalopathy", "variceal", "jaundice")
"""What makes a cirrhosis of class B a decompensated one (EASL 2018)."""


def _only_severe(context: Context, row: HepaticRow) -> bool:
    """Return whether a row speaks of severe impairment and not of moderate: of Child-Pugh C."""
    words = row.text.lower()
    lasting = not any(sign in context.facts.words for sign in _DECOMPENSATED)
    named = "severe" in words or "child-pugh c" in words or (lasting and "decompensated" in words)
    return named and not any(word in words for word in ("moderate", "child-pugh b"))


RULES = (
    Rule(
        id="MED304",
        title="kidney function",
        category="renal",
        rationale="What the kidney does not clear builds up.",
        tables=("renal",),
        check=_renal,
    ),
    Rule(
        id="MED305",
        title="liver disease",
        category="hepatic",
        rationale="A failing liver neither clears nor tolerates what it did.",
        tables=("hepatic",),
        check=_hepatic,
    ),
)
