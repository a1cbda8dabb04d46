"""Ordinary words that only what they do shows to be names: "if Kit restarted", "ta shaz".

A capital within a sentence is a sign only where the sentence asks or tells what a person does; in
small letters only a greeting, a user's account or an initial shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.clinical.matching import begins_name
from medrag.privacy import cues
from medrag.privacy.evidence import SOFT, STRONG, Found, Note, Word
from medrag.privacy.sieve import sifted
from medrag.privacy.vocabulary import is_formed_word, is_rare, listed

_DOES = (
    r"(?:(?:still|also|just|ever|really|actually|now|only|already|safely|never)\s)?"
    r"(?:(?:re)?start(?:s|ed)?|stop(?:s|ped)?|tak(?:es?|ing)|took|finish(?:es|ed)?|complet(?:es?|ed)\s(?:his|her|the)|carr(?:y|ies|ied)\son|keep(?:s|ing)?|kept"
    r"|need(?:s|ed)?|skip(?:s|ped)?|miss(?:es|ed)|eat(?:s|ing)?|drink(?:s|ing)?|drive(?:s)?|fly|come(?:s)?|came|go(?:es)?\s(?:back|home|on|to|for|off)|went"
    r"|get(?:s)?|got|swallow(?:s|ed)?|vomit(?:s|ed)|rang|phoned|called|refuse[sd]?|agree[sd]|want(?:s|ed)?|switch(?:es|ed)?|tolerate[sd]?"
    r"|have\s(?:his|her|the|another|more|some|a)|use[sd]?\s(?:his|her|the)|wean(?:s|ed)?|taper(?:s|ed)?|hold|pick(?:s|ed)?\sup|sleep(?:s|ing)?|breastfeed(?:s|ing)?|fast(?:s|ing)?)"
)
_SUBJECT = sifted(
    r"\b(?i:should|does|did|can|could|will|would|if|whether|when|because|since|while|that|until|after|before|once|so|and|but)\s"
    rf"(?P<whole>[A-Z][a-z]{{2,14}})(?:\s[A-Z]\b)?(?=\s{_DOES}\b)"
)
"""A word in a capital of which is asked or told what persons do."""
_INITIALS = sifted(
    r"(?<![\w'-])(?P<whole>[A-Z\u00c0-\u00de]-[A-Z\u00c0-\u00de])(?=['\u2019]s\b|\s(?:rang|took|says?|said|phoned|texted|called|asks?|asked|wants?|wanted"
    r"|vomited|fell|refuse[sd]|weighs|lives|missed|stopped|started|came|went|thinks|feels|felt|swallowed|drank|fainted|needs|takes)\b)"
)
"""A first name by two initials: "J-P took", "A-M's mum"."""
_SMALL_THANKED = sifted(
    r"(?:^|[\n.!?]\s{0,4})(?:ta|thx|tnx|thanks|cheers|ty|sorry|ok|morning|evening|nice\sone|hiya|oi|yo|hey|hi)\s(?P<whole>[a-z]{3,12})(?=\s?[,!.\u2013-](?:\s|$)|\s?$)"
)
_USER = sifted(
    r"\b(?i:user(?:name|\sid)?|log(?:in|on|ged\s(?:in|on)(?:\s(?:as|by))?|ged\sby)|signed\s(?:in|on)\sas|account|entered\sby|scanned\sby|released\sby|verified\sby)"
    r"\s?[:=]?\s(?P<whole>[a-z][a-z0-9._-]{4,20})(?![\w@-])"
)
"""The account that somebody works by: "login tbergstrom"."""
_SMALL_INITIAL = sifted(
    r"(?:^|[\n;|]\s{0,4}|\b(?:pls|please|review|see|chase|ring|call|bleep|discharge|mrs?|ms|miss|dr|prof|re|for|from|by|with|about|ask|asked|tell|told|pt|patient|per|cc)[.:]?\s)"
    r"(?P<whole>(?:[a-z]\.\s?){1,3}(?P<last>[a-z][a-z'\u2019-]{3,20}))(?![\w.@-])"
)
"""Initials and a family name in small letters: "pls review b. oduya"."""
_SMALL_TITLED = sifted(
    r"(?<![\w.])(?P<whole>(?:mrs?|miss|prof|dr)\.?\s(?![ai]\b)[a-z])(?=['\u2019]s\b|\s(?:is|has|had|fell|says|said|wants|asks|asked|needs|called"
    r"|rang|was|refuses|vomited|thinks|takes|took|still)\b|\s?[?!]|\s?$)"
)
"""A title and one letter in small letters, as in chat: "mr t fell", but "mild mr w lvef 40"."""
_SMALL_OWNED = sifted(
    r"(?<![\w'\u2019-])(?<!\bthe\s)(?<!\ba\s)(?P<whole>[a-z]{3,12})(?=['\u2019]s\s(?:mum|mom|mam|dad|mother|father|wife|husband|partner|son|daughter|sister|brother"
    r"|aunt(?:ie)?|uncle|gran\w{0,6}|nan|carer|keyworker|gp|niece|nephew|cousin|neighbou?r|friend|boyfriend|girlfriend|twin|baby"
    r"|(?:(?:next|last|only|other|usual|new|old|repeat|morning|evening|night|daily|regular|own|latest|first|second)\s){0,2}(?:tablets?|meds|medicines?|inhalers?|injections?|jab|patch(?:es)?|script"
    r"|prescription|bloods?|dose|doses|inr|k|hb|potassium|creatinine|egfr|hba1c|a1c|level|levels|bp|sats|weight|chart|notes|ecg|scan|appointment|insulin|warfarin|pill|pills)\b))"
)
"""A given name in small letters with kin or a treatment: "will's mum", "jack's inr"."""
_SMALL_WEIGHED = sifted(
    r"(?:^|[\n.!?]\s{0,4})(?P<whole>[a-z]{3,12})(?=\sis\s\d{1,2}\s(?:days?|weeks?|wks?|months?|mo|years?|yrs?)(?:\sold)?(?:,|\sand)?\s(?:weighs\s)?\d{1,2}(?:\.\d{1,2})?\s?kg\b)"
)
"""What has an age and a weight is somebody: "abbey is 6 weeks old and 3.8 kg"."""
_NO_ONE_WORDS = (
    "she her his the this that who baby infant child boy girl newborn neonate toddler patient twin"
    " son daughter kid bairn client preterm prem preemie adolescent teenager teen male female"
    " sibling sister brother niece nephew cousin mum mom dad gran nan friend neighbour neighbor"
    " grandson granddaughter grandchild pupil student resident lady man woman lad lass dog cat"
    " puppy kitten"
)
_NO_ONE = frozenset(_NO_ONE_WORDS.split())
_SPECIES = re.compile(
    r"(?:coli|aureus|diff\w*|falciparum|vivax|pylori|pneumoniae|jejuni|tetani|botulinum|\w+(?:ii|ae|is|us|um|ans|ens|osa|ila|ria|ica|ium|oides|cola|bilis|alis|icus))$"
)
"""What follows the letter of a genus: "e. coli", "s. aureus"."""
_SEASONS = frozenset({"april", "may", "june", "august", "summer", "autumn", "winter", "sunday"})
_BARRED = ("not_names", "departments", "wards", "makers", "clinical_words", "countries")


def find_subjects(note: Note) -> Iterator[Found]:
    """Yield words that only their part in the sentence shows to be names."""
    yield from _capital_subjects(note)
    for match in (*_INITIALS.finditer(note.text), *_SMALL_TITLED.finditer(note.text)):
        yield Found(*match.span("whole"), "name", SOFT)
    yield from _in_small_letters(note)
    for match in _SMALL_THANKED.finditer(note.text):
        word = _word_at(note, match.start("whole"))
        if word is not None and not _is_known_word(note, word):
            yield Found(word.start, word.end, "name", STRONG)
    for match in _USER.finditer(note.text):
        words = note.words_in(*match.span("whole"))
        if words and not any(word.ordinary or _is_known_word(note, word) for word in words):
            yield Found(*match.span("whole"), "id", STRONG)
    for match in _SMALL_INITIAL.finditer(note.text):
        word = _word_at(note, match.start("last"))
        if word is None or _SPECIES.search(match["last"]) or word.eponym:
            continue
        if not _is_known_word(note, word) or word.surname:
            yield Found(*match.span("whole"), "name", STRONG if word.surname else SOFT)


def _in_small_letters(note: Note) -> Iterator[Found]:
    """Yield a given name with kin or a treatment of its own, any word with an age and a weight."""
    for pattern in (_SMALL_OWNED, _SMALL_WEIGHED):
        for match in pattern.finditer(note.text):
            word = _word_at(note, match.start("whole"))
            if word is None or word.key in _NO_ONE or note.clinical(word.start, word.end):
                continue
            given = word.given and word.key not in _SEASONS and word.key not in listed("not_names")
            if given or pattern is _SMALL_WEIGHED:
                yield Found(word.start, word.end, "name", STRONG)


def _capital_subjects(note: Note) -> Iterator[Found]:
    if not note.cased:
        return
    capitals = sum(word.capital for word in note.words)
    if 3 * capitals > len(note.words) > 8:  # a title or a form: capitals tell nothing
        return
    for match in _SUBJECT.finditer(note.text):
        word = _word_at(note, match.start("whole"))
        if word is None or not (word.ordinary or is_rare(word.key)) or word.eponym or word.acronym:
            continue
        barred = any(word.key in listed(name) for name in _BARRED) or is_formed_word(word.key)
        if not barred and not note.clinical(word.start, word.end):
            yield Found(word.start, word.end, "name", SOFT)


def _word_at(note: Note, start: int) -> Word | None:
    return next(iter(note.words_in(start, start + 1)), None)


def _is_known_word(note: Note, word: Word) -> bool:
    """Return whether a word in small letters is one of the language, or of clinical writing."""
    return (
        word.ordinary
        or is_rare(word.key)
        or is_formed_word(word.key)
        or begins_name(word.key)
        or any(word.key in listed(name) for name in _BARRED)
        or cues.TITLE.search(f"{word.key} ") is not None
        or note.clinical(word.start, word.end)
    )
