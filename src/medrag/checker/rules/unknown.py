"""MED005 and MED121: doses of what the tables do not know, and of what no drug is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.wording import name
from medrag.clinical import read
from medrag.clinical.spelling import other_names
from medrag.core.finding import NotChecked, Reference
from medrag.core.span import Span
from medrag.text.ordinary import ordinary_words, rare_words
from medrag.text.prefilter import prefiltered

_ORDERED = prefiltered(
    r"\b(?:give|take|start|begin|administer|prescribe|add|continue|use|increase|reduce"
    r"|switch to)\s+"
    r"(?:the |her |him |them |a |an |oral |intravenous |iv )*"
    r"(?P<name>[a-z][a-z-]{4,})\s+(?:\([A-Z][\w ]{2,30}\)\s+)?"
    r"\d[\d.,]*(?:\s?(?:-|to|–)\s?\d[\d.,]*)?\s?(?:mg|mcg|µg|μg|micrograms?|milligrams?|grams?|g|"
    r"units?|IU|mEq|mmol|mL)\b",
    re.IGNORECASE,
)
_NO_DRUGS = re.compile(
    r"about|above|additional|amount|another|approximately|around|bolus(?:es)?|capsules?|daily"
    r"|divided|doses?|dosage|every|exactly|extra|first|fluids?|further|half|infusion|initial(?:ly)?"
    r"|intravenously|least|loading|maintenance|maximum|minimum|nearly|normal|orally|others"
    r"|remaining|roughly|saline|second|single|solution|starting|subcutaneously|syrup|tablets?"
    r"|therapy|total|twice|under|until|usual|water|within|placebo|continue|target|reduced|taking"
    r"|receives?|increased?|decreased?|intranasal|topical|rectal|lowest|highest|previous|current"
    r"|adults?|children|patients?|titrate|tapered|average|typical|recommended|currently|usually",
    re.IGNORECASE,
)
"""Words that stand before a dose and name no drug."""
_STEM = re.compile(
    r"\b(?P<name>[a-z]{2,}(?:azole|statin|pril|sartan|olol|zolam|zepam|mycin|cillin|floxacin|prazole"
    r"|dipine|triptan|gliptin|gliflozin|tinib|setron|xaban|parin|semide|thiazide|zosin|profen|coxib"
    r"|oxetine|azepine|cycline|tidine|glutide|ciclib|lukast|dronate|vastatin|barbital|peridone"
    r"|triptyline|penem|conazole))"
    r"\s+(?:(?:XR|ER|SR|XL|CR|LA|tablets?|capsules?|oral|IV|by mouth)\s+)?\d[\d.,]*\s?"
    r"(?:mg|mcg|g|units?)\b",
    re.IGNORECASE,
)
"""A word with the stem of a class of drugs (WHO, The use of stems in the selection of INN, 2018)
where a drug's name stands."""
_NAMES = Reference(
    title="The use of stems in the selection of International Nonproprietary Names (WHO)",
    edition="2018",
)


def _unknown(context: Context) -> Iterator[Verdict]:
    named = {at for mention in context.content.drugs for at in range(mention.start, mention.end)}
    for found in _ORDERED.finditer(context.text):
        start, end = found.span("name")
        word = found["name"]
        if _NO_DRUGS.fullmatch(word) or not named.isdisjoint(range(start, end)):
            continue
        if read(word).drugs:
            continue  # what a product holds, in brackets behind it
        yield NotChecked(
            check=f"the dose of {word}",
            reason="the tables do not know this name; nothing about it was checked",
        )


_UNIT = r"(?:mg|mcg|\u00b5g|\u03bcg|micrograms?|milligrams?|units?)\b(?!\s?/)"
_NAMED = re.compile(
    r"\b(?:give|takes?|taking|start(?:s|ed)?|begin|administer|prescribe|add|continue|use|inject"
    r"|switch(?:ed)? to|of choice is|recommend|with|on)\s+(?:the |her |him |them |a |an |oral )*"
    rf"(?P<name>[a-z]{{6,}})\s+\d[\d.,]*(?:\s?(?:-|to|\u2013)\s?\d[\d.,]*)?\s?{_UNIT}",
    re.I,
)
_OPENS = re.compile(
    rf"(?:\A|[.:;]\s+|\n\W*)(?P<name>[A-Z][a-z]{{5,}})\s+\d[\d.,]*\s?{_UNIT}"
    r"\s(?:once|twice|three|four|daily|every|nightly|weekly|at\b|per\b|a day|before|by mouth|orally"
    r"|PO\b|IV\b|SC\b|BID|TID|QID|tablets?|capsules?)"
)
"""A word in the place of a drug's name where a sentence begins: "Zorbatrex 20 mg daily"."""
_BRAND = re.compile(
    r"\b(?:with|start|give|take|prescribe|add|use|using|begin|continue|order|of)\s"
    r"(?P<name>[A-Z][a-z]{5,})\s+\d[\d.,]*\s?(?:mg|mcg|g|units?)\b(?!\s?/)"
)
"""A capitalized word within a sentence where a dose follows: a brand's name."""


_DOSED = re.compile(
    rf"\b(?P<name>[a-z]{{6,}})\s+\d[\d.,]*\s?{_UNIT}"
    r"(?:,? (?:(?:one|two|1|2) )?(?:tablets?|capsules?|pills?))?,?"
    r"\s(?:once|twice|(?:two|three|four) times|daily|every|nightly|each|a day|by mouth|orally|PO"
    r"|IV|SC|IM|BID|TID|QID|bd|tds|od|at (?:night|bedtime)|in the (?:morning|evening)"
    r"|tablets?|capsules?|one (?:tablet|capsule|in|on|at|each|every|daily|a))\b"
)
"""A word in small letters that has a dose and is taken in turn, wherever it stands."""
_ENGLISH = re.compile(
    r"\w+(?:ings?|ed|ers?|ors?|tions?|ments?|ness|ly|hydrates?|hydrochloride|crystals|lets?)"
)
"""Endings of words, and of salts, that no drug's name has."""
_PLACES = (_STEM, _BRAND, _NAMED, _OPENS, _DOSED)
_BEFORE_NUMBER = re.compile(
    r"\b(?P<name>[A-Za-z]{5,})\s+"
    r"(?:(?i:XR|ER|SR|XL|CR|LA|tablets?|capsules?|oral|IV|by mouth)\s+)?\d"
)
"""Any word that one of the places may be about: most are the names of known drugs."""


def _nameless(context: Context) -> Iterator[Verdict]:
    """Report words that stand where a drug's name does and that no drug is called."""
    known = {at for lab in context.content.labs for at in _beside(lab.start, lab.end)}
    for mention in context.content.drugs:
        known.update(_beside(mention.start, mention.end))
        if mention.near:
            meant = " or ".join(name(key) for key in mention.near)
            yield _no_drug(f'No drug is called "{mention.text}": was {meant} meant?', mention.span)
    if all(_is_known(m, known) for m in _BEFORE_NUMBER.finditer(context.text)):
        return
    for found in (m for words in _PLACES for m in words.finditer(context.text)):
        start, end = found.span("name")
        if found.re is _DOSED and _is_english(found["name"]):
            continue
        if not _is_known(found, known):
            known.update(_beside(start, end))
            if read(found["name"]).drugs or _is_quoted(context, found["name"]):
                continue
            text = f'No drug called "{found["name"]}" is known: check the name.'
            yield _no_drug(text, Span(start=start, end=end))


def _beside(start: int, end: int) -> range:
    """Return the places of a name and of the word behind it: "Invega Sustenna"."""
    return range(start, end + 2)


def _is_known(found: re.Match[str], known: AbstractSet[int]) -> bool:
    """Return whether a word names a drug that was read, or no drug at all."""
    if not known.isdisjoint(range(*found.span("name"))):
        return True
    word = found["name"].lower()
    return word in ordinary_words() or word in other_names() or bool(_NO_DRUGS.fullmatch(word))


def _is_english(word: str) -> bool:
    """Return whether a word is a seldom one of the language, or ends like one."""
    return word in rare_words() or _ENGLISH.fullmatch(word) is not None


def _is_quoted(context: Context, word: str) -> bool:
    """Return whether a source uses the word: a name that the tables do not know, but that is."""
    return any(word.lower() in quote.lower() for quote in context.quotes or ())


def _no_drug(message: str, span: Span) -> Signal:
    return Signal(severity="warning", message=message, span=span, reference=_NAMES)


RULES = (
    Rule(
        id="MED121",
        title="name that no drug has",
        category="formulation",
        rationale="A misspelled or invented name is filled in by somebody's guess.",
        check=_nameless,
    ),
    Rule(
        id="MED005",
        title="a name that the tables do not know",
        category="single-dose",
        rationale="A drug that no table holds must not pass as if it had been found safe.",
        check=_unknown,
    ),
)
