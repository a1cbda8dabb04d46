"""Names that their position shows, in small letters too: a greeting, an introduction, a header.

"hi doc ama,", "this is jo ann from", "lee 25m", "pt earl prince, 88 y/o": half of these are words
as well, so what stands before and behind must both be a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.clinical.matching import begins_name
from medrag.privacy import cues
from medrag.privacy.evidence import SOFT, STRONG, Found, Note, Word
from medrag.privacy.sieve import sifted
from medrag.privacy.vocabulary import is_rare, listed

_W = r"[^\W\d_][\w'\u2019-]{0,40}"
_NAMES = rf"(?P<whole>{_W}(?:\s{_W}){{0,2}}?)"
_SEX_AGE = (
    r"(?:\d{1,3}\s?(?:yo|y/o|y\.o\.?|yrs?|y)?\s?[MFmf]\b|[MFmf]\s?/?\s?\d{2,3}\b|\d{1,3}\s?(?:yo\b|y/o|yrs?\b"
    r"|y\b|years?\b|year[\s-]old|months?\b|mo\b))"
)
_GREETED = sifted(
    r"(?:^|[\n.!?]\s{0,8})(?:hi+|hello|hey+|hiya|dear|morning|evening|afternoon|ok|thanks|thank\syou|thx|cheers|ta)\s"
    r"(?:(?:again|there|doc|docs|doctor|dr|nurse|sister|team|boss|prof|pharm|colleague)\s)?"
    rf"{_NAMES}\s?(?=[,!;\u2013-]|\.\s|\n|$)",
    re.IGNORECASE,
)
_SPEAKING = sifted(
    rf"\b(?:this\sis|it['\u2019]?s|it\sis|i['\u2019]?m|i\sam|my\sname\sis|name['\u2019]?s)\s(?:just\s|only\s|me\s)?{_NAMES}"
    r"(?=,?\s(?:from|again|here|calling|speaking|the\s(?:\w{1,40}\s){0,2}?(?:nurse|pharmacist|doctor|reg|registrar|intern|rn|sho"
    r"|midwife|physio|paramedic|resident|fellow|carer|daughter|son|mum|mom|wife|husband|receptionist)|(?:an?|her|his|their|my|\w{1,40}[\u2019'']s)\s(?:\w{1,40}\s)?(?:carer|nurse|mum|mom|wife|husband|son|daughter|sister)|carer|over\s(?:at|in|on)"
    r"|down\sin|up\s(?:on|in)|your|ur|one\sof)\b|\s(?:rn|np|pa|rph|pharmd|md|sho|gp)\b)",
    re.IGNORECASE,
)
_HERE = sifted(
    rf"(?:^|[\n.!?]\s{{0,8}}){_NAMES}\s(?:here|again|speaking)\b(?=[,.;:!]|\s(?:from|with|about|re|the|icu|ed|on)\b)",
    re.IGNORECASE,
)
_HEADER = sifted(
    rf"(?:^|[\n;|\u2022]\s{{0,8}}|[.!?]\s)(?:\d{{1,2}}[.)]\s)?(?:(?:q|qn|question|query|re|ref|regarding|about|new|next)\s?[:,]?\s)?{_NAMES}"
    rf",?\s\(?{_SEX_AGE}",
    re.IGNORECASE,
)
"""What begins a line and stands before an age with a sex: "lee 25m", "okoro, 62 yo"."""
_PATIENT = sifted(
    rf"\b(?:pts?|patient|client|resident|baby|nephew|niece|neighbou?r|friend|roommate|colleague|twin|cousin|uncle|aunt"
    rf"|sister|brother|son|daughter|mum|mom|dad|wife|husband|partner|about|re)[:,]?\s{_NAMES}"
    rf"(?=,?\s\(?{_SEX_AGE}|,\s\(?\d{{1,3}}\s?[,;)])",
    re.IGNORECASE,
)
_PATIENT_PAIR = sifted(
    rf"\b(?:pt|patient|client|resident|re|for|about|with|from)[:,]?\s(?P<whole>{_W}\s{_W})(?![\w-])",
    re.IGNORECASE,
)
_FAMILY_INITIAL = sifted(
    r"(?:^|\n|\b(?:[Pp]t|PT|[Pp]atient|PATIENT|[Rr]e|RE|[Nn]ame)[:\s]\s?)"
    r"(?P<whole>(?P<last>[A-Z][A-Z'\u2019-]{3,}|[A-Z][a-z][\w'\u2019-]{2,})(?:/|,?\s)[A-Z]\.?(?:\s?[A-Z]\b\.?)?)(?=[\s,;:)]|$)(?!\s?[=:<>\d])"
)
"""A family name with initials, as records print it: "pt WHITLOW J", "Lindquist A M"."""
_MONTHS = frozenset({"april", "may", "june", "august", "jan", "summer", "autumn", "dawn", "noon"})
_CALLED = sifted(
    r"\b(?:[Ss]ur|[Ff]ore|(?:[Ff]amily|[Ff]irst|[Ll]ast|[Gg]iven|[Mm]iddle|[Mm]aiden|[Cc]hristian)\s)"
    r"names?(?:\sis|\swas|\s?[:=])?\s(?P<whole>[^\W\d_][\w'\u2019-]{1,40})"
)
"""A word called a name is one, whatever else it means: "surname quick"."""
_NOT_CALLED_WORDS = (
    "and or is was of on in to the only not no unknown same different changed spelled spelt missing"
    " withheld given basis field first last please for with as at from but if has she he they"
)
_NOT_CALLED = frozenset(_NOT_CALLED_WORDS.split())
_INITIALS_OF = sifted(
    r"\b[Ii]nitials?\s?(?:are\s|is\s|[:=]\s?)?(?P<whole>[A-Z](?:[.\s-]{0,2}[A-Z]){1,3})\b\.?"
)


_CAPITALS = sifted(
    r"(?:^|[\n:;|]\s{0,4}|\s[-\u2013]\s|\b(?:[Ff]or|FOR|[Rr]e|RE|[Pp]t|PT|[Pp]atient|PATIENT|[Oo]f|OF)\s)"
    r"(?P<whole>[A-Z][A-Z'\u2019-]{2,}(?:\s[A-Z][A-Z'\u2019-]{2,}){1,3})(?=\s?(?:[,:;(\n|]|$)|\s(?:[-\u2013]\s|\d|[a-z]))"
)
"""A whole name in capitals in a text that is not: "Med list for THELONIOUS GRANT"."""


def find_introduced(note: Note) -> Iterator[Found]:
    """Yield names in greetings, introductions and before an age with a sex."""
    yield from _called(note)
    yield from _in_capitals(note)
    for pattern in (_GREETED, _SPEAKING, _HERE):
        for match in pattern.finditer(note.text):
            words = note.words_in(*match.span("whole"))
            if _are_names(note, words) and not (_MONTHS & {word.key for word in words}):
                yield Found(*match.span("whole"), "name", STRONG)
    for pattern in (_HEADER, _PATIENT):
        for match in pattern.finditer(note.text):
            words = note.words_in(*match.span("whole"))
            if _are_names(note, words, single=False) or _is_pair(note, words):
                yield Found(*match.span("whole"), "name", STRONG)
    yield from _families(note)
    for match in _PATIENT_PAIR.finditer(note.text):
        words = note.words_in(*match.span("whole"))
        if _is_pair(note, words) and words[0].key not in listed("seldom_names"):
            yield Found(*match.span("whole"), "name", SOFT)


def _in_capitals(note: Note) -> Iterator[Found]:
    """Yield a whole name in capitals where the rest of the text has small letters."""
    for match in _CAPITALS.finditer(note.text) if note.cased else ():
        words = note.words_in(*match.span("whole"))
        own = all(word.given or word.surname or not word.ordinary for word in words)
        known = any(word.given or word.surname for word in words)
        if own and known and not any(_is_barred(note, word, family=True) for word in words):
            yield Found(*match.span("whole"), "name", SOFT)


def _called(note: Note) -> Iterator[Found]:
    """Yield what is called a name, or the initials of one."""
    for match in _CALLED.finditer(note.text):
        if match["whole"].lower() not in _NOT_CALLED:
            yield Found(*match.span("whole"), "name", STRONG)
    for match in _INITIALS_OF.finditer(note.text):
        yield Found(*match.span("whole"), "name", STRONG)


def _families(note: Note) -> Iterator[Found]:
    """Yield a family name with initials behind it where a record or a line begins."""
    for match in _FAMILY_INITIAL.finditer(note.text):
        word = next(iter(note.words_in(match.start("last"), match.end("last"))), None)
        own = word and (word.surname or not (word.ordinary or is_rare(word.key)))
        if word and own and not word.eponym and not note.clinical(*match.span("whole")):
            yield Found(*match.span("whole"), "name", SOFT)


def _are_names(note: Note, words: Sequence[Word], *, single: bool = True) -> bool:
    """Return whether each word can be a name and the first is one; `single`: a word as well."""
    long = [word for word in words if not _is_initial(word)]
    if not long or any(_is_barred(note, word) for word in long):
        return False
    first, words = long[0], long
    if first.ordinary and not (single and first.given):
        family = first.surname and first.key not in listed("not_family") and len(words) == 1
        if not (family or (first.surname and first.capital and note.cased)):
            return False
    return all(_is_name(word) for word in words)


def _is_initial(word: Word) -> bool:
    return len(word.text) == 1 and word.capital and word.text not in {"A", "I"}


def _is_name(word: Word) -> bool:
    if word.given or word.surname:
        return True
    return len(word.text) > 4 and not (word.ordinary or is_rare(word.key) or begins_name(word.key))


def _is_pair(note: Note, words: Sequence[Word]) -> bool:
    """Return whether a given and a family name stand together, words as well: "pearl king"."""
    return (
        len(words) == 2
        and words[0].given
        and (words[1].surname or words[1].given)
        and not _is_barred(note, words[0])
        and not _is_barred(note, words[1], family=True)
        and words[1].key not in listed("not_family")
    )


def _is_barred(note: Note, word: Word, *, family: bool = False) -> bool:
    """Return whether a word is no name here; `family`: it may be an eponym, after a given name."""
    names = ("departments", "clinical_words", "wards", "makers")
    listed_word = any(word.key in listed(name) for name in names) and not word.given
    short = word.acronym and len(word.text) < 5 and note.cased
    return (
        listed_word
        or short
        or (word.eponym and not (word.given or family))
        or word.key in listed("not_names")
        or note.clinical(word.start, word.end)
        or len(word.text) < 2
        or cues.TITLE.search(f"{word.key} ") is not None
    )
