"""What is written short or round about, told in full: "isn't" as "is not", "Feb." as "February".

Two texts that differ in this alone say one thing. Both are brought to one writing before they are
compared, and every place is led back to where it stands as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from medrag.text.origins import Normalized, counting

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_FULL = {name[:3]: name for name in _MONTHS} | {"Sept": "September"}
_SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_ANY_MONTH = rf"(?:{_SHORT}|{'|'.join(_MONTHS)})"
_MONTH = re.compile(rf"(?<![\w.-])(?:{_SHORT})\b(?:\.(?=,? \d))?")
_DATED_AFTER = re.compile(
    rf"\.?,? (?:\d|(?:to|and|or|until|till|through) {_ANY_MONTH}\b)"
    rf"|\.?\s?[-\u2013/]\s?{_ANY_MONTH}\b"
)
_DATED_BEFORE = re.compile(
    r"(?:\d(?:st|nd|rd|th)?|\b(?:of|in|since|from|until|till|to|through|between|by|before|after"
    r"|early|late|mid)|[a-z] (?:and|or))[ -]\Z"
)
_DENIED = re.compile(
    r"\b(?P<verb>(?:is|are|was|were|do|does|did|has|have|had|should|could|would|must|might|need|wo"
    r"|sha)(?=n['\u2019]t)|ca(?=n(?:['\u2019]t| not)\b(?! only)))n(?:['\u2019]t| not)\b",
    re.IGNORECASE,
)  # fmt: skip
_IRREGULAR = {"ca": "cannot", "wo": "will not", "sha": "shall not"}
_A_NUMBER = (
    r"(?= (?:about |an? |the age of |ages? )?(?:[\d.]+\b(?! than\b)|(?:one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety)\b))"
)
_BOUND = re.compile(
    r"\b(?:(?:greater|more|higher) than or equal to|equal to or (?:greater|more|higher) than"
    r"|(?:no|not) (?:(?:less|fewer|lower|younger|smaller|lighter) than|under|below)"
    r"|(?P<most>(?:less|lower|fewer) than or equal to|equal to or (?:less|lower|fewer) than"
    r"|(?:no|not) (?:(?:more|greater|higher|older|larger|bigger|heavier) than|above|over)))"
    + _A_NUMBER,
    re.IGNORECASE,
)  # fmt: skip
_YET = re.compile(
    r"\b(?:(?P<has>has yet|is yet|remains) to be|(?P<have>have yet|are yet|remain) to be"
    r"|(?P<had>had yet|(?:was|were) yet|remained) to be)(?= [a-z]+(?:ed|wn|en|ne|de)\b)",
    re.IGNORECASE,
)  # fmt: skip


def all_in_full(claim: str, quotes: Sequence[str]) -> list[Normalized | None]:
    """Return a claim and its quotations told in full; None for each that is so already.

    "No more than 5" is told as "at most 5" only beside a text that bounds without denying.
    """
    plain = [bool(_PLAIN_BOUND.search(quote)) for quote in quotes]
    theirs = bool(_PLAIN_BOUND.search(claim))
    return [in_full(claim, any(plain)), *(in_full(quote, theirs) for quote in quotes)]


_PLAIN_BOUND = re.compile(
    r"[\u2265\u2264]|[<>]=|\bat (?:least|most)\b|\bup to\b|\b(?:min|max)imum\b|\bor equal\b"
    r"|\b(?:or|and) (?:older|younger|over|under|above|below|more|less|fewer|greater|higher"
    r"|lower)\b",
    re.IGNORECASE,
)  # fmt: skip


@lru_cache(maxsize=256)
def in_full(text: str, bounds: bool) -> Normalized | None:
    """Return `text` told in full, its `bounds`, too; None where it is so already."""
    readings = (*_READINGS, _bounds) if bounds else _READINGS
    edits = sorted(edit for told in readings for edit in told(text))
    if not edits:
        return None
    parts: list[str] = []
    origin = counting(0, 0)
    at = 0
    for start, end, words in edits:
        parts += text[at:start], words
        origin += counting(at, start)
        origin.extend([start] * len(words))
        at = end
    origin += counting(at, len(text))
    return Normalized("".join((*parts, text[at:])), origin, {start: end for start, end, _ in edits})


_Edit = tuple[int, int, str]


def _denials(text: str) -> Iterator[_Edit]:
    """Yield "isn't" as "is not", "can't" and "can not" as "cannot"."""
    if "n't" not in text and "n\u2019t" not in text and "an not" not in text:
        return
    for match in _DENIED.finditer(text):
        verb = match["verb"]
        full = _IRREGULAR.get(verb.lower(), f"{verb} not")
        yield (*match.span(), verb[0] + full[1:])


def _months(text: str) -> Iterator[_Edit]:
    """Yield "Feb." as "February" where it stands in a date."""
    for match in _MONTH.finditer(text):
        short = match[0].rstrip(".")
        if _DATED_AFTER.match(text, match.start() + len(short)) or _DATED_BEFORE.search(
            text, max(0, match.start() - 12), match.start()
        ):
            yield (*match.span(), _FULL[short])


def _bounds(text: str) -> Iterator[_Edit]:
    """Yield "no fewer than 3" as "at least 3", "less than or equal to 5" as "at most 5"."""
    for match in _BOUND.finditer(text):
        yield (*match.span(), "at most" if match["most"] else "at least")


def _still_to_come(text: str) -> Iterator[_Edit]:
    """Yield "has yet to be shown" as "has not been shown"."""
    for match in _YET.finditer(text) if " to be " in text else ():
        verb = "has" if match["has"] else "have" if match["have"] else "had"
        yield (*match.span(), f"{verb} not been")


_READINGS: tuple[Callable[[str], Iterator[_Edit]], ...] = (
    _denials, _months, _still_to_come
)  # fmt: skip
