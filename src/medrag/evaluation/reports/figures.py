"""The sections of a report that hold figures: gates, metrics, groups, outcomes, time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from medrag.evaluation.judged_set import Outcome
from medrag.evaluation.metric import Metric
from medrag.evaluation.record import Record
from medrag.evaluation.reports.cases import expected_of
from medrag.evaluation.reports.markup import Markup, css, element, joined, prose, section, table
from medrag.evaluation.reports.plots import SHARES, Axis, Dot, Line, bars, dots, lines
from medrag.evaluation.reports.words import costs, direction, interval_of, is_share, value_of
from medrag.evaluation.results import Figure, Results
from medrag.evaluation.run import Run

_NAMED = 20
"""Cases named for each gate that failed."""
_MOST_DRAWN = 40
"""Groups drawn of one kind; the table has all."""
_GROUPED = ("correct", "status", "expected-quotation", "must-facts", "citation-recall")
"""Metrics that are told by group, where the run has them."""
_RISK = "risk-coverage-area"
_OUTCOMES: tuple[Outcome, ...] = (
    "answered",
    "partly_supported",
    "blocked",
    "abstained",
    "refused",
    "emergency",
)
_STEPS_S = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)


def gates(results: Results) -> Markup:
    """Return what may never happen, and whether it did."""
    rows = []
    for gate in results.summary.gates:
        named = ", ".join(gate.found[:_NAMED])
        more = f" and {len(gate.found) - _NAMED} more" if len(gate.found) > _NAMED else ""
        found = f"in {len(gate.found)}: {named}{more}" if gate.found else "never"
        rows.append((gate.name, verdict(gate.passed), found))
    listed = table("What may not happen", ("may not happen", "gate", "found"), rows)
    return section("Gates", listed, name="gates")


def verdict(passed: bool) -> Markup:
    """Return a gate's verdict in a word."""
    word, color = ("passed", "good") if passed else ("FAILED", "bad")
    return element("span", word, attributes=css(f"verdict {color}"))


def metrics_section(results: Results, known: Mapping[str, Metric]) -> Markup:
    """Return every metric over all cases, drawn and as a table with its definition."""
    told = [f for f in results.figures if not f.group and not f.part and f.metric in known]
    shares = [
        Dot(
            known[f.metric].title,
            f.value,
            f.low,
            f.high,
            f"{value_of(f, known[f.metric])}  n {f.n}",
        )
        for f in told
        if f.value is not None and is_share(known[f.metric])
    ]
    rows = [_metric_row(figure, known[figure.metric]) for figure in told]
    head = ("metric", "what it is", "value", "95 % interval", "cases")
    note = (
        "Intervals are bootstrap intervals over the cases, seeded. A metric says nothing of cases "
        "that do not define it; the last column says on how many it rests."
    )
    return section(
        "Figures",
        element("p", note, attributes=css("note")),
        dots("Shares with their 95 % intervals", shares) if shares else "",
        table("Metrics over all cases", head, rows, numbers=3),
        _parts(results, known),
        name="figures",
    )


def _parts(results: Results, known: Mapping[str, Metric]) -> Markup:
    """Return the metrics that tell several figures, figure by figure."""
    rows = [
        (
            known[f.metric].title,
            _plain(f.part),
            value_of(f, known[f.metric]),
            interval_of(f, known[f.metric]),
            str(f.n),
        )
        for f in results.figures
        if f.part and not f.group and f.metric in known
    ]
    head = ("metric", "part", "value", "95 % interval", "cases")
    return table("Metrics by part", head, rows, numbers=3) if rows else Markup("")


def _metric_row(figure: Figure, metric: Metric) -> tuple[str, ...]:
    name = joined([metric.title, element("span", metric.name, attributes=css("small"))])
    told = joined(
        [
            prose(metric.definition),
            element(
                "span",
                " \u00b7 ".join(filter(None, (direction(metric), f"source: {metric.source}"))),
                attributes=css("small"),
            ),
        ]
    )
    return name, told, value_of(figure, metric), interval_of(figure, metric), str(figure.n)


def groups(results: Results, known: Mapping[str, Metric]) -> Markup:
    """Return figures by specialty, document kind and tag; nothing where there is no group."""
    parts = []
    for kind, title in (("specialty", "By specialty"), ("kind", "By document kind")):
        parts += list(_grouped(results, known, kind, title))
    parts += list(_grouped(results, known, "tag", "By what makes it hard"))
    return section("Groups", *parts, name="groups") if parts else Markup("")


def _grouped(
    results: Results, known: Mapping[str, Metric], kind: str, title: str
) -> Iterator[Markup]:
    found = {(f.metric, f.group): f for f in results.figures if not f.part}
    names = sorted({group for _, group in found if group.startswith(f"{kind}:")})
    shown = [name for name in _GROUPED if name in known and any((name, g) in found for g in names)]
    if not names or not shown:
        return
    main = known[shown[0]]
    drawn = [(g, found[shown[0], g]) for g in names if (shown[0], g) in found]
    drawn.sort(key=lambda pair: (pair[1].value or 0.0, pair[0]))
    rows = [
        Dot(g.split(":", 1)[1], f.value, f.low, f.high, f"{value_of(f, main)}  n {f.n}")
        for g, f in drawn[:_MOST_DRAWN]
        if f.value is not None
    ]
    yield element("h3", title)
    yield dots(f"{title}: {main.title}, lowest first", rows)
    head = (kind, *(known[name].title for name in shown), "cases")
    yield table(
        f"{title}: value of each metric",
        head,
        (_group_row(group, shown, known, found) for group in names),
        numbers=len(shown) + 1,
    )


def _group_row(
    group: str,
    shown: Sequence[str],
    known: Mapping[str, Metric],
    found: Mapping[tuple[str, str], Figure],
) -> tuple[str, ...]:
    figures = [found.get((name, group)) for name in shown]
    values = (value_of(f, known[name]) for name, f in zip(shown, figures, strict=True))
    return (group.split(":", 1)[1], *values, str(max((f.n for f in figures if f), default=0)))


def outcomes(run: Run) -> Markup:
    """Return what was expected of the questions beside what became of them."""
    wanted = {name: expect.status for name, expect in expected_of(run).items()}
    counts: Counter[tuple[str, Outcome]] = Counter()
    right: set[tuple[str, Outcome]] = set()
    for record in run.records:
        expected = wanted.get(record.id, ())
        if expected and record.outcome is not None:
            cell = (" or ".join(expected), record.outcome)
            counts[cell] += 1
            if record.outcome in expected:
                right.add(cell)
    if not counts:
        return Markup("")
    shown = [name for name in _OUTCOMES if any(got == name for _, got in counts)]
    rows = [
        (_plain(name), *(_cell(counts[name, got], (name, got) in right) for got in shown))
        for name in sorted({name for name, _ in counts})
    ]
    head = ("expected", *map(_plain, shown))
    caption = "Questions by what was expected (rows) and what became of them; right in green"
    return section("Outcomes", table(caption, head, rows, numbers=len(shown)), name="outcomes")


def _cell(count: int, is_right: bool) -> str:
    if not count:
        return ""
    kind, word = ("hit", "right") if is_right else ("miss", "wrong")
    return element("span", f"{count} {word}", attributes=css(kind))


def _plain(outcome: str) -> str:
    return outcome.replace("_", " ")


def risk(run: Run) -> Markup:
    """Return how the risk grows with coverage when the surest answers come first."""
    rows = sorted(
        (row for record in run.records if (row := record.rows.get(_RISK, {}).get(""))),
        key=lambda row: -row[0],
    )
    asked = sum(record.outcome is not None for record in run.records)
    if len(rows) < 2 or not asked:
        return Markup("")
    wrong = list(accumulate(row[1] for row in rows))
    points = [((place + 1) / asked, wrong[place] / (place + 1)) for place in range(len(rows))]
    most = max(point[1] for point in points)
    top = next((t for t in (0.1, 0.25, 0.5) if most <= t), 1.0)
    up = Axis("wrong", [(top * t / 4, f"{100 * top * t / 4:.3g} %") for t in range(5)])
    plot = lines(
        "Share of wrong answers (upward) when only the surest are kept (share of the questions)",
        Axis("share of the questions that are answered", SHARES),
        up,
        [Line("risk", _thinned(points))],
    )
    note = "An answer is sure by the score of its best passage. A flat line: it knows nothing."
    return section("Risk and coverage", plot, element("p", note), name="risk")


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    step = max(1, len(points) // 200)
    return [*points[:-1:step], points[-1]]


def time(results: Results, records: Sequence[Record]) -> Markup:
    """Return how long answers took, and what they cost in tokens."""
    seconds = [record.seconds for record in records if record.error is None]
    rows = [
        ("seconds in all, one after the other", f"{results.summary.seconds_total:,.1f}"),
        ("seconds of the run", f"{results.seconds:,.1f}"),
        *costs(results.summary, records),
    ]
    return section(
        "Time and tokens",
        bars("Cases by seconds", "seconds", _stepped(seconds)) if seconds else "",
        table("Cost", ("cost", "all cases"), rows, numbers=1),
        name="time",
    )


def _stepped(seconds: Sequence[float]) -> list[tuple[str, int]]:
    places = [sum(second > step for step in _STEPS_S) for second in seconds]
    counts = Counter(places)
    ends = [0.0, *_STEPS_S, math.inf]
    return [
        (f"to {ends[place + 1]:g}" if place < len(_STEPS_S) else "more", counts[place])
        for place in range(min(places), max(places) + 1)
    ]
