"""What of a case is wrong: each part that was judged, and no other."""

from __future__ import annotations

import pytest

from making_runs import answer_of, traced
from medrag.core.finding import Finding
from medrag.evaluation import Case, Expected
from medrag.evaluation.correctness import verdict
from medrag.evaluation.observed import Observed

DOSE = "Examplazine is given as 40 mg once daily."


def finding(category, severity="critical"):
    return Finding(rule_id=f"R-{category}", category=category, severity=severity, message="m")


def seen(sentence=DOSE, scope="question", **fields):
    return Observed.of_answer(traced(answer_of("?", sentence, **fields), scope=scope))


def faults(observed, **expected):
    return verdict(Case(id="a", question="?", expect=Expected(**expected)), observed).faults


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        ({"status": "abstained"}, "status"),
        ({"quotations": "Another sentence."}, "quotation missing"),
        ({"quotations": {"text": DOSE, "document": "other"}}, "quotation missing"),
        ({"not_quotations": DOSE}, "quotation judged wrong"),
        ({"spans": "80 mg"}, "span missing"),
        ({"documents": "other"}, "source missing"),
        ({"not_documents": "guide-1"}, "source judged wrong"),
        ({"must": "80 mg"}, "fact missing"),
        ({"must_not": "0.04 g"}, "fact forbidden"),
        ({"findings": "renal"}, "finding missing"),
    ],
)
def test_each_part_that_does_not_hold_is_a_fault_by_itself(expected, fault):
    assert faults(seen(), **expected) == (fault,)


def test_what_holds_is_right():
    found = verdict(
        Case(
            id="a",
            question="?",
            expect=Expected(
                status=("answered", "partly_supported"),
                quotations=("Another.", DOSE),
                spans="40 mg",
                documents=("other", "d1"),
                must="40 mg",
                must_not="80 mg",
                findings=(),
            ),
        ),
        seen(),
    )
    assert (found.right, found.faults) == (True, ())


def test_nothing_judged_is_neither_right_nor_wrong():
    assert verdict(Case(id="a", question="?"), seen()).right is None
    assert verdict(Case(id="a", question="?", expect=Expected()), seen()).right is None


def test_silence_where_it_is_right_misses_nothing():
    assert faults(seen(None), status=("answered", "abstained"), must="40 mg") == ()
    assert faults(seen(None), status="answered", must="40 mg") == ("status", "fact missing")


def test_an_answer_where_silence_is_right_misses_nothing_else():
    assert faults(seen(), status="abstained", must="80 mg") == ("status",)


def test_out_of_scope_is_refused_and_not_silent():
    refused = seen(None, scope="drug-diversion")
    assert faults(refused, status="refused") == ()
    assert faults(refused, status="abstained") == ("status",)


def test_findings_are_held_to_what_was_judged():
    loud = seen(findings=[finding("renal")])
    assert faults(loud, findings="renal") == ()
    assert faults(loud, findings="R-renal") == ()
    assert faults(loud, findings=()) == ("finding unexpected",)
    assert faults(loud, not_findings="renal") == ("finding unexpected",)
    assert faults(loud, not_findings="age") == ()
    assert faults(seen(findings=[finding("renal", "info")]), findings=()) == ()
