"""The statements of a text and what turns them: advice, denial and direction.

Every word that turns a statement is a cue with a pole and the words it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.grounding.axes import (
    AGAINST,
    AXES,
    DENIERS,
    FOR,
    HELPS,
    KEEPS,
    STARTS,
    STOPS,
)
from medrag.grounding.denials import beside_denials, denials, excepted, is_until
from medrag.grounding.described import described
from medrag.grounding.reach import COURSES, Cue, about_of, denier_before, head_of
from medrag.grounding.tokens import (
    Token,
    clauses,
    content,
    tokens,
    within,
)


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
    cues = [] if asked else [*_advice(words, taken), *described(words)]
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
            yield Cue("use", "against", about_of(words, at), token.start, token.end, word)
        elif word in _ADVISING and not _is_told(words, at):
            denier = denier_before(words, at, taken)
            if denier is not None and word in FOR and _is_verb_chain(words[denier + 1 : at]):
                denier = None
            if denier is not None and is_until(words, denier):
                continue  # "not started until": when, not whether
            if denier is not None and words[denier].word == "without":
                continue  # "without use" advises nothing
            if denier is not None:
                taken.add(denier)
            nothing = denier is None and [t.word for t in words[at + 1 : at + 2]] == ["no"]
            for axis, pole in _poles(words, at, denied=denier is not None or nothing):
                about, head = about_of(words, at), head_of(words, at)
                yield Cue(axis, pole, about, token.start, token.end, word, head)


_ADVISING = FOR | AGAINST | STOPS | KEEPS | STARTS


def _is_told(words: Sequence[Token], at: int) -> bool:
    """Return whether a word of advice only tells what happens: "if used", "continued use"."""
    word = words[at].word
    opens = at > 0 and words[at - 1].word == "to" and (at == 1 or words[at - 1].breaks)
    if opens and word in AGAINST:
        return True  # "To avoid flushing, ..."
    served = [t.word for t in words[max(0, at - 2) : at] if t.word != "to"]
    if word in AGAINST and served and served[-1] in HELPS:
        return True  # "which helps to avoid flushing"
    if word not in AGAINST and _supposed(words, at):
        return True
    if _is_of_time(words, at):
        return True
    if word in _LASTING and at + 1 < len(words):
        return words[at + 1].key in COURSES | {"use"}
    return word in STOPS and not _is_verb(words, at)


def _is_of_time(words: Sequence[Token], at: int) -> bool:
    """Return whether it tells when: "five days should be allowed", "at the start of April"."""
    if words[at].word == "allowed":
        return any(t.key in _SPANS for t in words[max(0, at - _NEAR_SPAN) : at])
    if at and words[at].word.endswith("ing") and words[at - 1].word in _WHEN:
        return any(t.word == "for" for t in words[max(0, at - 6) : at])  # "for 6 weeks after"
    after = words[at + 1 : at + 2]
    return words[at].word == "start" and bool(after) and after[0].word == "of"


_WHEN = frozenset({"after", "before", "on", "upon", "following", "since", "until"})
_SPANS = frozenset({"minut", "hour", "daily", "weekly", "monthly", "yearly", "interval"})
"""Keys of times: minutes, hours, days, weeks, months, years."""
_NEAR_SPAN = 4
_LASTING = frozenset({"continued", "continuing", "maintained", "interrupted"})


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
    for place in range(at - 1, max(-1, at - _SUPPOSING), -1):
        if words[place].word in {"if", "when", "unless", "except", "who", "whose", "whether"}:
            return True
        if words[place + 1].breaks and words[place].word not in {"if", "and", "or"}:
            return False
    return False


_SUPPOSING = 10
"""Words over which "unless they are A and not B" reaches."""


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
        if denied and any(_is_manner(t) for t in words[at + 1 : at + 4]):
            return  # "not stopped abruptly": how, not whether
        yield "start", "go" if denied else "stop"
        return
    if word in KEEPS or word in STARTS:
        until = any(t.word == "until" for t in words[at + 1 : at + 8])
        yield "start", "stop" if denied and not until else "go"
    if word in FOR and (denied or _is_advised(words, at)):
        yield "use", "against" if denied else "for"


def _is_manner(token: Token) -> bool:
    pole = AXES.get(token.word)
    return pole is not None and pole.axis == "speed"


_PLAINLY = frozenset({
    "safe", "indicated", "recommended", "preferred", "suitable", "appropriate", "acceptable",
    "permitted", "allowed", "advised", "advisable", "recommend", "recommends", "supports",
    "support", "supported", "encouraged", "warranted", "justified", "permissible", "endorsed",
    "favors", "indication", "indications",
    "favours", "endorses", "permit", "permits", "introduced",
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
            "drink",
            "eat",
            "consume",
        }
    before = [t.word for t in words[max(0, at - 3) : at]]
    modal = {"should", "may", "can", "must", "could", "shall", "ought"}
    return bool(modal & set(before))
