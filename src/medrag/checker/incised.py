"""Antibiotic prophylaxis against the time of the incision.

Source: Clinical practice guidelines for antimicrobial prophylaxis in surgery (ASHP/IDSA/SIS/SHEA
2013), common principles: the first dose within 60 minutes before the incision, of vancomycin and
fluoroquinolones within 120.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.sample_times import hours
from medrag.clinical import DrugMention
from medrag.clinical.number_words import COUNT
from medrag.core.finding import Reference

_CUT = r"(?:the )?(?:first |skin |surgical )?(?:incision|cut|knife)\b"
_AMOUNT = rf"(?P<n>\d+(?:\.\d+)?|{COUNT})[\s-]*(?P<unit>hours?|h|hrs?|minutes?|min|days?)\s"
_AHEAD = re.compile(rf"\b{_AMOUNT}(?:before|prior to|ahead of) {_CUT}", re.I)
_BEHIND = re.compile(
    rf"\b(?:{_AMOUNT.replace('P<n>', 'P<n2>').replace('P<unit>', 'P<unit2>')})after {_CUT}"
    r"|\b(?:once|when|after|at) (?:the )?(?:skin|wound) (?:is |was |has been )?(?:closed|closure)"
    r"|\bat (?:the end of (?:the )?(?:surgery|operation|case)|(?:skin |wound )?closure)\b",
    re.I,
)
_ALSO = re.compile(r"\b(?:re-?dos\w*|again|repeat\w*|second|further|another|then|stop\w*)\b", re.I)
"""Words of later doses, which may be given after the incision."""
_SLOW = frozenset({"vancomycin", "ciprofloxacin", "levofloxacin", "moxifloxacin"})
SOURCE = Reference(
    title="Clinical practice guidelines for antimicrobial prophylaxis in surgery "
    "(ASHP/IDSA/SIS/SHEA)",
    section="Common principles: preoperative-dose timing",
    edition="2013",
    url="https://doi.org/10.2146/ajhp120568",
)


def mistimed(context: Context) -> Iterator[tuple[DrugMention, str]]:
    """Yield each antibiotic given too long before an incision, or first behind it."""
    text = context.text
    if not ("incision" in text or "clos" in text or "skin" in text or "surgery" in text):
        return
    antibiotics = context.knowledge.members("@antibiotic")
    for mention in context.orders:
        drugs = antibiotics & set(mention.ingredients)
        said = context.sentence(mention)
        if not drugs or _ALSO.search(said):
            continue
        ahead = _AHEAD.search(said)
        least = 2 if drugs & _SLOW else 1
        if ahead is not None and hours(ahead["n"], ahead["unit"]) > least:
            yield mention, f"{ahead[0]}: within {least * 60} minutes before the incision"
        elif _BEHIND.search(said) is not None and ahead is None:
            yield mention, f"behind the incision: within {least * 60} minutes before it"
