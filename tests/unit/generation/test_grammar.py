"""The grammar in its dialects."""

from __future__ import annotations

import json

import pytest

from medrag.generation.grammar import AnswerGrammar
from medrag.generation.thinking import split_thinking

GRAMMAR = AnswerGrammar((("Give 40 mg.", 'Say "no".'), (), ("A ::= b.",)))


def test_gbnf_is_a_chain_of_whole_sentences_and_skips_empty_passages():
    lines = GRAMMAR.gbnf().splitlines()
    assert 'quote ::= "{\\"p\\":" (q1 | q3) "\\"}"' in lines
    assert 'q1 ::= "1,\\"t\\":\\"" (t1-0 | t1-1)' in lines
    assert 't1-0 ::= " Give 40 mg." t1-1?' in lines
    assert 't1-1 ::= " Say \\\\\\"no\\\\\\"."' in lines


def test_lark_never_holds_the_mark_by_which_servers_know_gbnf():
    assert "::=" not in GRAMMAR.lark()
    assert "substring_chunks" in GRAMMAR.lark()


def test_the_schema_lists_the_sentences_of_each_passage():
    answered, silent = GRAMMAR.json_schema()["anyOf"]
    claim = answered["properties"]["claims"]["items"]
    quotes = claim["properties"]["quotes"]["items"]["anyOf"]
    assert [q["properties"]["p"]["const"] for q in quotes] == [1, 3]
    assert quotes[0]["properties"]["t"]["enum"] == ["Give 40 mg.", 'Say "no".']
    assert list(claim["properties"]) == ["quotes", "claim"]  # quotations come first
    assert silent["properties"]["claims"]["maxItems"] == 0


def test_without_a_passage_only_insufficient_can_be_said():
    empty = AnswerGrammar(())
    assert "answered" not in empty.gbnf()
    assert "answered:" not in empty.lark()
    assert empty.json_schema()["properties"]["status"] == {"const": "insufficient"}


@pytest.fixture
def accepts():
    llguidance = pytest.importorskip("llguidance")

    def check(grammar, text):
        tokenizer = llguidance.LLTokenizer("byte")
        matcher = llguidance.LLMatcher(tokenizer, grammar)
        assert not matcher.is_error(), matcher.get_error()
        tokens = tokenizer.tokenize_str(text)
        return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()

    return check


def reply(words, *, p=1, claim="Forty."):
    quotes = [{"p": p, "t": words}]
    fields = {"status": "answered", "claims": [{"quotes": quotes, "claim": claim}]}
    return json.dumps(fields, separators=(",", ":"))


SAID = {
    "a sentence": (reply(" Give 40 mg."), True),
    "a run of sentences": (reply(' Give 40 mg. Say "no".'), True),
    "insufficient": ('{"status":"insufficient","claims":[],"missing":"all"}', True),
    "half a sentence": (reply(" Give 40"), False),
    "another number": (reply(" Give 400 mg."), False),
    "sentences in another order": (reply(' Say "no". Give 40 mg.'), False),
    "a sentence of another passage": (reply(" A ::= b."), False),
    "a passage without sentences": (reply(" Give 40 mg.", p=2), False),
    "no quotation": ('{"status":"answered","claims":[{"quotes":[],"claim":"x"}]}', False),
    "an empty quotation": (reply(""), False),
    "a blank claim": (reply(" Give 40 mg.", claim=" "), False),
    "a blank claim of wide spaces": (
        reply(" Give 40 mg.", claim="\u3000").encode().decode(),
        False,
    ),
    "optional white space": (json.dumps(json.loads(reply(" Give 40 mg."))), False),
}


@pytest.mark.parametrize("case", SAID)
def test_both_grammars_say_what_the_contract_allows_and_nothing_else(accepts, case):
    import llguidance

    text, expected = SAID[case]
    assert accepts(GRAMMAR.lark(), text) is expected
    assert accepts(llguidance.grammar_from("gbnf", GRAMMAR.gbnf()), text) is expected


@pytest.mark.parametrize(
    ("text", "thinking", "answer"),
    [
        ("{}", None, "{}"),
        ("<unused94>thought\nhm <unused95> {}", "hm", "{}"),
        ("hm<unused95>{}", "hm", "{}"),
        ("<unused94>thought\ncut off", "cut off", ""),
        ('{"a":"<unused95>"}', None, '{"a":"<unused95>"}'),
    ],
)
def test_thinking_is_split_off_only_where_it_is_thinking(text, thinking, answer):
    assert split_thinking(text) == (thinking, answer)
