"""What an amount is per: a dose, a day, a week; "300 mg per day" of 300 mg twice daily."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medrag.grounding.facts import paces
from medrag.grounding.places import Site

_A_DAY = re.compile(r"\s?(?:a|per|each) day\b|\s?/\s?d(?:ay)?\b|\s(?:in )?total\b", re.IGNORECASE)


def other_total(one: Site, same: Sequence[Site]) -> str:
    """Return what is wrong with "300 mg per day" of 300 mg twice daily; "" where nothing is."""
    unit = one.number.quantity.unit
    after = one.facts.text[one.number.end : one.number.end + 14]
    if not unit.endswith("/d") and not (unit in _MASSES and _A_DAY.match(after)):
        return ""
    rates = []
    for site in same:
        told = paces(site.facts, _SPACED)
        rate = {f.per_day for n, f in told if n is site.number and not _PARTED.match(f.text)}
        if site.number.quantity.unit.endswith("/d") or not rate or None in rate or 1 in rate:
            return ""
        rates += list(rate)
    often = max(rate for rate in rates if rate)
    return f"The quotation gives {one.words!r} {often:f} times a day." if often > 1 else ""


def whole_each(one: Site, same: Sequence[Site]) -> str:
    """Return what is wrong with "20 mg/kg twice daily" of 20 mg/kg/day; "" where nothing is."""
    number, facts = one.number, one.facts
    if number.quantity.unit.endswith("/d") or _SPLIT.search(facts.text):
        return ""
    often = next((f for n, f in paces(facts) if n is number and f.per_day and f.per_day > 1), None)
    if often is None or not all(s.number.quantity.unit.endswith("/d") for s in same):
        return ""
    return f"The quotation gives {same[0].words!r} in all, not {often.text}."


_SPLIT = re.compile(
    r"\b(?:divid\w+|split|total|in all|altogether|each day|daily dose)\b", re.IGNORECASE
)
_PERIOD = re.compile(
    r"\s?(?:of [\w-]+ |(?:(?:is|are|(?:may|can) be) )?[a-z]+ )?(?:(?:a|per|each|every|in (?:a"
    r"|any|one)|in"
    r"|within)\s(?!\w+ (?:or|to) |\w+ (?:apart|later|before|after)\b)|/)"
    r"(?:(?P<day>day|24[ -]?h\w*)"
    r"|(?P<dose>dose)(?! of)|(?P<week>week|7 days)|(?P<month>month)|(?P<hour>hour"
    r"|h\b))\b", re.IGNORECASE,
)  # fmt: skip


def other_period(one: Site, same: Sequence[Site]) -> str:
    """Return what is wrong with "3 g per week" of 3 g in 24 hours; "" where nothing is."""
    mine = _period(one)
    if not mine or one.number.quantity.unit.removesuffix("/d") not in _MASSES:
        return ""
    theirs = {_period(site) for site in same}
    once = {mine, *theirs} == {"dose", "day"} and any(_ONCE.search(s.facts.text) for s in same)
    if "" in theirs or mine in theirs or once:
        return ""
    return f"The quotation gives {one.words!r} per {min(theirs)}, not per {mine}."


def _period(site: Site) -> str:
    if site.number.quantity.unit.endswith("/d"):
        return "day"
    match = _PERIOD.match(site.facts.text, site.number.end)
    return (match.lastgroup or "") if match else ""


_PARTED = re.compile(r"in(?:to)?\b", re.IGNORECASE)
"""What parts an amount of a day: "1.5 g in three divided doses"."""
_ONCE = re.compile(r"\b(?:once|single|one dose)\b", re.IGNORECASE)
_MASSES = frozenset({"mg", "g", "ug", "mL", "[iU]", "mg/kg", "ug/kg", "[iU]/kg"})
_SPACED = re.compile(r"[\d;.()]")
