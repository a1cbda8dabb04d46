"""A run in figures: what it depended on, and every metric with its interval."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from medrag.core.span import Value
from medrag.evaluation.summary import Summary


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
        settings: Digest of the settings.
        as_of: The day on which sources had to be in force; `None` for each answer's own day.
        medrag: Version of the package.
        code: First 12 hex digits of the SHA-256 of the package's own files.
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
    settings: str
    as_of: str
    medrag: str
    code: str
    seed: int = 0
    repeats: int = 1
    packages: dict[str, str] = Field(default_factory=dict)
    machine: str = ""


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
