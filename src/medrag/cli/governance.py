"""`medrag models card` and `medrag models approve`: what was used, and what may be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from medrag.cli.answers import read_answer
from medrag.cli.jsonlines import read_lines, write_text

if TYPE_CHECKING:
    from medrag.core.answer import Versions

_PROBE = "What is recommended?"
"""Asked once, to hear from an answer what it was made with; the answer itself is not kept."""


@click.command("card")
@click.option(
    "--answers", required=True, metavar="FILE", help="What `medrag ask --cases` wrote: one run."
)
@click.option("--out", default="-", metavar="FILE.md", help="Default: standard output.")
def card(answers: str, out: str) -> None:
    """Write the model card of a configuration, filled from a run.

    \b
    Example:
      medrag ask --cases questions.jsonl --index guidelines.index --out answers.jsonl
      medrag models card --answers answers.jsonl --out model-card.md
    """
    from medrag.generation.terms import notice_for
    from medrag.review.model_card import model_card

    form = 'expected {"id", "answer"} as `medrag ask --cases` writes it.'
    given = [
        read_answer(item.get("answer"), f"{place}: {form}") for place, item in read_lines(answers)
    ]
    notice = notice_for(given[0].versions.model) if given else None
    write_text(out, [model_card(given, notice=notice)])


@click.command("approve")
@click.option("--index", "index_dir", required=True, metavar="DIR", help="Index to answer from.")
@click.option("--llm", help="What answers, as in `medrag ask`.")
@click.option("--settings", metavar="FILE", help="TOML file of settings.")
@click.option("--by", required=True, metavar="NAME", help="Who approves.")
@click.option(
    "--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day on which it counts."
)
@click.option(
    "--generations",
    type=click.Choice(["exact", "content", "any"]),
    default="exact",
    show_default=True,
    help="Which index: this generation, the same content, or any.",
)
@click.option("--note", default="", help="Why, for people.")
@click.option("--out", required=True, metavar="FILE.toml", help="The approval.")
def approve(
    index_dir: str,
    llm: str | None,
    settings: str | None,
    by: str,
    until: datetime,
    generations: str,
    note: str,
    out: str,
) -> None:
    """Write down that a configuration is approved: model, index, prompt, rules, settings.

    What is approved is what an answer of this configuration says it was made with: one question
    is asked to hear it.

    \b
    Example:
      medrag models approve --index guidelines.index --by "Dr. Example" --until 2027-06-30 \\
        --out approval.toml
    """
    from medrag.review.approval import Approval, IndexRule, scope_version

    rule: IndexRule = next(r for r in get_args(IndexRule) if r == generations)
    approval = Approval(
        by=by,
        until=until.date(),
        versions=_versions(index_dir, llm, settings),
        index=rule,
        scope=scope_version(),
        note=note,
    )
    write_text(out, [approval.toml()])
    click.echo(f"{out}: approved until {approval.until} by {by}", err=True)


def _versions(index_dir: str, llm: str | None, settings: str | None) -> Versions:
    from medrag.checker import check
    from medrag.config import Settings
    from medrag.pipeline.engine import QueryEngine
    from medrag.pipeline.index import Index

    chosen = Settings.load(Path(settings)) if settings else Settings()
    with Index.open(index_dir) as index:
        versions = QueryEngine(index, llm=llm, settings=chosen).query(_PROBE).versions
    # Where the answer has no claims no rule ran; the rule set is the same for every text.
    return versions.model_copy(update={"rules": check("").rule_set})
