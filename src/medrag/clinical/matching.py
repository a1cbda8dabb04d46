"""Finds every lexicon name in a text in one pass: a trie over words, longest match first.

The time is linear in the text and does not depend on the number of names: at each word the
trie is followed as far as it goes, and no name is longer than a few words. Words are compared
without case, except abbreviations (`MS`, `K`, `ASA`, `PE`), which count only as written.
Between the words of a name the text may have a space, a hyphen or a slash, or what the name
itself has there ("measles, mumps and rubella vaccine").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from medrag.clinical.lexicon import Lexicon, Term, load
from medrag.clinical.tables import BRANDS_THAT_ARE_WORDS

HitKind = Literal[
    "drug", "class", "combination", "analyte", "condition", "route", "form", "procedure"
]
NameForm = Literal["ingredient", "brand", "abbreviation", "class", "name"]

_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[ \t\n\u00a0]?[-\u2010\u2011\u2013/]?[ \t\n\u00a0]?")
_SLASHES = frozenset({"/", "-", " / "})


@dataclass(frozen=True, slots=True)
class Hit:
    """One name where it stands.

    Attributes:
        start, end: Offsets.
        kind: Which table the name is from.
        keys: Key of the entry; for a combination, its ingredients.
        form: What sort of name it is.
    """

    start: int
    end: int
    kind: HitKind
    keys: tuple[str, ...]
    form: NameForm


@dataclass(slots=True)
class _Name:
    written: str
    exact: bool
    kind: HitKind
    keys: tuple[str, ...]
    form: NameForm


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    gaps: set[str] = field(default_factory=set)
    names: list[_Name] = field(default_factory=list)


def find_names(text: str) -> list[Hit]:
    """Return every name in `text`, in order; of overlapping names the longest counts.

    Of two names of one length the exact (case-sensitive) one counts, then the table in the
    order of `HitKind`.
    """
    words = [(match.start(), match.end(), match[0].lower()) for match in _WORD.finditer(text)]
    root = _trie()
    hits: list[Hit] = []
    index = 0
    while index < len(words):
        found = _longest(text, words, index, root)
        if found is None:
            index += 1
            continue
        hit, last = found
        if hit.kind == "class":
            hit, last = _member(text, words, index, found)
        before = hits[-1] if hits else None
        both = _joined(text, before, hit) if before is not None else None
        if both is not None:
            hits[-1] = both
        else:
            hits.append(hit)
        index = last + 1
    return hits


def _joined(text: str, one: Hit, other: Hit) -> Hit | None:
    """Return two names with a slash or hyphen between as the combination that they are.

    The table has the usual order of each; "hydrochlorothiazide/lisinopril" is the same product.
    """
    if one.kind != "drug" or other.kind != "drug" or text[one.end : other.start] not in _SLASHES:
        return None
    keys = (*one.keys, *other.keys)
    return (
        Hit(one.start, other.end, "combination", keys, "name")
        if frozenset(keys) in _combined()
        else None
    )


@lru_cache(maxsize=1)
def _combined() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(found.ingredients) for found in load().combinations)


def _member(
    text: str, words: list[tuple[int, int, str]], first: int, found: tuple[Hit, int]
) -> tuple[Hit, int]:
    """Return the drug that begins in a class name and ends after it: "basal insulin glargine"."""
    for index in range(first + 1, found[1] + 1):
        inner = _longest(text, words, index, _trie())
        if inner is not None and inner[1] > found[1] and inner[0].kind == "drug":
            return inner
    return found


def _longest(
    text: str, words: list[tuple[int, int, str]], index: int, root: _Node
) -> tuple[Hit, int] | None:
    node = root.children.get(words[index][2])
    start, best, position = words[index][0], None, index
    while node is not None:
        end = words[position][1]
        if node.names:
            name = _accepted(node.names, text[start:end])
            if name is not None:
                best = Hit(start, end, name.kind, name.keys, name.form), position
        position += 1
        if position == len(words):
            break
        following = node.children.get(words[position][2])
        if following is not None:
            gap = text[end : words[position][0]]
            if gap not in following.gaps and not _GAP.fullmatch(gap):
                break
        node = following
    return best


def _accepted(names: list[_Name], written: str) -> _Name | None:
    for name in names:
        if not name.exact or name.written == written:
            return name
        if name.form == "brand" and written[:1].isupper():
            return name
    return None


def begins_name(beginning: str) -> bool:
    """Return whether three to six letters, in lower case, begin a name of the lexicon: "dobut"."""
    return beginning in _beginnings()


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    words = _trie().children
    return frozenset(word[:length] for word in words for length in range(3, min(len(word), 7)))


@lru_cache(maxsize=1)
def _trie() -> _Node:
    root = _Node()
    for name in _names(load()):
        node, last = root, 0
        for match in _WORD.finditer(name.written):
            word = match[0].lower()
            child = node.children.get(word)
            if child is None:
                child = node.children[word] = _Node()
            if node is not root:
                child.gaps.add(name.written[last : match.start()])
            node, last = child, match.end()
        # What is compared runs from the first word to the last: "p.o." is found as "p.o".
        name.written = name.written[:last]
        if node is not root:
            node.names.append(name)
            if len(node.names) > 1:
                node.names.sort(key=lambda n: not n.exact)
    return root


def _names(lexicon: Lexicon) -> Iterator[_Name]:
    yield from _drug_names(lexicon)
    for analyte in lexicon.analytes.values():
        yield from _entries(analyte.names, "analyte", (analyte.key,), "name")
        for name in analyte.abbreviations:
            yield _Name(name, True, "analyte", (analyte.key,), "abbreviation")
    tables: tuple[tuple[HitKind, Mapping[str, Term]], ...] = (
        ("condition", lexicon.conditions),
        ("route", lexicon.routes),
        ("form", lexicon.forms),
        ("procedure", lexicon.procedures),
    )
    for kind, table in tables:
        for term in table.values():
            yield from _entries(term.names, kind, (term.key,), "name")


def _drug_names(lexicon: Lexicon) -> Iterator[_Name]:
    for drug in lexicon.drugs.values():
        yield from _entries(drug.names, "drug", (drug.key,), "ingredient")
        yield from _entries(drug.brands, "drug", (drug.key,), "brand")
        for name in drug.abbreviations:
            yield _Name(name, True, "drug", (drug.key,), "abbreviation")
    for product in lexicon.combinations:
        for name in product.names:
            form: NameForm = "brand" if name[:1].isupper() else "ingredient"
            yield _Name(name, _is_code(name), "combination", product.ingredients, form)
    for drug_class in lexicon.classes.values():
        yield from _entries(drug_class.names, "class", (drug_class.key,), "class")


def _entries(
    names: Iterable[str], kind: HitKind, keys: tuple[str, ...], form: NameForm
) -> Iterator[_Name]:
    for name in names:
        yield _Name(name, _is_code(name) or name.lower() in BRANDS_THAT_ARE_WORDS, kind, keys, form)


def _is_code(name: str) -> bool:
    """Whether a name is an abbreviation, which must stand in its own capitals."""
    if len(name) > 6 and name.isalpha():
        return False  # said in one step of most names
    letters = [char for char in name if char.isalpha()]
    upper = sum(char.isupper() for char in letters)
    return len(letters) <= 3 or (len(letters) <= 6 and upper >= len(letters) - 1)
