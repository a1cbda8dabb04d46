"""Results that a sentence gives to the calculation it names: "Bazett gives 480 ms"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter

from medrag.checker.context import Context
from medrag.checker.formula import Formula
from medrag.clinical import QuantityMention
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import Sentence, starting_in
from medrag.text.prefilter import Prefiltered

_GIVES = re.compile(
    r"(?:\b(?:gives?|giving|yields?|yielding|makes?|making|leaves?|leaving|becom(?:es?|ing)"
    r"|lies|equals?|totals?|clears?|predicts?|expects?|is|are|has|obtain(?:s|ed)?|gets?|find"
    r"|(?:brings?|takes?|puts?)(?: \w+){1,3} (?:to|at)|bringing \w+ to"
    r"|(?:comes?|came|works?|worked)(?: out)? (?:at|to|as)|(?:amounts|adds up|rises?|falls?) to"
    r"|(?:corrects?|adjusts?|converts?|corresponds?) to"
    r"|(?:estimate[ds]?|calculate[ds]?|compute[ds]?|corrected|adjusted|reckon(?:ed)?|put)"
    r"(?: \w+){0,2} (?:at|as|to|to be))\b|[=:\u2248\u2192])"
    r"(?:\s(?!(?:with|from|for|using|in|when|not|by|at|and|on)\b)"
    r"[a-z][\w-]*){0,5}\s*[~\u2248]?\s*\Z",
    re.I,
)
"""Words before a number that make it the outcome of what the sentence names."""
_NO_OUTCOME = re.compile(
    r"\b(?:if|when|whenever|unless|until|once(?! (?:correct|adjust|calculat|allow))|target|goal"
    r"|reference|threshold|cut-?off|should be|was|were|previous\w*|last|limit)\b",
    re.I,
)
_BOUND = re.compile(
    r"\b(?:below|under|above|over|beyond|than|from|until|(?:up|down) to)\s(?:[\w-]+\s){0,3}\Z", re.I
)
"""Words before a name that make its number a threshold: "below a clearance of 30 mL/min"."""
_TERM = re.compile(r"\s(?:[+x\u00d7*/]\s[\d(]|[-\u2212]\s\()")
"""What makes a number a term of a sum whose result stands further on."""
_SPREAD = re.compile(r"(?:\+/-|\u00b1|plus or minus)\s*\Z", re.I)
"""How far a result may lie off: "20 +/- 2 mmHg"."""
_OF = re.compile(r"\s(?:of|is|=)\s(?:about\s|only\s|roughly\s)?", re.I)
"""Between the name of a result and its number: "an estimated average glucose of 140"."""
_DOES = re.compile(r"(?:correct|adjust)(?:s|ing)?\b", re.I)
"""What is done to a value: "correcting the calcium of 7.6" names no result."""
_RECKONS = re.compile(
    r"\b(?:correct\w*|adjust\w*|allow\w* for|account\w* for|formula\w*|equation|cockcroft\w*|gault"
    r"|bazett\w*|frideric\w*|winter\w*|friedewald\w*|calculat\w*|comput\w*|estimat\w*"
    r"|by CKD-EPI|absolute|gap)\b",
    re.I,
)
"""Words of a sentence that works something out: a number in the result's unit is the result."""
_ASIDE = re.compile(
    r"\b(?:limits?|normal(?:ly)?|ranges?|targets?|goals?|thresholds?|cut-?off|above|below|over|under"
    r"|beyond|than|exceed\w*|up to|at least|at most|until|per|every|each|plus|minus|times|by|add\w*"
    r"|rise|risen|fall|fallen|lower|higher|difference|from|between|usual\w*|reference|not)\b"
    r"[^;]{0,30}\Z",
    re.I,
)
"""Words between the last number and this one that make it no result."""
_UNLIKE = re.compile(
    r"\s?(?:[-+x\u00d7*/]\s?\d|(?:is|being|as) the (?:upper|lower|limit|normal)|limit|more|less"
    r"|higher|lower|above|below|or (?:more|less|above|below))\b",
    re.I,
)
_BY_NAME = re.compile(
    r"\bby\s(?:the\s)?(?:cockcroft|gault|bazett|frideric|friedewald|winter|CKD)", re.I
)
_NO_INPUT = "paco2"
"""What Winter's formula gives and does not start from."""
_NEAR = 60
_BARE_NEAR = 40
_NAME = 30
"""Longer than this no name of a result is, but a phrase about its inputs."""


def spoken_results(
    context: Context, formula: Formula, any_topic: Prefiltered
) -> Iterator[QuantityMention]:
    """Yield the numbers that sentences naming a calculation give as its result, in order.

    Between the name and the number no other calculation is named (`any_topic`), nor before a
    number whose calculation is named behind it. A value that was read as that of another analyte
    is what the calculation starts from. Without a unit a number counts where it follows the name
    closely and the formula's unit is often left out.
    """
    if formula.topic is None:
        return
    for sentence in context.content.sentences:
        names = [match.span() for match in formula.topic.finditer(sentence.text)]
        if not names:
            continue
        inputs = _inputs(context, sentence, formula)
        for found in starting_in(context.content.quantities, sentence.start, sentence.end):
            before = context.text[sentence.start : found.start]
            start, name = _name_before(names, before)
            if any_topic.search(before, name if name < len(before) else 0):
                continue
            is_input = found.start in inputs
            if not _is_given(before, (start, name), is_input=is_input) and (
                is_input or not _is_outcome(context, sentence, found, name)
            ):
                continue
            if _SPREAD.search(before):
                continue
            term = _TERM.match(context.text, found.end) is not None
            gap = "" if found.start in context.once(_results, formula.of) else before[name:]
            if not term and _fits(formula, found, gap):
                yield found


def _name_before(names: list[tuple[int, int]], before: str) -> tuple[int, int]:
    """Return where the last name before a number stands; the number itself where none does."""
    earlier = (place for place in names if place[1] <= len(before))
    return max(earlier, key=itemgetter(1), default=(len(before), len(before)))


def _is_given(before: str, name: tuple[int, int], *, is_input: bool) -> bool:
    """Return whether the words before a number make it what the named calculation gives."""
    start, end = name
    if _NO_OUTCOME.search(before) or (end < len(before) and _BOUND.search(before[:start])):
        return False
    said = "" if _DOES.match(before, start) or end - start > _NAME else before[end:]
    if _OF.fullmatch(said) is not None:
        return True
    return not is_input and _GIVES.search(before[-_NEAR:]) is not None


def _is_outcome(context: Context, sentence: Sentence, found: QuantityMention, name: int) -> bool:
    """Return whether a number behind a calculation's name can only be what it gives.

    That is one with a unit, no input and no limit, in a sentence that works something out.
    """
    before = context.text[sentence.start : found.start]
    if name >= len(before) or not found.unit_written or found.quantity.high is not None:
        return False
    if found.quantity.comparator not in {None, "~"} or _NO_OUTCOME.search(before):
        return False
    earlier = starting_in(context.content.quantities, sentence.start, found.start)
    last = max((q.end for q in earlier), default=sentence.start)
    gap = _BY_NAME.sub(" ", context.text[max(last, sentence.start + name) : found.start])
    if _ASIDE.search(gap) or _UNLIKE.match(context.text, found.end):
        return False
    return _RECKONS.search(before) is not None


def _fits(formula: Formula, found: QuantityMention, gap: str) -> bool:
    """Return whether a number has the formula's unit, or none where it stands by the name."""
    if found.quantity.unit == "1":
        return formula.bare and len(gap) <= _BARE_NEAR and not re.search(r"\d", gap)
    entry = load().analytes.get(formula.subject) or load().analytes.get(formula.of)
    return found.quantity.unit in {formula.unit, *(entry.units if entry else ())}


def _results(context: Context, analyte: str) -> set[int]:
    """Return where the values of an analyte stand."""
    return {
        q.start
        for lab in context.content.labs
        if lab.analyte == analyte
        for q in starting_in(context.content.quantities, lab.end, lab.end + _NEAR + 1)
        if lab.value == q.quantity
    }


def _inputs(context: Context, sentence: Sentence, formula: Formula) -> set[int]:
    """Return where the numbers stand that are values of other analytes than the result.

    Of two values of what is corrected, the one behind the correction is its result.
    """
    starts: set[int] = set()
    first = context.once(_first_value, formula.of)
    for lab in starting_in(context.content.labs, sentence.start, sentence.end):
        if lab.value is None or lab.analyte == formula.subject:
            continue
        again = first < lab.start or formula.of == _NO_INPUT
        reckoned = _RECKONS.search(context.text[sentence.start : lab.start]) is not None
        if lab.analyte == formula.of and again and reckoned:
            continue
        near = starting_in(context.content.quantities, lab.end, sentence.end)
        own = next((q for q in near if q.quantity.value == lab.value.value), None)
        if own is not None:
            starts.add(own.start)
    return starts


def _first_value(context: Context, analyte: str) -> int:
    """Return where an analyte first has a value; the end of the text where it has none."""
    labs = (lab for lab in context.content.labs if lab.analyte == analyte)
    return next((lab.start for lab in labs if lab.value is not None), len(context.text))
