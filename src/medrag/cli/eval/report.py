"""`medrag eval report`: runs as pages for people and as XML for CI."""

from __future__ import annotations

from pathlib import Path

import click

from medrag.cli.jsonlines import write_text
from medrag.errors import InputError


@click.command("report")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--out",
    metavar="FILE.html",
    help="The page. Default: report.html in RUN, comparison.html here for several.",
)
@click.option(
    "--worst",
    type=click.IntRange(0),
    default=40,
    show_default=True,
    metavar="N",
    help="How many cases are shown with their answers.",
)
@click.option("--junit", "xml", metavar="FILE.xml", help="Write the verdicts for CI as well.")
@click.option(
    "--against",
    metavar="RUN",
    help="Earlier run: in XML, what was wrong there is skipped, and what became worse fails.",
)
@click.option("--gates", metavar="FILE", help="TOML file of thresholds, each a test in the XML.")
def command(
    runs: tuple[str, ...],
    out: str | None,
    worst: int,
    xml: str | None,
    against: str | None,
    gates: str | None,
) -> None:
    """Write a run as one page: gates, figures, groups, worst cases, what it depends on.

    Several runs of one judged set become a page that has them side by side, with what answers
    cost and the cases in which they differ. A page needs nothing beside it and runs no script.
    It holds questions, patient facts and answers: keep it where those may be.

    The XML is JUnit's, with a test for each gate and each case; it holds no words of a case.

    \b
    Examples:
      medrag eval report runs/june
      medrag eval report runs/extractive runs/medgemma-27b --out models.html
      medrag eval report runs/new --junit junit.xml --against runs/released

    Exit status: 0 done, 2 bad input. `medrag eval run` and `medrag eval compare` are the gates.
    """
    from medrag.evaluation.gates import read_gates
    from medrag.evaluation.reports import junit, report, side_by_side
    from medrag.evaluation.run import Run

    loaded = [Run.load(Path(folder)) for folder in runs]
    if xml is not None and len(loaded) > 1:
        raise InputError("--junit is of one run. Give one, or leave --junit out.")
    if xml is None and (against is not None or gates is not None):
        raise InputError(
            "--against and --gates are for --junit. `medrag eval compare` compares two runs."
        )
    if len(loaded) > 1:
        page, place = side_by_side(loaded), out or "comparison.html"
    else:
        page, place = report(loaded[0], most=worst), out or str(loaded[0].folder / "report.html")
    write_text(place, [page])
    click.echo(place)
    if xml is not None:
        before = Run.load(Path(against)) if against else None
        kept = read_gates(Path(gates)) if gates else None
        write_text(xml, [junit(loaded[0], before, kept=kept)])
        click.echo(xml)
