"""Runs the rules: find once, decide rule by rule, and put the verdicts in order.

Showing is not here: the report is a value, and cards, cases and pages print it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from medrag.checker.context import Context, read_context
from medrag.checker.policy import NO_POLICY, Policy
from medrag.checker.retold import NOTE, is_retold
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules import RULES
from medrag.checker.tables import Knowledge, load_knowledge
from medrag.checker.visible import seen
from medrag.clinical.reading import demand_time
from medrag.core.finding import CheckReport, Finding, NotChecked, gravity
from medrag.core.patient import Patient
from medrag.core.protocols import Cancelled
from medrag.errors import RuleError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Run:
    findings: tuple[tuple[Finding, str], ...]
    not_checked: tuple[NotChecked, ...]
    done: bool


_SILENT = _Run((), (), done=True)
"""What most rules say of most texts."""


def check(
    text: str,
    patient: Patient | None = None,
    *,
    quotes: Sequence[str] | None = None,
    asked: str = "",
    policy: Policy | None = None,
    cancelled: Cancelled | None = None,
) -> CheckReport:
    """Return what speaks against `text` for `patient`, and what could not be checked.

    Deterministic: the same arguments give the same report. A drug that the text names only to
    be avoided or stopped raises nothing; an alternative that it offers is checked.

    Args:
        text: An answer, an order or a note; findings' spans count its characters.
        patient: The facts to check against; None where the text is about nobody in particular.
        quotes: Verbatim source sentences. Where given (an empty list too), every number and
            drug of the text must stand in them; None leaves grounding out.
        asked: The question that the text answers: whom it asks about counts where the patient's
            record is silent.
        policy: The institution's own rows, severities and switched-off rules.
        cancelled: Asked at each sentence and each rule whether it takes too long.

    Raises:
        OverdueError: It took too long; what was found by then would pass for the whole.
    """
    policy = policy or NO_POLICY
    knowledge = load_knowledge().extended(policy.rows, policy=policy.name)
    visible = seen(text)
    context = read_context(
        visible.text,
        patient,
        quotes=quotes,
        knowledge=knowledge,
        asked=seen(asked).text,
        cancelled=cancelled,
    )
    return visible.restored(run(RULES, context, policy=policy, cancelled=cancelled))


def run(
    rules: Sequence[Rule],
    context: Context,
    *,
    policy: Policy = NO_POLICY,
    cancelled: Cancelled | None = None,
) -> CheckReport:
    """Return the report of `rules` over one context; a rule that fails is a check not done.

    Raises:
        OverdueError: `cancelled` said so before a rule.
    """
    findings: list[tuple[Finding, str]] = []
    unread = context.facts.given.unread or ()
    not_checked = [NotChecked(check="the whole record", reason=reason) for reason in unread]
    done: list[str] = []
    silenced = policy.disabled
    for rule in rules:
        if cancelled is not None:
            demand_time(cancelled)
        if silenced and (suspended := policy.suspension(rule.id)) is not None:
            not_checked.append(NotChecked(check=f"{rule.id} {rule.title}", reason=suspended))
            continue
        outcome = _run_rule(rule, context, policy)
        if outcome is _SILENT:
            done.append(rule.id)
            continue
        findings.extend(outcome.findings)
        not_checked.extend(outcome.not_checked)
        if outcome.done:
            done.append(rule.id)
    return CheckReport(
        findings=_told_once(findings),
        not_checked=tuple(sorted(dict.fromkeys(not_checked), key=lambda n: (n.check, n.reason))),
        rules_run=tuple(sorted(done)),
        rule_set=rule_set(context.knowledge, policy),
    )


def rule_set(knowledge: Knowledge, policy: Policy = NO_POLICY) -> str:
    """Return the digest that names the tables and the policy a report rests on."""
    suffix = f"+{policy.name}:{policy.digest[:12]}" if policy is not NO_POLICY else ""
    return f"medrag-rules:{len(RULES)}:{knowledge.digest[:12]}{suffix}"


def _run_rule(rule: Rule, context: Context, policy: Policy) -> _Run:
    try:
        verdicts = list(rule.check(context))
    except Exception as error:  # noqa: BLE001 - a broken rule must not silence the others
        _log.error("rule %s failed: %s", rule.id, type(error).__name__)
        lost = NotChecked(check=f"{rule.id} {rule.title}", reason=str(RuleError(rule.id)))
        return _Run((), (lost,), done=False)
    if not verdicts:
        return _SILENT
    signals = [v for v in verdicts if isinstance(v, Signal)]
    quiet = [(v, policy.suspension(rule.id, v.subject)) for v in signals]
    return _Run(
        tuple((_finding(rule, v, context, policy), v.fact) for v, why in quiet if why is None),
        (
            *(v for v in verdicts if isinstance(v, NotChecked)),
            *(
                NotChecked(check=f"{rule.id} {rule.title}: {v.subject}", reason=why)
                for v, why in quiet
                if why is not None
            ),
        ),
        done=True,
    )


def _finding(rule: Rule, signal: Signal, context: Context, policy: Policy) -> Finding:
    override = policy.override(rule.id, signal.subject)
    severity, note = signal.severity, ""
    category = signal.category or rule.category
    if override is None and severity != "info" and is_retold(context, category, signal):
        severity, note = "info", NOTE
    if override is not None:
        severity = override.severity
        note = f" (Severity {override.severity} by policy {policy.name}: {override.reason})"
    return Finding(
        rule_id=rule.id,
        category=category,
        severity=severity,
        message=signal.message + note,
        span=signal.span,
        reference=signal.reference,
    )


def _told_once(found: Sequence[tuple[Finding, str]]) -> tuple[Finding, ...]:
    """Return the findings in order, each fact once: the weightiest, then the first in the text.

    A fact is a rule's own message, or what two rules call by the same name.
    """
    ordered = sorted(found, key=lambda pair: _order(pair[0]))
    told: set[tuple[str, str]] = set()
    kept: list[Finding] = []
    for finding, fact in ordered:
        same = {(finding.rule_id, finding.message)} | ({("", fact)} if fact else set())
        if not told & same:
            kept.append(finding)
        told |= same
    return tuple(kept)


def _order(finding: Finding) -> tuple[int, int, int, str, str]:
    start, end = (finding.span.start, finding.span.end) if finding.span else (-1, -1)
    return -gravity(finding.severity), start, end, finding.rule_id, finding.message


__all__ = ["Verdict", "check", "rule_set", "run"]
