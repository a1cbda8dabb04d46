"""Tables whose truth is known: of articles, and dose tables made up of fictional drugs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from typeset_layouts import writable

MOST_ROWS = 40
MOST_COLUMNS = 10


@dataclass(frozen=True)
class Cell:
    """A cell; `mark` is a raised mark of a note behind its text."""

    text: str
    across: int = 1
    down: int = 1
    mark: str = ""


Row = list[Cell]


@dataclass
class Table:
    """Rows of cells as HTML has them: a cell that goes on downwards is left out further down.

    Attributes:
        head: How many rows are the header.
        notes: What stands under it.
    """

    rows: list[Row]
    head: int
    notes: list[str] = field(default_factory=list)

    def grid(self) -> list[list[tuple[Cell, bool]]]:
        """Return for each row its cells from left to right, and whether each begins in it."""
        placed: dict[tuple[int, int], tuple[Cell, bool]] = {}
        taken: set[tuple[int, int]] = set()
        for number, row in enumerate(self.rows):
            at = 0
            for cell in row:
                while (number, at) in taken:
                    at += 1
                for down in range(min(max(cell.down, 1), len(self.rows) - number)):
                    placed[number + down, at] = (cell, down == 0)
                    taken |= {(number + down, at + across) for across in range(cell.across)}
        return [
            [placed[key] for key in sorted(placed) if key[0] == number]
            for number in range(len(self.rows))
        ]

    @property
    def columns(self) -> int:
        """How many there are."""
        return max(sum(cell.across for cell, _ in row) for row in self.grid())


# --- Of articles ---------------------------------------------------------------------------


def of_article(path: Path) -> Iterator[Table]:
    """Yield the tables of a JATS file that fit on a page."""
    tree = etree.parse(str(path), etree.XMLParser(recover=True, load_dtd=False, no_network=True))
    for table in tree.iterfind(".//{*}table-wrap//{*}table"):
        rows = [_row(tr) for tr in table.iter("{*}tr")]
        head = len(table.findall("{*}thead//{*}tr"))
        rows = [row for row in rows if any(cell.text for cell in row) or row is rows[0]]
        made = Table(rows, min(head, len(rows)))
        if 3 <= len(rows) <= MOST_ROWS and 2 <= made.columns <= MOST_COLUMNS:
            yield made


def _row(tr: etree._Element) -> Row:
    return [_cell(td) for td in tr if isinstance(td.tag, str)]


def _cell(td: etree._Element) -> Cell:
    text = writable("".join(td.itertext()))
    return Cell(text, int(td.get("colspan") or 1), int(td.get("rowspan") or 1))


# --- Made up -------------------------------------------------------------------------------

_FIRST = ("ex", "oth", "mel", "cor", "vi", "sa", "be", "tri", "lu", "ze")
_LAST = ("amplazine", "erazine", "tafenil", "dopril", "rolimab", "sulfin", "cycline", "statol")
_PEOPLE = (
    "Adults", "Adults over 65 years", "Children 6 to 12 years", "Children under 6 years",
    "Pregnant women", "eGFR 30-59 mL/min/1.73 m", "eGFR below 30 mL/min", "On dialysis",
)  # fmt: skip
_AMOUNTS = ("0.5", "1", "2.5", "5", "10", "12.5", "25", "40", "100", "250", "1,000")
_OFTEN = ("once daily", "twice daily", "every 8 hours", "at bedtime", "weekly", "every 12 h")
_NOTES = (
    "Reduce the dose by half where the liver does not work well",
    "Not in those who had a reaction to any drug of this class before",
    "Measure potassium before the first dose and after two weeks",
    "With food", "Avoid", "None known", "Stop 48 hours before surgery",
    "Take in the morning on an empty stomach, at least 30 minutes before other drugs",
)  # fmt: skip


def made_up(seed: int) -> Table:
    """Return a dose table."""
    chooser = random.Random(seed)
    kind = (_by_people, _two_heads, _by_clearance, _in_groups, _results)[seed % 5]
    return kind(chooser)


def _drugs(chooser: random.Random, count: int) -> list[str]:
    names = [first + last for first in _FIRST for last in _LAST]
    found = chooser.sample(names, count)
    return [name if chooser.random() < 0.5 else name.capitalize() for name in found]


def _dose(chooser: random.Random) -> str:
    amount = chooser.choice(_AMOUNTS)
    if chooser.random() < 0.2:
        return f"{amount} to {chooser.choice(('300', '400', '1,200'))} mg"
    return f"{amount} mg" + ("" if chooser.random() < 0.5 else f" {chooser.choice(_OFTEN)}")


def _by_people(chooser: random.Random) -> Table:
    heads = ["Drug", "Population", "Starting dose", "Maximum dose", "Notes"]
    rows = [[Cell(head) for head in heads[: chooser.choice((4, 5))]]]
    for drug in _drugs(chooser, chooser.randint(3, 5)):
        people = chooser.sample(_PEOPLE, chooser.randint(1, 4))
        for at, who in enumerate(people):
            row = [Cell(drug, down=len(people))] if not at else []
            row += [Cell(who), Cell(_dose(chooser), mark=_mark(chooser)), Cell(_dose(chooser))]
            if len(rows[0]) == 5:
                row.append(Cell(chooser.choice(_NOTES)))
            rows.append(row)
    return Table(rows, 1, ["a By mouth.", "b Into a vein."])


def _mark(chooser: random.Random) -> str:
    return chooser.choice(("a", "b", "1", "2", "*")) if chooser.random() < 0.3 else ""


def _two_heads(chooser: random.Random) -> Table:
    rows = [
        [Cell("Drug", down=2), Cell("Adults", across=2), Cell("Children", across=2)],
        [Cell("Dose"), Cell("Interval"), Cell("Dose"), Cell("Interval")],
    ]
    for drug in _drugs(chooser, chooser.randint(4, 9)):
        row = [Cell(drug)]
        for _ in range(2):
            told = ("", "") if chooser.random() < 0.15 else (_dose(chooser), chooser.choice(_OFTEN))
            row += map(Cell, told)
        rows.append(row)
    return Table(rows, 2)


def _by_clearance(chooser: random.Random) -> Table:
    bands = ["above 50", "30 to 50", "10 to 29", "below 10"][: chooser.choice((3, 4))]
    head = "Creatinine clearance (mL/min)"
    rows = [[Cell("Drug", down=2), Cell(head, across=len(bands))], [Cell(band) for band in bands]]
    for drug in _drugs(chooser, chooser.randint(4, 10)):
        doses = [Cell(_dose(chooser), mark=_mark(chooser)) for _ in bands]
        rows.append([Cell(drug), *doses])
    return Table(rows, 2, ["1 Of the salt.", "2 Of the base."])


def _in_groups(chooser: random.Random) -> Table:
    rows = [[Cell("Class and drug"), Cell("Dose"), Cell("Strength"), Cell("Remarks")]]
    for group in chooser.sample(("First choice", "Second choice", "When all else fails"), 3):
        rows.append([Cell(group, across=4)])
        for drug in _drugs(chooser, chooser.randint(2, 4)):
            grade = chooser.choice(("A", "B", "C", ""))
            rows.append([*map(Cell, (drug, _dose(chooser), grade, chooser.choice(_NOTES)))])
    return Table(rows, 1)


def _results(chooser: random.Random) -> Table:
    rows = [
        [Cell("Outcome", down=2), Cell("Examplazine", across=2), Cell("Placebo", across=2),
         Cell("Difference (95% CI)", down=2)],
        [Cell("n"), Cell("Mean"), Cell("n"), Cell("Mean")],
    ]  # fmt: skip
    names = ["Death", "Stroke", "Pain at 4 weeks", "Falls", "Admission to a hospital for any cause",
             "Quality of life, 0 to 100", "Bleeding", "Weight, kg"]  # fmt: skip
    for name in chooser.sample(names, chooser.randint(4, 8)):
        numbers = [Cell(str(chooser.randint(1, 400))), Cell(f"{chooser.uniform(0, 90):.1f}")]
        others = [Cell(str(chooser.randint(1, 400))), Cell(f"{chooser.uniform(0, 90):.1f}")]
        low = chooser.uniform(0.2, 4)
        between = f"{low:.1f} ({low - 1:.1f} to {low + 2:.1f})"
        rows.append([Cell(name), *numbers, *others, Cell(between, mark=_mark(chooser))])
    return Table(rows, 2)
