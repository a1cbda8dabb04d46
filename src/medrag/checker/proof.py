"""Proof of the rules: every rule's own cases, run; and what is wrong with the tables.

A rule's cases stand in `knowledge/cases/<id>.toml`: texts in which it fires, with the words it
is about in braces, and texts in which it is silent, each with a why.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from pydantic import Field, ValidationError

from medrag.checker.context import read_context
from medrag.checker.engine import check, run
from medrag.checker.rowcases import problem, row_cases
from medrag.checker.rule import Rule
from medrag.checker.rules import RULES
from medrag.checker.tables import load_knowledge
from medrag.checker.templates import RowCase
from medrag.core.finding import CheckReport
from medrag.core.patient import Patient
from medrag.core.span import Value
from medrag.errors import ConfigError, UnknownNameError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_MARKED = re.compile(r"\{([^{}]*)\}")


class RuleCase(Value):
    """One text with what its rule must do.

    Attributes:
        rule_id: Whose case it is.
        fires: Whether the rule must report the text (a finding, or for `x0xx` rules a check
            not done).
        text: The text, without braces.
        marked: The words that were in braces; None where the case names none.
        message: Words that the message must hold; empty where the case names none.
        why: Why the rule is silent, or why it fires.
        patient, quotes: As in `check`.
    """

    rule_id: str
    fires: bool
    text: str
    marked: str | None = None
    message: str = ""
    why: str = ""
    patient: Patient | None = None
    quotes: tuple[str, ...] | None = Field(default=None)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case.

    Attributes:
        problem: What differs from the expectation; empty where the case holds.
    """

    case: RuleCase
    problem: str

    @property
    def passed(self) -> bool:
        """Whether the rule did what the case says."""
        return not self.problem


def cases(rule_id: str) -> tuple[RuleCase, ...]:
    """Return the hand-written cases of a rule, those that fire first.

    Raises:
        UnknownNameError: There is no such rule.
        ConfigError: The case file is missing or breaks its format.
    """
    rule(rule_id)
    place = files("medrag.checker") / "knowledge" / "cases" / f"{rule_id}.toml"
    if not place.is_file():
        raise ConfigError(f"{rule_id} has no cases: write knowledge/cases/{rule_id}.toml.")
    try:
        fields = tomllib.loads(place.read_text(encoding="utf-8"))
        fires = [_case(rule_id, entry, fires=True) for entry in fields.pop("fires", [])]
        silent = [_case(rule_id, entry, fires=False) for entry in fields.pop("silent", [])]
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"knowledge/cases/{rule_id}.toml: {error}.") from error
    if fields:
        raise ConfigError(f"knowledge/cases/{rule_id}.toml: unknown table {min(fields)!r}.")
    return (*fires, *silent)


def run_cases(
    rule_id: str | None = None,
    *,
    watch: Callable[[list[RuleCase | RowCase]], Iterable[RuleCase | RowCase]] = iter,
) -> tuple[CaseResult, ...]:
    """Return the outcome of every case of one rule, or of all rules in the order of their ids.

    The hand-written cases come first, then the pair of every table row.

    Args:
        rule_id: The rule; None for all.
        watch: Gives what is to be done on, one by one, to show how far it is.

    Raises:
        UnknownNameError: There is no such rule.
        ConfigError: A case file is missing or breaks its format.
    """
    chosen = RULES if rule_id is None else (rule(rule_id),)
    written = [case for item in chosen for case in cases(item.id)]
    ids = {item.id for item in chosen}
    rows = [pair for pair in row_cases() if ids & set(pair.rules[:1])]
    return tuple(
        CaseResult(one, _problem(one))
        if isinstance(one, RuleCase)
        else _row_result(one, one.rules[0])
        for one in watch([*written, *rows])
    )


def _row_result(pair: RowCase, rule_id: str) -> CaseResult:
    text, patient = pair.unsafe
    case = RuleCase(
        rule_id=rule_id,
        fires=True,
        text=text,
        patient=patient,
        why=f"row of {pair.row.table}.csv: {pair.row.key}",
    )
    return CaseResult(case, problem(pair))


def rule(rule_id: str) -> Rule:
    """Return the rule of that id.

    Raises:
        UnknownNameError: There is none; carries near misses.
    """
    for item in RULES:
        if item.id == rule_id.upper():
            return item
    raise UnknownNameError(rule_id, kind="rule", known=[item.id for item in RULES])


def _case(rule_id: str, entry: dict[str, Any], *, fires: bool) -> RuleCase:
    text = str(entry.pop("text", ""))
    marked = _MARKED.search(text)
    plain = _MARKED.sub(r"\1", text)
    fields = {**entry, "rule_id": rule_id, "fires": fires, "text": plain}
    return RuleCase.model_validate({**fields, "marked": marked[1] if marked else None})


def _problem(case: RuleCase) -> str:
    if case.rule_id[3] == "0":
        context = read_context(
            case.text, case.patient, quotes=case.quotes, knowledge=load_knowledge()
        )
        report = run((rule(case.rule_id),), context)
    else:
        report = check(case.text, case.patient, quotes=case.quotes)
    said = list(_said(report, case))
    if not case.fires:
        return f"fired: {said[0][1]}" if said else ""
    if not said:
        return "silent"
    if case.message and not any(case.message in message for _, message in said):
        return f"says {said[0][1]!r}"
    if case.marked is not None and all(words != case.marked for words, _ in said):
        return f"marks {said[0][0]!r}"
    return ""


def _said(report: CheckReport, case: RuleCase) -> Iterator[tuple[str, str]]:
    """Yield (words marked, message) of what the case's rule said."""
    for finding in report.findings:
        if finding.rule_id == case.rule_id:
            yield finding.span.of(case.text) if finding.span else "", finding.message
    if case.rule_id[3] == "0":
        for item in report.not_checked:
            yield "", f"{item.check}: {item.reason}"
