"""Doses without a unit: "vancomycin 1", "norepinephrine at 5", "give 40 of furosemide"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.sieve import sifted
from medrag.clinical import DrugMention
from medrag.clinical.lexicon import load

_NUMBER = (
    r"(?!(?:20(?:0[1-9]|[1-3]\d)|19[5-9]\d)\b)(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
    r"(?![.,]?\d)"
)
"""A number that is no year."""
_BEHIND = re.compile(
    rf"[ \t]+(?:(?:from \d+(?:\.\d+)? )?to )?{_NUMBER}"
    r"(?![\d.,]*[ \t]*(?:%|mg|mcg|ug|µg|g\b|gram|kg|unit|u\b|iu|meq"
    r"|mmol|ml|tab|cap|puff|drop|spray|patch|dose|time|day|week(?!ly)|month(?!ly)|hour(?!ly)"
    r"|h\b|min"
    r"|x\b(?!\s?\d{1,2}(?:\s?(?:d|days?))?\b)|mm|million"
    r"|amp|vial|(?:and|or|to)\b(?= ?\d)|-|/(?!\s?kg)|:|\)|level|year|st\b|nd\b|rd\b|th\b|lozenge"
    r"|suppositor|application|cc\b|inhalation|nebul|packet|sachet|tsp|tbsp|teaspoon|ounce|fl\b|oz"
    r"|international|minutes|cm))"
    r"(?=[ \t]*(?:$|\n|[.;,]|/\s?kg|x\s?\d"
    r"|(?:while|until|till|if|unless|because|so|during|infusion|drip|per (?:kg|kilo)\w*"
    r"|as|by|after|before|and|or|but|then|with|without|in|on|over|for|from|to|at|IV|PO|IM|SC|SQ"
    r"|subcut\w*"
    r"|intravenously|intramuscularly|orally|daily|nightly|weekly|monthly|yearly|fortnightly"
    r"|hourly|once|twice"
    r"|(?:two|three|four|five|six|\d) times|now|every|each|q\d|BID"
    r"|TID|QID|stat|bid|tid|tds|bd|od|qds|qid|prn|nocte|mane|through|via|when|where|this|today"
    r"|tonight|tomorrow|immediately|rapidly|slowly|alongside|again|please|more|less|is|should"
    r"|will)\b))",
    re.I,
)
_AS_RATE = re.compile(
    rf"[ \t]+(?:drip |infusion )?(?:at|@)[ \t]+{_NUMBER}"
    r"(?=[.;,]?(?:\s*\Z|[ \t]+(?:(?:and|then|to)[ \t]+)?(?:titrat|increas|adjust|wean|go|rais|mov"
    r"|keep"
    r"|step|push|turn|alongside|via|through|until|for the|while|now|with)))",
    re.I,
)
"""A rate: "norepinephrine at 5 and titrate"."""
_AHEAD = sifted(
    rf"(?:\A|[.:;,\n] ?|\b(?:and|then|please|also|to) )(?:give|administer|draw up|push|take|start"
    rf"|order|inject"
    rf"|chart)(?: (?:him|her))? {_NUMBER} of (?:the |iv |oral )?\Z",
    re.I,
)
"""An order that has its number first: "give 40 of furosemide"."""
_AHEAD_OF = 40
_GRADES = 6
_GRADED = re.compile(r"PEG|macrogol|polyethylene glycol|polysorbate", re.I)
"""Names that a number belongs to: "PEG 400"."""


def unitless(context: Context) -> Iterator[tuple[DrugMention, re.Match[str]]]:
    """Yield each drug with a number that should be its dose and has no unit, and the number."""
    measured = {lab.start for lab in context.content.labs}
    for mention in context.dosed:
        kind = context.content.sentences[mention.sentence].kind
        if not context.is_ordered(mention) and (kind == "report" or mention.reported):
            continue
        begin = max(0, mention.start - _AHEAD_OF)
        match = (
            _BEHIND.match(context.text, mention.end)
            or _AS_RATE.match(context.text, mention.end)
            or context.search(_AHEAD, context.text, begin, mention.start)
        )
        if match is None or mention.start in measured or _is_of_name(mention, match):
            continue
        if _is_level(context.text, mention, match):
            continue
        if not any(r.start < match.end() < r.end - 1 and r.dose for r in mention.regimens):
            yield mention, match


_MEASURED = re.compile(r"\s?(?:[,;]|this morning|today|yesterday|and\b|at trough|before)", re.I)


def _is_level(text: str, mention: DrugMention, number: re.Match[str]) -> bool:
    """Return whether a number may be a drug's level: "Tacrolimus 7 this morning; no change"."""
    if _MEASURED.match(text, number.end("number")) is None:
        return False
    levels = load().analytes.keys() & {f"{drug}-level" for drug in mention.ingredients}
    ordered = mention.directive is not None or any(r.frequency or r.route for r in mention.regimens)
    return bool(levels) and not ordered


def _is_of_name(mention: DrugMention, match: re.Match[str]) -> bool:
    """Return whether a number is part of a name, or the grade of the anesthetist ("ASA 3")."""
    if _GRADED.fullmatch(mention.text):
        return True
    return mention.text == "ASA" and int(float(match["number"])) <= _GRADES
