"""Plain text: the file's own words and line ends are the document's text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from medrag.core.document import Document, Source
from medrag.documents.encoding import decode, read_bytes
from medrag.documents.long_text import LongText
from medrag.errors import CorpusError

_WHOLE_BYTES = 8 << 20
"""Read as one document: a shelf of novels, and with a word a line some 1 GB of memory to cut."""

_PIECE_CHARS = 8 << 20


class TextLoader:
    """Reads a `.txt` file; the text is kept as it stands, line ends as line feeds.

    One document, but several where the file is longer than what is read as one.
    """

    version = 2

    def __init__(self, *, longest: int = _WHOLE_BYTES, piece: int = _PIECE_CHARS) -> None:
        """Read files of at most `longest` bytes whole, longer ones in pieces of `piece` letters."""
        self._longest = longest
        self._piece = piece

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the document in `path`, or its pieces in order.

        Raises:
            CorpusError: The file is empty, holds only white space or zero bytes, or its encoding
                is neither marked nor UTF-8.
        """
        if _size(path) <= self._longest:
            yield from self.parse(read_bytes(path, limit=self._longest), path)
            return
        whole = LongText(path)
        for number, text in enumerate(whole.pieces(self._piece), start=1):
            if text.strip():
                source = Source(
                    key=f"{path.name}#piece-{number}",
                    title=f"{path.name}, piece {number}",
                    path=path.name,
                    sha256=whole.sha256,
                )
                yield Document.of(text, source)

    def parse(self, data: bytes, path: Path) -> Iterator[Document]:
        """Yield the one document in `data`; `path` names it.

        Raises:
            CorpusError: As `load`.
        """
        text = decode(data, path)
        if not text.strip():
            raise CorpusError(f"{path}: the file holds no text.")
        source = Source(
            key=path.name, title=path.name, path=path.name, sha256=hashlib.sha256(data).hexdigest()
        )
        yield Document.of(text, source)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # reading it says why
