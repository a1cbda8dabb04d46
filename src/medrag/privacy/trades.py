"""Institutions and employers without a hospital's or a school's word: trades, homes, practices.

"Castellane Freight", "Willowmere Court", "harlow & finch solicitors": the last word is a plain one,
so a word of the name's own must stand before it, or the sentence must say that somebody is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.cues import DEVICE_AFTER
from medrag.privacy.evidence import SOFT, Found, Note
from medrag.privacy.institution_forms import PUBLIC, RULED, W
from medrag.privacy.sieve import ending, sifted
from medrag.privacy.vocabulary import folded, is_eponym, is_ordinary, listed

_JOIN = r"[ ](?:(?:of|the|and|&|de|del|la)[ ])?"
_TRADE = (
    r"(?:Med|Medical|Peds|HC|Concrete|Cottage|Unit|(?:[a-z]{1,40}\s)?clinic|(?:[A-Z]?[a-z]{1,40}\s){0,2}(?:[Uu]nit|[Ww]ing)|Home\s?[Cc]are|Home\s(?:Health|Nursing)|Nursing|Walk-?[Ii]n(?:\sCent(?:er|re))?"
    r"|Specialist(?:s|\sHospital)?|General|Infirmary|Dental(?:\sCare)?|Dentistry|Optical|Opticians?"
    r"|Pharm|Drugs?|Drugstore|Chemists?|Diagnostics|Pathology|Radiology|Imaging|Orthop(?:a)?edics"
    r"|P(?:a)?ediatrics|Cardiology|Oncology|Dermatology|Physio(?:therapy)?|Veterinary|Vets"
    r"|Wellness|Residences?|Residential|Retirement|Court|Grange|Hall|House|Homes|Villa|Gables"
    r"|Pines|Oaks|Meadows|Place|Terrace|Solicitors|Law|Accountants|Insurance|Realty|Builders"
    r"|Construction|Contractors|Electric(?:al)?|Plumbing|Roofing|Freight|Haulage|Trucking"
    r"|Transport|Shipping|Freightways|Bakery|Caf[eé]|Diner|Grill|Restaurant|Catering|Salon|Garage"
    r"|Auto(?:motive)?|Bros\.?|Brothers|(?:&|and)\s(?:Sons?|Co\.?|Partners)|Partners|Partnership"
    r"|Council|Barracks|Depot|Warehouse|Works|Foundry|Forge|Shipyard|Quarry|Colliery|Mine|Ranch"
    r"|Vineyards?|Winery|Orchards?|Nurseries|Dairy|Poultry|Meats|Packing|Textiles|Paper|Plastics"
    r"|Chemicals?|Refinery|Resort|Casino|Library|Consulting|Systems|Technologies|Software|Media"
    r"|Stores?|Supply|Lumber|Tiles?|Aggregates|Ceramics|Castings|Glassworks|Steelworks|Ironworks|Gasworks|Airport|[Ss]tation"
    r"|Stadium|[Cc]ar\s[Pp]ark|[Ss]hopping\s[Cc]ent(?:er|re)|Mall|Market|Museum|Theatre|Beach|Marina|Pier|Campsite|Zoo"
    r"|(?:Golf|Tennis|Rugby|Football|Cricket|Rowing|Social|Working\sMen['\u2019]s)\s[Cc]lub|Gym|[Ll]eisure\s[Cc]ent(?:er|re)|HMO|OB"
    r"|[Pp]ost\s[Oo]ffice|Arms|Inn|Tavern|Brewing|Printers?|Press|Fisheries|Forestry|Abattoir|Slaughterhouse|Laundry|Cleaners"
    r"|Security|Couriers?|Taxis?|Coaches|Buses|Railways?|Rail|Ferries|Cruises|Line|Primary|Secondary|Infants|Juniors?|Preschool"
    r"|Playgroup|Daycare|[Pp]lay\s?school|Scouts|Brewers|Distillery|Kennels|Stables|Racing|Tannery|Smelter|Sawmill|Pottery)"
)
_CAPITALS = sifted(rf"(?<![\w.])(?P<whole>(?P<own>{W}(?:{_JOIN}{W}){{0,3}}?)\s{_TRADE})(?![\w-])")
_THERE = ending(
    r"\b(?:at|from|to|for|with|via|outside|near|employer|employer,|of|in|by|cc|(?:home\svisit|visit(?:ed|ing)?|address)[:,]?)\s(?:the\s)?$",
    re.IGNORECASE,
)
_WORKS = sifted(
    r"\b(?:(?:works?|worked|working|employed)\s(?:[a-z]{1,40}\s){0,3}?(?:at|for|by|with)"
    r"|(?:his|her|their|my)\s(?:employer|workplace|school|practice|pharmacy|gp\spractice|clinic),?"
    r"(?:\sis)?|(?:surgery|practice|school|pharmacy|nursery|employer)\sis|(?:attends|enrolled\s(?:at|in)|studies\sat|student\sat|pupil\sat))\s(?:the\s)?"
    r"(?P<whole>[a-z][\w'\u2019-]{1,40}(?:\s(?:&\s)?[a-z][\w'\u2019-]{1,40}){0,3})"
    r"(?=\s?(?:[,.;:)?!\n]|$|\s(?:and|so|but|who|as|since)\b))"
)
_AGENT = sifted(
    rf"(?i:\b(?:agency|employer|workplace|gp\spractice|practice|school|nursery|pharmacy|chemist"
    rf"|insurer|payer|carrier|charity|congregation|care\shome|dialysis\sunit|referrer|ward\sat|her\semployer|his\semployer),?:?\s)"
    rf"(?P<whole>{W}(?:{_JOIN}{W}){{1,3}})"
)
_MOVED = sifted(
    rf"\b(?i:admitted|transferred|discharged|referred|sent|moved|brought|taken|returned|booked"
    rf"|presented|transfer)(?:\s[\w.'\u2019-]{{1,40}}){{1,5}}?\s(?:to|from|at)\s(?:the\s)?"
    rf"(?P<whole>{W}(?:\s{W}){{1,3}})(?=\s?(?:[,.;:)?!\n]|$)|\s(?:on|with|for|after|yesterday|today"
    rf"|last|this|in|where|who|and)\b)"
)
_TEAM = sifted(
    rf"(?<![\w.])(?P<whole>(?P<own>{W}(?:\s{W}){{0,2}}?)\s(?:(?:A|R|RU)?FC|U-?\d{{1,2}}s?(?!\d)|[Uu]nder-?\d{{1,2}}s)"
    r"(?:\s(?:academy|squad|team|side|girls|boys|youth|reserves|juniors))?)(?![\w-])"
)
"""A team by its letters or the age of its players: "Rovers U16 academy"."""
_SCHOOL_FIRST = sifted(
    rf"(?<![\w-])(?P<whole>(?:Gael)?(?:[Ss]coil)\s(?:na\s|an\s)?{W}(?:\s{W}){{0,2}}|(?:Ysgol|Col[a\u00e1]iste|Naíonra|Colegio|Col[e\u00e9]gio|Escuela|Escola|[E\u00c9]cole|Lyc[e\u00e9]e|Coll[e\u00e8]ge|Liceo|Scuola|Istituto|Grundschule|Gymnasium|Gesamtschule"
    rf"|Sekolah|Madrasa[ht]?|Szko[l\u0142]a|Universidad|Universit[a\u00e0\u00e9t\u00e4]+|Instituto|Kita|Kindergarten)\s(?:(?:de|des|du|la|le|del|di|da|na|an|Gynradd|Gyfun|Bro)\s){{0,2}}{W}(?:\s{W}){{0,2}})(?![\w-])"
)
"""A school in another tongue, whose kind comes first: "Gaelscoil na Coille"."""
_STATE_COLLEGE = sifted(
    r"\b(?i:students?|freshman|fresher|sophomore|senior|undergrad\w{0,6}|professor|lecturer|athlete|footballer|swimmer|quarterback|coach|attends|enrolled|studies|studying|plays|dorm|campus)\b"
    rf"[^.;,\n]{{0,14}}?\s(?:at|for|in|from)?\s?(?P<whole>{W}(?:\s{W})?\s(?:State|Tech|Poly|A&M))(?![\w-])"
)
"""A college by its state: "student at Ohio State"."""
_SHOP = sifted(
    rf"\b(?:at|from|by|via|to)\s(?:the\s)?(?P<whole>(?:Chemist|Pharmacy|Hotel|Caf[eé]|Club|Supermarket)(?:\s{W}){{1,3}})"
    r"(?![\w-]|\s\d)"
)
"""A shop whose kind comes first: "at Chemist Hub Footscray"."""


def find_trades(note: Note) -> Iterator[Found]:
    """Yield employers, practices and homes by their trade, or by the sentence they stand in."""
    yield from _by_trade(note)
    for pattern in (_TEAM, _SHOP, _SCHOOL_FIRST, _STATE_COLLEGE):
        for match in pattern.finditer(note.text):
            yield from _unless_public(note, *match.span("whole"))
    for pattern in (_AGENT, _MOVED):
        for match in pattern.finditer(note.text):
            keys = [folded(word.strip(".,'\u2019")) for word in match["whole"].split()]
            if any(map(_is_own, keys)) and not any(map(_is_clinical_word, keys)):
                yield from _unless_public(note, *match.span("whole"))
    for match in _WORKS.finditer(note.text):
        keys = [folded(word) for word in re.findall(r"[^\s&]+", match["whole"])]
        if any(map(_is_own, keys)) and not any(map(_is_clinical_word, keys[:1])):
            yield from _unless_public(note, *match.span("whole"))


def _by_trade(note: Note) -> Iterator[Found]:
    """Yield what ends in the word of a trade, from its first word that is no role."""
    for match in _CAPITALS.finditer(note.text):
        there = _THERE.search(note.before(match.start("whole"), 16)) is not None
        words = [folded(word.strip(".,'\u2019")) for word in match["own"].split()]
        start = match.start("whole")
        while len(words) > 1 and words[0] in _ROLES:  # "GP Glenbeigh Medical"
            start += len(match["own"].split()[-len(words)]) + 1
            words.pop(0)
        named = any(_is_own(word) for word in words)
        if (named or there) and not any(map(_is_clinical_word, words)):
            yield from _unless_public(note, start, match.end("whole"))


_ROLES = frozenset({"gp", "pcp", "gps", "vet", "dentist", "pharmacy", "employer"})
"""What may stand in a capital before the name of a practice."""


def _unless_public(note: Note, start: int, end: int) -> Iterator[Found]:
    """Yield an institution that is no author of a guideline, no device and no clinical name."""
    after = note.after(end, 24)
    ruled = RULED.match(after) or DEVICE_AFTER.match(after) or PUBLIC.match(note.text[start:end])
    clinical = any(hit.kind not in {"form", "route"} for hit in note.hits_in(start, end))
    if not ruled and not clinical and not note.measured(start, end):
        yield Found(start, end, "organization", SOFT)


def _is_own(key: str) -> bool:
    """Return whether a folded word is no ordinary one and no eponym: a name of its own."""
    return len(key) > 2 and key.isalpha() and not is_ordinary(key) and not is_eponym(key)


def _is_clinical_word(key: str) -> bool:
    names = ("departments", "clinical_words", "countries", "wards", "makers")
    return any(key in listed(name) for name in names)
