"""`medrag review`: a person reads an answer and decides."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from medrag.cli.recording import audited, open_log
from medrag.core.answer import Override
from medrag.core.person import holds_hidden

if TYPE_CHECKING:
    from medrag.core.answer import ReviewedAnswer
    from medrag.review import ReviewFolder
    from medrag.review.audit import AuditLog

_folder = click.option(
    "--folder", required=True, metavar="DIR", help="Folder that `medrag ask --review DIR` filled."
)
_policy = click.option(
    "--policy", metavar="FILE", help="Policy in force, instead of policy.toml in the folder."
)
_reviewer = click.option("--reviewer", required=True, help="Who decides.")
_decision = click.option("--decision", required=True, type=click.Choice(["accept", "reject"]))
_reason = click.option("--reason", default="", help="Why, in words; a rejection needs it.")

_QUESTION_CHARACTERS = 80


@click.group("review")
def command() -> None:
    """List, show and sign answers that wait for a person.

    \b
    Examples:
      medrag ask "Which dose?" --index guidelines.index --review pending
      medrag review list --folder pending
    """


@command.command("list")
@_folder
@_policy
def list_answers(folder: str, policy: str | None) -> None:
    """List answers, those that wait first: id, decision, status, critical findings, question.

    \b
    Example:
      medrag review list --folder pending
    """
    from medrag.errors import InputError

    if not Path(folder).is_dir():
        raise InputError(f"{folder}: no such folder. Give the one `medrag ask --review` filled.")
    entries = _answers(folder, policy).entries()
    now = datetime.now(timezone.utc)
    for entry in entries:
        people = " and ".join(name for name in (entry.reviewer, entry.second) if name)
        state = f"{entry.decision}ed by {people}" if entry.decision else "waiting"
        if entry.is_void:
            state += ", under another policy: sign again"
        elif entry.decision and entry.is_waiting:
            state += ", waiting for a second person"
        if entry.expires is not None and entry.expires < now:
            state += ", expired"
        elif entry.hindrance is not None and not entry.is_waiting:
            state += f", does not act: {entry.hindrance}"
        facts = f"{state}  {entry.status}, {entry.critical} critical findings"
        asked = shorten(entry.question, _QUESTION_CHARACTERS, placeholder=" …")
        click.echo(f"{entry.id}  {entry.problem or f'{facts}  {asked}'}")
    if not entries:
        click.echo(f"No answers in {folder}.", err=True)


@command.command("show")
@click.argument("answer_id")
@_folder
@_policy
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(answer_id: str, folder: str, policy: str | None, as_json: bool) -> None:
    """Show one answer, and its sign-off where there is one.

    \b
    Example:
      medrag review show 3f2a0c51d97e8b64 --folder pending
    """
    from medrag.cli.card import answer_card, reviewed_card
    from medrag.review import hindrance

    answers = _answers(folder, policy)
    reviewed = answers.reviewed(answer_id)
    if as_json:
        click.echo((reviewed or answers.answer(answer_id)).model_dump_json(indent=2))
    elif reviewed is not None:
        click.echo(reviewed_card(reviewed, hindrance(reviewed, policy=answers.policy)))
    else:
        click.echo(answer_card(answers.answer(answer_id)))


@command.command("sign")
@click.argument("answer_id")
@_folder
@_policy
@_reviewer
@_decision
@_reason
@click.option(
    "--override",
    "overrides",
    multiple=True,
    metavar="RULE=CODE:WORDS",
    help="Why a critical finding does not stand; one for each. Codes: medrag review reasons.",
)
@audited
def sign(
    answer_id: str,
    folder: str,
    policy: str | None,
    reviewer: str,
    decision: str,
    reason: str,
    overrides: tuple[str, ...],
    audit: str | None,
    audit_key: str | None,
    audit_old_key: tuple[str, ...],
) -> None:
    """Sign one answer: accept or reject it, by name.

    \b
    Example:
      medrag review sign 3f2a0c51d97e8b64 --folder pending --reviewer "A. Person" \\
        --decision reject --reason "the eGFR is out of date"
    """
    from medrag.review import sign as sign_answer

    answers = _answers(folder, policy)
    reviewed = sign_answer(
        answers.answer(answer_id),
        reviewer,
        "accept" if decision == "accept" else "reject",
        reason,
        overrides=tuple(_override(text) for text in overrides),
        policy=answers.policy,
    )
    _keep(reviewed, answers, open_log(audit, audit_key, audit_old_key))


@command.command("countersign")
@click.argument("answer_id")
@_folder
@_policy
@_reviewer
@_decision
@_reason
@audited
def countersign(
    answer_id: str,
    folder: str,
    policy: str | None,
    reviewer: str,
    decision: str,
    reason: str,
    audit: str | None,
    audit_key: str | None,
    audit_old_key: tuple[str, ...],
) -> None:
    """Sign as the second person, where the folder's policy asks for two.

    \b
    Example:
      medrag review countersign 3f2a0c51d97e8b64 --folder pending --reviewer B --decision accept
    """
    from medrag.review import countersign as countersign_answer
    from medrag.review.audit.records import demand_recorded

    log = open_log(audit, audit_key, audit_old_key)
    answers = _answers(folder, policy)
    first = _signed(answers, answer_id)
    if log is not None:  # what is confirmed is the last decision, not one put back
        demand_recorded(first, log.path, log.keys)
    reviewed = countersign_answer(
        first,
        reviewer,
        "accept" if decision == "accept" else "reject",
        reason,
        policy=answers.policy,
    )
    _keep(reviewed, answers, log)


@command.command("reasons")
def reasons() -> None:
    """List the codes that an override may give.

    \b
    Example:
      medrag review reasons
    """
    from medrag.review import OVERRIDE_REASONS

    for code, words in OVERRIDE_REASONS.items():
        click.echo(f"{code:<18}{words}")


@command.command("export")
@click.argument("answer_id")
@_folder
@_policy
@click.option("--fhir", is_flag=True, help="Print a FHIR R4 Bundle instead.")
@click.option("--subject", metavar="REFERENCE", help="Of --fhir: the patient (Patient/123).")
@audited
def export(
    answer_id: str,
    folder: str,
    policy: str | None,
    fhir: bool,
    subject: str | None,
    audit: str | None,
    audit_key: str | None,
    audit_old_key: tuple[str, ...],
) -> None:
    """Print what a signed answer allows to act on, as JSON.

    Refused without a valid sign-off. With --audit refused too where the log has no record of
    that sign-off: a file that somebody wrote by hand is in no log.

    \b
    Examples:
      medrag review export 3f2a0c51d97e8b64 --folder pending
      medrag review export 3f2a0c51d97e8b64 --folder pending --fhir --subject Patient/123
    """
    from medrag.review import actionable
    from medrag.review.audit.records import demand_recorded, export_record

    log = open_log(audit, audit_key, audit_old_key)
    answers = _answers(folder, policy)
    reviewed = _signed(answers, answer_id)
    released = actionable(reviewed, policy=answers.policy)
    if fhir:
        from medrag.interop.fhir import guidance_bundle

        released = guidance_bundle(reviewed, subject=subject, policy=answers.policy)
    if log is not None:  # before anything leaves
        demand_recorded(reviewed, log.path, log.keys)
        log.append("export", export_record(reviewed))
    click.echo(json.dumps(released, ensure_ascii=False, indent=2))


def _answers(folder: str, policy: str | None) -> ReviewFolder:
    from medrag.review import ReviewFolder

    return ReviewFolder(Path(folder), Path(policy) if policy is not None else None)


def _signed(answers: ReviewFolder, answer_id: str) -> ReviewedAnswer:
    from medrag.errors import NotReviewedError

    reviewed = answers.reviewed(answer_id)
    if reviewed is None:
        raise NotReviewedError(
            f"Answer {answer_id} has no sign-off. Run: medrag review sign {answer_id}"
        )
    return reviewed


def _keep(reviewed: ReviewedAnswer, answers: ReviewFolder, log: AuditLog | None) -> None:
    """Record a decision and say what it comes to."""
    from medrag.review.audit.records import review_record

    if log is not None:  # first the log: what it cannot record does not happen
        log.append("review", review_record(reviewed))
    answers.record(reviewed)
    last, first = reviewed.reviews[-1], reviewed.review
    click.echo(
        f"{last.decision}ed by {last.reviewer}; it counts until {last.expires:%Y-%m-%d %H:%M} UTC"
    )
    if last is first and last.decision == "accept" and last.persons > 1:
        name = reviewed.answer.digest[:16]
        click.echo(f"A second person must sign: medrag review countersign {name} --help")


def _override(text: str) -> Override:
    from medrag.review import OVERRIDE_REASONS

    if holds_hidden(text):
        raise click.UsageError("--override holds control or invisible characters. Type it by hand.")
    rule_id, separator, reason = text.partition("=")
    if not separator or not reason.strip():
        raise click.UsageError(
            f"--override takes RULE=CODE:WORDS, found {rule_id!r} without a reason."
        )
    named, _, words = reason.partition(":")
    for code in OVERRIDE_REASONS:
        if code == named.strip():
            return Override(rule_id=rule_id.strip(), code=code, reason=words.strip())
    return Override(rule_id=rule_id.strip(), reason=reason.strip())
