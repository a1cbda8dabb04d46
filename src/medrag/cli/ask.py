"""`medrag ask`: a checked answer to one question, or to a file of cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medrag.cli.jsonlines import (
    need,
    read_json,
    read_lines,
    refuse_misspelled,
    write_lines,
)
from medrag.core.patient import read_patient
from medrag.core.query import Filters
from medrag.errors import InputError

if TYPE_CHECKING:
    from medrag.core.answer import CheckedAnswer
    from medrag.pipeline.engine import QueryEngine


@click.command("ask")
@click.argument("question", required=False)
@click.option("--index", "index_dir", required=True, metavar="DIR", help="Index to answer from.")
@click.option("--patient", metavar="FILE", help="JSON file of the patient's facts.")
@click.option(
    "--llm",
    default="extractive",
    show_default=True,
    help="What answers: a name, the URL of an OpenAI-compatible server, or a model's folder.",
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day on which sources must be in force."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--review", metavar="DIR", help="Keep the answer in DIR, for `medrag review`.")
@click.option("--cases", metavar="IN.jsonl", help='Lines of {"id","question","patient"?}.')
@click.option("--out", metavar="OUT.jsonl", help="Where --cases writes; - is standard output.")
def command(
    question: str | None,
    index_dir: str,
    patient: str | None,
    llm: str,
    as_of: datetime | None,
    as_json: bool,
    review: str | None,
    cases: str | None,
    out: str | None,
) -> None:
    """Answer a question with verified quotations and a checked result.

    \b
    Examples:
      medrag ask "Metformin with an eGFR of 38?" --index guidelines.index --patient patient.json
      medrag ask --cases questions.jsonl --index guidelines.index --out answers.jsonl
    """
    if (question is None) == (cases is None):
        raise click.UsageError("give either QUESTION or --cases IN.jsonl with --out OUT.jsonl.")
    if cases is not None and out is None:
        raise click.UsageError("--cases needs --out OUT.jsonl.")
    from medrag.pipeline.engine import QueryEngine
    from medrag.pipeline.index import Index

    facts = read_patient(read_json(patient), where=patient) if patient else None
    filters = Filters(as_of=as_of.date() if as_of else None)
    with Index.open(Path(index_dir), preload=True) as index:
        engine = QueryEngine(index, llm=llm)
        if cases is not None:
            count = write_lines(str(out), _answer_cases(engine, cases, filters))
            click.echo(f"{count} questions answered", err=True)
            return
        answer = engine.query(str(question), patient=facts, filters=filters)
    _show(answer, as_json=as_json, review=review)


def _show(answer: CheckedAnswer, *, as_json: bool, review: str | None) -> None:
    if review is not None:
        from medrag.review import ReviewFolder

        ReviewFolder(Path(review)).add(answer)
    if as_json:
        click.echo(json.dumps(_as_json(answer), ensure_ascii=False, indent=2))
        return
    from medrag.cli.card import answer_card

    click.echo(answer_card(answer))
    if review is not None:
        click.echo(f"Sign off: medrag review sign {answer.digest[:16]} --folder {review} --help")
    click.echo("The same as JSON: add --json")


def _answer_cases(engine: QueryEngine, cases: str, filters: Filters) -> Iterator[dict[str, Any]]:
    for place, item in read_lines(cases):
        refuse_misspelled(item, ("id", "question", "patient"), place)
        facts = read_patient(item.get("patient"), where=place)
        question = need(item, "question", place)
        if not question.strip():
            raise InputError(f"{place}: the question is blank. Ask something.")
        answer = engine.query(question, patient=facts, filters=filters)
        yield {"id": item.get("id"), "answer": _as_json(answer)}


def _as_json(answer: CheckedAnswer) -> dict[str, Any]:
    return {"digest": answer.digest, **answer.model_dump(mode="json")}
