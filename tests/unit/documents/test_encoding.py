"""Bytes to text: by mark, by UTF-8, by declaration, never by guess."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from medrag.documents.encoding import decode, read_bytes
from medrag.errors import CorpusError

TEXT = "5 µg – café"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    ],
)
def test_marked_and_utf8_text_is_read(data):
    assert decode(data, Path("a")) == TEXT


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1252">', "cp1252"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-1'>", "cp1252"),
        ('<?xml version="1.0" encoding="windows-1252"?>', "cp1252"),
        ('<meta charset="shift_jis">', "cp1252"),
    ],
)
def test_a_declared_charset_is_believed_where_the_text_is_not_utf8(head, encoding):
    text = head + "caf\u00e9 ok"
    if "shift" in head:
        assert decode((head + "薬").encode("shift_jis"), Path("a")).endswith("薬")
    else:
        assert decode(text.encode(encoding), Path("a")) == text


def test_utf8_is_believed_more_than_a_declaration():
    text = '<meta charset="windows-1252">é'
    assert decode(text.encode(), Path("a")) == text


def test_an_undeclared_byte_is_named_by_place_and_value():
    with pytest.raises(CorpusError, match=r"byte 2 \(0xb5\) is not UTF-8"):
        decode("5 µg".encode("cp1252"), Path("a"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'<meta charset="utf-8">\xff', "is not UTF-8"),
        (b'<meta charset="klingon">\xff', "'klingon' is unknown"),
        (b'<meta charset="ascii">\x81', "is not cp1252"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x00", "is not utf-16"),
    ],
)
def test_a_false_declaration_is_an_error(data, message):
    with pytest.raises(CorpusError, match=message):
        decode(data, Path("a"))


def test_line_ends_become_line_feeds():
    assert decode(b"a\r\nb\rc\n", Path("a")) == "a\nb\nc\n"


def test_an_empty_file_is_an_error(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(CorpusError, match=r"empty"):
        read_bytes(tmp_path / "a")


def test_a_file_over_the_limit_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 2_000_000)
    with pytest.raises(CorpusError, match=r"larger than 1 MiB.*Split it"):
        read_bytes(tmp_path / "a", limit=2**20)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(CorpusError, match=r"cannot be read"):
        read_bytes(tmp_path)
