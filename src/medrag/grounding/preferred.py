"""Which drug is preferred: a claim that puts another first than its quotations do.

"Use A in preference to B" beside "B is preferred", "B is the one to avoid" beside "avoid A; B may
be considered": the claim turns down the drug that its quotations favor, or favors the one that
they turn down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from medrag.grounding.facts import Drug, Facts


class Other(NamedTuple):
    """A drug that a claim puts first or last against its quotations; see `grounding.Ungrounded`."""

    kind: Literal["direction"]
    start: int
    end: int
    message: str
    expected: str


_OVER = re.compile(
    r"\b(?:in preference to|rather than|instead of|preferred (?:to|over)|preferable to"
    r"|(?:chosen|favou?red|recommended) over|not) (?:the )?(?:[\w-]+ )?\Z", re.IGNORECASE,
)  # fmt: skip
"""What stands before the drug that gives way."""
_FAVORED = re.compile(
    r"\s(?:is|are|remains?) (?:the |a )?(?:preferred\b(?! (?:to|over))|\w+"
    r" of (?:first )?choice|first[- ](?:line|choice)|better\b|safer\b|favou?red\b)"
    r"|\s(?:comes?|goes|is (?:used|given|tried)) first\b", re.IGNORECASE,
)  # fmt: skip
"""What stands behind the drug that is put first."""
_ALLOWED = re.compile(
    r"\s(?:has less (?:effect|interaction)s?\b[^.;]{0,20}\b)?(?:and )?(?:may|can|could) be"
    r" (?:considered|used|given|preferred)", re.IGNORECASE,
)  # fmt: skip
"""What stands behind a drug that is not turned down."""
_DENIED = re.compile(r"\b(?:no|not|never|neither|nor|nobody|none)\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"[^.;,]{0,24}?\b(?:in|for|if|when|with|during|at|below|above|unless|where|until"
    r"|within|after)\b",
    re.IGNORECASE,
)
_EXCEPTED = re.compile(r"\b(?:except|excluding|unless)\b", re.IGNORECASE)
_PREFER = re.compile(
    r"\b(?:prefers?|chooses?|favou?rs?|first(?:[- ](?:line|choice))?(?: is)?|better served by"
    r"|of choice is|preferred (?:option|drug|agent|choice)s?(?: is| are|:)?)"
    r"(?: the| oral| inhaled)? \Z", re.IGNORECASE,
)  # fmt: skip
_TURNED_DOWN = re.compile(
    r"\s(?:is|are) (?:the )?(?:[\w-]+ ){0,2}?(?:to (?:avoid|be avoided)|to leave out|best avoided"
    r"|ruled out|contraindicated)\b"
    r"|\s(?:should|must|is to|are to) be avoided\b", re.IGNORECASE,
)  # fmt: skip
_AVOID = re.compile(
    r"\b(?:avoid|do not (?:use|give|combine with)|steer clear of|keep away from)(?: concomitant"
    r"| the use of| using| giving)? \Z", re.IGNORECASE,
)  # fmt: skip
_BEFORE = 40
_LIST = re.compile(r"(?:,| or| and|, or|, and) \Z")


def other_preferences(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield the drugs that `said` favors or turns down against its quotations."""
    mine = {drug: stance for drug, stance in _stances(said) if not _is_loose(said.text, drug)}
    if not mine or not sources:
        return
    told: dict[frozenset[str], set[bool]] = {}
    names: dict[bool, str] = {}
    for source in sources:
        for drug, favored in _stances(source):
            excepted = _EXCEPTED.search(source.text) is not None
            if not favored and (excepted or _CONDITION.match(source.text, drug.end)):
                told.setdefault(drug.keys, set()).update((True, False))  # under that condition
                continue
            told.setdefault(drug.keys, set()).add(favored)
            names.setdefault(favored, drug.name)
    for drug, favored in mine.items():
        stance = told.get(drug.keys, set())
        if stance == {not favored}:
            ways = ("favors", "turns down") if favored else ("turns down", "favors")
            message = f"The claim {ways[0]} {drug.name}, which its quotation {ways[1]}."
            yield Other("direction", drug.start, drug.end, message, names[not favored])


def _stances(facts: Facts) -> Iterator[tuple[Drug, bool]]:
    """Yield each drug that a text puts first or allows (True), or turns down (False)."""
    before: Drug | None = None
    listed: bool | None = None
    for drug in (one for one in facts.drugs if not one.is_class):
        stance = _stance(facts.text, drug)
        gap = facts.text[before.end : drug.start] if before is not None else "."
        if stance is None and listed is not None and _LIST.fullmatch(gap):
            stance = listed  # "avoid A or B"
        if stance is not None:
            yield drug, stance
        before, listed = drug, stance


def _stance(text: str, drug: Drug) -> bool | None:
    start = max(0, drug.start - _BEFORE)
    ahead = text[start : drug.start]
    if _OVER.search(ahead) or _AVOID.search(ahead) or _TURNED_DOWN.match(text, drug.end):
        return False
    behind = (_FAVORED, _OVERTAKES, _ALLOWED)
    if _PREFER.search(ahead) or any(words.match(text, drug.end) for words in behind):
        return None if _DENIED.search(ahead) else True
    return None


def _is_loose(text: str, drug: Drug) -> bool:
    """Return whether a drug is only allowed, by which it is put before none."""
    return _ALLOWED.match(text, drug.end) is not None


_OVERTAKES = re.compile(
    r"[^.;,]{0,40}\b(?:in preference to|(?:rather than|instead of)"
    r"(?! (?:being |having |an? )?(?:stop|ceas|halt|withdr|interrupt|discontinu|abrupt|sudden|taper"
    r"|cut(?!e)|reduc|increas|rais|doubl|halv|switch)\w*)|preferred (?:to|over)|preferable to"
    r"|(?:recommended|suggested|advised|chosen|favou?red) over)"
    r"\s", re.IGNORECASE,
)  # fmt: skip
