"""What a server is believed to obey: only what it was seen to obey."""

from __future__ import annotations

import json
import logging
import time

import pytest

from fake_chat_server import ANSWER, Answer, event, refusal, streamed
from medrag.errors import BackendError
from medrag.generation.grammar import AnswerGrammar
from medrag.generation.server.probe import ROUTES, OneWord

QUOTED = (
    '{"status":"answered","claims":[{"quotes":[{"p":1,"t":" Give examplazine 40 mg."}],'
    '"claim":"Give 40 mg."}]}'
)


@pytest.fixture
def grammar(prompt):
    return AnswerGrammar.of(prompt)


@pytest.mark.parametrize(
    ("owner", "obeys", "dialect", "asked"),
    [
        ("vllm", "structured_outputs", "lark", 1),
        ("vllm", "guided_grammar", "gbnf", 3),
        ("llamacpp", "grammar", "gbnf", 1),
        ("sglang", "ebnf", "gbnf", 1),
        ("tensorrt_llm", "response_format.ebnf", "gbnf", 1),
        ("library", "response_format.json_schema", "json_schema", 1),
        ("vertex", "response_format.value", "json_schema", 8),
    ],
)
def test_each_server_is_asked_its_own_field_first(
    open_at, fake, prompt, grammar, owner, obeys, dialect, asked
):
    fake.models["data"][0]["owned_by"] = owner
    fake.obeys = {obeys}
    fake.pages = {"/api/ps": {"models": []}}
    fake.text = json.dumps({"status": "insufficient", "claims": [], "missing": "x"})
    llm = open_at(fake.url)
    assert llm.dialect() == dialect
    assert len(fake.asked) == asked
    completion = llm.complete(prompt, constraint=grammar)
    assert (completion.constrained, completion.dialect) == (True, dialect)
    assert completion.note is None
    assert len(fake.asked) == asked + 1  # never asked again
    field, _, kind = obeys.partition(".")
    sent = fake.asked[-1][field]
    assert "examplazine" in json.dumps(sent[kind] if kind else sent)


def test_one_field_at_a_time_is_sent(llm, fake):
    fields = {"structured_outputs", "grammar", "ebnf", "guided_grammar", "response_format"}
    assert llm.dialect() is None
    assert len(fake.asked) == len(ROUTES)
    assert all(len(fields & set(body)) == 1 for body in fake.asked)
    assert all(body["max_tokens"] <= 128 for body in fake.asked)


def test_a_server_that_ignores_constraints_is_found_out(llm, fake, prompt, grammar):
    completion = llm.complete(prompt, constraint=grammar)
    assert (completion.text, completion.constrained, completion.dialect) == (ANSWER, False, None)
    assert completion.note == "The server obeys no constraint."
    assert "grammar" not in fake.asked[-1]


def test_a_server_that_refuses_unknown_fields_is_asked_for_each(open_at, fake, prompt, grammar):
    fake.strict = True
    fake.obeys = {"response_format.json_schema"}
    llm = open_at(fake.url)
    assert llm.dialect() == "json_schema"
    assert llm.complete(prompt, constraint=grammar).constrained


def test_a_free_reply_asks_for_nothing(llm, fake, prompt):
    llm.complete(prompt)
    assert len(fake.asked) == 1


def test_a_refused_constraint_falls_to_the_next_best_and_says_so(open_at, fake, prompt, grammar):
    fake.models["data"][0]["owned_by"] = "vllm"
    fake.obeys = {"structured_outputs", "response_format.json_schema"}
    llm = open_at(fake.url)
    assert llm.dialect() == "lark"
    too_big = refusal(400, json.dumps({"error": {"message": "Grammar too large"}}))
    fake.script = [too_big]
    completion = llm.complete(prompt, constraint=grammar)
    assert completion.dialect == "gbnf"
    assert completion.note == "The server refused the constraint in structured_outputs."
    assert llm.dialect() == "lark"  # another constraint may do

    def refuse_all(body):
        if set(body) & {"structured_outputs", "response_format"}:
            fake.script.insert(0, refuse_all if "examplazine" in json.dumps(body) else None)
        return too_big

    free = llm.complete(prompt, constraint=grammar)
    assert free.dialect == "lark"


def test_refused_everywhere_it_ends_free(open_at, fake, prompt, grammar):
    fake.models["data"][0]["owned_by"] = "llamacpp"
    fake.obeys = {"grammar"}
    llm = open_at(fake.url)
    assert llm.dialect() == "gbnf"
    others = [Answer(steps=streamed("hello"))] * (len(ROUTES) - 1)
    fake.script = [refusal(400), *others]
    completion = llm.complete(prompt, constraint=grammar)
    assert (completion.text, completion.constrained) == (ANSWER, False)
    assert completion.note == "The server refused the constraint in grammar."


def test_a_constraint_that_was_obeyed_once_is_not_believed_for_ever(open_at, fake, prompt, grammar):
    fake.obeys = {"grammar"}
    fake.text = '{"status":"answered","claims":[{"quotes":[{"p":1,"t":" Give 4 g."}],"claim":"x"}]}'
    completion = open_at(fake.url).complete(prompt, constraint=grammar)
    assert (completion.constrained, completion.dialect) == (False, None)
    assert completion.note == "The server did not obey this constraint."
    fake.text = QUOTED
    assert open_at(fake.url).complete(prompt, constraint=grammar).constrained


def test_a_reply_that_is_cut_can_be_constrained(open_at, fake, prompt, grammar):
    fake.obeys = {"grammar"}
    fake.text, fake.end = QUOTED[:-20], "length"
    completion = open_at(fake.url).complete(prompt, constraint=grammar)
    assert (completion.finish_reason, completion.constrained) == ("length", True)


@pytest.mark.parametrize("word", ["medrag-ok!", "Sure: medrag-ok", "medrag", "", "hello " * 40])
def test_almost_the_word_is_not_the_word(open_at, fake, word):
    fake.text = word
    assert open_at(fake.url).dialect() is None


def test_a_reply_that_cannot_become_the_word_is_given_up(open_at, fake):
    fake.script = [Answer(steps=[event("med"), event("ical"), *([0.1, event("x" * 5000)] * 99)])]
    began = time.monotonic()
    open_at(fake.url).dialect()
    assert time.monotonic() - began < 3
    assert fake.broken.wait(5)


@pytest.mark.parametrize(
    "text", ['{\n  "p" : 7,\n\t"t": "medrag-ok"}', '{"t":"medrag-ok","p":7}', "medrag-ok"]
)
def test_white_space_and_order_do_not_hide_the_word(text):
    word = OneWord()
    assert not any(word.is_lost(text[:end]) for end in range(len(text) + 1))
    assert word.admits(text)
    assert word.is_lost(text + "x")


def test_an_outage_is_no_verdict(llm, fake, prompt, grammar, caplog):
    fake.script = [refusal(401)]
    with caplog.at_level(logging.WARNING):
        assert llm.dialect() is None
    assert "could not be asked" in caplog.text
    fake.obeys = {"grammar"}
    assert llm.dialect() == "gbnf"


def test_a_server_that_fails_at_everything_is_no_verdict_either(open_at, fake, prompt, grammar):
    llm = open_at(fake.url, retries=0)
    fake.script = [refusal(500)] * (len(ROUTES) + 3)
    with pytest.raises(BackendError, match="HTTP 500"):
        llm.complete(prompt, constraint=grammar)
    fake.script, fake.obeys = [], {"ebnf"}
    assert llm.dialect() == "gbnf"


def test_the_word_is_a_constraint_like_others():
    word = OneWord()
    assert word.admits("medrag-ok")
    assert not word.admits("medrag-ok", cut=True)
    assert not word.admits("[" * 100_000)
    assert word.after_thinking() is word


def test_the_words_grammars_compile():
    llguidance = pytest.importorskip("llguidance")
    matcher = llguidance.LLMatcher
    assert not matcher.validate_grammar(OneWord().lark())
    assert not matcher.validate_grammar(llguidance.grammar_from("gbnf", OneWord().gbnf()))
    schema = llguidance.grammar_from("json_schema", json.dumps(OneWord().json_schema()))
    assert not matcher.validate_grammar(schema)
