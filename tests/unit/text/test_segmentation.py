"""Where clinical sentences, items, rows and headings end: one expected unit a line."""

from __future__ import annotations

import pytest

from medrag.text import segment, sentences


@pytest.mark.parametrize(
    "units",
    [
        ["Take 5.5 mg daily.", "Then stop."],
        ["See e.g. Fig. 2 vs. No. 3 of Dr. St. John.", "He gave 5 mg."],
        ["Give 2 g i.v. b.i.d. for 3 days.", "Repeat."],
        ["The U.S. Preventive Services Task Force agrees.", "The test is cheap."],
        ["Hypotension occurs [see Warnings (5.1)].", "It passes."],
        ["Hypotension occurs. [see Warnings (5.1)]", "It passes."],
        ["It lowers potassium; it raises sodium.", "Wait."],
        ["Smith et al. found this.", "Others did not."],
        ["Is it safe?", "Yes!", "It is."],
        ["The count rose to 7.", "Patients did well."],
        ["It took 7 ms.", "In all, 5 did."],
        ["pH was low.", "eGFR was 30."],
    ],
)
def test_prose_is_cut_at_the_ends_of_its_sentences(units):
    text = " ".join(units)
    assert [span.of(text) for span in sentences(text)] == units


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("A wrapped\nline goes on. Next.", ["A wrapped\nline goes on.", "Next."]),
        ("One\n\ntwo", ["One", "two"]),
        ("Do not use in:\n• asthma\n• gout", ["Do not use in:", "• asthma", "• gout"]),
        ("1. Stop. Wait.\n2. Call.", ["1. Stop. Wait.", "2. Call."]),
        ("- a long item\n  that wraps\n- b", ["- a long item\n  that wraps", "- b"]),
        ("Dose | 5 mg | 6 mg\nAge | 2 | 3", ["Dose | 5 mg | 6 mg", "Age | 2 | 3"]),
        ("a\tb. C d.\te\nText.", ["a\tb. C d.\te", "Text."]),
        ("5.1 Hypotension\nIt falls.", ["5.1 Hypotension", "It falls."]),
        ("Renal impairment\nReduce the dose.", ["Renal impairment", "Reduce the dose."]),
        ("Used for: • asthma • gout", ["Used for:", "• asthma", "• gout"]),
        ("\n \n", []),
    ],
)
def test_lines_that_are_items_rows_or_headings_are_units(text, units):
    assert [span.of(text) for span in sentences(text)] == units


def test_segments_tell_what_a_unit_is_and_cut_items_into_sentences():
    units = segment("Heading\n\n- One. Two.\n\na | b | c\n\nProse here. More.")
    assert [(unit.kind, unit.block) for unit in units] == [
        ("heading", 0), ("item", 1), ("item", 1), ("row", 2), ("prose", 3), ("prose", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("piece", ["a. ", "( ", "• ", "— ", "\u200b", "e\u0301", "A\n", "| ", "."])
def test_time_is_linear_in_the_length(piece):
    text = piece * 60_000
    spans = sentences(text)
    assert not spans or spans[-1].end <= len(text)


@pytest.mark.parametrize("lead", ["Not studied", "Not studied in", "Avoid in the following"])
@pytest.mark.parametrize(("first", "mark"), [("- ", "- "), ("• ", "• "), ("2. ", "1. ")])
def test_an_open_line_between_two_lists_leads_in_the_second(lead, first, mark):
    text = f"Suitable for:\n{first}adults\n{lead}\n{mark}pregnancy\n"
    said = [(text[unit.start : unit.end].strip("-• "), unit.kind) for unit in segment(text)]
    assert said[-2] == (lead, "heading")
    assert said[-1][1] == "item"


@pytest.mark.parametrize(
    "text",
    [
        "Suitable for:\n- adults who weigh more than\n40 kg\n- older people\n",
        "Suitable for:\n- people who are treated with\nDorvazole\n- older people\n",
        "Suitable for:\n- adults; and\nAdolescents over 40 kg.\n- older people\n",
    ],
)
def test_what_goes_on_from_an_item_leads_in_nothing(text):
    assert [unit.kind for unit in segment(text)] == ["heading", "item", "item"]
