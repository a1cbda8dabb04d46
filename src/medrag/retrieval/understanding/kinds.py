"""What a question asks for, and under which headings such an answer stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.clinical.tables import items
from medrag.core.understanding import HeadingPrior, QuestionKind
from medrag.retrieval.understanding.questions import Question
from medrag.retrieval.understanding.vocabulary import own_rows
from medrag.retrieval.understanding.weights import HEADING_BONUS, PATIENT_SHARE

_MOST_KINDS = 3
_GAP = 6
"""Most words that `..` in a cue stands for."""
_STAR = 3
"""Letters by which cues that end in `*` are looked up."""


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that tell a kind: each a word, a beginning of one (`interact*`), or `..`."""

    kind: str
    words: tuple[str, ...]

    def end(self, keys: Sequence[str], start: int) -> int | None:
        """Return the position of the cue's last word where it begins at `start`, else None."""
        place = start
        gap = False
        for word in self.words:
            if word == "..":
                gap = True
                continue
            reach = range(place, min(place + (_GAP if gap else 0) + 1, len(keys)))
            found = next((at for at in reach if _is(word, keys[at])), None)
            if found is None:
                return None
            place, gap = found + 1, False
        return place - 1


def kinds_of(question: Question) -> tuple[QuestionKind, ...]:
    """Return what a question asks for, that with most words for it first; at most three.

    A cue inside a longer one counts for nothing: a row of the table without a kind holds phrases
    whose words would tell one ("baby aspirin").
    """
    told: dict[str, list[tuple[int, int]]] = defaultdict(list)
    phrases: set[tuple[int, int]] = set()
    for start, key in enumerate(question.keys):
        for cue in _cues_at(key):
            end = cue.end(question.keys, start)
            if end is not None:
                told[cue.kind].append((start, end))
                phrases |= {(start, end)} if ".." not in cue.words else set()
    own = {kind: [at for at in places if not _inside(at, phrases)] for kind, places in told.items()}
    order = {kind: place for place, kind in enumerate(_order())}
    asked = (kind for kind, places in own.items() if kind and places)
    ranked = sorted(asked, key=lambda kind: (-_words(own[kind]), order[kind]))
    return tuple(
        QuestionKind(name=kind, told_by=question.written(*max(own[kind], key=_length)))
        for kind in ranked[:_MOST_KINDS]
    )


def heading_priors(
    kinds: Iterable[QuestionKind], patient_kinds: Iterable[str], own: Mapping[str, tuple[str, ...]]
) -> tuple[HeadingPrior, ...]:
    """Return the headings for what is asked, and at half the bonus for whom it is about.

    Args:
        kinds: What is asked.
        patient_kinds: What a question about such a patient would ask.
        own: An institution's own headings by kind, in lower case.
    """
    asked = [kind.name for kind in kinds]
    about = [kind for kind in patient_kinds if kind not in asked]
    bonuses = dict.fromkeys(asked, HEADING_BONUS)
    bonuses |= dict.fromkeys(about, HEADING_BONUS * PATIENT_SHARE)
    return tuple(
        HeadingPrior(phrases=phrases, bonus=bonus, kind=kind)
        for kind, bonus in bonuses.items()
        if (phrases := (*_headings().get(kind, ()), *own.get(kind, ())))
    )


def _is(word: str, key: str) -> bool:
    return key.startswith(word[:-1]) if word.endswith("*") else key == word


def _cues_at(key: str) -> Iterator[Cue]:
    whole, begun = _cues()
    yield from whole.get(key, ())
    yield from begun.get(key[:_STAR], ())


def _length(place: tuple[int, int]) -> int:
    return place[1] - place[0]


def _inside(place: tuple[int, int], phrases: Iterable[tuple[int, int]]) -> bool:
    """Return whether a longer cue without a gap holds all of a cue: Child-Pugh is no child."""
    start, end = place
    return any(a <= start and end <= b and b - a > end - start for a, b in phrases)


def _words(places: Iterable[tuple[int, int]]) -> int:
    return len({at for start, end in places for at in range(start, end + 1)})


@lru_cache(maxsize=1)
def _cues() -> tuple[Mapping[str, list[Cue]], Mapping[str, list[Cue]]]:
    """Return the cues by their first word, and those that begin with a beginning by that."""
    whole: defaultdict[str, list[Cue]] = defaultdict(list)
    begun: defaultdict[str, list[Cue]] = defaultdict(list)
    for row in own_rows("kinds"):
        for written in items(row["cues"]):
            cue = Cue(row["kind"], tuple(written.replace("-", " ").replace("'", " ").split()))
            first = cue.words[0]
            table, key = (begun, first[:_STAR]) if first.endswith("*") else (whole, first)
            table[key].append(cue)
    return whole, begun


@lru_cache(maxsize=1)
def _order() -> tuple[str, ...]:
    return tuple(row["kind"] for row in own_rows("kinds"))


@lru_cache(maxsize=1)
def _headings() -> Mapping[str, tuple[str, ...]]:
    return {row["kind"]: items(row["phrases"]) for row in own_rows("headings")}
