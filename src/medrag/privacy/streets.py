"""Streets, house numbers and boxes, as they are written in many countries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.clinical.matching import begins_name
from medrag.privacy.evidence import CERTAIN, SOFT, STRONG, Found, Note
from medrag.privacy.sieve import sifted
from medrag.privacy.vocabulary import listed

_TYPE = (
    r"(?:street|str|avenue|ave|av|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl"
    r"|terrace|ter|close|crescent|cres"
    r"|square|sq|highway|hwy|parkway|pkwy|circle|cir|trail|trl|row|mews|gardens|gdns|grove|walk"
    r"|hill|view|rise|quay|pike|alley"
    r"|cl(?=[.,;\n])|loop|path|way|st|turnpike|crossing|esplanade|parade|pde|green|common|heights|mall|causeway"
    r"|plaza|yard|brae|wynd|vennel|estate|close|croft|cottages?|bend|ridge|run|point|landing)"
)
_UNIT = (
    r"(?:,?\s(?:apt|apartment|suite|ste|unit|flat|room|rm|floor|fl|lot|building|bldg|#)\.?\s?#?\s?"
    r"[A-Za-z]?-?\d*[A-Za-z]?\b|,?\s#\s?\d+\w?)?"
)
_CAP = r"(?:[A-Z\u00c0-\u00de][\w'\u2019.-]{0,40}|\d{1,3}(?:st|nd|rd|th)|MLK|JFK)"
_STREETS = (
    rf"\b\d{{1,6}}(?:[-/]?\d{{1,4}}|\s?[A-Za-z]|\s?1/2)?,?\s(?:(?:N|S|E|W|NE|NW|SE|SW|North|South"
    rf"|East|West)\.?\s)?(?:{_CAP}\s){{1,4}}"
    rf"(?i:{_TYPE})\b\.?(?:\s(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b)?(?i:{_UNIT})",
    rf"\b(?:flat|apt|apartment|unit|suite)\s\d+\w?,\s\d{{1,5}}\w?\s(?:{_CAP}\s){{1,4}}(?i:"
    rf"{_TYPE})\b",
    rf"(?<![\w.])(?:{_CAP}\s){{1,3}}(?:Street|Avenue|Ave|Road|Rd|Lane|Boulevard|Blvd|Crescent"
    rf"|Terrace|Parkway|Highway|Drive|Close|Mews|Court)\b(?!\s(?:[Dd]rug|[Vv]alue))",
    r"(?i:\b\d{1,5}[a-z]?,?\s(?:(?:bis|ter)\s)?(?:rue|avenue|av|boulevard|bd|place|allée|chemin"
    r"|quai|impasse|cours|route)\s(?:de\s|du\s|des\s|la\s|le\s|l['\u2019]|d['\u2019]"
    r"|saint[- ]){0,8}[\w'\u2019-]{1,40}(?:[\s-](?-i:[A-Z\u00c0-\u00de])[\w'\u2019-]{1,40}){0,3}"
    r"(?:\s(?-i:"
    r"[NSEWO])\.?)?)",
    r"\b(?i:jr\.|jir[oó]n|psje\.?|urb\.|rue|avenida|av\.|avda\.?|calle|c/|carrera|cra\.?|calzada"
    r"|paseo|plaza|piazza|via|viale"
    r"|corso|largo|vicolo|rua|travessa|praça|jalan|jl\.|ul\.|ulica|aleja|al\.|carrer|camino"
    r"|boulevard)"
    r"\s(?:(?:de|del|de\sla|de\slos|de\slas|los|las|do|da|dos|das|la|le|el|di|della|du|des|san"
    r"|santa)\s){0,8}[A-Z\u00c0-\u00de][\w'\u2019-]{1,40}(?:\s(?:(?:de|del|da|do|di|la|y"
    r"|e)\s)?[A-Z\u00c0-\u00de][\w'\u2019-]{1,40}){0,3},?\s(?:n[°ºo.]?\s?|no\.\s?"
    r"|#\s?)?\d{1,5}[A-Za-z]?(?:[-/]\d+)?\b(?:,\s(?:esc\.?|piso|pta\.?|bajo|[Pp]lanta"
    r"|\d{1,2}\.?[ºª°])\s?[\w.º]{0,40}(?:\s[A-Z]\b)?){0,3}",
    r"\b[A-Z\u00c0-\u00de][\w-]{0,40}(?i:stra(?:ss|ß)e|strasse|str\.|straat|gatan|gata|gate|vägen"
    r"|vagen|veien|vej|gade|weg|platz|allee|gasse|laan|plein|gracht|kade|dijk|katu|tie|kuja"
    r"|stræde|damm|ufer|ring|singel|steeg|väg|utca|ulica|tér)\s\d{1,4}\s?[A-Za-z]?\b",
    r"(?<![\w.,/])\d{1,4}[a-z]?\s[A-Z\u00c0-\u00de][\w-]{0,40}(?i:stra(?:ss|ß)e|straat|gatan|gata|vägen"
    r"|gade|gasse|laan|plein|gracht|kade|katu|väg|utca|weg)\b",
    rf"\bThe\s(?:{_CAP}\s){{0,2}}(?:Rectory|Vicarage|Parsonage|Manor|Cottage|Barn|Lodge|Grange|Forge"
    rf"|Mill|Priory|Farm|Farmhouse|Schoolhouse|Gatehouse|Stables|Oaks|Elms|Willows|Limes|Laurels"
    rf"|Beeches|Cedars|Hollies|(?:Coach|School|Gate|Mill|Lake|Farm)\sHouse),\s{_CAP}(?:\s{_CAP})?",
    r"\b(?i:p\.?\s?o\.?\s?box|post\soffice\sbox|postbus|postfach|apartado|locked\sbag"
    r"|private\sbag|rural\sroute)\s#?\d+\b",
    r"\b[A-Z\u00c0-\u00de][\w-]{1,40}(?:er|en)?\s(?:Str\.|Straße|Strasse|Allee|Weg|Platz|Gasse|Ring"
    r"|Damm)\s\d{1,4}\s?[a-z]?\b",
    r"(?i:\b(?:corner|junction|intersection)\sof\s)[A-Z][\w'\u2019-]{1,40}(?:\s[A-Z][\w'\u2019-]{1,40}){0,8}\s"
    r"(?:and|&)\s[A-Z][\w'\u2019-]{1,40}(?:\s[A-Z][\w'\u2019-]{1,40}){0,8}",
    r"\b(?i:(?:flat|plot|apartment|apt\.?)(?:\sno\.?|\snumber)?|h\.?\s?no\.?|block|villa"
    r"|(?:house|door|shop|apartment|apt|quarters?|bungalow)\s(?:no\.?|number))\s?#?[\w/-]{0,40}\d"
    r"[\w/-]{0,40},[ ][A-Z\d][\w'\u2019/-]{0,40}(?:[ ][A-Z\d]"
    r"[\w'\u2019/-]{0,40}){0,3}(?:,\s"
    r"[A-Z\d][\w'\u2019/-]{0,40}(?:[ ][A-Z\d][\w'\u2019/-]{0,40}){0,3}){0,3}",
    r"\b(?:[A-Z\u00c0-\u00de\u0130][\w\u2019'-]{1,40}\s){1,3}(?:Cad(?:desi|\.)?|Sok(?:ak|\.)?|Sk\."
    r"|Mah(?:allesi|\.)?|Bulvar[ıi]|Blv\.)\s(?:No\s?[:.]?\s?)?\d{1,4}(?:/\d+)?\b",
    r"(?:\bat|@)\s\d{1,4}[A-Za-z]?\s[A-Z][\w'\u2019-]{1,40}(?:\s[A-Z][\w'\u2019-]{1,40}){0,3}(?=[,.;\n]|$)",
    r"\b\d{1,4}[A-Za-z]?\s(?:Heol|Ffordd|L[oô]n|Stryd|Cae|Maes)\s(?:y\s|yr\s)?[A-Z]\w{1,40}",
    r"\b(?:[Uu]nit|[Ff]lat)\s\w{1,4},\s(?:[A-Z][\w'\u2019-]{1,40}\s){1,3}(?:Estate|Park|House|Court"
    r"|Centre|Building|Mill|Works)",
    r"(?:#|\b\d\w?F\d?,?\s(?!\d{1,2}(?:\+\d)?/40\b))\s?\d{1,4}(?:/\d+)?"
    r"(?:,\s[\dA-Z][\w'\u2019]{0,40}(?:[ ][A-Z]"
    r"[\w'\u2019]{0,40})"
    r"{0,3}){1,3}",
    r"(?<![\w.,/])\d{1,4}[A-Za-z]?\sThe\s(?:Old\s[A-Z][a-z]{2,20}|Paddocks?|Green|Avenue|Crescent|Close|Drive|Street|Square|Grove|Mews|Spinney|Meadows?"
    r"|Orchards?|Maltings|Elms|Oaks|Willows|Limes|Beeches|Firs|Pines|Cedars|Chestnuts|Hollies|Laurels|Hawthorns|Poplars|Sycamores|Rowans"
    r"|Lawns|Terrace|Parade|Leas?|Hollow|Ridge(?:way)?|Chase|Causeway|Quay|Wharf|Mount|Crofts?|Cottages|Stables|Barns|Granary|Dell|Glade|Glebe"
    r"|Fairway|Links|Moorings|Shambles|Strand|Mall|Rise|Drove|Butts|Nook|Copse|Coppice|Boulevard|Warren|Rookery|Vineyards?|Cloisters|Courtyard)\b",
    r"\b(?:PSC|Unit|CMR)\s\d+,?\s(?:Box\s)?\d+",
    rf"(?i:\b(?:lives?|living|resid\w{{1,40}}|stays?|staying|address(?:\sis)?:?|home|located|delivered?"
    rf"|moved)\s(?:at|to|on)?\s?\d{{1,5}}[a-z]?\s(?:[a-z'\u2019]+\s){{1,3}}{_TYPE}\b{_UNIT})",
    rf"(?i:(?<![\w.,/-])\d{{2,5}}\s(?!(?:of|in|on|at|to|for|and|or|by|mg|ml|mcg|the|a|an|is|was"
    rf"|days?|weeks?|hours?|then|with|units?|year|yo|x)\b)(?:[a-z'\u2019]{{3,}}\s){{1,2}}"
    rf"(?:street|avenue|ave|road|rd|lane|boulevard|blvd|terrace|crescent)\b{_UNIT})",
)
_STREET_FORMS = tuple(sifted(pattern) for pattern in _STREETS)
_SURE_STREETS = (_STREET_FORMS[0], *(form for form in _STREET_FORMS if "plot" in form.pattern))


def find_streets(note: Note) -> Iterator[Found]:
    """Yield streets with their numbers, flats and boxes."""
    for pattern in _STREET_FORMS:
        for match in pattern.finditer(note.text):
            start = match.start()
            lead = re.match(
                r"(?i:lives?|living|resid\w{1,40}|stays?|staying|address(?:\sis)?:?|home|located"
                r"|delivered?|moved)\s(?:at|to|on)?\s?",
                match[0],
            )
            start += lead.end() if lead else 0
            if match[0].startswith(("at ", "@ ")):
                start += match[0].index(" ") + 1
            elif match[0][0].isalpha() and not lead:
                start += _leading_words(match[0])
            if start < match.end() - 4:
                numbered = re.search(r"\d", match[0]) is not None
                sure = CERTAIN if pattern in _SURE_STREETS else STRONG if numbered else SOFT
                yield Found(start, match.end(), "place", sure)
    for match in _ADDRESS.finditer(note.text):
        yield Found(*match.span("whole"), "place", STRONG)
    yield from _found_on(note)


_FOUND_ON = sifted(
    r"\b(?P<cue>bridge|underpass|overpass|tents?|encampment|shelter|hostel|squat|doorway|alley(?:way)?|pavement|sidewalk|bench|bus\s(?:stop|shelter)"
    r"|kerb|curb|park|steps|corner|shop|store|pharmacy|chemist|caf[e\u00e9]|pub|bar|house|flat|apartment|bedsit|practice|surgery|clinic|church|mosque|temple"
    r"|synagogue|library|crash(?:ed)?|collision|rtc|rta|mvc|mva|accident|knocked\s(?:down|over|off\s(?:his|her|their|a)\s\w{3,10})|run\sover"
    r"|hit\sby\s(?:a|an)\s(?:\w{2,10}\s)?\w{2,10}|picked\sup|stabbed|mugged|assaulted|shot|begging|busking|rough\ssleep\w{1,3}|sleeps?|sleeping|slept"
    r"|found|collapsed|fell|living|lives|camp(?:s|ed|ing)|stays|staying)"
    r"(?:\s(?:rough|out|down|unconscious|unresponsive|overnight|outside))?\son\s"
    r"(?P<whole>(?:(?:North|South|East|West|Old|New|Upper|Lower|Great|Little)\s)?[A-Z\u00c0-\u00de][a-z\u00df-\u00ff][\w'\u2019-]{1,30}(?:\s[A-Z\u00c0-\u00de][a-z\u00df-\u00ff][\w'\u2019-]{1,30})?)"
    r"(?:\s(?:and|&)\s(?P<other>\d{1,3}(?:st|nd|rd|th)|[A-Z][a-z]{2,20}))?"
    r"(?=\s?(?:[,.;:)?!\n]|$)|\s(?:by|under|near|and|at|in|with|when|where|while|this|last|yesterday|today|after|before|has|had|gave|gives|says|who|opposite|outside|beside|behind|next)\b)"
)
"""A street by itself, where somebody was found or lives: "under the bridge on Burnside"."""
_STANDS_WORDS = "found collapsed fell living lives stays staying sleeps sleeping slept park clinic"
_STANDS = frozenset(_STANDS_WORDS.split())
"""Cues after which "on" also says on what drug, day or test somebody was."""
_NO_STREETS = ("not_names", "departments", "clinical_words", "wards", "makers", "countries")


def _found_on(note: Note) -> Iterator[Found]:
    """Yield a street after "on" alone: no drug, day, test or eponym; no word after a loose cue."""
    for match in _FOUND_ON.finditer(note.text) if note.cased else ():
        words = note.words_in(*match.span("whole"))
        loose = match["cue"].lower() in _STANDS
        plain = any(word.ordinary and not word.surname for word in words)
        stop = any(word.key in listed(name) for word in words for name in _NO_STREETS)
        stop = stop or any(word.eponym or begins_name(word.key) for word in words)
        if not (stop or (loose and plain) or note.clinical(*match.span("whole"))):
            yield Found(*match.span("whole"), "place", STRONG)
            if match["other"]:
                yield Found(*match.span("other"), "place", STRONG)


def _leading_words(written: str) -> int:
    """Return how many characters of leading ordinary words to leave: "At Main Street"."""
    lead = re.match(
        r"(?:(?:In|At|On|The|From|Near|To|Patient|Pt|Lives?|And|Is|Was)\s){1,8}", written
    )
    return lead.end() if lead else 0


_ADDRESS = sifted(
    r"\b(?:(?:[Hh]ome|[Bb]illing|[Mm]ailing|[Pp]ostal|[Ss]treet)\s)?[Aa]ddress(?:\sis|\son\sfile)?"
    r"\s?[:=-]?\s{1,8}(?P<whole>(?=[^\n;]{0,60}\d)[A-Z0-9][^\n;]{6,90}?)"
    r"(?=\n|;|$|\.\s|\s\(|,\s(?:phone|tel|dob|mrn|cell|email|born|aged?|he|she|who)\b)"
)
