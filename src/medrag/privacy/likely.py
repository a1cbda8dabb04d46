"""Names that all signs together show, where no single rule does: weighed words.

The rules find what stands in a place that somebody wrote a rule for. A new author writes names in
other places. Here each word that may be a name has its signs added up, with weights learned from
texts with marks; a word is replaced that is part of a name in more than about one of three cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from medrag.privacy.evidence import SOFT, Found, Note
from medrag.privacy.name_runs import begins_question
from medrag.privacy.signs import Token, cued, is_candidate, lists_of, read_tokens, signs
from medrag.privacy.unlisted import is_place_before
from medrag.privacy.values import Kind
from medrag.privacy.vocabulary import listed, weighed

ENOUGH = -0.5
"""The least logarithm of the odds. At -1 one more of 500 identifiers was found and two more of 640
look-alikes and one more fact were touched, on sets that the weights were not learned from."""
_ALLERGEN = re.compile(
    r"\b(?:allerg(?:ic|y|ies)|intoleran(?:t|ce)|anaphyla\w+) to (?:an? )?\Z", re.I
)
"""What follows is no person, however it is spelled: "allergic to sufa"."""
_PREFIXED = re.compile(r"(?:anti|non|pre|post|peri|pseudo|sub|intra|extra|inter|hyper|hypo)-")
"""An antibody or a time, not a name with a hyphen: "anti-Duffy"."""
_TOWARDS = frozenset(
    {"to", "from", "in", "of", "for", "via", "through", "visiting", "and", "across", "around"}
)
"""What stands before a country, which may be a given name as well: "flying to Kenya"."""
_ALLERGEN_CHARS = 30
_REACH = 3.5
"""What cues can add or take: they are looked for only where they can decide."""


def find_likely(note: Note, known: Iterable[Found]) -> Iterator[Found]:
    """Yield words that their signs together show as parts of names of persons or places.

    Args:
        note: The text.
        known: What the rules found: where they are sure, the words are not weighed again.
    """
    tokens = read_tokens(note)
    sure = [item for item in known if item.certainty > SOFT]
    covered = {word.start for item in sure for word in note.words_in(item.start, item.end)}
    run: list[Token] = []
    for at, token in enumerate(tokens):
        if run and not _joins(note, run[-1], token):
            yield from _of(note, run)
            run = []
        if not is_candidate(note, token):
            continue
        if token.start in covered:
            run.append(token)
            continue
        named = not _is_thing(note, tokens, at) and _is_likely(note, tokens, at)
        if named and not begins_question(note, token.start):
            run.append(token)
    if run:
        yield from _of(note, run)


def _is_thing(note: Note, tokens: Sequence[Token], at: int) -> bool:
    """Return whether a maker or an allergy stands before a word: "Medtronic Azure XT"."""
    last = tokens[at - 1].word if at else None
    start = tokens[at].start
    near = max(0, start - _ALLERGEN_CHARS)
    made = last is not None and last.key in listed("makers")
    word = tokens[at].word
    if word is not None and word.key in listed("countries"):
        return word.capital and last is not None and last.key in _TOWARDS
    if word is not None and _PREFIXED.match(word.key):
        return True
    return made or _ALLERGEN.search(note.text, near, start) is not None


def _is_likely(note: Note, tokens: Sequence[Token], at: int) -> bool:
    word, weights = tokens[at].word, weighed("likely")
    if word is None:
        return False
    sum_of_signs = sum(weights.get(s, 0.0) for s in signs(note, tokens, at, lists_of(word)))
    if abs(sum_of_signs - ENOUGH) < _REACH:
        sum_of_signs += sum(weights.get(cue, 0.0) for cue in cued(note, word))
    return sum_of_signs >= ENOUGH


def _joins(note: Note, last: Token, token: Token) -> bool:
    gap = note.text[last.end : token.start]
    return token.word is not None and (
        gap in {" ", "-"} or (gap == ". " and last.end - last.start < 3)
    )


def _of(note: Note, run: Sequence[Token]) -> Iterator[Found]:
    """Yield a run as a name; not initials alone, nor words for departments alone."""
    words = [token.word for token in run if token.word is not None]
    own = [word for word in words if len(word.text) > 1 and word.key not in listed("departments")]
    barred = len(words) == 1 and words[0].key in listed("not_names")
    if barred or not own:
        return
    kind: Kind = "place" if is_place_before(note, words[0].start) else "name"
    if len(own) < len(words) and any(len(word.text) > 1 and word not in own for word in words):
        kind = "organization"
    yield Found(words[0].start, words[-1].end, kind, SOFT)
