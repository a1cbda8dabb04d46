"""Whether what a claim says stands in its quotations: numbers, drugs, direction, population.

Deterministic and closed: it compares what can be read, and never judges what it cannot. A
claim may say less than its quotation, in other words; it may not say another number, another
drug, the other direction, or speak of other patients.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from medrag.clinical.verbatim import is_verbatim, repeats_part
from medrag.core.span import Span
from medrag.grounding.actors import other_actors
from medrag.grounding.allowed import allowed_against
from medrag.grounding.bearers import exchanged
from medrag.grounding.causes import turned_causes
from medrag.grounding.certainty import raised
from medrag.grounding.changes import changed_words
from medrag.grounding.dates import other_dates
from medrag.grounding.diseases import named_in, other_diseases
from medrag.grounding.drugs import other_drugs
from medrag.grounding.facts import Facts, read_facts, without_markers
from medrag.grounding.frequencies import other_frequencies, other_paces
from medrag.grounding.heads import other_heads
from medrag.grounding.in_full import all_in_full
from medrag.grounding.labels import unlisted
from medrag.grounding.members import other_members
from medrag.grounding.names import other_names
from medrag.grounding.order import turned_orders
from medrag.grounding.owners import of_own_band, other_rows
from medrag.grounding.patients import other_patients
from medrag.grounding.preferred import other_preferences
from medrag.grounding.relations import reversals
from medrag.grounding.retold import changed_values
from medrag.grounding.routes import other_routes
from medrag.grounding.rungs import other_rungs
from medrag.grounding.settled import head_at, heads, is_contrasted, settling
from medrag.grounding.strength import other_classes, other_grades
from medrag.grounding.substitutes import substitutes
from medrag.grounding.tables import other_cells, told, vouched
from medrag.grounding.terms import other_terms
from medrag.grounding.tokens import as_written
from medrag.grounding.turns import turns
from medrag.grounding.values import other_numbers
from medrag.grounding.words import populations
from medrag.grounding.writing import grouped
from medrag.text.origins import Normalized

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
        quote: Which quotation `expected` stands in, from 0; None where it has no one place.
        quote_span: Its characters there.
    """

    kind: UngroundedKind
    start: int
    end: int
    message: str
    expected: str = ""
    quote: int | None = None
    quote_span: Span | None = None

    @property
    def span(self) -> Span:
        """The words of the claim."""
        return Span(start=self.start, end=self.end)


def ground(claim: str, quotes: Sequence[str]) -> list[Ungrounded]:
    """Return what `claim` says that stands in none of `quotes`, in text order.

    Quantities agree up to unit conversion (0.5 g, 500 mg), number words, and rounding that
    keeps the meaning; frequencies up to synonyms (BID, twice daily, every 12 hours); drugs up
    to brand and generic names. Without quotations every number and drug is ungrounded. A claim
    that says less than its quotations is grounded, and so is one that is its quotations and
    nothing else.
    """
    if is_verbatim(claim, quotes):
        return []
    said, *told = all_in_full(claim, quotes)
    if said is None and not any(told):
        return _unsettled(claim, quotes)
    words = said.text if said else claim
    full = [one.text if one else quote for one, quote in zip(told, quotes, strict=True)]
    if is_verbatim(words, full):
        return []
    return [_as_it_stands(one, said, told) for one in _unsettled(words, full)]


def _as_it_stands(
    one: Ungrounded, said: Normalized | None, told: Sequence[Normalized | None]
) -> Ungrounded:
    """Return a finding on texts told in full with its places in them as written."""
    place = said.span(one.start, one.end) if said else one.span
    source = told[one.quote] if one.quote is not None else None
    at = one.quote_span
    if source and at:
        at = source.span(at.start, at.end)
    return replace(one, start=place.start, end=place.end, quote_span=at)


def _unsettled(claim: str, quotes: Sequence[str]) -> list[Ungrounded]:
    """Return what is ungrounded but for what one sentence of the quotations settles.

    What a table gives elsewhere is settled by no line of it, and who acts by no sentence that
    names nobody.
    """
    found = _ungrounded(claim, quotes)
    if not any(one.kind in _SETTLED for one in found):
        return found
    said = read_facts(_plain(claim))
    preferred = (Ungrounded(*one) for one in other_preferences(said, _sources(quotes)))
    again = (Ungrounded(*one) for one in changed_values(said, _sources(quotes)))
    nowhere = (*_cells(said, quotes), *_instead(said, quotes), *preferred, *again)
    kept = {(one.kind, one.start) for one in nowhere}
    moved = {one.start for one in _exchanged(said, _sources(quotes))}
    return [
        one
        for one in found
        if one.kind not in _SETTLED
        or (one.kind, one.start) in kept
        or not _is_settled(one, claim, quotes, one.kind == "number" or one.start in moved)
    ]


_SETTLED = frozenset({"negation", "direction", "number"})


def _plain(claim: str) -> str:
    return grouped(without_markers(claim))


def _is_settled(one: Ungrounded, claim: str, quotes: Sequence[str], value: bool) -> bool:
    """Return whether nothing of its statement is ungrounded in one sentence of the quotations."""
    head = "" if value else head_at(claim, one.start)
    return is_contrasted(claim, one.start) or any(
        (not head or head in heads(sentence) or head not in heads(" ".join(quotes)))
        and all(
            (other.kind in {"drug", "name"} and not (value and read_facts(sentence).drugs))
            or (other.start, other.end) in _carried(statement, quotes)
            for other in _ungrounded(statement, [sentence])
        )
        for statement, sentence in settling(claim, one.start, one.expected, quotes, value=value)
    )


def _carried(statement: str, quotes: Sequence[str]) -> set[tuple[int, int]]:
    """Return the words for patients whom one sentence of the quotations names for all of them."""
    named = {name for quote in quotes for name, _, _ in populations(quote)}
    return {(start, end) for name, start, end in populations(statement) if name in named}


def _sources(quotes: Sequence[str]) -> tuple[Facts, ...]:
    """Return what grounding compares in the quotations, tables and lists told as sentences."""
    return tuple(read_facts(grouped(unlisted(told(quote)))) for quote in quotes)


def _ungrounded(claim: str, quotes: Sequence[str]) -> list[Ungrounded]:
    said = read_facts(_plain(claim))
    sources = _sources(quotes)
    plain = [source.text for source in sources]
    found = [
        *_of_others(said, quotes, sources),
        *(Ungrounded(*one) for find in _OF_VALUES for one in find(said, sources)),
        *(Ungrounded(*one) for one in other_patients(said, sources)),
        *(Ungrounded(*one) for one in other_dates(said.text, [s.text for s in sources])),
        *(Ungrounded(*one) for find in _OF_NAMES for one in find(said, sources)),
        *_turned(said, plain),
        *_substituted(said, plain),
        *_headed(said, plain),
        *_instead(said, plain),
    ]
    again = [Ungrounded(*one) for one in changed_values(said, sources)]
    told_so = vouched(said, quotes)
    unique: dict[tuple[UngroundedKind, int], Ungrounded] = {}
    for group in (found, again, _changes(said, sources)):
        for one in sorted(group, key=_in_order):
            if one.kind not in _VALUES or (one.start, one.end) not in told_so:
                unique.setdefault((one.kind, one.start), one)
    return [_placed(one, quotes) for one in sorted(unique.values(), key=_in_order)]


def _in_order(one: Ungrounded) -> tuple[int, int]:
    return one.start, one.end


_VALUES = frozenset({"number", "comparator", "frequency"})
_OF_VALUES = (other_numbers, other_rungs, other_paces, other_frequencies, other_drugs,
              other_preferences)  # fmt: skip
_OF_NAMES = (other_members, other_diseases, other_names, other_terms)
"""What each yields stands in no quotation so, in the order in which they are asked."""


def _placed(one: Ungrounded, quotes: Sequence[str]) -> Ungrounded:
    """Return the finding with the place of the words it is compared with."""
    for number, quote in enumerate(quotes):
        at = quote.find(one.expected) if one.expected else -1
        if at >= 0:
            return replace(one, quote=number, quote_span=Span(start=at, end=at + len(one.expected)))
    return one


# --- Values of others --------------------------------------------------------------------------


def _cells(said: Facts, quotes: Sequence[str]) -> Iterator[Ungrounded]:
    """Yield values that a table gives elsewhere than in the row and column the claim names."""
    for one in other_cells(said, quotes):
        yield Ungrounded("number", one.start, one.end, one.message, one.expected)


def _of_others(
    said: Facts, quotes: Sequence[str], sources: Sequence[Facts]
) -> Iterator[Ungrounded]:
    """Yield values that the quotations give to something else, but for those of its own band."""
    rows = (Ungrounded(*one) for one in other_rows(said, sources))
    numbers = {n.start: n for n in said.numbers}
    for one in (*_cells(said, quotes), *_exchanged(said, sources), *rows):
        number = numbers.get(one.start) if one.kind == "number" else None
        if number is None or not of_own_band(said, number, sources):
            yield one


def _exchanged(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    """Yield values that the quotations give to something else than the claim does."""
    repeated = repeats_part(said.text, [source.text for source in sources])
    for one in () if repeated else exchanged(said, sources):
        words = said.text[one.start : one.end]
        message = f"The quotation has {one.expected!r} where the claim has {words!r}."
        yield Ungrounded(one.kind, one.start, one.end, message, one.expected)


# --- Direction and single words ------------------------------------------------------------------


_OPPOSITE = "The claim says the opposite of its quotation: {1!r}."
_OTHER = "The claim says {0!r}, its quotation {1!r}."
_DENIED = "Of {0!r} the claim says the opposite of its quotation."
"""Where both have the one word, and only one of them denies it."""
_INSTEAD = "The claim says {0!r} where its quotation says {1!r}."
_CROSSED = "The sides of {0!r} stand the other way round in the quotation."


class _Beside(Protocol):
    """Characters of the claim, and the word of a quotation that they are held to."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def source(self) -> str: ...


def _against(
    kind: UngroundedKind, said: Facts, one: _Beside, quotes: Sequence[str], *, message: str
) -> Ungrounded:
    source = as_written(one.source, quotes)
    words = said.text[one.start : one.end]
    if words.lower() == source.lower():
        message = _DENIED
    return Ungrounded(kind, one.start, one.end, message.format(words, source), source)


def _turned(said: Facts, quotes: Sequence[str]) -> Iterator[Ungrounded]:
    for turn in turns(said.text, quotes):
        message = _OPPOSITE if turn.kind == "negation" else _OTHER
        yield _against(turn.kind, said, turn, quotes, message=message)
    repeated = repeats_part(said.text, quotes)
    for turn in () if repeated else allowed_against(said.text, quotes):
        yield _against(turn.kind, said, turn, quotes, message=_OPPOSITE)
    graded = () if repeated else (
        *other_grades(said.text, quotes), *other_classes(said.text, quotes)
    )  # fmt: skip
    for grade in graded:
        yield Ungrounded("direction", grade.start, grade.end, grade.message, grade.expected)
    for sure in () if repeated else raised(said.text, quotes):
        yield _against("direction", said, sure, quotes, message=_INSTEAD)
    for cause, source in () if repeated else turned_causes(said.text, quotes):
        message = f"The claim relates {cause.text!r} what its quotation relates {source!r}."
        yield Ungrounded("direction", cause.start, cause.end, message, source)
    for order, source in () if repeated else turned_orders(said.text, quotes):
        message = f"The claim orders {order.text!r} what its quotation orders {source!r}."
        yield Ungrounded("direction", order.start, order.end, message, source)
    for one in reversals(said.text, quotes):
        yield _against("direction", said, one, quotes, message=_CROSSED)


def _substituted(said: Facts, quotes: Sequence[str]) -> Iterator[Ungrounded]:
    """Yield single words in the place of another, which no list of opposites knows."""
    told = [drug.name for drug in said.drugs] + [said.text[n.start : n.end] for n in named_in(said)]
    compared = frozenset(word for name in told for word in name.lower().replace("'s", "").split())
    for one in substitutes(said.text, quotes, compared):
        yield _against("direction", said, one, quotes, message=_INSTEAD)


def _headed(said: Facts, quotes: Sequence[str]) -> Iterator[Ungrounded]:
    """Yield what qualifies or counts a noun otherwise than the quotations do."""
    for one in other_heads(said.text, quotes):
        yield _against(one.kind, said, one, quotes, message=_INSTEAD)


def _instead(said: Facts, quotes: Sequence[str]) -> Iterator[Ungrounded]:
    """Yield who acts, and by which route, where the quotations let others act or other routes."""
    found: tuple[_Beside, ...] = (
        *other_actors(said.text, quotes),
        *other_routes(said.text, quotes),
    )
    for one in found:
        yield _against("direction", said, one, quotes, message=_INSTEAD)


def _changes(said: Facts, sources: Sequence[Facts]) -> Iterator[Ungrounded]:
    """Yield single words that stand in the place of another of the same sort."""
    quotes = [source.text for source in sources]
    named = frozenset[str]().union(*(drug.keys for source in sources for drug in source.drugs))
    drugs = frozenset(drug.name.lower() for drug in said.drugs if not drug.keys & named)
    for change in changed_words(said.text, quotes, drugs):
        yield _against(change.kind, said, change, quotes, message=_INSTEAD)
