"""Conditions that hold for an order: the patient's, and those its own sentence states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from medrag.checker.asserted import standing, stands_with
from medrag.checker.context import Context
from medrag.checker.rows_patient import AgeRow, PregnancyRow, RenalRow, StageRow
from medrag.checker.sieve import sifted
from medrag.checker.stated import statements, states
from medrag.checker.words import find, find_all
from medrag.clinical import DrugMention, Quantity, convert
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import starting_in
from medrag.core.span import Span

_TURNED = re.compile(
    r"\b(avoid|contraindicated|do not|not recommended|stop|unless|except|should not|must not"
    r"|never|exclude|rule out|prevent|with (?:extreme |great )?(?:caution|care)|caution should"
    r"|testing for|inform patients|(?:poor|bad|no good) (?:idea|choice|option|drug)|unwise|unsafe"
    r"|not (?:been )?(?:established|indicated|studied)"
    r"|harm(?:s|ful)|dangerous|forbid\w*|forbidden|excluded|(?:is|are) out|no place|not for)\b",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:no|not|without|denies|negative for|never)\b[^.;:,]*\Z|\bnon[- ]?\Z", re.I
)
_HAD = re.compile(
    r"\b(with|has|have|had|having|known|history of|despite|her|his|their|the patient's|given|in"
    r"|underlying|severe|active|acute|is|during|of)\b",
    re.I,
)
"""Words that give a disease to whoever a text is about, where no record lists what he has."""
_TESTED = sifted(
    r"\b(pregnancy tests?|could become|may become|becomes? pregnant|contracept\w*"
    r"|pregnancy prevention|pregnancy (?:has been |is |was )?(?:excluded|ruled out|unknown|status"
    r"|unlikely|negative|not)|childbearing|before (?:trying|conception)"
    r"|planning (?:a )?pregnancy)\b",
    re.I,
)

_NURSING_ENDS = re.compile(
    r"\b(?:(?:must|should|will|has|needs to|is to|to|and|please|she) (?:first |then )?)?"
    r"(?:stop(?:ped|s|ping)?|ceased?|end(?:s|ed)?|wean(?:s|ed)? (?:off|from))"
    r" (?:breast-?\s?feeding|nursing)\b(?! (?:if|only if|when|unless))",
    re.I,
)
_NEED_NOT = re.compile(
    r"\b(?:not|\w+n['\u2019]t|never|no need|without|no reason|if|unless|when|refus\w+|declin\w+"
    r"|whether)\b",
    re.I,
)


def has_condition(context: Context, condition: str, mention: DrugMention | None) -> bool:
    """Return whether a condition is the patient's: listed, stated by the text, or by the order.

    A condition finer than the lexicon's is looked for by the words of `stages.csv`.
    """
    if context.facts.has(condition):
        return True
    stages = context.knowledge.rows(StageRow, condition)
    words = stages[0].words if stages else ()
    if context.once(_is_stage, condition, words):
        return True
    return mention is not None and any(
        _stands_beside(context, mention, place)
        for place in _named(context, condition, words, mention)
    )


def is_excepted(context: Context, row: AgeRow | PregnancyRow | RenalRow) -> bool:
    """Return whether the text or the problem list names what the row excepts."""
    return is_named(context, row.unless)


def is_named(context: Context, words: tuple[str, ...]) -> bool:
    """Return whether the text or the problem list names any of some words."""
    return bool(context.first(words) or find(context.facts.words, words))


def _is_stage(context: Context, condition: str, words: tuple[str, ...]) -> bool:
    """Return whether record or text say of the patient what a stage is called."""
    return _is_listed(context.facts.listed, words) or any(
        states(context.content, condition, place, statements_of(context))
        for place in context.all_of(words)
    )


def _is_listed(record: str, words: tuple[str, ...]) -> bool:
    """Return whether a line of the record names one of `words` and does not deny it."""
    return any(
        _DENIED.search(record[: place.start].rpartition("\n")[2]) is None
        for place in find_all(record, words)
    )


def statements_of(context: Context) -> Sequence[Span]:
    """Return the clauses that are about this patient, found once a text."""
    return context.once(_statements)


def _statements(context: Context) -> Sequence[Span]:
    return statements(context.content)


def _named(
    context: Context, condition: str, words: tuple[str, ...], mention: DrugMention
) -> list[Span]:
    """Return where the sentence of an order names a condition."""
    sentence = context.content.sentences[mention.sentence]
    if words:
        return list(starting_in(context.all_of(words), sentence.start, sentence.end))
    return [
        found.span
        for found in starting_in(context.content.diagnoses, sentence.start, sentence.end)
        if found.diagnosis == condition and not found.negated
    ]


def _stands_beside(context: Context, mention: DrugMention, place: Span) -> bool:
    """Return whether an order's own sentence says that who gets the drug has a condition."""
    said = context.content.sentences[mention.sentence].text
    if _TURNED.search(said) or standing(context.content, place) not in {"his", "told"}:
        return False
    if _is_indication(context, mention, place.start):
        return False
    if context.facts.conditions is not None:
        return stands_with(context.content, place)
    return _HAD.search(context.text[max(0, place.start - 45) : place.start]) is not None


_FOR = re.compile(
    r"\b(?:for|to treat|to prevent|against)\s(?:(?!(?:in|with|who|despite|given)\b)[\w,/-]+\s)*\Z",
    re.I,
)


def _is_indication(context: Context, mention: DrugMention, start: int) -> bool:
    """Return whether the words before a diagnosis make it what the drug is given for."""
    before = context.text[max(mention.end, start - 40) : start]
    return start > mention.start and _FOR.search(before) is not None


def age_years(context: Context, mention: DrugMention | None = None) -> Decimal | None:
    """Return the patient's age, else the one that the text states."""
    if context.facts.patient.age_years is not None:
        return context.facts.patient.age_years
    for population in context.content.populations:
        if population.age is None or population.age.high is not None:
            continue
        described = re.search(r"\bold\b|\baged?\b", population.text, re.I) is not None
        if mention is None or (population.sentence != mention.sentence and not described):
            continue
        if population.sentence > mention.sentence:
            continue
        years = convert(Quantity(population.age.value, population.age.unit), "a")
        if years is not None and population.age.comparator is None:
            return years.value
    return None


_IS_PREGNANT = sifted(
    r"\bpregnant\b|\b(?:at|now|is) \d+[\s-]weeks?\b|\b(?:her|this|your) pregnancy\b|\bgravid"
    r"|\bantenatal|\b(?:first|second|third) trimester|\bin pregnancy\b|\bduring pregnancy\b",
    re.I,
)
"""Says that somebody is pregnant, rather than what a drug does to a pregnancy."""


def _ends_nursing(text: str) -> bool:
    """Return whether the text has her stop breastfeeding for the drug."""
    ends = _NURSING_ENDS.search(text)
    return (
        ends is not None
        and _NEED_NOT.search(text[max(0, ends.start() - 25) : ends.start()]) is None
    )


def in_state(context: Context, state: str, mention: DrugMention) -> bool | None:
    """Return whether the patient is pregnant or lactating; None if nobody says."""
    known = (
        context.facts.patient.pregnant if state == "pregnant" else context.facts.patient.lactating
    )
    if state == "lactating" and known and _ends_nursing(context.text):
        return None
    if known is not None or (state == "pregnant" and context.facts.patient.sex == "male"):
        return bool(known)
    condition = "pregnancy" if state == "pregnant" else "lactation"
    if context.facts.has(condition):
        return True
    sentence = context.content.sentences[mention.sentence]
    if context.search(_TESTED, sentence.text):
        return None
    named = any(
        population.population == state and population.sentence == mention.sentence
        for population in context.content.populations
    )
    vague = context.facts.known and not context.search(_IS_PREGNANT, sentence.text)
    if state == "pregnant" and vague:
        named = False
    if named and not _TURNED.search(sentence.text) and mention.condition is None:
        return True
    return None


def value_of(context: Context, analyte: str, unit: str) -> Decimal | None:
    """Return the value from the results, else one that the text states as found; read once."""
    value = context.facts.lab(analyte, unit)
    return context.once(_written_value, analyte, unit) if value is None else value


def _written_value(context: Context, analyte: str, unit: str) -> Decimal | None:
    for lab in context.content.labs:
        if lab.analyte != analyte or lab.role != "result" or lab.value is None:
            continue
        if lab.value.comparator in {"<", "<=", ">", ">="}:
            continue
        entry = load().analytes.get(analyte)
        converted = entry.convert(lab.value, unit) if entry else None
        if converted is not None and lab.who == "patient":
            return converted.value
    return None
