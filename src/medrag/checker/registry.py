"""The rules as a list to read: which there are, what each says, what is wrong with the tables."""

from __future__ import annotations

from collections.abc import Iterator

from medrag.checker.lints import LINTS
from medrag.checker.local import policy_problems
from medrag.checker.policy import Policy
from medrag.checker.proof import cases, rule
from medrag.checker.rule import Rule
from medrag.checker.rules import RULES
from medrag.checker.tables import load_knowledge
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


def lint(policy: Policy | None = None) -> tuple[str, ...]:
    """Return what is wrong with rules and tables, one line each; empty where nothing is.

    Args:
        policy: Where given, its own rows, overrides and suspensions are looked at too.
    """
    knowledge = load_knowledge()
    return (
        *_without_cases(),
        *(line for check in LINTS for line in check(knowledge)),
        *(policy_problems(policy) if policy is not None else ()),
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
