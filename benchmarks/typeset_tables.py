"""Tables of a PDF against a known truth: are the cells of each row read together, and alone?

    python benchmarks/typeset_tables.py [FILE ...] [--seeds 1-20] [--out FOLDER] [--show N]

Tables of JATS files, and dose tables made up of fictional drugs (`--seeds`), are set by pdflatex
and by Chromium (where they are found) in the layouts of `tables_set.py`. Each row of each table,
header rows too, is then looked for in the text of the PDF:

- whole: one line of it has the row's cells in order and nothing else;
- parted: so have a few lines below each other, cell by cell;
- flat: its cells stand in order and next to each other in running text;
- wrong: anything else: a cell is lost, or stands with those of another row.

What covers several rows or columns may be written in each of them, and must be in the first.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from documents import ours
from tables_made import Cell, Table, made_up, of_article
from tables_set import LAYOUTS, typeset
from typeset import words_of

VERDICTS = ("all", "whole", "parted", "flat", "wrong")
_MOST_LINES = 8
_BAR = "\x00"
_CELLS = re.compile(r"\s*\|\s*")
Given = list[tuple[Cell, bool]]


def _solid(text: str) -> str:
    return words_of(text).replace(" ", "")


def _barred(cells: Sequence[str]) -> str:
    return "".join(_BAR + cell for cell in cells if cell)


class Reading:
    """The lines of a PDF's text, each as its cells."""

    def __init__(self, text: str) -> None:
        lines = filter(str.strip, text.split("\n"))
        self.lines = [[_solid(cell) for cell in _CELLS.split(line)] for line in lines]
        self.joined = [_barred(line) for line in self.lines]
        self.bare = "".join(cell for line in self.lines for cell in line)

    def verdict(self, row: Given) -> str:
        """Return how a row stands here."""
        pattern = _pattern(row)
        if any(map(pattern.fullmatch, self.joined)):
            return "whole"
        if self._is_parted(pattern):
            return "parted"
        flat = "".join(_cell(cell) for cell, begins in row if begins)
        return "flat" if len(flat) > 5 and re.search(flat, self.bare) else "wrong"

    def _is_parted(self, pattern: re.Pattern[str]) -> bool:
        for at in range(len(self.lines)):
            columns = [""] * 30
            for line in self.lines[at : at + _MOST_LINES]:
                for number, cell in enumerate(line[:30]):
                    columns[number] += cell
                if pattern.fullmatch(_barred(columns)):
                    return True
        return False

    def shown(self, row: Given, around: int = 1) -> str:
        """Return where a row might stand, for a person to look at."""
        texts = [_solid(cell.text) for cell, begins in row if begins and cell.text]
        best = max(
            range(len(self.lines)),
            key=lambda at: sum(len(t) for t in texts if any(t in c for c in self.lines[at])),
        )
        lines = self.lines[max(0, best - around) : best + around + 1]
        wanted = " | ".join(_solid(cell.text) for cell, begins in row if begins)
        found = "".join(f"\n          {' | '.join(line)[:170]}" for line in lines)
        return wanted[:160] + found


def _pattern(row: Given) -> re.Pattern[str]:
    """Return what a line is in which a row stands whole, a bar before each cell."""
    parts = []
    for cell, begins in row:
        if text := _cell(cell):
            again = rf"(?:{_BAR}{text}){{0,{cell.across - 1}}}" if cell.across > 1 else ""
            parts.append(f"(?:{_BAR}{text}{again})" + ("" if begins else "?"))
    return re.compile("".join(parts))


def _cell(cell: Cell) -> str:
    text = re.escape(_solid(cell.text))
    mark = _solid(cell.mark)
    return text + (rf"(?:\^?{re.escape(mark)})?" if text and mark else "")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seeds", default="")
    parser.add_argument("--layouts", default="", help="parted by semicolons")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", action="store_true", help="use PDFs that lie in --out")
    parser.add_argument("--show", type=int, default=0, help="wrong rows shown of each PDF")
    asked = parser.parse_args()
    names = asked.layouts.split(";") if asked.layouts else [*LAYOUTS]
    sources = dict(_sources(asked))
    print(f"| layout | {' | '.join(VERDICTS)} |\n|---|{'---|' * len(VERDICTS)}")
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        out = asked.out or Path(temporary)
        for name in names:
            counts = _counted(name, sources, out, asked)
            total += counts
            _line(name, counts)
    _line("all", total)


def _sources(asked: argparse.Namespace) -> Iterator[tuple[str, list[Table]]]:
    for path in asked.files:
        yield path.stem, [*of_article(path)]
    if asked.seeds:
        first, last = map(int, asked.seeds.split("-"))
        for start in range(first, last + 1, 5):
            seeds = range(start, min(start + 5, last + 1))
            yield f"made-{start}", [made_up(seed) for seed in seeds]


def _counted(
    name: str, sources: dict[str, list[Table]], out: Path, asked: argparse.Namespace
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for source, tables in sources.items():
        folder = out / source
        folder.mkdir(parents=True, exist_ok=True)
        pdf = folder / f"{name}.pdf"
        if not (asked.keep and pdf.exists()) and not typeset(tables, name, pdf):
            print(f"not set: {source} as {name}", file=sys.stderr)
            continue
        reading = Reading(ours(pdf))
        wrong = []
        for table in tables:
            for row in table.grid():
                if any(begins and len(_solid(cell.text)) > 1 for cell, begins in row):
                    verdict = reading.verdict(row)
                    counts[verdict] += 1
                    wrong += [row] if verdict == "wrong" else []
        for row in wrong[: asked.show]:
            print(f"    {source}: {reading.shown(row)}")
    counts["all"] = counts.total()
    return counts


def _line(name: str, counts: Counter[str]) -> None:
    print(f"| {name} | {' | '.join(str(counts[key]) for key in VERDICTS)} |", flush=True)


if __name__ == "__main__":
    main()
