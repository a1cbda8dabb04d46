"""Factories for files of every format, with fictional drugs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], None]


@pytest.fixture
def make_pdf(tmp_path: Path):
    """Return a function that writes a PDF, one drawing function per page."""

    def make(*pages: Draw, name: str = "a.pdf", labels: tuple[str, ...] = (), encrypt=None) -> Path:
        path = tmp_path / name
        canvas = Canvas(str(path), pagesize=letter, encrypt=encrypt, invariant=1)
        for number, draw in enumerate(pages):
            if labels:
                canvas.addPageLabel(number, prefix=labels[number])
            draw(canvas)
            canvas.showPage()
        canvas.save()
        return path

    return make


@pytest.fixture
def make_docx(tmp_path: Path):
    """Return a function that writes a DOCX with this body, notes and title."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    styles = (
        f'<w:styles xmlns:w="{word}"><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:styleId="Own"><w:name w:val="ward"/><w:basedOn w:val="Mid"/></w:style>'
        '<w:style w:styleId="Mid"><w:name w:val="mid"/><w:basedOn w:val="H2"/></w:style>'
        '<w:style w:styleId="Loop"><w:name w:val="l"/><w:basedOn w:val="Loop"/></w:style>'
        "</w:styles>"
    )

    def make(body: str, *, notes: str = "", title: str = "") -> Path:
        path = tmp_path / "a.docx"
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(
                "word/document.xml",
                f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
            )
            archive.writestr("word/styles.xml", styles)
            archive.writestr(
                "word/footnotes.xml", f'<w:footnotes xmlns:w="{word}">{notes}</w:footnotes>'
            )
            archive.writestr(
                "docProps/core.xml",
                f'<c xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></c>',
            )
        path.write_bytes(buffer.getvalue())
        return path

    return make
