"""Usable observations, each with when it was true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone

from medrag.interop.fhir.elements import Observation
from medrag.interop.fhir.entries import Entry
from medrag.interop.fhir.moments import Moment
from medrag.interop.fhir.notes import MODIFIED, Reading

_DONE = {"final", "amended", "corrected", "preliminary"}
_NEVER = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class Taken:
    """One usable observation and when it was true."""

    entry: Entry
    observation: Observation
    moment: Moment | None
    number: int

    @property
    def instant(self) -> datetime:
        """When it was true; the beginning of time where nobody said."""
        return self.moment.instant if self.moment else _NEVER

    @property
    def order(self) -> tuple[datetime, int]:
        """Later is larger, of one instant what the file gives later; without a day the oldest."""
        return (self.instant, self.number)


def usable(entries: list[Entry], reading: Reading) -> Iterator[Taken]:
    """Yield the observations that stand and were true by the day asked for; note the others."""
    for number, entry in enumerate(entries):
        observation = entry.read(Observation)
        moment = observation.taken
        if observation.status not in _DONE:
            reading.unused(entry, f"has the status {observation.status!r}")
        elif entry.is_modified:
            reading.unread(entry, MODIFIED)
        elif moment is not None and moment.day > reading.as_of:
            reading.unused(entry, f"is of {moment.day}, after the day asked for")
        else:
            yield Taken(entry, observation, moment, number)


def latest(taken: Iterable[Taken], codes: set[str]) -> list[Taken]:
    """Return the observations of any of `codes`, the latest first."""
    return latest_first(item for item in taken if item.observation.code.codes & codes)


def latest_first(taken: Iterable[Taken]) -> list[Taken]:
    """Return observations, the latest first."""
    return sorted(taken, key=lambda item: item.order, reverse=True)
