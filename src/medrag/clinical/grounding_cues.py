"""The statements of a text and what turns them: advice, denial and direction.

Every word that turns a statement is a cue with a pole and the words it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.clinical.grounding_axes import (
    AGAINST,
    AXES,
    DENIABLE,
    DENIERS,
    EVENTS,
    FOR,
    KEEPS,
    STARTS,
    STOPS,
    height_of,
)
from medrag.clinical.grounding_denials import beside_denials, denials, excepted
from medrag.clinical.grounding_tokens import (
    Token,
    clauses,
    content,
    is_light,
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
        head: Key of the nearest word behind it that carries meaning, else before it.
    """

    axis: str
    pole: str
    about: frozenset[str]
    start: int
    end: int
    word: str
    head: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of a text with what turns it.

    Attributes:
        words: Keys of what it is about.
        denials: What each denial denies, the nearest words first.
        excepted: What stands after "unless", "except", "rather than".
        denied: What stands on either side of a denial.
        repeated: Keys that stand in it more than once.
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
    repeated: frozenset[str]


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
        denials=tuple(denials(words, taken)),
        excepted=frozenset(excepted(words)),
        denied=beside_denials(words),
        never=any(t.word == "never" for t in words),
        repeated=frozenset(k for k, count in Counter(t.key for t in words).items() if count > 1),
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
    return found | {"dose"} if any(t.key in _COURSES for t in (*left, *right)) else found


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
        elif word in _ADVISING and not _is_told(words, at):
            denier = _denier_before(words, at, taken)
            if denier is not None and word in FOR and _is_verb_chain(words[denier + 1 : at]):
                denier = None
            if denier is not None and words[denier].word == "without":
                continue  # "without use" advises nothing
            if denier is not None:
                taken.add(denier)
            for axis, pole in _poles(words, at, denied=denier is not None):
                about, head = _about(words, at), _head(words, at)
                yield Cue(axis, pole, about, token.start, token.end, word, head)


_ADVISING = FOR | AGAINST | STOPS | KEEPS | STARTS


def _is_told(words: Sequence[Token], at: int) -> bool:
    """Return whether a word of advice only tells what happens: "if used", "continued use"."""
    word = words[at].word
    if word not in AGAINST and _supposed(words, at):
        return True
    if word in _LASTING and at + 1 < len(words):
        return words[at + 1].key in _COURSES | {"use"}
    return word in STOPS and not _is_verb(words, at)


_LASTING = frozenset({"continued", "continuing", "maintained", "interrupted"})
_COURSES = frozenset({"treat", "drug", "dose", "infus"})
"""Keys of what is given: treatment, drug, dose."""


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
        if words[place].word in {"if", "when", "unless", "who", "whose"}:
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
        until = any(t.word == "until" for t in words[at + 1 : at + 8])
        yield "start", "stop" if denied and not until else "go"
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
        yield from _events(words, at)
        pole = AXES.get(token.word) or AXES.get(token.key)
        if pole is not None and not _compares_number(words, at):
            denied = _is_denied(words, at, pole.axis)
            if not _is_idle(words, at) and (denied or pole.pole != "looked"):
                place = _denied_pole(*pole) if denied else pole.pole
                about, head = _about(words, at), _head(words, at)
                yield Cue(pole.axis, place, about, token.start, token.end, token.word, head)
            continue
        height = height_of(token.word)
        if height is not None:
            yield Cue(*height, frozenset({height.axis}), token.start, token.end, token.word)


def _events(words: Sequence[Token], at: int) -> Iterator[Cue]:
    """Yield "no effect" as unchanged, "markedly changes" as changed."""
    token = words[at]
    pole = ""
    if token.word in EVENTS and _denier_before(words, at, set()) is not None:
        pole = "unchanged"
    elif token.word in _VERBS and at and words[at - 1].word.endswith("ly"):
        pole = "changed"
    if pole:
        about, head = _about(words, at), _head(words, at)
        yield Cue("effect", pole, about, token.start, token.end, token.word, head)


def _is_idle(words: Sequence[Token], at: int) -> bool:
    """Return whether a word of an axis turns nothing: "the following", "no longer"."""
    word, before = words[at].word, words[at - 1].word if at else ""
    if word in {"more", "less"} and at + 1 < len(words):
        return _is_pole(words[at + 1])  # "more slowly" is slow
    return (word, before) in {("following", "the"), ("longer", "no")}


def _is_denied(words: Sequence[Token], at: int, axis: str) -> bool:
    """Return whether a denial turns the word of an axis at `at`."""
    if axis == "good":
        return any(t.word in DENIERS for t in words[max(0, at - 2) : at])
    if axis == "need" and at + 1 < len(words) and words[at + 1].word == "no":
        return True
    return axis in DENIABLE and _denier_before(words, at, set()) is not None


_VERBS = frozenset({"changes", "change", "impact", "impacts", "influences"})
"""What happens where an adverb stands before it: "markedly changes"."""


def _head(words: Sequence[Token], at: int) -> str:
    """Return what a word is said of most closely: "lower *completion* rates"."""
    for token in words[at + 1 : at + 5]:
        if token.breaks or token.word in _LINKS:
            break
        if _tells(token):
            return "dose" if token.key in _COURSES else token.key
    before = (t.key for t in reversed(words[max(0, at - 4) : at]) if _tells(t))
    found = next(before, "")
    return "dose" if found in _COURSES else found


def _tells(token: Token) -> bool:
    """Return whether a word tells what is spoken of; a course of treatment does."""
    return (not is_light(token) and not token.key[0].isdigit()) or token.key in _COURSES


def _is_pole(token: Token) -> bool:
    return token.word in AXES or token.key in AXES


def _denied_pole(axis: str, pole: str) -> str:
    """Return where a denied word stands: "did not alter" is unchanged, "not higher" not up."""
    return _OTHER_POLE.get((axis, pole), f"not {pole}")


_OTHER_POLE = {
    ("effect", "changed"): "unchanged",
    ("effect", "unchanged"): "changed",
    ("evidence", "shown"): "unshown",
    ("evidence", "looked"): "unshown",
    ("need", "yes"): "no",
}


_COMPARING = frozenset({"less", "greater", "higher", "lower", "longer", "shorter", "fewer", "more",
                        "older", "younger", "smaller", "larger", "earlier", "later"})  # fmt: skip


def _compares_number(words: Sequence[Token], at: int) -> bool:
    """Return whether a comparative bounds a number ("less than 5", "5 or older")."""
    if words[at].word not in _COMPARING:
        return False
    after, before = words[at + 1 : at + 5], words[max(0, at - 7) : at]
    if after and after[0].word == "than":
        return any(t.key[0].isdigit() for t in after[1:4])
    if after and after[0].key == "patient":
        return False
    joined = bool(before) and before[-1].word in {"or", "and"}
    return joined and any(t.key[0].isdigit() for t in before)
