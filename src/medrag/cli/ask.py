"""`medrag ask`: a checked answer to one question, or to a file of cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medrag.cli.answers import fields_of
from medrag.cli.jsonlines import (
    need,
    read_json,
    read_lines,
    refuse_misspelled,
    write_lines,
    write_text,
)
from medrag.cli.progress import watched
from medrag.cli.recording import audited, content_recorded, open_log, open_recorder
from medrag.config import Settings
from medrag.core.patient import read_patient
from medrag.core.query import Filters, Query
from medrag.errors import InputError

if TYPE_CHECKING:
    from medrag.core.answer import CheckedAnswer, Claim
    from medrag.core.prompt import Prompt
    from medrag.pipeline.engine import QueryEngine
    from medrag.privacy import Deidentifier
    from medrag.review.approval import Approval


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
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="The most processes that answer --cases by extraction; one for each core where it pays.",
)
@click.option("--identity", metavar="FHIR.json", help="FHIR Patient whom the question is about.")
@click.option(
    "--vault", metavar="FILE", help="Keep surrogates there; turn them back on the screen."
)
@click.option("--vault-key", metavar="FILE", help="Key of the vault, or of the date shift alone.")
@click.option("--approved", metavar="FILE", help="Answer only as `medrag models approve` says.")
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
    jobs: int | None,
    identity: str | None,
    vault: str | None,
    vault_key: str | None,
    approved: str | None,
    audit: str | None,
    audit_key: str | None,
    audit_old_key: tuple[str, ...],
    audit_content: str | None,
    content_key: str | None,
) -> None:
    """Answer a question with verified quotations and a checked result.

    With --stream the claims come first, one by one as their quotations verify, then the whole
    answer, which decides. With --stream --json each of them is one line.

    Identifiers are taken out of question and patient facts before anything else sees them. With
    --identity those of one patient are known wherever they stand; with --vault their surrogates
    are turned back in what a person reads here, never in JSON or in files.

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
    deidentifier = _deidentifier(identity, vault, vault_key)
    said = deidentifier.relink if deidentifier is not None and vault is not None else str
    facts = read_patient(read_json(patient), where=patient) if patient else None
    filters = Filters(as_of=as_of.date() if as_of else None)
    chosen = Settings.load(Path(settings)) if settings else Settings()
    with Index.open(index_dir, preload=True) as index:
        engine = QueryEngine(
            index,
            llm=llm,
            settings=chosen,
            deidentifier=deidentifier,
            recorder=recorder,
            approval=_approval(approved),
        )
        if cases is not None:
            count = write_lines(str(out), _answer_cases(engine, cases, filters, jobs, str(out)))
            click.echo(f"{count} questions answered", err=True)
            return
        if prompt:
            asked = engine.prompt(str(question), patient=facts, filters=filters)
            _print_prompt(asked, as_json=as_json)
            return
        show = _print_claim_line if as_json else partial(_print_claim, said=said)
        traced = engine.traced(
            str(question), patient=facts, filters=filters, on_claim=show if stream else None
        )
    if trace is not None:
        write_text(trace, [traced.trace.model_dump_json(indent=2)])
    if review is not None:
        from medrag.review import ReviewFolder

        ReviewFolder(Path(review)).add(traced.answer)
    if as_json:
        _print_json(traced.answer, is_line=stream)
    else:
        _print_card(traced.answer, said=said, review=review)


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


def _deidentifier(
    identity: str | None, vault: str | None, vault_key: str | None
) -> Deidentifier | None:
    """Return what takes identifiers out; None for the engine's own."""
    if vault is not None and vault_key is None:
        raise click.UsageError("--vault needs --vault-key FILE.")
    if identity is None and vault_key is None:
        return None
    from medrag.cli.identifying import open_deidentifier

    return open_deidentifier(identity, vault, vault_key)


def _approval(path: str | None) -> Approval | None:
    from medrag.review.approval import Approval

    return Approval.load(Path(path)) if path is not None else None


def _print_claim(claim: Claim, *, said: Callable[[str], str]) -> None:
    from medrag.cli.card import claim_card

    click.echo(said(claim_card(claim)) + "\n")


def _print_claim_line(claim: Claim) -> None:
    click.echo(json.dumps({"claim": claim.model_dump(mode="json")}, ensure_ascii=False))


def _print_json(answer: CheckedAnswer, *, is_line: bool) -> None:
    shown = {"answer": fields_of(answer)} if is_line else fields_of(answer)
    click.echo(json.dumps(shown, ensure_ascii=False, indent=None if is_line else 2))


def _print_card(answer: CheckedAnswer, *, said: Callable[[str], str], review: str | None) -> None:
    from medrag.cli.card import answer_card

    click.echo(said(answer_card(answer)))
    if review is not None:
        click.echo(f"Sign off: medrag review sign {answer.digest[:16]} --folder {review} --help")
    click.echo("The same as JSON: add --json")


def _answer_cases(
    engine: QueryEngine, cases: str, filters: Filters, jobs: int | None, out: str
) -> Iterator[dict[str, Any]]:
    lines = list(read_lines(cases))
    asked = [_query(place, item, filters) for place, item in lines]
    done = engine.query_all(asked, jobs=jobs)
    seen = watched(done, "answering", "question", total=len(asked), out=out)
    for (_, item), answer in zip(lines, seen, strict=True):
        yield {"id": item.get("id"), "answer": fields_of(answer)}


def _query(place: str, item: dict[str, Any], filters: Filters) -> Query:
    refuse_misspelled(item, ("id", "question", "patient"), place)
    facts = read_patient(item.get("patient"), where=place)
    question = need(item, "question", place)
    if not question.strip():
        raise InputError(f"{place}: the question is blank. Ask something.")
    return Query(text=question, filters=filters, patient=facts)
