import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.core.span import Span

SPANS = st.builds(
    lambda start, length: Span(start=start, end=start + length),
    st.integers(0, 500),
    st.integers(1, 500),
)


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 3)])
def test_a_span_is_never_empty_or_backwards(start, end):
    with pytest.raises(ValueError, match="0 <= start < end"):
        Span(start=start, end=end)


def test_a_span_is_a_pair_in_json():
    assert Span(start=2, end=5).model_dump_json() == "[2,5]"
    assert Span.model_validate_json("[2,5]") == Span(start=2, end=5)


@pytest.mark.parametrize("pair", ["[1]", "[1,2,3]", '["a",2]', "7"])
def test_what_is_no_pair_is_refused(pair):
    with pytest.raises(ValueError, match=r"span|Span"):
        Span.model_validate_json(pair)


def test_a_span_counts_code_points():
    assert Span(start=1, end=3).of("😀ab") == "ab"


def test_a_span_past_the_end_is_an_error():
    with pytest.raises(ValueError, match="text has 3 characters"):
        Span(start=1, end=4).of("abc")


@given(SPANS, SPANS)
def test_overlap_is_symmetric_and_means_a_shared_offset(a, b):
    shared = set(range(a.start, a.end)) & set(range(b.start, b.end))
    assert a.overlaps(b) == b.overlaps(a) == bool(shared)
    assert a.contains(b) == (shared == set(range(b.start, b.end)))


@given(SPANS, st.integers(0, 100))
def test_shifting_there_and_back_changes_nothing(span, offset):
    assert span.shift(offset).shift(-offset) == span
