"""Finds the drug names that a misspelled word is one letter away from; decides nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from medrag.clinical.lexicon import load
from medrag.clinical.parts import SentenceParts
from medrag.clinical.tables import rows

_SHORTEST = 6
_BEFORE_DOSE = re.compile(
    r"(?<![\w-])([a-z]{6,})\s(?:(?:oral|orally|iv|im|po|tablets?|capsules?|xr|er|sr|xl|cr|la|ir|hcl|sodium)\s)?\Z"
)
_DOSE_HEADS = frozenset({"mg", "ug", "g", "[iU]", "meq", "{tablet}", "{capsule}"})


def misspellings(parts: SentenceParts) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return words that stand where a drug's name stands and are nearly one.

    A word counts if a dose follows it directly, no table knows it, and one insertion, deletion,
    replacement or swap of letters makes it a name.

    Returns:
        Start, end and the keys of the drugs it is near to, sorted.
    """
    found = []
    for mention in parts.quantities:
        if mention.quantity.amount_unit not in _DOSE_HEADS:
            continue
        window = parts.folded[max(parts.clauses.start, mention.start - 40) : mention.start]
        match = _BEFORE_DOSE.search(window)
        if match is None:
            continue
        start = mention.start - len(window) + match.start(1)
        end = start + len(match[1])
        if any(hit.start < end and start < hit.end for hit in parts.hits):
            continue
        near = near_names(match[1])
        if near:
            found.append((start, end, near))
    return found


@lru_cache(maxsize=1024)
def near_names(word: str) -> tuple[str, ...]:
    """Return the keys of drugs with a name one edit from `word`, sorted; empty if it is a name."""
    index = _index()
    if word in index.get(word, {}):
        return ()
    found = {
        key
        for form in (word, *_shortened(word))
        for name, key in index.get(form, {}).items()
        if _one_edit(word, name)
    }
    return tuple(sorted(found))


@lru_cache(maxsize=1)
def _index() -> dict[str, dict[str, str]]:
    """Return every name and every name less one letter -> {name: key}."""
    index: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for drug in load().drugs.values():
        for name in (*drug.names, *drug.brands):
            lower = name.lower()
            if len(lower) >= _SHORTEST and lower.isalpha():
                for form in (lower, *_shortened(lower)):
                    index[form][lower] = drug.key
    return dict(index)


@lru_cache(maxsize=1)
def other_names() -> frozenset[str]:
    """Return names, in lower case, of drugs and supplements that exist and that no table holds."""
    return frozenset(row["name"] for row in rows("other_names"))


def _shortened(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _one_edit(word: str, name: str) -> bool:
    """Return whether one insertion, deletion, replacement or swap turns one into the other."""
    if word == name or abs(len(word) - len(name)) > 1:
        return False
    if len(word) != len(name):
        longer, shorter = (word, name) if len(word) > len(name) else (name, word)
        return shorter in _shortened(longer)
    wrong = [place for place in range(len(word)) if word[place] != name[place]]
    if len(wrong) == 1:
        return True
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
    return swapped and word[wrong[0]] == name[wrong[1]] and word[wrong[1]] == name[wrong[0]]
