"""Newline-delimited JSON (NDJSON, JSON Lines): a file of many objects, one a line.

Bulk exports of openFDA and of FHIR servers have this form. Memory is that of one line, whatever
the file's length, and a damaged line costs only itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from medrag.documents.json_stream import MAX_RECORD_CHARS, records
from medrag.errors import CorpusError

LINE_SUFFIXES = (".ndjson", ".jsonl")
_MOST_NAMED = 20
_LONG = 1024  # characters
_DEEPEST = 120
"""Levels of a value; a bundle of bundles that is read has 60, and what stands under it a few."""
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that holds more than white space.

    Attributes:
        number: From 1, as editors count.
        start: Where it begins in the file, in bytes.
        data: Its bytes; None where it is too long to be read.
    """

    number: int
    start: int
    data: bytes | None

    def records(self, path: Path) -> list[tuple[dict[str, Any], str]]:
        """Return what `json_stream.records` gives of a file that holds this line alone.

        Raises:
            CorpusError: The line is too long, or no JSON object; names the line.
        """
        place = f"line {self.number}"
        if self.data is None:
            raise CorpusError(f"{path}: {place}: longer than {MAX_RECORD_CHARS >> 20} MiB.")
        try:
            return list(records(io.BytesIO(self.data), path))
        except CorpusError as error:
            reason = reason_of(error, path).removeprefix("line 1: ")
            raise CorpusError(f"{path}: {place}: {reason}.") from error

    def readable(self, path: Path, unread: Unread) -> list[tuple[dict[str, Any], str]]:
        """Return its records; none where it cannot be read, and `unread` says why."""
        try:
            return self.records(path)
        except CorpusError as error:
            unread.add(reason_of(error, path))
            return []


def reason_of(error: CorpusError, path: Path) -> str:
    """Return what an error says, without the file that it names."""
    return str(error).removeprefix(f"{path}: ").rstrip(".")


def lines_of(stream: IO[bytes], *, longest: int = MAX_RECORD_CHARS) -> Iterator[Line]:
    """Yield the lines of a file in order; those of `longest` bytes or more have no data."""
    number = start = 0
    while data := stream.readline(longest):
        number += 1
        length = len(data)
        if length == longest and not data.endswith(b"\n"):
            data = b""
            while more := stream.readline(longest):
                length += len(more)
                if more.endswith(b"\n"):
                    break
            yield Line(number, start, None)
        elif data.removeprefix(_MARK).strip():
            yield Line(number, start, data)
        start += length


@dataclass(frozen=True, slots=True)
class LeftText:
    """A long text that stays in its file; `str` of it reads it there.

    Attributes:
        start: Where its line begins, in bytes.
        route: Names of members and places in lists that lead to it in the line's value.
    """

    file: LinedFile
    start: int
    route: tuple[str | int, ...]

    def __str__(self) -> str:
        """Return the text.

        Raises:
            CorpusError: The file was changed since.
        """
        return self.file.text(self.start, self.route)


@dataclass(slots=True)
class LinedFile:
    """A file of lines whose values are kept without their long texts."""

    path: Path
    _last: tuple[int, Any] = (-1, None)

    def objects(self, unread: Unread) -> Iterator[tuple[Line, dict[str, Any]]]:
        """Yield each line and the object that it is; what is none goes to `unread`."""
        with self.path.open("rb") as stream:
            for line in lines_of(stream):
                found = line.readable(self.path, unread)
                if len(found) > 1:
                    unread.add(f"line {line.number}: expected one object, found {len(found)}")
                elif found:
                    yield line, found[0][0]

    def without_texts(self, value: Any, start: int, route: tuple[str | int, ...] = ()) -> Any:
        """Return a value of the line at `start`, each long text in it as a `LeftText`.

        What lies deeper than anything that is read becomes None.
        """
        if len(route) > _DEEPEST:
            return None
        if isinstance(value, str):
            return value if len(value) <= _LONG else LeftText(self, start, route)
        if isinstance(value, dict):
            pairs = value.items()
            return {name: self.without_texts(one, start, (*route, name)) for name, one in pairs}
        if isinstance(value, list):
            return [self.without_texts(one, start, (*route, n)) for n, one in enumerate(value)]
        return value

    def text(self, start: int, route: tuple[str | int, ...]) -> str:
        """Return the text at a place; the line read last is kept, for texts come line by line.

        Raises:
            CorpusError: Nothing of that kind stands there any more.
        """
        try:
            if self._last[0] != start:
                self._last = (-1, None)  # not two lines at a time
                with self.path.open("rb") as stream:
                    stream.seek(start)
                    ((value, _),) = next(lines_of(stream)).records(self.path)
                self._last = (start, value)
            found = self._last[1]
            for step in route:
                found = found[step]
        except (OSError, StopIteration, ValueError, LookupError, TypeError, CorpusError) as error:
            raise CorpusError(
                f"{self.path}: changed while it was being read. Build again when it is complete."
            ) from error
        return str(found)


@dataclass(slots=True)
class Unread:
    """Why parts of a file were not read: the first by name and reason, the others counted.

    A file of a million damaged lines is told in a page.
    """

    _named: list[str] = field(default_factory=list)
    _more: int = 0

    def add(self, reason: str) -> None:
        """Take in one reason, which names its part."""
        if len(self._named) < _MOST_NAMED:
            self._named.append(reason)
        else:
            self._more += 1

    @property
    def parts(self) -> list[str]:
        """What a `PartlyReadError` lists; empty where everything was read."""
        return [*self._named, *([f"{self._more} more of them"] if self._more else [])]
