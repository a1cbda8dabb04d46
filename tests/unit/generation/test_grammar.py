"""The grammar in its dialects: what each of them says, and that they all say the same."""

from __future__ import annotations

import json

import pytest

from medrag.core.prompt import Prompt
from medrag.generation.grammar import AnswerGrammar
from medrag.generation.thinking import split_thinking, with_instruction

TABLE = "Doses by age\nAge | Dose\n2 to 5 years | 2 mg\n6 to 11 years | 5 mg"


@pytest.fixture
def grammar_of(hits_of):
    """Makes the grammar of answers from texts: `grammar_of("Give 40 mg.", mode="pointer")`."""

    def make(*texts, mode="quote", max_claims=8):
        prompt = Prompt(question="?", hits=hits_of(*texts), messages=(), template="t", mode=mode)
        return AnswerGrammar.of(prompt, max_claims=max_claims)

    return make


@pytest.fixture
def texts():
    return 'Give 40 mg. Say "no" to them.', " ", "A is ::= b."


def test_gbnf_lists_whole_sentences_and_skips_empty_passages(grammar_of, texts):
    lines = grammar_of(*texts).gbnf().splitlines()
    assert 'quote ::= "{\\"p\\":" (q1 | q3) "\\"}"' in lines
    assert 'q1 ::= "1,\\"t\\":\\"" (t1-0)' in lines
    assert 't1-0 ::= "Give 40 mg." | "Say \\\\\\"no\\\\\\" to them."' in lines


def test_gbnf_writes_the_header_of_a_table_once_for_all_its_rows(grammar_of):
    rules = grammar_of(TABLE).gbnf().splitlines()
    rows = '"2 to 5 years | 2 mg" | "6 to 11 years | 5 mg"'
    assert f't1-0 ::= "Doses by age Age | Dose … " ({rows})' in rules


def test_lark_never_holds_the_mark_by_which_servers_know_gbnf(grammar_of, texts):
    for mode in ("quote", "pointer", "words"):
        assert "::=" not in grammar_of(*texts, mode=mode).lark()


def test_the_schema_lists_the_sentences_of_each_passage(grammar_of, texts):
    answered, silent = grammar_of(*texts, max_claims=5).json_schema()["anyOf"]
    claims = answered["properties"]["claims"]
    assert (claims["minItems"], claims["maxItems"]) == (1, 5)
    claim = claims["items"]
    quotes = claim["properties"]["quotes"]["items"]["anyOf"]
    assert [q["properties"]["p"]["const"] for q in quotes] == [1, 3]
    assert quotes[0]["properties"]["t"]["enum"] == ["Give 40 mg.", 'Say "no" to them.']
    assert list(claim["properties"]) == ["quotes", "claim"]  # quotations come first
    assert silent["properties"]["claims"]["maxItems"] == 0


def test_a_pointer_schema_lists_ids_only(grammar_of, texts):
    schema = json.dumps(grammar_of(*texts, mode="pointer").json_schema())
    assert '{"enum": ["1.1", "1.2", "3.1"]}' in schema
    assert "40 mg" not in schema


def test_without_a_passage_only_insufficient_can_be_said(grammar_of):
    empty = grammar_of()
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


def compact(fields):
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)


def reply(*quotes, claim="Forty.", claims=1):
    said = {"quotes": list(quotes), "claim": claim}
    return compact({"status": "answered", "claims": [said] * claims})


def q(words, p=1):
    return {"p": p, "t": words}


SAID = {
    "a sentence": (reply(q("Give 40 mg.")), True),
    "two sentences": (reply(q("Give 40 mg."), q('Say "no" to them.')), True),
    "two passages": (reply(q("Give 40 mg."), q("A is ::= b.", 3)), True),
    "the most quotations": (reply(*[q("Give 40 mg.")] * 4), True),
    "more quotations": (reply(*[q("Give 40 mg.")] * 5), False),
    "the most claims": (reply(q("Give 40 mg."), claims=8), True),
    "more claims": (reply(q("Give 40 mg."), claims=9), False),
    "insufficient": ('{"status":"insufficient","claims":[],"missing":"all"}', True),
    "half a sentence": (reply(q("Give 40")), False),
    "another number": (reply(q("Give 400 mg.")), False),
    "sentences run together": (reply(q('Give 40 mg. Say "no" to them.')), False),
    "a sentence of another passage": (reply(q("A is ::= b.")), False),
    "a passage without sentences": (reply(q("Give 40 mg.", p=2)), False),
    "a passage that does not exist": (reply(q("Give 40 mg.", p=4)), False),
    "no quotation": ('{"status":"answered","claims":[{"quotes":[],"claim":"x"}]}', False),
    "no claim": ('{"status":"answered","claims":[]}', False),
    "an empty quotation": (reply(q("")), False),
}


@pytest.mark.parametrize("case", SAID)
def test_every_dialect_says_what_the_contract_allows_and_nothing_else(
    accepts, grammar_of, texts, case
):
    import llguidance

    text, expected = SAID[case]
    grammar = grammar_of(*texts)
    assert accepts(grammar.lark(), text) is expected
    assert accepts(llguidance.grammar_from("gbnf", grammar.gbnf()), text) is expected
    schema = llguidance.LLMatcher.grammar_from_json_schema(grammar.json_schema())
    assert accepts(schema, text) is expected
    assert grammar.admits(text) is expected


POINTED = {
    "a sentence": (reply("1.1"), True),
    "sentences of two passages": (reply("1.2", "3.1"), True),
    "a sentence that does not exist": (reply("1.3"), False),
    "a passage without sentences": (reply("2.1"), False),
    "a number instead of an id": (reply(1.1), False),
    "words": (reply(q("Give 40 mg.")), False),
}


@pytest.mark.parametrize("case", POINTED)
def test_every_dialect_points_at_what_exists_and_nothing_else(accepts, grammar_of, texts, case):
    import llguidance

    text, expected = POINTED[case]
    grammar = grammar_of(*texts, mode="pointer")
    assert accepts(grammar.lark(), text) is expected
    assert accepts(llguidance.grammar_from("gbnf", grammar.gbnf()), text) is expected
    schema = llguidance.LLMatcher.grammar_from_json_schema(grammar.json_schema())
    assert accepts(schema, text) is expected
    assert grammar.admits(text) is expected


def w(words, s="1.1"):
    return {"s": s, "t": words}


WORDS = {
    "a word": (reply(w(" Give")), True),
    "a number with its unit": (reply(w(" 40 mg.")), True),
    "words of two sentences": (reply(w(" 40 mg."), w(' Say "no"', "1.2")), True),
    "a run over two sentences": (reply(w(' 40 mg. Say "no" to them.')), False),
    "words of another sentence": (reply(w(" 40 mg.", "1.2")), False),
    "half a word": (reply(w(" Gi")), False),
    "a number without its unit": (reply(w(" Give 40")), False),
    "words in another order": (reply(w(" 40 mg. Give")), False),
    "no words": (reply(w("")), False),
}


@pytest.mark.parametrize("case", WORDS)
def test_words_are_quoted_whole_and_in_order(accepts, grammar_of, texts, case):
    import llguidance

    text, expected = WORDS[case]
    grammar = grammar_of(*texts, mode="words")
    assert accepts(grammar.lark(), text) is expected
    assert accepts(llguidance.grammar_from("gbnf", grammar.gbnf()), text) is expected
    assert grammar.admits(text) is expected


BROKEN = {
    "a claim without words": reply(q("Give 40 mg."), claim=""),
    "a line break in a claim": reply(q("Give 40 mg."), claim="Forty.").replace("ty", "\n"),
    "a character that deletes": reply(q("Give 40 mg."), claim="Forty\x7f."),
    "optional white space": json.dumps(json.loads(reply(q("Give 40 mg.")))),
}


@pytest.mark.parametrize("case", BROKEN)
def test_the_grammars_refuse_what_says_nothing_or_hides(accepts, grammar_of, texts, case):
    import llguidance

    grammar = grammar_of(*texts)
    assert not accepts(grammar.lark(), BROKEN[case])
    assert not accepts(llguidance.grammar_from("gbnf", grammar.gbnf()), BROKEN[case])


def test_a_claim_is_bounded_where_counting_is_cheap(accepts, grammar_of, texts):
    import llguidance

    grammar = grammar_of(*texts)
    longest, longer = (reply(q("Give 40 mg."), claim="x" * n) for n in (400, 401))
    assert accepts(grammar.lark(), longest)
    assert not accepts(grammar.lark(), longer)
    assert accepts(llguidance.grammar_from("gbnf", grammar.gbnf()), longer)


def test_a_thinking_block_may_stand_before_the_answer_where_asked_for(accepts, grammar_of, texts):
    import llguidance

    plain, grammar = grammar_of(*texts), grammar_of(*texts).after_thinking()
    answer = reply(q("Give 40 mg."))
    thought = f"<unused94>thought\neGFR < 30? <b> Give 400 mg.<unused95>{answer}"
    for one, both in ((plain.lark(), grammar.lark()), (plain.gbnf(), grammar.gbnf())):
        kind = "gbnf" if "::=" in one else "lark"
        assert accepts(llguidance.grammar_from(kind, both), thought)
        assert accepts(llguidance.grammar_from(kind, both), answer)
        assert not accepts(llguidance.grammar_from(kind, one), thought)
    assert grammar.admits(thought)
    assert not plain.admits(thought)
    assert grammar.json_schema() == plain.json_schema()


def test_a_cut_reply_is_admitted_as_far_as_it_goes(grammar_of, texts):
    grammar = grammar_of(*texts)
    good = reply(q("Give 40 mg."), q('Say "no" to them.'), claims=2)
    opening = good.index("[") + 1
    for cut in range(opening, len(good)):
        assert grammar.admits(good[:cut], cut=True)
    silent = '{"status":"insufficient","claims":[],"missing":"no dose"}'
    for cut in range(len(silent)):
        assert grammar.admits(silent[:cut], cut=True)
    assert not grammar.admits("Sure! The dose is 40 mg and", cut=True)
    assert not grammar.admits(reply(q("Give 400 mg."))[:-1], cut=True)


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


def test_thinking_is_asked_for_in_the_documented_words_at_the_head_of_the_user_turn(prompt_of):
    prompt = prompt_of("Dose?", "Give 40 mg.")
    (message,) = with_instruction(prompt.messages)
    assert message.role == "user"
    assert message.content == (
        f"SYSTEM INSTRUCTION: think silently if needed.\n\n{prompt.messages[0].content}"
    )
