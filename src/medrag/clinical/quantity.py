"""Numbers with units as clinical text writes them: values, ranges, comparators, spans.

Values are `Decimal`, exactly as written (`1.0` keeps its zero, so that the notation rules can
see it); units are UCUM codes (`mg`, `mg/kg/d`, `10*9/L`, `mL/min/{1.73_m2}`). Things that are
counted are annotations (`{tablet}`, `{puff}`); "units" and "IU" of a drug are `[iU]`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from medrag.core.span import Span

Comparator = Literal["<", "<=", ">", ">=", "~"]
"""How the text bounds a number; `~` is "about"."""

Hazard = Literal[
    "naked-decimal",
    "trailing-zero",
    "digit-group",
    "ambiguous-group",
    "comma-decimal",
    "number-word",
    "fraction",
    "no-space",
]
"""How a number is written where that can be misread; see `QuantityMention.hazards`."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, or a range of numbers, with a UCUM unit.

    Attributes:
        value: The number as written, trailing zeros included; the low end of a range.
        unit: UCUM code; `1` for a pure number.
        high: The high end of a range, in the same unit; None for a single number.
        comparator: The bound the text puts on the number; None where it states it plainly.
    """

    value: Decimal
    unit: str
    high: Decimal | None = None
    comparator: Comparator | None = None

    @property
    def top(self) -> Decimal:
        """The largest number stated: the high end of a range, else the value."""
        return self.value if self.high is None else self.high

    @property
    def amount_unit(self) -> str:
        """The unit before the first `/`: `mg` of `mg/kg/d`."""
        return self.unit.partition("/")[0]

    @property
    def per(self) -> tuple[str, ...]:
        """The units after each `/`, in order: `("kg", "d")` of `mg/kg/d`; empty if none."""
        return tuple(self.unit.split("/")[1:])

    def times(self, factor: Decimal) -> Quantity:
        """Return this quantity with both ends multiplied by `factor` (positive)."""
        high = None if self.high is None else self.high * factor
        return Quantity(self.value * factor, self.unit, high, self.comparator)

    def __str__(self) -> str:
        bound = f"{self.comparator} " if self.comparator else ""
        high = "" if self.high is None else f"-{_plain(self.high)}"
        return f"{bound}{_plain(self.value)}{high} {self.unit}"


@dataclass(frozen=True, slots=True)
class QuantityMention:
    """One quantity where it stands.

    Attributes:
        quantity: What it says.
        start, end: Offsets of number, range and unit, comparator words included.
        unit_written: The unit as the text writes it (`mcg/kg/min`); empty for a pure number.
        number_written: The number or range as the text writes it (`1.0`, `.5`, `two`).
        hazards: Ways in which the writing can be misread, sorted.
    """

    quantity: Quantity
    start: int
    end: int
    unit_written: str
    number_written: str
    hazards: tuple[Hazard, ...] = ()

    @property
    def span(self) -> Span:
        """The characters that were read."""
        return Span(start=self.start, end=self.end)


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often something is given.

    Attributes:
        per_day: Times in 24 hours, the highest rate the words allow ("every 4 to 6 hours" is
            6); 1/7 for weekly. None where the words give no rate ("as needed", "as directed").
        per_day_low: The lowest rate of a range; None where there is no range.
        prn: The text says "as needed" or the like.
        doses: How many administrations in all ("x 3 doses", "may repeat once" is 2), if stated.
        once: One administration only ("once", "x1", "stat", "single dose"); `per_day` is 1.
        continuous: An infusion without interruption; `per_day` is None.
        start, end: Offsets of the words.
        text: The words.
    """

    per_day: Decimal | None
    start: int
    end: int
    text: str
    per_day_low: Decimal | None = None
    prn: bool = False
    once: bool = False
    continuous: bool = False
    doses: Decimal | None = None

    @property
    def daily_times(self) -> Decimal | None:
        """Most administrations in 24 hours: `per_day`, never more than `doses`.

        None for intervals of minutes without a count: "every 2 to 3 minutes until it works" is
        no day's rate.
        """
        if self.per_day is None or (self.doses is None and self.per_day > 48):
            return None
        if self.doses is None:
            return self.per_day
        return min(self.per_day, self.doses)

    @property
    def span(self) -> Span:
        """The characters that were read."""
        return Span(start=self.start, end=self.end)


def _plain(value: Decimal) -> str:
    return format(value, "f")
