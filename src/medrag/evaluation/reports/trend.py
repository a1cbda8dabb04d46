"""Runs over time: one line for each answerer and set, and what changed between runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from medrag.errors import InputError
from medrag.evaluation.metric import Metric, metrics
from medrag.evaluation.reports.figures import verdict
from medrag.evaluation.reports.markup import Markup, css, document, element, section, table
from medrag.evaluation.reports.page import foot
from medrag.evaluation.reports.plots import SHARES, Axis, Line, lines
from medrag.evaluation.reports.style import STYLE
from medrag.evaluation.reports.words import is_share, signed, value_of
from medrag.evaluation.results import Results
from medrag.evaluation.run import RESULTS

_DRAWN = (
    "correct",
    "choice-accuracy",
    "status",
    "expected-quotation",
    "must-facts",
    "wrong-quotation",
    "must-not-facts",
    "selective-risk",
    "refusal-recall",
    "checker-sensitivity",
    "checker-specificity",
    "seconds",
)
"""Metrics that are drawn, where the runs have them."""
_TABLED = ("correct", "choice-accuracy", "status", "selective-risk")
_TICKS, _WIDTH = 6, 560
_UNCHANGING = frozenset({"machine", "packages"})


@dataclass(frozen=True, slots=True)
class Past:
    """A run as it is told over time.

    Attributes:
        name: Of its folder.
    """

    name: str
    results: Results


def past_runs(folders: Sequence[Path]) -> list[Past]:
    """Return the runs in folders and below them, the oldest first.

    Raises:
        InputError: There is none, or the figures of one cannot be read.
    """
    paths = sorted({path for folder in folders for path in folder.rglob(RESULTS)})
    if not paths:
        places = ", ".join(map(str, folders))
        raise InputError(f"{places}: no {RESULTS} below. Give folders of `medrag eval run`.")
    found = [Past(path.parent.name, _results(path)) for path in paths]
    return sorted(found, key=lambda past: (past.results.at, past.name))


def _results(path: Path) -> Results:
    try:
        return Results.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise InputError(
            f"{path}: written by another version of medrag, or damaged. Run it again with the "
            "same arguments, or leave its folder out."
        ) from error


def trend(past: Sequence[Past]) -> str:
    """Return runs over time as one page: a part for each judged set.

    Runs of a set whose questions or judgements changed stay in one part; the change is told.

    Args:
        past: The oldest first, as `past_runs` returns them.
    """
    known = metrics()
    by_set: dict[str, list[Past]] = {}
    for one in past:
        by_set.setdefault(one.results.signature.set_name, []).append(one)
    parts = [
        _of_set(name, number, runs, known) for number, (name, runs) in enumerate(by_set.items())
    ]
    title = "Evaluation over time"
    count = f"{len(past)} runs of {len(by_set)} judged sets, the oldest first."
    head = element("header", element("h1", title), element("p", count), lines=True)
    answerers = [one.results.signature.llm for one in past]
    return document(title, STYLE, element("main", head, *parts, lines=True), foot(*answerers))


def _of_set(name: str, number: int, runs: Sequence[Past], known: Mapping[str, Metric]) -> Markup:
    drawn = [
        _plot(known[metric], runs)
        for metric in _DRAWN
        if metric in known and sum(_has(run, metric) for run in runs)
    ]
    shown = [m for m in _TABLED if m in known and any(_has(run, m) for run in runs)]
    head = ("run", "when", "answerer", "gates", *(known[m].title for m in shown), "what changed")
    rows = [
        _row(run, before, shown, known) for run, before in zip(runs, _before(runs), strict=True)
    ]
    plots = element("div", *drawn, attributes=css("plots"))
    return section(name, table(f"Runs of {name}", head, rows), plots, name=f"set-{number}")


def _has(run: Past, metric: str) -> bool:
    figure = run.results.figure(metric)
    return figure is not None and figure.value is not None


def _before(runs: Sequence[Past]) -> Iterator[Past | None]:
    """Yield for each run the last earlier one of the same answerer."""
    last: dict[str, Past] = {}
    for run in runs:
        yield last.get(run.results.signature.answerer)
        last[run.results.signature.answerer] = run


def _row(
    run: Past, before: Past | None, shown: Sequence[str], known: Mapping[str, Metric]
) -> tuple[str, ...]:
    results = run.results
    return (
        run.name,
        f"{results.at:%Y-%m-%d %H:%M}",
        results.signature.answerer,
        verdict(results.summary.passed),
        *(value_of(results.figure(name), known[name]) for name in shown),
        _changes(before, run),
    )


def _changes(before: Past | None, run: Past) -> str:
    if before is None:
        return "first of this answerer"
    old, new = dict(signed(before.results)), dict(signed(run.results))
    changed = [name for name in new if new[name] != old.get(name) and name not in _UNCHANGING]
    return ", ".join(changed) or "nothing"


def _plot(metric: Metric, runs: Sequence[Past]) -> Markup:
    answerers = list(dict.fromkeys(run.results.signature.answerer for run in runs))
    drawn = [_line(metric, runs, answerer) for answerer in answerers]
    step = max(1, -(-len(runs) // _TICKS))
    ticks = [(float(n), f"{runs[n].results.at:%m-%d}") for n in range(0, len(runs), step)]
    ends = [(-0.5, ""), *ticks, (len(runs) - 0.5, "")]
    return lines(
        metric.title,
        Axis("runs, the oldest first (month and day)", ends),
        Axis(metric.title, SHARES if is_share(metric) else _scale(metric, drawn)),
        [line for line in drawn if line.points],
        width=_WIDTH,
    )


def _line(metric: Metric, runs: Sequence[Past], answerer: str) -> Line:
    told = [
        (float(place), figure)
        for place, run in enumerate(runs)
        if run.results.signature.answerer == answerer
        if (figure := run.results.figure(metric.name)) is not None and figure.value is not None
    ]
    bands = [
        (figure.low, figure.high) if figure.low is not None and figure.high is not None else None
        for _, figure in told
    ]
    return Line(answerer, [(place, figure.value or 0.0) for place, figure in told], bands)


def _scale(metric: Metric, drawn: Sequence[Line]) -> list[tuple[float, str]]:
    ends = [band[1] for line in drawn for band in line.bands if band is not None]
    most = max([*ends, *(y for line in drawn for _, y in line.points)], default=1.0) or 1.0
    return [(most * n / 4, f"{most * n / 4:.3g} {metric.unit}") for n in range(5)]
