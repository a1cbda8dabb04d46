"""Whose a state is that a sentence names: this patient's, or an effect's, a denial's, another's.

`asserted.jsonl` holds sentences in the wording of plain answers. In those marked `his` the text
gives the patient a state that a drug it orders must not meet; in the others such a state is only
named: as an effect to watch for, in a denial, as other people's, or as over.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.checker import check
from medrag.checker.asserted import standing
from medrag.clinical import read
from medrag.core.patient import Patient

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("asserted.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:60])
def test_only_a_state_that_the_text_gives_the_patient_counts(case):
    patient = None if case["patient"] is None else Patient.model_validate(case["patient"])
    findings = check(case["text"], patient=patient).findings
    assert bool([f for f in findings if f.severity != "info"]) is case["his"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("His asthma is quiet.", "his"),
        ("Although it may worsen his asthma, start it.", "his"),
        ("A diabetic man of 60.", "his"),
        ("Three years after his heart attack.", "his"),
        ("MRI shows an ischemic stroke.", "his"),
        ("She has no gout, asthma or migraine.", "not"),
        ("He has neither gout nor asthma.", "not"),
        ("Stroke and bleeding were asked about and are absent.", "not"),
        ("If asthma develops, stop it.", "not"),
        ("Patients with asthma should avoid it.", "not"),
        ("Her sister has porphyria.", "family"),
        ("Porphyria in her family.", "family"),
        ("After discharge from decompensated heart failure.", "over"),
        ("Watch for pancreatitis and hepatitis.", "unsaid"),
        ("Tardive dyskinesia and delirium may appear.", "unsaid"),
        ("It lowers the risk of stroke.", "unsaid"),
        ("Asthma and gout.", "told"),
    ],
)
def test_the_words_around_a_name_say_whose_it_is(text, expected):
    content = read(text)
    assert standing(content, content.diagnoses[-1].span) == expected
