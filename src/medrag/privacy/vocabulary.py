"""The lists and tables in `data/`, and what they say of a word: a name, an ordinary word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from medrag.text.ordinary import ordinary_words, rare_words

_SINGLE_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "'": "",
        "\u2019": "",
        "\u02bc": "",
    }
)
"""What has no decomposition, and the apostrophes."""
_PATRONYMIC = re.compile(
    r"(?:Mc|Mac|O['\u2019]|Fitz|D['\u2019]|De|La|Le|Du|Van|Da|Ja|Ke)[A-Z][a-z]{2,}|mc[a-z]{4,}"
    r"|[A-Z]['\u2019][A-Z][a-z]{1,40}"
    r"|[A-Z][a-z]{2,}(?:ovich|evich|enko|ski|sky|ska|wicz|shvili|dottir|escu|opoulos|oglu|yan"
    r"|sson"
    r"|ssen|akis|idis|ova|eva|ov|czyk|czuk|mann|wala)$"
)
_ENDING = re.compile(
    r"(?:tion|sion|ment|ness|able|ible|itis|osis|emia|aemia|ectomy|ostomy|otomy|pathy|plasty"
    r"|scopy|gram"
    r"|graphy|ology|ologist|uria|trophy|plegia|paresis|algia|penia|philia|cyte|cytes|lysis|genic"
    r"|azole|cillin|mycin|micin|statin|sartan|prazole|dipine|olol|pril|mab|nib|gliptin|gliflozin"
    r"|floxacin"
    r"|cycline|parin|xaban|azepam|zolam|barbital|caine|setron|triptan|ically|ously|ative|itive"
    r"|ating|izing"
    r"|ising|ized|ised|ated|ical|ular|ous|less|ful|ship|wise|aemic|emic|otic|ytic|oma|omas"
    r"|oscopic|(?<=[a-z]{4})(?:ally|ively|ently|antly|edly|ingly))$"
)
"""Endings that an ordinary or a clinical word has and a name hardly ever."""
_FORMED = re.compile(
    r"(?:anti(?!g)|hyper|hypo|neuro|cardio|thrombo|haemo|hemo|haema|hema|osteo|nephro|hepato|gastro|broncho|psycho|physio|immuno|cryo|chemo|leuko"
    r"|lympho|electro|mineralo|gluco|glyco|galacto|pseudo|intra|extra|oropharyn|naso|athero|osmo|carcino|brady|tachy|cyto|patho|toxico|pharmaco"
    r"|photo|radio|chole|anaphyl|thyro|dysm|dysp|dysl|dysk|dyst|erythro|encephal|cerebro|uretero|urethr|mening|rheumat|dermat|vaso|arterio|arthro"
    r"|spondyl|laryng|pharyng|oesoph|esophag|pulmon|pneumo|splen|fibro|lipo|nitro|trans(?=[a-z]{6})|post(?=[a-z]{6})|prophyl|multi|poly(?=[a-z]{6}))[a-z]{4,}"
    r"|[a-z]{2,}(?:therapy|therapies|surgery|surgeons?|prophylaxis|tonics?|corticoids?|phagia|pn[eo]{1,2}a|rrh[o]?ea|rrhagia|rrhythmias?|thermia|thermic|globulins?"
    r"|blasts?|centesis|toxicity|toxic|sensitivity|metaboli[sz]ers?|suppress\w{2,5}|vascular|cardial|hepatic|gastric|pulmonary|cutaneous|arterial|ocular|cranial"
    r"|spinal|pharyngeal|laryngeal|phageal|natal|partum|menarchal|menopausal|prandial|virus|viruses|kinesia|kinetics?|ptysis|parathyroid|thyroid|ectasia|ectasis"
    r"|stenosis|sclerosis|fusion|fusions|dystrophy|paediatrics?|pediatrics?|iatric|logical|metry|meters?)"
)
"""Words put together as clinical ones are, which no list could hold: "osmotherapy"."""


def folded(text: str) -> str:
    """Return `text` in lower case without accents and apostrophes."""
    lower = text.lower().translate(_SINGLE_LETTERS)
    if lower.isascii():
        return lower
    plain = unicodedata.normalize("NFKD", lower)
    return "".join(char for char in plain if not unicodedata.combining(char))


_MORE = {"given_names": "given_names_more", "surnames": "surnames_more", "cities": "towns"}
"""Lists taken from others, kept apart from our own for their source's sake."""


@lru_cache(maxsize=32)
def listed(name: str) -> frozenset[str]:
    """Return the entries of a list in `data/`: one a line where they hold spaces, else words."""
    written = (files("medrag.privacy") / "data" / f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in written.splitlines() if line and not line.startswith("#")]
    if name in {"cities", "countries", "eponyms", "towns"}:
        entries = frozenset(folded("\n".join(lines)).split("\n"))  # at once: 30,000 lines
    else:
        entries = frozenset("\n".join(lines).split())
    return entries | listed(_MORE[name]) if name in _MORE else entries


@lru_cache(maxsize=4)
def weighed(name: str) -> Mapping[str, float]:
    """Return the entries of a table in `data/` and what each says for a name; below 0, against.

    `tools/learn_names.py` writes the tables; one that is missing is a broken installation.
    """
    written = (files("medrag.privacy") / "data" / f"{name}.tsv").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in written.split("\n") if row and not row.startswith("# "))
    return {entry: int(hundredths) / 100 for entry, hundredths in rows}


def is_given(key: str) -> bool:
    """Return whether a folded word, or its part before a hyphen, is a listed given name."""
    names = listed("given_names")
    return key in names or ("-" in key and key.split("-", maxsplit=1)[0] in names)


def is_surname(key: str, written: str) -> bool:
    """Return whether a word or a part of it is a family name: listed, or formed like one."""
    names = listed("surnames")
    if key in names or _PATRONYMIC.match(written) is not None:
        return True
    return "-" in key and any(part in names for part in key.split("-"))


def is_ordinary(key: str) -> bool:
    """Return whether a folded word is an ordinary or clinical one, by the lists or its ending."""
    if _listed_word(key) or is_formed_word(key):
        return True
    return "-" in key and all(_listed_word(part) for part in key.split("-"))


def _listed_word(key: str) -> bool:
    others = ("clinical_words", "countries")
    return key in ordinary_words() or any(key in listed(name) for name in others)


def is_rare(key: str) -> bool:
    """Return whether a folded word is an English one that ordinary writing seldom has."""
    return any(part in rare_words() for part in key.split("-"))


def is_formed_word(key: str) -> bool:
    """Return whether a folded word is formed as an ordinary or clinical one: "-itis", "osmo-"."""
    if _ENDING.search(key) is not None:
        return True
    formed = 8 < len(key) < 40 and _FORMED.fullmatch(key) is not None
    return formed and not any(key in listed(name) for name in ("given_names", "surnames", "cities"))


@lru_cache(maxsize=1)
def _long_eponyms() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the eponyms of several words by their first, longest first."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for name in listed("eponyms"):
        words = tuple(name.replace(".", "").split())
        if len(words) > 1:
            by_first.setdefault(words[0], []).append(words)
    return {
        first: tuple(sorted(names, key=lambda words: (-len(words), words)))
        for first, names in by_first.items()
    }


def eponym_length(keys: Sequence[str], index: int) -> int:
    """Return how many folded words from `index` are an eponym of several words; 0 for none."""
    names = _long_eponyms().get(keys[index], ())
    return next((len(n) for n in names if tuple(keys[index : index + len(n)]) == n), 0)


def is_eponym(key: str) -> bool:
    """Return whether a disease, a sign, a score or a device is called by this name."""
    names = listed("eponyms")
    return key in names or ("-" in key and key.split("-", maxsplit=1)[0] in names)
