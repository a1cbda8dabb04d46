"""Markdown with front matter and embedded HTML: rendered, then read as HTML is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree
from markdown_it import MarkdownIt

from medrag.core.document import Document, Source
from medrag.documents.composer import Composer, Composition
from medrag.documents.encoding import decode, read_bytes
from medrag.documents.front_matter import split
from medrag.documents.html import parse_html
from medrag.documents.html_blocks import write_blocks
from medrag.documents.html_pictures import undescribed
from medrag.documents.provenance import overlay
from medrag.errors import CorpusError, PartlyReadError


class MarkdownLoader:
    """Reads `.md`: CommonMark with tables; the text is what a reader sees, without its marks."""

    version = 5

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the one document in `path`, its provenance from the front matter, if any.

        Raises:
            CorpusError: The file is empty, in an unknown encoding, holds no text, or its front
                matter is damaged or has a mistyped field.
            PartlyReadError: After the document: pictures stand in its text without a word.
        """
        yield from self.parse(read_bytes(path), path)

    def parse(self, data: bytes, path: Path) -> Iterator[Document]:
        """Yield the one document in `data`; `path` names it.

        Raises:
            CorpusError: As `load`.
        """
        fields, body = split(decode(data, path), path)
        page = rendered(body, path)
        composition = composed(page, path)
        sha256 = hashlib.sha256(data).hexdigest()
        headings = [section.path[0] for section in composition.sections[:1]]
        source = _with(
            Source(
                key=path.name, title=(headings or [path.name])[0], path=path.name, sha256=sha256
            ),
            fields,
            path,
        )
        yield Document.of(
            composition.text, source, pages=composition.pages, sections=composition.sections
        )
        if page is not None and (pictures := undescribed(page)):
            raise PartlyReadError(path, [pictures])


def rendered(body: str, path: Path) -> etree._Element | None:
    """Return the body of the page that Markdown without front matter makes; None for none.

    Raises:
        CorpusError: HTML in it is nested too deep.
    """
    if not body.strip():
        return None
    # Emphasis and the like may nest as deep as the reader of the result allows.
    page = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    return next(parse_html(f"<html><body>{page.render(body)}</body></html>", path).iter("body"))


def composed(page: etree._Element | None, path: Path) -> Composition:
    """Return the text and sections of a rendered page.

    Raises:
        CorpusError: It holds no text.
    """
    composer = Composer()
    if page is not None:
        write_blocks(page, composer)
    composition = composer.compose()
    if not composition.text:
        raise CorpusError(f"{path}: the file holds no text.")
    return composition


def _with(source: Source, fields: Mapping[str, Any], path: Path) -> Source:
    return overlay(source, fields, f"{path}: front matter") if fields else source
