"""Passages in HTML, laid out as the lines of text they stand for.

Readers of other systems hand passages over with their tags. A heading, an item, a cell says under
what a sentence stands, so the tags become what the rest of this package reads: line ends, `- `,
`## ` and `|`, padded with spaces so that every offset stays true.
"""

from __future__ import annotations

import re

_PARTS = (
    r"p|div|section|article|aside|main|header|footer|blockquote|ul|ol|dl|dt|dd|table"
    r"|caption|figure|figcaption|hr|pre"
)
_TAG = re.compile(
    r"(?P<labels></th>\s*</tr>)"  # the row that names the columns ends in such a cell
    rf"|<(?P<end>/?)(?:(?P<part>{_PARTS})|(?P<item>li)|(?P<heading>h[1-6])|(?P<row>tr)"
    r"|(?P<rows>thead|tbody|tfoot)|(?P<cell>t[dh]))(?:\s[^<>]{0,400})?/?>",
    re.IGNORECASE,
)
_OPENS = {
    "labels": " |\n|---|",
    "rows": "",
    "part": "\n\n",
    "item": "\n- ",
    "heading": "\n## ",
    "row": "\n",
    "cell": "| ",
}
_CLOSES = {"part": "\n\n", "item": "", "heading": "\n\n", "row": " |", "rows": "", "cell": ""}


def laid_out(text: str) -> str:
    """Return `text` with HTML's block tags as line ends and marks, as long as it was.

    Tags inside a line, entities and what is no tag stay. Linear in the length of `text`.
    """
    return _TAG.sub(_mark, text) if "<" in text else text


def _mark(tag: re.Match[str]) -> str:
    marks = _CLOSES if tag["end"] else _OPENS
    mark = marks[tag.lastgroup or "part"]
    return mark.ljust(len(tag[0])) if len(mark) <= len(tag[0]) else mark[: len(tag[0])]
