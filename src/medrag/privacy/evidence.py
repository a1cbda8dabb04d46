"""A text on its way: its words, what is clinical in it, and what recognizers found in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from medrag.clinical.matching import Hit, find_names
from medrag.clinical.quantities import parse
from medrag.clinical.quantity import QuantityMention
from medrag.privacy.cues import AGED_AFTER, PERSONAL_AFTER
from medrag.privacy.values import Kind
from medrag.privacy.vocabulary import (
    eponym_length,
    folded,
    is_eponym,
    is_given,
    is_ordinary,
    is_surname,
    listed,
)

SOFT, STRONG, CERTAIN = 1, 2, 3
"""How sure a recognizer is. A soft find gives way to any clinical mention, a strong one to a
measured amount only, a certain one (labelled, with a valid check digit, known) to nothing."""

_LETTERS = r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*"
_WORD = re.compile(rf"{_LETTERS}(?:['\u2019\u02bc-]{_LETTERS})*")
_POSSESSIVE = re.compile(r"['\u2019\u02bc]s?$", re.IGNORECASE)
_SENTENCE_START = re.compile(
    r"(?:^|[.!?:;\n|]|[-\u2013\u2014\u2022>]\s|\*|__|#\s|[\"\u201c(])\s{0,8}$"
)
"""What a sentence, a line, a cell of a table or a heading in bold letters begins after."""


_DRAWN = re.compile(r"(?:[a-z]n['\u2019]t|[a-z]['\u2019](?:d|ve|ll|re|m))$", re.IGNORECASE)
"""Two words drawn together: "don't", "we've", "she'd"."""
_COMPOUND = re.compile(
    r"\w-(?:[a-z]{3,30}(?:ed|ing)|like|type|free|based|onset|style|induced|related|specific|wide|only|prone|sparing|safe|born|cut)$"
)
"""A word made of a name and an ordinary one, and no name: "April-flavoured", "Rose-like"."""
_ARTICLES = frozenset(["al", "el", "ul", "ar", "as", "at", "an", "ad", "az", "ash", "bin", "ben"])


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """An identifier that a recognizer found.

    Attributes:
        start, end: Offsets in the text, half-open.
        kind: What it is.
        certainty: `SOFT`, `STRONG` or `CERTAIN`.
    """

    start: int
    end: int
    kind: Kind
    certainty: int = STRONG


class Word(NamedTuple):
    """One word of the text, without a possessive ending.

    Attributes:
        start, end: Offsets of the word, half-open.
        text: As written.
        possessive: It ends in `'s` or `'`, which is not part of it.
        key: Lower case, without accents and apostrophes: what lists are asked for.
        given, surname: It is a listed given or family name (or formed like one).
        ordinary: It is a word of the dictionary or of clinical writing; it may be a name as well.
        eponym: A disease, a sign, a score or a device is called by it.
        capital: Every part between hyphens begins with a capital; an Arabic article need not.
        acronym: All capitals, two letters or more.
    """

    start: int
    end: int
    text: str
    possessive: bool
    key: str
    given: bool
    surname: bool
    ordinary: bool
    eponym: bool
    capital: bool
    acronym: bool


def _start(item: Word | Hit) -> int:
    return item.start


def _end(item: Hit) -> int:
    return item.end


@dataclass(frozen=True, slots=True)
class Note:
    """A text, read once for every recognizer.

    Attributes:
        text: As given.
        words: In text order.
        cased: False where the text is in capitals throughout: case then tells nothing.
        hits: Names of the clinical lexicon in it.
        amounts: Quantities with a unit in it.
        eponyms: Offsets of eponyms of several words in it: "Charles Bonnet", "Sister Mary Joseph".
    """

    text: str
    words: tuple[Word, ...]
    cased: bool
    hits: tuple[Hit, ...]
    amounts: tuple[QuantityMention, ...]
    eponyms: tuple[tuple[int, int], ...]

    def before(self, position: int, width: int = 48) -> str:
        """Return up to `width` characters that end at `position`."""
        return self.text[max(0, position - width) : position]

    def after(self, position: int, width: int = 48) -> str:
        """Return up to `width` characters that start at `position`."""
        return self.text[position : position + width]

    def around(self, word: Word) -> str:
        """Return a word with the title before it and what follows closely."""
        return self.text[max(0, word.start - 6) : word.end + 8]

    def words_in(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words that start in `[start, end)`, found without reading the others."""
        first = bisect_left(self.words, start, key=_start)
        return self.words[first : bisect_left(self.words, end, lo=first, key=_start)]

    def hits_in(self, start: int, end: int) -> tuple[Hit, ...]:
        """Return the clinical names that share a character with `[start, end)`."""
        first = bisect_right(self.hits, start, key=_end)
        return self.hits[first : bisect_left(self.hits, end, lo=first, key=_start)]

    def opens_sentence(self, position: int) -> bool:
        """Return whether a sentence or line starts at `position`."""
        return _SENTENCE_START.search(self.before(position, 6)) is not None

    def clinical(self, start: int, end: int) -> bool:
        """Return whether a clinical name stands in these characters."""
        return overlapping(self.hits, start, end)

    def measured(self, start: int, end: int) -> bool:
        """Return whether an amount with a unit stands in these characters."""
        return overlapping(self.amounts, start, end)


def covering(items: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Return whether one of `items` (by their starts; at most two overlap) holds `[start, end)`."""
    index = bisect_left(items, (start + 1, 0))
    return any(last >= end for _, last in items[max(0, index - 2) : index])


def overlapping(
    items: Sequence[Hit] | Sequence[QuantityMention] | Sequence[Found], start: int, end: int
) -> bool:
    """Return whether one of `items` (sorted, disjoint) shares a character with `[start, end)`."""
    index = bisect_left(items, end, key=lambda item: item.start)
    return index > 0 and items[index - 1].end > start


_ENGLISH = re.compile(
    r"\b(?:the|is|was|has|with|and|on|for|to|of|in|what|can|should|she|he|her|his|how|from|at)\b"
)
_FOREIGN = re.compile(
    r"\b(?:und|der|die|das|mit|bei|ist|nicht|el|los|con|para|les|une|avec|pour|het|een|van\sde|og"
    r"|och|til|na\s|se\s|di\s|che)\b"
)


@lru_cache(maxsize=8)  # several finders ask it of the same text
def is_foreign(text: str) -> bool:
    """Return whether more of the small words of `text` are of other languages than English ones."""
    return len(_FOREIGN.findall(text)) > len(_ENGLISH.findall(text))


def read_note(text: str) -> Note:
    """Return `text` with its words and what is clinical in it; linear in its length."""
    letters = [*filter(str.isalpha, text)]
    capitals = sum(map(str.isupper, letters))
    words = tuple(_words(text))
    return Note(
        text=text,
        words=words,
        cased=capitals <= 0.7 * len(letters) or len(letters) < 8,
        hits=tuple(find_names(text)),
        amounts=tuple(amount for amount in parse(text) if amount.quantity.unit not in {"1", ""}),
        eponyms=tuple(
            sorted({*_eponyms(text, words), *_instruments(text, words), *_countries(text, words)})
        ),
    )


_INSTRUMENT_WORDS = (
    "scale scales score scores index inventory questionnaire criteria classification checklist"
    " nomogram calculator tool rule rules guide guideline guidelines chart system equation formula"
    " staging protocol assessment declaration consensus"
)
_INSTRUMENTS = frozenset(_INSTRUMENT_WORDS.split())
_FARTHEST = 5
"""Words between what an instrument is called by and the word for it."""


def _instruments(text: str, words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    """Yield instruments that a town gives its name: "Edinburgh Postnatal Depression Scale"."""
    for index, last in enumerate(words):
        if last.key not in _INSTRUMENTS:
            continue
        for before in range(index - 1, max(-1, index - 1 - _FARTHEST), -1):
            word = words[before]
            if text[word.end : words[before + 1].start] != " ":
                break
            if word.capital and word.key in listed("cities"):
                ahead = words[before - 1] if before else word
                owned = ahead.key in _BEFORE_TOWN and text[ahead.end : word.start] == " "
                yield (ahead if owned else word).start, last.end
                break
            if not (word.ordinary and (word.capital or before == index - 1)) or word.key in _LOOSE:
                break


def _countries(text: str, words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    """Yield countries of two words, whose parts may be names of persons: "Sierra Leone"."""
    for word, last in pairwise(words):
        if not (word.capital and last.capital):
            continue
        key = f"{word.key} {last.key}"
        land = key in listed("countries") and key not in listed("cities")
        if land and text[word.end : last.start] == " ":
            yield word.start, last.end


_LOOSE = frozenset(
    {"the", "a", "an", "her", "his", "my", "our", "pain", "this", "of", "and", "with"}
)
_BEFORE_TOWN = frozenset({"our", "the", "my", "this", "johns"})
_GRADE = re.compile(r"\s[IVX]+[a-d]?\b")


def _eponyms(text: str, words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    """Yield eponyms of several words, unless an age or a person's verb follows."""
    keys = [word.key for word in words]
    for index, word in enumerate(words):
        length = eponym_length(keys, index)
        if length == 0:
            continue
        last = words[index + length - 1]
        after = text[last.end : last.end + 40]
        if not (AGED_AFTER.match(after) or PERSONAL_AFTER.match(after)):
            grade = _GRADE.match(text, last.end)
            yield word.start, grade.end() if grade else last.end


def _words(text: str) -> Iterable[Word]:
    for match in _WORD.finditer(text):
        start, end = match.span()
        ending = _POSSESSIVE.search(match[0])
        if ending is not None and ending.start() > 1:
            end -= len(ending[0])
        elif text[end : end + 1] in {"'", "\u2019"} and match[0][-1] in "sS":
            ending = _POSSESSIVE.search(text[start : end + 1])
        else:
            ending = None
        yield _word(start, end, text[start:end], possessive=ending is not None)


def _word(start: int, end: int, written: str, *, possessive: bool) -> Word:
    return Word(start, end, written, possessive, *_known(written))


@lru_cache(maxsize=4096)
def _known(written: str) -> tuple[str, bool, bool, bool, bool, bool, bool]:
    """Return what lists and form say of a word wherever it stands, from `key` to `acronym`."""
    key = folded(written)
    drawn = _DRAWN.search(written) is not None
    compound = _COMPOUND.search(written) is not None
    return (
        key,
        is_given(key) and not drawn and not compound,
        is_surname(key, written) and not drawn and not compound,
        is_ordinary(key) or drawn,
        is_eponym(key),
        _is_capital(written),
        len(written) > 1 and written.isupper(),
    )


def _is_capital(written: str) -> bool:
    first, *rest = written.split("-")
    if rest and first in _ARTICLES:
        return rest[0][:1].isupper()
    return all(part[:1].isupper() for part in (first, *rest))
