"""Names the classes of patients a text speaks of, and whom a sentence is about."""

from __future__ import annotations

import re

from medrag.clinical.mentions import PopulationMention, Who
from medrag.clinical.parts import SentenceParts
from medrag.clinical.quantity import Quantity, QuantityMention
from medrag.text.prefilter import prefiltered

_WORDS: tuple[tuple[str, str], ...] = (
    ("neonate", r"neonat(?:e|es|al)|newborns?|pre-?term\sinfants?|premature\sinfants?|preterm"),
    ("infant", r"infants?|bab(?:y|ies)"),
    ("adolescent", r"adolescents?|teen(?:ager)?s?"),
    ("child",
        r"child(?:ren)?(?![- \u2013]?(?:pugh|turcotte|bearing|class))|p(?:a)?ediatrics?|toddlers?"
        r"|school-age[d]?|boy|girl|kids?"),
    ("older-adult",
        r"(?:older|elderly)\s(?:adults?|patients?|people|persons?)|(?:the\s)?elderly"
        r"|geriatrics?|frail"),
    ("adult", r"adults?"),
    ("pregnant",
        r"pregnan(?:t|cy)|gestation(?:al)?|gravid|(?:first|second|third)\strimester"
        r"|expectant"),
    ("lactating", r"breast-?\s?feeding|lactat(?:ing|ion)|nursing\s(?:mother|woman|women|infant)s?"),
    ("dialysis", r"(?:h(?:a)?emo)?dialysis|esrd|eskd"),
    ("renal", r"(?:renal|kidney)\s(?:impairment|disease|insufficiency|failure|dysfunction)|ckd"),
    ("hepatic",
        r"(?:hepatic|liver)\s(?:impairment|disease|insufficiency|failure|dysfunction)"
        r"|cirrhosis|cirrhotic"),
    ("female", r"wom[ae]n|females?|lady"),
    ("male", r"(?<!wo)m[ae]n|(?<!fe)males?|gentleman"),
)  # fmt: skip
_POPULATION = prefiltered(
    r"\b(?:" + "|".join(f"(?P<p{i}>{pattern})" for i, (_, pattern) in enumerate(_WORDS)) + r")\b"
)
_THIS = re.compile(
    r"\b(?:this|the|our|your)\s(?:\w+[\s-]){0,4}(?:patient|man|woman|lady|gentleman"
    r"|child|boy|girl|infant|neonate|baby)\b|\b(?:he|she|you|your|his|her)\b"
)
_OTHER = re.compile(
    r"\b(?:his|her|their|the\spatient['’]s)\s(?:mother|father|sister|brother|wife"
    r"|husband|son|daughter|spouse|partner|aunt|uncle|grand\w+|roommate|friend"
    r"|neighbou?r)\b"
    r"|\b(?:the|a|any)\s(?:sexual\s)?partners?\b(?=[^.;]{0,60}\b(?:takes?|receives?|gets?"
    r"|is\sgiven|are\sgiven"
    r"|uses?|is\streated|are\streated)\b)"
    r"|\bfamily\shistory\b"
    r"|(?<!feeding\s)(?<!nursing\s)(?<!expectant\s)(?<!this\s)\b(?:mother|father|sister"
    r"|brother)s?\s(?:has|had|takes?|took"
    r"|have|uses?|is|was|are|were)\b|\b(?:trial\sparticipants|study\ssubjects|another\spatient)\b"
)
_CLASS = re.compile(
    r"\b(?:patients|people|individuals|persons|those|adults|children|infants|neonates"
    r"|women|men|adolescents|anyone|the\selderly|smokers|subjects)\b"
)
_AGE = frozenset({"a", "mo", "wk", "d"})
_OLD = re.compile(
    r"[\s-]?(?:-?\s?old\b|of\sage\b|and\s(?:older|over|under|younger|up|above)\b"
    r"|or\s(?:older|younger|more|less)\b)"
)
_AGED = re.compile(
    r"\b(?:aged?|ages|older\sthan|younger\sthan|under|over|below|above|less\sthan"
    r"|at\sleast)\s(?:the\sage\sof\s)?[<>≥≤]?\s?\Z"
)
_YEARS = {"a": 1, "mo": 12, "wk": 52, "d": 365}


def read_populations(parts: SentenceParts) -> tuple[PopulationMention, ...]:
    """Return the classes of patients that a sentence names, and stated ages, in order."""
    clauses = parts.clauses
    found = [
        _population(parts, match.span(), _WORDS[int((match.lastgroup or "p0")[1:])][0])
        for match in _POPULATION.finditer(parts.folded, clauses.start, clauses.end)
    ]
    found += [
        _population(parts, (one.start, one.end), _by_age(one.quantity), one.quantity)
        for one in parts.quantities
        if one.quantity.unit in _AGE and _is_age(parts.folded, one)
    ]
    return tuple(sorted(found, key=lambda p: p.start))


def named_population(folded: str, start: int, end: int) -> str | None:
    """Return the last class of patients that `folded[start:end]` names, if any."""
    name = None
    for match in _POPULATION.finditer(folded, start, max(start, end)):
        name = _WORDS[int((match.lastgroup or "p0")[1:])][0]
    return name


def _population(
    parts: SentenceParts, place: tuple[int, int], name: str, age: Quantity | None = None
) -> PopulationMention:
    start, end = place
    return PopulationMention(
        start=start,
        end=end,
        text=parts.text[start:end],
        population=name,
        age=age,
        sentence=parts.number,
    )


def _is_age(text: str, mention: QuantityMention) -> bool:
    if _OLD.match(text, mention.end):
        return True
    return (
        mention.quantity.unit == "a"
        and _AGED.search(text, max(0, mention.start - 40), mention.start) is not None
    )


def _by_age(age: Quantity) -> str:
    years = age.value / _YEARS[age.unit]
    if years * 365 < 29:
        return "neonate"
    limits = ((1, "infant"), (12, "child"), (18, "adolescent"), (65, "adult"))
    return next((name for limit, name in limits if years < limit), "older-adult")


def who(folded: str, start: int, end: int) -> Who:
    """Return whom `folded[start:end]` is about; this patient where nobody else is named.

    `folded` is in lower case.
    """
    if _OTHER.search(folded, start, end):
        return "other"
    if _CLASS.search(folded, start, end) and not _THIS.search(folded, start, end):
        return "class"
    return "patient"
