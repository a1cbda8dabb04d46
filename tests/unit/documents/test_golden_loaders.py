"""Loader output, whole: a change in it must be seen, and raises the loader's version."""

from __future__ import annotations

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from medrag.core.document import Document
from medrag.documents.html import HtmlLoader
from medrag.documents.markdown import MarkdownLoader
from medrag.documents.pdf import PdfLoader

GOLDEN = Path(__file__).parents[2] / "golden" / "loaders"

LEFT = [
    "Give examplazine to every adult with a docu-",
    "mented example. The dose is 5 mg (Table 1).",
    "Do not give it with otherazine, because the",
    "two were never tried together in anybody.",
    "Ask about other medicines, and write them",
]
RIGHT = [
    "down before the first dose is given.",
    "Review after four weeks. Stop if it did not",
    "help, and write down why. A count above",
    "500 cells per microliter needs a second",
    "opinion on the same day, by telephone.",
]
TABLE = [("Weight", "Dose"), ("below 50 kg", "5 mg once daily"), ("50 kg or more", "10 mg daily")]


def shown(document: Document) -> str:
    """Return text, sections and pages as a person can check them."""
    out = [document.text, "", "sections:"]
    out += [f"{' > '.join(s.path)} [{s.span.start}, {s.span.end})" for s in document.sections]
    out += ["pages:"]
    out += [f"{p.number} ({p.label}) [{p.span.start}, {p.span.end})" for p in document.pages]
    return "\n".join(out) + "\n"


def draw_page(canvas: Canvas, number: int) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawString(60, 770, "Northfield Handbook")
    canvas.drawString(300, 30, str(40 + number))
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(60, 730, f"Examplazine in adults, part {number}")
    canvas.setFont("Helvetica", 10)
    for at, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        canvas.drawString(60, 700 - 12 * at, left)
        canvas.drawString(320, 700 - 12 * at, right)
    canvas.setFont("Helvetica-Bold", 9)
    canvas.drawString(60, 600, "Table 1. Doses by weight")
    canvas.setFont("Helvetica", 9)
    for at, (weight, dose) in enumerate(TABLE):
        canvas.drawString(64, 578 - 18 * at, weight)
        canvas.drawString(300, 578 - 18 * at, dose)
    for y in (590, 572, 534):
        canvas.line(60, y, 550, y)
    canvas.showPage()


def test_a_handbook_in_two_columns_with_a_table(tmp_path, golden):
    path = tmp_path / "handbook.pdf"
    canvas = Canvas(str(path), invariant=1)
    for number in (1, 2, 3):
        draw_page(canvas, number)
    canvas.save()
    (document,) = PdfLoader().load(path)
    golden("loaders/handbook.txt", shown(document))


def test_a_guideline_in_markdown(golden):
    source = GOLDEN / "guideline.md"
    (document,) = MarkdownLoader().load(source)
    golden("loaders/guideline.txt", shown(document))


def test_a_saved_page(golden):
    (document,) = HtmlLoader().load(GOLDEN / "page.html")
    golden("loaders/page.txt", shown(document))
