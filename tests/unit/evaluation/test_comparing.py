"""Two runs compared: what became worse, which cases turned, and which gates are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest

from medrag.errors import ConfigError, InputError, UnknownNameError
from medrag.evaluation import Case, JudgedSet, Run
from medrag.evaluation.comparing import compare
from medrag.evaluation.gates import Gates, Threshold, failures, read_gates
from medrag.evaluation.record import Record
from medrag.evaluation.results import Signature, results_of

SIGNATURE = Signature(
    set_name="s", asked="a", judged="j", index="1-a", llm="scripted", settings="t",
    as_of="None", medrag="0", code="c",
)  # fmt: skip


def record(number, right, *, outcome="answered", seconds=0.1, **fields):
    rows = {"correct": {"": (float(right), 1.0)}, "seconds": {"": (seconds,)}}
    return Record(
        id=f"q{number}", outcome=outcome, right=right, rows=rows,
        faults=() if right else ("fact missing",), **fields,
    )  # fmt: skip


def made(folder, records, **signature):
    cases = tuple(Case(id=name, question="x") for name in dict.fromkeys(r.id for r in records))
    results = results_of(
        SIGNATURE.model_copy(update=signature),
        records,
        at=datetime(2026, 1, 1, tzinfo=timezone.utc),
        seconds=1.0,
    )
    return Run(folder, JudgedSet(name="s", cases=cases), tuple(records), results)


@pytest.fixture
def runs(tmp_path):
    def of(before, after, **signature):
        first = made(tmp_path / "a", [record(n, right) for n, right in enumerate(before)])
        second = [record(n, right) for n, right in enumerate(after)]
        return first, made(tmp_path / "b", second, **signature)

    return of


def test_a_run_is_the_same_as_itself(runs):
    found = compare(*runs([True, False] * 20, [True, False] * 20))
    assert found.passed
    assert found.flips == ()
    assert found.differs == ()
    assert {change.difference for change in found.changes} == {0.0}


def test_what_became_worse_stands_first_and_fails(runs):
    found = compare(*runs([True] * 40, [False] * 20 + [True] * 20, index="2-b"))
    assert found.differs == ("index",)
    assert found.changes[0].metric == "correct"
    assert found.changes[0].difference == -0.5
    assert found.changes[0].p_holm < 0.01
    assert not found.passed
    assert "correct became worse, 1 to 0.5" in found.failed[0]
    assert len(found.flips) == 20
    assert found.flips[0].id == "q0"
    assert found.flips[0].lost
    assert found.flips[0].faults == ("fact missing",)


def test_a_little_worse_is_no_regression_unless_a_gate_says_so(runs):
    first, second = runs([True] * 40, [False] + [True] * 39)
    assert compare(first, second).passed
    gates = Gates(lost=0)
    assert compare(first, second, gates).failed == (
        "cases that were right and are wrong now: 1, more than 0 (q0).",
    )
    drop = Gates(gate=(Threshold(metric="correct", max_drop=0.02),))
    assert "worse by more than 0.02" in compare(first, second, drop).failed[0]


def test_what_became_better_passes_and_is_told(runs):
    found = compare(*runs([False] * 40, [True] * 40))
    assert found.passed
    assert found.changes[-1].gain == 1.0
    assert not any(flip.lost for flip in found.flips)


def test_a_regression_may_be_let_pass(runs):
    first, second = runs([True] * 40, [False] * 40)
    assert compare(first, second, Gates(regressions=False)).passed


def test_seconds_are_told_and_never_fail_by_themselves(tmp_path):
    first = made(tmp_path, [record(n, True) for n in range(30)])
    second = made(tmp_path, [record(n, True, seconds=9.0) for n in range(30)])
    found = compare(first, second)
    slower = next(change for change in found.changes if change.metric == "seconds")
    assert slower.gain == pytest.approx(-8.9)
    assert slower.p_holm is None
    assert found.passed


def test_a_text_that_turned_wrong_fails_at_once(tmp_path):
    first = made(tmp_path, [record(n, True, outcome=None) for n in range(30)])
    second = made(tmp_path, [record(n, n > 0, outcome=None) for n in range(30)])
    found = compare(first, second)
    assert found.failed == ("texts that were right and are wrong now: 1, more than 0 (q0).",)
    assert compare(first, second, Gates(lost_texts=1)).passed


def test_harm_that_was_not_done_before_fails_at_once(tmp_path):
    def harmful(number):
        return record(number, False).model_copy(update={"faults": ("fact forbidden",)})

    first = made(tmp_path, [record(n, False) for n in range(30)])
    found = compare(first, made(tmp_path, [harmful(0), *(record(n, False) for n in range(1, 30))]))
    assert found.harmed == ("q0",)
    assert found.flips == ()
    assert "cases that newly show what was judged wrong or do harm: 1" in found.failed[0]
    assert compare(made(tmp_path, [harmful(0)]), made(tmp_path, [harmful(0)])).passed
    spoke = record(0, False).model_copy(update={"rows": {"refusal-recall": {"": (0.0, 1.0)}}})
    assert compare(first, made(tmp_path, [spoke])).harmed == ("q0",)


def test_only_common_cases_are_compared_and_the_rest_is_named(tmp_path):
    first = made(tmp_path, [record(1, True), record(2, True)])
    second = made(tmp_path, [record(2, True), record(3, False)])
    found = compare(first, second)
    assert (found.cases, found.only_first, found.only_second) == (1, ("q1",), ("q3",))
    with pytest.raises(InputError, match="no case in common"):
        compare(first, made(tmp_path, [record(9, True)]))


def test_cases_of_one_name_that_ask_something_else_are_not_compared(tmp_path):
    first = made(tmp_path, [record(1, True), record(2, True)])
    second = made(tmp_path, [record(1, False), record(2, True)])
    other = Case(id="q1", question="Of another set?")
    second = replace(second, judged=JudgedSet(name="t", cases=(other, second.judged.cases[1])))
    found = compare(first, second)
    assert (found.cases, found.rewritten, found.flips) == (1, ("q1",), ())
    second = replace(second, judged=JudgedSet(name="t", cases=(other,)), records=second.records[:1])
    with pytest.raises(InputError, match="no case in common"):
        compare(first, second)


@pytest.mark.parametrize(
    ("change", "is_harm"),
    [
        ({"rows": {"status": {"emergency": (0.0, 1.0)}}, "outcome": "abstained"}, True),
        ({"rows": {"status": {"answered": (0.0, 1.0)}}, "outcome": "abstained"}, False),
        ({"faults": ("finding missing",)}, True),
        ({"faults": ("status", "finding missing"), "outcome": "abstained"}, False),
        ({"faults": ("finding unexpected",)}, False),
    ],
)
def test_an_emergency_that_is_not_seen_and_an_answer_without_its_finding_are_harm(
    tmp_path, change, is_harm
):
    first = made(tmp_path, [record(n, False) for n in range(30)])
    worse = [record(0, False).model_copy(update=change), *first.records[1:]]
    found = compare(first, made(tmp_path, worse))
    assert found.harmed == (("q0",) if is_harm else ())
    assert found.passed is not is_harm


def test_repeats_decide_by_majority(tmp_path):
    def thrice(*rights):
        return [record(1, right, repeat=n) for n, right in enumerate(rights)]

    before = made(tmp_path, thrice(True, True, False))
    assert compare(before, made(tmp_path, thrice(True, False, True))).flips == ()
    assert compare(before, made(tmp_path, thrice(False, False, True))).flips[0].lost


def test_what_may_never_happen_fails_without_a_gate(tmp_path):
    first = made(tmp_path, [record(1, True)])
    second = made(tmp_path, [record(1, True, not_verbatim=1)])
    assert "may not happen" in compare(first, second).failed[0]


def test_a_gate_holds_a_figure_between_its_bounds(tmp_path):
    run = made(tmp_path, [record(n, n > 0, specialty="x") for n in range(4)])

    def lines(**gate):
        return list(failures(Gates(gate=(Threshold(**gate),)), run.results))

    assert lines(metric="correct", min=0.75, max=0.75) == []
    assert lines(metric="correct", min=0.8) == ["correct is 0.75, below 0.8."]
    assert lines(metric="correct", max=0.7) == ["correct is 0.75, above 0.7."]
    assert lines(metric="correct", group="specialty:x", min=0.8)[0].startswith("correct of spec")
    assert "undefined" in lines(metric="correct", group="specialty:y", min=0.1)[0]
    assert "undefined" in lines(metric="must-facts", min=0.1)[0]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("alpa = 0.1", ConfigError, "unknown gate setting 'alpa'. Did you mean 'alpha'"),
        ("[[gate]]\nmetric = 'correct'", ConfigError, "a gate needs min, max or max_drop"),
        ("[[gate]]\nmetric = 'corect'\nmin = 1", UnknownNameError, "Did you mean 'correct'"),
        ("[[gate]]\nmetric = 'correct'\nmini = 1", ConfigError, "gate.0.mini"),
        ("lost = -1", ConfigError, "lost"),
        ("x", ConfigError, "not TOML"),
        ("x = " + "[" * 5000, ConfigError, "not TOML"),
    ],
)
def test_a_gate_file_that_cannot_be_meant_is_refused(tmp_path, text, error, says):
    (tmp_path / "gates.toml").write_text(text)
    with pytest.raises(error) as caught:
        read_gates(tmp_path / "gates.toml")
    assert says in str(caught.value)


def test_a_gate_file_is_read(tmp_path):
    (tmp_path / "gates.toml").write_text(
        "alpha = 0.01\nlost = 2\n[[gate]]\nmetric = 'must-not-facts'\nmax = 0.0\n"
    )
    gates = read_gates(tmp_path / "gates.toml")
    assert (gates.alpha, gates.lost, gates.lost_texts) == (0.01, 2, 0)
    assert gates.gate[0].name == "must-not-facts"
