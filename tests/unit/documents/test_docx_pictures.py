"""Pictures in a DOCX that say nothing in words are told."""

import pytest

from medrag.documents.docx import DocxLoader
from medrag.errors import PartlyReadError

DRAWN = "http://schemas.openxmlformats.org/drawingml/2006"


def picture(*, described="", size=3_000_000, blip="<a:blip/>"):
    return (
        f'<w:p><w:r><w:drawing xmlns:wp="{DRAWN}/wordprocessingDrawing" xmlns:a="{DRAWN}/main">'
        f'<wp:inline><wp:extent cx="{size}" cy="{size}"/>'
        f'<wp:docPr id="1" name="Picture 4" {described}/>'
        f"<a:graphic>{blip}</a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def words(text, style=""):
    about = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{about}<w:r><w:t>{text}</w:t></w:r></w:p>"


BEFORE, AFTER = words("Regimens are shown below."), words("Test again.")


def told(path):
    loaded = DocxLoader().load(path)
    assert next(loaded).text
    try:
        next(loaded)
    except PartlyReadError as error:
        return error.parts
    except StopIteration:
        return ()


@pytest.mark.parametrize("described", ["", 'descr=""', 'descr=" " title=""'])
def test_a_picture_in_a_paragraphs_place_is_told(make_docx, described):
    assert told(make_docx(BEFORE + picture(described=described) + AFTER)) == (
        "a picture stands in the text without a word of what is shown: Picture 4",
    )


@pytest.mark.parametrize(
    "body",
    [BEFORE + picture(described='descr="Azithromycin 1 g once"') + AFTER,
     BEFORE + picture(size=300_000) + AFTER, BEFORE + picture(blip="<a:shape/>") + AFTER,
     picture() + BEFORE, BEFORE + picture() + words("Figure 1. How to choose.", "Caption"),
     BEFORE + words("Figure 1. How to choose.", "caption") + picture()],
)  # fmt: skip
def test_what_is_described_small_drawn_or_before_the_words_is_not(make_docx, body):
    assert told(make_docx(body)) == ()


def test_a_picture_in_a_cell_is_told(make_docx):
    row = f"<w:tbl><w:tr><w:tc>{words('Adults')}</w:tc><w:tc>{picture()}</w:tc></w:tr></w:tbl>"
    assert told(make_docx(row))
