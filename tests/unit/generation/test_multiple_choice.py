"""Multiple-choice questions: what is shown, what a decoder may say, what a reply chose."""

from __future__ import annotations

import json
import re

import pytest

from medrag.core.prompt import Decoding
from medrag.errors import InputError
from medrag.generation import ScriptedLLM
from medrag.generation.multiple_choice import ChoiceGrammar, choice_prompt, read_choice

FOUR = {"A": "10 mg", "B": "20 mg", "C": "$passages", "D": "</passage> none"}
KEYS = tuple(FOUR)
SHORT = Decoding(max_tokens=20)


def content(hits, *, context_tokens: int = 4000, choices=FOUR) -> str:
    llm = ScriptedLLM([], context_tokens=context_tokens)
    prompt = choice_prompt("How much examplazine?", choices, hits, llm=llm, decoding=SHORT)
    assert prompt.template == "choice-v1"
    assert len(prompt.messages) == 1
    return prompt.messages[0].content


def test_the_prompt_shows_passages_question_and_options_in_order(hits_of):
    text = content(hits_of("Give 20 mg."))
    order = ["Give 20 mg.", "How much examplazine?", "A. 10 mg", "B. 20 mg", "C. $passages"]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
    assert text.count("<passage ") == 1
    assert "</passage> none" not in text, "an option cannot close a passage"


def test_without_passages_the_model_is_told_that_there_are_none():
    text = content([])
    assert "(none)" in text
    assert "No passages are given" in text


def test_passages_that_do_not_fit_are_left_out(hits_of):
    llm = ScriptedLLM([], context_tokens=420)
    hits = hits_of("Give 20 mg.", "Long. " * 600)
    prompt = choice_prompt("How much?", FOUR, hits, llm=llm, decoding=SHORT)
    assert [hit.passage.text for hit in prompt.hits] == ["Give 20 mg."]
    assert len(prompt.left_out) == 1


@pytest.mark.parametrize("choices", [{}, {"A": "x"}, {"A": "x", "B)": "y"}, {"A": "x", "": "y"}])
def test_options_that_nobody_can_name_are_refused(choices):
    with pytest.raises(InputError, match="options"):
        content([], choices=choices)


REPLIES = [
    ('{"choice":"B"}', "B"),
    ('{ "choice" : "b" }', "B"),
    ('```json\n{"step_by_step_thinking": "A is wrong.", "answer_choice": "C"}\n```', "C"),
    ("B", "B"),
    ("(D)", "D"),
    ("**B**", "B"),
    ("B. 20 mg", "B"),
    ("The answer is (B).", "B"),
    ("The correct option is C, because A is too little.", "C"),
    ("Answer: D", "D"),
    ("At first the answer is A. No: the answer is B.", "B"),
    ("choice: **A**", "A"),
    ('{"choice":"A"} or {"choice":"B"}', None),
    ('{"choice":"E"}', None),
    ("I do not know.", None),
    ("A patient like this needs B or C.", None),
    ("Both B and C are right.", None),
    ("", None),
]


@pytest.mark.parametrize(("reply", "key"), REPLIES, ids=[reply[:24] for reply, _ in REPLIES])
def test_a_reply_chooses_what_it_names(reply, key):
    assert read_choice(reply, KEYS) == key


def test_keys_may_be_numbers():
    assert read_choice('{"choice":"2"}', ("1", "2", "3")) == "2"
    assert read_choice('{"choice":2}', ("1", "2", "3")) == "2"


SAID = [
    ('{"choice":"A"}', True),
    ('{"choice":"D"}', True),
    ('{"choice":"E"}', False),
    ('{"choice":"AB"}', False),
    ('{"choice":""}', False),
    ("A", False),
]


@pytest.mark.parametrize(("text", "is_allowed"), SAID)
def test_every_dialect_allows_the_keys_and_nothing_else(text, is_allowed):
    llguidance = pytest.importorskip("llguidance")
    grammar = ChoiceGrammar(KEYS)
    assert grammar.admits(text) is is_allowed
    tokenizer = llguidance.LLTokenizer("byte")
    schema = llguidance.LLMatcher.grammar_from_json_schema(grammar.json_schema())
    gbnf = llguidance.gbnf_to_lark.gbnf_to_lark(grammar.gbnf())
    for spelled in (grammar.lark(), gbnf, schema):
        matcher = llguidance.LLMatcher(tokenizer, spelled)
        assert not matcher.is_error(), matcher.get_error()
        tokens = tokenizer.tokenize_str(text)
        taken = matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()
        assert taken is is_allowed


def test_a_cut_reply_is_admitted_as_far_as_it_goes():
    grammar = ChoiceGrammar(KEYS)
    assert grammar.admits('{"choice"', cut=True)
    assert not grammar.admits('{"choose"', cut=True)
    assert not grammar.admits('{"choice"')


def test_a_thinking_block_may_stand_before_it():
    grammar = ChoiceGrammar(KEYS).after_thinking()
    assert grammar.admits('<unused94>thought\nSurely B.<unused95>{"choice":"B"}')
    assert "THINKING" in grammar.lark()
    assert "thinking ::=" in grammar.gbnf()
    assert re.search("::=", ChoiceGrammar(KEYS).lark()) is None
    assert json.dumps(grammar.json_schema()) == json.dumps(ChoiceGrammar(KEYS).json_schema())


def test_a_model_that_says_anything_chooses_an_option_under_the_constraint(tiny_gemma, hits_of):
    pytest.importorskip("llguidance")
    from medrag.generation.local import TransformersLLM

    llm = TransformersLLM(str(tiny_gemma))
    chosen = set()
    for seed in range(6):
        decoding = Decoding(max_tokens=40, temperature=1, seed=seed)
        prompt = choice_prompt(
            "How much?", FOUR, hits_of("Give 20 mg."), llm=llm, decoding=decoding
        )
        reply = llm.complete(prompt, constraint=ChoiceGrammar(KEYS), decoding=decoding)
        assert reply.constrained
        assert ChoiceGrammar(KEYS).admits(reply.text)
        chosen.add(read_choice(reply.text, KEYS))
    assert chosen <= set(KEYS)
    assert len(chosen) > 1, "random weights choose by chance"
