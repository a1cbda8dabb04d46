"""Places and institutions that only their surroundings tell: an address, "at X", a town after one.

No list holds every village, clinic and shop. What follows "lives at", "clinic:" or "transferred
from", and what follows a street or a hospital after a comma, is a place unless it is clinical.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.privacy.cues import CREDENTIAL, DEVICE_AFTER
from medrag.privacy.evidence import CERTAIN, SOFT, STRONG, Found, Note
from medrag.privacy.institution_forms import (
    BESIDE,
    CAP,
    CAPITAL,
    EMERGENCY,
    SMALL_KINDS,
    STAFFED,
    TEAM,
    UNIT,
    UNITS,
    WARD,
)
from medrag.privacy.places import STATES
from medrag.privacy.sieve import sifted
from medrag.privacy.values import Kind
from medrag.privacy.vocabulary import folded, is_eponym, is_formed_word, is_ordinary, listed

_SMALL = (
    r"(?:(?:of|the|de|del|de\sla|la|las|los|le|du|des|and|on|upon|el|al|di|do|da|dos|zu|am"
    r"|an\sder|bei"
    r"|i|y|e|&)[ ])"
)
_RUN = (
    rf"(?:(?:St|Ft|Mt|Dr|Co)\.[ ])?{CAP}"
    rf"(?:[ ]{_SMALL}{{0,2}}(?:{CAP}|[A-Z]\.|#?\d{{1,5}}\b(?![.,]\d))){{0,4}}"
)
_TOKEN = (
    rf"(?:[A-Z]\.[A-Z][\w.]{{0,40}}|[A-Z][a-z]{{0,3}}\.(?=[ ]\w)|{CAP}|\#?\d[\w/.-]{{0,40}}"
    r"|#[ ]?\d{1,12})"
)
_CHUNK = rf"{_TOKEN}(?:[ ]{_SMALL}{{0,2}}{_TOKEN}){{0,5}}"
_DOSED = re.compile(r"\d\s?(?:mg|mcg|µg|ml|kg|units?|iu|mmol|meq|%|mmhg|bpm)(?!\w)", re.IGNORECASE)
_ADDRESS = sifted(
    r"(?i:\b(?:lives?|living|resid(?:es?|ing)|stays?|staying|(?:home\s|mailing\s"
    r"|postal\s)?address|addr|r/o"
    r"|resident\sof|found\sat|located\sat|corner\sof|junction\sof|dwelling|địa\schỉ|adresse"
    r"|direcci[oó]n"
    r"|domicilio|indirizzo|wohnhaft|anschrift|adres|endere[cç]o|adress|alamat)"
    r"(?:\s(?:is|at|in|on|near|to|of|verified|on\sfile|alone|with\s\w{1,40})){0,8}\s?[:,-]?\s(?:at\s|in\s"
    r"|on\s|the\s){0,8})"
    rf"(?P<whole>{_CHUNK}(?:,\s?{_CHUNK}){{0,6}})"
)
_LABELLED = sifted(
    r"(?i:\b(?P<label>hospital|clinic|facility|practice|pharmacy|school|employer|site|nursery"
    r"|hospice"
    r"|cent(?:er|re)|nursing\shome|care\shome|surgery|workplace|company|university|college"
    r"|county|city|town|village|district|suburb|area|region|hometown|birthplace|place\sof\sbirth"
    r"|location|loc|locality|community|station|insurance|insurer|payer|carrier|health\splan|agency|hospital\ssite|ward|unit"
    r"|dept|department|floor|(?:ward|unit|location)\s?/\s?bed|bed\s?/\s?(?:ward|unit))"
    rf"\s?(?:name)?:\s?)(?P<whole>{_RUN})"
)
_PART = re.compile(
    r"\s(?:Primary|Secondary|High|Grammar|Academy|General|West|East|North|South|Central|Campus|Wing|Unit"
    rf"|Ward|Site|Tower|House|Block|Building|{SMALL_KINDS}|\d{{1,2}}[A-Z]\b|[A-Z]\d{{1,2}}\b)(?![\w-])(?!\s?\d)"
)
"""What belongs to the name of an institution before it: "Hillcrest Primary", "Whipps 3B"."""
_KIND_AFTER = re.compile(rf"\s{SMALL_KINDS}(?![\w-])")
_SECOND_NAME = re.compile(
    rf"(?:/|\s)(?P<more>(?<=/){CAP}(?![\w/])|(?<=\s)(?![MF]\s?/\s?\d)[A-Z](?:-[A-Z])?\b\.?(?=\s?[,;:/)?|]|\s[-\u2013]|$))"
)
"""A second name after a found one: "Patel/Ito", "Ioannis K."."""
_AT = sifted(
    rf"(?<![\w-])(?i:at|from|@|near|outside|locum\sat|of\sthe)\s(?i:the\s"
    rf"|our\s)?(?P<whole>{_RUN})(?:\s(?:on|in|at)\s(?:{CAP}\s?){{1,3}}\d*)?"
)
_HOSPITAL_LETTERS = sifted(
    r"\b(?i:at|from|to|via|in)\s(?:the\s)?(?P<whole>(?!OSH|NIH|MOH|DOH|TSH|ACTH|ADH|LH|FSH|SAH|ICH|SDH|BPH|LVH|RVH|DDH|HLH|BMC)[A-Z]{1,4}(?:H|MC|RI|HC|UHS?|GH))\b"
    r"|\b(?i:(?:admitted|transferred|referred|discharged|sent|xfer|transfer)\s(?:to|from|at))\s(?P<sent>[A-Z]{3,5})\b"
    r"|\b(?:clinic|unit|department|dept|theatre|registrar|consultant|pharmacist|cath\slab|scan|MRI|list|bed)\s(?:at|from)\s(?:the\s)?(?P<team>[A-Z]{2,5})\b"
)
"""A hospital by its letters: "transferred from RBWH"."""
_INTO = sifted(
    rf"(?<![\w-])(?P<cue>[Ii]n|[Vv]ia|[Oo]f|[Tt]o|[Tt]hrough"
    rf"|[Vv]isiting)\s(?P<whole>{_RUN})(?=\s{{0,8}}(?:[,.;:)?!\n]|$|\s(?:for|last|and|with|since|this"
    rf"|who|where|when|on|to|she|he|has|is)\b))"
)
_COMMA_NEXT = re.compile(
    rf",\s?(?P<whole>{_RUN})(?=\s{{0,8}}(?:[,.;:)\n]|$|\s[-\u2013|/]\s|-?\d{{4,6}}\b))"
)
_TOWN_CODE = sifted(
    rf"(?:,\s?|\b(?:in|from|of|at|near)\s|\n\s{{0,8}})(?P<whole>{CAP}(?:\s{CAP}){{0,2}}[\s,-]{{1,2}}"
    r"(?:\d{5,6}|\d{3}\s\d{3}|(?!19\d\d|20[0-4]\d)\d{4}))(?![\w%]|[.,]\d|\s?(?:mg|mcg|ml|units?"
    r"|iu|kg|g|steps)\b)"
)
_CODE_TOWN = sifted(
    rf"(?:,[ ]|\n[ ]*)(?P<whole>"
    rf"(?:\d{{4,6}}|\d\d-\d{{3}}|\d{{3}} \d\d|\d{{4}}-\d{{3}}|[A-Z]{{1,2}}-\d{{4,5}})"
    rf"[ ]{CAP}(?:[ ]{CAP}){{0,2}})(?=[ ]*(?:[,.;:)(\n]|$))"
)
_LOWER_HOME = sifted(
    r"\b(?:lives?|living|stays|resides?)\s(?:in|at|near)\s(?P<whole>[a-z]{3,}(?:\s[a-z]{3,})"
    r"{0,2})(?=\s?(?:,|\.|$|\n|postcode|zip))"
)
_AREA = sifted(
    rf"\b(?i:area|vill\.|teh\.|dist\.|village|town|district|suburb|mohalla|tehsil|barangay|brgy"
    rf"|kampung|colony"
    rf"|taluk)\s(?P<whole>{_RUN})(?=\s{{0,8}}(?:[,.;:)\n]|$))"
)
_SECTION = sifted(
    rf"\b(?P<dept>[A-Z][a-z]{{1,40}}),\s(?P<whole>{_RUN})(?=\s{{0,8}}(?:[,.;:)\n]|$))"
)
_CO = sifted(rf"\b(?P<whole>Co\.?\s(?:{CAP}))(?=\W|$)")
_RULED = re.compile(
    r"['\u2019]?s?\s(?:guid\w{1,40}|protocols?|criteria|study|trial|score|scale|classification"
    r"|statement|consensus"
    r"|recommend\w*|advice|alert|handbook|manual|calculator|website|formulary|grade|stage|staging|syndrome"
    r"|disease)",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z]{2,5}-?\d")
"""A registry's or a compound's code: "NCT01234567", "BMS-986165"."""
_STOPS = ("wards", "departments", "not_names", "clinical_words", "makers")
_SHORT_STATES = frozenset([*STATES.split(), "UK", "USA", "UAE", "NI", "GB"])
_HOMES = frozenset(
    [
        "the",
        "own",
        "his",
        "her",
        "their",
        "our",
        "care",
        "nursing",
        "assisted",
        "supported",
        "sheltered",
        "shelter",
        "hostel",
        "home",
        "house",
        "flat",
        "alone",
        "area",
        "town",
        "with",
        "hospice",
        "group",
        "residential",
        "same",
        "rural",
        "city",
        "street",
        "facility",
    ]
)
"""Words after "lives in" that name no town."""
_PLACE_WORDS = (
    "county city town village district suburb area region hometown birthplace location locality"
    " community station"
)
_PLACE_LABELS = frozenset(_PLACE_WORDS.split())


def find_surrounded(
    note: Note, located: Sequence[Found], people: Sequence[Found]
) -> Iterator[Found]:
    """Yield places and institutions that a cue announces, or that follow what was found.

    Args:
        note: The text.
        located: Places and institutions found by their form.
        people: Names of persons; after a titled one stands where that person works.
    """
    yield from _homes(note)
    yield from _announced(note)
    for pattern in (_TOWN_CODE, _CODE_TOWN, _CO):
        for match in pattern.finditer(note.text):
            start, end = match.span("whole")
            free = not note.clinical(start, end) and not note.measured(start, end)
            words = re.findall(r"[^\W\d_]+", match["whole"])
            short = (word.isupper() and len(word) < 6 for word in words)
            counted = re.search(r"(?<!\d)\d{4}$", match["whole"]) is not None
            free = free and not (counted and all(short))  # "HBV DNA 5000"
            if free and not (_is_stop(match["whole"].split()[0]) or _CODE.match(match["whole"])):
                yield Found(start, end, "place", STRONG)
    yield from _grown(note, located, people)
    for item in people:
        place = _COMMA_NEXT.match(note.text, item.end)
        if place is None or item.certainty != STRONG or CREDENTIAL.match(note.after(item.end)):
            continue
        # "Mr Doe, NEWS 5", "Mr Doe, IgG4"
        scored = re.fullmatch(r"[A-Z]{2,5}\d?\s\d{1,3}|[A-Z][A-Za-z]{0,6}\d{1,3}", place["whole"])
        if not (scored or all(is_ordinary(folded(word)) for word in place["whole"].split())):
            yield from _named(note, place.start("whole"), place["whole"], "organization")


def _grown(note: Note, located: Sequence[Found], people: Sequence[Found]) -> Iterator[Found]:
    """Yield what belongs to a find before it: a town, a part of a hospital, a second name."""
    for item in located:
        yield from _after(note, item.end)
        part = _PART.match(note.text, item.end) if item.kind == "organization" else None
        if part is not None:
            yield Found(item.start, part.end(), "organization", SOFT)
    for item in people:
        more = _SECOND_NAME.match(note.text, item.end)
        if more is not None and not note.clinical(more.start("more"), more.end()):
            yield Found(*more.span("more"), "name", SOFT)


def _homes(note: Note) -> Iterator[Found]:
    """Yield where somebody lives."""
    for match in _ADDRESS.finditer(note.text):
        if match[0][:3].lower() == "r/o" and is_eponym(folded(match["whole"].split()[0])):
            continue  # "rule out", not "resident of"
        yield from _address(note, match)
    for match in _LOWER_HOME.finditer(note.text):
        if not any(word in _HOMES for word in match["whole"].split()):
            yield Found(*match.span("whole"), "place", SOFT)


def _announced(note: Note) -> Iterator[Found]:
    """Yield what stands after "clinic:", "at", "in", "area" or a department."""
    for match in _LABELLED.finditer(note.text):
        kind: Kind = "place" if folded(match["label"]) in _PLACE_LABELS else "organization"
        yield from _named(note, match.start("whole"), match["whole"], kind)
    for pattern in (BESIDE, WARD, UNIT, STAFFED, TEAM, EMERGENCY):
        for match in pattern.finditer(note.text):
            yield from _ward(note, match)
    yield from _where(note)
    for match in _AREA.finditer(note.text):
        yield from _named(note, match.start("whole"), match["whole"], "place")
    for match in _SECTION.finditer(note.text):
        if folded(match["dept"]) in listed("departments"):
            yield from _named(note, match.start("whole"), match["whole"], "organization")


def _where(note: Note) -> Iterator[Found]:
    """Yield what stands after "at", "from", "in", "via": a name, or the letters of a hospital."""
    for match in _AT.finditer(note.text):
        cued = match[0].lower().startswith(("at", "from", "@"))
        yield from _named(note, match.start("whole"), match["whole"], "organization", cued=cued)
    for match in _HOSPITAL_LETTERS.finditer(note.text):
        form = match.lastgroup or "whole"
        unit = _is_stop(match[form]) or match[form].lower() in UNITS
        ruled = _RULED.match(note.after(match.end(form), 24)) is not None
        if not (unit or ruled or note.clinical(*match.span(form))):
            yield Found(*match.span(form), "organization", SOFT)
    for match in _INTO.finditer(note.text):
        if _is_unlisted(note, match["whole"], match["cue"].lower(), match.start("whole")):
            yield from _named(note, match.start("whole"), match["whole"], "place")


def _ward(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield the name of a ward or a practice, an ordinary word as well; not its specialty."""
    start, end = match.span("whole")
    words = match["whole"].split()
    while len(words) > 1 and len(words[-1]) == 1 and words[-1].isalpha():  # "Ward Primrose C diff"
        end -= len(words.pop()) + 1
    while words and _is_stop(words[0]):  # "On Willow Ward", "surgery The Elms"
        start += len(words.pop(0)) + 1
    after = note.after(end, 24)
    short = any(word.isupper() and len(word) < 5 for word in words)
    if not words or short or any(map(_is_stop, words)) or note.clinical(start, end):
        return
    kind = match.re is UNIT.whole  # "unit" is part of the name there
    if kind and is_eponym(folded(words[0])):
        return
    if kind or not (_RULED.match(after) or DEVICE_AFTER.match(after)):
        yield Found(start, match.end() if kind else end, "organization", SOFT)


def _address(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield the parts of an address up to the first that is no part of one."""
    start = end = match.start("whole")
    for chunk in re.finditer(rf"(?:,\s?)?({_CHUNK})", match["whole"]):
        first, last = match.start("whole") + chunk.start(1), match.start("whole") + chunk.end(1)
        key = folded(chunk[1])
        named = re.search(rf"[{CAPITAL}][^\W\d_]{{1,}}", chunk[1]) is not None
        measured = note.measured(first, last) and not named
        measured = measured or _DOSED.search(note.text, first, last + 8) is not None
        if note.clinical(first, last) or measured or key in listed("countries"):
            break
        if key.split()[0] in listed("not_names") and chunk[1].isascii():
            break
        valued = re.fullmatch(r"\d{1,3}[MFmf]?", chunk[1]) or _RESULT.fullmatch(chunk[1])
        letters = re.fullmatch(r"[A-Z]{2,4}", chunk[1]) and chunk[1] not in _SHORT_STATES
        if (valued or letters) and end > start:
            break
        end = last
    kind = _KIND_AFTER.match(note.text, end)
    end = kind.end() if kind else end
    if end > start + 2 and re.search(r"[^\W\d_]{2}", note.text[start:end]):
        yield Found(start, end, "place", CERTAIN)


def _named(
    note: Note, start: int, written: str, kind: Kind, *, cued: bool = False
) -> Iterator[Found]:
    """Yield a run of capital words after a cue, without what is no part of a name.

    After "at" and "from" (`cued`) one ordinary word in a capital is a name too: "the reg at Mater".
    """
    words = _before_values(note, start, written).split()
    while words and _is_stop(words[-1]):
        words.pop()
    name = " ".join(words)
    short = name.isupper() and len(name) <= 4
    if not words or _is_stop(words[0]) or short or _CODE.match(name):
        return
    key = folded(name)
    end = start + len(name)
    if key in listed("countries") or _is_eponymous(name) or note.clinical(start, end):
        return
    announced = cued and note.cased and not _is_clinical_word(key)
    if len(words) == 1 and is_ordinary(key) and kind == "organization" and not announced:
        return
    if _RULED.match(note.after(end, 24)) or DEVICE_AFTER.match(note.after(end, 24)):
        return
    yield Found(start, end, kind, SOFT)
    yield from _after(note, end)


def _before_values(note: Note, start: int, written: str) -> str:
    """Return a run up to the first result in it: "Stornoway" of "Stornoway Hb 92", "Yass T 39"."""
    inner = (hit.start for hit in note.hits_in(start, start + len(written)) if hit.start > start)
    cut = written[: next(inner, start + len(written)) - start]
    return _RESULT_AT_END.sub("", cut).rstrip()


_RESULT_AT_END = re.compile(r"\s[A-Z][A-Za-z]{0,3}\s\d[\d.]*$")
_RESULT = re.compile(
    r"(?!(?:flat|block|unit|sector|floor|apt|room|suite|lot|plot|house|no|phase|zone|level|door|tower"
    r"|gate|box|ward|bed|route|rm|ste|bldg|km|mile)\b)[^\W\d_]{1,12}\s\d{1,3}(?:[.,]\d+)?",
    re.IGNORECASE,
)
"""One word with a number, which is a result and no part of an address: "RBS 30", "Kalium 6,1"."""


def _is_eponymous(name: str) -> bool:
    """Return whether a disease or a sign is called so: "Crohn", "Addison's"."""
    return is_eponym(folded(name)) or is_eponym(folded(re.sub(r"['\u2019]s?$", "", name)))


def _is_clinical_word(key: str) -> bool:
    """Return whether a word is of clinical writing, by the lists or by its ending."""
    return key in listed("clinical_words") or is_formed_word(key)


def _is_stop(word: str) -> bool:
    key = folded(re.sub(r"['\u2019]s?$", "", word.strip(".,;:")))
    return any(key in listed(name) for name in _STOPS)


def _is_unlisted(note: Note, written: str, cue: str, start: int) -> bool:
    """Return whether an unknown capital word after "in" is a place; after "of" and "to" rarely."""
    first = written.split(maxsplit=1)[0]
    key = folded(first)
    plain = all(is_ordinary(folded(word)) for word in written.split())
    if first.isupper() or plain or key in listed("given_names"):
        return False
    if cue in {"in", "through", "via", "visiting"}:
        return True
    before = note.before(start - len(cue) - 1, 24)
    return (
        cue == "of" and re.search(r"(?:,\s?|\b(?:\d|ninety-?\w*)\s?y?o?,?\s?)$", before) is not None
    )


def _after(note: Note, end: int, *, further: int = 3) -> Iterator[Found]:
    """Yield the town after a street or an institution, and the county after the town."""
    match = _COMMA_NEXT.match(note.text, end)
    if match is None:
        return
    words = match["whole"].split()
    start, last = match.span("whole")
    key = folded(match["whole"])
    if key in listed("countries"):
        return
    if any(map(_is_stop, words)) or note.clinical(start, last) or note.measured(start, last):
        return
    if is_eponym(key) and key not in listed("cities"):
        return
    if _RESULT.fullmatch(match["whole"]):
        return
    if re.fullmatch(r"[A-Z]{2,4}", match["whole"]) or DEVICE_AFTER.match(note.after(last, 24)):
        return
    yield Found(start, last, "place", STRONG)
    if further:
        yield from _after(note, last, further=further - 1)
