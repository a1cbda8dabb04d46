"""What an extractive answer may consist of: whole statements of the passages, in context.

A candidate is a sentence, a list item with the words that lead into the list, or a table row
with its header and caption. Headings, lists of sources, literature references, boilerplate,
questions and torn sentences are none. A sentence that leans on the one before ("These
patients ...") takes that one along, and a following sentence that restricts
it ("However, ...") comes too: what turns a statement's meaning is quoted with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from medrag.core.document import Passage
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.generation.shown import JOINER, Unit, inert, quotables, units
from medrag.text import labelled_row
from medrag.text.layout import BULLETS

LONGEST = 900
"""Characters of a run of several units; nothing is cut, a longer run is not formed."""
LONGEST_UNIT = 1500
"""Characters of one unit; what is longer is no sentence but a passage that has none."""

_Kind = Literal["sentence", "item", "row", "heading", "question", "other"]

_BULLET = re.compile(rf"[{BULLETS}·–*+-]\s+|o\s+(?=[A-Z])")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{2,4})[.)]\s+(?=\S)")
_ENDED = re.compile(r"[.!?;:][\"'”’)\]]*(?:\s?\[[\d,;–\- ]+\]|\s?[\d¹²³⁴-⁹,–-]{1,8})?$")
_SURNAME = r"(?:[a-z]{2,3} ){0,2}[A-Z][\w'\u2019-]+(?: [A-Z][\w'\u2019-]+)?"
_AUTHORS = (
    rf"^(?P<first>{_SURNAME}) [A-Z]{{1,3}}, (?!(?P=first) )(?:{_SURNAME} [A-Z]{{1,3}}, )*"
    rf"(?:{_SURNAME} [A-Z]{{1,3}}\.|et al\.?)"
)
_AUTHORS_ALONE = re.compile(rf"{_AUTHORS}\Z")
_REFERENCE = re.compile(
    r"\bdoi:|\bPMID\b|\bet al\.,? .{0,80}\b(?:19|20)\d\d\b.{0,40}$"
    r"|\b(?:19|20)\d\d;\s?\d+(?:\(\d+\))?:\s?e?\d+"
    r"|^\[?\d{1,3}[.\]]?\s+[A-Z][\w'-]+,? (?:[A-Z]{1,3}\b[,.]|[A-Z]\.)"
    rf"|{_AUTHORS}(?: [A-Z]|\Z)"
)
_BOILERPLATE = re.compile(
    r"all rights reserved|©|^page \d+|^https?://\S+$|suggested citation|corresponding author"
    r"|conflicts? of interest|see full prescribing information|sections? or subsections? omitted"
    r"|^licen[cs]e:|prescribing information, (?:sections?|boxed)"
    r"|^revised:|^(?:manufactured|distributed|marketed) (?:by|for)\b|to report suspected adverse"
    r"|^(?:tables?|figures?) \d+.{0,60}\b(?:summari|show|present|list|provid|descri|contain)"
    r"|^these are not all|^call your (?:doctor|healthcare)"
    r"|^(?:see )?(?:table|figure|appendix|box) \d+\S*$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\d ?(?:mg|mcg|µg|g|mL|units?|IU|mEq|mmol|%|tablets?|capsules?|puffs?|drops?)\b", re.IGNORECASE
)
_SOURCES = re.compile(
    r"(?:\d+\.?\s*)?(?:references?|bibliograph\w+|sources?|literature(?: cited)?|further reading"
    r"|acknowledge?ments?|works cited|(?:author|funding|copyright|article) information|funding"
    r"|competing interests|consultants|recommended citation)\s*\Z",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:these|this|those|it|they|such|otherwise|however|therefore|thus|also|then|its|their"
    r"|in addition|moreover|furthermore|additionally|in (?:this|these|such) \w+)\b",
    re.IGNORECASE,
)
_RESTRICTS = re.compile(
    r"(?:however|but|otherwise|except|exceptions?|unless|nevertheless|do not|this includes"
    r"|these include)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One statement that could be a claim.

    Attributes:
        passage: Number of the passage in the prompt, from 1.
        quotes: The quotations as shown to a model, each a run of whole units.
        text: The claim: the same words without bullets and breaks.
        core: The statement alone, without what it took along; it is what scores. A table row
            has each cell under its label.
        lead: The words that lead into it (list lead-in, table header); empty if none.
        title: The title of the document.
        headings: The headings over it, outermost first.
        before: The unit before it, if any.
        run: Numbers of the first and the last unit of the passage that its last quotation shows.
        alone: Whether that quotation is the whole statement, all of it sentences.
    """

    passage: int
    quotes: tuple[str, ...]
    text: str
    core: str
    lead: str
    title: str
    headings: tuple[str, ...]
    before: str
    run: tuple[int, int]
    alone: bool

    @property
    def context(self) -> str:
        """Title and headings, as one text."""
        return " ".join((self.title, *self.headings))

    def beside(self, other: Candidate) -> Candidate | None:
        """Return the two as one statement where they stand side by side in one section.

        One that holds the other is both. None where anything stands between them, where one
        needs more than its own words, where they are too long together, and where each gives
        an amount: two doses side by side are for two cases.
        """
        if self.passage != other.passage or not (self.alone and other.alone):
            return None
        early, late = sorted((self, other), key=lambda one: one.run)
        if late.run[1] <= early.run[1]:
            return early
        if late.run[0] == early.run[0]:
            return late
        too_long = len(early.text) + len(late.text) >= LONGEST
        two_amounts = bool(_AMOUNT.search(early.text) and _AMOUNT.search(late.text))
        if late.run[0] != early.run[1] + 1 or too_long or two_amounts:
            return None
        return replace(
            early,
            quotes=(f"{early.quotes[0]} {late.quotes[0]}",),
            text=f"{early.text} {late.text}",
            core=f"{early.core} {late.core}",
            run=(early.run[0], late.run[1]),
        )


def candidates(hits: tuple[Hit, ...]) -> list[Candidate]:
    """Return every statement of the passages, in their order; no text twice."""
    found: dict[str, Candidate] = {}
    for number, hit in enumerate(hits, start=1):
        for candidate in _statements(hit.passage, hit.source.title):
            if candidate.text not in found:
                found[candidate.text] = replace(candidate, passage=number)
    return list(found.values())


@lru_cache(maxsize=1024)
def _statements(passage: Passage, title: str) -> tuple[Candidate, ...]:
    """Return the statements of a passage, as if it were the first of its prompt."""
    return tuple(_Passage(passage, title).candidates())


class _Passage:
    """The units of one passage, each with its kind and its lead."""

    def __init__(self, passage: Passage, title: str) -> None:
        self._units = units(passage)
        self._title = title
        self._headings = passage.section
        self._text = passage.text
        self._parts = {one.parts[-1]: one.parts[:-1] for one in quotables(passage)}
        self._raws = raws = [unit.span.of(self._text) for unit in self._units]
        self._kinds: list[_Kind] = []
        self._leads: list[int | None] = []
        lead: int | None = None
        listing = False  # under a heading such as "References", until the next heading
        for place, (unit, raw) in enumerate(zip(self._units, raws, strict=True)):
            kind = _kind(unit, raw, led=lead is not None, first=place == 0)
            if place and not unit.breaks and _AUTHORS_ALONE.search(self._units[place - 1].text):
                kind = "other"  # the title of what they wrote
            if kind == "row" and (not self._kinds or self._kinds[-1] != "row"):
                # A table that goes on from the passage before left its header there.
                goes_on = place == 0 and bool(_AMOUNT.search(raw))
                lead = None if goes_on else place
            elif kind == "row":
                pass
            elif unit.text.endswith(":"):
                lead = place
            elif kind == "heading" and self._under_heading(place):
                kind, lead = "item", lead if lead is not None else place - 1
            elif kind != "item":
                lead = None
            listing = bool(_SOURCES.match(unit.text)) if kind == "heading" else listing
            self._kinds.append("other" if listing else kind)
            self._leads.append(lead if kind in {"item", "row"} and lead != place else None)

    def _under_heading(self, place: int) -> bool:
        """Return whether a line without an end is a regimen under its heading, not a heading."""
        unit = self._units[place]
        above = self._kinds[-1] if self._kinds else None
        return bool(unit.breaks and _AMOUNT.search(unit.text)) and above in {"heading", "item"}

    def candidates(self) -> list[Candidate]:
        """Return the statements of this passage."""
        if any(_SOURCES.match(heading) for heading in self._headings):
            return []
        return [
            self._candidate(place)
            for place, kind in enumerate(self._kinds)
            if kind in {"sentence", "item"} or (kind == "row" and self._leads[place] is not None)
            if self._quotable(place)
        ]

    def _quotable(self, place: int) -> bool:
        """Return whether the unit and what must come with it are short enough to quote."""
        first, last = self._run(place)
        longest = LONGEST_UNIT if first == last else LONGEST
        return len(self._shown(first, last)) <= longest

    def _candidate(self, place: int) -> Candidate:
        first, last = self._run(place)
        lead = self._leads[place]
        over: list[str] = []
        apart: list[str] = []
        if lead is not None and lead < first:
            apart = [self._shown(self._caption(lead), lead)]
        elif first == last:
            over = [inert(part.of(self._text)) for part in self._over(place)]
            # A heading right above is quoted in one piece with its statement.
            first = self._first_right_above(place)
            apart = over[:-1] if first < place else over
        statement = self._shown(place if over else first, last)
        below = [statement] if over else [*apart, statement]
        labelled = self._labelled(place)
        return Candidate(
            passage=1,
            quotes=(*apart, self._shown(first, last)),
            text=self._with_caption(place) or _statement(over, below),
            core=labelled or _said(self._units[place].text),
            lead="" if lead is None or labelled else _said(self._units[lead].text),
            title=self._title,
            headings=self._headings,
            before=self._units[place - 1].text if place else "",
            run=(first, last),
            alone=lead is None and not over and self._kinds[place] == "sentence",
        )

    def _over(self, place: int) -> tuple[Span, ...]:
        """Return where the words stand under which the unit at `place` must be read."""
        return self._parts.get(self._units[place].span, ())

    def _first_right_above(self, place: int) -> int:
        """Return the first unit of what must be read above a unit, where nothing parts them."""
        over = self._over(place)
        if not over or inert(self._text[over[-1].end : self._units[place].span.start]):
            return place
        starts = [unit.span.start for unit in self._units[:place]]
        return starts.index(over[-1].start) if over[-1].start in starts else place

    def _labelled(self, place: int) -> str:
        """Return a table row with each cell under its label; empty where it has none."""
        lead = self._leads[place]
        if self._kinds[place] != "row" or lead is None:
            return ""
        return labelled_row(self._raws[lead], self._raws[place]) or ""

    def _with_caption(self, place: int) -> str:
        labelled, lead = self._labelled(place), self._leads[place]
        if not labelled or lead is None:
            return ""
        first = self._caption(lead)
        caption = self._shown(first, lead - 1) if first < lead else ""
        return f"{_said(caption)}: {labelled}" if caption else labelled

    def _caption(self, lead: int) -> int:
        """Return the heading right above a table's header, or the header where there is none."""
        above = lead - 1
        headed = lead > 0 and self._kinds[lead] == "row" and self._kinds[above] == "heading"
        return above if headed else lead

    def _run(self, place: int) -> tuple[int, int]:
        """Return the first and last unit to quote with the unit at `place`."""
        first = last = place
        lead = self._leads[place]
        if lead is not None:
            # A row stands on its own beside its header; an item without the words that lead
            # into the list may say the opposite, so the items between come too.
            apart = self._kinds[place] == "row" and lead != place - 1
            return (place if apart else self._caption(lead)), place
        if self._units[place].text.endswith(":"):
            while self._fits(first, last + 1) and self._leads[last + 1] == place:
                last += 1
            return first, last
        if place and _LEANS.match(self._units[place].text) and self._kinds[place - 1] == "sentence":
            first -= self._fits(first - 1, last)
        if self._fits(first, last + 1) and _RESTRICTS.match(self._units[last + 1].text):
            last += self._kinds[last + 1] == "sentence"
        return first, last

    def _fits(self, first: int, last: int) -> bool:
        return last < len(self._units) and len(self._shown(first, last)) <= LONGEST

    def _shown(self, first: int, last: int) -> str:
        return " ".join(unit.text for unit in self._units[first : last + 1])


def _kind(unit: Unit, raw: str, *, led: bool, first: bool) -> _Kind:
    text = unit.text
    short = len(text.split()) <= 2
    if _REFERENCE.search(text) or _BOILERPLATE.search(text):
        return "other"
    if "\t" in raw or " | " in raw or raw.startswith("|"):
        return "row"
    if _BULLET.match(text) or _NUMBERED.match(text):
        return "other" if short else "item"
    if text.endswith("?"):
        return "question"
    return _prose(unit, led=led, first=first)


def _prose(unit: Unit, *, led: bool, first: bool) -> _Kind:
    if not _ENDED.search(unit.text):
        if led and unit.breaks:
            return "item"
        if len(unit.text.split()) <= 12:
            return "heading"
    return _whole(unit.text, first=first)


def _whole(text: str, *, first: bool) -> _Kind:
    """Return `sentence` unless it was torn from its beginning or is too short to say anything."""
    torn = first and text[0].islower()
    return "other" if torn or len(text.split()) < 4 else "sentence"


def _statement(over: Sequence[str], quotes: Sequence[str]) -> str:
    """Return the claim that says what is quoted, under the headings that limit it."""
    headings = [_said(heading).rstrip(":") + ":" for heading in over]
    return " ".join((*headings, *(_said(part) for part in quotes)))


def _said(shown: str) -> str:
    text = shown.replace(JOINER, "")
    return _BULLET.sub("", text, count=1) if _BULLET.match(text) else text
