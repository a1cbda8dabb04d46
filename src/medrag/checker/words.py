"""Words in sentences: whether something is named, called acceptable, or warned of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from medrag.core.span import Span
from medrag.text.beginnings import written

ALLOWED = re.compile(
    r"\b(wash\w* [^.;]{1,25} down|as much as you like"
    r"|fine|ok|okay|safe|safely|allowed|may|can|acceptable|no (?:problem|trouble)|permitted"
    r"|all right|alright|enjoy|free to|no restriction|not a concern|without concern|harmless"
    r"|take (?:it )?with|have (?:[\w-]+ ){1,3}with|together with|continue|add(?:ed)?|drink"
    r"|wash(?:ed)? down"
    r"|with (?:a glass|juice|milk|food|breakfast)|(?:no|little|any) harm|healthy (?:choice|option)"
    r"|good (?:choice|idea|option)|no (?:effect|influence|matter|interaction|issue)"
    r"|(?:does not|doesn't|do not|don't) (?:matter|harm|affect|interfere)|unproblematic"
    r"|take (?:your |the )?[\w-]+ (?:together |along )?with|at the same time|in one go"
    r"|good for (?:you|her|him)|goes? down|swallow|all together|best with|helps? absorption"
    r"|compatible|welcome|encouraged|recommended|go(?:es)? (?:well|nicely|fine|perfectly|together)"
    r"|helps?|freely|liberal\w*"
    r"|plenty of|generous\w*"
    r"|(?:use|using|start|starting|begin|switch to|choose|try) (?:an? |the )?"
    r"|as (?:often|usual|before|always)|unchanged|(?:won['\u2019]t|will not) (?:hurt|harm|matter)"
    r"|on an empty stomach|while fasting"
    r"|every (?:day|morning|evening|night|meal)|regularly)\b",
    re.I,
)
"""Words that call something acceptable."""

NEGATED = re.compile(
    r"\b(avoid\w*|do not|don't|never|must not|should not|cannot|can't|may not|no|not|without"
    r"|none of|neither|limit|separate\w*|before|after|apart|stop|leave out|skip|omit|abstain"
    r"|refrain|contraindicated|incompatible|flush)\b",
    re.I,
)
"""Words that warn."""


@lru_cache(maxsize=4096)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = [
        re.escape(word)
        .replace("emi", "a?emi")
        .replace("edem", "o?edem")
        .replace("rrhea", "rrho?ea")
        + _end_of(word)
        for word in sorted(words, key=len, reverse=True)
    ]
    return re.compile(rf"\b(?:{'|'.join(_by_first_letter(alternatives))})", re.I)


_LETTER = re.compile(r"(?:^|[^a-z\d])[a-z]$", re.I)
_WHOLE = re.compile(r"(?:^|\s)\d+$")


def _end_of(word: str) -> str:
    """Return what must not follow a word that ends in a lone letter or a whole number.

    "Child-Pugh C" is no beginning of "Child-Pugh class A", nor "day 1" of "day 15".
    """
    if _WHOLE.search(word):
        return r"(?!\d|\.\d)"
    return "(?![a-z])" if _LETTER.search(word) else ""


def _by_first_letter(alternatives: Sequence[str]) -> list[str]:
    """Return alternatives that match the same, those that begin with one letter in one group.

    At each word a search then compares its letter with a few groups, not with hundreds of words.
    Of two alternatives with different letters at most one can match, so their order is free.
    """
    groups: dict[str, list[str]] = {}
    for alternative in alternatives:
        first = alternative[:1]
        if not (first.isascii() and first.isalpha()) or alternative[1:2] == "?":
            return list(alternatives)  # may begin with another letter, or none
        groups.setdefault(first.lower(), []).append(alternative[1:])
    return [f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items()]


_VARIES = re.compile(r"(?=emi|edem)|(?<=rrh)(?=ea)")
"""Where a word is spelled with another letter elsewhere."""


@lru_cache(maxsize=4096)
def _stems(words: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """Return a part of each word that every spelling of it has, by how all of them begin.

    The parts are in lower case; "" is the beginning of short words, and of those that may vary.
    """
    found: dict[str, list[str]] = {}
    for word in words:
        head = _VARIES.split(written(word))[0][:_HEAD]
        stem = max(_VARIES.split(word.lower()), key=len)
        whole = len(head) == _HEAD and _WORD.match(head)
        found.setdefault(head if whole else "", []).append(stem)
    return found


_HEAD = 4
"""Characters of a beginning."""
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=64)
def _begun(text: str) -> tuple[frozenset[str], str]:
    """Return how what begins with the words of a text may begin, and the text in lower case."""
    as_written = written(text)
    heads = (as_written[m.start() : m.start() + _HEAD] for m in _WORD.finditer(as_written))
    return frozenset({"", *heads}), text.lower()


def _may_name(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a text has the letters of a word: most have none, and need no search."""
    stems = _stems(words)
    heads, lowered = _begun(text)
    for head in stems.keys() & heads:
        for stem in stems[head]:
            if stem in lowered:
                return True
    return False


def find(text: str, words: Sequence[str]) -> Span | None:
    """Return where the first of `words` stands (as the start of a word), or None."""
    named = tuple(words)
    match = _pattern(named).search(text) if _may_name(text, named) else None
    return Span(start=match.start(), end=match.end()) if match else None


def find_all(text: str, words: Sequence[str]) -> list[Span]:
    """Return every place where one of `words` stands (as the start of a word), in order."""
    named = tuple(words)
    found = _pattern(named).finditer(text) if _may_name(text, named) else ()
    return [Span(start=match.start(), end=match.end()) for match in found]
