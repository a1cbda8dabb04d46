"""How a text is laid out, and what its layout says: headings, lists, table columns, lead words.

"Avoid:" above a list, "Alternatives:" before a sentence and the column "Stop" of a table say
of every drug beneath what a sentence would say of one. `outline` finds such leads and which
sentences each of them governs; what a lead says of a drug is decided in `polarity`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from medrag.clinical.leads import Attitude, Lead, attitude_of
from medrag.text.segmentation import Unit, UnitKind, segment

_LOCAL = re.compile(
    r"[\s\W]*(?:\d{1,2}[.)]\s+)?(?P<lead>(?:\([^()\n]{1,60}\)|[^:.;"
    r"|\n()]){2,80}?)[*_]*:[*_]*\s+(?=\S)"
)
_BOLD = re.compile(r"[*_]{2}[^*\n]{2,80}[*_]{2}:?(?:\s\([^()\n]*\))?:?")
_MARKED = r"[*_]{1,2}[^*_\n]{2,60}[*_]{1,2}[ \t]*(?:[-\u2013:]|\()"
_LABEL = rf"(?:{_MARKED}|(?m:^)[A-Z][\w/ ]{{2,40}}[ ][-\u2013][ ])"
_LABELLED = re.compile(_LABEL)
_INNER = re.compile(
    rf"(?m)^[ \t]*(?P<line>(?P<lead>{_BOLD.pattern}[ \t]*$|[A-Z][^\n:.;]{{2,60}}:[ \t]*$)"
    rf"|{_LABEL})\s*"
)
_CELL = re.compile(r"[^|\t]+")
_VERDICT = re.compile(
    r"\W*(?:(?P<stop>stop|discontinue|hold|withhold|deprescribe|taper\s(?:off|and\sstop))"
    r"|(?P<avoid>not\s(?:advised|while|in\b|for\b|with\b|suitable|to\sbe|used|an\soption"
    r"|compatible|safe|allowed"
    r"|given|yet|now)|never|forbidden|avoid|contra-?indicated|do\snot\suse|not\srecommended|unsafe)"
    r"|(?P<go>continue|keep)|(?P<may>compatible|usable|acceptable|possible|allowed|preferred"
    r"|suitable|fine|ok"
    r"|safe))\b"
)
"""A cell that says what to do with the drug at the beginning of its row."""
_SAID: dict[str, Attitude] = {
    "stop": "stop", "avoid": "avoid", "go": "continue", "may": "options",
}  # fmt: skip
_CHOICE_COLUMN = re.compile(
    r"\W*(?:options?|regimens?|choices?|alternatives?|strateg(?:y|ies)|first[- ]line)\b"
)
_TOLD = re.compile(
    r"\A(?!\W*(?:if|when|should|once|what)\b)(?!.*contra-?indications?\b)"
    r".*\b(?:he|she|they|we|i|patient|is|was|has|had|are|were|takes)\b"
    r"(?!\s(?:should|must|may|can)\b)"
)
"""A lead that tells something ("he has never taken opioids: ...") leads to nothing."""
_RULE = re.compile(r"[\s|:-]+")
_CHOOSE = re.compile(
    r"\b(?:one\sof(?:\sthe\sfollowing|\sthese)?|either|choose\s(?:only\s)?one"
    r"|any\sof(?:\sthe\sfollowing)?)\W*\Z"
)
_STANDS_ALONE = re.compile(r"[ \t]*(?:\n[ \t]*\n|\n[ \t]*(?:[-*\u2022|]|\d{1,2}[.)]\s)|\Z)")
"""What follows a line that is a heading without being marked as one."""
_OPTION = re.compile(r"\W*(?:option|choice|alternative|plan|regimen)\s(?:\d|[a-e]\b)")
_LAST_CLAUSE = re.compile(r"[.;,]\s")
_RATED = -1_000_000
"""The one set of all rows that rate what may be used."""
_LINE = 7
_TABLE = 20
"""Ranks: headings stand above lines, lines above items, everything above a table's rows."""
_LISTED_ONLY = frozenset({"avoid", "stop", "past", "allergy", "continue"})
"""Leads that end with their list: what follows speaks of something else."""
_OF_COLUMNS = frozenset({"avoid", "stop", "continue", "past", "alternative"})
_CHOICES = frozenset({"options", "alternative"})
_LONGEST_LEAD = 90


@dataclass(frozen=True, slots=True)
class Place:
    """One sentence, list item, table row or heading where it stands.

    Attributes:
        start, end: Its characters.
        kind: What it is.
        leads: Leads that govern all of it, innermost first; "plain" ones are left out.
        local: Lead at its own beginning ("Alternatives: ..."); governs what follows it.
        option: Number of the lead whose options are listed, and which of them this is.
        cells: For a table row, (start, end, attitude) of each cell: what its column says; of
            the first cell what a later one says in a word ("Stop"). Empty for the rest.
    """

    start: int
    end: int
    kind: UnitKind
    leads: tuple[Lead, ...] = ()
    local: Lead | None = None
    option: tuple[int, int] | None = None
    cells: tuple[tuple[int, int, Attitude], ...] = ()

    def attitudes(self, offset: int) -> Iterator[tuple[Attitude, Lead | None]]:
        """Yield what the layout says of the words at `offset`, the nearest lead first."""
        for start, end, attitude in self.cells:
            if start <= offset < end and attitude != "plain":
                yield attitude, None
        if self.local is not None and offset >= self.local.end:
            yield self.local.attitude, self.local
        for lead in self.leads:
            yield lead.attitude, lead


@dataclass(slots=True)
class _Open:
    """A lead whose scope has not ended.

    Attributes:
        rank: How deep it stands; what stands no deeper ends it.
        fixed: The option that the lead itself is ("Option 2"), if it is one.
        block: The first paragraph it governs; another one ends the scope of a line.
        item_rank: How deep its list items stand; deeper ones belong to the item above them.
        item_kind: Whether they are items or the rows of a table.
        listed: How many items it has.
        list_block: The paragraph of the last of them, where items are labelled sentences.
    """

    lead: Lead
    rank: int
    fixed: tuple[int, int] | None = None
    block: int | None = None
    item_rank: int | None = None
    item_kind: UnitKind = "item"
    listed: int = 0
    list_block: int | None = None

    def ends(self, rank: int, kind: UnitKind, block: int) -> bool:
        """Return whether a unit stands outside."""
        if self.rank == _TABLE:
            return kind != "row"
        if kind != "prose":
            return self.rank >= rank
        if self.listed and self.list_block == block:
            return False
        if self.listed:
            return self.rank >= _LINE or self.lead.attitude in _LISTED_ONLY
        return self.rank > _LINE or (self.rank == _LINE and self.block not in {None, block})


def outline(text: str, folded: str) -> list[Place]:
    """Return the places of a text in order; they cover what `text.sentences` covers.

    Args:
        text: The text.
        folded: The same in lower case, of the same length.
    """
    scopes: list[_Open] = []
    header: tuple[Attitude, ...] | None = None
    places: list[Place] = []
    for unit in _bounded(folded, _headed(text, _whole(segment(text)))):
        rank, number = _rank(text, unit), len(places)
        while scopes and scopes[-1].ends(rank, unit.kind, unit.block):
            scopes.pop()
        header = header if unit.kind == "row" else None
        first_row = unit.kind == "row" and header is None
        lead = _lead(folded, unit)
        local = None if lead else _local(folded, unit, number)
        cells = _cells(folded, unit, header or ())
        places.append(
            Place(
                start=unit.start,
                end=unit.end,
                kind=unit.kind,
                leads=tuple(s.lead for s in reversed(scopes) if s.lead.attitude != "plain"),
                local=local,
                option=None if first_row else _option(scopes, rank, unit) or _rated(cells, number),
                cells=cells,
            )
        )
        if first_row:
            header, opened = _header(folded, unit, number)
            scopes += [_Open(opened, _TABLE)] if opened else []
        elif lead is not None:
            scopes.append(_opened(folded, lead, rank, number))
        elif local is not None and unit.kind == "item":
            scopes.append(_Open(local, rank))  # "- One of:" with the choices indented beneath
    return places


_LONGEST = 1200
"""Characters of the longest sentence that is read as one; no real one comes near."""


def _bounded(folded: str, units: Iterable[Unit]) -> Iterator[Unit]:
    """Yield the units, those that nobody would write cut at spaces.

    What is read within a sentence is compared pair by pair; this keeps the whole linear.
    """
    for unit in units:
        start = unit.start
        while unit.end - start > _LONGEST:
            space = folded.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
            cut = space if space > 0 else start + _LONGEST
            yield unit._replace(start=start, end=cut)
            start = cut
        yield unit._replace(start=start)


def _whole(units: Sequence[Unit]) -> Iterator[Unit]:
    """Yield the units, the sentences of one list item together."""
    for (kind, block, _), group in groupby(
        units, key=lambda u: (u.kind, u.block, -1 if u.kind == "item" else u.start)
    ):
        parts = list(group)
        yield Unit(parts[0].start, parts[-1].end, kind, block)


def _headed(text: str, units: Iterable[Unit]) -> Iterator[Unit]:
    """Yield the units with the lines apart that lead to what follows, and labelled lines.

    A line in bold type above prose, "Stopped:" right under a list, and paragraphs whose lines
    each begin with a label in italics are run together with their neighbors by `segment`.
    """
    for unit in units:
        if unit.kind == "prose" and _LABELLED.match(text, unit.start, unit.end):
            unit = Unit(unit.start, unit.end, "item", unit.block)  # noqa: PLW2901
        if unit.kind not in {"prose", "item"} or text.find("\n", unit.start, unit.end) < 0:
            yield unit
            continue
        start = unit.start
        for match in _INNER.finditer(text, unit.start, unit.end):
            lead = match["lead"] is not None
            if match.start() > start:
                yield from _piece(text, (start, match.start()), unit)
            start = match.start("line")
            if lead:
                yield Unit(*match.span("line"), "heading", unit.block)
                start = match.end()
        yield from _piece(text, (start, unit.end), unit)


def _piece(text: str, place: tuple[int, int], unit: Unit) -> Iterator[Unit]:
    """Yield the characters of a unit at `place` without white space at the end, if any."""
    start, end = place[0], place[0] + len(text[slice(*place)].rstrip())
    if start < end:
        labelled = unit.kind == "prose" and _LABELLED.match(text, start, end) is not None
        yield Unit(start, end, "item" if labelled else unit.kind, unit.block)


def _rank(text: str, unit: Unit) -> int:
    """Return how deep a unit stands: headings 1-6, lines 7, list items 8 and their indent."""
    if unit.kind == "row":
        return _TABLE + 1
    if unit.kind == "item":
        return _LINE + 1 + min(unit.start - text.rfind("\n", 0, unit.start) - 1, 11)
    begin = text[unit.start : unit.start + 7]
    return min(len(begin) - len(begin.lstrip("#")), 6) or _LINE


def _lead(folded: str, unit: Unit) -> tuple[int, int] | None:
    """Return the words of a unit that only leads: a heading, or a line that ends in a colon."""
    words = folded[unit.start : unit.end]
    if unit.kind == "row":
        return None
    leads = words.rstrip(" *_").endswith(":") or _BOLD.fullmatch(words) is not None
    leads = leads or (unit.kind == "prose" and _CHOOSE.search(words) is not None)
    titled = unit.kind == "heading" and (
        words.startswith("#") or _STANDS_ALONE.match(folded, unit.end) is not None
    )
    return (unit.start, unit.end) if leads or titled else None


def _opened(folded: str, lead: tuple[int, int], rank: int, number: int) -> _Open:
    words = folded[slice(*lead)]
    if len(words) > _LONGEST_LEAD:
        words = _LAST_CLAUSE.split(words)[-1]
    option = _OPTION.match(words)
    fixed = (-1, number) if option else None
    return _Open(Lead(*lead, "plain" if option else attitude_of(words), number), rank, fixed)


def _local(folded: str, unit: Unit, number: int) -> Lead | None:
    match = _LOCAL.match(folded, unit.start, min(unit.end, unit.start + _LONGEST_LEAD))
    if match is None:
        return None
    attitude = "plain" if _TOLD.search(match["lead"]) else attitude_of(match["lead"])
    place = match.span("lead")
    return None if attitude == "plain" else Lead(*place, attitude, number)


def _header(folded: str, row: Unit, number: int) -> tuple[tuple[Attitude, ...], Lead | None]:
    """Return what each column says, and a lead where the rows are options."""
    cells = [m[0] for m in _CELL.finditer(folded, row.start, row.end) if m[0].strip()]
    options = bool(cells) and _CHOICE_COLUMN.match(cells[0]) is not None
    lead = Lead(row.start, row.end, "options", number) if options else None
    return tuple(_column(cell) for cell in cells), lead


def _column(cell: str) -> Attitude:
    attitude = attitude_of(cell)
    return attitude if attitude in _OF_COLUMNS else "plain"


def _cells(
    folded: str, unit: Unit, columns: Sequence[Attitude]
) -> tuple[tuple[int, int, Attitude], ...]:
    if unit.kind != "row" or _RULE.fullmatch(folded, unit.start, unit.end):
        return ()
    places = [m.span() for m in _CELL.finditer(folded, unit.start, unit.end) if m[0].strip()]
    if len(places) < 2:
        return ()
    said: list[Attitude] = ["plain"] * len(places)
    if len(columns) == len(places):
        said = list(columns)
    verdicts = filter(None, (_VERDICT.match(folded, *place) for place in places[1:]))
    verdict = next(verdicts, None)
    if verdict is not None:
        group = next(name for name, words in verdict.groupdict().items() if words)
        said[0] = _SAID[group]
    return tuple((*place, attitude) for place, attitude in zip(places, said, strict=True))


def _rated(cells: Sequence[tuple[int, int, Attitude]], number: int) -> tuple[int, int] | None:
    """Return an option for a row that calls its drug possible: a table of what may be used."""
    return (_RATED, number) if cells and cells[0][2] == "options" else None


def _option(scopes: Sequence[_Open], rank: int, unit: Unit) -> tuple[int, int] | None:
    """Return which option of which list a unit is, counting it; None where it is none.

    Lists under one lead are sets of their own where each has a lead of its own; what is
    indented beneath an option belongs to it.
    """
    for scope in scopes if unit.kind == "prose" else ():
        scope.block = unit.block if scope.block is None else scope.block
    if unit.kind in {"item", "row"} and scopes:
        last = scopes[-1]
        if last.item_rank is None:
            last.item_rank, last.item_kind = rank, unit.kind
        last.listed += rank <= last.item_rank
        last.list_block = unit.block
    for scope in reversed(scopes):
        if scope.fixed is not None:
            return scope.fixed
        if (
            scope.lead.attitude in _CHOICES
            and scopes[-1].listed
            and (unit.kind != "prose" or scope.list_block == unit.block)
        ):
            own = scope if scope.listed else scopes[-1]
            fits = unit.kind in {"prose", own.item_kind}
            return (own.lead.number, own.listed) if fits else None
    return None
