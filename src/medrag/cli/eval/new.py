"""`medrag eval new`: draft cases from an index."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from medrag.cli.eval.writing import write_set
from medrag.errors import InputError


@click.command("new")
@click.option(
    "--index",
    "index_dir",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Index to draft from.",
)
@click.option("--out", required=True, metavar="FILE", help="A .yaml or .jsonl file to write.")
@click.option("-n", "--count", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--seed", default=0, show_default=True, help="Another seed, other statements.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day on which sources must be in force."
)
def command(index_dir: Path, out: str, count: int, seed: int, as_of: datetime | None) -> None:
    """Draft a judged set: places in the documents worth a question, spread over all of them.

    Every draft has the document, the words that answer, the doses in them and the editions that
    may not be quoted; the question is for a person to write, and the judgement for one to sign.

    \b
    Example:
      medrag eval new --index guidelines.index --out ours.yaml -n 100
    """
    from medrag.evaluation.drafting import draft_set
    from medrag.pipeline.index import Index

    if out != "-" and Path(out).exists():
        raise InputError(f"{out} is there already. Give the name of a file to make.")
    name = Path(out).stem if out != "-" else "draft"
    with Index.open(index_dir) as index:
        judged = draft_set(
            index, name=name, count=count, seed=seed, as_of=as_of.date() if as_of else None
        )
    write_set(out, judged)
    if out != "-":
        click.echo(f"{out}: {len(judged.cases)} drafts. Write their questions and sign them.")
