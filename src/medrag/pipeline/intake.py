"""What a build is given: files below folders, and documents that another reader has read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

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
        copies: Folder or file -> the URL that it is a copy of.
    """

    files: Mapping[str, SourceFile]
    documents: Mapping[str, Document]
    skipped: Sequence[tuple[str, str]]
    copies: Mapping[str, str]

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
        return Item(file, _shown(str(file.path), self.copies))


@contextmanager
def taken_in(sources: Sequence[Path | str | Document]) -> Iterator[Intake]:
    """Give what is below the paths and URLs among `sources`, and the documents among them.

    What lies under a URL is copied into a folder for as long as the context lasts.

    Raises:
        CorpusError: A path is missing, none of the files is a document, or two of them have one
            key.
        BackendError: The package for a kind of URL is not installed.
    """
    given = [source for source in sources if isinstance(source, Document)]
    with TemporaryDirectory(prefix="medrag-") as folder:
        copies: dict[str, str] = {}
        places: list[Path] = []
        left_out: list[tuple[str, str]] = []
        for number, source in enumerate(sources):
            if isinstance(source, str):
                from medrag.documents.fetching import fetch

                copy = fetch(source, Path(folder) / str(number))
                copies[str(copy.root)] = copy.name
                places.append(copy.root)
                left_out += copy.skipped
            elif isinstance(source, Path):
                places.append(source)
        yield _intake(places, given, copies, left_out)


def _intake(
    places: Sequence[Path],
    given: Sequence[Document],
    copies: Mapping[str, str],
    left_out: Sequence[tuple[str, str]],
) -> Intake:
    files: dict[str, SourceFile] = {}
    skipped = list(left_out)
    if places or not given:
        try:
            found = discover(places)
        except CorpusError as error:
            raise CorpusError(_shown(str(error), copies)) from error
        files = {file.key: file for file in found.files}
        skipped += [(_shown(str(path), copies), why) for path, why in found.skipped]
    documents: dict[str, Document] = {}
    for document in given:
        key = document.source.key
        if key in documents or key in files:
            raise CorpusError(
                f"Two sources have the key {key!r}. Give one of them another key: in a sidecar of "
                "a file, or in the source (the metadata) of a document."
            )
        documents[key] = document
    return Intake(files, documents, skipped, copies)


def _shown(text: str, copies: Mapping[str, str]) -> str:
    """Return a text that names copies with the names of what they are copies of."""
    for root, name in copies.items():
        text = text.replace(root, name)
    return text


def _fingerprint(document: Document) -> str:
    parts = document.model_dump(mode="json", exclude={"text"})
    data = document.text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode() + b"\0" + data).hexdigest()
