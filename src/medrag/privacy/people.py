"""Names of persons: runs of words that could be a name, weighed by what stands around them.

No list holds every name, and half of the listed ones are words too ("Will", "Grace", "May"). So a
run of words is a name where evidence adds up: a title or a label alone is enough, a listed given
name alone is enough, an unlisted capital word needs a person's company ("'s potassium", "takes").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from medrag.privacy import cues
from medrag.privacy.evidence import SOFT, STRONG, Found, Note, Word, is_foreign
from medrag.privacy.name_forms import find_name_forms
from medrag.privacy.name_runs import Run, is_clinical, run_at
from medrag.privacy.sieve import ending
from medrag.privacy.vocabulary import is_eponym, is_rare, listed

_ENOUGH = 3
_DECIMAL = re.compile(
    r"\s?[:=]?\s?(?:\d{1,3}\.\d|(?:is\s)?(?:normal|levels?|low|high|pending|raised|elevated|in\srange)\b)"
)
_DOSE_AFTER = re.compile(
    r"\s?(?:\d[\d.,]{0,20}\s?(?:mg|mcg|g|ml|units?|iu|%)\b|tablets?|caps?|injection|cream|infusion|patch"
    r"|dose\b|dosing|therapy|trial\b|study\b|regimen)",
    re.IGNORECASE,
)


def find_people(note: Note) -> Iterator[Found]:
    """Yield the names of persons with their titles, and their parts wherever else they stand."""
    found = [_from_particle(note, item) for item in (*_runs_found(note), *find_name_forms(note))]
    yield from found
    yield from _again(note, found)


_PARTICLE = re.compile(
    r"(?<![\w-])(?:(?:VAN|VON|DEL|DELLA|DOS|DER|DEN|TER|BIN|IBN|Van|Von|Del|Della|Dos|Der|Den)\s){1,3}\Z"
    r"|(?<![\w-])(?:(?:van|von|de|del|della|di|du|da|dos|der|den|ter|ten|zu|bin|ibn|el|al|la|le)\s){1,3}\Z|(?<![\w-])\u00d3?O?\s\Z"
)
"""What belongs to a family name before it: "van Rijswijk", "O S\u00failleabh\u00e1in"."""


def _from_particle(note: Note, item: Found) -> Found:
    before = _PARTICLE.search(note.before(item.start, 16))
    if before is None or before[0].strip() == "" or not note.text[item.start].isupper():
        return item
    return replace(item, start=item.start - len(before[0]))


def _runs_found(note: Note) -> Iterator[Found]:
    index = 0
    while index < len(note.words):
        run = run_at(note, index)
        if run is None or _score(note, run) < _ENOUGH:
            index += 1
            continue
        start = run.start if run.before.start is None else run.before.start
        yield Found(start, run.end, "name", STRONG if _is_evident(note, run) else SOFT)
        index += len(run.words)


def _is_evident(note: Note, run: Run) -> bool:
    """Return whether the words alone show a name: a title, a listed name that is no other word."""
    listed_names = (
        word
        for word in run.words
        if (word.given or word.surname)
        and not (word.ordinary or word.eponym)
        and not (note.cased and word.acronym)
        and (word.capital or word.given or len(run.words) > 1)
    )
    return run.before.titled or (
        any(len(word.key) > 2 for word in listed_names) and not note.clinical(run.start, run.end)
    )


def _is_code(note: Note, run: Run) -> bool:
    """Return whether a lone word is a short acronym, "G-rich" with a letter, or "Li 1.3"."""
    word = run.words[0]
    decimal = _DECIMAL.match(note.text, run.end) is not None and len(word.text) < 4
    if decimal and run.before.score < 3:  # "Li 1.3"
        return True
    short = word.acronym and len(word.text) < 5 and run.before.score < 3
    return len(run.words) == 1 and (short or word.text[1:2] == "-")


def _score(note: Note, run: Run) -> int:
    named = any(word.given or word.surname or not word.ordinary for word in run.words)
    named = named or run.before.titled or _is_aged_person(note, run) or _is_kin(note, run)
    if _is_eponymous(note, run) or _is_code(note, run) or not named:
        return 0
    first, last = run.words[0], run.words[-1]
    sure = run.before.titled or (len(run.words) > 1 and first.given and last.surname)
    if first.ordinary and is_clinical(note, first) and not sure:
        return 0  # "Hepatitis B. Vaccinate", but "Honey Barker"
    score = run.before.score + _of_words(note, run) + _of_after(note, run)
    if len(run.words) > 1 and first.given and (not last.ordinary or last.surname or last.given):
        score += 1 if first.ordinary else 0
        score += 2 if last.surname or not last.ordinary else 0
    unknown = [w for w in run.words if w.capital and not w.ordinary and len(w.text) > 2]
    initial = any(len(w.text) == 1 for w in run.words[1:-1]) and last.capital
    initial = initial or (len(first.text) == 1 and len(run.words) > 1 and last.capital)
    return score + (1 if len(unknown) > 1 else 0) + (2 if initial and note.cased else 0)


def _is_aged_person(note: Note, run: Run) -> bool:
    """Return whether a word stands between a person's word and an age: "child Pip, 5 y"."""
    word = run.words[0]
    barred = any(
        word.key in listed(name) for name in ("not_names", "departments", "clinical_words")
    )
    personal = run.before.personal and run.before.score >= 2 and note.cased and word.capital
    aged = cues.AGED_AFTER.match(note.after(run.end)) is not None
    return len(run.words) == 1 and personal and aged and not (barred or word.acronym)


_KIN = ending(
    r"\b(?:(?:(?:step|half|foster)-?)?(?:mother|father|son|daughter|sister|brother)(?:-in-law)?"
    r"|wife|husband|mum|mom|dad|aunt|auntie|uncle|niece|nephew|cousin"
    r"|grand(?:mother|father|son|daughter|ma|pa|mum|dad|child)|partner|fianc[e\u00e9]e?"
    r"|girlfriend|boyfriend|spouse|carer|friend|neighbou?r|roommate|flatmate|housemate|twin)"
    r"(?:\s|,\s|:\s|\s\()[\"'\u201c]?$",
    re.IGNORECASE,
)
_KIN_NAMED = re.compile(r"['\u2019]?s?(?:,|\)|\s\(|\s[-\u2013/]\s|\.?$|[.;]\s)")


def _is_kin(note: Note, run: Run) -> bool:
    """Return whether one capital word names a relative, a word as well: "son Kelvin, (808) ..."."""
    word = run.words[0]
    if len(run.words) > 1 or not (note.cased and word.capital) or word.acronym:
        return False
    if _KIN.search(note.before(word.start, 28)) is None:
        return False
    after = note.after(word.end, 40)
    followed = (_KIN_NAMED, cues.VERB_AFTER, cues.PERSONAL_AFTER)
    barred = ("not_names", "departments", "clinical_words", "wards", "countries")
    return (
        any(form.match(after) for form in followed)
        and not is_clinical(note, word)
        and not any(word.key in listed(name) for name in barred)
        and not (word.ordinary and _STATE.fullmatch(word.key))
    )


_STATE = re.compile(
    r"\w{3,}ed|alive|dead|well|fit|healthy|unknown|pregnant|positive|negative|carrier"
)
"""What a relative is and not how one is called: "Father Deceased"."""


def _of_words(note: Note, run: Run) -> int:
    score = 0
    for place, word in enumerate(run.words):
        opens = place == 0 and note.opens_sentence(word.start)
        mid = word.capital and note.cased and not opens
        if word.given:
            score += _given_score(word, mid=mid)
            score += int(mid and word.ordinary and _stands_alone(note, run))
        elif word.surname:
            score += _surname_score(note, word) if not word.ordinary else int(mid)
            score += int(mid and word.ordinary and _stands_alone(note, run))
        elif (
            (mid or place == 0)
            and not word.ordinary
            and len(word.text) > 2
            and not is_clinical(note, word)
            and not (is_rare(word.key) and (opens or not word.capital))
        ):
            score += 1
        if not word.text.isascii() and word.capital and not word.ordinary:
            score += 1
    return score


def _stands_alone(note: Note, run: Run) -> bool:
    """Return whether one capital word stands among words in small letters: "K 5.9 in Hope"."""
    word = run.words[0]
    beside = note.before(word.start, 24).split()[-1:] + note.after(run.end, 24).split()[:1]
    capitals = any(other[:1].isupper() and other.isalpha() for other in beside)
    return len(run.words) == 1 and not capitals and word.key not in listed("seldom_names")


def _surname_score(note: Note, word: Word) -> int:
    """Return what a listed family name says; in small letters many are words of other languages."""
    typed = len(word.key) > 4 and not word.eponym and not is_foreign(note.text)
    return _ENOUGH if word.capital or typed else 1


def _given_score(word: Word, *, mid: bool) -> int:
    if word.ordinary:
        return 2 if mid else 1
    return 3 if word.capital or len(word.key) > 3 else 1


def _of_after(note: Note, run: Run) -> int:
    last = run.words[-1]
    end = _past_possessive(note, last)
    after = note.after(end, 40)
    score = 4 if cues.CREDENTIAL.match(after) else 0
    score += 3 if cues.AGE_AFTER.match(after) else 0
    score -= 4 if cues.DEVICE_AFTER.match(after) else 0
    score -= 3 if _DOSE_AFTER.match(after) else 0
    if any(form.match(after) for form in _SAID_OF_PERSONS) or _takes_drug(note, end):
        return score + 3
    if _BARE_NUMBER.match(after):  # "Lachlan 17, isotretinoin", but "Silverman 3"
        listed_name = any(word.given or (word.surname and len(run.words) > 1) for word in run.words)
        score += 2 if listed_name else -2
    score += 2 if _AND_NAME.match(after) and _names_follow(note, end) else 0
    subject = cues.VERB_AFTER.match(after) or cues.STATE_AFTER.match(after)
    owned = last.possessive and cues.OWNED_AFTER.match(after) is not None
    return score + (2 if last.possessive or subject else 0) + int(owned)


_SAID_OF_PERSONS = (cues.PERSONAL_AFTER, cues.PERSON_ONLY_AFTER)
_IS_ON = re.compile(
    r"\s(?:(?:is|was|has\sbeen|had\sbeen|stays|remains|went)\s(?:still\s|now\s|already\s|currently\s|only\s|just\s)?on|takes|took)\s"
    r"(?:a\s|his\s|her\s|their\s|some\s|oral\s|iv\s|\d[\d.,]*\s?\w{1,5}\s(?:of\s)?)?",
    re.IGNORECASE,
)


def _takes_drug(note: Note, end: int) -> bool:
    """Return whether what ends at `end` is said to be on a drug: "Price is on warfarin"."""
    on = _IS_ON.match(note.text, end)
    return on is not None and any(h.kind == "drug" for h in note.hits_in(on.end(), on.end() + 1))


_PER = ending(r"\bper\s$", re.IGNORECASE)
_FROM = ending(r"\b(?:from|in|to|of|via)\s$", re.IGNORECASE)
_EPONYM_AFTER = (cues.DEVICE_AFTER, cues.GRADE_AFTER, cues.CASE_AFTER)
_BARE_NUMBER = re.compile(
    r"\s(?:\d{1,2}|1[01]\d)(?=[\s,;.)]|$)(?!\s?(?:y|yo|yrs?|years?|mo|months?|weeks?|wks?|days?|F|M)\b)"
)
_AND_NAME = re.compile(r"\s(?:and|&)\s[A-Z]")


def _names_follow(note: Note, end: int) -> bool:
    """Return whether the word after "and" is a given name: "Precious and Innocent"."""
    following = [word for word in note.words_in(end + 1, end + 7) if word.capital]
    return any(word.given for word in following)


def _past_possessive(note: Note, word: Word) -> int:
    if not word.possessive:
        return word.end + (len(word.text) == 1 and note.text[word.end : word.end + 1] == ".")
    return word.end + (2 if note.text[word.end + 1 : word.end + 2].lower() == "s" else 1)


def _is_eponymous(note: Note, run: Run) -> bool:
    """Return whether the run is an eponym or a drug, and nothing before it says a person."""
    first = run.words[0]
    if run.before.titled:  # "Subject: Wilson's disease"
        after = note.after(_past_possessive(note, first), 40)
        labelled = run.before.start is None and first.eponym and first.possessive
        return labelled and cues.DEVICE_AFTER.match(after) is not None
    if len(run.words) > 1:
        key = " ".join(word.key for word in run.words)
        if is_eponym(key) or key in listed("countries"):
            return True
        aged = cues.AGED_AFTER.match(note.after(run.end)) or _AGE.match(note.text, run.end)
        named = run.words[0].given and (run.words[-1].surname or aged)
        return not named and all(word.eponym or is_clinical(note, word) for word in run.words)
    word = run.words[0]
    if _is_thing(note, word):
        return True
    if word.eponym:
        joined = "-" in word.text or word.possessive
        joined = joined or (word.ordinary and not _is_upright(note, word))
        after = note.after(_past_possessive(note, word), 40)
        told = _PER.search(note.before(word.start, 6)) is None  # "per Wells" names a rule
        listed_so = _AGED_BEFORE.search(note.before(word.start, 12)) is not None
        person = run.before.personal and run.before.score >= 2 and told and not listed_so
        end = _past_possessive(note, word)
        said = any(form.match(after) for form in _SAID_OF_PERSONS) or _takes_drug(note, end)
        apart = listed_so and after.startswith(",")  # "26F, Marfan, wants"
        person = (person or (said and not apart)) and not joined
        graded = any(form.match(after) for form in _EPONYM_AFTER) or _names_disease(note, end)
        return not person or graded
    return is_clinical(note, word) and not (word.given and run.before.score >= 2)


_AGED_BEFORE = ending(r"\d\s?(?:yo|y/o|y)?\s?[MF],\s$", re.IGNORECASE)
"""What a diagnosis follows as often as a name: "19F, Graves, propranolol"."""
_RACES = frozenset({"white", "black", "brown"})


def _is_upright(note: Note, word: Word) -> bool:
    """Return whether a word stands in a capital that no sentence gives it: "nurse Bishop gave"."""
    free = word.key not in _RACES and word.key not in listed("not_names")
    free = free and _AGED_BEFORE.search(note.before(word.start, 12)) is None
    return note.cased and word.capital and not word.acronym and free and word.surname


_WORKED_UP = re.compile(
    r"\s(?:\w{2,20}(?:itis|pathy|osis|iasis|a?emia|megaly|oma|algia|uria|colon|plegia|trophy)|mosaic(?:ism)?|karyotype|phenotype|carriers?|work-?up|screen\w{0,3}|vs\.?|versus|suspected|query|queried|flare|relapse|i\d|[a-z]\d)\b",
    re.IGNORECASE,
)


def _names_disease(note: Note, end: int) -> bool:
    """Return whether the words after an eponym make it a disease: "Chagas cardiomyopathy"."""
    if _WORKED_UP.match(note.text, end):
        return True
    return any(h.start == end + 1 and h.kind == "condition" for h in note.hits_in(end + 1, end + 2))


_AGE = re.compile(r",\s(?:\d{1,2}|1[01]\d),")
"""An age between commas: "Grace Parkinson, 45, needs"."""
_THE = ending(r"\bthe\s$", re.IGNORECASE)
_PERSONS = re.compile(
    r"\s(?:family|twins?|boys?|girls?|kids?|bab(?:y|ies)|brothers|sisters|lady)\b"
)
"""After a family's name with an article: "the Murphy twins", but "the Foley fell out"."""


def _is_thing(note: Note, word: Word) -> bool:
    """Return whether an article or "from" says that a word is an operation or a country."""
    before = note.before(word.start, 8)
    if cues.ARTICLE.search(before) and not word.possessive:
        return True
    if word.eponym and _THE.search(before) and not _PERSONS.match(note.text, word.end):
        return True
    return word.key in listed("countries") and _FROM.search(before) is not None


def _again(note: Note, found: Sequence[Found]) -> Iterator[Found]:
    """Yield the parts of found names where they stand alone."""
    named = [word for name in found for word in note.words_in(name.start, name.end)]
    parts = {
        word.key: word.ordinary or word.eponym
        for word in named
        if len(word.key) > 2
        and word.key not in cues.PARTICLES
        and word.key not in listed("not_names")
    }
    inside = {word.start for word in named}
    for word in note.words:
        ambiguous = parts.get(word.key)
        if ambiguous is None or word.start in inside:
            continue
        disease = word.eponym and word.possessive
        if not disease and (not ambiguous or _is_name_again(note, word)):
            yield Found(word.start, word.end, "name", SOFT)


_HAVING = ending(
    r"\b(?:have|has|had|having|with|of|for|no|not|known|active|severe|mild|like|diagnos\w{1,40}|treat\w*|exclud\w{1,40}|suspect\w*)\s$",
    re.IGNORECASE,
)


def _is_name_again(note: Note, word: Word) -> bool:
    """Return whether a word that is also ordinary is the name found elsewhere in the text."""
    if word.eponym and _HAVING.search(note.before(word.start, 16)):  # "Mrs Crohn has no Crohn"
        return False
    if not (note.cased and word.capital):
        return False
    after = note.after(_past_possessive(note, word))
    if cues.DEVICE_AFTER.match(after):
        return False
    return (
        not note.opens_sentence(word.start) or word.possessive or bool(cues.VERB_AFTER.match(after))
    )
