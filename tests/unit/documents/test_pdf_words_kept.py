"""Words near a page's edge that are printed again and again are no running head."""

from __future__ import annotations

import pytest

from medrag.documents.pdf import PdfLoader

BODY = (
    "Examplazine is given to adults in the evening and its",
    "effect is looked at after four weeks. It is stopped when",
    "it has not helped, and the reason is written in the chart.",
)


def spaced(canvas, x, y, text, *, space):
    """Draw one line of a justified paragraph, whose spaces are stretched."""
    canvas.setFont("Helvetica", 10)
    for word in text.split():
        canvas.drawString(x, y, word)
        x += canvas.stringWidth(word, "Helvetica", 10) + space


@pytest.mark.parametrize("pages", [1, 2])
def test_a_word_twice_in_a_stretched_line_at_a_pages_foot_is_kept(make_pdf, pages):
    """Printed twice at one height it was counted twice, as if on two pages, and went."""
    last = "Give the first dose and then the other."

    def draw(canvas):
        canvas.setFont("Helvetica", 10)
        for at, line in enumerate(BODY):
            canvas.drawString(60, 700 - 12 * at, line)
        spaced(canvas, 60, 60, last, space=8)

    (document,) = PdfLoader().load(make_pdf(*[draw] * pages))
    assert (last in document.text) is (pages == 1)  # the same line on every page is a foot


def test_a_word_at_one_place_of_every_page_is_kept_where_it_is_of_a_line(make_pdf):
    ends = ("Adults take it by the", "Infants take it by the", "Nobody takes it by the")

    def page(end):
        def draw(canvas):
            canvas.setFont("Helvetica", 10)
            for at, line in enumerate(BODY):
                canvas.drawString(60, 700 - 12 * at, line)
            right = canvas.stringWidth(end, "Helvetica", 10) + 4 * 9
            spaced(canvas, 300 - right, 60, end, space=9)

        return draw

    (document,) = PdfLoader().load(make_pdf(*map(page, ends)))
    assert all(end in document.text for end in ends)
