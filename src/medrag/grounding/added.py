"""Patients whom a claim adds to those of its quotations: "nor should those with a stroke"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from medrag.grounding.stems import stems
from medrag.grounding.tokens import tokens


class Added(NamedTuple):
    """Words that name patients of whom no quotation speaks."""

    start: int
    end: int


_PEOPLE = r"(?:those|patients?|people|persons?|adults|women|men|children|anyone|individuals)"
_JOINED = re.compile(
    r"(?:\b(?:and )?n(?:or|either) (?:should|must|may|can|do|does|is|are|will)"
    rf"(?: (?:be )?(?:used |given )?(?:in|by|to|for))?|\b(?:and|or) (?:also )?(?:in|for"
    rf"|to)(?= {_PEOPLE})"
    r"|\bas (?:well as|also)(?: (?:in|for|to))?|\b(?:the )?same (?:goes|applies|holds)"
    r"(?: true)? (?:for|to)|\b(?:and|or)(?: also)?) "
    rf"(?P<who>{_PEOPLE} (?:with|who|in|on|having|taking|of|whose|after|under|over)\b[^,.;]*)",
    re.IGNORECASE,
)


def added_patients(claim: str, sources: Sequence[str]) -> Iterator[Added]:
    """Yield the patients whom `claim` joins to others by "nor", "or", "as well as".

    Only those of whose description no word stands in `sources`, in any form.
    """
    found = list(_JOINED.finditer(claim))
    if not found:
        return
    held = {one for source in sources for one in stems(tokens(source))}
    for match in found:
        words = [t for t in tokens(claim) if match.start("who") <= t.start < match.end("who")]
        own = stems(words) - _GENERAL
        if own and not own & held:
            yield Added(match.start("who"), match.end("who"))


_GENERAL = frozenset({"histo", "disea", "condi", "disor", "past", "known", "previ", "first",
                      "age", "old", "older", "young"})  # fmt: skip
