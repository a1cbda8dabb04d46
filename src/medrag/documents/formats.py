"""Which loader reads which file: by suffix, and by content where the suffix is shared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

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
            return _BY_CONTENT[suffix](stream.read(_HEAD_BYTES))
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


def _xml(head: bytes) -> tuple[str, str]:
    text = _ascii(head)
    if "urn:hl7-org:v3" in text:
        return "spl", ""
    if "<html" in text:
        return "html", ""
    if "<article" in text or "jats" in text or "nlm//dtd" in text:
        return "jats", ""
    return "", "XML that is neither an SPL label (urn:hl7-org:v3), nor JATS, nor XHTML"


def _json(head: bytes) -> tuple[str, str]:
    text = _ascii(head)
    if '"resourcetype"' in text:
        return "fhir", ""
    marks = ('"openfda"', '"spl_', '"set_id"', '"effective_time"', '"results"', '"purpose"')
    if any(mark in text for mark in marks):
        return "openfda", ""
    return "", "JSON that is neither an openFDA label record nor a FHIR resource"


def _zip(head: bytes) -> tuple[str, str]:
    if not head.startswith(b"PK"):
        return "", "not a zip archive, whatever its name says"
    if any(mark in head[:512].lower() for mark in (b".json", b".ndjson")):
        return "openfda", ""
    return "", "a zip archive that does not begin with an openFDA JSON file; unpack it"


_BY_CONTENT: Mapping[str, Callable[[bytes], tuple[str, str]]] = {
    ".xml": _xml,
    ".json": _json,
    ".jsonl": _json,
    ".ndjson": _json,
    ".zip": _zip,
}
