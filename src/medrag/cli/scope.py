"""`medrag scope`: whether a question is answered, an emergency, or refused."""

from __future__ import annotations

import click

from medrag.cli.jsonlines import read_lines, write_lines
from medrag.cli.progress import watched
from medrag.core.scope import Locality, ScopeDecision


@click.command("scope")
@click.argument("question", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--cases", metavar="IN.jsonl", help='Lines of {"id","text"}.')
@click.option("--out", metavar="OUT.jsonl", help="Where --cases writes; - is standard output.")
@click.option("--locality", metavar="FILE", help="TOML file: number, poison_line, crisis_line.")
def command(
    question: str | None, as_json: bool, cases: str | None, out: str | None, locality: str | None
) -> None:
    """Say whether QUESTION is answered, is an emergency, or is refused, and why.

    \b
    Examples:
      medrag scope "Which dose of adrenaline is given in anaphylaxis?"
      medrag scope --cases in.jsonl --out out.jsonl

    Rules decide, offline; docs/model-governance.md says what they are for and where they end.
    """
    if (question is None) == (cases is None):
        raise click.UsageError("give either QUESTION or --cases IN.jsonl with --out OUT.jsonl.")
    if cases is not None:
        if out is None:
            raise click.UsageError("--cases needs --out OUT.jsonl.")
        _decide_cases(cases, out)
        return
    _decide(str(question), locality, as_json=as_json)


def _decide_cases(cases: str, out: str) -> None:
    from medrag.review.scope import scope_cases

    items = watched([item for _, item in read_lines(cases)], "deciding", "question", out=out)
    count = write_lines(out, scope_cases(items))
    click.echo(f"{count} questions decided", err=True)


def _decide(question: str, locality: str | None, *, as_json: bool) -> None:
    from medrag.review.scope import scope

    decision = scope(question, locality=_place(locality))
    click.echo(decision.model_dump_json(indent=2) if as_json else _card(decision))


def _place(path: str | None) -> Locality:
    from pathlib import Path

    from medrag.config import read_toml

    return Locality() if path is None else read_toml(Path(path), Locality, "locality key")


def _card(decision: ScopeDecision) -> str:
    from medrag.core.answer import DISCLAIMER

    head = decision.decision.upper()
    if decision.decision != "answer":
        head = f"{head} ({decision.kind})"
    said = [head, decision.reason, *([decision.instruction] if decision.instruction else [])]
    return "\n".join([*said, "", DISCLAIMER])
