"""PDF to text: reading order, paragraphs, tables, pages; and files that are no good."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from medrag.core.document import Document
from medrag.documents import pdf_process
from medrag.documents.pdf import PdfLoader
from medrag.documents.pdf_lines import in_reading_order
from medrag.documents.pdf_pypdf import PypdfLoader
from medrag.errors import CorpusError, PartlyReadError

LEFT = [
    "Give examplazine to every adult who has",
    "a documented example and no allergy to",
    "the drug. The first dose is taken in the",
    "evening, and it is never doubled. Ask for",
    "other medicines before the first dose.",
]
RIGHT = [
    "Otherazine is kept for those who cannot",
    "take examplazine. It is started at half",
    "the dose in kidney disease. Review after",
    "four weeks, and stop when it has not",
    "helped. Record the reason in the chart.",
]


def lines(canvas: Canvas, x: float, y: float, texts: list[str], size: float = 10) -> None:
    canvas.setFont("Helvetica", size)
    for number, text in enumerate(texts):
        canvas.drawString(x, y - 12 * number, text)


def load(path: Path) -> Document:
    (document,) = PdfLoader().load(path)
    return document


def page_texts(document: Document) -> list[str]:
    return [page.span.of(document.text) for page in document.pages]


def test_lines_of_a_paragraph_are_joined_and_paragraphs_kept_apart(make_pdf):
    path = make_pdf(lambda c: (lines(c, 72, 700, LEFT), lines(c, 72, 600, RIGHT)))
    assert load(path).text == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_the_left_column_is_read_before_the_right(make_pdf):
    path = make_pdf(lambda c: (lines(c, 60, 700, LEFT), lines(c, 320, 700, RIGHT)))
    assert load(path).text == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_columns_drawn_line_by_line_across_are_still_columns(make_pdf):
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
            canvas.drawString(320, 700 - 12 * number, right)
            canvas.drawString(60, 700 - 12 * number, left)

    assert load(make_pdf(draw)).text == f"{' '.join(LEFT)}\n\n{' '.join(RIGHT)}"


def test_a_title_over_two_columns_comes_first(make_pdf):
    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, 690, LEFT)
        lines(canvas, 320, 690, RIGHT)
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(60, 730, "Examplazine and otherazine in adults: a local guideline")

    document = load(make_pdf(draw))
    assert document.text.startswith(
        "Examplazine and otherazine in adults: a local guideline\n\nGive"
    )
    assert document.sections[0].path == ("Examplazine and otherazine in adults: a local guideline",)
    assert document.source.title == "Examplazine and otherazine in adults: a local guideline"


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page(make_pdf):
    path = make_pdf(
        lambda c: (
            lines(c, 60, 700, [*LEFT[:4], "other medicines before the"]),
            lines(c, 320, 700, ["first dose. " + RIGHT[0], *RIGHT[1:4], "helped, and record the"]),
        ),
        lambda c: lines(c, 60, 700, ["reason in the chart of the patient."]),
    )
    document = load(path)
    assert "before the first dose." in document.text
    assert "record the reason in the chart" in document.text
    assert page_texts(document)[1] == "reason in the chart of the patient."


def test_a_word_hyphenated_at_a_line_end_is_whole_again(make_pdf):
    path = make_pdf(lambda c: lines(c, 72, 700, ["Take the exam-", "plazine with water."]))
    assert load(path).text == "Take the examplazine with water."


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (
            ["a long-term use and long-", "term harm of it"],
            "a long-term use and long-term harm of it",
        ),
        (["for the 4-", "week course of it"], "for the 4-week course of it"),
        (["with the anti-", "Xa level of it"], "with the anti-Xa level of it"),
        (["from 5 to 10 mg -", "not more than it"], "from 5 to 10 mg - not more than it"),
    ],
)
def test_a_hyphen_that_belongs_to_the_word_stays(make_pdf, texts, joined):
    assert load(make_pdf(lambda c: lines(c, 72, 700, texts))).text == joined


def with_furniture(number: int, body: list[str]):
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 770, "Northfield Handbook")
        canvas.drawString(300, 30, str(number))
        lines(canvas, 72, 650, body)

    return draw


def test_running_heads_and_page_numbers_are_gone_and_the_numbers_are_labels(make_pdf):
    pages = [
        with_furniture(617 + n, [f"Body of page {word}.", *LEFT]) for n, word in enumerate("abc")
    ]
    document = load(make_pdf(*pages))
    assert "Northfield" not in document.text
    assert [(page.number, page.label) for page in document.pages] == [
        (1, "617"),
        (2, "618"),
        (3, "619"),
    ]
    assert page_texts(document)[1] == f"Body of page b.\n\n{' '.join(LEFT)}"


def test_the_caption_of_a_table_that_goes_on_overleaf_stays(make_pdf):
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        canvas.drawString(72, 750, "Table 2 (continued). Doses of examplazine")
        lines(canvas, 72, 650, LEFT)

    document = load(make_pdf(draw, draw, draw))
    assert document.text.count("Table 2 (continued). Doses of examplazine") == 3


def test_the_files_own_page_labels_win(make_pdf):
    pages = [with_furniture(617 + n, LEFT) for n in range(2)]
    document = load(make_pdf(*pages, labels=("S", "T")))
    assert [page.label for page in document.pages] == ["S", "T"]


def test_line_numbers_of_a_manuscript_are_gone(make_pdf):
    def numbered(first: int):
        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 10)
            for n, text in enumerate(LEFT + RIGHT):
                canvas.drawRightString(60, 650 - 12 * n, str(first + n))
                canvas.drawString(80, 650 - 12 * n, text)

        return draw

    document = load(make_pdf(numbered(1), numbered(11)))
    assert page_texts(document) == [" ".join(LEFT + RIGHT)] * 2


def ruled_table(canvas: Canvas, rows: list[list[str]], *, grid: bool) -> None:
    canvas.setFont("Helvetica", 9)
    columns, top, height = [72, 200, 330, 460], 700, 24
    for number, row in enumerate(rows):
        for x, text in zip(columns, row, strict=False):
            for at, part in enumerate(text.split("\n")):
                canvas.drawString(x + 4, top - 10 - height * number - 10 * at, part)
    levels = range(len(rows) + 1) if grid else (0, 1, len(rows))
    for level in levels:
        canvas.line(72, top - height * level, 460, top - height * level)
    if grid:
        for x in columns:
            canvas.line(x, top, x, top - height * len(rows))


ROWS = [
    ["Drug", "Dose", "Interval"],
    ["Examplazine", "5 mg", "every 12 hours"],
    ["Otherazine", "10 mg", "once daily,\nat night"],
    ["Thirdazole", "", "as needed"],
]


@pytest.mark.parametrize("grid", [True, False])
def test_a_ruled_table_reads_row_by_row_header_first(make_pdf, grid):
    path = make_pdf(lambda c: ruled_table(c, ROWS, grid=grid))
    assert load(path).text.split("\n") == [
        "Drug | Dose | Interval",
        "Examplazine | 5 mg | every 12 hours",
        "Otherazine | 10 mg | once daily, at night",
        "Thirdazole | | as needed",
    ]


def table_page(rows: list[list[str]], *, top: float, below: str = ""):
    """Draw rows from `top` down at three column starts, and a line of text under them."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 775, "Northfield Handbook")
        canvas.setFont("Helvetica", 10)
        for number, row in enumerate(rows):
            for x, text in zip((72, 200, 330), row, strict=True):
                canvas.drawString(x, top - 16 * number, text)
        lines(canvas, 72, top - 16 * len(rows) - 30, [below])

    return draw


def dose_rows(first: int, count: int) -> list[list[str]]:
    return [
        [f"Drug{n}azine", f"{n + 4} mg every 12 hours", f"{n} mg once daily"]
        for n in range(first, first + count)
    ]


HEADER = ["Drug", "Usual dose", "Renal dose"]


def test_rows_at_the_top_of_many_pages_are_no_running_heads_because_they_look_alike(make_pdf):
    pages = [table_page(dose_rows(10 * n, 6), top=740) for n in range(4)]
    text = load(make_pdf(*pages)).text
    assert "Northfield" not in text
    for n in range(4):
        for row in dose_rows(10 * n, 6):
            assert " | ".join(row) in text.split("\n")


def test_a_cell_that_many_pages_have_at_the_top_stays_in_its_row(make_pdf):
    pages = []
    for n in range(4):
        rows = [[row[0], "5 mg every 12 hours", row[2]] for row in dose_rows(10 * n, 6)]
        pages.append(table_page(rows, top=740))
    text = load(make_pdf(*pages)).text
    assert text.count("5 mg every 12 hours") == 24


def test_a_header_that_is_printed_again_on_every_page_stands_over_the_rows_of_each(make_pdf):
    pages = [table_page([HEADER, *dose_rows(10 * n, 5)], top=740) for n in range(4)]
    for text in page_texts(load(make_pdf(*pages))):
        assert text.startswith("Drug | Usual dose | Renal dose\nDrug")


@pytest.mark.parametrize("left_over", [1, 2, 6])
def test_a_table_that_goes_on_overleaf_without_its_header_is_one_table(make_pdf, left_over):
    document = load(
        make_pdf(
            table_page([HEADER, *dose_rows(0, 6)], top=200),
            table_page(dose_rows(6, left_over), top=740, below="Watch the levels."),
        )
    )
    rows = [HEADER, *dose_rows(0, 6 + left_over)]
    assert "\n".join(" | ".join(row) for row in rows) in document.text
    assert document.text.endswith("\n\nWatch the levels.")
    assert page_texts(document)[1].startswith("Drug6azine | 10 mg every 12 hours")


def test_a_header_between_upright_rules_is_no_running_head(make_pdf):
    header = ["Drug", "Dose", "Interval"]

    def page(number: int):
        def draw(canvas: Canvas) -> None:
            canvas.translate(0, 70)
            rows = [
                [f"{drug}{number}", f"{number + n} mg", "daily,\nat night"]
                for n, drug in enumerate(("Examplazine", "Otherazine"))
            ]
            ruled_table(canvas, [header, *rows], grid=True)

        return draw

    for text in page_texts(load(make_pdf(*(page(n) for n in range(3))))):
        assert text.startswith("Drug | Dose | Interval\nExamplazine")


def test_a_cell_in_small_letters_is_of_its_own_row_and_not_of_the_one_above(make_pdf):
    rows = [
        ["Examplazine", "5 mg", "once daily at night with a full glass of water"],
        ["Otherazine", "10 mg", "twice daily"],
        ["Thirdazole", "20 mg", "as needed"],
        ["Fourthazole", "40 mg", "never with food"],
    ]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for number, row in enumerate(rows):
            for x, text in zip((72, 200, 260), row, strict=True):
                canvas.drawString(x, 700 - 13 * number, text)

    assert load(make_pdf(draw)).text == "\n".join(" | ".join(row) for row in rows)


@pytest.mark.parametrize("alignment", ["left", "center"])
def test_a_tight_table_without_rules_reads_row_by_row(make_pdf, alignment):
    rows = [["Weight", "Dose", "Interval"]]
    rows += [
        [f"{40 + n} kg body weight", f"{n} mg by mouth", f"every {n} hours"] for n in range(4, 9)
    ]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        put = canvas.drawString if alignment == "left" else canvas.drawCentredString
        for number, row in enumerate(rows):
            for x, text in zip((130, 240, 340), row, strict=True):
                put(x, 700 - 14 * number, text)

    assert load(make_pdf(draw)).text == "\n".join(" | ".join(row) for row in rows)


def test_text_right_above_a_table_is_no_part_of_its_first_cell(make_pdf):
    def draw(canvas: Canvas) -> None:
        ruled_table(canvas, ROWS, grid=True)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 702, "Look up the drug.")

    assert load(make_pdf(draw)).text.startswith("Look up the drug.\n\nDrug | Dose | Interval\n")


def test_a_number_in_a_running_head_may_count_the_pages_or_stay_the_same(make_pdf):
    def draw(number: int):
        def page(canvas: Canvas) -> None:
            canvas.setFont("Helvetica", 8)
            canvas.drawString(72, 770, f"Vol. 59, June 4, 2010 - {17 + number}")
            lines(canvas, 72, 650, [f"Body of page {number}.", *LEFT])

        return page

    assert "Vol" not in load(make_pdf(*(draw(n) for n in range(4)))).text


def test_a_table_of_years_keeps_its_first_column(make_pdf):
    years = [["Year", "Cases", "Deaths"]] + [[str(1990 + n), str(7 * n), "0"] for n in range(9)]
    first = load(make_pdf(lambda c: ruled_table(c, years, grid=False), with_furniture(2, LEFT)))
    assert "1993 | 21 | 0" in first.text


def test_digits_raised_after_a_digit_are_superscripts(make_pdf):
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        text.setFont("Helvetica", 10)
        text.textOut("A count of 10")
        text.setFont("Helvetica", 6)
        text.setRise(4)
        text.textOut("9")
        text.setFont("Helvetica", 10)
        text.setRise(0)
        text.textOut(" cells per liter is needed.")
        canvas.drawText(text)

    assert load(make_pdf(draw)).text == "A count of 10⁹ cells per liter is needed."


@pytest.mark.parametrize(
    ("before", "mark", "expected"),
    [
        ("Give 5 mg", "2", "Give 5 mg² by mouth."),
        ("Give 5 mg ", "2", "Give 5 mg ² by mouth."),
        ("Give 5 mg.", "12,13", "Give 5 mg.¹²,¹³ by mouth."),
        ("Give 5 mg/m", "2", "Give 5 mg/m² by mouth."),
        ("Give 5 mg", "*", "Give 5 mg* by mouth."),
    ],
)
def test_a_mark_raised_after_a_dose_is_no_digit_of_it(make_pdf, before, mark, expected):
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        for size, rise, part in ((10, 0, before), (6, 4, mark), (10, 0, " by mouth.")):
            text.setFont("Helvetica", size)
            text.setRise(rise)
            text.textOut(part)
        canvas.drawText(text)

    assert load(make_pdf(draw)).text == expected


def test_a_table_without_rules_takes_no_text_of_the_column_beside_it(make_pdf):
    rows = [("Weight", "Dose"), ("50 kg", "5 mg"), ("60 kg", "6 mg"), ("70 kg", "7 mg")]

    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, 700, LEFT)
        for number, (weight, dose) in enumerate(rows):
            canvas.drawString(60, 630 - 12 * number, weight)
            canvas.drawString(180, 630 - 12 * number, dose)
        lines(canvas, 320, 700, [*RIGHT, *LEFT])

    table = "\n".join(" | ".join(row) for row in rows)
    assert f"{' '.join(LEFT)}\n\n{table}\n\n" in load(make_pdf(draw)).text


def test_bullets_are_items_one_a_line_with_their_wrapped_lines(make_pdf):
    texts = [
        "\u2022 first item that is so long that it goes",
        "  on in a second line",
        "\u2022 second",
    ]
    document = load(make_pdf(lambda c: lines(c, 72, 700, texts)))
    assert document.text.split("\n") == [
        "• first item that is so long that it goes on in a second line",
        "• second",
    ]


def test_a_slanted_watermark_is_no_text(make_pdf):
    def draw(canvas: Canvas) -> None:
        lines(canvas, 72, 700, LEFT)
        canvas.saveState()
        canvas.translate(200, 300)
        canvas.rotate(45)
        canvas.drawString(0, 0, "DRAFT")
        canvas.restoreState()

    assert load(make_pdf(draw)).text == " ".join(LEFT)


@pytest.mark.parametrize("angle", [90, 270])
def test_a_page_printed_sideways_is_read(make_pdf, angle):
    def draw(canvas: Canvas) -> None:
        canvas.translate(306, 396)
        canvas.rotate(angle)
        lines(canvas, -200, 100, LEFT)

    assert load(make_pdf(draw)).text == " ".join(LEFT)


def test_a_rotated_page_is_read_as_its_reader_sees_it(make_pdf):
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.translate(306, 396)
        canvas.rotate(90)
        lines(canvas, -200, 100, LEFT)

    assert load(make_pdf(draw)).text == " ".join(LEFT)


# --- Files that are no good ----------------------------------------------------------------

LOADERS = [PdfLoader, PypdfLoader]


def plain_pdf(*objects: bytes) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(out))
    )


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
DEEP = b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 100_000 + b"]" * 100_000 + b">>"
PACKED = zlib.compress(b" " * 100_000_000, 9)

BAD = {
    "not a PDF": (b"hello", "not a PDF"),
    "cut off": (None, "not a PDF, or damaged"),
    "no pages": (plain_pdf(CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"), "not a PDF|0 pages"),
    "pages in a circle": (
        plain_pdf(CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 5>>"),
        "not a PDF, or damaged",
    ),
    "a page count that is a lie": (
        plain_pdf(
            CATALOG,
            b"<</Type/Pages/Kids[3 0 R]/Count 999999999>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        ),
        "no text",
    ),
    "deep nesting": (
        plain_pdf(DEEP, ONE_PAGE, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"),
        "no text|damaged",
    ),
    "a stream that unpacks to 100 MB": (
        plain_pdf(
            CATALOG,
            ONE_PAGE,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
            b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(PACKED), PACKED),
        ),
        "no text|damaged",
    ),
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("kind", sorted(BAD))
def test_a_bad_file_is_an_error_and_the_next_file_is_read(make_pdf, tmp_path, kind, loader):
    good = make_pdf(lambda c: lines(c, 72, 700, LEFT), name="good.pdf")
    data, message = BAD[kind]
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(good.read_bytes()[:600] if data is None else data)
    with pytest.raises(CorpusError, match=message):
        list(loader().load(bad))
    (document,) = loader().load(good)
    assert "examplazine" in document.text


@pytest.mark.parametrize("loader", LOADERS)
def test_an_encrypted_file_says_so_and_one_without_a_password_is_read(make_pdf, loader):
    locked = make_pdf(lambda c: lines(c, 72, 700, LEFT), name="b.pdf", encrypt="secret")
    with pytest.raises(CorpusError, match=r"encrypted. Save a copy without a password"):
        list(loader().load(locked))
    open_to_all = StandardEncryption("", ownerPassword="secret")
    readable = make_pdf(lambda c: lines(c, 72, 700, LEFT), name="c.pdf", encrypt=open_to_all)
    (document,) = loader().load(readable)
    assert "examplazine" in document.text


def test_a_scan_says_that_it_is_one(make_pdf, tmp_path):
    from PIL import Image

    Image.new("RGB", (50, 50), "gray").save(tmp_path / "a.png")
    path = make_pdf(lambda c: c.drawImage(str(tmp_path / "a.png"), 72, 500))
    with pytest.raises(CorpusError, match=r"a scan. Run OCR"):
        load(path)


def test_scanned_pages_among_pages_of_text_are_named(make_pdf, tmp_path):
    from PIL import Image

    Image.new("RGB", (50, 50), "gray").save(tmp_path / "a.png")

    def scan(canvas: Canvas) -> None:
        canvas.drawImage(str(tmp_path / "a.png"), 72, 500)

    def text(canvas: Canvas) -> None:
        lines(canvas, 72, 700, LEFT)

    path = make_pdf(scan, text, scan, scan, text)
    documents: list[Document] = []
    with pytest.raises(PartlyReadError) as caught:
        documents.extend(PdfLoader().load(path))
    assert [page.number for page in documents[0].pages] == [2, 5]
    (part,) = caught.value.parts
    assert part == "pages 1, 3-4 are without text, with images: a scan, or a picture"


def test_the_pages_of_a_long_file_come_in_order_whoever_reads_them(make_pdf):
    count = 3 * pdf_process._PAGES_FOR_ANOTHER + 1
    path = make_pdf(*(lambda c, n=n: lines(c, 72, 400, [f"Page {n} here."]) for n in range(count)))
    assert page_texts(load(path)) == [f"Page {n} here." for n in range(count)]


def test_a_short_file_is_read_after_a_long_one_that_was_damaged(make_pdf, tmp_path):
    count = 3 * pdf_process._PAGES_FOR_ANOTHER
    path = make_pdf(*(lambda c: lines(c, 72, 700, LEFT) for _ in range(count)))
    damaged = tmp_path / "b.pdf"
    damaged.write_bytes(path.read_bytes().replace(b"/Type /Page\n", b"/Type /Pase\n"))
    with pytest.raises(CorpusError):
        load(damaged)
    assert len(load(path).pages) == count


def test_a_forked_process_reads_with_children_of_its_own(make_pdf):
    path = make_pdf(lambda c: lines(c, 72, 700, LEFT))
    load(path)
    with pdf_process._ONE_AT_A_TIME:
        forked = os.fork()
        if not forked:
            os._exit(load(path).pages[0].number)
        assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 1


def test_forms_that_draw_each_other_end_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf_process, "SECONDS_PER_PAGE", 1.0)
    form = b"<</XObject<</X 5 0 R>>>>"
    bomb = tmp_path / "a.pdf"
    bomb.write_bytes(
        plain_pdf(
            CATALOG,
            ONE_PAGE,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources %s>>" % form,
            b"<</Length 5>>stream\n/X Do\nendstream",
            b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources %s/Length 11>>" % form
            + b"stream\n/X Do /X Do\nendstream",
        )
    )
    with pytest.raises(CorpusError, match=r"took longer than|ended the PDF reader"):
        load(bomb)


def banded_table(rows: list[list[str]], *, first: int, below: str):
    """Draw rows of which every second one, from `first` on, has a grey ground; then a line."""

    def draw(canvas: Canvas) -> None:
        for number in range(first, len(rows), 2):
            canvas.setFillGray(0.85)
            wrapped = 12 * any("\n" in text for text in rows[number])
            canvas.rect(72, 696 - 18 * number - wrapped, 400, 18 + wrapped, stroke=0, fill=1)
            canvas.setFillGray(0)
        canvas.setFont("Helvetica", 10)
        for number, row in enumerate(rows):
            for x, text in zip((76, 200, 330), row, strict=True):
                for at, part in enumerate(text.split("\n")):
                    canvas.drawString(x, 702 - 18 * number - 11 * at, part)
        lines(canvas, 72, 702 - 18 * len(rows) - 20, [below])

    return draw


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("count", [6, 7])
@pytest.mark.parametrize("wrapped", ["", "\nand at night"])
def test_rows_between_coloured_grounds_and_outside_them_are_rows(make_pdf, first, count, wrapped):
    rows = [HEADER, *dose_rows(1, count)]
    rows[-1] = [*rows[-1][:2], f"{rows[-1][2]}{wrapped}"]
    below = "Ask for other medicines before the first dose is given to anyone at all."
    text = load(make_pdf(banded_table(rows, first=first, below=below))).text
    table = "\n".join(" | ".join(row) for row in rows).replace("\nand", " and")
    assert text == f"{table}\n\n{below}"


def test_a_number_in_larger_type_stands_before_its_item_and_not_inside(make_pdf):
    def draw(canvas: Canvas) -> None:
        for number, text in enumerate([LEFT[:2], RIGHT[:2], LEFT[2:4]]):
            y = 700 - 30 * number
            lines(canvas, 96, y, text)
            canvas.setFont("Helvetica", 13)
            canvas.drawString(78, y - 2, str(number + 1))

    text = load(make_pdf(draw)).text
    assert " ".join(LEFT[:2]) in text
    assert " ".join(RIGHT[:2]) in text


def test_two_columns_of_two_lines_under_a_title_are_columns(make_pdf):
    def draw(canvas: Canvas) -> None:
        lines(canvas, 150, 740, ["Examplazine in adults and in children"], 18)
        lines(canvas, 60, 700, ["Give examplazine to every adult who has a", *LEFT[1:3]], 13)
        lines(
            canvas,
            320,
            700.5,
            ["otherazine is no substitute for a second", "dose, ever. Stop it."],
            13,
        )
        lines(
            canvas,
            60,
            640,
            ["A line over both columns says what holds for all of them together."],
            13,
        )

    text = load(make_pdf(draw)).text
    assert "otherazine is no substitute for a second dose, ever. Stop it." in text


def test_two_rows_of_cells_are_read_row_by_row(make_pdf):
    def draw(canvas: Canvas) -> None:
        lines(
            canvas,
            60,
            740,
            ["A line over both columns says what holds for all of them together."],
            13,
        )
        lines(canvas, 60, 700, ["examplazine 500 mg", "otherazine 1000 mg"], 13)
        lines(canvas, 320, 700, ["every 8 hours for 7 days", "every 12 hours for 5 days"], 13)

    text = load(make_pdf(draw)).text
    assert "examplazine 500 mg every 8 hours" in text


@pytest.mark.parametrize("names", [["alfazine", "betaxin", "ce"], ["Alfazine", "Betaxin", "Ce"]])
def test_rows_under_a_ruled_header_that_begin_small_are_rows(make_pdf, names):
    rows = [[name, f"{n + 1} mg", f"every {n + 6} h"] for n, name in enumerate(names)]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for number, row in enumerate([["Drug", "Dose", "Interval"], *rows]):
            for x, text in zip((72, 200, 330), row, strict=True):
                canvas.drawString(x, 700 - 14 * number, text)
        for y in (711, 696, 653):
            canvas.line(72, y, 460, y)

    lines_of_rows = [" | ".join(row) for row in rows]
    assert load(make_pdf(draw)).text.split("\n") == ["Drug | Dose | Interval", *lines_of_rows]


def test_what_stands_outside_the_page_is_no_text(make_pdf):
    def draw(canvas: Canvas) -> None:
        lines(canvas, 72, 700, LEFT)
        lines(canvas, 72, -40, ["file.indd 12 PM"])
        lines(canvas, -300, 400, ["Left of it"])

    assert load(make_pdf(draw)).text == " ".join(LEFT)


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        (["10", "^9", "/L"], "Count 10⁹/L."),
        (["CHA", "_2", "DS", "_2", "-VASc"], "Count CHA2DS2-VASc."),
        (["2,5", "^a"], "Count 2,5ᵃ."),
        (["10", "_2"], "Count 10₂."),
    ],
)
def test_what_stands_higher_or_lower_and_touches_is_of_its_word(make_pdf, drawn, read):
    def draw(canvas: Canvas) -> None:
        lines(canvas, 72, 700, LEFT)
        x = 72.0
        for part in ["Count ", *drawn, "."]:
            size, rise = {"^": (6, 4), "_": (6, -2)}.get(part[0], (10, 0))
            text = part.lstrip("^_")
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, 600 + rise, text)
            x += canvas.stringWidth(text, "Helvetica", size)

    assert load(make_pdf(draw)).text.split("\n\n")[-1] == read


@pytest.mark.parametrize(
    ("side_by_side", "read"),
    [
        (["ج", "ب", "أ"], "أ ب ج"),
        (["د", "5", "mg", "ب", "أ"], "أ ب 5 mg د"),
        (["dose", "أ", "of", "it"], "dose أ of it"),
        (["one", "two"], "one two"),
    ],
)
def test_words_from_the_right_are_read_from_there(side_by_side, read):
    assert in_reading_order(side_by_side) == read
