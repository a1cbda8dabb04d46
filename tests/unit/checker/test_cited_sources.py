"""Whose guideline it is stands on its title page, unless a quotation names somebody itself."""

from __future__ import annotations

import pytest

from medrag.checker import check_case


def flagged(text, *quotes):
    row = check_case({"id": "one", "text": text, "quotes": list(quotes)})
    return [found["category"] for found in row["findings"] if found["severity"] != "info"]


UNNAMED = "In adults with gout, we recommend allopurinol as the first urate-lowering drug."


@pytest.mark.parametrize(
    "text",
    [
        "The ACR guideline recommends allopurinol as the first urate-lowering drug in gout.",
        "Following the 2020 ACR gout guideline, allopurinol is the first urate-lowering drug.",
    ],
)
def test_a_source_may_be_named_beside_a_quotation_that_names_none(text):
    assert flagged(text, UNNAMED) == []


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Per the EULAR, allopurinol comes first.", "The ACR recommends allopurinol first."),
        (
            "According to ONTARGET, ramipril lowers the number of strokes.",
            "The HOPE trial showed that ramipril reduced strokes.",
        ),
        (
            "The NICE guideline advises against routine imaging of back pain.",
            "SIGN: back pain should not be imaged routinely.",
        ),
        (
            "Before allopurinol, test glucose-6-phosphate dehydrogenase (G6PD) activity.",
            "Before rasburicase, consider the patient's ancestry; test for the HLA allele.",
        ),
        ("A FIT every three years will do.", "FIT every year is acceptable."),
    ],
)
def test_another_source_or_test_than_the_quotation_names_is_found(text, quote):
    assert flagged(text, quote)
