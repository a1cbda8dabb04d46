"""Quotations in another layout than their passage: cells, list marks, references, encodings."""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote
from medrag.quotes.gate import parts_of

ROWS = (
    ("Renal function", "Dose of dorvazole", "Interval"),
    ("60 mL/min or more", "200 mg", "every 12 hours"),
    ("Below 30 mL/min", "50 mg", "every 48 hours"),
)


def written(rows, way):
    if way == "rule":
        head, *below = (f"| {' | '.join(row)} |" for row in rows)
        return "\n".join((head, "|---|---|---|", *below))
    if way == "narrow":
        head, *below = (f"|{'|'.join(row)}|" for row in rows)
        return "\n".join((head, "|:--:|:--:|:--:|", *below))
    return "\n".join({"bars": " | ", "tabs": "\t", "gaps": "   "}[way].join(row) for row in rows)


WAYS = ("rule", "narrow", "bars", "tabs", "gaps")


@pytest.mark.parametrize("source", WAYS)
@pytest.mark.parametrize("quoted", WAYS)
def test_a_table_may_be_quoted_with_other_marks_between_its_cells(source, quoted):
    passage = f"Dosing in adults\n\n{written(ROWS, source)}\n\nTake with water."
    match = verify_quote(written(ROWS, quoted), passage)
    assert match.verified
    assert match.text in passage


@pytest.mark.parametrize("source", WAYS)
@pytest.mark.parametrize("quoted", WAYS)
def test_a_cell_of_another_row_is_never_taken(source, quoted):
    head, first, last = ROWS
    mixed = (head, (first[0], last[1], first[2]))
    passage = f"Dosing in adults\n\n{written(ROWS, source)}\n\nTake with water."
    assert not verify_quote(written(mixed, quoted), passage).verified


@pytest.mark.parametrize("source", ["tabs", "gaps"])
def test_bars_between_other_cells_than_the_passages_make_another_row(source):
    quote = (
        "Renal function | Dose of dorvazole | Interval\nBelow 30 mL/min 50 | mg every | 48 hours"
    )
    assert not verify_quote(quote, written(ROWS, source)).verified


@pytest.mark.parametrize("source", ["rule", "narrow", "bars", "tabs"])
def test_a_row_still_needs_its_header(source):
    assert (
        verify_quote("Below 30 mL/min | 50 mg | every 48 hours", written(ROWS, source)).status
        == "clipped"
    )


@pytest.mark.parametrize("source", ["rule", "narrow", "bars", "tabs"])
def test_a_header_and_a_later_row_may_be_joined(source):
    head = "Renal function | Dose of dorvazole | Interval"
    quote = f"{head}\n...\nBelow 30 mL/min | 50 mg | every 48 hours"
    assert verify_quote(quote, f"{written(ROWS, source)}\n\nTake with water.").verified


ITEMS = ("severe hepatic impairment", "a history of wirrel fever", "use with dorvazole")


@pytest.mark.parametrize("marks", [("1. ", "2. ", "3. "), ("a) ", "b) ", "c) "), ("* ",) * 3])
def test_items_may_be_counted_that_the_passage_does_not_count(marks):
    quote = "Do not give in:\n" + "\n".join(m + i for m, i in zip(marks, ITEMS, strict=True))
    passage = "Do not give in:\n" + "\n".join(f"•\t{item}" for item in ITEMS) + "\n\nStore cold."
    assert verify_quote(quote, passage).verified


def test_the_numbers_of_items_may_be_left_out():
    passage = "Do not give in:\n" + "\n".join(f"{n}. {i}" for n, i in enumerate(ITEMS, 1))
    quote = "Do not give in:\n" + "\n".join(f"- {item}" for item in ITEMS)
    assert verify_quote(quote, passage).verified


def test_the_number_that_a_dose_begins_a_line_with_is_no_items():
    passage = "Raise the dose of dorvazole to\n20. Then wait for the\nlevel at noon."
    assert not verify_quote(
        "Raise the dose of dorvazole to Then wait for the level", passage
    ).verified


def test_an_item_stays_under_its_own_lead_in():
    passage = (
        "Dorvazole is not recommended with the following:\n•\tbelrine;\n•\tcontamab\n"
        "Dorvazole may lead to:\n•\tloss of effect.\n•\treactions that need treatment."
    )
    moved = "Dorvazole is not recommended with the following:\n- reactions that need treatment."
    assert not verify_quote(moved, passage).verified


CITED = "Dorvazole shortens the stay in hospital"


@pytest.mark.parametrize(
    "source", ["{}.[12]", "{}.12", "{}.<sup>12</sup>", "{}.¹²", "{}[12].", "{}12."]
)
@pytest.mark.parametrize("quoted", ["{}.[12]", "{}.^12", "{}.¹²", "{}[12].", "{}."])
def test_a_reference_may_be_marked_otherwise(source, quoted):
    if source == "{}12." and quoted != "{}[12].":
        pytest.skip("a number glued to its word is part of it unless the quotation has it there")
    passage = f"Trials agree. {source.format(CITED)} Adequate evidence is rare."
    assert verify_quote(quoted.format(CITED), passage).verified


@pytest.mark.parametrize("source", ["{}.[12]", "{}.<sup>12</sup>", "{}[12].", "{}."])
@pytest.mark.parametrize("number", ["13", "1", "120"])
def test_another_reference_is_not_this_one(source, number):
    passage = f"Trials agree. {source.format(CITED)} Adequate evidence is rare."
    assert not verify_quote(f"{CITED}[{number}].", passage).verified


@pytest.mark.parametrize("unit", ["mg", "days", "%"])
def test_an_amount_in_brackets_is_no_reference(unit):
    passage = f"Give {unit} of dorvazole as told. Wait."
    assert not verify_quote(f"Give [5] {unit} of dorvazole as told.", passage).verified


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        (r"Give 10\% more of dorvazole.", "Give 10% more of dorvazole."),
        (r"Stop at $\geq$ 3 stones or $\leq$ 2 pins.", "Stop at ≥ 3 stones or ≤ 2 pins."),
        ("Give 75 mg/m$^2$ of dorvazole.", "Give 75 mg/m² of dorvazole."),
        ("Give 75 mg/m^{2} of dorvazole.", "Give 75 mg/m 2 of dorvazole."),
        ("The C_{max} of dorvazole rose to 9 mg/L.", "The Cmax of dorvazole rose to 9 mg/L."),
        ("The C<sub>max</sub> of dorvazole rose.", "The Cmax of dorvazole rose."),
        ("Loss of 3 mL min$^{−1}$ was seen daily.", "Loss of 3 mL min⁻¹ was seen daily."),
        ("Keep it below 25\\u00b0C at all times.", "Keep it below 25°C at all times."),
        ("## Storage\nKeep it below 25°C.", "Storage\nKeep it below 25°C."),
        ("Dorvazole(R) is given by mouth.", "Dorvazole® is given by mouth."),
        ("Dorvazole lowers it by 0·5 g.", "Dorvazole lowers it by 0.5 g."),
        ("“Dorvazole lowers the level by half”.", "Dorvazole lowers the level by half."),
        ("> STORAGE Keep it below 25°C.", "STORAGE Keep it below 25°C."),
    ],
)
def test_what_an_encoder_left_is_no_word(quote, passage):
    assert verify_quote(quote, f"{passage} Read the leaflet first.").verified


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("Give 75 mg/m^{3} of dorvazole.", "Give 75 mg/m² of dorvazole."),
        (r"Stop at $\geq$ 3 stones.", "Stop at ≤ 3 stones."),
        ("> Grade 3 rash needs a specialist.", "Grade 3 rash needs a specialist."),
        ("Dorvazole lowers it by 0·5 g.", "Dorvazole lowers it by 05 g."),
        ("The C_{min} of dorvazole rose.", "The Cmax of dorvazole rose."),
        ("Bacteria rose to 10^{8} at noon.", "Bacteria rose to 10⁹ at noon."),
        ("Loss of 3 mL min^{1} was seen daily.", "Loss of 3 mL min⁻¹ was seen daily."),
    ],
)
def test_what_an_encoder_changed_is_another_word(quote, passage):
    assert not verify_quote(quote, f"{passage} Read the leaflet first.").verified


@pytest.mark.parametrize("empty", ["", ".", "''", '"', "“.", "[]"])
def test_a_quotation_without_words_is_not_found(empty):
    assert verify_quote(empty, "Dorvazole is given by mouth.").status == "not_found"


CLEARANCES = (
    "Creatinine clearance\tDose\tFrequency\n60 mL/min or more\t100% of 500 mg\ttwice daily\n"
    "30 to 59 mL/min\t50% of 500 mg\ttwice daily\nbelow 30 mL/min\t50% of 500 mg\tonce daily\n"
)


def test_an_encoded_header_and_a_later_row_are_shown_without_the_rows_between():
    quote = "Creatinine clearance\tDose\tFrequency\nbelow 30 mL/min\t50\\% of 500 mg\tonce daily"
    assert verify_quote(quote, CLEARANCES).verified
    assert [span.of(CLEARANCES) for span in parts_of(quote, CLEARANCES)] == [
        "Creatinine clearance\tDose\tFrequency",
        "below 30 mL/min\t50% of 500 mg\tonce daily",
    ]


def test_what_was_decoded_is_no_longer_character_for_character():
    assert verify_quote("Give 10\\% glucose slowly.", "Give 10% glucose slowly.").status == (
        "normalized"
    )
