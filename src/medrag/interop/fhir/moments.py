"""FHIR's dates and times, which may stop at the year or the month."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timezone

_FORM = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day as far as it is known, and the instant that orders it among others.

    Attributes:
        day: As written where it was; the first day of the month or year where not.
        instant: In UTC; the first instant of what is written, taken as UTC without an offset.
        is_whole: Whether the day itself was written.
    """

    day: date
    instant: datetime
    is_whole: bool

    @classmethod
    def parse(cls, text: str) -> Moment:
        """Return the moment that a FHIR `date`, `dateTime` or `instant` writes.

        Raises:
            ValueError: It is none, or no day of the calendar.
        """
        match = _FORM.fullmatch(text.strip())
        if match is None:
            raise ValueError("expected a FHIR date such as 2026, 2026-05 or 2026-05-17T08:30:00Z")
        year, month, day, clock, seconds, offset = match.groups()
        first = date(int(year), int(month or 1), int(day or 1))
        # A leap second is no second of this calendar; it counts as the one before.
        ticks = min(seconds or "00", "59")
        zone = "+00:00" if offset in {None, "Z"} else offset
        instant = datetime.fromisoformat(f"{first.isoformat()}T{clock or '00:00'}:{ticks}{zone}")
        try:
            instant = instant.astimezone(timezone.utc)
        except OverflowError as error:
            raise ValueError("expected a day of the calendar") from error
        return cls(first, instant, day is not None)
