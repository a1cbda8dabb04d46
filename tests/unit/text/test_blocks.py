"""HTML laid out as lines: offsets stay true, and text that holds no tag stays as it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from medrag.text.blocks import laid_out

_PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<li>",
            "</li>",
            "<h2>",
            "</h2>",
            "<tr>",
            "<td class='x'>",
            "</td>",
            "</th>",
        ),
        *("</th> </tr>", "<thead>", "<b>", "p<0.05", "a < b", "<", ">", "é", " ", "\n"),
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_what_is_laid_out_is_as_long_as_it_was(text: str) -> None:
    lines = laid_out(text)
    assert len(lines) == len(text)
    kept = (char for char in lines if char not in "\n |-# ")
    original = iter(text)
    assert all(char in original for char in kept)  # nothing is added, nothing changes places


def test_text_without_tags_is_left_alone() -> None:
    text = "Significant when p<0.05; give 5 mg if eGFR <30 and age >65."
    assert laid_out(text) is text or laid_out(text) == text
