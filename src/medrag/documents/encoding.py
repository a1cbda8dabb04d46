"""Bytes to text without guessing: byte order mark, then UTF-8, then what the file declares."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from medrag.errors import CorpusError

MAX_TEXT_BYTES = 64 * 1024 * 1024
"""Largest text, markup or record that is read whole: some 30,000 printed pages."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same way
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']"""
    rb"""|<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""",
    re.IGNORECASE,
)


def read_bytes(path: Path, *, limit: int = MAX_TEXT_BYTES) -> bytes:
    """Return the bytes of the file at `path`.

    Raises:
        CorpusError: The file cannot be opened, is empty, or is longer than `limit` bytes.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CorpusError(f"{path}: cannot be read ({reason}).") from error
    if not data:
        raise CorpusError(f"{path}: the file is empty (0 bytes).")
    if len(data) > limit:
        raise CorpusError(
            f"{path}: larger than {limit // 2**20} MiB, the most that is read as one document. "
            "Split it into one file per document."
        )
    return data


def decode(data: bytes, path: Path) -> str:
    r"""Return `data` as text with `\n` line ends and no byte order mark.

    Order: a byte order mark decides; else UTF-8 if all of it is; else the charset that an XML
    declaration or an HTML `meta` in the first 2 KiB names. Nothing is guessed.

    Raises:
        CorpusError: None of the three fits (names the first byte that is not UTF-8), or the text
            holds zero bytes.
    """
    text = _decoded(data, path)
    if "\0" in text:
        raise zero_bytes(path)
    return text


def marked_encoding(head: bytes) -> str | None:
    """Return the encoding that a byte order mark at the head of a file says, if there is one."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def zero_bytes(path: Path) -> CorpusError:
    """Return the error for a file that is no text."""
    return CorpusError(
        f"{path}: holds zero bytes, so it is no text, or UTF-16 without a byte order mark. "
        "Save it as UTF-8."
    )


def _decoded(data: bytes, path: Path) -> str:
    marked = marked_encoding(data)
    if marked is not None:
        return _strict(data, marked, path, "its byte order mark says so")
    try:
        return _unix(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        declared = _DECLARED.search(data[:2048])
        if declared is None:
            raise _not_utf8(path, error) from error
        name = (declared[1] or declared[2]).decode("ascii").lower()
        if name in {"utf-8", "utf8"}:
            raise _not_utf8(path, error) from error
    return _strict(data, _html_name(name), path, "the file declares it")


def _not_utf8(path: Path, error: UnicodeDecodeError) -> CorpusError:
    byte = error.object[error.start]
    return CorpusError(
        f"{path}: byte {error.start} (0x{byte:02x}) is not UTF-8, and the file has no byte order "
        "mark and declares no other encoding. Save it as UTF-8."
    )


def _strict(data: bytes, encoding: str, path: Path, why: str) -> str:
    try:
        text = data.decode(encoding)
    except LookupError as error:
        raise CorpusError(
            f"{path}: the declared encoding {encoding!r} is unknown. Save the file as UTF-8."
        ) from error
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path}: byte {error.start} is not {encoding}, though {why}. Save it as UTF-8."
        ) from error
    except ValueError as error:  # codecs such as "hex" or "undefined" that are no charset
        raise CorpusError(f"{path}: {encoding!r} is not a text encoding.") from error
    return _unix(text)


def _html_name(name: str) -> str:
    # WHATWG: pages that say Latin-1 or ASCII mean Windows-1252, a superset in printed characters.
    return "cp1252" if name in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"} else name


def _unix(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
