"""What a reading used and what it did not, so that nothing is left out in silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from medrag.core.patient import Patient
from medrag.core.span import Value

if TYPE_CHECKING:
    from medrag.interop.fhir.elements import Concept
    from medrag.interop.fhir.entries import Entry


SOMEBODY_ELSE = "is about somebody else"
"""Why a resource that points to another patient is not used."""
MODIFIED = "carries a modifier extension: it may say the opposite of what it seems to"
"""Why such a resource is not read: FHIR forbids it to whoever does not know the extension."""


def without_words(reason: str, *concepts: Concept | None) -> str:
    """Return why something cannot be read, with its codes where it has nothing but codes.

    medrag knows no code system's words: what a code stands for has to come with it.
    """
    named = (concept.named_codes() for concept in concepts if concept is not None)
    codes = ", ".join(dict.fromkeys(codes for codes in named if codes))
    return f"{reason}, only the code {codes}: send its display" if codes else reason


class Note(Value):
    """Something about one resource that a person should know.

    Attributes:
        kind: `unused` where the patient's facts are without it, `unread` where they should hold
            it and it cannot be read, `stale` where it was used and is old, `doubtful` where it
            was used and something about it is in doubt.
        path: Where it stands (`Bundle.entry[12].resource`).
        resource: Its FHIR type.
        reason: Why; codes, days and statuses, no identifiers.
    """

    kind: Literal["unused", "unread", "stale", "doubtful"]
    path: str
    resource: str
    reason: str


class FhirPatient(Value):
    """A patient as FHIR resources say, and what of them was not used.

    Attributes:
        patient: The facts.
        as_of: The day for which they hold.
        notes: In the order of the file.
        passed_over: How many resources there were of each type that holds no facts for medrag.
    """

    patient: Patient
    as_of: date
    notes: tuple[Note, ...] = ()
    passed_over: dict[str, int] = Field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """One reading under way.

    Attributes:
        as_of: The day for which the facts shall hold.
        notes: What has been left out or is old, so far.
    """

    as_of: date
    notes: list[Note] = field(default_factory=list)

    def unused(self, entry: Entry, reason: str) -> None:
        """Note that nothing of `entry` is used."""
        self.notes.append(Note(kind="unused", path=entry.path, resource=entry.kind, reason=reason))

    def unread(self, entry: Entry, reason: str) -> None:
        """Note that `entry` holds, and cannot be read: a list is without one that is on it."""
        self.notes.append(Note(kind="unread", path=entry.path, resource=entry.kind, reason=reason))

    def stale(self, entry: Entry, reason: str) -> None:
        """Note that `entry` is used although it is old."""
        self.notes.append(Note(kind="stale", path=entry.path, resource=entry.kind, reason=reason))

    def doubtful(self, entry: Entry, reason: str) -> None:
        """Note that `entry` is used although something about it is in doubt."""
        self.notes.append(
            Note(kind="doubtful", path=entry.path, resource=entry.kind, reason=reason)
        )
