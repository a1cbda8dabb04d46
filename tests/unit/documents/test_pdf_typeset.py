"""What typesetting does to a page: margins with numbers, notes, torn lines, fonts without letters.

Each is a fault that `benchmarks/typeset.py` showed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.documents.pdf import PdfLoader
from medrag.documents.pdf_decoding import UNREAD, decoded, spelled

LEFT = (
    "Examplazine is given to adults in the",
    "evening, and its effect is looked at",
    "after four weeks. It is stopped when it",
    "has not helped, and the reason for it",
    "is written down in the chart of each.",
    "Otherazine is kept for those adults who",
    "cannot take it, and begun at half dose.",
)
RIGHT = (
    "Children are seen by those who know",
    "them, and they get no more than half",
    "of what is given to adults. Ask for",
    "falls at each visit, weigh what was",
    "gained against what was risked, and",
    "tell the person whose treatment it is",
    "what was found and what comes next.",
)
ONE = " ".join(LEFT)
OTHER = " ".join(RIGHT)


def load(path: Path) -> Document:
    (document,) = PdfLoader().load(path)
    return document


def parts(path: Path) -> list[str]:
    return load(path).text.split("\n\n")


def write(canvas, x, y, texts, *, step=12.0, font="Helvetica", size=10.0):
    canvas.setFont(font, size)
    for number, text in enumerate(texts):
        canvas.drawString(x, y - step * number, text)


# --- Line numbers --------------------------------------------------------------------------


def test_numbers_in_the_outer_margins_of_two_columns_are_no_text(make_pdf):
    def numbered(first):
        def draw(canvas):
            for at, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
                write(canvas, 40, 700 - 12 * at, [str(first + at)], size=6)
                write(canvas, 60, 700 - 12 * at, [left])
                write(canvas, 320, 700 - 12 * at, [right])
                write(canvas, 505, 700 - 12 * at, [str(first + 7 + at)], size=6)

        return draw

    read = parts(make_pdf(numbered(1), numbered(15)))
    assert read == [ONE, OTHER, ONE, OTHER]


def test_a_last_page_with_two_numbered_lines_has_its_numbers_where_others_have_them(make_pdf):
    def numbered(first, texts):
        def draw(canvas):
            write(canvas, 80, 700, texts)
            write(canvas, 50, 700, map(str, range(first, first + len(texts))), size=7)

        return draw

    last = ("Otherazine is begun at half the dose in", "those whose kidneys do not work well.")
    read = parts(make_pdf(numbered(1, LEFT), numbered(8, RIGHT), numbered(15, last)))
    assert read[-1] == " ".join(last)


def test_doses_that_begin_lines_are_no_line_numbers(make_pdf):
    rows = tuple(f"{dose} mg on day {dose} of the first week" for dose in range(1, 8))

    def draw(canvas):
        write(canvas, 80, 600, rows)

    text = load(make_pdf(draw, draw)).text
    assert all(text.count(row) == 2 for row in rows)


# --- Notes ---------------------------------------------------------------------------------


def test_the_mark_of_a_note_is_no_part_of_its_first_word(make_pdf):
    def draw(canvas):
        write(canvas, 72, 700, LEFT)
        write(canvas, 72, 74, ["3"], size=5)
        write(canvas, 75, 71, ["Doses are of the salt."], size=8)

    assert parts(make_pdf(draw))[-1] == "3 Doses are of the salt."


def test_a_mark_behind_a_line_number_in_the_file_is_raised(make_pdf):
    def numbered(first):
        def draw(canvas):
            for at, text in enumerate(LEFT):
                write(canvas, 80, 700 - 24 * at, [text])
                write(canvas, 50, 700 - 24 * at, [str(first + at)], size=7)
                if at == 1:
                    end = 80 + canvas.stringWidth(text, "Helvetica", 10)
                    write(canvas, end, 704 - 24 * at, ["3"], size=6)

        return draw

    text = load(make_pdf(numbered(1), numbered(8))).text
    assert "its effect is looked at³ after four weeks" in text


# --- Lines and columns ---------------------------------------------------------------------


def test_a_stretched_line_of_a_narrow_column_is_one_line(make_pdf):
    def draw(canvas):
        write(canvas, 60, 700, LEFT[:3])
        left = 60.0
        for word in ("Measure", "serum", "potassium", "again"):
            write(canvas, left, 664, [word])
            left += canvas.stringWidth(word, "Helvetica", 10) + 11
        write(canvas, 60, 652, ("and after it was begun, and whenever it", *LEFT[1:]))
        write(canvas, 252, 700, (*RIGHT, *RIGHT))

    read = " ".join(parts(make_pdf(draw)))
    assert "Measure serum potassium again and after it was begun" in read


def test_a_running_head_in_a_wide_margin_is_none_of_the_text(make_pdf):
    def draw(canvas):
        write(canvas, 150, 670, ["Handbook of Examples"], size=9)
        write(canvas, 150, 640, LEFT)
        write(canvas, 150, 640 - 84, RIGHT)

    read = parts(make_pdf(draw, draw, draw))
    assert "Handbook of Examples" not in " ".join(read)
    assert read.count(f"{ONE} {OTHER}") == 3


def test_the_first_line_of_like_pages_stays_where_margins_are_wide(make_pdf):
    def draw(canvas):
        write(canvas, 150, 640, LEFT)

    assert parts(make_pdf(draw, draw, draw)) == [ONE] * 3


# --- What goes on --------------------------------------------------------------------------


def over_pages(make_pdf, last: str, first: str, between=()) -> list[str]:
    """Return what is read where a page ends with a line, and the next begins with another."""

    def before(canvas):
        write(canvas, 72, 160, (*LEFT[:2], last))
        write(canvas, 72, 700, RIGHT)
        write(canvas, 72, 600, ("Weigh what is gained by each dose, and what is", *RIGHT[1:]))

    def after(canvas):
        write(canvas, 90, 730, between)
        write(canvas, 72, 660, (first, *RIGHT[1:]))

    return parts(make_pdf(before, after))


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("after four weeks (or after two, where the", "Examplazine Trial found less), and again"),
        ("after four weeks, as is set down in Table", "4 of this text. It may be longer, and"),
        ("after four weeks by one of the members of", "Northfield Hospital. It may be longer, and"),
    ],
)
def test_a_sentence_goes_on_over_a_page(make_pdf, last, first):
    assert any(f"{last} {first}" in part for part in over_pages(make_pdf, last, first))


@pytest.mark.parametrize(
    ("last", "first", "between"),
    [
        (
            "after four weeks. Taper the dose when",
            "Clinicians weigh it, and they ask",
            ("• Falls",),
        ),
        ("after four weeks in adults who have any", "o acute pain (less than a month), or", ()),
        ("after four weeks, and it is stopped.", "Examplazine is weighed against it", ()),
        ("after four weeks. Taper the dose (see", "Although it helps, it is stopped", ()),
    ],
)
def test_what_begins_anew_is_not_joined(make_pdf, last, first, between):
    read = over_pages(make_pdf, last, first, between)
    assert any(part.endswith(last) for part in read)
    assert any(part.startswith(first) for part in read)


def test_an_item_in_small_roman_numbers_begins_anew(make_pdf):
    def draw(canvas):
        write(canvas, 72, 700, LEFT)
        write(canvas, 90, 600, ("ii. Cover the mouth and nose with a tissue", "when coughing,"))
        write(canvas, 90, 560, ("iii. Use tissues and throw them away, and",))

    assert any(part.startswith("iii. Use tissues") for part in parts(make_pdf(draw)))


# --- Fonts without letters -----------------------------------------------------------------


def read_as(text: str, fonts: dict[int, str] | None = None) -> str:
    return spelled(decoded(text, lambda _: True, lambda at: (fonts or {}).get(at, "text")))


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (
            "A signi\x1ccant di\x1berence of the two was not found in any of the trials.",
            ("fi", "ff"),
        ),
        (
            "The e\x0ecient work\x0dow was changed after the \x0crst of many meetings.",
            ("ffi", "fl"),
        ),
    ],
)
def test_ligatures_of_both_tables_of_tex_are_letters(printed, said):
    read = read_as(printed)
    assert UNREAD not in read
    assert all(letters in read for letters in said)
    assert any(word in read.split() for word in ("significant", "efficient"))


def test_a_sign_of_another_font_is_not_read_as_a_dash():
    text = "Doses \x15 50 mg are di\x1berent from those that are usually given here."
    read = read_as(text, {text.index("\x15"): "signs"})
    assert read.startswith(f"Doses {UNREAD} 50 mg are different")


def test_where_many_glyphs_have_no_letter_none_is_guessed():
    assert set(read_as("\x1b\x1c\x1d ab \x1e\x1f\x1b")) == {UNREAD, " ", "a", "b"}


def test_control_characters_that_are_no_glyphs_stay():
    assert decoded("a\x02b", lambda _: False, lambda _: None) == "a\x02b"


SET = "The e\x0ecient dose {of a few \x0crst} is 5{10 mg \\daily" + chr(34)


def test_signs_of_the_old_table_are_dashes_and_quotation_marks():
    assert read_as(SET).endswith("5–10 mg “daily”")


def test_a_sign_of_a_font_of_signs_is_shown_as_unread():
    """In TeX's font of formulas the point of a number has the code of a colon."""
    text = "The e\x0ecient dose is 0:5 mg for those who weigh < 20 kg, as was found."
    read = read_as(text, {at: "signs" for at, char in enumerate(text) if char in ":<"})
    assert f"0{UNREAD}5 mg for those who weigh {UNREAD} 20 kg" in read


def test_letters_over_ascii_of_the_new_table_are_its_own():
    text = "It is signi\x1ccant that \x9f 7 was paid with \xbf 5 and \xe9t\xe9 in T\xeate."
    assert read_as(text).startswith("It is significant that § 7 was paid with £ 5 and été")


def test_a_sign_whose_table_nothing_tells_is_shown_as_unread():
    assert read_as("Doses of 5{10 mg are given here.") == f"Doses of 5{UNREAD}10 mg are given here."
