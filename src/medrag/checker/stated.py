"""What a text itself states of its patient: "a 4-year-old weighing 12 kg", "her eGFR is 24".

Only words about one person count: a clause about "patients with asthma", "if allergic to" or
"risk of seizures" states nothing. What the patient's record says wins over the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from medrag.checker.asserted import is_asserted, standing
from medrag.checker.facts import Allergy, Facts, grade_of, with_unit
from medrag.checker.harmed import harm_told
from medrag.checker.person import AGE, DENIES, PLURAL, affirmed, with_person
from medrag.checker.sieve import search, sifted
from medrag.clinical import Content, DrugMention, LabMention, Quantity
from medrag.clinical.mentions import Sentence
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered

_PIECE = re.compile(
    r"[;:,]\s|\s[\u2013\u2014-]\s|\b(?:can|should|must|(?-i:may)|needs?|gets?|could|would|will)\b"
    r"|\band\s(?=(?:wants|started?|begin|give|continue|use)\b)"
)
_GENERIC = sifted(
    r"\b(if|when|whenever|unless|until|patients|those|people|individuals|women|men|children|adults"
    r"|persons|anyone|infants|neonates|risks?|(?-i:may)|can|could|cause[sd]?|prevent\w*|treats?"
    r"|treatment of|avoid|rule out|exclude|screen\w*|family"
    r"|(?:his|her|their|whose)\s(?:mother|father|brother|sister|son|daughter)|trials?"
    r"|stud(?:y|ies)|such as|example|versus|monitor|watch|signs|symptoms"
    r"|(?:test|check|look|ask)(?:s|ed|ing)? (?:\w+ )?(?:for|about)|vaccinat\w+|immuni[sz]\w+)\b",
    re.I,
)
_SINGULAR = sifted(
    r"\b(?:he|she|her|his|(?:the|this|our|my|an?)\s(?:[\w-]+\s){0,4}(?:patient|man|woman|boy|girl"
    r"|child|infant|toddler|neonate|newborn|baby|smoker|mother|lady|gentleman|teenager|adult)"
    r"|\d+[- ](?:year|month|week|day)s?[- ]old|\d+\s?y/?o|patient|pt)\b",
    re.I,
)
_FINDING = sifted(
    r"\b(?:CT|MRI|MRA|MR|ultrasound|echo\w*|ECG|EKG|x-?ray|film|scan|imaging|exam\w*|biopsy"
    r"|endoscopy"
    r"|gastroscopy|colonoscopy|angiogra\w+|fundoscopy|smear|cultures?|tests?|bloods|doppler)\b"
    r"[^.;]{0,30}?(?:\b(?:shows?|showed|showing|reveal\w*|demonstrat\w+|confirm\w*|found"
    r"|finds)\b|:)",
    re.I,
)
"""What a test showed is told of one patient."""
_DISMISSED = sifted(
    r"\b(?:the|a recent|a previous|a prior|previous|prior)\s[^.;,]{3,60}?\s(?:is|are|was|were)\s"
    r"(?:not\s(?:an?\s|really\s)?|no\s)(?:\w+\s)?(?:exclusion|contra-?indication|barrier|obstacle"
    r"|problem|concern|reason|issue|objection|hindrance)\b"
    r"|\b(?:the|a recent|a previous|a prior|previous|prior)\s[^.;,]{3,60}?\s(?:does|do|did|should"
    r"|need)(?:\snot|n't)\s(?:matter|exclude|preclude|prevent|stop|rule)\b",
    re.I,
)
"""What is waved aside is there: "the bleed three weeks ago is not an exclusion"."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|requires?|increases?|occurs?|means?|(?:advis|recommend"
    r"|suggest|allow"
    r"|caution|stat|warn|limit|reserv|permit|say|ask|prefer|endors|list)(?:e?s|ed?)?)\b",
    re.I,
)
_ALLERGIC = prefiltered(
    r"\b(?:allerg(?:y|ic|ies|ic\sreaction)\sto|allerg(?:y|ies)(?:\slist)?\s?:|nkda\sexcept"
    r"|anaphyla\w+\s(?:to|after|from|with)|(?<!known\s)hypersensitiv\w+\sto"
    r"|(?:angio-?o?edema|hives|urticaria|rash|sjs|dress|ten|bronchospasm|wheez\w+|swelling|swelled"
    r"|(?:stevens[- ]johnson|hypersensitivity|red man)(?:\ssyndrome)?|epidermal\snecrolysis"
    r"|(?:blistering|skin|severe|serious|allergic|anaphylactic)\sreaction|serum\ssickness"
    r"|drug\sfever|agranulocytosis|collapsed?)(?:\s\([^)]{0,40}\))?"
    r"\s(?:to|with|from|after|on|due\sto|while\son|when\s(?:given|taking)|caused\sby))"
    r"\s*(?:an?\s|the\s)?([^.;:]{3,60})",
    re.I,
)
_REACTS = prefiltered(r"gave|caused|brought|triggered|led|provoked", re.I)
_REACTED = re.compile(
    r"\b([a-z][\w-]*)\s(?:\(?(?:in\s)?(?:19|20)\d\d\)?\s)?(?:gave|caused|brought\son|triggered"
    r"|led\sto"
    r"|provoked)\s(?:her|him|them|a|an)?\s?(?:[\w-]+\s){0,3}?(?:swelling|rash|hives|urticaria"
    r"|anaphyla\w+|angio-?o?edema|bronchospasm|wheez\w+|blister\w*|stevens|collapse|DRESS)",
    re.I,
)
_ALLERGY_AFTER = re.compile(r"(\w[\w-]*)[\s-]allerg(?:y|ic)\b(?!\sto)", re.I)
_OPENS = re.compile(
    r"\W*(?:(?:known|documented|reported|severe|history|hx|of|with|prior|previous|given)\s)*", re.I
)
_ORDER = re.compile(
    r"\b(?:give|start|begin|use|prescribe|take|order|add|plan|continue"
    r"|(?:does|do|did|need) not|exclud\w+|rules? out)\b",
    re.I,
)
"""Words at which the allergens of a sentence end."""
_SOMEBODY = re.compile(r"^(?:with|at|for|given)\b(?!.*\b(?:if|when|patients|those)\b)", re.I)
STATES = frozenset({"pregnancy", "lactation"})
"""Conditions of their own field, read with more care."""
_LONG = 3000
"""A longer text is a document, and about one patient only where it says how old that one is."""
_LABELED = re.compile(
    r"\W*(?:past |medical |relevant |known )*(?:history|background|problems?|pmh|hx|comorbidit\w+"
    r"|conditions?|diagnos[ei]s|known)\W*[:|]",
    re.I,
)
"""A label behind which a line tells of this patient."""
_HEADINGS = 2
"""Only the first sentences open with a bare problem ("Seizure disorder. Give ...")."""


def with_stated(facts: Facts, content: Content) -> Facts:
    """Return the facts with what the text states of its patient added."""
    if len(content.text) > _LONG and AGE.search(content.text) is None:
        return facts
    spans = statements(content)
    labs = dict(_labs(content))
    told = with_person(facts, content, spans)
    conditions = frozenset(
        d.diagnosis
        for d in content.diagnoses
        if d.diagnosis not in STATES and states(content, d.diagnosis, d.span, spans)
    )
    allergies = tuple(allergies_in(content))
    named = {ingredient for allergy in allergies for ingredient in allergy.ingredients}
    allergies += tuple(harm for harm in _harms(content, spans) if not named & set(harm.ingredients))
    if not (spans or labs or allergies or conditions):
        return told
    words = "\n".join(affirmed(s.of(content.text)) for s in spans).lower()
    return replace(
        told,
        stated_conditions=facts.stated_conditions | conditions,
        stated_allergies=(*facts.stated_allergies, *allergies),
        labs=MappingProxyType({**labs, **facts.labs}) if labs else facts.labs,
        words=f"{facts.words}\n{words}" if words else facts.words,
    )


def _harms(content: Content, spans: Sequence[Span]) -> Iterator[Allergy]:
    """Yield what clauses about this patient tell of harm that a drug has done."""
    for span in spans:
        clause = affirmed(span.of(content.text))
        told = harm_told(clause)
        for drug in content.drugs_in(span.start, span.start + len(clause)) if told else ():
            grade = "severe" if told == "reaction" else "harm"
            yield Allergy(clause, drug.ingredients, drug.drug_class, grade)


def states(content: Content, condition: str, place: Span, told: Sequence[Span]) -> bool:
    """Return whether a text says at `place` that its patient has a condition.

    Args:
        content: The text as read.
        condition: Key of the condition.
        place: Where its name stands.
        told: The clauses that are about the patient.
    """
    about = any(span.start <= place.start < span.end for span in told)
    return is_asserted(standing(content, place), condition, told=about)


def statements(content: Content) -> list[Span]:
    """Return the clauses that describe this patient."""
    return list(_statements(content))


def _statements(content: Content) -> Iterator[Span]:
    """Yield the clauses that describe this patient."""
    ordered = [d.start for d in content.drugs if d.polarity in {"give", "stop"}]
    opened = False  # "36-year-old, 15 cigarettes a day, migraine with aura, asks for a pill"
    for number, sentence in enumerate(content.sentences):
        start = sentence.start
        cuts = [m.start() for m in _PIECE.finditer(content.text, sentence.start, sentence.end)]
        for index, end in enumerate([*cuts, sentence.end]):
            piece = content.text[start:end]
            opened = opened or (number == index == 0 and AGE.search(piece) is not None)
            taken = end <= start or any(start <= place < end for place in ordered)
            if not taken and not search(content.text, _GENERIC, piece):
                heads = index == 0 and number < _HEADINGS and _is_heading(content, start, end)
                if (opened and number == 0) or heads or _is_told(content, sentence, start, piece):
                    yield Span(start=start, end=end)
            start = end


def _is_told(content: Content, sentence: Sentence, start: int, piece: str) -> bool:
    """Return whether the words of a clause, or its label, say that it is about one person."""
    told = (_SINGULAR, _FINDING, _DISMISSED)
    if _LABELED.match(piece) or any(search(content.text, words, piece) for words in told):
        return True
    return start > sentence.start and _follows_label(content, sentence, start)


def _follows_label(content: Content, sentence: Sentence, start: int) -> bool:
    """Return whether a clause stands behind "History:" or a like label of its line."""
    return _LABELED.match(content.text[sentence.start : start + 1]) is not None


def _is_heading(content: Content, start: int, end: int) -> bool:
    """Return whether a clause is a bare problem before an order: "WPW with AF: give ..."."""
    piece = content.text[start:end]
    more = content.text[end : end + 1] in {":", ",", ";", ".", "\n"} or piece.rstrip().endswith(".")
    return more and _VERB.search(piece) is None and not _ORDER.search(piece)


def labs_in(content: Content) -> Iterator[LabMention]:
    """Yield the single results that a text states of its patient, in text order."""
    for lab in content.labs:
        value = lab.value
        if value is None or lab.who != "patient" or not _is_found(content, lab):
            continue
        if value.comparator in {"<", "<=", ">", ">="} or value.high is not None:
            continue
        yield replace(lab, value=with_unit(lab.analyte, value))


def _labs(content: Content) -> Iterator[tuple[str, Quantity]]:
    yield from ((lab.analyte, lab.value) for lab in labs_in(content) if lab.value is not None)
    if not any(lab.analyte in _FILTERED for lab in content.labs):
        yield from _filtration(content)


_FILTERED = frozenset({"egfr", "creatinine-clearance"})
_LEFT = re.compile(
    r"\b(\d{1,3}(?:\.\d)?)\s?mL/min\s(?:of\s)?(?:renal\s|kidney\s|creatinine\s)?"
    r"(?:clearance|filtration|(?:kidney|renal)\sfunction)\b",
    re.I,
)
"""The same with the value ahead: "only 14 mL/min of clearance left"."""
_KIDNEYS = re.compile(
    r"\b(?:kidneys?(?:\sfunction)?|renal\sfunction|(?:his|her|your|their|an?)\sclearance)\b"
    r"(?:(?!\b(?:if|when|below|under|above|over|less|than|least"
    r"|between)\b)[^.;\d<>\u2264\u2265]){0,30}?"
    r"(\d{1,3}(?:\.\d)?)\s?mL/min\b(?!\s?(?:or|and)\s(?:less|more|below|above|higher|lower))",
    re.I,
)
_SUPPOSED = re.compile(r"\b(?:if|when|unless|once|patients|those|people|whose)\b[^.;]*\Z", re.I)


def _filtration(content: Content) -> Iterator[tuple[str, Quantity]]:
    """Yield the kidney function that a text states without the name of a test."""
    if "mL/min" not in content.text:
        return
    for found in (*_KIDNEYS.finditer(content.text), *_LEFT.finditer(content.text)):
        sentence = content.sentence_at(found.start())
        begin = sentence.start if sentence is not None else 0
        if _SUPPOSED.search(content.text, begin, found.start()) is None:
            yield "egfr", Quantity(Decimal(found[1]), "mL/min")


def _is_found(content: Content, lab: LabMention) -> bool:
    """Return whether a value is stated as found: "K is 5.9", "with a clearance of 12 mL/min"."""
    if lab.role != "threshold" or not content.sentences:
        return lab.role == "result"
    before = content.text[content.sentences[lab.sentence].start : lab.start]
    return _SOMEBODY.match(before) is not None


def allergies_in(content: Content, *, of_groups: bool = False) -> Iterator[Allergy]:
    """Yield the allergies that a text states of its patient, and `of_groups`, if wanted."""
    text = content.text
    for match in _ALLERGIC.finditer(text):
        start, end = match.span(1)
        order = _ORDER.search(text, start, end)
        yield from _allergy(
            content, match.start(), (start, order.start() if order else end), of_groups
        )
    named = _ALLERGY_AFTER.finditer(text) if "allerg" in text.lower() else ()
    reacted = _REACTED.finditer(text) if _REACTS.search(text) else ()
    for match in (*named, *reacted):
        yield from _allergy(content, match.start(), match.span(1), of_groups)


def _is_ordered(drug: DrugMention) -> bool:
    return drug.polarity == "give" and bool(drug.regimens)


_HAD_HE = re.compile(r"\b(?:had|were|should) (?:he|she|they|you|the patient)\b", re.I)
"""Begins what is only supposed: "had she been allergic to"."""


_LISTS = re.compile(
    r"\b(?:allerg(?:y|ies)|records?|chart|notes?|lists?|file|history|wristband|band|GP|letter)\s"
    r"(?:list\s|record\s|section\s)?(?:shows?|lists?|says?|records?|documents?|has|have|reads?"
    r"|mentions?|states?|notes?|includes?|reports?|tells? of|gives?)\b",
    re.I,
)
"""A record that tells of this patient's allergies: "the allergy list shows"."""
_NOT_BUT = re.compile(
    r"(?<=\w)[\s,]+(?:but\s)?(?:not|no|never|rather than|without|instead of)\b", re.I
)
"""Ends what somebody reacts to: "from strawberries, not from penicillin"."""


def _allergy(
    content: Content, at: int, place: tuple[int, int], of_groups: bool
) -> Iterator[Allergy]:
    """Yield the allergy to what `place` names, unless the words before `at` make it general."""
    sentence = content.sentence_at(at)
    if sentence is None:
        return
    before = content.text[sentence.start : at]
    after = content.text[place[1] : place[1] + 20]
    is_general = search(content.text, _GENERIC, before) or PLURAL.match(after)
    denied = DENIES.search(before) or _HAD_HE.search(before)
    if denied or (is_general and not of_groups):
        return
    taken_back = _NOT_BUT.search(content.text, *place)
    if taken_back is not None:
        place = (place[0], taken_back.start())
    named = content.text[place[0] : place[1]].strip()
    if DENIES.match(named) or named.lower().startswith(("nkda", "none", "the ", "any ", "it")):
        return
    bare = sentence.start == content.sentences[0].start and _VERB.search(before) is None
    about = (
        search(content.text, _SINGULAR, before) or _LISTS.search(before) or _OPENS.fullmatch(before)
    )
    if not (of_groups or bare or about):
        return
    drugs = [d for d in content.drugs if place[0] <= d.start < place[1] and not _is_ordered(d)]
    yield Allergy(
        text=named,
        ingredients=tuple(dict.fromkeys(i for drug in drugs for i in drug.ingredients)),
        drug_class=next((drug.drug_class for drug in drugs if drug.drug_class), None),
        grade=grade_of(sentence.text),
    )
