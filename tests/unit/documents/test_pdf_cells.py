"""Cells of tables in PDFs: over several rows and columns, of several lines, under names of groups.

Each is a fault that `benchmarks/typeset_tables.py` showed.
"""

from __future__ import annotations

from medrag.documents.pdf import PdfLoader

STEP = 14.0
TOP = 700.0
XS = (72.0, 210.0, 290.0, 380.0, 460.0)
RIGHT = 550.0


def read(path):
    (document,) = PdfLoader().load(path)
    return document.text


def cell(canvas, x, y, text, *, size=9.0):
    canvas.setFont("Helvetica", size)
    canvas.drawString(x, y, text)


def row(canvas, at, *texts, step=STEP):
    """Draw cells of a row, the first row under the top rule being row 1."""
    for x, text in zip(XS, texts, strict=False):
        cell(canvas, x, TOP - step * at, text)


def rule(canvas, at, left=XS[0], right=RIGHT, *, step=STEP):
    """Draw a rule under row `at`."""
    y = TOP - step * at - 4
    canvas.line(left - 4, y, right, y)


def two_heads(canvas):
    rule(canvas, 0)
    row(canvas, 1, "Drug", "", "", "", "")
    cell(canvas, 260, TOP - STEP, "Adults")
    cell(canvas, 430, TOP - STEP, "Children")
    rule(canvas, 1, XS[1], XS[3] - 12)
    rule(canvas, 1, XS[3])
    row(canvas, 2, "", "Dose", "Interval", "Dose", "Interval")
    rule(canvas, 2)
    row(canvas, 3, "examplazine", "25 mg", "once daily", "5 mg", "weekly")
    row(canvas, 4, "otherazine")
    row(canvas, 5, "thirdazine", "", "", "40 mg", "twice daily")
    rule(canvas, 5)


HEADS = "Drug | Adults | Adults | Children | Children\nDrug | Dose | Interval | Dose | Interval\n"
ROWS = (
    "examplazine | 25 mg | once daily | 5 mg | weekly\notherazine\n"
    "thirdazine | | | 40 mg | twice daily"
)


def test_heads_over_two_columns_and_rows_with_empty_cells(make_pdf):
    """All columns had been two, and a name without a dose was of the row that follows."""
    assert read(make_pdf(two_heads)) == HEADS + ROWS


def test_two_tables_of_one_width_with_a_caption_between_are_two(make_pdf):
    def draw(canvas):
        two_heads(canvas)
        cell(canvas, 72, TOP - 8 * STEP, "Table 2. Doses by weight")
        for at, y in enumerate((9, 10, 12)):
            rule(canvas, y)
            if at < 2:
                row(canvas, y + 1, *(("Weight", "", "Dose"), ("10 kg", "", "2 mg"))[at])
        row(canvas, 12, "20 kg", "", "4 mg")

    text = read(make_pdf(draw))
    assert text.startswith(HEADS + ROWS + "\n\nTable 2. Doses by weight\n\n")
    assert text.endswith("Weight | Dose\n10 kg | 2 mg\n20 kg | 4 mg")


def test_a_name_over_several_rows_of_a_grid_stands_in_each(make_pdf):
    def draw(canvas):
        for at in range(5):
            rule(canvas, at, XS[1] if at in {2, 3} else XS[0], XS[3])
        for x in (XS[0], XS[1], XS[2]):
            canvas.line(x - 4, TOP - 4, x - 4, TOP - 4 * STEP - 4)
        canvas.line(XS[3], TOP - 4, XS[3], TOP - 4 * STEP - 4)
        row(canvas, 1, "Drug", "Who", "Dose")
        row(canvas, 3, "examplazine")
        for at, cells in enumerate((("Adults", "5 mg"), ("Children", "2 mg"), ("Others", "1 mg"))):
            row(canvas, at + 2, "", *cells)

    assert read(make_pdf(draw)) == (
        "Drug | Who | Dose\nexamplazine | Adults | 5 mg\nexamplazine | Children | 2 mg\n"
        "examplazine | Others | 1 mg"
    )


def test_cells_in_the_middle_of_longer_ones_are_of_their_row(make_pdf):
    """They were read line by line: a dose stood beside the drug of the next row."""
    notes = (
        ("Measure potassium", "before the first dose", "and after two weeks"),
        ("Reduce the dose", "by half where"),
        ("Not in those who had", "a reaction before"),
        ("None",),
    )
    names = ("Examplazine", "Otherazine", "Thirdazine", "Lastazine")

    def draw(canvas):
        y = TOP
        canvas.line(68, y + 12, RIGHT, y + 12)
        row(canvas, 0, "Drug", "Dose", "Notes")
        canvas.line(68, y - 4, RIGHT, y - 4)
        y -= 16
        for number, (name, lines) in enumerate(zip(names, notes, strict=True)):
            middle = y - 5.25 * (len(lines) - 1)
            cell(canvas, XS[0], middle, name)
            cell(canvas, XS[1], middle, f"{number + 1} mg")
            for line in lines:
                cell(canvas, XS[2], y, line)
                y -= 10.5
            y -= 4
        canvas.line(68, y + 6, RIGHT, y + 6)

    rows = (
        f"{name} | {at + 1} mg | {' '.join(lines)}"
        for at, (name, lines) in enumerate(zip(names, notes, strict=True))
    )
    assert read(make_pdf(draw)) == "\n".join(("Drug | Dose | Notes", *rows))


def listed(*rows):
    def draw(canvas):
        rule(canvas, 0)
        row(canvas, 1, "Method", "Typical use", "Perfect use")
        rule(canvas, 1)
        for at, cells in enumerate(rows):
            row(canvas, at + 2, *cells, step=STEP)
        rule(canvas, len(rows) + 1)

    return draw


def test_the_name_of_what_follows_is_no_part_of_the_row_above(make_pdf):
    """`Ovulation method Sponge | 3%` said of the sponge what is true of another method."""
    rows = (
        ("Ovulation method", "25%", "3%"),
        ("Sponge",),
        ("Parous women in all", "32%", "20%"),
        ("Nulliparous women", "16%", "9%"),
    )
    text = read(make_pdf(listed(*rows)))
    assert "Ovulation method | 25% | 3%\nSponge\nParous women in all | 32% | 20%" in text


def test_the_rule_over_a_sum_ends_no_cell(make_pdf):
    """The first name stood beside the sum."""

    def draw(canvas):
        listed(("Examplazine", "5", "7"), ("Otherazine", "6", "8"), ("Total", "11", "15"))(canvas)
        rule(canvas, 3, XS[1], XS[3])

    text = read(make_pdf(draw))
    assert text.endswith("Examplazine | 5 | 7\nOtherazine | 6 | 8\nTotal | 11 | 15")


def test_the_name_of_a_group_in_the_middle_of_a_table_is_a_row(make_pdf):
    def draw(canvas):
        listed(("Examplazine", "5 mg", "7 mg"), (), ("Otherazine", "6 mg", "8 mg"))(canvas)
        canvas.setFont("Helvetica", 9)
        canvas.drawCentredString((68 + RIGHT) / 2, TOP - 3 * STEP, "Where all else has failed")

    text = read(make_pdf(draw))
    assert text.endswith(
        "Examplazine | 5 mg | 7 mg\nWhere all else has failed\nOtherazine | 6 mg | 8 mg"
    )


def test_the_raised_letter_of_a_note_is_no_letter_of_the_unit(make_pdf):
    def draw(canvas):
        cell(canvas, 72, TOP, "Given once: 5 mg")
        cell(
            canvas,
            72 + canvas.stringWidth("Given once: 5 mg", "Helvetica", 9),
            TOP + 3,
            "a",
            size=6,
        )

    assert read(make_pdf(draw)) == "Given once: 5 mgᵃ"


def test_a_header_at_the_top_of_two_pages_is_no_running_head(make_pdf):
    """`Drug` alone was taken for one, since it stood over no name, and was lost."""
    text = read(make_pdf(two_heads, two_heads))
    assert text.count("Drug | Adults | Adults") == 2
