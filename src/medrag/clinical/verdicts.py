"""What a text weighs and turns down, or only bounds: "X would fit, but the QTc rules it out"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from medrag.clinical.mentions import ORDERED, DrugMention
from medrag.text.prefilter import prefiltered

_ASKED = 90
"""Characters from a drug to the end of the question about it."""
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
_NOT_I = (
    r"(?:(?:am|are|is|will|would|shall|should|do|does|did|can|could|have|has|must)\s(?:\w+ly\s)?(?:not|never)"
    r"|cannot|(?:wo|would|do|does|did|ca|could|have|is|are|sha)n['\u2019]t|never"
    r"|['\u2019](?:m|re|d|ll|ve|s)\s(?:\w+ly\s|rather\s)?(?:not|never))"
)
_DO = (
    r"(?:be\s|going\sto\s|about\sto\s|(?:want|wish|plan|intend)\sto\s|ever\s)*"
    r"(?:giv|us|order|prescrib|start|begin|choos|pick|recommend|offer|go\w*\swith|tak|writ|chart|reach|select"
    r"|hav|get|receiv|administer|add|suggest|advis|propos|initiat|risk|favou?r|support|endors|sign|agree)\w*"
    r"(?:\s(?:up|for|to|off))?"
)
_IT = r"(?:\s(?:it|this|that|them|these|him|her|you))*"
_DONE = (
    r"(?=\s*(?:[.,;:)!\n\u2013\u2014]|\Z)|\s(?:here|now|today|tonight|for|to|from|because|since|given|while"
    r"|when|with\s(?:that|this|these|those|his|her|your|such))\b)"
)
_ONE = (
    r"(?:what|something|one|(?:a|the)\s(?:\w+\s)?"
    r"(?:drug|choice|medicine|combination|thing|one|option))"
)
_I_REFUSE = prefiltered(
    rf"\s(?:is|was|are|were)\s{_ONE}\s(?:that\s|which\s)?(?:i|we)\s?{_NOT_I}\s{_DO}"
    rf"|\s(?:is|was|are)(?:\snot|n['\u2019]t)\s(?:what|something|(?:the\s)?one)\s(?:that\s)?(?:i|we)\b[^.;,]{{0,25}}?\b{_DO}"
    r"|\s(?:is|was|would\sbe)\sthe\s(?:very\s)?last\s(?:thing|drug|medicine|one|choice)\s(?:that\s)?"
    r"(?:i|we|anyone|anybody|you)\b"
    rf"|(?:[,;:.\u2013\u2014-]|\b(?:but|and|yet|(?:al)?though))\s(?:(?:and|but|yet|so|though)\s)?(?:i|we|she|he|they)\s?{_NOT_I}"
    rf"(?:\s{_DO}{_IT}{_DONE}|(?=\s*(?:[.;)!]|\Z)))"
    r"|\b(?:i|we)(?:\shave|['\u2019]ve)?\s(?:\w+ly\s)?(?:crossed|struck|taken|took|deleted|cancell?ed|removed"
    r"|voided|withdrawn|withdrew|rejected|declined|refused|turned)\s(?:it|this|that|them|the\sorder)\b"
)
"""The writer turns down what was named: "X is what I would not order", "and I am not giving it"."""
_ANSWERED_NO = prefiltered(
    r"\?\s(?:no(?=[.,;:!\u2013\u2014-])|never\b(?!\sm)|by\sno\smeans|on\sno\saccount|under\sno\scircumstances"
    r"|(?:certainly|definitely|absolutely|clearly|probably|surely|better|preferably|emphatically)\snot\b"
    r"|not\s(?:for|in|with|here|on|at|while|today|now|advis\w+|recommended|suitable|safe|an?\sgood|an\soption)\b"
    r"|out\sof\sthe\squestion|no\sway|forget\sit|i(?:['\u2019]d|\swould)\srather\snot"
    r"|(?:i|we)\s(?:would|will|do|should)(?:\snot|n['\u2019]t)|don['\u2019]t\b)"
)
"""A question whether to give a drug, answered with no: "X 40 mg? By no means"."""
_ASKS_OF_HARM = re.compile(
    r"\b(?:problem|risk|interact|clash|harm|concern|danger|contra|worr|affect|rais|caus|issue|unsafe|stop|avoid"
    r"|(?:with)?h[eo]ld|omit|skip|leave|reason|wait|too\s(?:much|high|low)|reduc|lower|adjust|chang|allerg|react|matter|object|against|monitor"
    r"|test|check|need\s(?:a|any)\b)"
)
_DENIES = re.compile(
    r"\b(?:no|not|never|nothing|neither|hardly)\s(?:\w+\s){0,3}\Z|n['\u2019]t\s(?:\w+\s){0,2}\Z"
)

_LIMIT_OF = re.compile(
    r"\b(?:limit|maximum|ceiling|cap)\s(?:dose\s)?(?:for|of|on)\s(?:[^.;:]*\bfor\s)?(?:[\w-]+\s)?\Z"
)
"""Words of a limit, which orders nothing: "the limit for X would be 10 mg, and for Y 20 mg"."""
_SUPPOSED = frozenset({"hypothetical", "past"})
"""Standings that a verdict does not change."""
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
    down.update(_refused(folded, drugs, starts))
    return [
        replace(d, standing="told") if d.start in down and d.standing not in _SUPPOSED else d
        for d in drugs
    ]


def _refused(folded: str, drugs: Sequence[DrugMention], starts: Sequence[int]) -> Iterator[int]:
    """Yield where the drugs begin that the writer will not give, or answers no to."""
    for match in _I_REFUSE.finditer(folded):
        at = bisect_left(starts, match.start()) - 1
        if at >= 0 and _is_near(folded, drugs[at], match.start()):
            yield starts[at]
    for match in _ANSWERED_NO.finditer(folded) if "?" in folded else ():
        at = bisect_left(starts, match.start()) - 1
        if at < 0 or match.start() - drugs[at].end > _ASKED:
            continue
        begin = max(folded.rfind(mark, 0, match.start()) for mark in ("? ", ". ", "\n")) + 1
        if not _ASKS_OF_HARM.search(folded, max(begin, 0), match.start()):
            yield starts[at]
