"""Factors between units, and milligrams in shares, that a text states wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rule import Signal
from medrag.checker.rules.labs import CONVERSION_TOLERANCE
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, name
from medrag.clinical import Quantity
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import starting_in
from medrag.clinical.quantities import unit_code
from medrag.core.finding import Reference
from medrag.core.span import Span

_SI = Reference(
    title="Conversion by molar mass (IUPAC atomic weights); AMA Manual of Style, SI conversion",
    section="18.5",
    edition="11th edition 2020",
)

_RATIO = Reference(
    title="USP General Notices: percentage and ratio strengths", section="8.190", edition="2024"
)


_UNIT = (
    r"(?:(?:[mnp\u00b5\u03bcu]|micro|milli|nano|pico)?(?:mol|moles?|g|grams?)|mcg|mEq)"
    r"/(?:dL|mL|L|100 mL)"
)
_FACTOR = sifted(
    r"\b(?P<how>multipl\w+|divid\w+)\b[^;\n]{0,80}?\bby\s+(?:about\s)?(?P<n>\d+(?:\.\d+)?)", re.I
)
_UNITS = re.compile(
    rf"(?P<into>\b(?:to(?: get| obtain| give)?|into|gets?|gives?|for)\s)?(?P<unit>{_UNIT})\b"
)


def wrong_factors(context: Context) -> Iterator[Signal]:
    """Yield factors between two units of an analyte that do not convert one into the other."""
    for sentence in context.content.sentences:
        factor = context.search(_FACTOR, sentence.text)
        units = list(_UNITS.finditer(sentence.text)) if factor is not None else []
        into = next((u for u in units if u["into"]), None)
        source = next((u for u in units if into is not None and u["unit"] != into["unit"]), None)
        labs = starting_in(context.content.labs, sentence.start, sentence.end)
        entry = load().analytes.get(labs[0].analyte) if labs else None
        if factor is None or into is None or source is None or entry is None:
            continue
        said, to = Decimal(factor["n"]), unit_code(into["unit"])
        one = Quantity(Decimal(1), unit_code(source["unit"]) or "")
        right = entry.convert(one, to) if to and one.unit else None
        if right is None or not right.value or not said:
            continue
        claimed = said if factor["how"].lower().startswith("m") else 1 / said
        if abs(claimed - right.value) > CONVERSION_TOLERANCE * right.value:
            yield Signal(
                severity="critical",
                message=f"{name(labs[0].analyte)}: 1 {source['unit']} is {amount(right)}, not "
                f"{amount(Quantity(claimed, right.unit))}.",
                span=Span(start=sentence.start + factor.start(), end=sentence.start + factor.end()),
                reference=_SI,
                subject=labs[0].analyte,
            )


_SHARE = sifted(
    r"\b(?:1\s?:\s?(?P<parts>1,?0{2,5})|(?P<percent>\d+(?:\.\d+)?)\s?%)[^.;,\n]{0,30}?"
    r"\s(?:is|contains|has|means|equals|=|\()\s*(?:about )?(?P<n>\d+(?:\.\d+)?)\s?mg"
    r"(?:\s?/\s?|\sper\s|\sin (?:each|every|one) )mL\b",
    re.I,
)


_DILUTES = re.compile(
    r"\b(?:in|with|into|of) (?:\w+ )?\d+(?:\.\d+)? ?% (?:dextrose|glucose|saline"
    r"|sodium chloride|NaCl)\b",
    re.I,
)


def wrong_shares(context: Context) -> Iterator[Signal]:
    """Yield shares that are not the milligrams per milliliter beside them: "1:1000 is 0.1"."""
    for match in _SHARE.finditer(context.text):
        if _DILUTES.search(context.text, max(0, match.start() - 12), match.end()):
            continue  # "in 5 % dextrose (0.1 mg/mL at most)" tells of what is dissolved
        parts, percent = match["parts"], match["percent"]
        right = Decimal(percent) * 10 if percent else 1000 / Decimal(parts.replace(",", ""))
        if abs(Decimal(match["n"]) - right) > CONVERSION_TOLERANCE * right:
            written = f"{percent} %" if percent else f"1:{parts}"
            yield Signal(
                severity="critical",
                message=f"{written} is {amount(Quantity(right, 'mg/mL'))}, not {match['n']} mg/mL.",
                span=Span(start=match.start(), end=match.end()),
                reference=_RATIO,
            )
