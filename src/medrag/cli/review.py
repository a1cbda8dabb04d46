"""`medrag review`: a person reads an answer and decides."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import click

from medrag.cli.recording import audited, open_log
from medrag.core.answer import Override

_folder = click.option(
    "--folder", required=True, metavar="DIR", help="Folder that `medrag ask --review DIR` filled."
)


@click.group("review")
def command() -> None:
    """List, show and sign answers that wait for a person."""


@command.command("list")
@_folder
def list_answers(folder: str) -> None:
    """List answers, those that wait first: id, decision, status, critical findings."""
    from medrag.errors import InputError
    from medrag.review import ReviewFolder

    if not Path(folder).is_dir():
        raise InputError(f"{folder}: no such folder. Give the one `medrag ask --review` filled.")
    entries = ReviewFolder(Path(folder)).entries()
    now = datetime.now(timezone.utc)
    for entry in entries:
        by = f" by {entry.reviewer}" if entry.reviewer else ""
        state = f"{entry.decision}ed{by}" if entry.decision else "waiting"
        if entry.expires is not None and entry.expires < now:
            state += ", expired"
        facts = f"{state}  {entry.status}, {entry.critical} critical findings"
        click.echo(f"{entry.id}  {entry.problem or facts}")
    if not entries:
        click.echo(f"No answers in {folder}.", err=True)


@command.command("show")
@click.argument("answer_id")
@_folder
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(answer_id: str, folder: str, as_json: bool) -> None:
    """Show one answer, and its sign-off where there is one."""
    from medrag.cli.card import answer_card, reviewed_card
    from medrag.review import ReviewFolder

    answers = ReviewFolder(Path(folder))
    reviewed = answers.reviewed(answer_id)
    if as_json:
        click.echo((reviewed or answers.answer(answer_id)).model_dump_json(indent=2))
    elif reviewed is not None:
        click.echo(reviewed_card(reviewed))
    else:
        click.echo(answer_card(answers.answer(answer_id)))


@command.command("sign")
@click.argument("answer_id")
@_folder
@click.option("--reviewer", required=True, help="Who decides.")
@click.option("--decision", required=True, type=click.Choice(["accept", "reject"]))
@click.option("--reason", default="", help="Why, in words; a rejection needs it.")
@click.option(
    "--override",
    "overrides",
    multiple=True,
    metavar="RULE=REASON",
    help="Why a critical finding does not stand; one for each.",
)
@audited
def sign(
    answer_id: str,
    folder: str,
    reviewer: str,
    decision: str,
    reason: str,
    overrides: tuple[str, ...],
    audit: str | None,
    audit_key: str | None,
) -> None:
    """Sign one answer: accept or reject it, by name.

    \b
    Example:
      medrag review sign 3f2a0c51d97e8b64 --folder pending --reviewer "A. Person" \\
        --decision reject --reason "the eGFR is out of date"
    """
    from medrag.review import ReviewFolder
    from medrag.review import sign as sign_answer
    from medrag.review.audit.records import review_record

    log = open_log(audit, audit_key)
    answers = ReviewFolder(Path(folder))
    reviewed = sign_answer(
        answers.answer(answer_id),
        reviewer=reviewer,
        decision="accept" if decision == "accept" else "reject",
        reason=reason,
        overrides=tuple(_override(text) for text in overrides),
    )
    if log is not None:  # first the log: what it cannot record does not happen
        log.append("review", review_record(reviewed))
    answers.record(reviewed)
    expires = reviewed.review.expires
    click.echo(f"{decision}ed by {reviewer}; it counts until {expires:%Y-%m-%d %H:%M} UTC")


@command.command("export")
@click.argument("answer_id")
@_folder
@audited
def export(answer_id: str, folder: str, audit: str | None, audit_key: str | None) -> None:
    """Print what a signed answer allows to act on, as JSON.

    Refused without a valid sign-off.
    """
    from medrag.errors import NotReviewedError
    from medrag.review import ReviewFolder, actionable
    from medrag.review.audit.records import export_record

    log = open_log(audit, audit_key)
    reviewed = ReviewFolder(Path(folder)).reviewed(answer_id)
    if reviewed is None:
        raise NotReviewedError(
            f"Answer {answer_id} has no sign-off. Run: medrag review sign {answer_id}"
        )
    released = actionable(reviewed)
    if log is not None:  # before anything leaves
        log.append("export", export_record(reviewed))
    click.echo(json.dumps(released, ensure_ascii=False, indent=2))


def _override(text: str) -> Override:
    rule_id, separator, reason = text.partition("=")
    if not separator or not reason.strip():
        raise click.UsageError(f"--override takes RULE=REASON, found {rule_id!r} without a reason.")
    return Override(rule_id=rule_id.strip(), reason=reason.strip())
