"""A run over a set of questions: what is recorded, what is counted, and which gates it meets."""

from __future__ import annotations

import json

import pytest

from medrag.config import Settings
from medrag.core.answer import VerifiedQuote
from medrag.core.prompt import Completion, Timings
from medrag.core.span import Span
from medrag.errors import IndexStateError, InputError
from medrag.evaluation import Asking, Case, Expected, JudgedSet, Run, run, signature_of
from medrag.evaluation.asking import Task
from medrag.evaluation.record import Record, is_verbatim
from medrag.evaluation.summary import summarize
from medrag.generation import ScriptedLLM
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index

WORDS = "Examplazine is given as 40 mg once daily with meals."
GUIDE = f"# Examplazine\n\n{WORDS}\n\nStop examplazine when the eGFR is below 30.\n"


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


def asked(index, folder, judged, *replies, repeats=1, llm="scripted", seen=lambda _: None):
    model = ScriptedLLM(replies)
    settings = Settings(llm=llm)
    asking = Asking(
        index=folder / "unused",
        settings=settings,
        open_engine=lambda own: QueryEngine(index, model, settings=own),
        repeats=repeats,
    )
    signature = signature_of(judged, index="1-abc", settings=settings, repeats=repeats)
    return run(judged, asking, folder, signature=signature, seen=seen), model


def answered(index, folder, *replies, ids=None, seen=lambda _: None):
    cases = tuple(Case(id=i, question="examplazine dose?") for i in ids or ["a", "b", "c"])
    done, model = asked(index, folder, JudgedSet(name="s", cases=cases), *replies, seen=seen)
    return list(done.records), model


def gates(records):
    return [gate.found for gate in summarize(records).gates]


def test_each_question_is_recorded_in_the_order_of_the_set(index, tmp_path):
    records, _ = answered(index, tmp_path / "run", *[said(reply())] * 3)
    assert [record.id for record in records] == ["a", "b", "c"]
    assert {record.status for record in records} == {"answered"}
    assert records[0].claims == {"supported": 1}
    assert records[0].quotes == {"exact": 1}
    assert gates(records) == [(), (), (), (), ()]
    assert summarize(records).passed


def test_records_hold_no_words_and_answers_hold_all_of_them(index, tmp_path):
    answered(index, tmp_path / "run", *[said(reply())] * 3)
    assert "examplazine" not in (tmp_path / "run" / "records.jsonl").read_text().casefold()
    answers = (tmp_path / "run" / "answers.jsonl").read_text().splitlines()
    first = json.loads(answers[0])
    assert first["id"] == "a"
    assert first["answer"]["quoted"]["claims"][0]["quotes"][0]["match"]["text"] == WORDS
    assert first["trace"]["replies"][0]["parsed"]


def test_a_stopped_run_goes_on_and_asks_nothing_twice(index, tmp_path):
    class StopError(Exception):
        pass

    def stop_at_b(record):
        if record.id == "b":
            raise StopError

    with pytest.raises(StopError):
        answered(index, tmp_path / "run", *[said(reply())] * 3, seen=stop_at_b)
    seen = []
    records, llm = answered(index, tmp_path / "run", said(reply()), seen=seen.append)
    assert len(llm.prompts) == 1
    assert [record.id for record in seen] == ["c"]
    assert len(records) == 3


def test_an_answer_that_was_cut_short_is_asked_again(index, tmp_path):
    answered(index, tmp_path / "run", *[said(reply())] * 3)
    file = tmp_path / "run" / "answers.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    records, llm = answered(index, tmp_path / "run", said(reply()))
    assert len(llm.prompts) == 1
    assert [record.status for record in records] == ["answered"] * 3
    _, again = answered(index, tmp_path / "run")
    assert not again.prompts


def test_what_failed_is_a_record_a_failed_gate_and_asked_again(index, tmp_path):
    records, _ = answered(index, tmp_path / "run", said(reply()))
    assert records[1].error.startswith("BackendError: The script has no reply left")
    assert gates(records)[4] == ("b", "c")
    assert not summarize(records).passed
    records, llm = answered(index, tmp_path / "run", *[said(reply())] * 2)
    assert len(llm.prompts) == 2
    assert summarize(records).passed


def test_a_folder_with_another_run_is_refused(index, tmp_path):
    judged = JudgedSet(name="s", cases=(Case(id="a", question="x"),))
    asked(index, tmp_path / "run", judged, said(reply()))
    with pytest.raises(InputError, match="another llm, settings"):
        asked(index, tmp_path / "run", judged, llm="other")


def test_ids_that_repeat_are_refused(index, tmp_path):
    with pytest.raises(ValueError, match="'a' stands twice"):
        answered(index, tmp_path / "run", ids=["a", "a"])


def test_a_folder_that_cannot_be_written_is_named(index, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="can be written"):
        answered(index, tmp_path / "file" / "run")


def test_a_constrained_reply_that_does_not_parse_fails_its_gate(index, tmp_path):
    broken = said('{"status":')
    records, _ = answered(index, tmp_path / "run", *[broken] * 2, ids=["a"])
    assert gates(records)[2] == ("a",)


def test_a_free_reply_and_a_cut_one_may_break_the_contract(index, tmp_path):
    free = said("words", constrained=False, dialect=None)
    cut = said('{"status":', finish_reason="length")
    records, _ = answered(index, tmp_path / "run", free, free, cut, cut, ids=["a", "b"])
    assert gates(records)[2] == ()
    summary = summarize(records)
    assert (summary.unparsed, summary.cut, summary.repairs) == (4, 2, 2)


def test_an_altered_quotation_under_a_constraint_fails_its_gate(index, tmp_path):
    altered = said(reply(quote=WORDS.replace("40", "400")))
    records, _ = answered(index, tmp_path / "run", *[altered] * 2, ids=["a"])
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
    records, _ = answered(
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


def test_a_claim_that_is_shown_without_support_fails_its_gate():
    records = [Record(id="a", status="answered", unsupported=1), Record(id="b")]
    assert gates(records)[1] == ("a",)


def judged_set(**expected):
    case = Case(id="a", question="examplazine dose?", expect=Expected(**expected))
    return JudgedSet(name="s", cases=(case, Case(id="b", question="examplazine dose?")))


def test_a_run_is_loaded_as_it_was_made(index, tmp_path):
    judged = judged_set(status="answered", quotations=(WORDS,), must="40 mg once daily")
    done, _ = asked(index, tmp_path / "run", judged, *[said(reply())] * 2)
    loaded = Run.load(tmp_path / "run")
    assert loaded.records == done.records
    assert loaded.results == done.results
    assert loaded.judged == judged
    assert [line.id for line in loaded.answers()] == ["a", "b"]
    assert {file.name for file in (tmp_path / "run").iterdir()} == {
        "answers.jsonl",
        "records.jsonl",
        "results.json",
        "run.json",
        "set.jsonl",
    }
    assert loaded.records[0].right
    assert loaded.records[1].right is None
    assert loaded.results.figure("correct").n == 1
    assert loaded.results.figure("must-facts").value == 1.0
    assert loaded.results.signature.models == ("scripted",)


def test_a_judgement_that_changed_is_measured_on_the_answers_that_are_there(index, tmp_path):
    asked(index, tmp_path / "run", judged_set(must="40 mg"), *[said(reply())] * 2)
    done, model = asked(index, tmp_path / "run", judged_set(must="80 mg"))
    assert not model.prompts
    assert done.records[0].faults == ("fact missing",)
    assert done.results.figure("must-facts").value == 0.0


def test_repeats_are_asked_with_seeds_of_their_own_and_counted_as_one_question(index, tmp_path):
    judged = judged_set(must="40 mg")
    wrong = said('{"status":"insufficient","claims":[],"missing":"x"}')
    done, _ = asked(
        index, tmp_path / "run", judged, said(reply()), wrong, said(reply()), wrong, repeats=2
    )
    assert [(record.id, record.repeat) for record in done.records] == [
        ("a", 0), ("a", 1), ("b", 0), ("b", 1),
    ]  # fmt: skip
    figure = done.results.figure("must-facts")
    assert (figure.value, figure.n, figure.low) == (0.5, 1, None)
    assert len({record.versions.settings for record in done.records}) == 2


def test_the_model_is_opened_once_whatever_the_repeats(index, tmp_path):
    opened = []

    def open_engine(settings):
        opened.append(settings.seed)
        return QueryEngine(index, ScriptedLLM([said(reply())] * 6), settings=settings)

    asking = Asking(index=tmp_path, settings=Settings(seed=5), open_engine=open_engine, repeats=3)
    case = Case(id="a", question="examplazine dose?")
    answers = [each.line.answer for each in asking.ask([Task(case, n, None) for n in range(3)])]
    assert opened == [5]
    assert len({answer.versions.settings for answer in answers}) == 3


def test_a_text_is_checked_and_nobody_is_asked(index, tmp_path):
    case = Case(
        id="t",
        text="Give examplazine 80 mg daily.",
        quotes=("Give examplazine 40 mg daily.",),
        expect=Expected(findings="unsupported-number"),
    )
    done, model = asked(index, tmp_path / "run", JudgedSet(name="s", cases=(case,)))
    assert not model.prompts
    assert done.records[0].right
    assert done.records[0].outcome is None
    assert done.results.figure("checker-sensitivity").value == 1.0
    assert done.results.summary.passed


def test_figures_are_told_by_specialty_kind_and_tag(index, tmp_path):
    def case(name, **fields):
        return Case(id=name, question="dose?", expect=Expected(must="40 mg"), **fields)

    cases = (case("a", specialty="x", kind="label"), case("b", specialty="y", tags=("trap",)))
    silent = said('{"status":"insufficient","claims":[],"missing":"x"}')
    done, _ = asked(
        index, tmp_path / "run", JudgedSet(name="s", cases=cases), said(reply()), silent
    )
    groups = {f.group: f.value for f in done.results.figures if f.metric == "must-facts"}
    assert groups == {
        "": 0.5, "specialty:x": 1.0, "kind:label": 1.0, "specialty:y": 0.0, "tag:trap": 0.0,
    }  # fmt: skip


def test_a_folder_without_a_run_that_is_done_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no results\.json"):
        Run.load(tmp_path)
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(InputError, match="Run again with the same arguments"):
        Run.load(tmp_path)


def test_a_question_out_of_scope_is_refused_not_silent(index, tmp_path):
    case = Case(
        id="a", question="Write me a poem about the sea.", expect=Expected(status="refused")
    )
    done, _ = asked(index, tmp_path / "run", JudgedSet(name="s", cases=(case,)))
    assert done.records[0].outcome == "refused"
    assert done.records[0].status == "abstained"
    assert done.records[0].right


def test_processes_that_cannot_begin_are_told_and_nothing_waits_for_them(tmp_path):
    cases = tuple(Case(id=str(n), question="x" * 1000) for n in range(300))
    asking = Asking(index=tmp_path / "none", settings=Settings(), jobs=2)
    tasks = [Task(case, 0, None) for case in cases]
    with pytest.raises(IndexStateError, match="no index"):
        list(asking.ask(tasks))


@pytest.fixture
def tiny_reader(tmp_path):
    """A cross-encoder of random weights: what it says means nothing, that it is asked does."""
    transformers = pytest.importorskip("transformers")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "give", "examplazine", "40", "mg"]
    labels = ["contradiction", "entailment", "neutral"]
    folder = tmp_path / "reader"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=64,
        id2label=dict(enumerate(labels)), label2id={v: k for k, v in enumerate(labels)},
    )  # fmt: skip
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_a_second_reader_adds_its_metrics_beside_the_others(index, tmp_path, tiny_reader):
    asking = Asking(
        index=tmp_path,
        settings=Settings(),
        open_engine=lambda own: QueryEngine(index, ScriptedLLM([said(reply())]), settings=own),
        nli=str(tiny_reader),
    )
    (done,) = asking.ask([Task(Case(id="a", question="examplazine dose?"), 0, None)])
    assert done.record.rows["citation-recall"] == {"": (1.0, 1.0)}
    assert done.record.rows["citation-recall-nli"][""][1] == 1.0
    assert "citation-precision-nli" in done.record.rows
