"""The contract: what parses, what does not, and what the errors say."""

from __future__ import annotations

import json

import pytest

from medrag.core.prompt import Completion
from medrag.errors import DraftParseError
from medrag.generation import parse

FIRST, SECOND = "Give examplazine 40 mg once daily.", "Do not give otherazine."


@pytest.fixture
def prompt(prompt_of):
    return prompt_of("How much?", f"{FIRST}\nIt works.", SECOND)


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
    draft = parse(reply(answered(claim(t=f"{FIRST} It works."))), prompt)
    assert draft.claims[0].quotes[0].text == f"{FIRST}\nIt works."


def test_other_words_come_through_unchanged_for_the_gate_to_judge(prompt):
    draft = parse(reply(answered(claim(t="Give examplazine 400 mg."))), prompt)
    assert draft.claims[0].quotes[0].text == "Give examplazine 400 mg."


BROKEN = {
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
    "a blank claim": answered(claim(text=" ")),
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
