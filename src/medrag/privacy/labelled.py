"""Identifiers that a label announces: "MRN 00123", "policy no. XJ-4471", "serial # K9921"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.privacy.codes import spaced_end
from medrag.privacy.evidence import CERTAIN, STRONG, Found, Note
from medrag.privacy.sieve import sifted
from medrag.privacy.values import Kind
from medrag.privacy.vocabulary import is_ordinary, listed

_NUMBER = (
    r"(?:numbers?|numb|no|num|nr|nos|n[°º]|identifiers?|identification|id|code|ref|reference|#)"
)
_TELLING: tuple[tuple[Kind, str], ...] = (
    (
        "vehicle",
        r"licen[cs]e\splates?|number\splates?|reg(?:istration)?\splates?|plates?|tag\s(?:no|number)"
        r"|vin|chassis|rego|reg\snumber|uk\sreg|vehicle\s(?:id\w*|reg\w*|tag)|car\sreg\w*|veh\sreg",
    ),
    (
        "ssn",
        r"kennitala|cmnd|cccd|taj|personalausweis|ssn|ss#|ss\sn(?:o|umber)"
        r"|soc(?:ial)?\.?\ssec(?:urity)?|nhs|national\sinsurance|nino"
        r"|ni\sn(?:o|umber)"
        r"|social\sinsurance|ppsn?|aadhaa?r|tax\s(?:id|payer)\w*|itin|tin|national\s(?:id\w*"
        r"|identity\w*|health)"
        r"|dni|nie|cpf|rut|curp|nric|hkid|hkic|personnummer|bsn|codice\sfiscale|pesel|cnp|nif|nss"
        r"|chi"
        r"|health\sand\scare\snumber|id\scard|citizen\w*",
    ),
    (
        "health-plan",
        r"(?:health\s)?insurance|ins|mbr|grp|ramq|hmo|ppo|philhealth|policy|member(?:ship)?|subscriber|medicare|medicaid|mbi|hicn"
        r"|tsi|seguridad\ssocial|hic#?|gms|beneficiary|health\s(?:plan|card)|plan\sid|ohip|ahcip"
        r"|payer\sid|rx\s?(?:bin|pcn"
        r"|gr(?:ou)?p|id)"
        r"|aetna|cigna|bcbs|blue\scross(?:\sblue\sshield)?|humana|uhc|united\s?healthcare|kaiser"
        r"|tricare"
        r"|anthem|bupa|group",
    ),
    (
        "account",
        r"acc(?:oun)?ts?|acct|a/c|iban|sort\scode|routing|bank|credit\scard|debit\scard|card"
        r"|visa\scard|visa|mastercard|amex|guarantor|invoice|billing",
    ),
    (
        "license",
        r"driv(?:er|ing)['\u2019]?s?\s?(?:licen[cs]e|lic)|licen[cs]e|lic|dl|passport|dea|npi|gmc"
        r"|nmc"
        r"|gphc|gdc|ahpra|medical\scouncil|state\sid|green\scard|alien\sreg\w*|visa\sn(?:o|umber)"
        r"|permit|certificate"
        r"|cert|registration|regn|regd|reg|prov(?:ider)?|colegiado|col\.|folio|mdcn(?:\sfolio)?"
        r"|driver|pin|dvla\sdriver|mcr|mci|big|ahpra",
    ),
    (
        "device",
        r"serial|model|meter|s/n|sn|device|udi|imei|implant|pacemaker|icd|generator|pump|cgm|sensor"
        r"|transmitter|lead"
        r"|hearing\said|prosthesis|asset(?:\stag)?|valve|stimulator",
    ),
    (
        "biometric",
        r"retinal\simage(?:\shash)?|finger\s?prints?|thumb\s?prints?|palm\s?prints?"
        r"|voice\s?prints?|retina(?:l)?(?:\sscan)?"
        r"|iris(?:\sscan)?|face\s?(?:print|id|template)|facial(?:\srecognition)?|biometrics?"
        r"|retinal\simage(?:\shash)?|hash|template|dna(?:\sprofile|\ssample)"
        r"|vein\spattern|gait",
    ),
    (
        "photo",
        r"(?:full[- ]?face\s)?(?:photos?|photographs?|images?|pictures?|pics?|selfies?|headshots?"
        r"|video)",
    ),
    (
        "mrn",
        r"(?:blood\s)?unit(?=\s(?:no|number)\b)|donation|encounter|uhid|opd|empi|phn|u#|u\s#|mr|history|historia(?:\scl[ií]nica)?|expediente|exp\.|fallnr|aufnahmenr"
        r"|krankenaktennr|dossier|ip\sno|op\sno|cr\sno|hn|mrn|m\.r\.n\.?|mr#"
        r"|med(?:ical)?\.?\srec(?:ord)?s?|medical\shistory|hosp(?:ital)?|chart"
        r"|patient|pt"
        r"|urn?|unit\srecord|record|rec|case(?:\s(?:sheet|notes|file))?|folder|pid|pas|enc(?:ounter)?|adm|pat|visit|fin|csn|har|accession|specimen|sample"
        r"|episode|nhi|clinic"
        r"|epic|emr|ehr|file|admission|lab|order|account/mrn|hospital\sunit",
    ),
    (
        "id",
        r"payroll|msg|tube|rodn[eé]\sč[ií]slo|cc|acc#|matric(?:ulation)?|cot\slabel|wrist\slabel"
        r"|bracelet|band|pnc|dod|ayushman"
        r"|afiliaci[oó]n|claim|bill(?!\scode)|confirmation|ticket|prescription|rx|reference|ref|badge|officer|constable|warden|interpreter|employee"
        r"|staff|student"
        r"|military|service"
        r"|inmate|prisoner|booking|user(?:name|\sid)?|userid|login|screen\s?name|handle|study"
        r"|subject|subj|participant"
        r"|trial\ssubject|enrol+ment|barcode|bar\scode|token|password|passcode|pin|referral"
        r"|authori[sz]ation|auth"
        r"|prior\sauth\w*|tracking|wristband|donor|locker|id|tattoo|tribal|research|registry|voter"
        r"|union|library"
        r"|loyalty|twitter|instagram|facebook|skype|whatsapp|telegram|snapchat|case\sworker|docket"
        r"|court|nickname|flight",
    ),
)
_SEPARATOR = (
    rf"(?P<sep>\.?[ \t]{{0,8}}(?:\(?{_NUMBER}\)?\b\.?|#|\u2116)?(?:[ \t]{{0,8}}(?:{_NUMBER}\b\.?"
    rf"|#))?"
    r"(?:[ \t]{0,8}(?:on\s(?:file|card|intake\sform|the\s\w{1,40})|hash|is|was|are|ends?(?:ing)?"
    r"(?:\sin)?"
    r"|last\s(?:4|four)|reads?|=|:"
    r"|-|\u2013|#)){0,2}"
    r"[ \t]{0,8}[\"'(]?)"
)
_VALUE = re.compile(
    r"(?:[A-Z0-9]\s){4,40}[A-Z0-9]\b|"
    r"(?:[A-Z]{1,6}[/-]){0,3}[A-Za-z]{0,6}[-/.#_ ]?"
    r"(?:[A-Za-z0-9*]{0,80}\d[A-Za-z0-9*]{0,80})(?:[-/._][A-Za-z0-9*]{1,80}){0,8}"
    r"(?: (?:(?:\d{2,6}-\d{4,8}|\d{4,6}-\d{1,8})(?:-\d{1,6})?|\d{2,6}/\d{4,8}"
    r"|[A-Z]{1,2}-\d{3,8}|[A-Z] \d{4,8}"
    r"|\d{1,6}(?:/\d)?|[A-Z]{1,3}\d{2,6}|\d{1,4}[A-Z]{1,3})(?![\w.%])){0,8}"
)
_PATTERNS = tuple(
    (kind, sifted(rf"(?<![\w/-])(?P<label>{words})(?![a-z]){_SEPARATOR}", re.IGNORECASE))
    for kind, words in _TELLING
)
_PLATE = re.compile(
    r"(?=[A-Z0-9 -]{0,30}\d)[A-Z0-9]{1,4}(?:[- \u00b7]?[A-Z0-9]{1,5}){1,3}\b(?![.,]\d)"
)
_UNIT = re.compile(
    r"\s?(?:mg|mcg|µg|ug|g|kg|ml|l|dl|units?|iu|meq|mmol|mmhg|bpm|%|hours?|hrs?|h|days?|weeks?"
    r"|months?|years?|yo"
    r"|y/o|min(?:ute)?s?|times|x/|mm|cm|ms|fr|french|gauge|ng|pg|joules?|j|ma|v|hz|beats|ppm|°"
    r"|degrees)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\s?(?:tablets?|tabs?|caps?(?:ules)?|puffs?|drops?|doses?|patches)\b", re.IGNORECASE
)
_WORDED = re.compile(r"[^\s,;\"')]{4,40}")
_CODED = re.compile(
    r"[A-Z]{1,4}(?:-\d{1,6}){2,4}\b|[A-Z]{2,4} \d{2,6}-\d{2,8}\b|"
    r"[A-Z]{1,5}[-_]\d{3,}(?:-[A-Z0-9]{1,40}){0,8}|[A-Z]{1,3}\d{5,}|\d{2,20}-\d{3,}\b|\d{3,20}-[A-Z]{1,3}\b"
    r"|(?!(?:MRN|NHS|SSN|DOB|ID|NO|NR|TEL|FAX|DL|DEA|NPI|VIN|CHI|HN|IP|OP|UR|SN)\b)[A-Z]{1,4}"
    r"(?: ?\d{2,4}(?: \d{2,5}){1,8}| \d{4,9}\b)|\d{3,5}(?: \d{3,5}){1,8}\b"
    r"|[A-Z]{2,6}(?:/[A-Z0-9]{1,6}){0,3}/\d{3,8}\b|\d{3,6}-[A-Z]{1,4}\b|\d{4,6}/\d{2,6}(?:-[A-Z]{2,4})?\b|\d{1,6}/\d{2,9}(?:/\d{2,6})?\b(?=.{0,2}[a-z])"
)
"""A value that shows to be a code without "number" or a colon before it."""
_NO_RESULT = 6
"""So many digits are no result, whatever short name stands before them: "PT_00042199"."""
_NAMED_BY_WORD = frozenset(
    {
        "username",
        "user",
        "userid",
        "user id",
        "login",
        "user name",
        "screen name",
        "handle",
        "password",
    }
)


_DISEASE = re.compile(r"[A-TV-Z]\d[\dAB](?:\.|$)")
"""A code of ICD-10, where the letters are no defibrillator."""
_ANY_LABEL = sifted(
    r"\b(?P<label>[A-Za-z\u00c0-\u024f][\w.\u00c0-\u024f]{1,20})\.?[\s-]?(?:no\.|no\b|number|nr\.?"
    r"|num\.|nº|n°|#|№)"
    r"\s?[:.]?\s?(?P<whole>[A-Z0-9]{1,40}(?:[-/.][A-Z0-9]{1,40}){0,8})(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)


_ENTRY = sifted(
    r"\b(?:lock\s?box|key\s?safe|keypad|(?:door|gate|access|entry|alarm|key|carer|security|building|house|garage|safe|intercom"
    r"|voicemail|portal|pairing|sensor|transmitter|cgm|dexcom|device|tablet|laptop|phone)\s(?:code|pin|number|no\.?))\s?(?:is|:|=|#|code)?\s?(?P<whole>[#*]?[A-Z]?-?\d{3,8}[A-Z]?[#*]?)(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
"""What opens a house, a key box or an account."""


_GROUP_NO = sifted(
    r"\b(?:member|policy|subscriber|insur\w{2,6}|plan)\b[^\n.]{0,50}?\b(?:group|grp)\s(?:no\.?\s|number\s|#\s?)?"
    r"(?P<whole>[A-Z]{0,3}-?\d{4,10})(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
"""The number of a group that an insured is in, after the member's own."""


def find_labelled(note: Note) -> Iterator[Found]:
    """Yield the values that stand after a label; the label itself stays."""
    for match in _GROUP_NO.finditer(note.text):
        yield Found(*match.span("whole"), "health-plan", STRONG)
    for match in _ENTRY.finditer(note.text):
        yield Found(*match.span("whole"), "id", CERTAIN)
    for match in _ANY_LABEL.finditer(note.text):
        if _is_numbered(note, match):
            yield Found(*match.span("whole"), "id", STRONG)
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(note.text):
            coded = match["label"].lower() == "icd" and _DISEASE.match(note.text, match.end())
            end = None if coded else _value_end(note, kind, match)
            if end is not None:
                yield Found(match.end(), end, kind, CERTAIN)


def _is_numbered(note: Note, match: re.Match[str]) -> bool:
    """Return whether "WORD no. VALUE" gives somebody's number, no count and no public code."""
    stop = match.end("whole")
    counted = match["label"].lower() in listed("counting_labels") or _UNIT.match(note.text, stop)
    digits = sum(map(str.isdigit, match["whole"]))
    return digits >= 4 and not counted and not note.clinical(match.start(), stop)


def _value_end(note: Note, kind: Kind, label: re.Match[str]) -> int | None:
    """Return where the value after `label` ends; None where none stands there."""
    name, separator = label["label"].lower(), label["sep"]
    explicit = re.search(rf"{_NUMBER}|[:=]|end|last", separator, re.IGNORECASE) is not None
    if name in _NAMED_BY_WORD:
        worded = _WORDED.match(note.text, label.end())
        if worded is not None and (explicit or re.search(r"\d", worded[0])):
            return label.end() + len(worded[0].rstrip(".?!"))
    plain = not listed("plain_labels").isdisjoint((name, name.split()[-1]))
    if not (explicit or plain or re.search(rf"{_NUMBER}$|#$", name)):
        coded = _CODED.match(note.text, label.end())
        return spaced_end(note, coded.end()) if coded else None
    pattern = _PLATE if kind == "vehicle" and "vin" not in name else _VALUE
    value = pattern.match(note.text, label.end())
    if value is None or not _is_value(value[0], plain=plain or explicit, kind=kind):
        return None
    end = label.end() + len(value[0].rstrip(".,;:-/ "))
    check = re.match(r"\(\w\)", note.after(end, 3))
    end += check.end() if check else 0
    if note.clinical(label.end(), end) and sum(map(str.isdigit, value[0])) < _NO_RESULT:
        return None
    if _UNIT.match(note.text, end) or _COUNT.match(
        note.text, end
    ):  # the last group is an amount: "MRN 12345 5 mg"
        group = note.text.rfind(" ", label.end(), end)
        return group if group > label.end() + 3 else None
    return spaced_end(note, end)


_DAY = re.compile(r"[0-3]?\d[/.-][0-3]?\d[/.-](?:(?:19|20)\d\d|\d\d)")


def _is_value(written: str, *, plain: bool, kind: Kind) -> bool:
    digits = sum(map(str.isdigit, written))
    if kind != "account" and _DAY.fullmatch(written):  # "sort code 20-11-05"
        return False
    if re.fullmatch(r"\d{1,3}[/.-]\d{1,3}|\d{1,3}\.\d{1,2}", written):
        return False  # a ratio, a decimal
    said = re.fullmatch(r"(?P<word>[a-z]{3,})\s\d{1,4}(?:[.,-]\d{1,4}){0,3}", written)
    if said is not None and is_ordinary(said["word"]):  # "ref range 3.5-5.0"
        return False
    if kind in {"vehicle", "biometric", "photo"}:
        return digits >= 1 and len(written) >= 4
    return digits >= (3 if plain else 4) and len(written) >= 4
