"""Runs of one set beside each other: models, prompts or indexes compared on one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from medrag.errors import InputError
from medrag.evaluation.judged_set import Expected
from medrag.evaluation.metric import Metric, metrics
from medrag.evaluation.record import Record
from medrag.evaluation.reports.cases import expected_of, faults_of
from medrag.evaluation.reports.markup import (
    Markup,
    css,
    document,
    element,
    joined,
    prose,
    section,
    table,
)
from medrag.evaluation.reports.page import foot
from medrag.evaluation.reports.plots import Dot, dots
from medrag.evaluation.reports.style import STYLE
from medrag.evaluation.reports.words import (
    UNKNOWN,
    costs,
    interval_of,
    is_share,
    signed,
    value_of,
)
from medrag.evaluation.results import Figure, Results
from medrag.evaluation.run import Run, by_id

_MOST_CASES = 500


def side_by_side(runs: Sequence[Run]) -> str:
    """Return runs of one set beside each other: figures, cost, and the cases that differ.

    Args:
        runs: Two or more.

    Raises:
        InputError: They asked different questions.
    """
    if len({tuple((case.id, case.asked) for case in run.judged.cases) for run in runs}) > 1:
        raise InputError("These runs asked different questions. Give runs of one judged set.")
    known, names = metrics(), names_of(runs)
    title = f"Comparison: {runs[0].judged.title or runs[0].judged.name}"
    results = [run.results for run in runs]
    body = element(
        "main",
        element("header", element("h1", title), _legend(runs, names), lines=True),
        _figures(results, names, known),
        _cost(runs, names),
        _differing(runs, names),
        _signatures(results, names),
        lines=True,
    )
    return document(title, STYLE, body, foot(*(one.signature.llm for one in results)))


def names_of(runs: Sequence[Run]) -> list[str]:
    """Return what to call runs: by answerer where that tells them apart, else by folder too."""
    answerers = [run.results.signature.answerer for run in runs]
    if len(set(answerers)) == len(answerers):
        return answerers
    return [f"{llm} ({run.folder.name})" for llm, run in zip(answerers, runs, strict=True)]


def _legend(runs: Sequence[Run], names: Sequence[str]) -> Markup:
    listed = (
        element("li", joined([element("strong", name), f": {_when(run.results)}"]))
        for name, run in zip(names, runs, strict=True)
    )
    return element("ul", *listed)


def _when(results: Results) -> str:
    gates = "every gate passed" if results.summary.passed else "a gate FAILED"
    return f"{results.at:%d %B %Y, %H:%M} UTC, {gates}"


def _figures(
    results: Sequence[Results], names: Sequence[str], known: Mapping[str, Metric]
) -> Markup:
    shown = [name for name in known if any(one.figure(name) for one in results)]
    drawn = [
        dot
        for name in shown
        if is_share(known[name])
        for dot in _drawn(known[name], results, names)
    ]
    rows = [
        (known[name].title, *(_cell(one.figure(name), known[name]) for one in results))
        for name in shown
    ]
    note = (
        "Runs that answered the same questions may differ significantly although their intervals "
        "overlap: `medrag eval compare` tests two of them case by case."
    )
    return section(
        "Figures",
        dots("Shares with their 95 % intervals, run by run", drawn),
        element("p", prose(note), attributes=css("note")),
        table("Metrics over all cases", ("metric", *names), rows, numbers=len(names)),
        name="figures",
    )


def _drawn(metric: Metric, results: Sequence[Results], names: Sequence[str]) -> Iterator[Dot]:
    """Yield the name of a metric, and its figure in each run that has one."""
    yield Dot(metric.title, None)
    for color, (name, one) in enumerate(zip(names, results, strict=True)):
        figure = one.figure(metric.name)
        if figure is not None and figure.value is not None:
            words = value_of(figure, metric)
            yield Dot(name, figure.value, figure.low, figure.high, words, color)


def _cell(figure: Figure | None, metric: Metric) -> Markup:
    spread = element("span", interval_of(figure, metric), attributes=css("small"))
    return joined([value_of(figure, metric), spread])


def _cost(runs: Sequence[Run], names: Sequence[str]) -> Markup:
    columns = [costs(run.results.summary, run.records) for run in runs]
    rows = [
        (column[0][0], *(value for _, value in column)) for column in zip(*columns, strict=True)
    ]
    listed = table("What the answers cost", ("cost", *names), rows, numbers=len(names))
    return section("Cost", listed, name="cost")


def _differing(runs: Sequence[Run], names: Sequence[str]) -> Markup:
    """Return the cases that some runs have right and others wrong, what the first has first."""
    wanted = expected_of(runs[0])
    found = [by_id(run.records) for run in runs]
    differing = [
        name for name in found[0] if len({_share_right(one.get(name, [])) for one in found}) > 1
    ]
    differing.sort(key=lambda name: -(_share_right(found[0][name]) or 0.0))
    rows = (
        (
            name,
            found[0][name][0].specialty or "",
            *(_verdict(one.get(name, []), wanted.get(name)) for one in found),
        )
        for name in differing[:_MOST_CASES]
    )
    more = f", {_MOST_CASES} of them listed" if len(differing) > _MOST_CASES else ""
    told = f"{len(differing)} cases{more}; those that {names[0]} has right come first."
    listed = table("Cases in which the runs differ", ("case", "field", *names), rows)
    note = element("p", told)
    return section("Where they differ", note, listed if differing else "", name="differ")


def _share_right(records: Sequence[Record]) -> float | None:
    judged = [record.right for record in records if record.right is not None]
    return sum(judged) / len(judged) if judged else None


def _verdict(records: Sequence[Record], expect: Expected | None) -> Markup:
    share = _share_right(records)
    if share is None:
        return Markup(UNKNOWN)
    if share == 1:
        return element("span", "right", attributes=css("hit"))
    told = dict.fromkeys(fault for record in records for fault in faults_of(record, expect))
    often = "" if len(records) == 1 else f"right {share:.0%} of the time; "
    return element("span", f"{often}{'; '.join(told)}", attributes=css("miss"))


def _signatures(results: Sequence[Results], names: Sequence[str]) -> Markup:
    columns = [dict(signed(one)) for one in results]
    rows = [
        (_marked(name, len({one[name] for one in columns}) > 1), *(one[name] for one in columns))
        for name in columns[0]
    ]
    listed = table("What the figures depend on; in bold what differs", ("what", *names), rows)
    return section("Signatures", listed, name="signatures")


def _marked(name: str, differs: bool) -> str:
    return element("strong", f"{name} (differs)") if differs else name
