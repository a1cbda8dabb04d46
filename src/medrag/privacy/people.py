"""Names of persons: runs of words that could be a name, weighed by what stands around them.

No list holds every name, and half of the listed ones are words too ("Will", "Grace", "May"). So a
run of words is a name where evidence adds up: a title or a label alone is enough, a listed given
name alone is enough, an unlisted capital word needs a person's company ("'s potassium", "takes").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medrag.privacy import cues
from medrag.privacy.evidence import SOFT, STRONG, Found, Note, Word
from medrag.privacy.name_forms import find_name_forms
from medrag.privacy.vocabulary import is_eponym, listed

_ENOUGH = 3
_LONGEST = 5
_AMBIGUOUS_TITLES = frozenset(
    [
        "MS",
        "MR",
        "DR",
        "FR",
        "ms",
        "fr",
        "mr",
        "Fr",
        "sr",
        "lt",
        "Lt",
        "hr",
        "Hr",
        "pan",
        "sig",
        "maj",
        "col",
        "HR",
    ]
)
"""Titles that are abbreviations too: mitral regurgitation, milliseconds, French gauge."""
_ABBREVIATED = frozenset(["st", "jr", "wm", "chas", "geo", "thos"])
_DOSE_AFTER = re.compile(
    r"\s?(?:\d[\d.,]*\s?(?:mg|mcg|g|ml|units?|iu|%)\b|tablets?|caps?|injection|cream|infusion|patch"
    r"|dose|dosing|therapy|trial\b|study\b|regimen)",
    re.IGNORECASE,
)


_STATE_BEFORE = re.compile(
    r"\b(?:New|North|South|West|San|Santa|Los|Las|Fort|Saint|Puerto|Costa|Sierra)\s$"
)
"""What makes the next word a part of the name of a state or a city."""
_IN_TOKEN = re.compile(r"\d$|[\w]-$")
"""The word is the end of a code: "79F", "CHA2DS2-VASc"."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What stands before a word.

    Attributes:
        score: Evidence for a name; negative before drugs and things.
        titled: A title, a label or a signature: any word can be a name.
        start: Where a title begins, to be replaced with the name; None without a title.
    """

    score: int
    titled: bool = False
    start: int | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    """Words that stand together and could be one name."""

    words: tuple[Word, ...]
    before: _Before

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end


def find_people(note: Note) -> Iterator[Found]:
    """Yield the names of persons with their titles, and their parts wherever else they stand."""
    found = [*_runs_found(note), *find_name_forms(note)]
    yield from found
    yield from _again(note, found)


def _runs_found(note: Note) -> Iterator[Found]:
    index = 0
    while index < len(note.words):
        run = _run_at(note, index)
        if run is None or _score(note, run) < _ENOUGH:
            index += 1
            continue
        start = run.start if run.before.start is None else run.before.start
        yield Found(start, run.end, "name", STRONG if _is_evident(note, run) else SOFT)
        index += len(run.words)


def _is_evident(note: Note, run: _Run) -> bool:
    """Return whether the words alone show a name: a title, a listed name that is no other word."""
    listed_names = (w for w in run.words if (w.given or w.surname) and not (w.ordinary or w.eponym))
    return run.before.titled or (
        any(len(word.key) > 2 for word in listed_names) and not note.clinical(run.start, run.end)
    )


def _run_at(note: Note, index: int) -> _Run | None:
    """Return the longest run that starts at a word; None where it cannot start a name."""
    first = note.words[index]
    known = first.given or first.surname
    if _STATE_BEFORE.search(note.before(first.start, 6)):
        return None
    if _IN_TOKEN.search(note.before(first.start, 3)) or cues.BRAND.search(note.around(first)):
        return None
    if first.ordinary and not known and not (first.capital and note.cased):
        return None
    barred = first.key in listed("not_names") and len(first.text) > 1
    if barred and not (first.surname and first.capital):
        return None
    before = _before(note, first)
    if not _can_start(note, first, before):
        return None
    words = [first]
    for word in note.words[index + 1 : index + 1 + _LONGEST]:
        gap = note.text[words[-1].end : word.start]
        if (
            words[-1].possessive
            or not _joined(gap, words[-1])
            or not _follows(note, words, word, before)
        ):
            break
        words.append(word)
    while len(words) > 1 and (words[-1].text in cues.PARTICLES or _is_loose(words[-1])):
        words.pop()
    return None if words[-1].text in cues.PARTICLES else _Run(tuple(words), before)


def _is_loose(word: Word) -> bool:
    """Return whether a last word is no part of a name: an acronym, a word of its own."""
    known = word.surname or word.given or word.key in cues.SUFFIXES
    return word.acronym and len(word.text) <= 4 and not known


def _joined(gap: str, before: Word) -> bool:
    if gap.strip(" '\u2019\t\u00a0") == "":
        return "\n" not in gap and len(gap) <= 2
    return gap.strip() == "." and (len(before.text) == 1 or before.key in _ABBREVIATED)


def _looks_like_name(note: Note, word: Word) -> bool:
    """Return whether the word's form lets it be a name without any title."""
    if len(word.text) == 1 or (word.key in listed("not_names") and word.text.isascii()):
        return False
    known = word.given or word.surname
    if note.cased and word.acronym:
        shortest = min(map(len, word.text.split("-")))
        return known and not word.ordinary and shortest > 3
    if note.cased and word.capital:
        return True
    if not (known and len(word.key) > 2):
        return False
    return not word.ordinary or _opens_family(note, word)


def _opens_family(note: Note, word: Word) -> bool:
    """Return whether a given name that is a word too stands before a family name."""
    if not word.given or word.key in listed("not_family"):
        return False
    following = [other for other in note.words if other.start == word.end + 1]
    return any(other.surname and not other.ordinary for other in following)


def _can_start(note: Note, word: Word, before: _Before) -> bool:
    if before.titled:
        if word.key in listed("not_names") or len(word.text) == 1:
            return word.capital and note.cased and (word.surname or len(word.text) == 1)
        if word.text in cues.PARTICLES or (note.cased and word.capital):
            return True
        return not word.ordinary or word.surname or word.given
    if len(word.text) == 1:
        return note.cased and word.capital and note.text[word.end : word.end + 2] == ". "
    return _looks_like_name(note, word)


def _is_ordinary_name(note: Note, words: Sequence[Word], word: Word, before: _Before) -> bool:
    """Return whether an ordinary capital word ends a name: "Penny Reading", "Dr Tan Boon"."""
    named = before.titled or (before.score >= 2 and words[0].given)
    other = any(word.key in listed(name) for name in ("departments", "clinical_words", "wards"))
    return named and len(words) < 3 and not other and not _clinical(note, word)


def _follows(note: Note, words: Sequence[Word], word: Word, before: _Before) -> bool:
    """Return whether a word goes on with the name that `words` begin."""
    if word.text.lower() in cues.PARTICLES or word.key in cues.SUFFIXES:
        return True
    if len(word.text) == 1:
        sexed = word.text in {"F", "M"} and re.match(r"\s?\d", note.after(word.end, 2))
        return word.capital and note.cased and word.text != "I" and not sexed
    if word.key in listed("not_names") and word.text.isascii():
        return False
    known = word.surname or word.given
    if note.cased and word.capital:
        return _goes_on_in_capitals(note, words, word, before)
    apart = note.cased and words[-1].capital and (word.ordinary or not known)
    return not apart and _goes_on_in_lower_case(note, words, word)


def _goes_on_in_capitals(note: Note, words: Sequence[Word], word: Word, before: _Before) -> bool:
    """Return whether a name goes on with a capital word: no ordinary one without a reason."""
    known = word.surname or word.given
    if word.acronym and not known:
        return words[-1].acronym and len(word.text) > 3 and not word.ordinary
    free = known or not word.ordinary or _is_ordinary_name(note, words, word, before)
    return free and _looks_like_name(note, word)


def _goes_on_in_lower_case(note: Note, words: Sequence[Word], word: Word) -> bool:
    """Return whether a name in lower case goes on: listed, or unlisted after a given name."""
    if (word.surname or word.given) and (not word.ordinary or _is_family(words, word)):
        return True
    unlisted = not word.ordinary and len(word.key) > 1 and not _clinical(note, word)
    return unlisted and (words[-1].given or words[-1].surname) and not words[-1].ordinary


def _is_family(words: Sequence[Word], word: Word) -> bool:
    """Return whether a listed family name that is a word too ends a name in lower case."""
    return (
        len(words) == 1
        and words[0].given
        and not words[0].ordinary
        and word.key not in listed("not_family")
    )


def _clinical(note: Note, word: Word) -> bool:
    return note.clinical(word.start, word.end)


def _before(note: Note, word: Word) -> _Before:
    """Return what stands before a word, and how much it says for a name."""
    before = note.before(word.start, 40)
    title = cues.TITLE.search(before)
    if title is not None and _is_titled(note, word, before, title):
        start = word.start - len(before) + title.start()
        return _Before(5, titled=True, start=start)
    signed = cues.SIGNED.search(before) is not None and _ends_line(note, word)
    if signed or cues.LABEL.search(before) or cues.SALUTATION.search(before):
        return _Before(5, titled=True)
    if cues.NAMING.search(before) and (word.capital or not word.ordinary):
        free = word.capital and note.cased and not (word.acronym or word.eponym)
        return _Before(4, titled=free)
    return _Before(_company(word, before))


def _company(word: Word, before: str) -> int:
    """Return what the words before say for a person, where they are no title."""
    if cues.ROLE.search(before) and word.capital and word.key not in listed("departments"):
        return 3 if word.surname else 2
    company = (cues.ROLE, cues.RELATION, cues.PERSON, cues.TALKED)
    if any(pattern.search(before) for pattern in company):
        return 2
    if cues.DRUG_BEFORE.search(before):
        return -2
    if cues.NEAR.search(before):
        return 2 if word.given or word.surname else 1
    return 0


def _is_titled(note: Note, word: Word, before: str, title: re.Match[str]) -> bool:
    """Return whether the title before a word is one, and no abbreviation or brand."""
    written, known = title["title"], word.surname or word.given
    if cues.BRAND.match(before[title.start() :] + note.after(word.start, 16)):
        return False
    if written in _AMBIGUOUS_TITLES and note.cased:
        if re.search(r"\d\s*$", before[: title.start()]):
            return False
        if written.isupper():
            return word.acronym and known
        return (known or not word.ordinary) and not _clinical(note, word)
    if _clinical(note, word) and not (word.surname or word.capital):
        return False
    named = word.capital or not word.ordinary or word.surname
    return named or word.text in cues.PARTICLES


def _ends_line(note: Note, word: Word) -> bool:
    """Return whether at most three more words follow on the line: a signature stands last."""
    line = note.text[word.start :].split("\n", 1)[0]
    return len(line.split()) <= 4 and "?" not in line


def _is_code(run: _Run) -> bool:
    """Return whether a lone word is a short acronym, or a letter with a word: "G-rich"."""
    word = run.words[0]
    short = word.acronym and len(word.text) < 5 and run.before.score < 3
    return len(run.words) == 1 and (short or word.text[1:2] == "-")


def _score(note: Note, run: _Run) -> int:
    named = any(word.given or word.surname or not word.ordinary for word in run.words)
    if _is_clinical(note, run) or _is_code(run) or not (named or run.before.titled):
        return 0
    score = run.before.score + _of_words(note, run) + _of_after(note, run)
    first, last = run.words[0], run.words[-1]
    if len(run.words) > 1 and first.given and (not last.ordinary or last.surname or last.given):
        score += 1 if first.ordinary else 0
        score += 2 if last.surname or not last.ordinary else 0
    unknown = [w for w in run.words if w.capital and not w.ordinary and len(w.text) > 2]
    initial = any(len(w.text) == 1 for w in run.words[1:-1]) and last.capital
    initial = initial or (len(first.text) == 1 and len(run.words) > 1 and last.capital)
    return score + (1 if len(unknown) > 1 else 0) + (2 if initial and note.cased else 0)


def _of_words(note: Note, run: _Run) -> int:
    score = 0
    for place, word in enumerate(run.words):
        opens = place == 0 and note.opens_sentence(word.start)
        mid = word.capital and note.cased and not opens
        if word.given:
            score += _given_score(word, mid=mid)
        elif word.surname:
            score += (_ENOUGH if word.capital else 1) if not word.ordinary else int(mid)
        elif (
            (mid or place == 0)
            and not word.ordinary
            and len(word.text) > 2
            and not _clinical(note, word)
        ):
            score += 1
        if not word.text.isascii() and word.capital and not word.ordinary:
            score += 1
    return score


def _given_score(word: Word, *, mid: bool) -> int:
    if word.ordinary:
        return 2 if mid else 1
    return 3 if word.capital or len(word.key) > 3 else 1


def _of_after(note: Note, run: _Run) -> int:
    last = run.words[-1]
    end = _past_possessive(note, last)
    after = note.after(end, 40)
    score = 4 if cues.CREDENTIAL.match(after) else 0
    score += 3 if cues.AGE_AFTER.match(after) else 0
    score -= 4 if cues.DEVICE_AFTER.match(after) else 0
    score -= 3 if _DOSE_AFTER.match(after) else 0
    if cues.PERSONAL_AFTER.match(after):
        return score + 3
    if _BARE_NUMBER.match(after):  # "Lachlan 17, isotretinoin", but "Silverman 3"
        listed_name = any(word.given or (word.surname and len(run.words) > 1) for word in run.words)
        score += 2 if listed_name else -2
    score += 2 if _AND_NAME.match(after) and _names_follow(note, end) else 0
    return score + (2 if last.possessive or cues.VERB_AFTER.match(after) else 0)


_BARE_NUMBER = re.compile(
    r"\s\d{1,3}(?=[\s,;.)]|$)(?!\s?(?:y|yo|yrs?|years?|mo|months?|weeks?|wks?|days?|F|M)\b)"
)
_AND_NAME = re.compile(r"\s(?:and|&)\s[A-Z]")


def _names_follow(note: Note, end: int) -> bool:
    """Return whether the word after "and" is a given name: "Precious and Innocent"."""
    following = [word for word in note.words if end < word.start <= end + 6 and word.capital]
    return any(word.given for word in following)


def _past_possessive(note: Note, word: Word) -> int:
    if not word.possessive:
        return word.end + (len(word.text) == 1 and note.text[word.end : word.end + 1] == ".")
    return word.end + (2 if note.text[word.end + 1 : word.end + 2].lower() == "s" else 1)


def _is_clinical(note: Note, run: _Run) -> bool:
    """Return whether the run is an eponym or a drug, and nothing before it says a person."""
    if run.before.titled:
        return False
    if len(run.words) > 1:
        key = " ".join(word.key for word in run.words)
        if is_eponym(key) or key in listed("countries"):
            return True
        named = run.words[0].given and run.words[-1].surname
        return not named and all(word.eponym or _clinical(note, word) for word in run.words)
    word = run.words[0]
    if word.eponym:
        joined = "-" in word.text or word.possessive or word.ordinary
        person = run.before.score >= 2 and not joined
        after = note.after(_past_possessive(note, word), 24)
        graded = cues.DEVICE_AFTER.match(after) or cues.GRADE_AFTER.match(after)
        return not person or graded is not None
    return _clinical(note, word) and not (word.given and run.before.score >= 2)


def _again(note: Note, found: Sequence[Found]) -> Iterator[Found]:
    """Yield the parts of found names where they stand alone."""
    places = [(name.start, name.end) for name in found]
    parts = {
        word.key: word.ordinary or word.eponym
        for word in note.words
        if len(word.key) > 2
        and word.key not in cues.PARTICLES
        and word.key not in listed("not_names")
        and any(start <= word.start < end for start, end in places)
    }
    for word in note.words:
        ambiguous = parts.get(word.key)
        if ambiguous is None or any(start <= word.start < end for start, end in places):
            continue
        disease = word.eponym and word.possessive
        if not disease and (not ambiguous or _is_name_again(note, word)):
            yield Found(word.start, word.end, "name", SOFT)


def _is_name_again(note: Note, word: Word) -> bool:
    """Return whether a word that is also ordinary is the name found elsewhere in the text."""
    if not (note.cased and word.capital):
        return False
    after = note.after(_past_possessive(note, word))
    if cues.DEVICE_AFTER.match(after):
        return False
    return (
        not note.opens_sentence(word.start) or word.possessive or bool(cues.VERB_AFTER.match(after))
    )
