"""What a question says of whom it asks about: "syphilis in adults with penicillin allergy".

Who asks about adults with an allergy asks for an answer that fits them, so a question's words
about a group count, as an answer's do not. What the patient's record says wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from medrag.checker.facts import Facts, read_facts
from medrag.checker.person import with_person
from medrag.checker.stated import STATES, allergies_in, with_stated
from medrag.clinical import Content, DrugMention, read
from medrag.core.patient import Patient
from medrag.core.span import Span

_HAS = re.compile(
    r"\b(?:in|with|has|have|having|had|who|and|or|plus|despite|during|also|known|my|this)\s"
    r"(?:an?\s|the\s|his\s|her\s|their\s|known\s|severe\s|active\s|chronic\s|stable\s|acute\s"
    r"|history\sof\s|(?:patients?|adults?|people|someone|women|men|children)\s(?:with\s)?"
    r"|(?:mild|moderate|advanced|previous|prior|underlying|concomitant|coexisting)\s)*\Z",
    re.I,
)
"""Words before a disease that those asked about have."""
_NOT_THEIRS = re.compile(
    r"\b(?:cause[sd]?|causing|risks?|prevent\w*|prophylaxis|avoid\w*|screen\w*|tests?\sfor|rule\sout"
    r"|exclude\w*|signs?|symptoms?|develop\w*|lead\w*|result\w*|contribut\w*|incidence|rates?"
    r"|prevalence|if\snot|without|no|not|never|versus|vs|family)\b",
    re.I,
)
"""Words of a question that asks whether the disease comes, not what those need who have it."""
_NOT_EXPECTING = re.compile(
    r"\b(?:exclud\w*|rules?d?\sout|tests?|contracepti\w+|plan\w*|prevent\w*|childbearing|before"
    r"|after|unless|becom\w+)\b",
    re.I,
)
"""Words of a question about a pregnancy that is not there."""
_TAKES = re.compile(
    r"(?:\b(?:takes|taking|receiving|maintained\son|treated\swith|already\son|currently\son|stable\son)"
    r"|\b(?:patients?|pt|adults?|m[ae]n|wom[ae]n|people|person|child|children|someone|anyone|who|he|she"
    r"|i[sm]|are|was|\w*old|\d+\s?(?:yo?|kg)|while|whilst|when|if|[,;]|^)\s?on)"
    r"\s(?:(?:a|an|the|stable|regular|long-term|daily|oral|low-dose|high-dose|dose|of)\s)*\Z",
    re.I,
)
"""Words before a drug that those asked about take."""
_PUT = re.compile(r"\b(?:start|put|switch|commenc|convert)\w*\s(?:\w+\s){0,3}\Z", re.I)
_JOINS = re.compile(
    r"[\d\s.]*(?:mg|mcg|g|units)?(?:\s(?:once|twice|daily|bd|od|bid|tds))*"
    r"(?:\s?,\s|\s(?:and|plus)\s|\s?,\sand\s)",
    re.I,
)


def with_asked(patient: Patient | None, question: str) -> Facts:
    """Return the facts of a patient with what a question says of whom it asks about."""
    content = read(question)
    facts = _with_medications(patient, content)
    facts = with_stated(facts, content)
    if _NOT_EXPECTING.search(question) is None:
        facts = with_person(facts, content, [Span(start=0, end=len(question))])
    allergies = tuple(
        allergy
        for allergy in allergies_in(content, of_groups=True)
        if allergy not in facts.stated_allergies
    )
    return replace(
        facts,
        stated_conditions=facts.stated_conditions | set(_conditions(content)),
        stated_allergies=(*facts.stated_allergies, *allergies),
    )


def _with_medications(patient: Patient | None, content: Content) -> Facts:
    facts = read_facts(patient)
    known = {i for drug in facts.medications or () for i in drug.ingredients}
    taken = [d for d in _taken(content) if d.ingredients and not known.issuperset(d.ingredients)]
    if not taken:
        return facts
    listed = (*(facts.given.medications or ()), *(content.text[d.start : d.end] for d in taken))
    longer = read_facts(facts.given.model_copy(update={"medications": listed}))
    return replace(longer, patient=facts.patient, given=facts.given, known=facts.known)


def _taken(content: Content) -> Iterator[DrugMention]:
    """Yield the drugs that those asked about take: "on warfarin and amiodarone"."""
    last = None
    for drug in content.drugs:
        before = content.text[content.sentences[drug.sentence].start : drug.start]
        said = _TAKES.search(before)
        between = content.text[last.end : drug.start] if last is not None else ""
        if (said and not _PUT.search(before[: said.start()])) or _JOINS.fullmatch(between):
            last = drug
            yield drug
        else:
            last = None


def _conditions(content: Content) -> Iterator[str]:
    for found in content.diagnoses:
        if found.negated or found.diagnosis in STATES:
            continue
        start = content.sentences[found.sentence].start if content.sentences else 0
        before = content.text[start : found.start]
        if _HAS.search(before) and not _NOT_THEIRS.search(before):
            yield found.diagnosis
