"""Ages over 89: of all ages only these are identifiers (45 CFR 164.514(b)(2)(i)(C))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from medrag.privacy.evidence import CERTAIN, STRONG, Found, Note
from medrag.privacy.sieve import ending, sifted

CATEGORY = "90+"
_OLD = r"(?:9\d|1[0-2]\d)"
_TENS = (
    r"(?:ninety(?:[ -](?:odd|plus|something))?"
    r"|one[ -]hundred(?:[ -]and)?|a[ -]hundred(?:[ -]and)?)"
)
_UNITS = r"(?:[ -](?:one|two|three|four|five|six|seven|eight|nine|ten))?"
_SPELLED = rf"{_TENS}{_UNITS}"
_AND_PART = r"\sand\s(?:a\s(?:half|quarter|bit)|three[\s-]quarters)"
_YEARS = (
    r"(?:[\s-]{0,8}(?:years?|yrs?|yr|y)(?:['\u2019]s)?[\s.-]{0,8}(?:olds?|of[\s-]age|young)\b"
    r"|[\s-]?y[./]?\s?o\b\.?|[\s-]?(?:yrs?|years?|y[./]?\s?o?)\.?[\s/]?(?-i:[MF])\b"
    r"|[\s-]?yrs?\b(?:\s\d{1,2}\s?(?:months?|mos?|m)\b)?|y\b|\sy(?=[,;.)]|\s[MF]\b|\s{0,8}$)"
    r"|[\s-]{0,8}years?[\s-]old\b|\s?y\s(?=(?:fe)?male\b|man\b|woman\b|lady\b)"
    r"|[\s-]?(?:ans|a\u00f1os|anos|anni|jahre|j\u00e4hrig\w{0,3}|jaar|\u00e5r)\b)"
)
_AGE = sifted(
    rf"(?<![\w.,/+-])(?P<number>{_OLD}|{_SPELLED})(?P<rest>(?:\s?[½¾¼]"
    rf"|\.\d|{_AND_PART})?{_YEARS}(?:[\s/]?(?-i:[MF])\b)?"
    rf"|(?:[\s/-]|\s/\s|\s?\()?(?:(?-i:[MF])|male|female)\b\)?(?!\s?%)|\s?[\u2640\u2642]|\s?(?:years?)(?=[,;.)]|\s(?:and|with|who|woman"
    rf"|man|lady|gentleman)|\s?years?\s{{0,8}}$))",
    re.IGNORECASE,
)
_LABELLED = sifted(
    rf"\b(?:aged?|age[ds]?\s?(?:is|was|of|:|=|at\s\w{{1,40}})|turn(?:s|ed|ing)|(?:she|he|they|who"
    rf"|patient|pt|mother|father|wife|husband|sister|brother|aunt|uncle|friend|neighbou?r|resident|lady|gentleman"
    rf"|grand(?:mother|father|ma|pa|mum|dad|parent)|mum|dad|mom|gran(?:ny)?|nana?)(?:['\u2019]s|\sis|\swas|\sare)(?:\snow|\salmost"
    rf"|\snearly)?"
    rf"|at\sthe\sage\sof|at\sage|birthday)[\s:=]*(?P<number>{_OLD}|{_SPELLED})"
    r"(?!\s?(?:[%/]|\.\d|mg|kg|kilo|lb|mm|cm|bpm|ml|units|on\s(?:room|ra)|percent|degrees"
    r"|and\s\d))(?![\d])"
    rf"(?:{_AND_PART})?",
    re.IGNORECASE,
)
_RELATED = sifted(
    rf"\b(?:mother|father|mum|dad|mom|gran(?:d\w{{1,40}})?|nan|aunt|uncle|husband|wife|partner|sister|brother"
    rf"|neighbou?r|friend|(?:room|flat|house)mate|carer|spouse|lady|gentleman|woman|man|patient|pt|resident"
    rf"|male|female)(?:,?\s\(?|\s(?:is|died|dies|lived|passed\saway)\s(?:at|to)\s|\sat\s)"
    rf"(?P<number>{_OLD}|{_SPELLED})(?=[,;)]|\s?[MF]\b|\.?\s{{0,8}}$|\.\s)",
    re.IGNORECASE,
)
_LOOSE = sifted(
    rf"(?:\b(?:some(?:body|one)|any(?:body|one)|chap|gent|bloke|soul|judge|man|woman|lady|gentleman|widow(?:er)?|teacher|farmer|veteran|resident"
    rf"|patient|pt|nun|priest|person"
    rf"|mother|father|grand\w{{1,40}}|aunt|uncle|sister|brother|husband|wife|neighbou?r|friend|nan|gran)\sof\s|^At\s|[.\n]\sAt\s|\bso\s|\b(?:[A-Z]\w{{1,40}}|patient"
    rf"|pt|dad|mum|mom|he|she|wife|husband|brother"
    rf"|sister|mother|father|aunt|uncle)[,\s]*\(|\b(?:brother|sister|mother|father|wife|husband"
    rf"|he|she|patient|pt|ours?)\b[^.;\d]{{0,14}}\sis\s)"
    rf"(?P<number>{_OLD}|{_SPELLED})(?:\s?y\b[^a-z]|(?=[,;:)?!.](?!\d)|\s(?:from|with|who|in|living|on)\b))"
)
_SEX_FIRST = sifted(
    rf"(?:^|(?<=[\s(]))(?P<number>(?:[MF]|[Ff]emale|[Mm]ale|[\u2640\u2642])\s?[/,(-]?\s?(?P<years>{_OLD}|{_SPELLED}))(?![\w%/-]|[.,]\d)"
)
"""The sex before the age: "F/94", "(M, 91)"."""
_WITH_NOUN = sifted(
    rf"(?<![\w.,/+-])(?P<number>{_OLD}|{_SPELLED})\s(?!of\b|percent|per\b|degrees?|beats?|in\b|on\b|and\b)(?:[a-z]+[a-z-]*\s){{0,3}}?"
    r"(?=(?:lady|woman|man|gentleman|gent|widow(?:er)?|resident|grandmother|grandfather|chap|bloke|inpatient)\b)",
    re.IGNORECASE,
)
"""An age before whom it is of, its unit left out: "a 97 wheelchair-bound lady"."""
_BESIDE_BIRTH = sifted(
    r"\b(?:dob|d\.o\.b\.?|born|birth)\b[^\n()]{1,24}\d\s?"
    rf"\((?:aged?\s)?(?P<number>{_OLD})\s?(?:y\w*)?\)",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:sats?|satur\w{1,8}|spo2|o2|pulse|rates?|hr|rr|bp|pressures?|systolic|diastolic|map|temp\w*|fever|weigh\w{1,3}|wt"
    r"|glucose|sugars?|bms?|cbgs?|levels?|trough|peak|counts?|dose[ds]?|units?|day|week|cycle|scor\w{1,3}|qtc?|qrs|fev1?|pefr?"
    r"|intervals?|values?|results?|percent\w*|gradient|index|titres?|from|was|were|lab|bed|room|ward|bay|flat|number|no|x"
    r"|costs?|paid|of|took|takes|gave|given|creat\w*|cr|inr|k|na|hb|plt|wbc|crp|alt|ast|gfr|egfr|ph|pco2|po2"
    r"|waist|height|girth|circumference|ldl|hdl|bmi|ck|ldh|psa|bnp|trop\w*|lactate|urea|bun|calcium|sodium|potassium|chloride|ferritin|hct|bili\w*"
    r"|amylase|lipase|albumin|fio2|peep|cvp|icp|platelets|haemoglobin|hemoglobin|creatinine|alp|ggt|ef|lvef|tsh|a1c|hba1c)\b|\d|[<>=\u2265\u2264%+/]",
    re.IGNORECASE,
)
"""What a number may be of, other than years: where the clause before has it, no age is read."""
_MEASURED_WORD = re.compile(_MEASURED.pattern.partition(r"|\d|")[0], re.IGNORECASE)
_ALONE = sifted(
    r"(?:^|(?<=[.,;:(\n])|(?<=\s[-\u2013\u2014])|(?<=\bcomma)|(?<=\bfull stop)|(?<=\bfrail)"
    r"|(?<=\belderly))\s{0,2}"
    rf"(?P<number>{_OLD}|{_SPELLED})(?=\s?(?:[,.;)?](?!\d)|$|\n|[-\u2013\u2014]\s|comma\b|full\sstop\b|now\b"
    r"|\((?:s?he|they|his|her|their|born|dob|lives)\b))",
    re.IGNORECASE,
)
"""A number that is a clause of its own: "Frail, 91, on warfarin", "comma ninety three comma"."""
_TOLD = sifted(
    r"\(\s?(?:(?:s?he|they|pt|patient|(?:(?:the|her|his)\s)?(?:wife|husband|son|daughter|mother|father|mum|mom|dad|sister|brother|niece|nephew|family|carer|partner))\s(?:now\s)?(?:says?|said|claims?|thinks?|reckons?|insists?|swears?|tells\s(?:me|us)|told\s(?:me|us))"
    r"|by\s(?:his|her|their)\sown\saccount|self-?reported(?:\sas)?),?\s(?:that\s)?(?:(?:s?he|they)(?:['\u2019](?:s|re)|\s(?:is|are))\s)?"
    rf"(?P<number>{_OLD}|{_SPELLED})(?=\s?[,;.)])",
    re.IGNORECASE,
)
"""An age by somebody's word in brackets: "(he says 92)"."""
_SAID = sifted(
    rf"\b(?:nearly|almost|just|already|only|now|(?:reach|hit|push|near|approach)(?:es|ed|s|ing)?|made\sit\sto|(?:died|lived)\s(?:at|to)|(?:coming|getting|going)\s(?:up\s)?(?:to|on)|i\s?(?:['\u2019]?m|\sam)|(?:he|she|they)\s?(?:['\u2019]ll\sbe|is|['\u2019]s|will\sbe|turns)"
    rf"|(?:wife|husband|sister|brother|mother|father|mum|mom|dad|nan|gran\w{{0,8}}|aunt\w{{0,4}}|uncle|friend|neighbou?r|lady|gentleman|patient|pt)\s(?:is|will\sbe|turns)"
    rf"|[Aa]t)\s(?P<number>{_OLD}|{_SPELLED})"
    r"(?=\s?(?:[,.;:)?!](?!\d)|$|\n)|\s(?:and|&|n|with|who|too|soon|now|next|this|in|on|still|but|should|can|could|does|is|he|she|living|lives|of|yesterday|today|tomorrow|last)\b)",
    re.IGNORECASE,
)
"""A number that is said of somebody: "his wife is 90 too", "at 98 should she"."""
_BIRTHDAY = sifted(
    r"\b(?P<years>(?:9\d|1[01]\d))(?=\s(?:next|last|this|on\s(?:his|her|their))\s(?:birthday|b-?day)\b)"
    r"|\b(?P<number>(?:9\d|1[01]\d)(?:st|nd|rd|th)(?:\s(?:birthday|b-?day|year)\b"
    r"|(?<=[a-z])(?=\s?(?:[,.;)?!]|$|\s(?:last|next|this|on|in)\b))))"
    r"|\b(?P<spoken>(?:ninetieth|ninety[ -](?:fir|seco|thi|four|fif|six|seven|eigh|nin)\w{1,3}"
    r"|(?:one[ -])?hundredth)\s(?:birthday|b-?day|year)\b)",
    re.IGNORECASE,
)
"""A birthday by its number: "her 95th birthday", "his 100th"."""
_OWN_BIRTHDAY = ending(r"\b(?:his|her|their)\s$", re.IGNORECASE)
_SOMEBODY = (
    r"\s(?:(?!(?:in|of|on|for|with|and|from|at|to|the)\b)[a-z]+\s){0,2}?"
    r"(?:wom[ae]n|lady|man|gentleman|gent|chap|male|female|patient|pt|resident|widow(?:er)?|[mf])\b"
)
_WORDED = sifted(
    r"\b(?:nonagenarian|centenarian|supercentenarian"
    r"|(?:in(?:to)?|through)\s(?:his|her|their|my)\s(?:(?:early|mid|late)[\s-]){0,2}(?:['\u2019]?90['\u2019]?s|nineties)"
    r"|(?:in(?:to)?\s)?(?:his|her|their|my)\s(?:tenth|10th|eleventh|11th)\sdecade"
    rf"|(?:(?:early|mid|late)[\s-]){{1,2}}(?:90['\u2019]?s|nineties)(?={_SOMEBODY})"
    rf"|(?:90|100|(?:one|a)\shundred)[\s-]?(?:something|odd|plus|\+)(?=(?:[\s-]year[\s-]old)?{_SOMEBODY}))\b",
    re.IGNORECASE,
)
"""A life's decade; its bare number counts only right before whom it is of: "mid-90s lady"."""
_BIRTHDAYS = (
    r"\s(?:on\s(?:the\s)?(?:\d{1,2}(?:st|nd|rd|th)?\s?(?:of\s)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|\d{1,2}[/.-]\d|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s\d)"
    r"|in\s(?:the\s)?(?:jan|feb|march|apr|may|june|july|aug|sep|oct|nov|dec|spring|summer|autumn|winter|fall)"
    r"|(?:last|next|this)\s(?:week|month|year|spring|summer|autumn|winter|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|years)"
)
"""When somebody became so old; no saturation, which may be 92 on room air as well."""
_AFTER_NAME = re.compile(
    rf",?\s\(?(?P<number>{_OLD})(?=[,;)]|\s?[MF]\b|\s(?:years|y/?o|on\s))|,\s(?P<last>{_OLD})(?=[.?](?!\d)|\n|$)"
    rf"|(?:\s(?:at|in|on|from)\s[\w ]{{1,40}}?)?,\s\(?(?P<spoken>{_SPELLED})"
    r"(?=[,.;)?!]|$|\s(?:and|but|who|with|on|has|is|years?|now|lives?|living)\b)"
    r"|,?\s(?:(?:who\s)?(?:is|was|turned|turns|will\sbe|became)|(?:who|he|she)['\u2019]s)\s(?:now\s|almost\s|nearly\s|already\s|only\s|just\s)?"
    rf"(?P<told>(?:{_OLD}|{_SPELLED})(?=(?i:{_BIRTHDAYS}))|{_SPELLED}(?=[,.;)?!]|$|\s(?:and|but|who)\b)"
    rf"|{_OLD}(?=\s(?:and|but)\s(?:a\s|an\s|very\s|still\s|also\s|now\s|lives|takes|has|had|is\s|was|on\s[a-z]{{5}}|swallows|frail|blind|deaf|bed|house"
    r"|independent|walks|drives|wants|needs|uses|gets|keeps|forgets|fell|falls|cannot|can|does|refuses|[a-z]{4,}s\s(?:his|her|their|[A-Z]))))"
)
"""An age behind a name: "Ada Lovell, 93, asks", "Edna Moss, ninety", "Anh was 92 on 1 May"."""
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
_BIRTH_YEAR = sifted(
    r"\b(?:born|b\.|birth\syear|year\sof\sbirth|yob|dob|d\.o\.b\.?|date\sof\sbirth"
    r"|birth\s?date)[\s:]*(?:in\s|is\s)?"
    r"(?P<year>1[89]\d\d)\b(?![-/.]\d)",
    re.IGNORECASE,
)


_SAID_WORDS = (
    r"(?:aged?:?|turn(?:s|ed|ing)|nearly|almost|approaching|nearing|rising|pushing|over|past|about"
    r"|around|now|just)"
)
_SAID_BEFORE = ending(rf"\b{_SAID_WORDS}\s$", re.IGNORECASE)


def find_ages(note: Note, *, year: int) -> Iterator[Found]:
    """Yield ages over 89 of a person with "aged", and years of birth that tell one in `year`.

    "Patients over 90" and "adults aged ≥ 95 years" name a class, not a person, and stay.
    """
    for item in _ages(note, year=year):
        before = _SAID_BEFORE.search(note.before(item.start, 14))
        yield item if before is None else replace(item, start=item.start - len(before[0]))


def _ages(note: Note, *, year: int) -> Iterator[Found]:
    text = note.text
    for pattern in (_AGE, _LABELLED, _RELATED, _LOOSE, _BESIDE_BIRTH):
        for match in pattern.finditer(text):
            said = pattern is _LOOSE and " is " in match[0]
            start = match.start("number")
            if (
                (said and _MEASURED_WORD.search(match[0]))
                or (said and ", is " in match[0] and _is_value(note, start, told=True))
                or _of_a_class(note, match)
                or text[match.end() : match.end() + 1] == "%"
            ):
                continue
            yield Found(match.start("number"), match.end(), "age", CERTAIN)
    yield from _spoken(note)
    for match in _WORDED.finditer(text):
        yield Found(match.start(), match.end(), "age", CERTAIN)
    for match in _BIRTH_YEAR.finditer(text):
        if year - int(match["year"]) > 89:
            yield Found(match.start("year"), match.end("year"), "age", CERTAIN)


def _spoken(note: Note) -> Iterator[Found]:
    """Yield ages by nothing but where they are said, and birthdays by their number."""
    for pattern in (_ALONE, _SAID, _TOLD, _SEX_FIRST, _WITH_NOUN):
        for match in pattern.finditer(note.text):
            start, end = match.span("number")
            said = pattern is _SAID or not match["number"][-1].isdigit()
            measured = _is_value(note, start, told=said) or note.measured(start, end)
            if not (measured or _of_a_class(note, match)):
                yield Found(start, end, "age", STRONG)
    for match in _BIRTHDAY.finditer(note.text):
        if match["years"]:
            yield Found(*match.span("years"), "age", STRONG)
            continue
        form = "number" if match["number"] else "spoken"
        told = re.search(r"[a-z]$", match[0], re.IGNORECASE) and " " in match[0]
        if told or _OWN_BIRTHDAY.search(note.before(match.start(), 8)):
            yield Found(*match.span(form), "age", STRONG)


def _is_value(note: Note, start: int, *, told: bool) -> bool:
    """Return whether the clause before a number says what it is of, other than years.

    Where words tell of a person (`told`), a dose before it says nothing: "is 15 mg safe at 92".
    """
    clause = re.split(r"[.;?!\n]\s", note.before(start, 40))[-1]
    near = note.hits_in(max(0, start - 24), start)
    if not told:
        return bool(near) or _MEASURED.search(clause) is not None
    valued = any(hit.kind == "analyte" for hit in near) or _MEASURED_WORD.search(clause)
    loose = re.sub(r"\d[\d.,/]*\s?[a-z\u00b5%]+", "", clause)
    return bool(valued) or (
        note.text[start].isdigit() and re.search(r"[\d<>=%+/]", loose) is not None
    )


_DECADE = re.compile(
    r"(?:in(?:to)?|through|his|her|their|my)\s|(?:early|mid|late)[\s-]"
    r"|(?:90|100|(?:one|a)\shundred)[\s-]?(?:something|odd|plus|\+)",
    re.IGNORECASE,
)


def categorized(written: str) -> str:
    """Return an age phrase with its number put in the category of all ages over 89."""
    if re.search(r"genarian|centenarian", written, re.IGNORECASE):
        return f"person aged {CATEGORY}"
    if re.fullmatch(r"1[89]\d\d", written):
        return f"[year of an age of {CATEGORY}]"
    birthday = re.search(r"\s\w[\w-]*$", written)
    if _BIRTHDAY.fullmatch(written) and birthday is not None:
        return f"{CATEGORY}{birthday[0]}"
    if _DECADE.match(written):
        return f"aged {CATEGORY}"
    return re.sub(
        rf"\b(?P<said>{_SAID_WORDS}\s)?(?:{_OLD}|{_SPELLED})(?:\s?[½¾¼]|\.\d|{_AND_PART})?",
        rf"\g<said>{CATEGORY}",
        written,
        count=1,
        flags=re.IGNORECASE,
    )


def age_after_name(note: Note, end: int) -> Found | None:
    """Return the age over 89 that follows the name ending at `end`: "Ada Lovell, 93, asks"."""
    match = _AFTER_NAME.match(note.text, end)
    if match is None or (match["told"] and _is_value(note, end, told=True)):
        return None
    return Found(match.start(match.lastgroup or 0), match.end(), "age", CERTAIN)


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
