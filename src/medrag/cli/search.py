"""`medrag search`: passages for one question, or a TREC run for many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.cli.jsonlines import need, read_json, read_lines, write_text
from medrag.core.patient import read_patient
from medrag.core.query import Filters

if TYPE_CHECKING:
    from medrag.pipeline.index import Index


@click.command("search")
@click.argument("question", required=False)
@click.option("--index", "index_dir", required=True, metavar="DIR", help="Index to search.")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="Most hits.")
@click.option("--patient", metavar="FILE", help="JSON file of the patient's facts.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day on which sources must be in force."
)
@click.option("--superseded", is_flag=True, help="Search sources that are not in force, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--queries", metavar="FILE.jsonl", help='Lines of {"_id","text"}: search them all.')
@click.option("--run", metavar="OUT.trec", help="Where --queries writes its TREC run.")
def command(
    question: str | None,
    index_dir: str,
    k: int,
    patient: str | None,
    as_of: datetime | None,
    superseded: bool,
    as_json: bool,
    queries: str | None,
    run: str | None,
) -> None:
    """Find passages, without an answer.

    \b
    Examples:
      medrag search "apixaban dose in renal impairment" --index guidelines.index
      medrag search --queries queries.jsonl --index guidelines.index -k 100 --run out.trec
    """
    from medrag.pipeline.index import Index

    if (question is None) == (queries is None):
        raise click.UsageError("give either QUESTION or --queries FILE.jsonl with --run OUT.trec.")
    filters = Filters(as_of=as_of.date() if as_of else None, include_superseded=superseded)
    if queries is not None:
        if run is None:
            raise click.UsageError("--queries needs --run OUT.trec.")
        with Index.open(Path(index_dir), preload=True) as index:
            write_text(run, _run_lines(index, queries, k, filters))
        return
    facts = read_patient(read_json(patient), where=patient) if patient else None
    with Index.open(Path(index_dir), preload=True) as index:
        hits = index.search(str(question), k, filters=filters, patient=facts)
    if as_json:
        rows = [hit.model_dump(mode="json") for hit in hits]
        click.echo(json.dumps({"question": question, "hits": rows}, ensure_ascii=False, indent=2))
        return
    from medrag.cli.card import hit_card

    click.echo(
        "\n\n".join(hit_card(hit) for hit in hits) or "No passage shares anything with this."
    )


def _run_lines(index: Index, queries: str, k: int, filters: Filters) -> Iterator[str]:
    """Yield TREC run lines: one hit a document, its best passage counts.

    A document is named by its source key with white space as `_`, since white space
    separates the fields of the format.
    """
    asked = [(need(item, "_id", at), need(item, "text", at)) for at, item in read_lines(queries)]
    answers = index.search_many([text for _, text in asked], k, filters=filters)
    for (query_id, _), hits in zip(asked, answers, strict=True):
        for rank, hit in enumerate(hits, 1):
            name = "_".join(hit.source.key.split())
            yield f"{query_id} Q0 {name} {rank} {hit.score:.6f} medrag\n"
