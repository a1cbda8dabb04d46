"""Conditions that hold for an order: the patient's, and those its own sentence states."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_patient import StageRow
from medrag.checker.words import find
from medrag.clinical import DrugMention, Quantity, convert
from medrag.clinical.lexicon import load

_TURNED = re.compile(
    r"\b(avoid|contraindicated|do not|not recommended|stop|unless|except|should not|must not"
    r"|never|exclude|rule out|prevent|with (?:extreme |great )?(?:caution|care)|caution should"
    r"|testing for|inform patients)\b",
    re.I,
)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|when|whenever|provided|assuming|(?:so|as) long as|on condition|once"
    r"|not (?:in|with|for|after|during|suitable))\b[^.;:]*\Z",
    re.I,
)
"""Words before a state that only suppose it, or rule the drug out for it."""
_DENIED = re.compile(
    r"\b(?:no|not|without|denies|negative for|free of|absence of|never had)\b[^.;:,]*\Z", re.I
)
_DENIED_LIST = re.compile(
    r"\b(?:no|without|neither|denies|negative for|free of|absence of)\s"
    r"(?:(?!(?:but|so|is|are|was|has|have|with|give|start|take|use|needs?)\b)[\w'/-]+"
    r"(?:,?\s(?:and |or |nor )?|\s))*\Z",
    re.I,
)
"""A list that one word denies: "no coronary disease, stroke or (uncontrolled hypertension)"."""
_RELATIVE = re.compile(
    r"\b(?:his|her|their) (?:mother|father|sister|brother|son|daughter|wife|husband|partner)\b"
    r"|\bfamily history\b",
    re.I,
)
_HAD = re.compile(
    r"\b(with|has|have|had|having|known|history of|despite|her|his|their|the patient's|given|in"
    r"|underlying|severe|active|acute|is|during|of)\b",
    re.I,
)
_CAUSED = re.compile(
    r"\b(caus\w*|result\w*|risk of|increas\w*|worsen\w*|lead\w*|includ\w*|develop\w*|monitor\w*"
    r"|watch\w*|signs? of|symptoms? of|prevent\w*|treat\w*|may|can|reports? of|less|fewer"
    r"|(?:lower|reduced) (?:rates?|risks?|incidence))\b",
    re.I,
)
_TESTED = re.compile(
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
    r"\b(?:not|n't|never|no need|without|no reason|if|unless|when|refus\w+|declin\w+|whether)\b",
    re.I,
)
_BLAMED = re.compile(
    r"\b(?:withdrawn|removed|restricted|abandoned|obsolete|banned|lowered|warned)"
    r" (?:\w+ ){0,3}?(?:because of|due to|owing to|for|after|over)\b",
    re.I,
)
"""A disease named as why something was withdrawn is nobody's."""
_FEARED = re.compile(
    r"\b(?:because of|owing to|in view of|for fear of) (?:possible )?\Z"
    r"|\b(?:likely|apt|prone|liable|expected|chances?|odds|probability|likelihood) (?:to|of) "
    r"(?:(?:have|having|get|getting|suffer\w*|experienc\w*|sustain\w*) )?(?:from )?"
    r"(?:an? |the )?(?:[\w-]+ )?\Z",
    re.I,
)
"""A disease named as why one watches, or as what may come, is not yet there: "MRI every 6 months
because of PML", "twice as likely to have a stroke"."""


def has_condition(context: Context, condition: str, mention: DrugMention | None) -> bool:
    """Return whether a condition holds: on the problem list, or said with the order.

    A condition finer than the lexicon's is looked for by the words of `stages.csv`.
    """
    facts = context.facts
    if facts.has(condition):
        return True
    stages = context.knowledge.rows(StageRow, condition)
    if stages and find(facts.words, stages[0].words) is not None:
        return True
    if mention is None:
        return False
    sentence = context.content.sentences[mention.sentence]
    said = find(sentence.text, stages[0].words) if stages else None
    named = [
        found
        for found in (() if stages else context.content.diagnoses)
        if found.diagnosis == condition and found.sentence == mention.sentence
    ]
    # most rows are of what nobody names: looked at before the words around it
    unsaid = said is None and not named
    if unsaid or _TURNED.search(sentence.text) or _RELATIVE.search(sentence.text):
        return False
    if said is not None:
        return _is_stated(sentence.text[: said.start])
    return any(
        not found.negated
        and not _is_indication(context, mention, found.start)
        and _is_his(context, context.text[max(sentence.start, found.start - 45) : found.start])
        and not _SUPPOSED.search(context.text[sentence.start : found.start])
        for found in named
    )


def _is_stated(before: str) -> bool:
    """Return whether the words before a stage neither suppose, deny nor only warn of it."""
    near = before[-45:]
    return not (
        _SUPPOSED.search(before)
        or _DENIED.search(before)
        or _DENIED_LIST.search(before)
        or _CAUSED.search(near)
        or _BLAMED.search(near)
        or _FEARED.search(near)
    )


def _is_indication(context: Context, mention: DrugMention, start: int) -> bool:
    """Return whether the words before a diagnosis make it what the drug is given for."""
    before = context.text[max(mention.end, start - 40) : start]
    return (
        start > mention.start
        and re.search(r"\b(for|to treat|to prevent|against)\b", before) is not None
    )


_HIS = re.compile(
    r"\b(?:(?:has|have|had|having|with|known|history of|despite|underlying|in|given)\b"
    r"|(?:his|her|your|their|the patient's)\s(?:[\w-]+\s){0,2}$)",
    re.I,
)
"""Words that give a disease to this patient, where the record already lists what he has."""


_CUT = re.compile(r"[;.:]\s")


def _is_his(context: Context, before: str) -> bool:
    """Return whether somebody has a disease; the patient, where his record is given."""
    before = _CUT.split(before)[-1]
    if context.facts.conditions is not None and _HIS.search(before) is None:
        return False
    return _is_had(before)


def _is_had(before: str) -> bool:
    """Return whether the words before a diagnosis say that somebody has it."""
    return _HAD.search(before) is not None and not (
        _CAUSED.search(before) or _BLAMED.search(before) or _FEARED.search(before)
    )


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


_IS_PREGNANT = re.compile(
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
    if known is not None:
        return known
    condition = "pregnancy" if state == "pregnant" else "lactation"
    if context.facts.has(condition):
        return True
    sentence = context.content.sentences[mention.sentence]
    if _TESTED.search(sentence.text):
        return None
    named = any(
        population.population == state and population.sentence == mention.sentence
        for population in context.content.populations
    )
    vague = context.facts.known and not _IS_PREGNANT.search(sentence.text)
    if state == "pregnant" and vague:
        named = False
    if named and not _TURNED.search(sentence.text) and mention.condition is None:
        return True
    return None


def value_of(context: Context, analyte: str, unit: str) -> Decimal | None:
    """Return the value from the results, else one that the text states as found; read once."""
    key = ("value", analyte, unit)
    if key not in context.shared:
        value = context.facts.lab(analyte, unit)
        context.shared[key] = _written_value(context, analyte, unit) if value is None else value
    found = context.shared[key]
    return found if isinstance(found, Decimal) else None


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
