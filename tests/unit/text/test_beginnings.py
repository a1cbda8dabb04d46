"""What a pattern can begin with, in small letters and with 0 for a digit."""

from __future__ import annotations

import pytest

from medrag.text.beginnings import beginnings


@pytest.mark.parametrize(
    ("pattern", "begun"),
    [
        ("prior to", {"pr"}),
        ("(?:first|1st) line", {"fi", "0s"}),
        ("(?<=as )follows|(?:(?:can|may) )?wait", {"fo", "ca", "ma", "wa"}),
        ("a|bc", {"a", "bc"}),
        (".x", {""}),
    ],
)
def test_all_beginnings_of_a_pattern_are_known(pattern, begun):
    assert beginnings(pattern, 2) == begun
