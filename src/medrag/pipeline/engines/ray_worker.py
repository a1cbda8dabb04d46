"""What runs in a worker's process: it holds the embedder, reads files and embeds texts.

It knows nothing of Ray, which makes an actor of it, and takes and gives plain values.
"""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from medrag.core.document import Document
from medrag.documents import CHUNKER_VERSION, SourceFile, is_as_found
from medrag.embedders import open_embedder
from medrag.errors import BackendError, MedragError
from medrag.pipeline.cutting import Item, Piece, pieces

if TYPE_CHECKING:
    from medrag.core.protocols import Vectors

_SLIP_BYTES = 1 << 20
"""What is sent at once, about."""


class Facts(NamedTuple):
    """What a worker must have in common with its driver, and where it is.

    Attributes:
        digest: Of the embedder that it opened.
        node: Its machine's name.
    """

    medrag: str
    python: str
    chunker: int
    digest: str
    pid: int
    node: str


class Contents(NamedTuple):
    """The bytes of a file and of the provenance file beside it, for a worker that sees neither."""

    file: bytes
    sidecar: bytes | None


class Parcel(NamedTuple):
    """An item to read, with its contents where the worker cannot see the file."""

    item: Item
    contents: Contents | None = None


class Unseen(NamedTuple):
    """Instead of an item's pieces: the worker does not see the file, or another one."""


Slip = tuple[list[Piece | Unseen], bool]
"""Some pieces, and whether they are the last of what was asked for."""


def facts(digest: str) -> Facts:
    """Return what is so in this process, for an embedder of that digest."""
    return Facts(
        medrag=version("medrag"),
        python=platform.python_version(),
        chunker=CHUNKER_VERSION,
        digest=digest,
        pid=os.getpid(),
        node=platform.node(),
    )


class Worker:
    """Reads items bundle by bundle and embeds meanwhile; each call in a thread of its own.

    Args:
        embedder: Name that `open_embedder` knows.
        budget: Longest passage with its context, in the embedder's tokens.
        cores: How many threads may compute.
    """

    def __init__(self, embedder: str, budget: int, cores: int) -> None:
        os.environ["OMP_NUM_THREADS"] = str(cores)  # before a library reads it
        self._name = embedder
        self._budget = budget
        self._one_at_a_time = Lock()
        self._reading: dict[int, Iterator[Slip]] = {}

    def facts(self) -> Facts:
        """Load the embedder; return what the driver compares with its own. Asked first, and once.

        Raises:
            BackendError: The embedder cannot be opened here.
        """
        with _plain_errors():
            self._embedder = open_embedder(self._name)
        return facts(self._embedder.digest)

    def begin(self, number: int, parcels: Sequence[Parcel]) -> Slip:
        """Begin to read items under a number of the driver's choice; return the first slip."""
        self._reading[number] = _slips(self._pieces(parcels))
        return self.more(number)

    def more(self, number: int) -> Slip:
        """Return the next slip of what was begun; not to be asked for after the last."""
        found, last = next(self._reading[number])
        if last:
            del self._reading[number]
        return found, last

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 of shape (len(texts), dim); a second call waits for the first.

        Raises:
            BackendError: The embedder failed.
        """
        with self._one_at_a_time, _plain_errors():
            return self._embedder.embed_passages(texts)

    def _pieces(self, parcels: Sequence[Parcel]) -> Iterator[Piece | Unseen]:
        for parcel in parcels:
            source = parcel.item.source
            if isinstance(source, Document):
                yield from pieces(parcel.item, self._embedder, self._budget)
            elif parcel.contents is not None:
                yield from self._unpacked(source, parcel.contents, parcel.item.name)
            elif is_as_found(source):
                yield from pieces(parcel.item, self._embedder, self._budget)
            else:
                yield Unseen()
                return

    def _unpacked(self, file: SourceFile, contents: Contents, name: str) -> Iterator[Piece]:
        with tempfile.TemporaryDirectory(prefix="medrag-") as folder:
            path = Path(folder) / file.path.name
            path.write_bytes(contents.file)
            sidecar = None
            if file.sidecar is not None and contents.sidecar is not None:
                sidecar = Path(folder) / file.sidecar.name
                sidecar.write_bytes(contents.sidecar)
            here = replace(file, path=path, sidecar=sidecar)
            yield from pieces(Item(here, name), self._embedder, self._budget)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn errors into one that survives the way to another process, whatever they carry."""
    try:
        yield
    except MedragError as error:
        raise BackendError(str(error)) from None


def _slips(found: Iterator[Piece | Unseen]) -> Iterator[Slip]:
    """Yield pieces together until they take `_SLIP_BYTES`; the last slip may be empty."""
    slip: list[Piece | Unseen] = []
    size = 0
    for piece in found:
        slip.append(piece)
        size += sum(document.size for document in piece) if isinstance(piece, list) else 0
        if size >= _SLIP_BYTES:
            yield slip, False
            slip, size = [], 0
    yield slip, True
