"""`medrag eval`: one file per command, each loaded only when it is asked for."""

from __future__ import annotations

import click

from medrag.cli import LazyGroup


class _Commands(LazyGroup):
    package = "medrag.cli.eval"
    told = {  # noqa: RUF012 - declared a Mapping by the class above
        "adverse": "Draft cases of what reviewers rejected or overrode.",
        "compare": "Compare two runs, what became worse first, and hold them to gates.",
        "import": "Make a judged set of an evaluation set in another format.",
        "lint": "Find what a judged set refers to and an index no longer holds.",
        "new": "Draft a judged set from an index.",
        "report": "Write runs as a page for people, and as JUnit XML for CI.",
        "retrieval": "Measure retrieval on a judged set in the layout of BEIR.",
        "run": "Ask every case of a judged set and measure the answers.",
        "trend": "Draw many runs over time.",
    }
    in_module = {"generation": "run", "import": "importing"}  # noqa: RUF012 - as above


@click.command("eval", cls=_Commands)
def command() -> None:
    """Measure an index, a model, a prompt or the rules on judged questions.

    \b
    Examples:
      medrag eval run examples/northfield.yaml --index guidelines.index --out runs/first
      medrag eval compare runs/first runs/second
    """
