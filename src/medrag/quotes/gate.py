"""The gate: exact, or exact but for typography; never cut, never clipped, never fuzzy."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medrag.core.answer import QuoteChange, QuoteMatch, QuoteStatus
from medrag.core.span import Span
from medrag.errors import InputError
from medrag.quotes.cells import moved_cells
from medrag.quotes.changes import nearest_change
from medrag.quotes.clipping import turning_ranges
from medrag.quotes.columns import labelled
from medrag.quotes.elision import Joined, find_pieces, groups, split_at_ellipses
from medrag.quotes.forms import search_forms
from medrag.quotes.joints import rejoined
from medrag.quotes.layouts import layouts
from medrag.quotes.reading import (
    Range,
    Reading,
    inner_bullets,
    line_bullets,
    without_bullets,
)
from medrag.quotes.scope import context_of, differs_in_company, expand_token
from medrag.quotes.surroundings import needs_heading
from medrag.text import is_inside_token
from medrag.text.statements import is_self_contained

_MOST_PLACES = 40
_NOT_FOUND = QuoteMatch(status="not_found")
_FAILED = frozenset({"altered", "not_found"})
_ABSENT_HEADER = "[the header of this table, which is not in the passage]"
_COMPARES = frozenset("<>=~")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a quotation stands in the folded text, and what it left outside there."""

    start: int
    end: int
    turned_by: list[Range]


def verify_quote(quote: str, passage: str) -> QuoteMatch:
    """Return whether and where `quote` stands in `passage`.

    `exact`: character for character. `normalized`: after typographic normalization, the case
    of the first letter aside. `clipped`: it stands there, but words outside it turn its
    meaning, or it is too short to say anything (`diff` holds those words). `ambiguous`: it
    stands in several places that say different things. `altered`: words were changed
    (`diff` says which). `not_found`: nothing near it stands there.

    The span counts characters of `passage`, and `text` is the passage's own slice. An
    ellipsis may join pieces of one sentence where nothing between them turns the meaning.
    Deterministic; linear in the length of the passage.
    """
    return verify_under(quote, passage, heading="")


def verify_under(
    quote: str,
    passage: str,
    *,
    heading: str,
    beside: Sequence[Span] = (),
    at: Span | None = None,
) -> QuoteMatch:
    """Return what `verify_quote` does, for a passage that begins under `heading`.

    Words inside `beside`, the places that the same claim quotes as well, are not left out.
    A row quoted with its table's header needs no heading: the citation shows the section.
    Where `at` holds exactly the words of `quote`, that place alone is judged; else it is
    ignored.
    """
    _, _, match = _settled(quote, passage, heading=heading, beside=beside, at=at)
    if match.span is None:
        return match
    shown = match.span.of(passage)
    exact = match.status != "exact" or shown == quote.strip()
    status = match.status if exact else "normalized"
    return match.model_copy(update={"status": status, "text": shown})


def _settled(
    quote: str, passage: str, *, heading: str, beside: Sequence[Span], at: Span | None
) -> tuple[Reading, str, QuoteMatch]:
    """Return the decision in the first layout in which the quotation stands, else the first."""
    first: tuple[Reading, str, QuoteMatch] | None = None
    for reading, words in layouts(quote, passage):
        match = _judged(reading, words, heading=heading, beside=beside, at=at)
        if match.status not in _FAILED:
            return reading, words, _in_its_columns(reading, quote, match)
        first = first or (reading, words, match)
    assert first is not None
    return first


def _in_its_columns(reading: Reading, quote: str, match: QuoteMatch) -> QuoteMatch:
    """Return the decision, turned to `altered` where a cell is quoted in another column."""
    if not match.verified or match.span is None:
        return match
    moved = moved_cells(reading, quote, match.span)
    return match.model_copy(update={"status": "altered", "diff": moved}) if moved else match


def _judged(
    reading: Reading, quote: str, *, heading: str, beside: Sequence[Span], at: Span | None
) -> QuoteMatch:
    forms = search_forms(quote)
    if not forms or not reading.key:
        return _NOT_FOUND
    others = [reading.folded_range(span) for span in beside]
    cut: Range | None = None
    places: list[_Place] = []
    found = _copied(reading, quote, at) or _occurrences(reading, forms)
    ways = [] if found else rejoined(reading, quote)
    for start, end in found or [way[0] for way in ways if len(way) == 1]:
        if _is_cut(reading, start, end):
            cut = cut or (start, end)
        else:
            places.append(_Place(start, end, turning_ranges(reading, start, end, others)))
    if cut is not None and not places:  # what cuts it may be the mark of a footnote
        unmarked = (one for one in _places_of(forms, *reading.unmarked()) if one not in found)
        places += (
            _Place(*one, turning_ranges(reading, *one, others))
            for one in unmarked
            if not _is_cut(reading, *one)
        )
    if places:
        match = _decide(reading, quote, places)
        place = places[0]
        if (
            match.verified
            and heading
            and not (others and reading.units[reading.unit_at(place.start)].kind == "heading")
            and not _is_headed(reading, place, beside, heading)
            and needs_heading(reading, place.start, place.end, heading)
        ):
            omitted = QuoteChange(kind="omission", quoted="", source=heading)
            return match.model_copy(update={"status": "clipped", "diff": (omitted,)})
        return match
    if cut is not None:
        return _cut_match(reading, cut)
    joined = _joined(reading, quote, ways)
    return joined if joined is not None else _altered(reading, forms[0])


def parts_of(quote: str, passage: str) -> tuple[Span, ...]:
    """Return the places that a verified quotation joins although other things stand between.

    A header and one of its rows, a lead-in and one of its items. Empty for a quotation of one
    place, an ellipsis inside a sentence included.
    """
    reading, words, match = _settled(quote, passage, heading="", beside=(), at=None)
    for found in _ways(reading, words, rejoined(reading, words)) if match.verified else ():
        if _of_pieces(reading, found).verified:
            apart = groups(reading, found[0])
            return tuple(reading.folded.span(*one) for one in apart) if len(apart) > 1 else ()
    return ()


def verify_cases(cases: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield `{"id", "status", "span", "text", "diff"}` for each `{"id", "quote", "passage"}`.

    Raises:
        InputError: A case lacks a key or holds something other than text.
    """
    for number, case in enumerate(cases, start=1):
        for key in ("quote", "passage"):
            if not isinstance(case.get(key), str):
                raise InputError(
                    f"Case {number} has no text under {key!r}. "
                    'Each case is {"id", "quote", "passage"}.'
                )
        match = verify_quote(case["quote"], case["passage"])
        yield {"id": case.get("id"), **match.model_dump(mode="json")}


# --- Finding -------------------------------------------------------------------------------


def _copied(reading: Reading, quote: str, at: Span | None) -> list[Range]:
    """Return the folded range of `at` where the passage's words there are the quotation's."""
    if at is None or at.end > len(reading.text) or at.of(reading.text).strip() != quote:
        return []
    start, end = reading.folded_range(at)
    return [(start, end)] if start < end else []


def _occurrences(reading: Reading, forms: list[str]) -> list[Range]:
    """Return the first places (of the folded text) where the first form stands that does.

    Where none does, footnote marks of the passage are passed over; and where still none does,
    the bullets that the quotation holds between words and the passage at its line starts.
    """
    found = _places_of(forms, reading.key, reading.key_to_folded)
    found = found or _places_of(forms, *reading.unmarked())
    return found or _bulleted_places(reading, forms)


def _places_of(forms: Iterable[str], key: str, index: Sequence[int]) -> list[Range]:
    for form in forms:
        places: list[Range] = []
        at = key.find(form)
        while at >= 0 and len(places) < _MOST_PLACES:
            places.append((index[at], index[at + len(form) - 1] + 1))
            at = key.find(form, at + 1)
        if places:
            return places
    return []


def _bulleted_places(reading: Reading, forms: list[str]) -> list[Range]:
    """Return the places of a list quoted on one line, its bullets still in it."""
    plain = [without for form in forms if (without := without_bullets(form)) != form]
    marks = inner_bullets(forms[0])
    found = _places_of(plain, reading.key, reading.key_to_folded)
    return [place for place in found if line_bullets(reading, place) == marks]


def _is_cut(reading: Reading, start: int, end: int) -> bool:
    text = reading.folded.text
    first, last = reading.units[reading.unit_at(start)], reading.units[reading.unit_at(end - 1)]
    bound = start != first.start and text[max(0, start - 2) : start].rstrip()[-1:] in _COMPARES
    # Cells of two rows are no token, however they would read in one line.
    return (start != first.start and (bound or is_inside_token(text, start))) or (
        end != last.end and is_inside_token(text, end)
    )


def _is_headed(reading: Reading, place: _Place, beside: Sequence[Span], heading: str) -> bool:
    """Return whether the heading is quoted itself, or rows of a table are quoted together."""
    quoted = [reading.words(place.start, place.end), *(span.of(reading.text) for span in beside)]
    if heading and any(" ".join(heading.split()) in " ".join(q.split()) for q in quoted):
        return True
    first, last = reading.unit_at(place.start), reading.unit_at(place.end - 1)
    if any(unit.kind != "row" for unit in reading.units[first : last + 1]):
        return False
    return last > first or any(
        reading.units[reading.unit_at(bisect_left(reading.folded.origin, span.start))].kind == "row"
        for span in beside
    )


# --- Deciding ------------------------------------------------------------------------------


def _decide(reading: Reading, quote: str, places: list[_Place]) -> QuoteMatch:
    clean = [place for place in places if not place.turned_by]
    if not clean:
        return _clipped(reading, places[0])
    chosen = next(
        (place for place in clean if reading.words(place.start, place.end) == quote), clean[0]
    )
    if len(places) > 1 and _says_different_things(reading, places, clean):
        return _match(reading, "ambiguous", (chosen.start, chosen.end))
    rest = _too_short(reading, chosen)
    if rest:
        return _match(reading, "clipped", (chosen.start, chosen.end), _omissions(reading, rest))
    exact = reading.words(chosen.start, chosen.end) == quote
    return _match(reading, "exact" if exact else "normalized", (chosen.start, chosen.end))


def _says_different_things(reading: Reading, places: list[_Place], clean: list[_Place]) -> bool:
    contexts = {context_of(reading, place.start, place.end) for place in places}
    if len(contexts) > 1 or differs_in_company(reading, [(p.start, p.end) for p in places]):
        return True
    return len(clean) < len(places) and not any(_is_whole(reading, place) for place in clean)


def _is_whole(reading: Reading, place: _Place) -> bool:
    """Return whether the quotation is a whole statement there, so that nothing is left over."""
    first = reading.units[reading.unit_at(place.start)]
    last = reading.units[reading.unit_at(place.end - 1)]
    words = reading.folded.text[place.start : place.end]
    return place.start <= first.start and place.end >= last.end - 1 and is_self_contained(words)


def _too_short(reading: Reading, place: _Place) -> list[Range]:
    """Return the rest of the sentence where the quotation is too short to say anything."""
    words = reading.folded.text[place.start : place.end]
    count = len(words.split())
    if count >= 3 or (count > 1 and sum(char.isalpha() for char in words) >= 12):
        return []
    unit = reading.units[reading.unit_at(place.start)]
    around = [(unit.start, place.start), (place.end, unit.end)]
    text = reading.folded.text
    return [(a, b) for a, b in around if any(char.isalnum() for char in text[a:b])]


def _match(
    reading: Reading, status: QuoteStatus, place: Range, diff: Iterable[QuoteChange] = ()
) -> QuoteMatch:
    span = reading.folded.span(*place)
    return QuoteMatch(status=status, span=span, text=span.of(reading.text), diff=tuple(diff))


def _omissions(reading: Reading, ranges: Iterable[Range]) -> Iterator[QuoteChange]:
    for start, end in ranges:
        words = " ".join(reading.words(start, end).split()) or _ABSENT_HEADER
        yield QuoteChange(kind="omission", quoted="", source=words)


def _clipped(reading: Reading, place: _Place) -> QuoteMatch:
    omitted = list(_omissions(reading, place.turned_by))
    return _match(reading, "clipped", (place.start, place.end), omitted)


def _cut_match(reading: Reading, cut: Range) -> QuoteMatch:
    """Return an alteration: a word, number or unit was cut, so it became another one."""
    text = reading.folded.text
    changes = []
    for at in cut:
        token = expand_token(text, at)
        if token is not None:
            inside = text[max(token[0], cut[0]) : min(token[1], cut[1])]
            kind = "number" if any(char.isdigit() for char in text[slice(*token)]) else "word"
            changes.append(
                QuoteChange.model_validate(
                    {"kind": kind, "quoted": inside, "source": reading.words(*token)}
                )
            )
    return _match(reading, "altered", cut, changes)


def _joined(reading: Reading, quote: str, ways: Sequence[list[Range]]) -> QuoteMatch | None:
    matches = [_of_pieces(reading, found) for found in _ways(reading, quote, ways)]
    verified = (match for match in matches[:-1] if match.verified)
    return next(verified, matches[-1] if matches else None)


def _ways(reading: Reading, quote: str, ways: Sequence[list[Range]]) -> list[Joined]:
    """Return the ways in which a quotation of several pieces may stand in the passage.

    `ways` are those without an ellipsis.
    """
    pieces = split_at_ellipses(quote)
    if pieces:
        return find_pieces(reading, pieces)
    return [(way, []) for way in ways if len(way) > 1] or labelled(reading, quote)


def _of_pieces(reading: Reading, found: Joined) -> QuoteMatch:
    places, turned = found
    place = (places[0][0], places[-1][1])
    for start, end in groups(reading, places):
        if _is_cut(reading, start, end):
            return _cut_match(reading, (start, end))
        turned = turned + turning_ranges(reading, start, end, places)
    if turned:
        return _clipped(reading, _Place(*place, sorted(set(turned))))
    return _match(reading, "normalized", place)


def _altered(reading: Reading, form: str) -> QuoteMatch:
    near = nearest_change(reading, form)
    if near is None:
        return _NOT_FOUND
    (start, end), changes = near
    return _match(reading, "altered", (start, end), changes)
