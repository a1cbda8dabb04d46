"""What goes on with a find: the kind of an institution behind a name, a role before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from medrag.privacy.cues import ROLE_WORDS, TITLED
from medrag.privacy.evidence import CERTAIN, Found, Note, covering
from medrag.privacy.institution_forms import CAP
from medrag.privacy.name_forms import NOT_INITIALS
from medrag.privacy.sieve import ending
from medrag.privacy.values import Kind
from medrag.privacy.vocabulary import is_rare, listed

_NEXT = re.compile(rf"\s(?P<word>{CAP})(?![\w-])")
_KINDS = frozenset(
    [
        "carers",
        "comprehensive",
        "community",
        "fertility",
        "yoi",
        "utc",
        "women",
        "womens",
        "childrens",
        "centre",
        "center",
        "department",
        "dept",
        "clinic",
        "unit",
        "ward",
        "wing",
        "suite",
        "site",
        "campus",
        "team",
        "outpatients",
    ]
)
"""Words that are a part of an institution's name behind what is its own, beside departments."""
_SPECIALTY = re.compile(r"(?:scopy|ology|ography|iatry|iatrics|etrics|therapy|ometry|edics)$")
_SORT = (
    r"(?:day|walk-?in|drop-?in|out-?of-?hours|nursing|care|residential|rest|retirement|funeral|health|medical|dental|primary|secondary|cottage"
    r"|high|special|community|treatment|birth|urgent|leisure|sports|police|fire|bus|railway|train|ambulance|riding|equestrian|driving|language|boarding|infant|junior"
    r"|refugee|reception|detention|removal|immigration|asylum|homeless|youth|student|women['\u2019]?s|men['\u2019]?s|golf|rugby|football|cricket|bowls|bowling"
    r"|rowing|sailing|swimming|tennis|netball|hockey|boxing|judo|running|athletics|masters|social|working\smen['\u2019]?s|garden|shopping|paper|biscuit|steel"
    r"|saw|cotton|wool|textile|cement|chemical|power|car|chocolate|cheese|brick|glass|shoe|furniture|packaging|meat|poultry|fish|food|bottling|recycling"
    r"|packing|sorting|distribution|fulfilment|call|parish|village|prayer|concert|rehab|dialysis|renal|crisis|sixth\sform|summer|scout|army|air\sforce)"
)
_SMALL_KIND = re.compile(
    rf"(?:\s{_SORT}){{0,2}}"
    r"\s(?:clinic|surgery|practice|pharmacy|hospital|hosp|hospice|home|centre|center|school|nursery|college|academy|ward|unit|wing"
    r"|church|chapel|mosque|temple|synagogue|gurdwara|prison|jail|hostel|shelter|station|depot|bakery|factory|plant|mills?|foundry|quarry|mine|brewery"
    r"|warehouse|farm|stables|garage|hotel|gym|club|hall|residential|labs?|kindergarten|creche|playgroup|abattoir|shipyard|refinery|steelworks|dockyard|docks|barracks|camp|lifeboat|coastguard)"
    r"(?![\w-])"
)
"""A kind in small letters behind an institution's name: "Ty Gwyn residential"."""
_PLACED = ending(r"\b(?:(?:at|from|in|for|with|of|to|by)\s(?:the\s)?|the\s)$")
_OWNED = re.compile(r"['\u2019]s?(?![\w])")
_VALUED = re.compile(r"\s?[:=<>]?\s?\d")
_ROLE = re.compile(rf"(?<![\w-])(?:{ROLE_WORDS})\s$", re.IGNORECASE)
_FAMILY_BEFORE = ending(r"(?:^|\n|[:;|]\s)(?P<last>[A-Z][A-Za-z'\u2019-]{1,20}),\s$")
"""A family name that is a word too, before a given name: "Kim, Soo-ah"."""
_FILIAL = re.compile(
    r"\s(?:bin|binti|binte|bte|bt|ibn|bint|a/l|a/p|anak)\s(?P<word>[^\W\d_][\w'\u2019-]{2,30})",
    re.IGNORECASE,
)
"""Whose son or daughter somebody is: "mohamad shafiq bin rosli"."""
_PART_OF_TOWN = ending(
    r"(?<![\w-])(?:Upper|Lower|Great|Little|Nether|Higher|Middle|Market|Much|Chipping|Port|Fort|Lake|Cape)\s$"
)
"""A word before a town's own: "Upper Slaughter"."""
_COUPLE = ending(
    r"(?<![\w-])(?:Mrs?|Ms|Miss|Drs?|Prof|Sir|Mx)\.?\s(?:and|&)\s(?:(?:Mrs?|Ms|Miss|Drs?|Prof|Lady|Mx)\.?\s)?$",
    re.IGNORECASE,
)
"""The title of the other of a couple: "Mr. & Mrs. Achterberg"."""
_INITIALS_BEFORE = ending(r"(?:^|(?<=[\s(,;:/]))(?P<letters>[A-Z]{1,2}|[A-Z]\.[\s-]?[A-Z]\.?)\s$")
_INITIAL_AFTER = re.compile(r"\s(?P<letters>[A-HJ-NP-SU-Z]{1,2})(?=\s[a-z]{2}|[,;:.)?]|$)(?!\s?\d)")
_WORD_BEFORE = ending(rf"(?<![\w'\u2019.-])(?P<word>{CAP})\s$")
_BARRED = ("not_names", "departments", "wards", "clinical_words", "countries", "makers")
_DOOR = re.compile(
    r"(?<![\w-])(?:Flat|Apt\.?|Apartment|Unit|Room|Suite|Block|Plot|Lot|Floor|Level|Villa|Tower|Berth|Pitch|Caravan|Shop|House|Cell"
    r"|No\.?)\s(?:no\.?\s)?#?[A-Z]?\d{1,4}[A-Za-z]?(?:[-/]\d{1,4})?,?\s$",
    re.IGNORECASE,
)
"""The number of a door before a place: "Unit 4b Harbour View"."""
_LOOSE = frozenset({"name", "place", "organization"})


def find_grown(note: Note, found: Iterable[Found]) -> Iterator[Found]:
    """Yield loose finds with what belongs to them: "Tarn Valley" with "Endoscopy", a role."""
    for item in found:
        if item.kind not in _LOOSE or item.certainty >= CERTAIN:
            continue
        start = _start(note, item)
        kind, end = _grown_end(note, item)
        if (start, end) != (item.start, item.end):
            yield replace(item, start=start, end=end, kind=kind)


def _start(note: Note, item: Found) -> int:
    """Return where a find begins with initials, an unlisted word, a role or a door before it."""
    start = item.start
    if note.cased and note.text[start].isupper():
        start = _with_initials(note, start) if item.kind == "name" else start
        titled = TITLED.match(note.text, item.start) if item.kind == "name" else None
        start = start if titled else _with_word(note, start)
    before = _ROLE if item.kind == "name" else _DOOR
    more = before.search(note.before(start, 24))
    if more is not None:
        return start - len(more[0])
    family = _FAMILY_BEFORE.search(note.before(start, 24)) if item.kind == "name" else None
    if family is not None:
        word = next(iter(note.words_in(start - len(family["last"]) - 2, start)), None)
        if (
            word is not None
            and word.surname
            and not word.eponym
            and not any(word.key in listed(n) for n in _BARRED)
        ):
            return word.start
    part = _PART_OF_TOWN.search(note.before(start, 12)) if item.kind == "place" else None
    if part is not None:
        return start - len(part[0])
    couple = _COUPLE.search(note.before(start, 16)) if item.kind == "name" else None
    return start if couple is None else start - len(couple[0])


def _with_initials(note: Note, start: int) -> int:
    initials = _INITIALS_BEFORE.search(note.before(start, 6))
    if initials is None:
        return start
    letters = re.sub(r"[^A-Z]", "", initials["letters"])
    first = start - len(initials[0])
    free = letters not in NOT_INITIALS and letters not in {"A", "I"}
    return first if free and not note.clinical(first, start) else start


def _with_word(note: Note, start: int) -> int:
    """Return where a word begins that no list holds and that stands in a capital before a find."""
    before = _WORD_BEFORE.search(note.before(start, 42))
    words = note.words_in(start - len(before[0]), start) if before else ()
    if len(words) != 1:
        return start
    (word,) = words
    listed_word = word.ordinary or word.eponym or word.acronym or is_rare(word.key)
    barred = listed_word or any(word.key in listed(name) for name in _BARRED)
    barred = barred or covering(note.eponyms, word.start, word.end)
    return start if barred or note.clinical(word.start, word.end) else word.start


def _grown_end(note: Note, item: Found) -> tuple[Kind, int]:
    """Return the kind and the end of a find with the words for an institution that follow it."""
    text, end = note.text, item.end
    filial = _FILIAL.match(text, end) if item.kind == "name" else None
    if filial is not None and not note.clinical(*filial.span("word")):
        return item.kind, filial.end()
    if not text[item.start].isupper():
        small = _SMALL_KIND.match(text, end) if item.kind != "name" else None
        return ("organization", small.end()) if small else (item.kind, end)
    initial = _INITIAL_AFTER.match(text, end) if item.kind == "name" and note.cased else None
    free = initial is not None and initial["letters"] not in NOT_INITIALS
    if initial is not None and free and not note.clinical(*initial.span("letters")):
        return item.kind, initial.end()
    owned = _OWNED.match(text, end) if item.kind == "organization" else None
    end = owned.end() if owned else end
    while (after := _NEXT.match(text, end)) is not None:
        key = re.sub(r"['\u2019]s$", "", after["word"].lower())
        part = key in _KINDS or key in listed("departments") or _SPECIALTY.search(key)
        letters = after["word"].isupper() and key not in _KINDS
        if not part or letters or _VALUED.match(text, after.end()):
            break
        end = after.end()
    placed = item.kind != "name" or _PLACED.search(note.before(item.start, 12)) is not None
    small = _SMALL_KIND.match(text, end) if placed else None
    end = small.end() if small else end
    return ("organization" if end > item.end else item.kind), end
