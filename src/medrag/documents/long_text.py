"""A text too long to be read whole: checked from end to end, then read in pieces.

Memory is that of one piece, whatever the file's length.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from pathlib import Path

from medrag.documents.encoding import marked_encoding, zero_bytes
from medrag.errors import CorpusError

_BLOCK = 1 << 20


class LongText:
    """A text file in UTF-8, or in what its byte order mark says.

    Attributes:
        sha256: Of the file's bytes, in hex.
    """

    def __init__(self, path: Path) -> None:
        """Read the file once.

        Raises:
            CorpusError: It cannot be read, holds only white space or zero bytes, or is in another
                encoding.
        """
        self._path = path
        digest = hashlib.sha256()
        empty = True
        try:
            with path.open("rb") as stream:
                self._encoding = marked_encoding(stream.peek(4)) or "utf-8"
                decoder = codecs.getincrementaldecoder(self._encoding)()
                while data := stream.read(_BLOCK):
                    digest.update(data)
                    text = decoder.decode(data)
                    if "\0" in text:
                        raise zero_bytes(path)
                    empty = empty and not text.strip("\ufeff").strip()
                decoder.decode(b"", final=True)
        except OSError as error:
            raise CorpusError(f"{path}: cannot be read ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise CorpusError(
                f"{path}: not all of it is {self._encoding}. Save it as UTF-8."
            ) from error
        if empty:
            raise CorpusError(f"{path}: the file holds no text.")
        self.sha256 = digest.hexdigest()

    def pieces(self, characters: int) -> Iterator[str]:
        r"""Yield the text in pieces of at most so many characters, with `\n` line ends.

        The pieces joined are the whole text. A piece ends after a blank line if there is one in
        its second half, else after a line, else after a space.

        Raises:
            CorpusError: The file was changed or taken away since it was checked.
        """
        try:
            with self._path.open(encoding=self._encoding) as stream:
                rest = stream.read(characters).removeprefix("\ufeff")
                while rest:
                    rest += stream.read(characters - len(rest))
                    end = len(rest) if len(rest) < characters else _good_end(rest)
                    yield rest[:end]
                    rest = rest[end:] or stream.read(characters)
        except (OSError, UnicodeDecodeError) as error:
            raise CorpusError(f"{self._path}: changed while it was read. Build again.") from error


def _good_end(text: str) -> int:
    for mark in ("\n\n", "\n", " "):
        at = text.rfind(mark, len(text) // 2)
        if at >= 0:
            return at + len(mark)
    return len(text)
