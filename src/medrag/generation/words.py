"""Words compared by what they mean here: without endings, numbers whole, common synonyms as one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_NUMBERS = {
    name: str(number)
    for names in (
        "one two three four five six seven eight nine ten eleven twelve",
        "first - third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    )
    for number, name in enumerate(names.split(), start=1)
}
"""Number words with their digits; `second` is a unit of time as well and stays a word."""
_STOP = frozenset(
    """
    a an the of in on for to and or is are was were be been being what which who whom whose when
    where why how does do did should can could may might must will would with by from at as that
    this these those it its their there than then if not no any have has had into about between
    during per such also other more most i my your you we our me us he she his her they them
    patient patients give given get taken take use used often much many long soon frequently timing
    all
    """.split()  # noqa: SIM905 - a hundred quoted words are no easier to read
)
_SUFFIXES = ("ing", "ed", "es", "s")

# One line a meaning: words that clinicians write for the same thing. Only words that mean the
# same wherever they stand in such texts; a wrong pair would make a wrong answer look right.
_SAME = (
    "stop discontinue omit withhold hold interrupt",
    "start begin initiate",
    "kidney renal nephric",
    "liver hepatic",
    "breastfeed breastfeeding lactation lactate breastfed nursing",
    "pregnancy pregnant pregnancies",
    "child children pediatric paediatric",
    "infant infants baby babies",
    "telephone phone call",
    "maximum highest maximal max",
    "minimum lowest",
    "dose dosage dosing",
    "store storage stored",
    "vaccine vaccinate vaccination immunize immunization",
    "hypoglycemia hypoglycaemia",
    "hyperkalemia hyperkalaemia",
    "hemorrhage haemorrhage bleed bleeding",
    "weigh weight",
    "monitor monitoring",
    "interact interaction",
    "contraindication contraindicated contraindicate",
    "recommendation recommended recommend",
    "surgery surgical operation",
    "indication indicated",
    "milliliter milliliters ml millilitre millilitres",
    "milligram milligrams mg",
    "replacement arthroplasty",
    "elderly geriatric older elder",
    "antibiotic antibacterial antimicrobial",
    "emergency emergent",
    "intravenous intravenously iv",
    "intramuscular intramuscularly im",
    "subcutaneous subcutaneously sc",
    "drug medication medicine medicament",
    "doctor physician clinician prescriber provider",
    "heart cardiac",
    "lung pulmonary",
    "stomach gastric",
    "brain cerebral",
    "skin cutaneous dermal",
    "eye ocular ophthalmic",
    "itch itching pruritus pruritic",
    "fever pyrexia febrile",
    "nausea nauseated",
    "vomit vomiting emesis",
    "swelling edema oedema",
    "drowsiness drowsy sleepiness somnolence",
    "seizure convulsion",
    "fatal deadly lethal",
    "death die mortality",
    "leukocyte leucocyte",
    "platelet thrombocyte",
    "clot thrombosis thrombus thrombotic",
    "high elevated",
    "tumor tumour neoplasm",
    "cancer carcinoma malignancy",
    "diet dietary",
    "alcohol ethanol",
    "smoke smoking smoker tobacco",
    "sexual sexually",
    "newborn neonate neonatal",
    "allergy allergic hypersensitivity hypersensitive",
    "dangerous hazardous",
    "examine examination",
    "diagnose diagnosis diagnostic",
    "diarrhea diarrhoea",
    "anemia anaemia",
    "frequent frequency",
)


_NEGATION = re.compile(r"\b(?:no|not|never|without|neither|nor|cannot)\b|n['’]t\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:.()]|\b(?:but|then|and if)\b", re.IGNORECASE)
_REACH = 4
"""Content words that a negation reaches inside its clause."""


@lru_cache(maxsize=1 << 15)
def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        return word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


_CONCEPTS = {_stem(word): line.split()[0] for line in _SAME for word in line.split()}


@lru_cache(maxsize=1 << 13)
def stems(text: str) -> tuple[str, ...]:
    """Return the content words of `text`, in order, each as its stem or its common synonym.

    A number is one word, in digits, with its decimal point and without the commas of its thousands.
    """
    found = []
    for word in _WORD.findall(text.casefold()):
        if word in _STOP:
            continue
        number = _NUMBERS.get(word) or (word.replace(",", "") if word[0].isdigit() else None)
        stem = number or _stem(word)
        found.append(_CONCEPTS.get(stem, stem))
    return tuple(found)


def read_once(words: re.Pattern[str]) -> Callable[[str], bool]:
    """Return what says whether a statement has one of `words`, looking once at each statement.

    The same statements come back question after question (ADR 0224); 8,192 of them are kept.
    """
    return lru_cache(maxsize=1 << 13)(lambda text: words.search(text) is not None)


def negated_stems(text: str) -> set[str]:
    """Return the content words of `text` that a negation before them in their clause denies."""
    found: set[str] = set()
    for negation in _NEGATION.finditer(text):
        clause = _CLAUSE_END.split(text[negation.end() :], maxsplit=1)[0]
        found.update(stems(clause)[:_REACH])
    return found
