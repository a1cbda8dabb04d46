"""Plain text: the file's own words and line ends are the document's text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from medrag.core.document import Document, Source
from medrag.documents.encoding import decode, read_bytes
from medrag.errors import CorpusError


class TextLoader:
    """Reads a `.txt` file; the text is kept as it stands, line ends as line feeds."""

    version = 1

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the one document in `path`.

        Raises:
            CorpusError: The file is empty, holds only white space or zero bytes, is too long,
                or its encoding is neither marked nor UTF-8.
        """
        yield from self.parse(read_bytes(path), path)

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
