"""`medrag eval run`: a judged set asked, measured and kept in a folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.cli import EXIT_GATE
from medrag.cli.jsonlines import write_text
from medrag.cli.progress import counting
from medrag.config import SELECTION, Settings

if TYPE_CHECKING:
    from medrag.evaluation import Asking, JudgedSet, Run
    from medrag.evaluation.record import Record
    from medrag.evaluation.results import Figure, Signature

_WIDEST = 30


@click.command("run")
@click.argument("judged_set", metavar="SET", type=click.Path(path_type=Path))
@click.option(
    "--index",
    "index_dir",
    required=True,
    metavar="DIR|URL",
    help="Index to answer from.",
)
@click.option(
    "--llm",
    "llms",
    multiple=True,
    help="What answers: a name, the URL of an OpenAI-compatible server, or a model's folder. "
    "May be given several times: each has a run of its own.  [default: extractive]",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the run is kept, resumed if there; of several, a folder each in it.  "
    "[default: a folder under runs/, named after what is run]",
)
@click.option(
    "--settings", metavar="FILE", type=click.Path(path_type=Path), help="TOML file of settings."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="The first N cases only.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day on which sources must be in force.  [default: that of the set]",
)
@click.option("--repeats", default=1, show_default=True, type=click.IntRange(1, 100),
              help="How often each question is asked, each time with the next seed.")  # fmt: skip
@click.option("--seed", type=int, help="Of the first repeat.  [default: that of the settings]")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    help="Cases at a time.  [default: the cores for extractive, 4 for a server, else 1]",
)
@click.option(
    "--closed-book",
    is_flag=True,
    help="Multiple choice: a second run of each answerer, without passages.",
)
@click.option("--nli", metavar="MODEL", help="Cross-encoder for citation metrics by entailment.")
@click.option(
    "--gates",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="TOML file of the least and most that metrics may be.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON document.")
def command(
    judged_set: Path,
    index_dir: str,
    llms: tuple[str, ...],
    out: Path | None,
    settings: Path | None,
    limit: int | None,
    as_of: datetime | None,
    repeats: int,
    seed: int | None,
    jobs: int | None,
    closed_book: bool,
    nli: str | None,
    gates: Path | None,
    as_json: bool,
) -> int:
    """Ask every case of SET, a YAML or JSON Lines file, and measure the answers.

    The folder gets answers.jsonl (the answers, with passages, replies and traces), records.jsonl
    (a line a case, without its words), results.json (every figure with its interval, and what it
    depends on) and report.html. A run that was stopped goes on where it was; what failed is asked
    again. A judgement that was changed is measured on the answers that are there.

    \b
    Examples:
      medrag eval run examples/northfield.yaml --index guidelines.index
      medrag eval run set.yaml --index guidelines.index --llm medgemma-27b \\
        --llm http://localhost:8000/v1 --repeats 3 --out runs/june

    Exit status: 0 done, 1 something happened that may not (an unverified quotation shown, a
    constrained reply that does not parse or quotes what stands nowhere, a question without an
    answer) or a least or most of the gate file is not kept, 2 bad input.
    """
    from medrag.evaluation import Asking, read_set
    from medrag.evaluation.gates import Gates, failures, read_gates
    from medrag.evaluation.reports import side_by_side

    kept = read_gates(gates) if gates else Gates()
    judged = read_set(judged_set).first(limit)
    if as_of is not None:
        judged = _on(judged, as_of.date())
    base = Settings.load(settings) if settings else Settings()
    base = base if seed is None else base.model_copy(update={"seed": seed})
    chosen = llms or (base.llm,)
    askings = [
        Asking(
            index=index_dir,
            settings=base.model_copy(update={"llm": llm}),
            repeats=repeats,
            jobs=jobs or _jobs(llm),
            nli=nli,
            closed_book=closed,
        )
        for llm in dict.fromkeys(chosen)
        for closed in ((False, True) if closed_book else (False,))
    ]
    runs = []
    for asking in askings:
        runs.append(_done(judged, asking, out, apart=len(askings) > 1))
        if not as_json:
            _show(runs[-1])
    if len(runs) > 1:
        beside = runs[0].folder.parent / "comparison.html"
        write_text(str(beside), [side_by_side(runs)])
        click.echo(f"side by side: {beside}", err=True)
    if as_json:
        documents = [run.results.model_dump(mode="json") for run in runs]
        shown = documents[0] if len(documents) == 1 else documents
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    failed = [line for run in runs for line in failures(kept, run.results)]
    for line in failed:
        click.echo(f"FAILED: {line}", err=True)
    passed = not failed and all(run.results.summary.passed for run in runs)
    return 0 if passed else EXIT_GATE


def _jobs(llm: str) -> int:
    if llm == SELECTION:
        return os.cpu_count() or 1
    return 4 if llm.startswith(("http://", "https://")) else 1


def _on(judged: JudgedSet, day: date) -> JudgedSet:
    """Return the set with another day, for every case."""
    cases = tuple(case.model_copy(update={"as_of": None}) for case in judged.cases)
    return judged.model_copy(update={"as_of": day, "cases": cases})


def _done(judged: JudgedSet, asking: Asking, out: Path | None, *, apart: bool) -> Run:
    """Return the run, with its report beside it."""
    from medrag.evaluation import run, signature_of
    from medrag.evaluation.reports import report
    from medrag.pipeline.index import Index

    with Index.open(asking.index) as index:
        generation = index.generation
    signature = signature_of(
        judged,
        index=generation,
        settings=asking.settings,
        repeats=asking.repeats,
        closed_book=asking.closed_book,
    )
    folder = (out / _slug(signature.answerer) if apart else out) if out else _named(signature)
    total = len(judged.cases) * asking.repeats
    with counting("asking", "case", total) as count:
        done = run(judged, asking, folder, signature=signature, seen=lambda one: count(_said(one)))
    write_text(str(folder / "report.html"), [report(done)])
    return done


def _named(signature: Signature) -> Path:
    """Return the folder of a run that nobody named: the same for the same run, and no other."""
    key = hashlib.sha256(signature.model_dump_json().encode()).hexdigest()[:8]
    return Path("runs") / f"{_slug(signature.set_name)}-{_slug(signature.answerer)}-{key}"


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "run"


def _said(record: Record) -> str:
    return f"{record.id}, {record.error or record.outcome or 'checked'}"


def _show(run: Run) -> None:
    results = run.results
    summary = results.summary
    statuses = ", ".join(f"{name} {count}" for name, count in summary.statuses.items())
    click.echo(f"{results.signature.answerer}: {summary.questions} cases, {results.seconds:.0f} s")
    click.echo(f"  {statuses or 'none answered'}")
    for figure in results.figures:
        if not figure.group and not figure.part:
            click.echo(_line(figure))
    for gate in summary.gates:
        if not gate.passed:
            named = ", ".join(gate.found[:5])
            click.echo(f"  FOUND in {len(gate.found)}: {gate.name}: {named}")
    click.echo(f"  {run.folder}")


def _line(figure: Figure) -> str:
    value = "undefined" if figure.value is None else f"{figure.value:.3f}"
    around = "" if figure.low is None else f"[{figure.low:.3f}, {figure.high:.3f}]"
    return f"  {figure.metric:<{_WIDEST}}{value:>9}  {around:<18} n {figure.n}"
