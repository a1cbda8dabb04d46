"""What a text itself states of its patient: "a 4-year-old weighing 12 kg", "her eGFR is 24".

Only words about one person count: a clause about "patients with asthma", "if allergic to" or
"risk of seizures" states nothing. What the patient's record says wins over the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from medrag.checker.facts import Allergy, Facts, grade_of, with_unit
from medrag.clinical import Content, DrugMention, LabMention, Quantity
from medrag.clinical.mentions import Sentence
from medrag.clinical.number_words import CARDINAL, count_of
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered

_PIECE = re.compile(
    r"[;:,]\s|\s[\u2013\u2014-]\s|\b(?:can|should|must|may|needs?|gets?|could|would|will)\b"
    r"|\band\s(?=(?:wants|started?|begin|give|continue|use)\b)"
)
_GENERIC = re.compile(
    r"\b(if|when|whenever|unless|until|patients|those|people|individuals|women|men|children|adults"
    r"|persons|anyone|infants|neonates|risks?|may|can|could|cause[sd]?|prevent\w*|treats?"
    r"|treatment of|avoid|rule out|exclude|screen\w*|family"
    r"|(?:his|her|their|whose)\s(?:mother|father|brother|sister|son|daughter)|trials?"
    r"|stud(?:y|ies)|such as|example|versus|monitor|watch|signs|symptoms"
    r"|(?:test|check|look|ask)(?:s|ed|ing)? (?:\w+ )?(?:for|about)|vaccinat\w+|immuni[sz]\w+)\b",
    re.I,
)
_SINGULAR = re.compile(
    r"\b(?:he|she|her|his|(?:the|this|our|my|an?)\s(?:[\w-]+\s){0,4}(?:patient|man|woman|boy|girl"
    r"|child|infant|toddler|neonate|newborn|baby|smoker|mother|lady|gentleman|teenager|adult)"
    r"|\d+[- ](?:year|month|week|day)s?[- ]old|\d+\s?y/?o|patient|pt)\b",
    re.I,
)
_FINDING = re.compile(
    r"\b(?:CT|MRI|MRA|MR|ultrasound|echo\w*|ECG|EKG|x-?ray|film|scan|imaging|exam\w*|biopsy|endoscopy"
    r"|gastroscopy|colonoscopy|angiogra\w+|fundoscopy|smear|cultures?|tests?|bloods|doppler)\b"
    r"[^.;]{0,30}?(?:\b(?:shows?|showed|showing|reveal\w*|demonstrat\w+|confirm\w*|found|finds)\b|:)",
    re.I,
)
"""What a test showed is told of one patient."""
_DISMISSED = re.compile(
    r"\b(?:the|a recent|a previous|a prior|previous|prior)\s[^.;,]{3,60}?\s(?:is|are|was|were)\s"
    r"(?:not\s(?:an?\s|really\s)?|no\s)(?:\w+\s)?(?:exclusion|contra-?indication|barrier|obstacle"
    r"|problem|concern|reason|issue|objection|hindrance)\b"
    r"|\b(?:the|a recent|a previous|a prior|previous|prior)\s[^.;,]{3,60}?\s(?:does|do|did|should"
    r"|need)(?:\snot|n't)\s(?:matter|exclude|preclude|prevent|stop|rule)\b",
    re.I,
)
"""What is waved aside is there: "the bleed three weeks ago is not an exclusion"."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|requires?|increases?|occurs?|means?|(?:advis|recommend|suggest|allow"
    r"|caution|stat|warn|limit|reserv|permit|say|ask|prefer|endors|list)(?:e?s|ed?)?)\b",
    re.I,
)
_DENIES = re.compile(r"\b(?:no|not|never|without|denies|negative for|n't|rather than)\b", re.I)
_AGE = re.compile(
    r"\b(\d{1,3}|" + CARDINAL + r")[- ]?"
    r"(?:(year|month|week|day)s?[- ]old\b|(y)(?:/o|o|rs?)\b)(?!\s(?:and|or)\s(?:older|up|above))",
    re.I,
)
_BOUND = re.compile(
    r"(?:\b(?:than|to|least|over|under|from|until|ages?)\s|[-\u2013<>\u2264\u2265]\s?)$"
)
_HER_CHILD = re.compile(
    r"\b(?:nursing|breast-?\s?feeding|feeds?|mother of|parent of)\s(?:an?|her|your|the)\s$", re.I
)
"""Words before the age of the child whom the patient feeds."""
_PLURAL = re.compile(
    r"^\W*(?:[\w-]+\s){0,2}(?:children|patients|adults|infants|girls|boys|women|men)\b", re.I
)
_BARE_AGE = re.compile(
    r"\A[^.\n]{0,60}?(?:^|[,;:]\s|\b(?:man|woman|male|female|lady|gentleman)\s(?:of\s)?)"
    r"(1[89]|[2-9]\d|10\d)(?=\s?(?:[,;.]|[MF]\b|yo\b|y\b))"
)
"""An age without its unit near the start of a text: "Insomnia, 84, mild dementia"."""
_AGED = re.compile(
    r"\b(?:an?|this|the)\s(?:[\w-]+\s){0,2}?(?:man|woman|lady|gentleman|patient)\s(?:of|aged)\s"
    r"(1[89]|[2-9]\d|10\d)\b(?!\s?(?:kg|or\b|to\b|and\b|-|\u2013))",
    re.I,
)
"""The age behind a person: "a man of 70 weighing 72 kg"."""
_AT_AGE = re.compile(
    r"(?:\A|[.\n]\s*)(?:at|aged?)\s(\d{1,2}|" + CARDINAL + r")\s"
    r"(year|month|week|day)s?(?:\sof\sage)?,\s(?![^.]*\b(?:re-?check|repeat|review|follow|reassess"
    r"|increase|reduce|continue|stop|switch|visit)\w*)[^.]*?\b\d",
    re.I,
)
"""An age that opens an order: "At 14 months, promethazine 12.5 mg"; not a time of follow-up."""
_DAYS = {"y": Decimal(1), "m": Decimal(12), "w": Decimal(52), "d": Decimal(365)}
_WEIGHT = re.compile(
    r"\b(?:weigh(?:s|ing|ed)|weight(?:\sis|\sof|:)?|for\sthis)\s(?:about\s|approximately\s)?"
    r"(\d+(?:\.\d+)?)\s?(kg|kilograms?|lbs?|pounds?)\b"
    r"|\b(\d+(?:\.\d+)?)[- ]?(kg)\s(?:[\w-]+\s){0,2}"
    r"(?:patient|child|toddler|infant|boy|girl|man|woman|adult|baby|neonate|newborn|person)\b"
    r"|\b(?:child|toddler|infant|boy|girl|patient|man|woman|baby|neonate|old)\s?(?:of\s|\(|,\s)?"
    r"(\d+(?:\.\d+)?)\s?(kg)\b",
    re.I,
)
_POUND = Decimal("0.45359237")
_SEX = re.compile(
    r"\b(?:\d+[- ](?:year|month|week|day)s?[- ]old|\d+\s?y/?o|this|pregnant|breastfeeding)\s"
    r"(?:[\w-]+\s){0,2}?(?:(woman|female|girl|lady|mother)|(man|male|boy|gentleman))\b"
    r"|\ban?\s(?:[\w-]+\s){0,2}?(?:(woman|lady)|(man|gentleman))\s(?:of|aged)\s\d\d",
    re.I,
)
_PREGNANT = re.compile(
    r"\bpregnant\b|\bgravid\b|\bantenatal\b|\bfetal\smovements?\b|\bweeks['\u2019]?\s(?:of\s)?gestation"
    r"|(?<!before\s)(?<!after\s)(?<!since\s)(?<!until\s)(?<!pre-)(?<!previous\s)(?<!last\s)"
    r"(?<!prior\sto\s)(?<!\ba\s)(?<!early\s)(?<!planning\s)(?<!future\s)(?<!any\s)(?<!another\s)"
    r"\bpregnancy\b(?!\s(?:tests?|prevention|category|registry|exclusion|is|status|excluded|ruled"
    r"|has\sbeen\s(?:excluded|ruled)|was|not|negative|unlikely|concerns?|check))",
    re.I,
)
_BORN = re.compile(r"\b(?:born|deliver\w+|birth|newborn|neonate|infant|history of)\b", re.I)
_NURSING = re.compile(
    r"\bbreast-?\s?feeding\b|\blactating\b|\bis\snursing\b|\bnursing\smother"
    r"|\bnursing\s(?:an?|her|your|the|my)\s(?:\w+[- ]){0,3}"
    r"(?:old|baby|infant|child|newborn|son|daughter)",
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
    r"\b([a-z][\w-]*)\s(?:\(?(?:in\s)?(?:19|20)\d\d\)?\s)?(?:gave|caused|brought\son|triggered|led\sto"
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
    if len(content.text) > _LONG and _AGE.search(content.text) is None:
        return facts
    spans = list(_statements(content))
    labs = dict(_labs(content))
    told = with_person(facts, content, spans)
    conditions = frozenset(
        d.diagnosis
        for d in content.diagnoses
        if not d.negated
        and d.diagnosis not in STATES
        and any(s.start <= d.start < s.end for s in spans)
    )
    allergies = tuple(allergies_in(content))
    if not (spans or labs or allergies):
        return told
    words = "\n".join(_affirmed(s.of(content.text)) for s in spans).lower()
    return replace(
        told,
        stated_conditions=facts.stated_conditions | conditions,
        stated_allergies=(*facts.stated_allergies, *allergies),
        labs=MappingProxyType({**labs, **facts.labs}) if labs else facts.labs,
        words=f"{facts.words}\n{words}" if words else facts.words,
    )


def _statements(content: Content) -> Iterator[Span]:
    """Yield the clauses that describe this patient."""
    ordered = [d.start for d in content.drugs if d.polarity in {"give", "stop"}]
    opened = False  # "36-year-old, 15 cigarettes a day, migraine with aura, asks for a pill"
    for number, sentence in enumerate(content.sentences):
        start = sentence.start
        cuts = [m.start() for m in _PIECE.finditer(content.text, sentence.start, sentence.end)]
        for index, end in enumerate([*cuts, sentence.end]):
            piece = content.text[start:end]
            opened = opened or (number == index == 0 and _AGE.search(piece) is not None)
            taken = end <= start or any(start <= place < end for place in ordered)
            if not taken and not _GENERIC.search(piece):
                heads = index == 0 and number < _HEADINGS and _is_heading(content, start, end)
                if (opened and number == 0) or heads or _is_told(content, sentence, start, piece):
                    yield Span(start=start, end=end)
            start = end


def _is_told(content: Content, sentence: Sentence, start: int, piece: str) -> bool:
    """Return whether the words of a clause, or its label, say that it is about one person."""
    told = (_SINGULAR.search, _LABELED.match, _FINDING.search, _DISMISSED.search)
    if any(found(piece) is not None for found in told):
        return True
    return start > sentence.start and _follows_label(content, sentence, start)


def _follows_label(content: Content, sentence: Sentence, start: int) -> bool:
    """Return whether a clause stands behind "History:" or a like label of its line."""
    return _LABELED.match(content.text[sentence.start : start + 1]) is not None


def _is_heading(content: Content, start: int, end: int) -> bool:
    """Return whether a clause is a bare problem before an order: "WPW with AF: give ..."."""
    piece = content.text[start:end]
    more = content.text[end : end + 1] in {":", ",", ";", "."} or piece.rstrip().endswith(".")
    return more and _VERB.search(piece) is None and not _ORDER.search(piece)


def _affirmed(piece: str) -> str:
    denied = _DENIES.search(piece)
    return piece[: denied.start()] if denied else piece


def _labs(content: Content) -> Iterator[tuple[str, Quantity]]:
    for lab in content.labs:
        value = lab.value
        if value is None or lab.who != "patient" or not _is_found(content, lab):
            continue
        if value.comparator in {"<", "<=", ">", ">="} or value.high is not None:
            continue
        yield lab.analyte, with_unit(lab.analyte, value)


def _is_found(content: Content, lab: LabMention) -> bool:
    """Return whether a value is stated as found: "K is 5.9", "with a clearance of 12 mL/min"."""
    if lab.role != "threshold" or not content.sentences:
        return lab.role == "result"
    before = content.text[content.sentences[lab.sentence].start : lab.start]
    return _SOMEBODY.match(before) is not None


def with_person(facts: Facts, content: Content, spans: list[Span]) -> Facts:
    """Return the facts with age, weight, sex, pregnancy and lactation where only a text has them.

    Pregnancy and lactation are looked for in `spans`, the others in the whole text.
    """
    patient, text = facts.patient, content.text
    said = " \n ".join(_affirmed(s.of(text)) for s in spans)
    expecting = " \n ".join(line for line in said.splitlines() if not _BORN.search(line))
    found: dict[str, Any] = {}
    if patient.age_years is None and (age := _age(text)) is not None:
        found["age_years"] = age
    if patient.weight_kg is None and (weight := _weight(text)) is not None:
        found["weight_kg"] = weight
    sex = _SEX.search(text) if patient.sex is None else None
    if sex is not None:
        found["sex"] = "female" if sex[1] or sex[3] else "male"
    if patient.pregnant is None and patient.sex != "male" and _PREGNANT.search(expecting):
        found["pregnant"] = True
    if patient.lactating is None and patient.sex != "male" and _NURSING.search(said):
        found["lactating"] = True
    return replace(facts, patient=patient.model_copy(update=found)) if found else facts


def _age(text: str) -> Decimal | None:
    """Return the one age that the text states of a person; None if it states several."""
    ages = set()
    for match in _AGE.finditer(text):
        before = text[max(0, match.start() - 25) : match.start()]
        after = text[match.end() : match.end() + 40]
        if _PLURAL.match(after) or _BOUND.search(before) or _HER_CHILD.search(before):
            continue
        ages.add(count_of(match[1]) / _DAYS[(match[2] or match[3])[0].lower()])
    for match in _AT_AGE.finditer(text) if not ages else ():
        ages.add(count_of(match[1]) / _DAYS[match[2][0].lower()])
    bare = None if ages else _BARE_AGE.match(text) or _AGED.search(text)
    if bare is not None:
        ages.add(Decimal(bare[1]))
    return ages.pop() if len(ages) == 1 else None


def _weight(text: str) -> Decimal | None:
    weights = set()
    for match in _WEIGHT.finditer(text):
        number, unit = next((match[i], match[i + 1]) for i in (1, 3, 5) if match[i] is not None)
        value = Decimal(number) * (_POUND if unit.lower()[0] in "lp" else 1)
        weights.add(value)
    weight = weights.pop() if len(weights) == 1 else None
    return weight if weight is not None and Decimal("0.3") < weight < 400 else None


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


def _allergy(
    content: Content, at: int, place: tuple[int, int], of_groups: bool
) -> Iterator[Allergy]:
    """Yield the allergy to what `place` names, unless the words before `at` make it general."""
    sentence = content.sentence_at(at)
    if sentence is None:
        return
    before = content.text[sentence.start : at]
    after = content.text[place[1] : place[1] + 20]
    is_general = _GENERIC.search(before) or _PLURAL.match(after)
    denied = _DENIES.search(before) or _HAD_HE.search(before)
    if denied or (is_general and not of_groups):
        return
    named = content.text[place[0] : place[1]].strip()
    if _DENIES.match(named) or named.lower().startswith(("nkda", "none", "the ", "any ", "it")):
        return
    bare = sentence.start == content.sentences[0].start and _VERB.search(before) is None
    if not (of_groups or bare or _SINGULAR.search(before) or _OPENS.fullmatch(before)):
        return
    drugs = [d for d in content.drugs if place[0] <= d.start < place[1] and not _is_ordered(d)]
    yield Allergy(
        text=named,
        ingredients=tuple(dict.fromkeys(i for drug in drugs for i in drug.ingredients)),
        drug_class=next((drug.drug_class for drug in drugs if drug.drug_class), None),
        grade=grade_of(sentence.text),
    )
