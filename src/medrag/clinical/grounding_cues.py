"""Whether a claim turns what its quotations say: advice, denial and direction.

Every word that turns a statement is a cue with a pole and the words it is about. A claim's
cue is laid beside the cues of the same axis in the source clauses that speak of the same; it
is turned where what it is about stands, there, only with another pole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

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
    are_opposed,
    without_prefix,
)
from medrag.clinical.grounding_tokens import Token, clauses, content, is_light, tokens, within


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
    """

    text: str
    start: int
    end: int
    words: frozenset[str]
    cues: tuple[Cue, ...]
    denials: tuple[tuple[str, ...], ...]
    excepted: frozenset[str]
    denied: frozenset[str]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a claim turned: its own characters and the quotation's words."""

    kind: Literal["negation", "direction"]
    start: int
    end: int
    source: str


def turns(claim: str, sources: Sequence[str]) -> Iterator[Turn]:
    """Yield what `claim` says the other way round than `sources`, clause by clause."""
    beside = [clause for source in sources for clause in read_clauses(source)]
    for clause in read_clauses(claim):
        rivals = _rivals(clause, beside)
        if rivals:
            yield from _denied(clause, rivals, beside)
            yield from _turned(clause, rivals, beside)


@lru_cache(maxsize=512)
def read_clauses(text: str) -> tuple[Clause, ...]:
    """Return the statements of `text`; the latest texts are kept."""
    return tuple(_clause(text, start, end) for start, end in clauses(text))


def _clause(text: str, start: int, end: int) -> Clause:
    words = within(tokens(text), start, end)
    taken: set[int] = set()
    cues = [*_advice(words, taken), *_described(words)]
    return Clause(
        text=" ".join(text[start:end].split()),
        start=start,
        end=end,
        words=content(words),
        cues=tuple(cues),
        denials=tuple(_denials(words, taken)),
        excepted=frozenset(_excepted(words)),
        denied=_beside_denials(words),
    )


# --- Reading -------------------------------------------------------------------------------

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
            if denier is not None:
                taken.add(denier)
            for axis, pole in _poles(words, at, denied=denier is not None):
                yield Cue(axis, pole, _about(words, at), token.start, token.end, word)


def _unproven(words: Sequence[Token], at: int) -> bool:
    """Return whether it is safety that "has not been established"."""
    later = words[at + 1 :]
    proven = {"established", "known", "studied", "evaluated", "demonstrated", "determined"}
    return any(t.word in proven for t in later) and any(t.word in DENIERS for t in later)


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


def _is_advised(words: Sequence[Token], at: int) -> bool:
    """Return whether a modal verb or an imperative governs the word."""
    if words[at].word in {"safe", "indicated", "recommended", "preferred", "suitable",
                          "appropriate", "acceptable", "permitted", "allowed", "advised",
                          "advisable"}:  # fmt: skip
        return True
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
            yield Cue(*pole, _about(words, at), token.start, token.end, token.word)
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
            yield (bare, *_strong(words[max(0, at - 4) : at]))
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


# --- Comparing -----------------------------------------------------------------------------


def _rivals(clause: Clause, beside: Sequence[Clause]) -> list[Clause]:
    """Return the source clauses that say about the same as this one, nearest first."""
    if not clause.words:
        return []
    shares = sorted(((len(clause.words & other.words) / len(clause.words), number, other)
                     for number, other in enumerate(beside)),
                    key=lambda one: (-one[0], one[1]))  # fmt: skip
    if not shares or shares[0][0] < 0.34:
        return []
    return [other for share, _, other in shares if share >= 0.85 * shares[0][0]]


def _denied(clause: Clause, rivals: Sequence[Clause], beside: Sequence[Clause]) -> Iterator[Turn]:
    first = rivals[0].text
    if not any(_denies_at_all(rival) for rival in rivals):
        elsewhere = [other.words for other in beside if _denies_at_all(other)]
        near = clause.denied
        if clause.denials and not any(len(near & words) >= 2 for words in elsewhere):
            yield Turn("negation", clause.start, clause.end, first)
            return
        for cue in clause.cues:
            told = any(len(cue.about & words) >= 2 for words in elsewhere)
            if cue.axis == "use" and cue.pole == "against" and not told:
                yield Turn("negation", cue.start, cue.end, first)
                return
    if all(_drops_denial(clause, rival) for rival in rivals):
        yield Turn("negation", clause.start, clause.end, first)


def _denies_at_all(clause: Clause) -> bool:
    return (
        bool(clause.denials)
        or any((cue.axis, cue.pole) in _DENYING for cue in clause.cues)
        or bool(_EXCEPTING.search(clause.text))
    )


_DENYING = {("use", "against"), ("rate", "seldom")}
_EXCEPTING = re.compile(
    r"\b(?:unless|except|excluding|only|rather|instead|limit\w*|restrict\w*|prevent\w*|against)\b",
    re.IGNORECASE,
)


def _drops_denial(clause: Clause, rival: Clause) -> bool:
    """Return whether the claim asserts what its source denies."""
    if any(cue.axis == "use" and cue.pole == "against" for cue in clause.cues):
        return False
    own = {head for denial in clause.denials for head in (denial or clause.words)}
    own |= clause.excepted
    theirs = {head for denial in rival.denials for head in denial}
    moved = any(d and d[0] in rival.words and d[0] not in theirs for d in clause.denials)
    if clause.denials and not moved:
        return False
    for denial in rival.denials:
        told = [head for head in denial[:3] if head in clause.words]
        most = len(told) >= 0.6 * len(denial[:3])
        if len(denial) == 1 and not _nearly(clause, rival):
            continue
        if _ADJUST & set(denial[:3]) and clause.words & _CHANGES and not own:
            return True
        if denial and denial[0] in told and denial[0] not in own and most:
            return True
        rest = [head for head in denial[1:3] if head in clause.words]
        if not own and len(rest) == 2 and _nearly(clause, rival):
            return True
    return False


_ADJUST = frozenset({"adjust", "chang", "modification", "modific"})
_CHANGES = frozenset({"increase", "decrease", "halv", "doubl", "adjust"})


def _nearly(clause: Clause, rival: Clause) -> bool:
    """Return whether a clause tells at least half of what another one tells."""
    return 2 * len(clause.words & rival.words) >= len(rival.words)


def _turned(clause: Clause, rivals: Sequence[Clause], beside: Sequence[Clause]) -> Iterator[Turn]:
    near = [cue for rival in rivals for cue in rival.cues]
    rest = [cue for other in beside if other not in rivals for cue in other.cues]
    for cue in clause.cues:
        far = [c for c in rest if c.axis == cue.axis and c.about & cue.about]
        same = [c.about for c in (*near, *far) if (c.axis, c.pole) == (cue.axis, cue.pole)]
        other = [
            c for c in near + (far if not same else [])
            if c.axis == cue.axis and are_opposed(c.pole, cue.pole) and not _told(c, cue, clause)
        ]  # fmt: skip
        both = any(c.axis == cue.axis and c.pole != cue.pole for c in clause.cues)
        if not other or not all(same) or (both and not same):
            continue
        agreeing = frozenset[str]().union(*same)
        best = max(other, key=lambda c: len((c.about - agreeing) & cue.about))
        opposed = frozenset[str]().union(*(c.about for c in other))
        against = cue.about & (best.about - agreeing)
        if same:
            turned = bool(against) and not cue.about & (agreeing - opposed)
        else:
            turned = bool(against) or _gone(cue, clause, rivals)
        if turned:
            kind: Literal["negation", "direction"] = (
                "negation" if cue.axis == "use" else "direction"
            )
            yield Turn(kind, cue.start, cue.end, best.word)


def _told(source: Cue, cue: Cue, clause: Clause) -> bool:
    """Return whether another cue of the claim tells, better than this one, what a source says."""
    reach = len(source.about & cue.about)
    return any(
        (c.axis, c.pole) == (source.axis, source.pole) and len(c.about & source.about) >= reach > 0
        for c in clause.cues
    )


def _gone(cue: Cue, clause: Clause, rivals: Sequence[Clause]) -> bool:
    """Return whether the rivals' pole is nowhere in the claim, which nearly repeats them."""
    poles = {c.pole for c in clause.cues if c.axis == cue.axis}
    for rival in rivals:
        theirs = {c.pole for c in rival.cues if c.axis == cue.axis}
        if not theirs or theirs & poles:
            return False
    return len(clause.words & rivals[0].words) >= 0.5 * len(clause.words)
