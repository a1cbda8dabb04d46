"""Ages over 89: of all ages only these are identifiers (45 CFR 164.514(b)(2)(i)(C))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.evidence import CERTAIN, Found, Note

CATEGORY = "90+"
_OLD = r"(?:9\d|1[0-2]\d)"
_TENS = r"(?:ninety|one[ -]hundred(?:[ -]and)?|a[ -]hundred(?:[ -]and)?)"
_UNITS = r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|ten))?"
_SPELLED = rf"{_TENS}{_UNITS}"
_YEARS = (
    r"(?:[\s-]{0,8}(?:years?|yrs?|yr|y)[\s.-]{0,8}(?:olds?|of[\s-]age|young)\b|[\s-]?y[./]?\s?o\b\.?"
    r"|[\s-]?yrs?\b|\s?y(?=[,;.)]|\s{0,8}$)"
    r"|[\s-]{0,8}years?[\s-]old\b)"
)
_AGE = re.compile(
    rf"(?<![\w.,/+-])(?P<number>{_OLD}|{_SPELLED})(?P<rest>(?:\s?[½¾¼]"
    rf"|\.\d)?{_YEARS}(?:[\s/]?(?-i:[MF])\b)?"
    rf"|[\s/-]?(?:(?-i:[MF])|male|female)\b(?!\s?%)|\s?(?:years?)(?=[,;.)]|\s(?:and|with|who|woman"
    rf"|man|lady|gentleman)))",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"\b(?:aged?|age[ds]?\s?(?:is|was|of|:|=|at\s\w{{1,40}})|turn(?:s|ed|ing)|(?:she|he|they|who"
    rf"|patient|pt|mother|father"
    rf"|grandmother|grandfather|mum|dad|mom|gran)(?:['\u2019]s|\sis|\swas|\sare)(?:\snow|\salmost"
    rf"|\snearly)?"
    rf"|at\sthe\sage\sof|at\sage|birthday)[\s:=]*(?P<number>{_OLD}|{_SPELLED})"
    r"(?!\s?(?:[%/]|\.\d|mg|kg|kilo|lb|mm|cm|bpm|ml|units|on\s(?:room|ra)|percent|degrees"
    r"|and\s\d))(?![\d])",
    re.IGNORECASE,
)
_RELATED = re.compile(
    rf"\b(?:(?:mother|father|mum|dad|mom|gran(?:d\w{{1,40}})?|aunt|uncle|husband|wife|lady|gentleman"
    rf"|woman|man|patient|pt"
    rf"|resident|gentleman|male|female)),?\s\(?(?P<number>{_OLD})(?=[,;)]|\s?[MF]\b)",
)
_LOOSE = re.compile(
    rf"(?:\b(?:judge|man|woman|lady|gentleman|widow(?:er)?|teacher|farmer|veteran|resident"
    rf"|patient|pt|nun|priest|person"
    rf"|mother|father|grand\w{{1,40}}|aunt|uncle)\sof\s|^At\s|[.\n]\sAt\s|\bso\s|\b(?:[A-Z]\w{{1,40}}|patient"
    rf"|pt|dad|mum|mom|he|she|wife|husband|brother"
    rf"|sister|mother|father|aunt|uncle)[,\s]*\(|\b(?:brother|sister|mother|father|wife|husband"
    rf"|he|she|patient|pt|ours?)[^.;\d]{{0,14}}\sis\s)"
    rf"(?P<number>{_OLD}|{_SPELLED})(?:\s?y\b[^a-z]|(?=[,;:)?!.](?!\d)|\s(?:from|with|who|in|living|on)\b))"
)
_BESIDE_BIRTH = re.compile(
    r"\b(?:dob|d\.o\.b\.?|born|birth)\b[^\n()]{1,24}\d\s?"
    rf"\((?:aged?\s)?(?P<number>{_OLD})\s?(?:y\w*)?\)",
    re.IGNORECASE,
)
_WORDED = re.compile(
    r"\b(?:nonagenarian|centenarian|supercentenarian"
    r"|in\s(?:his|her|their)\s(?:(?:early|mid|late)[\s-])?(?:90['\u2019]?s|nineties))\b",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(
    rf",?\s\(?(?P<number>{_OLD})(?=[,;)]|\s?[MF]\b|\s(?:years|y/?o|on\s))|,\s(?P<last>{_OLD})(?=[.?](?!\d)|\n|$)"
    rf"|(?:\s(?:at|in|on|from)\s[\w ]{{1,40}}?)?,\s(?P<spoken>{_SPELLED})(?=,)"
)
"""An age behind a name: "Ada Lovell, 93, asks", "pt is Ada, 93", "Edna Moss, ninety four,"."""
_FAHRENHEIT = re.compile(
    r"(?:\bt(?:emp\w*|max)?|fever\w*|febrile|\bof|°)[\s:=]*(?:is\s|was\s|up\sto\s)?$", re.IGNORECASE
)
_ONE = re.compile(r"(?:\ba|\bis|\bpt|^|[;(\n])\s?$")
"""What stands before the age and sex of one person: "a 92 F"."""
_CLASS = re.compile(
    r"(?:[<>≥≤=]|\b(?:over|above|under|below|than|least|most|beyond|exceed\w*|until|up\sto|to"
    r"|between|patients?|adults"
    r"|people|those|persons|women|men|individuals|aged|and|\d\s?[-\u2013]))\s?$",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?:patients|adults|people|those|persons|women|men|individuals|residents|ages|elderly)\b",
    re.IGNORECASE,
)
_BIRTH_YEAR = re.compile(
    r"\b(?:born|b\.|birth\syear|year\sof\sbirth|yob|dob|d\.o\.b\.?|date\sof\sbirth"
    r"|birth\s?date)[\s:]*(?:in\s|is\s)?"
    r"(?P<year>1[89]\d\d)\b(?![-/.]\d)",
    re.IGNORECASE,
)


def find_ages(note: Note, *, year: int) -> Iterator[Found]:
    """Yield ages over 89 of a person, and years of birth that tell one in `year`.

    "Patients over 90" and "adults aged ≥ 95 years" name a class, not a person, and stay.
    """
    text = note.text
    for pattern in (_AGE, _LABELLED, _RELATED, _LOOSE, _BESIDE_BIRTH):
        for match in pattern.finditer(text):
            if _of_a_class(note, match) or text[match.end() : match.end() + 1] == "%":
                continue
            yield Found(match.start("number"), match.end(), "age", CERTAIN)
    for match in _WORDED.finditer(text):
        yield Found(match.start(), match.end(), "age", CERTAIN)
    for match in _BIRTH_YEAR.finditer(text):
        if year - int(match["year"]) > 89:
            yield Found(match.start("year"), match.end("year"), "age", CERTAIN)


def categorized(written: str) -> str:
    """Return an age phrase with its number put in the category of all ages over 89."""
    if re.search(r"genarian|centenarian", written, re.IGNORECASE):
        return f"person aged {CATEGORY}"
    if re.fullmatch(r"1[89]\d\d", written):
        return f"[year of an age of {CATEGORY}]"
    if re.match(r"in\s", written, re.IGNORECASE):
        return f"aged {CATEGORY}"
    return re.sub(
        rf"^(?:{_OLD}|{_SPELLED})(?:\s?[½¾¼]|\.\d)?", CATEGORY, written, flags=re.IGNORECASE
    )


def age_after_name(note: Note, end: int) -> Found | None:
    """Return the age over 89 that follows the name ending at `end`: "Ada Lovell, 93, asks"."""
    match = _AFTER_NAME.match(note.text, end)
    return Found(match.start(match.lastgroup or 0), match.end(), "age", CERTAIN) if match else None


def _of_a_class(note: Note, match: re.Match[str]) -> bool:
    """Return whether the number is no person's age: a class of persons, or a temperature."""
    start = match.start("number")
    before = note.before(start, 24)
    apart = re.fullmatch(r"(?P<number>\d+)\sF", match[0])
    if apart and not _ONE.search(before) and not (int(apart["number"]) < 95 and "," in before[-2:]):
        return True
    if match[0].endswith("F") and _FAHRENHEIT.search(before):
        return True
    if re.search(
        r"[<>≥≤]\s?$|\b(?:over|above|under|below|than|least|beyond|between|up\sto)\s$",
        before,
        re.IGNORECASE,
    ):
        return True
    plural = re.match(
        rf"(?:{_OLD}|{_SPELLED})[\s-]{{0,8}}year[\s-]{{0,8}}olds\b",
        note.after(start, 30),
        re.IGNORECASE,
    )
    return plural is not None or (
        _CLASS.search(before) is not None and _GROUP.search(before) is not None
    )
