"""Objects of a JSON file one by one, without holding the file in memory."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from medrag.errors import CorpusError

MAX_RECORD_CHARS = 64 * 1024 * 1024
_BLOCK = 2**20
_SPACE = " \t\r\n"


def records(
    stream: IO[bytes], path: Path, *, limit: int | None = None
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield (object, hex SHA-256 of its own characters in UTF-8) in file order.

    The file is an object (itself the one record), an array of objects, an object whose `results`
    is such an array, or several of these one after another, however they are laid out.

    Args:
        stream: UTF-8, with or without a byte order mark.
        path: For messages only.
        limit: Most bytes to read; None for no limit.

    Raises:
        CorpusError: Not UTF-8, not JSON, cut off, nested too deep, one record is longer than
            `MAX_RECORD_CHARS`, or the stream is longer than `limit`. Names the line.
    """
    reader = _Reader(stream, path, limit)
    try:
        first = reader.peek()
        while first:
            if first == "[":
                yield from _array(reader)
            elif first == "{":
                yield from _object(reader)
            else:
                raise reader.fault("expected a JSON object or array")
            first = reader.next()
    except json.JSONDecodeError as error:
        why = f"not JSON, or cut off ({error.msg}). Fetch it again"
        raise reader.fault(why, error.pos) from error
    except RecursionError as error:
        raise reader.fault("JSON nested too deep to be a label") from error
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        raise reader.fault("a number in it has thousands of digits") from error


def _array(reader: _Reader) -> Iterator[tuple[dict[str, Any], str]]:
    reader.take("[")
    while reader.peek() != "]":
        value, text = reader.value()
        if not isinstance(value, dict):
            raise reader.fault("expected an object per record in the array")
        yield value, _digest(text)
        if reader.peek() != "]":
            reader.take(",")
    reader.take("]")


def _object(reader: _Reader) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the records under `results`, or the object itself where it has no such array."""
    members: dict[str, Any] = {}
    texts: list[str] = []
    listed = False
    reader.take("{")
    while reader.peek() != "}":
        name, _ = reader.value()
        reader.take(":")
        if name == "results" and reader.peek() == "[":
            listed = True
            yield from _array(reader)
        else:
            members[str(name)], text = reader.value()
            texts.append(f"{name}\0{text}")
        if reader.peek() != "}":
            reader.take(",")
    reader.take("}")
    if not listed:
        yield members, _digest("\0".join(texts))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(slots=True)
class _Reader:
    """The text ahead, read as far as needed."""

    stream: IO[bytes]
    path: Path
    limit: int | None
    _text: str = ""
    _at: int = 0
    _lines: int = 0  # that end before `_text`
    _read: int = 0
    _ended: bool = False
    _decoder: Any = None

    def fault(self, what: str, at: int | None = None) -> CorpusError:
        """Return an error that names the line of the character `at`, else of the one ahead."""
        line = 1 + self._lines + self._text.count("\n", 0, self._at if at is None else at)
        return CorpusError(f"{self.path}: line {line}: {what}.")

    def next(self) -> str:
        """Return the next character that is not white space; empty at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def peek(self) -> str:
        """Return the next character that is not white space.

        Raises:
            CorpusError: The file ends here.
        """
        found = self.next()
        if not found:
            raise self.fault("the JSON is cut off. Fetch it again")
        return found

    def take(self, char: str) -> None:
        """Go past `char`.

        Raises:
            CorpusError: Something else stands there.
        """
        found = self.peek()
        if found != char:
            raise self.fault(f"not JSON: expected {char!r}, found {found!r}")
        self._at += 1

    def value(self) -> tuple[Any, str]:
        """Return the next value and its characters.

        Raises:
            CorpusError: It is longer than `MAX_RECORD_CHARS`.
        """
        self.peek()
        decoder = json.JSONDecoder()
        while True:
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more(len(self._text) - self._at):
                    raise
                continue
            if end == len(self._text) and self._more():
                continue  # a number may go on
            text = self._text[self._at : end]
            self._at = end
            return value, text

    def _more(self, least: int = 0) -> bool:
        """Read on, at least `least` characters, so that a long value is not tried too often."""
        if self._ended:
            return False
        if len(self._text) - self._at > MAX_RECORD_CHARS:
            raise self.fault("one record is longer than 64 MiB. It is not read")
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        block = self.stream.read(max(_BLOCK, least))
        self._read += len(block)
        if self.limit is not None and self._read > self.limit:
            raise CorpusError(f"{self.path}: longer than the archive says. It is not read.")
        try:
            more = self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            at = self._read - len(block) + error.start
            raise CorpusError(f"{self.path}: byte {at} is not UTF-8.") from error
        self._ended = not block
        if block:
            self._lines += self._text.count("\n", 0, self._at)
            self._text, self._at = self._text[self._at :] + more, 0
        return not self._ended
