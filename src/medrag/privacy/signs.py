"""What is weighed of a word that may be a part of a name: its form, its lists, what stands around.

No single rule knows every place in which a name stands. Here each word gets its signs, and
`likely.py` adds up what each sign says; the weights are learned by `tools/learn_names.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from medrag.privacy import cues
from medrag.privacy.evidence import Note, Word, covering
from medrag.privacy.institution_forms import RULED
from medrag.privacy.spelling import likeness
from medrag.privacy.vocabulary import is_formed_word, is_rare, listed

_TOKEN = re.compile(
    r"(?P<word>[^\W\d_]+(?:['\u2019-][^\W\d_]+)*)|(?P<number>\d[\d.,/:]*)|(?P<line>\n)|[^\s\w]"
)
_LISTS = ("not_names", "departments", "wards", "clinical_words", "countries", "makers", "cities")
_AGED = re.compile(
    r"\d{1,3}\s?(?:[mfMF]\b|yo\b|y\b|y/o|yrs?\b|years?\b|months?\b|mo\b|weeks?\b|days?\b)"
)
_BEFORE = {
    "title": cues.TITLE,
    "label": cues.LABEL,
    "hello": cues.SALUTATION,
    "naming": cues.NAMING,
    "role": cues.ROLE,
    "kin": cues.RELATION,
    "person": cues.PERSON,
    "talked": cues.TALKED,
    "topic": cues.TOPIC,
    "drug": cues.DRUG_BEFORE,
    "near": cues.NEAR,
}
_AFTER = {
    "verb": cues.VERB_AFTER,
    "person": cues.PERSONAL_AFTER,
    "state": cues.STATE_AFTER,
    "age": cues.AGE_AFTER,
    "thing": cues.DEVICE_AFTER,
    "case": cues.CASE_AFTER,
    "kin": cues.KIN_AFTER,
    "grade": cues.GRADE_AFTER,
    "rule": RULED,
}


class Token(NamedTuple):
    """A word, a number or a mark, and what it is to its neighbours.

    Attributes:
        start, end: Offsets, half-open.
        kind: The word itself where it is an ordinary one, else a class: `<Name>`, `<drug>`.
        word: The word, where it is one.
        hit: What kind of clinical name it is part of; empty for none.
    """

    start: int
    end: int
    kind: str
    word: Word | None
    hit: str


def read_tokens(note: Note) -> list[Token]:
    """Return the words, numbers and marks of a text; a new line is a mark."""
    words = {word.start: word for word in note.words}
    ends = [hit.end for hit in note.hits]
    tokens = []
    for match in _TOKEN.finditer(note.text):
        start, end = match.span()
        at = bisect_right(ends, start)
        hit = note.hits[at].kind if at < len(ends) and note.hits[at].start < end else ""
        word = words.get(start) if match["word"] else None
        tokens.append(Token(start, end, _kind(note, match, word, hit), word, hit))
    return tokens


def _kind(note: Note, match: re.Match[str], word: Word | None, hit: str) -> str:
    if hit or match["line"]:
        return f"<{hit or 'line'}>"
    if match["number"]:
        return "<age>" if _AGED.match(note.text, match.start()) else "<number>"
    if word is None:
        return "<word>" if match["word"] else match[0]
    if word.ordinary or len(word.text) == 1:
        return word.key
    return f"<{_form(note, word)} {'name' if word.given or word.surname else 'word'}>"


def _form(note: Note, word: Word) -> str:
    if not note.cased:
        return "any"
    if len(word.text) == 1:
        return "A" if word.capital else "a"
    if word.acronym:
        return "AA"
    return "Aa" if word.capital else "aA" if any(map(str.isupper, word.text)) else "aa"


def is_candidate(note: Note, token: Token) -> bool:
    """Return whether a word may be part of a name at all: what is clinical is left to rules."""
    word = token.word
    if word is None or token.hit or word.eponym or covering(note.eponyms, word.start, word.end):
        return False
    if len(word.text) == 1:
        return word.capital and _BESIDE.match(note.text, word.end) is not None
    if word.text[:1].isupper():
        known = word.given or word.surname
        if word.acronym and note.cased and len(word.text) < 6 and not known:
            return False
        alone = word.ordinary and not known and _ALONE.match(note.text, word.end) is not None
        return not (alone and note.opens_sentence(word.start))
    return not word.ordinary or word.given or word.surname


_BESIDE = re.compile(r"\.?\s?(?:[A-Z]|$|[,;)])")
"""What follows an initial: another, a name, the end of a clause."""
_ALONE = re.compile(r"[\s,:]{1,3}[^A-Z\s]")
"""What follows a word that only opens a sentence: "Please stop"."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Which lists hold a word; in learning, some are taken away by chance."""

    given: bool
    surname: bool
    town: bool
    eponym: bool
    other: str

    @property
    def known(self) -> str:
        """The lists in a word: `given+surname`, `ordinary`, `unlisted`."""
        names = [n for n in ("given", "surname", "town", "eponym") if getattr(self, n)]
        return "+".join([*names, self.other] if self.other else names) or "unlisted"


def lists_of(word: Word) -> Lists:
    """Return which lists hold a word."""
    other = next((name for name in _LISTS[:-1] if word.key in listed(name)), "")
    if not other and word.ordinary:
        other = "formed" if is_formed_word(word.key) else "ordinary"
    if not other and is_rare(word.key):
        other = "rare"
    return Lists(word.given, word.surname, word.key in listed("cities"), word.eponym, other)


def unlisted(lists: Lists) -> Lists:
    """Return what a word would be if no list of names held it."""
    return replace(lists, given=False, surname=False, town=False)


def signs(
    note: Note, tokens: Sequence[Token], at: int, lists: Lists, *, spelled: float | None = None
) -> Iterator[str]:
    """Yield the signs of the word at `at`.

    Args:
        note: The text.
        tokens: Its words, numbers and marks.
        at: Which of them.
        lists: Which lists hold the word.
        spelled: How much its spelling is like a name's; None asks the spelling.
    """
    token = tokens[at]
    word = token.word
    assert word is not None
    form, known = _form(note, word), lists.known
    opens = "open" if note.opens_sentence(word.start) else "mid"
    score = likeness(word.key) if spelled is None else spelled
    level = str(max(-4, min(4, round(score))))
    yield "bias"
    yield f"form {form} {opens}"
    yield f"list {known}"
    yield f"list {known} {form}"
    yield f"list {known} {form} {opens}"
    yield f"spelled {level}"
    held = "listed" if lists.other or lists.given or lists.surname else "unlisted"
    yield f"spelled {level} {form} {held}"
    yield f"length {min(len(word.text), 9)}"
    if word.ordinary:
        yield f"word {word.key} {form}"
        yield f"word {word.key}"
    if word.possessive:
        yield f"owns {form}"
        yield f"owns {known}"
    if "-" in word.text:
        yield f"hyphen {form}"
    if not word.text.isascii():
        yield f"accents {form}"
    yield from _around(tokens, at, form, known)


def _around(tokens: Sequence[Token], at: int, form: str, known: str) -> Iterator[str]:
    def kind(place: int) -> str:
        return tokens[place].kind if 0 <= place < len(tokens) else "<end>"

    after, word = at + 1, tokens[at].word
    if word is not None and word.possessive and kind(after) in {"'", "\u2019"}:
        after += 1
    one, two, three = kind(at - 1), kind(at - 2), kind(at - 3)
    next_one, next_two = kind(after), kind(after + 1)
    yield f"-1 {one}"
    yield f"-1 {one} {form}"
    yield f"-2 {two}"
    yield f"-3 {three}"
    yield f"-21 {two} {one}"
    yield f"-21 {two} {one} {form}"
    yield f"+1 {next_one}"
    yield f"+1 {next_one} {form}"
    yield f"+2 {next_two}"
    yield f"+12 {next_one} {next_two}"
    yield f"-1+1 {one} {next_one}"
    yield f"-1+1 {one} {next_one} {form}"
    yield f"-1 {one} {known}"
    yield f"+1 {next_one} {known}"


def cued(note: Note, word: Word) -> Iterator[str]:
    """Yield the cues of a person or a thing that stand before and after a word."""
    form = _form(note, word)
    before = note.before(word.start, 40)
    end = word.end + (2 if word.possessive else 0)
    after = note.after(end, 40)
    for name, cue in _BEFORE.items():
        if cue.search(before if name in {"title", "label", "hello", "naming"} else before[-28:]):
            yield f"< {name}"
            yield f"< {name} {form}"
    for name, following in _AFTER.items():
        if following.match(after):
            yield f"> {name}"
            yield f"> {name} {form}"
