"""HTML and XHTML: the main content, without what a site puts around it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

from medrag.core.document import Document, Source
from medrag.documents.composer import Composer, clean
from medrag.documents.dates import day
from medrag.documents.encoding import decode, read_bytes
from medrag.documents.html_attributes import check_attributes
from medrag.documents.html_blocks import write_blocks
from medrag.documents.html_content import main_content
from medrag.documents.html_pictures import undescribed
from medrag.documents.markup import check_depth
from medrag.errors import CorpusError, PartlyReadError

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_WORD_BREAK = re.compile(r"</?wbr\s*/?>", re.IGNORECASE)  # libxml2 lets it hold what follows


class HtmlLoader:
    """Reads `.html`, `.htm` and `.xhtml`."""

    version = 7

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the one document in `path`.

        Raises:
            CorpusError: The file is empty, in an unknown encoding, nested too deep, or has no
                text once navigation, scripts and the like are gone.
            PartlyReadError: After the document: pictures stand in its text without a word.
        """
        yield from self.parse(read_bytes(path), path)

    def parse(self, data: bytes, path: Path) -> Iterator[Document]:
        """Yield the one document in `data`; `path` names it.

        Raises:
            CorpusError: As `load`.
        """
        root = parse_html(decode(data, path), path)
        composer, content = Composer(), main_content(root)
        write_blocks(content, composer)
        composition = composer.compose()
        if not composition.text:
            images = sum(1 for _ in root.iter("img"))
            held = f", only {images} image(s)" if images else ""
            raise CorpusError(f"{path}: the page holds no text{held}.")
        source = _source(root, path, hashlib.sha256(data).hexdigest())
        if source.title == path.name and composition.sections:
            source = source.model_copy(update={"title": composition.sections[0].path[0]})
        yield Document.of(
            composition.text, source, pages=composition.pages, sections=composition.sections
        )
        if pictures := undescribed(content):
            raise PartlyReadError(path, [pictures])


def parse_html(text: str, path: Path) -> etree._Element:
    """Return the root of an HTML text; tolerant as browsers are, nothing is fetched.

    Raises:
        CorpusError: No element at all, nested too deep, or one with too many attributes.
    """
    check_attributes(text, path)
    text = _WORD_BREAK.sub("", _XML_DECLARATION.sub("", text, count=1))
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, remove_pis=True, huge_tree=True
    )
    try:
        root = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise CorpusError(f"{path}: no HTML in it ({error}).") from error
    check_depth(root, path)
    return root


# --- What the page says about itself -------------------------------------------------------

_TITLE = ("citation_title", "dc.title", "dcterms.title", "og:title")
_PUBLISHER = ("citation_publisher", "dc.publisher", "dcterms.publisher", "og:site_name")
_PUBLISHED = (
    "citation_publication_date",
    "citation_date",
    "article:published_time",
    "dcterms.issued",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "datepublished",
)
_LICENCE = ("dc.rights.license", "dcterms.license", "dc.rights", "dcterms.rights", "copyright")


def _source(root: etree._Element, path: Path, sha256: str) -> Source:
    meta = _meta(root)
    return Source(
        key=path.name,
        title=_first(meta, _TITLE) or _title(root) or path.name,
        path=path.name,
        publisher=_first(meta, _PUBLISHER),
        url=_canonical(root),
        published=_published(meta),
        licence=_licence(root) or _first(meta, _LICENCE),
        kind="article" if "citation_journal_title" in meta else "other",
        sha256=sha256,
    )


def _meta(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or element.get("itemprop") or ""
        content = clean(element.get("content") or "")
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _title(root: etree._Element) -> str:
    title = next(root.iter("title"), None)
    return clean("".join(title.itertext())) if title is not None else ""


def _published(meta: dict[str, str]) -> date | None:
    return next((found for name in _PUBLISHED if (found := day(meta.get(name, "")))), None)


def _canonical(root: etree._Element) -> str | None:
    for link in root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and link.get("href"):
            return str(link.get("href"))
    return None


def _licence(root: etree._Element) -> str | None:
    for link in root.iter("a", "link"):
        if "license" in (link.get("rel") or "").lower().split() and link.get("href"):
            return str(link.get("href"))
    return None
