"""Pages are made of markup that only we make; everything else is text and stays what it is."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.evaluation.reports.markup import (
    Markup,
    document,
    element,
    joined,
    prose,
    table,
    visible,
)
from medrag.evaluation.reports.plots import COLORS, SHARES, Axis, Dot, Line, bars, dots, lines
from medrag.evaluation.reports.style import STYLE

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")))


class Words(HTMLParser):
    """The text of a page, and the values of its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.values: list[str] = []
        self.feed(page)
        self.close()

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, _tag, attrs):
        self.values += [value for _, value in attrs if value is not None]


@given(child=WORDS, value=WORDS)
def test_text_and_values_come_out_as_they_went_in(child, value):
    read = Words(element("p", child, attributes={"title": value}))
    assert read.text == child
    assert read.values == [value]


@given(cells=st.lists(WORDS, min_size=2, max_size=2), caption=WORDS)
def test_a_table_holds_the_words_of_its_cells_and_no_element_of_theirs(cells, caption):
    made = table(caption, ("a", "b"), [cells], numbers=1)
    assert made.count("<td") == 1
    assert made.count("<th ") == 3
    assert all(cell in Words(made).text for cell in cells)


@given(st.text())
def test_nothing_that_hides_or_turns_words_is_left(text):
    page = document("t", STYLE, element("p", text))
    ranges = range(0x20), range(0x7F, 0xA0), range(0x200B, 0x2010), range(0x202A, 0x202F)
    hidden = {chr(code) for codes in ranges for code in codes} - set("\n\t\r")
    assert not hidden & set(page)
    page.encode("utf-8")


def test_what_is_markup_stays_and_what_is_text_does_not():
    assert element("p", Markup("<b>x</b>"), "<b>y</b>") == "<p><b>x</b>&lt;b&gt;y&lt;/b&gt;</p>"
    assert joined([Markup("<i>"), "<"], " & ") == "<i> &amp; &lt;"
    assert visible("a\u202eb") == "a\u27e8U+202E\u27e9b"


def test_what_stands_between_backticks_is_code_and_still_text():
    assert prose("see `a<b`.") == "see <code>a&lt;b</code>."
    assert prose("a ` alone") == "a ` alone"


def test_changing_markup_makes_it_text_again():
    changed = element("b", "x") + "<script>"
    assert type(changed) is str
    assert "&lt;script" in element("p", changed)


def luminance(color: str) -> float:
    wide = color if len(color) == 7 else "#" + "".join(2 * digit for digit in color[1:])
    channels = [int(wide[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(ink: str, ground: str) -> float:
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_and_marks_stand_out_from_their_ground():
    pairs = re.findall(r"\bcolor: (#\w+); background: (#\w+)", STYLE)
    assert len(pairs) >= 3
    inks = re.findall(r"[{ ;](?:color|fill): (#\w+)", STYLE)
    assert len(inks) >= 8
    grounds = ["#fff", "#e8f5ec", "#fdecec"]
    assert all(contrast(ink, ground) >= 4.5 for ink, ground in pairs)
    assert all(contrast(ink, ground) >= 4.5 for ink in inks for ground in grounds)
    assert all(contrast(ink, "#fff") >= 3 for ink in COLORS)


@pytest.mark.parametrize(
    ("value", "low", "high", "at"),
    [(0.0, 0.0, 0.1, 380.0), (1.0, 0.9, 1.0, 840.0), (0.5, None, None, 610.0), (2.0, 0, 3, 840.0)],
)
def test_a_dot_stands_at_its_share_of_the_axis_and_never_beyond(value, low, high, at):
    drawn = dots("t", [Dot("a", value, low, high, "words")])
    assert f'<circle cx="{at:.1f}"' in drawn
    assert 'aria-label="t. a: words"' in drawn


def test_a_line_goes_from_low_to_high_and_says_so():
    across = Axis("runs", [(0.0, "first"), (2.0, "third")])
    drawn = lines("t", across, Axis("share", SHARES), [Line("one", [(0, 0.0), (2, 1.0)])])
    marks = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)
    assert float(marks[0][0]) < float(marks[1][0])
    assert float(marks[0][1]) > float(marks[1][1]), "up is more"
    assert "from 0 at 0 to 1 at 2" in drawn


def test_runs_in_one_plot_have_marks_of_their_own():
    drawn = dots("t", [Dot(str(n), 0.5, None, None, "", n) for n in range(3)])
    assert drawn.count("<circle") == 1
    assert drawn.count("<rect") == 2
    assert drawn.count("rotate(45") == 1


def test_bars_are_as_high_as_their_counts():
    drawn = bars("t", "seconds", [("a", 1), ("b", 2), ("c", 0)])
    highs = [float(high) for high in re.findall(r'height="([\d.]+)" fill', drawn)]
    assert highs[1] == pytest.approx(2 * highs[0], abs=0.1)
    assert highs[2] == 0


def test_nothing_to_draw_draws_nothing_and_does_not_fail():
    assert "<svg" in dots("t", [])
    assert "<svg" in bars("t", "x", [])
    assert "<svg" in lines("t", Axis("x", [(0.0, "")]), Axis("y", SHARES), [])
