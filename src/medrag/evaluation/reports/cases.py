"""The sections of a report that hold cases: the worst with their answers, and a list of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medrag.core.answer import CheckedAnswer
from medrag.core.finding import Finding
from medrag.core.html import answer_html
from medrag.core.patient import Patient
from medrag.evaluation.correctness import Fault
from medrag.evaluation.judged_set import ANSWERS, Case, Expected
from medrag.evaluation.lines import Line
from medrag.evaluation.record import Record
from medrag.evaluation.reports.markup import Markup, css, element, joined, section, table
from medrag.evaluation.run import Run
from medrag.pipeline.choosing import Chosen

WORST = 40
"""Cases that are shown with their answers, unless somebody asks for another number."""
_WEIGHTS: dict[Fault, int] = {
    "fact forbidden": 8,
    "quotation judged wrong": 8,
    "source judged wrong": 6,
    "finding missing": 6,
    "quotation missing": 3,
    "fact missing": 3,
    "source missing": 3,
    "span missing": 3,
    "status": 2,
    "choice": 3,
    "finding unexpected": 1,
}
"""What harms comes before what is missing, that before silence, and that before what annoys."""
_FOLLOW: frozenset[Fault] = frozenset(
    ("quotation missing", "fact missing", "source missing", "span missing")
)
"""What is missing anyway where there is no answer."""
_UNTRUE, _NO_ANSWER, _MISSED, _SPOKE = 100, 50, 20, 7


def worst_first(run: Run) -> list[Record]:
    """Return the worst repeat of every case in which something is wrong, the worst first.

    A missed emergency, or an answer where silence was right, weighs more than silence where
    there is an answer. Equally bad cases keep the order of the set.
    """
    wanted = expected_of(run)
    found: dict[str, tuple[int, Record]] = {}
    for record in run.records:
        weight = _weight(record, wanted.get(record.id, Expected()))
        if weight and weight > found.get(record.id, (0, record))[0]:
            found[record.id] = (weight, record)
    return [record for _, record in sorted(found.values(), key=lambda pair: -pair[0])]


def expected_of(run: Run) -> dict[str, Expected]:
    """Return what is expected of each case of which something is."""
    return {case.id: case.expect for case in run.judged.cases if case.expect}


def _weight(record: Record, expect: Expected) -> int:
    """Return how bad a case is: by its worst fault, then by their number; 0 where none is."""
    weights = [_WEIGHTS[fault] for fault in _own_faults(record)]
    if record.error is not None:
        weights.append(_NO_ANSWER)
    if record.unsupported or record.not_verbatim:
        weights.append(_UNTRUE)
    if "status" in record.faults and expect.answerable is False:
        weights += [_MISSED] * (expect.status == ("emergency",))
        weights += [_SPOKE] * (record.outcome in ANSWERS)
    return 10 * max(weights) + len(weights) if weights else 0


def _own_faults(record: Record) -> list[Fault]:
    """Return the faults that do not follow from silence."""
    silent = "status" in record.faults and record.outcome not in ANSWERS
    return [fault for fault in record.faults if not (silent and fault in _FOLLOW)]


def faults_of(record: Record, expect: Expected | None) -> list[str]:
    """Return what is wrong with a case, in words, what weighs most first."""
    told: list[str] = []
    if record.error is not None:
        told.append(f"no answer: {record.error}")
    if record.not_verbatim:
        told.append("a quotation is shown that is not in its passage")
    if record.unsupported:
        told.append("a claim is shown that no quotation supports")
    wanted = " or ".join(expect.status) if expect else ""
    instead = f"{record.outcome} instead of {wanted}".replace("_", " ")
    ranked = sorted(_own_faults(record), key=lambda fault: -_WEIGHTS[fault])
    words: dict[Fault, str] = {"status": instead, "choice": "not the right option"}
    return told + [words.get(fault, fault) for fault in ranked]


def worst(run: Run, most: int = WORST) -> Markup:
    """Return the worst cases: what was asked, expected and answered, with its quotations."""
    ranked = worst_first(run)
    chosen = {(record.id, record.repeat): record for record in ranked[:most]}
    answered = run.answers() if chosen else ()
    lines = {key: line for line in answered if (key := (line.id, line.repeat)) in chosen}
    cases = {case.id: case for case in run.judged.cases}
    shown = [_case(cases[r.id], r, lines.get(key)) for key, r in chosen.items()]
    if not shown:
        return section("Worst cases", element("p", "Nothing judged is wrong."), name="worst")
    note = f"{len(shown)} of {len(ranked)} cases in which something is wrong, the worst first."
    return section("Worst cases", element("p", note), *shown, name="worst")


def _case(case: Case, record: Record, line: Line | None) -> Markup:
    name = f"case-{case.id}"
    again = f", repeat {record.repeat + 1}" if record.repeat else ""
    facts = [*_context(case), *_wanted(case.expect)]
    wrong = "; ".join(faults_of(record, case.expect))
    listed = (
        joined([element("dt", label), element("dd", words)]) for label, words in facts if words
    )
    parts = [
        element("h3", f"{case.id}{again}", attributes={"id": name}),
        element("p", case.asked, attributes=css("question")),
        element("p", f"Wrong: {wrong}", attributes=css("faults")),
        element("dl", *listed),
        _answer(line),
    ]
    return element(
        "article", *parts, attributes={"class": "case", "aria-labelledby": name}, lines=True
    )


def _context(case: Case) -> Iterator[tuple[str, str]]:
    yield "field", ", ".join(filter(None, (case.specialty, case.kind)))
    yield "tags", ", ".join(case.tags)
    yield "patient", patient_line(case.patient) if case.patient else ""
    yield "rests on", "\n".join(case.quotes)
    yield "options", "\n".join(f"{key}. {words}" for key, words in case.choices.items())


def _wanted(expect: Expected | None) -> Iterator[tuple[str, str]]:
    if expect is None:
        return
    yield "expected", " or ".join(status.replace("_", " ") for status in expect.status)
    yield "of", ", ".join(expect.documents)
    yield "to quote one of", "\n".join(one.text for one in expect.quotations)
    yield "not to quote", "\n".join(one.text for one in expect.not_quotations)
    yield "to state", "\n".join(" or ".join(fact) for fact in expect.must)
    yield "not to state", "\n".join(" or ".join(fact) for fact in expect.must_not)
    if expect.findings is not None:
        yield "findings", ", ".join(expect.findings) or "none"
    yield "no finding of", ", ".join(expect.not_findings)
    yield "right option", expect.choice or ""


def patient_line(patient: Patient) -> str:
    """Return what is known of a patient, in a line."""
    labs = (f"{lab.name} {lab.value or ''} {lab.unit or ''}".strip() for lab in patient.labs or ())
    known = (
        f"{patient.age_years} years" if patient.age_years is not None else "",
        patient.sex or "",
        f"{patient.weight_kg} kg" if patient.weight_kg is not None else "",
        "pregnant" if patient.pregnant else "",
        "lactating" if patient.lactating else "",
        *(f"allergy: {one}" for one in patient.allergies or ()),
        *(patient.conditions or ()),
        *(patient.medications or ()),
        *labs,
    )
    return "; ".join(filter(None, known))


def _answer(line: Line | None) -> Markup:
    if line is not None and line.answer is not None:
        return _told(line.answer)
    if line is not None and line.report is not None:
        return _findings(line.report.findings)
    if line is not None and line.chosen is not None:
        return _chosen(line.chosen)
    return element("p", "No answer was kept.", attributes=css("note"))


def _told(answer: CheckedAnswer) -> Markup:
    return Markup(answer_html(answer))  # escaped there


def _chosen(chosen: Chosen) -> Markup:
    said = f"It chose {chosen.key}" if chosen.key else "It chose no single option"
    read = f"{len(chosen.passages)} passages" if chosen.passages else "no passage"
    reply = element("blockquote", chosen.text)
    return joined([element("p", f"{said}, having read {read}. It said:"), reply])


def _findings(findings: Sequence[Finding]) -> Markup:
    if not findings:
        return element("p", "The checker raised nothing.")
    listed = (
        element("li", f"{one.severity}: {one.message} ({one.rule_id}, {one.category})")
        for one in findings
    )
    return element("ul", *listed)


def every(run: Run, linked: frozenset[str]) -> Markup:
    """Return a line for every case and repeat.

    Args:
        run: The run.
        linked: Ids of the cases that are shown above.
    """
    wanted = expected_of(run)
    rows = (_line(record, wanted.get(record.id), record.id in linked) for record in run.records)
    head = ("case", "field", "expected", "outcome", "what is wrong", "findings", "seconds")
    listed = table("Every case, in the order of the set", head, rows, numbers=1, css_class="all")
    on_paper = element(
        "p", "On paper this list is left out; results.json has it.", attributes=css("note")
    )
    body = element("div", listed, attributes=css("long"))
    return section("All cases", on_paper, body, name="all")


def _line(record: Record, expect: Expected | None, is_linked: bool) -> tuple[str, ...]:
    link = {"href": f"#case-{record.id}"}
    name = element("a", record.id, attributes=link) if is_linked else record.id
    wanted = ", ".join(expect.status) if expect else ""
    return (
        name,
        record.specialty or "",
        wanted.replace("_", " "),
        (record.outcome or ("no answer" if record.error else "checked")).replace("_", " "),
        "; ".join(faults_of(record, expect)),
        ", ".join(f"{rule} {count}" for rule, count in record.findings.items()),
        f"{record.seconds:.2f}",
    )
