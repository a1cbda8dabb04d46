"""Promises of the gate: what it accepts is the source's, and no altered content verifies."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from medrag.core.span import Span
from medrag.quotes import verify_quote
from medrag.text import citable, cuts_token, normalize

ANY = st.text(max_size=120)
HOSTILE = st.text(
    st.sampled_from("ab1 .\n-–—•½²⁹\u00ad\u200b\u202e\u0301'\"<>≥=/^)(µ*|\t…[]"), max_size=60
)
WORDS = st.sampled_from(
    ["tablets", "lower", "potassium", "slowly", "most", "people", "feel", "warm", "water", "daily"]
)
NUMBERS = st.integers(min_value=1, max_value=9999)
SENTENCES = st.builds(
    lambda words, number: f"Examplazine {' '.join(words)} and {number} mg suffices.",
    st.lists(WORDS, min_size=3, max_size=9),
    NUMBERS,
)


@given(quote=st.one_of(ANY, HOSTILE), passage=st.one_of(ANY, HOSTILE))
def test_the_gate_never_fails_and_shows_only_the_source(quote, passage):
    match = verify_quote(quote, passage)
    if match.span is None:
        assert match.text is None
        assert match.status == "not_found"
    else:
        assert match.text == match.span.of(passage)


@given(before=SENTENCES, planted=SENTENCES, after=SENTENCES)
def test_a_planted_sentence_is_found(before, planted, after):
    assume(planted not in {before, after})
    match = verify_quote(planted, f"{before} {planted} {after}")
    assert match.status == "exact"
    assert match.text == planted


@given(text=SENTENCES, data=st.data())
def test_a_piece_is_never_accepted_where_planting_cut_a_token(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    piece = text[start:end]
    span = Span(start=start, end=end)
    if text.count(piece) == 1 and piece == piece.strip() and cuts_token(text, span):
        assert not verify_quote(piece, text).verified


@given(text=SENTENCES, data=st.data())
def test_no_changed_digit_verifies(text, data):
    places = [match.start() for match in re.finditer(r"\d", text)]
    at = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[at]]))
    altered = text[:at] + digit + text[at + 1 :]
    match = verify_quote(altered, text)
    assert match.status == "altered"
    assert "number" in [change.kind for change in match.diff]


@given(text=SENTENCES, unit=st.sampled_from(["mcg", "g", "mL", "ng", "mmol", "kg", "MG"]))
def test_no_changed_unit_verifies(text, unit):
    assert not verify_quote(text.replace(" mg ", f" {unit} "), text).verified


@given(text=SENTENCES, word=st.sampled_from(["not", "never", "rarely"]))
def test_no_dropped_or_added_denial_verifies(text, word):
    denied = text.replace("suffices", f"{word} suffices")
    assert not verify_quote(denied, text).verified
    assert not verify_quote(text, denied).verified


@given(text=SENTENCES, data=st.data())
def test_typography_alone_always_verifies(text, data):
    spaces = data.draw(
        st.lists(
            st.sampled_from([" ", "\u00a0", "\n", "  ", "\u2009", "\u200b ", "\t "]),
            min_size=text.count(" "), max_size=text.count(" "),
        )
    )  # fmt: skip
    pieces = text.split(" ")
    varied = pieces[0] + "".join(
        space + piece for space, piece in zip(spaces, pieces[1:], strict=True)
    )
    match = verify_quote(varied, text)
    assert match.verified
    assert match.text == text


@given(quote=HOSTILE, passage=HOSTILE)
def test_what_verifies_has_the_passages_letters_and_digits(quote, passage):
    match = verify_quote(quote, passage)
    if match.verified and "…" not in quote and "." not in quote:
        assert match.text is not None
        assert _content(quote)[1:] in _content(match.text)


def _content(text: str) -> str:
    return "".join(char for char in normalize(text).text if char.isalnum())


NOUNS = st.sampled_from(["severe asthma", "gout of the knee", "marked jaundice", "old fractures"])
LINES = st.one_of(
    st.builds(lambda words: f"{words}.", SENTENCES),
    st.builds(lambda head, a, b: f"{head}\n- {a}\n- {b}\n", st.sampled_from(
        ["Do not give it in:", "CONTRAINDICATIONS", "Children", "It is used for:", "# Uses"]),
        NOUNS, NOUNS),
    st.builds(lambda a, b, n: f"\nEvent | Drug | Dose\n{a} | {n} | 3 mg\n{b} | 5 | {n} mg\n",
              NOUNS, NOUNS, NUMBERS),
    st.sampled_from(["However, it must not be used in gout.", "\nDosing\n", "\n",
                     "This does not apply in asthma.", "1.2 Uses in Adults"]),
)  # fmt: skip


@given(lines=st.lists(LINES, min_size=1, max_size=6), spaced=st.booleans())
def test_all_that_is_citable_verifies_in_one_quotation(lines, spaced):
    passage = "\n".join(lines)
    for one in citable(passage):
        quotation = one.quotation(passage)
        quotation = " ".join(quotation.split()) if spaced else quotation
        whole = " ".join(one.span.of(passage).split())
        if " ".join(passage.split()).count(whole) == 1:
            assert verify_quote(quotation, passage).verified, quotation
