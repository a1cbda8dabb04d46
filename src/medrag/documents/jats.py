"""JATS and NLM article XML: abstract, body sections, tables, figures' captions, back matter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from lxml import etree

from medrag.core.document import Document, Source
from medrag.documents.composer import ITEM_MARK, Composer, clean, row_line
from medrag.documents.dates import day
from medrag.documents.encoding import read_bytes
from medrag.documents.markup import append_inline, inline, local, parse_xml, table_rows
from medrag.errors import CorpusError, PartlyReadError

_XLINK = "{http://www.w3.org/1999/xlink}href"
_LEFT_OUT = frozenset(
    {"tex-math", "object-id", "graphic", "media", "inline-graphic", "supplementary-material"}
    | {"strike", "annotation", "annotation-xml", "processing-meta", "counts"}
)
_TABLES = frozenset({"table-wrap", "table-wrap-group"})
_OF_PARTS = frozenset({
    "element-citation", "nlm-citation", "citation", "person-group", "name", "string-name", "date"
})  # fmt: skip
_LISTS = frozenset({"list", "def-list"})
_GROUPED = ("fig", "fig-group", "table-wrap", "table-wrap-group")
_GROUPS = frozenset({"fig-group", "table-wrap-group"})
_PARTS_NAMES = (
    "sec app ack boxed-text fn-group ref-list glossary notes bio abstract trans-abstract body back "
    "app-group sub-article response front-stub floats-group disp-quote statement verse-group"
)
_PARTS = frozenset(_PARTS_NAMES.split())
_FLOATS = _TABLES | _LISTS | {"fig", "fig-group", "table", "fn", "ref"}
_BLOCKS = _FLOATS | _PARTS | {"p", "title", "label", "caption"}
_DAY_KINDS = ("epub", "electronic", "pub", "ppub", "print", "collection")


class JatsLoader:
    """Reads `.nxml`, and `.xml` that is JATS."""

    version = 6

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the one article in `path`, parts of other articles inside it as sections.

        Raises:
            CorpusError: Not well-formed, no article, or without text.
            PartlyReadError: After the document: tables are published as pictures.
        """
        data = read_bytes(path)
        root = parse_xml(data, path)
        article = root if local(root) == "article" else next(root.iter("{*}article"), None)
        if article is None:
            raise CorpusError(f"{path}: the root is {local(root)!r}, expected a JATS 'article'.")
        composer = Composer()
        _write_article(article, composer)
        composition = composer.compose()
        if not composition.text:
            raise CorpusError(f"{path}: the article holds no text.")
        source = _source(article, path, hashlib.sha256(data).hexdigest())
        yield Document.of(composition.text, source, sections=composition.sections)
        if drawn := _drawn(article):
            tables = "a table is a picture" if len(drawn) == 1 else "tables are pictures"
            raise PartlyReadError(path, [f"{tables}, only the caption is read: {', '.join(drawn)}"])


def _drawn(article: etree._Element) -> list[str]:
    """Return the labels of the tables that are published as pictures only, each once."""
    labels: dict[str, None] = {}
    for wrap in article.iter("{*}table-wrap"):
        names = {local(part) for part in wrap.iter()}
        if "graphic" in names and not names & {"table", "list", "def-list", "disp-quote"}:
            labels[_text(_child(wrap, "label")) or "one without a label"] = None
    return list(labels)


def _leave(element: etree._Element) -> bool:
    return local(element) in _LEFT_OUT


def _text(element: etree._Element | None) -> str:
    return "" if element is None else inline(element, leave=_leave)


def _texts(element: etree._Element, name: str) -> str:
    """Return the text of every child of that name; a term may have several meanings."""
    return " ".join(_text(child) for child in element if local(child) == name)


def _write_article(article: etree._Element, composer: Composer) -> None:
    composer.heading(_text(_first(article, "article-title")), 1)
    for part in article:
        name = local(part)
        if name in {"front", "front-stub"}:
            for meta in part:
                for abstract in meta:
                    if local(abstract) in {"abstract", "trans-abstract"}:
                        _write_abstract(abstract, composer)
        elif name in _PARTS:
            _children(part, composer, 1)


def _write_abstract(abstract: etree._Element, composer: Composer) -> None:
    if _child(abstract, "title") is None:
        kind = (abstract.get("abstract-type") or "").replace("-", " ")
        composer.unwritten_heading(f"Abstract ({kind})" if kind else "Abstract", 2)
        _children(abstract, composer, 2)
    else:
        _write_part(abstract, composer, 2)


def _write_part(part: etree._Element, composer: Composer, level: int) -> None:
    """Write a part with its title as heading; a part without one continues its parent."""
    title = _child(part, "title")
    if title is None:
        caption = _child(part, "caption")
        title = _child(caption, "title") if caption is not None else None
    label = _text(_child(part, "label"))
    heading = clean(f"{label} {_text(title)}")
    if heading:
        composer.heading(heading, level)
    elif local(part) == "ref-list":
        composer.unwritten_heading("References", level)
    else:
        composer.close(level)
        level -= 1
    _children(part, composer, level)


def _children(parent: etree._Element, composer: Composer, level: int) -> None:
    for child in parent:
        _block(child, composer, level)


def _block(element: etree._Element, composer: Composer, level: int) -> None:
    name = local(element)
    if name in _PARTS:
        _write_part(element, composer, level + 1)
    elif name == "caption":
        _children(element, composer, level)
    elif name in _FLOATS:
        _float(element, name, composer)
    elif name not in {"title", "label", "sec-meta"} and not _leave(element):
        _paragraph(element, composer, level)


def _float(element: etree._Element, name: str, composer: Composer) -> None:
    if name in _GROUPS:
        composer.lines([_labeled(element, without=_GROUPED)])
        for child in element:
            if local(child) in _FLOATS:
                _float(child, local(child), composer)
    elif name == "table-wrap":
        _table_wrap(element, composer)
    elif name == "table":
        composer.rows(table_rows(element, _text))
    elif name in _LISTS:
        composer.lines(_items(element))
    elif name == "fig":
        composer.paragraph(_labeled(element))
    else:
        composer.lines([_joined(element)], continues=_follows_same(element))


def _follows_same(element: etree._Element) -> bool:
    before = element.getprevious()
    return before is not None and local(before) == local(element)


def _paragraph(element: etree._Element, composer: Composer, level: int) -> None:
    """Write a paragraph; tables, lists and figures inside it part it."""
    parts = [element.text or ""]
    for child in element:
        if local(child) in _BLOCKS:
            composer.paragraph("".join(parts))
            parts = []
            _block(child, composer, level)
        else:
            append_inline(child, parts, leave=_leave)
        parts.append(child.tail or "")
    composer.paragraph("".join(parts))


def _table_wrap(element: etree._Element, composer: Composer) -> None:
    composer.lines([_labeled(element, without=("table", "table-wrap-foot", "alternatives"))])
    first = True
    for table in element.iter("{*}table"):
        if not any(local(outer) == "table" for outer in table.iterancestors()):
            rows = (row_line(row) for row in table_rows(table, _text))
            composer.lines(rows, continues=first)
            first = False
    for foot in element.iter("{*}table-wrap-foot"):
        composer.lines([_joined(note) for note in foot], continues=True)


def _labeled(element: etree._Element, without: tuple[str, ...] = ()) -> str:
    """Return label and caption of a table or figure as one line."""
    parts = [_text(_child(element, "label"))]
    caption = _child(element, "caption")
    if caption is not None:
        parts += [_text(child) for child in caption]
    elif not without:
        parts += [_text(child) for child in element if local(child) in {"title", "p", "fig"}]
    return clean(" ".join(part for part in parts if part))


def _joined(element: etree._Element) -> str:
    """Return a note or reference on one line, its label set apart."""
    parts = [_cited(child) for child in element] or [_text(element)]
    return clean(" ".join(part for part in parts if part))


def _cited(element: etree._Element) -> str:
    """Return what a part of a note or reference says, the parts of a citation set apart.

    Those of an `element-citation` touch (`<year>2011</year><volume>105</volume>`): JATS leaves
    their marks to whoever prints them.
    """
    own = "".join((element.text or "", *(child.tail or "" for child in element)))
    inside = [child for child in element if local(child) and not _leave(child)]
    if own.strip() or not inside or local(element) not in _OF_PARTS:
        return _text(element)
    mark = ", " if local(element) == "person-group" else " "
    return mark.join(part for part in map(_cited, inside) if part)


def _items(element: etree._Element) -> list[str]:
    lines: list[str] = []
    for item in element:
        name = local(item)
        if name == "list-item":
            lines += _item(item)
        elif name == "def-item":
            term, meaning = (_texts(item, part) for part in ("term", "def"))
            lines.append(f"{ITEM_MARK}{term}: {meaning}")
        elif name == "title":
            lines.append(_text(item))
    return lines


def _item(item: etree._Element) -> list[str]:
    parts: list[str] = []
    after: list[str] = []
    for child in item:
        if local(child) != "label":
            piece: list[str] = []
            append_inline(child, piece, leave=lambda e: _leave(e) or local(e) in _LISTS)
            parts.append("".join(piece))
        for inside in child.iter("{*}list", "{*}def-list"):
            outer = [a for a in inside.iterancestors() if local(a) in _LISTS]
            if outer and outer[0] is item.getparent():
                after += _items(inside)
    line = clean(" ".join(parts))
    return [ITEM_MARK + line, *after] if line else after


# --- What the article says about itself ----------------------------------------------------


def _child(parent: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in parent if local(child) == name), None)


def _first(article: etree._Element, name: str) -> etree._Element | None:
    """Return the first `name` of the article's own front matter."""
    front = _child(article, "front")
    front = front if front is not None else _child(article, "front-stub")
    return next(front.iter(f"{{*}}{name}"), None) if front is not None else None


def _source(article: etree._Element, path: Path, sha256: str) -> Source:
    journal, publisher = (
        _text(_first(article, "journal-title")),
        _text(_first(article, "publisher-name")),
    )
    return Source(
        key=path.name,
        title=_text(_first(article, "article-title")) or path.name,
        path=path.name,
        publisher=journal or publisher or None,
        url=_doi(article),
        published=_published(article),
        licence=_licence(article),
        kind="article",
        sha256=sha256,
    )


def _doi(article: etree._Element) -> str | None:
    front = _child(article, "front")
    for element in front.iter("{*}article-id") if front is not None else ():
        if element.get("pub-id-type") == "doi":
            return f"https://doi.org/{_text(element)}"
    return None


def _published(article: etree._Element) -> date | None:
    """Return the earliest whole publication day."""
    front = _child(article, "front")
    found: list[date] = []
    for element in front.iter("{*}pub-date") if front is not None else ():
        kind = element.get("pub-type") or element.get("date-type") or "pub"
        parts = [_text(_child(element, name)) for name in ("year", "month", "day")]
        if kind in _DAY_KINDS and all(parts):
            whole = day(f"{parts[0]}-{parts[1].zfill(2)}-{parts[2].zfill(2)}")
            found += [whole] if whole else []
    return min(found, default=None)


def _licence(article: etree._Element) -> str | None:
    licence = _first(article, "license")
    if licence is None:
        return None
    links = [licence.get(_XLINK), *(e.get(_XLINK) for e in licence.iter("{*}ext-link"))]
    address = next((link for link in links if link), None)
    return address or licence.get("license-type") or _text(licence) or None
