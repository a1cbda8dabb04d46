"""Units that a text spells out in words, brought to their signs character for character.

"0.8 grams for each kilogram they weigh" is 0.8 g/kg, "500 neutrophils per cubic millimetre" is
500/mm3, "175 anti-Xa IU/kg" is 175 IU/kg.
"""

from __future__ import annotations

import re

_AMOUNTS = (
    r"k?g|m?c?g|[µμ]g|ng|grams?|milligrams?|micrograms?|nanograms?|mL|millilit(?:er|re)s?|units?"
    r"|IU|mU|mIU|milliunits?|mmol|millimoles?|mEq|kcal|calories|joules|J"
)
_OF_WHAT = r"(?:,? of (?:[A-Za-z-]+ ){0,3}?[A-Za-z-]+| protein| fluid)"
PER_KILOGRAM = re.compile(
    rf"(?<=\d )(?P<unit>{_AMOUNTS})"
    rf"(?:{_OF_WHAT}?(?: for)? (?:per|each|every|an?|one)\b|{_OF_WHAT}\s?/)\s?"
    r"(?:kilograms?|kilos?|kg)\b"
    r"(?:(?: of)?(?: (?:their|his|her|the|a|ideal|actual|lean|adjusted|dry))*"
    r"(?: (?:body|patient|child)(?:['\u2019]s)?)? ?-?weight| (?:they|he|she|it|you) weighs?"
    r"| (?:the )?(?:patient|child|baby|infant|person)(?: weighs|['\u2019]s weight))?"
    r"(?P<per>(?: per | an? | each | every |\s?/\s?)(?:day|hour|minute|h|min|d)\b)?",
    re.IGNORECASE,
)
MILLIUNITS = re.compile(r"(?<=\d) mU\b")
ANTI_XA = re.compile(
    r"\b(?P<number>\d[\d.,]*) anti[- ](?:factor )?Xa (?=IU|units?|international)", re.IGNORECASE
)
CELLS_PER = re.compile(
    r"(?<=\d) (?:(?:[a-z]+ )?(?:neutrophils|granulocytes|platelets|leu[ck]ocytes|lymphocytes"
    r"|eosinophils|(?:[A-Za-z0-9+]+ )?cells)(?: (?:are|were) [a-z]+)? )?"
    r"(?:(?:per|to the|in (?:a|an|each|every|one)) |/ ?)"
    r"(?:(?:cubic millimet(?:er|re)|cubic mm|mm3|microlit(?:er|re))s?\b)", re.IGNORECASE,
)  # fmt: skip
COMBINED_STRENGTH = re.compile(
    r"(?<![\d/.])(?P<one>\d+(?:\.\d+)?)/(?P<two>\d+(?:\.\d+)?)(?= (?:tablets?|tabs?|capsules?)\b)",
    re.IGNORECASE,
)


def per_kilogram(match: re.Match[str]) -> str:
    """Return "g/kg/day" for "grams for each kilogram of body weight per day"."""
    per = (match["per"] or "").split()
    time = f"/{per[-1].lstrip('/')}" if per else ""
    return f"{match['unit']}/kg{time}".ljust(len(match[0]))


def anti_xa(match: re.Match[str]) -> str:
    """Return "175 IU" for "175 anti-Xa IU", at its right end."""
    return f"{match['number']} ".rjust(len(match[0]))


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
DAY_OF_DATE = re.compile(
    rf"(?<![\w.])\d{{1,2}}(?:st|nd|rd|th)?(?P<month>(?: of)? {_MONTH},?) (?=(?:19|20)\d\d\b)"
    rf"|\b(?P<before>{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?,? (?=(?:19|20)\d\d\b)"
)
"""A day with its month and year, which `grounding/dates` compares: no number of anything."""
COUNTED_OFF = re.compile(
    r"\b(?P<what>doses|infusions|injections|vaccinations|treatments|sessions|applications|courses)"
    r" one (?:(?:to|through) (?P<last>two|three|four|five|six|eight|ten|twelve)"
    r"|and (?P<two>two))\b",
    re.IGNORECASE,
)


def only_month(match: re.Match[str]) -> str:
    """Return "   March " for "3 March ", "March    " for "March 3, "."""
    if match["before"]:
        return match["before"].ljust(len(match[0]))
    return f"{match['month']} ".rjust(len(match[0]))


def counted_off(match: re.Match[str]) -> str:
    """Return "first three doses" for "doses one to three"."""
    return f"first {match['last'] or match['two']} {match['what']}".rjust(len(match[0]))
