"""What one sentence of the quotations settles: no other sentence speaks against it.

"Avoid X below an eGFR of 45. It may be used at 30 to 44 if resistance is suspected": a claim that
tells the second sentence shares words with the first one, too, and would be held against it. It
is settled where a sentence alone supports it, values and all, and where the sentence that seems
to contradict it knows nothing more of what the claim is about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from medrag.grounding.cues import read_clauses
from medrag.grounding.equal import Number, is_same
from medrag.grounding.facts import read_facts
from medrag.grounding.places import is_inside
from medrag.grounding.tokens import clauses, content, tokens

_SENTENCE = re.compile(r"(?:(?:(?<=[a-z\d)%\]])|(?<=[A-Z]{2}))\.|;)(?=\s+\S)|\n| \| ")
_CONTRAST = re.compile(
    r",? (?:in contrast (?:to|with)|unlike|as opposed to|rather than|instead of)\b", re.IGNORECASE
)

_INSTEAD = re.compile(r"\b(?:rather than|instead of|as opposed to) (?:the |for )?\Z", re.IGNORECASE)
_LONGEST = 20


def is_contrasted(claim: str, at: int) -> bool:
    """Return whether what begins at `at` is what is not so: "a week rather than three days"."""
    return _INSTEAD.search(claim, max(0, at - _LONGEST), at) is not None


def settling(
    claim: str, at: int, told: str, quotes: Sequence[str], *, value: bool
) -> Iterator[tuple[str, str]]:
    """Yield the statement at a character of `claim` with each sentence that may settle it.

    Such a sentence has all values of the statement and something of it that the sentences around
    `told`, which seem to contradict it, have not; these have nothing of it that the other lacks,
    but for drugs and headings, which are said once for all that follows. A `value` is of the drug
    that its sentence names, where it names one.
    """
    words = re.compile(rf"(?<!\w){re.escape(told)}(?!\w)")
    every = [one for quote in quotes for one in _sentences(quote)]
    against = [one for one in every if told and words.search(one)]
    if not against:
        return
    statement = _statement(claim, at)
    rival = frozenset[str]().union(*map(_about, against))
    known = _about(statement) & rival
    topic = _headings(*quotes) | _repeated(every)
    for one in every:
        about = _about(one)
        strange = known - about - topic  # of those against it, and not of this one
        if one in against or not rival - about:  # "; avoid it" is of what stands before it
            continue
        if strange and ((value and read_facts(one).drugs) or strange - _drugs(*quotes)):
            continue
        if _is_of(statement, one, against, rival):
            yield statement, one


def _statement(claim: str, at: int) -> str:
    """Return the clause around a character, without what it is contrasted with."""
    inside = (claim[start:end] for start, end in clauses(claim) if start <= at < end)
    return _CONTRAST.split(next(inside, ""))[0]


def _is_of(statement: str, one: str, against: Sequence[str], rival: frozenset[str]) -> bool:
    """Return whether a sentence has all values of a statement, and more of it than the rivals."""
    facts, held = read_facts(statement), read_facts(one)
    if not all(
        _has(one, n) or (n.quantity.unit != "1" and is_inside(facts, n, [held]))
        for n in facts.numbers
    ):
        return False
    return bool(_about(statement) & _about(one) - rival) or any(
        not any(_has(other, n) for other in against) for n in facts.numbers
    )


def _repeated(every: Sequence[str]) -> frozenset[str]:
    """Return the keys that stand in several sentences: of what they all are about."""
    counts = Counter(key for one in every for key in _about(one))
    return frozenset(key for key, count in counts.items() if count > 1)


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(one for one in _SENTENCE.split(text) if one.strip())


def _about(text: str) -> frozenset[str]:
    return content(tokens(text))


def _drugs(*texts: str) -> frozenset[str]:
    """Return the keys of the drugs, which one sentence names for all that follow."""
    return frozenset[str]().union(
        *(_about(drug.name) for text in texts for drug in read_facts(text).drugs)
    )


def _headings(*texts: str) -> frozenset[str]:
    """Return the keys of what stands before a colon, or before the first value of a row of rows."""
    return frozenset[str]().union(
        *(_about(match[0]) for text in texts for match in _HEADING.finditer(text))
    )


_HEADING = re.compile(r"(?:(?<=\. )|\A)(?:[^.:;]*: |[^.;\d]*(?=\d[^;]*;))")


def _has(sentence: str, number: Number) -> bool:
    counted = number.quantity.unit == "1" and number.quantity.high is None
    return any(is_same(number, other) for other in read_facts(sentence).numbers) or (
        counted and any(token.key == number.written for token in tokens(sentence))
    )


def head_at(claim: str, at: int) -> str:
    """Return what the word of direction at a character is said of: "dose"; "" where of nothing."""
    cues = (cue for clause in read_clauses(claim) for cue in clause.cues if cue.start == at)
    return next((cue.head for cue in cues if cue.axis == "amount"), "")


def heads(text: str) -> frozenset[str]:
    """Return what the words of direction of a text are said of."""
    return frozenset(cue.head for clause in read_clauses(text) for cue in clause.cues)
