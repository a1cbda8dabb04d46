"""A denial lost or put in is reported whatever an answer says before it."""

from __future__ import annotations

import pytest

from medrag.checker import check_case

QUOTE = "Patients with severe renal impairment have not been studied."
OTHER = "Postmarketing cases of parkinsonism with trovamine have been reported."


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Here is what the source says. " + QUOTE.replace("not ", ""), QUOTE),
        ("1. " + OTHER.replace("have", "have not"), OTHER),
        ("Per the passage: " + QUOTE.replace("not ", ""), QUOTE),
    ],
)
def test_a_turned_denial_behind_a_lead_is_a_finding(claim, quote):
    case = {"id": "one", "text": claim, "quotes": [quote], "patient": None}
    assert [one for one in check_case(case)["findings"] if one["severity"] == "critical"]
