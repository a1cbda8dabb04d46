"""What units are read under, and what lines are by their shape."""

from __future__ import annotations

import pytest

from medrag.text import segment
from medrag.text.outline import outline
from medrag.text.tables import read_table


def over(text, line):
    """The words over the first unit that begins with `line`, outermost first."""
    units = segment(text)
    read = outline(text, units)
    number = next(n for n in range(len(units)) if read.words(n).startswith(line))
    return [read.words(governor) for governor in read.over[number]]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("Uses:\n- gout\n- pain", "- pain", ["Uses:"]),
        ("Who may not take it?\n- anyone\n- all", "- all", ["Who may not take it?"]),
        ("Avoid in:\n- gout:\n  - of the knee\n- pain", "- of the", ["Avoid in:", "- gout:"]),
        ("Avoid in:\n- gout:\n  - of the knee\n- pain", "- pain", ["Avoid in:"]),
        ("• Never in these. Not in:\n– men;\n– boys", "– boys", ["Not in:"]),
        (
            "# Drug\n## Contraindications\n### Liver\n- jaundice",
            "- jaundice",
            ["# Drug", "## Contraindications", "### Liver"],
        ),
        (
            "4 CONTRAINDICATIONS\nIt has risks.\n\n- gout\n- asthma",
            "- gout",
            ["4 CONTRAINDICATIONS"],
        ),
        ("4 CONTRAINDICATIONS\nSome words.\n\n5 USES\n- gout\n- pain", "- gout", ["5 USES"]),
        ("Contraindications\n\nOne.\n\nTwo things of note.", "Two", ["Contraindications"]),
        ("It is dry.\n- gout\n- pain", "- gout", []),
        ("Table 1. Doses\nAge | Dose\n6 | 5 mg", "6 |", ["Table 1. Doses"]),
        ("The following dose is for men. Take 5 mg.", "Take", ["The following dose is for men."]),
        ("Can I take it? Yes, daily.", "Yes", ["Can I take it?"]),
        ("Can I take it? It is red.", "It", []),
    ],
)  # fmt: skip
def test_a_unit_is_read_under_its_headings_and_lead_ins(text, line, expected):
    assert over(text, line) == expected


@pytest.mark.parametrize(
    ("rows", "heads"),
    [
        (["a | b", "1 | 2", "3 | 4"], [(), (0,), (0,)]),
        (["| a | b |", "|---|---|", "| x | 2 |"], [(), (), (0,)]),
        (["| | X | |", "| w | m | n |", "|--|--|--|", "| k | 2 | 3 |"], [(), (), (), (0, 1)]),
        (["a | b | c", "Adults |", "x | 1 | 2", "Boys |", "y | 3 | 4"],
         [(), (), (0, 1), (), (0, 3)]),
        (["| a | b | c |", "| x | 1 | 2 |", "| | 3 | 4 |"], [(), (0,), (0, 1)]),
        (["Adults | 10 mg daily", "Boys | 5 mg daily"], [(), ()]),
        (["Rash | 2 | 1", "Fever | 3 | 2"], [None, None]),
        (["Event | 2019 | 2020", "Rash | 3 | 2"], [(), (0,)]),
        (["Event | 5 mg | 9 mg", "Rash | 3 | 2"], [(), (0,)]),
        (["x | 5 mg once daily | 6 mg once daily", "y | 7 mg twice | 8 mg twice"], [None, None]),
        (["Event Drug Placebo", "Rash 3% 2%"], [(), (0,)]),
        (["Fever 3% 2%", "Rash 3% 2%"], [None, None]),
    ],
)  # fmt: skip
def test_a_row_is_read_under_the_rows_that_head_it(rows, heads):
    assert read_table(rows) == heads


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Stop it in:\nheart attack of any kind\nfever", ["heading", "item", "item"]),
        ("Stop it in case of:\nan old and very long wound of the\nknee that is bad",
         ["heading", "prose"]),
        ("Event Drug (N=8) Placebo (N=9)\nRash 3% 2%\nFever 4% 1%", ["row", "row", "row"]),
        ("Rash 3% 2%\nFever 4% 1%", ["row", "row"]),
        ("It was seen in 3\nof 9 people in 2010", ["prose"]),
        ("Table 2. Doses\nWeight Dose\nbelow 9 kg one tablet\nAbove 9 kg two tablets",
         ["heading", "row", "row"]),
        ("Weight        Dose\n9 kg          2 mg\n12 kg         3 mg", ["row", "row", "row"]),
        ("1.   Take it.\n2.   Rest now.", ["item", "item"]),
        ("Words  with two  spaces. And more of them here.\nA line that goes  on.", ["prose"]),
    ],
)  # fmt: skip
def test_lines_without_marks_are_known_by_their_shape(text, kinds):
    blocks = {unit.block: unit.kind for unit in segment(text)}
    assert list(blocks.values()) == kinds


def test_a_note_belongs_to_the_words_that_carry_its_mark():
    text = "Rash in 9%* of all.\nFever in 2% of all.\n\n* Not in children.\n† Not in men."
    units = segment(text)
    read = outline(text, units)
    notes = [[read.words(note) for note in read.notes(number)] for number in range(len(units))]
    assert notes[0] == ["* Not in children."]
    assert not any(notes[1:])


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("It is given. This does not apply to men.", True),
        ("It is given.\n\nThis does not apply to men.", True),
        ("It is given.\n\nHowever, it was red.", False),
        ("It is given. But not to men.", True),
        ("It is given.\n\nBut not to men.", False),
        ("- It is given\n- It is good\n\nThis does not apply to men.", True),
        ("It is given. This was red.", False),
    ],
)
def test_a_sentence_takes_back_what_stands_before_it(text, taken):
    read = outline(text, segment(text))
    assert (read.taken_back(0) is not None) is taken
