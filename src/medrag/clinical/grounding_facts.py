"""What grounding compares: numbers with their bounds, frequencies, drugs with their doses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from medrag.clinical.frequency import parse_frequencies
from medrag.clinical.grounding_words import DRUG_SUFFIX
from medrag.clinical.quantities import parse
from medrag.clinical.quantity import Frequency, Quantity, QuantityMention
from medrag.clinical.reading import read
from medrag.clinical.units import convert


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


_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
         "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_COMPOUND = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(_ONES[:9])})\b", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"\bbetween (?P<low>\d[\d.,]*) and +(?=\d)"
    rf"|\bbetween (?P<from>\d[\d.,]*) and (?P<word>{'|'.join(reversed(_ONES))})\b",
    re.IGNORECASE,
)
_PER_DOSE = re.compile(r"(?<=\w)(?: per dose|/dose)\b", re.IGNORECASE)


def _compound(match: re.Match[str]) -> str:
    """Return "forty-eight" as digits, at its right end so that offsets stay."""
    value = 10 * (_TENS.index(match[1].lower()) + 2) + _ONES.index(match[2].lower()) + 1
    return str(value).rjust(len(match[0]))


def _range(match: re.Match[str]) -> str:
    if match["low"]:
        return f"{match['low']}-".rjust(len(match[0]))
    high = _ONES.index(match["word"].lower()) + 1
    return f"{match['from']}-{high}".rjust(len(match[0]))


_IN_A_DAY = re.compile(r"\b(?:in|per|every|within) (?:a |any )?24[- ]h(?:ours?|rs?)?\b(?: period)?")


def _plain(text: str) -> str:
    """Return `text` with "between 5 and 10" and "in 24 hours" in the usual words, offsets kept."""
    text = _COMPOUND.sub(_compound, text)
    text = _PER_DOSE.sub(lambda m: " " * len(m[0]), text)
    text = _BETWEEN.sub(_range, text)
    return re.sub(r"(?<=[A-Za-z] )" + _IN_A_DAY.pattern, lambda m: "per day".ljust(len(m[0])), text)


def _read_numbers(text: str, frequencies: Sequence[Frequency]) -> Iterator[Number]:
    for mention in parse(_plain(text)):
        inside = any(f.start <= mention.start and mention.end <= f.end for f in frequencies)
        if not inside:
            about = mention.quantity.comparator == "~" or bool(
                _ABOUT_BEFORE.search(text[max(0, mention.start - 20) : mention.start])
            )
            bound = _bound(text, mention)
            yield Number(_whole_words(text, mention), bound, about)


def _whole_words(text: str, mention: QuantityMention) -> QuantityMention:
    """Return the mention from the first letter of what was rewritten in digits."""
    start = mention.start
    moved = _BETWEEN.search(text, max(0, start - 24), mention.end + 1)
    if moved and moved.start() < start < moved.end():
        return replace(mention, start=moved.start("low" if moved["low"] else "from"))
    while start and text[start].isalpha() and (text[start - 1].isalpha() or text[start - 1] == "-"):
        start -= 1
    return replace(mention, start=start) if start != mention.start else mention


# A bound reaches its own number, not the next one nor another clause's.
_NO_NUMBER = r"(?!\b(?:and|one|two|three|four|five|six|seven|eight|nine|ten|hours|aged?)\b)"
_UPPER_BEFORE = re.compile(
    r"(?:max(?:imum|imal|\.)?(?! and)|(?:not|never)(?: to)? (?:exceed|more than)"
    r"|no more than|not more than|up to|at most|limit(?:ed)?(?: \w+)? to|within|≤|<=)"
    rf"(?:{_NO_NUMBER}[^.;,|(\d]){{0,40}}\Z|\bmax(?:imum)?\b[^.;|]{{0,90}}\bis (?:of )?\Z",
    re.IGNORECASE,
)
_LOWER_BEFORE = re.compile(
    r"(?:\bminimum|\bat least|\b(?:no|not) (?:less|fewer) than|≥|>=)"
    rf"(?:{_NO_NUMBER}[^.;,|(\d]){{0,24}}\Z",
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
    before, after = text[max(0, start - 110) : start], text[mention.end : mention.end + 30]
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


def paces(facts: Facts) -> Iterator[tuple[Number, Frequency]]:
    """Yield each number with the frequency that follows it directly, in text order."""
    for number in facts.numbers:
        end = number.mention.end
        for frequency in facts.frequencies:
            between = facts.text[end : frequency.start]
            if 0 <= frequency.start - end <= 24 and not re.search(r"[\d,;.]", between):
                yield number, frequency
                break


def is_same(one: Number, other: Number) -> bool:
    """Return whether two numbers are equal after conversion, range against range."""
    a, b = one.mention.quantity, other.mention.quantity
    converted = b if a.unit == "1" else convert(b, a.unit)
    converted = converted or _per_day_apart(one.mention, other.mention)
    if converted is None:
        return False
    loose = one.about and not other.about
    if a.high is not None or converted.high is not None:
        if a.high is None:  # one end of a range, where the claim says which end
            return (one.bound == "<=" and _equal(a.value, converted.top, loose)) or (
                one.bound == ">=" and _equal(a.value, converted.value, loose)
            )
        if converted.high is None:
            return False
        return _equal(a.value, converted.value, loose) and _equal(a.high, converted.high, loose)
    return _equal(a.value, converted.value, loose)


def _per_day_apart(one: QuantityMention, other: QuantityMention) -> Quantity | None:
    """Return `other` in the unit of `one` where only one of the two is written "per day"."""
    a, b = one.quantity.unit, other.quantity.unit
    if a.endswith("/d") == b.endswith("/d"):
        return None
    amount = Quantity(other.quantity.value, b.removesuffix("/d"), other.quantity.high)
    return convert(amount, a.removesuffix("/d"))


def _equal(a: Decimal, b: Decimal, loose: bool) -> bool:
    """Return whether `a` is `b`; where loose, also whether it is `b` rounded (within 5 %)."""
    if abs(a - b) <= Decimal("1e-9") * abs(b):
        return True
    if not loose or abs(a - b) > Decimal("0.05") * abs(b):
        return False
    digits = len(a.normalize().as_tuple().digits)
    return any(_rounded(b, n) == a for n in range(digits, digits + 3))


def _rounded(value: Decimal, digits: int) -> Decimal:
    """Return `value` rounded half up to so many significant digits."""
    step = Decimal(1).scaleb(value.adjusted() - digits + 1)
    return value.quantize(step, rounding=ROUND_HALF_UP)
