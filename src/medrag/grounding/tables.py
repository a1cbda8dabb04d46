"""Tables that a claim is laid beside: rows told as sentences, and values in other cells.

A value of a table is of its row and its column. A claim that names a row or a column and takes
the value from another one says something else, though every word of it stands in the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.clinical.quantity import Frequency
from medrag.grounding.equal import Number, ends, is_same
from medrag.grounding.facts import Facts, read_values
from medrag.grounding.rows import inline_table
from medrag.grounding.tokens import content, tokens
from medrag.text.rows import row_cells


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table: the labels of its columns and its rows, each with as many cells."""

    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class OtherCell:
    """A value of the claim that stands in another row or column than the claim names."""

    start: int
    end: int
    message: str
    expected: str


_MOST_ROWS = 60


@lru_cache(maxsize=128)
def tables(text: str) -> tuple[Table, ...]:
    """Return the tables of `text`: lines whose cells `|` parts, the first with the labels."""
    text = inline_table(text) or text
    if "|" not in text:
        return ()
    found: list[Table] = []
    block: list[tuple[str, ...]] = []
    for line in (*text.splitlines(), ""):
        cells = tuple(row_cells(line)) if "|" in line else ()
        if cells and (not block or len(cells) == len(block[0])):
            if not re.fullmatch(r"[\s|:-]+", line):
                block.append(cells)
            continue
        if len(block) > 1:
            found.append(Table(block[0], tuple(block[1 : 1 + _MOST_ROWS])))
        block = [cells] if cells else []
    return tuple(found)


def told(text: str) -> str:
    """Return `text` with each row of its tables told as sentences, cell by cell.

    "Rash | 3% | 1%" becomes "Rash with Drug 3%. Rash with Placebo 1%." Text without tables is
    returned as it is.
    """
    found = tables(text)
    if not found:
        return text
    plain = [line for line in text.splitlines() if "|" not in line and not inline_table(text)]
    return "\n".join((*plain, *(_sentence(table, row) for table in found for row in table.rows)))


def _sentence(table: Table, row: Sequence[str]) -> str:
    head = _with_unit(row[0], table.labels[0])
    named = f"{table.labels[0]} {head}" if re.search(r"\d", row[0]) else head
    parts = [
        f"{named} with {label} {_with_unit(cell, label)}."
        for label, cell in zip(table.labels[1:], row[1:], strict=True)
        if cell
    ]
    return " ".join(parts)


_UNIT = re.compile(
    r"(?:,\s?|[(\[]|\s(?=%))(?P<unit>%|[a-zA-Zµμ]{1,5}(?:/[a-zA-Z0-9.]+)*)[)\]]?\s*\Z"
)


def _with_unit(cell: str, label: str) -> str:
    """Return "30 to 49 mL/min" for a bare "30 to 49" below "CrCl, mL/min"."""
    unit = _UNIT.search(label)
    if unit is None or re.search(r"[a-zA-Z%]", re.sub(r"\b(?:to|or|and)\b", "", cell)):
        return cell
    return f"{cell} {unit['unit']}"


# --- Values in other cells -----------------------------------------------------------------------


def other_cells(said: Facts, quotes: Sequence[str]) -> Iterator[OtherCell]:
    """Yield the values of a claim that a table gives in another row or column than it names."""
    for table in (table for quote in quotes for table in tables(quote)):
        rows = _rows_named(said, table)
        columns = _columns_named(said, table)
        yield from _other_words(said, table, rows)
        often = [one for one in said.frequencies if one.per_day is not None]
        values: list[Number | Frequency] = [*said.numbers, *often]
        for number in values:
            cells = list(_cells_with(number, table))
            if not cells or any(column == 0 for _, column in cells):
                continue
            if rows and not any(row in rows for row, _ in cells):
                yield _other(said, number, table.rows[min(rows)])
            elif columns and not any(
                column in columns and (not rows or row in rows) for row, column in cells
            ):
                yield _other(said, number, table.rows[cells[0][0]])


def vouched(said: Facts, quotes: Sequence[str]) -> frozenset[tuple[int, int]]:
    """Return where `said` gives what stands in the very rows of a table that it names."""
    found: set[tuple[int, int]] = set()
    for table in (table for quote in quotes for table in tables(quote)):
        rows = _rows_named(said, table)
        columns = _columns_named(said, table)
        named = sorted((_named_at(said, table, row), row) for row in rows)
        values: list[Number | Frequency] = [*said.numbers, *said.frequencies]
        for one in values if rows else ():
            row = _governing(one.start, named, said)
            cells = enumerate(zip(table.rows[row], table.labels, strict=True))
            if any(_holds(cell, label, one) and (not columns or at in columns | {0})
                   for at, (cell, label) in cells):  # fmt: skip
                found.add((one.start, one.end))
    return frozenset(found)


def _named_at(said: Facts, table: Table, row: int) -> int:
    """Return where a claim names a row."""
    head = table.rows[row][0]
    numbers = _numbers(_with_unit(head, table.labels[0]))
    at = [n.start for n in said.numbers if any(_as_bounded(n, o) for o in numbers)]
    own = content(tokens(head))
    return min(at or [t.start for t in tokens(said.text) if t.key in own], default=0)


def _governing(at: int, named: Sequence[tuple[int, int]], said: Facts) -> int:
    """Return the row that a place of the claim is told of: the last named, or the next one."""
    values = [n.start for n in said.numbers] + [f.start for f in said.frequencies]
    if min(values) >= named[0][0]:
        return max((one for one in named if one[0] <= at), default=named[0])[1]
    return min((one for one in named if one[0] >= at), default=named[-1])[1]


def _holds(cell: str, label: str, one: Number | Frequency) -> bool:
    numbers, rates = read_values(_with_unit(cell, label))
    if isinstance(one, Number):
        hours = one.quantity.value if one.quantity.unit == "h" else None
        spaced = any(hours and f.per_day and f.per_day * hours == _DAY for f in rates)
        return spaced or any(is_same(one, other) for other in numbers)
    return any(
        one.per_day == other.per_day and (other.text == one.text or other.text.lower() != "once")
        for other in rates
    ) or (one.text.lower() in cell.lower() or (one.text == "once" and bool(_FIRST.search(cell))))


_DAY = 24
_FIRST = re.compile(r"\b(?:initial|single|loading|one) (?:dose|infusion|tablet)\b", re.IGNORECASE)


def _other_words(said: Facts, table: Table, rows: frozenset[int]) -> Iterator[OtherCell]:
    """Yield what a claim says of its row in the very words of another row's cell."""
    spoken = content(tokens(said.text))
    own = [content([t for cell in table.rows[row][1:] for t in tokens(cell)]) for row in rows]
    named = frozenset[str]().union(*own, *(content(tokens(label)) for label in table.labels))
    for place, row in enumerate(table.rows):
        for cell in row[1:] if own and place not in rows else ():
            words = content(tokens(cell)) - named
            if words and words <= spoken and not _numbers(cell) and not spoken & _own(own, row):
                first = next(t for t in tokens(said.text) if t.key in words)
                message = f"The table says {cell!r} in another row than the claim names."
                yield OtherCell(first.start, first.end, message, row[0])


def _own(named: Sequence[frozenset[str]], row: Sequence[str]) -> frozenset[str]:
    """Return the words of the rows that a claim names which the other row has not."""
    other = content([t for cell in row for t in tokens(cell)])
    return frozenset[str]().union(*named) - other


def _other(said: Facts, number: Number | Frequency, row: Sequence[str]) -> OtherCell:
    words = said.text[number.start : number.end]
    message = f"The table does not give {words!r} in the row or column that the claim names."
    return OtherCell(number.start, number.end, message, row[0])


@lru_cache(maxsize=32)
def _rows_named(said: Facts, table: Table) -> frozenset[int]:
    """Return the rows whose first cell the claim names, by its number or by its own words."""
    spoken = content(tokens(said.text))
    heads = [content(tokens(row[0])) for row in table.rows]
    common = frozenset.intersection(*heads) if len(heads) > 1 else frozenset()
    found: set[int] = set()
    told = {part for n in said.numbers for part in (n, *ends(n))}  # "15 to 25" of 15 to <25
    for place, row in enumerate(table.rows):
        own = heads[place] - common
        numbers = _numbers(_with_unit(row[0], table.labels[0]))
        counted = all(
            any(_as_bounded(n, o) for n in (told if len(numbers) > 1 else said.numbers))
            for o in numbers
        )
        named = own and own <= spoken
        if not re.search(r"\s", row[0]):  # "G3b": as it is written
            named = re.search(rf"\b{re.escape(row[0])}\b", said.text, re.IGNORECASE) is not None
        if counted if numbers else named:
            found.add(place)
    return frozenset(found)


def _as_bounded(one: Number, other: Number) -> bool:
    """Return whether a claim's number is a row's, bounded the same way."""
    same = {one.bound.rstrip("="), other.bound.rstrip("=")}
    return is_same(one, other) and (len(same) == 1 or "" in same)


def _columns_named(said: Facts, table: Table) -> frozenset[int]:
    spoken = content(tokens(said.text))
    labels = [content(tokens(label)) for label in table.labels]
    found = set()
    for place, own in enumerate(labels[1:], start=1):
        rest = frozenset[str]().union(*(k for at, k in enumerate(labels) if at not in {0, place}))
        if (own - rest) & spoken:
            found.add(place)
    return frozenset(found)


def _cells_with(one: Number | Frequency, table: Table) -> Iterator[tuple[int, int]]:
    for place, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            if _holds(cell, table.labels[column], one):
                yield place, column


def _numbers(cell: str) -> tuple[Number, ...]:
    return read_values(cell)[0]
