"""`medrag check`: the checker over a text, or over a file of cases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.cli import EXIT_GATE
from medrag.cli.jsonlines import read_json, read_lines, read_text, write_lines
from medrag.cli.progress import watched
from medrag.core.finding import CheckReport, Severity, gravity
from medrag.core.patient import read_patient

if TYPE_CHECKING:
    from medrag.checker import Policy


@click.command("check")
@click.option("--answer", metavar="FILE|-", help="Text to check; - reads standard input.")
@click.option("--patient", metavar="FILE", help="JSON file of the patient's facts.")
@click.option("--question", default="", metavar="TEXT", help="The question that it answers.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--cases", metavar="IN.jsonl", help='Lines of {"id","text","patient"?,"quotes"?}.')
@click.option("--out", metavar="OUT.jsonl", help="Where --cases writes; - is standard output.")
@click.option("--policy", metavar="FILE", help="TOML file of the institution's policy.")
@click.option(
    "--fail-on",
    type=click.Choice(["warning", "critical"]),
    help="With --answer: exit with 1 where a finding is at least this severe.",
)
def command(
    answer: str | None,
    patient: str | None,
    question: str,
    as_json: bool,
    cases: str | None,
    out: str | None,
    policy: str | None,
    fail_on: Severity | None,
) -> int:
    """Check the medication and laboratory content of a text.

    \b
    Examples:
      medrag check --answer answer.txt --patient patient.json
      medrag check --answer answer.txt --question "Which antibiotic in pregnancy?"
      echo "Give digoxin 1.25 mg daily." | medrag check --answer -
      medrag check --cases in.jsonl --out out.jsonl

    Exit status: 0 done, 1 a finding at or above --fail-on, 2 bad input.
    """
    if (answer is None) == (cases is None):
        raise click.UsageError(
            "give either --answer FILE or --cases IN.jsonl with --out OUT.jsonl."
        )
    from medrag.checker import load_policy

    decided = load_policy(Path(policy)) if policy else None
    if cases is not None:
        if out is None:
            raise click.UsageError("--cases needs --out OUT.jsonl.")
        _check_cases(cases, out, decided)
        return 0
    report = _report(str(answer), patient, question, decided)
    click.echo(report.model_dump_json(indent=2) if as_json else _card(report))
    worst = max((gravity(finding.severity) for finding in report.findings), default=-1)
    return EXIT_GATE if fail_on is not None and worst >= gravity(fail_on) else 0


def _check_cases(cases: str, out: str, policy: Policy | None) -> None:
    from medrag.checker import check_cases

    items = watched([item for _, item in read_lines(cases)], "checking", "case", out=out)
    count = write_lines(out, check_cases(items, policy=policy))
    click.echo(f"{count} cases checked", err=True)


def _report(answer: str, patient: str | None, question: str, policy: Policy | None) -> CheckReport:
    from medrag.checker import check

    facts = read_patient(read_json(patient), where=patient) if patient else None
    return check(read_text(answer), facts, asked=question, policy=policy)


def _card(report: CheckReport) -> str:
    from medrag.cli.card import report_card
    from medrag.core.answer import DISCLAIMER

    return f"{report_card(report.findings, report.not_checked)}\n\n{DISCLAIMER}"
