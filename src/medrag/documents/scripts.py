"""Raised and lowered characters: `10<sup>9</sup>` must never become `109`.

What stands raised or lowered is written with Unicode's own superscript characters, which NFKC
folds back to the plain ones: no word changes, and no digit is glued to a number or a dose.
"""

from __future__ import annotations

_SUPERSCRIPT = dict(
    zip(
        "0123456789+-−–=()abcdefghijklmnoprstuvwxyz",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ",
        strict=True,
    )
)
_SUBSCRIPT = dict(zip("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎", strict=True))
_BETWEEN_MARKS = frozenset(",;. /*†‡§¶#‖|®™℠°\N{NO-BREAK SPACE}")
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_SEPARATING = frozenset("[({*†‡§¶#®™℠°,;")


def raised(text: str, before: str) -> str:
    """Return superscript `text` as it is written after `before` (what stands to its left).

    Plain where nothing can be glued: no text, at the start, after white space, ordinals (`1st`),
    marks such as `*` and `®`, and what brings its own brackets. Otherwise in superscript
    characters; `^` and `^(...)` where Unicode has none.
    """
    core = text.strip()
    if not core or core.lower() in _ORDINALS or core[0] in _SEPARATING:
        return text
    if not before or (before[-1].isspace() and not core[0].isdigit()):
        return text
    written = _mapped(text, _SUPERSCRIPT)
    if written is not None:
        return written
    return f"^{core}" if core.isalnum() else f"^({core})"


def lowered(text: str, before: str) -> str:
    """Return subscript `text` as it is written after `before`.

    Plain after a letter (`B12`, `SpO2`, `Cmax`), which is how these are written and searched;
    in subscript characters, or after `_`, where it would extend a number.
    """
    core = text.strip()
    if not core or not before or not before[-1].isdigit() or not core[0].isalnum():
        return text
    written = _mapped(text, _SUBSCRIPT)
    return f"_{core}" if written is None else written


def _mapped(text: str, table: dict[str, str]) -> str | None:
    if len(text) > 40 or not any(char in table for char in text):
        return None
    if all(char in table or char in _BETWEEN_MARKS for char in text):
        return "".join(table.get(char, char) for char in text)
    return None
