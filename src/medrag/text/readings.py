"""What is read off patterns, kept in a file: no process reads again what one has read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib.resources import files

from medrag.text.beginnings import RUN, beginnings, endings, needs

_Runs = Sequence[str]
_FILE = "patterns.jsonl"


class Readings:
    """Reads patterns, or takes from `data/patterns.jsonl` of a package what was read of them.

    The file is keyed by what it was made from: a pattern that changed since has another digest, and
    where `beginnings.py` is not that which read them, nothing of the file is taken. What is not
    kept is read anew, so that a stale file costs time and is never believed.

    Args:
        package: Whose file; None for no file.
    """

    def __init__(self, package: str | None = None) -> None:
        self._package = package

    def holds(self, pattern: str, flags: int) -> bool:
        """Return whether the file holds what was read of a pattern."""
        return _digest(pattern, flags) in self._kept

    def needs(self, pattern: str, flags: int) -> Sequence[Iterable[str]]:
        """Return what `beginnings.needs` returns."""
        kept = self._kept.get(_digest(pattern, flags), {}).get("needs")
        return needs(pattern, flags) if kept is None else kept

    def beginnings(self, pattern: str, flags: int) -> frozenset[str]:
        """Return what `beginnings.beginnings` returns, of `RUN` characters."""
        kept = self._kept.get(_digest(pattern, flags), {}).get("begins")
        return beginnings(pattern, RUN, flags) if kept is None else frozenset(*kept)

    def endings(self, pattern: str, flags: int) -> frozenset[str]:
        """Return what `beginnings.endings` returns."""
        kept = self._kept.get(_digest(pattern, flags), {}).get("ends")
        return endings(pattern, flags) if kept is None else frozenset(*kept)

    @cached_property
    def _kept(self) -> Mapping[str, Mapping[str, Sequence[_Runs]]]:
        """What was read of each pattern, by its digest; nothing where another reader read it."""
        if self._package is None:
            return {}
        try:
            written = (files(self._package) / "data" / _FILE).read_text(encoding="utf-8")
            reader, *rows = map(json.loads, written.splitlines())
            return dict(rows) if reader == _reader() else {}
        except FileNotFoundError:  # before the file is made, or where no sources are installed
            return {}


def kept(searched: Iterable[tuple[str, int]], ended: Iterable[tuple[str, int]]) -> str:
    """Return the contents of a file for patterns and their flags.

    Args:
        searched: Those that are looked for in texts: their needs and beginnings are kept.
        ended: Those for what ends where a text ends: their endings are kept.
    """
    rows: dict[str, dict[str, list[list[str]]]] = {
        _digest(*one): {
            "needs": [sorted(runs) for runs in needs(*one)],
            "begins": [sorted(beginnings(one[0], RUN, one[1]))],
        }
        for one in searched
    }
    for one in ended:
        rows.setdefault(_digest(*one), {})["ends"] = [sorted(endings(*one))]
    lines = [json.dumps(_reader()), *(json.dumps(row) for row in sorted(rows.items()))]
    return "\n".join(lines) + "\n"


def _digest(pattern: str, flags: int) -> str:
    return hashlib.sha256(f"{flags}\0{pattern}".encode()).hexdigest()[:16]


def _reader() -> str:
    """Return the digest of the sources that read patterns, however their lines end."""
    source = (files("medrag.text") / "beginnings.py").read_bytes().replace(b"\r\n", b"\n")
    return hashlib.sha256(source).hexdigest()
