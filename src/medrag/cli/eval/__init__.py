"""`medrag eval`: one file per command, each loaded only when it is asked for."""

from __future__ import annotations

import click

from medrag.cli import LazyGroup


class _Commands(LazyGroup):
    package = "medrag.cli.eval"
    told = {  # noqa: RUF012 - declared a Mapping by the class above
        "adverse": "Draft cases of what reviewers rejected or overrode.",
        "compare": "Compare two runs, what became worse first, and hold them to gates.",
        "report": "Write runs as a page for people, and as JUnit XML for CI.",
        "retrieval": "Measure retrieval on a judged set in the layout of BEIR.",
        "run": "Ask every case of a judged set and measure the answers.",
        "trend": "Draw many runs over time.",
    }

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; `generation` is the former name of `run`."""
        return super().get_command(ctx, "run" if cmd_name == "generation" else cmd_name)


@click.command("eval", cls=_Commands)
def command() -> None:
    """Measure an index, a model, a prompt or the rules on judged questions."""
