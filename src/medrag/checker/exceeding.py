"""Whether an order is more than a row about the kidney, the liver or an age allows."""

from __future__ import annotations

from medrag.checker.amounts import Amounts, amounts
from medrag.checker.rows_patient import AgeRow, HepaticRow, RenalRow
from medrag.clinical import DrugMention, Quantity, convert

Limited = RenalRow | HepaticRow | AgeRow


def breaks(row: Limited, mention: DrugMention) -> bool:
    """Return whether an order breaks a row: by more than it allows, or by being given at all."""
    if row.action in {"avoid", "note"}:
        return True
    lasting = [r for r in mention.regimens if not (r.frequency and r.frequency.once)]
    if row.action == "daily" and not lasting and "/kg" in row.unit:
        return False  # one dose by weight, of a drug that is then given by its levels
    regimens = lasting or mention.regimens  # a loading dose is not what builds up
    told = [amounts(regimen, mention) for regimen in regimens]
    daily = [one for one in told if one.daily is not None] if row.action == "daily" else []
    return any(_over(row, one) for one in daily or told) or any(
        _over(row, Amounts(daily=m.quantity)) for m in mention.maximums if m.per == "day"
    )


def _over(row: Limited, stated: Amounts) -> bool:
    if row.value is None:
        return False
    if row.action == "times":
        return stated.per_day is not None and stated.per_day > row.value
    given: Quantity | None = (
        (stated.single or stated.rate) if row.action == "single" else stated.daily
    )
    if given is None and row.action == "daily":
        given = stated.single
    converted = convert(given, row.unit) if given is not None else None
    return converted is not None and converted.top > row.value
