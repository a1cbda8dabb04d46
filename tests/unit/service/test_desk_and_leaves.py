"""What cannot be used is not kept open; a page of any size is a picture of bounded size."""

import io
import shutil

import pypdfium2 as pdfium
import pytest
from PIL import Image
from tests.unit.service.conftest import TOKENS, opened

from medrag.config import Settings
from medrag.core.document import Document, Page, Source
from medrag.core.span import Span
from medrag.errors import ConfigError, IndexStateError
from medrag.pipeline.engine import QueryEngine
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


def test_an_index_that_is_gone_while_it_is_used_is_not_ready(index_folder, settings, tmp_path):
    folder = tmp_path / "index"
    shutil.copytree(index_folder / "index", folder)
    with opened(settings.model_copy(update={"index": str(folder)})) as client:
        client.headers["Authorization"] = f"Bearer {TOKENS['reader']}"
        assert client.post("/v1/search", json={"question": "examplazine"}).status_code == 200
        folder.rename(tmp_path / "elsewhere")
        response = client.post("/v1/search", json={"question": "examplazine dose"})
        assert response.status_code in {200, 503}
        assert client.get("/documents/x", follow_redirects=False).status_code in {303, 503}


def test_what_fails_in_the_files_of_an_index_is_the_indexs_state(index_folder):
    desk = Desk(index_folder / "index", lambda index: QueryEngine(index, settings=Settings()))
    desk.open()
    with pytest.raises(IndexStateError, match="gone"), desk.lease():
        raise OSError(2, "gone")
    desk.close()
