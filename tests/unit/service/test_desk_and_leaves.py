"""What cannot be used is not kept open; a page of any size is a picture of bounded size."""

import io

import pypdfium2 as pdfium
import pytest
from PIL import Image

from medrag.core.document import Document, Page, Source
from medrag.core.span import Span
from medrag.errors import ConfigError
from medrag.service.desk import Desk
from medrag.service.leaves import picture


def test_an_index_without_an_engine_is_closed_again(index_folder):
    tried = []

    def engine_of(index):
        tried.append(index)
        raise ConfigError("no model.")

    desk = Desk(index_folder / "index", engine_of)
    with pytest.raises(ConfigError):
        desk.open()
    assert desk.generation is None
    assert tried[0]._store._lock._handle is None


def page_of(tmp_path, *, width, height, turned=0):
    pdf = pdfium.PdfDocument.new()
    leaf = pdf.new_page(width, height)
    leaf.set_rotation(turned)
    path = tmp_path / "page.pdf"
    pdf.save(path)
    document = Document(
        id="d",
        source=Source(key="k", title="t", sha256="0" * 64),
        text="examplazine",
        pages=(Page(number=1, span=Span(start=0, end=11)),),
    )
    content = picture(path, document, document.pages[0], Span(start=0, end=11))
    return Image.open(io.BytesIO(content)).size


@pytest.mark.parametrize("side", [14_400, 200])
def test_a_page_as_large_as_a_wall_is_a_picture_of_bounded_size(tmp_path, side):
    wide, high = page_of(tmp_path, width=side, height=side)
    assert wide * high <= 8_100_000
    assert wide == high


def test_a_turned_page_is_shown_turned(tmp_path):
    wide, high = page_of(tmp_path, width=200, height=400, turned=90)
    assert wide > high
