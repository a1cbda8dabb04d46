"""Which code made a figure."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import medrag

_ROOT = Path(medrag.__file__).parent
_COMPILED = (".pyc", ".pyo")
MAKES_AN_INDEX = ("documents", "embedders", "index", "pipeline", "text")
"""The rooms that decide what an index holds."""


@cache
def code_digest(*rooms: str) -> str:
    """Return the first 12 hex digits of the SHA-256 of the package's files, tables included.

    Args:
        rooms: Only the files under these; all where none is given.
    """
    roots = [_ROOT / room for room in rooms] or [_ROOT]
    files = sorted(path for root in roots for path in root.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        if path.suffix not in _COMPILED:
            digest.update(f"{path.relative_to(_ROOT).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
