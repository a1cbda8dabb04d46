"""Whether what a claim says stands in its quotations: numbers, drugs, direction, population.

Deterministic and closed: it compares what can be read, and never judges what it cannot. A
claim may say less than its quotation, in other words; it may not say another number, another
drug, the other direction, or speak of other patients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from medrag.clinical.grounding_changes import changed_words
from medrag.clinical.grounding_facts import (
    Facts,
    Number,
    is_same,
    paces,
    read_facts,
    without_markers,
)
from medrag.clinical.grounding_words import (
    ANTONYMS,
    CELLS,
    KNOWN_ACRONYMS,
    NUMBER_WORDS,
    content_words,
    denials,
    is_initials,
    populations,
    without_limits,
)
from medrag.clinical.quantity import Frequency, QuantityMention
from medrag.clinical.units import convert
from medrag.clinical.verbatim import is_verbatim
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
    than its quotations is grounded, and so is one that is its quotations and nothing else.
    """
    if is_verbatim(claim, quotes):
        return []
    said = read_facts(without_markers(claim))
    sources = tuple(read_facts(quote) for quote in quotes)
    found = [
        *_numbers(said, sources),
        *_frequencies(said, sources),
        *_paces(said, sources),
        *_drugs(said, sources),
        *_doses_of_drugs(said, sources),
        *_populations(said, sources),
        *_names(said, sources),
    ]
    found += _directions(said, sources)
    found += _changes(said, sources)
    unique: dict[tuple[UngroundedKind, int], Ungrounded] = {}
    for one in sorted(found, key=lambda one: (one.start, one.end)):
        unique.setdefault((one.kind, one.start), one)
    return list(unique.values())


# --- Numbers -------------------------------------------------------------------------------


def _numbers(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    for number in said.numbers:
        mention = number.mention
        same = [other for source in sources for other in source.numbers if is_same(number, other)]
        words = said.text[mention.start : mention.end]
        if not same:
            if _stands_bare(mention, sources):
                continue
            near = _nearest(number, sources)
            instead = f"; they say {near!r}" if near else ""
            yield Ungrounded("number", mention.start, mention.end,
                             f"{words!r} stands in no quotation of this claim{instead}.",
                             near)  # fmt: skip
        elif rival := _attached_elsewhere(said, number, same, sources):
            yield Ungrounded("number", mention.start, mention.end,
                             f"The quotation has {rival!r} where the claim has {words!r}.",
                             rival)  # fmt: skip
        elif all(number.bound != other.bound for other in same):
            source = next(s for s in sources if same[0] in s.numbers)
            place = same[0].mention
            near = source.text[max(0, place.start - 25) : place.end + 12].strip()
            yield Ungrounded("comparator", mention.start, mention.end,
                             f"The claim bounds {words!r} otherwise than its quotation: {near!r}.",
                             near)  # fmt: skip


def _attached_elsewhere(
    said: Facts, number: Number, same: Sequence[Number], sources: Sequence[Facts]
) -> str:
    """Return the words of another number that stands where the quotation has this one.

    `5 % had nausea, 6 % headache` does not support `6 % had nausea`: of the numbers of one
    sort, the one whose neighbors are the claim's must be the claim's.
    """
    unit = number.mention.quantity.unit
    if number.bound and any(number.bound == other.bound for other in same):
        return ""
    rivals = [
        (source.text, other)
        for source in sources
        for other in source.numbers
        if other not in same and convert(other.mention.quantity, unit) is not None
    ]
    for reach, lead in ((_clause_words, 1), (_near_words, 3)):
        words = reach(said.text, number.mention)
        equal = max(
            len(words & reach(source.text, other.mention))
            for source in sources
            for other in source.numbers
            if other in same
        )
        for text, other in rivals:
            shared = len(words & reach(text, other.mention))
            if shared >= equal + lead and (lead > 1 or equal == 0):
                return text[other.mention.start : other.mention.end]
    return ""


def _clause_words(text: str, mention: QuantityMention) -> frozenset[str]:
    """Return the stems of the words before a number, back to the last comma."""
    before = re.split(r"[,;:.](?!\d)| and | or ", text[max(0, mention.start - 60) : mention.start])
    return content_words(before[-1])


def _near_words(text: str, mention: QuantityMention) -> frozenset[str]:
    """Return the stems of some five words on each side of a number, sides kept apart."""
    before = text[max(0, mention.start - 45) : mention.start].split(" ", 1)[-1]
    after = text[mention.end : mention.end + 45].rsplit(" ", 1)[0]
    return frozenset(f"<{word}" for word in content_words(before)) | frozenset(
        f">{word}" for word in content_words(after)
    )


def _stands_bare(mention: QuantityMention, sources: Sequence[Facts]) -> bool:
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


def _nearest(number: Number, sources: Sequence[Facts]) -> str:
    """Return the quotation's number of the same sort that a reader would compare with."""
    unit = number.mention.quantity.unit
    for source in sources:
        for other in source.numbers:
            if convert(other.mention.quantity, unit) is not None:
                return source.text[other.mention.start : other.mention.end]
    return ""


def _frequencies(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    stated = [f for source in sources for f in source.frequencies]
    for frequency in said.frequencies:
        if any(_as_often(frequency, other) for other in stated):
            continue
        if frequency.once and any(_ONCE.search(source.text) for source in sources):
            continue
        near = stated[0].text if stated else ""
        instead = f"; they say {near!r}" if near else ""
        yield Ungrounded("frequency", frequency.start, frequency.end,
                         f"{frequency.text!r} stands in no quotation of this claim{instead}.",
                         near)  # fmt: skip


def _paces(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    """Yield doses that the quotations give at another frequency, and this one at another dose."""
    stated = [(s.text, *pace) for s in sources for pace in paces(s)]
    for number, frequency in paces(said):
        same = [f for _, other, f in stated if is_same(number, other)]
        if not same or any(_as_often(frequency, f) for f in same):
            continue
        for text, other, often in stated:
            if _as_often(frequency, often):
                place, rival = number.mention, other.mention
                near = text[rival.start : rival.end]
                yield Ungrounded("number", place.start, place.end,
                                 f"The quotation gives {near!r} {often.text}, not "
                                 f"{said.text[place.start : place.end]!r}.", near)  # fmt: skip
                break


_ONCE = re.compile(r"\b(?:single|once|one|one-time|stat)\b", re.IGNORECASE)


def _as_often(one: Frequency, other: Frequency) -> bool:
    if one.per_day is None and other.per_day is None:
        return one.prn == other.prn
    return (one.per_day, one.per_day_low) == (other.per_day, other.per_day_low)


# --- Drugs, populations, names ---------------------------------------------------------------


def _drugs(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    stated = frozenset[str]().union(*(d.keys for source in sources for d in source.drugs))
    texts = " ".join(source.text.lower() for source in sources)
    for drug in said.drugs:
        if drug.keys & stated or re.search(rf"\b{re.escape(drug.name.lower())}", texts):
            continue
        near = next((d.name for source in sources for d in source.drugs), "")
        yield Ungrounded("drug", drug.start, drug.end,
                         f"{drug.name} is named in no quotation of this claim"
                         + (f"; they name {near}." if near else "."), near)  # fmt: skip


def _doses_of_drugs(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
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


def _populations(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    stated = {name for source in sources for name, _, _ in populations(source.text)}
    for name, start, end in populations(said.text):
        if name not in stated:
            yield Ungrounded("population", start, end,
                             f"{said.text[start:end]!r}: no quotation of this claim speaks of "
                             "these patients.", ", ".join(sorted(stated)))  # fmt: skip


_ACRONYM = re.compile(r"(?<![\w-])[A-Z]{2,}[A-Z0-9]*(?:[-/][A-Z0-9]+)*(?![\w-])")


def _names(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    """Yield names of studies, bodies and guidelines that the quotations do not hold."""
    texts = " ".join(source.text for source in sources)
    drugs = {i for drug in said.drugs for i in range(drug.start, drug.end)}
    for match in _ACRONYM.finditer(said.text):
        name = match.group()
        if name in KNOWN_ACRONYMS or match.start() in drugs or len(name) < 3:
            continue
        if re.search(rf"\b{re.escape(name)}s?\b", texts) or is_initials(name, texts):
            continue
        yield Ungrounded("name", match.start(), match.end(),
                         f"{name} is named in no quotation of this claim.")  # fmt: skip


def _changes(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    """Yield single words that stand in the place of another of the same sort."""
    for change in changed_words(said.text, [source.text for source in sources]):
        words = said.text[change.start : change.end]
        yield Ungrounded(change.kind, change.start, change.end,
                         f"The claim says {words!r} where its quotation says {change.source!r}.",
                         change.source)  # fmt: skip


# --- Direction -----------------------------------------------------------------------------


def _directions(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    cells = [cell for source in sources for cell in _cells(source.text)]
    for start, end in _cells_at(said.text):
        cell = said.text[start:end]
        rivals = [_told(rival, cell) for rival in _rivals(content_words(cell), cells)]
        if not rivals:
            continue
        if not any(_deny_alike(cell, rival) for rival in rivals):
            yield Ungrounded("negation", start, end,
                             f"The claim says the opposite of its quotation: {rivals[0]!r}.",
                             rivals[0])  # fmt: skip
        yield from _turned(said.text, (start, end), rivals)


def _rivals(words: frozenset[str], cells: Sequence[str]) -> list[str]:
    """Return the source clauses that say about the same as these words, nearest first."""
    if not words:
        return []
    shares = sorted(((len(words & content_words(cell)) / len(words), cell) for cell in cells),
                    key=lambda pair: -pair[0])  # fmt: skip
    if not shares or shares[0][0] < 0.4:
        return []
    return [cell for share, cell in shares if share >= 0.85 * shares[0][0]]


def _told(rival: str, cell: str) -> str:
    """Return the parts of a source clause, between commas, that the claim's clause tells."""
    words = content_words(cell)
    kept = []
    for part in rival.split(", "):
        own = content_words(part)
        if not own or len(own & words) >= 0.34 * len(own):
            kept.append(part)
    return ", ".join(kept) or rival


def _deny_alike(cell: str, rival: str) -> bool:
    one, other = denials(cell), denials(rival)
    if _alike(cell, rival):
        return one == other
    return (one > 0) == (other > 0)


def _alike(one: str, other: str) -> bool:
    """Return whether two clauses are nearly word for word the same."""
    a, b = content_words(one), content_words(other)
    return len(a & b) >= 0.8 * len(a | b)


def _turned(text: str, place: tuple[int, int], rivals: Sequence[str]) -> Iterator[Ungrounded]:
    """Yield words whose opposite stands in the quotation in their stead."""
    start, end = place
    cell = without_limits(text[start:end])
    for one, other in ANTONYMS:
        if not one.search(cell):
            continue
        turned = [_opposite(cell, without_limits(rival), one, other) for rival in rivals]
        match = one.search(text, start, end)
        if match and turned[0] and all(turned):
            yield Ungrounded("direction", match.start(), match.end(),
                             f"The claim says {match.group()!r}, its quotation {turned[0]!r}.",
                             turned[0])  # fmt: skip


def _opposite(cell: str, rival: str, one: re.Pattern[str], other: re.Pattern[str]) -> str:
    """Return the rival's opposite word where it took the place of the clause's, else ""."""
    gained = len(one.findall(cell)) - len(one.findall(rival))
    lost = other.findall(rival)
    return lost[0] if gained > 0 and len(lost) > len(other.findall(cell)) else ""


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
