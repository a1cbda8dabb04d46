"""Sums that a text writes out: "5 x (60 + 25) = 850 mg" is read and computed.

Only what stands on both sides of an equals sign counts, so that ranges, blood pressures and
strengths ("5-10 mg", "120/80", "10/325") are never taken for sums.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation
from itertools import pairwise

from medrag.core.span import Span
from medrag.text.prefilter import prefiltered

_UNIT = r"(?:%|°?[A-Za-zµμ²³]+(?:[/·^.]?[A-Za-zµμ²³0-9]+)*)"
_TOKEN = re.compile(
    rf"\s*(?P<root>√\s?)?(?:(?P<number>\d[\d,]*(?:\.\d+)?)(?P<square>\^2)?(?:\s?(?!x\s*[\d(])(?P<unit>{_UNIT}))?"
    r"|(?P<bold>\*\*|(?:about|approximately|roughly|around|ca\.|e?GFR|CrCl)(?=\s\d))|(?P<operator>[x×*·÷/+−–-])|(?P<paren>[()])|(?P<equals>[=≈]|(?:gives|comes\sto|come\sto|works\sout\s(?:at|to|as)|totals|makes)(?=\s\d)))"
)
_START = re.compile(r"(?<![\w.,/])[(\d]")
_EQUALS = prefiltered(
    r"[=\u2248]|\b(?:gives|comes? to|works out|totals|makes)\s\d|\bgives about\s\d"
)
_ROOT = re.compile(r"(?:root of|sqrt)\s?\(?\Z")
_TIMES, _OVER, _MINUS = frozenset("x×*·"), frozenset("/÷"), frozenset("-−–")
_SCALES = tuple(Decimal(n) for n in ("1", "1000", "0.001", "1000000", "0.000001", "60", "24"))
TOLERANCE = Decimal("0.06")
"""Results are rounded to what can be drawn up; a slip is larger."""
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Sum:
    """One written sum whose result is wrong.

    Attributes:
        span: From the first number to the result.
        right: What the left side amounts to.
        said: What the text says.
        unit: The unit of the result as written; empty where there is none.
    """

    span: Span
    right: Decimal
    said: Decimal
    unit: str


def wrong_sums(text: str) -> Iterator[Sum]:
    """Yield the sums of `text` whose two sides differ by more than rounding.

    In a chain ("68 x 84 / 108 = 5712 / 108 = 93") each side is held against the one before.
    """
    at = 0 if _EQUALS.search(text) else len(text)
    while (start := _START.search(text, at)) is not None:
        sides, end = _sides(text, start.start())
        if _ROOT.search(text, max(0, start.start() - 12), start.start()):
            at = max(end, start.end())
            continue
        at = max(end, start.end())
        for left, right in pairwise(sides):
            if not (_is_sum(left.tokens) or _is_sum(right.tokens)):
                continue
            expected, said = value(left.tokens), value(right.tokens)
            if expected is None or said is None or expected <= 0 or said <= 0:
                continue
            first = value(right.tokens[:1])  # "= 1080 mg / 2 = 540 mg" goes on from its result
            if not agrees(expected, said) and not (first and agrees(expected, first)):
                yield Sum(Span(start=left.start, end=right.end), expected, said, right.unit)


def agrees(right: Decimal, said: Decimal) -> bool:
    """Return whether two sides are equal, up to rounding and the scale of their units."""
    return any(
        abs(right * scale - said) <= TOLERANCE * said
        or abs(right / scale - said) <= TOLERANCE * said
        for scale in _SCALES
    )


@dataclass(frozen=True, slots=True)
class _Side:
    tokens: tuple[str, ...]
    start: int
    end: int
    unit: str


def _sides(text: str, start: int) -> tuple[list[_Side], int]:
    """Return the sides of a chain of equations from `start` on, and where it ends."""
    found: list[_Side] = []
    tokens: list[str] = []
    begin, at, last, unit = start, start, start, ""
    while at < len(text) and at - start < _LONGEST and (token := _TOKEN.match(text, at)):
        at = token.end()
        if token["equals"]:
            found.append(_Side(tuple(tokens), begin, last, unit))
            tokens, begin, unit = [], at, ""
        elif token["bold"] is None:
            tokens.append(_read(token))
            last, unit = at, token["unit"] or unit
    found.append(_Side(tuple(_whole(tokens)), begin, last, unit))
    return found, at


def _read(token: re.Match[str]) -> str:
    """Return a token as read; the root of a number is computed at once."""
    number = token["number"]
    if number and token["root"]:
        return str(Decimal(number.replace(",", "")).sqrt())
    if number and (token["square"] or token["unit"] == "\u00b2"):  # "1.80\u00b2"
        return str(Decimal(number.replace(",", "")) ** 2)
    return str(number or token["operator"] or token["paren"])


def _whole(tokens: list[str]) -> list[str]:
    """Return the tokens of a last side without what no longer belongs to it: "850 mg ("."""
    for length in range(len(tokens), 0, -1):
        if value(tuple(tokens[:length])) is not None:
            return tokens[:length]
    return []


def _is_sum(tokens: Sequence[str]) -> bool:
    operators = [t for t in tokens if t in _TIMES or t in _OVER or t in _MINUS or t == "+"]
    return bool(operators)


def value(tokens: Sequence[str]) -> Decimal | None:
    """Return the value of an expression; None where it is none.

    Tokens are numbers, signs, parentheses, `sqrt` before what it is the root of and `sq` behind
    what is squared.
    """
    rest = list(tokens)
    try:
        found = _terms(rest)
    except (IndexError, InvalidOperation, DivisionByZero):
        return None
    return None if rest else found


def _terms(rest: list[str]) -> Decimal:
    value = _factors(rest)
    while rest and (rest[0] == "+" or rest[0] in _MINUS):
        sign = rest.pop(0)
        value = value + _factors(rest) if sign == "+" else value - _factors(rest)
    return value


def _factors(rest: list[str]) -> Decimal:
    value = _atom(rest)
    while rest and (rest[0] in _TIMES or rest[0] in _OVER):
        sign = rest.pop(0)
        value = value * _atom(rest) if sign in _TIMES else value / _atom(rest)
    return value


def _atom(rest: list[str]) -> Decimal:
    first = rest.pop(0)
    if first == "sqrt":
        return _atom(rest).sqrt()
    if first != "(":
        found = Decimal(first.replace(",", ""))
    else:
        found = _terms(rest)
        if rest.pop(0) != ")":
            raise InvalidOperation
    if rest and rest[0] == "sq":
        rest.pop(0)
        return found * found
    return found
