"""Whether a statement is meant for a patient like this one.

Guidelines say what to do by kidney function, age, pregnancy and weight, in ranges. A statement
whose range holds the patient's value is wanted; one whose ranges all miss it is about others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
_CHILD = re.compile(r"\bp(?:a)?ediatric|\bchild|\binfant|\bneonat|\badolescent", re.IGNORECASE)
_ADULT = re.compile(r"\badults?\b", re.IGNORECASE)
_OLDER = re.compile(r"\belderly|\bgeriatric|\bolder (?:adult|patient|people)", re.IGNORECASE)
_STATED = re.compile(rf"\s*(?:is|of|was|at|=|:)?\s*{_NUMBER}")
_UNIT = re.compile(r"\s*m[lL]\s?/\s?min(?:ute)?(?:\s?/\s?1[.,]73\s?m(?:2|²|\^2))?")
_AGED = re.compile(r"[^.;]{0,40}\byears?\b[^.;]{0,24}", re.IGNORECASE)

_ASKED_RENAL = re.compile(rf"(?:{_RENAL.pattern})\D{{0,24}}?{_NUMBER}", re.IGNORECASE)
_ASKED_AGE = re.compile(r"\b(\d{1,3})[- ]?(?:years?|yrs?|y)[- ]?(?:old|/?o)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fit:
    """What is known of whom the question is about; None where nothing is.

    Attributes:
        renal: eGFR or creatinine clearance, in mL/min (per 1.73 m2).
        levels: Other laboratory values that the question states, each with what matches the
            names of its analyte.
        age: In years.
        pregnant, lactating: False also where it cannot be.
        words: Names of conditions, medications and allergies that a statement may name.
    """

    renal: float | None = None
    levels: tuple[tuple[re.Pattern[str], float], ...] = ()
    age: float | None = None
    pregnant: bool | None = None
    lactating: bool | None = None
    words: tuple[str, ...] = ()

    def judge(self, text: str) -> float:
        """Return how far `text` is meant for this patient: in [-1, 1], 0 where it does not say."""
        votes = [
            self._renal(text),
            *(_level(text, names, value) for names, value in self.levels),
            self._age(text),
            _about(_PREGNANCY.search(text), self.pregnant),
            _about(_LACTATION.search(text), self.lactating),
            0.5 * any(word in text.casefold() for word in self.words),
        ]
        return min(0.0, *votes) or max(votes)

    def _renal(self, text: str) -> float:
        if self.renal is None:
            return 0.0
        level = _level(text, _RENAL, self.renal)
        if level:
            return level
        return 0.4 if self.renal < 60 and _KIDNEY.search(text) else 0.0

    def _age(self, text: str) -> float:
        if self.age is None:
            return 0.0
        if _CHILD.search(text) and not _ADULT.search(text) and self.age >= 18:
            return -0.7
        ranges = [r for found in _AGED.finditer(text) for r in _ranges(found.group())]
        if ranges:
            return _inside(self.age, ranges)
        if _CHILD.search(text):
            return 0.5
        return 0.4 if self.age >= 65 and _OLDER.search(text) else 0.0


def fit(question: str, patient: Patient | None, analytes: Sequence[re.Pattern[str]] = ()) -> Fit:
    """Return what question and patient say of whom it is about; the patient's facts win.

    `analytes` match the names of the analytes that the question names.
    """
    known = patient or Patient()
    renal, age = _ASKED_RENAL.search(question), _ASKED_AGE.search(question)
    labs = [lab.value for lab in known.labs or () if _RENAL.search(lab.name)]
    years = known.age_years
    return Fit(
        renal=float(labs[-1]) if labs else float(renal.group(1)) if renal else None,
        levels=tuple(_asked_levels(question, analytes)),
        age=float(years) if years is not None else float(age.group(1)) if age else None,
        pregnant=_state(_PREGNANCY.search(question), known.pregnant, known.sex),
        lactating=_state(_LACTATION.search(question), known.lactating, known.sex),
        words=_words(known),
    )


def _asked_levels(
    question: str, analytes: Sequence[re.Pattern[str]]
) -> Iterator[tuple[re.Pattern[str], float]]:
    for names in analytes:
        found = names.search(question)
        number = _STATED.match(question[found.end() :]) if found else None
        if number and not _RENAL.search(question):
            yield names, float(number.group(1))


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
    found = [(float(m.group(1)), float(m.group(2))) for m in _BETWEEN.finditer(text)]
    if found:
        return [(low, high) for low, high in found if low <= high]
    below = [(0.0, _value(m)) for m in _BELOW.finditer(text)]
    above = [(_value(m), float("inf")) for m in _ABOVE.finditer(text)]
    return below + above


def _value(match: re.Match[str]) -> float:
    return float(match.group(1) or match.group(2))


def _inside(value: float, ranges: list[tuple[float, float]]) -> float:
    return 1.0 if any(low <= value <= high for low, high in ranges) else -0.7


def _about(said: object, holds: bool | None) -> float:
    """Return the vote of a statement about a state that the patient may be in."""
    if not said or holds is None:
        return 0.0
    return 0.7 if holds else -0.7
