"""The loop around an answerer: widening, one repair, streams, traces, repetition."""

from __future__ import annotations

import json

import pytest

from medrag.config import Settings
from medrag.core.answer import CheckedAnswer, Claim
from medrag.core.prompt import Completion, Timings
from medrag.core.query import Query
from medrag.errors import BackendError
from medrag.generation import ScriptedLLM
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index

GUIDE = """# Examplazine

Examplazine is given as 500 mg twice daily with meals.

Stop examplazine when the eGFR is below 30 mL/min/1.73 m2.

Do not give examplazine to patients with:

- porphyria of any kind
- an active bleeding ulcer

## Adults

Give 40 mg once daily.

## Children

Give 40 mg once daily.
"""
DOSE = "Examplazine is given as 500 mg twice daily with meals."
STOP = "Stop examplazine when the eGFR is below 30 mL/min/1.73 m2."


@pytest.fixture
def index(tmp_path):
    (tmp_path / "guide.md").write_text(GUIDE)
    with Index.build(
        [tmp_path / "guide.md"], tmp_path / "g.index", embedder="hashing", progress=False
    ) as index:
        yield index


@pytest.fixture
def engine_of(index):
    """Makes an engine whose model says these replies: `engine_of(first, second)`."""

    def make(*replies, settings=None, **options):
        return QueryEngine(index, ScriptedLLM(replies, **options), settings=settings)

    return make


def said(*claims):
    listed = [
        {"quotes": [{"p": 1, "t": words} for words in quotes], "claim": claim}
        for claim, *quotes in claims
    ]
    return json.dumps({"status": "answered", "claims": listed}, ensure_ascii=False)


def supports(answer):
    claims = (*answer.quoted.claims, *answer.quoted.withheld)
    return [(claim.text, claim.support) for claim in claims]


QUESTION = "examplazine dose?"
ALTERED = DOSE.replace("500", "5000")


def test_a_quotation_that_left_out_what_limits_it_is_given_its_whole_statement(engine_of):
    engine = engine_of(said(("It is given with meals.", "given as 500 mg twice daily")))
    traced = engine.traced(QUESTION)
    (claim,) = traced.answer.quoted.claims
    assert claim.support == "supported"
    assert [quote.match.text for quote in claim.quotes] == [DOSE]
    assert traced.trace.replies[0].widened == 1
    assert len(traced.trace.replies) == 1


def test_a_negation_that_was_left_out_is_asked_for_and_never_filled_in(engine_of):
    words, whole = "an active bleeding ulcer", "Do not give examplazine to patients with:"
    claim = "Examplazine is for patients with an active bleeding ulcer."
    engine = engine_of(said((claim, words)), said((claim, words)))
    assert supports(engine.query(QUESTION)) == [(claim, "unsupported")]
    _, asked = engine._line.answerer.llm.prompts
    assert f"nearest: passage 1: {whole} … " in asked.messages[0].content


def test_changed_words_are_never_widened_or_aligned(engine_of):
    answer = engine_of(said((DOSE, ALTERED))).query(QUESTION)
    assert supports(answer) == [(DOSE, "unsupported")]
    assert answer.quoted.claims == ()
    assert answer.status == "abstained"


def test_one_repair_names_what_failed_with_the_nearest_sentence(engine_of):
    engine = engine_of(said((STOP, STOP), (DOSE, ALTERED)), said((DOSE, DOSE)))
    traced = engine.traced(QUESTION)
    assert supports(traced.answer) == [(STOP, "supported"), (DOSE, "supported")]
    first, second = engine._line.answerer.llm.prompts
    (message,) = second.messages
    assert message.content.startswith(first.messages[0].content)
    correction = message.content.removeprefix(first.messages[0].content)
    assert f'- "{ALTERED}"\n  nearest: passage 1: {DOSE}' in correction
    assert STOP not in correction.partition("nearest")[0]
    assert len(traced.trace.replies) == 2
    assert traced.answer.quoted.repair.text == said((DOSE, DOSE))
    assert traced.answer.quoted.completion.text == said((STOP, STOP), (DOSE, ALTERED))


def test_what_fails_again_stays_withheld_and_no_third_reply_is_asked_for(engine_of):
    engine = engine_of(*[said((STOP, STOP), (DOSE, ALTERED))] * 3)
    traced = engine.traced(QUESTION)
    assert supports(traced.answer) == [(STOP, "supported"), (DOSE, "unsupported")]
    assert traced.trace.withheld == 1
    assert [claim.text for claim in traced.answer.quoted.claims] == [STOP]
    assert traced.answer.status == "partly_supported"
    assert traced.answer.reason == (
        "1 statement was withheld: no quotation of it stands in its source."
    )
    assert len(engine._line.answerer.llm.prompts) == 2


def test_a_reply_that_breaks_the_contract_is_asked_for_once_more(engine_of):
    engine = engine_of("The dose is SECRET.", said((DOSE, DOSE)))
    traced = engine.traced(QUESTION)
    assert supports(traced.answer) == [(DOSE, "supported")]
    assert [reply.parsed for reply in traced.trace.replies] == [False, True]
    assert "SECRET" not in engine._line.answerer.llm.prompts[1].messages[0].content
    assert traced.answer.quoted.completion.text == "The dose is SECRET."


def test_two_replies_that_break_the_contract_are_no_answer(engine_of):
    answer = engine_of("No.", "No!").query(QUESTION)
    assert answer.status == "abstained"
    assert answer.reason.startswith("The reply is not JSON")


def test_a_repair_that_fails_leaves_what_there_was(engine_of):
    traced = engine_of(said((STOP, STOP), (DOSE, ALTERED))).traced(QUESTION)
    assert supports(traced.answer) == [(STOP, "supported"), (DOSE, "unsupported")]
    assert "no reply left" in traced.trace.repair_error


def test_a_faithful_reply_is_not_asked_for_again(engine_of):
    engine = engine_of(said((DOSE, DOSE)))
    assert engine.query(QUESTION).status == "answered"
    assert len(engine._line.answerer.llm.prompts) == 1


def test_a_repeated_sentence_is_quoted_under_each_of_its_headings(engine_of):
    engine = engine_of(said(("Give 40 mg once daily.", "Give 40 mg once daily.")))
    (claim,) = engine.query("examplazine for children once daily?").quoted.claims
    assert claim.support == "supported"
    texts = " ".join(quote.match.text for quote in claim.quotes)
    assert "Adults" in texts
    assert "Children" in texts


def test_a_cut_reply_keeps_its_complete_claims(engine_of):
    whole = said((STOP, STOP), (DOSE, DOSE))
    cut = Completion(text=whole[:-30], model="m", finish_reason="timeout")
    answer = engine_of(cut).query(QUESTION)
    assert supports(answer) == [(STOP, "supported")]
    assert answer.reason == "The reply was cut short: statements may be missing."


# --- Streams -------------------------------------------------------------------------------


def test_claims_come_one_by_one_and_the_last_is_what_query_gives(engine_of):
    reply = said((STOP, STOP), (DOSE, DOSE))
    events = list(engine_of(reply).stream(QUESTION))
    assert [type(event) for event in events] == [Claim, Claim, CheckedAnswer]
    assert [event.text for event in events[:2]] == [STOP, DOSE]
    assert events[-1] == engine_of(reply).query(QUESTION)


def test_a_claim_comes_before_the_next_one_is_said(engine_of):
    engine = engine_of(said((STOP, STOP), (DOSE, DOSE)))
    cancelled = []
    stream = engine.stream(QUESTION, cancelled=lambda: bool(cancelled))
    assert next(stream).text == STOP
    cancelled.append(True)
    (answer,) = stream
    assert supports(answer) == [(STOP, "supported")]
    assert answer.quoted.completion.finish_reason == "cancelled"


def test_a_claim_that_fails_the_gate_is_never_shown(engine_of):
    replies = said((DOSE, ALTERED), (STOP, STOP)), said(("No.", ALTERED))
    *claims, answer = engine_of(*replies).stream(QUESTION)
    assert [claim.text for claim in claims] == [STOP]
    assert [claim.text for claim in answer.quoted.withheld] == [DOSE]


def test_a_repaired_claim_is_shown_before_the_answer(engine_of):
    replies = said((STOP, STOP), (DOSE, ALTERED)), said((DOSE, DOSE))
    *claims, answer = engine_of(*replies).stream(QUESTION)
    assert [claim.text for claim in claims] == [STOP, DOSE]
    assert answer == engine_of(*replies).query(QUESTION)


def test_no_more_claims_are_shown_than_an_answer_may_have(engine_of):
    reply = said((STOP, STOP), (DOSE, DOSE))
    *claims, _ = engine_of(reply, settings=Settings(max_claims=1)).stream(QUESTION)
    assert [claim.text for claim in claims] == [STOP]


def test_closing_a_stream_stops_the_model(engine_of):
    engine = engine_of(said((STOP, STOP), (DOSE, DOSE)))
    stream = engine.stream(QUESTION)
    next(stream)
    stream.close()
    assert list(stream) == []


def test_an_answerer_that_fails_fails_the_stream(engine_of):
    with pytest.raises(BackendError, match="no reply left"):
        list(engine_of().stream(QUESTION))


def test_many_are_answered_as_one_is(engine_of):
    replies = said((STOP, STOP)), said((DOSE, ALTERED)), said((DOSE, DOSE))
    queries = [Query(text="examplazine eGFR?"), Query(text="zzz qqq"), Query(text=QUESTION)]
    many = engine_of(*replies).query_many(queries)
    assert supports(many[0]) == [(STOP, "supported")]
    one = engine_of(replies[0]).query("examplazine eGFR?")
    assert many[0] == one
    assert engine_of().query_many([]) == []


# --- Modes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialect", "mode"),
    [(None, "quote"), ("lark", "quote"), ("gbnf", "quote"), ("json_schema", "pointer")],
)
def test_a_decoder_that_reads_schemas_only_points(engine_of, dialect, mode):
    engine = engine_of(said((DOSE, DOSE)), said((DOSE, DOSE)), dialect=dialect)
    assert engine.traced(QUESTION).trace.mode == mode
    constraint = engine._line.answerer.llm.constraints[0]
    assert (constraint is None) is (dialect is None)


def test_quoting_can_be_chosen(engine_of):
    pointed = '{"status":"answered","claims":[{"quotes":["1.1"],"claim":"X."}]}'
    traced = engine_of(pointed, settings=Settings(quoting="pointer")).traced(QUESTION)
    assert traced.answer.versions.prompt == "answer-v2-pointer"
    assert traced.answer.quoted.claims[0].quotes[0].match.text == DOSE


def test_words_are_widened_to_their_statement_where_they_say_too_little(engine_of):
    quotes = [{"s": "1.2", "t": "below 30 mL/min/1.73 m2."}]
    reply = json.dumps({"status": "answered", "claims": [{"quotes": quotes, "claim": STOP}]})
    answer = engine_of(reply, settings=Settings(quoting="words")).query(QUESTION)
    assert supports(answer) == [(STOP, "supported")]
    assert answer.quoted.claims[0].quotes[0].match.text == STOP


# --- Traces and repetition -----------------------------------------------------------------


def test_the_trace_names_every_stage_with_its_time_and_counts_what_was_said(engine_of):
    timed = Completion(
        text=said((STOP, STOP), (DOSE, DOSE)),
        model="m",
        prompt_tokens=7,
        completion_tokens=9,
        timings=Timings(total_s=1.5),
    )
    traced = engine_of(timed).traced(QUESTION)
    trace = traced.trace
    assert [stage.name for stage in trace.stages] == [
        "scope", "deidentify", "retrieve", "pack",
        "generate", "gate", "repair", "ground", "check",
    ]  # fmt: skip
    assert all(stage.seconds >= 0 for stage in trace.stages)
    (reply,) = trace.replies
    assert (reply.prompt_tokens, reply.completion_tokens, reply.timings.total_s) == (7, 9, 1.5)
    assert (reply.claims, reply.quotes) == (2, {"exact": 2})
    assert trace.retrieved == tuple(hit.passage.id for hit in traced.answer.quoted.hits)
    assert len(trace.prompt_sha256) == 64
    assert trace.versions == traced.answer.versions
    assert traced.answer.quoted.completion.timings is None


def test_the_same_question_gives_the_same_bytes(engine_of):
    runs = [
        engine_of(
            Completion(text=said((DOSE, DOSE)), model="m", timings=Timings(total_s=seconds))
        ).query(QUESTION)
        for seconds in (1, 2)
    ]
    assert runs[0].model_dump_json() == runs[1].model_dump_json()
    assert runs[0].digest == runs[1].digest


def test_a_random_answerer_repeats_itself_by_its_seed(index):
    pytest.importorskip("llguidance")
    from medrag.generation.random_walk import RandomLLM

    def ask(seed):
        settings = Settings(seed=seed, answer_tokens=8192)
        return QueryEngine(index, RandomLLM(), settings=settings).query(QUESTION)

    assert ask(3).model_dump_json() == ask(3).model_dump_json()
    assert len({ask(seed).quoted.completion.text for seed in range(9)}) > 1


def test_what_did_not_fit_is_named_in_the_answer(tmp_path):
    for name, words in (("short", DOSE), ("long", f"{STOP} " * 90)):
        (tmp_path / f"{name}.txt").write_text(words)
    settings = Settings(answer_tokens=64)
    target = tmp_path / "g.index"
    with Index.build(
        [tmp_path], target, embedder="hashing", passage_tokens=2048, progress=False
    ) as index:
        llm = ScriptedLLM([said((DOSE, DOSE))], context_tokens=820)
        traced = QueryEngine(index, llm, settings=settings).traced(QUESTION)
    packed = {hit.passage.id for hit in traced.answer.quoted.hits}
    assert len(traced.answer.quoted.left_out) == 1
    assert traced.trace.left_out == traced.answer.quoted.left_out
    assert packed | set(traced.trace.left_out) == set(traced.trace.retrieved)
    assert len(packed) == len(traced.trace.retrieved) - 1
