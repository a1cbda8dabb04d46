"""Table rows: cells, and cells under their labels."""

from __future__ import annotations

import pytest

from medrag.text import labelled_row, row_cells


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| Dose | 5 mg |", ["Dose", "5 mg"]),
        ("Dose | 5 mg", ["Dose", "5 mg"]),
        ("Dose\t 5  mg", ["Dose", "5 mg"]),
        ("| Dose |  | daily |", ["Dose", "", "daily"]),
        ("no table", ["no table"]),
    ],
)
def test_cells_are_parted_by_bars_or_tabs(row, cells):
    assert row_cells(row) == cells


def test_a_row_stands_under_its_labels_and_caption():
    said = labelled_row("Age | Dose", "6 to 12 | 5 mg", caption="Examplazine")
    assert said == "Examplazine: Age: 6 to 12; Dose: 5 mg"


def test_a_blank_cell_goes_with_its_label_and_a_cell_without_label_stands_alone():
    assert labelled_row("| | Dose | Note |", "| Child | 5 mg | |") == "Child; Dose: 5 mg"


@pytest.mark.parametrize(
    ("header", "row"), [("a | b", "1 | 2 | 3"), ("a", "1"), ("a | b", "|  |  |")]
)
def test_a_row_without_its_own_columns_has_no_labels(header, row):
    assert labelled_row(header, row) is None
