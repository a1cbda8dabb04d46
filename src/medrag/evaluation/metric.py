"""What a metric is: a name of the field, what one case contributes, and how that is put together.

A metric is one object in `medrag.evaluation.metrics` and one row in `medrag.registry`; a third
party's comes by an entry point in the group `medrag.metric`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from medrag import registry
from medrag.evaluation.judged_set import Case
from medrag.evaluation.observed import Observed
from medrag.evaluation.statistics import Combine, ratio

Row = tuple[float, ...]
Parts = Mapping[str, Row]
"""Part -> what the case contributes to it; the whole is the part ``""``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure about a run.

    Attributes:
        name: As registered.
        title: In words, lower case.
        definition: What it is, in a sentence or two.
        undefined: Of which cases it says nothing.
        source: Who defined it so; "medrag" where nobody did, and why it is counted.
        measure: What a case contributes; nothing where it is undefined for the case.
        combine: Makes the figure of what the cases contribute; the rows of `ratio` are (count,
            of how many).
        better: Which way is better; None where neither is.
        low: The least it can be.
        high: The most it can be; None where there is no most.
        unit: UCUM or a word; empty for a share.
    """

    name: str
    title: str
    definition: str
    undefined: str
    source: str
    measure: Callable[[Case, Observed], Parts]
    combine: Combine = ratio
    better: Literal["higher", "lower"] | None = "higher"
    low: float = 0.0
    high: float | None = 1.0
    unit: str = ""


def metrics(names: Sequence[str] = ()) -> dict[str, Metric]:
    """Return the metrics of these names, or all, in the order of the registry.

    Raises:
        UnknownNameError: Nothing has such a name.
    """
    listed = list(registry.BUILTINS["metric"])
    others = [name for name in registry.names("metric") if name not in listed]
    return {name: registry.resolve("metric", name) for name in names or (*listed, *others)}


def is_so(fact: bool) -> Parts:
    """Return what a case contributes to a share of cases."""
    return {"": (float(fact), 1.0)}


def share(count: float, of: float) -> Parts:
    """Return what a case contributes to a mean of shares; nothing where there is nothing."""
    return {"": (count / of, 1.0)} if of else {}


def pooled(counts: Mapping[str, tuple[float, float]]) -> Parts:
    """Return what a case contributes to shares of pooled counts, by part and as a whole."""
    if not counts:
        return {}
    whole = tuple(map(sum, zip(*counts.values(), strict=True)))
    return {"": whole, **counts}
