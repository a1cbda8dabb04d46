"""The words of a question, each with the notions that it stands for.

A notion ("neglect", "duty", "chest", "now") is a list of words in `notions.toml`, where

    report+      is a verb in its forms, irregular ones included: reports, reported, reporting
    doctor*      is a noun, singular, plural or possessive
    coerc~       is every word that begins so
    side effect* is a phrase: each word may carry a mark, `a/b` is one word or the other
    @duty        is every entry of another notion

A word is looked up, never searched for, so reading takes time linear in the question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medrag.errors import ConfigError
from medrag.review.scope.extremes import EXTREME, extreme_from

_TOKEN = re.compile(r"[^\W\d_]+|\d+|\S")
_HYPHEN = re.compile(r"(?<=\w)[-\u2010\u2011](?=\w)")
_LONGEST = 16
_REMEMBERED = 20_000
"""Words whose notions are kept: a bound, or a host of made-up words would fill the memory."""
_STOPS = frozenset(".?!\n")
_SHORT = {
    "can't": "can not",
    "cannot": "can not",
    "cant": "can not",
    "won't": "will not",
    "wont": "will not",
    "shan't": "shall not",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "gimme": "give me",
    "lemme": "let me",
    "w/o": "without",
    "im": "i am",
    "ive": "i have",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "arent": "are not",
    "wasnt": "was not",
    "havent": "have not",
    "hasnt": "has not",
    "hadnt": "had not",
    "wouldnt": "would not",
    "couldnt": "could not",
    "shouldnt": "should not",
    "thats": "that is",
    "whats": "what is",
    "shes": "she is",
    "hes": "he is",
    "theyre": "they are",
    "youre": "you are",
    "u": "you",
    "ur": "your",
    "pls": "please",
    "plz": "please",
    "let's": "let us",
    "y'all": "you",
}
_WRITTEN_SHORT = re.compile(
    r"(?<![\w'])(?:"
    + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True))
    + r")(?![\w'])"
)
_INTO_MUSCLE = "intramuscular"
_FEELS = (
    r"(?!\s(?:\w+ing|not|so|a|an|the|in|on|at|gonna|just|really|very|too|sure|scared|alone|worried"
    r"|afraid|sorry|ok|sick|about|done|tired|unsafe)\b)"
)
_ROUTE = re.compile(rf"(?<![\w'])IM(?![\w']){_FEELS}")
_SMALL_ROUTE = re.compile(
    r"(?:(?<=mg\s)|(?<=mcg\s)|(?<=micrograms\s)|(?<=[ \d]g\s)|(?<=units\s)|(?<=ml\s)|(?<=\bof\s)"
    r"|(?<=give\s)|(?<=gave\s)|(?<=given\s)|(?<=\biv\s)|(?<=iv/)|(?<=sc/)|(?<=io/)|(?<=dose\s)"
    r"|(?<=doses\s)|(?<=deep\s)|(?<=via\s)|(?<=single\s)|(?<=iv\sor\s)|(?<=sc\sor\s)|(?<=\())"
    rf"im(?![\w']){_FEELS}"
    r"|(?<![\w'])im(?=\s(?:injections?|inj|doses?|route|adrenaline|epinephrine|or\s(?:iv|sc|po|io)"
    r"|depot|glucagon|midazolam|lorazepam|haloperidol|ceftriaxone|benzathine|steroids?|vitamin"
    r"|ketamine|olanzapine|aripiprazole)\b)|(?<![\w'])im(?=/(?:iv|sc|io)\b)"
)
"""The way into a muscle, written as "I am" often is: "IM adrenaline", "500 mcg im"."""
_ENDINGS = (
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\b(it|he|she|that|what|there|who|where|how|here)'s\b"), r"\1 is"),
    (re.compile(r"'s?(?!\w)"), ""),
)
_INVISIBLE = (0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF)
_CHARACTERS: dict[int, str | None] = {
    **dict.fromkeys(_INVISIBLE),
    **dict.fromkeys(map(ord, "\u2018\u2019`"), "'"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its words, and where each notion stands in it.

    Attributes:
        words: Lower case, contractions written out, possessive marks gone.
        places: Notion -> `(first, after)` word numbers, in the order they stand.
        stop: The mark that ended it, or an empty string.
    """

    words: tuple[str, ...]
    places: Mapping[str, list[tuple[int, int]]]
    stop: str = ""

    def has(self, *notions: str) -> bool:
        """Return whether any of the notions stands in the sentence."""
        return not self.places.keys().isdisjoint(notions)

    def said(self, first: int, after: int) -> str:
        """Return the words from `first` up to `after`, as one string."""
        return " ".join(self.words[first:after])


def plain(text: str) -> str:
    """Return `text` in lower case, one way of writing each mark, contractions written out."""
    written = unicodedata.normalize("NFKC", text).translate(_CHARACTERS)
    folded = (written if written.isupper() else _ROUTE.sub(_INTO_MUSCLE, written)).casefold()
    folded = _HYPHEN.sub(" ", folded)
    folded = _SMALL_ROUTE.sub(_INTO_MUSCLE, folded)
    folded = _WRITTEN_SHORT.sub(lambda match: _SHORT[match[0]], folded)
    for pattern, written in _ENDINGS:
        folded = pattern.sub(written, folded)
    return folded


class Lexicon:
    """Which words stand for which notions.

    Args:
        notions: Notion -> entries, separated by commas.
        irregular: Verb -> its other forms, separated by spaces.
        misspelled: Notions whose longer words are also known with one slip of the hand.
        unlike: Correct words that such a slip must not turn into others.

    Raises:
        ConfigError: An entry names a notion that is not there, or itself.
    """

    def __init__(
        self,
        notions: Mapping[str, str],
        irregular: Mapping[str, str],
        misspelled: tuple[str, ...] = (),
        unlike: str = "",
    ) -> None:
        self._irregular = {verb: forms.split() for verb, forms in irregular.items()}
        self._words: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        self._endings: dict[str, set[str]] = {}
        self._phrases: dict[str, list[tuple[tuple[frozenset[str] | str, ...], str]]] = {}
        self._slips: dict[str, str] = {}
        self._seen: dict[str, tuple[str, ...]] = {}
        for name in notions:
            for entry in _entries(name, notions, ()):
                self._add(name, entry)
        known = set(self._words) | set(self._phrases) | set(unlike.split())
        for name in misspelled:
            self._add_slips(name, known)

    def _add(self, name: str, entry: str) -> None:
        if entry.startswith("~"):
            self._endings.setdefault(entry[1:], set()).add(name)
            return
        parts = [self._forms(part) for part in entry.split()]
        first = parts[0]
        if len(parts) > 1:
            if isinstance(first, str):
                raise ConfigError(f"scope notion {name}: a phrase begins with {first}~.")
            for word in first:
                self._phrases.setdefault(word, []).append((tuple(parts[1:]), name))
        elif isinstance(first, str):
            self._stems.setdefault(first, set()).add(name)
        else:
            for word in first:
                self._words.setdefault(word, set()).add(name)

    def _forms(self, part: str) -> frozenset[str] | str:
        """Return the forms of one word of an entry; of a stem, the stem itself."""
        if part.endswith("~"):
            return part[:-1]
        forms: set[str] = set()
        for word in part.split("/") if part != "/" else part:
            mark, base = word[-1], word[:-1]
            if not base:
                forms.add(word)
            elif mark == "+":
                forms.update(_verb(base), self._irregular.get(base, ()))
            elif mark == "*":
                forms.update(_noun(base))
            else:
                forms.add(word)
        return frozenset(forms)

    def _add_slips(self, name: str, known: set[str]) -> None:
        for word in [word for word, names in self._words.items() if name in names]:
            if len(word) >= 6:
                for slip in _slips(word):
                    if slip not in known:
                        self._slips.setdefault(slip, word)

    def read(self, text: str) -> list[Sentence]:
        """Return the sentences of `text`, in order; empty for blank text."""
        sentences: list[Sentence] = []
        words: list[str] = []
        for match in _TOKEN.finditer(plain(text).replace("\n", " . ")):
            token = match[0]
            if token in _STOPS and not _inside_number(match):
                if words:
                    sentences.append(self._sentence(words, token))
                words = []
            else:
                words.append(self._slips.get(token, token))
        if words:
            sentences.append(self._sentence(words, ""))
        return sentences

    def _sentence(self, words: list[str], stop: str) -> Sentence:
        places: dict[str, list[tuple[int, int]]] = {}
        for at in range(len(words)):
            for name, after in self._notions_at(words, at):
                found = places.setdefault(name, [])
                if not found or found[-1] != (at, after):
                    found.append((at, after))
        return Sentence(tuple(words), places, stop)

    def _alone(self, word: str) -> tuple[str, ...]:
        """Return the notions of one word, whole, by its beginning and by its end."""
        known = self._seen.get(word)
        if known is None:
            names = set(self._words.get(word, ()))
            for length in range(4, min(len(word), _LONGEST) + 1):
                names |= self._stems.get(word[:length], set())
            for length in range(3, min(len(word), 9)):
                names |= self._endings.get(word[-length:], set())
            known = tuple(sorted(names))
            if len(self._seen) < _REMEMBERED:
                self._seen[word] = known
        return known

    def _notions_at(self, words: list[str], at: int) -> Iterator[tuple[str, int]]:
        word = words[at]
        extreme = extreme_from(words, at)
        if extreme is not None:
            yield EXTREME, extreme
        for name in self._alone(word):
            yield name, at + 1
        for rest, name in self._phrases.get(word, ()):
            after = at + 1
            for part in rest:
                if after >= len(words) or not _is_part(words[after], part):
                    break
                after += 1
            else:
                yield name, after


def _is_part(word: str, part: str | frozenset[str]) -> bool:
    """Return whether a word stands at its place in a phrase: by its beginning or as a form."""
    return word.startswith(part) if isinstance(part, str) else word in part


def _inside_number(match: re.Match[str]) -> bool:
    """Return whether a full stop stands between digits: 2.5 is no end of a sentence."""
    text, at = match.string, match.start()
    return match[0] == "." and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _entries(name: str, notions: Mapping[str, str], above: tuple[str, ...]) -> Iterator[str]:
    if name not in notions or name in above:
        raise ConfigError(f"scope notions: {name!r} is not there or names itself.")
    for entry in notions[name].replace("\n", " ").split(","):
        written = " ".join(entry.split())
        if written.startswith("@"):
            yield from _entries(written[1:], notions, (*above, name))
        elif written:
            yield written


def _verb(base: str) -> Iterator[str]:
    """Yield the regular forms of a verb, with its last letter doubled and not."""
    yield base
    stem, last = base[:-1], base[-1]
    if last == "y" and stem[-1] not in "aeo":
        yield from (stem + ending for ending in ("ies", "ied", "ying"))
    elif last == "e":
        yield from (stem + ending for ending in ("es", "ed", "ing"))
    else:
        yield from (base + ending for ending in ("s", "es", "ed", "ing"))
        yield from (base + last + ending for ending in ("ed", "ing"))


def _noun(base: str) -> Iterator[str]:
    yield base
    if base.endswith("y") and base[-2:-1] not in tuple("aeou"):
        yield base[:-1] + "ies"
    else:
        yield from (base + "s", base + "es")


def _slips(word: str) -> Iterator[str]:
    """Yield `word` with a letter left out, doubled or changed with its neighbor.

    The first letter stays: people seldom miss it, and other words begin there.
    """
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    vowels = "aeiouy"
    for at in range(1, len(word)):
        if word[at] in vowels:
            for vowel in vowels.replace(word[at], ""):
                yield word[:at] + vowel + word[at + 1 :]
