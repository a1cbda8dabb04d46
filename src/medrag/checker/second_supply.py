"""What the patient takes already, begun once more under another name or in another product."""

from __future__ import annotations

import re

from medrag.checker.context import Context
from medrag.clinical import DrugMention

_BEGINS = re.compile(
    r"\b(?:start|begin|begun|commenc|initiat|introduc|prescrib|put\b|add(?:ed|ing)?\b|order)", re.I
)
_FROM_NOW = re.compile(
    r"\b(?:from (?:today|tomorrow)|new (?:script|order|prescription|drug)|on top(?! of)"
    r"|(?:next|first|new) (?:step|addition|drug)|in addition(?! to)|addition:)",
    re.I,
)
_CHANGES = re.compile(
    r"\b(?:increas|decreas|reduc|rais|lower|titrat|up-?titrat|halv|doubl|tak(?:e|en|ing) up|cut"
    r"|chang|switch|replac|instead|convert|continu|carry on|keep|remain|stay|resum|restart|hold"
    r"|held|stop|same|already|current|usual|as before|brand|generic|refill|renew|step|taper|wean"
    r"|adjust|maintain|maintenance|from \d|now takes|rather|enough"
    r"|(?:is|are|stable|well|been) on\b|(?:she|he|they|you|patient) (?:takes?|has|uses?)\b)\w*",
    re.I,
)
"""Words that speak of what is taken already, rather than of a second supply of it."""
_OWN = re.compile(
    r"\b(?:his|her|your|their|the patient's)\s(?!on\b)(?:[\w-]+\s){0,2}\Z|\bthe\s\Z", re.I
)
_BESIDE = re.compile(
    r"\b(?:to|beside|with|on top of|in addition to|alongside)\s(?:his|her|your|their|the)\s"
    r"(?:current|present|existing|usual|same|other)\s\w+",
    re.I,
)
"""Words for what is taken anyway, beside which another comes: "to his current tablets"."""
_GIVES = re.compile(
    r"(?:give|take|use|try|offer|advis|recommend|suggest|administ|may be used|can be used"
    r"|is used|can be taken|may be taken)",
    re.I,
)
_PURPOSE = re.compile(
    r"[^.;]{0,60}?\bfor\s(?!\d|an?other|the (?:next|first|last|time)|two|three)", re.I
)
_LED = re.compile(r"\b(?:for|against)\s(?!\d)[^.;]{3,40}[,:]\s\Z", re.I)
"""A purpose ahead of a drug: "for the heartburn, X 20 mg"."""


def is_begun_again(context: Context, mention: DrugMention, other: DrugMention) -> bool:
    """Return whether what is taken under one name is begun under another: Plavix, clopidogrel."""
    renamed = {mention.kind, other.kind} == {"brand", "ingredient"}
    if renamed and _is_dosed(mention) and _is_charted_beside(context, mention, other):
        return True
    if not (renamed and _is_dosed(mention)) or _is_known(context, mention, other):
        return False
    begun = _is_begun(context, mention) or _has_purpose(context, mention)
    return begun and not _speaks_of_taken(context, mention)


_KEEPS = re.compile(r"(?:continu|resum|keep|carr|go(?:es)? on|maintain|restart)", re.I)
_CHARTS = re.compile(
    r"(?:\b(?:and|also|plus|then)|[;,])\s(?:also\s|then\s|newly\s)?(?:chart|prescribe|order|add|start"
    r"|begin|write up)\s\Z",
    re.I,
)


def _is_charted_beside(context: Context, mention: DrugMention, other: DrugMention) -> bool:
    """Return whether one name is kept and another ordered: "keep Eliquis, and chart apixaban"."""
    if _CHARTS.search(context.text, max(0, mention.start - 30), mention.start) is None:
        return False
    sentence = context.content.sentences[mention.sentence]
    beside = context.content.drugs_in(sentence.start, mention.start)
    kept = [drug for drug in beside if drug.text.lower() == other.text.lower()]
    return any(
        (drug.directive is not None and _KEEPS.match(drug.directive.text) is not None)
        or _KEEPS.match(context.text[drug.end :].lstrip()[:12]) is not None
        for drug in kept
    )


def _is_known(context: Context, mention: DrugMention, other: DrugMention) -> bool:
    """Return whether a text says itself that two names are one: "Lasix (furosemide)"."""
    name = other.text.lower()
    sentence = context.content.sentences[mention.sentence]
    beside = context.content.drugs_in(sentence.start, sentence.end)
    named = [drug for drug in beside if drug.text.lower() == name]
    return any(not _is_dosed(drug) or not _is_dosed(mention) for drug in named)


def _is_dosed(drug: DrugMention) -> bool:
    return any(r.dose is not None for r in drug.regimens)


def _has_purpose(context: Context, mention: DrugMention) -> bool:
    """Return whether a drug is given for something: "X 20 mg for the heartburn"."""
    told = mention.directive.text if mention.directive is not None else ""
    end = max((r.end for r in mention.regimens), default=mention.end)
    sentence = context.content.sentences[mention.sentence]
    behind = _PURPOSE.match(context.text, end, sentence.end)
    ahead = _LED.search(context.text, sentence.start, mention.start)
    return bool(behind or ahead or _GIVES.match(told))


def _speaks_of_taken(context: Context, mention: DrugMention) -> bool:
    """Return whether the words about a drug tell that it is taken already."""
    own = set(mention.ingredients)
    same = [drug for drug in context.content.drugs if set(drug.ingredients) == own]
    before = context.text[max(0, mention.start - 40) : mention.start]
    return _OWN.search(before) is not None or any(
        _CHANGES.search(_BESIDE.sub(" ", _words_about(context, drug))) for drug in same
    )


def _words_about(context: Context, drug: DrugMention) -> str:
    """Return the sentence of a drug without what it says to do with others."""
    sentence = context.content.sentences[drug.sentence]
    others = [
        (other.directive.start if other.directive is not None else other.start, other.end)
        for other in context.content.drugs_in(sentence.start, sentence.end)
        if other.ingredients != drug.ingredients
    ]
    begin = max([end for _, end in others if end <= drug.start], default=sentence.start)
    end = min([start for start, _ in others if start >= drug.end], default=sentence.end)
    last = max(drug.until, drug.sentence)
    behind = context.text[sentence.end : context.content.sentences[last].end]
    return context.text[begin:end] + behind


def _is_begun(context: Context, mention: DrugMention) -> bool:
    """Return whether a text begins a drug: by its verb, or by "from today"."""
    told = mention.directive.text if mention.directive is not None else ""
    return _BEGINS.search(told) is not None or (
        _FROM_NOW.search(context.sentence(mention)) is not None
    )


_AS_NEEDED = ("@opioid", "@nsaid", "@benzodiazepine", "@stimulant")


def is_lasting(context: Context, mention: DrugMention, ingredient: str) -> bool:
    """Return whether a lasting treatment is begun that a listed product already holds.

    Of what is taken for pain or as needed a second product within the daily limit is usual.
    """
    if not _is_begun(context, mention) or _speaks_of_taken(context, mention):
        return False
    return ingredient != "acetaminophen" and not any(
        ingredient in context.knowledge.members(key) for key in _AS_NEEDED
    )
