"""What of a passage may be quoted, and with what beside it: one quotation a line."""

from __future__ import annotations

import pytest

from medrag.text import citable

LIST = (
    "Do not give examplazine in:\n- severe asthma\n- gout\n  - of the knee\n\n"
    "It is white and round."
)
TABLE = "Dose by weight\nWeight | Dose\n---|---\n6 to 12 kg | 5 mg\nover 12 kg | 9 mg\n"


@pytest.mark.parametrize(
    ("text", "quotations"),
    [
        ("It is white. It is round too.", ["It is white.", "It is round too."]),
        (
            LIST,
            [
                "Do not give examplazine in:\n- severe asthma",
                "Do not give examplazine in: … - gout",
                "Do not give examplazine in: … - gout\n  - of the knee",
                "It is white and round.",
            ],
        ),
        (
            TABLE,
            [
                "Dose by weight\nWeight | Dose … 6 to 12 kg | 5 mg",
                "Dose by weight\nWeight | Dose … over 12 kg | 9 mg",
            ],
        ),
        (
            "It is given to adults. This does not apply in asthma. It is dry.",
            ["It is given to adults. This does not apply in asthma.", "It is dry."],
        ),
        (
            "Adults\nTake 10 mg daily.\n\nChildren\nTake 10 mg daily.",
            ["Adults\nTake 10 mg daily.", "Children\nTake 10 mg daily."],
        ),
        ("4 CONTRAINDICATIONS\nSevere asthma of any cause and all gout.", [
            "4 CONTRAINDICATIONS\nSevere asthma of any cause and all gout."]),
        ("4 CONTRAINDICATIONS\nIt must not be given in asthma.", [
            "It must not be given in asthma."]),
        ("Rash | 2 | 1\nFever | 3 | 2\n\nIt is dry now.", ["It is dry now."]),
        ("Adults | 10 mg daily\nChildren | 5 mg daily", [
            "Adults | 10 mg daily", "Children | 5 mg daily"]),
        ("Event | Drug\nRash* | 9 mg\nFever | 2 mg\n\n* Not in children", [
            "Event | Drug\nRash* | 9 mg … * Not in children", "Event | Drug … Fever | 2 mg",
            "* Not in children"]),
        ("Yes.", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_statement_comes_with_all_that_it_must_be_read_under(text, quotations):
    assert [one.quotation(text) for one in citable(text)] == quotations


def test_a_statement_is_the_last_of_its_parts_and_in_text_order():
    one = citable(LIST)[2]
    assert one.kind == "item"
    assert [part.of(LIST) for part in one.parts] == [
        "Do not give examplazine in:", "- gout", "- of the knee",
    ]  # fmt: skip
    assert one.parts[-1] == one.span


def test_items_parted_from_a_heading_that_turns_them_are_not_citable():
    text = "- severe asthma of adults\n- gout of the knee"
    assert citable(text, "Contraindications") == []
    assert len(citable(text, "Uses")) == 2
