"""Whether a text is about somebody: what only may be a name is one where a person is spoken of.

A question about a disease names genes, tumours, tribes and cities with capitals too. Without a
sign of one person (an age with a sex, a pronoun, a laboratory value, an address) a capital letter
is no evidence, and a city or a month identifies nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from medrag.privacy.evidence import CERTAIN, SOFT, Found, Note
from medrag.privacy.sieve import ending, sifted

_WORDS = sifted(
    r"\b(?:pt|pts|the\slad|lass|bloke|chap|fella|flatmate|missus|hubby|plays\sfor|goes\sto|our|he|she|his|hers?|him|my|mine|mr|mrs|ms|mx|dr|prof|herr|frau|sra|signora?|mme"
    r"|se[ñn]ora?|paciente|patientin|mom|mum|dad|wife|husband"
    r"|son|daughter"
    r"|mother|father|brother|sister|baby|lady|gentleman|girlfriend|boyfriend|niece|nephew|aunt"
    r"|uncle|grand\w{1,40}"
    r"|i['\u2019]?m|i['\u2019]ve|hello|hi|dear|thanks|thx|regards|dob|mrn|ssn|nhs|c/o|s/p|h/o|phx"
    r"|pmh|hx|yo|y/o"
    r"|nok|bed|ward|icu|ed|room|rm|admitted|discharged|clinic|caller|voicemail|called|phoned"
    r"|paged|asks?|says"
    r"|wants|refuses|attends|readmi\w{1,8}|d/c['\u2019]d|lives\s(?:at|in|with|alone|off|near|on|above)|works\s(?:at|for|as)|weighs|seen\s(?:by|at|on"
    r"|in)|presented|presents|complains|denies"
    r"|reports?\sthat|allerg\w{1,40}\sto"
    r"|this\s(?:patient|man|woman|child|boy|girl|infant)|(?:the|our"
    r"|a)\spatient(?:['\u2019]s)?\s(?:is|was|has|had|who|on|named|with\sa)"
    r"|lmp|edd|edc|d\.o\.b|born\s(?:on|in|at)|day\s\d|(?:plt|hct|hb|hgb|k|na|cr|bp|hr|wt|temp"
    r"|spo2|rr|inr|bmi|bw|t|fever|sats?|gcs|bgl?|cbg|trop|bnp|crp|wbc|bili|lactate|fvc|ef|ph|titre|peep|psa|a1c|egfr|nihss|tbsa|muac)\s?[:=]?\s?\d|appt|appointment|next\svisit|surgery\s(?:is\s)?scheduled"
    r"|transferred|referred|referral|gp|allergic\sto|pls|spoke\s(?:to|with)|told|bed\s\d|garu|bhai"
    r"|works\s(?:in|with)|employer|handover|consult|patient\s(?:is|was|has|on|with|from)"
    r"|born\s(?:today|at|this)|bby|newborn|tonight|yesterday|tomorrow"
    r"|(?:patient|client)\s(?:id\b|flown|found|brought|sent|named|called|lives|works)"
    r"|flown\s(?:in|from)|employed|retired|smoker|ex-smoker|refugee|migrant|farmer|soldier|pensioner"
    r"|student\sat|teacher\sat|returned\sfrom|(?:on|since|until)\sthe\s\d{1,2}(?:st|nd|rd|th)"
    r"|today\s(?:the\s)?\d{1,2}(?:st|nd|rd|th)|last\s(?:dose|vaccine|seizure|visit|scan|period"
    r"|injection|transfusion|bleed|drink|cycle)|next\s(?:dose|due|scan|injection|dialysis)"
    r"|since\s(?:(?:early|late|mid)\s)?(?:spring|summer|autumn|winter|fall|(?:19|20)\d\d"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*|(?:now|started|stopped|currently)\son"
    r"|is\son|been\son"
    r"|(?-i:works?|working)|(?:driver|officer|nurse|miner|worker|colleague|police\w*|cook|employees?|pupil|cadet|cleaner"
    r"|chef|clerk|welder|teach\w{1,40}|builder|guard|pilot|engineer|professor|staff|technician|porter)"
    r"\s(?:at|in|for|from|of)|letter:?|records?\sat|summary|moved|(?:suburb|town|village|community|station|clinic|ward):|vive|vivo|lebt|wohnt|wohnhaft|habite|residente|acude|suivie?|n[ée]+|nat[oa]|geb|adm|tci|preop|postop|stung|bitten|hiked|flew|back\sfrom|came\s(?:by|from|in)|expired|ferry|holiday"
    r"|travell?\w{1,40}\s(?:to|from|in|back)|at\shome|started|stopped|bleeding\son|biopsy|op\sdate|died|got\s(?:a|his|her)"
    r"|(?:patient|inpatient|outpatient)s?\sof|discharge:|here\sat|rxn|fainted|collapsed|fell\s(?:over|down|off|out|at|from)|cath['\u2019]?d|stented|(?:ex|in)tubated|vomited|woke|forgot|lkw|g\dp\d|grew\sup|raised\sin|commut(?:es|ed|ing)|(?:im|e)migrated|our\scolleagues?|contacts?:)\b"
    r"|\bb\.\s?\d",
    re.IGNORECASE,
)
"""Words that speak of somebody."""
_VALUES = (
    r"^\s{0,8}(?-i:[A-Z])[\w'\u2019-]{1,40},\s\d{1,2}\b(?!\s?(?:mg|mcg|ml|g)\b)",
    r"\b(?!in\b|of\b|to\b|and\b|the\b|vs\b|type\b|covid\b)(?-i:[A-Z]{2,5}|[a-z]{2,9})\s(?!(?:19|20)\d\d)\d{2,5}(?:\.\d)?%?(?=[,;)]|\.?\s{0,8}$)",
    r"\b\d{3,5}\su\b|\b\d{1,2},\d\b(?!,)|\b\d{1,3}\s?py\b|\b\d+\s?pack[\s-]years?",
    r"\b\d{1,3}\s?-?\s?(?:yo|y/o|y\.o|yrs?|year-old|years?\sold|(?-i:[MF])|mo|month-old|week-old"
    r"|day-old)\b|\b\d{1,3}\s?y\b",
    r"\b\d{1,2}/(?:12|52)\sold\b|\b(?-i:[MF])\s?/?\s?\d{2}\b|\bage[ds]?:?\s\d|[:#]\s?\d{4,}|@\w",
)
"""Values, ages and addresses that somebody has."""
_SIGNS = (_WORDS, *(sifted(value, re.IGNORECASE) for value in _VALUES))
_RESULT = re.compile(r"\W{1,3}(?:(?:is|was|of|at|level)\s)?[<>]?\d")
_TAKEN = ending(r"\b(?:on|takes|given)\s$", re.IGNORECASE)
_LOOSE_KINDS = frozenset({"name", "place", "organization", "date", "phone"})


def about_somebody(note: Note, found: Iterable[Found]) -> bool:
    """Return whether the text speaks of one person, by its words or by what was found in it."""
    if any(_is_sign(item) or _is_day(note, item) for item in found):
        return True
    if any(sign.search(note.text) for sign in _SIGNS):
        return True
    dosed = any(amount.quantity.unit.split("/")[0] in _GIVEN for amount in note.amounts)
    if any(hit.kind == "drug" and _TAKEN.search(note.before(hit.start, 12)) for hit in note.hits):
        return True
    results = (hit for hit in note.hits if hit.kind != "drug")
    return dosed or any(_RESULT.match(note.text, hit.end) for hit in results)


def _is_sign(item: Found) -> bool:
    """Return whether a find is about somebody: it is certain, or a name by its words alone."""
    if item.certainty == CERTAIN:
        return item.kind != "date"
    return item.certainty > SOFT and item.kind == "name"


_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")


def _is_day(note: Note, item: Found) -> bool:
    """Return whether a find is a date with its day: what is published has a month at most."""
    return (
        item.kind == "date"
        and item.certainty > SOFT
        and bool(_DAY.search(note.text, item.start, item.end))
    )


_GIVEN = frozenset(
    {
        "mg",
        "ug",
        "g",
        "mL",
        "L",
        "kg",
        "[iU]",
        "{unit}",
        "U",
        "mmol",
        "meq",
        "{tablet}",
        "ng",
        "pg",
        "nmol",
        "pmol",
        "umol",
        "mm[Hg]",
        "mU",
        "kg/m2",
        "10*9",
        "10*3",
        "Cel",
    }
)


def is_evident(item: Found, text: str) -> bool:
    """Return whether a find stands without any other sign of a person in the text."""
    if item.certainty == CERTAIN or item.kind not in _LOOSE_KINDS:
        return True
    if item.certainty == SOFT:
        return False
    if item.kind in {"place", "date"}:
        return item.kind == "place" and any(map(str.isdigit, text[item.start : item.end]))
    return True
