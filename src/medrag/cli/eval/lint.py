"""`medrag eval lint`: what a judged set refers to and an index no longer holds."""

from __future__ import annotations

import json
from pathlib import Path

import click

from medrag.cli import EXIT_GATE


@click.command("lint")
@click.argument("judged_set", metavar="SET", type=click.Path(path_type=Path))
@click.option(
    "--index",
    "index_dir",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Index that the set is about.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(judged_set: Path, index_dir: Path, as_json: bool) -> int:
    """Find broken references of SET: what it names and the index no longer holds.

    Documents that are gone or not in force, passages that were cut anew, quotations and spans
    that no longer stand in their documents word for word, findings that no rule has. Cases that
    nobody signed are noted.

    \b
    Example:
      medrag eval lint examples/northfield.yaml --index guidelines.index

    Exit status: 0 nothing is broken, 1 something is, 2 bad input.
    """
    from medrag.evaluation import read_set
    from medrag.evaluation.linting import lint
    from medrag.pipeline.index import Index

    judged = read_set(judged_set)
    with Index.open(index_dir) as index:
        problems = lint(judged, index)
    broken = [problem for problem in problems if problem.is_broken]
    if as_json:
        rows = [problem.model_dump(mode="json") for problem in problems]
        click.echo(json.dumps({"cases": len(judged.cases), "problems": rows}, indent=2))
        return EXIT_GATE if broken else 0
    for problem in broken:
        click.echo(f"{problem.case}: {problem.field}: {problem.message}")
    noted = {problem.case for problem in problems if not problem.is_broken}
    if noted:
        click.echo(f"{len(noted)} cases say nothing to expect, or who judged them and when")
    click.echo(f"{len(judged.cases)} cases, {len({p.case for p in broken})} with broken references")
    return EXIT_GATE if broken else 0
