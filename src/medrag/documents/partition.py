"""The cheapest way to group consecutive units into passages.

All preferences of chunking are numbers in one place, and the best grouping under them is found
exactly, so that there is no order of merging and splitting steps to reason about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medrag.documents.units import Joint, Unit

_BREAK_COST: Mapping[Joint, float] = {
    "section": 0.0,
    "child": 0.5,
    "block": 2.0,
    "line": 5.0,
    "sentence": 4.0,
    "header": 30.0,
    "inside": 8.0,
}
"""Cost of ending a passage at this joint."""

_JOIN_COST: Mapping[Joint, float] = {"section": 1.0, "child": 1.5}
"""Cost of a passage that spans this joint; 0 for joints inside one section."""

_SHORT_TOKENS = 40
_SHORT_COST = 10.0  # of an empty passage, falling to 0 at _SHORT_TOKENS
_LEAD_COST = 20.0  # of parting a line that ends in a colon from what it announces
_HEADING_COST = 200.0  # of parting a heading from what it heads
_UNEVEN_COST = 1.0  # times the square of fullness: of two equal cuts, the balanced one


def partition(units: Sequence[Unit], budget: int) -> list[tuple[int, int]]:
    """Return half-open ranges of units, in order, covering all; each at most `budget` tokens.

    A range never spans a unit whose joint is None. Ties go to the longer last range. Time is
    linear in the number of units times the units that fit one passage.
    """
    cost = [0.0] * (len(units) + 1)
    begin = [0] * (len(units) + 1)
    short = min(_SHORT_TOKENS, budget // 4)
    for end in range(1, len(units) + 1):
        cost[end], begin[end] = _best(units, end, cost, budget=budget, short=short)
    ranges = []
    end = len(units)
    while end:
        ranges.append((begin[end], end))
        end = begin[end]
    return ranges[::-1]


def _best(
    units: Sequence[Unit], end: int, cost: Sequence[float], *, budget: int, short: int
) -> tuple[float, int]:
    """Return the least cost of grouping `units[:end]`, and where its last range begins."""
    best, at = float("inf"), end - 1
    tokens, joined = 0, 0.0
    for start in range(end - 1, -1, -1):
        unit = units[start]
        tokens += unit.tokens
        if tokens > budget and start < end - 1:
            break
        total = cost[start] + joined + _size_cost(tokens, budget, short)
        if start:
            total += _break_cost(units[start - 1], unit)
        if total <= best:
            best, at = total, start
        if unit.joint is None:
            break
        joined += _JOIN_COST.get(unit.joint, 0.0)
    return best, at


def _size_cost(tokens: int, budget: int, short: int) -> float:
    cost = _UNEVEN_COST * (tokens / budget) ** 2
    return cost + _SHORT_COST * (1 - tokens / short) if tokens < short else cost


def _break_cost(before: Unit, unit: Unit) -> float:
    if unit.joint is None:
        return 0.0
    if before.heading:
        return _HEADING_COST
    if before.leads and unit.joint in {"block", "line", "sentence"}:
        return _LEAD_COST
    return _BREAK_COST[unit.joint]
