"""FHIR DocumentReference, Binary and Bundle, also one a line: the documents attached to them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

from medrag import registry
from medrag.core.document import Document
from medrag.documents.composer import clean
from medrag.documents.dates import day
from medrag.documents.encoding import decode, read_bytes
from medrag.documents.json_lines import LINE_SUFFIXES, LinedFile, Unread, reason_of
from medrag.errors import CorpusError, PartlyReadError

_LOADERS: Mapping[str, str] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
"""Content type -> loader that has a `parse(data, path)`."""

_MARKS: Mapping[bytes, str] = {
    b"%pdf-": "application/pdf",
    b"pk\x03\x04": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"<!doctype html": "text/html",
    b"<html": "text/html",
}
"""What files of a type begin with; a wrong type would quote their marks, or lose their text."""
_HOLDING = frozenset({"Bundle", "Binary", "DocumentReference"})
_MOST_NESTED = 20  # bundles in bundles
_Resource = Mapping[str, Any]


class FhirLoader:
    """Reads `.json` FHIR resources; each DocumentReference or Binary with data is a document.

    The contents of one DocumentReference are one document in several formats, so the first that
    can be read is taken. A reference that `replaces` another one supersedes it.

    A bulk export (`.ndjson`, a resource a line) is gone through twice: once for what refers to
    what, then for the data of one document after another, so that memory does not grow with it.
    """

    version = 5

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the attached documents in file order; their key ends in `#` and their id or place.

        Raises:
            CorpusError: Not JSON, or no attachment that can be read.
            PartlyReadError: After the last document: some attachments cannot be read, are only
                linked by url, or were entered in error; or some lines are damaged.
        """
        bundle, unread = _Bundle(), Unread()
        if path.suffix.lower() in LINE_SUFFIXES:
            _collect_lines(bundle, path, unread)
        else:
            bundle.collect(_json(path))
        found = False
        for attached in bundle.documents():
            try:
                documents, parts = _documents(attached, path)
            except CorpusError as error:
                unread.add(f"attachment {attached.name}: {reason_of(error, path)}")
                continue
            found = True
            for part in parts:
                unread.add(f"attachment {attached.name}: {part}")
            yield from documents
        if found and unread.parts:
            raise PartlyReadError(path, unread.parts)
        if not found:
            why = "; ".join(unread.parts) or "no DocumentReference or Binary in it"
            raise CorpusError(
                f"{path}: nothing attached that can be read ({why}). Attachments that are only "
                "linked by url are not fetched."
            )


def _collect_lines(bundle: _Bundle, path: Path, unread: Unread) -> None:
    """Take in the resource of every line, its long texts left in the file."""
    file = LinedFile(path)
    for line, resource in file.objects(unread):
        kind = resource.get("resourceType")
        if not isinstance(kind, str):
            unread.add(f"line {line.number}: no FHIR resource (it has no resourceType)")
        elif kind in _HOLDING:
            bundle.collect(file.without_texts(resource, line.start))


def _json(path: Path) -> Any:
    try:
        return json.loads(decode(read_bytes(path), path))
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError
        several = isinstance(error, json.JSONDecodeError) and error.msg == "Extra data"
        hint = " A file with a resource a line is read as .ndjson." if several else ""
        raise CorpusError(f"{path}: not JSON ({error}).{hint}") from error


@dataclass(frozen=True, slots=True)
class _Attached:
    """One document of a file.

    Attributes:
        name: Its resource's id, else its place among the file's documents, from 1.
        forms: Attachments that each hold all of it.
        replaces: Names of the documents of this file that it replaces.
        outdated: Whether it is superseded by something that is not in this file.
    """

    name: str
    resource: _Resource
    forms: tuple[_Resource, ...]
    replaces: tuple[str, ...] = ()
    outdated: bool = False


@dataclass(slots=True)
class _Bundle:
    """The resources of a file, and by what they are referred to."""

    _references: list[_Resource] = field(default_factory=list)
    _binaries: list[_Resource] = field(default_factory=list)
    _by_address: dict[str, _Resource] = field(default_factory=dict)

    def collect(self, resource: Any, address: Any = None, level: int = 0) -> None:
        """Take in a resource and what it contains."""
        if not isinstance(resource, dict) or level > _MOST_NESTED:
            return
        kind, name = resource.get("resourceType"), resource.get("id")
        if kind == "Bundle":
            for entry in _listed(resource.get("entry")):
                self.collect(entry.get("resource"), entry.get("fullUrl"), level + 1)
            return
        if not isinstance(kind, str) or kind not in _HOLDING:
            return
        (self._binaries if kind == "Binary" else self._references).append(resource)
        for known in (address, f"{kind}/{name}" if name else None):
            if known:
                self._by_address.setdefault(str(known), resource)

    def documents(self) -> list[_Attached]:
        """Return the documents: those of references first, then data that none refers to."""
        names = self._names()
        replaced = {id(old) for new in self._references for old in self._replaced(new)}
        used: set[int] = set()
        found = []
        for resource in self._references:
            forms = tuple(self._form(item, used) for item in _listed(resource.get("content")))
            found.append(
                _Attached(
                    names[id(resource)],
                    resource,
                    tuple(form for form in forms if form),
                    tuple(names[id(old)] for old in self._replaced(resource)),
                    resource.get("status") == "superseded" and id(resource) not in replaced,
                )
            )
        alone = [binary for binary in self._binaries if id(binary) not in used]
        return found + [_Attached(names[id(binary)], binary, (binary,)) for binary in alone]

    def _names(self) -> dict[int, str]:
        both = [*self._references, *self._binaries]
        names: dict[int, str] = {}
        taken: set[str] = set()
        for number, resource in enumerate(both, start=1):
            name = str(resource.get("id") or number)
            names[id(resource)] = name if name not in taken else f"{name}-{number}"
            taken.add(names[id(resource)])
        return names

    def _form(self, content: _Resource, used: set[int]) -> _Resource:
        """Return an attachment, with the data of the Binary that its url names."""
        attachment = content.get("attachment")
        if not isinstance(attachment, dict):
            return {}
        binary = self._by_address.get(str(attachment.get("url")))
        if attachment.get("data") or binary is None or binary.get("resourceType") != "Binary":
            return attachment
        used.add(id(binary))
        return {"contentType": binary.get("contentType"), **attachment, "data": binary.get("data")}

    def _replaced(self, resource: _Resource) -> list[_Resource]:
        found = []
        for relation in _listed(resource.get("relatesTo")):
            target = relation.get("target")
            address = target.get("reference") if isinstance(target, dict) else None
            old = self._by_address.get(str(address))
            # `replaces` is a code in R4 and a concept around that code in R5.
            if old is not None and '"replaces"' in json.dumps(relation.get("code"), default=str):
                found += [old] if old["resourceType"] == "DocumentReference" else []
        return found


def _listed(value: Any) -> list[_Resource]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _documents(attached: _Attached, path: Path) -> tuple[list[Document], tuple[str, ...]]:
    """Return the document in the first form that can be read, and what of that is not read.

    Raises:
        CorpusError: None can.
    """
    if attached.resource.get("status") == "entered-in-error":
        raise CorpusError(f"{path}: marked as entered in error.")
    if attached.outdated:
        raise CorpusError(f"{path}: marked as superseded, and what replaces it is not in the file.")
    reasons: list[str] = []
    for form in attached.forms:
        read: list[Document] = []
        parts: tuple[str, ...] = ()
        try:
            read += _read(form, path)
        except PartlyReadError as error:
            parts = error.parts
        except CorpusError as error:
            reasons.append(reason_of(error, path))
            continue
        return [_named(document, form, attached, path) for document in read], parts
    raise CorpusError(f"{path}: {', '.join(reasons) or 'nothing attached'}.")


def _read(attachment: _Resource, path: Path) -> Iterator[Document]:
    kind, charset = _content_type(attachment)
    if not attachment.get("data"):
        raise CorpusError(f"{path}: only linked by url, or empty.")
    try:
        data = base64.b64decode("".join(str(attachment["data"]).split()), validate=True)
        kind = _shown_type(data) or kind
        if kind not in _LOADERS:
            raise CorpusError(f"{path}: {kind!r} is not read; readable are {', '.join(_LOADERS)}.")
        if charset and kind.startswith("text/"):
            data = data.decode(charset).encode()
    except (binascii.Error, ValueError, LookupError) as error:
        raise CorpusError(f"{path}: not base64 of {charset or 'bytes'} ({error}).") from error
    loader = registry.resolve("loader", _LOADERS[kind])()
    digest = hashlib.sha256(data).hexdigest()
    for document in loader.parse(data, path):
        yield document.model_copy(
            update={"source": document.source.model_copy(update={"sha256": digest})}
        )


def _shown_type(data: bytes) -> str | None:
    """Return the media type that bytes show by themselves, whatever was said of them."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return next((kind for mark, kind in _MARKS.items() if head.startswith(mark)), None)


def _content_type(attachment: _Resource) -> tuple[str, str | None]:
    """Return the media type and the charset that an attachment says it has."""
    header = Message()
    header["content-type"] = str(attachment.get("contentType") or "text/plain")
    return header.get_content_type(), header.get_content_charset()


def _named(document: Document, form: _Resource, attached: _Attached, path: Path) -> Document:
    resource = attached.resource
    said: dict[str, Any] = {"key": f"{path.name}#{attached.name}"}
    title = form.get("title") or resource.get("description")
    if title:
        said["title"] = clean(str(title))
    written = day(str(form.get("creation") or resource.get("date") or ""))
    if written:
        said["published"] = written
    said["supersedes"] = tuple(f"{path.name}#{name}" for name in attached.replaces)
    source = document.source.model_copy(update=said)
    return Document.of(document.text, source, pages=document.pages, sections=document.sections)
