"""`medrag doctor`: what is installed here, what an index is like, and what to do about it."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from typing import Literal, NamedTuple

import click

from medrag.cli import EXIT_GATE
from medrag.errors import MedragError

State = Literal["ok", "note", "wrong"]
_EXTRAS = {
    "grammar": ("llguidance", "constrained replies of models that run here"),
    "gpus": ("accelerate", "a model over several GPUs"),
    "quantized": ("bitsandbytes", "models in 4 and 8 bit"),
    "parquet": ("pyarrow", "medrag index export"),
    "postgres": ("pg8000", "an index in PostgreSQL"),
    "presidio": ("presidio_analyzer", "Presidio beside the rules of de-identification"),
    "serve": ("fastapi", "medrag serve"),
}
"""Extra -> the module that shows it is there, and what it is for."""


class Found(NamedTuple):
    """One thing looked at.

    Attributes:
        what: Its name.
        state: `wrong` is to be mended; `note` says what could be had.
        told: What was found.
        do: What to do; empty where nothing is.
    """

    what: str
    state: State
    told: str
    do: str = ""


@click.command("doctor")
@click.option("--index", "index_dir", metavar="DIR", help="Index to look at: every byte of it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(index_dir: str | None, as_json: bool) -> int:
    """Look at the environment, and at an index; say what is wrong and what to do.

    \b
    Examples:
      medrag doctor
      medrag doctor --index guidelines.index

    Exit status: 0 nothing is wrong, 1 something is.
    """
    found = [*_environment(), *_embedder(), *_models(), *(_index(index_dir) if index_dir else ())]
    if as_json:
        click.echo(json.dumps([item._asdict() for item in found], indent=2))
    else:
        for item in found:
            click.echo(f"{item.state:<6}{item.what}: {item.told}")
            if item.do:
                click.echo(f"      {item.do}")
    return EXIT_GATE if any(item.state == "wrong" for item in found) else 0


def _environment() -> Iterator[Found]:
    yield Found(
        "medrag", "ok", f"{version('medrag')} on Python {platform.python_version()}, {sys.platform}"
    )
    missing = [name for name in _required() if not _is_installed(name)]
    if missing:
        yield Found(
            "packages",
            "wrong",
            f"{', '.join(missing)} missing",
            f"pip install {' '.join(missing)}",
        )
    else:
        yield Found("packages", "ok", "everything that medrag needs is installed")
    for extra, (module, purpose) in _EXTRAS.items():
        if find_spec(module) is None:
            yield Found(
                f"extra {extra}",
                "note",
                f"not installed ({purpose})",
                f"pip install 'medrag[{extra}]'",
            )
        else:
            yield Found(f"extra {extra}", "ok", f"installed ({purpose})")
    yield Found("cores", "ok", str(os.cpu_count()))


def _required() -> list[str]:
    """Return the names of the packages that medrag cannot be without here."""
    from packaging.requirements import Requirement

    wanted = (Requirement(line) for line in requires("medrag") or ())
    return [w.name for w in wanted if w.marker is None or w.marker.evaluate({"extra": ""})]


def _is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _embedder() -> Iterator[Found]:
    from medrag.embedders import open_embedder

    try:
        embedder = open_embedder("minilm")
        dim = embedder.embed_queries(["sepsis"]).shape[1]
        from medrag.embedders.onnx_runtime import saturates
    except MedragError as error:
        yield Found("embedder minilm", "wrong", str(error))
    else:
        slow = "; slower: this processor has no 8-bit dot products (VNNI)" if saturates() else ""
        yield Found("embedder minilm", "ok", f"{dim} dimensions, offline{slow}")


def _models() -> Iterator[Found]:
    from medrag.generation.machine import weights_of
    from medrag.generation.variants import VARIANTS

    here = [variant.name for variant in VARIANTS if weights_of(variant.hub_name) is not None]
    if here:
        yield Found("language models", "ok", f"weights here: {', '.join(here)}")
    else:
        yield Found(
            "language models",
            "note",
            "no MedGemma weights in the local cache; the extractive answerer needs none",
            "medrag models says what fits here; docs/how-to/run-medgemma-here.md how to get it",
        )


def _index(path: str) -> Iterator[Found]:
    from medrag.index import verify
    from medrag.pipeline.index import Index

    try:
        damaged = verify(path)
        with Index.open(path) as index:
            info = index.info()
    except MedragError as error:
        yield Found("index", "wrong", str(error))
        return
    if damaged:
        told = f"{len(damaged)} damaged files: {'; '.join(damaged[:3])}"
        yield Found("index", "wrong", told, "Restore it from a copy, or build it anew.")
    else:
        told = f"{info.documents} documents, {info.passages} passages, every checksum holds"
        yield Found("index", "ok", told)
    if info.failed:
        names = ", ".join(note.file for note in info.failed[:3])
        yield Found(
            "files",
            "wrong",
            f"{len(info.failed)} could not be read: {names}",
            "medrag index info names all; the next build tries them again.",
        )
    stale = sum(source.not_in_force is not None for source in info.sources)
    yield Found("editions", "ok", f"{len(info.sources) - stale} in force, {stale} not")
