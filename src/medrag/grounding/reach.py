"""A word that turns a statement, and how far it reaches: what it is said of, what denies it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrag.grounding.axes import AGAINST, DENIERS, STOPS
from medrag.grounding.tokens import Token, content, is_light


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that turns a statement.

    Attributes:
        axis, pole: On which axis it stands, and where.
        about: Keys of the words it is said of.
        start, end: Its characters.
        word: As written.
        head: Key of the nearest word behind it that carries meaning, else before it.
    """

    axis: str
    pole: str
    about: frozenset[str]
    start: int
    end: int
    word: str
    head: str = ""


COURSES = frozenset({"treat", "drug", "dose", "infus"})
"""Keys of what is given: treatment, drug, dose."""


_REACH = 6
_LINKS = frozenset({"as", "after", "before", "when", "if", "because", "while", "until", "unless"})


def about_of(words: Sequence[Token], at: int) -> frozenset[str]:
    """Return the keys around a cue: up to the nearest break on each side."""
    left: list[Token] = []
    place = at
    while place > 0 and len(left) < _REACH and not words[place].breaks:
        place -= 1
        if words[place].word in _LINKS:
            break
        left.append(words[place])
    right: list[Token] = []
    place, last = at + 1, _list_end(words, at + 1)
    while place < len(words) and (len(right) < _REACH or place < last):
        if words[place].word in _LINKS or (words[place].breaks and place >= last):
            break
        right.append(words[place])
        place += 1
    found = (content(left) | content(right)) - _MEASURES
    return found | {"dose"} if any(t.key in COURSES for t in (*left, *right)) else found


_MEASURES = frozenset({"hour", "minut", "mg", "mcg", "ml", "mmol", "kg", "mmhg"})
"""Keys of units, which tell nothing of what is spoken of."""


def _list_end(words: Sequence[Token], first: int) -> int:
    """Return where "A, B and C" ends that begins at `first`; `first` where there is no list.

    Its members are of one word each, as names of drugs are.
    """
    place = first + 1
    while words[place : place + 1] and words[place].breaks and words[place].word not in _AND:
        place += 1
    listed = place > first + 1 and words[place : place + 1] and words[place].word in _AND
    return min(place + 2, len(words)) if listed else first


_AND = frozenset({"and", "or"})


def is_denier(words: Sequence[Token], at: int) -> bool:
    """Return whether the word at `at` denies what follows.

    "Failed to improve" does; a failing organ, and a drug that failed, deny nothing.
    """
    word = words[at].word
    if word not in DENIERS or word == "non":
        return False  # "non-hormonal" denies its own word alone
    return word not in _FAILING or (at + 1 < len(words) and words[at + 1].word == "to")


_FAILING = frozenset({"fail", "fails", "failed", "failing", "failure"})


def denier_before(words: Sequence[Token], at: int, taken: set[int]) -> int | None:
    """Return the place of a denial that governs the word at `at`: "should not usually be used"."""
    for place in range(at - 1, max(-1, at - 18), -1):
        if words[place].word in DENIERS and is_denier(words, place):
            joined = words[at - 1].word in {"or", "nor"} and at - place <= _LISTED
            if joined:
                return place
            near = at - place <= 5 or _frames(words[place + 1 : at])
            return place if near or _is_subject(words, place, at) else None
        if words[place + 1].breaks and words[place].word not in {"and", "or", "nor"}:
            return None
        if words[place].word in _PARTING or (
            words[place].word in _OF and any(t.word == "without" for t in words[:place])
        ):
            return None  # "without fever in a stable patient"
        if words[place].word in AGAINST | STOPS and place not in taken:
            return None
    return None


_OF = frozenset({"in", "for", "with", "on"})


def _is_subject(words: Sequence[Token], place: int, at: int) -> bool:
    """Return whether "nobody with such and such may" do what stands at `at`."""
    last = at - 2 if words[at - 1].word == "be" else at - 1
    return words[place].word in _NOBODY and words[last].word in _MAY


_NOBODY = frozenset({"nobody", "none", "neither"})
_MAY = frozenset({"may", "should", "must", "can"})
_PARTING = frozenset({"when", "if", "because", "while", "who", "unless", "until", "whether"})


_LISTED = 12
"""Words over which "or" carries a denial on: "do not mix with other drugs or administer"."""


def _frames(between: Sequence[Token]) -> bool:
    """Return whether "not" reaches over "be construed to imply that" to what follows."""
    told = len(between) > 1 and between[1].word == "that" and between[0].word in _PROOFS
    return told or any(t.word in _IMPLYING for t in between)


_PROOFS = frozenset({"evidence", "proof", "indication", "sign", "signs", "suggestion", "data"})
"""What is denied with all that it is of: "no evidence that it raises the risk"."""
_IMPLYING = frozenset({"imply", "mean", "suggest", "construed", "indicate"})


def head_of(words: Sequence[Token], at: int) -> str:
    """Return what a word is said of most closely: "lower *completion* rates"."""
    for token in words[at + 1 : at + 5]:
        if token.breaks or token.word in _LINKS:
            break
        if _tells(token):
            named = token.key in COURSES or _is_of_dose(words, token)
            return "dose" if named else token.key
    before = (t.key for t in reversed(words[max(0, at - 4) : at]) if _tells(t))
    found = next(before, "")
    return "dose" if found in COURSES else found


def _is_of_dose(words: Sequence[Token], token: Token) -> bool:
    """Return whether a word stands before the dose that it names: "lower tizanidine *doses*"."""
    after = words[words.index(token) + 1 :][:1]
    return (
        bool(after) and token.word not in _WHICH and after[0].key == "dose" and not after[0].breaks
    )


_WHICH = frozenset(
    {"next", "usual", "missed", "first", "second", "last", "same", "extra", "other", "double"}
)
"""Words that tell which dose it is, not what it is a dose of."""


def _tells(token: Token) -> bool:
    """Return whether a word tells what is spoken of; a course of treatment does."""
    if token.word in _GENERIC:
        return False
    return (not is_light(token) and not token.key[0].isdigit()) or token.key in COURSES


_GENERIC = frozenset({"medicine", "medicines", "agent", "agents", "product", "substance", "remedy"})
"""What stands for any drug: "the concentration of the medicine"."""


def listed(cue: Cue, cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues of one axis that stand in a list with `cue`, itself among them."""
    found, alike = [cue], [one for one in cues if one.axis == cue.axis]
    for one in found:
        found += [other for other in alike if other not in found and are_joined(one, other)]
    return found


def are_joined(one: Cue, other: Cue) -> bool:
    """Return whether two cues stand side by side: "primary or secondary"."""
    return 0 < max(one.start, other.start) - min(one.end, other.end) <= _SIDE_BY_SIDE


_SIDE_BY_SIDE = 5
"""Characters between two cues of a list."""
