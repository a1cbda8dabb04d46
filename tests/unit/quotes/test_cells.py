"""Cells beside blank ones: quoted in another column they say another thing."""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote
from medrag.text.rows import placed_cells

TABBED = "Drug\tAdults\tChildren\tMaximum\nDorvazole\t\t15 mg/kg\t1 g\nFelbamide\t400 mg\t\t2 g\n"
SPACED = (
    "Drug        Adults   Children   Maximum\n"
    "Dorvazole            15 mg/kg   1 g\n"
    "Felbamide   400 mg              2 g\n"
)
BARRED = (
    "| Drug | Adults | Children | Maximum |\n|---|---|---|---|\n"
    "| Dorvazole | | 15 mg/kg | 1 g |\n| Felbamide | 400 mg | | 2 g |\n"
)
HEAD = "| Drug | Adults | Children | Maximum |\n|---|---|---|---|\n"


@pytest.mark.parametrize("passage", [TABBED, SPACED, BARRED])
@pytest.mark.parametrize(
    "row", ["| Dorvazole | | 15 mg/kg | 1 g |", "| Felbamide | 400 mg | | 2 g |"]
)
def test_a_row_quoted_with_its_blank_cells_verifies(passage, row):
    assert verify_quote(HEAD + row, passage).verified


@pytest.mark.parametrize("passage", [TABBED, SPACED, BARRED])
@pytest.mark.parametrize(
    "row",
    [
        "| Dorvazole | 15 mg/kg | | 1 g |",
        "| Dorvazole | 15 mg/kg | 1 g | |",
        "| Dorvazole | 15 mg/kg | 1 g |",
        "| Felbamide | | 400 mg | 2 g |",
        "| Felbamide | 400 mg | 2 g | |",
    ],
)
def test_a_cell_that_moved_over_a_blank_one_does_not(passage, row):
    match = verify_quote(HEAD + row, passage)
    assert match.status == "altered"


def test_tabs_part_cells_as_bars_do():
    head, row, *_ = TABBED.split("\n")
    assert verify_quote(f"{head}\n{row}", TABBED).status == "exact"
    match = verify_quote(f"{head}\nDorvazole\t15 mg/kg\t1 g", TABBED)
    assert match.status == "altered"
    assert match.diff[0].source == "Dorvazole 15 mg/kg 1 g"


def test_tabs_that_only_align_part_no_blank_cells():
    passage = "Drug\t\t\tDose\nDorvazole\t\t15 mg\nFelbamide hydrochloride\t400 mg\n"
    assert verify_quote("Drug\tDose\nDorvazole\t15 mg", passage).verified
    assert verify_quote("Drug | Dose\nDorvazole | 15 mg", passage).verified


def test_cells_are_placed_under_the_labels_of_their_columns():
    head, first, second, _ = SPACED.split("\n")
    assert placed_cells(head, first) == ["Dorvazole", "", "15 mg/kg", "1 g"]
    assert placed_cells(head, second) == ["Felbamide", "400 mg", "", "2 g"]


def test_two_cells_under_one_label_have_no_place():
    assert placed_cells("Drug        Dose", "Dorvazole   5 mg  10 mg") is None


def test_a_line_is_no_header_of_columns():
    assert placed_cells("Doses of all drugs", "Dorvazole   5 mg") is None
