"""FHIR DocumentReference, Binary and Bundle: the documents attached to them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medrag import registry
from medrag.core.document import Document
from medrag.documents.composer import clean
from medrag.documents.dates import day
from medrag.documents.encoding import decode, read_bytes
from medrag.errors import CorpusError

_LOADERS: Mapping[str, str] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
"""Content type -> loader that has a `parse(data, path)`."""


class FhirLoader:
    """Reads `.json` FHIR resources; each attachment with its data inside is a document."""

    version = 2

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the attached documents in file order; their key ends in `#` and their place.

        Raises:
            CorpusError: Not JSON, no attachment with data, or one that cannot be read as its
                content type.
        """
        found = False
        for number, (attachment, resource) in enumerate(_attachments(_json(path)), start=1):
            found = True
            yield from _documents(attachment, resource, path, number)
        if not found:
            raise CorpusError(
                f"{path}: no DocumentReference or Binary with its data inside. Attachments that "
                "are only linked by url are not fetched."
            )


def _json(path: Path) -> Any:
    try:
        return json.loads(decode(read_bytes(path), path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise CorpusError(f"{path}: not JSON ({error}).") from error


def _attachments(resource: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield (attachment with data, its resource)."""
    if not isinstance(resource, dict):
        return
    kind = resource.get("resourceType")
    if kind == "Bundle":
        for entry in resource.get("entry") or []:
            yield from _attachments(entry.get("resource") if isinstance(entry, dict) else None)
    elif kind == "Binary" and resource.get("data"):
        yield resource, resource
    elif kind == "DocumentReference":
        for content in resource.get("content") or []:
            attachment = content.get("attachment") if isinstance(content, dict) else None
            if isinstance(attachment, dict) and attachment.get("data"):
                yield attachment, resource


def _documents(
    attachment: Mapping[str, Any], resource: Mapping[str, Any], path: Path, number: int
) -> Iterator[Document]:
    kind = str(attachment.get("contentType") or "text/plain").split(";")[0].strip().lower()
    if kind not in _LOADERS:
        raise CorpusError(
            f"{path}: attachment {number} is {kind!r}; readable are {', '.join(sorted(_LOADERS))}."
        )
    try:
        data = base64.b64decode(str(attachment["data"]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise CorpusError(f"{path}: attachment {number} is not base64 ({error}).") from error
    loader = registry.resolve("loader", _LOADERS[kind])()
    for document in loader.parse(data, path):
        digest = hashlib.sha256(data).hexdigest()
        changes = _said(attachment, resource) | {"key": f"{path.name}#{number}", "sha256": digest}
        source = document.source.model_copy(update=changes)
        yield Document.of(document.text, source, pages=document.pages, sections=document.sections)


def _said(attachment: Mapping[str, Any], resource: Mapping[str, Any]) -> dict[str, Any]:
    title = attachment.get("title") or resource.get("description")
    written = day(str(attachment.get("creation") or resource.get("date") or ""))
    said: dict[str, Any] = {"title": clean(str(title))} if title else {}
    return said | ({"published": written} if written else {})
