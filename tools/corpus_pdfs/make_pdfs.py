"""Writes the PDF documents of the demonstration corpus, byte for byte the same each time.

Development only; needs reportlab:

    python tools/corpus_pdfs/make_pdfs.py [FOLDER]

The words stand in `pdf_sepsis.py` and `pdf_thrombosis.py`; this file is the layout: two columns,
a running head, a printed page number, tables across a column or across the page.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pdf_sepsis import SEPSIS
from pdf_thrombosis import THROMBOSIS
from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
WIDTH, HEIGHT = letter
MARGIN, GUTTER, TOP, BOTTOM = 54.0, 20.0, 64.0, 60.0
COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
ROMAN = ("", "i", "ii", "iii", "iv")

BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=10, leading=12.6, spaceAfter=5, alignment=TA_JUSTIFY
)
STYLES = {
    "p": BODY,
    "title": ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=18, leading=22),
    "subtitle": ParagraphStyle("subtitle", fontName="Helvetica", fontSize=10, leading=13),
    "notice": ParagraphStyle("notice", parent=BODY, fontName="Times-Italic", spaceBefore=4),
    "h": ParagraphStyle(
        "h", fontName="Helvetica-Bold", fontSize=11.5, leading=14, spaceBefore=7, spaceAfter=3
    ),
    "li": ParagraphStyle("li", parent=BODY, leftIndent=11, bulletIndent=1, spaceAfter=3),
    "caption": ParagraphStyle(
        "caption", fontName="Helvetica-Bold", fontSize=8.8, leading=11, spaceBefore=5, spaceAfter=3
    ),
    "th": ParagraphStyle("th", fontName="Helvetica-Bold", fontSize=8.2, leading=10),
    "td": ParagraphStyle("td", fontName="Helvetica", fontSize=8.2, leading=10),
    "source": ParagraphStyle("source", parent=BODY, fontSize=8.6, leading=10.6, spaceAfter=3),
}
GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)


@dataclass(frozen=True)
class Numbering:
    """What is printed at the foot of each page.

    Attributes:
        front: How many pages at the start are numbered i, ii, ...
        first: The number of the first page after them.
    """

    front: int
    first: int

    def label(self, page: int) -> str:
        """Return the printed number of physical page `page`, counted from 1."""
        return ROMAN[page] if page <= self.front else str(self.first + page - self.front - 1)


def frames(top: float) -> list[Frame]:
    """Return a full-width frame `top` points high above two columns; only columns for 0."""
    flat: dict[str, Any] = dict.fromkeys(
        ("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0
    )
    height = HEIGHT - TOP - BOTTOM
    columns = [
        Frame(MARGIN + i * (COLUMN + GUTTER), BOTTOM, COLUMN, height - top, id=f"c{i}", **flat)
        for i in (0, 1)
    ]
    if top <= 0:
        return columns
    wide = Frame(MARGIN, BOTTOM + height - top, WIDTH - 2 * MARGIN, top, id="wide", **flat)
    return [wide, *columns]


def furniture(head: str, numbering: Numbering) -> Any:
    """Return what draws the running head, the rule and the printed page number of a page."""

    def draw(canvas: Canvas, _document: BaseDocTemplate) -> None:
        page = canvas.getPageNumber()
        label = numbering.label(page)
        canvas.saveState()
        canvas.setFont("Helvetica", 8)
        canvas.drawString(MARGIN, HEIGHT - 42, head)
        canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 42, "Not for clinical use")
        canvas.line(MARGIN, HEIGHT - 48, WIDTH - MARGIN, HEIGHT - 48)
        canvas.drawCentredString(WIDTH / 2, 34, label)
        canvas.restoreState()

    return draw


def table(item: dict[str, Any], width: float) -> list[Flowable]:
    """Return a caption and a ruled table whose columns share `width` as `item["widths"]` says."""
    widths = [share * width for share in item["widths"]]
    head, *rows = item["rows"]
    cells = [[Paragraph(cell, STYLES["th"]) for cell in head]]
    cells += [[Paragraph(cell, STYLES["td"]) for cell in row] for row in rows]
    made = Table(cells, colWidths=widths, repeatRows=1, style=GRID, hAlign="LEFT")
    return [Paragraph(item["caption"], STYLES["caption"]), made, Spacer(1, 8)]


def flow(item: Any) -> list[Flowable]:
    """Return the flowables of one item of content: (kind, text), a table or a page change."""
    if isinstance(item, dict):
        if "page" in item:
            return [NextPageTemplate(item["page"]), PageBreak()]
        wide = item.get("wide", False)
        made = table(item, WIDTH - 2 * MARGIN if wide else COLUMN)
        return [*made, FrameBreak()] if wide else [KeepTogether(made)]
    kind, text = item
    if kind == "break":
        return [FrameBreak()]
    bullet = "\u2022" if kind == "li" else None
    return [Paragraph(text, STYLES[kind], bulletText=bullet)]


def write(content: dict[str, Any], folder: Path) -> Path:
    """Write one document under `folder` and return its path."""
    path = folder / content["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    numbering = Numbering(content["front"], content["first"])
    draw = furniture(content["head"], numbering)
    document = BaseDocTemplate(
        str(path),
        pagesize=letter,
        title=content["title"],
        author=content["author"],
        subject="Fictional document for software demonstration. Not for clinical use.",
        # Fixed dates and ids, and no compressor whose output could change with its version.
        invariant=1,
        pageCompression=0,
        pageTemplates=[
            PageTemplate(name, frames(top), onPage=draw) for name, top in content["pages"].items()
        ],
    )
    story = [flowable for item in content["body"] for flowable in flow(item)]

    def canvas(*args: Any, **options: Any) -> Canvas:
        made = Canvas(*args, **options)
        if numbering.front:
            made.addPageLabel(0, style="ROMAN_LOWER", start=1)
        made.addPageLabel(numbering.front, style="ARABIC", start=numbering.first)
        return made

    document.build(story, canvasmaker=canvas)
    return path


def main(folder: Path) -> None:
    for content in (SEPSIS, THROMBOSIS):
        print(write(content, folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPORA)
