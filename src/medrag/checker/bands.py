"""Doses that a text gives for bands of kidney function: which of them is this patient's."""

from __future__ import annotations

import re
from dataclasses import replace

from medrag.checker.context import Context
from medrag.checker.sieve import sifted
from medrag.clinical import DrugMention, Regimen

_LEVEL = r"(?:\b(?:cr\s?cl|e?gfr|clearance)\b|ml/min)"
_NUMBER = r"\d+(?:\s?(?:-|\u2013|to)\s?\d+)?"
_THRESHOLD = sifted(
    rf"{_LEVEL}[^.;|\n]{{0,25}}?\d|(?:[<>\u2264\u2265]|\b(?:below|above|under|over|from|at|between)\b)\s?{_NUMBER}"
    rf"|(?<![\d.,]){_NUMBER}(?=,\s|:\s|\s?\)|\s?ml/min)",
    re.I,
)
_OTHERS = re.compile(
    r"\b(?:usual|standard|normal(?:ly)?|label(?:ed)?|full|healthy)\b[^.;|\n]{0,45}$", re.I
)
_OTHERS_AFTER = re.compile(
    r"[^.;|\n,]{0,40}?\b(?:with|for|at|in) (?:normal|healthy|good|full)\b"
    r"|[^.;|\n]{0,40}?\bwould accumulate\b",
    re.I,
)
_OWN = re.compile(
    r"\b(?:hers?|his|your?s?|she|he|you|so|therefore|thus|hence|here|this patient)\b"
    r"(?: \w+){0,3}? is\b|\b(?:for|in) (?:her|him|you|this patient)\b|\b(?:so|therefore|hence)\b"
    r"|\bat this (?:clearance|egfr|level|function)\b|\bhere\b",
    re.I,
)
_BEFORE = 45
_AFTER = 30
_MANY = 2


def of_own_band(context: Context, mention: DrugMention) -> DrugMention:
    """Return a drug with those of its doses that are not said to be for other kidneys.

    "1 g every 8 hours above 50, 1 g every 12 hours at 26-50. Hers is 35: 1 g every 12 hours":
    of two or more bands only what stands behind words for this patient counts; a table row of
    bands has none.
    """
    if not mention.regimens:
        return mention
    text = context.text
    begin, end = _place(context, mention)
    own = [r for r in mention.regimens if not _is_others(text, r)]
    banded = [r for r in mention.regimens if _is_banded(context, begin, end, r)]
    if _is_band_row(context, mention):
        banded = list(mention.regimens)
    if not own and mention.polarity == "give" and mention.directive is not None:
        own = list(mention.regimens)  # "go up to the usual 1 mg": no other dose is for him
    if len(banded) >= _MANY:
        pointers = [found.start() for found in _OWN.finditer(text, begin, end)]
        last = max(pointers, default=end)
        own = [r for r in own if r.start >= last or r not in banded]
    return replace(mention, regimens=tuple(own), maximums=() if banded else mention.maximums)


def _place(context: Context, mention: DrugMention) -> tuple[int, int]:
    sentences = context.content.sentences
    last = max(mention.until, mention.sentence)
    return sentences[mention.sentence].start, sentences[last].end


def _is_others(text: str, regimen: Regimen) -> bool:
    before = text[max(0, regimen.start - _BEFORE) : regimen.start]
    return bool(_OTHERS.search(before) or _OTHERS_AFTER.match(text, regimen.end))


def _is_banded(context: Context, begin: int, end: int, regimen: Regimen) -> bool:
    """Return whether a kidney function stands right before or behind a dose."""
    before = context.text[max(begin, regimen.start - _BEFORE) : regimen.start]
    after = context.text[regimen.end : min(end, regimen.end + _AFTER)]
    return bool(context.search(_THRESHOLD, before) or context.search(_THRESHOLD, after))


def _is_band_row(context: Context, mention: DrugMention) -> bool:
    """Return whether a table's row gives doses in columns of kidney function."""
    sentence = context.content.sentences[mention.sentence].text
    return sentence.count("|") >= _MANY and len(mention.regimens) >= _MANY
