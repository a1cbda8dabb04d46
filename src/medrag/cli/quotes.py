"""`medrag quotes`: the quotation gate over a file of cases."""

from __future__ import annotations

import click

from medrag.cli.jsonlines import read_lines, write_lines
from medrag.cli.progress import watched


@click.group("quotes")
def command() -> None:
    """Verify quotations against passages.

    \b
    Example:
      medrag quotes verify --cases in.jsonl --out out.jsonl
    """


@command.command("verify")
@click.option(
    "--cases", required=True, metavar="IN.jsonl", help='Lines of {"id","quote","passage"}.'
)
@click.option("--out", required=True, metavar="OUT.jsonl", help="- is standard output.")
def verify(cases: str, out: str) -> None:
    """Say of each quotation whether it stands in its passage, and where.

    Writes one line a case: id, status (exact, normalized, clipped, altered, ambiguous,
    not_found; only the first two are verified), span, the source's own text, and what differs.

    \b
    Example:
      medrag quotes verify --cases in.jsonl --out out.jsonl
    """
    from medrag.quotes import verify_cases

    items = watched([item for _, item in read_lines(cases)], "verifying", "quotation", out=out)
    count = write_lines(out, verify_cases(items))
    click.echo(f"{count} quotations verified", err=True)
