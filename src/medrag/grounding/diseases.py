"""A disease or a procedure that a claim names where its quotations name another.

Wider than the lexicon's conditions, and held only where both sides name something that the other
does not: a word that stands alone may be told in any words, two that stand in one place may not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from medrag.clinical.lexicon import load
from medrag.grounding.ailments import AILMENTS
from medrag.grounding.facts import Facts
from medrag.grounding.stems import stems
from medrag.grounding.tokens import american, tokens, within


class Other(NamedTuple):
    """A disease in the place of another; see `grounding.Ungrounded`."""

    kind: Literal["population"]
    start: int
    end: int
    message: str
    expected: str


class Named(NamedTuple):
    """A disease or a procedure where it stands.

    Attributes:
        start, end: Its characters.
        names: All that it may be called.
        kinds: What it is a kind of.
        done: Whether it is something done.
    """

    start: int
    end: int
    names: frozenset[str]
    kinds: frozenset[str]
    done: bool

    def is_akin(self, other: Named) -> bool:
        """Return whether two are one, or one a kind of the other; two of a kind are not."""
        wider, others = self.names | self.kinds, other.names | other.kinds
        return bool(self.names & others or other.names & wider)


def other_diseases(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield what `said` names in the place of another disease or procedure of its quotations."""
    mine = named_in(said)
    if not mine:
        return
    theirs = [(one, source) for source in sources for one in named_in(source)]
    held = frozenset[str]().union(*(stems(tokens(source.text)) for source in sources))
    spoken = stems(tokens(said.text))
    rivals = [
        (rival, source)
        for rival, source in theirs
        if not any(rival.is_akin(one) for one in mine) and not _head(source, rival) & spoken
    ]
    for one in mine if rivals else ():
        if any(one.is_akin(other) for other, _ in theirs) or _head(said, one) & held:
            continue
        rival = next(((r, s) for r, s in rivals if r.done == one.done), None)
        if rival is not None:
            words = said.text[one.start : one.end]
            expected = rival[1].text[rival[0].start : rival[0].end]
            message = (
                f"{words!r} is named in no quotation of this claim; they speak of {expected!r}."
            )
            yield Other("population", one.start, one.end, message, expected)


def _head(facts: Facts, one: Named) -> frozenset[str]:
    """Return the stem of the word that a name ends with."""
    return stems(within(tokens(facts.text), one.start, one.end)[-1:])


_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][a-z]+)?\d?")


def _plain(word: str) -> str:
    """Return a word in American spelling without its plural and possessive."""
    plain = american(word.lower().replace("\u2019", "'").removesuffix("'s"))
    return (
        plain[:-1]
        if len(plain) > _SHORT and plain.endswith("s") and plain[-2] not in "siu"
        else plain
    )


_SHORT = 4
_Entry = tuple[tuple[str, ...], frozenset[str], frozenset[str], bool]


@lru_cache(maxsize=1)
def _table() -> dict[str, list[_Entry]]:
    """Return, by their first word, the names with all names of the same, longest first."""
    found: dict[str, list[_Entry]] = {}
    for names, kinds, done in AILMENTS:
        for name in names:
            written = tuple(map(_plain, _WORD.findall(name)))
            entry = (written, frozenset(names), kinds, done)
            found.setdefault(written[0], []).append(entry)
    for entries in found.values():
        entries.sort(key=lambda entry: (-len(entry[0]), entry[0]))
    return found


@lru_cache(maxsize=512)
def _called(diagnosis: str) -> frozenset[str]:
    """Return the names of a condition of the lexicon."""
    term = load().conditions.get(diagnosis)
    names = term.names if term is not None else ()
    return frozenset({diagnosis.replace("-", " "), *(name.lower() for name in names)})


@lru_cache(maxsize=256)
def named_in(facts: Facts) -> tuple[Named, ...]:
    """Return the diseases and procedures that a text names, in order."""
    table, found = _table(), []
    words = [(_plain(m[0]), m.start(), m.end()) for m in _WORD.finditer(facts.text)]
    read = [word for word, _, _ in words]
    at = 0
    while at < len(words):
        entries = table.get(read[at], ())
        fits = (e for e in entries if tuple(read[at : at + len(e[0])]) == e[0])
        entry = next(fits, None)
        if entry is not None:
            last = at + len(entry[0]) - 1
            found.append(Named(words[at][1], words[last][2], *entry[1:]))
            at = last
        at += 1
    for one in facts.diseases:
        beside = next((n for n in found if n.start < one.end and one.start < n.end), None)
        if beside is not None:
            wider = beside.kinds | {one.diagnosis.replace("-", " ")}
            found[found.index(beside)] = beside._replace(kinds=wider)
        elif one.diagnosis not in GENERAL:
            called = _called(one.diagnosis)
            found.append(Named(one.start, one.end, called, frozenset(), done=False))
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


GENERAL = frozenset({
    "pain", "fever", "cancer", "pregnancy", "lactation", "contraception", "smoking", "transplant",
    "shock", "burns", "nausea-vomiting", "diarrhea", "constipation", "suicidality",
    "immunocompromised", "obesity", "active-bleeding", "neuropathy",
})  # fmt: skip
"""Conditions that are told in many words."""
