"""What is known of the patient, read once into the checker's own terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from medrag.checker.asserted import INHERITED
from medrag.checker.harmed import harm_told
from medrag.checker.rows_patient import AnalyteRow
from medrag.checker.tables import load_knowledge
from medrag.clinical import Content, DrugMention, Quantity, convert, read
from medrag.clinical.lexicon import analyte_key, load
from medrag.clinical.quantities import unit_code
from medrag.core.patient import Lab, Patient

_SEVERE = re.compile(
    r"anaphyla|angioedema|bronchospasm|airway|stevens|sjs|\bten\b|epidermal|dress|shock|severe"
    r"|swelling|throat|hypotension|collapse|asthma|hemoly|haemoly|serum sickness",
    re.I,
)
_STANDS_FOR = {"calcium": "corrected-calcium"}
"""An analyte and the one that says the same where only that is known."""
_NEAR = 3
"""Times beyond the reference interval up to which a value is taken in the conventional unit."""
_LIGHT_KG = 28
"""A patient of unknown age who weighs less is a child."""
_MILD = re.compile(
    r"\bmild|\brash|\bitch|prurit|intoleran|childhood|\bas a child|remote|unknown", re.I
)
_SIDE_EFFECT = re.compile(
    r"\bnause|\bvomit|\bdiarrh|\bupset|\bheadache|\bGI\b|\bconstipat|\bdrows|\bsedat|\bsleep"
    r"|\bdizz|\binfusion reaction|\bred man|\bflush"
    r"|\bdyspep|\bheartburn|\bcramp|\bstomach|\bconfus|\bjitter",
    re.I,
)
"""What a drug does to many: no allergy, and of no weight for its relatives."""


@dataclass(frozen=True, slots=True)
class Allergy:
    """One entry of the allergy list.

    Attributes:
        text: As written.
        ingredients: Drugs named, as lexicon keys.
        drug_class: Class named, as a lexicon key; None where none is.
        grade: What the entry says of the reaction; `harm` for what is no reaction, and is not
            repeated by relatives.
    """

    text: str
    ingredients: tuple[str, ...]
    drug_class: str | None
    grade: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One patient, parsed. None means "not known", empty means "known to be none".

    Attributes:
        patient: Age, sex, weight and the like; those that only the text states included.
        allergies: The allergy list.
        conditions: Lexicon keys of the active problems.
        medications: What the patient takes, as read from the list, or named where it was asked.
        labs: Analyte key -> latest result, in the unit reported.
        listed_labs: The same without what the text states.
        words: Problem list and results in words, in lower case, for conditions finer than the
            lexicon's.
        listed: These words without what the text states.
        source: What medication mentions' offsets count characters of.
        known: Whether a patient was given at all.
        given: The patient as given, without what the text states.
        stated_conditions: Conditions that the text states of this patient.
        stated_allergies: Allergies that the problem list or the text states of this patient.
    """

    patient: Patient
    allergies: tuple[Allergy, ...] | None
    conditions: frozenset[str] | None
    medications: tuple[DrugMention, ...] | None
    labs: Mapping[str, Quantity]
    listed_labs: Mapping[str, Quantity]
    words: str
    source: str
    known: bool
    given: Patient
    stated_conditions: frozenset[str] = frozenset()
    stated_allergies: tuple[Allergy, ...] = ()
    listed: str = ""

    @property
    def lists_medications(self) -> bool:
        """Whether the patient's medication list is known, and not only some of it."""
        return self.given.medications is not None

    def has(self, condition: str) -> bool:
        """Return whether the problem list or the text holds a condition of the lexicon."""
        listed = self.conditions is not None and condition in self.conditions
        return listed or condition in self.stated_conditions

    def lab(self, analyte: str, unit: str) -> Decimal | None:
        """Return the latest result of `analyte` in `unit`; None if unknown or not convertible."""
        result = self.labs.get(analyte) or self.labs.get(_STANDS_FOR.get(analyte, ""))
        if result is None:
            return None
        entry = load().analytes.get(analyte)
        converted = entry.convert(result, unit) if entry else convert(result, unit)
        return None if converted is None else converted.value

    @property
    def is_child(self) -> bool:
        """Whether the patient is known to be under 18 years, or too light for an adult."""
        age, weight = self.patient.age_years, self.patient.weight_kg
        if age is None:
            return weight is not None and weight < _LIGHT_KG
        return age < 18


_OF_RELATIVES = re.compile(
    r"\b(?:family history|fh(?:x)?\b(?=\s*[:o])|(?:mother|father|sister|brother|sibling|parent)s?\b"
    r"(?= (?:has|had|with|died))|in (?:mother|father|sister|brother|sibling|parent)s?\b)",
    re.I,
)
"""A line of the problem list about somebody else (SNOMED CT and ICD-10-CM Z80 to Z84)."""
_IS_ALLERGY = re.compile(
    r"\b(?:allerg(?:y|ic)(?: status)? to|hypersensitivity to|anaphyla\w+ (?:to|due to|with)"
    r"|\w+ allergy)\b",
    re.I,
)
"""How a problem list says what an allergy list should (ICD-10-CM Z88.0 "Allergy status to
penicillin", SNOMED CT 91936005 "Allergy to penicillin")."""
_NO_ALLERGY = re.compile(
    r"\b(?:no|not|denies|without|negative|refuted|excluded|ruled out|resolved|suspected to be false"
    r"|de-?label\w*|family history)\b",
    re.I,
)


@lru_cache(maxsize=256)
def read_facts(patient: Patient | None) -> Facts:
    """Return the parsed facts of a patient; nothing is known where it is None.

    The last patients are kept, for one patient is often asked about several times: the wards of
    a hospital, some 20 kB each.
    """
    known, patient = patient is not None, patient or Patient()
    problems = patient.conditions or ()
    lines = (*(patient.allergies or ()), *problems, *(patient.medications or ()))
    joined = "\n".join(line.replace("\n", " ") for line in lines)
    content = read(joined) if joined else Content(text="")
    starts = _starts(lines)
    words = "\n".join((*problems, *_results(patient))).lower()
    allergies_end = len(patient.allergies or ())
    conditions_end = allergies_end + len(problems)
    medications = tuple(
        drug for drug in content.drugs if _line(starts, drug.start) >= conditions_end
    )
    labs = MappingProxyType(
        dict(_noted(content, starts, range(allergies_end, conditions_end)))
        | {key: q for lab in patient.labs or () for key, q in _lab(lab)}
    )
    return Facts(
        patient=patient,
        allergies=None
        if patient.allergies is None
        else tuple(
            _allergy(text, index, content, starts) for index, text in enumerate(patient.allergies)
        ),
        conditions=None
        if patient.conditions is None
        else frozenset(
            found.diagnosis
            for found in content.diagnoses
            if allergies_end <= (line := _line(starts, found.start)) < conditions_end
            and not found.negated
            and (found.diagnosis in INHERITED or not _OF_RELATIVES.search(lines[line]))
        ),
        medications=None if patient.medications is None else medications,
        labs=labs,
        listed_labs=labs,
        words=words,
        listed=words,
        stated_allergies=tuple(_told(problems, allergies_end, content, starts)),
        source=joined,
        known=known,
        given=patient,
    )


def _starts(lines: tuple[str, ...]) -> list[int]:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return starts


def _line(starts: list[int], offset: int) -> int:
    return sum(start <= offset for start in starts) - 1


def _allergy(text: str, index: int, content: Content, starts: list[int]) -> Allergy:
    drugs = [drug for drug in content.drugs if _line(starts, drug.start) == index]
    return Allergy(
        text=text,
        ingredients=tuple(dict.fromkeys(i for drug in drugs for i in drug.ingredients)),
        drug_class=next((drug.drug_class for drug in drugs if drug.drug_class), None),
        grade=grade_of(text),
    )


def _told(
    problems: tuple[str, ...], first: int, content: Content, starts: list[int]
) -> Iterator[Allergy]:
    """Yield the allergies, and the harms done by drugs, that lines of the problem list tell of."""
    for index, line in enumerate(problems, start=first):
        entry = _allergy(line, index, content, starts)
        if _IS_ALLERGY.search(line) and not _NO_ALLERGY.search(line):
            yield entry
        elif (entry.ingredients or entry.drug_class) and (told := harm_told(line)):
            yield replace(entry, grade="severe" if told == "reaction" else "harm")


def grade_of(text: str) -> str:
    """Return what words say of a reaction: `severe`, `mild`, `side-effect` or `unstated`."""
    graded = (("severe", _SEVERE), ("mild", _MILD), ("side-effect", _SIDE_EFFECT))
    return next((grade for grade, words in graded if words.search(text)), "unstated")


def _lab(lab: Lab) -> Iterator[tuple[str, Quantity]]:
    key = analyte_key(lab.name)
    if key is not None and lab.value is not None:
        yield key, with_unit(key, Quantity(lab.value, _unit(lab.unit)))


_PAST = re.compile(
    r"\b(?:history|h/o|ago|prior|previous\w*|past|last|was|were|on admission|peak|nadir|resolved"
    r"|after|before"
    r"|since|(?:19|20)\d\d)\b",
    re.I,
)


def _noted(content: Content, starts: list[int], lines: range) -> Iterator[tuple[str, Quantity]]:
    """Yield what the problem list measures today: "sinus bradycardia, HR 44"."""
    for lab in content.labs:
        line = _line(starts, lab.start)
        if lab.value is None or lab.value.high is not None or line not in lines:
            continue
        end = starts[line + 1] if line + 1 < len(starts) else len(content.text)
        if lab.value.comparator is None and not _PAST.search(content.text, starts[line], end):
            yield lab.analyte, with_unit(lab.analyte, lab.value)


def _results(patient: Patient) -> Iterator[str]:
    """Yield what was reported in words, as a problem list would say it."""
    for lab in patient.labs or ():
        if lab.result is not None:
            yield f"{lab.name} {lab.result}"


def with_unit(analyte: str, value: Quantity) -> Quantity:
    """Return a value that was written without a unit in the unit it must have.

    Of the units an analyte is reported in, those count in which a living patient can have the
    value; the conventional one where that is near the reference interval, else the one that
    brings it nearest. A value with a
    unit, and one of an analyte without units, stays as it is.
    """
    entry = load().analytes.get(analyte)
    if value.unit != "1" or entry is None or not entry.units or "1" in entry.units:
        return value
    row = next(iter(load_knowledge().rows(AnalyteRow, analyte)), None)
    if row is None:
        return Quantity(value.value, entry.units[0], value.high, value.comparator)
    best: tuple[Decimal, str] | None = None
    for unit in dict.fromkeys((row.unit, *entry.units)):
        brought = entry.convert(Quantity(value.value, unit), row.unit)
        if brought is None or not row.least <= brought.value <= row.most:
            continue
        low, high = max(row.low, row.least, Decimal("0.01")), row.high
        off = max(low / max(brought.value, Decimal("0.001")), brought.value / high, Decimal(1))
        if unit == row.unit and off <= _NEAR:
            return Quantity(value.value, unit, value.high, value.comparator)
        if best is None or off < best[0]:
            best = (off, unit)
    return value if best is None else Quantity(value.value, best[1], value.high, value.comparator)


_NO_UNIT = frozenset({"ratio", "ph", "ph units", "units of ph", "none", "unitless", "-"})
"""What a list of results writes in the column of units where an analyte has none."""


def _unit(written: str | None) -> str:
    if not written or written.lower() in _NO_UNIT:
        return "1"
    return unit_code(written) or written
