"""Age, weight, sex, pregnancy and lactation as a text states them of its patient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal

from medrag.checker.asserted import standing
from medrag.checker.facts import Facts
from medrag.clinical import Content
from medrag.clinical.number_words import CARDINAL, count_of
from medrag.core.span import Span

DENIES = re.compile(
    r"\b(?:no|not|never|without|denies|negative for|\w+n['\u2019]t|rather than)\b", re.I
)
AGE = re.compile(
    r"\b(\d{1,3}|" + CARDINAL + r")[- ]?"
    r"(?:(year|month|week|day)s?[- ]old\b|(y)(?:/o|o|rs?)\b)(?!\s(?:and|or)\s(?:older|up|above))",
    re.I,
)
_BOUND = re.compile(
    r"(?:\b(?:than|to|least|over|under|from|until|ages?)\s|[-\u2013<>\u2264\u2265]\s?)$"
)
_HER_CHILD = re.compile(
    r"\b(?:nurs(?:ing|es)|(?:breast-?\s?)?feed(?:s|ing)?|mother of|parent of)\s"
    r"(?:an?|her|your|the)\s(?:[\w-]+\s)?$",
    re.I,
)
"""Words before the age of the child whom the patient feeds."""
_IS_OLD = re.compile(
    r"\b([\w-]+)\s(?:is|are|was|were)\s(?:(?:only|just|now|about|already|almost|nearly)\s){0,2}$",
    re.I,
)
_PERSONS = frozenset({
    "he", "she", "it", "you", "who", "mr", "mrs", "patient", "man", "woman", "boy", "girl",
    "child", "baby", "infant", "toddler", "lady", "gentleman", "neonate", "newborn",
})  # fmt: skip
"""Who is old: a stent, a clot and a record have their age, too."""
PLURAL = re.compile(
    r"^\W*(?:[\w-]+\s){0,2}(?:children|patients|adults|infants|girls|boys|women|men)\b", re.I
)
_BARE_AGE = re.compile(
    r"\A[^.\n]{0,60}?(?:^|[,;:]\s|\b(?:man|woman|male|female|lady|gentleman)\s(?:of\s)?)"
    r"(?<!\d[,;]\s)(1[89]|[2-9]\d|10\d)(?=\s?(?:[,;.]|[MF]\b|yo\b|y\b))(?!,\s\d)"
)
"""An age without its unit near the start of a text: "Insomnia, 84, mild dementia"."""
_AGED = re.compile(
    r"\b(?:an?|this|the)\s(?:[\w-]+\s){0,2}?(?:man|woman|lady|gentleman|patient)\s(?:of|aged)\s"
    r"(1[89]|[2-9]\d|10\d)\b(?!\s?(?:kg|or\b|to\b|and\b|-|\u2013))",
    re.I,
)
"""The age behind a person: "a man of 70 weighing 72 kg"."""
_AT_AGE = re.compile(
    r"(?:\A|[.\n]\s*)(?:at|aged?)\s(\d{1,2}|" + CARDINAL + r")\s"
    r"(year|month|week|day)s?(?:\sof\sage)?,\s(?![^.]{0,120}\b(?:re-?check|repeat|review|follow|reassess"
    r"|increase|reduce|continue|stop|switch|visit)\w*)[^.]{0,120}?\b\d",
    re.I,
)
"""An age that opens an order: "At 14 months, promethazine 12.5 mg"; not a time of follow-up."""
_OF_AGE = re.compile(
    r"\b(?:an?|this|the|our)\s(?:[\w-]+\s){0,2}?(?:baby|infant|newborn|boy|girl|child"
    r"|toddler)\s(?:of|aged)\s"
    r"(\d{1,2}|" + CARDINAL + r")\s(year|month|week|day)s?\b",
    re.I,
)
"""The age behind a child: "a baby of three weeks"."""
_IS_AGED = re.compile(
    r"\b(?:he|she|(?:the|this|our)\s(?:boy|girl|child|patient|woman|man|lady|baby|toddler"
    r"|infant))\s"
    r"(?:is|was|has\s(?:just\s)?turned|(?:just\s)?turn(?:s|ed))\s(?:only\s|just\s|now\s|already\s)?"
    r"(\d{1,3}|"
    + CARDINAL
    + r")(?:\s(year|month)s?)?(?=\s?(?:[.,;:)]|\Z|\bold\b|\band\s(?:has|is|weighs"
    r"|takes|was|lives)\b|\bwith\b))",
    re.I,
)
"""The age as what somebody is: "the boy is nine", "she has just turned 71"."""
_DAYS = {"y": Decimal(1), "m": Decimal(12), "w": Decimal(52), "d": Decimal(365)}
_WEIGHT = re.compile(
    r"\b(?:weigh(?:s|ing|ed)|weight(?:\sis|\sof|:)?|for\sthis)\s(?:about\s|approximately\s)?"
    r"(\d+(?:\.\d+)?)\s?(kg|kilograms?|lbs?|pounds?)\b"
    r"|\b(\d+(?:\.\d+)?)[- ]?(kg)\s(?:[\w-]+\s){0,2}"
    r"(?:patient|child|toddler|infant|boy|girl|man|woman|adult|baby|neonate|newborn|person)\b"
    r"|\b(?:child|toddler|infant|boy|girl|patient|man|woman|baby|neonate|old)\s?(?:of\s|\(|,\s)?"
    r"(\d+(?:\.\d+)?)\s?(kg)\b",
    re.I,
)
_POUND = Decimal("0.45359237")
_SEX = re.compile(
    r"\b(?:\d+[- ](?:year|month|week|day)s?[- ]old|\d+\s?y/?o|this|pregnant|breastfeeding)\s"
    r"(?:[\w-]+\s){0,2}?(?:(woman|female|girl|lady|mother)|(man|male|boy|gentleman))\b"
    r"|\ban?\s(?:[\w-]+\s){0,2}?(?:(woman|lady)|(man|gentleman))\s(?:of|aged)\s\d\d",
    re.I,
)
_PREGNANT = re.compile(
    r"\b\d{1,2}(?:\s?\+\s?\d)?\s(?:completed\s)?weeks?\s(?:along|gone|into\s(?:her|the|this))\b"
    r"|\bexpecting\s(?:an?\s(?:baby|child)|twins|triplets|(?:her|their|your|another)\b)"
    r"|\bcarr(?:ying|ies)\s(?:twins|triplets|(?:an?|her)\s(?:[\w-]+\s)?(?:baby|child))\b"
    r"|\bmother-to-be\b|\b(?:first|second|third)\strimester\b|\b(?:her|your)\s(?:unborn"
    r"|f(?:o)?etus)\b"
    r"|\bbaby\sis\sdue\b|\bG\d\s?P\d\b|\bin\sher\s\w+\smonth\b(?!\sof\s(?:treat|thera))"
    r"|(?<!non-)(?<!become\s)(?<!becoming\s)(?<!becomes\s)(?<!get\s)\bpregnant\b|\bgravid\b|\bantenatal\b|\bfetal\smovements?\b"
    r"|\bweeks['\u2019]?\s(?:of\s)?gestation"
    r"|(?<!before\s)(?<!after\s)(?<!since\s)(?<!until\s)(?<!pre-)(?<!previous\s)(?<!last\s)"
    r"(?<!prior\sto\s)(?<!\ba\s)(?<!early\s)(?<!planning\s)(?<!future\s)(?<!any\s)(?<!another\s)"
    r"\bpregnancy\b(?!\s(?:tests?|prevention|category|registry|exclusion|is|status|excluded|ruled"
    r"|has\sbeen\s(?:excluded|ruled)|was|not|negative|unlikely|concerns?|check))",
    re.I,
)
_BORN = re.compile(r"\b(?:born|deliver\w+|birth|newborn|neonate|infant|history of)\b", re.I)
_NURSING = re.compile(
    r"\bbreast-?\s?feeding\b(?!\s(?:status|concerns?|checks?|clearance|question|is\s(?:no|not)\b"
    r"|was\s|has\sbeen))|\blactating\b|\bis\snursing\b|\bnursing\smother"
    r"|\b(?:nurs|(?:still\s)?feed|suckl)(?:ing|es)\s(?:an?|her|your|the|my)\s(?:\w+[- ]){0,3}"
    r"(?:old|baby|infant|child|newborn|son|daughter)",
    re.I,
)


def affirmed(piece: str) -> str:
    """Return the words of a clause up to what it denies."""
    denied = DENIES.search(piece)
    return piece[: denied.start()] if denied else piece


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a text says of its patient.

    Attributes:
        field: The field of `Patient` that it belongs to.
        value: Years, kilograms, `female` or `male`, or that she is pregnant or lactates.
        span: The words.
    """

    field: str
    value: Decimal | str | bool
    span: Span


def with_person(facts: Facts, content: Content, spans: list[Span]) -> Facts:
    """Return the facts with age, weight, sex, pregnancy and lactation where only a text has them.

    Pregnancy and lactation are looked for in `spans`, the others in the whole text.
    """
    patient = facts.patient
    unknown = {field for field in FIELDS if getattr(patient, field) is None}
    if patient.sex == "male":
        unknown -= {"pregnant", "lactating"}
    found = {told.field: told.value for told in told_person(content, spans, unknown)}
    return replace(facts, patient=patient.model_copy(update=found)) if found else facts


FIELDS = ("age_years", "weight_kg", "sex", "pregnant", "lactating")


def told_person(content: Content, spans: Sequence[Span], fields: Set[str]) -> Iterator[Told]:
    """Yield what a text says of its patient's `fields`; nothing where it says two things."""
    text = content.text
    if "age_years" in fields and (age := _age(text)) is not None:
        yield age
    if "weight_kg" in fields and (weight := _weight(text)) is not None:
        yield weight
    sex = _SEX.search(text) if "sex" in fields else None
    if sex is not None:
        mother = sex[0].lower().startswith(("pregnant", "breastfeeding"))  # "breastfeeding a boy"
        yield _told("sex", "female" if mother or sex[1] or sex[3] else "male", sex)
    if "pregnant" in fields and (found := _expecting(content, spans)) is not None:
        yield _told("pregnant", True, found)
    if "lactating" in fields and (found := _nursing(content, spans)) is not None:
        yield _told("lactating", True, found)


def _told(field: str, value: Decimal | str | bool, found: re.Match[str]) -> Told:
    return Told(field, value, Span(start=found.start(), end=found.end()))


def _end(text: str, span: Span) -> int:
    """Return where a clause stops affirming."""
    return span.start + len(affirmed(span.of(text)))


def _expecting(content: Content, spans: Sequence[Span]) -> re.Match[str] | None:
    """Return where a clause about the patient says that she is pregnant."""
    for span in spans:
        end = _end(content.text, span)
        if _BORN.search(content.text, span.start, end):
            continue
        for found in _PREGNANT.finditer(content.text, span.start, end):
            if standing(content, Span(start=found.start(), end=found.end())) not in _NOBODYS:
                return found
    return None


def _nursing(content: Content, spans: Sequence[Span]) -> re.Match[str] | None:
    """Return where a clause about the patient says that she feeds a child."""
    for span in spans:
        for found in _NURSING.finditer(content.text, span.start, _end(content.text, span)):
            if standing(content, Span(start=found.start(), end=found.end())) not in _NOBODYS:
                return found
    return None


_NOBODYS = frozenset({"not", "family"})


def _age(text: str) -> Told | None:
    """Return the one age that the text states of a person; None if it states several."""
    ages: dict[Decimal, re.Match[str]] = {}
    for match in AGE.finditer(text):
        before = text[max(0, match.start() - 25) : match.start()]
        after = text[match.end() : match.end() + 40]
        if PLURAL.match(after) or _BOUND.search(before) or _HER_CHILD.search(before):
            continue
        whose = _IS_OLD.search(before)
        if whose is not None and not whose[1][0].isupper() and whose[1] not in _PERSONS:
            continue
        ages.setdefault(count_of(match[1]) / _DAYS[(match[2] or match[3])[0].lower()], match)
    for pattern in (_OF_AGE, _AT_AGE):
        for match in pattern.finditer(text) if not ages else ():
            ages.setdefault(count_of(match[1]) / _DAYS[match[2][0].lower()], match)
    for match in _IS_AGED.finditer(text) if not ages else ():
        ages.setdefault(count_of(match[1]) / _DAYS[(match[2] or "y")[0].lower()], match)
    bare = None if ages else _BARE_AGE.match(text) or _AGED.search(text)
    if bare is not None:
        ages[Decimal(bare[1])] = bare
    return _one("age_years", ages)


def _weight(text: str) -> Told | None:
    """Return the one weight that the text states of a person; None if it states several."""
    weights: dict[Decimal, re.Match[str]] = {}
    for match in _WEIGHT.finditer(text):
        number, unit = next((match[i], match[i + 1]) for i in (1, 3, 5) if match[i] is not None)
        value = Decimal(number) * (_POUND if unit.lower()[0] in "lp" else 1)
        weights.setdefault(value, match)
    told = _one("weight_kg", weights)
    return told if told is not None and Decimal("0.3") < Decimal(told.value) < 400 else None


def _one(field: str, values: dict[Decimal, re.Match[str]]) -> Told | None:
    """Return the value of a field, where there is one and no more."""
    return _told(field, *next(iter(values.items()))) if len(values) == 1 else None
