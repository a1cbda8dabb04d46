"""Loading and chunking: PDF engines side by side, and how fast files become passages.

    python benchmarks/documents.py [FOLDER ...]

Prints one table of PDF engines on pages of known text (what share of the truth's runs of five
words each engine gives back, whether rows of a table stay whole, whether running heads stay in the
text, pages per second), and one of rates per format on the files in FOLDER (default: `corpora`).
"""

from __future__ import annotations

import io
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from medrag.documents import chunk, discover, read
from medrag.errors import CorpusError

PAGES = 24
COLUMN_CHARS = 44
HEAD = "Northfield Handbook of Examples"
SYLLABLES = ("ex", "am", "pla", "zine", "oth", "er", "mab", "dose", "ta", "ren", "al", "cli", "nic")


@dataclass(frozen=True)
class Page:
    """One page whose text is known: columns of lines, and the rows of a table."""

    columns: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]


def made_up(seed: int) -> Page:
    chooser = random.Random(seed)

    def word() -> str:
        return "".join(chooser.choices(SYLLABLES, k=chooser.randint(1, 3)))

    def lines(count: int) -> tuple[str, ...]:
        found = []
        for _ in range(count):
            line = word()
            while len(line) < COLUMN_CHARS - 10:
                line += " " + word()
            found.append(line)
        return tuple(found)

    rows = tuple((word(), f"{chooser.randint(1, 900)} mg", f"{word()} {word()}") for _ in range(6))
    return Page((lines(30), lines(30)), (("Drug", "Dose", "Note"), *rows))


def drawn(pages: Sequence[Page], *, interleaved: bool) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, invariant=1)
    for number, page in enumerate(pages, start=1):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(60, 770, HEAD)
        canvas.drawString(300, 30, str(number))
        draw_columns(canvas, page.columns, interleaved=interleaved)
        draw_table(canvas, page.rows)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def draw_columns(canvas: Canvas, columns, *, interleaved: bool) -> None:
    canvas.setFont("Helvetica", 10)
    places = [
        (60 + 250 * side, 720 - 12 * at, line)
        for side, column in enumerate(columns)
        for at, line in enumerate(column)
    ]
    if interleaved:
        places.sort(key=lambda place: (-place[1], place[0]))
    for x, y, line in places:
        canvas.drawString(x, y, line)


def draw_table(canvas: Canvas, rows) -> None:
    canvas.setFont("Helvetica", 9)
    top = 320
    for at, row in enumerate(rows):
        for x, cell in zip((64, 250, 400), row, strict=True):
            canvas.drawString(x, top - 12 - 20 * at, cell)
    for level in (0, 1, len(rows)):
        canvas.line(60, top - 20 * level, 560, top - 20 * level)


# --- Engines -------------------------------------------------------------------------------


def ours(path: Path) -> str:
    (file,) = discover([path]).files
    return read(file)[0].text


def by_pypdf(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def by_pdfium(path: Path) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(str(path)) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def by_pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text

    return extract_text(str(path))


ENGINES: dict[str, Callable[[Path], str]] = {
    "medrag `pdf`": ours,
    "pypdf": by_pypdf,
    "pypdfium2, raw": by_pdfium,
    "pdfminer.six": by_pdfminer,
}


def runs_found(pages: Sequence[Page], text: str) -> float:
    """Return the share of runs of five words within a column that stand in the text."""
    words = " ".join(text.split())
    found = total = 0
    for page in pages:
        for column in page.columns:
            truth = " ".join(column).split()
            for at in range(len(truth) - 4):
                total += 1
                found += " ".join(truth[at : at + 5]) in words
    return found / total


def rows_found(pages: Sequence[Page], text: str) -> float:
    """Return the share of table rows whose cells stand side by side on one line of the text."""
    lines = [re.sub(r"[\s|]+", " ", line).strip() for line in text.split("\n")]
    rows = [" ".join(row) for page in pages for row in page.rows]
    present = set(lines)
    return sum(row in present for row in rows) / len(rows)


def engines_table() -> None:
    pages = [made_up(seed) for seed in range(PAGES)]
    print("| engine | runs of 5 words, column order | interleaved order | table rows whole |")
    print("|---|---|---|---|")
    speeds = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, engine in ENGINES.items():
            cells = []
            for interleaved in (False, True):
                path = Path(folder) / "a.pdf"
                path.write_bytes(drawn(pages, interleaved=interleaved))
                try:
                    text = engine(path)
                except ImportError:
                    cells = ["not installed"] * 2
                    break
                started = perf_counter()
                text = engine(path)
                speeds[name] = (PAGES / (perf_counter() - started), text.count(HEAD))
                cells.append(f"{runs_found(pages, text):.3f}")
            rows = f"{rows_found(pages, text):.2f}" if name in speeds else ""
            print(f"| {name} | {' | '.join(cells)} | {rows} |")
    print("\n| engine | pages/s | running heads left in the text |\n|---|---|---|")
    for name, (speed, heads) in speeds.items():
        print(f"| {name} | {speed:.0f} | {heads} of {PAGES} |")


# --- Rates ---------------------------------------------------------------------------------


def count_words(texts: Sequence[str]) -> list[int]:
    """Stands for a tokenizer, so that what is timed is chunking itself."""
    return [2 + len(text.split()) for text in texts]


def rates_table(roots: Sequence[Path]) -> None:
    rows: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * 6)
    for file in discover(roots).files:
        started = perf_counter()
        try:
            documents = read(file)
        except CorpusError as error:
            print(f"not read: {error}", file=sys.stderr)
            continue
        row = rows[file.loader]
        row[3] += perf_counter() - started
        started = perf_counter()
        passages = [
            p for d in documents for p in chunk(d, count_tokens=count_words, max_tokens=200)
        ]
        row[4] += perf_counter() - started
        row[0] += len(documents)
        row[1] += len(passages)
        row[2] += sum(len(d.text) for d in documents)
        row[5] += sum(len(d.pages) for d in documents)
    print("\n| loader | documents | passages | MB of text | documents/s | pages/s | passages/s |")
    print("|---|---|---|---|---|---|---|")
    for name, (documents, passages, chars, load_s, chunk_s, pages) in sorted(rows.items()):
        print(
            f"| {name} | {documents:.0f} | {passages:.0f} | {chars / 1e6:.2f} "
            f"| {documents / load_s:.0f} | {pages / load_s if pages else 0:.0f} "
            f"| {passages / max(chunk_s, 1e-9):.0f} |"
        )


if __name__ == "__main__":
    engines_table()
    rates_table([Path(argument) for argument in sys.argv[1:]] or [Path("corpora")])
