"""A patient's own identifiers, and where they stand in a text however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from medrag.errors import InputError
from medrag.privacy.evidence import CERTAIN, Found, Note
from medrag.privacy.values import Kind
from medrag.privacy.vocabulary import folded
from medrag.text.ordinary import ordinary_words

_NUMBER_KINDS: Mapping[str, Kind] = {
    "MR": "mrn",
    "SS": "ssn",
    "SB": "ssn",
    "NI": "ssn",
    "NH": "ssn",
    "MC": "health-plan",
    "MA": "health-plan",
    "HC": "health-plan",
    "MB": "health-plan",
    "SN": "health-plan",
    "DL": "license",
    "PPN": "license",
    "AN": "account",
    "BRN": "id",
}
"""HL7 v2 table 0203, as FHIR writes the type of an identifier."""
_TELECOM_KINDS: Mapping[str, Kind] = {"fax": "fax", "email": "email", "url": "url"}


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies one patient. Nothing of it shows in a representation.

    Attributes:
        key: Stable name of the patient for surrogates and the date shift (a record number).
        names: Names in full, in any order of parts; relatives' names as well.
        births: Days of birth.
        addresses: Street lines, cities, districts and postal codes, one each.
        numbers: Identifiers and telecoms with their kinds.
    """

    key: str = field(repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    births: tuple[date, ...] = field(default=(), repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)
    numbers: tuple[tuple[Kind, str], ...] = field(default=(), repr=False)


def read_identity(resource: Mapping[str, object]) -> Identity:
    """Return the identity in a FHIR R4 Patient, or in the Patient of a Bundle.

    Raises:
        InputError: There is no Patient, or it has neither an identifier, an id nor a name.
    """
    patient = _patient_of(resource)
    if patient is None:
        raise InputError(
            'The patient file holds no FHIR Patient. Give a resource of type "Patient" or a '
            "Bundle with one."
        )
    names = [*_names(patient), *(n for c in _objects(patient, "contact") for n in _names(c))]
    addresses = [line for address in _addresses(patient) for line in _lines(address)]
    numbers = [*_identifiers(patient), *_telecoms(patient)]
    numbers += [pair for contact in _objects(patient, "contact") for pair in _telecoms(contact)]
    key = next(
        iter([*(value for _, value in _identifiers(patient)), _text(patient, "id"), *names]), ""
    )
    if not key:
        raise InputError("The Patient has no identifier, id or name. Give at least one.")
    return Identity(key, tuple(names), tuple(_births(patient)), tuple(addresses), tuple(numbers))


def _patient_of(resource: Mapping[str, object]) -> Mapping[str, object] | None:
    if resource.get("resourceType") == "Patient":
        return resource
    for entry in _objects(resource, "entry"):
        inner = entry.get("resource")
        if isinstance(inner, Mapping) and inner.get("resourceType") == "Patient":
            return inner
    return None


def _objects(resource: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """Return the objects at a key that holds one or several; what is no object is left out."""
    value = resource.get(name)
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def _text(resource: Mapping[str, object], name: str) -> str:
    value = resource.get(name)
    return value.strip() if isinstance(value, str) else ""


def _texts(resource: Mapping[str, object], name: str) -> list[str]:
    value = resource.get(name)
    items = value if isinstance(value, list) else [value]
    return [item.strip() for item in items if isinstance(item, str) and item.strip()]


def _names(resource: Mapping[str, object]) -> Iterator[str]:
    for name in _objects(resource, "name"):
        parts = " ".join([*_texts(name, "given"), *_texts(name, "family")])
        yield from (written for written in (parts, _text(name, "text")) if written)


def _births(patient: Mapping[str, object]) -> Iterator[date]:
    written = _text(patient, "birthDate")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        try:
            yield date.fromisoformat(written)
        except ValueError as error:
            raise InputError(
                "The Patient's birthDate is no day. Write it as YYYY-MM-DD."
            ) from error


def _addresses(patient: Mapping[str, object]) -> list[Mapping[str, object]]:
    places = _objects(patient, "address")
    return places + [
        place for contact in _objects(patient, "contact") for place in _objects(contact, "address")
    ]


def _lines(address: Mapping[str, object]) -> Iterator[str]:
    yield from _texts(address, "line")
    yield from (
        value for value in (_text(address, k) for k in ("city", "district", "postalCode")) if value
    )


def _identifiers(patient: Mapping[str, object]) -> Iterator[tuple[Kind, str]]:
    for identifier in _objects(patient, "identifier"):
        value = _text(identifier, "value")
        if value:
            codes = [
                _text(coding, "code")
                for kind in _objects(identifier, "type")
                for coding in _objects(kind, "coding")
            ]
            yield (
                next((_NUMBER_KINDS[code] for code in codes if code in _NUMBER_KINDS), "mrn"),
                value,
            )


def _telecoms(resource: Mapping[str, object]) -> Iterator[tuple[Kind, str]]:
    for telecom in _objects(resource, "telecom"):
        value = _text(telecom, "value")
        if value:
            yield _TELECOM_KINDS.get(_text(telecom, "system"), "phone"), value


def find_known(note: Note, identity: Identity) -> Iterator[Found]:
    """Yield the patient's own identifiers: any case, any separators, parts of names, one slip."""
    yield from _known_names(note, identity.names)
    for address in identity.addresses:
        yield from _written(note, address, "place", r"[\s,.]*")
    for kind, value in identity.numbers:
        yield from _written(note, value, kind, r"[\s()./\u2011\u2013-]*")
        digits = re.sub(r"\D", "", value)
        if kind in {"phone", "fax"} and len(digits) > 7:
            yield from _written(note, digits[-7:], kind, r"[\s()./\u2011\u2013-]*")


def _known_names(note: Note, names: Sequence[str]) -> Iterator[Found]:
    parts = {
        part
        for name in names
        for word in re.findall(r"[^\W\d_][\w'\u2019]*(?:-[\w'\u2019]+)*", name)
        for part in (folded(word), *folded(word).split("-"))
        if len(part) > 1 and part not in _NO_PART
    }
    for name in names:
        yield from _written(note, name, "name", r"[\s,.]*")
    for word in note.words:
        if word.key in parts:
            ordinary = word.ordinary
            if not ordinary or (
                word.capital and note.cased and not _is_modal(note, word.start, word.end)
            ):
                yield Found(word.start, word.end, "name", CERTAIN)
        elif (
            len(word.key) > 5 and not word.ordinary and not note.clinical(word.start, word.end)
        ) and any(_one_slip(word.key, part) for part in parts):
            yield Found(word.start, word.end, "name", CERTAIN)


_NO_PART = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "jr",
        "sr",
        "de",
        "da",
        "van",
        "von",
        "der",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "st",
        "ii",
        "iii",
        "iv",
    ]
)


def _is_modal(note: Note, start: int, end: int) -> bool:
    """Return whether a word that opens a question is a verb: "Will she", "May I", "Can"."""
    return (
        note.opens_sentence(start)
        and re.match(
            r"\s(?:she|he|i|it|they|we|you|the|this|that|my|there)\b",
            note.after(end, 8),
            re.IGNORECASE,
        )
        is not None
    )


def _one_slip(written: str, known: str) -> bool:
    """Return whether two words differ by one letter added, left out or changed, or two swapped."""
    if abs(len(written) - len(known)) > 1 or len(known) < 6 or written[0] != known[0]:
        return False
    front = next(
        (i for i, (a, b) in enumerate(zip(written, known, strict=False)) if a != b),
        min(len(written), len(known)),
    )
    one, other = written[front:], known[front:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )


def _written(note: Note, value: str, kind: Kind, between: str) -> Iterator[Found]:
    """Yield `value` where it stands with any case and any separators between its parts."""
    parts = re.findall(
        r"[^\W\d_]+|\d" if kind not in {"name", "place", "email", "url"} else r"\w+|[@]", value
    )
    if sum(map(len, parts)) < 4:
        return
    pattern = r"(?<!\w)" + between.join(map(re.escape, parts)) + r"(?!\w)"
    if kind in {"email", "url"}:
        pattern = re.escape(value)
    if kind == "place" and value.isalpha() and folded(value) in ordinary_words():
        pattern = re.escape(value)  # "Reading", "Bath": as a word only where written the same
        yield from (
            Found(m.start(), m.end(), kind, CERTAIN)
            for m in re.finditer(rf"\b{pattern}\b", note.text)
        )
        return
    for match in re.finditer(pattern, note.text, re.IGNORECASE):
        yield Found(match.start(), match.end(), kind, CERTAIN)
