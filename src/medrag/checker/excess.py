"""One dose that does not fit its rows, and how it is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from medrag.checker.amounts import Amounts
from medrag.checker.rows import DoseRow
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.core.span import Span

Kind = Literal["unit", "thousandfold", "tenfold", "single", "daily", "times", "low", "weight"]
TENFOLD = Decimal(4)
"""A dose this many times the largest usual one is called a tenfold error: the largest dose
itself is often twice the usual one."""
THOUSANDFOLD = Decimal(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """One dose that does not fit its rows.

    Attributes:
        kind: What is wrong with it.
        stated: The dose or daily amount as compared.
        limit: The limit it breaks, in the row's unit.
        row: The row of that limit.
        ratio: stated / limit.
    """

    kind: Kind
    drug: str
    mention: DrugMention
    regimen: Regimen
    stated: Quantity
    limit: Quantity
    row: DoseRow
    ratio: Decimal

    @property
    def span(self) -> Span:
        """From the drug's name to the end of the regimen, where they stand together."""
        start = min(self.mention.start, self.regimen.start)
        return Span(start=start, end=max(self.mention.end, self.regimen.end))


@dataclass(frozen=True, slots=True)
class Builder:
    """Holds an order and its rows, and returns what breaks them."""

    mention: DrugMention
    regimen: Regimen
    rows: Sequence[DoseRow]

    def above(self, part: Literal["single", "daily"], stated: Quantity | None) -> Excess | None:
        """Return that one dose, or a day, is above the largest limit; None where it is not."""
        limited = [r for r in self.rows if (r.single if part == "single" else r.daily)]
        if stated is None or not limited:
            return None
        row = max(limited, key=lambda r: _base(_limit(r, part), r.unit))
        limit = Quantity(_limit(row, part), row.unit)
        given = convert(stated, row.unit)
        if given is None or given.top <= limit.value:
            return None
        ratio = given.top / limit.value
        kind: Kind = part
        if part == "single" and ratio >= TENFOLD:
            kind = "tenfold"
        if ratio >= THOUSANDFOLD and self._usual(given.top / 1000, row):
            kind = "thousandfold"
        return self._excess(kind, stated, (limit, row), ratio)

    def often(self, stated: Amounts) -> Excess | None:
        """Return that it is given more often than any row allows."""
        limited = [r for r in self.rows if r.times]
        if stated.per_day is None or not limited or len(limited) < len(self.rows):
            return None
        row = max(limited, key=lambda r: r.times or 0)
        times = row.times or Decimal(1)
        ratio = stated.per_day / times
        once = self.regimen.frequency is not None and self.regimen.frequency.once
        if once or ratio < (Decimal("1.05") if times < 1 else Decimal(2)):
            return None
        dose = stated.single or stated.daily or Quantity(Decimal(1), "1")
        return self._excess("times", dose, (Quantity(times, "/d"), row), ratio)

    def below(self, stated: Quantity | None) -> Excess | None:
        """Return that a dose is less than an eighth of the least usual one."""
        limited = [r for r in self.rows if r.low and not r.words]
        if stated is None or not limited or len(limited) < len(self.rows):
            return None
        row = min(limited, key=lambda r: _base(r.low or Decimal(0), r.unit))
        limit = Quantity(row.low or Decimal(1), row.unit)
        given = convert(stated, row.unit)
        if given is None or given.top * 8 > limit.value or given.top <= 0:
            return None
        kind: Kind = "thousandfold" if self._usual(given.top * 1000, row) else "low"
        return self._excess(kind, stated, (limit, row), given.top / limit.value)

    def _usual(self, value: Decimal, row: DoseRow) -> bool:
        low, high = row.low or Decimal(0), row.single or row.daily
        return high is not None and low / 2 <= value <= high

    def _excess(
        self, kind: Kind, stated: Quantity, broken: tuple[Quantity, DoseRow], ratio: Decimal
    ) -> Excess:
        limit, row = broken
        return Excess(
            kind=kind,
            drug=self.mention.ingredients[0],
            mention=self.mention,
            regimen=self.regimen,
            stated=stated,
            limit=limit,
            row=row,
            ratio=ratio,
        )


def _limit(row: DoseRow, part: Literal["single", "daily"]) -> Decimal:
    return (row.single if part == "single" else row.daily) or Decimal(0)


def _base(value: Decimal, unit: str) -> Decimal:
    return value * _MILLIGRAMS.get(unit.partition("/")[0], Decimal(1))


_MILLIGRAMS = {"ug": Decimal("0.001"), "g": Decimal(1000), "ng": Decimal("0.000001")}
