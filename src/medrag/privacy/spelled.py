"""Dictated identifiers: numbers and dates spoken in words, after what they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.evidence import CERTAIN, STRONG, Found, Note
from medrag.privacy.sieve import sifted
from medrag.privacy.values import Kind

_DIGIT = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_NUMBER = (
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
    r"|hundred"
    r"|thousand|double|triple)"
)
_ORDINAL = (
    r"(?:(?:twenty|thirty)[\s-])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
    r"|tenth|eleventh"
    r"|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth"
    r"|twentieth|thirtieth)"
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_SAID = (
    rf"(?:(?-i:[A-Z])\s){{0,3}}{_NUMBER}"
    rf"(?:(?:[\s-]|,\s?|\sand\s|\sslash\s|\sdash\s)(?:{_NUMBER}|(?-i:[A-Z])\b)){{2,14}}"
)
_YEAR = rf"(?:(?:nineteen|twenty|two\sthousand)(?:[\s-](?:and\s)?{_NUMBER}\b){{0,3}}|\d{{4}})"
_DATE = sifted(
    rf"\b(?:the\s)?(?:{_ORDINAL}\s(?:of\s)?{_MONTH}|{_MONTH}\s(?:the\s)?{_ORDINAL})\b(?:,?\s(?:of"
    rf"\s)?{_YEAR})?",
    re.IGNORECASE,
)
_BORN = sifted(
    rf"\b(?:date\sof\sbirth|birth\s?date|dob|born)\b\W{{0,3}}(?:is\s|was\s"
    rf"|on\s)?(?P<whole>{_SAID})\b",
    re.IGNORECASE,
)
_LABELS: tuple[tuple[Kind, str], ...] = (
    ("mrn", r"record(?:\snumber)?|mrn|chart(?:\snumber)?|hospital\snumber|patient\s(?:id|number)"),
    ("ssn", r"social(?:\ssecurity)?(?:\snumber)?|ssn|nhs(?:\snumber)?"),
    ("phone", r"call|phone|telephone|cell|mobile|reach|pager|text|extension|fax|dial|ring"),
    ("health-plan", r"member|policy|medicare|insurance|subscriber"),
    ("id", r"account|badge|claim|confirmation|reference|license"),
)
_LABELLED = tuple(
    (
        kind,
        sifted(
            rf"\b(?:{label})\b\W{{0,3}}(?:(?:number|is|at|on|me|us|her|him|back"
            rf"|ends?\sin)\W{{1,2}})"
            rf"{{0,3}}(?P<whole>{_SAID})\b",
            re.IGNORECASE,
        ),
    )
    for kind, label in _LABELS
)
_LINE = sifted(
    rf"\b{_DIGIT}(?:[\s-]|,\s?){_DIGIT}(?:(?:[\s-]|,\s?){_DIGIT}){{4,12}}\b", re.IGNORECASE
)


_LETTERED = sifted(
    r"\b[A-Z](?:[-\s][A-Z]){3,}\b"
    r"|(?:(?<=\bspelled )|(?<=\bspelt )|(?<=\bspelling ))[A-Z](?:[-.\s]{1,2}[A-Z]){1,14}\b"
)
"""A name spelled out: "A-C-H-T-E-R", and a short one where this is said: "spelled N-G"."""
_CODE_IN_WORDS = sifted(rf"\b[A-Z]{{1,5}}(?:-(?:{_DIGIT}|\d{{1,6}})){{2,12}}\b(?<=[a-z\d])")
"""A code partly in words: "ABC-one-two-three-4567"."""


def find_spelled(note: Note) -> Iterator[Found]:
    """Yield dates and numbers said in words; an amount in words ("fifty milligrams") stays."""
    for match in _DATE.finditer(note.text):
        yield Found(match.start(), match.end(), "date", STRONG)
    for match in _BORN.finditer(note.text):
        yield Found(*match.span("whole"), "date", CERTAIN)
    for kind, pattern in _LABELLED:
        for match in pattern.finditer(note.text):
            yield Found(*match.span("whole"), kind, CERTAIN)
    for match in _LETTERED.finditer(note.text):
        yield Found(match.start(), match.end(), "name", STRONG)
    for match in _CODE_IN_WORDS.finditer(note.text):
        if any(map(str.islower, match[0])):
            yield Found(match.start(), match.end(), "id", STRONG)
    for match in _LINE.finditer(note.text):
        yield Found(match.start(), match.end(), "id", STRONG)
