"""`medrag search`: passages for one question, or a TREC run for many."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from medrag.cli.jsonlines import need, read_json, read_lines, write_text
from medrag.cli.progress import watched
from medrag.core.document import SourceKind
from medrag.core.patient import read_patient
from medrag.core.query import Filters, RetrievalSettings

if TYPE_CHECKING:
    from medrag.core.understanding import Explanation
    from medrag.pipeline.index import Index
    from medrag.pipeline.report import PassedOver


_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("search")
@click.argument("question", required=False)
@click.option("--index", "index_dir", required=True, metavar="DIR|URL", help="Index to search.")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="Most hits.")
@click.option("--patient", metavar="FILE", help="JSON file of the patient's facts.")
@click.option("--as-of", type=_DAY, help="Day on which sources must be in force; today.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(get_args(SourceKind)))
@click.option("--specialty", "specialties", multiple=True, help="May be given several times.")
@click.option("--jurisdiction", "jurisdictions", multiple=True, help="May be given several times.")
@click.option("--publisher", "publishers", multiple=True, help="May be given several times.")
@click.option("--document", "document_ids", multiple=True, metavar="ID", help="Document id.")
@click.option("--from", "dated_from", type=_DAY, help="First day of effect or publication.")
@click.option("--until", "dated_until", type=_DAY, help="Last day of effect or publication.")
@click.option("--superseded", is_flag=True, help="Search sources that are not in force, too.")
@click.option("--explain", is_flag=True, help="Say how the question was read and why each hit.")
@click.option("--settings", metavar="FILE", help="TOML file of settings; [retrieval] counts here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--queries", metavar="FILE.jsonl", help='Lines of {"_id","text"}: search them all.')
@click.option("--run", metavar="OUT.trec", help="Where --queries writes its TREC run.")
def command(
    question: str | None,
    index_dir: str,
    k: int,
    patient: str | None,
    as_of: datetime | None,
    kinds: tuple[SourceKind, ...],
    specialties: tuple[str, ...],
    jurisdictions: tuple[str, ...],
    publishers: tuple[str, ...],
    document_ids: tuple[str, ...],
    dated_from: datetime | None,
    dated_until: datetime | None,
    superseded: bool,
    explain: bool,
    settings: str | None,
    as_json: bool,
    queries: str | None,
    run: str | None,
) -> None:
    """Find passages, without an answer.

    Filters apply before ranking. What fits better and is not in force is named beside the hits.

    \b
    Examples:
      medrag search "apixaban dose in renal impairment" --index guidelines.index
      medrag search "afib on DOAC, eGFR 25, which dose?" --index guidelines.index --explain
      medrag search --queries queries.jsonl --index guidelines.index -k 100 --run out.trec
    """
    from medrag.pipeline.index import Index

    if (question is None) == (queries is None):
        raise click.UsageError("give either QUESTION or --queries FILE.jsonl with --run OUT.trec.")
    filters = Filters(
        kinds=kinds,
        specialties=specialties,
        jurisdictions=jurisdictions,
        publishers=publishers,
        document_ids=document_ids,
        dated_from=_date(dated_from),
        dated_until=_date(dated_until),
        as_of=_date(as_of),
        include_superseded=superseded,
    )
    chosen = _retrieval(settings)
    if queries is not None:
        if run is None:
            raise click.UsageError("--queries needs --run OUT.trec.")
        with Index.open(index_dir, preload=True) as index:
            write_text(run, _run_lines(index, queries, k, filters, chosen, run))
        return
    facts = read_patient(read_json(patient), where=patient) if patient else None
    asked = str(question)
    with Index.open(index_dir, preload=True) as index:
        found = index.explain(asked, k, filters=filters, patient=facts, settings=chosen)
        # What fits better cannot be told where a part of the index was not searched.
        better = (
            []
            if found.not_searched
            else index.passed_over(asked, filters=filters, patient=facts, settings=chosen)
        )
    if as_json:
        _print_json(asked, found, better, explain=explain)
    else:
        _print_cards(found, better, explain=explain)


def _retrieval(path: str | None) -> RetrievalSettings | None:
    if path is None:
        return None
    from medrag.config import Settings

    return Settings.load(Path(path)).retrieval


def _print_json(
    question: str, found: Explanation, better: Sequence[PassedOver], *, explain: bool
) -> None:
    rows = [item.hit.model_dump(mode="json") for item in found.hits]
    stale = [match.model_dump(mode="json") for match in better]
    shown: dict[str, object] = {
        "question": question,
        "hits": rows,
        "answerable": found.answerable,
        "better_but_not_in_force": stale,
        "partial": bool(found.not_searched),
        "not_searched": [part.model_dump() for part in found.not_searched],
    }
    if explain:
        scores = [item.scores.model_dump(mode="json") for item in found.hits]
        shown["explanation"] = {
            "understood": found.understood.model_dump(mode="json"),
            "scores": scores,
        }
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2))


def _print_cards(found: Explanation, better: Sequence[PassedOver], *, explain: bool) -> None:
    from medrag.cli.card import explained_card, hit_card, understood_card
    from medrag.core.explaining import answerable_line

    if explain:
        click.echo(understood_card(found) + "\n")
    show = explained_card if explain else (lambda item: hit_card(item.hit))
    click.echo(
        "\n\n".join(show(item) for item in found.hits) or "No passage shares anything with this."
    )
    chance = answerable_line(found, only_unlikely=True)
    if found.hits and chance and not explain:
        click.echo(f"\n{chance}")
    for part in found.not_searched:
        click.echo(f"\nPARTIAL: {part.part} was not searched: {part.reason}.")
    for match in better:
        click.echo(f"\nBetter match NOT IN FORCE, {match.reason} (--superseded shows it):")
        click.echo(hit_card(match.hit))


def _date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _run_lines(
    index: Index,
    queries: str,
    k: int,
    filters: Filters,
    settings: RetrievalSettings | None,
    out: str,
) -> Iterator[str]:
    """Yield TREC run lines: one hit a document, its best passage counts.

    A document is named by its source key with white space as `_`, since white space
    separates the fields of the format.
    """
    asked = [(need(item, "_id", at), need(item, "text", at)) for at, item in read_lines(queries)]
    answers = index.search_many([text for _, text in asked], k, filters=filters, settings=settings)
    seen = watched(answers, "searching", "question", total=len(asked), out=out)
    for (query_id, _), hits in zip(asked, seen, strict=True):
        for rank, hit in enumerate(hits, 1):
            name = "_".join(hit.source.key.split())
            yield f"{query_id} Q0 {name} {rank} {hit.score:.6f} medrag\n"
