"""Identifiers that show by their own form: addresses of the network, telephones, check digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from medrag.privacy.codes import spaced_end
from medrag.privacy.evidence import CERTAIN, SOFT, STRONG, Found, Note
from medrag.privacy.sieve import sifted
from medrag.privacy.values import Kind
from medrag.text.sieve import Sifted

_EMAIL = sifted(
    r"(?<![\w.+-])[\w.+-]{1,40}\s?(?:@|[\[({<](?:at|AT|@)[\])}>])\s?"
    r"[\w-]{1,40}(?:\s?(?:\.|[\[({<](?:dot|DOT|\.)[\])}>])\s?[\w-]{1,40}){1,8}"
)
"""Also as people hide it from machines: "sharma [at] example [dot] org"."""
_HANDLE = sifted(r"(?<![\w@/.])@[A-Za-z_][\w.]{2,30}\b")
_KEYED = sifted(
    r"(?<![\w/-])(?:pt|patient|subj(?:ect)?|participant|person|client|case|mrn|pid|visit|encounter)_(?=[a-z0-9]{0,12}\d)[a-z0-9]{3,16}(?![\w-])",
    re.IGNORECASE,
)
"""Somebody as an export calls them: "pt_8812"."""
_SOCIAL = sifted(
    r"\b(?:insta(?:gram)?|ig|twitter|tik\s?tok|snap(?:chat)?|face\s?book|fb|telegram|linked\s?in|reddit"
    r"|youtube|discord|messenger|wechat|viber|signal)\b(?:\s(?:is|as|name|handle|user|profile|id)){0,8}"
    r"\s?:?\s(?P<whole>/?(?=[\w./-]{0,40}[_\d/.])[A-Za-z][\w./-]{3,40}\w)",
    re.IGNORECASE,
)
"""A name on a social network, which has a digit, a point or a line in it."""
_SPELLED_EMAIL = sifted(
    r"\b(?:[\w.+-]{1,40}\s(?:dot|underscore|under\sscore|dash|hyphen|minus|plus|point)\s){0,4}[\w.+-]{2,40}\s(?:at|\(at\)|\[at\])\s[\w-]{2,30}(?:\s(?:dot|\(dot\)|\[dot\])\s[a-z]{2,12}){1,3}\b",
    re.IGNORECASE,
)
_TOP = (
    "com|org|net|edu|gov|mil|info|biz|io|co|uk|de|fr|es|it|nl|be|ch|at|ie|ca|au|nz|in|us|eu|se|no"
    "|dk"
    "|fi|pl|pt|cz|hu|ro|gr|ru|br|mx|ar|cl|jp|cn|kr|sg|hk|za|ng|ke|il|tr|ae|sa|health|care|clinic"
    "|app"
    "|dev|me|tv|nhs|example|test|local|internal|intranet|lan|localdomain|online|clinic|hospital|cloud|ai"
)
_URL = sifted(
    r"\b[a-z][a-z0-9+-]{2,11}://[^\s<>\"')\]]+"
    r"|\bwww\.[\w-]{1,40}(?:\.[\w-]{1,40}){1,8}(?:/[^\s<>\"')\]]*)?"
    rf"|\b(?:[a-z0-9][a-z0-9-]{{1,40}}\.){{1,8}}(?:{_TOP})\b(?::\d{{2,5}}(?=/))?(?:/[^\s<>\"')\]]*)?(?![\w@-])"
    r"|\b(?:[a-z0-9-]{2,40}\.){1,8}[a-z]{2,12}/(?=[^\s<>\"')\]]{0,200}\d)[\w%?=&./-]{3,}",
    re.IGNORECASE,
)
_IP = sifted(
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d"
    r"|1?\d?\d)(?:/\d{1,2})?(?![\w.]\d)"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])",
    re.IGNORECASE,
)
_MAC = sifted(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE)
_ALIEN = sifted(r"\bA[- #]?\d{3}[- ]?\d{3}[- ]?\d{3}\b")
"""An alien registration number of the USA."""
_UUID = sifted(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_FILE = sifted(
    r"(?<![\w./\\-])(?:[A-Za-z]:\\|\\\\|//?|~/)?(?:[\w.-]{1,40}[/\\]){0,8}[\w-]{1,40}(?:\.[\w-]{1,40}){0,8}"
    r"\.(?:jpe?g|png|gif|heic|tiff?|bmp|dcm|webp|mp4|mov|avi|raw|wav|mp3|m4a|aac|ogg|flac|opus|mkv|mpe?g|nii(?:\.gz)?|edf|svs|stl)\b",
    re.IGNORECASE,
)
_DOCUMENT = sifted(
    r"(?<![\w./\\-])(?![\w.-]{0,40}(?:guid|protocol|policy|formulary|leaflet|template|form|handout|label))(?=[\w.-]{0,40}?(?:_|\d{4}))"
    r"[A-Za-z][\w-]{0,40}(?:\.[\w-]{1,40}){0,8}\.(?:pdf|docx?|xlsx?|csv|txt|rtf|zip|xml|json|hl7|pptx?|odt|pages|html?)\b",
    re.IGNORECASE,
)
"""A document whose name is of several parts, as people name what is about somebody."""
_SPACED_FILE = sifted(
    r"\b(?:WhatsApp\s(?:Image|Video)|IMG|DSC|Screenshot|Screen\sShot|Photo|Image|Scan|PXL"
    r"|mugshot)[\w .()-]{0,70}"
    r"\.(?:jpe?g|png|gif|heic|tiff?|bmp|dcm|webp|mp4|mov)\b",
    re.IGNORECASE,
)
_DVLA = sifted(r"\b[A-Z]{2,5}9{0,3}\s?\d{6}\s?[A-Z0-9]{2}\d?[A-Z0-9]{2,3}(?:\s\d{2})?\b")
_INDIAN_PLATE = sifted(r"\b[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{4}\b")
_SSN = sifted(r"(?<![\d-])(?!000|666)[\dXx*]{3}[-. \u2013][\dXx*]{2}[-. \u2013]\d{4}(?![\d-])")
_LAST_FOUR = sifted(
    r"\blast\s(?:four|4)(?:\sof\s(?:the\s)?(?:social|ssn))?:?\s(?P<whole>\d{4})\b", re.IGNORECASE
)
_NHS = sifted(r"(?<![\d+-])\d{3}[ -]\d{3}[ -]\d{4}(?![\d-])")
_NINO = sifted(r"\b[A-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b", re.IGNORECASE)
_VIN = sifted(r"\b(?=[A-Z]*\d)(?=\d*[A-Z])[A-HJ-NPR-Z0-9]{17}\b", re.IGNORECASE)
_IBAN = sifted(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_CARD = sifted(r"(?<![\d-])(?:\d[ -]?){12,18}\d(?![\d-])")
_MBI = sifted(
    r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?"
    r"[AC-HJKMNP-RT-Y]{2}\d{2}\b",
    re.IGNORECASE,
)
_RAMQ = sifted(r"\b[A-Z]{4}[ ]?\d{4}[ ]\d{4}\b")
"""The Quebec health card: four letters of the name, eight digits."""
_DNI = sifted(r"\b(?:\d{8}-?[TRWAGMYFPDXBNJZSQVHLCKE]|[XYZ]-?\d{7}-?[A-Z])\b")
_FISCAL = sifted(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b", re.IGNORECASE)
_SIXTEEN = sifted(r"(?<![\d-])\d{4}(?:[ -]\d{4}){3}(?![\d -]{0,20}\d)")
_COORDINATES = sifted(r"(?<![\w.])-?\d{1,3}\.\d{3,},\s?-?\d{1,3}\.\d{3,}")
_PLACED = sifted(
    r"(?<![\w.])\d{1,3}\.\d{2,}\s?\u00b0?\s?[NS],?\s-?\d{1,3}\.\d{2,}\s?\u00b0?\s?[EW]\b|///[a-z]{1,40}\.[a-z]{1,40}\.[a-z]{1,40}"
    r"|\b[2-9CFGHJMPQRVWX]{4,8}\+[2-9CFGHJMPQRVWX]{2,3}\b"
)
"""Coordinates with their directions, three words of a map, an open location code."""
_OBJECT = sifted(r"(?<![\w.])[0-2](?:\.\d{1,20}){5,}(?![\w.]{0,40}\w)")
"""An object identifier, as images have (DICOM)."""
_HASH = sifted(r"\b(?:sha-?(?:1|256|512)|md5):\s?[0-9a-f]{8,}\b|\b0x[0-9a-f]{6,}\b", re.IGNORECASE)
_CPF = sifted(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
_AADHAAR = sifted(r"(?<![\d-])[2-9]\d{3}[ -]\d{4}[ -]\d{4}(?![\d -]{0,20}\d)")
_UDI = sifted(
    r"\(01\)\s?\d{14}(?:\s?\(\d{2}\)\s?[A-Z0-9-]+){0,8}"
    r"|(?:\((?:10|11|17|21|240|250)\)(?=[A-Z0-9/-]{0,30}\d{3})[A-Z0-9][A-Z0-9/-]{4,29}){1,8}",
    re.IGNORECASE,
)
"""A device identifier in the writing of GS1, whole or from its serial number on: "(21)A0093-KK"."""
_PHONE = sifted(
    r"(?<![\w.+/-])(?:"
    r"(?:\(\+\d{1,3}\)|\+\d{1,3}|00\d{1,3})"
    r"[ .\u2011\u2013-]?(?:\(0?\d{0,4}\)[ .-]?)?\d{1,5}(?:[ .\u2011\u2013-]?\d"
    r"{2,5}){1,4}"
    r"|(?:1[ .\u2011\u2013-])?\(\d{1,5}\)\s?\d{2,4}(?:[ .\u2011\u2013-]?\d{2,5}){1,2}"
    r"|(?:1[ .\u2011\u2013-])?\d{3}[ .\u2011\u2013-]\d{3}[ .\u2011\u2013-]\d{4}"
    r"|0\d{1,4}[ \u2011\u2013-]\d{3,8}(?:[ \u2011\u2013-]\d{2,5}){0,3}|0\d(?:[ .]\d{2}){4}"
    r"|0[1-9]\d{8,9}"
    r")(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?(?![\w-]|[.,]\d)",
    re.IGNORECASE,
)
_LOCAL = sifted(
    r"(?<![\w.+/-])\d{3}[-.\u2011\u2013]\d{4}(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w-]|[.,]\d)"
)
_LONG = sifted(r"(?<![\w.,+/-])(?<!\d:)\d{6,}(?![\w/-]|:\d|[.,]\d|\s?%)")
_MIXED = sifted(
    r"(?<![\w.+/@-])(?=[A-Z0-9-]*\d{4})(?=[A-Z0-9-]*[A-Z])"
    r"[A-Z]{0,5}-?\d[A-Z0-9]*(?:-[A-Z0-9]{1,40}){0,8}(?![\w-]|\.\d)"
)
_GROUPED = sifted(
    r"(?<![\w./,-])(?:\d{2,6}(?:-\d{1,9}){2,4}(?:-?[A-Z0-9]{1,2})?|\d{4,8}-\d{3,6}"
    r"|\d{1,4}(?:\.\d{3}){2,3}(?:-[\dkK])?"
    r"|\d{2,4}(?:\s\d{3,5}){1,3}\s\d{1,4}|\d{2,4}\s\d{3}\s\d{3}"
    r"|[A-Z]{2,6}(?:/[A-Z0-9]{1,6}){1,3}/\d{3,8}|[A-Z]{2,6}/\d{4,8}(?:/[A-Z0-9]{1,6})?"
    r"|\d{1,4}/0\d{3,5}|(?<!\d )0\d{4}"
    r"|[A-Z]{1,5}(?:/[A-Z0-9]{1,6}){0,2}/\d{2,4}/\d{3,8}|[a-z]{2,4}/\d{2,6}/\d{2,4}"
    r"|[A-Z]{1,4}-\d{2,6}(?:-\d{1,6}){1,3}|[A-Z]{1,4}\d{1,4}\s\d{4,7}(?:-\d{2})?|[A-Z]{1,4}-[A-Z]{1,3}-\d{3,8}"
    r"|[A-Z]{2,4}-\d{3,6}-[A-Z]{1,3}(?:/\d{2})?|\d{3,6}-[A-Z]{1,2}(?=[\s,.;)]|$)|[A-Z]{2,6}/\d{1,4}-\d{3,8}(?:-\d{1,3})?)"
    r"(?![\w/]|[-.,]\d|\s?%)"
)
"""Digits and letters in groups, as offices write numbers; no range, date or amount looks so."""
_COMPOSED = sifted(
    r"(?<![\w./+@-])(?=[A-Z]*\d)(?=\d*[A-Z])(?=[A-Z]*(?:\d[A-Z]*){3})"
    r"(?=[A-Z0-9]*[A-Z]\d?[A-Z])(?=[A-Z0-9]*\d\d)"
    r"[A-Z0-9]{7,16}(?![\w/%]|[.,]\d)"
)
"""Letters and digits mixed as no score, stage or gene has them: two letters and three digits, two
of these together, seven characters."""
_TURNS = sifted(
    r"(?<![\w./+@-])(?:\d{1,3}-[A-Z]{3,4}-\d{2,5}|(?=[A-Z]*\d+[A-Z])[A-Z0-9]{4,5}-(?=[A-Z]*\d+[A-Z])[A-Z0-9]{4,5})(?![\w/%-]|[.,]\d)"
)
"""Two or three short groups, letters and digits by turns: "7-XKD-994", "LQ7R-2MX9"."""
_PHONE_LABEL = sifted(
    r"\b(?:(?P<fax>fax|facsimile)|tele?phones?|tel|phone|ph|cell(?:phone|\sphone)?|mobile|mob"
    r"|landline|telefon|t[eé]l(?:[eé](?:phone|fono))?"
    r"|call(?:\s?back)?|ring|text|whatsapp|sms|dial|contact|reach\w*|desk|(?<!at )office"
    r"|voicemail|hotline"
    r"|direct\sline|(?<!at )home|(?<!at )work)\.?"
    r"(?:\s(?:number|no|num|line|phone|#|her|him|them|me|us|back|at|on|is|was|the|his|my|their|cell"
    r"|mobile|to)\b\.?){0,4}\s?[:#=-]?\s{0,3}"
    r"(?P<whole>\+?\(?\d[\d ().\u2011\u2013/-]{4,18}\d)"
    r"(?![\w%]|[.,]\d|\s?(?:mg|mcg|ml|units))",
    re.IGNORECASE,
)
_EXTENSION = sifted(
    r"\b(?:bleep|pager|beep(?:er)?|page|pgr|ext(?:n|ension)?|spectralink|vocera|ascom|dect)\.?"
    r"\s?(?:number|no|is|on|at|#)?\.?\s?[:#]?\s?"
    r"(?P<whole>x?\d[\d-]{2,9})(?![\w%]|\.\d|\s?(?:mg|ml|mcg))",
    re.IGNORECASE,
)
_RUNG = sifted(
    r"\b(?:ring|rang|phone[ds]?|call(?:ed)?|text(?:ed)?|whatsapp|contact(?:ed|able)?|reach(?:ed|able)?|dial|telephone|message|sms|available)\b"
    r"[^.;\n]{0,40}?\s(?:on|at|via|number|no\.?)[:\s]\s?"
    r"(?P<whole>\d{2,5}(?:[ .-]\d{2,5}){1,4})(?![\w%/-]|[.,]\d"
    r"|\s?(?:mg|mcg|ml|units?|kg|g|h|hrs?|am|pm|bd|od|tds|mmol|bpm|mmhg)\b)",
    re.IGNORECASE,
)
"""Where somebody is to be called, whoever stands between: "phone Bogdan (brother) on 555 0199"."""
_DIALLED = sifted(
    r"\b(?:(?:call|ring|phone|dial|page|bleep)\b[^.;\n]{0,24}?|at|on|ext\.?)\s(?P<whole>x\d{3,6})\b",
    re.IGNORECASE,
)
_GUIDELINE = re.compile(r"(?:NG|CG|TA|QS|PH|DG|IPG|MTG|HTG|HST)\d{1,4}(?:\s(?:19|20)\d\d)?")
_RANGE = re.compile(r"(?:19|20)\d\d-(?:19|20)\d\d|\d{1,3}(?:\s000){1,3}")
_DATE = re.compile(
    r"[0-3]?\d[/.-][0-3]?\d[/.-](?:(?:19|20)\d\d|\d\d)(?!\d)|(?:19"
    r"|20)\d\d[/.-][01]?\d[/.-][0-3]?\d(?!\d)"
)
_KNOWN_CODES = re.compile(
    r"(?:NCT|ISRCTN|EUCTR|CTRI|UMIN|DRKS|PMC?|PMID|BMS|PF|LY|RO|GSK|AZD|MK|ABT|AMG|CHF|TAK|JNJ"
    r"|BAY|SAR"
    r"|REGN|ONO|ISIS|IONIS|ALN|VX|GS|MEDI|CNTO|ABBV|MEDRAG|ICD|CPT|RXCUI|LOINC|SNOMED|NDC|CAS|DOI"
    r"|ISO|COVID|SARS|CYP|HLA|GLP|SGLT|H\d+N|IL|CD|NM|NP|RS|COL|EN|FIPS|RFC|PT|ASTM)-?\d",
    re.IGNORECASE,
)
_VARIANT = re.compile(
    r"(?:BRAF|[KNH]RAS|EGFR|PIK3CA|IDH[12]|JAK2|KIT|CKIT|FLT3|MPL|AKT1|ERBB[234]|HER2|TP53|CALR|MYD88|ALK|RET|ROS1|MET|FGFR[1-4]"
    r"|GNAQ|GNA11|GNAS|BTK|EZH2|SF3B1|CFTR|MTHFR|PDGFRA|ABL1?|ESR1|POLE|NPM1|DNMT3A|CXCR4|HBB|G6PD|TTR|LRRK2|MAP2K1|SMO|PTPN11|RYR1|SCN[15]A)"
    r"[ACDEFGHIKLMNPQRSTVWY]\d{1,4}(?:[ACDEFGHIKLMNPQRSTVWY*]|FS|DEL|DUP|INS)?"
)
"""A gene with a changed amino acid, joined: "BRAFV600E"."""
_CODE_BEFORE = re.compile(
    r"(?:NCT|PMID|PMCID|PMC|NDC|DIN|EAN|ATC|CAS|ISBN|ISSN|SNOMED(?:\sCT)?|SCTID|RxCUI|RxNorm|LOINC"
    r"|CPT|HCPCS|ICD(?:-?\d+)?(?:-CM)?|OMIM|MeSH|CID|doi|NCT|ISRCTN|EudraCT|GTIN"
    r"|version|v|software|firmware|build|release)"
    r"\W{0,3}(?:(?:no|number|code|#)\W{0,3})?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s?(?:units?|iu|u|db|hz|mmhg|copies|cells|cfu|mg|mcg|µg|g|ml|l|k(?!\s?[:=]?\s?\d)|mm|per|/|x10|platelets|steps|patients"
    r"|people"
    r"|persons|adults|women|men|participants|deaths|cases|dollars|usd|years?)\b",
    re.IGNORECASE,
)
_CLOCKS = re.compile(r"(?:(?:[01]\d|2[0-4])[0-5]\d(?:[ -]|$)){2,6}")
"""Hours of the day in a row: when doses are given."""
_PUBLIC_PHONES = frozenset({"18002221222", "8002221222", "18002738255", "18006624357"})
"""Poison control, suicide and substance-abuse lines of the United States: advice, no identifier."""


def find_written(note: Note) -> Iterator[Found]:
    """Yield identifiers that need no label: what they are shows in their characters."""
    for pattern, kind, test in _FORMS:
        for match in pattern.finditer(note.text):
            before = note.before(match.start(), 24) if kind == "ip" else ""
            if (test is None or test(match[0])) and not _CODE_BEFORE.search(before):
                yield Found(*_trimmed(match), kind, CERTAIN)
    for match in _KEYED.finditer(note.text):
        yield Found(match.start(), match.end(), "id", STRONG)
    for match in _SOCIAL.finditer(note.text):
        yield Found(*match.span("whole"), "id", STRONG)
    for match in _LAST_FOUR.finditer(note.text):
        yield Found(*match.span("whole"), "ssn", CERTAIN)
    yield from _phones(note)
    yield from _loose_numbers(note)


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """Return the place of a match without the full stop or comma that ends its sentence."""
    return match.start(), match.start() + len(match[0].rstrip(".,;:!?"))


def _phones(note: Note) -> Iterator[Found]:
    for match in _PHONE.finditer(note.text):
        digits = re.sub(r"\D", "", match[0])
        clocks = _CLOCKS.fullmatch(match[0]) is not None
        if digits in _PUBLIC_PHONES or clocks or not 7 <= len(digits) <= 18:
            continue
        if _CODE_BEFORE.search(note.before(match.start(), 24)) is None:
            yield Found(match.start(), match.end(), "phone", STRONG)
    for match in _PHONE_LABEL.finditer(note.text):
        count = sum(map(str.isdigit, match["whole"]))
        if 6 <= count <= 15 and not _DATE.search(match["whole"]):
            number = re.split(r"\s[-\u2013]\s", match["whole"])[0]
            start = match.start("whole")
            yield Found(start, start + len(number), "fax" if match["fax"] else "phone", CERTAIN)
    yield from _rung(note)
    for match in _DIALLED.finditer(note.text):
        yield Found(*match.span("whole"), "phone", STRONG)
    for match in _EXTENSION.finditer(note.text):
        yield Found(*match.span("whole"), "phone", CERTAIN)
    for match in _LOCAL.finditer(note.text):
        if _CODE_BEFORE.search(note.before(match.start(), 24)) is None:
            yield Found(match.start(), match.end(), "phone", SOFT)


def _rung(note: Note) -> Iterator[Found]:
    """Yield a number on which somebody is to be called."""
    for match in _RUNG.finditer(note.text):
        if sum(map(str.isdigit, match["whole"])) > 5 and not _DATE.match(match["whole"]):
            yield Found(*match.span("whole"), "phone", STRONG)


def _loose_numbers(note: Note) -> Iterator[Found]:
    """Yield long numbers that count nothing and are no public code."""
    for match in (*_COMPOSED.finditer(note.text), *_TURNS.finditer(note.text)):
        start, end = match.span()
        public = (
            _KNOWN_CODES.match(match[0])
            or _VARIANT.fullmatch(match[0])
            or _CODE_BEFORE.search(note.before(start, 24))
        )
        if not (public or note.clinical(start, end) or note.measured(start, end)):
            yield Found(start, end, "id", SOFT)
    for pattern in (_LONG, _MIXED, _GROUPED):
        for match in pattern.finditer(note.text):
            if _KNOWN_CODES.match(match[0]) or _COUNTED.match(note.after(match.end(), 16)):
                continue
            if _CODE_BEFORE.search(note.before(match.start(), 24)) is not None:
                continue
            if _is_id(match[0]) and not _is_result(note, match.start()):
                yield Found(match.start(), spaced_end(note, match.end()), "id", SOFT)


_COUNT_OF = re.compile(r"\W{0,3}(?:(?:is|was|of|at|count|level)\W{1,2}){0,2}\Z")


def _is_result(note: Note, position: int) -> bool:
    """Return whether an analyte stands just before: "ferritin 1203345" counts something."""
    return any(
        hit.kind == "analyte" and _COUNT_OF.match(note.text[hit.end : position])
        for hit in note.hits_in(position - 25, position)
        if hit.end <= position
    )


def _is_id(written: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if written.isdigit():
        return written.rstrip("0") != "" and len(written.rstrip("0")) > 3
    if any(form.fullmatch(written) for form in (_DATE, _RANGE, _CLOCKS, _GUIDELINE)):
        return False
    slashed = "/" in written and written[:1].isalpha()
    return (
        len(digits) >= 5 - slashed
        and re.search(r"(?:mg|mcg|ml|kg)$", written, re.IGNORECASE) is None
    )


def luhn(written: str) -> bool:
    """Return whether the digits of `written` end in a valid Luhn check digit (ISO/IEC 7812-1)."""
    digits = [int(char) for char in written if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


def nhs_check(written: str) -> bool:
    """Return whether ten digits are a valid NHS number (modulus 11)."""
    digits = [int(char) for char in written if char.isdigit()]
    rest = 11 - sum(digit * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return len(digits) == 10 and rest % 11 == digits[9]


def _not_a_version(written: str) -> bool:
    return (
        not written.startswith(("0.", "1.0", "1.1.", "2.0"))
        or "/" in written
        or written.count(".") != 3
    )


def _is_iban(written: str) -> bool:
    plain = written.replace(" ", "")
    number = "".join(str(int(char, 36)) for char in plain[4:] + plain[:4])
    return len(plain) >= 15 and (int(number) % 97 == 1 or len(plain) >= 18)


def _is_host(written: str) -> bool:
    """Return whether a dotted name is an address, not two sentences without a space."""
    first = written.split("/", maxsplit=1)[0]
    return "://" in written or written.lower().startswith("www.") or first == first.lower()


_FORMS: tuple[tuple[Sifted, Kind, Callable[[str], bool] | None], ...] = (
    (_EMAIL, "email", None),
    (_SPELLED_EMAIL, "email", None),
    (_HANDLE, "id", None),
    (_URL, "url", _is_host),
    (_IP, "ip", _not_a_version),
    (_MAC, "device", None),
    (_UUID, "id", None),
    (_ALIEN, "id", None),
    (_FILE, "photo", None),
    (_SPACED_FILE, "photo", None),
    (_DOCUMENT, "id", None),
    (_SSN, "ssn", None),
    (_NHS, "ssn", nhs_check),
    (_NINO, "ssn", None),
    (_VIN, "vehicle", None),
    (_DVLA, "license", None),
    (_INDIAN_PLATE, "vehicle", None),
    (_IBAN, "account", _is_iban),
    (_CARD, "account", luhn),
    (_MBI, "health-plan", None),
    (_RAMQ, "health-plan", None),
    (_DNI, "ssn", None),
    (_FISCAL, "ssn", None),
    (_CPF, "ssn", None),
    (_SIXTEEN, "id", None),
    (_COORDINATES, "place", None),
    (_PLACED, "place", None),
    (_OBJECT, "id", None),
    (_HASH, "id", None),
    (_AADHAAR, "ssn", None),
    (_UDI, "device", None),
)
