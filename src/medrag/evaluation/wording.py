"""Whether words stand in other words: for quotations and spans, and for facts.

Quotations are compared word for word. A fact is compared by what it says: its numbers with
units, frequencies, drugs, direction and patients go through the comparators that ground an
answer's claims in its quotations, and its other words have to be there, up to endings and synonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from medrag.grounding.bounds import direction
from medrag.grounding.claims import ground
from medrag.grounding.equal import Number, ends, is_same
from medrag.grounding.facts import Facts, read_facts
from medrag.grounding.frequencies import other_frequencies
from medrag.grounding.places import stands_bare
from medrag.grounding.tokens import Token, content, tokens
from medrag.text import row_cells

_UNCOUNTED = re.compile(r"\b(first|next|last) (minute|hour|day|week|month|year)\b", re.IGNORECASE)
_VERBS = {
    *("is", "are", "was", "be", "may", "must", "should", "can", "do", "does"),
    *("not", "no", "never", "without", "cannot", "avoid", "contraindicat", "safe", "allow"),
    *("give", "take", "use", "start", "continue", "restart", "repeat", "recommend", "offer"),
    *("need", "increase", "reduc", "stop", "hold", "withhold"),
}
"""Words, or their keys, by which a wording directs or asserts."""
_AGAINST = {
    *("not", "no", "never", "without", "avoid", "contraindicat", "cannot"),
    *("stop", "withhold", "neither", "nor", "except"),
}
"""Keys of words that speak against something; grounding counts them light."""


def bare(text: str) -> str:
    """Return `text` without white space and table marks that only print it."""
    return " ".join(" ".join(row_cells(line)) for line in text.splitlines()).strip()


def stands_in(words: str, texts: Iterable[str]) -> bool:
    """Return whether `words` stand in one of `texts`, white space and table marks apart."""
    wanted = bare(words)
    return any(wanted in bare(text) for text in texts)


def span_in(span: str, texts: Iterable[str]) -> bool:
    """Return whether a judged answer span stands in one of `texts`, also in other case.

    Marks at its ends, where a span was cut, do not count.
    """
    wanted = bare(span).strip(" .,;:").casefold()
    return any(wanted in bare(text).casefold() for text in texts)


def is_stated(fact: Sequence[str], statements: Iterable[Sequence[str]]) -> bool:
    """Return whether one statement says a fact, in one of its wordings.

    Args:
        fact: Its wordings, of which any will do.
        statements: Of each what it is made of: a claim and its quotations. What no one
            statement says is not put together from two.
    """
    told = [tuple(statement) for statement in statements]
    return any(_says(statement, wording) for wording in fact for statement in told)


def _says(statement: Sequence[str], wording: str) -> bool:
    """Return whether a statement says all that a wording says.

    A wording without a number, drug or word that carries meaning has to stand there as it is.
    """
    said, told = read_facts(_counted(wording)), read_facts(_counted("\n".join(statement)))
    read = [
        *((number.start, number.end) for number in said.numbers),
        *((frequency.start, frequency.end) for frequency in said.frequencies),
        *((drug.start, drug.end) for drug in said.drugs),
    ]
    own = tokens(said.text)
    rest = [t for t in own if not any(start < t.end and t.start < end for start, end in read)]
    needed = content(rest)
    if not read and not needed:
        return wording.casefold() in told.text.casefold()
    there = tokens(told.text)
    if not needed <= {token.key for token in there}:
        return False
    if not (_is_part(own, there) or _has_values(said, told)):
        return False
    return not _is_clause(rest) or _is_alike(said, told)


def _is_part(own: Sequence[Token], there: Sequence[Token]) -> bool:
    """Return whether the words of a wording stand there one behind the other."""
    wanted, given = [token.word for token in own], [token.word for token in there]
    last = len(given) - len(wanted)
    return any(given[at : at + len(wanted)] == wanted for at in range(last + 1))


def _has_values(said: Facts, told: Facts) -> bool:
    """Return whether numbers, frequencies and drugs all stand in what is told."""
    drugs = all(any(one.keys & other.keys for other in told.drugs) for one in said.drugs)
    paces = " | ".join(frequency.text for frequency in told.frequencies).casefold()
    numbers = all(
        _has_number(one, told) or said.text[one.start : one.end].casefold() in paces
        for one in said.numbers
    )
    return drugs and numbers and not any(other_frequencies(said, (told,)))


def _has_number(one: Number, told: Facts) -> bool:
    same = [
        other for other in told.numbers if any(is_same(one, part) for part in (other, *ends(other)))
    ]
    if same:
        return any(_is_bounded_alike(one, other) for other in same)
    bare = one.quantity.unit == "1" and one.quantity.high is None
    return bare and stands_bare(one, (told,))


def _is_bounded_alike(one: Number, other: Number) -> bool:
    """Return whether two bounds do not point opposite ways; a number without one fits all."""
    mine = direction(one.bound, one.quantity.unit)
    theirs = direction(other.bound, other.quantity.unit)
    return not mine or not theirs or mine == theirs


def _is_clause(rest: Sequence[Token]) -> bool:
    """Return whether a wording directs or asserts something, rather than name it."""
    return any({token.word, token.key} & _VERBS for token in rest)


def _is_alike(said: Facts, told: Facts) -> bool:
    """Return whether a clause goes the way that what is told goes."""
    against = _AGAINST.intersection(token.key for token in tokens(said.text))
    if against and not _AGAINST.intersection(token.key for token in tokens(told.text)):
        return False
    turned = {"negation", "direction", "population"}
    parts = told.text.split("\n")
    return any(
        not any(one.kind in turned for one in ground(said.text, [part]))
        for part in parts
        if {t.key for t in tokens(part)} & {t.key for t in tokens(said.text)}
    )


def _counted(text: str) -> str:
    """Return `text` with "the first hour" as "the first 1 hour", to be told from the first 3."""
    return _UNCOUNTED.sub(r"\1 1 \2", text)
