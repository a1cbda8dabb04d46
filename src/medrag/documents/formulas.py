"""Formulas on one line: MathML and the formulas of Word say by place what a line says by signs.

`1` over `2` must never become `12`, nor `(140 - age)` over `72` become `140 - age72`: a fraction
gets its stroke, a root its sign, and what is drawn as brackets is written as brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lxml import etree

from medrag.documents.composer import clean
from medrag.documents.scripts import lowered, raised

_OFFICE_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_OPENING, _CLOSING = "([{", ")]}"

Write = Callable[[etree._Element], str]


def formula(element: etree._Element, write: Write, parts: Sequence[str]) -> str | None:
    """Return an element of a formula on one line; None where its parts are read one by one.

    Args:
        element: An element of MathML, or of the formulas of an Office document.
        write: Returns the text of an element inside; called for formulas inside, too.
        parts: What stands to its left, so that `1` and a half do not become `11/2`.
    """
    tag = element.tag if isinstance(element.tag, str) else ""
    name, is_office = tag.rpartition("}")[2].lower(), tag.startswith(_OFFICE_MATH)
    if not is_office and name not in _MATHML:
        return None
    before = next((part for part in reversed(parts) if part.strip()), "").rstrip()
    if is_office:
        return _office(element, name, write, before)
    return _MATHML[name](element, [write(child) for child in element], before)


def _office(element: etree._Element, name: str, write: Write, before: str) -> str | None:
    def part(*names: str) -> list[str]:
        found = [f"{_OFFICE_MATH}{one}" for one in names]
        return [write(child) for child in element if child.tag in found]

    if name == "f":
        return _fraction([*part("num"), *part("den")], before)
    if name in {"ssup", "ssub", "ssubsup", "nary", "spre"}:
        sign = _property(element, "naryPr", "chr", "∫") if name == "nary" else ""
        base = "" if name == "nary" else "".join(part("e"))
        text = sign + base
        text += _script(lowered, part("sub"), text or before)
        text += _script(raised, part("sup"), text or before)
        return text + ("".join(part("e")) if name == "nary" else "")
    if name == "rad":
        return _root(part("e"), part("deg"))
    if name == "d":
        opening = _property(element, "dPr", "begChr", "(")
        closing = _property(element, "dPr", "endChr", ")")
        return opening + _property(element, "dPr", "sepChr", "|").join(part("e")) + closing
    return None


def _property(element: etree._Element, holder: str, name: str, default: str) -> str:
    found = element.find(f"{_OFFICE_MATH}{holder}/{_OFFICE_MATH}{name}")
    return default if found is None else found.get(f"{_OFFICE_MATH}val", "")


def _mfrac(element: etree._Element, parts: Sequence[str], before: str) -> str:
    if (element.get("linethickness") or "").strip() in {"0", "0pt", "0px"}:  # a binomial
        return f"({', '.join(parts)})"
    return _fraction(parts, before)


def _mfenced(element: etree._Element, parts: Sequence[str], _before: str) -> str:
    separator = (element.get("separators", ",").strip() or " ")[0]
    opening, closing = str(element.get("open", "(")), str(element.get("close", ")"))
    return opening + f"{separator} ".join(parts) + closing


def _mscripts(_element: etree._Element, parts: Sequence[str], _before: str) -> str:
    base, low, high = (*parts, "", "", "")[:3]
    text = base + _script(lowered, [low], base)
    return text + _script(raised, [high], text)


_MATHML: dict[str, Callable[[etree._Element, Sequence[str], str], str]] = {
    "mfrac": _mfrac,
    "mfenced": _mfenced,
    "msqrt": lambda _element, parts, _before: _root(parts, ()),
    "mroot": lambda _element, parts, _before: _root(parts[:1], parts[1:]),
    "msubsup": _mscripts,
    "munderover": _mscripts,
}


def _script(place: Callable[[str, str], str], parts: Sequence[str], before: str) -> str:
    text = clean("".join(parts))
    return place(text, before.rstrip()) if text else ""


def _fraction(parts: Sequence[str], before: str) -> str:
    over, under = (*map(clean, parts), "", "")[:2]
    if not over or not under:
        return over + under
    apart = " " if before[-1:].isdigit() else ""
    return f"{apart}{_grouped(over)}/{_grouped(under)}"


def _root(inside: Sequence[str], degree: Sequence[str]) -> str:
    index = clean("".join(degree))
    return f"{raised(index, 'x') if index else ''}√({clean(''.join(inside))})"


def _grouped(text: str) -> str:
    """Return `text` in brackets unless it is one number or name, or in brackets as a whole."""
    if all(char.isalnum() or char in ".,_%" for char in text) or _is_bracketed(text):
        return text
    return f"({text})"


def _is_bracketed(text: str) -> bool:
    if text[0] not in _OPENING or text[-1] not in _CLOSING:
        return False
    depth = 0
    for at, char in enumerate(text):
        depth += (char in _OPENING) - (char in _CLOSING)
        if depth == 0:
            return at == len(text) - 1
    return False
