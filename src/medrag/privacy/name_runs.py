"""Words that stand together and could be one name, and what stands before them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medrag.privacy import cues
from medrag.privacy.evidence import Note, Word
from medrag.privacy.sieve import ending
from medrag.privacy.vocabulary import listed

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
_LOOSE_WORDS = "chief elder oba lama matua kumu commander lieutenant superintendent provost mayor"
_LOOSE_TITLES = frozenset(_LOOSE_WORDS.split())
"""Titles that stand before many other words too: "Chief complaint", "Elder Care"."""
_ABBREVIATED = frozenset(["st", "jr", "wm", "chas", "geo", "thos"])
_STATE_BEFORE = ending(
    r"\b(?:New|North|South|West|San|Santa|Los|Las|Fort|Saint|Puerto|Costa|Sierra)\s$"
)
"""What makes the next word a part of the name of a state or a city."""
_IN_TOKEN = re.compile(r"\d$|[\w]-$|[\w)]/$")
"""The word is the end of a code or of a unit: "79F", "CHA2DS2-VASc", "10^9/L. Iron"."""


_MODAL = re.compile(
    r"(?:Will|May)\s[A-Z][\w'\u2019-]{1,40}\s(?!(?:is|in|on|and|from|with|was|who|at|for|the|has)\b)"
    r"(?:need|[a-z]{2,20}(?<!s)(?<!ed))\b[^.!?\n]{0,200}\?"
)
"""A verb that asks, no given name: "Will Lantus cause hypoglycaemia?"."""


def begins_question(note: Note, start: int) -> bool:
    """Return whether a verb that asks stands at `start`: "Will Lantus cause ...?"."""
    return _MODAL.match(note.text, start) is not None and note.opens_sentence(start)


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before a word.

    Attributes:
        score: Evidence for a name; negative before drugs and things.
        titled: A title, a label or a signature: any word can be a name.
        start: Where a title begins, to be replaced with the name; None without a title.
        personal: A title, a role, a relation or talk with somebody: enough for an eponym as well.
    """

    score: int
    titled: bool = False
    start: int | None = None
    personal: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand together and could be one name."""

    words: tuple[Word, ...]
    before: Before

    @property
    def start(self) -> int:
        """Where the first word starts."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where the last word ends."""
        return self.words[-1].end


def _in_another(note: Note, word: Word) -> bool:
    """Return whether the word is part of a state's name, of a code or of a product's name."""
    return (
        _STATE_BEFORE.search(note.before(word.start, 6)) is not None
        or _IN_TOKEN.search(note.before(word.start, 3)) is not None
        or cues.BRAND.search(note.around(word)) is not None
        or note.text[word.end : word.end + 1].isdigit()
        or any(len(part) == 1 for part in word.text.split("-")[:-1])
        or word.key.startswith(("anti-", "non-", "pre-", "post-"))
    )


def run_at(note: Note, index: int) -> Run | None:
    """Return the longest run that starts at a word; None where it cannot start a name."""
    first = note.words[index]
    known = first.given or first.surname
    if first.ordinary and not known and not (first.capital and note.cased):
        return None
    if begins_question(note, first.start):
        return None
    barred = first.key in listed("not_names") and len(first.text) > 1
    barred = barred and not (first.capital and (first.surname or _opens_family(note, first)))
    if (barred and not _after_mister(note, first)) or _in_another(note, first):
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
    return None if words[-1].text in cues.PARTICLES else Run(tuple(words), before)


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
    barred = word.key in listed("not_names") and word.text.isascii()
    if len(word.text) == 1 or (barred and not (word.capital and _opens_family(note, word))):
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
    following = note.words_in(word.end + 1, word.end + 2)
    return any(other.surname and not other.ordinary for other in following)


_MISTER = re.compile(r"mrs?\.?\s")
"""A title in lower case that is no other word: even "mr lamb" is a name."""


_BEFORE_NAME = ending(r"(?<!\w)(?:Mrs?|Ms|Miss|Mx)\.?\s$")
_BEFORE_NAMED = ending(r"(?<!\w)(?:Dr|Prof)\.?\s$")


def _after_mister(note: Note, word: Word) -> bool:
    """Return whether a title makes a capital word a name, a month or weekday too: "Mrs. March".

    "See Dr Friday" may mean the day: after a doctor's title a person's verb must follow.
    """
    if not (note.cased and word.capital) or word.acronym:
        return False
    before = note.before(word.start, 6)
    if _BEFORE_NAME.search(before):
        return True
    told = cues.VERB_AFTER.match(note.after(word.end, 40)) is not None
    return told and _BEFORE_NAMED.search(before) is not None


def _can_start(note: Note, word: Word, before: Before) -> bool:
    if before.titled:
        return _can_start_titled(note, word, before)
    if len(word.text) == 1:
        stopped = note.text[word.end : word.end + 2] == ". "
        family = any(w.surname and w.capital for w in note.words_in(word.end + 2, word.end + 3))
        letter = not is_clinical(note, word) or family  # "K. Sato", though K is potassium too
        return note.cased and word.capital and stopped and letter
    return _looks_like_name(note, word)


def _can_start_titled(note: Note, word: Word, before: Before) -> bool:
    """Return whether a word can be a name after a title, a label or a greeting."""
    known = word.given or word.surname
    barred = word.key in listed("not_names")
    bare = before.start is None and word.acronym and note.cased and not known
    if bare and (len(word.text) < 5 or (word.ordinary and word.text.isascii())):
        return False  # "PATIENT: STABLE"
    if _after_mister(note, word):
        return True
    if barred or len(word.text) == 1:
        return word.capital and note.cased and (word.surname or not barred or len(word.text) == 1)
    if before.start is not None and _MISTER.match(note.text, before.start):
        return word.key not in listed("clinical_words")
    if before.start is None and is_clinical(note, word) and not known:  # "re: warfarin"
        return False
    capital = note.cased and word.capital
    return capital or word.text in cues.PARTICLES or known or not word.ordinary


def _is_ordinary_name(note: Note, words: Sequence[Word], word: Word, before: Before) -> bool:
    """Return whether an ordinary capital word ends a name: "Penny Reading", "Dr Tan Boon"."""
    initial = len(words[0].text) == 1
    named = before.titled or (before.score >= 2 and (words[0].given or initial))
    if _is_called(note, words, word, before):
        return True
    other = any(word.key in listed(name) for name in ("departments", "clinical_words", "wards"))
    return named and len(words) < 3 and not other and not is_clinical(note, word)


_SUM = re.compile(r"\s\d{1,2}\s?[+/]\s?\d")
_GRADE = re.compile(r"[IVX]+[a-d]?")
"""A grade of what is called by a name: "Dindo IIIa", "Billroth II"."""


def _is_called(note: Note, words: Sequence[Word], word: Word, before: Before) -> bool:
    """Return whether any word ends a name between a title with a given name and a person's sign."""
    plain = words[0].given and not words[0].ordinary and not word.acronym
    after = note.after(word.end, 40)
    behind = (cues.AGE_AFTER, cues.VERB_AFTER, cues.PERSONAL_AFTER, _BRACKET)
    opens = note.cased and note.opens_sentence(words[0].start) and not words[0].eponym
    titled = before.start is not None or opens
    return titled and len(words) == 1 and plain and any(form.match(after) for form in behind)


_BRACKET = re.compile(r"\s\(")


def _follows(note: Note, words: Sequence[Word], word: Word, before: Before) -> bool:
    """Return whether a word goes on with the name that `words` begin."""
    graded = _GRADE.fullmatch(word.text) and (words[-1].eponym or word.text[-1].islower())
    if graded or (word.eponym and _SUM.match(note.text, word.end)):  # "Mulvaney Gleason 4+4"
        return False
    if word.text.lower() in cues.PARTICLES or word.key in cues.SUFFIXES:
        return True
    if len(word.text) == 1:
        measured = re.match(r"\s?[:=<>/]?\s?\d", note.after(word.end, 4))  # "K 5.9", "F 66"
        return word.capital and note.cased and word.text != "I" and not measured
    if word.key in listed("not_names") and word.text.isascii():
        aged = word.surname and word.capital and words[0].given and not words[0].ordinary
        return aged and note.cased and cues.AGE_AFTER.match(note.after(word.end)) is not None
    known = word.surname or word.given
    if note.cased and word.capital:
        return _goes_on_in_capitals(note, words, word, before)
    apart = note.cased and words[-1].capital and (word.ordinary or not known)
    return not apart and _goes_on_in_lower_case(note, words, word, titled=before.titled)


def _goes_on_in_capitals(note: Note, words: Sequence[Word], word: Word, before: Before) -> bool:
    """Return whether a name goes on with a capital word: no ordinary one without a reason."""
    known = word.surname or word.given
    if words[-1].text in cues.PARTICLES and not word.acronym:  # "Bram de Wit"
        return not is_clinical(note, word)
    if not known and _is_drug(note, word):  # "Mrs Okoro Warfarin 1 mg"
        return False
    if word.acronym and not known:
        shaped = words[-1].acronym or before.titled
        return shaped and len(word.text) > 3 and not word.ordinary
    if word.acronym and words[-1].acronym and not word.ordinary:  # "RUTH ANN TWOBULLS"
        return len(word.text) > 2
    free = known or not word.ordinary or _is_ordinary_name(note, words, word, before)
    return free and _looks_like_name(note, word)


def _goes_on_in_lower_case(note: Note, words: Sequence[Word], word: Word, *, titled: bool) -> bool:
    """Return whether a name in lower case goes on: listed, or unlisted after a given name."""
    if (word.surname or word.given) and (not word.ordinary or _is_family(words, word)):
        return True
    unlisted = not word.ordinary and len(word.key) > 1 and not is_clinical(note, word)
    unlisted = unlisted and not _is_labelled_value(note, word)
    if titled and len(words) == 1:
        return unlisted
    return unlisted and (words[-1].given or words[-1].surname) and not words[-1].ordinary


def _is_labelled_value(note: Note, word: Word) -> bool:
    """Return whether a short word stands before a number that is no age: "mr baptiste hb 70"."""
    after = note.after(word.end, 24)
    valued = len(word.text) < 5 and re.match(r"\s?[:=<>]?\s?\d", after) is not None
    return valued and cues.AGED_AFTER.match(after) is None


def _is_family(words: Sequence[Word], word: Word) -> bool:
    """Return whether a listed family name that is a word too ends a name in lower case."""
    return (
        len(words) == 1
        and words[0].given
        and not words[0].ordinary
        and word.key not in listed("not_family")
    )


def is_clinical(note: Note, word: Word) -> bool:
    """Return whether a clinical name stands where the word stands."""
    return note.clinical(word.start, word.end)


def _is_drug(note: Note, word: Word) -> bool:
    return any(hit.kind == "drug" for hit in note.hits_in(word.start, word.end))


def _before(note: Note, word: Word) -> Before:
    """Return what stands before a word, and how much it says for a name."""
    before = note.before(word.start, 40)
    title = cues.TITLE.search(before)
    if title is not None and _is_titled(note, word, before, title):
        start = word.start - len(before) + title.start()
        return Before(5, titled=True, start=start)
    signed = cues.SIGNED.search(before) is not None and _ends_line(note, word)
    signed = signed and not (_ITEM.search(before) and len(_ITEMS.findall(note.text)) > 1)
    if signed or cues.LABEL.search(before) or cues.SALUTATION.search(before):
        return Before(5, titled=True)
    if cues.NAMING.search(before) and (word.capital or not word.ordinary):
        plain = word.ordinary and not (word.given or word.surname)
        free = word.capital and note.cased and not (word.acronym or word.eponym or plain)
        return Before(4, titled=free)
    near = before[-_NEAR:]
    role = cues.ROLE.search(near) is not None
    personal = role or any(cue.search(near) for cue in (cues.RELATION, cues.PERSON, cues.TALKED))
    return Before(_company(word, near, role=role, personal=personal), personal=personal)


_ITEM = ending(r"(?:^|\n)\s{0,8}[-\u2013\u2014~]\s?$")
_ITEMS = re.compile(r"(?:^|\n)\s{0,8}[-\u2013\u2014~\u2022*]\s")
"""Dashes that begin the lines of a list, and sign nothing."""
_NEAR = 28
"""Characters before a word that can tell of a person, where they are no title or label."""


def _company(word: Word, before: str, *, role: bool, personal: bool) -> int:
    """Return what the words before say for a person, where they are no title."""
    if role and word.capital and word.key not in listed("departments"):
        return 3 if word.surname else 2
    if personal:
        return 2
    known = word.given or word.surname
    if cues.TOPIC.search(before) and known:
        return 2
    if cues.DRUG_BEFORE.search(before) or (cues.GIVEN.search(before) and not known):
        return 0 if known and not word.ordinary else -2
    if cues.NEAR.search(before):
        return 2 if known else 1
    return 0


def _is_titled(note: Note, word: Word, before: str, title: re.Match[str]) -> bool:
    """Return whether the title before a word is one, and no abbreviation or brand."""
    written, known = title["title"], word.surname or word.given
    shaped = written[0].isupper() and word.capital and note.cased and not word.eponym
    loose = written.lower() in _LOOSE_TITLES
    branded = cues.BRAND.match(before[title.start() :] + note.after(word.start, 16))
    if branded or (loose and not shaped):
        return False
    if (written in _AMBIGUOUS_TITLES or loose) and note.cased:
        if re.search(r"\d\s{0,8}$", before[: title.start()]):
            return False
        if written.isupper():
            return word.acronym and known
        return (known or not word.ordinary) and not is_clinical(note, word)
    if is_clinical(note, word) and not (word.surname or word.capital):
        return False
    mister = _MISTER.match(before, title.start()) is not None
    named = word.capital or not word.ordinary or word.surname or mister
    return named or word.text in cues.PARTICLES


def _ends_line(note: Note, word: Word) -> bool:
    """Return whether at most three more words follow on the line: a signature stands last."""
    line, _, below = note.text[word.start : word.start + 200].partition("\n")
    if word.eponym and below.strip():  # "- Crohn", the first of a list
        return False
    return len(line.split()) <= 4 and "?" not in line
