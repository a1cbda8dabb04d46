"""A PDF whose fonts name no letters: what can be read is, and what cannot is shown and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.documents.pdf import PdfLoader
from medrag.errors import PartlyReadError

TEXT = b"Give 5 mg of examplazine in the evening to adults alone, and look at the"


def bitmap_font(codes: bytes) -> bytes:
    """Return a font as TeX writes its bitmaps: drawings under names that are no letters'."""
    first, last = min(codes), max(codes)
    names = b" ".join(b"/a%d" % code for code in range(first, last + 1))
    drawings = b" ".join(b"/a%d 6 0 R" % code for code in range(first, last + 1))
    widths = b" ".join([b"500"] * (last - first + 1))
    return (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [.001 0 0 .001 0 0]"
        b" /Resources << >> /FirstChar %d /LastChar %d /Widths [%s] /CharProcs << %s >>"
        b" /Encoding << /Type /Encoding /Differences [%d %s] >> >>"
    ) % (first, last, widths, drawings, first, names)


def pdf_of(
    path: Path, *lines: tuple[bytes, bytes], second: tuple[bytes, bytes] = (b"", b"")
) -> Path:
    """Write a page of lines, each a text in the first font and what follows in the second.

    `second` is a font and its map to letters; else it is one of bitmaps.
    """
    shown = b"".join(
        b"/F1 10 Tf 1 0 0 1 72 %d Tm (%s) Tj /F2 10 Tf (%s) Tj "
        % (700 - 12 * at, text.replace(b"(", rb"\("), sign)
        for at, (text, sign) in enumerate(lines)
    )
    glyph = b"500 0 0 0 500 700 d1 0 0 500 700 re f"
    content = b"BT " + shown + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R /F2 7 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        bitmap_font(bytes(range(1, 127))),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(glyph), glyph),
        second[0] or bitmap_font(bytes(range(1, 32))),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(second[1]), second[1]),
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        start,
    )
    path.write_bytes(data)
    return path


def test_ligatures_of_a_bitmap_font_are_letters_and_nothing_is_told(tmp_path):
    path = pdf_of(tmp_path / "a.pdf", (TEXT, b""), (b"signi\x1ccant di\x1berence.", b""))
    (document,) = PdfLoader().load(path)
    assert document.text == f"{TEXT.decode()} significant difference."


def loaded(path: Path) -> tuple[str, str]:
    """Return the text of a document, and what is told of it."""
    documents = PdfLoader().load(path)
    text = next(documents).text
    try:
        next(documents, None)
    except PartlyReadError as error:
        return text, str(error)
    return text, ""


def test_a_sign_that_nobody_can_read_is_shown_and_told(tmp_path):
    """The minus and the `≥` were gone without a trace."""
    path = pdf_of(tmp_path / "a.pdf", (TEXT, b""), (b"score, which is at least ", b"\x15"))
    text, told = loaded(path)
    assert text.endswith("which is at least \ufffd")
    assert "page 1 has signs for which the file names no letter" in told


def named_font(name: bytes, code: bytes, letter: bytes) -> tuple[bytes, bytes]:
    """Return a font whose map says that one code is one letter (four hexadecimal digits)."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /ToUnicode 8 0 R >>" % name
    place = b"/a begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar "
    return font, place + b"<%s> <%s> endbfchar endcmap" % (code.hex().encode(), letter)


@pytest.mark.parametrize(
    ("font", "shown", "is_told"),
    [
        (b"ABCDEF+SymbolMT", "\u2265", False),
        (b"Wingdings-Regular", "\ufffd", True),
        (b"ABCDEF+Icons", "\uf0b3", True),
    ],
)
def test_a_place_in_a_font_of_signs_is_what_the_font_shows(tmp_path, font, shown, is_told):
    """Word writes the `≥` of Symbol as a character of no script, U+F0B3."""
    second = named_font(font, b"\x2b", b"f0b3")
    path = pdf_of(tmp_path / "a.pdf", (TEXT, b""), (b"score, which is ", b"+"), second=second)
    text, told = loaded(path)
    assert text.endswith(f"which is {shown}")
    assert bool(told) is is_told


def test_a_mark_of_no_script_before_an_item_is_not_told(tmp_path):
    second = named_font(b"ABCDEF+Icons", b"\x2b", b"f0b3")
    assert loaded(pdf_of(tmp_path / "a.pdf", (b"", b"+"), (TEXT, b""), second=second))[1] == ""
