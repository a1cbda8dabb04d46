"""Figures in words, the same in every report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medrag.evaluation.metric import Metric
from medrag.evaluation.record import Record
from medrag.evaluation.results import Figure, Results
from medrag.evaluation.summary import Summary

UNKNOWN = "\u2013"


def is_share(metric: Metric) -> bool:
    """Return whether a metric is told in percent."""
    return not metric.unit and (metric.low, metric.high) == (0.0, 1.0)


def value_of(figure: Figure | None, metric: Metric) -> str:
    """Return a figure in its unit; a dash where there is none."""
    if figure is None or figure.value is None:
        return UNKNOWN
    return f"{_digits(figure.value, metric)} {_unit(metric)}".strip()


def interval_of(figure: Figure | None, metric: Metric) -> str:
    """Return the interval of a figure; a dash where there is none."""
    if figure is None or figure.low is None or figure.high is None:
        return UNKNOWN
    low, high = _digits(figure.low, metric), _digits(figure.high, metric)
    return f"{low} to {high} {_unit(metric)}".strip()


def direction(metric: Metric) -> str:
    """Return which way is better."""
    return {"higher": "more is better", "lower": "less is better", None: ""}[metric.better]


def _digits(value: float, metric: Metric) -> str:
    if is_share(metric):
        return f"{100 * value:.1f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _unit(metric: Metric) -> str:
    return "%" if is_share(metric) else metric.unit


def seconds_of(seconds: float) -> str:
    """Return seconds to the millisecond, without a thousands separator."""
    return f"{seconds:.3f}"


def costs(summary: Summary, records: Sequence[Record]) -> list[tuple[str, str]]:
    """Return what answers cost: what it is, and how much; a dash where nobody counted."""
    asked = sum(bool(record.replies) for record in records)
    known = [n for n in (summary.prompt_tokens, summary.completion_tokens) if n is not None]
    each = f"{sum(known) / asked:,.0f}" if known and asked else UNKNOWN
    return [
        ("tokens of prompts", _count(summary.prompt_tokens)),
        ("tokens of replies", _count(summary.completion_tokens)),
        ("tokens of thinking", _count(summary.thinking_tokens)),
        ("tokens for a question", each),
        ("seconds for a question, median", _short(summary.seconds_median)),
        ("seconds for a question, 95th percentile", _short(summary.seconds_p95)),
        ("repair requests", str(summary.repairs)),
        ("questions without an answer", str(summary.failed)),
    ]


def _count(tokens: int | None) -> str:
    return UNKNOWN if tokens is None else f"{tokens:,}"


def _short(seconds: float | None) -> str:
    return UNKNOWN if seconds is None else f"{seconds:.2f}"


def signed(results: Results) -> Iterator[tuple[str, str]]:
    """Yield everything that figures depend on: what it is, and its value."""
    of = results.signature
    yield "judged set", f"{of.set_name}, questions {of.asked}, judgements {of.judged}"
    yield "index", of.index
    yield "answerer", of.answerer
    yield "models that replied", ", ".join(of.models) or "none"
    yield "prompts", ", ".join(of.prompts) or "none"
    yield "rules", ", ".join(of.rules) or "none"
    yield "settings", of.settings
    yield "sources in force on", of.as_of
    yield "seed and repeats", f"{of.seed}, {of.repeats}"
    yield "code", f"medrag {of.medrag}, {of.code}"
    yield "packages", ", ".join(f"{name} {number}" for name, number in of.packages.items())
    yield "machine", of.machine
