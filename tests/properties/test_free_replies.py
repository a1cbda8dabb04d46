"""What an unconstrained model changed is never taken for a quotation; typography is no change."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrag.core.answer import DraftClaim
from medrag.core.document import Document, Passage, Source
from medrag.core.prompt import Completion
from medrag.core.query import Hit, Query
from medrag.core.span import Span
from medrag.generation import build_prompt
from medrag.generation.shown import source_quotes
from medrag.pipeline.replies import judged

STATEMENTS = (
    "Do not give examplazine to adults with an eGFR below 30 mL/min.",
    "Give examplazine 0.5 mg/kg every 8 hours unless the INR is >3.5.",
    "Examplazine 1,000 mg twice daily is not recommended in pregnancy.",
    "Stop otherazine 48–72 hours before surgery, except in patients with a “mechanical” valve.",
)
CHANGES = (
    ("Do not give", "Give"), ("below", "above"), ("30", "60"), ("adults", "children"),
    ("0.5 mg/kg", "5 mg/kg"), ("0.5", "0.6"), ("mg/kg", "mcg/kg"), ("8 hours", "18 hours"),
    (">3.5", "<3.5"), ("unless", "when"), ("every 8 hours ", ""), ("1,000", "10,000"),
    ("twice", "once"), ("is not recommended", "is recommended"), ("mg", "g"),
    ("48–72", "24–72"), ("before", "after"), ("except in", "and in"), ("Stop", "Start"),
)  # fmt: skip
TYPOGRAPHY = (
    ("–", "-"), ("“mechanical”", '"mechanical"'), (" ", "  "), (" ", "\u00a0"),
    ("ff", "\ufb00"), ("fi", "\ufb01"),
)  # fmt: skip


def prompt_over(*statements):
    source = Source(key="k", title="Guide", sha256="0" * 64)
    text = "\n\n".join(statements)
    passage = Passage.cut(Document.of(text, source), Span(start=0, end=len(text)))
    hit = Hit(passage=passage, source=source, score=1, rank=1, retriever="x")
    return build_prompt(Query(text="Dose?"), [hit])


PROMPT = prompt_over(*STATEMENTS)


def support_of(quoted):
    quotes = source_quotes(quoted, PROMPT.hits[0].passage)
    draft = DraftClaim(text="Something.", quotes=quotes)
    return judged(draft, PROMPT, Completion(text="", model="m")).support


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_changed_quotation_supports_nothing(old, new):
    changed = [text.replace(old, new) for text in STATEMENTS if old in text]
    assert changed
    for text in changed:
        assert support_of(text) == "unsupported", text


@pytest.mark.parametrize(("old", "new"), TYPOGRAPHY)
def test_another_typography_is_the_same_quotation(old, new):
    for text in STATEMENTS:
        assert support_of(text.replace(old, new)) == "supported", text


@settings(deadline=None)
@given(data=st.data())
def test_whatever_is_verified_is_shown_in_the_words_of_the_source(data):
    text = data.draw(st.sampled_from(STATEMENTS))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    edited = text[start:end] + data.draw(st.sampled_from(["", ".", " mg", " not", "0"]))
    passage = PROMPT.hits[0].passage
    draft = DraftClaim(text="Something.", quotes=source_quotes(edited, passage))
    for quote in judged(draft, PROMPT, Completion(text="", model="m")).quotes:
        if quote.match.verified:
            assert quote.match.text == quote.match.span.of(passage.text)
