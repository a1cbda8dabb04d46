"""How far something long is, its rate and the time that is left, where somebody looks on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")
_SOON_S = 1.0
"""What is done within this time shows nothing."""


def watched(
    items: Iterable[_T], doing: str, unit: str, *, total: int | None = None, out: str | None = None
) -> Iterator[_T]:
    """Yield the items, with a bar on standard error where that is a terminal.

    Args:
        items: What is worked on, or what comes of it.
        doing: What is done to them (`checking`).
        unit: What one of them is (`case`).
        total: How many there are; by default the length of `items`.
        out: Where what comes of them is written: no bar stands between lines on standard output.
    """
    if total is None:
        total = len(items) if isinstance(items, Sequence) else None
    if out == "-" or not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, total=total, desc=doing, unit=unit, leave=False, delay=_SOON_S)


@contextmanager
def counting(doing: str, unit: str, total: int) -> Iterator[Callable[[str], None]]:
    """Give what counts one more as done and says of it what it is told, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from tqdm import tqdm

    with tqdm(total=total, desc=doing, unit=unit, leave=False, delay=_SOON_S) as bar:

        def count(said: str) -> None:
            bar.set_postfix_str(said, refresh=False)
            bar.update()

        yield count
