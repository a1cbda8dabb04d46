"""The contract: what parses, what does not, and what the errors say."""

from __future__ import annotations

import json

import pytest

from medrag.core.prompt import Completion
from medrag.errors import DraftParseError
from medrag.generation import parse
from medrag.generation.contract import ClaimReader

FIRST, SECOND = "Give examplazine 40 mg once daily.", "Do not give otherazine."


@pytest.fixture
def prompt(prompt_of):
    return prompt_of("How much?", f"{FIRST}\nIt works well.", SECOND)


def reply(text, **changes):
    return Completion(text=text, model="m", **changes)


def answered(*claims):
    return json.dumps({"status": "answered", "claims": list(claims)})


def claim(text="Forty.", p=1, t=FIRST):
    return {"quotes": [{"p": p, "t": t}], "claim": text}


def test_claims_keep_their_order_and_their_quotations_name_their_passages(prompt):
    draft = parse(reply(answered(claim(), claim("No.", 2, SECOND))), prompt)
    assert draft.status == "answered"
    assert [c.text for c in draft.claims] == ["Forty.", "No."]
    assert [c.quotes[0].passage_id for c in draft.claims] == [h.passage.id for h in prompt.hits]


def test_insufficient_says_what_is_missing(prompt):
    text = '{"status":"insufficient","claims":[],"missing":"the renal dose"}'
    draft = parse(reply(text), prompt)
    assert (draft.status, draft.claims, draft.missing) == ("insufficient", (), "the renal dose")


def test_the_raw_reply_is_kept(prompt):
    completion = reply(answered(claim()))
    assert parse(completion, prompt).completion is completion


def test_white_space_and_one_fence_around_the_whole_are_allowed(prompt):
    plain = parse(reply(answered(claim())), prompt).claims
    assert parse(reply(f"\n```json\n{answered(claim())}\n```\n"), prompt).claims == plain
    assert parse(reply(f"  {answered(claim())}\n"), prompt).claims == plain


def test_a_claim_without_quotations_is_left_to_the_gate(prompt):
    draft = parse(reply(answered({"quotes": [], "claim": "Forty."})), prompt)
    assert draft.claims[0].quotes == ()


def test_a_run_of_shown_sentences_becomes_the_passages_own_words(prompt):
    draft = parse(reply(answered(claim(t=f"{FIRST} It works well."))), prompt)
    assert draft.claims[0].quotes[0].text == f"{FIRST}\nIt works well."


def test_other_words_come_through_unchanged_for_the_gate_to_judge(prompt):
    draft = parse(reply(answered(claim(t="Give examplazine 400 mg."))), prompt)
    assert draft.claims[0].quotes[0].text == "Give examplazine 400 mg."


def test_a_blank_claim_says_nothing_and_is_none(prompt):
    draft = parse(reply(answered(claim(text=" "), claim("Forty."))), prompt)
    assert [c.text for c in draft.claims] == ["Forty."]
    assert parse(reply(answered(claim(text=""))), prompt).claims == ()


def test_a_claim_is_what_a_reader_sees_of_it(prompt):
    hidden = "Give\u001b[2J\u0007 4\u202e0\u202c m\u200bg\u0000\U000e0041 now\u0085."
    (draft,) = parse(reply(answered(claim(text=hidden))), prompt).claims
    assert draft.text == "Give [2J 40 mg now ."
    silent = json.dumps({"status": "insufficient", "claims": [], "missing": "a\u202e\u0007b"})
    assert parse(reply(silent), prompt).missing == "a b"
    unseen = parse(reply(answered(claim(text="\u200b\u0000"))), prompt)
    assert unseen.claims == ()


def test_a_whole_sentence_says_where_it_was_copied_from(prompt):
    (quote,) = parse(reply(answered(claim(t="It works well."))), prompt).claims[0].quotes
    assert quote.span.of(prompt.hits[0].passage.text) == quote.text == "It works well."


def test_a_row_after_its_header_becomes_two_quotations_with_their_places(prompt_of):
    table = "Drug | Dose\nExamplazine | 40 mg\nOtherazine | 5 mg"
    prompt = prompt_of("How much?", table)
    said = claim("Five.", t="Drug | Dose … Otherazine | 5 mg")
    header, row = parse(reply(answered(said)), prompt).claims[0].quotes
    assert (header.text, row.text) == ("Drug | Dose", "Otherazine | 5 mg")
    assert [q.span.of(table) for q in (header, row)] == [header.text, row.text]


def test_a_pointer_is_the_words_that_it_points_at(prompt):
    pointed = prompt.model_copy(update={"mode": "pointer"})
    said = {"quotes": ["1.2", "2.1"], "claim": "It works well."}
    (draft,) = parse(reply(answered(said)), pointed).claims
    assert [q.text for q in draft.quotes] == ["It works well.", SECOND]


@pytest.mark.parametrize(
    "pointer", ["1.9", "9.1", "1.0", "0.1", "1", "1.1.1", "01.1", 1.1, ["1.1"]]
)
def test_a_pointer_at_nothing_is_refused(prompt, pointer):
    pointed = prompt.model_copy(update={"mode": "pointer"})
    said = {"quotes": [pointer], "claim": "It works well."}
    with pytest.raises(DraftParseError, match="xpected"):
        parse(reply(answered(said)), pointed)


def test_claims_are_read_as_soon_as_they_are_complete_at_any_cut(prompt):
    whole = answered(claim("One."), claim(" "), claim("Three."))
    for size in (1, 2, 7, len(whole)):
        reader, read = ClaimReader(prompt), []
        for at in range(0, len(whole), size):
            read += [c.text for c in reader.feed(whole[at : at + size])]
        assert read == ["One.", "Three."]


def test_a_number_without_end_ends_the_reading(prompt):
    reader = ClaimReader(prompt)
    digits = "9" * 5_000
    assert reader.feed(f'{{"status":"answered","claims":[{{"quotes":[{{"p":{digits}}}]}}') == []
    assert reader.feed(f",{json.dumps(claim())}") == []
    cut = reply(f'{{"status":"answered","claims":[{{"p":{digits}}}', finish_reason="length")
    with pytest.raises(DraftParseError, match="without end"):
        parse(cut, prompt)


def test_a_broken_claim_ends_the_reading(prompt):
    reader = ClaimReader(prompt)
    good, broken = json.dumps(claim()), json.dumps(claim(p=9))
    opening = '{"status": "answered", "claims": ['
    assert len(reader.feed(f"{opening}{good}, ")) == 1
    assert reader.feed(f"{broken}, ") == []
    assert reader.feed(f"{good}]}}") == []


def test_a_claim_of_thousands_of_characters_is_none(prompt):
    long = claim(text="x " * 1_200)
    draft = parse(reply(answered(long, claim("Forty."))), prompt)
    assert [c.text for c in draft.claims] == ["Forty."]
    silent = json.dumps({"status": "insufficient", "claims": [], "missing": "x" * 2_001})
    assert parse(reply(silent), prompt).missing is None


def test_equal_quotations_of_a_claim_count_once(prompt):
    twice = {"quotes": [{"p": 1, "t": FIRST}] * 3, "claim": "Forty."}
    assert len(parse(reply(answered(twice)), prompt).claims[0].quotes) == 1


def test_a_stream_that_never_ends_a_claim_is_soon_given_up(prompt):
    reader = ClaimReader(prompt)
    reader.feed('{"status":"answered","claims":[')
    for _ in range(3_000):
        assert reader.feed('{"quotes":[{}') == []
    assert reader.feed(f"{json.dumps(claim())}]}}") == []


BROKEN = {
    "a number without end": '{"p":' + "9" * 5_000 + "}",
    "claims without end": answered(*[claim()] * 65),
    "quotations without end": answered({"quotes": [{"p": 1, "t": "x"}] * 17, "claim": "x"}),
    "a quotation longer than its passage": answered(claim(t="SECRET " * 9_000)),
    "prose": "The dose is SECRET mg.",
    "prose around": 'Sure: {"status":"answered","claims":[]}',
    "nothing": "",
    "a list": "[]",
    "an unknown status": '{"status":"SECRET","claims":[]}',
    "no claims": '{"status":"answered","claims":[]}',
    "claims of another type": '{"status":"answered","claims":{}}',
    "an unknown key": answered(claim()).replace('"status"', '"SECRET": 1, "status"'),
    "a missing key": answered({"claim": "SECRET"}),
    "a key twice": '{"status":"answered","status":"answered","claims":[]}',
    "a claim that is no text": answered(claim(text=4)),
    "a blank quotation": answered(claim(t="")),
    "a passage that does not exist": answered(claim(p=3)),
    "passage zero": answered(claim(p=0)),
    "a passage number that is text": answered(claim(p="1")),
    "a passage number that is true": answered(claim(p=True)),
    "not a number": '{"status":"answered","claims":NaN}',
    "half a character": '{"status":"insufficient","claims":[],"missing":"\\ud800"}',
    "insufficient with claims": '{"status":"insufficient","claims":[1],"missing":"x"}',
    "insufficient without what is missing": '{"status":"insufficient","claims":[]}',
    "cut, but said to be whole": answered(claim())[:-5],
    "two objects": answered(claim()) * 2,
    "nesting without end": "[" * 100_000,
}


@pytest.mark.parametrize("case", BROKEN)
def test_anything_else_is_refused_without_repeating_it(prompt, case):
    with pytest.raises(DraftParseError) as caught:
        parse(reply(BROKEN[case]), prompt)
    assert "xpected" in str(caught.value)
    assert "SECRET" not in str(caught.value)


def test_a_cut_reply_keeps_its_complete_claims_at_any_cut(prompt):
    whole = answered(claim("One."), claim("Two."), claim("Three."))
    ends = [whole.index(word) + len(word) + 2 for word in ("One.", "Two.", "Three.")]
    for cut in range(len(whole)):
        complete = sum(end <= cut for end in ends)
        completion = reply(whole[:cut], finish_reason="length")
        if complete:
            kept = parse(completion, prompt).claims
            assert [c.text for c in kept] == ["One.", "Two.", "Three."][:complete]
        else:
            with pytest.raises(DraftParseError, match="cut before its first claim"):
                parse(completion, prompt)
