"""`medrag eval retrieval`: a judged set searched, measured and compared with another run."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.cli.jsonlines import read_text, write_text

if TYPE_CHECKING:
    from medrag.evaluation.beir import TrecRun
    from medrag.evaluation.retrieval import Against, Measured, PerQuery

_CHANGED = 10
"""Queries listed that changed most, at either end."""


@click.command("retrieval")
@click.argument("beir_dir", metavar="BEIR_DIR", type=click.Path(path_type=Path))
@click.option(
    "--index",
    "index_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Index of the set's documents, by their ids; built here if missing.  [default: one is "
    "built and kept in the cache]",
)
@click.option("--embedder", default="minilm", show_default=True, help="Of the index that is built.")
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where built indexes are kept.  [default: ~/.cache/medrag/eval]",
)
@click.option("--split", default="test", show_default=True, help="Which file of qrels/.")
@click.option(
    "-k",
    default=100,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Documents searched for each query.",
)
@click.option("--run", "run_file", metavar="OUT.trec", help="Write the run here.")
@click.option(
    "--score",
    type=click.Path(path_type=Path),
    metavar="RUN.trec",
    help="Measure this run instead of searching.",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="OTHER.trec",
    help="Compare with this run, query by query.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    beir_dir: Path,
    index_dir: Path | None,
    embedder: str,
    cache: Path | None,
    split: str,
    k: int,
    run_file: str | None,
    score: Path | None,
    against: Path | None,
    as_json: bool,
) -> None:
    """Measure retrieval on a judged set: BEIR_DIR has corpus.jsonl, queries.jsonl, qrels/test.tsv.

    One hit a document: its best passage counts. Values are trec_eval's, with 95 % bootstrap
    intervals over the queries; a comparison has a paired randomization test, corrected after
    Holm for the four measures.

    \b
    Examples:
      medrag eval retrieval sets/scifact --run today.trec
      medrag eval retrieval sets/scifact --against yesterday.trec
      medrag eval retrieval sets/scifact --score other.trec --against today.trec --json
    """
    from medrag.evaluation.beir import read_corpus, read_qrels, read_run, run_lines
    from medrag.evaluation.retrieval import compared, measure, summarized
    from medrag.pipeline.index import Index

    qrels = read_qrels(beir_dir, split)
    run: TrecRun
    if score is not None:
        run, where = read_run(score), str(score)
    else:
        folder = index_dir or _cached(beir_dir, embedder, cache or _cache())
        if not folder.exists():
            Index.build(list(read_corpus(beir_dir)), folder, embedder=embedder).close()
        run, where = _searched(folder, beir_dir, set(qrels), k)
    if run_file is not None:
        write_text(run_file, run_lines(run, "medrag"))
    values = measure(qrels, run)
    figures = summarized(values)
    other = measure(qrels, read_run(against)) if against is not None else None
    tests = compared(values, other) if other is not None else {}
    if as_json:
        document = {
            "set": beir_dir.name,
            "split": split,
            "run": where,
            "queries": len(values),
            "measures": {name: figure.model_dump() for name, figure in figures.items()},
            "against": {name: test.model_dump() for name, test in tests.items()},
            "per_query": _per_query(values, other),
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        _show(f"{beir_dir.name}: {len(values)} queries, {where}", figures, tests)
        if other is not None:
            _show_changes(values, other)


def _searched(folder: Path, beir_dir: Path, judged: set[str], k: int) -> tuple[TrecRun, str]:
    """Return the run of the judged queries over an index, and which index it was."""
    from medrag.evaluation.beir import read_queries
    from medrag.evaluation.retrieval import search
    from medrag.pipeline.index import Index

    queries = [query for query in read_queries(beir_dir) if query.id in judged]
    with Index.open(folder, preload=True) as index:
        return search(index, queries, k=k), f"index {index.generation}"


def _cached(beir_dir: Path, embedder: str, cache: Path) -> Path:
    """Return where an index of the set is kept; one that other code made is not used."""
    from medrag.evaluation.code import MAKES_AN_INDEX, code_digest

    corpus = hashlib.sha256(read_text(str(beir_dir / "corpus.jsonl")).encode()).hexdigest()
    made = "\n".join([embedder, code_digest(*MAKES_AN_INDEX), corpus])
    key = hashlib.sha256(made.encode()).hexdigest()[:12]
    return cache / f"{beir_dir.resolve().name}-{key}"


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "medrag" / "eval"


def _per_query(values: PerQuery, other: PerQuery | None) -> list[dict[str, object]]:
    """Return every query's values, with what changed against another run."""
    rows: list[dict[str, object]] = []
    for query, own in values.items():
        row: dict[str, object] = {"_id": query, **own}
        if other is not None:
            row["changes"] = {name: own[name] - other[query][name] for name in own}
        rows.append(row)
    return rows


def _show(head: str, figures: Mapping[str, Measured], tests: Mapping[str, Against]) -> None:
    click.echo(head)
    for name, figure in figures.items():
        around = "" if figure.low is None else f"  [{figure.low:.3f}, {figure.high:.3f}]"
        click.echo(f"  {name:<11}{figure.value:.3f}{around}{_test(tests.get(name))}")


def _test(test: Against | None) -> str:
    if test is None:
        return ""
    return (
        f"   {test.difference:+.3f} [{test.low:+.3f}, {test.high:+.3f}] p {test.p_holm:.3f}, "
        f"better {test.better}, worse {test.worse}"
    )


def _show_changes(values: PerQuery, other: PerQuery) -> None:
    name = "nDCG@10"
    changes = sorted((values[query][name] - other[query][name], query) for query in values)
    worst = [(change, query) for change, query in changes if change < 0][:_CHANGED]
    best = [(change, query) for change, query in reversed(changes) if change > 0][:_CHANGED]
    for title, rows in (("worse", worst), ("better", best)):
        if rows:
            listed = ", ".join(f"{query} {change:+.2f}" for change, query in rows)
            click.echo(f"  {title} most by {name}: {listed}")
