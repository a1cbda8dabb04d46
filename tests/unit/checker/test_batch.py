"""The batch format: what goes in, what comes out, and what is refused."""

from __future__ import annotations

import json

import pytest

from medrag.checker import check_case, check_cases
from medrag.errors import InputError


def test_a_case_comes_out_as_the_format_says():
    row = check_case({"id": "1", "text": "Digoxin 125 mg daily.", "patient": None})
    assert list(row) == ["id", "findings", "not_checked"]
    assert set(row["findings"][0]) == {
        "rule_id", "category", "severity", "message", "span", "reference",
    }  # fmt: skip
    assert row["findings"][0]["span"] == [0, 20]
    assert json.loads(json.dumps(row)) == row


def test_cases_keep_their_order_and_ids():
    rows = list(check_cases([{"id": "b", "text": "x"}, {"id": 1, "text": "y"}]))
    assert [row["id"] for row in rows] == ["b", 1]


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"id": "1"}, '"text" must be a string, found nothing'),
        ({"text": "x"}, '"id" must be a string, found nothing'),
        ({"id": "1", "text": 5}, '"text" must be a string, found int'),
        ({"id": "1", "text": "x", "pateint": {}}, "Did you mean 'patient'?"),
        ({"id": "1", "text": "x", "patient": {"age": 5}}, "unknown key 'age'"),
        ({"id": "1", "text": "x", "patient": {"weigth_kg": 5}}, "Did you mean 'weight_kg'?"),
        ({"id": "1", "text": "x", "patient": {"weight_kg": -5}}, "patient.weight_kg"),
        ({"id": "1", "text": "x", "patient": []}, "must be an object or null, found a list"),
        ({"id": "1", "text": "x", "patient": {"labs": [{"name": "K"}]}}, "patient.labs.0"),
        ({"id": "1", "text": "x", "quotes": "y"}, '"quotes" must be a list of strings'),
        ({"id": "1", "text": "x", "patient": {"resourceType": "Bundle"}}, "FHIR"),
        (["x"], "must be a JSON object, found a list"),
    ],
)
def test_a_bad_case_is_refused_with_its_number_and_key(case, words):
    with pytest.raises(InputError) as error:
        list(check_cases([{"id": "0", "text": "fine"}, case]))
    assert str(error.value).startswith("case 2")
    assert words in str(error.value)


def test_a_refusal_never_shows_the_value():
    with pytest.raises(InputError) as error:
        check_case({"id": "1", "text": "x", "patient": {"age_years": "Jane Example"}})
    assert "Jane" not in str(error.value)
