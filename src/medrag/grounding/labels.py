"""Lists behind a label written out: what is contraindicated, and how often a reaction is seen.

"Contraindications: A; B" says of each item what the label says, and "Common (up to 1 in 10): A, B"
how often each of them is. Cut at its semicolons or commas, such a list would lose its label.
"""

from __future__ import annotations

import re
from functools import lru_cache

_FREQUENT = r"(?:very )?(?:common|rare)(?:ly)?|uncommon(?:ly)?"
_FREQUENCY = re.compile(
    rf"(?:(?<=\A)|(?<=[.;:\n]\s)|(?<=\n))\s*(?P<label>{_FREQUENT})"
    r"(?P<gloss>\s?\([^()]{1,60}\))?:\s*(?P<items>[^.;\n]+)", re.IGNORECASE,
)  # fmt: skip
_FORBIDDEN = re.compile(
    r"(?:(?<=\A)|(?<=[.;\n]\s)|(?<=\n))(?:absolute )?contraindications?(?: include)?:\s*"
    r"(?P<items>[^.\n(]+(?:\([^()]*\)[^.\n(]*)*?)(?=[.\n]|\s\([A-Z]|\Z)", re.IGNORECASE,
)  # fmt: skip
_PARTED = re.compile(r"\s*[;,]\s*(?:(?:and|or)\s)?(?![^()]*\))")


@lru_cache(maxsize=256)
def unlisted(text: str) -> str:
    """Return `text` with the items behind labels of that kind told as sentences of their own."""
    if ":" not in text:
        return text
    text = _FREQUENCY.sub(_frequent, text)
    return _FORBIDDEN.sub(_forbidden, text)


def _frequent(match: re.Match[str]) -> str:
    said = f"{match['label'].lower()}{match['gloss'] or ''}"
    items = [item for item in _PARTED.split(match["items"].strip()) if item]
    return ". ".join(f"{item[:1].upper()}{item[1:]} is {said}" for item in items)


def _forbidden(match: re.Match[str]) -> str:
    items = [item for item in _PARTED.split(match["items"].strip()) if item]
    return ". ".join(f"Contraindicated in {item}" for item in items)
