"""Whether what a claim says stands in its quotations: numbers, drugs, direction, population.

Deterministic and closed: it compares what can be read, and never judges what it cannot. A
claim may say less than its quotation, in other words; it may not say another number, another
drug, the other direction, or speak of other patients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from medrag.clinical.frequency import parse_frequencies
from medrag.clinical.grounding_words import (
    ANTONYMS,
    CELLS,
    DRUG_SUFFIX,
    KNOWN_ACRONYMS,
    NUMBER_WORDS,
    content_words,
    denies,
    populations,
)
from medrag.clinical.quantities import parse
from medrag.clinical.quantity import Frequency, Quantity, QuantityMention
from medrag.clinical.reading import read
from medrag.clinical.units import convert
from medrag.core.span import Span

UngroundedKind = Literal[
    "number", "comparator", "frequency", "drug", "negation", "direction", "population", "name"
]


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """Something a claim says that its quotations do not.

    Attributes:
        kind: What sort of thing. `negation`, `direction` and `comparator` contradict the
            quotations; the others stand nowhere in them.
        start, end: The words of the claim, half-open.
        message: What the claim says and what the quotations say instead.
        expected: The nearest words of the quotations; "" where nothing is near.
    """

    kind: UngroundedKind
    start: int
    end: int
    message: str
    expected: str = ""

    @property
    def span(self) -> Span:
        """The words of the claim."""
        return Span(start=self.start, end=self.end)


def ground(claim: str, quotes: Sequence[str]) -> list[Ungrounded]:
    """Return what `claim` says that stands in none of `quotes`, in text order.

    Quantities agree up to unit conversion (0.5 g, 500 mg), frequencies up to synonyms (BID,
    twice daily, every 12 hours), drugs up to brand and generic names; "about" allows five
    per cent. Without quotations every number and drug is ungrounded. A claim that says less
    than its quotations is grounded.
    """
    said = _facts(_without_markers(claim))
    sources = tuple(_facts(quote) for quote in quotes)
    found = [
        *_numbers(said, sources),
        *_frequencies(said, sources),
        *_drugs(said, sources),
        *_doses_of_drugs(said, sources),
        *_populations(said, sources),
        *_names(said, sources),
    ]
    found += _directions(said, sources)
    unique: dict[tuple[UngroundedKind, int], Ungrounded] = {}
    for one in sorted(found, key=lambda one: (one.start, one.end)):
        unique.setdefault((one.kind, one.start), one)
    return list(unique.values())


# --- Reading -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Number:
    """A quantity with the bound its sentence puts on it ("maximum", "or older")."""

    mention: QuantityMention
    bound: str
    about: bool


@dataclass(frozen=True, slots=True)
class _Drug:
    start: int
    end: int
    name: str
    keys: frozenset[str]
    doses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    text: str
    numbers: tuple[_Number, ...]
    frequencies: tuple[Frequency, ...]
    drugs: tuple[_Drug, ...]


_MARKER = re.compile(r"\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]|(?m:^\s*\d{1,2}[.)]\s)")


def _without_markers(text: str) -> str:
    """Return `text` with citation marks and list numbers blanked, offsets kept."""
    return _MARKER.sub(lambda match: " " * len(match[0]), text)


@lru_cache(maxsize=256)
def _facts(text: str) -> _Facts:
    frequencies = tuple(parse_frequencies(text))
    return _Facts(
        text, tuple(_read_numbers(text, frequencies)), frequencies, tuple(_read_drugs(text))
    )


def _read_numbers(text: str, frequencies: Sequence[Frequency]) -> Iterator[_Number]:
    for mention in parse(text):
        inside = any(f.start <= mention.start and mention.end <= f.end for f in frequencies)
        if not inside and not _names_a_place(text, mention.start):
            about = mention.quantity.comparator == "~" or bool(
                _ABOUT_BEFORE.search(text[max(0, mention.start - 20) : mention.start])
            )
            yield _Number(mention, _bound(text, mention), about)


def _names_a_place(text: str, start: int) -> bool:
    return bool(re.search(r"\b(?:table|figure|fig\.?|section|appendix|chapter)\s\Z",
                          text[max(0, start - 10) : start], re.IGNORECASE))  # fmt: skip


_UPPER_BEFORE = re.compile(
    r"(?:max(?:imum|imal|\.)?(?! and)|(?:not|never)(?: to)? (?:exceed|more than)"
    r"|no more than|not more than|up to|at most|limit(?:ed)?(?: \w+)? to|within|≤|<=)"
    r"[^.;,|]{0,40}\Z",
    re.IGNORECASE,
)
_LOWER_BEFORE = re.compile(
    r"(?:\bminimum|\bat least|\bno less than|\bnot less than|\bno fewer than|≥|>=)[^.;,|]{0,24}\Z",
    re.I,
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


def _read_drugs(text: str) -> Iterator[_Drug]:
    known: set[int] = set()
    for drug in read(text).drugs:
        keys = frozenset(drug.ingredients) or frozenset({drug.drug_class or drug.text.lower()})
        doses = tuple(
            str(Decimal(r.dose.value).normalize()) + " " + r.dose.unit
            for r in drug.regimens
            if r.dose
        )
        known.update(range(drug.start, drug.end))
        yield _Drug(drug.start, drug.end, drug.text, keys, doses)
    for match in DRUG_SUFFIX.finditer(text):
        if match.start() not in known:
            word = match.group()
            yield _Drug(match.start(), match.end(), word, frozenset({word.lower()}), ())


# --- Numbers -------------------------------------------------------------------------------


def _numbers(said: _Facts, sources: Sequence[_Facts]) -> Iterator[Ungrounded]:
    for number in said.numbers:
        mention = number.mention
        same = [other for source in sources for other in source.numbers if _same(number, other)]
        words = said.text[mention.start : mention.end]
        if not same:
            if _stands_bare(mention, sources):
                continue
            near = _nearest(number, sources)
            instead = f"; they say {near!r}" if near else ""
            yield Ungrounded("number", mention.start, mention.end,
                             f"{words!r} stands in no quotation of this claim{instead}.",
                             near)  # fmt: skip
        elif not any(_bounds_agree(number.bound, other.bound) for other in same):
            source = next(s for s in sources if same[0] in s.numbers)
            place = same[0].mention
            near = source.text[max(0, place.start - 25) : place.end + 12].strip()
            yield Ungrounded("comparator", mention.start, mention.end,
                             f"The claim bounds {words!r} otherwise than its quotation: {near!r}.",
                             near)  # fmt: skip


def _same(one: _Number, other: _Number) -> bool:
    """Return whether two numbers are equal after conversion, range against range."""
    a, b = one.mention.quantity, other.mention.quantity
    converted = convert(b, a.unit) or _per_day_apart(one.mention, other.mention)
    if converted is None:
        return False
    loose = one.about
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
    if loose:
        return abs(a - b) <= Decimal("0.05") * abs(b)
    return abs(a - b) <= Decimal("1e-9") * abs(b)


def _bounds_agree(one: str, other: str) -> bool:
    """Return whether a claim's bound keeps the quotation's.

    `<` against `<=` is another threshold. A claim may leave out nothing and add nothing.
    """
    return one == other


def _stands_bare(mention: QuantityMention, sources: Sequence[_Facts]) -> bool:
    """Return whether a number without a unit is written in a quotation, in digits or words."""
    if mention.quantity.unit != "1":
        return False
    written = mention.number_written.lower().replace(",", "")
    for source in sources:
        text = source.text.lower().replace(",", "")
        if re.search(rf"(?<![\w.]){re.escape(written)}(?![\w]|\.\d)", text):
            return True
        word = NUMBER_WORDS.get(written)
        if word and re.search(rf"\b{word}\b", text):
            return True
    return False


def _nearest(number: _Number, sources: Sequence[_Facts]) -> str:
    """Return the quotation's number of the same sort that a reader would compare with."""
    unit = number.mention.quantity.unit
    for source in sources:
        for other in source.numbers:
            if convert(other.mention.quantity, unit) is not None:
                return source.text[other.mention.start : other.mention.end]
    return ""


def _frequencies(said: _Facts, sources: Sequence[_Facts]) -> Iterator[Ungrounded]:
    stated = [f for source in sources for f in source.frequencies]
    for frequency in said.frequencies:
        if any(_as_often(frequency, other) for other in stated):
            continue
        near = stated[0].text if stated else ""
        instead = f"; they say {near!r}" if near else ""
        yield Ungrounded("frequency", frequency.start, frequency.end,
                         f"{frequency.text!r} stands in no quotation of this claim{instead}.",
                         near)  # fmt: skip


def _as_often(one: Frequency, other: Frequency) -> bool:
    if one.per_day is None and other.per_day is None:
        return one.prn == other.prn
    return (one.per_day, one.per_day_low) == (other.per_day, other.per_day_low)


# --- Drugs, populations, names ---------------------------------------------------------------


def _drugs(said: _Facts, sources: Sequence[_Facts]) -> Iterator[Ungrounded]:
    stated = frozenset[str]().union(*(d.keys for source in sources for d in source.drugs))
    texts = " ".join(source.text.lower() for source in sources)
    for drug in said.drugs:
        if drug.keys & stated or re.search(rf"\b{re.escape(drug.name.lower())}", texts):
            continue
        near = next((d.name for source in sources for d in source.drugs), "")
        yield Ungrounded("drug", drug.start, drug.end,
                         f"{drug.name} is named in no quotation of this claim"
                         + (f"; they name {near}." if near else "."), near)  # fmt: skip


def _doses_of_drugs(said: _Facts, sources: Sequence[_Facts]) -> Iterator[Ungrounded]:
    """Yield doses that the quotations give to another drug."""
    given: dict[frozenset[str], set[str]] = {}
    for source in sources:
        for drug in source.drugs:
            given.setdefault(drug.keys, set()).update(drug.doses)
    for drug in said.drugs:
        own = given.get(drug.keys, set())
        others = {dose for keys, doses in given.items() if keys != drug.keys for dose in doses}
        for dose in drug.doses:
            if own and dose not in own and dose in others:
                yield Ungrounded("number", drug.start, drug.end,
                                 f"The quotations give {dose} to another drug than {drug.name}.",
                                 ", ".join(sorted(own)))  # fmt: skip


def _populations(said: _Facts, sources: Sequence[_Facts]) -> Iterator[Ungrounded]:
    stated = {name for source in sources for name, _, _ in populations(source.text)}
    for name, start, end in populations(said.text):
        if name not in stated:
            yield Ungrounded("population", start, end,
                             f"{said.text[start:end]!r}: no quotation of this claim speaks of "
                             "these patients.", ", ".join(sorted(stated)))  # fmt: skip


_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{2,}[A-Z0-9]*(?:[-/][A-Z0-9]+)*(?![\w-])")


def _names(said: _Facts, sources: Sequence[_Facts]) -> Iterator[Ungrounded]:
    """Yield names of studies, bodies and guidelines that the quotations do not hold."""
    texts = " ".join(source.text for source in sources)
    drugs = {i for drug in said.drugs for i in range(drug.start, drug.end)}
    for match in _ACRONYM.finditer(said.text):
        name = match.group()
        if name in KNOWN_ACRONYMS or match.start() in drugs or len(name) < 3:
            continue
        if re.search(rf"\b{re.escape(name)}s?\b", texts) or _is_initials(name, texts):
            continue
        yield Ungrounded("name", match.start(), match.end(),
                         f"{name} is named in no quotation of this claim.")  # fmt: skip


def _is_initials(name: str, text: str) -> bool:
    """Return whether consecutive words of `text` begin with the letters of `name`."""
    letters = [char.lower() for char in name if char.isalpha()]
    words = [word[0].lower() for word in re.findall(r"[^\W\d_]+", text)]
    return "".join(letters) in "".join(words)


# --- Direction -----------------------------------------------------------------------------


def _directions(said: _Facts, sources: Sequence[_Facts]) -> Iterator[Ungrounded]:
    cells = [cell for source in sources for cell in _cells(source.text)]
    for start, end in _cells_at(said.text):
        cell = said.text[start:end]
        words = content_words(cell)
        rivals = _rivals(words, cells)
        if not rivals:
            continue
        if denies(cell) not in {denies(rival) for rival in rivals}:
            yield Ungrounded("negation", start, end,
                             f"The claim says the opposite of its quotation: {rivals[0]!r}.",
                             rivals[0])  # fmt: skip
        yield from _turned(said.text, (start, end), " ".join(rivals))


def _rivals(words: frozenset[str], cells: Sequence[str]) -> list[str]:
    """Return the source clauses that say about the same as these words, nearest first."""
    if not words:
        return []
    shares = sorted(((len(words & content_words(cell)) / len(words), cell) for cell in cells),
                    reverse=True)  # fmt: skip
    if not shares or shares[0][0] < 0.4:
        return []
    return [cell for share, cell in shares if share >= 0.85 * shares[0][0]]


def _turned(text: str, place: tuple[int, int], rivals: str) -> Iterator[Ungrounded]:
    start, end = place
    for one, other in ANTONYMS:
        match = one.search(text, start, end)
        if match and not one.search(rivals) and not other.search(text, start, end):
            opposite = other.search(rivals)
            if opposite:
                yield Ungrounded("direction", match.start(), match.end(),
                                 f"The claim says {match.group()!r}, its quotation "
                                 f"{opposite.group()!r}.", opposite.group())  # fmt: skip


def _cells_at(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in CELLS.finditer(text):
        if text[at : match.start()].strip():
            yield at, match.start()
        at = match.end()
    if text[at:].strip():
        yield at, len(text)


def _cells(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in _cells_at(text)]
