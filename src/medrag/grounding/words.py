"""Word lists of grounding: patients, stems of drug names, names that need no source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from medrag.text.prefilter import prefiltered

_POPULATIONS = {
    "reproductive": r"(?:wom[ae]n|females?|men|males?|patients|people|those)? ?(?:of|with)? ?"
    r"(?:child-?bearing|reproductive) (?:potential|age|capacity)"
    r"|(?:could|can|may|might) (?:become|get|be) pregnant"
    r"|(?:able to become|capable of becoming) pregnant",
    "child": r"(?<!unborn )(?:school|grand)?child(?:ren|hood)?|p(?:a)?ediatrics?"
    r"|(?:school)?(?:boys?|girls?)|kids?|youngsters?|pre-?schoolers?",
    "infant": r"infan(?:ts?|cy)|bab(?:y|ies)|toddlers?",
    "neonate": r"neonat\w+|newborns?|preterm|premature infants?",
    "adolescent": r"adolescen(?:ts?|ce)|teen(?:ager)?s?",
    "adult": r"(?<!older )(?<!elderly )adult(?:s|hood)?",
    "older adult": r"elderly|geriatric|older (?:(?:and|or|than) younger )?"
    r"(?:adults?|patients?|people|persons?|individuals)"
    r"|seniors?|(?:older|old|advanced|increasing) age",
    "partner of a pregnant woman": r"(?:partners?|wives|wife) (?:are|is) pregnant"
    r"|pregnant (?:female |sexual )?partners?",
    "pregnancy": r"pregnan\w+(?: (?:wom[ae]n|females|patients|people))?|gestation\w*"
    r"|(?:first|second|third) trimesters?|unborn|expectant mothers?",
    "menopause": r"(?:post|peri)?-?\s?menopaus\w+(?: wom[ae]n| females?| patients)?",
    "before menopause": r"pre-?menopaus\w+(?: wom[ae]n| females?| patients)?",
    "lactation": r"(?:lactat\w+|breast-?\s?feeding|breast-?\s?feed|nursing)(?: wom[ae]n| mothers?)?"
    r"|breastfed",
    "women": r"wom[ae]n|females?",
    "men": r"m[ae]n|males?",
    "renal impairment": r"(?:renal|kidney) (?:impairment|failure|insufficiency|disease|dysfunction)"
    r"|renally impaired|CKD|(?:reduced|impaired|poor|decreased|low) (?:renal|kidney) function",
    "hepatic impairment": r"(?:hepatic|liver) "
    r"(?:impairment|failure|insufficiency|disease|dysfunction)"
    r"|cirrho\w+|hepatically impaired|(?:impaired|poor) (?:hepatic|liver) function",
    "dialysis": r"(?:haemo|hemo)?dialy[sz]\w+|ESRD|ESKD|end[- ]stage (?:renal"
    "|kidney) (?:disease|failure)",
    "diabetes": r"diabet\w+|T[12]DM?|NIDDM|IDDM",
    "heart failure": r"(?:heart|cardiac) failure|HF(?:[rp]|mr)?EF|HF",
    "immunocompromise": r"immuno(?:compromis|suppress|deficien)\w+",
    "healthy people": r"healthy (?:volunteers?|subjects?|adults?|people|individuals)",
}  # fmt: skip
_POPULATION = prefiltered(
    r"\b(?:"
    + "|".join(f"(?P<p{number}>{words})" for number, words in enumerate(_POPULATIONS.values()))
    + r")\b",
    re.IGNORECASE,
)
_POPULATION_NAMES = tuple(_POPULATIONS)

COVERS = {
    "child": frozenset({"adolescent"}),
    "pregnancy": frozenset({"women"}),
    "lactation": frozenset({"women"}),
    "menopause": frozenset({"women", "adult"}),
    "before menopause": frozenset({"women", "adult"}),
    "reproductive": frozenset({"women"}),
    "partner of a pregnant woman": frozenset({"men", "women", "pregnancy"}),
    "healthy people": frozenset({"adult"}),
    "dialysis": frozenset({"renal impairment"}),
    "neonate": frozenset({"infant", "child"}),
    "infant": frozenset({"child"}),
    "adolescent": frozenset({"child"}),
    "older adult": frozenset({"adult"}),
}
"""Whom else a quotation speaks of where it speaks of these: a newborn is an infant."""


@lru_cache(maxsize=256)
def populations(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return (population, start, end) for every class of patients that `text` names."""
    return tuple(_populations(text))


def _populations(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _POPULATION.finditer(text):
        number = int((match.lastgroup or "p0")[1:])
        yield _POPULATION_NAMES[number], match.start(), match.end()


# International stems of drug names (INN), for drugs that no table holds.
DRUG_SUFFIX = re.compile(
    r"\b[a-zA-Z]{3,}(?:azine|mab|tinib|ciclib|rasib|parib|degib|lisib|zomib|denib|rafenib|metinib"
    r"|pril|sartan|statin|olol|cillin|mycin|micin|floxacin|conazole|prazole|vir|gliptin|gliflozin"
    r"|glutide|tide|parin|xaban|dipine|zosin|triptan|gepant|setron|tidine|oxetine|formin|glitazone"
    r"|cycline|barbital|zepam|zolam|lukast|profen|dronate|thiazide|semide|solone|caine|plazine"
    r"|icase|teplase|siran|n?ersen|larsen|plirsen|fusp|quine|finil|apine|caftor|grel|toin"
    r"|platin|taxel"
    r"|rubicin|trexate|cept|kinra"
    r"|penem|bactam|fibrate|glinide|codone|morphone|fentanil|peridone|piprazole|melteon|orexant"
    r"|vaptan|stim|tadine|lamide|zolamide|kalant|ciguat|entan|imod|orphan|azepine|triptyline"
    r"|ipramine|tropium|terol|sonide|methasone|oxone|nafine|vudine|citabine|tidib|bamate|giline)\b"
)
NO_DRUGS = frozenset({
    "cholesterol", "peptide", "polypeptide", "nucleotide", "oligonucleotide", "glycopeptide",
    "aldosterone", "platelet", "toluidine", "glycerol", "anastomosis", "histidine", "system",
    "bicarbonate", "medicine", "vaccine", "benzodiazepine", "caffeine",
})  # fmt: skip
"""Words with the ending of a drug name that name none."""

KNOWN_ACRONYMS = frozenset({
    "BID", "TID", "QID", "PRN", "INR", "BMI", "CNS", "DNA", "RNA", "ECG", "EKG", "HIV", "AIDS",
    "LDL", "HDL", "ALT", "AST", "TSH", "BUN", "GFR", "NSAID", "NSAIDS", "ACE", "ARB", "USA",
    "MRI", "ICU", "DVT", "COPD", "ADHD", "NOT", "AND", "OR", "DO", "THE", "IN", "FOR", "MUST",
    "AVOID", "NEVER", "ONLY", "STOP", "WARNING", "PPI", "SSRI", "SNRI", "MAOI", "CYP", "ESRD",
    "CKD", "UTI", "QTC", "LVEF", "ANC", "WBC", "RBC", "PTT", "APTT", "IM", "IV", "PO", "SC",
    "SUBQ", "OTC", "ER", "XR", "SR", "IR", "CPR", "ROSC", "MAP", "LFT", "LFTS", "CBC", "ICD",
    "EEG", "CSF", "HbA1c", "A1c", "A1C", "HBA1C", "BSA",
    "GI", "COVID", "MI", "PCI", "CABG", "AF", "TIA", "VTE", "PE",
    "ESR", "CRP", "BNP", "PSA", "FDA", "UK", "EU", "WHO", "PCR", "USP", "FEV", "TPN",
    "DMARD", "DMARDS", "ADR", "SAE", "ADL", "FAQ", "NB", "TLDR", "SUMMARY", "NOTE", "DOSE",
    "WARNINGS", "YES", "ALL", "ANY", "BEFORE", "AFTER", "EVERY", "WITH", "WITHOUT", "NO"
})  # fmt: skip
"""Abbreviations of measurement, route and common diagnosis: not the name of a source."""

NUMBER_WORDS = {
    "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven",
    "8": "eight", "9": "nine", "10": "ten", "11": "eleven", "12": "twelve", "14": "fourteen",
    "15": "fifteen", "20": "twenty", "30": "thirty", "40": "forty", "50": "fifty",
    "60": "sixty", "70": "seventy", "80": "eighty", "90": "ninety",
}  # fmt: skip


def is_initials(name: str, text: str) -> bool:
    """Return whether consecutive words of `text` begin with the letters of `name`."""
    letters = [char.lower() for char in name if char.isalpha()]
    words = re.findall(r"[^\W\d_]+", text)
    strong = [_first(word) for word in words if word.lower() not in _SKIPPED]
    every = [_first(word) for word in words]
    found = any("".join(letters) in "".join(firsts) for firsts in (every, strong))
    told = [word.lower() for word in words if word.lower() not in _SKIPPED]
    return found or _have_letters("".join(letters), told)


_LEAST_LETTERS = 3
_LONG_WORD = 9
_COMPOUND = 15
_INNER = 3
"""Letters within one word at most: NDMA is "nitrosodimethylamine"."""


def _have_letters(letters: str, words: Sequence[str]) -> bool:
    """Return whether words that follow one another have the letters, each word its first one.

    A letter may stand within a long word: OHSS is "ovarian hyperstimulation syndrome", LDH
    "lactate dehydrogenase", ONJ "osteonecrosis of the jaw".

    Source: Schwartz and Hearst, Pac Symp Biocomput 2003, doi:10.1142/9789812776303_0042.
    """
    return len(letters) >= _LEAST_LETTERS and any(
        word[0] == letters[0] and _go_on(letters, words[at : at + len(letters)])
        for at, word in enumerate(words)
    )


def _go_on(letters: str, words: Sequence[str]) -> bool:
    """Return whether the first of the words takes up letters, and the others the rest."""
    if not letters or not words or words[0][0] != letters[0]:
        return not letters
    word, place = words[0], 0
    most = _INNER if len(word) >= _COMPOUND else 1 if len(word) >= _LONG_WORD else 0
    if _go_on(letters[1:], words[1:]):
        return True
    for taken in range(1, min(most, len(letters) - 1) + 1):
        place = word.find(letters[taken], place + 1)
        if place < 0:
            return False
        if _go_on(letters[1 + taken :], words[1:]):
            return True
    return False


def _first(word: str) -> str:
    """Return the first letter; all letters of a short abbreviation: the UK of UKPDS."""
    return word.lower() if len(word) <= _ABBREVIATED and word.isupper() else word[0].lower()


_ABBREVIATED = 3


_SKIPPED = frozenset(
    {
        "who",
        "have",
        "has",
        "are",
        "is",
        "that",
        "or",
        "the",
        "of",
        "and",
        "for",
        "in",
        "to",
        "a",
        "on",
        "by",
        "with",
    }
)
