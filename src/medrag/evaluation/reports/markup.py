"""HTML from values: what comes from outside is always escaped, and no sign of it hides.

`Markup` is made here only. Everything else that a page is given is text and becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

_VOID = frozenset({"meta", "br", "col", "line", "rect", "circle", "path"})
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
"""Controls, signs without width, those that turn the direction of reading, half characters."""


class Markup(str):
    """HTML that may stand in a page as it is."""

    __slots__ = ()


def element(
    name: str, *children: str, attributes: Mapping[str, str] | None = None, lines: bool = False
) -> Markup:
    """Return an element; a child that is no `Markup` is text.

    Args:
        name: Of the element.
        children: In order.
        attributes: Name to value; values are escaped.
        lines: Whether each child stands on a line of its own.
    """
    told = "".join(f' {key}="{escape(value)}"' for key, value in (attributes or {}).items())
    if name in _VOID and not children:
        return Markup(f"<{name}{told}>" if name in {"meta", "br", "col"} else f"<{name}{told}/>")
    between = "\n" if lines else ""
    inner = between.join(as_markup(child) for child in children)
    return Markup(f"<{name}{told}>{between}{inner}{between}</{name}>")


def as_markup(text: str) -> Markup:
    """Return text escaped; `Markup` as it is."""
    return text if isinstance(text, Markup) else Markup(escape(text))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Return parts one after the other, each escaped where it is text."""
    return Markup(as_markup(between).join(as_markup(part) for part in parts))


def prose(text: str) -> Markup:
    """Return text in which what stands between backticks is set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return as_markup(text)
    return joined(element("code", part) if place % 2 else part for place, part in enumerate(parts))


def visible(page: str) -> str:
    """Return a page in which signs that hide or turn what stands around them are spelled out."""
    return _HIDDEN.sub(lambda match: f"\u27e8U+{ord(match[0]):04X}\u27e9", page)


def css(name: str) -> dict[str, str]:
    """Return the attribute for a class of the style sheet."""
    return {"class": name}


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: int = 0,
    css_class: str = "",
) -> Markup:
    """Return a table with a caption; the first cell of a row is its heading.

    Args:
        caption: What it shows.
        head: Of the columns.
        rows: Of cells, text or `Markup`.
        numbers: How many of the last columns hold numbers, which are set to the right.
        css_class: Of the table.
    """
    first_number = len(head) - numbers
    heads = (
        element("th", cell, attributes={"scope": "col"} | _number(place >= first_number))
        for place, cell in enumerate(head)
    )
    body = (_row(row, first_number) for row in rows)
    whole = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *heads)),
        element("tbody", *body, lines=True),
        attributes=css(css_class) if css_class else None,
    )
    # A wide table scrolls by itself; what scrolls has to be reachable by keyboard.
    scroll = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": caption}
    return element("div", whole, attributes=scroll)


def _row(cells: Sequence[str], first_number: int) -> Markup:
    first, *rest = cells
    return element(
        "tr",
        element("th", first, attributes={"scope": "row"}),
        *(
            element("td", cell, attributes=_number(place >= first_number))
            for place, cell in enumerate(rest, 1)
        ),
    )


def _number(is_number: bool) -> dict[str, str]:
    return css("number") if is_number else {}


def section(title: str, *children: str, name: str) -> Markup:
    """Return a section with its heading; `name` is what a link to it says."""
    heading = element("h2", title, attributes={"id": name})
    return element("section", heading, *children, attributes={"aria-labelledby": name}, lines=True)


def document(title: str, style: str, *body: str) -> str:
    """Return a page that needs nothing beside it and can neither load nor run anything."""
    policy = {
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'",
    }
    view = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    head = element(
        "head",
        element("meta", attributes={"charset": "utf-8"}),
        element("meta", attributes=policy),
        element("meta", attributes=view),
        element("title", title),
        element("style", Markup(style)),
        lines=True,
    )
    page = element("html", head, element("body", *body, lines=True), attributes={"lang": "en"})
    return visible(f"<!DOCTYPE html>\n{page}\n")
