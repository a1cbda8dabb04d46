"""Any LlamaIndex model as an answerer, and what its libraries raise."""

from __future__ import annotations

import time
from typing import Any

import pytest
from llama_index.core.llms import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    CustomLLM,
    LLMMetadata,
)

from medrag.core.prompt import Completion, Decoding
from medrag.errors import BackendError, InputError
from medrag.generation import parse
from medrag.generation.grammar import AnswerGrammar
from medrag.generation.llamaindex import LlamaIndexLLM

ANSWER = '{"status":"insufficient","claims":[],"missing":"the dose"}'
THOUGHT = "<unused94>thought\nhmm<unused95>"


class LibraryError(Exception):
    """As `openai.APIError` and others: of its own library, with no root that we know."""


class Model(CustomLLM):
    """Says one text in pieces, as completion models of LlamaIndex do."""

    text: str = ANSWER
    size: int = 9
    raises: Any = None
    pause_s: float = 0.0
    context: int = 4096
    counts: Any = None
    raw: Any = None
    has_deltas: bool = True

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=self.context, model_name="tiny")

    def complete(self, prompt, formatted=False, **kwargs):
        if self.raises:
            raise self.raises
        return CompletionResponse(text=self.text, additional_kwargs=self.counts or {}, raw=self.raw)

    def stream_complete(self, prompt, formatted=False, **kwargs):
        for at in range(0, len(self.text), self.size):
            time.sleep(self.pause_s)
            end = at + self.size
            delta = self.text[at:end] if self.has_deltas else None
            told = {"additional_kwargs": self.counts or {}, "raw": self.raw}
            yield CompletionResponse(text=self.text[:end], delta=delta, **told)
        if self.raises:
            raise self.raises


class Chat(Model):
    """Says it as chat models do, whose integration forgot the deltas."""

    def stream_chat(self, messages, **kwargs):
        for response in self.stream_complete(""):
            message = ChatMessage(role="assistant", content=response.text)
            yield ChatResponse(message=message, raw=self.raw)


@pytest.fixture
def prompt(prompt_of):
    return prompt_of("Dose?", "Give examplazine 40 mg.")


def collected(model, prompt, **keywords):
    *pieces, last = LlamaIndexLLM(model).stream(prompt, **keywords)
    assert isinstance(last, Completion)
    assert "".join(pieces) == last.text
    return pieces, last


def same(completion):
    return completion.model_copy(update={"timings": None})


@pytest.mark.parametrize("model", [Model(), Model(has_deltas=False), Chat()])
def test_a_stream_says_what_the_whole_reply_says(model, prompt):
    pieces, last = collected(model, prompt)
    assert len(pieces) == 7
    assert same(last) == same(LlamaIndexLLM(model).complete(prompt))
    assert parse(last, prompt).missing == "the dose"


@pytest.mark.parametrize("size", [1, 4, 999])
def test_thinking_is_kept_apart(prompt, size):
    model = Model(text=f"{THOUGHT}\n{ANSWER}", size=size)
    pieces, last = collected(model, prompt)
    assert ("".join(pieces), last.thinking) == (ANSWER, "hmm")
    assert same(last) == same(LlamaIndexLLM(model).complete(prompt))


def test_a_constraint_is_never_claimed(prompt):
    completion = LlamaIndexLLM(Model()).complete(prompt, constraint=AnswerGrammar.of(prompt))
    assert not completion.constrained
    assert completion.note == "LlamaIndex has no way to constrain a reply."
    assert LlamaIndexLLM(Model()).dialect() is None


def test_tokens_are_told_where_the_integration_counts_them(prompt):
    counts = {"prompt_tokens": 7, "completion_tokens": 3}
    completion = LlamaIndexLLM(Model(counts=counts)).complete(prompt)
    assert (completion.prompt_tokens, completion.completion_tokens) == (7, 3)
    odd = LlamaIndexLLM(Model(counts={"prompt_tokens": "many"})).complete(prompt)
    assert odd.prompt_tokens is None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "stop"),
        ({"choices": [{"finish_reason": "length"}]}, "length"),
        ({"choices": [{"finish_reason": "stop"}]}, "stop"),
        ({"choices": []}, "stop"),
        ({"done_reason": "length"}, "length"),
        ({"stop_reason": "max_tokens"}, "length"),
    ],
)
def test_a_cut_reply_says_so_where_the_integration_does(prompt, raw, reason):
    assert LlamaIndexLLM(Model(raw=raw)).complete(prompt).finish_reason == reason
    assert collected(Model(raw=raw), prompt)[1].finish_reason == reason


@pytest.mark.parametrize(
    "error",
    [LibraryError("SECRET"), ConnectionError("SECRET"), ValueError("SECRET"), KeyError("SECRET")],
)
def test_what_a_library_raises_is_ours_and_not_repeated(prompt, error):
    model = Model(raises=error)
    for ask in (LlamaIndexLLM(model).complete, lambda asked: collected(model, asked)):
        with pytest.raises(BackendError, match=type(error).__name__) as caught:
            ask(prompt)
        assert "SECRET" not in str(caught.value)
        assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [TypeError("x"), NotImplementedError("x"), KeyboardInterrupt()])
def test_mistakes_in_code_are_seen_as_they_are(prompt, error):
    with pytest.raises(type(error)):
        LlamaIndexLLM(Model(raises=error)).complete(prompt)


def test_our_own_errors_pass(prompt):
    with pytest.raises(InputError, match="mine"):
        LlamaIndexLLM(Model(raises=InputError("mine"))).complete(prompt)


def test_a_prompt_that_the_model_finds_too_long_is_the_askers_fault(prompt):
    error = LibraryError("This model's maximum context length is 8192 tokens. SECRET")
    with pytest.raises(InputError, match="does not fit") as caught:
        LlamaIndexLLM(Model(raises=error)).complete(prompt)
    assert "SECRET" not in str(caught.value)


def test_a_prompt_without_room_is_not_sent(prompt):
    with pytest.raises(InputError, match="context holds 300"):
        LlamaIndexLLM(Model(context=300, raises=LibraryError())).complete(prompt)


def test_a_deadline_ends_a_reply_between_two_pieces(prompt):
    decoding = Decoding(timeout_s=0.2)
    completion = LlamaIndexLLM(Model(pause_s=0.08)).complete(prompt, decoding=decoding)
    assert completion.finish_reason == "timeout"
    assert ANSWER.startswith(completion.text)
    assert 0 < len(completion.text) < len(ANSWER)


def test_a_reply_can_be_cancelled_between_two_pieces(prompt):
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) == 3

    completion = LlamaIndexLLM(Model()).complete(prompt, cancelled=cancelled)
    assert (completion.finish_reason, completion.text) == ("cancelled", ANSWER[:27])


def test_a_reply_without_end_is_cut(prompt):
    decoding = Decoding(max_tokens=2)
    _, last = collected(Model(text="{" * 9_000), prompt, decoding=decoding)
    assert last.finish_reason == "length"
    assert len(last.text) < 200


def test_many_are_answered_in_order(prompt):
    replies = LlamaIndexLLM(Model()).complete_many([prompt, prompt])
    assert [reply.text for reply in replies] == [ANSWER, ANSWER]
