"""Pictures that stand in a DOCX in a paragraph's place, without a description or a caption."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from medrag.documents.html_pictures import listed
from medrag.documents.markup import local

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SMALL = 64 * 9525  # English metric units: 64 pixels
_CAPTION = "caption"  # the style that word processors give to captions begins so


def undescribed(body: etree._Element) -> str | None:
    """Return which pictures between the words of a document are not read, else None."""
    return listed(_pictures(body))


def _pictures(body: etree._Element) -> Iterator[str]:
    said = False
    for paragraph in body.iter(f"{_W}p"):
        words = any((text.text or "").strip() for text in paragraph.iter(f"{_W}t"))
        if said and not words and not _has_caption(paragraph):
            yield from filter(None, map(_name, paragraph.iter(f"{_W}drawing")))
        said = said or words


def _has_caption(paragraph: etree._Element) -> bool:
    beside = (paragraph.getprevious(), paragraph.getnext())
    styles = (
        one.find(f"{_W}pPr/{_W}pStyle") for one in beside if one is not None and local(one) == "p"
    )
    names = (style.get(f"{_W}val") or "" for style in styles if style is not None)
    return any(name.lower().startswith(_CAPTION) for name in names)


def _name(drawing: etree._Element) -> str | None:
    """Return what the document calls a picture; None for shapes, small and described ones."""
    about = next(drawing.iter(f"{_WP}docPr"), None)
    if about is None or next(drawing.iter(f"{_A}blip"), None) is None:
        return None
    extent = next(drawing.iter(f"{_WP}extent"), None)
    sides = [extent.get(side) or "" for side in ("cx", "cy")] if extent is not None else []
    is_small = any(side.isdigit() and int(side) < _SMALL for side in sides)
    words = f"{about.get('descr') or ''}{about.get('title') or ''}"
    return None if is_small or words.strip() else about.get("name") or "one without a name"
