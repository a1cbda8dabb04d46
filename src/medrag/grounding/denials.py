"""What a clause denies: the words behind a denial, list items, what a prefix turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from medrag.grounding.axes import (
    AXES,
    DENIABLE,
    DENIERS,
    EMPTY,
    EVENTS,
    EXCEPTS,
    without_prefix,
)
from medrag.grounding.reach import is_denier
from medrag.grounding.tokens import Token, content, is_light, key


def denials(words: Sequence[Token], taken: set[int]) -> Iterator[tuple[str, ...]]:
    """Yield what each denial denies: the words after it, else the words before it."""
    for at, token in enumerate(words):
        bare = without_prefix(token.word)
        if token.word == "free" and at and token.start == words[at - 1].end + 1:
            yield (words[at - 1].key,)
        elif bare:
            yield (key(bare),)
        elif (
            token.word in DENIERS
            and is_denier(words, at)
            and at not in taken
            and not _denies_cue(words, at)
            and not is_until(words, at)
            and not _is_pace(words, at)
        ):
            last = at + 1 == len(words) or words[at + 1].breaks
            reach = [] if last and token.word in _BEHIND else _reach(words, at + 1)
            listed = list(_listed(reach))
            yield from listed
            after = _strong(reach)[: 1 if listed or token.word == "without" else None]
            if after or token.word not in {"without", "no"}:
                yield after or _strong(words[max(0, at - 6) : at])[::-1]


def is_until(words: Sequence[Token], at: int) -> bool:
    """Return whether "not ... until" only says when: "not started until four weeks after"."""
    for token in words[at + 1 : at + 9]:
        if token.breaks:
            return False
        if token.word == "until":
            return words[at].word in {"not", "no"}
    return False


def _is_pace(words: Sequence[Token], at: int) -> bool:
    """Return whether a denial only bounds: "not infused faster than 25 mg/min"."""
    after = words[at + 1 : at + 10]
    return any(t.word in _PACES and n.word == "than" for t, n in pairwise(after))


_PACES = frozenset({"faster", "quicker", "longer", "slower"})


def _denies_cue(words: Sequence[Token], at: int) -> bool:
    """Return whether a denial only turns a word of an axis: "not superior", "not as high".

    Not "not counted as part of the series": what is denied is counting.
    """
    after = words[at + 1 : at + 4]
    verbal = bool(after) and after[0].word.endswith("ed")
    for token in after:
        pole = AXES.get(token.word) or AXES.get(token.key)
        if token.word in EVENTS:
            return True
        if (token.word == "as" and not verbal) or (
            pole is not None and pole.axis in DENIABLE and pole.pole != "looked"
        ):
            return True
    return False


def _listed(reach: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    """Yield each further item of a denied list of single words: "not crushed, split or chewed"."""
    for at, token in enumerate(reach[1:], start=1):
        alone = at + 1 == len(reach) or reach[at + 1].breaks or reach[at + 1].word in _ALSO
        if token.breaks and token.word not in _ALSO and alone:
            yield _strong([token])


_ALSO = frozenset({"or", "and", "nor"})


def beside_denials(words: Sequence[Token]) -> frozenset[str]:
    """Return the keys of what stands on either side of a denial."""
    found: set[str] = set()
    for at, token in enumerate(words):
        bare = without_prefix(token.word)
        if token.word in {"without", "non"}:
            found |= content(_until_joined(words[at + 1 : at + 11]))
        elif token.word in DENIERS and is_denier(words, at):
            ends = at + _LAST >= len(words)  # "have not been evaluated" denies all before it
            found |= content(words[0 if ends else max(0, at - 6) : at + 11])
        elif token.key.startswith("deficien"):
            found |= content(words[max(0, at - 4) : at])
        elif bare in {"able", "available"}:
            found |= content(words[max(0, at - 4) : at + 5])
        elif bare:
            found |= {key(bare), *content(words[max(0, at - 2) : at])}
    return frozenset(found)


_LAST = 4
"""So many words, the denial among them, end a clause whose subject is denied."""


def _until_joined(words: Sequence[Token]) -> list[Token]:
    """Return the words up to the next "with"."""
    found: list[Token] = []
    for token in words:
        if token.word in {"with", "but"}:
            break
        found.append(token)
    return found


def excepted(words: Sequence[Token]) -> Iterator[str]:
    """Yield the keys of what stands behind "unless", "except", "rather than"."""
    for at, token in enumerate(words):
        if token.word in EXCEPTS:
            yield from _strong(_reach(words, at + 1))


_BEHIND = frozenset({"lacking", "absent", "unknown", "insufficient", "spared"})
"""Denials that stand behind what they deny."""
_LIGHT_VERBS = frozenset({"use", "give", "take"})


def _reach(words: Sequence[Token], start: int) -> list[Token]:
    found: list[Token] = []
    for token in words[start : start + 12]:
        stopper = token.word in {"but", "because", "due", "if", "when", "until", "unless", "while",
                                 "than", "so"}  # fmt: skip
        told = len(_strong(found)) >= 3 or (found and found[0].key in _LIGHT_VERBS)
        told = told or any(t.key == "sufficient" for t in found)  # "does not do enough, ..."
        if found and (stopper or (token.breaks and told)):
            break
        found.append(token)
    return found


def _strong(words: Sequence[Token]) -> tuple[str, ...]:
    return tuple(
        t.key for t in words
        if not is_light(t) and t.key not in EMPTY and t.word not in EMPTY and t.word not in DENIERS
    )  # fmt: skip
