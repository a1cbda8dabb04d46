"""What grounding compares: numbers with their bounds, frequencies, drugs with their doses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.clinical.frequency import parse_frequencies
from medrag.clinical.grounding_words import DRUG_SUFFIX
from medrag.clinical.quantities import parse
from medrag.clinical.quantity import Frequency, QuantityMention
from medrag.clinical.reading import read


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity with the bound its sentence puts on it ("maximum", "or older")."""

    mention: QuantityMention
    bound: str
    about: bool


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug with the doses that the text gives it.

    Attributes:
        start, end: Its words.
        name: As written.
        keys: Ingredients, or the class; equal keys are one drug.
        doses: `500 mg`, amount and UCUM unit.
    """

    start: int
    end: int
    name: str
    keys: frozenset[str]
    doses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What grounding compares, read from one text."""

    text: str
    numbers: tuple[Number, ...]
    frequencies: tuple[Frequency, ...]
    drugs: tuple[Drug, ...]


_MARKER = re.compile(r"\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]|(?m:^\s*\d{1,2}[.)]\s)")


def without_markers(text: str) -> str:
    """Return `text` with citation marks and list numbers blanked, offsets kept."""
    return _MARKER.sub(lambda match: " " * len(match[0]), text)


@lru_cache(maxsize=256)
def read_facts(text: str) -> Facts:
    """Return what grounding compares in `text`; the latest texts are kept."""
    frequencies = tuple(parse_frequencies(text))
    return Facts(
        text, tuple(_read_numbers(text, frequencies)), frequencies, tuple(_read_drugs(text))
    )


_BETWEEN = re.compile(r"\bbetween (?P<low>\d[\d.,]*) and (?=\d)", re.IGNORECASE)
_IN_A_DAY = re.compile(r"\b(?:in|per|every|within) (?:a |any )?24[- ]h(?:ours?|rs?)?\b(?: period)?")


def _plain(text: str) -> str:
    """Return `text` with "between 5 and 10" and "in 24 hours" in the usual words, offsets kept."""
    text = _BETWEEN.sub(lambda m: f"{m['low']}-".rjust(len(m[0])), text)
    return re.sub(r"(?<=[A-Za-z] )" + _IN_A_DAY.pattern, lambda m: "per day".ljust(len(m[0])), text)


def _read_numbers(text: str, frequencies: Sequence[Frequency]) -> Iterator[Number]:
    for mention in parse(_plain(text)):
        inside = any(f.start <= mention.start and mention.end <= f.end for f in frequencies)
        if not inside:
            about = mention.quantity.comparator == "~" or bool(
                _ABOUT_BEFORE.search(text[max(0, mention.start - 20) : mention.start])
            )
            yield Number(mention, _bound(text, mention), about)


_UPPER_BEFORE = re.compile(
    r"(?:max(?:imum|imal|\.)?(?! and)|(?:not|never)(?: to)? (?:exceed|more than)"
    r"|no more than|not more than|up to|at most|limit(?:ed)?(?: \w+)? to|within|≤|<=)"
    r"[^.;,|\d]{0,40}\Z",
    re.IGNORECASE,
)
_LOWER_BEFORE = re.compile(
    r"(?:\bminimum|\bat least|\b(?:no|not) (?:less|fewer) than|≥|>=)[^.;,|\d]{0,24}\Z",
    re.IGNORECASE,
)
_ABOUT_BEFORE = re.compile(r"(?:\babout|\bapprox\w*\.?|\baround|\broughly|\bnearly|~)\s?\Z", re.I)
_BELOW_BEFORE = re.compile(
    r"(?:\b(?:below|under|less than|lower than|fewer than|younger than|falls? below)|<)"
    r"\s?(?:the age of |a |an )?\Z", re.IGNORECASE,
)  # fmt: skip
_ABOVE_BEFORE = re.compile(
    r"(?:\b(?:above|over|more than|greater than|higher than|older than|longer than|exceed\w*)|>)"
    r"\s?(?:the age of |a |an )?\Z", re.IGNORECASE,
)  # fmt: skip
_AT_LEAST_AFTER = re.compile(
    r"\s?(?:of age )?(?:\(?(?:or|and) (?:older|over|above|more|greater|higher|longer)|\+)", re.I
)
_AT_MOST_AFTER = re.compile(
    r"\s?(?:of age )?\(?(?:or|and) (?:younger|under|below|less|lower|fewer|shorter)"
    r"|\s(?:max(?:imum)?|at most)\b",
    re.IGNORECASE,
)


def _bound(text: str, mention: QuantityMention) -> str:
    """Return `<`, `<=`, `>`, `>=` or "" for what the words around a number say."""
    inner = text[mention.start : mention.end]
    digit = re.search(r"\d", inner)
    start = mention.start + (digit.start() if digit else 0)
    before, after = text[max(0, start - 60) : start], text[mention.end : mention.end + 30]
    if _AT_LEAST_AFTER.match(after) or re.search(r"or (?:more|older|greater|higher)\Z", inner):
        return ">="
    if _AT_MOST_AFTER.match(after) or re.search(r"or (?:less|lower|fewer)\Z", inner):
        return "<="
    for pattern, bound in ((_UPPER_BEFORE, "<="), (_LOWER_BEFORE, ">="), (_BELOW_BEFORE, "<"),
                           (_ABOVE_BEFORE, ">")):  # fmt: skip
        if pattern.search(before):
            return bound
    stated = mention.quantity.comparator
    return stated if stated is not None and stated != "~" else ""


def _read_drugs(text: str) -> Iterator[Drug]:
    known: set[int] = set()
    for drug in read(text).drugs:
        keys = frozenset(drug.ingredients) or frozenset({drug.drug_class or drug.text.lower()})
        doses = tuple(
            f"{r.dose.value.normalize():f} {r.dose.unit}" for r in drug.regimens if r.dose
        )
        known.update(range(drug.start, drug.end))
        yield Drug(drug.start, drug.end, drug.text, keys, doses)
    for match in DRUG_SUFFIX.finditer(text):
        if match.start() not in known:
            word = match.group()
            yield Drug(match.start(), match.end(), word, frozenset({word.lower()}), ())
