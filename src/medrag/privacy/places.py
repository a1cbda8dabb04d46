"""Where somebody is: addresses, cities and counties; hospitals, employers and schools.

Countries and states of a federation are larger than what Safe Harbor removes and stay; a city
that names a disease, a score or a trial ("Lyme disease", "Boston criteria") is no place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from medrag.privacy.cues import DEVICE_AFTER
from medrag.privacy.evidence import CERTAIN, SOFT, STRONG, Found, Note
from medrag.privacy.sieve import ending, sifted
from medrag.privacy.streets import find_streets
from medrag.privacy.vocabulary import folded, is_eponym, listed
from medrag.text.ordinary import ordinary_words

_UK_POSTCODE = sifted(r"\b(?:GIR\s?0AA|[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2})\b")
_UK_LOWER = sifted(r"\b[a-z]{1,2}\d{1,2}[a-z]?\s\d[abd-hjlnp-uw-z]{2}\b")
_CANADA_POSTCODE = sifted(
    r"\b(?!T\dN\dM\d|E\dV\dM\d)[ABCEGHJ-NPRSTVXY]\d[A-CEGHJ-NPRSTV-Z][ -]?\d[A-CEGHJ-NPRSTV-Z]\d\b"
)
_BEFORE_POSTCODE = sifted(
    r"(?<![\w.])(?P<whole>[A-Z\u00c0-\u00de][a-z\u00df-\u00ff][\w'\u2019-]{0,40}"
    r"(?:[ ](?:[A-Z][\w'\u2019-]{1,40}|upon|on|le|by)){0,2}),?\s"
    r"(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}|[AC-FHKNPRTV-Y]\d[\dW]\s[A-Z]\w{3}"
    r"|[ABCEGHJ-NPRSTVXY]\d[A-Z]\s\d[A-Z]\d)\b"
)
"""A town directly before its postcode."""
_EIRCODE = sifted(r"\b[AC-FHKNPRTV-Y]\d[\dW]\s?(?=[A-Z]*\d)[AC-FHKNPRTV-Y\d]{4}\b")
_NL_POSTCODE = sifted(
    r"\b[1-9]\d{3}\s?(?!MG|ML|KG|IU|MM|CM|AM|PM|KC|HR|GM|UG)[A-Z]{2}\b(?=,?\s[A-Z][a-z])"
)
STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM"
    " NY NC ND OH OK OR PA RI SC SD TN TX"
    " UT VT VA WA WV WI WY DC PR NSW VIC QLD SA TAS ACT NT"
)
_STATE = "(?:" + "|".join(STATES.split()) + ")"
_FULL_STATE = (
    r"(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia"
    r"|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky"
    r"|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana"
    r"|Nebraska|Nevada|New\s(?:Hampshire|Jersey|Mexico|York)"
    r"|North\s(?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode\sIsland"
    r"|South\s(?:Carolina|Dakota)|Tennessee|Texas|Utah|Vermont|Virginia"
    r"|Washington|West\sVirginia|Wisconsin|Wyoming|Ontario|Quebec|Alberta|Manitoba|Saskatchewan"
    r"|Nova\sScotia|British\sColumbia|Queensland|Victoria)"
)
_STATE_ZIP = sifted(
    rf"(?:\b(?:{_STATE}|{_FULL_STATE})\b[,.]?\s)(?P<whole>\d{{4,5}}(?:-\d{{4}})?)(?![\d.%]"
    rf"|\s?(?:mg|mcg|ml|units))"
)
_LABELLED_CODE = sifted(
    r"\b(?:zip(?:\s?code)?|post\s?code|postal\s(?:code|address)|eircode|pin\s?code|plz|cap|cep|cp"
    r"|area\scode|census\stract)\s?(?:is|:|=|#|-)?\s?"
    r"(?P<whole>(?=[A-Za-z \d-]{0,40}\d)(?:[A-Za-z]{0,2}-?\d[\dA-Za-z]{1,6}(?:[ .-]\d[A-Za-z\d]"
    r"{1,4})?))\b",
    re.IGNORECASE,
)
_ZIP4 = sifted(r"(?<![\d-])\d{5}-\d{4}(?![\d-])")
_CODE_CITY = sifted(r"\b(?:[A-Z]{1,2}-)?\d{4,6}\s(?P<city>[A-Z\u00c0-\u00de][\w-]{1,40})")
_CITY_CODE = sifted(
    r"(?P<city>[A-Z\u00c0-\u00de][a-z\u00df-\u00ff]+),?\s(?P<whole>\d{5,6}"
    r"|\d{3}\s\d{2,3})(?![\w.%]|\s?(?:mg|mcg|ml|units))"
)
_RUN = (
    r"[A-Z\u00c0-\u00de][\w'\u2019-]{1,40}(?:[ ](?:(?:upon|on|de|del|la|le|les|am|an|der|of|and|the"
    r"|sur|el"
    r"|al|do|da|dos)[ ]){0,8}[A-Z\u00c0-\u00de][\w'\u2019-]{1,40}){0,3}"
)
_CITY_STATE = sifted(
    rf"\b(?P<whole>(?:St\.\s|Ft\.\s|Mt\.\s)?{_RUN}),\s?(?:{_STATE}"
    rf"|{_FULL_STATE})\b(?!\s?[a-z]?\d\.)"
)
_CITY_COUNTRY = sifted(
    rf"(?<![\w.])(?P<whole>{_RUN}),\s(?P<country>[A-Z][a-z]{{1,40}}(?:\s[A-Z][a-z]{{1,40}})?|UK|USA|UAE)\b"
)
_DWELLS = sifted(
    rf"\b(?i:lives?\s(?:\w{{1,40}}\s){{0,2}}in|living\s(?:\w{{1,40}}\s){{0,2}}in|lived\sin|resid(?:es|ing|ed"
    rf"|ent)\s(?:in|of|at)|native\sof|hails?\sfrom|moved\s(?:\w{{1,40}}\s)?(?:from|to|in)|based\s(?:in"
    rf"|near)|born\sin|born\sand\sraised\sin|grew\sup\sin|raised\sin"
    rf"|hometown(?:\sof|\sis|:)?|travel(?:l?ed|l?ing|s)?\s(?:back\s)?(?:to|from|in|through)"
    rf"|trip\sto|return(?:ed|ing)?\s(?:home\s)?(?:from|to)|back\sfrom|visit(?:ing|ed"
    rf"|or\sfrom)?\s(?:from)?|flew\s(?:in\s)?(?:from|to)|flying\s(?:from|to)"
    rf"|drove\s(?:in\s)?(?:from|to)|came\sfrom|comes\sfrom|here\sfrom"
    rf"|works?\sin|working\sin|studying\sin|practic\w{{1,40}}\sin|village\sof|town\sof|city\sof"
    rf"|county\sof|parish\sof|borough\sof|suburbs?\sof|district\sof|outskirts\sof"
    rf"|outside(?:\sof)?|city:|town:|county:|hometown:|location:|farm\s(?:near|outside|in)"
    rf"|retired\sto|holiday(?:ing)?\sin|vacation(?:ing)?\s(?:in|to)|stay(?:s|ed|ing)\sin|near"
    rf"|clinic\sin|hospital\sin|office\sin|pharmacy\sin|nursing\shome\sin|practice\sin)"
    rf"\s(?:the\s)?(?P<whole>(?:St\.\s|Ft\.\s|Mt\.\s)?{_RUN})"
)
_COUNTY = sifted(
    r"\b(?P<whole>(?:[A-Z][\w'\u2019-]{1,40}\s){1,2}(?:County|Parish|Township|Borough|Shire|Village"
    r"|Twp|Reservation|Island|Beach|Valley|Bay|Springs|Falls|Harbor|Harbour|parish|county|township|borough"
    r"|village|reservation|suburb|(?:[Cc]aravan|[Hh]oliday)\s[Pp]ark|mobile\shome\spark|trailer\spark))\b(?!\s(?:[Mm]edical"
    r"|[Hh]ospital|[Cc]linic|[Hh]ealth|[Ff]ever|[Vv]irus|spotted|Fever))"
)
_IN = ending(
    r"\b(?:in|from|at|near|(?<!according )to|of|via|outside|around|towards?|through|leaving|for)"
    r"\s(?:\w{1,40}\s)?$",
    re.IGNORECASE,
)
_SCORED = re.compile(
    r"['\u2019]?s?\s(?:criteria|classification|consensus|score|scale|guidelines?|protocol|strain"
    r"|virus|study|trial|grade|statement|system|staging|declaration|agreement"
    r"|bowel|sleep|cognitive|disease|fever|coma|index|variant|factor|risk|rules?|ankle|knee"
    r"|school|equation|heart\sstudy|encephalitis|method|approach|blue|definition|outcome|nail)",
    re.IGNORECASE,
)
_GRADED = re.compile(
    r"\s(?:v\d|[A-D]\b(?![.'\u2019])|\d{1,2}\b(?!\s?[A-Z]{2})|\d{3,4}\s?(?:mL|ml|mg|kcal)"
    r"|[0IVX]+-?[IVX]*[a-c]?\b)"
)
"""The grade of a classification that is called by a city: "Barcelona C", "Chicago v4"."""
_LISTED = re.compile(r"[^\W\d_][\w'\u2019.-]{0,40}")


_ROAD = sifted(
    r"\b(?:on|off|along|from|via)\s(?:the\s)?(?P<whole>(?:[AM]\d{1,4}(?:\(M\))?|I-\d{1,3}"
    r"|(?:US|State)[ -](?:Route\s)?\d{1,3}|(?:Route|Highway|Hwy)\s\d{1,3}))"
    r"(?=[\s,.;:)]|$)(?=[^.\n]{0,80}\b(?:crash\w*|rtc|rta|mvc|mva|accident|collision|near|junction|car|lorry|truck|bike|motorbike|driv\w{1,40}"
    r"|exit|mile)\b)",
    re.IGNORECASE,
)
"""A numbered road, where the sentence speaks of a crash or of driving."""


def find_places(note: Note) -> Iterator[Found]:
    """Yield streets, postal codes, cities, towns and counties."""
    for match in _ROAD.finditer(note.text):
        yield Found(*match.span("whole"), "place", SOFT)
    yield from find_streets(note)
    yield from _codes(note)
    if not re.search(r"[A-Z]", note.text):
        for match in _UK_LOWER.finditer(note.text):
            yield Found(match.start(), match.end(), "place", SOFT)
    for pattern in (_CITY_STATE, _DWELLS, _COUNTY):
        for match in pattern.finditer(note.text):
            yield from _town(note, *match.span("whole"))
    for match in _CITY_COUNTRY.finditer(note.text):
        if folded(match["country"]) in _NATIONS and folded(match["whole"]) not in listed(
            "countries"
        ):
            yield from _town(note, *match.span("whole"))
    yield from _listed_cities(note)


def _codes(note: Note) -> Iterator[Found]:
    text = note.text
    for pattern in (_UK_POSTCODE, _CANADA_POSTCODE, _EIRCODE, _NL_POSTCODE, _ZIP4):
        for match in pattern.finditer(text):
            yield Found(match.start(), match.end(), "place", STRONG)
            town = _AFTER_CODE.match(text, match.end())
            if town is not None:
                yield from _town(note, *town.span("whole"))
    for match in _BEFORE_POSTCODE.finditer(text):
        yield from _town(note, *match.span("whole"))
    for pattern in (_STATE_ZIP, _LABELLED_CODE):
        for match in pattern.finditer(text):
            yield Found(*match.span("whole"), "place", CERTAIN)
    for pattern in (_CODE_CITY, _CITY_CODE):
        for match in pattern.finditer(text):
            if folded(match["city"]) in listed("cities") and not match["city"].isupper():
                yield Found(match.start(), match.end(), "place", STRONG)


def _town(note: Note, start: int, end: int) -> Iterator[Found]:
    """Yield a run of capital words as a town, without a state or country at its end."""
    written = note.text[start:end]
    words = written.split()
    while words and folded(words[-1].strip(".,")) in _NO_TOWN:
        words.pop()
    while words and folded(words[0]) in _NO_TOWN_FIRST:
        start += len(words[0]) + 1
        words = words[1:]
    name = " ".join(words)
    key = folded(name)
    if (
        not words
        or key in listed("countries")
        or key.split()[0] in listed("wards")
        or _SCORED.match(note.after(start + len(name), 24))
    ):
        return
    thing = note.clinical(start, start + len(name)) or is_eponym(key)
    if thing and key not in listed("cities"):
        return
    if (
        len(words) == 1
        and words[0].isupper()
        and len(words[0]) <= 5
        and key not in listed("cities")
    ):
        return
    yield Found(
        start,
        start + len(name.removesuffix("'s").removesuffix("\u2019s")),
        "place",
        STRONG if key in listed("cities") else SOFT,
    )


_NO_TOWN = frozenset(
    [
        "hospital",
        "clinic",
        "icu",
        "ed",
        "er",
        "with",
        "and",
        "for",
        "on",
        "in",
        "who",
        "is",
        "was",
        "last",
        "this",
        "since",
        "he",
        "she",
        "has",
        "usa",
        "uk",
    ]
)
_NO_TOWN_FIRST = frozenset(
    [
        "the",
        "downtown",
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "central",
        "rural",
        "greater",
        "upstate",
        "inner",
    ]
) - {"north", "south", "east", "west"}
_AFTER_CODE = re.compile(rf",?[ ](?P<whole>{_RUN})(?=\s{{0,8}}(?:[,.:;)\n]|$))")
_NATIONS = frozenset(
    [
        "uk",
        "usa",
        "uae",
        "england",
        "scotland",
        "wales",
        "ireland",
        "france",
        "germany",
        "spain",
        "italy",
        "portugal",
        "netherlands",
        "belgium",
        "switzerland",
        "austria",
        "sweden",
        "norway",
        "denmark",
        "finland",
        "poland",
        "greece",
        "turkey",
        "russia",
        "ukraine",
        "india",
        "pakistan",
        "bangladesh",
        "nepal",
        "china",
        "japan",
        "korea",
        "vietnam",
        "thailand",
        "philippines",
        "indonesia",
        "malaysia",
        "australia",
        "canada",
        "mexico",
        "brazil",
        "argentina",
        "chile",
        "colombia",
        "peru",
        "nigeria",
        "ghana",
        "kenya",
        "uganda",
        "ethiopia",
        "egypt",
        "morocco",
        "israel",
        "iran",
        "iraq",
        "syria",
        "lebanon",
        "cuba",
        "haiti",
        "jamaica",
    ]
)


def _listed_cities(note: Note) -> Iterator[Found]:
    """Yield listed cities: the plain ones anywhere, those that are words or names after "in"."""
    words = [
        (match.start(), match.end(), folded(match[0].rstrip(".'\u2019")))
        for match in _LISTED.finditer(note.text)
    ]
    index = 0
    while index < len(words):
        length = _city_length([key for _, _, key in words[index : index + 4]])
        if length:
            start, end = words[index][0], words[index + length - 1][1]
            end -= note.text[end - 1] == "."
            key = " ".join(key for _, _, key in words[index : index + length])
            if _is_city(note, start, end, key):
                yield Found(start, end, "place", SOFT)
        index += max(length, 1)


def _city_length(keys: Sequence[str]) -> int:
    """Return how many of the words, from the first, are the longest listed city; 0 for none."""
    if keys[0] not in _first_words():
        return 0
    lengths = (n for n in range(len(keys), 0, -1) if " ".join(keys[:n]) in listed("cities"))
    return next(lengths, 0)


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(city.split()[0] for city in listed("cities"))


def _is_city(note: Note, start: int, end: int, key: str) -> bool:
    written = note.text[start:end]
    if any(form.match(note.after(end, 24)) for form in (_GRADED, _SCORED, DEVICE_AFTER)):
        return False
    lower = written == written.lower()
    located = _IN.search(note.before(start, 24)) is not None
    plain = " " in key or not _is_other(key)
    short = note.cased and written.isupper() and len(written) < 6  # "IGRA"
    if short and (not located or written == "NICE"):
        return False
    if lower and note.cased and re.search(r"[A-Z]", note.text):
        return plain and located and len(key) > 4
    if lower or not note.cased:
        return plain and (located or len(key) > 5)
    return plain or located


def _is_other(key: str) -> bool:
    return (
        key in ordinary_words()
        or key in listed("given_names")
        or key in listed("surnames")
        or key in listed("eponyms")
        or key in listed("countries")
    )
