"""Any text at all as a reply: read or refused, never repaired, never repeated."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.adversarial import hits

from medrag.core.prompt import Completion
from medrag.core.query import Query
from medrag.errors import DraftParseError
from medrag.generation import build_prompt, parse
from medrag.generation.contract import ClaimReader

PROMPTS = {
    mode: build_prompt(Query(text="Dose?"), hits(random.Random(1)), mode=mode)
    for mode in ("quote", "pointer", "words")
}
TEXT = st.text(max_size=20)
QUOTE = st.one_of(
    st.fixed_dictionaries({"p": st.integers(-1, 9), "t": TEXT}),
    st.fixed_dictionaries({"s": st.sampled_from(["1.1", "1.2", "9.9", "x"]), "t": TEXT}),
    st.sampled_from(["1.1", "2.1", "0.0", ""]),
    st.none(),
)
CLAIM = st.one_of(
    st.fixed_dictionaries({"quotes": st.lists(QUOTE, max_size=3), "claim": TEXT}),
    st.fixed_dictionaries({"quotes": QUOTE}),
    st.integers(),
)
REPLY = st.one_of(
    st.fixed_dictionaries(
        {"status": st.sampled_from(["answered", "insufficient"]), "claims": st.lists(CLAIM)}
    ),
    st.fixed_dictionaries(
        {"status": st.just("insufficient"), "claims": st.just([]), "missing": TEXT}
    ),
).map(json.dumps)


@pytest.mark.parametrize("mode", PROMPTS)
@pytest.mark.parametrize("reason", ["stop", "length"])
@settings(deadline=None)
@given(text=st.one_of(st.text(), REPLY), cut=st.integers(0, 9))
def test_any_reply_is_read_or_refused_by_name(mode, reason, text, cut):
    completion = Completion(text=text[: len(text) - cut], model="m", finish_reason=reason)
    try:
        draft = parse(completion, PROMPTS[mode])
    except DraftParseError:
        return
    assert draft.completion == completion
    assert all(claim.text.strip() for claim in draft.claims)
    for claim in draft.claims:
        for quote in claim.quotes:
            if quote.span is not None:
                passage = next(
                    hit.passage for hit in PROMPTS[mode].hits if hit.passage.id == quote.passage_id
                )
                assert quote.span.of(passage.text) == quote.text


@pytest.mark.parametrize("mode", PROMPTS)
@settings(deadline=None)
@given(text=REPLY, size=st.integers(1, 40))
def test_claims_that_are_read_early_are_those_of_the_whole(mode, text, size):
    reader = ClaimReader(PROMPTS[mode])
    early = [
        claim for at in range(0, len(text), size) for claim in reader.feed(text[at : at + size])
    ]
    try:
        whole = parse(Completion(text=text, model="m"), PROMPTS[mode]).claims
    except DraftParseError:
        return
    # Claims that stand before the status wait for it.
    assert tuple(early) == (whole if text.startswith('{"status"') else ())
