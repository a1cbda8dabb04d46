"""`medrag index`: build, inspect, compare and export an index; make an embedder for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from medrag.cli import EXIT_GATE
from medrag.cli.index_told import changes, table
from medrag.cli.moving import pull, push

if TYPE_CHECKING:
    from medrag.errors import RefusedCorpusError
    from medrag.pipeline.report import BuildReport

_index = click.option("--index", "index_dir", required=True, metavar="DIR|URL", help="The index.")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_SHOWN = 10
"""Files named of each list, unless --verbose."""


@click.group("index")
def command() -> None:
    """Build, inspect, compare, export and move an index.

    \b
    Examples:
      medrag index build corpora --index guidelines.index
      medrag index info --index guidelines.index
    """


command.add_command(push)
command.add_command(pull)


@command.command("build")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@_index
@click.option("--embedder", help="Name, folder or hub name; default: as before, else minilm.")
@click.option(
    "--passage-tokens",
    type=click.IntRange(32, 8192),
    default=256,
    show_default=True,
    help="Longest passage, in the embedder's tokens.",
)
@click.option("--prune", is_flag=True, help="Take out documents whose files are gone.")
@click.option(
    "--strict",
    is_flag=True,
    help="Change nothing and exit with 1 where a file fails or lacks provenance.",
)
@click.option(
    "--engine",
    default="local",
    show_default=True,
    metavar="NAME",
    help="Who reads and embeds: local, ray, ray://HOST:PORT, or auto.",
)
@click.option("--verbose", is_flag=True, help="Name every file, not only the first of each list.")
@_json
def build(
    sources: tuple[str, ...],
    index_dir: str,
    embedder: str | None,
    passage_tokens: int,
    prune: bool,
    strict: bool,
    engine: str,
    verbose: bool,
    as_json: bool,
) -> int:
    """Bring an index up to date with folders and files; resumes where it was stopped.

    New and changed files are read, unchanged ones left alone. Files that fail are listed and
    tried again at the next build.

    \b
    Examples:
      medrag index build corpora --index guidelines.index
      medrag index build protocols labels/metformin.xml --index hospital.index --prune
      medrag index build labels --index labels.index --engine 'ray://head:10001?workers=16'

    Exit status: 0 done, 1 --strict and something is to be mended, 2 bad input.
    """
    from medrag.errors import RefusedCorpusError
    from medrag.pipeline.index import Index

    try:
        # What a library beneath says to standard output (Ray does) is no part of the report.
        with (
            redirect_stdout(sys.stderr),
            Index.build(
                sources,
                index_dir,
                embedder=embedder,
                passage_tokens=passage_tokens,
                prune=prune,
                strict=strict,
                engine=engine,
            ) as index,
        ):
            report = index.report
    except RefusedCorpusError as error:
        click.echo(_refusal(error, as_json=as_json, verbose=verbose))
        return EXIT_GATE
    if report is not None:
        shown = report.model_dump_json(indent=2) if as_json else _summary(report, verbose=verbose)
        click.echo(shown)
    return 0


@command.command("info")
@_index
@_json
def info(index_dir: str, as_json: bool) -> None:
    """Say what an index holds: documents, editions in force, embedder, size.

    \b
    Example:
      medrag index info --index guidelines.index
    """
    from medrag.pipeline.index import Index

    with Index.open(index_dir) as index:
        facts = index.info()
    click.echo(facts.model_dump_json(indent=2) if as_json else table(facts))


@command.command("verify")
@_index
@_json
def verify(index_dir: str, as_json: bool) -> int:
    """Compare every byte of an index with its checksum.

    \b
    Example:
      medrag index verify --index guidelines.index

    Exit status: 0 sound, 1 damaged, 2 no index there.
    """
    import json

    from medrag.index import verify as verify_index

    damaged = verify_index(index_dir)
    if as_json:
        click.echo(json.dumps({"sound": not damaged, "damaged": damaged}, indent=2))
    else:
        for problem in damaged:
            click.echo(f"DAMAGED {problem}")
        click.echo(f"{len(damaged)} files are damaged" if damaged else "sound")
    return EXIT_GATE if damaged else 0


@command.command("diff")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day on which editions are in force."
)
@_json
def diff(old: str, new: str, as_of: datetime | None, as_json: bool) -> None:
    """Name the sources that were added, changed, removed or superseded from index A to index B.

    \b
    Example:
      medrag index diff backup/guidelines.index guidelines.index
    """
    from contextlib import closing

    from medrag.index import diff as compare
    from medrag.index import open_index

    with closing(open_index(old)) as before, closing(open_index(new)) as after:
        found = compare(before, after, as_of=as_of.date() if as_of else None)
    click.echo(found.model_dump_json(indent=2) if as_json else changes(found))


@command.command("export")
@_index
@click.option("--out", required=True, metavar="FILE.parquet", help="The file to write.")
@_json
def export(index_dir: str, out: str, as_json: bool) -> None:
    """Write passages and vectors as Parquet, for tools that are not medrag.

    The file appears whole or not at all.

    \b
    Example:
      medrag index export --index guidelines.index --out passages.parquet
    """
    import json
    from contextlib import closing

    from medrag.errors import InputError
    from medrag.index import export as write
    from medrag.index import open_index

    target = Path(out)
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with closing(open_index(index_dir)) as store:
            passages = write(store, beside)
        beside.replace(target)
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror or error}.") from error
    finally:
        beside.unlink(missing_ok=True)
    row = {"file": out, "passages": passages}
    click.echo(json.dumps(row) if as_json else f"{out}: {passages} passages")


@command.command("snapshot")
@_index
@click.option("--out", required=True, metavar="DIR", help="A new folder for the snapshot.")
def snapshot(index_dir: str, out: str) -> None:
    """Keep an index as it is now beside later builds; takes little room where links work.

    \b
    Example:
      medrag index snapshot --index guidelines.index --out kept/2026-11.index
      medrag index diff kept/2026-11.index guidelines.index
    """
    from medrag.index.snapshot import snapshot as make

    manifest = make(index_dir, out)
    click.echo(f"{out}: generation {manifest.generation}, {manifest.documents} documents")


@command.command("shard")
@click.option(
    "--index",
    "index_dirs",
    required=True,
    multiple=True,
    metavar="DIR",
    help="The index; several that were built apart are split as one.",
)
@click.option("--shards", required=True, type=click.IntRange(1, 1024), help="How many.")
@click.option("--out", required=True, metavar="DIR", help="A new folder for shard-0, shard-1, ...")
@click.option("--kind", help="Vector index of the shards; default: by their size.")
@_json
def shard(
    index_dirs: tuple[str, ...], shards: int, out: str, kind: str | None, as_json: bool
) -> None:
    """Split an index into shards, which together find what it finds; nothing is embedded.

    A document's id alone decides in which shard it is. Serve each with `medrag serve --index`, and
    all of them as one with `medrag serve --shards`: see docs/how-to/serve-from-many-machines.md.

    \b
    Example:
      medrag index shard --index guidelines.index --shards 4 --out guidelines.shards
    """
    import json

    from medrag.index.opening import folder_of
    from medrag.index.sharding import split

    facts, made = split(
        [folder_of(one, to_do="split") for one in index_dirs], out, shards, kind=kind
    )
    rows = [
        {"folder": f"{out}/shard-{n}", "documents": one.documents, "passages": one.passages}
        for n, one in enumerate(made)
    ]
    if as_json:
        click.echo(json.dumps({"split": facts.split, "shards": rows}, indent=2))
        return
    for row in rows:
        click.echo("{folder}: {documents} documents, {passages} passages".format(**row))


@command.command("distill")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--out", required=True, metavar="FOLDER", help="A new folder for the embedder.")
@click.option(
    "--passages",
    type=click.IntRange(100, 1_000_000),
    default=20_000,
    show_default=True,
    help="Most passages to learn from.",
)
def distill(sources: tuple[str, ...], out: str, passages: int) -> None:
    """Make a static embedder from documents: tens of times faster, and less exact.

    For corpora that are too large for the default embedder. It learns word vectors that imitate
    the default embedder over passages of your own documents; use it as `static:FOLDER`.

    \b
    Example:
      medrag index distill labels/ --out label-words
      medrag index build labels/ --index labels.index --embedder static:label-words
    """
    from medrag.pipeline.distilling import distill as make

    count = make([Path(source) for source in sources], Path(out), passages=passages)
    click.echo(f"{out}: learnt from {count} passages. Use it as --embedder static:{out}")


@command.command("show")
@click.argument("document_id")
@_index
@click.option("--page", type=click.IntRange(1), help="Only the page with this physical number.")
@_json
def show(document_id: str, index_dir: str, page: int | None, as_json: bool) -> None:
    """Print a document's text, whose characters the spans of quotations count.

    \b
    Example:
      medrag index show a66638d5cd2246f4 --index guidelines.index
    """
    from medrag.errors import InputError
    from medrag.pipeline.index import Index

    with Index.open(index_dir) as index:
        document = index.document(document_id)
    if as_json:
        click.echo(document.model_dump_json(indent=2))
        return
    text = document.text
    if page is not None:
        spans = [item.span for item in document.pages if item.number == page]
        if not spans:
            raise InputError(f"{document_id} has {len(document.pages)} pages, no page {page}.")
        text = spans[0].of(text)
    click.echo(text)


def _refusal(error: RefusedCorpusError, *, as_json: bool, verbose: bool) -> str:
    if not as_json:
        lists = [("failed", error.failed), ("provenance incomplete", error.unattributed)]
        return "\n".join(["refused: the index is as it was", *_lists(lists, verbose=verbose)])
    import json

    rows = {
        name: [{"file": file, "note": note} for file, note in found]
        for name, found in (("failed", error.failed), ("unattributed", error.unattributed))
    }
    return json.dumps({"refused": True, **rows}, ensure_ascii=False, indent=2)


def _summary(report: BuildReport, *, verbose: bool) -> str:
    lists = [
        ("failed, tried again at the next build", report.failed),
        ("parts not read, while the rest is", report.unread),
        ("skipped", report.skipped),
        ("not in force", report.not_in_force),
        ("superseded and not here", report.dangling),
        ("unclear which edition counts", report.unclear),
        ("provenance incomplete", report.unattributed),
    ]
    pairs = [(title, [(note.file, note.note) for note in notes]) for title, notes in lists]
    return "\n".join([str(report), *_lists(pairs, verbose=verbose)])


def _lists(lists: Sequence[tuple[str, Sequence[tuple[str, str]]]], *, verbose: bool) -> list[str]:
    """Return the lists that hold something, the first few of each unless all are wanted."""
    lines: list[str] = []
    for title, notes in lists:
        if not notes:
            continue
        lines.append(f"{title} ({len(notes)}):")
        shown = notes if verbose else notes[:_SHOWN]
        lines += [f"  {_printable(file)}: {note}" for file, note in shown]
        if len(shown) < len(notes):
            lines.append(f"  ... and {len(notes) - len(shown)} more; --verbose names all")
    return lines


def _printable(name: str) -> str:
    """Return a file's name without what would move a terminal's cursor."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in name)
