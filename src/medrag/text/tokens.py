"""Where words and numbers end: what a quotation must never cut."""

from __future__ import annotations

import re
import unicodedata

from medrag.core.span import Span

_JOINS_WORDS = frozenset("-‐‑–−/^_*+'’·&@")
_JOINS_DIGITS = frozenset(".,:x×⁄")
_SIGNS = frozenset("+-−–<>≤≥=±≈~^$£€#")
_COMPARES = frozenset("<>≤≥=±≈~")
_AFTER_NUMBER = frozenset("%‰°+")

_UNIT = (
    r"(?:(?:[mkµμucn]?g|mcg|[mdµμ]?[Ll]|[mµμn]?mol|[mµμ]?Eq|IU|[mµμ]?U|[mµ]?s|sec|min|hr?s?|[cmk]?m"
    r"|mmHg|kcal|kPa|mOsm|bpm|Gy|MBq|percent|°\s?[CF]|units?|(?:milli|micro|kilo|nano)?grams?"
    r"|(?:milli|micro)?lit(?:er|re)s?|(?:milli)?moles?|seconds?|minutes?|hours?|days?|weeks?"
    r"|months?|years?|tablets?|capsules?|puffs?|sprays?|drops?|doses?|vials?|ampoules?|patch(?:es)?"
    r"|teaspoons?(?:fuls?)?|times|fold)(?![^\W\d_²³])[²³]?(?:(?<=m)\s?[23](?![\w.,]))?)"
)
_COMPOUND = rf"{_UNIT}(?:\s?[/·]\s?(?:\d+(?:\.\d+)?\s?)?{_UNIT})*"
_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)(?:[.,]\d+)*"
_MEASURE = re.compile(
    rf"(?<![\w.,]){_NUMBER}"
    rf"(?:[\s-]?{_COMPOUND})?"
    rf"(?:\s?(?:[-–−]|\bto\b)\s?{_NUMBER}|\s?[/:]\s?{_NUMBER})*"
    rf"(?:\s?%|[\s-]?{_COMPOUND})?"
)
_WINDOW = 48
# A reference's number that lost its height: `settings.12 Persons`, `older men.3 Adequate`,
# `daily.3,7` at a line's end; no number of a thing that is shortened ("Fig.3 Response").
_SHORTENED = (
    "amp|app|art|avg|cap|cat|col|eqn|est|fig|inj|lot|max|min|mol|obs|ref|sec|sol|sub|tab|ver|vit"
    "|vol"
)
FLAT_MARK = (
    rf"(?:(?<=[^\W\d_]{{3}}\.)|(?<=[^\W\d_]{{3}}\)\.))(?<!(?i:(?<![^\W\d_])(?:{_SHORTENED}))\.)"
    r"\d{1,3}(?:[,–-] ?\d{1,3})*(?=\s+[A-Z]|[ \t]*(?:\n|\Z))"
    r"|(?<=[^\W\d_]{3},)\d{1,3}(?:[,–-]\d{1,3})*(?=\s+[a-z]{3})"
)
_FLAT_MARK = re.compile(FLAT_MARK)


def cuts_token(text: str, span: Span) -> bool:
    """Return whether `span` begins or ends inside a word, a number or a unit.

    `400 mg` inside `1400 mg` or `1 400 mg`, `5 mg` inside `0.5 mg`, `3.5` inside `<3.5`,
    `10 mg` inside `5-10 mg` and `5` inside `5 mg` all stand in the text, and each says
    something the text does not. Looks a bounded way around the two ends.
    """
    return is_inside_token(text, span.start) or is_inside_token(text, span.end)


def is_inside_token(text: str, at: int) -> bool:
    """Return whether the place before `text[at]` lies within a word, a number or a unit."""
    if not 0 < at < len(text) or _FLAT_MARK.match(text, at):
        return False
    if _is_joined(text, at) or _loses_sign(text, at):
        return True
    low = max(0, at - _WINDOW)
    for match in _MEASURE.finditer(text, low, min(len(text), at + _WINDOW)):
        if match.start() >= at:
            return False
        if at < match.end():
            return True
    return False


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.combining(char) != 0


def _is_joined(text: str, at: int) -> bool:
    left, right = text[at - 1], text[at]
    if _is_word(left) and (_is_word(right) or unicodedata.combining(right)):
        return True
    if unicodedata.combining(right):
        return True
    before = text[at - 2] if at > 1 else " "
    beyond = text[at + 1] if at + 1 < len(text) else " "
    return (_is_word(left) and _binds(left, right, beyond)) or (
        _is_word(right) and _binds(before, left, right)
    )


def _binds(left: str, joint: str, right: str) -> bool:
    """Return whether `joint` makes one token of the characters at its sides."""
    if not _is_word(left) or not _is_word(right):
        return False
    if joint in _JOINS_WORDS:
        return True
    if joint == ".":  # a decimal, `i.v.`; but `daily.Take` are two sentences run together
        return left.isdigit() == right.isdigit() and not right.isupper()
    return joint in _JOINS_DIGITS and left.isdigit() and right.isdigit()


def _loses_sign(text: str, at: int) -> bool:
    left, right = text[at - 1], text[at]
    number = right.isdigit() or (right == "." and text[at + 1 : at + 2].isdigit())
    if number and (left in _SIGNS or left == "."):
        return True
    after = text[at : at + 3].lstrip()
    before = text[max(0, at - 3) : at].rstrip()
    if after[:1].isdigit() and before[-1:] in _COMPARES:
        return bool(before)
    if before[-1:] in _COMPARES and after[:1] in _COMPARES:
        return bool(before and after)
    return before[-1:].isdigit() and after[:1] in _AFTER_NUMBER and bool(after)
