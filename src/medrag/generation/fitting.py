"""Whether a statement is meant for a patient like this one.

Guidelines say what to do by kidney function, age, pregnancy and weight, in ranges. A statement
whose range holds the patient's value is wanted; one whose ranges all miss it is about others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.core.patient import Patient

_NUMBER = r"(\d+(?:\.\d+)?)"
_TO = r"\s*(?:to|and|through|-|–|—)\s*(?:less than\s*|<\s*|≤\s*)?"
_BETWEEN = re.compile(rf"(?:≥\s*|>\s*|at least\s*)?{_NUMBER}[^\d.;]{{0,24}}?{_TO}{_NUMBER}")
_BELOW = re.compile(
    rf"(?:<|≤|less than|below|under|lower than|younger than|no more than|up to)(?: or equal to)?\s*"
    rf"{_NUMBER}|{_NUMBER}[^\d.;]{{0,28}}? (?:or|and) (?:less|lower|below|under|younger)\b",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    rf"(?:>|≥|greater than|above|over|more than|at least|older than)(?: or equal to)?\s*{_NUMBER}"
    rf"|{_NUMBER}[^\d.;]{{0,28}}? (?:or|and) (?:more|greater|higher|above|over|older)\b",
    re.IGNORECASE,
)

_RENAL = re.compile(
    r"\be?GFR|\bCr\s?Cl|\bCL\s?cr|creatinine clearance|glomerular filtration", re.IGNORECASE
)
_KIDNEY = re.compile(r"\b(?:renal|kidney)", re.IGNORECASE)
_PREGNANCY = re.compile(r"\bpregnan|\bfetal\b|\bfetus\b|\bteratogen|\btrimester", re.IGNORECASE)
_LACTATION = re.compile(r"\blactat|\bbreast-?\s?feed|\bbreast-?\s?milk|\bnursing", re.IGNORECASE)
_CHILD = re.compile(
    r"\bp(?:a)?ediatric|\bchild|\binfant|\bneonat|\badolescent|\bnewborn|\btoddler|\bbab(?:y|ies)\b",
    re.IGNORECASE,
)
_NEWBORN = re.compile(r"\bneonat|\bnewborn", re.IGNORECASE)
_ADULT = re.compile(r"\badults?\b", re.IGNORECASE)
_OLDER = re.compile(r"\belderly|\bgeriatric|\bolder (?:adult|patient|people)", re.IGNORECASE)
_STATED = re.compile(rf"\s*(?:is|of|was|at|=|:)?\s*{_NUMBER}")
_UNIT = re.compile(r"\s*m[lL]\s?/\s?min(?:ute)?(?:\s?/\s?1[.,]73\s?m(?:2|²|\^2))?")
_PER_YEAR = {"year": 1.0, "month": 12.0, "week": 52.0}
_AGE_UNIT = r"\s*-?(years?|months?|weeks?)\b"
_AGE_BETWEEN = re.compile(
    rf"{_NUMBER}(?:{_AGE_UNIT})?(?: of age)?{_TO}{_NUMBER}{_AGE_UNIT}", re.IGNORECASE
)
_AGE_BELOW = re.compile(
    rf"(?:younger than|less than|under|below|<|≤|up to)\s*{_NUMBER}{_AGE_UNIT}"
    rf"|{_NUMBER}{_AGE_UNIT}(?: of age| old)? (?:or|and) (?:younger|less|under|below)",
    re.IGNORECASE,
)
_AGE_ABOVE = re.compile(
    rf"(?:older than|more than|over|above|at least|>|≥)\s*{_NUMBER}{_AGE_UNIT}"
    rf"|{_NUMBER}{_AGE_UNIT}(?: of age| old)? (?:or|and) (?:older|over|above|more|up)",
    re.IGNORECASE,
)
_OF_AGE = re.compile(
    r"\b(?:aged?|old(?:er)?|young(?:er)?|adults?|child(?:ren)?|infants?|adolescents?|girls?|boys?"
    r"|p(?:a)?ediatric)\b",
    re.IGNORECASE,
)
_WEIGHT = re.compile(r"\bweigh\w*|\bof (?=\d[\d.]* ?kg (?:or|and)\b)", re.IGNORECASE)
_HEPATIC = re.compile(
    r"\b(?:hepatic|liver) (?:impair|insuff|disease|failure)|cirrho", re.IGNORECASE
)
_IMPAIRED = re.compile(
    r"\b(?:renal|kidney) (?:impair|insuff|failure)|\b(?:hemo|haemo)?dialysis|\bESRD", re.IGNORECASE
)

_DOSE = re.compile(r"\bdos(?:e|es|age|ing)\b|\bhow much\b|\bmany (?:mg|ml|milli)", re.IGNORECASE)
_ASKS_WHOM = re.compile(
    r"\bwho(?:m|se)?\b|\b(?:from|at|what|which) (?:what |which )?(?:age|patients)\b", re.IGNORECASE
)
_ASKED_RENAL = re.compile(rf"(?:{_RENAL.pattern})\D{{0,24}}?{_NUMBER}", re.IGNORECASE)
_ASKED_AGE = re.compile(r"\b(\d{1,3})[- ]?(years?|yrs?|y|months?|weeks?)[- ]?(?:old|/?o)\b", re.I)
_ASKED_WEIGHT = re.compile(r"\b(\d{1,3}(?:\.\d+)?)[- ]?kg\b(?!\s*/)", re.IGNORECASE)
_ASKS_VALUE = re.compile(
    r"\b(?:at|above|below|from|under|over|to|until|up to) (?:which|what)\b"
    r"|^(?:which|what) (?:is|are)?\s?(?:the )?\w* ?"
    r"(?:egfr|gfr|level|value|threshold|limit|cut-?off)",
    re.IGNORECASE,
)


Names = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Fit:
    """What is known of whom the question is about; None where nothing is.

    Attributes:
        renal: eGFR or creatinine clearance, in mL/min (per 1.73 m2).
        levels: Other laboratory values, each with what matches the names of its analyte.
        age: In years.
        age_stands_for_many: Whether the age is only that of "an adult" or "a child".
        weight: In kg.
        pregnant, lactating: False also where it cannot be.
        wanted: Patients whom an answer must name: those that the question asks for and those
            for whom a dose of others would be wrong.
        special: Groups that neither question nor patient belongs to, as far as is known.
        words: Names of conditions, medications and allergies that a statement may name.
    """

    renal: float | None = None
    levels: tuple[tuple[Names, float], ...] = ()
    age: float | None = None
    age_stands_for_many: bool = False
    weight: float | None = None
    pregnant: bool | None = None
    lactating: bool | None = None
    wanted: tuple[Names, ...] = ()
    special: tuple[Names, ...] = ()
    words: tuple[str, ...] = ()

    def judge(self, said: str, around: str) -> float:
        """Return how far a statement is meant for this patient: in [-1, 1], 0 where unsaid.

        Args:
            said: The statement.
            around: Title and headings over it, for what the statement leaves to them.
        """
        folded = said.casefold()
        groups = _groups_in(said)
        votes = [
            self._renal(said),
            *(_level(said, names, value) for names, value in self.levels),
            self._age(said) or 0.7 * self._age(around),
            self._weight(said),
            _about(_PREGNANCY in groups, self.pregnant),
            _about(_LACTATION in groups, self.lactating),
            -0.25 * any(names in groups for names in self.special),
            0.5 * any(word in folded for word in self.words),
        ]
        return min(0.0, *votes) or max(votes)

    def names_wanted(self, text: str) -> bool:
        """Return whether `text` speaks of every group of patients that an answer must name."""
        return all(
            names.search(text)
            or (names is _CHILD and any(high < _GROWN for _, high in _ages(text)))
            for names in self.wanted
        )

    def _renal(self, text: str) -> float:
        if self.renal is None:
            return 0.0
        level = _level(text, _RENAL, self.renal)
        if level:
            return level
        return 0.4 if self.renal < 60 and _KIDNEY.search(text) else 0.0

    def _weight(self, text: str) -> float:
        return 0.0 if self.weight is None else _level(text, _WEIGHT, self.weight)

    def _age(self, text: str) -> float:
        if self.age is None:
            return 0.0
        groups = _groups_in(text)
        child, adult = _CHILD in groups, _ADULT in groups
        grown = self.age >= _GROWN
        if child != adult and child == grown:
            return -0.7
        ranges = _ages(text)
        if ranges:
            return self._in_ages(ranges)
        if not grown:
            return 0.5 * child
        return 0.4 if adult or (self.age >= 65 and _OLDER in groups) else 0.0

    def _in_ages(self, ranges: Sequence[tuple[float, float]]) -> float:
        age = self.age or 0.0
        if not self.age_stands_for_many:
            return _inside(age, ranges)
        grown = age >= _GROWN
        some = any(high >= _GROWN if grown else low < _GROWN for low, high in ranges)
        return 0.5 if some else -0.7


_GROWN = 18.0
_SOME_ADULT, _SOME_CHILD = 45.0, 8.0
"""Ages that stand for "an adult" and "a child" where the question gives no number."""


def fit(question: str, patient: Patient | None, analytes: Sequence[Names] = ()) -> Fit:
    """Return what question and patient say of whom it is about; the patient's facts win.

    `analytes` match the names of the analytes that the question names.
    """
    known = patient or Patient()
    asks_value = bool(_ASKS_VALUE.search(question))
    age = _age_of(question, known)
    renal = None if asks_value and _RENAL.search(question) else _renal_of(question, known)
    pregnant = _state(_PREGNANCY.search(question), known.pregnant, known.sex)
    lactating = _state(_LACTATION.search(question), known.lactating, known.sex)
    weight = _ASKED_WEIGHT.search(question)
    return Fit(
        renal=renal,
        levels=() if asks_value else tuple(_levels(question, known, analytes)),
        age=age if not asks_value or _ASKED_AGE.search(question) else None,
        age_stands_for_many=known.age_years is None
        and not (_ASKED_AGE.search(question) or _NEWBORN.search(question)),
        weight=float(known.weight_kg or 0) or (float(weight.group(1)) if weight else None),
        pregnant=pregnant,
        lactating=lactating,
        wanted=_wanted(question, age),
        special=tuple(_special(question, age, renal)),
        words=_words(known),
    )


def without_values(question: str) -> str:
    """Return `question` without the values that describe a patient; ranges answer them."""
    for pattern in (_ASKED_AGE, _ASKED_WEIGHT):
        question = pattern.sub(" ", question)
    return question


def _age_of(question: str, known: Patient) -> float | None:
    if known.age_years is not None:
        return float(known.age_years)
    asked = _ASKED_AGE.search(question)
    if asked:
        unit = {"m": "month", "w": "week"}.get(asked.group(2)[0].lower(), "year")
        return float(asked.group(1)) / _PER_YEAR[unit]
    child, adult = _CHILD.search(question), _ADULT.search(question)
    if bool(child) == bool(adult):
        return None
    if _NEWBORN.search(question):
        return 0.0
    return _SOME_CHILD if child else _SOME_ADULT


def _renal_of(question: str, known: Patient) -> float | None:
    labs = _values(known, _RENAL)
    asked = _ASKED_RENAL.search(question)
    return labs[-1] if labs else float(asked.group(1)) if asked else None


def _wanted(question: str, age: float | None) -> tuple[Names, ...]:
    asked = [names for names in (_PREGNANCY, _LACTATION) if names.search(question)]
    child = _CHILD.search(question) or (age is not None and age < _GROWN and _DOSE.search(question))
    return (*asked, _CHILD) if child and not _ADULT.search(question) else tuple(asked)


def _special(question: str, age: float | None, renal: float | None) -> Iterator[Names]:
    """Yield the groups that a question about nobody in particular does not mean."""
    for names in (_CHILD, _PREGNANCY, _LACTATION, _HEPATIC):
        told = names is _CHILD and age is not None
        if not told and not names.search(question) and not _ASKS_WHOM.search(question):
            yield names
    if renal is None and not _KIDNEY.search(question) and not _RENAL.search(question):
        yield _IMPAIRED


def _levels(
    question: str, known: Patient, analytes: Sequence[Names]
) -> Iterator[tuple[Names, float]]:
    """Yield the values that the question states, and the patient's of what it names."""
    for names in analytes:
        found = names.search(question)
        number = _STATED.match(question[found.end() :]) if found else None
        if number and not _RENAL.search(question):
            yield names, float(number.group(1))
        elif not _RENAL.search(question):
            yield from ((names, value) for value in _values(known, names)[-1:])


def _values(known: Patient, names: Names) -> list[float]:
    named = (lab.value for lab in known.labs or () if names.search(lab.name))
    return [float(value) for value in named if value is not None]


_GROUPS = (_CHILD, _ADULT, _OLDER, _PREGNANCY, _LACTATION, _HEPATIC, _IMPAIRED)


@lru_cache(maxsize=1 << 13)
def _groups_in(text: str) -> tuple[Names, ...]:
    """Return the groups of patients that a statement speaks of, whoever is asked about."""
    return tuple(names for names in _GROUPS if names.search(text))


@lru_cache(maxsize=4096)
def _ages(text: str) -> tuple[tuple[float, float], ...]:
    """Return the ranges of age that `text` states, in years, lowest and highest."""
    return tuple(_each_age(text))


def _each_age(text: str) -> Iterator[tuple[float, float]]:
    if not _OF_AGE.search(text):
        return
    for m in _AGE_BETWEEN.finditer(text):
        unit = m.group(4)
        yield _years(m.group(1), m.group(2) or unit), _years(m.group(3), unit)
    for pattern, is_upper in ((_AGE_BELOW, True), (_AGE_ABOVE, False)):
        for m in pattern.finditer(text):
            bound = _years(m.group(1) or m.group(3), m.group(2) or m.group(4))
            yield (0.0, bound) if is_upper else (bound, float("inf"))


def _years(number: str, unit: str) -> float:
    return float(number) / _PER_YEAR[unit.lower().removesuffix("s")]


def _level(text: str, names: re.Pattern[str], value: float) -> float:
    ranges = [r for found in names.finditer(text) for r in _ranges(_after(text, found))]
    return _inside(value, ranges) if ranges else 0.0


def _state(asked: object, known: bool | None, sex: str | None) -> bool | None:
    if asked:
        return True
    return False if sex == "male" and known is None else known


def _words(patient: Patient) -> tuple[str, ...]:
    """Return the first words of each entry: `warfarin` of `warfarin 5 mg daily`."""
    lists = (patient.conditions, patient.medications, patient.allergies)
    entries = [entry for listed in lists for entry in listed or ()]
    names = [re.split(r"[\d(,;]", entry, maxsplit=1)[0].strip().casefold() for entry in entries]
    return tuple(name for name in names if len(name) > 3)


def _after(text: str, found: re.Match[str]) -> str:
    near = _UNIT.sub(" ", text[found.end() : found.end() + 90])
    return re.split(r"[;.](?!\d)", near, maxsplit=1)[0]


def _ranges(text: str) -> list[tuple[float, float]]:
    """Return the ranges that `text` states, each as lowest and highest value."""
    pairs = [(float(m.group(1)), float(m.group(2))) for m in _BETWEEN.finditer(text)]
    found = [(low, high) for low, high in pairs if low <= high]
    if found:
        return found
    below = [(0.0, _value(m)) for m in _BELOW.finditer(text)]
    above = [(_value(m), float("inf")) for m in _ABOVE.finditer(text)]
    return below + above


def _value(match: re.Match[str]) -> float:
    return float(match.group(1) or match.group(2))


def _inside(value: float, ranges: Sequence[tuple[float, float]]) -> float:
    return 1.0 if any(low <= value <= high for low, high in ranges) else -0.7


def _about(said: object, holds: bool | None) -> float:
    """Return the vote of a statement about a state that the patient may be in."""
    if not said or holds is None:
        return 0.0
    return 0.7 if holds else -0.7
