"""A file found by `discover` to its documents, with provenance laid over them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from medrag import registry
from medrag.core.document import Document, Source
from medrag.documents.discovery import SourceFile, has_changed
from medrag.documents.provenance import overlay, read_table
from medrag.errors import CorpusError, MedragError, PartlyReadError


def read(file: SourceFile) -> list[Document]:
    """Return the documents in a file that can be read, in file order; at least one.

    Raises:
        CorpusError: The file cannot be read as its format, holds no text, or its provenance has
            an unknown field or a wrong value.
    """
    documents: list[Document] = []
    with contextlib.suppress(PartlyReadError):
        documents += stream(file)
    return documents


def stream(file: SourceFile) -> Iterator[Document]:
    """Yield what `read` returns, one document at a time: for bulk files that do not fit memory.

    Raises:
        CorpusError: As `read`; documents before the damaged one have been yielded. Or the file
            is not what was discovered, because somebody is writing it.
        PartlyReadError: Every document that can be read has been yielded, others cannot.
    """
    try:
        yield from _placed_ones(file)
    except PartlyReadError:
        _refuse_changed(file)
        raise
    _refuse_changed(file)


def _refuse_changed(file: SourceFile) -> None:
    """Raise where the bytes that were read may not be those that the fingerprint names."""
    if has_changed(file):
        raise CorpusError(
            f"{file.path}: changed while it was being read. Build again when it is complete."
        )


def _placed_ones(file: SourceFile) -> Iterator[Document]:
    layers = list(file.manifests)
    if file.sidecar is not None:
        layers.append((str(file.sidecar), read_table(file.sidecar)))
    empty = True
    for document in _loaded(file):
        empty = False
        yield _placed(document, file, layers)
    if empty:
        raise CorpusError(f"{file.path}: the file holds no document.")


def _loaded(file: SourceFile) -> Iterator[Document]:
    """Yield what the loader yields; a loader that fails otherwise than it may fails one file.

    One file among thousands must not end a build, whatever a loader overlooked.
    """
    try:
        yield from registry.resolve("loader", file.loader)().load(file.path)
    except MedragError:
        raise
    except Exception as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
        raise CorpusError(
            f"{file.path}: the loader {file.loader!r} failed ({type(error).__name__} at {place}). "
            "This is a defect of the loader; please report this line. The file is left out."
        ) from error


def _placed(
    document: Document, file: SourceFile, layers: Sequence[tuple[str, Mapping[str, Any]]]
) -> Document:
    own = document.source
    suffix = own.key.removeprefix(file.path.name) if own.key.startswith(file.path.name) else None
    key = own.key if suffix is None else file.key + suffix
    replaced = tuple(_renamed(name, file) for name in own.supersedes)
    source = own.model_copy(update={"key": key, "path": file.key, "supersedes": replaced})
    for place, fields in layers:
        source = overlay(source, fields, place)
    source = _distinct(source, suffix, key)
    if own.title == file.path.name and source.title == own.title:
        source = source.model_copy(update={"title": file.key.rsplit("/", 1)[-1]})
    return Document.of(document.text, source, pages=document.pages, sections=document.sections)


def _renamed(key: str, file: SourceFile) -> str:
    """Return the key that a loader gave to another document of its file as the index has it."""
    inside = key.startswith(f"{file.path.name}#")
    return file.key + key.removeprefix(file.path.name) if inside else key


def _distinct(source: Source, suffix: str | None, key: str) -> Source:
    """Keep the keys of a file's several documents apart where a sidecar gave them all one."""
    if suffix and source.key != key:
        return source.model_copy(update={"key": source.key + suffix})
    return source
