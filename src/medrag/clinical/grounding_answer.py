"""Grounding of a whole answer: which of its sentences are claims about the sources at all.

An answer speaks to somebody. It repeats what is known of the patient, calculates a dose from
it, says what the sources do not cover, and gives advice of its own. None of that stands in a
quotation, and none of it is held against one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from medrag.clinical.grounding import Ungrounded, ground
from medrag.clinical.grounding_equal import Number, is_same
from medrag.clinical.grounding_facts import Facts, read_facts
from medrag.clinical.grounding_tokens import content, tokens
from medrag.clinical.grounding_words import populations
from medrag.clinical.quantities import parse
from medrag.core.patient import Patient
from medrag.core.span import Span


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the patient whom an answer is about.

    Attributes:
        numbers: Age, weight, height, laboratory values, as written.
        weight_kg: For doses that the answer calculates per kilogram.
        age_years: To tell adults from children.
        groups: Classes of patients, as `grounding_words.populations` names them.
        drugs: What the patient takes or is allergic to, as written, in lower case.
    """

    numbers: frozenset[Decimal] = field(default_factory=frozenset)
    weight_kg: Decimal | None = None
    age_years: Decimal | None = None
    groups: frozenset[str] = field(default_factory=frozenset)
    drugs: str = ""

    @classmethod
    def of(cls, patient: Patient) -> Known:
        """Return what an answer may repeat of `patient`."""
        stated = (patient.age_years, patient.weight_kg, patient.height_cm)
        labs = (lab.value for lab in patient.labs or ())
        age: Decimal | None = patient.age_years
        groups = {
            "women": patient.sex == "female",
            "men": patient.sex == "male",
            "lactation": bool(patient.lactating),
            "pregnancy": patient.pregnant is not None,
            "adult": age is not None and age >= _ADULT_AGE,
            "child": age is not None and age < _ADULT_AGE,
        }
        drugs = (*(patient.medications or ()), *(patient.allergies or ()))
        return cls(
            numbers=frozenset(n for n in (*stated, *labs) if n is not None),
            weight_kg=patient.weight_kg,
            age_years=age,
            groups=frozenset(name for name, told in groups.items() if told),
            drugs=" ".join(drugs).lower(),
        )


_ADULT_AGE = 18
NOBODY = Known()
"""An answer about nobody in particular."""


def ground_text(
    text: str, quotes: Sequence[str], known: Known = NOBODY, *, alone: bool | None = None
) -> list[Ungrounded]:
    """Return what an answer of any length says that its quotations do not, in text order.

    As `ground`, but for what only repeats the patient, is calculated for him, or is a sentence
    that has nothing to do with the quotations; and with a finding where a dose is taken from
    the line of other patients than this one. Where `alone`, the text is one claim and nothing
    in it is advice of the answer's own; where None, that is so of a text of one sentence.
    """
    if alone is None:
        alone = _SENTENCE_END.search(text.strip()) is None
    found = [
        one for one in ground(text, quotes) if not _is_aside(text, quotes, one, known, alone=alone)
    ]
    found += _other_lines(text, quotes, known)
    return sorted(found, key=lambda one: (one.start, one.end))


# --- Asides ------------------------------------------------------------------------------------

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z*\"'(\[])|\n+")
_ABSENT = re.compile(
    r"\b(?:passages?|excerpts?|quot(?:es?|ations?|ed text)|sources?|labels?|documents?|text|page"
    r"|index|guidelines?|it|they|this|these|review|study|evidence)\b[^.;\n]{0,60}"
    r"\b(?:no (?:data|advice|figure|information|mention|statement|guidance|dose|number|evidence for"
    r"|word|recommendation)|nothing|silent|not (?:cover|mention|say|address|give|contain|discuss"
    r"|include|specify|state|report)\w*|without (?:a )?(?:figure|number|dose))\b"
    r"|\bnothing (?:is|was|has been) (?:said|stated|mentioned|given|reported|quoted)\b"
    r"|\b(?:not|isn't|aren't|wasn't) (?:covered|mentioned|addressed|stated|given|quoted|reported"
    r"|discussed)\b"
    r"|\b(?:cannot|can't|can not) be (?:said|answered|judged|told) from\b"
    r"|\bno (?:quot\w+|passage|source|excerpt)\b", re.IGNORECASE,
)  # fmt: skip
_DERIVED = re.compile(r"-(?:sparing|free|naive|resistant|induced|treated|related|like)\b")
_ABOUT_READER = re.compile(
    r"\b(?:this|your|our|my|the|her|his|their|a|an)\s(?:[\w-]+\s){0,3}\Z", re.IGNORECASE
)
_POINTED = re.compile(r"\b(?:this|your|our|my|her|his)\s(?:[\w-]+\s){0,2}\Z", re.IGNORECASE)
_AGE = re.compile(
    r"\d+(?:\.\d+)?[\s-]?(?:years?|months?|weeks?|days?|yo|y)\b(?:[\s-]old|/o| of age)?|\d+\Z"
)
_PERSON = re.compile(
    r"\b(?:he|she|the (?:patient|child|infant|baby|boy|girl|man|woman)|this (?:patient|child|woman"
    r"|man|infant|boy|girl)|patient|mr|mrs|ms)\b[^.;\n]{0,40}\Z", re.IGNORECASE,
)  # fmt: skip
_GENERAL = re.compile(
    r"\b(?:vaccin\w*|saline|water|oxygen|fluids?|electrolytes?|vitamins?|caffeine|alcohol|nicotine"
    r"|steroids?|antibiotics?|painkillers?|analgesics?|reliever|inhaler|spray|insulin|glucose)\b",
    re.IGNORECASE,
)


def _is_aside(
    text: str, quotes: Sequence[str], one: Ungrounded, known: Known, *, alone: bool
) -> bool:
    sentence = _sentence(text, one.start)
    words = sentence.of(text)
    if _ABSENT.search(words) and one.kind not in {"negation", "direction", "comparator"}:
        return True
    if one.kind == "drug" and _is_other_drug(text, one, known):
        return True
    if one.kind == "population" and _is_this_patient(text, quotes, one, known):
        return True
    if one.kind == "number" and _is_of_this_patient(text, quotes, one, known):
        return True
    if one.kind == "negation" and "not pregnant" in words.lower():
        return True
    return not alone and not _rests_on(words, quotes) and _is_general(one, words)


def _sentence(text: str, at: int) -> Span:
    """Return the sentence, or the list item, that the character at `at` stands in."""
    start, end = 0, len(text)
    for match in _SENTENCE_END.finditer(text):
        if match.end() <= at:
            start = match.end()
        elif match.start() >= at:
            end = match.start()
            break
    return Span(start=start, end=max(end, start))


def _is_other_drug(text: str, one: Ungrounded, known: Known) -> bool:
    name = text[one.start : one.end].lower()
    return name in known.drugs or _DERIVED.match(text, one.end) is not None


def _is_this_patient(text: str, quotes: Sequence[str], one: Ungrounded, known: Known) -> bool:
    """Return whether the words are about the patient at hand: "this adult"."""
    before = text[max(0, one.start - 40) : one.start]
    named = {name for name, start, _ in populations(text) if start == one.start}
    if named & known.groups:
        return True
    stated = {name for quote in quotes for name, _, _ in populations(quote)}
    apart = (named & _CHILDREN and stated & _ADULTS) or (named & _ADULTS and stated & _CHILDREN)
    return _POINTED.search(before) is not None and not apart


def _is_of_this_patient(text: str, quotes: Sequence[str], one: Ungrounded, known: Known) -> bool:
    """Return whether a number is the patient's own, or calculated from it."""
    mentions = parse(text[one.start : one.end])
    if not mentions:
        return False
    value, unit = mentions[0].quantity.value, mentions[0].quantity.unit
    before = text[max(0, one.start - 60) : one.start]
    if unit == "mo" and known.age_years is not None:
        return value == known.age_years * 12
    if unit in {"1", "a"} and _is_own_age(text, one, value, known):
        return True
    if unit in {"1", "a"} and (value == known.age_years or _OF_THE_AGE.search(before)):
        return _is_among(value, quotes)
    own = value in known.numbers and (value != known.age_years or unit not in {"1", "a"})
    return own or _is_calculated(value, unit, quotes, known)


def _is_own_age(text: str, one: Ungrounded, value: Decimal, known: Known) -> bool:
    """Return whether "your 45-year-old" or "he is 58" is said of the patient at hand."""
    before = text[max(0, one.start - 60) : one.start]
    old = re.match(r"[\s-]?old\b", text[one.end : one.end + 6]) is not None
    person = _PERSON.search(before) is not None
    if value == known.age_years:
        return old or person
    return known.age_years is None and old and (person or bool(_ABOUT_READER.search(before)))


_OF_THE_AGE = re.compile(
    r"\b(?:adults?|patients?|wom[ae]n|m[ae]n|people|someone|anyone|person|child(?:ren)?)"
    r" (?:of|aged|at)(?: about)? \Z", re.IGNORECASE,
)  # fmt: skip


def _is_among(age: Decimal, quotes: Sequence[str]) -> bool:
    """Return whether the quotations speak of patients of this age: "60 years or older"."""
    for quote in quotes:
        for number in read_facts(quote).numbers:
            q = number.quantity
            if q.unit not in {"1", "a"}:
                continue
            if q.high is not None and q.value <= age <= q.high:
                return True
            if (number.bound in {">=", ">", "from"} and age >= q.value) or (
                number.bound in {"<", "<="} and age <= q.value
            ):
                return True
    spoken = {name for quote in quotes for name, _, _ in populations(quote)}
    return bool(spoken & (_ADULTS if age >= _ADULT_AGE else _CHILDREN))


def _is_calculated(value: Decimal, unit: str, quotes: Sequence[str], known: Known) -> bool:
    """Return whether a dose is one of the quotations' per kilogram, times the weight."""
    if known.weight_kg is None:
        return False
    for quote in quotes:
        for number in read_facts(quote).numbers:
            per = number.quantity
            if per.unit.split("/")[0] == unit.split("/", maxsplit=1)[0] and "kg" in per.per:
                for rate in (per.value, per.top):
                    dose = rate * known.weight_kg
                    if abs(dose - value) <= Decimal("0.05") * dose:
                        return True
    return False


def _rests_on(sentence: str, quotes: Sequence[str]) -> bool:
    """Return whether a sentence speaks of what the quotations speak of."""
    said = content(tokens(sentence))
    stated = frozenset[str]().union(*(content(tokens(quote)) for quote in quotes))
    drugs = {key for drug in read_facts(sentence).drugs for key in drug.keys}
    named = {key for quote in quotes for drug in read_facts(quote).drugs for key in drug.keys}
    return len(said & stated) >= 2 or bool(drugs & named)


def _is_general(one: Ungrounded, sentence: str) -> bool:
    """Return whether a finding is about advice of the answer's own, without a dose."""
    if one.kind in {"frequency", "population", "name", "negation", "direction", "comparator"}:
        return True
    if one.kind == "drug":
        found = sentence.lower()
        return bool(_GENERAL.search(found)) or any(
            drug.is_class for drug in read_facts(sentence).drugs
        )
    return False


# --- Lines of other patients ---------------------------------------------------------------------

_ADULTS = frozenset({"adult", "older adult"})
_CHILDREN = frozenset({"child", "infant", "neonate", "adolescent"})


def _other_lines(text: str, quotes: Sequence[str], known: Known) -> Iterator[Ungrounded]:
    """Yield a number that only the quotations' line for other patients gives."""
    age = known.age_years if known.age_years is not None else _stated_age(text)
    if age is None:
        return
    lines = [read_facts(line) for quote in quotes for line in _lines(quote)]
    for number in read_facts(text).numbers:
        if number.quantity.unit in _NO_DOSES:
            continue
        holding = [line for line in lines if _holds(line, number)]
        if holding and all(_is_for_others(line, age) for line in holding):
            words = holding[0].text.strip()
            yield Ungrounded("population", number.start, number.end,
                             f"{text[number.start : number.end]!r} is for other patients in its "
                             f"quotation: {words!r}.", words)  # fmt: skip


_NO_DOSES = frozenset({"1", "a", "%", "d", "h", "mo", "wk", "min", "kg"})
_STATED_AGE = re.compile(r"\b(\d{1,3})[- ]year[- ]old\b|\b(?:he|she|patient) is (\d{1,3})\b", re.I)


def _stated_age(text: str) -> Decimal | None:
    match = _STATED_AGE.search(text)
    return Decimal(match[1] or match[2]) if match else None


def _is_for_others(line: Facts, age: Decimal) -> bool:
    """Return whether a line of a quotation is about patients of another age."""
    spoken = {name for name, _, _ in populations(line.text)}
    mine, others = (_ADULTS, _CHILDREN) if age >= _ADULT_AGE else (_CHILDREN, _ADULTS)
    if spoken & others and not spoken & mine:
        return True
    ages = [n for n in line.numbers if n.quantity.unit in {"a", "mo"}]
    spoken_of = re.search(r"\b(?:age|year|month|old)", line.text)
    return bool(ages and spoken_of) and not any(_includes(number, age) for number in ages)


def _includes(number: Number, age: Decimal) -> bool:
    q = number.quantity
    low, high = (v / (12 if q.unit == "mo" else 1) for v in (q.value, q.top))
    if q.high is not None:
        return low <= age <= high
    if number.bound in {"<", "<="}:
        return age <= high
    return age >= low if number.bound else True


def _lines(quote: str) -> list[str]:
    return [line for line in re.split(r"(?<=[a-z)%])[.;]\s+|\n", quote) if line.strip()]


def _holds(line: Facts, number: Number) -> bool:
    return any(is_same(number, other) for other in line.numbers)
