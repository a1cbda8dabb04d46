"""What a build is given: files below folders, and documents that another reader has read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medrag.core.document import Document
from medrag.documents import SourceFile, discover
from medrag.errors import CorpusError
from medrag.index import FileState
from medrag.pipeline.cutting import Item

_GIVEN = "given"
_GIVEN_VERSION = 1


@dataclass(frozen=True, slots=True)
class Intake:
    """Files and documents by the keys that the index knows them by; no key is in both.

    Attributes:
        skipped: (path, reason) of every file that is no document.
    """

    files: Mapping[str, SourceFile]
    documents: Mapping[str, Document]
    skipped: Sequence[tuple[Path, str]]

    def states(self) -> list[FileState]:
        """Return what tells whether each of them has changed, files first."""
        return [
            *(
                FileState(f.key, f.fingerprint, f.loader, f.loader_version)
                for f in self.files.values()
            ),
            *(
                FileState(key, _fingerprint(document), _GIVEN, _GIVEN_VERSION)
                for key, document in self.documents.items()
            ),
        ]

    def item(self, key: str) -> Item:
        """Return what is to be read under a key."""
        if key in self.documents:
            return Item(self.documents[key], key)
        file = self.files[key]
        return Item(file, str(file.path))


def take_in(sources: Sequence[Path | Document]) -> Intake:
    """Return what is below the paths among `sources`, and the documents among them.

    Raises:
        CorpusError: A path is missing, none of the files is a document, or two of them have one
            key.
    """
    paths = [source for source in sources if isinstance(source, Path)]
    given = [source for source in sources if isinstance(source, Document)]
    files: dict[str, SourceFile] = {}
    skipped: Sequence[tuple[Path, str]] = ()
    if paths or not given:
        found = discover(paths)
        files, skipped = {file.key: file for file in found.files}, found.skipped
    documents: dict[str, Document] = {}
    for document in given:
        key = document.source.key
        if key in documents or key in files:
            raise CorpusError(
                f"Two sources have the key {key!r}. Give one of them another key: in a sidecar of "
                "a file, or in the source (the metadata) of a document."
            )
        documents[key] = document
    return Intake(files, documents, skipped)


def _fingerprint(document: Document) -> str:
    parts = document.model_dump(mode="json", exclude={"text"})
    data = document.text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode() + b"\0" + data).hexdigest()
