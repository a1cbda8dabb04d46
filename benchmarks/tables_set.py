"""Tables set as publishers set them, by LaTeX and by Chromium."""

from __future__ import annotations

import html
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tables_made import Cell, Table
from typeset_layouts import tex

_SECONDS = 90
_PROSE = (
    "Examplazine is given to adults in the evening, and its effect is looked at after four weeks. "
    "It is stopped when it has not helped, and the reason is written down in the chart of each "
    "person. "
    "Otherazine is kept for those who cannot take it. What follows is set down in a table, and the "
    "doses in it are those of the salt."
)


@dataclass(frozen=True)
class Layout:
    """How tables and the page around them are set.

    Attributes:
        engine: `latex` or `chromium`.
        rules: Which lines are drawn: `booktabs` (over, under, below the header and under heads of
            several columns), `grid`, `rows` (one between any two rows), `shaded` (every second row
            has a ground, and nothing else), `none`.
        columns: Of text on the page.
        wide: Whether tables go over all of them.
        centered: Whether cells but those of the first column are.
        middle: Whether a cell over several rows stands in their middle, else at their top.
    """

    engine: str
    rules: str
    columns: int = 1
    wide: bool = False
    centered: bool = False
    middle: bool = False


LAYOUTS = {
    "tex booktabs": Layout("latex", "booktabs"),
    "tex booktabs, two columns": Layout("latex", "booktabs", columns=2),
    "tex booktabs, over two": Layout("latex", "booktabs", columns=2, wide=True, centered=True),
    "tex grid": Layout("latex", "grid", middle=True),
    "tex rows": Layout("latex", "rows", middle=True),
    "tex shaded": Layout("latex", "shaded"),
    "tex none": Layout("latex", "none"),
    "tex none, centered": Layout("latex", "none", centered=True),
    "html rows": Layout("chromium", "rows"),
    "html grid": Layout("chromium", "grid", middle=True, centered=True),
    "html shaded": Layout("chromium", "shaded"),
    "html none": Layout("chromium", "none"),
    "html booktabs, two columns": Layout("chromium", "booktabs", columns=2, middle=True),
}


def typeset(tables: Sequence[Table], name: str, pdf: Path) -> bool:
    """Write the tables as a PDF in a layout; False where its program is missing or fails."""
    layout = LAYOUTS[name]
    program = "pdflatex" if layout.engine == "latex" else "chromium"
    if shutil.which(program) is None:
        return False
    pdf.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "made.pdf"
        if layout.engine == "latex":
            (Path(folder) / "made.tex").write_text(_latex(tables, layout))
            command = ["pdflatex", "-interaction=batchmode", "-no-shell-escape", "made.tex"]
        else:
            (Path(folder) / "made.html").write_text(_html(tables, layout))
            command = [program, "--headless", "--no-sandbox", "--disable-gpu"]
            command += ["--no-pdf-header-footer", f"--print-to-pdf={made}", "made.html"]
        try:
            subprocess.run(command, check=False, cwd=folder, capture_output=True, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            return False
        if not made.exists() or not made.stat().st_size:
            return False
        shutil.copy(made, pdf)
    return True


# --- LaTeX ---------------------------------------------------------------------------------


def _latex(tables: Sequence[Table], layout: Layout) -> str:
    columns = ",twocolumn" if layout.columns == 2 else ""
    head = (
        rf"\documentclass[10pt{columns}]{{article}}\usepackage[T1]{{fontenc}}\usepackage{{lmodern}}"
        r"\usepackage[margin=.9in]{geometry}\usepackage{booktabs,multirow,array,colortbl,textcomp}"
        r"\usepackage[utf8]{inputenc}\renewcommand\arraystretch{1.15}\sloppy"
    )
    parts = []
    for number, table in enumerate(tables, start=1):
        parts.append(tex(_PROSE))
        kind = "table*" if layout.wide else "table"
        size = r"\scriptsize" if layout.columns > 1 and not layout.wide else r"\footnotesize"
        notes = " ".join(map(tex, table.notes))
        parts.append(
            rf"\begin{{{kind}}}[tbp]\centering\caption{{Values of part {number}}}{size}"
            rf"\setlength\tabcolsep{{3pt}}{_tabular(table, layout)}"
            rf"\par\smallskip {notes}\end{{{kind}}}"
        )
        parts.append(tex(_PROSE))
        if number % 4 == 0:
            parts.append(r"\clearpage")
    body = "\n\n".join(parts)
    return rf"{head}\begin{{document}}{body}\end{{document}}"


def _tabular(table: Table, layout: Layout) -> str:
    widths = _widths(table)
    sort = rf">{{\{'centering' if layout.centered else 'raggedright'}\arraybackslash}}p"
    bar = "|" if layout.rules == "grid" else ""
    kinds = []
    for at, width in enumerate(widths):
        one = r">{\raggedright\arraybackslash}p" if not at else sort
        kinds.append(rf"{one}{{\dimexpr{0.98 * width:.3f}\linewidth-2\tabcolsep\relax}}")
    spec = bar + bar.join(kinds) + bar
    return rf"\begin{{tabular}}{{{spec}}}" + "\n".join(_rows(table, layout)) + r"\end{tabular}"


def _widths(table: Table) -> list[float]:
    """Return the share of each column: by its longest word and by how much text it has."""
    words, texts = [3.0] * table.columns, [4.0] * table.columns
    for at, cell in _placed(table):
        if cell.across == 1 and cell.text:
            words[at] = max(words[at], *(float(len(word)) for word in cell.text.split()))
            texts[at] = max(texts[at], min(len(cell.text), 36.0))
    wanted = [max(1.1 * word + 2, 0.8 * text) for word, text in zip(words, texts, strict=True)]
    return [want / sum(wanted) for want in wanted]


def _placed(table: Table) -> Iterator[tuple[int, Cell]]:
    for row in table.grid():
        at = 0
        for cell, begins in row:
            if begins:
                yield at, cell
            at += cell.across


def _rows(table: Table, layout: Layout) -> Iterator[str]:
    rules = layout.rules
    yield {"booktabs": r"\toprule", "grid": r"\hline", "rows": r"\hline"}.get(rules, "")
    grid = table.grid()
    for number, row in enumerate(grid):
        ground = r"\rowcolor[gray]{.87}" if rules == "shaded" and number % 2 == 0 else ""
        yield ground + " & ".join(_latex_cell(*cell, layout) for cell in row) + r"\\"
        last = number == len(grid) - 1
        open_below = [cell.down > 1 and _goes_on(grid, number, cell) for cell, _ in row]
        if rules in ("grid", "rows"):
            yield r"\hline" if last or not any(open_below) else _clines(row, open_below)
        elif rules == "booktabs":
            if last:
                yield r"\bottomrule"
            elif number == table.head - 1:
                yield r"\midrule"
            elif number < table.head:
                yield _cmidrules(row)


def _goes_on(grid: Sequence[Sequence[tuple[Cell, bool]]], number: int, cell: Cell) -> bool:
    following = grid[number + 1] if number + 1 < len(grid) else []
    return any(other is cell and not begins for other, begins in following)


def _clines(row: Sequence[tuple[Cell, bool]], is_open: Sequence[bool]) -> str:
    at, made = 1, ""
    for (cell, _), goes_on in zip(row, is_open, strict=True):
        made += "" if goes_on else rf"\cline{{{at}-{at + cell.across - 1}}}"
        at += cell.across
    return made


def _cmidrules(row: Sequence[tuple[Cell, bool]]) -> str:
    at, made = 1, ""
    for cell, _ in row:
        if cell.across > 1 and cell.text:
            made += rf"\cmidrule(lr){{{at}-{at + cell.across - 1}}}"
        at += cell.across
    return made


def _latex_cell(cell: Cell, begins: bool, layout: Layout) -> str:
    text = tex(cell.text) if begins else ""
    if text and cell.mark:
        text += rf"\textsuperscript{{{cell.mark}}}"
    if text and cell.down > 1:
        place = "" if layout.middle else "[t]"
        text = rf"\multirow{place}{{{cell.down}}}{{=}}{{{text}}}"
    if cell.across > 1:
        bar = "|" if layout.rules == "grid" else ""
        text = rf"\multicolumn{{{cell.across}}}{{{bar}c{bar}}}{{{text}}}"
    return text


# --- HTML ----------------------------------------------------------------------------------

_STYLES = {
    "rows": "tr{border-bottom:1px solid #999}",
    "grid": "td,th{border:1px solid black}",
    "shaded": "tr:nth-child(odd) td,tr:nth-child(odd) th{background:#ddd}",
    "none": "",
    "booktabs": "table{border-top:1.5px solid;border-bottom:1.5px solid}"
    ".last th{border-bottom:1px solid}",
}


def _html(tables: Sequence[Table], layout: Layout) -> str:
    align = "center" if layout.centered else "left"
    style = (
        f"body{{font:10pt/1.35 'DejaVu Serif',serif;column-count:{layout.columns};"
        "column-gap:24px}table{border-collapse:collapse;font-size:8pt;margin:8px 0;width:100%}"
        f"td,th{{padding:2px 5px;text-align:{align};vertical-align:"
        f"{'middle' if layout.middle else 'top'}}}{_STYLES[layout.rules]}"
        "tr{break-inside:avoid}@page{margin:18mm}"
    )
    parts = []
    for number, table in enumerate(tables, start=1):
        rows = "".join(_html_row(table, at) for at in range(len(table.rows)))
        notes = html.escape(" ".join(table.notes))
        parts.append(
            f"<p>{_PROSE}</p><p><b>Table {number}. Values of part {number}</b></p>"
            f"<table>{rows}</table><p><small>{notes}</small></p><p>{_PROSE}</p>"
        )
    return f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(parts)}"


def _html_row(table: Table, at: int) -> str:
    tag = "th" if at < table.head else "td"
    last = " class=last" if at == table.head - 1 else ""
    cells = "".join(
        f"<{tag} colspan={cell.across} rowspan={cell.down}>{html.escape(cell.text)}"
        + (f"<sup>{cell.mark}</sup>" if cell.mark else "")
        for cell in table.rows[at]
    )
    return f"<tr{last}>{cells}</tr>"
