"""Hospitals, practices, employers and schools of a person; not the bodies that write guidelines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.privacy.cues import DEVICE_AFTER
from medrag.privacy.evidence import SOFT, STRONG, Found, Note
from medrag.privacy.institution_forms import (
    BARE_LOWER,
    BASE,
    EMPLOYER,
    FAMOUS_ACTS,
    FAMOUS_AT,
    FAMOUS_SMALL,
    FAMOUS_STAFF,
    GENERAL,
    HEAD,
    HOSPITAL,
    LOWER,
    NO_SAINT,
    PUBLIC,
    RULED,
    SAINT,
    SENT,
    SURE,
    TAIL,
    UNITS,
)
from medrag.privacy.vocabulary import folded, is_formed_word, is_ordinary, listed

_MADE = frozenset(["jude", "vitus", "anthony", "john", "louis", "ives"])
_SURGERIES = frozenset(
    {
        "surgery",
        "labs",
        "lab",
        "memorial",
        "health",
        "trust",
        "practice",
        "associates",
        "dialysis",
        "bank",
        "farm",
        "farms",
        "temple",
        "parish",
        "school",
        "college",
        "lodge",
        "company",
        "mill",
        "mills",
        "steel",
        "rehab",
        "mental health",
        "clinics",
        "pharmacy",
        "laboratory",
        "ambulance",
        "ems",
        "physicians",
        "shelter",
        "nursery",
        "hospice",
        "clinic",
    }
)


_NO_HOSPITAL = frozenset({"surgeon", "attorney", "director", "in", "the", "old", "stroke"})
"""Words before "General" or "Infirmary" that make no hospital's name."""


_CARE = re.compile(
    rf"Praxis|Apotheke|Farmacia|Pharmacie|Cabinet|Poliklinik|Consultorio|Puskesmas|Rumah"
    rf"|HMP|HMYOI|FCI|USP|VAMC|{HOSPITAL}|Univ|[Hh]ospital|[Hh][oô]pital|Ospedale"
    rf"|[Kk]lini|Krankenhaus|Clin|CHU|Spital"
)


_PATRON = re.compile(
    r"Our\sLady\sof|Sacred\sHeart|Good\sSamaritan|Holy\s(?:Cross|Family|Name|Spirit)|(?:Prince(?:ss)?|Queen|King)\s(?:of\s)?[A-Z]"
)
"""To whom only hospitals, schools and homes are given."""


def find_institutions(note: Note) -> Iterator[Found]:
    """Yield names of hospitals, practices, pharmacies, employers and schools."""
    text = note.text
    for match in TAIL.finditer(text):
        yield from _typed(note, match)
    for match in HEAD.finditer(text):
        if (_CARE.search(match[0]) or _PATRON.match(match[0])) and not _is_public(note, match):
            yield from _specific(match)
    for match in LOWER.finditer(text):
        yield from _in_lower_case(note, match)
    for match in BARE_LOWER.finditer(text):
        own = folded(match["own"])
        if not (is_ordinary(own) or note.clinical(*match.span("own"))):
            yield Found(*match.span("whole"), "organization", SOFT)
    for match in SAINT.finditer(text):
        yield from _saint(note, match)
    yield from _famous(note)
    for pattern in (SENT, EMPLOYER):
        for match in pattern.finditer(text):
            yield from _named(note, match)


def _famous(note: Note) -> Iterator[Found]:
    """Yield institutions known by name, where somebody is or that do something; bases, ships."""
    for match in GENERAL.finditer(note.text):
        if folded(match["own"].split()[-1]) not in _NO_HOSPITAL:
            yield Found(*match.span("whole"), "organization", SOFT)
    for pattern in (FAMOUS_AT, FAMOUS_ACTS, FAMOUS_STAFF, FAMOUS_SMALL, BASE):
        for match in pattern.finditer(note.text):
            if not RULED.match(note.after(match.end("whole"), 24)):
                yield Found(*match.span("whole"), "organization", SOFT)


def _typed(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield a name that ends in a kind of institution, from its first word that is its own."""
    if _is_public(note, match):
        return
    kind = match["type"].lower()
    start = match.start()
    words = [word.group(0) for word in re.finditer(r"\S+", text_of(match, kind))]
    while words and folded(words[0].strip(".,'")) in _LEADING:
        if words[0] == "The" and not note.opens_sentence(start):  # "GP at The Limes Surgery"
            break
        start += len(words[0]) + 1
        words = words[1:]
    own = [word for word in words if _is_own(word)]
    further = bool(words) and match.end() > match.end("type")  # "Old Mill Surgery"
    general = [
        word for word in words if folded(re.sub(r"['\u2019]s?$", "", word.strip(".,"))) in _HALF_OWN
    ]
    if not (own or further) and (not general or kind in _SURGERIES or len(general) < len(words)):
        return
    if (
        own
        and kind in _SURGERIES
        and all(folded(re.sub(r"['\u2019]s?$", "", word)) in listed("eponyms") for word in own)
    ):
        return
    if any(folded(word) in listed("makers") for word in words):
        return
    if match["type"].islower() and _sorts(note, start, words):
        return
    if start < match.end("type"):
        yield Found(start, match.end(), "organization", STRONG if _is_evident(own, kind) else SOFT)


def _sorts(note: Note, start: int, words: Sequence[str]) -> bool:
    """Return whether one word before a kind in small letters says which sort: "Fracture clinic"."""
    if len(words) != 1:
        return False
    key = folded(words[0].strip(".,()"))
    clinical = (
        key.endswith(("ed", "ity"))
        or note.clinical(start, start + len(words[0]))
        or is_formed_word(key)
    )
    clinical = clinical or key in listed("clinical_words")
    return clinical or (is_ordinary(key) and note.opens_sentence(start))


def _in_lower_case(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield "mercy clinic" and "st marys hospital", from the last word that is no name's."""
    start, words = match.start(), match["name"].split()
    small = max((place for place, word in enumerate(words) if word in _BETWEEN), default=-1)
    start += sum(len(word) + 1 for word in words[: small + 1])
    words = words[small + 1 :]
    if _sorts(note, start, words):
        return
    while words and not _names_in_lower_case(words[0]):
        start += len(words[0]) + 1
        words = words[1:]
    while len(words) > 1 and words[-1] in _NO_OWN_NAME:  # "silver birch riding", of a school
        words.pop()
    start += match.start("whole") - match.start()
    saint = re.search(r"\bst\.?\s\Z", match.string[match.start("whole") : start])
    start -= len(saint[0]) if saint else 0
    if words and all(map(_names_in_lower_case, words)):
        yield Found(start, match.end("whole"), "organization", SOFT)


def _names_in_lower_case(word: str) -> bool:
    key = folded(word.strip("."))
    common = any(key in listed(name) for name in ("departments", "not_names", "wards"))
    return not common and key not in listed("clinical_words") and key not in _NO_OWN_NAME


_BETWEEN = frozenset({"in", "on", "at", "for", "by", "from", "with", "or", "who", "via", "before"})
"""Words that end what stands before a kind: "review in clinic" names none."""
_ANY = (
    "a after an another any before big biscuit boarding busy care case catholic closest day"
    " different driving every free grad group her high his infant junior law local main"
    " medical my nearby nearest new no nursing old on other our outside paper primary private"
    " public riding rural same secondary small some special sunday that the their this"
    " treatment village your"
)
_NO_OWN_NAME = frozenset(_ANY.split())
"""Words before a kind in small letters that tell no one institution: "the local school"."""


def _is_evident(own: list[str], kind: str) -> bool:
    """Return whether a word of its own, which is no ordinary word, names a place of care."""
    keys = [folded(re.sub(r"['\u2019]s?$", "", word.strip(".,()"))) for word in own]
    plural = kind.endswith(("hospitals", "clinics"))
    return (
        not plural
        and re.fullmatch(SURE, kind) is not None
        and any(not is_ordinary(key) for key in keys)
    )


def text_of(match: re.Match[str], kind: str) -> str:
    """Return the words of the name before its kind."""
    return match["whole"][: len(match["whole"]) - len(kind)].strip()


_LEADING = frozenset(
    [
        "bid",
        "tid",
        "qid",
        "qd",
        "daily",
        "prn",
        "iv",
        "im",
        "po",
        "hs",
        "bd",
        "tds",
        "od",
        "the",
        "a",
        "an",
        "at",
        "in",
        "from",
        "to",
        "my",
        "our",
        "your",
        "patient",
        "pt",
        "seen",
        "admitted",
        "called",
        "call",
        "dr",
        "mr",
        "mrs",
        "ms",
        "and",
        "of",
        "she",
        "he",
        "is",
        "was",
        "for",
        "with",
        "per",
        "discharged",
        "transferred",
        "labs",
        "lab",
        "is",
        "should",
        "can",
        "could",
        "would",
        "may",
        "will",
        "does",
        "if",
        "when",
        "this",
        "that",
    ]
)
_HALF_OWN = frozenset(
    [
        "national",
        "federal",
        "state",
        "central",
        "north",
        "south",
        "east",
        "west",
        "international",
        "first",
        "provincial",
        "base",
        "teaching",
        "general",
        "memorial",
        "regional",
        "university",
        "community",
        "county",
        "city",
        "children's",
        "childrens",
        "veterans",
        "va",
        "municipal",
        "central",
        "district",
        "royal",
        "presbyterian",
        "methodist",
        "baptist",
        "lutheran",
        "jewish",
        "catholic",
        "adventist",
    ]
)


def _is_own(word: str) -> bool:
    """Return whether a word belongs to one institution only."""
    key = folded(re.sub(r"['\u2019]s?$", "", word.strip(".,()")))
    return (
        len(key) > 1
        and key not in listed("departments")
        and key not in listed("countries")
        and key not in _HALF_OWN
        and key not in {"of", "and", "for", "&", "de", "la", "st"}
        and word[:1].isupper()
    )


def _is_public(note: Note, match: re.Match[str]) -> bool:
    after = note.after(match.end("whole"), 24)
    if PUBLIC.match(match[0]) and not re.search(r"Hospital|Medical\sCent|Infirmary", match[0]):
        return True
    return RULED.match(after) is not None


def _specific(match: re.Match[str]) -> Iterator[Found]:
    words = match["whole"].split()
    if any(_is_own(word) for word in words[1:]) or len(words) > 2:
        yield Found(*match.span("whole"), "organization", SOFT)


def _saint(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield "St Mary's"; not St John's wort, nor a city or the maker of a valve."""
    after = note.after(match.end("whole"), 28)
    if NO_SAINT.match(after) or (match["saint"].lower() in _MADE and DEVICE_AFTER.match(after)):
        return
    if match["whole"].startswith(("San", "Santa")) and folded(match["whole"]) in listed("cities"):
        return
    if re.match(
        r"St\.?\s(?:Street|Elev|Segment|Depress|Change|And|Or|On|In)", match["whole"], re.IGNORECASE
    ):
        return
    if (
        "'" in match["whole"]
        or "\u2019" in match["whole"]
        or " " in match["whole"][len("Saint ") :]
        or re.search(r"\b(?:at|from|to|in|ED|ICU)\s(?:the\s)?$", note.before(match.start(), 10))
    ):
        yield Found(*match.span("whole"), "organization", STRONG)


def _named(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield what somebody is sent to or works for, where it is no ward and no drug."""
    start = match.start("whole")
    words = match["whole"].rstrip(".,").split()
    while (
        words
        and not _is_own(words[-1])
        and folded(words[-1]) not in _HALF_OWN
        and not re.search(HOSPITAL, words[-1])
    ):
        words.pop()
    if not words or (not _is_own(words[0]) and folded(words[0]) not in _HALF_OWN):
        return
    name = " ".join(words)
    key = folded(name)
    if (
        key in listed("countries")
        or (name.isupper() and len(name) <= 3)
        or folded(words[0]) in UNITS
    ):
        return
    if RULED.match(note.after(start + len(name), 24)) or note.clinical(start, start + len(name)):
        return
    yield Found(start, start + len(name), "organization", SOFT)
