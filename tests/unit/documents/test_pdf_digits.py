"""Digits that stand one under the other are as many numbers; drawn one by one they are one."""

from __future__ import annotations

import pytest

from medrag.documents.pdf import PdfLoader

NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")
DOSES = ("10 mg", "25 mg", "30.5 mg", "400 mg", "5 mg", "2.5 mg")


def read(path):
    (document,) = PdfLoader().load(path)
    return document.text


def down(canvas, x, texts, *, step=12.0):
    canvas.setFont("Helvetica", 10)
    for at, text in enumerate(texts):
        canvas.drawString(x, 700 - step * at, text)


def one_by_one(canvas, x, texts):
    canvas.setFont("Helvetica", 10)
    for at, text in enumerate(texts):
        left = x
        for char in text:
            canvas.drawString(left, 700 - 12 * at, char)
            left += canvas.stringWidth(char, "Helvetica", 10)


@pytest.mark.parametrize("step", [9, 12, 20])
def test_points_of_a_score_written_column_by_column_stand_beside_their_items(make_pdf, step):
    """They were read as one number, 123456, beside the first item."""

    def draw(canvas):
        down(canvas, 72, ("Item", *NAMES), step=step)
        down(canvas, 200, ("Points", *"123456"), step=step)

    rows = (f"{name} | {points}" for name, points in zip(NAMES, "123456", strict=True))
    assert read(make_pdf(draw)) == "\n".join(("Item | Points", *rows))


def test_a_column_of_digits_alone_is_as_many_numbers(make_pdf):
    assert read(make_pdf(lambda canvas: down(canvas, 72, "5207318"))).split() == [*"5207318"]


def test_grades_one_under_the_other_are_no_word(make_pdf):
    def draw(canvas):
        down(canvas, 72, NAMES)
        down(canvas, 200, "ABBACD")

    assert "Alpha | A\nBeta | B" in read(make_pdf(draw))


def test_columns_of_numbers_that_count_up_side_by_side_are_no_line_numbers(make_pdf):
    def draw(canvas):
        for x in range(72, 222, 30):
            down(canvas, x, "1234567")

    assert read(make_pdf(draw)).split("\n")[6] == "7 | 7 | 7 | 7 | 7"


def test_numbers_drawn_digit_by_digit_are_whole(make_pdf):
    """They were read as `3 0.5 mg` and `4 0 0 mg`."""

    def draw(canvas):
        one_by_one(canvas, 72, NAMES)
        one_by_one(canvas, 200, DOSES)

    rows = (f"{name} | {dose}" for name, dose in zip(NAMES, DOSES, strict=True))
    assert read(make_pdf(draw)) == "\n".join(rows)
