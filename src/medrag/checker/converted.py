"""Two values that the words between them call one, in other units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from medrag.checker.context import Context
from medrag.checker.sieve import sifted
from medrag.clinical import QuantityMention
from medrag.clinical.mentions import Sentence, starting_in
from medrag.clinical.quantities import unit_code
from medrag.text.prefilter import prefiltered

UREA = frozenset({"bun", "urea"})
"""Two names of one amount: a mole of urea is a mole of urea nitrogen's pair of atoms."""
ANOTHER = re.compile(
    r"[,;:()\n]|\b(?:r[io]s\w+|f[ae]ll\w*|dropp\w*|climb\w*|increas\w*|decreas\w*|went|then|later"
    r"|now|today"
    r"|yesterday|after|before|until|below|above|over|under|less|more|than|at least|targets?|goals?"
    r"|if|when|unless|limits?|ranges?|normal|while|whereas|plus|add\w*|per|every|doses?"
    r"|ioni[sz]ed|free|direct|indirect|correct\w*|adjust\w*|urin\w*|but|not|nor|never|wrong\w*"
    r"|from|between|differ\w*|and|with|brings?|by|divided|minus|times)\b",
    re.I,
)
"""Words by which a second value is not the first one in other units."""
_CUE = sifted(
    r"\b(?:units?|scale|equivalent|equals?|equates?|convert\w*|express\w*|translat\w*|i\.e\.?"
    r"|meaning|means|same|correspond\w*|comes?|works?|amounts?|makes?|reads?|way|terms"
    r"|(?:that|which|it)(?:'s| is| was| makes| would be))\b|\(in\s|\u2248|=",
    re.I,
)
"""Words between two values by which the second is the first in other units."""
_WIDEST = 60


def is_converted(context: Context, pair: tuple[QuantityMention, QuantityMention]) -> bool:
    """Return whether the words between two values say that they are one."""
    first, second = pair
    between = context.text[first.end : second.start]
    if len(between) > _WIDEST or context.search(_CUE, between) is None:
        return False
    if first.quantity.value == second.quantity.value:
        return False  # "72 % cannot be right: it means 72 mmol/mol"
    labs = {lab.analyte for lab in context.content.labs if first.end <= lab.start < second.start}
    if labs - UREA:
        return False
    return ANOTHER.search(_STOPS.sub(" ", between)) is None


_OTHER_TIME = re.compile(
    r"\b(?:r[io]s\w+|f[ae]ll\w*|dropp\w*|climb\w*|increas\w*|decreas\w*|went|then|later|now"
    r"|yesterday|previous\w*|last|earlier|after|before|until|below|above|over|under|less|more|than"
    r"|at least|targets?|goals?|aim\w*|if|when|unless|limits?|ranges?|normal|while|whereas|plus"
    r"|add\w*"
    r"|per|every|doses?|ioni[sz]ed|free|direct|indirect|correct\w*|adjust\w*|urin\w*|not|nor|never"
    r"|wrong\w*|from|between|differ\w*(?! units?\b)|minus|times|repeat\w*|start\w*|give|given"
    r"|with|using|interval|fasting|random)\b"
    r"|\n|\|",
    re.I,
)
"""Words between two values of one test, each in its own unit, by which they are two values."""
_OTHER_BEHIND = re.compile(
    r"\s*(?:\w+\s){0,4}?(?:ago|yesterday|previous\w*|last|earlier|before|after|later|at follow-?up"
    r"|targets?|goals?|limit|on (?:admission|arrival|discharge)|in (?:January|February|March"
    r"|April|June"
    r"|July|August|September|October|November|December))\b",
    re.I,
)
_TOLD_AGAIN = re.compile(
    r"\b(?:here|there|abroad|elsewhere|overseas|units?|system|scale|equal\w*|equivalent|same"
    r"|convert\w*"
    r"|conversion|express\w*|translat\w*|multipl\w*|divid\w*|calculator|form|app|portal|SI|IFCC"
    r"|metric"
    r"|conventional|imperial|American|British|European|Canadian|international|foreign"
    r"|(?:writ|print|report|record|enter|typ|put|call|know|read|show|display|appear|not|list|quot"
    r"|log"
    r"|document|regist|see|say|said|state|becom|mak|giv|yield|come|work|amount|correspond|want"
    r"|need|ask"
    r"|prefer|use|using)(?:s|es|ed|e|n|ten|ing|ting)?|which|that|is|was|would|will|or|box|field"
    r"|cut-?offs?"
    r"|labs?|laborator\w+|machine|analy[sz]er|clinic|hospital|colleagues?|relatives?)\b"
    r"|[=\u2248\u2192(\[]",
    re.I,
)
"""Words by which what stands behind a comma is the same again, and not the list's next item."""
_ITEM = re.compile(r"[,;:]")
_DOUBTS = re.compile(
    r"\b(?:cannot|can't|impossible|wrong|mis-?typed?|typo|error|mistake\w*|meant|implausible"
    r"|must (?:be|mean)|probably|surely|likely|intended)\b",
    re.I,
)
_FAR = 90


def is_one_value(context: Context, pair: tuple[QuantityMention, QuantityMention]) -> bool:
    """Return whether two values of one test in two units are one value told twice.

    Nobody measures a test in two units: the second is the first one again, unless words between
    or behind them tell of another time, an aim or a change.
    """
    first, second = pair
    text = context.text
    between = text[first.end : second.start]
    if first.quantity.value == second.quantity.value and _DOUBTS.search(text):
        return False  # "72 % cannot be right: it means 72 mmol/mol"
    if _ITEM.search(between) and _TOLD_AGAIN.search(between) is None:
        return False
    if len(between) > _FAR or _OTHER_TIME.search(text, first.end, second.start):
        return False
    end = text.find(".", second.end)
    return _OTHER_BEHIND.match(text, second.end, end if end >= 0 else len(text)) is None


_STOPS = re.compile(r"[,;:()]|\bfor those\b|\bthe other units\b|\bother\b")
UNIT_WRITTEN = (
    r"(?:(?:[mnp\u00b5\u03bcu]|micro|milli|nano|pico)?(?:mol|g|Eq)|mcg|U|IU|mIU)/(?:dL|mL|L|mmol"
    r"|mol|g"
    r"|[u\u00b5\u03bc]L)|kPa|mm ?Hg|\u00b0[CF]|(?:(?:[x\u00d7] ?)?10\^?9)?/(?:[u\u00b5\u03bc]L|L)"
)
_NAMED_UNIT = re.compile(
    rf"(?<![\d.]\s)(?<![\d.])(?<!/)(?<!\w)(?P<unit>{UNIT_WRITTEN})(?!\w)(?!\s?\d*\))"
)


def with_unit_named(value: QuantityMention, between: str) -> QuantityMention:
    """Return a bare number in the unit that the words before it name: "(in mg/dL: 4.0)"."""
    named = _NAMED_UNIT.search(between) if value.quantity.unit == "1" else None
    code = unit_code(named["unit"]) if named is not None else None
    if code is None:
        return value
    return replace(value, quantity=replace(value.quantity, unit=code))


_INTO_UNIT = re.compile(
    rf"\s(?:in(?:to|side)?|on|under|for|as|with)\s(?:the\s"
    rf"|units\sof\s)?(?P<unit>{UNIT_WRITTEN})(?![\w/])"
)


def with_unit_behind(value: QuantityMention, between: str) -> QuantityMention:
    """Return a bare number in the unit named right behind it: "type 61 into the nmol/L box"."""
    named = _INTO_UNIT.match(between) if value.quantity.unit == "1" else None
    code = unit_code(named["unit"]) if named is not None else None
    if code is None:
        return value
    return replace(value, quantity=replace(value.quantity, unit=code))


_CONVERTS = prefiltered(
    r"\b(?:units?|convert\w*|conversion|express\w*|translat\w*|equivalent|calculator|SI|IFCC|metric"
    r"|cut-?offs?|app|form|box|field)\b",
    re.I,
)
_REACH = 130


def told_again(
    context: Context,
) -> Iterator[tuple[Sentence, tuple[QuantityMention, QuantityMention]]]:
    """Yield a value and what the next sentence, which names no other test, makes of it."""
    content = context.content
    if _CONVERTS.search(context.text) is None:
        return
    for sentence, following in pairwise(content.sentences):
        if _CONVERTS.search(context.text, following.start, following.end) is None:
            continue
        labs = starting_in(content.labs, sentence.start, sentence.end)
        later = starting_in(content.labs, following.start, following.end)
        own = next((lab for lab in reversed(labs) if lab.value is not None), None)
        if own is None or any(lab.analyte != own.analyte or lab.value for lab in later):
            continue
        first = next(
            (q for q in content.numbers_behind(own.end, 2) if q.quantity == own.value), None
        )
        seconds = starting_in(content.quantities, following.start, following.end)
        if first is None or not seconds or seconds[0].start - first.end > _REACH:
            continue
        between = context.text[first.end : seconds[0].start]
        second = with_unit_named(seconds[0], between)
        told = second.quantity.high is None and second.quantity.unit != first.quantity.unit
        if told and _OTHER_TIME.search(between) is None:
            yield sentence, (first, second)
