"""`Deidentifier`: finds identifiers by every recognizer and puts surrogates in their place."""

from __future__ import annotations

import gc
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from medrag.errors import InputError
from medrag.privacy.abroad import find_abroad
from medrag.privacy.ages import age_after_name, categorized, find_ages
from medrag.privacy.codes import find_serials
from medrag.privacy.composed import find_composed
from medrag.privacy.cues import TITLED
from medrag.privacy.dates import day_first, find_dates
from medrag.privacy.evidence import Found, Note, read_note
from medrag.privacy.framed import find_framed, unframed
from medrag.privacy.grown import find_grown
from medrag.privacy.institutions import find_institutions
from medrag.privacy.introduced import find_introduced
from medrag.privacy.known import Identity, find_known, read_identity
from medrag.privacy.labelled import find_labelled
from medrag.privacy.likely import find_likely
from medrag.privacy.moments import Moment, moved, read_moment
from medrag.privacy.people import find_people
from medrag.privacy.places import find_places
from medrag.privacy.plates import find_plates
from medrag.privacy.recognizer import Recognizer
from medrag.privacy.records import find_in_records
from medrag.privacy.resolve import resolve
from medrag.privacy.rooms import find_rooms
from medrag.privacy.scanned import unscanned
from medrag.privacy.spelled import find_spelled
from medrag.privacy.subjects import find_subjects
from medrag.privacy.surrogates import Numbering, Pseudonyms
from medrag.privacy.surroundings import find_surrounded
from medrag.privacy.trades import find_trades
from medrag.privacy.unlisted import find_unlisted
from medrag.privacy.values import Deidentified, Replacement
from medrag.privacy.vault import Vault
from medrag.privacy.written import find_written
from medrag.sealing import SecretKey

_ANY_TEXT = """Ask Mrs. Zzyzx-Doe, 94 (DOB 03/14/1930): does Zzyzx take zzyzx 5 mg since 3/4?
12 Zzyzx Street, Zzyzx City, CA 90210. Zzyzx Cancer Hospital, St. Zzyzx Clinic, MRN: Z1234567, K 5.9
pt JD, J. S., 1950s, tel. 0301 555 0101; seen at zzyzx on the 3rd by DOE, Jane | Rm 12, aged 92."""
"""What every table is asked about, and most patterns, before the first text is."""
_FARTHEST = 364
_UNDATED = 2000
"""The year in which dates without any year are reckoned; it never shows."""


class Deidentifier:
    """Replaces identifiers, for one institution and, after `patient`, for one patient.

    Without a patient and a key, tags are numbered anew in each text and dates are moved so that
    the earliest of the text falls on the first of January of its own year: intervals are kept,
    the same text gives the same result, and nothing but a year and intervals can be learned.
    With a key or a vault, dates are moved back by 1 to 364 days, a secret of each patient.
    The first of a process reads the tables, some 0.3 s: no text waits for them.

    Args:
        key: Secret for the date shift of each patient; not needed with a vault.
        vault: Keeps surrogates and shifts, so that `relink` can turn them back.
        recognizers: Further recognizers, beside the rules.
        day_first: How to read `03/04/2024`; None decides by the other dates of the text.
        year: The present year, for years of birth that tell an age over 89; None asks the clock.
    """

    def __init__(
        self,
        *,
        key: SecretKey | None = None,
        vault: Vault | None = None,
        recognizers: Sequence[Recognizer] = (),
        day_first: bool | None = None,
        year: int | None = None,
    ) -> None:
        self._key = key
        self._vault = vault
        self._recognizers = tuple(recognizers)
        self._day_first = day_first
        self._year = year
        self._identity: Identity | None = None
        _read_tables()

    def patient(self, patient: Identity | Mapping[str, object]) -> Deidentifier:
        """Return a de-identifier that also knows one patient's identifiers.

        Args:
            patient: An `Identity`, or a FHIR R4 Patient or Bundle as a JSON object.

        Raises:
            InputError: The object holds no Patient, or nothing that identifies one.
        """
        other = Deidentifier(
            key=self._key,
            vault=self._vault,
            recognizers=self._recognizers,
            day_first=self._day_first,
            year=self._year,
        )
        other._identity = patient if isinstance(patient, Identity) else read_identity(patient)
        return other

    def deidentify(self, text: str) -> Deidentified:
        """Return `text` with every identifier replaced; linear in its length.

        Raises:
            InputError: The vault cannot be read or written.
        """
        if not text.strip():
            return Deidentified(text=text)
        note = read_note(text)
        spans = resolve(note, self._found(note))
        if self._vault is None or not spans:
            replaced = self._replaced(note, spans, Numbering(), self._shift())
        else:
            with self._vault.patient(self._patient_key()) as book:
                replaced = self._replaced(note, spans, book, book.shift)
        return Deidentified(text=_spliced(text, replaced), spans=replaced)

    def relink(self, text: str) -> str:
        """Return `text` with this patient's surrogates turned back into the originals.

        What the vault does not hold for this patient stays as it is; ages over 89 are not
        turned back.

        Raises:
            InputError: There is no vault, or it cannot be read.
        """
        if self._vault is None:
            raise InputError("Surrogates are turned back from a vault only. Give a vault.")
        with self._vault.patient(self._patient_key()) as book:
            return book.relink(text)

    def _replaced(
        self, note: Note, spans: Sequence[Found], book: Pseudonyms, shift: int | None
    ) -> tuple[Replacement, ...]:
        dates = _Calendar(note, spans, self._day_first, shift)
        return tuple(
            Replacement(
                start=span.start,
                end=span.end,
                kind=span.kind,
                surrogate=_surrogate(note, span, book, dates),
            )
            for span in spans
        )

    def shifted(self, day: date) -> date:
        """Return `day` moved like the dates of this patient's texts.

        Without a key and a vault it falls on the first of January of its own year.

        Raises:
            InputError: The vault cannot be read or written.
        """
        if self._vault is not None:
            with self._vault.patient(self._patient_key()) as book:
                return day + timedelta(days=book.shift)
        days = self._shift()
        return date(day.year, 1, 1) if days is None else day + timedelta(days=days)

    def _found(self, note: Note) -> Iterator[Found]:
        year = self._year if self._year is not None else datetime.now(timezone.utc).year
        yield from _by_rules(note, year=year)
        clean = unscanned(note.text)
        if clean != note.text:
            yield from _by_rules(read_note(clean), year=year)
        yield from find_in_records(note)
        if self._identity is not None:
            yield from find_known(note, self._identity)
        for recognizer in self._recognizers:
            yield from recognizer.find(note.text)

    def _patient_key(self) -> str:
        return "" if self._identity is None else self._identity.key

    def _shift(self) -> int | None:
        """Return the days by which dates move; None where there is no secret to move them by."""
        if self._key is None:
            return None
        secret = self._key.derived("date shift")
        digest = hmac.digest(secret, self._patient_key().encode(), "sha256")
        return -1 - int.from_bytes(digest[:8], "big") % _FARTHEST


def _by_rules(note: Note, *, year: int) -> Iterator[Found]:
    yield from find_written(note)
    yield from find_labelled(note)
    yield from find_serials(note)
    yield from find_plates(note)
    yield from find_framed(note, find_dates(note))
    yield from find_ages(note, year=year)
    yield from find_spelled(note)
    yield from find_rooms(note)
    located = [*find_places(note), *find_institutions(note), *find_trades(note)]
    located += find_abroad(note)
    yield from located
    people = [*find_people(note), *find_introduced(note), *find_subjects(note)]
    people += find_composed(note)
    yield from people
    named = list(find_unlisted(note))
    named += find_likely(note, [*located, *people, *named])
    named += find_surrounded(note, located, people)
    yield from named
    yield from find_grown(note, [*located, *people, *named])
    persons = [*people, *(item for item in named if item.kind == "name")]
    yield from filter(None, (age_after_name(note, name.end) for name in persons))


@lru_cache(maxsize=1)
def _read_tables() -> None:
    """Read every table and what the patterns need, which is kept for the process."""
    note = read_note(_ANY_TEXT)
    resolve(note, _by_rules(note, year=_UNDATED))
    gc.collect()  # it would go through the new tables soon, 60 ms, in the middle of some text


class _Calendar:
    """How the dates of one text move, all by the same number of days."""

    def __init__(
        self, note: Note, spans: Sequence[Found], first: bool | None, shift: int | None
    ) -> None:
        self._first = day_first(note) if first is None else first
        written = [
            unframed(note.text[span.start : span.end])[1] for span in spans if span.kind == "date"
        ]
        whole = [m.day for m in self._moments(written, _UNDATED) if m.written[2] is not None]
        self._year = max((day.year for day in whole), default=_UNDATED)
        self._days = shift
        if shift is None:
            days = [moment.day for moment in self._moments(written, self._year)]
            earliest = min(days, default=date(_UNDATED, 1, 1))
            self._days = (date(earliest.year, 1, 1) - earliest).days

    def _moments(self, written: Sequence[str], year: int) -> list[Moment]:
        read = (read_moment(text, day_first=self._first, year=year) for text in written)
        return [moment for moment in read if moment is not None]

    def move(self, written: str) -> str | None:
        """Return the date moved, in the same writing; None where it names no month."""
        moment = read_moment(written, day_first=self._first, year=self._year)
        return None if moment is None or self._days is None else moved(written, moment, self._days)


def _surrogate(note: Note, span: Found, book: Pseudonyms, dates: _Calendar) -> str:
    original = note.text[span.start : span.end]
    if span.kind == "age":
        return categorized(original)
    if span.kind == "date":
        said, day = unframed(original)
        shifted = dates.move(day)
        if shifted is not None:
            book.record(shifted, day)
            return said + shifted
        return said + book.tag("date", day)
    title = TITLED.match(original) if span.kind == "name" else None
    if title is not None:  # "Mrs." is no identifier, and tells the sex
        return title[0] + book.tag("name", original[title.end() :])
    return book.tag(span.kind, original)


def _spliced(text: str, replaced: Sequence[Replacement]) -> str:
    pieces, last = [], 0
    for item in replaced:
        pieces += [text[last : item.start], item.surrogate]
        last = item.end
    return "".join([*pieces, text[last:]])


def deidentify(
    text: str, *, patient: Identity | Mapping[str, object] | None = None
) -> Deidentified:
    """Return `text` without identifiers, by rules alone; every clinical fact stays.

        >>> deidentify("Mrs. Okafor, 78, INR 4.5 on 03/14/2024: hold warfarin 5 mg?").text
        'Mrs. [NAME-1], 78, INR 4.5 on 01/01/2024: hold warfarin 5 mg?'

    Args:
        text: Any text: a question, a note, a letter.
        patient: Whose identifiers are known: an `Identity`, or a FHIR Patient or Bundle.

    Raises:
        InputError: `patient` holds nothing that identifies one.
    """
    plain = Deidentifier()
    return (plain if patient is None else plain.patient(patient)).deidentify(text)
