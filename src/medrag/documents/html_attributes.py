"""Refusing HTML elements with so many attributes that parsing them takes hours.

libxml2 compares every attribute of an element with all before it: 100,000 of them, 1 MB, take
12 seconds, and 64 MB of them would take half a day.
"""

from __future__ import annotations

import re
from pathlib import Path

from medrag.errors import CorpusError

MOST_ATTRIBUTES = 20_000
"""Of one element; they take half a second. Real elements have dozens."""

_LONG_TAG = 2 * MOST_ATTRIBUTES
"""No shorter stretch without a `>` holds more attributes than that."""

_UNIT = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')|<[A-Za-z]|>|\s+|/""")


def check_attributes(text: str, path: Path) -> None:
    """Raise where a tag has more than `MOST_ATTRIBUTES` with values, or twice as many without.

    Ordinary pages are passed after two searches; the rest is read unit by unit, a quoted value,
    which may hold a `>`, as one.

    Raises:
        CorpusError: A tag has.
    """
    stretch = max(map(len, text.split(">")))
    if stretch < _LONG_TAG and text.count("=") <= MOST_ATTRIBUTES:
        return
    parts, inside = 0, False
    for match in _UNIT.finditer(text):
        unit = match.group()
        if unit.startswith("<"):
            parts, inside = 0, True
        elif unit == ">":
            inside = False
        elif inside:  # a value, or what stands between two attributes; either may be missing
            parts += 1
            if parts > 2 * MOST_ATTRIBUTES:
                raise CorpusError(
                    f"{path}: an element has more than {MOST_ATTRIBUTES:,} attributes. Elements "
                    "have dozens; the file is damaged or hostile."
                )
