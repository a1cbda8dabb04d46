"""`medrag eval`: one file per command, each loaded only when it is asked for."""

from __future__ import annotations

import click

from medrag.cli import LazyGroup


class _Commands(LazyGroup):
    package = "medrag.cli.eval"
    told = {  # noqa: RUF012 - declared a Mapping by the class above
        "generation": "Run the acceptance suite of an answerer and write a report.",
        "retrieval": "Measure retrieval on a judged set in the layout of BEIR.",
    }


@click.command("eval", cls=_Commands)
def command() -> None:
    """Measure an index, a model, a prompt or the rules on judged questions."""
