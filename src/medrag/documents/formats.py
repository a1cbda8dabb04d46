"""Which loader reads which file: by suffix, and by content where the suffix is shared."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from medrag import registry

SUFFIXES: Mapping[str, str] = {
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".docx": "docx",
    ".nxml": "jats",
}
"""suffix -> loader name."""

_HEAD_BYTES = 16_384
_BLOCK = 1 << 20
_OVERLAP = 64
"""Bytes that two blocks share: a mark may stand where they meet."""
_LABEL_MARKS = ('"openfda"', '"spl_', '"set_id"', '"effective_time"', '"results"', '"purpose"')
_JSON_NAMES = (".json", ".jsonl", ".ndjson")


def loader_of(path: Path) -> tuple[str, str]:
    """Return (loader name, ""), or ("", reason) where no loader reads the file.

    A third-party loader says which suffixes it reads in an attribute `suffixes`; it cannot take
    a suffix from a built-in one.

    Raises:
        OSError: The file has an ambiguous suffix and cannot be opened.
    """
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return SUFFIXES[suffix], ""
    if suffix in _BY_CONTENT:
        with path.open("rb") as stream:
            return _BY_CONTENT[suffix](stream)
    name = _third_party().get(suffix)
    if name is not None:
        return name, ""
    known = ", ".join(sorted({*SUFFIXES, *_BY_CONTENT}))
    return "", f"no loader reads {suffix or 'files without a suffix'!r}; known: {known}"


def _third_party() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in registry.names("loader"):
        if name not in registry.BUILTINS["loader"]:
            for suffix in getattr(registry.resolve("loader", name), "suffixes", ()):
                found.setdefault(str(suffix).lower(), name)
    return found


def _ascii(head: bytes) -> str:
    # UTF-16 files become readable enough to tell them apart once the zero bytes are gone.
    return head.replace(b"\0", b"").decode("latin-1").lower()


def _xml(stream: IO[bytes]) -> tuple[str, str]:
    text = _ascii(stream.read(_HEAD_BYTES))
    if "urn:hl7-org:v3" in text:
        return "spl", ""
    if "<html" in text:
        return "html", ""
    if "<article" in text or "jats" in text or "nlm//dtd" in text:
        return "jats", ""
    return "", "XML that is neither an SPL label (urn:hl7-org:v3), nor JATS, nor XHTML"


def _json(stream: IO[bytes]) -> tuple[str, str]:
    """Return the loader by the first block with a mark: a long text may stand before it."""
    for block in _blocks(stream):
        text = _ascii(block)
        if '"resourcetype"' in text:
            return "fhir", ""
        if any(mark in text for mark in _LABEL_MARKS):
            return "openfda", ""
    return "", "JSON that is neither an openFDA label record nor a FHIR resource"


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the head of a file, which most often tells, then the rest of it."""
    block = stream.read(_HEAD_BYTES)
    while block:
        yield block
        more = stream.read(_BLOCK)
        block = block[-_OVERLAP:] + more if more else b""


def _zip(stream: IO[bytes]) -> tuple[str, str]:
    if stream.read(2) != b"PK":
        return "", "not a zip archive, whatever its name says"
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return "openfda", ""  # its loader tells what is wrong with it
    if any(is_json_member(name) for name in names):
        return "openfda", ""
    return "", "a zip archive without an openFDA JSON file; unpack it"


def is_json_member(name: str) -> bool:
    """Return whether a file in an archive is one of JSON, and not what macOS packs beside it."""
    *folders, last = name.lower().split("/")
    return last.endswith(_JSON_NAMES) and not last.startswith("._") and "__macosx" not in folders


_BY_CONTENT: Mapping[str, Callable[[IO[bytes]], tuple[str, str]]] = {
    ".xml": _xml,
    ".json": _json,
    ".jsonl": _json,
    ".ndjson": _json,
    ".zip": _zip,
}
