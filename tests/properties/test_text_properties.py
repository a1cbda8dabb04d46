"""Promises of `medrag.text` on any input."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from medrag.core.span import Span
from medrag.text import cuts_token, normalize, segment, sentences

CLINICAL = st.text(
    st.sampled_from("abcMG 0159.,;:-–—−()[]<>≥=/%µμ²⁹½ﬁ\u00ad\u200b\u0301\u00a0\t\n\r•*|'\"“”e.g.")
)
ANY = st.one_of(st.text(), CLINICAL)


@given(ANY)
def test_every_origin_is_true(text):
    folded = normalize(text)
    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)
    assert all(0 <= offset < len(text) for offset in folded.origin)


@given(ANY)
def test_normalizing_twice_changes_nothing(text):
    once = normalize(text).text
    assert normalize(once).text == once


@given(ANY)
def test_a_character_that_stays_maps_to_itself(text):
    folded = normalize(text)
    for char, offset in zip(folded.text, folded.origin, strict=True):
        if char.isascii() and char.isalnum() and text[offset].isascii():
            assert char == text[offset]


@given(ANY)
def test_ascii_digits_are_never_lost_or_made(text):
    plain = "".join(char for char in text if char.isascii())
    kept = "".join(char for char in normalize(plain).text if char.isdigit())
    assert kept == "".join(char for char in plain if char.isdigit())


@given(ANY)
def test_sentences_cover_every_character_once_and_are_trimmed(text):
    at = 0
    for span in sentences(text):
        assert not text[at : span.start].strip()
        assert span.of(text).strip() == span.of(text) != ""
        at = span.end
    assert not text[at:].strip()


@given(ANY)
def test_segments_lie_inside_sentences(text):
    whole = sentences(text)
    for unit in segment(text):
        assert any(span.contains(unit.span) for span in whole)


@given(before=ANY, after=ANY)
def test_a_blank_line_always_ends_a_sentence(before, after):
    text = f"{before}\n\n{after}"
    edge = len(before)
    assert not any(span.start < edge and span.end > edge + 2 for span in sentences(text))


@given(st.text(st.sampled_from("ab ")), st.text(st.sampled_from("ab ")))
def test_spaces_are_between_tokens(left, right):
    text = f"{left} {right}"
    if left.strip() and left[-1] != " ":
        assert not cuts_token(f"x {text}", Span(start=2, end=2 + len(left)))


@given(ANY)
def test_composed_and_decomposed_accents_are_one(text):
    one = normalize(unicodedata.normalize("NFC", text)).text
    other = normalize(unicodedata.normalize("NFD", text)).text
    assert unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
