"""The engine: order, failures, determinism, and what it says it did not check."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.checker import check, rules
from medrag.checker.context import read_context
from medrag.checker.engine import run
from medrag.checker.rule import Rule, Signal
from medrag.checker.tables import load_knowledge
from medrag.core.finding import NotChecked
from medrag.core.patient import Patient
from medrag.core.span import Span


@pytest.fixture
def context():
    text = "Give examplazine 5 mg."
    return read_context(text, None, quotes=None, knowledge=load_knowledge())


def make_rule(rule_id, check_function):
    return Rule(
        id=rule_id,
        title="an example",
        category="daily-dose",
        rationale="for the test",
        check=check_function,
    )


def test_a_rule_that_raises_is_a_check_not_done_and_the_others_run(context):
    def broken(_):
        raise ZeroDivisionError

    def working(_):
        yield Signal(severity="info", message="seen")

    report = run([make_rule("MED901", broken), make_rule("MED902", working)], context)
    assert [finding.rule_id for finding in report.findings] == ["MED902"]
    assert report.rules_run == ("MED902",)
    assert report.not_checked[0].check == "MED901 an example"
    assert "its check was not done" in report.not_checked[0].reason


def test_a_failing_rule_leaks_no_text(context, caplog):
    def broken(seen):
        raise ValueError(seen.text)

    report = run([make_rule("MED901", broken)], context)
    assert "examplazine" not in caplog.text + report.not_checked[0].reason


def test_findings_come_critical_first_then_by_place(context):
    def several(_):
        yield Signal(severity="info", message="a", span=Span(start=0, end=4))
        yield Signal(severity="critical", message="b", span=Span(start=5, end=9))
        yield Signal(severity="critical", message="c", span=Span(start=0, end=4))

    report = run([make_rule("MED901", several)], context)
    assert [finding.message for finding in report.findings] == ["c", "b", "a"]


def test_the_same_verdict_twice_is_one(context):
    def twice(_):
        yield Signal(severity="info", message="a")
        yield Signal(severity="info", message="a")
        yield NotChecked(check="x", reason="y")
        yield NotChecked(check="x", reason="y")

    report = run([make_rule("MED901", twice)], context)
    assert (len(report.findings), len(report.not_checked)) == (1, 1)


def test_every_span_lies_in_the_text():
    text = "Digoxin 1.25 mg daily; K 45 mmol/L; heparin 5000U; vincristine 2 mg intrathecally."
    findings = check(text).findings
    assert len(findings) >= 4
    for finding in findings:
        assert finding.span is None or finding.span.end <= len(text)


def test_the_same_arguments_give_the_same_report():
    patient = Patient(age_years=Decimal(80), medications=("warfarin 5 mg daily",))
    text = "Add ibuprofen 400 mg three times daily."
    assert check(text, patient) == check(text, patient)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "🦠", "mg mg mg", "0.0.0.0", "a" * 5000])
def test_text_that_says_nothing_raises_nothing(text):
    assert check(text).findings == ()


def test_what_is_missing_is_listed_once_for_each_datum():
    report = check("Start metformin 500 mg twice daily.", Patient(age_years=Decimal(60)))
    said = [item.check for item in report.not_checked]
    assert "allergies" in said
    assert "kidney function for metformin" in said
    assert len(said) == len(set(said))


def test_a_text_about_nobody_says_so_in_one_line():
    report = check("Start metformin 500 mg twice daily.")
    assert [item.reason for item in report.not_checked] == ["no patient is given"]


def test_every_rule_ran():
    assert check("Rest.").rules_run == tuple(rule.id for rule in rules())


def test_messages_never_repeat_the_allergy_entry():
    patient = Patient(allergies=("penicillin, noted by Dr Example in 1987",))
    report = check("Give amoxicillin 500 mg three times daily.", patient)
    assert report.findings
    assert all("Example" not in finding.message for finding in report.findings)
