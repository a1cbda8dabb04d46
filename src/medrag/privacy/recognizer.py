"""The seam for further recognizers: a model, a hospital's own rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from medrag.privacy.evidence import Found


class Recognizer(Protocol):
    """Finds identifiers in a text.

    It may find too much: what is a clinical mention stays in the text unless the find says that
    it is certain. It must not find less when it is asked twice: the same text gives the same
    finds, in any order, with offsets in code points of exactly that text.
    """

    def find(self, text: str) -> Iterable[Found]:
        """Return the identifiers in `text`; empty where there are none."""
        ...
