"""Names that show by how they are composed, whatever lists hold of their words.

A particle between two words ("Imogen ap Rhys"), a nickname in quotation marks before a family name
('"Smokey" Delacroix'), a given name of two syllables with a hyphen behind the family name ("Park
Soon-ja"), a whole name in capitals after a label ("PATIENT: SVENSSON, PÄR").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.cues import DEVICE_AFTER
from medrag.privacy.evidence import STRONG, Found, Note, Word
from medrag.privacy.sieve import sifted
from medrag.privacy.vocabulary import is_formed_word, is_ordinary, is_rare, listed

_U = r"A-Z\u00c0-\u00de\u0100-\u024f\u1e00-\u1eff"
_CAP = rf"[{_U}][\w'\u2019-]{{1,40}}"
_SON_OF = (
    r"(?:ap|ab|ferch|verch|merch|mac|mhic|nic|n\u00ed|u\u00ed|ibn|bin|bint|binti|binte|bat|ben|wa|ole"
    r"|arap|af|ter)"
)
_PARTICLED = sifted(
    rf"(?<![\w-])(?P<first>{_CAP})(?:\s{_CAP})?(?:\s{_SON_OF}\s{_CAP}(?:\s[{_U}][a-z\u00df-\u024f][\w'\u2019-]{{0,40}})?){{1,3}}"
)
"""A name with what stands for "son of" or "of" in it; no English text writes it otherwise."""
_SONS = (
    "ap ab ferch verch merch mac mhic nic n\u00ed u\u00ed ibn bin bint binti binte bat ben wa ole"
    " arap af ter"
)
_BETWEEN = tuple(f" {particle} " for particle in _SONS.split())
_CLOSED = ('" ', "' ", "\u201d ", "\u2019 ")
"""What must stand in a text that is asked for a particle or a nickname: most hold neither."""
_NICKNAMED = sifted(
    rf"(?<![\w\"'\u2019-])[\"'\u201c\u2018](?P<nick>{_CAP}(?:\s{_CAP})?)[\"'\u201d\u2019]\s(?P<last>{_CAP})"
)
_SYLLABLE = (
    r"(?:[bcdghjklmnprstwxyz]|ch|sh|zh|kk|hs|ts|qi?|kw|gw|ky|gy|hy|my|ry)?i?"
    r"(?:ae?|eo?|eu|yeo|ou?|oo|u[aieo]?|i[aeou]?|ee|oe|ai|ao|ei|wa|ah|uh)(?:ng?|m|l|k|p|h|r|t)?"
)
_SYLLABLES = sifted(
    r"(?<![\w-])(?P<family>[A-Z][a-z]{1,8})\s(?P<given>[A-Z][a-z]{1,6}-[a-z]{1,6})(?![\w-])"
)
_TWO_SYLLABLES = re.compile(rf"(?P<one>{_SYLLABLE})-(?P<two>{_SYLLABLE})", re.IGNORECASE)
_NO_SYLLABLES = frozenset(
    {"op", "up", "on", "in", "out", "by", "to", "of", "or", "it", "at", "non"}
)
_LABEL = (
    r"(?:(?:[Pp]atient|PATIENT|[Pp]t|PT|[Cc]lient|CLIENT|[Rr]esident|RESIDENT)"
    r"(?:['\u2019]?s)?(?:\s(?:[Nn]ame|NAME))?|[Nn]ame|NAME|[Ff]ull\s[Nn]ame|NOK|[Rr]e|RE)"
)
_CAPS = rf"[{_U}][{_U}'\u2019-]{{1,40}}"
_IN_CAPITALS = sifted(
    rf"(?<![\w-]){_LABEL}\s?:?\s{{1,4}}(?P<whole>{_CAPS}(?:\s{_CAPS})?,\s?{_CAPS}(?:\s{_CAPS})?)(?![\w-])"
)
_STOPS = ("not_names", "departments", "clinical_words", "wards", "makers", "countries")


def find_composed(note: Note) -> Iterator[Found]:
    """Yield names with a particle, a nickname, two syllables, or in capitals after a label."""
    if not note.cased:
        yield from _labelled(note)
        return
    text = note.text
    between = any(particle in text for particle in _BETWEEN)
    for match in _PARTICLED.finditer(text) if between else ():
        words = note.words_in(*match.span())
        opening = words[0].ordinary and not (words[0].given or words[0].surname)
        opening = opening and note.opens_sentence(words[0].start) and words[0].key in _OPENERS
        start = words[1].start if opening else match.start()
        if not note.clinical(start, match.end()) and not _is_stop(words[-1]):
            yield Found(start, match.end(), "name", STRONG)
    for match in _NICKNAMED.finditer(text) if any(mark in text for mark in _CLOSED) else ():
        last = next(iter(note.words_in(*match.span("last"))), None)
        if last is not None and _is_family(note, last):
            yield Found(match.start("nick"), match.end(), "name", STRONG)
    for match in _SYLLABLES.finditer(text) if "-" in text else ():
        family = next(iter(note.words_in(*match.span("family"))), None)
        if family is not None and family.surname and _are_syllables(match["given"]):
            yield Found(*match.span(), "name", STRONG)
    yield from _labelled(note)


_OPENERS = frozenset({"is", "did", "does", "can", "has", "was", "and", "for", "with", "if", "when"})


def _labelled(note: Note) -> Iterator[Found]:
    """Yield "LAST, FIRST" in capitals after a label: no words of the language, or names too."""
    for match in _IN_CAPITALS.finditer(note.text) if "," in note.text else ():
        words = note.words_in(*match.span("whole"))
        known = [word.given or word.surname for word in words]
        plain = any(
            word.text.isascii() and ((word.ordinary and not name) or is_formed_word(word.key))
            for word, name in zip(words, known, strict=True)
        )
        if not (plain or any(map(_is_stop, words)) or note.clinical(*match.span("whole"))):
            yield Found(*match.span("whole"), "name", STRONG)


def _is_family(note: Note, word: Word) -> bool:
    """Return whether a word behind a nickname is a family name and no thing that is called so."""
    thing = word.eponym or word.acronym or DEVICE_AFTER.match(note.after(word.end, 24))
    plain = (word.ordinary or (is_rare(word.key) and not word.surname)) and "-" not in word.text
    return not (thing or plain or _is_stop(word) or note.clinical(word.start, word.end))


def _are_syllables(written: str) -> bool:
    """Return whether a given name is two syllables of Korean or Chinese: "Soon-ja", "Mei-ling"."""
    match = _TWO_SYLLABLES.fullmatch(written)
    if match is None or match["two"] in _NO_SYLLABLES or match["one"].lower() in _NO_SYLLABLES:
        return False
    return not (is_ordinary(written.lower()) or is_formed_word(written.lower()))


def _is_stop(word: Word) -> bool:
    return any(word.key in listed(name) for name in _STOPS) and not (word.given or word.surname)
