"""What can be wrong with an institution's policy beyond what its loading refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from medrag.checker.lints import (
    Lint,
    contradictory_bands,
    contradictory_doses,
    contradictory_values,
    repeated,
    unknown_drugs,
    unreachable_names,
    unreachable_values,
)
from medrag.checker.policy import Policy
from medrag.checker.rows import Row
from medrag.checker.tables import Knowledge, load_knowledge
from medrag.clinical.lexicon import load
from medrag.clinical.units import read_unit

_SHARED = frozenset({"groups", "sources", "stages"})
"""Tables that rows of others refer to: the shipped ones stay in view."""
_LONGEST = timedelta(days=366)

_OWN: tuple[Lint, ...] = (
    unknown_drugs,
    unreachable_names,
    unreachable_values,
    contradictory_doses,
    contradictory_bands,
    contradictory_values,
    repeated,
)


def policy_problems(policy: Policy) -> Iterator[str]:
    """Yield what is wrong with a policy's rows, overrides and suspensions, one line each.

    Only its own rows are looked at: that they differ from shipped ones is what they are for.
    """
    shipped = load_knowledge()
    knowledge = shipped.extended(policy.rows, policy=policy.name)
    own = {
        name: tuple(row for row in rows if knowledge.is_own(row))
        for name, rows in knowledge.tables.items()
    }
    seen = {name: shipped.tables[name] if name in _SHARED else own[name] for name in own}
    view = replace(knowledge, tables=seen)
    lines = (
        *(line for check in _OWN for line in check(view)),
        *_unreadable_units(own),
        *_needless(own, shipped),
        *_unknown_subjects(policy),
        *_suspensions(policy),
    )
    yield from (f"policy {policy.name}: {line}" for line in lines)


def _unreadable_units(own: dict[str, tuple[Row, ...]]) -> Iterator[str]:
    for name, rows in own.items():
        for row in rows:
            unit = getattr(row, "unit", "")
            if unit and read_unit(unit) is None:
                yield (
                    f"{name}: {row.key}: {unit!r} is no UCUM unit; write mg, ug, [iU], meq, mg/kg "
                    "or mg/h, for instance."
                )


def _needless(own: dict[str, tuple[Row, ...]], shipped: Knowledge) -> Iterator[str]:
    for name, rows in own.items():
        known = {row.model_dump_json(exclude={"ref"}) for row in shipped.tables[name]}
        for row in rows:
            if row.model_dump_json(exclude={"ref"}) in known:
                yield f"{name}: {row.key}: the row says what the shipped table says."


def _unknown_subjects(policy: Policy) -> Iterator[str]:
    lexicon = load()
    known = {*lexicon.drugs, *lexicon.analytes, *lexicon.procedures, *lexicon.conditions}
    entries = [(item.rule, item.subject) for item in policy.severities]
    entries += [(item.rule, item.subject) for item in policy.disabled]
    for rule, subject in entries:
        for part in subject.split("+") if subject else ():
            if part not in known:
                yield f"{rule}: nothing is called {part!r}; the entry never applies."


def _suspensions(policy: Policy) -> Iterator[str]:
    for item in policy.disabled:
        about = f" about {item.subject}" if item.subject else ""
        if item.expires < policy.today:
            yield f"{item.rule}{about} runs again since {item.expires}."
        elif item.expires - policy.today > _LONGEST:
            yield f"{item.rule}{about} is off until {item.expires}, for more than a year."
