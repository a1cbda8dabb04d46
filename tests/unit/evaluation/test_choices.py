"""Multiple-choice sets: asked with passages and without, measured, and told in the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag import Index, QueryEngine
from medrag.config import Settings
from medrag.core.prompt import Completion
from medrag.evaluation import Asking, Case, Expected, JudgedSet, Run, run, signature_of
from medrag.evaluation.reports import report, side_by_side
from medrag.generation import ScriptedLLM

FOUR = {"A": "10 mg", "B": "20 mg", "C": "40 mg", "D": "80 mg"}
TEXT = """+++
title = "Guide"
key = "guide"
+++

# Guide

Give examplazine 40 mg once daily. Call Mrs. Jane Miller.
"""


def case(name: str, right: str = "C", question: str = "How much examplazine?") -> Case:
    return Case(id=name, question=question, choices=FOUR, expect=Expected(choice=right))


JUDGED = JudgedSet(name="options", cases=(case("right"), case("wrong"), case("unread")))
REPLIES = [
    Completion(text='{"choice":"C"}', model="tiny", prompt_tokens=90, completion_tokens=10),
    "The answer is A.",
    "Hard to say.",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("choices")
    (folder / "guide.md").write_text(TEXT, encoding="utf-8")
    with Index.build([folder], folder / "x.index", progress=False) as built:
        yield built


def asked(
    index, folder: Path, llm: ScriptedLLM, *, closed_book: bool = False, judged=JUDGED
) -> Run:
    settings = Settings(llm="scripted")
    asking = Asking(
        index=folder,
        settings=settings,
        open_engine=lambda _: QueryEngine(index, llm=llm),
        closed_book=closed_book,
    )
    signature = signature_of(
        judged, index=index.generation, settings=settings, closed_book=closed_book
    )
    return run(judged, asking, folder, signature=signature)


def test_accuracy_counts_what_cannot_be_read_as_wrong(index, tmp_path):
    done = asked(index, tmp_path / "run", ScriptedLLM(REPLIES))
    assert done.results.figure("choice-accuracy").value == pytest.approx(1 / 3)
    assert done.results.figure("choice-accuracy").n == 3
    assert done.results.figure("choice-named").value == pytest.approx(2 / 3)
    assert done.results.figure("correct").value == pytest.approx(1 / 3)
    assert [record.right for record in done.records] == [True, False, False]
    assert [record.faults for record in done.records] == [(), ("choice",), ("choice",)]
    assert done.records[0].replies[0].prompt_tokens == 90
    assert done.results.figure("tokens").n == 3
    assert done.results.summary.passed


def test_passages_are_shown_for_the_question_alone_and_not_in_closed_book(index, tmp_path):
    opened, closed = ScriptedLLM(REPLIES), ScriptedLLM(REPLIES)
    with_passages = asked(index, tmp_path / "open", opened)
    without = asked(index, tmp_path / "closed", closed, closed_book=True)
    assert "Give examplazine 40 mg once daily." in opened.prompts[0].messages[0].content
    assert closed.prompts[0].hits == ()
    assert with_passages.records[0].retrieved == 1
    assert without.records[0].retrieved == 0
    assert without.results.signature.answerer == "scripted, closed book"
    page = side_by_side([with_passages, without])
    assert "scripted, closed book" in page
    assert "right options chosen" in page


def test_a_decoder_that_reads_grammars_is_held_to_the_keys(index, tmp_path):
    llm = ScriptedLLM(REPLIES, dialect="gbnf")
    asked(index, tmp_path / "run", llm)
    assert all('"A" | "B" | "C" | "D"' in one.gbnf() for one in llm.constraints)


def test_a_question_loses_its_identifiers_before_anything_sees_it(index, tmp_path):
    llm = ScriptedLLM(REPLIES)
    judged = JudgedSet(
        name="named", cases=(case("a", question="How much for Mrs. Jane Miller, MRN 4451234?"),)
    )
    asked(index, tmp_path / "run", llm, judged=judged)
    question = llm.prompts[0].messages[0].content.partition("\nQuestion\n")[2]
    assert "Miller" not in question
    assert "4451234" not in question


def test_the_extractive_answerer_says_that_it_cannot_choose(index, tmp_path):
    settings = Settings()
    asking = Asking(index=tmp_path, settings=settings, open_engine=lambda _: QueryEngine(index))
    signature = signature_of(JUDGED, index=index.generation, settings=settings)
    done = run(JUDGED, asking, tmp_path / "run", signature=signature)
    assert "cannot choose" in done.records[0].error
    assert not done.results.summary.passed


def test_the_report_shows_options_the_right_one_and_what_was_said(index, tmp_path):
    page = report(asked(index, tmp_path / "run", ScriptedLLM(REPLIES)))
    assert "C. 40 mg" in page
    assert "It chose A, having read 1 passages." in page
    assert "Hard to say." in page
    assert "It chose no single option" in page


def test_a_run_goes_on_and_is_measured_anew_without_asking_again(index, tmp_path):
    folder = tmp_path / "run"
    first = asked(index, folder, ScriptedLLM(REPLIES))
    again = asked(index, folder, ScriptedLLM([]))
    assert again.records == first.records
    corrected = JudgedSet(name="options", cases=(case("right"), case("wrong", "A"), case("unread")))
    judged_anew = asked(index, folder, ScriptedLLM([]), judged=corrected)
    assert judged_anew.results.figure("choice-accuracy").value == pytest.approx(2 / 3)
