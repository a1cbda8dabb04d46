"""What a claim says of its sources and its reader, and does not take from a quotation.

"As source 1 states", "the 2018 edition, which replaced the 2013 one", "his CMV retinitis": the
number of a source, the year of an edition that is out of date and the illness of the patient at
hand refer to something. Nothing of them is held against a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.grounding.claims import Ungrounded
from medrag.grounding.words import populations

_NUMBERED = re.compile(
    r"\b(?:sources?|passages?|quot(?:e|ation)s?|excerpts?|references?|citations?|documents?)\s"
    r"(?:no\.?\s|number\s)?[(\[]?(?:\d{1,2}(?:,\s?|\sand\s|\sor\s|\sto\s))*\Z",
    re.IGNORECASE,
)
_GONE = r"(?:replac|supersed|supplant|withdr[ae]w|outdat|obsolet|retire)\w*"
_REPLACES = re.compile(
    rf"\b{_GONE}\s(?:the|that\sof|its|those\sof|our|an?)\s(?:(?!and\b|by\b"
    rf"|with\b)[\w/-]+\s){{0,4}}\Z",
    re.IGNORECASE,
)
_IS_GONE = re.compile(
    r"(?:\s(?!and\b|but\b|says?\b|gives?\b|recommends?\b)[\w/-]+){0,5}?,?\s(?:which\s|that\s)?"
    rf"(?:(?:is|was|are|were|has\sbeen|have\sbeen)\s(?:since\s|now\s)?(?:{_GONE}|out\sof\sdate"
    r"|no\slonger\s(?:current|valid|in\sforce)|old\b)|in\sthe\sindex\sis\sold)",
    re.IGNORECASE,
)
_TELLS_GONE = re.compile(rf"\b{_GONE}", re.IGNORECASE)
_OWN = re.compile(
    r"\b(?:his|her|their|your|my|our|this\s(?:patient|man|woman|child|boy|girl)['\u2019]s"
    r"|the\s(?:patient|child)['\u2019]s)\s(?:[\w-]+\s){0,2}\Z",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ANYBODY = re.compile(r"\b(?:patients|people|persons|individuals|those|anyone)\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:against|not|no|never|avoid\w*|without|contraindicated|discourag\w*|neither|nor)\b|n't\b",
    re.IGNORECASE,
)
_AGED = re.compile(r"\b(?:age[ds]?|years?|older|younger|child\w*|p(?:a)?ediatric)\b", re.IGNORECASE)


def is_reference(text: str, one: Ungrounded, quotes: Sequence[str] = ()) -> bool:
    """Return whether the words of a finding point at a source, an old edition or the reader.

    An old edition is held against quotations that name the one which they replace.
    """
    words, before = text[one.start : one.end], text[max(0, one.start - 60) : one.start]
    if one.kind == "name":
        return _OWN.search(before) is not None
    if one.kind != "number":
        return False
    if _YEAR.fullmatch(words):
        told = any(_TELLS_GONE.search(quote) and _YEAR.search(quote) for quote in quotes)
        return not told and bool(_REPLACES.search(before) or _IS_GONE.match(text, one.end))
    return words.isdigit() and _NUMBERED.search(before) is not None


def is_narrower(sentence: str, one: Ungrounded, quotes: Sequence[str]) -> bool:
    """Return whether older adults stand for patients of any age, without a number of their own.

    What a source advises for "patients with a catheter" holds for the older ones too; a dose
    does not.
    """
    if one.kind != "population" or re.search(r"\d", sentence):
        return False
    named = {name for name, _, _ in populations(sentence)}
    general = [quote for quote in quotes if _ANYBODY.search(quote)]
    aged = any(_AGED.search(quote) or populations(quote) for quote in quotes)
    same = {bool(_DENIES.search(said)) for said in (sentence, *general)}
    return named == {"older adult"} and bool(general) and not aged and len(same) == 1
