"""A run in figures: what it depended on, and every metric with its interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import numpy as np
from pydantic import Field

from medrag.core.span import Value
from medrag.evaluation.metric import Metric, metrics
from medrag.evaluation.record import Record
from medrag.evaluation.statistics import Draws, Rows, interval
from medrag.evaluation.summary import Summary, summarize

_DRAWS = Draws(resamples=2000)
_DRAWS_OF_A_GROUP = Draws(resamples=500)


class Signature(Value):
    """Everything that the figures of a run depend on.

    Attributes:
        set_name: Of the judged set.
        asked: Digest of what was asked.
        judged: Digest of the cases with their expectations.
        index: The index's generation and what identifies its content.
        llm: What answered, as it was asked for.
        models: What the replies say answered, sorted.
        prompts: Templates with versions, sorted.
        rules: Versions of the checker's rules, sorted.
        closed_book: Whether multiple-choice questions were asked without passages.
        settings: Digest of the settings.
        as_of: The day on which sources had to be in force; `None` for each answer's own day.
        medrag: Version of the package.
        code: First 12 hex digits of the SHA-256 of the package's files that answers come from.
        seed: Of the first repeat; the next ones count on from it.
        repeats: How often each question was asked.
        packages: Versions of the packages that answers come from.
        machine: System, processor and Python.
    """

    set_name: str
    asked: str
    judged: str
    index: str
    llm: str
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    closed_book: bool = False
    settings: str
    as_of: str
    medrag: str
    code: str
    seed: int = 0
    repeats: int = 1
    packages: dict[str, str] = Field(default_factory=dict)
    machine: str = ""

    @property
    def answerer(self) -> str:
        """What answered, as runs are called by it."""
        return f"{self.llm}, closed book" if self.closed_book else self.llm


class Figure(Value):
    """One metric over one group of questions.

    Attributes:
        metric: Its registered name (`citation-recall`).
        part: Of a metric that tells several (`exact` of the quotation statuses, `renal` of the
            checker's categories); empty for the whole.
        group: Which questions: empty for all, else `specialty:cardiology`, `kind:label` or
            `tag:superseded`.
        value: None where it is undefined.
        low, high: The 95 % bootstrap interval; None where there is no value or one question.
        n: Questions on which it rests; repeats of one question count once.
    """

    metric: str
    part: str = ""
    group: str = ""
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int


class Results(Value):
    """A run in figures.

    Attributes:
        at: When it ended, in UTC.
        seconds: From its beginning; of what one call did, where it was resumed.
        figures: All questions first, then by group; in the order of metrics.
        summary: Counts, and the gates that no gate file can open.
    """

    signature: Signature
    at: datetime
    seconds: float
    figures: tuple[Figure, ...]
    summary: Summary

    def figure(self, metric: str, *, part: str = "", group: str = "") -> Figure | None:
        """Return one figure, None where the run does not tell it."""
        for one in self.figures:
            if (one.metric, one.part, one.group) == (metric, part, group):
                return one
        return None


def results_of(
    signature: Signature, records: Sequence[Record], *, at: datetime, seconds: float
) -> Results:
    """Return the figures of a run: every metric that some case defines, over every group."""
    known = metrics()
    named = {name for record in records for name in record.rows}
    return Results(
        signature=signature,
        at=at,
        seconds=seconds,
        figures=tuple(
            figure
            for name, metric in known.items()
            if name in named
            for figure in _figures(metric, records)
        ),
        summary=summarize(records),
    )


def groups_of(record: Record) -> Iterator[str]:
    """Yield the names of the groups that a case is in, apart from that of all."""
    if record.specialty:
        yield f"specialty:{record.specialty}"
    if record.kind:
        yield f"kind:{record.kind}"
    for tag in record.tags:
        yield f"tag:{tag}"


def rows_of(records: Sequence[Record], metric: str, part: str = "") -> dict[str, Rows]:
    """Return for each question that defines a metric the rows of its repeats."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for record in records:
        row = record.rows.get(metric, {}).get(part)
        if row is not None:
            found.setdefault(record.id, []).append(row)
    return {name: np.array(rows) for name, rows in found.items()}


def _figures(metric: Metric, records: Sequence[Record]) -> Iterator[Figure]:
    parts = {part for record in records for part in record.rows.get(metric.name, {})}
    for part in sorted(parts):
        yield _figure(metric, rows_of(records, metric.name, part), part=part)
    whole = rows_of(records, metric.name)
    members: dict[str, set[str]] = {}
    for record in records:
        for group in groups_of(record):
            members.setdefault(group, set()).add(record.id)
    for group in sorted(members):
        own = {name: rows for name, rows in whole.items() if name in members[group]}
        if own:
            yield _figure(metric, own, group=group)


def _figure(metric: Metric, rows: Mapping[str, Rows], *, part: str = "", group: str = "") -> Figure:
    each = list(rows.values())
    draws = _DRAWS_OF_A_GROUP if group or part else _DRAWS
    around = interval(each, metric.combine, draws) if each else None
    return Figure(
        metric=metric.name,
        part=part,
        group=group,
        value=metric.combine(np.concatenate(each)) if each else None,
        low=around.low if around else None,
        high=around.high if around else None,
        n=len(each),
    )
