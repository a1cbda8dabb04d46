"""Identifiers in records that machines write: HL7 v2, EDIFACT, JSON, tables with a header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.privacy.evidence import CERTAIN, Found, Note
from medrag.privacy.sieve import sifted
from medrag.privacy.values import Kind

_SEGMENT = sifted(
    r"^(?P<name>PID|NK1|GT1|IN1|IN2|PD1|MRG|EVN|MSH|PV1)\|(?P<fields>.*)$", re.MULTILINE
)
_KEPT_FIELD = re.compile(
    r"[A-Z]?|\d{1,2}|\^~\\&|(?:ADT|ORU|ORM|SIU|MDM|ACK)\^\w+|P|[ITD]|2(?:\.\d)+|SPO|MTH|FTH|CHD|SEL"
)
_PERSON_FIELD = sifted(
    r"(?<=[|~])(?:\d{1,12}\^)?[A-Z][A-Za-z'-]{1,40}\^[A-Z][A-Za-z.-]{0,40}(?:\^[A-Za-z.-]{0,20}){0,6}(?=[|~]|\s|$)"
)
"""A person in a field of any segment: "|VANDERBILT^CORNELIA^^^DR"."""
_EDIFACT = sifted(r"(?:NAD|PNA|RFF|CTA|COM|DTM)\+(?P<whole>[^']{4,})'")
_JSON = sifted(
    r"\"(?P<key>family|given|id|birthDate|line|city|district|postalCode|value|name|firstName"
    r"|lastName"
    r"|patient|mrn|ssn|phone|email|address|dob)\"\s*:\s*(?P<value>\"[^\"]*\"|\[[^\]{]*\])"
)
_STRING = re.compile(r"\"([^\"]+)\"")
_NAMED_BY_JSON: dict[str, Kind] = {
    "birthDate": "date",
    "dob": "date",
    "line": "place",
    "city": "place",
    "district": "place",
    "postalCode": "place",
    "address": "place",
    "id": "id",
    "mrn": "mrn",
    "ssn": "ssn",
    "phone": "phone",
    "email": "email",
    "value": "id",
}
_HEADS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "date",
        re.compile(
            r"dob|born|birth\w*|d\.o\.b\.?|admit\w*|admission|discharg\w*|geb\w*|visit\sdate",
            re.IGNORECASE,
        ),
    ),
    (
        "mrn",
        re.compile(
            r"mrn|nhs|hosp\w*\s?(?:no|id|number)?|chart|record|urn|id|patient\s?(?:id|no)|subject"
            r"|number|no\.?|#|k-?no\.?",
            re.IGNORECASE,
        ),
    ),
    (
        "place",
        re.compile(r"town|city|address|street|postcode|zip|suburb|village|county", re.IGNORECASE),
    ),
    ("phone", re.compile(r"phone|tel\w*|mobile|cell|contact", re.IGNORECASE)),
    ("email", re.compile(r"e-?mail", re.IGNORECASE)),
    (
        "name",
        re.compile(
            r"(?:patient|full|family|given|first|last|sur|fore)?\s?name|surname|forename|patient"
            r"|pt|first|last|client|clinician|doctor|consultant|nurse|gp|nok",
            re.IGNORECASE,
        ),
    ),
)
_CELLS = re.compile(r"[^;|\t]+")
_SPACED = re.compile(r"\S+(?:\s\S+)*")


def find_in_records(note: Note) -> Iterator[Found]:
    """Yield the fields of a record that hold identifiers, by the record's own layout."""
    for match in _SEGMENT.finditer(note.text):
        yield from _segment(match)
    for match in _PERSON_FIELD.finditer(note.text) if "|" in note.text else ():
        if not note.clinical(match.start(), match.start() + match[0].rindex("^")):
            yield Found(*match.span(), "name", CERTAIN)
    if "UNA+" in note.text or "NAD+" in note.text:
        for match in _EDIFACT.finditer(note.text):
            yield Found(*match.span("whole"), "id", CERTAIN)
    if "{" in note.text:
        yield from _json(note)
    yield from _tables(note)


def _segment(match: re.Match[str]) -> Iterator[Found]:
    """Yield the fields of one HL7 segment; sex, set number and message type stay."""
    last = 5 if match["name"] == "MSH" else 60
    for number, field in enumerate(re.finditer(r"[^|\r\n]+", match["fields"])):
        start = match.start("fields") + field.start()
        wanted = match["name"] != "PV1" or "^" in field[0]
        if wanted and number <= last and _KEPT_FIELD.fullmatch(field[0]) is None:
            yield Found(start, start + len(field[0]), "id", CERTAIN)


def _json(note: Note) -> Iterator[Found]:
    for match in _JSON.finditer(note.text):
        key = match["key"]
        kind = _NAMED_BY_JSON.get(key, "name")
        for string in _STRING.finditer(match["value"]):
            start = match.start("value") + string.start(1)
            yield Found(start, start + len(string[1]), kind, CERTAIN)


def _tables(note: Note) -> Iterator[Found]:
    """Yield the cells under a head that says name, birth, number, town or telephone."""
    lines = list(re.finditer(r"[^\n]+", note.text))
    for number, line in enumerate(lines[:-1]):
        pattern = _CELLS if re.search(r"[;|\t]", line[0]) else _SPACED if "   " in line[0] else None
        heads = _kinds(line[0], pattern) if pattern is not None else []
        if len(heads) > 2 and any(heads) and pattern is not None:
            for row in lines[number + 1 :]:
                yield from _row(row, heads, pattern)
            return


def _kinds(line: str, pattern: re.Pattern[str]) -> list[Kind | None]:
    """Return what each column of a head line holds; None where it is clinical."""
    cells = re.split(r"\s{2,}", line.strip()) if pattern is _SPACED else _split(line)
    return [
        next((kind for kind, head in _HEADS if head.fullmatch(cell.strip())), None)
        for cell in cells
    ]


def _split(line: str) -> list[str]:
    return [cell[0] for cell in _CELLS.finditer(line) if cell[0].strip()]


def _row(
    row: re.Match[str], heads: Sequence[Kind | None], pattern: re.Pattern[str]
) -> Iterator[Found]:
    cells = (
        re.finditer(r"\S+(?:[ ]\S+)*", row[0]) if pattern is _SPACED else pattern.finditer(row[0])
    )
    filled = [cell for cell in cells if cell[0].strip()]
    if len(filled) != len(heads) and (pattern is not _SPACED or len(filled) < 2):
        return
    for kind, cell in zip(heads, filled, strict=False):
        written = cell[0].strip()
        if kind is None or len(written) < 2 or set(written) <= set("-: "):
            continue
        start = row.start() + cell.start() + cell[0].index(written)
        yield Found(start, start + len(written), kind, CERTAIN)
