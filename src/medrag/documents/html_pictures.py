"""Pictures that stand in a page as a paragraph would, and say nothing in words.

Guidelines are published with their treatment boxes as pictures: what they show is in no index and
in no answer, and who builds the index has to know. Pictures with a description or a caption tell
at least what they are; small ones and those before the first words are ornament.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from lxml import etree

from medrag.documents.html_content import is_left_out
from medrag.documents.markup import local

_PIXELS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*\Z")
_SMALL = 64  # pixels: an icon, a rule, a counter
_MOST_NAMED = 5
_ORNAMENT = frozenset({"presentation", "none"})
_BLOCKS = frozenset(
    {"p", "div", "figure", "td", "th", "li", "dd", "center", "section", "article", "main", "body"}
)


def undescribed(content: etree._Element) -> str | None:
    """Return which pictures between the words of a page are not read, else None.

    Args:
        content: The element that holds the page's content.
    """
    return listed(_pictures(content))


def listed(found: Iterable[str]) -> str | None:
    """Return in words which pictures are not read, each named once; None for none."""
    names = list(dict.fromkeys(found))
    if not names:
        return None
    shown = ", ".join(names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    pictures = "a picture stands" if len(names) == 1 else f"{len(names)} pictures stand"
    return f"{pictures} in the text without a word of what is shown: {shown}{more}"


def _pictures(content: etree._Element) -> Iterator[str]:
    said = False
    walk = etree.iterwalk(content, events=("start",))
    for _, element in walk:
        if element is not content and is_left_out(element):
            walk.skip_subtree()
            said = said or bool((element.tail or "").strip())
            continue
        if local(element) == "img" and said and _says_nothing(element) and _stands_alone(element):
            yield _name(element.get("src") or "")
        said = said or bool((element.text or "").strip())


def _says_nothing(picture: etree._Element) -> bool:
    words = (picture.get(name) or "" for name in ("alt", "title", "aria-label"))
    if (picture.get("role") or "").lower() in _ORNAMENT or "".join(words).strip():
        return False
    sides = (_PIXELS.match(picture.get(name) or "") for name in ("width", "height"))
    return not any(float(side[1]) < _SMALL for side in sides if side)


def _stands_alone(picture: etree._Element) -> bool:
    """Return whether the block around a picture holds no words."""
    block = next((e for e in picture.iterancestors() if local(e) in _BLOCKS), None)
    if block is None or local(block) in {"body", "main", "article", "section"}:
        return not (picture.tail or "").strip()
    return not "".join(block.itertext()).strip()


def _name(address: str) -> str:
    if address.startswith("data:"):
        return "one inside the page"
    return unquote(urlsplit(address).path).rsplit("/", maxsplit=1)[-1] or "one without an address"
