"""Markup that only says how text looks: entities and tags of HTML, links and escapes of markdown.

`&lt;` is `<`, `10<sup>9</sup>` is `10⁹`, `<b>not</b>` and `[not](https://...)` are `not`. What
strikes text out (`<del>`, `~~`) stays: it is no part of how the rest looks.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from html import unescape

from medrag.text.origins import Normalized, counting, through

_ADDRESS = r"\((?:https?://|www\.|[#/])[^()\s]{0,300}\)"
# The first character is consumed before the rest is looked at: `re` skips to it then.
_MARKUP = re.compile(
    r"[&<\[`\\](?:"
    r"(?<=&)(?:amp;|#38;)*(?P<entity>#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});"
    r"|(?<=<)sup>(?P<raised>[-+−–]?\d{1,3}(?:[,–-] ?\d{1,3}){0,8}|[a-z])</sup>"
    r"|(?<=<)sub>(?P<lowered>\d{1,3})</sub>|(?<=<)sub>(?P<sunk>[A-Za-z][A-Za-z,/-]{0,11})</sub>"
    r"|(?<=<)(?P<broken>br\s?/?>)"
    r"|(?<=<)/?(?:a|abbr|b|cite|em|font|i|mark|small|span|strong|u|wbr)(?:\s[^<>]{0,200})?/?>"
    rf"|(?<=\[)(?P<link>[^\[\]]{{1,200}})\]{_ADDRESS}"
    r"|(?<=`)(?<!\w`)(?P<code>[^`\n]{1,80})`(?!\w)"
    r"|(?<=\\)(?=[-*_#.~>|()\[\]+!]))"
)
_SIGNS = ("&", "<", "`", "\\", "](")
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_RAISED_LETTERS = dict(zip("abcdefg", "ᵃᵇᶜᵈᵉᶠᵍ", strict=True))
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_MOST_TURNS = 3  # `&amp;lt;` was written twice


def without_markup(text: str) -> Normalized | None:
    """Return `text` without markup, with the origin of every character; None where it has none.

    Linear in the length of `text`.
    """
    if not any(sign in text for sign in _SIGNS) or (mapped := _plain(text)) is None:
        return None
    for _ in range(_MOST_TURNS - 1):
        again = _plain(mapped.text)
        if again is None:
            break
        mapped = through(again, mapped)
    return mapped


def _plain(text: str) -> Normalized | None:
    pieces: list[str] = []
    origin = array("I")
    wide: dict[int, int] = {}
    done = 0
    for match in _MARKUP.finditer(text):
        told = list(_told(text, match))
        if told == [(match.group(), match.start(), match.end())]:
            continue
        pieces.append(text[done : match.start()])
        origin += counting(done, match.start())
        for put, start, end in told:
            pieces.append(put)
            if len(put) == end - start:
                origin += counting(start, end)
                continue
            origin.extend([start] * len(put))
            wide[start] = end
        done = match.end()
    if not pieces:
        return None
    pieces.append(text[done:])
    origin += counting(done, len(text))
    return Normalized("".join(pieces), origin, wide)


def _told(text: str, match: re.Match[str]) -> Iterator[tuple[str, int, int]]:
    """Yield what a piece of markup tells, and the range of the text that tells it."""
    start, end = match.span()
    kind = match.lastgroup
    if kind == "entity":
        char = unescape(f"&{match[kind]};")
        yield (char if len(char) == 1 else match.group()), start, end
    elif kind == "raised":
        letter = _RAISED_LETTERS.get(match[kind])
        yield letter or match[kind].translate(_RAISED), start, end
    elif kind == "lowered":
        yield match[kind].translate(_LOWERED), start, end
    elif kind == "sunk":
        yield match[kind], *match.span(kind)
    elif kind == "broken":
        yield "\n", start, end
    elif kind == "link":
        inner = match.span(kind)
        if text[inner[0]].isdigit():  # the number of a reference keeps its brackets
            inner = (inner[0] - 1, inner[1] + 1)
        yield text[slice(*inner)], *inner
    elif kind == "code":
        yield text[slice(*match.span(kind))], *match.span(kind)
