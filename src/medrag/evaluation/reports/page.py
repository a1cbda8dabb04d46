"""The report of one run: one HTML page that needs nothing beside it."""

from __future__ import annotations

from medrag.core.answer import DISCLAIMER
from medrag.evaluation.metric import metrics
from medrag.evaluation.reports import cases, figures
from medrag.evaluation.reports.markup import Markup, css, document, element, section, table
from medrag.evaluation.reports.style import STYLE
from medrag.evaluation.reports.words import signed
from medrag.evaluation.results import Results
from medrag.evaluation.run import Run
from medrag.generation.terms import notice_for

_SECTIONS = (
    ("gates", "Gates"),
    ("figures", "Figures"),
    ("groups", "Groups"),
    ("outcomes", "Outcomes"),
    ("risk", "Risk and coverage"),
    ("time", "Time and tokens"),
    ("worst", "Worst cases"),
    ("all", "All cases"),
    ("signature", "Signature"),
)


def report(run: Run, *, most: int = cases.WORST) -> str:
    """Return the report of a run as one page without a script or anything to load.

    It holds questions, patient facts and answers of the worst cases: keep it where those may be.

    Args:
        run: The run; its answers are read once.
        most: How many cases to show with their answers.
    """
    known = metrics()
    linked = frozenset(record.id for record in cases.worst_first(run)[:most])
    parts = [
        figures.gates(run.results),
        figures.metrics_section(run.results, known),
        figures.groups(run.results, known),
        figures.outcomes(run),
        figures.risk(run),
        figures.time(run.results, run.records),
        cases.worst(run, most),
        cases.every(run, linked),
        signature(run.results),
    ]
    title = run.judged.title or run.judged.name
    body = element("main", _head(run, parts), *(part for part in parts if part), lines=True)
    return document(f"Evaluation: {title}", STYLE, body, foot(run.results.signature.llm))


def _head(run: Run, parts: list[Markup]) -> Markup:
    results = run.results
    passed = results.summary.passed
    gates = "every gate passed" if passed else "a gate FAILED"
    verdict = element("span", gates, attributes=css(f"verdict {'good' if passed else 'bad'}"))
    judged_by = run.judged.judged_by
    facts = (
        f"{len(run.judged.cases)} cases, answered by {results.signature.answerer}, "
        f"{results.at:%d %B %Y, %H:%M} UTC, judged by {judged_by or 'whom the cases name'}."
    )
    held = [(name, title) for name, title in _SECTIONS if any(f'id="{name}"' in p for p in parts)]
    links = (element("li", element("a", t, attributes={"href": f"#{n}"})) for n, t in held)
    return element(
        "header",
        element("h1", f"Evaluation: {run.judged.title or run.judged.name}"),
        element("p", verdict, " ", facts),
        element("nav", element("ul", *links), attributes={"aria-label": "Sections"}),
        lines=True,
    )


def signature(results: Results) -> Markup:
    """Return everything that the figures depend on."""
    rows = ((name, element("code", value)) for name, value in signed(results))
    note = "Two runs with one signature answer alike, but for servers and their time."
    listed = table("What the figures depend on", ("what", "value"), rows)
    return section("Signature", element("p", note), listed, name="signature")


def foot(*answerers: str) -> Markup:
    """Return what stands below every report: what medrag is not, and the terms of models."""
    notices = dict.fromkeys(notice for llm in answerers if (notice := notice_for(llm)))
    return element("footer", *(element("p", line) for line in (DISCLAIMER, *notices)))
