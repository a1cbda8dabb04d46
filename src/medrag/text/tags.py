"""The tags that stand in place of identifiers, and a question without them.

A tag carries no meaning, and neither do the title or label that only introduce it: whoever
compares the words of a question with those of passages leaves both out.
"""

from __future__ import annotations

import re

TAG = re.compile(r"\[(?P<label>[A-Z]+(?:-[A-Z]+)*)-(?P<number>\d+)(?P<form>[a-z]*)\]")
"""How a tag is written: `[NAME-1]`; another form of the same name is `[NAME-1b]`."""

_TITLES = r"mr|mrs|ms|miss|mx|dr|doctor|prof|professor|sir|madam|patient|pt|nurse|signed|re"
_LABELS = (
    r"name|mrn|dob|d\.o\.b|ssn|nhs|no|number|phone|tel|telephone|mobile|cell|fax|e-?mail|address|id"
    r"|account|acct|policy|member|license|licence|plate|serial|device|url|ip|room|bed|ward"
)
_INTRODUCED = re.compile(
    rf"(?:\b(?:{_TITLES}|{_LABELS})\b[.:#]*\s*)*{TAG.pattern}(?:[,;:](?=\s|$))?", re.IGNORECASE
)
_BORN = re.compile(r"\b(?:dob|d\.o\.b\.?|born|date of birth)\b[:\s]*[\d./-]+[,;]?", re.IGNORECASE)


def untagged(text: str) -> str:
    """Return `text` without tags and what only introduces them; as it is where nothing remains."""
    if TAG.search(text) is None:
        return text
    rest = " ".join(_BORN.sub(" ", _INTRODUCED.sub(" ", text)).split())
    return rest if re.search(r"\w", rest) else text
