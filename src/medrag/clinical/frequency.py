"""How often a drug is given: abbreviations and words to times per day.

Words are read one by one (a rate, a time of day, "once", "as needed") and neighbours are put
together: "twice daily with meals" is 2, "in the morning and at bedtime" is 2, "every 4 to 6
hours as needed" is at most 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from medrag.clinical.folding import fold
from medrag.clinical.quantity import Frequency

_WORDS = {
    "half": "0.5", "a": "1", "an": "1", "one": "1", "once": "1", "two": "2", "twice": "2",
    "three": "3", "thrice": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "other": "2", "second": "2",
    "2nd": "2", "third": "3", "3rd": "3", "fourth": "4", "4th": "4", "1/2": "0.5", "1/4": "0.25",
    "twenty-four": "24", "twenty four": "24",
}  # fmt: skip
_NUM = (
    r"(?:\d+/\d+|\d+(?:\.\d+)?|twenty[- ]four|half|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve)"
)
_NTH = r"(?:other|second|2nd|third|3rd|fourth|4th|an?|1/2|1/4)"
_UNIT = (
    r"(?:hourly|hours?|hrs?|h|minutes?|mins?|nights?|days?|d|weeks?|wks?|wk|w|months?|mos?|mo"
    r"|years?|yrs?)"
)
_PERIOD = (
    r"(?:daily|days?|d|weekly|weeks?|wk|monthly|months?|yearly|years?|nightly|24\s?h(?:ours|rs?)?)"
)
_END = r"(?:\b|(?=x\d|prn|instr))"
_DAY = r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:days?)?"
_NOT_A_RATE = (
    r"(?!\s+(?:dos(?:e|es|age|ing)\b|max|limit|intake|total|amount|requirement|weight|li[fv]|activit"
    r"|monitor|use\b|basis|cost|practice|routine|inr|labs?\b|check|blood|counts?\b|cbc|fbc|lft|liver"
    r"|ck\b|ecg|creatinine|potassium|platelet|weigh|test|review|visit|follow|level|pregnancy|anc\b"
    r"|h(?:a)?emoglobin|glucose|urin|electrolyt|measure|phone|call|bath|walk|exercise|dressing))"
)
_TOKEN = re.compile(
    rf"""(?<![\w./])(?:
      (?P<times>(?:(?P<tlow>{_NUM}|once|twice|thrice)
          (?:\s?(?:-|–|\bto\b|\bor\b)\s?(?P<thigh>{_NUM}|twice|thrice))?
          (?:\s(?:one|two|three|four|five|six))?
          (?:\s?(?:x|times?|doses)\b|(?<=once)|(?<=twice)|(?<=thrice)
          |(?=\s?/\s?(?:day|d\b|week|month)|\s(?:a|per|each)\s(?:day|week|month))))
          [\s/-]*(?:(?:a|an|per|each|every|in|in\sa|in\sthe|in\sany|in\sone)\s)?(?P<period>{_PERIOD}){_END})
    | (?P<every>(?:(?:once|one\stime)\s)?(?:\bevery|\beach|\bq\.?)\s?
          (?:(?P<elow>{_NUM}|{_NTH})(?:\s(?:four|six|eight|twelve|three|two)\b)?
             (?:\s?(?:-|–|\bto\b|\bor\b)\s?(?P<ehigh>{_NUM}))?[\s-]?)?(?P<eunit>{_UNIT}){_END})
    | (?P<hourly>(?P<hlow>\d+)[\s-](?:to[\s-](?P<hhigh>\d+)[\s-])?hourly\b|\bhourly\b)
    | (?P<weekday>(?:(?:on|every|each)\s)?{_DAY}\b
          (?:(?:\s?,\s?|\s?/\s?|\s?,?\s?and\s|\s|\s(?:to|through|till)\s|-(?=[a-z]{{3}})){_DAY}\b)*)
    | (?P<slot>(?:(?:in\sthe|every|each|q\.?|at|with|before|after|on
          |(?:with|at|before|after)\s(?:the|your|evening))\s?)
          (?P<when>mornings?|a\.?m\.?|evenings?(?:\smeal)?|p\.?m\.?|afternoons?|noon|midday
          |bedtime|bed\stime|bed|night(?:ly)?
          |nighttime|hs|breakfast|lunch|dinner|supper|waking)\b
        |(?P<nightly>nightly|qhs|q\.h\.s\.|hs|h\.s\.|nocte|qam|qpm|mane|qac
          |at\s(?:9|10)\s?pm)\b)
    | (?P<meals>(?:with|before|after|at)\s(?:(?:each|every|the|all|your|main|largest)\s)*
          meals?\b|ac\b|pc\b)
    | (?P<code>q\.?o\.?d\b\.?|eod\b|alternate\sdays|alternating\sdays|q\.?d\b\.?|o\.d\.|od\b
        |daily{_NOT_A_RATE}{_END}
        |everyday\b|b\.?i\.?d{_END}\.?|bds?\b|t\.?i\.?d{_END}\.?|tds\b|t\.i\.w\.?|tiw\b
        |q\.?i\.?d{_END}\.?|qds\b|a\sday\b
        |weekly\b{_NOT_A_RATE}|biweekly\b|fortnightly\b|monthly\b{_NOT_A_RATE}|yearly\b|annually\b
        |qweek(?:ly)?\b|a\sweek\b|a\smonth\b)
    | (?P<prn>prn|p\.r\.n\.
        |(?:as|when|if|only\swhen|only\sif|only\sas)\s(?:needed|required|necessary)\b)
    | (?P<continuous>(?:as\sa\s)?continuous(?:ly|\s(?:iv\s|intravenous\s)?infusion)\b
        |by\scontinuous\sinfusion)
    | (?P<doses>(?:x|×|\*|for)\s?(?P<dcount>{_NUM})\s?(?:doses?|times?)\b
        |may\srepeat\s(?P<again>once|twice|x\s?\d)\b)
    | (?P<once>(?:as\sa\s)?(?:single|one[- ]time|one)(?:\s(?:iv|im|oral))?\sdose\b
        |(?<!at\s)once\b(?!\s(?:again|more|the|you|he|she|they|it|a\b|his|her|your|this|there
            |(?!(?:before|after|at|in|on|for|per|only|and|or|then|to)\b)(?:[\w-]+\s){{2,3}}
            (?:is|are|has|have)\b|[\w-]+\s
            (?:is|are|has|have|falls?|drops?|rises?|reach\w*|return\w*|normali\w+|improv\w+
            |confirm\w*|stab\w+|below|above|<|>|≥|≤)))
        |one\stime\b|x\s?1\b(?!\s?(?:day|week|month|\d))|stat\b|immediately\b)
    )""",
    re.VERBOSE,
)
_CODES = {
    "qod": "0.5", "eod": "0.5", "alternate days": "0.5", "alternating days": "0.5", "bid": "2",
    "bd": "2", "bds": "2", "tid": "3", "tds": "3", "qid": "4", "qds": "4",
}  # fmt: skip
_WEEK, _MONTH, _YEAR = Decimal(7), Decimal(30), Decimal(365)
_LONG_CODES = {
    "weekly": _WEEK, "qweek": _WEEK, "qweekly": _WEEK, "a week": _WEEK, "fortnightly": 2 * _WEEK,
    "monthly": _MONTH, "a month": _MONTH, "yearly": _YEAR, "annually": _YEAR,
}  # fmt: skip
_GLUE = re.compile(
    r"(?:[\s,;&()+-]|\band\b|\bor\b|\bto\b|\bup\b|\bper\b|\bat\b|\bthe\b|\bonly\b|\bof\b)*\Z"
)
_CAPPED = re.compile(r"\b(?:up\sto|at\smost|no\smore\sthan|max(?:imum)?|not\sexceed)\b", re.I)
_NEAR = re.compile(r"[^\d.;\n]{0,45}\Z")
_EYE = re.compile(r"(?:\b(?:drops?|gtts?|in|to|into|the|eye|ointment|inch))\s\Z")


@dataclass(frozen=True, slots=True)
class _Token:
    """One word of frequency: `kind` is the group that matched, `rate` times a day."""

    kind: str
    start: int
    end: int
    rate: Decimal | None = None
    low: Decimal | None = None
    slot: str = ""


def parse_frequencies(text: str) -> list[Frequency]:
    """Return every statement of how often, in text order; times per day, PRN at its maximum.

    A month counts 30 days, a year 365. "Biweekly", which is read both ways, is taken as twice
    a week, the higher rate.
    """
    return list(_parsed(text))


@lru_cache(maxsize=16)
def _parsed(text: str) -> tuple[Frequency, ...]:
    folded = fold(text)
    groups: list[list[_Token]] = []
    for token in _tokens(folded):
        if groups and _joins(groups[-1], token, folded):
            groups[-1].append(token)
        else:
            groups.append([token])
    return tuple(_frequency(group, text) for group in groups)


def _joins(group: list[_Token], token: _Token, text: str) -> bool:
    last = group[-1]
    between = text[last.end : token.start]
    if _GLUE.match(between):
        return True
    loose = {"prn", "doses", "continuous"}
    if token.kind in loose or {t.kind for t in group} <= loose:
        return token.kind not in {t.kind for t in group} and bool(_NEAR.match(between))
    return False


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        token = _token(match)
        if token is not None:
            yield token


def _token(match: re.Match[str]) -> _Token | None:
    kind = next(k for k in _KINDS if match[k] is not None)
    start, end = match.span()
    if kind == "times":
        high = match["thigh"] or match["tlow"]
        days = _period(match["period"])
        low = _number(match["tlow"]) / days if match["thigh"] else None
        return _Token(kind, start, end, _number(high) / days, low)
    if kind == "every":
        return _every(match)
    if kind == "hourly":
        hours = _number(match["hlow"] or "1")
        low = Decimal(24) / _number(match["hhigh"]) if match["hhigh"] else None
        return _Token("every", start, end, 24 / hours, low)
    if kind == "doses":
        again = match["again"]
        extra = {"once": 2, "twice": 3}.get((again or "").lower())
        count = Decimal(extra or (int(again[-1]) + 1 if again else 0)) or _number(match["dcount"])
        return _Token(kind, start, end, count)
    if kind == "code":
        return _code(match)
    return _time_of_day(match, kind)


_KINDS = (
    "times", "every", "hourly", "weekday", "slot", "meals", "code", "prn", "continuous", "doses",
    "once",
)  # fmt: skip


def _every(match: re.Match[str]) -> _Token | None:
    written = match["every"]
    low, high, unit = match["elow"], match["ehigh"], match["eunit"].lower()
    if unit.startswith("night") and low is None:
        return _Token("slot", *match.span(), slot="bedtime")
    if unit in {"h", "d", "w", "mo"} and low is None and written[:1] != "q":
        return None
    days = _days(unit)
    shortest = _number(low) if low else Decimal(1)
    longest = _number(high) if high else None
    rate = 1 / (shortest * days)
    lowest = None if longest is None else 1 / (longest * days)
    return _Token("every", *match.span(), _exact(rate), None if lowest is None else _exact(lowest))


def _exact(rate: Decimal) -> Decimal:
    rounded = rate.quantize(Decimal("0.0000000001"))
    whole = rounded.to_integral_value()
    return whole if abs(rounded - whole) < Decimal("1e-9") else rate


def _code(match: re.Match[str]) -> _Token | None:
    written = match["code"].lower()
    code = written.replace(".", "")
    if code == "od" and _EYE.search(match.string, max(0, match.start() - 20), match.start()):
        return None
    if code in _LONG_CODES:
        return _Token("code", *match.span(), 1 / _LONG_CODES[code])
    if code in {"tiw", "biweekly"}:
        return _Token("code", *match.span(), (3 if code == "tiw" else 2) / _WEEK)
    return _Token("code", *match.span(), Decimal(_CODES.get(code, "1")))


def _time_of_day(match: re.Match[str], kind: str) -> _Token:
    slot = ""
    rate = None
    if kind == "slot":
        word = (match["when"] or match["nightly"]).lower().replace(".", "")
        slot = next((name for name, words in _SLOTS.items() if word.startswith(words)), word)
    elif kind == "weekday":
        rate = Decimal(_days_in(match[0].lower())) / 7
    return _Token(kind, *match.span(), rate, slot=slot)


_WEEK_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _days_in(written: str) -> int:
    """Return how many days of the week are named, those within "Monday to Friday" too."""
    named = [_WEEK_DAYS.index(day[:3]) for day in re.findall(_DAY, written)]
    if len(named) == 2 and re.search(r"\s(?:to|through|till)\s", written):
        return (named[1] - named[0]) % 7 + 1
    return len(named)


_SLOTS: dict[str, tuple[str, ...]] = {
    "morning": ("morning", "am", "breakfast", "waking", "qam", "mane"),
    "noon": ("noon", "midday", "lunch", "afternoon"),
    "evening": ("evening", "pm", "dinner", "supper", "qpm"),
    "bedtime": ("bed", "night", "hs", "qhs", "nocte", "at 9", "at 10"),
}


_ONCE = re.compile(r"once\b", re.I)


def _frequency(group: list[_Token], text: str) -> Frequency:
    start, end = group[0].start, group[-1].end
    kinds = {token.kind for token in group}
    found = Frequency(
        per_day=None,
        start=start,
        end=end,
        text=text[start:end],
        prn="prn" in kinds,
        continuous="continuous" in kinds,
        doses=next((token.rate for token in group if token.kind == "doses"), None),
    )
    rates = [t for t in group if t.kind in {"times", "every", "code", "weekday"}]
    slots = {t.slot for t in group if t.kind == "slot"}
    once = any(_ONCE.match(text, token.start) for token in rates)  # "once daily with meals"
    if once:
        kinds -= {"meals"}
    times = Decimal(len(slots)) + (3 if "meals" in kinds else 0)
    if rates:
        return _rated(found, rates, times if len(slots) > 1 or "meals" in kinds else Decimal(0))
    if times:
        return replace(found, per_day=times)
    if "once" in kinds:
        return replace(found, per_day=Decimal(1), once=True)
    return found


def _rated(found: Frequency, rates: list[_Token], times: Decimal) -> Frequency:
    values = [t.rate for t in rates if t.rate is not None]
    weekdays = [t.rate for t in rates if t.kind == "weekday" and t.rate is not None]
    others = [t.rate for t in rates if t.kind != "weekday" and t.rate is not None]
    highest = max(values)
    if len(values) > 1 and _CAPPED.search(found.text, 1):
        return replace(found, per_day=min(values))  # "every 30 minutes, up to 8 doses a day"
    if weekdays and others:  # "once daily on Mondays", "weekly on Friday"
        highest = (
            min(others) if min(others) < 1 and len(weekdays) == 1 else sum(weekdays, Decimal(0))
        )
    lows = [t.low for t in rates if t.low is not None]
    low = min(lows) if lows else None
    if low is None and len(set(others)) > 1 and re.search(r"\bor\b|\bto\b|-", found.text):
        low = min(others)
    if highest == 1 and times > 1:
        highest = times
    return replace(found, per_day=highest, per_day_low=low if low != highest else None)


def _number(written: str) -> Decimal:
    key = written.lower()
    if key in _WORDS:
        return Decimal(_WORDS[key])
    if "/" in key:
        top, bottom = key.split("/")
        return Decimal(top) / Decimal(bottom) if int(bottom) else Decimal(1)
    return Decimal(key) or Decimal(1)


def _days(unit: str) -> Decimal:
    if unit.startswith("h"):
        return 1 / Decimal(24)
    if unit.startswith("mi"):
        return 1 / Decimal(1440)
    if unit.startswith("mo"):
        return _MONTH
    return {"d": Decimal(1), "n": Decimal(1), "w": _WEEK, "y": _YEAR}[unit[0]]


def _period(period: str) -> Decimal:
    written = period.lower()
    if written.startswith(("d", "n", "24")):
        return Decimal(1)
    return {"w": _WEEK, "m": _MONTH, "y": _YEAR}[written[0]]
