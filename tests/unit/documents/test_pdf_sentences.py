"""Sentences of a PDF stay whole: in items, in wide-set and half bold text, over columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.documents.pdf import PdfLoader

BODY = (
    "Examplazine is given to adults in the evening and its",
    "effect is looked at after four weeks. It is stopped when",
    "it has not helped, and the reason is written in the chart.",
)


def load(path: Path) -> Document:
    (document,) = PdfLoader().load(path)
    return document


def write(canvas, x, y, texts, *, step=12.0, font="Helvetica", size=10.0):
    canvas.setFont(font, size)
    for number, text in enumerate(texts):
        canvas.drawString(x, y - step * number, text)


@pytest.mark.parametrize("size", [7, 10, 13])
@pytest.mark.parametrize("gap", [9, 18])
def test_an_item_goes_on_beneath_its_mark_of_whatever_size(make_pdf, size, gap):
    def draw(canvas):
        write(canvas, 72, 700, BODY)
        for y, texts in (
            (640, ("Many do not gain from increasing the dosage to", "≥50 mg a day.")),
            (604, ("Before that, weigh what is gained and", "what is risked.")),
        ):
            write(canvas, 90, y, ["•"], size=size)
            write(canvas, 90 + gap, y, texts)  # fmt: skip

    assert load(make_pdf(draw)).text.split("\n\n")[-1] == (
        "• Many do not gain from increasing the dosage to ≥50 mg a day.\n"
        "• Before that, weigh what is gained and what is risked."
    )


def test_a_ring_written_as_the_letter_o_is_a_mark(make_pdf):
    def draw(canvas):
        write(canvas, 72, 700, BODY)
        for at, text in enumerate(("Titrate slowly", "Ask for falls", "Watch the weight")):
            write(canvas, 90, 640 - 12 * at, ["o"], font="Courier")
            write(canvas, 108, 640 - 12 * at, [text])

    assert load(make_pdf(draw)).text.endswith(
        "o Titrate slowly\no Ask for falls\no Watch the weight"
    )


def test_a_double_spaced_sentence_on_a_page_that_is_set_closer_is_one_paragraph(make_pdf):
    wide = ("Begin with the lowest dosage that can be expected", "to help, and do not increase it"
            " without weighing", "what is gained and what is risked.")  # fmt: skip

    def draw(canvas):
        write(canvas, 72, 740, wide, step=25)
        write(canvas, 72, 620, BODY * 2)

    assert load(make_pdf(draw)).text.startswith(" ".join(wide))


def test_single_words_far_below_each_other_are_no_sentence(make_pdf):
    def draw(canvas):
        write(canvas, 72, 740, ("hypertension", "diabetes", "gout"), step=25)
        write(canvas, 72, 620, BODY * 2)

    assert load(make_pdf(draw)).text.startswith("hypertension\n\ndiabetes\n\ngout\n\n")


def test_a_paragraph_that_is_half_bold_is_one(make_pdf):
    def draw(canvas):
        write(canvas, 72, 700, ["Only clinicians who know the drug and who are prepared to"],
              font="Helvetica-Bold")  # fmt: skip
        write(canvas, 72, 688, ["watch the heart should prescribe it, as the guideline says of",
                                "methadone elsewhere."])  # fmt: skip
        write(canvas, 72, 640, BODY)

    document = load(make_pdf(draw))
    assert document.text.startswith(
        "Only clinicians who know the drug and who are prepared to watch"
    )
    assert [section.path for section in document.sections if len(section.path) > 1] == []


def test_a_bold_line_with_a_printed_number_is_bold(make_pdf):
    """The first two lines were no heading, and the third alone was one."""
    title = (
        "Determining whether and when to lower",
        "the dosage of those who have taken it",
        "long",
    )

    def draw(canvas):
        for first in (1, 41):
            for at in range(40):
                write(canvas, 40, 760 - 16 * at, [str(first + at)])
            write(canvas, 90, 664 if first == 1 else 760, BODY * 11, step=16)
            if first == 1:
                write(canvas, 90, 760, BODY, step=16)
                write(canvas, 90, 712, title, step=16, font="Helvetica-Bold")
            canvas.showPage()

    headings = [section.path[-1] for section in load(make_pdf(draw)).sections]
    assert headings == [" ".join(title)]


OPEN = ("Do not treat acute pain with it, do not begin treatment", "of chronic pain with it, and do"
        " not prescribe it for")  # fmt: skip


@pytest.mark.parametrize(
    ("after", "whole"),
    [(("intermittent use. Its half-life is long, and those who", "take it need watching."), True),
     (("HIV prophylaxis. Its half-life is long, and those who", "take it need watching."), True),
     (("Because its effects are misunderstood by many, only", "those who know it use it."), False)],
)  # fmt: skip
def test_a_sentence_open_at_a_pages_end_takes_only_what_can_be_its_own(make_pdf, after, whole):
    def draw(canvas):
        write(canvas, 72, 700, BODY)
        write(canvas, 72, 100, OPEN)
        canvas.showPage()
        write(canvas, 72, 700, after)
        write(canvas, 72, 640, BODY)

    assert (f"{' '.join(OPEN)} {' '.join(after)}" in load(make_pdf(draw)).text) is whole


def test_a_sentence_behind_a_comma_does_not_go_on_with_a_numbered_recommendation(make_pdf):
    def draw(canvas):
        write(canvas, 72, 700, BODY)
        write(canvas, 72, 100, ("Do not turn anybody away, because this could be of",
                                "consequence for the safety of those who are ill,"))  # fmt: skip
        canvas.showPage()
        write(
            canvas,
            72,
            700,
            ("11. Use extreme caution when both are prescribed at the", "same time."),
        )
        write(canvas, 72, 660, BODY)

    text = load(make_pdf(draw)).text
    assert "ill,\n\n11. Use extreme caution when both are prescribed at the same time." in text


def test_a_reference_goes_on_behind_its_colon(make_pdf):
    def draw(canvas):
        write(canvas, 72, 700, BODY)
        write(canvas, 72, 640, ["152. Author A, Other B, et al. The example study:"])
        write(canvas, 90, 628, ["oral examplazine and the risk of an example. J Ex 2003;1:4."])

    whole = "The example study: oral examplazine and the risk of an example. J Ex 2003;1:4."
    assert load(make_pdf(draw)).text.endswith(whole)
