"""`medrag eval`: what an answerer does over a set of questions, held to stated gates."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click
from pydantic import ValidationError

from medrag.cli import EXIT_GATE
from medrag.cli.jsonlines import need, read_lines, refuse_misspelled, write_text
from medrag.config import Settings
from medrag.core.patient import read_patient
from medrag.core.query import Filters
from medrag.errors import InputError

if TYPE_CHECKING:
    from medrag.evaluation import Case, Judgement, Record, Summary

_PACKAGES = ("medrag", "torch", "transformers", "llguidance", "tokenizers", "bitsandbytes")


@click.command("generation")
@click.argument("questions", metavar="SET")
@click.option("--index", "index_dir", required=True, metavar="DIR", help="Index to answer from.")
@click.option(
    "--llm",
    default="extractive",
    show_default=True,
    help="What answers: a name, the URL of an OpenAI-compatible server, or a model's folder.",
)
@click.option(
    "--out", required=True, metavar="DIR", help="Where the run is kept; resumed if there."
)
@click.option("--judged", metavar="FILE", help='Lines of {"id","status","answers","wrong"}.')
@click.option("--settings", metavar="FILE", help="TOML file of settings.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="The first N questions only.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day on which sources must be in force."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON document.")
def command(
    questions: str,
    index_dir: str,
    llm: str,
    out: str,
    judged: str | None,
    settings: str | None,
    limit: int | None,
    as_of: datetime | None,
    as_json: bool,
) -> int:
    """Run the acceptance suite of an answerer: SET holds lines of {"id","question","patient"?}.

    With --judged the report also counts what was judged: answered or silent as it should be, a
    judged sentence quoted, one judged wrong. It is no gate.

    DIR gets records.jsonl (a line a question, without its words), answers.jsonl (the answers,
    with passages, replies and traces), summary.json and report.md. A run that was stopped goes
    on where it was; what failed is asked again.

    \b
    Examples:
      medrag eval generation examples/questions.jsonl --index guidelines.index \\
        --judged examples/judged.jsonl --llm medgemma-27b --out runs/medgemma-27b
      medrag eval generation examples/questions.jsonl --index guidelines.index \\
        --llm http://localhost:8000/v1 --out runs/server

    Exit status: 0 every gate passed, 1 a gate failed (an unverified quotation shown, a
    constrained reply that does not parse or quotes what stands nowhere, a question without an
    answer), 2 bad input.
    """
    from medrag.evaluation import evaluate, summarize
    from medrag.pipeline.engine import QueryEngine
    from medrag.pipeline.index import Index

    cases = _cases(questions, _judgements(judged) if judged else {})[:limit]
    chosen = (Settings.load(Path(settings)) if settings else Settings()).model_copy(
        update={"llm": llm}
    )
    filters = Filters(as_of=as_of.date() if as_of else None)
    with Index.open(Path(index_dir), preload=True) as index:
        engine = QueryEngine(index, settings=chosen)
        identity = {
            "set": _digest(cases),
            "index": index.generation,
            "llm": llm,
            "settings": chosen.digest,
            "as_of": str(filters.as_of),
        }
        records = evaluate(
            cases,
            engine,
            Path(out),
            identity=identity,
            filters=filters,
            seen=lambda record: _progress(record, len(cases)),
        )
    summary = summarize(records)
    _write(Path(out), summary, records, _facts(questions, identity, records), _notice(llm))
    if as_json:
        click.echo(summary.model_dump_json(indent=2))
    else:
        _show(summary, Path(out))
    return 0 if summary.passed else EXIT_GATE


def _judgements(path: str) -> dict[str, Judgement]:
    from medrag.evaluation import Judgement

    found = {}
    for place, item in read_lines(path):
        fields = {name: item[name] for name in Judgement.model_fields if name in item}
        try:
            found[need(item, "id", place)] = Judgement.model_validate(fields)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"])
            raise InputError(f"{place}: {name}: {first['msg']}.") from error
    return found


def _cases(path: str, judgements: Mapping[str, Judgement]) -> list[Case]:
    from medrag.evaluation import Case

    cases = []
    for place, item in read_lines(path):
        refuse_misspelled(item, ("id", "question", "patient"), place)
        question = need(item, "question", place)
        if not question.strip():
            raise InputError(f"{place}: the question is blank. Ask something.")
        patient = read_patient(item.get("patient"), where=place)
        name = need(item, "id", place)
        cases.append(
            Case(id=name, question=question, patient=patient, judgement=judgements.get(name))
        )
    if not cases:
        raise InputError(f'{path}: no question. Expected lines of {{"id","question","patient"?}}.')
    return cases


def _digest(cases: Sequence[Case]) -> str:
    lines = "\n".join(case.model_dump_json() for case in cases)
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _progress(record: Record, total: int) -> None:
    if sys.stderr.isatty():
        said = record.error or record.status
        click.echo(f"{record.id} (of {total}): {said}, {record.seconds:.1f} s", err=True)


def _facts(
    questions: str, identity: Mapping[str, str], records: Sequence[Record]
) -> dict[str, str]:
    """Return what the run depends on and where it ran, in the order to print."""
    known = [record.versions for record in records if record.versions is not None]
    told = {
        "model": ", ".join(sorted({versions.model for versions in known})),
        "prompt": ", ".join(sorted({versions.prompt for versions in known})),
        "rules": ", ".join(sorted({versions.rules for versions in known})),
    }
    packages = {name: installed for name in _PACKAGES if (installed := _installed(name))}
    return {
        "set": f"{Path(questions).name}, {len(records)} questions, {identity['set']}",
        "answerer": identity["llm"],
        **told,
        "index": identity["index"],
        "settings": identity["settings"],
        "as of": identity["as_of"],
        "packages": ", ".join(f"{name} {number}" for name, number in packages.items()),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _notice(llm: str) -> str | None:
    from medrag.generation.terms import notice_for

    return notice_for(llm)


def _write(
    out: Path,
    summary: Summary,
    records: Sequence[Record],
    facts: Mapping[str, str],
    notice: str | None,
) -> None:
    from medrag.evaluation import markdown

    document = {"facts": facts, "passed": summary.passed, **summary.model_dump(mode="json")}
    write_text(
        str(out / "summary.json"), [json.dumps(document, indent=2, ensure_ascii=False), "\n"]
    )
    write_text(str(out / "report.md"), [markdown(summary, records, facts=facts, notice=notice)])


def _show(summary: Summary, out: Path) -> None:
    statuses = ", ".join(f"{name} {count}" for name, count in summary.statuses.items())
    click.echo(f"{summary.questions} questions: {statuses or 'none answered'}")
    quotes = ", ".join(f"{name} {count}" for name, count in summary.quotes.items())
    click.echo(f"quotations: {quotes or 'none'}")
    click.echo(f"replies: {summary.replies}, {summary.constrained} of them constrained")
    for gate in summary.gates:
        verdict = "none found" if gate.passed else f"FOUND in {len(gate.found)}"
        click.echo(f"{verdict}: {gate.name}")
    click.echo(f"report: {out / 'report.md'}")
