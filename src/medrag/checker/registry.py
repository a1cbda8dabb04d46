"""The rules as a list to read: which there are, what each says, what is wrong with the tables."""

from __future__ import annotations

from collections.abc import Iterator

from medrag.checker.proof import cases, rule
from medrag.checker.rows import DoseRow
from medrag.checker.rule import Rule
from medrag.checker.rules import RULES
from medrag.checker.tables import Knowledge, load_knowledge
from medrag.clinical.lexicon import load
from medrag.errors import ConfigError


def rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by id."""
    return RULES


def describe(rule_id: str) -> str:
    """Return one rule as text: title, why, sources, the number of its rows, its cases.

    Raises:
        UnknownNameError: There is no such rule.
    """
    item = rule(rule_id)
    knowledge = load_knowledge()
    rows = ", ".join(f"{table} ({len(knowledge.tables[table])} rows)" for table in item.tables)
    lines = [
        f"{item.id}  {item.title}",
        f"category: {item.category}",
        f"why: {item.rationale}",
        f"tables: {rows or 'none; the rule is about the text itself'}",
    ]
    for case in cases(item.id):
        mark = "fires " if case.fires else "silent"
        lines.append(f"  {mark}  {case.text}" + (f"  ({case.why})" if case.why else ""))
    return "\n".join(lines)


def lint() -> tuple[str, ...]:
    """Return what is wrong with rules and tables, one line each; empty where nothing is."""
    knowledge = load_knowledge()
    return (
        *_without_cases(),
        *_unknown_drugs(knowledge),
        *_unknown_references(knowledge),
        *_contradictory_doses(knowledge),
        *_repeated(knowledge),
    )


def _without_cases() -> Iterator[str]:
    for item in RULES:
        try:
            own = cases(item.id)
        except ConfigError as error:
            yield str(error)
            continue
        for fires, word in ((True, "fire"), (False, "are silent")):
            if sum(case.fires is fires for case in own) < 2:
                yield f"{item.id}: fewer than two cases that {word}."
        for case in own:
            if not case.fires and not case.why:
                yield f"{item.id}: a silent case has no why: {case.text!r}."


def _unknown_drugs(knowledge: Knowledge) -> Iterator[str]:
    known = load().drugs
    for table, rows in knowledge.tables.items():
        for row in rows:
            for drug in row.drugs:
                if drug.startswith("@"):
                    continue  # an unknown group stops the loading
                elif drug not in known:
                    yield f"{table}: the lexicon has no ingredient {drug!r}; the row never fires."


def _unknown_references(knowledge: Knowledge) -> Iterator[str]:
    for table, rows in knowledge.tables.items():
        if table in {"groups", "sources"}:
            continue
        for row in rows:
            if not knowledge.has_reference(row):
                code = row.ref or row.default_ref
                yield f"{table}: {row.key}: the reference {code!r} is unknown."


def _contradictory_doses(knowledge: Knowledge) -> Iterator[str]:
    for row in knowledge.all(DoseRow):
        if row.single and row.daily and row.daily < row.single and (row.times or 1) >= 1:
            yield f"doses: {row.key} {row.route}: a single dose above the daily maximum."
        if row.low and row.single and row.low > row.single:
            yield f"doses: {row.key} {row.route}: the lowest dose is above the largest."


def _repeated(knowledge: Knowledge) -> Iterator[str]:
    for table, rows in knowledge.tables.items():
        seen: dict[str, int] = {}
        for row in rows:
            identity = row.identity
            seen[identity] = seen.get(identity, 0) + 1
        for identity, times in seen.items():
            if times > 1:
                yield f"{table}: {times} rows say the same thing twice: {identity}."
