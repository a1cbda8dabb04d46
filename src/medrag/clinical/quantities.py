"""Quantities, units and frequencies: the whole public surface in one place.

`parse(text)` finds every number with a unit; `parse_frequencies(text)` finds how often;
`convert(quantity, unit)` converts exactly or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from medrag.clinical.frequency import parse_frequencies
from medrag.clinical.number_words import BELOW_TWENTY, TENS
from medrag.clinical.quantity import Comparator, Frequency, Hazard, Quantity, QuantityMention
from medrag.clinical.units import comparable, convert, read_unit
from medrag.clinical.written_units import UNIT, ucum

__all__ = [
    "Frequency",
    "Quantity",
    "QuantityMention",
    "comparable",
    "convert",
    "parse",
    "parse_frequencies",
    "read_unit",
]

_LARGE = {"hundred": 100, "thousand": 1000, "hundred thousand": 100000, "million": 1000000}
_SINGLE = BELOW_TWENTY | TENS
_WORDS = {
    **{word: Decimal(number) for word, number in _SINGLE.items()},
    **{
        f"{word} {large}": Decimal(number * times)
        for word, number in _SINGLE.items()
        for large, times in _LARGE.items()
        if number < 10 or large == "thousand"
    },
    "half": Decimal("0.5"),
    "a hundred": Decimal(100), "a thousand": Decimal(1000), "a million": Decimal(1000000),
    "half an": Decimal("0.5"), "half a": Decimal("0.5"), "a quarter of an": Decimal("0.25"),
    "quarter of an": Decimal("0.25"), "three quarters of an": Decimal("0.75"),
    "three-quarters of an": Decimal("0.75"),
}  # fmt: skip
_ONE = frozenset({"a", "an", "the", "the next"})
"""Words for one, before a time only: "over an hour", "within the hour"."""
_VULGAR = {
    "½": Decimal("0.5"),
    "¼": Decimal("0.25"),
    "¾": Decimal("0.75"),
    "⅓": Decimal(1) / 3,
    "⅔": Decimal(2) / 3,
}
_NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d])|\d{1,3}(?:[\u2009\u202f\u00a0]\d{3})+(?!\d)"
    r"|\d+\s?[½¼¾⅓⅔]|[½¼¾⅓⅔]|(?:\d+[ -])?(?:1/[2348]|2/3|3/[48]|[57]/8)(?![\d/])"
    r"|\d+[.,]\d+|\.\d+|\d+)"
)
_NUMBER_WORD = (
    r"(?:(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -]"
    r"(?:one|two|three|four|five|six|seven|eight|nine)|"
    + "|".join(sorted(_WORDS, key=len, reverse=True))
    + r")(?:[ -]half)?(?: and a half)?"
    r"|(?:(?<=\bover )|(?<=\bduring )|(?<=\binside )|(?<=\bwithin ))(?:the next|an|a|the)"
    r"(?=\s(?:hour|minute)\b))"
)
_BOUNDS: dict[str, Comparator] = {
    "<": "<", "≤": "<=", "<=": "<=", "=<": "<=", ">": ">", "≥": ">=", ">=": ">=", "=>": ">=",
    "~": "~", "≈": "~",
    "less than or equal to": "<=", "greater than or equal to": ">=", "more than or equal to": ">=",
    "less than": "<", "lower than": "<", "fewer than": "<", "below": "<", "under": "<",
    "greater than": ">", "more than": ">", "higher than": ">", "above": ">", "over": ">",
    "exceeding": ">", "exceeds": ">", "exceed": ">",
    "at least": ">=", "no less than": ">=", "not less than": ">=", "minimum of": ">=",
    "at most": "<=", "up to": "<=", "no more than": "<=", "not more than": "<=",
    "maximum of": "<=", "a maximum of": "<=", "not exceeding": "<=", "not exceed": "<=",
    "not to exceed": "<=", "never exceed": "<=", "without exceeding": "<=",
    "about": "~", "approximately": "~", "around": "~", "roughly": "~", "approx.": "~",
}  # fmt: skip
_SUFFIX_BOUNDS: dict[str, Comparator] = {
    "or less": "<=", "or lower": "<=", "or below": "<=", "or fewer": "<=", "or under": "<=",
    "or more": ">=", "or greater": ">=", "or higher": ">=", "or above": ">=", "or over": ">=",
}  # fmt: skip
_WENT = "".join(
    rf"(?<!{verb} )"
    for verb in ("come", "came", "gone", "went", "risen", "rose", "crept", "climbed")
)
"""Behind a verb of motion "up to" says where a value went, and bounds nothing."""
_BOUND = "|".join(
    (_WENT if b == "up to" else "") + re.escape(b) for b in sorted(_BOUNDS, key=len, reverse=True)
)
_SUFFIX = "|".join(_SUFFIX_BOUNDS)
_TIMES = frozenset({"s", "min", "h", "d"})
"""Units of which "over 30 minutes" says how long, and not "more than"."""
_WHOLE_NUMBER = re.compile(r"\A\d+(?:\.0+)?\Z")
_HIGH = rf"(?P<high>{_NUMBER}|(?i:{_NUMBER_WORD})(?=[\s-]))"
_QUANTITY = re.compile(
    rf"(?P<between>(?<![A-Za-z])[Bb]etween\s)?"
    rf"(?P<bound>(?:(?<![A-Za-z])(?:{_BOUND}))\s?(?:a |an )?)?"
    rf"(?:(?<![\w.,])(?<!\bU-)|(?<=\sx)|(?<=[dlh]x))(?P<low>{_NUMBER}|(?i:{_NUMBER_WORD})(?=[\s-]))"
    rf"(?P<scale>\s?(?:million|mill|M)(?=\s?(?:units?|IU|international)\b))?"
    rf"(?:[\s-]?(?!\d)(?P<lowunit>{UNIT}))?"
    rf"(?P<range>(?:(?(between)\sand\s|(?!))|\s?[-\u2013\u2014\u2212]\s?|\s(?:to|or"
    rf"|through)\s){_HIGH}"
    rf"(?:[\s-]?(?P<unit>{UNIT}))?)?"
    rf"(?P<suffix>\s(?:{_SUFFIX})\b)?"
)


def parse(text: str) -> list[QuantityMention]:
    """Return every number in `text`, with its unit where it has one, in order.

    Numbers inside words (`B12`, `HLA-B*57`) are not quantities. A range is one quantity ("10 to
    15 mg/kg"); "125 mg/5 mL" is 25 mg/mL. Number words count only before a unit ("two tablets").
    """
    return list(_parsed(text))


def unit_code(written: str) -> str | None:
    """Return the UCUM code of a unit that stands alone, printed or already UCUM; else None.

    The printed spelling goes first: `K/uL` is thousands, not kelvin.
    """
    number = "1 "
    found = parse(number + written)
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(number + written)):
        return found[0].quantity.unit
    return written if read_unit(written) is not None else None


@lru_cache(maxsize=16)
def _parsed(text: str) -> tuple[QuantityMention, ...]:
    return tuple(_mentions(text))


def _mentions(text: str) -> Iterator[QuantityMention]:
    position = 0
    while (match := _QUANTITY.search(text, position)) is not None:
        mention = _mention(match)
        position = max(match.end(), position + 1)
        if mention is not None:
            position = max(mention.end, match.start() + 1)
            yield mention


def _mention(match: re.Match[str]) -> QuantityMention | None:
    unit = match["unit"] or match["lowunit"]
    if unit is None and match["low"][0].isalpha():
        return None
    low_unit = match["lowunit"] or unit
    code, divisor = ucum(low_unit) if low_unit else ("1", 1)
    high = _high(match, code)
    has_range = high is not None
    if match["range"] and not has_range:
        code, divisor = ucum(match["lowunit"]) if match["lowunit"] else ("1", 1)
        unit = match["lowunit"]
    last = "high" if has_range else "low"
    over = match["bound"] is not None and _bound_key(match["bound"]) == "over"
    lasting = over and code in _TIMES
    ends = [match.end(last), match.end("lowunit")] + ([match.end("unit")] if has_range else [])
    whole = has_range or not match["range"]
    return QuantityMention(
        quantity=Quantity(
            _scaled(match) / divisor, code, high, None if lasting else _bound(match, whole)
        ),
        start=match.start("low") if lasting else match.start(),
        end=match.end() if whole else max(ends),
        unit_written=unit or "",
        number_written=match.string[match.start("low") : match.end(last)],
        hazards=_hazards(match, unit, match["high"] if has_range else None, code=code),
    )


def _scaled(match: re.Match[str]) -> Decimal:
    number = _number(match["low"])
    if match["lowunit"] and match["low"].lower() in _ONE:
        half = match.string.startswith(" and a half", match.end("lowunit"))
        number += Decimal("0.5") if half else 0
    return number * 1_000_000 if match["scale"] else number


def _high(match: re.Match[str], code: str) -> Decimal | None:
    """Return the high end in the low end's unit; None where there is none or they differ."""
    if not match["high"]:
        return None
    written = match["unit"] or match["lowunit"]
    other, divisor = ucum(written) if written else ("1", 1)
    brought = convert(Quantity(_number(match["high"]) / divisor, other), code)
    low = _number(match["low"])
    if brought is None or brought.value <= low / (
        ucum(match["lowunit"])[1] if match["lowunit"] else divisor
    ):
        return None
    return brought.value


def _bound(match: re.Match[str], whole: bool) -> Comparator | None:
    if match["bound"]:
        return _BOUNDS[_bound_key(match["bound"])]
    return _SUFFIX_BOUNDS[match["suffix"].strip()] if match["suffix"] and whole else None


def _bound_key(written: str) -> str:
    key = written.strip()
    for article in (" a", " an"):
        key = key.removesuffix(article)
    return key


_GROUPS = re.compile(r"\d{1,3}(,\d{3})+")
_THIN = re.compile(r"[\u2009\u202f\u00a0]")
_TRAILING_ZERO = re.compile(r"\d+\.0+")
_THREE_DECIMALS = re.compile(r"[1-9]\d{0,2}\.\d{3}")


def _number(written: str) -> Decimal:
    if written.isascii() and written.isdigit():
        return Decimal(written)
    text = written.replace(",", "") if _GROUPS.match(written) else written
    text = _THIN.sub("", text.replace(",", "."))
    if text[-1] in _VULGAR:
        return (Decimal(text[:-1].strip()) if text[:-1].strip() else 0) + _VULGAR[text[-1]]
    if "/" in text:
        whole, _, fraction = text.replace("-", " ").rpartition(" ")
        top, _, bottom = fraction.partition("/")
        part = Decimal(top) / Decimal(bottom) if Decimal(bottom) else Decimal(0)
        return (Decimal(whole) if whole else Decimal(0)) + part
    if text[0].isalpha():
        return _word(text.lower())
    return Decimal(text)


def _word(words: str) -> Decimal:
    if words.endswith("and a half"):
        return _WORDS[words.split(maxsplit=1)[0]] + Decimal("0.5")
    if words in {"one-half", "one half"}:
        return Decimal("0.5")
    if words in _ONE:
        return Decimal(1)
    tens, _, ones = words.replace("-", " ").partition(" ")
    if _WORDS.get(tens, 0) >= 20 and 0 < _WORDS.get(ones, 0) < 10:
        return _WORDS[tens] + _WORDS[ones]
    return _WORDS.get(words) or _WORDS[re.split(r"[ -]", words)[0]]


def _hazards(
    match: re.Match[str], unit: str | None, high: str | None, *, code: str
) -> tuple[Hazard, ...]:
    found: set[Hazard] = set()
    for number in filter(None, (match["low"], high)):
        found |= _number_hazards(number)
    if high and not (_WHOLE_NUMBER.search(match["low"]) and _WHOLE_NUMBER.search(high)):
        found.discard("trailing-zero")  # "0.6-1.0": both ends with the same digits
    if code.startswith("10*") or code.endswith(("/L", "/dL", "/uL")):
        found.discard("trailing-zero")  # a laboratory's value: its digits say how exact it is
    if unit and unit[0].isalpha():
        start = match.start("unit") if high and match["unit"] else match.start("lowunit")
        if start > 0 and match.string[start - 1].isalnum():
            found.add("no-space")
    return tuple(sorted(found))


def _number_hazards(number: str) -> set[Hazard]:
    found: set[Hazard] = set()
    if number.startswith("."):
        found.add("naked-decimal")
    if _TRAILING_ZERO.fullmatch(number):
        found.add("trailing-zero")
    if _THREE_DECIMALS.fullmatch(number):
        found.add("ambiguous-group")
    if _GROUPS.match(number):
        found.add("digit-group")
    elif "," in number:
        found.add("comma-decimal")
    if number[0].isalpha():
        found.add("number-word")
    if "/" in number or number[-1] in _VULGAR:
        found.add("fraction")
    return found
