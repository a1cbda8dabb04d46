"""Accents that are glyphs of their own, and apostrophes that are none."""

from __future__ import annotations

from medrag.documents.pdf import PdfLoader


def read(make_pdf, first, second, *, back):
    """Return what is read of two texts, the second drawn `back` points into the first."""

    def draw(canvas):
        canvas.setFont("Helvetica", 10)
        text = canvas.beginText(72, 700)
        text.textOut(first)
        text.moveCursor(canvas.stringWidth(first, "Helvetica", 10) - back, 0)
        text.textOut(second)
        canvas.drawText(text)

    (document,) = PdfLoader().load(make_pdf(draw))
    return document.text


def test_an_accent_over_a_letter_is_one_with_it(make_pdf):
    assert read(make_pdf, "Given in Zamb´", "ezia alone.", back=4.4) == "Given in Zambézia alone."
    assert read(make_pdf, "In Valad˜", "ao itself.", back=4.4) == "In Valadão itself."


def test_an_accent_used_as_an_apostrophe_stays(make_pdf):
    assert read(make_pdf, "Seen by O´", "Brien.", back=0) == "Seen by O´Brien."
