"""Keeps what the patterns of de-identification need, begin with and end with in a data file.

    python tools/read_patterns.py

Run it when a pattern of `privacy/` or `text/beginnings.py` has changed; a test says so. Until then
what changed is read anew in each process.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import medrag.privacy
from medrag.privacy.sieve import SIEVE

FILE = Path(medrag.privacy.__file__).parent / "data" / "patterns.jsonl"


def main() -> None:
    for module in iter_modules(medrag.privacy.__path__, "medrag.privacy."):
        import_module(module.name)
    FILE.write_text(SIEVE.kept(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
