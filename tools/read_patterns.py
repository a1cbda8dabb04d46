"""Keeps what the patterns of a room need, begin with and end with in a data file of that room.

    python tools/read_patterns.py

Run it when a pattern of `privacy/` or `checker/`, or `text/beginnings.py`, has changed; a test says
so. Until then what changed is read anew in each process.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import medrag.checker
import medrag.privacy
from medrag.checker.sieve import SIEVE as OF_RULES
from medrag.privacy.sieve import SIEVE as OF_IDENTIFIERS

ROOMS = ((medrag.privacy, OF_IDENTIFIERS), (medrag.checker, OF_RULES))


def main() -> None:
    for room, sieve in ROOMS:
        for module in walk_packages(room.__path__, f"{room.__name__}."):
            import_module(module.name)
        file = Path(room.__path__[0]) / "data" / "patterns.jsonl"
        file.parent.mkdir(exist_ok=True)
        file.write_text(sieve.kept(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
