"""`medrag ask`: a checked answer to one question, or to a file of cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medrag.cli.jsonlines import (
    need,
    read_json,
    read_lines,
    refuse_misspelled,
    write_lines,
    write_text,
)
from medrag.cli.recording import audited, content_recorded, open_log, open_recorder
from medrag.config import Settings
from medrag.core.patient import read_patient
from medrag.core.query import Filters, Query
from medrag.errors import InputError

if TYPE_CHECKING:
    from medrag.core.answer import CheckedAnswer, Claim
    from medrag.core.prompt import Prompt
    from medrag.pipeline.engine import QueryEngine

_SIDE_BY_SIDE = 16
"""Cases whose replies a model may decode together; they are written out as each lot is done."""


@click.command("ask")
@click.argument("question", required=False)
@click.option("--index", "index_dir", required=True, metavar="DIR", help="Index to answer from.")
@click.option("--patient", metavar="FILE", help="JSON file of the patient's facts.")
@click.option(
    "--llm",
    help="What answers: a name, the URL of an OpenAI-compatible server, or a model's folder. "
    "Default: that of the settings, extractive.",
)
@click.option("--settings", metavar="FILE", help="TOML file of settings.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day on which sources must be in force."
)
@click.option("--stream", is_flag=True, help="Show each claim as soon as it is verified.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--prompt", is_flag=True, help="Print what would be asked, and ask nothing.")
@click.option("--trace", metavar="FILE", help="Write how the answer came about, as JSON.")
@click.option("--review", metavar="DIR", help="Keep the answer in DIR, for `medrag review`.")
@click.option("--cases", metavar="IN.jsonl", help='Lines of {"id","question","patient"?}.')
@click.option("--out", metavar="OUT.jsonl", help="Where --cases writes; - is standard output.")
@audited
@content_recorded
def command(
    question: str | None,
    index_dir: str,
    patient: str | None,
    llm: str | None,
    settings: str | None,
    as_of: datetime | None,
    stream: bool,
    as_json: bool,
    prompt: bool,
    trace: str | None,
    review: str | None,
    cases: str | None,
    out: str | None,
    audit: str | None,
    audit_key: str | None,
    audit_old_key: tuple[str, ...],
    audit_content: str | None,
    content_key: str | None,
) -> None:
    """Answer a question with verified quotations and a checked result.

    With --stream the claims come first, one by one as their quotations verify, then the whole
    answer, which decides. With --stream --json each of them is one line.

    \b
    Examples:
      medrag ask "Metformin with an eGFR of 38?" --index guidelines.index --patient patient.json
      medrag ask "Metformin with an eGFR of 38?" --index guidelines.index --stream
      medrag ask --cases questions.jsonl --index guidelines.index --out answers.jsonl
    """
    _refuse_mixtures(question, cases, out, once=stream or prompt or trace is not None)
    from medrag.pipeline.engine import QueryEngine
    from medrag.pipeline.index import Index

    log = open_log(audit, audit_key, audit_old_key)
    recorder = open_recorder(log, audit_content, content_key)
    facts = read_patient(read_json(patient), where=patient) if patient else None
    filters = Filters(as_of=as_of.date() if as_of else None)
    chosen = Settings.load(Path(settings)) if settings else Settings()
    with Index.open(Path(index_dir), preload=True) as index:
        engine = QueryEngine(index, llm=llm, settings=chosen, recorder=recorder)
        if cases is not None:
            count = write_lines(str(out), _answer_cases(engine, cases, filters))
            click.echo(f"{count} questions answered", err=True)
            return
        if prompt:
            asked = engine.prompt(str(question), patient=facts, filters=filters)
            _print_prompt(asked, as_json=as_json)
            return
        show = _print_claim_line if as_json else _print_claim
        traced = engine.traced(
            str(question), patient=facts, filters=filters, on_claim=show if stream else None
        )
    if trace is not None:
        write_text(trace, [traced.trace.model_dump_json(indent=2)])
    _show(traced.answer, as_json=as_json, lines=stream, review=review)


def _refuse_mixtures(
    question: str | None, cases: str | None, out: str | None, *, once: bool
) -> None:
    if (question is None) == (cases is None):
        raise click.UsageError("give either QUESTION or --cases IN.jsonl with --out OUT.jsonl.")
    if cases is not None and out is None:
        raise click.UsageError("--cases needs --out OUT.jsonl.")
    if cases is not None and once:
        raise click.UsageError("--stream, --prompt and --trace are for one QUESTION, not --cases.")


def _print_prompt(prompt: Prompt, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(prompt.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    if not prompt.hits:
        click.echo("Nothing would be asked: ask without --prompt to see why.")
        return
    for message in prompt.messages:
        click.echo(message.content)


def _print_claim(claim: Claim) -> None:
    from medrag.cli.card import claim_card

    click.echo(claim_card(claim) + "\n")


def _print_claim_line(claim: Claim) -> None:
    click.echo(json.dumps({"claim": claim.model_dump(mode="json")}, ensure_ascii=False))


def _show(answer: CheckedAnswer, *, as_json: bool, lines: bool, review: str | None) -> None:
    if review is not None:
        from medrag.review import ReviewFolder

        ReviewFolder(Path(review)).add(answer)
    if as_json:
        shown = {"answer": _as_json(answer)} if lines else _as_json(answer)
        click.echo(json.dumps(shown, ensure_ascii=False, indent=None if lines else 2))
        return
    from medrag.cli.card import answer_card

    click.echo(answer_card(answer))
    if review is not None:
        click.echo(f"Sign off: medrag review sign {answer.digest[:16]} --folder {review} --help")
    click.echo("The same as JSON: add --json")


def _answer_cases(engine: QueryEngine, cases: str, filters: Filters) -> Iterator[dict[str, Any]]:
    lines = read_lines(cases)
    while batch := list(islice(lines, _SIDE_BY_SIDE)):
        answers = engine.query_many([_query(place, item, filters) for place, item in batch])
        for (_, item), answer in zip(batch, answers, strict=True):
            yield {"id": item.get("id"), "answer": _as_json(answer)}


def _query(place: str, item: dict[str, Any], filters: Filters) -> Query:
    refuse_misspelled(item, ("id", "question", "patient"), place)
    facts = read_patient(item.get("patient"), where=place)
    question = need(item, "question", place)
    if not question.strip():
        raise InputError(f"{place}: the question is blank. Ask something.")
    return Query(text=question, filters=filters, patient=facts)


def _as_json(answer: CheckedAnswer) -> dict[str, Any]:
    return {"digest": answer.digest, **answer.model_dump(mode="json")}
