"""A run over a set of questions: what is recorded, what is counted, and which gates it meets."""

from __future__ import annotations

import json

import pytest

from medrag.core.answer import VerifiedQuote
from medrag.core.prompt import Completion, Timings
from medrag.core.span import Span
from medrag.errors import InputError
from medrag.evaluation import Case, Judgement, Record, evaluate, markdown, summarize
from medrag.evaluation.judged import judge_answer
from medrag.evaluation.record import is_verbatim
from medrag.generation import ScriptedLLM
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index

WORDS = "Examplazine is given as 40 mg once daily with meals."
GUIDE = f"# Examplazine\n\n{WORDS}\n\nStop examplazine when the eGFR is below 30.\n"
IDENTITY = {"set": "s", "llm": "scripted"}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guides")
    (folder / "guide.md").write_text(GUIDE)
    with Index.build([folder], folder / "i", embedder="hashing", progress=False) as built:
        yield built


def reply(quote=WORDS, claim=WORDS):
    claims = [{"quotes": [{"p": 1, "t": quote}], "claim": claim}]
    return json.dumps({"status": "answered", "claims": claims})


def said(text, **fields):
    facts = {"model": "scripted", "constrained": True, "dialect": "lark"} | fields
    return Completion(text=text, **facts)


def run(index, folder, *replies, ids=None, seen=lambda _: None):
    llm = ScriptedLLM(replies)
    cases = [Case(id=i, question="examplazine dose?") for i in ids or ["a", "b", "c"]]
    records = evaluate(cases, QueryEngine(index, llm), folder, identity=IDENTITY, seen=seen)
    return records, llm


def gates(records):
    return [gate.found for gate in summarize(records).gates]


def test_each_question_is_recorded_in_the_order_of_the_set(index, tmp_path):
    records, _ = run(index, tmp_path / "run", *[said(reply())] * 3)
    assert [record.id for record in records] == ["a", "b", "c"]
    assert {record.status for record in records} == {"answered"}
    assert records[0].claims == {"supported": 1}
    assert records[0].quotes == {"exact": 1}
    assert gates(records) == [(), (), (), (), ()]
    assert summarize(records).passed


def test_records_hold_no_words_and_answers_hold_all_of_them(index, tmp_path):
    run(index, tmp_path / "run", *[said(reply())] * 3)
    assert "examplazine" not in (tmp_path / "run" / "records.jsonl").read_text().casefold()
    answers = (tmp_path / "run" / "answers.jsonl").read_text().splitlines()
    first = json.loads(answers[0])
    assert first["id"] == "a"
    assert first["answer"]["quoted"]["claims"][0]["quotes"][0]["match"]["text"] == WORDS
    assert first["trace"]["replies"][0]["parsed"]


def test_a_stopped_run_goes_on_and_asks_nothing_twice(index, tmp_path):
    run(index, tmp_path / "run", *[said(reply())] * 2, ids=["a", "b"])
    seen = []
    records, llm = run(index, tmp_path / "run", said(reply()), seen=seen.append)
    assert len(llm.prompts) == 1
    assert [record.id for record in seen] == ["c"]
    assert len(records) == 3


def test_a_record_that_was_cut_short_is_asked_again(index, tmp_path):
    run(index, tmp_path / "run", *[said(reply())] * 3)
    file = tmp_path / "run" / "records.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    records, llm = run(index, tmp_path / "run", said(reply()))
    assert len(llm.prompts) == 1
    assert [record.status for record in records] == ["answered"] * 3
    _, again = run(index, tmp_path / "run")
    assert not again.prompts


def test_what_failed_is_a_record_a_failed_gate_and_asked_again(index, tmp_path):
    records, _ = run(index, tmp_path / "run", said(reply()))
    assert records[1].error.startswith("BackendError: The script has no reply left")
    assert gates(records)[4] == ("b", "c")
    assert not summarize(records).passed
    records, llm = run(index, tmp_path / "run", *[said(reply())] * 2)
    assert len(llm.prompts) == 2
    assert summarize(records).passed


def test_a_folder_with_another_run_is_refused(index, tmp_path):
    run(index, tmp_path / "run", *[said(reply())] * 3)
    with pytest.raises(InputError, match="another llm"):
        evaluate(
            [Case(id="a", question="?")],
            QueryEngine(index, ScriptedLLM([])),
            tmp_path / "run",
            identity={**IDENTITY, "llm": "other"},
        )


def test_ids_that_repeat_are_refused(index, tmp_path):
    with pytest.raises(InputError, match="'a' stands twice"):
        run(index, tmp_path / "run", ids=["a", "a"])


def test_a_folder_that_cannot_be_written_is_named(index, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="can be written"):
        run(index, tmp_path / "file" / "run")


def test_a_constrained_reply_that_does_not_parse_fails_its_gate(index, tmp_path):
    broken = said('{"status":')
    records, _ = run(index, tmp_path / "run", *[broken] * 2, ids=["a"])
    assert gates(records)[2] == ("a",)


def test_a_free_reply_and_a_cut_one_may_break_the_contract(index, tmp_path):
    free = said("words", constrained=False, dialect=None)
    cut = said('{"status":', finish_reason="length")
    records, _ = run(index, tmp_path / "run", free, free, cut, cut, ids=["a", "b"])
    assert gates(records)[2] == ()
    summary = summarize(records)
    assert (summary.unparsed, summary.cut, summary.repairs) == (4, 2, 2)


def test_an_altered_quotation_under_a_constraint_fails_its_gate(index, tmp_path):
    altered = said(reply(quote=WORDS.replace("40", "400")))
    records, _ = run(index, tmp_path / "run", *[altered] * 2, ids=["a"])
    assert gates(records)[3] == ("a",)
    assert gates(records)[:2] == [(), ()], "it was not shown"


def test_a_verified_quotation_with_other_words_than_its_passage_is_found(index, tmp_path):
    answer = QueryEngine(index, ScriptedLLM([said(reply())])).query("examplazine dose?")
    quote = answer.quoted.claims[0].quotes[0]
    assert is_verbatim(quote, answer)

    def changed(**fields) -> VerifiedQuote:
        return quote.model_copy(update={"match": quote.match.model_copy(update=fields)})

    span = quote.match.span
    assert not is_verbatim(changed(text=WORDS.replace("40", "400")), answer)
    assert not is_verbatim(changed(span=Span(start=span.start + 1, end=span.end + 1)), answer)
    assert not is_verbatim(changed(span=None), answer)
    assert not is_verbatim(changed(text=""), answer)
    assert is_verbatim(changed(status="altered", text="anything"), answer), "never shown"
    unknown = quote.model_copy(
        update={"quote": quote.quote.model_copy(update={"passage_id": "none"})}
    )
    assert not is_verbatim(unknown, answer)


def test_tokens_shares_and_rates_are_those_of_the_replies_that_count(index, tmp_path):
    timings = Timings(total_s=2.0, model_steps=30, forced_tokens=60)
    counted = {"prompt_tokens": 900, "completion_tokens": 80, "thinking_tokens": 20}
    records, _ = run(
        index,
        tmp_path / "run",
        said(reply(), timings=timings, **counted),
        said(reply()),
        ids=["a", "b"],
    )
    summary = summarize(records)
    assert (summary.prompt_tokens, summary.completion_tokens) == (900, 80)
    assert summary.thinking_tokens == 20
    assert summary.forced_share == 0.6
    assert summary.steps_per_token == 0.3
    assert summary.tokens_per_second == 50.0


def test_an_empty_run_is_summarized():
    summary = summarize([])
    assert summary.questions == 0
    assert summary.seconds_median is None
    assert summary.passed


def test_the_report_stands_alone_and_names_what_failed():
    records = [
        Record(id="a", status="answered", quotes={"exact": 2}, claims={"supported": 1}),
        Record(id="b|<script>", error="BackendError: no reply"),
    ]
    page = markdown(summarize(records), records, facts={"model": "x"}, notice="Terms of the model.")
    assert page.startswith("# Generation: FAILED")
    assert "FAILED: b\\|&lt;script>" in page
    assert "<script" not in page
    assert "Terms of the model." in page
    assert "not a medical device" in page


def test_a_claim_that_is_shown_without_support_fails_its_gate():
    records = [Record(id="a", status="answered", unsupported=1), Record(id="b")]
    assert gates(records)[1] == ("a",)


def test_an_answer_is_held_to_what_was_judged_of_its_question(index):
    answer = QueryEngine(index, ScriptedLLM([said(reply())])).query("examplazine dose?")
    silent = QueryEngine(
        index, ScriptedLLM(['{"status":"insufficient","claims":[],"missing":"x"}'])
    ).query("examplazine dose?")

    def verdict(given, status, **fields):
        one = judge_answer(given, Judgement(id="a", status=status, **fields))
        return one.status, one.answer, one.wrong

    assert verdict(answer, "answered", answers=(WORDS,)) == (True, True, False)
    assert verdict(answer, "answered", answers=("Other.",)) == (True, False, False)
    assert verdict(answer, "answered", wrong=(WORDS.replace(" ", "  "),)) == (True, False, True)
    assert verdict(answer, "abstained") == (False, None, False)
    assert verdict(silent, "abstained") == (True, None, False)
    assert verdict(silent, "answered", answers=(WORDS,)) == (False, False, False)


def test_judged_answers_are_counted_in_summary_and_report(index, tmp_path):
    cases = [
        Case(
            id="a",
            question="examplazine dose?",
            judgement=Judgement(id="a", status="answered", answers=(WORDS,)),
        ),
        Case(id="b", question="examplazine dose?"),
    ]
    engine = QueryEngine(index, ScriptedLLM([said(reply())] * 2))
    records = evaluate(cases, engine, tmp_path / "run", identity=IDENTITY)
    summary = summarize(records)
    assert (summary.judged, summary.judged_status) == (1, 1)
    assert (summary.answerable, summary.judged_answer, summary.judged_wrong) == (1, 1, 0)
    assert "1 of 1" in markdown(summary, records, facts={})
