"""Replies of a tiny random Gemma 3: side by side, in a stream, in time, with thinking."""

from __future__ import annotations

import pytest
import torch

from medrag.core.prompt import Decoding, Message
from medrag.errors import BackendError, InputError
from medrag.generation import parse
from medrag.generation.decoding import Job
from medrag.generation.grammar import AnswerGrammar
from medrag.generation.local import TransformersLLM
from medrag.generation.writing import Guide, Reply
from tiny_models import ENDLESS

pytest.importorskip("llguidance")


@pytest.fixture(scope="module")
def llm(tiny_gemma):
    return TransformersLLM(str(tiny_gemma))


@pytest.fixture(scope="module")
def constraint_of():
    return AnswerGrammar.of


@pytest.mark.parametrize("folder", ["tiny_gemma", "tiny_multimodal"])
def test_replies_side_by_side_are_those_of_each_alone(
    request, folder, prompt_of, constraint_of, nasty
):
    llm = TransformersLLM(f"{request.getfixturevalue(folder)}?batch=2")
    llm._model.float()  # in bfloat16 the shape of a batch decides the last bit of a sum
    prompts = [prompt_of(f"Question {n}?", *nasty[: 2 + n]) for n in range(3)]
    constraints = [constraint_of(prompt) for prompt in prompts]
    decoding = Decoding(max_tokens=4000, temperature=1, seed=3)
    together = llm.complete_many(prompts, constraints=constraints, decoding=decoding)
    for prompt, constraint, reply in zip(prompts, constraints, together, strict=True):
        alone = llm.complete(prompt, constraint=constraint, decoding=decoding)
        assert (alone.text, alone.finish_reason) == (reply.text, "stop")
        assert parse(reply, prompt)


def test_the_multimodal_class_answers_text(tiny_multimodal, prompt_of, constraint_of):
    llm = TransformersLLM(str(tiny_multimodal))
    assert type(llm._model).__name__ == "Gemma3ForConditionalGeneration"
    prompt = prompt_of("Dose?", "Give examplazine 40 mg. Do not stop.")
    completion = llm.complete(
        prompt, constraint=constraint_of(prompt), decoding=Decoding(max_tokens=3000)
    )
    assert parse(completion, prompt)


@pytest.mark.parametrize("think", [0, 7])
def test_a_stream_says_what_complete_says(llm, prompt_of, constraint_of, nasty, think):
    prompt = prompt_of("What is the dose?", *nasty)
    constraint = constraint_of(prompt)
    for seed in range(4):
        asked = {
            "constraint": constraint,
            "decoding": Decoding(max_tokens=4000, temperature=1, seed=seed, think_tokens=think),
        }
        *pieces, last = llm.stream(prompt, **asked)
        whole = llm.complete(prompt, **asked)
        assert "".join(pieces) == last.text == whole.text
        assert last.thinking == whole.thinking
        assert len(pieces) > 3


def test_a_stream_that_is_closed_stops(llm, prompt_of, constraint_of):
    prompt = prompt_of("Dose?", "Give examplazine 40 mg. Do not stop.")
    stream = llm.stream(prompt, constraint=constraint_of(prompt))
    assert isinstance(next(stream), str)
    stream.close()
    with pytest.raises(StopIteration):
        next(stream)


def test_a_deadline_without_any_reply_is_an_error(llm, prompt_of, constraint_of):
    with pytest.raises(BackendError, match="time was over"):
        llm.complete(prompt_of("Dose?", "Give 40 mg."), decoding=Decoding(timeout_s=1e-9))


def test_cancelling_returns_what_there_is(llm, prompt_of, constraint_of):
    prompt = prompt_of("Dose?", "Give examplazine 40 mg. Do not stop.")
    asked = iter(range(99))
    completion = llm.complete(
        prompt,
        constraint=constraint_of(prompt),
        cancelled=lambda: next(asked) > 6,
    )
    assert completion.finish_reason == "cancelled"
    assert completion.is_cut


def test_timings_count_steps_and_forced_tokens(llm, prompt_of, constraint_of):
    prompt = prompt_of("Dose?", "Give examplazine 40 mg. Do not stop.")
    decoding = Decoding(max_tokens=3000, think_tokens=5)
    completion = llm.complete(prompt, constraint=constraint_of(prompt), decoding=decoding)
    timings = completion.timings
    assert timings.forced_tokens > 0
    picked = completion.completion_tokens - timings.forced_tokens + completion.thinking_tokens
    assert picked - 2 <= timings.model_steps <= picked + 1
    assert 0 < timings.thinking_s < timings.first_token_s < timings.total_s


def test_thinking_is_refused_of_a_model_without_marks(llm):
    from medrag.generation.chat import Chat

    tokenizer = llm._tokenizer
    plain = type("Plain", (), {"added_tokens_decoder": {}, "eos_token_id": 1})()
    plain.__class__.__call__ = lambda self, text, **_: tokenizer(text, add_special_tokens=False)
    plain.all_special_ids, plain.unk_token_id = [], 3
    plain.apply_chat_template = tokenizer.apply_chat_template
    with pytest.raises(InputError, match="think_tokens"):
        Chat(plain).ids((Message(role="user", content="Hello."),), thinks=True)


def test_the_thinking_instruction_stands_before_everything_else(llm):
    messages = (
        Message(role="system", content="Be brief."),
        Message(role="user", content="Hello."),
    )
    text = llm._chat.text(llm._chat.ids(messages, thinks=True))
    assert "user\nSYSTEM INSTRUCTION: think silently if needed." in text
    assert text.endswith("<start_of_turn>model\n<unused94>thought\n")


def test_a_reply_whose_grammar_gave_up_says_so_and_keeps_what_was_said(
    llm, constraint_of, prompt_of
):
    endless = Guide(llm._grammar_tokenizer, ENDLESS)
    reply = Reply(llm._chat.marks, Decoding(max_tokens=5000), endless)
    letter = llm._tokenizer("a", add_special_tokens=False).input_ids[-1]
    reply.begin()
    while reply.finish is None:
        reply.pick(torch.zeros(9), letter)
    constraint = constraint_of(prompt_of("Dose?", "Give 40 mg."))
    completion = llm._completion(Job(prompt=[1], reply=reply), constraint)
    assert completion.finish_reason == "error"
    assert "too large" in completion.note
    assert completion.is_cut
    assert set(completion.text) == {"a"}
