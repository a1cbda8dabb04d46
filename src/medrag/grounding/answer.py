"""Grounding of a whole answer: which of its sentences are claims about the sources at all.

An answer speaks to somebody. It repeats what is known of the patient, calculates a dose from
it, says what the sources do not cover, and gives advice of its own. None of that stands in a
quotation, and none of it is held against one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from medrag.clinical.quantities import parse
from medrag.core.patient import Patient
from medrag.grounding.claims import Ungrounded, ground
from medrag.grounding.facts import read_facts
from medrag.grounding.lines import (
    ADULT_AGE,
    ADULTS,
    CHILDREN,
    SENTENCE_END,
    other_lines,
    sentence_at,
)
from medrag.grounding.originals import tells_again
from medrag.grounding.references import is_narrower, is_reference
from medrag.grounding.tokens import content, tokens
from medrag.grounding.words import populations


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the patient whom an answer is about.

    Attributes:
        numbers: Age, weight, height, laboratory values, as written.
        weight_kg: For doses that the answer calculates per kilogram.
        age_years: To tell adults from children.
        groups: Classes of patients, as `grounding_words.populations` names them.
        record: What the patient takes, is allergic to and suffers from, in lower case.
        state: What he suffers from alone.
    """

    numbers: frozenset[Decimal] = field(default_factory=frozenset)
    weight_kg: Decimal | None = None
    age_years: Decimal | None = None
    groups: frozenset[str] = field(default_factory=frozenset)
    record: str = ""
    state: str = ""

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
            "adult": age is not None and age >= ADULT_AGE,
            "child": age is not None and age < ADULT_AGE,
        }
        record = (
            *(patient.medications or ()),
            *(patient.allergies or ()),
            *(patient.conditions or ()),
        )
        return cls(
            numbers=frozenset(n for n in (*stated, *labs) if n is not None),
            weight_kg=patient.weight_kg,
            age_years=age,
            groups=frozenset(name for name, told in groups.items() if told),
            record=" ".join(record).lower(),
            state="; ".join(patient.conditions or ()).lower(),
        )


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
        alone = SENTENCE_END.search(text.strip()) is None
    found = [
        one for one in ground(text, quotes) if not _is_aside(text, quotes, one, known, alone=alone)
    ]
    found += other_lines(
        text, quotes, known.age_years, weight_kg=known.weight_kg, state=known.state
    )
    return sorted(found, key=lambda one: (one.start, one.end))


# --- Asides ------------------------------------------------------------------------------------

_ABSENT = re.compile(
    r"\b(?:passages?|excerpts?|quot(?:es?|ations?|ed text)|sources?|labels?|documents?|text|page"
    r"|index|guidelines?|it|they|this|these|review|study|evidence)\b[^.;\n]{0,60}"
    r"\b(?:no (?:data|advice|figure|information|mention|statement|guidance|dose|number|evidence for"
    r"|word|recommendation)|nothing|silent|not (?:cover|mention|say|address|give|contain|discuss"
    r"|include|specify|state|report)\w*|(?<!or )without (?:a )?(?:figure|number|dose))\b"
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
    r"\b(?:vaccin\w*|saline|water|oxygen|(?:(?:IV|intravenous|oral) )?fluids?"
    r"|electrolytes?|vitamins?|caffeine|alcohol|nicotine"
    r"|steroids?|antibiotics?|painkillers?|analgesics?|reliever|inhaler|spray|insulin|glucose)\b",
    re.IGNORECASE,
)


def _is_aside(
    text: str, quotes: Sequence[str], one: Ungrounded, known: Known, *, alone: bool
) -> bool:
    words = sentence_at(text, one.start).of(text)
    absent = _ABSENT.search(words) and one.kind not in {"negation", "direction", "comparator"}
    if absent and not tells_again(text, one.start, quotes):
        return True
    if is_reference(text, one, quotes) or is_narrower(words, one, quotes):
        return True
    if _repeats(text, quotes, one, known, alone=alone):
        return True
    if one.kind == "negation" and "not pregnant" in words.lower():
        return True
    return not alone and _is_beside(text, quotes, one, known)


def _repeats(
    text: str, quotes: Sequence[str], one: Ungrounded, known: Known, *, alone: bool
) -> bool:
    """Return whether the words only repeat what is known of the patient."""
    if one.kind == "drug":
        return not (alone and _is_in_place(text, one)) and _is_other_drug(text, one, known)
    if one.kind == "population" and _is_this_patient(text, quotes, one, known):
        return True
    numeric = one.kind in {"number", "comparator"}
    return numeric and _is_of_this_patient(text, quotes, one, known)


def _is_beside(text: str, quotes: Sequence[str], one: Ungrounded, known: Known) -> bool:
    """Return whether the words are the record's, or advice that no source was asked for."""
    words = sentence_at(text, one.start).of(text)
    if one.kind not in {"negation", "direction"} and _is_of_record(text, one, known):
        return True
    if not _ATTRIBUTED.search(words):
        if _is_disease(one):
            return True
        if _ABOUT_PATIENT.search(words):
            return one.kind != "comparator" and not (one.kind == "number" and _is_dose(text, one))
    return not _rests_on(words, quotes) and _is_general(one, words)


_ABOUT_PATIENT = re.compile(
    r"\A[\s*#>\-\u2022\d.]*(?:patient|pt|background|history|hx|today|now|labs?|results?|vitals?"
    r"|iron|bp|hb|[\w ]{1,14} now)\b\W{0,4}:"
    r"|(?<!\bif )(?<!\bwhen )(?<!\bonce )(?<!\buntil )(?<!\bunless )(?<!\bwhile )(?<!\bwhether )"
    r"(?<!\bbecause )(?<!\bthat )(?<!\bafter )(?<!\bbefore )"
    r"\b(?:he|she|the patient|this (?:patient|man|woman|child))\b (?:is|has|takes|was|weighs|asks"
    r"|wants|came|presents|had|remains)\b", re.IGNORECASE,
)  # fmt: skip
_ATTRIBUTED = re.compile(
    r"\b(?:passage|source|text|label|quote\w*|excerpt|guideline|leaflet|page|document)s?\b"
    r"[^.\n]{0,30}\b(?:gives?|says?|states?|supports?|recommends?|advises?|calls?|lists?|allows?)\b"
    r"|\b(?:according to|as per|per) the\b", re.IGNORECASE,
)  # fmt: skip
_VITAL = re.compile(
    r"\b(?:BP|HR|RR|pulse|SpO2|sats?|temp(?:erature)?|blood pressure|heart rate|saturation)\b"
    r"\W{0,6}(?:\w+ ){0,2}(?:\d+\s?/\s?)?\Z", re.IGNORECASE,
)  # fmt: skip
_RATIO = re.compile(r"\b(?:HR|RR)\b\W{0,6}(?:\w+ ){0,2}\Z")
"""With decimals a hazard ratio or a relative risk; heartbeats and breaths are whole."""
_REPLACED = re.compile(r"\b(?:replac|supersed|withdr|earlier|previous|former|older)\w*", re.I)
_DOSED = re.compile(r"(?:mg|mcg|µg|g|units?|mL|IU|mmol|mEq)\b", re.IGNORECASE)


def _is_of_record(text: str, one: Ungrounded, known: Known) -> bool:
    """Return whether the words stand in the patient's record, or are a vital sign or a year."""
    words = text[one.start : one.end].lower().strip()
    if len(words) > 2 and words in known.record:
        return True
    before = text[max(0, one.start - 40) : one.start]
    year = re.fullmatch(r"(?:19|20)\d\d", words)
    told = year is not None and _REPLACED.search(sentence_at(text, one.start).of(text)) is not None
    vital = _VITAL.search(before) is not None and not (_RATIO.search(before) and "." in words)
    return vital or told


def _is_dose(text: str, one: Ungrounded) -> bool:
    return _DOSED.search(text[one.start : one.end]) is not None


def _is_disease(one: Ungrounded) -> bool:
    return one.kind == "population" and "they speak of" in one.message


def _is_other_drug(text: str, one: Ungrounded, known: Known) -> bool:
    name = text[one.start : one.end].lower()
    if _GENERAL.fullmatch(name):
        return True
    return name in known.record or _DERIVED.match(text, one.end) is not None


def _is_in_place(text: str, one: Ungrounded) -> bool:
    """Return whether a drug stands where the quotations name another; a class only says less."""
    named = read_facts(text[one.start : one.end]).drugs
    return bool(one.expected) and not (named and all(drug.is_class for drug in named))


def _is_this_patient(text: str, quotes: Sequence[str], one: Ungrounded, known: Known) -> bool:
    """Return whether the words are about the patient at hand: "this adult"."""
    before = text[max(0, one.start - 40) : one.start]
    named = {name for name, start, _ in populations(text) if start == one.start}
    if named & known.groups:
        return True
    stated = {name for quote in quotes for name, _, _ in populations(quote)}
    apart = (named & CHILDREN and stated & ADULTS) or (named & ADULTS and stated & CHILDREN)
    return _POINTED.search(before) is not None and not apart


def _is_of_this_patient(text: str, quotes: Sequence[str], one: Ungrounded, known: Known) -> bool:
    """Return whether a number is the patient's own, or calculated from it."""
    mentions = parse(text[one.start : one.end])
    if not mentions:
        return False
    value, unit = mentions[0].quantity.value, mentions[0].quantity.unit
    if mentions[0].quantity.high is not None:
        return False
    before = text[max(0, one.start - 60) : one.start]
    if unit == "mo" and known.age_years is not None:
        return value == known.age_years * 12
    bounded = bool(
        _BOUNDED.search(text[max(0, one.start - 16) : one.end])
        or _BOUNDED_BEHIND.match(text, one.end)
    )
    if unit in {"1", "a"} and not bounded and _is_own_age(text, one, value, known):
        return True
    if (
        unit in {"1", "a"}
        and not bounded
        and (value == known.age_years or _OF_THE_AGE.search(before))
    ):
        return _is_among(value, quotes)
    own = value in known.numbers and (value != known.age_years or unit not in {"1", "a"})
    return own or _is_calculated(value, unit, quotes, known)


_BOUNDED = re.compile(
    r"\b(?:less|more|younger|older|under|over|below|above|least|most|up to|fewer|greater) |[<>≤≥]",
    re.IGNORECASE,
)
"""What makes an age one of a class of patients, not of the patient at hand."""
_BOUNDED_BEHIND = re.compile(
    r"\s?(?:(?:years?|months?|weeks?)(?: of age| old)?,? )?(?:or|and) (?:older|younger|over|above"
    r"|under|below|more|less|up)\b", re.IGNORECASE,
)  # fmt: skip


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
    return bool(spoken & (ADULTS if age >= ADULT_AGE else CHILDREN))


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
