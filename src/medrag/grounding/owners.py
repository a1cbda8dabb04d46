"""Values that a claim takes from another row than the one it speaks of: a drug's, or a band's.

"Eptinezumab: 100 mg every 3 months" among drugs given monthly, "1 to 11 months, 125 mg; 1 to 4
years, 250 mg": each value of a quotation is owned by the drug that its stretch names alone, or by
the band (of age, weight, clearance, a laboratory value) that stands before it there. A claim about
one such owner that gives a value which only others own says something else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from medrag.clinical.quantity import Frequency, Quantity
from medrag.grounding.equal import FOLD, Number, brought, is_same
from medrag.grounding.facts import Facts
from medrag.grounding.sums import is_reckoned
from medrag.grounding.tokens import between
from medrag.grounding.words import populations


class Other(NamedTuple):
    """A value of another row; see `grounding.Ungrounded`."""

    kind: Literal["number"]
    start: int
    end: int
    message: str
    expected: str


class _Value(NamedTuple):
    read: Number | Frequency
    start: int
    end: int


class _Row(NamedTuple):
    """A stretch of a text with what it is of and what it gives.

    Attributes:
        drugs: The drugs that it is of, named in it or before it.
        bands: Its bands of age, weight, clearance or a laboratory value.
        patients: The classes of patients that it names.
        values: What it gives, in text order.
    """

    drugs: frozenset[str]
    bands: tuple[Number, ...]
    patients: frozenset[str]
    values: tuple[_Value, ...]


_GOES_ON = re.compile(
    r"(?:it|they|this|these|then|thereafter|the (?:usual |maximum |starting |initial )?dos\w+"
    r"|max(?:imum)?|increase|reduce|if|in|for)\b", re.IGNORECASE,
)  # fmt: skip
_OF_A_NOUN = re.compile(
    r"\s(?!(?:for|in|with|and|or|by|as|to|at|on|from|until|if|when|after|before|dos\w+|then|but"
    r"|thereafter|orally|sub\w+|intra\w+|plus|together|unless|while|during|via|using|over|up"
    r"|is|was|are|were|may|can|should|must)\b)[a-z]"
)
"""What stands behind "monthly" where that is no rate: "monthly migraine days"."""
_STRETCH = re.compile(r"(?:(?<=[a-z\d)%\]])[.;]|(?<=[A-Z]{2})[.;])\s+|[()\n]")
_GIVEN = re.compile(
    r"(?:(?:[mun]?g|mL|\[iU\]|mmol|meq)(?:/(?:kg|m2|d|h|min|\{dose\}))*|\{dose\}|d|wk|h|min)\Z"
)
"""Units of what is given and for how long."""
_BANDED = frozenset(
    {"a", "mo", "kg", "s", "mL/min", "mL/min/{1.73_m2}", "1", "%", "umol/L", "mmol/L"}
)
_MOST_ROWS = 40


@lru_cache(maxsize=128)
def _rows(facts: Facts) -> tuple[_Row, ...]:
    """Return the stretches of a text; one that names no drug is of the one before it."""
    found: list[_Row] = []
    ends = [(m.start(), m.end()) for m in _STRETCH.finditer(facts.text)]
    at, drugs = 0, frozenset[str]()
    for end, following in (*ends, (len(facts.text), len(facts.text))):
        named = frozenset(
            key for d in facts.drugs if at <= d.start < end and not d.is_class for key in d.keys
        )
        ended = facts.text[max(0, at - 3) : at].rstrip().endswith(".")
        goes_on = not ended or _GOES_ON.match(facts.text, at) is not None
        drugs = named or (drugs if goes_on else frozenset())
        found += _parted(facts, (at, end), drugs)
        at = following
    return tuple(found[:_MOST_ROWS])


def _parted(facts: Facts, place: tuple[int, int], drugs: frozenset[str]) -> Iterator[_Row]:
    """Yield the rows of one stretch: one for each band that stands before its values."""
    start, end = place
    numbers = [n for n in facts.numbers if start <= n.start < end]
    bands = [n for n in numbers if _is_band(n)]
    named = (name for name, at, _ in populations(facts.text) if start <= at < end)
    patients = frozenset(named) - _ANYBODY
    given = [_Value(n, n.start, n.end) for n in numbers if _is_given(n) and n not in bands]
    given += [_Value(f, f.start, f.end) for f in facts.frequencies
              if start <= f.start < end and _is_rate(facts, f)]  # fmt: skip
    given.sort(key=lambda value: value.start)
    if len(bands) < _TWO or not given or given[0].start < bands[0].start:
        yield _Row(drugs, tuple(bands), patients, tuple(given))
        return
    for at, band in enumerate(bands):
        after = bands[at + 1].start if at + 1 < len(bands) else end
        inside = tuple(value for value in given if band.start < value.start < after)
        yield _Row(drugs, (band,), patients, inside)


_ADVERB = re.compile(r"(?:daily|weekly|monthly|yearly|annual|quarterly)\Z", re.IGNORECASE)


def _is_rate(facts: Facts, often: Frequency) -> bool:
    """Return whether a frequency says how often: "monthly products" does not."""
    named = _ADVERB.match(often.text) and _OF_A_NOUN.match(facts.text, often.end)
    return often.per_day is not None and not named


_TWO = 2


def _unit(number: Number) -> str:
    return number.unit_later or number.quantity.unit


def _is_given(number: Number) -> bool:
    """Return whether a number tells what is given or for how long; a clearance does not."""
    return _unit(number) not in _BANDED and _GIVEN.match(_unit(number)) is not None


def _is_band(number: Number) -> bool:
    """Return whether a number tells whom or when a row is for: a range, or a bound."""
    bounded = number.quantity.high is not None or number.bound in {"<", "<=", ">", ">=", "from"}
    return bounded and _unit(number) in _BANDED


def other_rows(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield the values of `said` that the quotations give in other rows than the claim's own."""
    rows = [row for source in sources for row in _rows(source)]
    values = [
        *(_Value(n, n.start, n.end) for n in said.numbers if _is_given(n)),
        *(_Value(f, f.start, f.end) for f in said.frequencies if _is_rate(said, f)),
    ]
    if not values or len(rows) < _TWO:
        return
    splits = (ruled(said, rows) for ruled in (_of_bands, _of_drug, _of_patients))
    own, others, place = next((split for split in splits if split[0]), _NONE)
    if not own:
        return
    low, high = (0, len(said.text)) if place is None else between(_PART, said.text, *place)
    values = [value for value in values if low <= value.start < high]
    sorts = Counter(_sort(value.read) for value in values)
    for value in values:
        if sorts[_sort(value.read)] > 1:
            continue  # more than one is told
        alike = [v for row in own for v in row.values if _are_alike(value.read, v.read)]
        theirs = [v for row in others for v in row.values if _is_one(value.read, v.read)]
        free = (v for row in rows if row not in own and row not in others for v in row.values)
        if not alike or not theirs or any(_is_one(value.read, v.read) for v in (*alike, *free)):
            continue
        if isinstance(value.read, Number) and is_reckoned(said, value.read, sources):
            continue
        near = _written(alike[0], sources)
        words = said.text[value.start : value.end]
        message = f"The quotation has {near!r} where the claim has {words!r}."
        yield Other("number", value.start, value.end, message, near)


def of_own_band(said: Facts, number: Number, sources: Sequence[Facts]) -> bool:
    """Return whether a value stands in the row whose band has an example of the claim's part.

    "A clearance of 40: 250 mg" is of the row "30 to 49 mL/min: 250 mg", whatever others give.
    """
    low, high = between(_PART, said.text, number.start, number.end)
    examples = [
        n for n in said.numbers
        if low <= n.start < high and n is not number and _unit(n) in _BANDED and not n.bound
    ]  # fmt: skip
    if not examples:
        return False
    return any(
        any(_is_one(number, value.read) for value in row.values)
        and any(_holds(band, one) for one in examples if not _is_band(one) for band in row.bands)
        for source in sources
        for row in _rows(source)
    )


_ANYBODY = frozenset({"adult", "women", "men", "diabetes", "pregnancy", "reproductive"})


def _of_patients(said: Facts, rows: Sequence[_Row]) -> _Split:
    """Return the rows of the one class of patients of the claim, and those before it.

    What follows a row may go on about its patients.
    """
    named = [one for one in populations(said.text) if one[0] not in _ANYBODY]
    patients = {name for name, _, _ in named}
    if len(patients) != 1 or "adult" in {name for name, _, _ in populations(said.text)}:
        return _NONE
    held = [at for at, row in enumerate(rows) if row.patients & patients and row.values]
    if not held or any(rows[at].patients != patients for at in held):
        return _NONE
    before = [row for row in rows[: held[0]] if row.values and not row.patients]
    return [rows[at] for at in held], before if len(held) == 1 else [], named[0][1:]


_Split = tuple[list[_Row], list[_Row], tuple[int, int] | None]
"""The rows that a claim is about, others, and where it names its own: of that part alone."""
_NONE: _Split = ([], [], None)
_PART = re.compile(r"(?:(?<=[a-z\d)%\]])\.|;)\s+|\n")


def _of_bands(said: Facts, rows: Sequence[_Row]) -> _Split:
    """Return the rows whose band holds the claim's one example or band, and the other rows."""
    banded = [row for row in rows if len(row.bands) == 1 and row.values]
    examples = [n for n in said.numbers if _unit(n) in _BANDED]
    if len(examples) > 1:
        return _NONE
    held = [
        (example, [row for row in banded if _holds(row.bands[0], example)]) for example in examples
    ]
    told = [(example, own) for example, own in held if own]
    if len(told) != 1 or len(told[0][1]) != 1:
        return _NONE
    own = told[0][1]
    at = rows.index(own[0])
    usual = [row for row in rows[max(0, at - 1) : at] if not row.bands and row.values]
    others = [row for row in banded if row not in own and _alike_bands(row, own[0])]
    example = told[0][0]
    others += usual if said.numbers and not _is_part(said) else []
    return own, others, (example.start, example.end)


def _is_part(said: Facts) -> bool:
    """Return whether a claim tells a dose as a part or a multiple of another."""
    return any(n.quantity.unit == FOLD for n in said.numbers)


def _alike_bands(one: _Row, other: _Row) -> bool:
    return bool(one.drugs & other.drugs) or not one.drugs or not other.drugs


def _holds(band: Number, example: Number) -> bool:
    """Return whether a band is the claim's own, or has its example inside."""
    if _is_band(example):
        return is_same(example, band) and (example.bound == band.bound)
    if example.bound or example.quantity.high is not None:
        return False
    value = example.quantity.value
    return any(_is_within(value, q, band.bound) for q in brought(example, band))


def _is_within(value: Decimal, band: Quantity, bound: str) -> bool:
    if band.high is not None:
        return band.value <= value <= band.high
    if bound in {"<", "<="}:
        return value < band.value or (bound == "<=" and value == band.value)
    return value > band.value or (bound != ">" and value == band.value)


def _of_drug(said: Facts, rows: Sequence[_Row]) -> _Split:
    """Return the rows of the claim's one drug, and those of others; none where rows share drugs."""
    drugs = {key for drug in said.drugs if not drug.is_class for key in drug.keys}
    if len(drugs) != 1:
        return _NONE
    own = [row for row in rows if row.drugs == drugs and row.values]
    others = [row for row in rows if row.drugs and not row.drugs & drugs and row.values]
    shared = any(row.drugs & drugs and row.drugs != drugs for row in rows)
    return (own, others, None) if own and others and not shared else _NONE


def _sort(read: Number | Frequency) -> str:
    if not isinstance(read, Number):
        return "frequency"
    return "mass" if _unit(read) in _MASSES else f"number of {_unit(read)}"


def _are_alike(one: Number | Frequency, other: Number | Frequency) -> bool:
    """Return whether two values are of one sort."""
    if isinstance(one, Number) and isinstance(other, Number):
        masses = {_unit(one).split("/")[0], _unit(other).split("/")[0]} <= _MASSES
        return masses or _unit(one) == _unit(other) or next(brought(one, other), None) is not None
    return isinstance(one, Frequency) and isinstance(other, Frequency)


_MASSES = frozenset({"ug", "mg", "g"})
_SLACK = Decimal("0.05")


def _is_one(one: Number | Frequency, other: Number | Frequency) -> bool:
    if isinstance(one, Number) and isinstance(other, Number):
        return is_same(one, other) or is_same(other, one)
    if isinstance(one, Number) or isinstance(other, Number):
        return False
    rates = [r for r in (one.per_day, one.per_day_low) if r is not None]
    theirs = [r for r in (other.per_day, other.per_day_low) if r is not None]
    return any(abs(a - b) <= _SLACK * b for a in rates for b in theirs)


def _written(value: _Value, sources: Sequence[Facts]) -> str:
    for source in sources:
        if value.read in source.numbers or value.read in source.frequencies:
            return source.text[value.start : value.end]
    return ""
