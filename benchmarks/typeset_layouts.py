"""Pages as publishers set them: known blocks as LaTeX source in many layouts."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Block:
    """A paragraph, heading (level from 1), list (its items) or table (its rows) of the truth."""

    kind: Literal["text", "heading", "list", "table"]
    texts: tuple[str, ...]
    level: int = 0


MATH = {
    "≥": r"\geq", "≤": r"\leq", "−": "-", "×": r"\times", "±": r"\pm", "µ": r"\mu",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon",
    "κ": r"\kappa", "λ": r"\lambda", "σ": r"\sigma", "τ": r"\tau", "χ": r"\chi",
    "Δ": r"\Delta", "~": r"\sim", "→": r"\to", "≈": r"\approx",
}  # fmt: skip
TEXT = {
    "\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "–": "--", "—": "---", "“": "``", "”": "''", "’": "'", "‘": "`",
    "°": r"\textdegree{}", "•": r"\textbullet{}", "™": r"\texttrademark{}",
    "®": r"\textregistered{}", "†": r"\dag{}", "‡": r"\ddag{}", "§": r"\S{}",
    "£": r"\pounds{}", "·": r"\textperiodcentered{}", "|": r"\textbar{}",
}  # fmt: skip
_ADDRESS = re.compile(r"(https?://[\w./:?=#&~-]*[\w/])")
ALIKE = {"μ": "µ", "∼": "~", "∶": ":", "\u2010": "-", "\u2011": "-", "…": "...", "''": "”"}


def writable(text: str) -> str:
    """Return a text with what no layout here can set left out, of one line."""
    for one, other in ALIKE.items():
        text = text.replace(one, other)
    kept = (c for c in text if c.isascii() or c in MATH or c in TEXT or 0xC0 <= ord(c) < 0x180)
    return " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in kept).split())


def tex(text: str) -> str:
    """Return a text as LaTeX; addresses may be broken anywhere, as publishers do."""
    parts = []
    for number, part in enumerate(_ADDRESS.split(text)):
        parts += [rf"\url{{{part}}}"] if number % 2 else map(_char, part)
    return "".join(parts)


def _char(char: str) -> str:
    if char in "&%$#_{}":
        return "\\" + char
    return f"${MATH[char]}$" if char in MATH else TEXT.get(char, char)


@dataclass(frozen=True)
class Layout:
    """How a LaTeX document is set.

    Attributes:
        head: From the document class on.
        columns: Of the class's own, so that wide tables go over all of them.
        around: What stands before and after the blocks.
        tables, boxes, notes: Whether tables float among the text, boxes (a figure with a caption,
            a sidebar, a framed recommendation) stand in and beside it, and it has footnotes.
        fonts: What chooses the fonts.
    """

    head: str
    columns: int = 1
    around: tuple[str, str] = ("", "")
    tables: bool = True
    boxes: str = ""
    notes: bool = True
    fonts: str = r"\usepackage[T1]{fontenc}\usepackage{lmodern}"
    title: str = r"\title{A title of the document}\author{A. Author and B. Author}\maketitle"


_FANCY = (
    r"\usepackage{fancyhdr}\pagestyle{fancy}\fancyhead[L]{\small Journal of Typesetting 2024; "
    r"12:345--67}\fancyhead[R]{\small Open Access}\fancyfoot[C]{Downloaded from example.org on "
    r"3 May 2024 \quad \thepage}"
)
_FIGURE = (
    r"\begin{figure}[tb]\centering\rule{.8\columnwidth}{30mm}\caption{A drawing of what was "
    r"counted, with the months of the year from left to right and the number of persons upwards.}"
    r"\end{figure}"
)
_WIDE_FIGURE = _FIGURE.replace("{figure}", "{figure*}").replace("columnwidth", "textwidth")
_ASIDE = (
    r"\marginpar{\footnotesize Key point: see the appendix of this document before a decision "
    r"is made.}"
)
_WRAPPED = (
    r"\begin{wrapfigure}{r}{.42\columnwidth}\fbox{\parbox{.38\columnwidth}{\small\textbf{Practice "
    r"point} A box beside the text holds what the panel wants to be seen by all who turn the "
    r"pages.}}\end{wrapfigure}"
)
_FRAMED = (
    r"\begin{tcolorbox}[title=Recommendation of the panel]Offer what is set down in this box "
    r"to all adults, and review it after four weeks. \textbf{Strength: strong.}\end{tcolorbox}"
)

LAYOUTS = {
    "two": Layout(r"\documentclass[10pt,twocolumn]{article}" + _FANCY, columns=2),
    "els": Layout(r"\documentclass[5p]{elsarticle}", columns=2, title=""),
    "ieee": Layout(
        r"\documentclass[journal]{IEEEtran}"
        r"\markboth{IEEE Trans. Example, Vol. 3, May 2024}{Author: A long title of a paper}",
        columns=2,
        boxes=_WIDE_FIGURE,
    ),
    "lineno": Layout(
        r"\documentclass[12pt]{article}\usepackage{lineno}\usepackage{setspace}\doublespacing"
        r"\linenumbers\usepackage[margin=1in]{geometry}"
    ),
    "lineno2": Layout(
        r"\documentclass[10pt,twocolumn]{article}\usepackage[switch]{lineno}\linenumbers",
        columns=2,
    ),
    "three": Layout(
        r"\documentclass[8pt]{extarticle}\usepackage[margin=.6in,landscape]{geometry}"
        r"\usepackage{multicol}",
        around=(r"\begin{multicols}{3}", r"\end{multicols}"),
        tables=False,
    ),
    "narrow": Layout(
        r"\documentclass[9pt]{extarticle}\usepackage[margin=.5in]{geometry}\usepackage{multicol}"
        r"\usepackage{fancyhdr}\pagestyle{fancy}\fancyhead[L]{Pocket Guide}\fancyhead[R]{\thepage}"
        r"\pagenumbering{roman}",
        around=(r"\begin{multicols}{3}", r"\end{multicols}"),
        tables=False,
        fonts=r"\usepackage[T1]{fontenc}\usepackage{mathptmx}\usepackage{microtype}",
    ),
    "one": Layout(
        r"\documentclass[11pt]{report}\usepackage[margin=1.2in]{geometry}\usepackage{parskip}"
    ),
    "memo": Layout(r"\documentclass[10pt,twoside]{memoir}", boxes=_FIGURE),
    "draft": Layout(
        r"\documentclass[11pt]{article}\usepackage[margin=1in]{geometry}"
        r"\usepackage{draftwatermark}\SetWatermarkText{DRAFT}\usepackage{fancyhdr}"
        r"\pagestyle{fancy}\fancyhead[C]{Draft for public consultation}",
        boxes=_FIGURE,
        fonts=r"\usepackage[T1]{fontenc}\usepackage{helvet}\renewcommand\familydefault{\sfdefault}",
    ),
    "guideline": Layout(
        r"\documentclass[10pt,twocolumn]{article}\usepackage{tcolorbox}\usepackage{colortbl}"
        r"\usepackage[margin=.8in]{geometry}" + _FANCY,
        columns=2,
        boxes=_FRAMED,
        fonts=r"\usepackage[T1]{fontenc}\usepackage{mathptmx}",
    ),
    "boxes": Layout(
        r"\documentclass[11pt]{article}\usepackage{wrapfig}\usepackage[margin=1in]{geometry}",
        boxes=_WRAPPED,
        fonts=r"\usepackage[T1]{fontenc}\usepackage{mathptmx}",
    ),
    "margin": Layout(
        r"\documentclass[11pt]{article}\usepackage[left=1in,right=2.4in,marginparwidth=1.7in]"
        r"{geometry}",
        boxes=_ASIDE,
    ),
    "old": Layout(r"\documentclass[10pt]{article}", fonts=r"\usepackage[OT1]{fontenc}"),
    "type3": Layout(
        r"\documentclass[10pt]{article}\usepackage[margin=1.2in]{geometry}",
        fonts=r"\usepackage[T1]{fontenc}",
    ),
    "type3old": Layout(
        r"\documentclass[10pt]{article}\usepackage[margin=1.2in]{geometry}\pdfmapfile{}",
        fonts=r"\usepackage[OT1]{fontenc}",
    ),
}

_SECTIONS = (r"\section*", r"\subsection*", r"\subsubsection*")


def latex(blocks: Sequence[Block], layout: Layout) -> str:
    """Return the blocks as a LaTeX document."""
    chooser = random.Random(4)
    parts, notes, tables, paragraphs = [], 0, 0, 0
    for block in blocks:
        if block.kind == "heading":
            parts.append(f"{_SECTIONS[min(block.level, 3) - 1]}{{{tex(block.texts[0])}}}")
        elif block.kind == "list":
            kind = "enumerate" if chooser.random() < 0.5 else "itemize"
            items = "\n".join(rf"\item {{}}{tex(item)}" for item in block.texts)
            parts.append(rf"\begin{{{kind}}}{items}\end{{{kind}}}")
        elif block.kind == "table":
            tables += 1
            if layout.tables and (table := _table(block, layout, tables)):
                parts.append(table)
        else:
            paragraphs += 1
            text, noted = _noted(block.texts[0], notes, layout, chooser)
            notes += noted
            if layout.boxes and paragraphs % 5 == 2:
                text = layout.boxes + ("\n\n" if "begin{figure" in layout.boxes else "\n") + text
            parts.append(text)
    before, after = layout.around
    packages = r"\usepackage[utf8]{inputenc}\usepackage{textcomp}\usepackage{xurl}\urlstyle{same}"
    body = "\n\n".join([layout.title, before, *parts, after])
    return rf"{layout.head}{layout.fonts}{packages}\begin{{document}}{body}\end{{document}}"


def _noted(text: str, notes: int, layout: Layout, chooser: random.Random) -> tuple[str, bool]:
    """Return a paragraph as LaTeX, one in three of the long ones with a footnote."""
    at = text.find(". ", len(text) // 3) + 1
    if not layout.notes or len(text) < 400 or not at or chooser.random() > 0.3:
        return tex(text), False
    name = chr(97 + notes % 26)
    note = rf"\footnote{{The note {name} explains how this was counted in the analysis.}}"
    return tex(text[:at]) + note + tex(text[at:]), True


def _table(block: Block, layout: Layout, number: int) -> str:
    rows = [row.split("\t") for row in block.texts]
    columns = max(map(len, rows))
    if columns > 7 or len(rows) > 25:
        return ""
    shaded = "colortbl" in layout.head
    lines = []
    for at, row in enumerate(rows):
        cells = " & ".join(map(tex, row + [""] * (columns - len(row))))
        lines.append((r"\rowcolor[gray]{.85}" if shaded and at % 2 == 0 else "") + cells)
    kind = "table*" if layout.columns > 1 else "table"
    width = f"{0.9 / columns:.3f}"
    return (
        rf"\begin{{{kind}}}[tb]\caption{{Values of part {number}}}\small\begin{{tabular}}"
        + "{"
        + rf"p{{{width}\textwidth}}" * columns
        + r"}\hline "
        + r"\\".join(lines)
        + rf"\\\hline\end{{tabular}}\end{{{kind}}}"
    )
