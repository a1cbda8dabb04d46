"""`medrag index push` and `medrag index pull`: an index on a server."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Literal

import click

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.command("push")
@click.option("--index", "index_dir", required=True, metavar="DIR", help="The index folder.")
@click.option("--to", "url", required=True, metavar="URL", help="Such as postgresql://HOST/DB.")
@click.option(
    "--vectors",
    type=click.Choice(["exact", "hnsw"]),
    default="exact",
    show_default=True,
    help="Compare every vector, or make a graph of neighbors as well.",
)
@click.option(
    "--keep",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="How many pushes stay there, this one included.",
)
@_json
def push(
    index_dir: str, url: str, vectors: Literal["exact", "hnsw"], keep: int, as_json: bool
) -> None:
    """Make the index on a server what the index folder is now.

    Readers there see the old generation until all of the new one has come. The password of a
    database may stand in PGPASSWORD.

    \b
    Example:
      medrag index push --index guidelines.index --to "postgresql://medrag@db/medrag?schema=labels"
      medrag search "apixaban dose" --index "postgresql://medrag@db/medrag?schema=labels"
    """
    from medrag.index import push as send

    def say(step: str) -> None:
        click.echo(f"  {step} ...", err=True)

    done = send(index_dir, url, vectors=vectors, keep=keep, say=say)
    if as_json:
        click.echo(json.dumps(asdict(done)))
        return
    told = f"generation {done.generation}: {done.passages} passages"
    if not done.is_new:
        click.echo(f"{told}; the server had it already")
        return
    removed = f"; older pushes removed: {len(done.removed)}" if done.removed else ""
    recall = f", recall@10 {done.recall:.3f}" if vectors != "exact" else ""
    click.echo(f"{told}, push {done.push}{recall}{removed}")


@click.command("pull")
@click.argument("url", metavar="URL")
@click.option("--index", "index_dir", required=True, metavar="DIR", help="The folder to fill.")
@click.option("--generation", type=click.IntRange(1), help="An earlier one that is kept there.")
@_json
def pull(url: str, index_dir: str, generation: int | None, as_json: bool) -> None:
    """Make an index folder what was pushed to a server, byte for byte.

    A folder that holds an earlier generation of the same index fetches what it lacks.

    \b
    Example:
      medrag index pull "postgresql://medrag@db/medrag?schema=labels" --index labels.index
    """
    from medrag.index import pull as fetch

    manifest = fetch(url, index_dir, generation=generation)
    row = {"generation": manifest.generation, "passages": manifest.passages, "index": index_dir}
    shown = f"{index_dir}: generation {manifest.generation}, {manifest.passages} passages"
    click.echo(json.dumps(row) if as_json else shown)
