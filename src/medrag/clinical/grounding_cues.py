"""The statements of a text and what turns them: advice, denial and direction.

Every word that turns a statement is a cue with a pole and the words it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.clinical.grounding_axes import (
    AGAINST,
    AXES,
    DENIERS,
    EMPTY,
    EXCEPTS,
    FOR,
    KEEPS,
    STARTS,
    STOPS,
    height_of,
    without_prefix,
)
from medrag.clinical.grounding_tokens import (
    Token,
    clauses,
    content,
    is_light,
    key,
    tokens,
    within,
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that turns a statement.

    Attributes:
        axis, pole: On which axis it stands, and where.
        about: Keys of the words it is said of.
        start, end: Its characters.
        word: As written.
    """

    axis: str
    pole: str
    about: frozenset[str]
    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of a text with what turns it.

    Attributes:
        words: Keys of what it is about.
        denials: What each denial denies, the nearest words first.
        excepted: What stands after "unless", "except", "rather than".
        denied: What stands on either side of a denial.
        never: Whether it says "never".
    """

    text: str
    start: int
    end: int
    words: frozenset[str]
    cues: tuple[Cue, ...]
    denials: tuple[tuple[str, ...], ...]
    excepted: frozenset[str]
    denied: frozenset[str]
    never: bool


@lru_cache(maxsize=512)
def read_clauses(text: str) -> tuple[Clause, ...]:
    """Return the statements of `text`; the latest texts are kept."""
    return tuple(_clause(text, start, end) for start, end in clauses(text))


def _clause(text: str, start: int, end: int) -> Clause:
    words = within(tokens(text), start, end)
    taken: set[int] = set()
    asked = text[end : end + 1] == "?"
    cues = [] if asked else [*_advice(words, taken), *_described(words)]
    return Clause(
        text=" ".join(text[start:end].split()),
        start=start,
        end=end,
        words=frozenset() if asked else content(words),
        cues=tuple(cues),
        denials=tuple(_denials(words, taken)),
        excepted=frozenset(_excepted(words)),
        denied=_beside_denials(words),
        never=any(t.word == "never" for t in words),
    )


_REACH = 6
_LINKS = frozenset({"after", "before", "when", "if", "because", "while", "until", "unless"})


def _about(words: Sequence[Token], at: int) -> frozenset[str]:
    """Return the keys around a cue: up to the nearest break on each side."""
    left: list[Token] = []
    place = at
    while place > 0 and len(left) < _REACH and not words[place].breaks:
        place -= 1
        if words[place].word in _LINKS:
            break
        left.append(words[place])
    right: list[Token] = []
    place = at + 1
    while place < len(words) and len(right) < _REACH and not words[place].breaks:
        if words[place].word in _LINKS:
            break
        right.append(words[place])
        place += 1
    found = content(left) | content(right)
    return found | {"dose"} if any(t.key == "dose" for t in (*left, *right)) else found


def _denier_before(words: Sequence[Token], at: int, taken: set[int]) -> int | None:
    """Return the place of a denial that governs the word at `at`: "should not usually be used"."""
    for place in range(at - 1, max(-1, at - 18), -1):
        if words[place].word in DENIERS:
            return place if at - place <= 5 or _frames(words[place + 1 : at]) else None
        if words[place + 1].breaks and words[place].word not in {"and", "or", "nor"}:
            return None
        if words[place].word in {"when", "if", "because", "while", "who", "unless", "until"}:
            return None
        if words[place].word in AGAINST | STOPS and place not in taken:
            return None
    return None


def _frames(between: Sequence[Token]) -> bool:
    """Return whether "not" reaches over "be construed to imply that" to what follows."""
    return any(t.word in {"imply", "mean", "suggest", "construed", "indicate"} for t in between)


_MODALS = frozenset(
    {
        "should",
        "may",
        "can",
        "must",
        "could",
        "is",
        "are",
        "be",
        "to",
        "shall",
        "not",
        "been",
        "was",
        "were",
        "do",
        "never",
        "might",
        "please",
        "always",
    }
)


def _advice(words: Sequence[Token], taken: set[int]) -> Iterator[Cue]:
    for at, token in enumerate(words):
        word = token.word
        if word == "safety" and _unproven(words, at):
            yield Cue("use", "against", _about(words, at), token.start, token.end, word)
            continue
        if word in FOR and word not in STOPS | KEEPS | STARTS and _supposed(words, at):
            continue
        if word in AGAINST or word in STOPS or word in KEEPS or word in STARTS or word in FOR:
            if word in STOPS and not _is_verb(words, at):
                continue
            denier = _denier_before(words, at, taken)
            if denier is not None and word in FOR and _is_verb_chain(words[denier + 1 : at]):
                denier = None
            if denier is not None:
                taken.add(denier)
            for axis, pole in _poles(words, at, denied=denier is not None):
                yield Cue(axis, pole, _about(words, at), token.start, token.end, word)


def _unproven(words: Sequence[Token], at: int) -> bool:
    """Return whether it is safety that "has not been established"."""
    later = words[at + 1 :]
    proven = {"established", "known", "studied", "evaluated", "demonstrated", "determined"}
    return any(t.word in proven for t in later) and any(t.word in DENIERS for t in later)


_CHAINED = frozenset({"appear", "appears", "seem", "seems", "known", "shown", "show", "need",
                      "have", "found", "result", "affect"})  # fmt: skip


def _is_verb_chain(between: Sequence[Token]) -> bool:
    """Return whether a denial is of a verb in between: "do not appear to give"."""
    return any(t.word in _CHAINED for t in between)


def _supposed(words: Sequence[Token], at: int) -> bool:
    """Return whether a condition is spoken of, not an advice: "if it is not used at once"."""
    for place in range(at - 1, max(-1, at - 6), -1):
        if words[place].word in {"if", "when", "unless"}:
            return True
        if words[place + 1].breaks and words[place].word != "if":
            return False
    return False


def _is_verb(words: Sequence[Token], at: int) -> bool:
    """Return whether "stop" or "hold" is done here, not named ("withdrawn patients")."""
    return (
        words[at].word not in {"hold", "suspended"}
        or at == 0
        or words[at].breaks
        or (words[at - 1].word in _MODALS)
    )


def _poles(words: Sequence[Token], at: int, *, denied: bool) -> Iterator[tuple[str, str]]:
    word = words[at].word
    if word in AGAINST:
        yield "use", "for" if denied else "against"
        return
    if word in STOPS:
        yield "start", "go" if denied else "stop"
        return
    if word in KEEPS or word in STARTS:
        yield "start", "stop" if denied else "go"
    if word in FOR and (denied or _is_advised(words, at)):
        yield "use", "against" if denied else "for"


_PLAINLY = frozenset({
    "safe", "indicated", "recommended", "preferred", "suitable", "appropriate", "acceptable",
    "permitted", "allowed", "advised", "advisable", "recommend", "recommends", "supports",
    "support", "favors", "favours", "endorses",
})  # fmt: skip
"""What advises for something by itself."""


def _is_advised(words: Sequence[Token], at: int) -> bool:
    """Return whether a modal verb or an imperative governs the word."""
    if words[at].word in _PLAINLY:
        return True
    if at + 1 < len(words) and words[at].word == "use" and words[at + 1].word == "of":
        return False
    if at == 0 or words[at].breaks:
        return words[at].word in {
            "use",
            "give",
            "take",
            "administer",
            "start",
            "consider",
            "continue",
            "prescribe",
            "initiate",
            "begin",
            "combine",
        }
    before = [t.word for t in words[max(0, at - 3) : at]]
    modal = {"should", "may", "can", "must", "could", "shall"}
    return bool(modal & set(before))


def _described(words: Sequence[Token]) -> Iterator[Cue]:
    for at, token in enumerate(words):
        pole = AXES.get(token.word) or AXES.get(token.key)
        if pole is not None and not _compares_number(words, at):
            if token.word == "following" and at and words[at - 1].word == "the":
                continue
            if token.word == "longer" and at and words[at - 1].word == "no":
                continue  # "should no longer be used" compares no amounts
            place = pole.pole
            if pole.axis == "amount" and _denier_before(words, at, set()) is not None:
                place = f"not {place}"
            yield Cue(pole.axis, place, _about(words, at), token.start, token.end, token.word)
            continue
        height = height_of(token.word)
        if height is not None:
            yield Cue(*height, frozenset({height.axis}), token.start, token.end, token.word)


_COMPARING = frozenset({"less", "greater", "higher", "lower", "longer", "shorter", "fewer", "more",
                        "older", "younger", "smaller", "larger", "earlier", "later"})  # fmt: skip


def _compares_number(words: Sequence[Token], at: int) -> bool:
    """Return whether a comparative bounds a number ("less than 5", "5 or older")."""
    if words[at].word not in _COMPARING:
        return False
    after, before = words[at + 1 : at + 5], words[max(0, at - 5) : at]
    if after and after[0].word == "than":
        return any(t.key[0].isdigit() for t in after[1:4])
    if after and after[0].key == "patient":
        return False
    joined = bool(before) and before[-1].word in {"or", "and"}
    return joined and any(t.key[0].isdigit() for t in before)


def _denials(words: Sequence[Token], taken: set[int]) -> Iterator[tuple[str, ...]]:
    """Yield what each denial denies: the words after it, else the words before it."""
    for at, token in enumerate(words):
        bare = without_prefix(token.word)
        if token.word == "free" and at and token.start == words[at - 1].end + 1:
            yield (words[at - 1].key,)
        elif bare:
            yield (key(bare),)
        elif token.word in DENIERS and at not in taken:
            after = _strong(_reach(words, at + 1))
            yield after or _strong(words[max(0, at - 6) : at])[::-1]


def _beside_denials(words: Sequence[Token]) -> frozenset[str]:
    found: set[str] = set()
    for at, token in enumerate(words):
        if token.word in DENIERS or without_prefix(token.word):
            found |= content(words[max(0, at - 6) : at + 7])
    return frozenset(found)


def _excepted(words: Sequence[Token]) -> Iterator[str]:
    for at, token in enumerate(words):
        if token.word in EXCEPTS:
            yield from _strong(_reach(words, at + 1))


def _reach(words: Sequence[Token], start: int) -> list[Token]:
    found: list[Token] = []
    for token in words[start : start + 12]:
        stopper = token.word in {"but", "because", "due", "if", "when", "until", "unless", "while",
                                 "than", "so"}  # fmt: skip
        if found and (stopper or (token.breaks and len(_strong(found)) >= 3)):
            break
        found.append(token)
    return found


def _strong(words: Sequence[Token]) -> tuple[str, ...]:
    return tuple(
        t.key for t in words
        if not is_light(t) and t.key not in EMPTY and t.word not in EMPTY and t.word not in DENIERS
    )  # fmt: skip
