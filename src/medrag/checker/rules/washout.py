"""MED206: a drug started too soon after another was stopped."""

from __future__ import annotations

from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows_pairs import WashoutRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.wording import name, number
from medrag.clinical import DrugMention, Quantity, convert


def _too_soon(context: Context) -> Iterator[Verdict]:
    for stopped in context.content.drugs:
        gone = convert(stopped.ago, "d") if stopped.ago is not None else None
        if gone is None or stopped.ago is None:
            continue
        for ingredient in stopped.ingredients:
            rows = context.knowledge.rows(WashoutRow, ingredient)
            for row in sorted(rows, key=lambda found: -found.days):
                started = _started(context, stopped, context.knowledge.members(row.other))
                if started is None or gone.value >= row.days:
                    continue
                other = next(i for i in started.ingredients if i in _members(context, row))
                yield Signal(
                    severity=row.severity,
                    message=f"{name(other)} only {_time(gone)} after {name(ingredient)}: "
                    f"{row.text}.",
                    span=started.span,
                    reference=context.knowledge.reference(row, ingredient),
                    subject="+".join(sorted((ingredient, other))),
                    fact="+".join(sorted((ingredient, other))),
                )


def _time(gone: Quantity) -> str:
    days = gone.value >= 2
    return f"{number(gone.value)} days" if days else f"{number(gone.value * 24)} hours"


def _members(context: Context, row: WashoutRow) -> frozenset[str]:
    return context.knowledge.members(row.other)


def _started(context: Context, stopped: DrugMention, members: frozenset[str]) -> DrugMention | None:
    """Return the order of one of `members` that is not the stopped drug itself."""
    return next(
        (
            mention
            for mention in context.orders
            if members & set(mention.ingredients) - set(stopped.ingredients)
        ),
        None,
    )


RULES = (
    Rule(
        id="MED206",
        title="started too soon after another drug",
        category="interaction",
        rationale="Some drugs act for weeks after the last dose: MAO inhibitors, fluoxetine.",
        tables=("washouts",),
        check=_too_soon,
    ),
)
