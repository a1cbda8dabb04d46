"""Words that no list knows and that stand as a name would: in a capital, within a sentence.

Where a text is about somebody, a capital word that is no ordinary word, no eponym, no clinical
name and no genus is more often a person or a town than anything else. What stands where a drug or
a device stands is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.clinical.matching import begins_name
from medrag.privacy import cues
from medrag.privacy.evidence import SOFT, STRONG, Found, Note, Word, is_foreign
from medrag.privacy.institution_forms import ACTS, RULED, SMALL_KINDS
from medrag.privacy.sieve import ending, sifted
from medrag.privacy.vocabulary import folded, is_rare, listed

_STOPS = ("not_names", "departments", "wards", "makers", "countries", "cities", "clinical_words")
_LATIN = re.compile(
    r"(?:ella|[^aeiou]ia|cocc\w{1,40}|bacter\w*|bacill\w{1,40}|monas|myces\w*|plasma|philus|phila|vir(?:us|idae)"
    r"|aceae|ales|ium|rix|odes|oides|ensis|illus|spora|cystis|zoon|stoma|ides|oxys|ase|ine"
    r"|ol|ix|yl|um|ide|ate|ane|one|ac|ax|ex|il|an\s?HCl)$"
)
"""Endings of genera, and of substances and brands more than of names."""
_PERSONAL_ENDING = re.compile(r"(?:[aeiou]in|kin|stein|mann?|aine|oine|cine|ssine|eline|oline)$")
_INNER_CAPITAL = re.compile(
    r"(?<!Mc)(?<!Mac)(?<!Fitz)(?<!De)(?<!Di)(?<!La)(?<!Le)(?<![-'\u2019])(?<=\w)[A-Z]"
)
_DOSED = re.compile(
    r"\s?(?:\d[\d.,/-]{0,20}\s?(?:mg|mcg|g|ml|units?|iu|%|mm)\b|\d{1,20}(?:[./]\d{1,20})?\b(?!\s?(?:y|mo|kg|F\b|M\b))"
    r"|tablets?|caps?|injection|cream|infusion|patch|inhaler|dose\b|dosing|therapy|treatment|vaccine"
    r"|level|trial\b|study\b|regimen|and\s[a-z]{1,40}(?:in|ol|ide|ine|one|ate)\b)",
    re.IGNORECASE,
)
_TAKEN = re.compile(
    r"(?:\b(?:tak(?:es?|ing|en)|took|g(?:iven?|iving|ave)|(?:re)?start(?:s|ed|ing)?|stop(?:s|ped|ping)?|add(?:s|ed|ing)?|us(?:es?|ed|ing)"
    r"|prescrib\w{1,40}|brand|drug|mg|mcg|ml|plus|vs\.?|versus|than"
    r"|(?:allerg\w{1,8}|intoleran\w{1,4}|react\w{1,4})\s(?:to|of)|(?:switch|chang|convert|mov)\w{1,6}\s(?:from|to)"
    r"|(?:\d{1,3}\s?[MF]|pt|patient|is|was|be|been|s?he['\u2019]?s|still|now|currently|already|stable|kept|maintained)\son"
    r"|(?:interact\w{0,4}|combin\w{1,4}|mix\w{0,2}|given)\swith|(?:instead|because)\sof|alternatives?\sto|same\s(?:day|time)\sas"
    r"|his|her|their|your|no|more|any|without|den(?:ied|ial)\sfor|(?:pa|approval|auth|script|rx|refills?)\sfor|home\swith|loaded\swith"
    r"|tried|failed|(?:out|stock|refills?|bottles?|box|boxes|packs?)\sof|serovar|serotype|strain|variant|genotype|lineage|contraindications?\s(?:to|of)|dose\sof|trial\sof|course\sof|cycles?\sof|responded\sto|respon[ds]\w{1,6}\sto"
    r"|positive|negative|pos|neg|raised|elevated|repeat|serial|abnormal|indeterminate|equivocal)|[+/=\d])\s?$",
    re.IGNORECASE,
)
"""What stands before a drug or a test, which no lexicon holds whole."""
_INSTITUTION_ACTS = re.compile(rf"\s{ACTS}")
_PLACE_BEFORE = ending(
    r"\b(?:(?:from|near|outside|at)|(?:lives?|living|works?|employed|based|born|clinic|hospital"
    r"|practice|staying|holiday|resident)\s(?:\w{1,40}\s)?(?:in|by|for|of)"
    r"|(?:sent|moved|transferred|flown|referred|discharged|travel\w*|trip)\s(?:[\w.]{1,40}\s){0,6}?to)\s$",
    re.IGNORECASE,
)
_ASKED_BEFORE = ending(r"\b(?:can|could|should|may|does|did|is|will|must|has)\s$", re.IGNORECASE)
_ACTS = re.compile(
    r"\s(?:stop|start|take|have|get|continue|restart|skip|eat|drink|drive|fly|go|come|need|safe|ok|on)\b",
    re.IGNORECASE,
)


def find_unlisted(note: Note) -> Iterator[Found]:
    """Yield unknown capital words that stand as a person's or a town's name does."""
    if not note.cased or is_foreign(note.text):
        return
    yield from _proper_pairs(note)
    for run in _runs(note):
        if _stands_as_name(note, run):
            place = is_place_before(note, run[0].start)
            sure = STRONG if _is_asked_about(note, run) else SOFT
            yield Found(run[0].start, run[-1].end, "place" if place else "name", sure)


def is_place_before(note: Note, start: int) -> bool:
    """Return whether the words before say that a place follows: "lives in", "sent to"."""
    return _PLACE_BEFORE.search(note.before(start, 60)) is not None


_PAIR = sifted(
    r"(?<![\w.'\u2019/-])[A-Z][a-z]{2,}(?:[ ](?:of[ ](?:the[ ])?)?[A-Z][a-z]{2,}){1,3}(?![\w-])"
)
_SMALL_KIND = re.compile(rf"\s{SMALL_KINDS}(?![\w-])")


def _proper_pairs(note: Note) -> Iterator[Found]:
    """Yield two capital words or more within a sentence, ordinary ones too: "Golden Years".

    English writes no pair of ordinary words so, but for a name and for what clinicians capitalise:
    a score, a device, a service, which lists and the word after them tell.
    """
    pairs = list(_PAIR.finditer(note.text))
    capitals = sum(word.capital for word in note.words) if pairs else 0
    if 3 * capitals > len(note.words) > 8:  # a title, a table, a form: capitals tell nothing
        return
    for match in pairs:
        words = note.words_in(*match.span())
        if note.opens_sentence(match.start()) and note.before(match.start(), 2)[-1:] != "(":
            continue
        known = any(word.eponym or _listed(word.key) for word in words)
        after = note.after(match.end(), 32)
        if known or note.clinical(*match.span()) or any(form(after) for form in _NO_NAME):
            continue
        kind = _SMALL_KIND.match(note.text, match.end())
        end = kind.end() if kind else match.end()
        yield Found(match.start(), end, "organization", SOFT)


def _is_asked_about(note: Note, run: Sequence[Word]) -> bool:
    """Return whether a question is about what an unknown word does: "Should Bronagh stop ...?"."""
    if run[-1].acronym:
        return True
    asked = _ASKED_BEFORE.search(note.before(run[0].start, 12)) is not None
    return asked and _ACTS.match(note.after(run[-1].end, 16)) is not None


def _runs(note: Note) -> Iterator[Sequence[Word]]:
    """Yield unknown words together with what goes on with them: a listed name, an initial."""
    run: list[Word] = []
    for word in note.words:
        between = note.text[run[-1].end : word.start] if run else ""
        joined = between == " " or (between == ". " and len(run[-1].text) < 3)
        if joined and (_is_unknown(note, word) or _goes_on(note, word)) and not run[-1].possessive:
            run.append(word)
            continue
        if run:
            yield run
        run = [word] if _is_unknown(note, word) else []
    if run:
        yield run


def _is_unknown(note: Note, word: Word) -> bool:
    if word.acronym and not (
        len(word.text) > 5 and word.text.isalpha() and cues.VERB_AFTER.match(note.after(word.end))
    ):
        return False
    if not word.capital or len(word.text) < 3 or word.ordinary or word.eponym:
        return False
    plain = word.text.replace("'", "").replace("\u2019", "").split("-")
    if not word.acronym and any(_INNER_CAPITAL.search(part) for part in plain):
        return False
    if _listed(word.key) or is_rare(word.key) or begins_name(word.key):
        return False
    latin = _LATIN.search(word.key) and not _PERSONAL_ENDING.search(word.key)
    after = note.after(word.end, 32)
    latin = latin and not (cues.VERB_AFTER.match(after) or cues.AGE_AFTER.match(after))
    return not latin and not note.clinical(word.start, word.end)


def _listed(key: str) -> bool:
    parts = key.split("-")
    return any(part in listed(name) for part in (key, *parts) for name in _STOPS) or bool(
        cues.TITLE.search(f"{folded(key)} ")
    )


def _goes_on(note: Note, word: Word) -> bool:
    if len(word.text) == 1:
        measured = re.match(r"\s?[:=<>]?\s?\d", note.after(word.end, 4))  # "Yass K 6.1"
        return word.capital and word.text not in {"I", "A"} and not measured
    return (word.given or word.surname) and word.capital


def _stands_as_name(note: Note, run: Sequence[Word]) -> bool:
    """Return whether a person or a town may stand where the run stands, and no drug or device."""
    first, last = run[0], run[-1]
    end = last.end + (2 if last.possessive else 0)
    after, before = note.after(end, 32), note.before(first.start, 60)
    if any(match(after) for match in _NO_NAME) or _MARKED.match(note.text, last.end):
        return False
    if cues.BRAND.search(note.around(first)):
        return False
    if len(run) == 1 and cues.ARTICLE.search(before) and not last.possessive:
        return False
    if _INSTITUTION_ACTS.match(after) and _THE.search(before):
        return True
    return len(run) > 1 or last.possessive or not _TAKEN.search(before)


_TREATS = re.compile(
    r"\s(?:(?:is|was|were)\s)?(?:(?:not|well|poorly|badly)\stolerated|contraindicated|monotherapy|(?:or|vs\.?)\splacebo"
    r"|(?:un|not\s)?available|(?:out\sof\sstock|ran\sout|runs\sout)|costs?|causes?|needs?\s(?:renal|dose|refrigerat\w{1,4}|monitoring|tapering|loading|titrat\w{1,4})|(?:not\s|un)?licen[sc]ed|rechallenge|toxicity|overdose|allergy|resistan\w{1,4}"
    r"|naive|induced|prophylaxis|failure|as\s(?:first|second|third)[\s-]line)\b",
    re.IGNORECASE,
)
"""What is said of a treatment and never of a person."""
_EPITHET = re.compile(r"\s[a-z]{4,}(?:ii|is|um|us|ae)\b")
_NO_NAME = (
    cues.DEVICE_AFTER.match,
    RULED.match,
    _DOSED.match,
    _EPITHET.match,
    _TREATS.match,
)
_MARKED = re.compile(r"[-*\u00ae\u2122]|/(?![A-Z][a-z])")
_THE = re.compile(r"(?:^|[.?!]\s|\b[Tt]he\s)$")
