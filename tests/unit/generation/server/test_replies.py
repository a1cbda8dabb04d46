"""What a server's replies become, whole and streamed."""

from __future__ import annotations

import json
import logging
import threading
import time

import pytest

from fake_chat_server import ANSWER, DONE, JSON, Answer, event, refusal, said, streamed
from medrag.core.prompt import Completion, Decoding
from medrag.core.protocols import LLM
from medrag.errors import BackendError, InputError
from medrag.generation import open_llm, parse
from medrag.generation.grammar import AnswerGrammar

THOUGHT = "<unused94>thought\nThe dose {40} is there.<unused95>"


def pieces_of(llm, prompt, **keywords):
    *pieces, last = llm.stream(prompt, **keywords)
    assert isinstance(last, Completion)
    assert "".join(pieces) == last.text
    return pieces, last


def test_it_is_an_answerer(llm):
    assert isinstance(llm, LLM)


def test_a_reply_parses_and_names_its_model_and_tokens(llm, prompt):
    completion = llm.complete(prompt)
    assert (completion.text, completion.finish_reason) == (ANSWER, "stop")
    assert completion.model == llm.name == "fake-1 (server)"
    assert (completion.prompt_tokens, completion.completion_tokens) == (700, 9)
    assert completion.timings.first_token_s <= completion.timings.total_s
    assert parse(completion, prompt).missing == "the dose"


def test_a_stream_is_the_reply_in_pieces(llm, fake, prompt):
    fake.script = [Answer(steps=streamed(ANSWER, size=9))]
    pieces, last = pieces_of(llm, prompt)
    assert len(pieces) > 3
    assert last.model_copy(update={"timings": None}) == llm.complete(prompt).model_copy(
        update={"timings": None, "completion_tokens": last.completion_tokens}
    )


def test_pieces_come_as_the_server_says_them(llm, fake, prompt):
    first, *rest = streamed(ANSWER, size=20)
    fake.script = [Answer(steps=[first, rest[0], 4.0, *rest[1:]])]
    began = time.perf_counter()
    stream = llm.stream(prompt)
    next(stream)
    assert time.perf_counter() - began < 3
    stream.close()


def test_a_reply_cut_into_single_bytes_is_the_same(llm, fake, prompt):
    text = ANSWER.replace("dose", "剂量 💊 ≥5\u2028mg")
    raw = b"".join(streamed(text, size=1))
    fake.script = [Answer(steps=[raw[at : at + 1] for at in range(len(raw))])]
    assert llm.complete(prompt).text == text


def test_a_server_that_does_not_stream_is_read_whole(llm, fake, prompt):
    choice = {"index": 0, "message": {"content": ANSWER}, "finish_reason": "stop"}
    body = json.dumps({"choices": [choice], "usage": {"prompt_tokens": 7}})
    fake.script = [refusal(200, body)]
    completion = llm.complete(prompt)
    assert (completion.text, completion.prompt_tokens) == (ANSWER, 7)


def test_what_is_asked_for_is_sent(llm, fake, prompt):
    llm.complete(prompt, decoding=Decoding(max_tokens=99, temperature=0.5, seed=7))
    (asked,) = fake.asked
    assert asked["messages"] == [m.model_dump() for m in prompt.messages]
    assert asked["stream_options"] == {"include_usage": True}
    assert {k: asked[k] for k in ("model", "max_tokens", "temperature", "seed", "stream")} == {
        "model": "fake-1",
        "max_tokens": 99,
        "temperature": 0.5,
        "seed": 7,
        "stream": True,
    }


def test_a_reply_that_is_cut_for_length_says_so(llm, fake, prompt):
    fake.end = "length"
    assert llm.complete(prompt).finish_reason == "length"


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("lead", ["", "\n "])
def test_thinking_is_kept_apart_and_never_handed_out(llm, fake, prompt, size, lead):
    fake.script = [Answer(steps=streamed(f"{lead}{THOUGHT}\n{ANSWER}", size=size))]
    pieces, last = pieces_of(llm, prompt)
    assert "".join(pieces) == ANSWER
    assert last.thinking == "The dose {40} is there."


def test_thinking_without_an_end_is_no_answer(llm, fake, prompt):
    fake.script = [Answer(steps=streamed(THOUGHT[:-10], size=4, end="length"))]
    pieces, last = pieces_of(llm, prompt)
    assert (pieces, last.text, last.finish_reason) == ([], "", "length")
    assert last.thinking.startswith("The dose {40}")


def test_thinking_that_began_in_the_prompt_is_kept_apart(llm, fake, prompt):
    fake.script = [Answer(steps=streamed(f"hm, 40 mg<unused95>{ANSWER}", size=3))]
    _, last = pieces_of(llm, prompt)
    assert (last.thinking, last.text) == ("hm, 40 mg", ANSWER)


def test_thinking_that_the_server_tells_apart_is_counted_apart(llm, fake, prompt):
    thought = said({"choices": [{"delta": {"reasoning_content": "hm"}}]})
    details = {"completion_tokens_details": {"reasoning_tokens": 4}}
    usage = said({"choices": [], "usage": {"completion_tokens": 9, **details}})
    fake.script = [Answer(steps=[thought, event(ANSWER), event(end="stop"), usage, DONE])]
    last = llm.complete(prompt)
    assert (last.thinking, last.text) == ("hm", ANSWER)
    assert (last.thinking_tokens, last.completion_tokens) == (4, 5)


def test_the_time_of_thinking_is_told_apart(llm, fake, prompt):
    pieces = [event("<unused94>thought"), 0.3, event("\nhm<unused95>"), event(ANSWER), 0.2]
    fake.script = [Answer(steps=[*pieces, event(end="stop"), DONE])]
    timings = llm.complete(prompt).timings
    assert timings.thinking_s > 0.25
    assert timings.total_s > timings.first_token_s + timings.thinking_s + 0.15
    assert llm.complete(prompt).timings.thinking_s is None


def test_tokens_of_the_answer_are_not_claimed_where_those_of_thinking_are_unknown(
    llm, fake, prompt
):
    fake.script = [Answer(steps=streamed(THOUGHT + ANSWER))]
    assert llm.complete(prompt).completion_tokens is None


def test_a_model_that_may_think_is_told_and_given_room(llm, fake, prompt):
    fake.obeys = {"grammar"}
    decoding = Decoding(max_tokens=100, think_tokens=50)
    llm.complete(prompt, constraint=AnswerGrammar.of(prompt), decoding=decoding)
    asked = fake.asked[-1]
    assert asked["max_tokens"] == 150
    assert "think silently" in asked["messages"][-1]["content"]
    assert "unused94" in asked["grammar"]


def test_a_schema_leaves_no_room_to_think(llm, fake, prompt):
    fake.obeys = {"response_format.json_schema"}
    decoding = Decoding(max_tokens=100, think_tokens=50)
    llm.complete(prompt, constraint=AnswerGrammar.of(prompt), decoding=decoding)
    assert fake.asked[-1]["max_tokens"] == 100
    assert "think silently" not in fake.asked[-1]["messages"][-1]["content"]


def test_a_prompt_that_does_not_fit_is_not_sent(open_at, fake, prompt):
    llm = open_at(fake.url, context_tokens=200)
    with pytest.raises(InputError, match="context holds 200"):
        llm.complete(prompt)
    assert not fake.asked


def test_a_prompt_that_the_server_cut_is_noted(llm, fake, prompt):
    usage = said({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 9}})
    fake.script = [Answer(steps=[event(ANSWER), event(end="stop"), usage, DONE])]
    assert "read 12 tokens of a longer prompt" in llm.complete(prompt).note


def test_many_prompts_are_answered_in_order_and_at_once(open_at, fake, prompt_of):
    def echo(body):
        number = body["messages"][-1]["content"].split("Number ")[1].split("?")[0]
        time.sleep(0.3)
        return Answer(steps=streamed(f'{{"n":{number}}}'))

    prompts = [prompt_of(f"Number {n}?", "Give examplazine 40 mg.") for n in range(8)]
    fake.script = [echo] * 8
    began = time.perf_counter()
    replies = open_at(fake.url, at_once=4).complete_many(prompts)
    assert [reply.text for reply in replies] == [f'{{"n":{n}}}' for n in range(8)]
    assert 0.6 <= time.perf_counter() - began < 2.4  # two rounds of four, not eight


def test_one_failure_of_many_gives_the_others_up(open_at, fake, prompt):
    slow = Answer(steps=[event("{"), *([0.2, event("x")] * 40), event(end="stop"), DONE])
    fake.script = [slow, refusal(409), slow]
    llm = open_at(fake.url, at_once=3)
    began = time.perf_counter()
    with pytest.raises(BackendError, match="HTTP 409"):
        llm.complete_many([prompt] * 3)
    assert time.perf_counter() - began < 3


def test_many_of_none_are_none(llm):
    assert llm.complete_many([]) == []


def test_closing_a_stream_stops_the_server(llm, fake, prompt):
    fake.script = [Answer(steps=[event("{"), *([0.05, event("x" * 5000)] * 100)])]
    stream = llm.stream(prompt)
    next(stream)
    stream.close()
    assert fake.broken.wait(3)


def test_a_reply_can_be_cancelled_between_two_tokens(llm, fake, prompt):
    fake.script = [Answer(steps=[event('{"status"'), 8.0])]
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.perf_counter()
    completion = llm.complete(prompt, cancelled=stop.is_set)
    assert time.perf_counter() - began < 2
    assert (completion.finish_reason, completion.text) == ("cancelled", '{"status"')


def test_what_is_cancelled_before_it_began_is_empty_and_proves_nothing(llm, fake, prompt):
    fake.obeys = {"grammar"}
    assert llm.dialect() == "gbnf"
    fake.script = [Answer(steps=[8.0])]
    constraint = AnswerGrammar.of(prompt)
    completion = llm.complete(prompt, constraint=constraint, cancelled=lambda: True)
    assert (completion.finish_reason, completion.text) == ("cancelled", "")
    assert (completion.constrained, completion.note) == (False, None)


def test_no_content_is_logged_and_no_token_either(open_at, fake, prompt, caplog):
    with caplog.at_level(logging.DEBUG):
        open_at(fake.url, token="s3cret-token").complete(prompt)
    assert "examplazine" not in caplog.text
    assert "s3cret" not in caplog.text


def test_a_server_is_opened_by_its_url(fake, prompt, monkeypatch, tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    monkeypatch.setenv("MEDRAG_LLM_TOKEN_FILE", str(tmp_path / "token"))
    llm = open_llm(f"{fake.url}/v1#fake-1")
    llm.complete(prompt)
    llm.close()
    assert fake.headers[-1]["Authorization"] == "Bearer s3cret"
    assert fake.paths == ["/v1/models", "/tokenize", "/v1/chat/completions"]


def test_waiting_for_a_busy_server_can_be_cancelled(open_at, fake, prompt):
    llm = open_at(fake.url, backoff_s=8.0)
    fake.script = [refusal(503)] * 3
    began = time.perf_counter()
    with pytest.raises(BackendError, match="HTTP 503"):
        llm.complete(prompt, cancelled=lambda: time.perf_counter() - began > 0.3)
    assert time.perf_counter() - began < 2


def test_packed_replies_are_not_unpacked(llm, fake, prompt):
    fake.script = [Answer(headers={**JSON, "Content-Encoding": "gzip"}, steps=[b"\x1f\x8b"])]
    with pytest.raises(BackendError, match="neither events nor JSON"):
        llm.complete(prompt)
