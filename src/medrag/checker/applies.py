"""Whether a stated condition holds for this patient: "if CrCl < 30", "in pregnancy"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.facts import Facts
from medrag.clinical import Content, DrugMention, Quantity
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import Condition, starting_in

_ALLERGY = re.compile(r"\ballerg|\bhypersens|\banaphyla", re.I)
_TO_COME = re.compile(
    r"\b(?:strikes?|occurs?|recurs?|develops?|emerges?|arises?|appears?|starts?|begins?|returns?"
    r"|flares?|worsens?|erupts?|follows?|supervenes?|hits?|threatens?|(?:comes?|breaks?)"
    r" (?:on|back|out|along|up)|sets? in|(?:gets?|catch(?:es)?|contracts?|suffers?|notices?|feels?)"
    r"|(?:an|another|the next|first) (?:attack|episode|flare|bout|sign))\b",
    re.I,
)
"""What somebody may yet fall ill with: the condition of a rescue drug is no past of his."""
_OR = re.compile(r"\bor\b", re.I)
_KIDNEY = ("egfr", "creatinine-clearance")
_AGES: dict[str, tuple[int, int]] = {
    "child": (0, 18),
    "infant": (0, 18),
    "neonate": (0, 18),
    "adolescent": (0, 18),
    "adult": (18, 200),
    "older-adult": (65, 200),
}
_STATES = {
    "renal": ("chronic-kidney-disease", "end-stage-kidney-disease", "acute-kidney-injury"),
    "hepatic": ("liver-disease", "cirrhosis", "hepatitis", "hepatic-encephalopathy"),
    "dialysis": ("end-stage-kidney-disease",),
}
"""Population -> the conditions any of which makes somebody one of it."""
_OWN_FIELDS = {"pregnancy": "pregnant", "lactation": "lactating"}
_FERTILE_TO = 55


def holds(facts: Facts, content: Content, condition: Condition) -> bool | None:
    """Return whether a condition holds for the patient; None where nobody can say.

    Of several parts one that does not hold is enough to say no, unless they are joined by
    "or". An exception holds where its words do not.
    """
    parts = list(_parts(facts, content, condition))
    if not parts:
        return None
    deciding = _OR.search(condition.text) is not None
    if deciding in parts:
        found: bool | None = deciding
    else:
        found = None if None in parts else not deciding
    return found if found is None or not condition.exception else not found


def _parts(facts: Facts, content: Content, condition: Condition) -> Iterator[bool | None]:
    start, end = condition.start, condition.end
    allergic = _ALLERGY.search(condition.text) is not None
    for lab in starting_in(content.labs, start, end):
        if lab.value is not None:
            yield _compares(facts, lab.analyte, lab.value)
    for drug in content.drugs_in(start, end):
        yield _is_allergic(facts, drug) if allergic else _takes(facts, drug)
    to_come = _TO_COME.search(condition.text) is not None
    for diagnosis in starting_in(content.diagnoses, start, end):
        has = _has(facts, diagnosis.diagnosis)
        yield None if to_come and not has else has
    for population in starting_in(content.populations, start, end):
        yield _belongs(facts, population.population)


def _has(facts: Facts, diagnosis: str) -> bool | None:
    if diagnosis in _OWN_FIELDS:
        return _belongs(facts, _OWN_FIELDS[diagnosis])
    if facts.has(diagnosis):
        return True
    return None if facts.conditions is None else False


def _compares(facts: Facts, analyte: str, value: Quantity) -> bool | None:
    found = _result(facts, analyte, value.unit)
    if found is None:
        return None
    if value.comparator in {"<", "<="}:
        return found <= value.value
    if value.comparator in {">", ">="}:
        return found >= value.value
    return value.value <= found <= value.high if value.high is not None else None


def _result(facts: Facts, analyte: str, unit: str) -> Decimal | None:
    """Return a result; one measure of the kidney stands in for the other."""
    same = _KIDNEY if analyte in _KIDNEY else (analyte,)
    for name in (analyte, *same):
        own = facts.lab(name, unit) if unit != "1" else None
        if own is not None:
            return own
        result = facts.labs.get(name)
        if result is not None and (unit == "1" or analyte in _KIDNEY):
            return result.value
    return None


def _is_allergic(facts: Facts, drug: DrugMention) -> bool | None:
    if facts.allergies is None and not facts.stated_allergies:
        return None
    named = {*drug.ingredients, *({drug.drug_class} if drug.drug_class else ())}
    for allergy in (*(facts.allergies or ()), *facts.stated_allergies):
        classes = {c for i in allergy.ingredients for c in _classes(i)}
        own = {*allergy.ingredients, *({allergy.drug_class} if allergy.drug_class else ())}
        if named & (classes | own):
            return True
    return None if facts.allergies is None else False


def _takes(facts: Facts, drug: DrugMention) -> bool | None:
    taken = {i for mention in facts.medications or () for i in mention.ingredients}
    if drug.drug_class:
        takes = any(drug.drug_class in _classes(i) for i in taken)
    else:
        takes = bool(taken & set(drug.ingredients))
    return takes if takes or facts.lists_medications else None


def _classes(ingredient: str) -> tuple[str, ...]:
    entry = load().drugs.get(ingredient)
    return entry.classes if entry else ()


def _belongs(facts: Facts, population: str) -> bool | None:
    patient, age = facts.patient, facts.patient.age_years
    if population in _AGES:
        low, high = _AGES[population]
        return None if age is None else low <= age < high
    if population in {"male", "female"}:
        return None if patient.sex is None else patient.sex == population
    if population == "pregnant":
        no = patient.sex == "male" or (age is not None and age > _FERTILE_TO)
        return False if no else patient.pregnant
    if population == "lactating":
        return False if patient.sex == "male" else patient.lactating
    return _has_state(facts, population)


def _has_state(facts: Facts, population: str) -> bool | None:
    states = _STATES.get(population)
    if states is None:
        return None
    if any(facts.has(state) for state in states):
        return True
    return None if facts.conditions is None else False
