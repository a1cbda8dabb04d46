"""Which code made a figure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import medrag

_ROOT = Path(medrag.__file__).parent
_LOOKS_ON = ("cli", "evaluation", "__pycache__")
_COMPILED = (".pyc", ".pyo")
MAKES_AN_INDEX = ("documents", "embedders", "index", "pipeline", "text")
"""The rooms that decide what an index holds."""


@cache
def code_digest(*rooms: str) -> str:
    """Return the first 12 hex digits of the SHA-256 of the package's files, tables included.

    Args:
        rooms: Only the files under these; where none is given, all but those that only look at
            answers, which may change without an answer being another.
    """
    roots = [_ROOT / room for room in rooms] or [
        path for path in _ROOT.iterdir() if path.name not in _LOOKS_ON
    ]
    files = sorted(path for root in roots for path in _files(root))
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(_ROOT).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files(root: Path) -> Iterator[Path]:
    for path in [root] if root.is_file() else root.rglob("*"):
        if path.is_file() and path.suffix not in _COMPILED:
            yield path
