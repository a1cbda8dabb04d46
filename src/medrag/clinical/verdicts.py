"""What a text weighs and turns down, or only bounds: "X would fit, but the QTc rules it out"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from medrag.clinical.mentions import ORDERED, DrugMention

_FAR = 400
"""Characters between a drug and a verdict on it."""
_AGAINST_IT = re.compile(
    r"\b(?:but|however|yet|although|though|except\sthat|unfortunately)\b[^.;]{0,140}?"
    r"(?:\b(?:rul(?:es?|ed)\s(?:it|this|that|them)\sout|(?:exclud|preclud|forbid|prohibit)\w*\s(?:it|this|that|them)"
    r"|(?:argues?|speaks?|weighs?)\sagainst\s(?:it|this|that|them)|takes?\s(?:it|this)\soff\sthe\stable"
    r"|makes?\s(?:it|this|that)\s(?:unsuitable|unsafe|unwise|impossible|too\s\w+|a\s(?:poor|bad)\schoice))\b"
    r"|(?<!not\s)\ban?\s(?:\w+\s)?contra-?indication\b)"
)
"""A verdict on what was named last: "X would fit, but the QTc rules it out"."""
_IT_IS_OUT = re.compile(
    r"(?:\b(?:so|therefore|thus|hence|and|but|which|because\sof\swhich),?\s|\.\s|;\s|:\s)"
    r"(?:(?:therefore|thus|hence),?\s)?(?:it|this|that|they|these|both)\s"
    r"(?:is|are|was|would\sbe|should\sbe|must\sbe|can(?:not)?\sbe|has\sto\sbe|remains?|seems?)\s"
    r"(?:(?:therefore|thus|hence|also|clearly|best|better|still|now|simply|again|probably)\s)*"
    r"(?:not\s(?:\w+ly\s)?(?:suitable|appropriate|an?\s(?:\w+\s)?(?:option|choice|candidate)|advisable"
    r"|recommended|usable|indicated|possible|safe|the\sright\s\w+|to\sbe\s(?:used|given|taken)|for)"
    r"|no\s(?:\w+\s)?(?:option|choice)|unsuitable|inappropriate|unsafe|out|ruled\sout|excluded|contra-?indicated"
    r"|avoided|off\sthe\stable|off\slimits|(?:left|set)\s(?:out|aside)|an?\s(?:poor|bad)\s(?:choice|option|idea))"
    r"(?=\s*(?:[.;,)\n]|\Z)|\s(?:for\s)?(?:her|him|them|you|this\s(?:patient|man|woman|child|lady))\b"
    r"|\s(?:here|now|today|because|since|given|in\s(?:his|her|this|your)\b|in\sview|on\saccount"
    r"|with\s(?:his|her|this|your)\b))"
)
"""A verdict of its own on what was named last: "she had a rash with it, so it is not suitable"."""
_DENIES = re.compile(
    r"\b(?:no|not|never|nothing|neither|hardly)\s(?:\w+\s){0,3}\Z|n['\u2019]t\s(?:\w+\s){0,2}\Z"
)

_LIMIT_OF = re.compile(
    r"\b(?:limit|maximum|ceiling|cap)\s(?:dose\s)?(?:for|of|on)\s(?:[^.;:]*\bfor\s)?(?:[\w-]+\s)?\Z"
)
"""Words of a limit, which orders nothing: "the limit for X would be 10 mg, and for Y 20 mg"."""
_BOUND_FOR = re.compile(
    r"(?:\b(?:below|under|above|over|less\sthan|more\sthan)|[<>\u2264\u2265])\s?\d[\d.,]*\s?[\w/%]*\sfor"
    r"\s(?:[\w-]+\s(?:and|or)\s)?\Z"
)
"""Words before a drug whose bound is told: "once the INR is below 2 for X, below 3 for Y"."""


def _is_near(folded: str, drug: DrugMention, place: int) -> bool:
    """Return whether a verdict at `place` can be on a drug: ordered, a sentence back at most."""
    near = place - drug.end <= _FAR and drug.polarity in ORDERED
    return near and folded.count(". ", drug.end, place) <= 1


def is_bounded(folded: str, begin: int, start: int, *, directed: bool) -> bool:
    """Return whether words from `begin` on make the drug at `start` one whose bound is told."""
    words = folded[begin:start]
    if " for " in words and _BOUND_FOR.search(words):
        return True
    named = not directed and any(word in words for word in ("limit", "maximum", "ceiling", "cap"))
    return named and _LIMIT_OF.search(words) is not None


def turned_down(folded: str, drugs: Sequence[DrugMention]) -> list[DrugMention]:
    """Return the drugs; one that the words behind it weigh and turn down is only told.

    The verdict reaches the last drug before it that stands in its own sentence or the one before.
    """
    starts = [drug.start for drug in drugs]
    down: set[int] = set()
    for match in _AGAINST_IT.finditer(folded):
        verdict = folded[match.start() : match.end()]
        at = bisect_left(starts, match.start()) - 1
        if at < 0 or bisect_left(starts, match.end()) - 1 != at or _DENIES.search(verdict[:-1]):
            continue
        if _is_near(folded, drugs[at], match.start()):
            down.add(starts[at])
    for match in _IT_IS_OUT.finditer(folded):
        at = bisect_left(starts, match.start()) - 1
        if at < 0:
            continue
        # the drug and what else is said of it: "X would do, but she reacted to X, so it is out"
        same = set(drugs[at].ingredients)
        for drug in (d for d in drugs[: at + 1] if same & set(d.ingredients)):
            if _is_near(folded, drug, match.start()):
                down.add(drug.start)
    return [replace(d, standing="told") if d.start in down else d for d in drugs]
