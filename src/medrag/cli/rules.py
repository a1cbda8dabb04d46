"""`medrag rules`: what the checker knows, tested and explained."""

from __future__ import annotations

import json
from pathlib import Path

import click

from medrag.cli import EXIT_GATE
from medrag.cli.completing import rule_ids
from medrag.cli.progress import watched


@click.group("rules")
def command() -> None:
    """List, test, lint and show the checker's rules.

    \b
    Examples:
      medrag rules list
      medrag rules show MED101
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_rules(as_json: bool) -> None:
    """List every rule: id, categories and what it looks for.

    \b
    Example:
      medrag rules list
    """
    from medrag.checker import rules

    rows = [{"id": rule.id, "title": rule.title, "category": rule.category} for rule in rules()]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['category']}: {row['title']}")


@command.command("test")
@click.argument("rule_id", required=False, shell_complete=rule_ids)
def test_rules(rule_id: str | None) -> int:
    """Run every case in the tables, or the cases of one rule.

    \b
    Examples:
      medrag rules test
      medrag rules test MED101

    Exit status: 0 all pass, 1 a case fails, 2 no such rule.
    """
    from medrag.checker import run_cases

    results = run_cases(rule_id, watch=lambda items: watched(items, "testing", "case"))
    failed = [result for result in results if not result.passed]
    for result in failed:
        click.echo(f"FAILED {result.case.rule_id}: {result.problem}: {result.case.text}")
    click.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return EXIT_GATE if failed else 0


@command.command("lint")
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Look at an institution's policy too: its rows, overrides and suspensions.",
)
def lint_rules(policy_file: Path | None) -> int:
    """Find rows without a reference, contradictory limits and rules without cases.

    \b
    Examples:
      medrag rules lint
      medrag rules lint --policy policy.toml

    Exit status: 0 nothing found, 1 something to mend, 2 a policy that cannot be loaded.
    """
    from medrag.checker import lint, load_policy

    problems = lint(load_policy(policy_file) if policy_file is not None else None)
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} to mend")
    return EXIT_GATE if problems else 0


@command.command("show")
@click.argument("rule_id", shell_complete=rule_ids)
def show_rule(rule_id: str) -> None:
    """Show one rule: why it exists, its sources and its cases.

    \b
    Example:
      medrag rules show MED101
    """
    from medrag.checker import describe

    click.echo(describe(rule_id))
