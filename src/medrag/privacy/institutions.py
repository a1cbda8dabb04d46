"""Hospitals, practices, employers and schools of a person; not the bodies that write guidelines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.cues import DEVICE_AFTER
from medrag.privacy.evidence import SOFT, STRONG, Found, Note
from medrag.privacy.vocabulary import folded, is_ordinary, listed

_W = r"(?:St\.|ST\.|Mt\.|Ft\.|Dr\.|[A-Z]\.|[A-Z\u00c0-\u00de][\w'\u2019&-]*)"
_JOIN = r"(?:[ ](?:(?:of|the|and|&|for|de|del|la|du|di|in|at|on)[ ])*|[ ]?[-/][ ]?)"
_SURE = (
    r"(?i:hospitals?|medical\scent(?:er|re)|clinics?|infirmary|hospice|nursing\shome|care\shome"
    r"|pharmacy"
    r"|health\scent(?:er|re)|urgent\scare|police\sstation|fire\sstation"
    r"|sheriff['\u2019]?s\s(?:office"
    r"|department)|naval\sbase|air\sforce\sbase|army\sbase|rectory|convent|monastery|villas"
    r"|apartments"
    r"|supercenter|supermarket|polyclinic|dispensary|maternity\shome|chc|phc)"
)
"""Kinds that are plain in any case."""
_HOSPITAL = (
    r"(?:(?:Infusion|Imaging|Wound|Pain|Sleep|Surgical|Community|Outreach|Wellness|Diagnostic"
    r"|Fertility"
    r"|Women['\u2019]s|Recovery|Rehab|Kidney|Heart|Eye|Spine|Birth)\s(?:Cent(?:er|re)|Clinic"
    r"|Institute)|"
    r"Hospitals?|Hosp\.?|Medical\sCent(?:er|re)|Med\sCent(?:er|re)|Health\sCent(?:er|re)"
    r"|Health\s(?:System|Network|Services|Partners|Care)|Healthcare|Health\sBoard"
    r"|Infirmary|Hospice|Nursing\s(?:Home|Facility|Center)|Care\s(?:Home|Cent(?:er|re))"
    r"|Rest\sHome|Retirement\s(?:Home|Village|Community)|Assisted\sLiving|Senior\sLiving"
    r"|Skilled\sNursing(?:\sFacility)?|Rehab(?:ilitation)?(?:\s(?:Cent(?:er|re)|Hospital"
    r"|Facility))?|Sanatorium|Polyclinic|NHS(?:\sFoundation)?(?:\sTrust)?|Foundation\sTrust|Trust"
    r"|Cancer\sCent(?:er|re)|Heart\sInstitute|Eye\sInstitute|Surgical\sCent(?:er|re)"
    r"|Surgery\sCent(?:er|re)|Dialysis|Dialysis\sCent(?:er|re)|Birth\sCent(?:er|re)|Urgent\sCare"
    r"|Clinics?|Klinik|Klinikum"
    r"|Medical\s(?:Group|Practice|Associates|Partners|Clinic|Practice)|Family\s(?:Practice"
    r"|Medicine|Health|Physicians)|Group\sPractice|Practice|Physicians|Associates|Pharmacy"
    r"|Chemist|Drugstore|Apothecary"
    r"|Laborator(?:y|ies)|Labs?|Ambulance(?:\sService)?|EMS|Fire\s(?:Department|Rescue)"
    r"|Police(?:\sDepartment)?|Surgery|Manor|Lodge|Shelter|Treatment\sCent(?:er|re)"
    r"|Mental\sHealth|Behavioral\sHealth|Day\sCent(?:er|re)|Health|Memorial|Sanitarium|Spital"
    r"|Ziekenhuis|Sjukhus|Sykehus)"
)
_SCHOOL = (
    r"(?:University|Univ\.?|College|(?:High|Elementary|Middle|Primary|Secondary|Grammar|Charter"
    r"|Prep(?:aratory)?)\sSchool|School|Academy|Elementary|Preschool|Kindergarten|Daycare|Nursery"
    r"|Polytechnic"
    r"|Prison|Correctional(?:\s(?:Facility|Institution|Center))?|Penitentiary|Jail"
    r"|Detention\sCent(?:er|re)|Church|Mosque|Temple|Synagogue|Cathedral|Parish|Ltd\.?|LLC|LLP"
    r"|PLC|plc|Inc\.?|Corp(?:oration)?\.?|GmbH|Company|Co\.|Holdings|Industries|Enterprises|Bank"
    r"|Hotel|Motel|Airlines|Airways|Motors|Logistics|Foods|Farms?|Brewery|Steel|Mills?)"
)
_TAIL = re.compile(
    rf"(?<![\w.])(?P<whole>{_W}(?:{_JOIN}{_W}){{0,5}}?{_JOIN}(?P<type>{_SURE}|{_HOSPITAL}"
    rf"|{_SCHOOL}))(?:\s(?:of|at|for|in)\s(?:the\s)?{_W}(?:\s{_W}){{0,3}}|\s(?:{_HOSPITAL}"
    rf"|System|Campus)\b)?(?![\w])"
)
_HEAD = re.compile(
    rf"\b(?P<whole>(?:Praxis|Apotheke|Farmacia|Pharmacie|Cabinet|Poliklinik|Consultorio|Puskesmas"
    rf"|Rumah\sSakit|HMP|HMYOI|FCI|USP|VAMC|University|Hospital|H[oô]pital|Hosp\.|Ospedale"
    rf"|Policlinico|Klinikum"
    rf"|Krankenhaus|Universit[aä]tsklinikum|Clinique|Cl[ií]nica|CHU|Centre\s[Hh]ospitalier|Royal"
    rf"|Mount|Saint|Our\sLady|Good\sSamaritan|Sacred\sHeart|Holy\s\w+|Children['\u2019]s"
    rf"|Kinderspital)"
    rf"(?:\s(?:of|the|de|del|la|le|di|du|da|do|dos|San|Santa|Sao|St\.?"
    rf"|Sainte?-?)){{0,3}}\s{_W}(?:\s(?:(?:de|del|di|of|and|la|da)\s)?{_W}){{0,3}})"
)
_SAINT = re.compile(
    r"(?<![\w.])(?P<whole>(?:St\.?|Saint|Sta\.?|Santa|San"
    r"|Ste\.?)\s(?P<saint>[A-Z][a-z]+)(?:['\u2019]s?)?(?:\s(?:and"
    r"|&)\sSt\.?\s[A-Z][a-z]+(?:['\u2019]s?)?)?(?:\s(?:Hospital|Medical|Health|Clinic|Cent(?:er"
    r"|re)|Infirmary|Hospice|Regional|Memorial|Mercy|University|School|College|Church))*)(?=\W|$)"
)
_NO_SAINT = re.compile(
    r"['\u2019]?s?\s(?:wort|dance|fire|valve|pacemaker|icd|device|lead|aspirin|mechanical"
    r"|prosthe\w+|louis|bileaflet|crt|mitraclip|disease|encephalitis|thistle|medical\s(?:valve"
    r"|device|pacemaker|icd|lead|mechanical))",
    re.IGNORECASE,
)
_MADE = frozenset(["jude", "vitus", "anthony", "john", "louis", "ives"])
_LOWER = re.compile(
    r"\b(?:at|from|to|in|by|@)\s(?:the\s)?(?P<whole>(?P<name>[a-z'\u2019.]+(?:\s[a-z'\u2019.]+)"
    r"{0,2})\s"
    r"(?:hospital|medical\scent(?:er|re)|med\scent(?:er|re)|clinic|health\scent(?:er|re)"
    r"|infirmary|hospice"
    r"|nursing\shome|care\shome|pharmacy|surgery|rehab|dialysis|imaging|labs?|health|high\sschool"
    r"|elementary(?:\sschool)?"
    r"|university))\b"
)
_FAMOUS = (
    r"Mayo(?:\sClinic)?|Cleveland\sClinic|Johns\sHopkins|Mass(?:achusetts)?\sGeneral|Mass\sGen"
    r"|MGH|Brigham(?:\sand\sWomen['\u2019]s)?|BWH|BIDMC|Beth\sIsrael(?:\sDeaconess)?|MD\sAnderson"
    r"|Memorial\sSloan[- ]Kettering|MSKCC|Mount\sSinai|Mt\.?\sSinai|Cedars[- ]Sinai"
    r"|Kaiser(?:\sPermanente)?|NYU\sLangone"
    r"|Addenbrooke['\u2019]s|Barts|St\sBarts|Guy['\u2019]s(?:\sand\sSt\.?\sThomas['\u2019]?)?"
    r"|King['\u2019]s\sCollege(?:\sHospital)?|Charit[eé]|Great\sOrmond\sStreet|GOSH|UCLH?A?|UCSF"
    r"|UPMC|UCSD|Stanford|Vanderbilt|Emory|Duke|Yale[- ]New\sHaven|Northwestern|Intermountain"
    r"|Geisinger|Sutter|Dignity|Ascension|Providence|Banner|Bellevue|Parkland|Grady|Cook\sCounty"
    r"|Papworth|Royal\sFree|Royal\sMarsden|Royal\sBrompton|Karolinska|SickKids|Sick\sKids"
    r"|Toronto\sGeneral|Sunnybrook|Walmart|Walgreens(?:\s#\d+)?|CVS(?:\s#\d+)?|Target|Tyson"
    r"|Kroger|Safeway|Sainsbury['\u2019]s|Asda|Lidl|Aldi|Boots|Rite\sAid|Costco|Tesco|Amazon"
    r"|FedEx|UPS|Starbucks|McDonald['\u2019]s|Boeing|Ford|Google|Facebook|Microsoft|Apple|Tesla"
    r"|Labcorp|Quest(?:\sDiagnostics)?|DaVita|Fresenius|Mercy|Christus|Baptist|Methodist"
)
_FAMOUS_AT = re.compile(
    rf"\b(?:at|from|to|in|by|of|with|via|for|the|outside|our|near|joined|left|leaving"
    rf"|through)\s(?:the\s)?(?P<whole>(?:{_FAMOUS})(?:\s(?:ED|ER|ICU|[Pp]harmacy))?)(?![\w-])"
)
_SENT = re.compile(
    rf"\b(?i:(?:re)?admitted\s(?:to|at)|transfer(?:red|ring)?\s(?:\w+\s)?(?:to|from)"
    rf"|transfer\s(?:to|from)|discharged\s(?:from|to|home\sfrom)|seen\s(?:\w+\s)?at"
    rf"|treated\s(?:\w+\s)?at|hospitali[sz]ed\s(?:at|in)|presented\sto|surgery\sat|done\sat"
    rf"|performed\sat|inpatient\sat|followed\s(?:up\s)?at|attends|attending|delivered\sat"
    rf"|outpatient\sat|resident\s(?:at|of)|patient\s(?:at|of)|ed\sat|icu\sat|labs?\s(?:at|from)"
    rf"|records?\sfrom|referred\s(?:from|to|by)|pharmacist\sat|nurse\sat|doctor\sat|works?\sat"
    rf"|fellow\sat|resident\sat|fills?\s\w*\s?at|filled\sat|picked\sup\sat|born\sat|lives\sat"
    rf"|arrived\sfrom|came\sfrom|sent\s(?:to|from|by)|calling\sfrom|here\sat|clinic\sat)"
    rf"\s(?:the\s)?(?P<whole>{_W}(?:\s(?:of|and|the)\s{_W}|\s{_W}){{0,3}})"
)
_EMPLOYER = re.compile(
    rf"\b(?i:works?\s(?:\w+\s){{0,4}}?(?:at|for|with)|working\s(?:\w+\s){{0,4}}?(?:at|for|with)"
    rf"|worked\s(?:\w+\s){{0,4}}?(?:at|for|with)|employed\s(?:\w+\s){{0,4}}?(?:at|by|with)"
    rf"|employer(?:\sis)?:?|employee\s(?:at|of)|retired\s(?:\w+\s)?from|job\s(?:at|with)"
    rf"|(?:engineer|teacher|driver|manager|cook|clerk|cashier|welder|nurse|guard|student|pupil"
    rf"|professor|accountant|lawyer|executive|director|foreman|mechanic|pilot|librarian|principal"
    rf"|janitor|programmer|analyst|operator|coach|pastor|ceo|owner)\s(?:at|for|of|with)|attends"
    rf"|school:|enrolled\s(?:at|in)|studies\sat|student\sat|goes\sto|graduat\w+\sfrom"
    rf"|serves?\s(?:at|with))"
    rf"\s(?:the\s)?(?P<whole>{_W}(?:(?:\s(?:of|and|the|&)\s|\s|\s?&\s?){_W}){{0,4}})"
)
_PUBLIC = re.compile(
    r"(?:American|European|British|Canadian|National|World|International|Royal\sCollege|Federal"
    r"|Global|Society|Association|Agency|Department\sof\sHealth|Public\sHealth|US\b|U\.S\."
    r"|Food\sand\sDrug|Surviving|Infectious|Centers?\sfor|Centre\sfor|Joint\sCommission"
    r"|Institute\sfor|United\sStates|Australian|Scottish|Irish|Nordic|Asian|Endocrine|Cochrane"
    r"|Oxford\sUniversity\sPress|Harrison)"
)
_RULED = re.compile(
    r"['\u2019]?s?\s(?:guid(?:eline|ance)s?|protocols?|criteria|study|trial|score"
    r"|formulary\sguid\w+|antibiotic\sguide|guide|handbook|manual|calculator|statement"
    r"|recommend\w*|classification|website|paper|group\sstudy|nomogram|equation|course|consensus"
    r"|definition|index|scale)",
    re.IGNORECASE,
)
_SURGERIES = frozenset(
    {
        "surgery",
        "labs",
        "lab",
        "memorial",
        "health",
        "trust",
        "practice",
        "associates",
        "dialysis",
        "bank",
        "farm",
        "farms",
        "temple",
        "parish",
        "school",
        "college",
        "lodge",
        "company",
        "mill",
        "mills",
        "steel",
        "rehab",
        "mental health",
        "clinics",
        "pharmacy",
        "laboratory",
        "ambulance",
        "ems",
        "physicians",
        "shelter",
        "nursery",
        "hospice",
        "clinic",
    }
)


def find_institutions(note: Note) -> Iterator[Found]:
    """Yield names of hospitals, practices, pharmacies, employers and schools."""
    text = note.text
    for match in _TAIL.finditer(text):
        yield from _typed(note, match)
    for match in _HEAD.finditer(text):
        if re.search(
            rf"Praxis|Apotheke|Farmacia|Pharmacie|Cabinet|Poliklinik|Consultorio|Puskesmas|Rumah"
            rf"|HMP|HMYOI|FCI|USP|VAMC|{_HOSPITAL}|University|[Hh]ospital|[Hh][oô]pital|Ospedale"
            rf"|[Kk]lini|Krankenhaus"
            rf"|Clin|CHU|Spital",
            match[0],
        ) and not _is_public(note, match):
            yield from _specific(match)
    for match in _LOWER.finditer(text):
        yield from _in_lower_case(match)
    for match in _SAINT.finditer(text):
        yield from _saint(note, match)
    for match in _FAMOUS_AT.finditer(text):
        if not _RULED.match(note.after(match.end("whole"), 24)):
            yield Found(*match.span("whole"), "organization", SOFT)
    for pattern in (_SENT, _EMPLOYER):
        for match in pattern.finditer(text):
            yield from _named(note, match)


def _typed(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield a name that ends in a kind of institution, from its first word that is its own."""
    if _is_public(note, match):
        return
    kind = match["type"].lower()
    start = match.start()
    words = [word.group(0) for word in re.finditer(r"\S+", text_of(match, kind))]
    while words and (folded(words[0].strip(".,'")) in _LEADING):
        start += len(words[0]) + 1
        words = words[1:]
    own = [word for word in words if _is_own(word)]
    general = [
        word for word in words if folded(re.sub(r"['\u2019]s?$", "", word.strip(".,"))) in _HALF_OWN
    ]
    if not own and (not general or kind in _SURGERIES or len(general) < len(words)):
        return
    if (
        own
        and kind in _SURGERIES
        and all(folded(re.sub(r"['\u2019]s?$", "", word)) in listed("eponyms") for word in own)
    ):
        return
    if any(folded(word) in listed("makers") for word in words):
        return
    if start < match.end("type"):
        yield Found(start, match.end(), "organization", STRONG if _is_evident(own, kind) else SOFT)


def _in_lower_case(match: re.Match[str]) -> Iterator[Found]:
    """Yield "mercy clinic" and "st marys hospital", from the last word that is no name's."""
    start, words = match.start(), match["name"].split()
    while words and not _names_in_lower_case(words[0]):
        start += len(words[0]) + 1
        words = words[1:]
    start += match.start("whole") - match.start()
    if words and all(map(_names_in_lower_case, words)):
        yield Found(start, match.end("whole"), "organization", SOFT)


def _names_in_lower_case(word: str) -> bool:
    key = folded(word.strip("."))
    common = any(key in listed(name) for name in ("departments", "not_names", "wards"))
    return not common and key not in listed("clinical_words") and key not in _NO_OWN_NAME


_NO_OWN_NAME = frozenset(
    (
        "outside",
        "another",
        "nearest",
        "other",
        "same",
        "different",
        "rural",
        "busy",
        "small",
        "free",
        "nearby",
        "closest",
        "day",
        "group",
        "case",
    )
)


def _is_evident(own: list[str], kind: str) -> bool:
    """Return whether a word of its own, which is no ordinary word, names a place of care."""
    keys = [folded(re.sub(r"['\u2019]s?$", "", word.strip(".,()"))) for word in own]
    return re.fullmatch(_SURE, kind) is not None and any(not is_ordinary(key) for key in keys)


def text_of(match: re.Match[str], kind: str) -> str:
    """Return the words of the name before its kind."""
    return match["whole"][: len(match["whole"]) - len(kind)].strip()


_LEADING = frozenset(
    [
        "the",
        "a",
        "an",
        "at",
        "in",
        "from",
        "to",
        "my",
        "our",
        "your",
        "patient",
        "pt",
        "seen",
        "admitted",
        "called",
        "call",
        "dr",
        "mr",
        "mrs",
        "ms",
        "and",
        "of",
        "she",
        "he",
        "is",
        "was",
        "for",
        "with",
        "per",
        "discharged",
        "transferred",
        "labs",
        "lab",
        "is",
        "should",
        "can",
        "could",
        "would",
        "may",
        "will",
        "does",
        "if",
        "when",
        "this",
        "that",
    ]
)
_HALF_OWN = frozenset(
    [
        "national",
        "federal",
        "state",
        "central",
        "north",
        "south",
        "east",
        "west",
        "international",
        "first",
        "provincial",
        "base",
        "teaching",
        "general",
        "memorial",
        "regional",
        "university",
        "community",
        "county",
        "city",
        "children's",
        "childrens",
        "veterans",
        "va",
        "municipal",
        "central",
        "district",
        "royal",
        "presbyterian",
        "methodist",
        "baptist",
        "lutheran",
        "jewish",
        "catholic",
        "adventist",
    ]
)


def _is_own(word: str) -> bool:
    """Return whether a word belongs to one institution only."""
    key = folded(re.sub(r"['\u2019]s?$", "", word.strip(".,()")))
    return (
        len(key) > 1
        and key not in listed("departments")
        and key not in listed("countries")
        and key not in _HALF_OWN
        and key not in {"of", "and", "for", "&", "de", "la", "st"}
        and word[:1].isupper()
    )


def _is_public(note: Note, match: re.Match[str]) -> bool:
    after = note.after(match.end("whole"), 24)
    if _PUBLIC.match(match[0]) and not re.search(r"Hospital|Medical\sCent|Infirmary", match[0]):
        return True
    return _RULED.match(after) is not None


def _specific(match: re.Match[str]) -> Iterator[Found]:
    words = match["whole"].split()
    if any(_is_own(word) for word in words[1:]) or len(words) > 2:
        yield Found(*match.span("whole"), "organization", SOFT)


def _saint(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield "St Mary's"; not St John's wort, nor a city or the maker of a valve."""
    after = note.after(match.end("whole"), 28)
    if _NO_SAINT.match(after) or (match["saint"].lower() in _MADE and DEVICE_AFTER.match(after)):
        return
    if match["whole"].startswith(("San", "Santa")) and folded(match["whole"]) in listed("cities"):
        return
    if re.match(
        r"St\.?\s(?:Street|Elev|Segment|Depress|Change|And|Or|On|In)", match["whole"], re.IGNORECASE
    ):
        return
    if (
        "'" in match["whole"]
        or "\u2019" in match["whole"]
        or " " in match["whole"][len("Saint ") :]
        or re.search(r"\b(?:at|from|to|in)\s(?:the\s)?$", note.before(match.start(), 10))
    ):
        yield Found(*match.span("whole"), "organization", STRONG)


def _named(note: Note, match: re.Match[str]) -> Iterator[Found]:
    """Yield what somebody is sent to or works for, where it is no ward and no drug."""
    start = match.start("whole")
    words = match["whole"].rstrip(".,").split()
    while (
        words
        and not _is_own(words[-1])
        and folded(words[-1]) not in _HALF_OWN
        and not re.search(_HOSPITAL, words[-1])
    ):
        words.pop()
    if not words or (not _is_own(words[0]) and folded(words[0]) not in _HALF_OWN):
        return
    name = " ".join(words)
    key = folded(name)
    if (
        key in listed("countries")
        or (name.isupper() and len(name) <= 4)
        or folded(words[0]) in _UNITS
    ):
        return
    if _RULED.match(note.after(start + len(name), 24)) or note.clinical(start, start + len(name)):
        return
    yield Found(start, start + len(name), "organization", SOFT)


_UNITS = frozenset(
    [
        "icu",
        "ed",
        "er",
        "emergency",
        "ward",
        "picu",
        "nicu",
        "micu",
        "sicu",
        "ccu",
        "pacu",
        "hdu",
        "theatre",
        "recovery",
        "floor",
        "telemetry",
        "med/surg",
        "l&d",
        "snf",
        "ltac",
        "ltach",
        "nursing",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "week",
        "stage",
        "grade",
    ]
)
