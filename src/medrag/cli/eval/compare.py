"""`medrag eval compare`: two runs, what became worse first, and whether the gates are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.cli import EXIT_GATE

if TYPE_CHECKING:
    from medrag.evaluation.comparing import Change, Comparison, Flip

_LISTED = 20


@click.command("compare")
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--gates",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="TOML file of what metrics may be, and how far they may drop.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(first: Path, second: Path, gates: Path | None, as_json: bool) -> int:
    """Compare run B with run A of the same set: what became worse is told first.

    Every metric is compared over the cases that define it in both runs, by a paired
    randomization test corrected after Holm over all metrics that are shares. A gate file names
    the least or most that a metric may be and how far it may drop. Besides, anything that became
    significantly worse fails, and a text for the checker that turned wrong, and a case that newly
    shows what was judged wrong or does harm.

    \b
    Examples:
      medrag eval compare runs/may runs/june
      medrag eval compare runs/may runs/june --gates gates.toml --json

    Exit status: 0 the gates are kept, 1 one failed, 2 bad input.
    """
    from medrag.evaluation import Run
    from medrag.evaluation.comparing import compare
    from medrag.evaluation.gates import read_gates

    kept = read_gates(gates) if gates else None
    found = compare(Run.load(first), Run.load(second), kept)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        _show(found)
    return 0 if found.passed else EXIT_GATE


def _show(found: Comparison) -> None:
    click.echo(f"{found.cases} cases in both runs")
    for name, count in (("A", len(found.only_first)), ("B", len(found.only_second))):
        if count:
            click.echo(f"  {count} more in {name} only, not compared")
    if found.rewritten:
        click.echo(f"  {len(found.rewritten)} asked otherwise under the same id, not compared")
    one, other = found.first.model_dump(), found.second.model_dump()
    for name in found.differs:
        click.echo(f"  {name}: {_told(one[name])} -> {_told(other[name])}")
    worse = [change for change in found.changes if change.gain < 0]
    better = [change for change in reversed(found.changes) if change.gain > 0]
    _show_changes("worse", worse)
    _show_changes("better", better)
    click.echo(f"the same: {len(found.changes) - len(worse) - len(better)} metrics")
    _show_flips("right before, wrong now", [flip for flip in found.flips if flip.lost])
    if found.harmed:
        click.echo(f"newly harmful: {', '.join(found.harmed)}")
    _show_flips("wrong before, right now", [flip for flip in found.flips if not flip.lost])
    for line in found.failed:
        click.echo(f"FAILED: {line}")
    if found.passed:
        click.echo("passed")


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _show_changes(title: str, changes: Sequence[Change]) -> None:
    if changes:
        click.echo(f"{title}:")
    for change in changes:
        p = "" if change.p_holm is None else f"  p {change.p_holm:.3f}"
        click.echo(
            f"  {change.metric:<24}{change.first:>8.3f} -> {change.second:<8.3f}"
            f"{change.difference:+.3f} [{change.low:+.3f}, {change.high:+.3f}]{p}  n {change.n}"
        )


def _show_flips(title: str, flips: Sequence[Flip]) -> None:
    if flips:
        click.echo(f"{title}: {len(flips)}")
    for flip in flips[:_LISTED]:
        turned = "" if flip.before == flip.after else f"{flip.before} -> {flip.after}; "
        click.echo(f"  {flip.id}: {turned}{', '.join(flip.faults)}")
    if len(flips) > _LISTED:
        click.echo(f"  and {len(flips) - _LISTED} more; --json lists all")
