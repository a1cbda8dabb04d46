"""Word lists of grounding: negation, opposites, populations, names that need no source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# Clauses: where one statement ends and another begins.
CELLS = re.compile(
    r"(?<!\d)[.;](?=\s|\Z)|\.(?=\s+[A-Z])|;|,? but |,? however,? |\n"
    r"|, (?:and|while|whereas) (?=(?:it|the|its|do|they|in)\b)"
)

_NEUTRAL = re.compile(
    r"\bnot only\b|\bwith(?:out| or without) regard\b|\bwith or without\b|\bregardless\b"
    r"|\bwhether or not\b|\b(?:not|never)(?: to)? (?:to )?exceed\w*"
    r"|\bno (?:more|less|fewer|later) than\b"
    r"|\bnot (?:more|less|fewer) than\b"
    r"|\bshould not be given more than\b|\bunless\b[^.;,]*",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:(?P<plain>not|no|never|neither|nor|none|without|cannot|\w+n't|nothing|lack(?:s|ed|ing)?"
    r"|absence|fail(?:s|ed|ure)? to|insufficient|rather than|instead of)"
    r"|(?P<verb>avoid(?:ed|s|ing|ance)?|contraindicat\w+|contra-indicat\w+|withh(?:old|eld)\w*"
    r"|discontinu\w+|stop(?:ped|ping|s)?|refrain\w*|prohibit\w*|unlikely|unnecessary|unsafe"
    r"|ineffective|inappropriate|unsuitable|ceas\w+|omit\w*))\b",
    re.IGNORECASE,
)


def denies(text: str) -> bool:
    """Return whether `text` denies or forbids; limits ("no more than") are not denials.

    "not recommended", "avoid" and "contraindicated" deny; "not contraindicated" and "do not
    stop" do not.
    """
    return denials(text) > 0


def denials(text: str) -> int:
    """Return how many denials stand in `text`, one that is denied itself taken off."""
    plain = without_limits(text)
    open_at: int | None = None
    denied = 0
    for match in _DENIAL.finditer(plain):
        if match["verb"] and open_at is not None and match.start() - open_at < 30:
            denied -= 1
            open_at = None
            continue
        denied += 1
        open_at = match.end() if match["plain"] else None
    return denied


def without_limits(text: str) -> str:
    """Return `text` without phrases whose "not" or "more" denies and compares nothing."""
    return _NEUTRAL.sub(" ", text)


def _pair(one: str, other: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    a, b = (re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I) for words in (one, other))
    return (a, b), (b, a)


ANTONYMS = (
    *_pair(r"more than|greater than|higher than|above|over|at least|exceed(?:s|ing)?|≥|>=|>",
           r"less than|lower than|fewer than|below|under|at most|up to|≤|<=|<"),
    *_pair(r"increas\w+|rais\w+|elevat\w+|higher|ris(?:e|es|ing)|more frequent",
           r"decreas\w+|reduc\w+|lower\w*|fall\w*|declin\w+|less frequent"),
    *_pair(r"before|prior to", r"after|following"),
    *_pair(r"start\w*|initiat\w+|begin\w*", r"stop\w*|discontinu\w+|withh\w+"),
    *_pair(r"indicated|recommended", r"(?<!not )contraindicated"),
    *_pair(r"hold|held|interrupt\w*|withh(?:old|eld)\w*|suspend\w*|stop(?:ped|ping)?",
           r"continu(?:e|es|ed|ing)|resum\w+"),
    *_pair(r"includ(?:e|es|ed|ing)", r"exclud(?:e|es|ed|ing)"),
    *_pair(r"(?:may|can|should) be (?:given|used|taken|administered)", r"(?<!not )contraindicated"),
    *_pair(r"sufficient", r"insufficient"),
    *_pair(r"common(?:ly)?|frequent(?:ly)?", r"uncommon(?:ly)?|rare(?:ly)?|infrequent(?:ly)?"),
    *_pair(r"stable", r"unstable"),
    *_pair(r"appropriate", r"inappropriate"),
    *_pair(r"active", r"inactive"),
    *_pair(r"significant(?:ly)?", r"insignificant(?:ly)?"),
    *_pair(r"elderly|old(?:er)?", r"young(?:er)?"),
    *_pair(r"hypertension", r"hypotension"),
    *_pair(r"hyperkal(?:a)?emia", r"hypokal(?:a)?emia"),
    *_pair(r"hyperglyc(?:a)?emia", r"hypoglyc(?:a)?emia"),
    *_pair(r"hypernatr(?:a)?emia", r"hyponatr(?:a)?emia"),
    *_pair(r"tachycardia", r"bradycardia"),
    *_pair(r"safe", r"unsafe|harmful|dangerous"),
    *_pair(r"effective", r"ineffective"),
    *_pair(r"inhibit(?:s|ed|or|ors|ion|ing)?", r"induc(?:e|es|ed|er|ers|tion|ing)"),
    *_pair(r"benefi\w+", r"harm\w*"),
    *_pair(r"mild", r"severe"),
    *_pair(r"with food|with meals|with a meal", r"without food|on an empty stomach|fasting"),
    *_pair(r"first[- ]line", r"second[- ]line|last[- ]line"),
    *_pair(r"acute", r"chronic"),
    *_pair(r"superior", r"inferior"),
    *_pair(r"oral(?:ly)?|by mouth|PO",
           r"intravenous(?:ly)?|IV|subcutaneous(?:ly)?|intramuscular(?:ly)?"),
    *_pair(r"minimum", r"maximum"),
    *_pair(r"faster|rapid(?:ly)?", r"slower|slow(?:ly)?"),
    *_pair(r"always|routinely|must", r"may|optional(?:ly)?|can be considered"),
)  # fmt: skip

_POPULATIONS = {
    "child": r"child(?:ren)?|p(?:a)?ediatrics?|kids?",
    "infant": r"infants?|bab(?:y|ies)",
    "neonate": r"neonat\w+|newborns?|preterm|premature infants?",
    "adolescent": r"adolescents?|teenagers?",
    "adult": r"adults?",
    "older adult": r"elderly|geriatric|older (?:adults?|patients?|people|persons?)|seniors?",
    "pregnancy": r"pregnan\w+(?: wom[ae]n)?|gestation\w*"
    r"|(?:first|second|third) trimester",
    "lactation": r"(?:lactat\w+|breast-?\s?feeding|nursing)(?: wom[ae]n| mothers?)?|breastfed",
    "women": r"wom[ae]n|females?",
    "men": r"m[ae]n|males?",
    "renal impairment": r"(?:renal|kidney) (?:impairment|failure|insufficiency|disease|dysfunction)"
    r"|renally impaired|CKD|(?:reduced|impaired|poor) (?:renal|kidney) function",
    "hepatic impairment": r"(?:hepatic|liver) "
    r"(?:impairment|failure|insufficiency|disease|dysfunction)"
    r"|cirrho\w+|hepatically impaired|impaired (?:hepatic|liver) function",
    "dialysis": r"(?:haemo|hemo)?dialysis|ESRD|end-stage renal disease",
    "diabetes": r"diabet\w+",
    "heart failure": r"(?:heart|cardiac) failure",
    "immunocompromise": r"immunocompromised|immunosuppressed",
    "healthy people": r"healthy (?:volunteers?|subjects?|adults?)",
}  # fmt: skip
_POPULATION = re.compile(
    "|".join(
        f"(?P<p{number}>\\b(?:{words})\\b)" for number, words in enumerate(_POPULATIONS.values())
    ),
    re.IGNORECASE,
)
_POPULATION_NAMES = tuple(_POPULATIONS)


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
    r"|siran|nersen|fusp|quine|finil|apine|caftor|grel|toin|platin|taxel|rubicin|trexate|cept|kinra"
    r"|penem|bactam|fibrate|glinide|codone|morphone|fentanil|peridone|piprazole|melteon|orexant"
    r"|vaptan|stim|tadine|lamide|zolamide|kalant|ciguat|entan|imod|orphan|azepine|triptyline"
    r"|ipramine|tropium|terol|sonide|methasone|oxone|nafine|vudine|citabine|tidib|bamate|giline)\b"
)

KNOWN_ACRONYMS = frozenset({
    "BID", "TID", "QID", "PRN", "INR", "BMI", "CNS", "DNA", "RNA", "ECG", "EKG", "HIV", "AIDS",
    "LDL", "HDL", "ALT", "AST", "TSH", "BUN", "GFR", "NSAID", "NSAIDS", "ACE", "ARB", "USA",
    "MRI", "ICU", "DVT", "COPD", "ADHD", "NOT", "AND", "OR", "DO", "THE", "IN", "FOR", "MUST",
    "AVOID", "NEVER", "ONLY", "STOP", "WARNING", "PPI", "SSRI", "SNRI", "MAOI", "CYP", "ESRD",
    "CKD", "UTI", "QTC", "LVEF", "ANC", "WBC", "RBC", "PTT", "APTT", "IM", "IV", "PO", "SC",
    "SUBQ", "OTC", "ER", "XR", "SR", "IR"
})  # fmt: skip
"""Abbreviations of measurement, route and common diagnosis: not the name of a source."""

NUMBER_WORDS = {
    "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven",
    "8": "eight", "9": "nine", "10": "ten", "11": "eleven", "12": "twelve", "14": "fourteen",
    "15": "fifteen", "20": "twenty", "30": "thirty", "one": "1", "two": "2", "three": "3",
    "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "twelve": "12", "twenty": "20",
}  # fmt: skip

_STOP = frozenset({
    "the", "a", "an", "of", "in", "for", "to", "and", "or", "is", "are", "be", "with", "by", "on",
    "at", "as", "it", "its", "this", "that", "these", "should", "may", "can", "must", "was",
    "were", "has", "have", "been", "from", "not", "no", "do", "does", "than", "who", "which",
    "patients", "patient", "use", "used", "using", "recommended", "given", "give", "take",
    "taken", "avoid", "contraindicated", "will", "would", "their", "there", "any", "all", "other",
    "such", "when", "if", "your", "you", "never", "without", "cannot", "however", "but", "also",
    "more", "per"
})  # fmt: skip


@lru_cache(maxsize=1024)
def content_words(text: str) -> frozenset[str]:
    """Return the stems of the words that carry what `text` is about."""
    words = re.findall(r"[^\W\d_][\w-]+", text.lower())
    return frozenset(_stem(word) for word in words if word not in _STOP)


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ed",
                   "es", "ly", "s", "e"):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def is_initials(name: str, text: str) -> bool:
    """Return whether consecutive words of `text` begin with the letters of `name`."""
    letters = [char.lower() for char in name if char.isalpha()]
    words = [word[0].lower() for word in re.findall(r"[^\W\d_]+", text)]
    return "".join(letters) in "".join(words)
