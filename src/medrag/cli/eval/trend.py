"""`medrag eval trend`: many runs over time."""

from __future__ import annotations

from pathlib import Path

import click

from medrag.cli.jsonlines import write_text


@click.command("trend")
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True)
@click.option(
    "--out", default="trend.html", show_default=True, metavar="FILE.html", help="The page."
)
def command(folders: tuple[str, ...], out: str) -> None:
    """Draw every run in FOLDER and below it over time, and say what changed between them.

    \b
    Example:
      medrag eval trend runs/

    Exit status: 0 done, 2 bad input.
    """
    from medrag.evaluation.reports import past_runs, trend

    runs = past_runs([Path(folder) for folder in folders])
    write_text(out, [trend(runs)])
    click.echo(f"{out}: {len(runs)} runs")
