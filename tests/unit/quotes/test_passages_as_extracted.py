"""Passages as others hand them over: HTML, drafts with line numbers, marks without their height."""

from __future__ import annotations

import pytest

import medrag

P_VALUE = "The change was significant when p<0.05 (two-sided)."
DOSE = "Adults with hypertension should start amlodipine 5 mg once daily with or without food."
TABLE = (
    "<table><thead><tr><th>Renal function</th><th>Dose</th></tr></thead><tbody>"
    "<tr><td>Severe</td><td>250 mg once daily</td></tr>"
    "<tr><td>Moderate</td><td>500 mg once daily</td></tr></tbody></table>"
)
LIST = "<h3>Contraindications</h3><ul><li>severe hepatic impairment</li><li>porphyria</li></ul>"
DRAFT = (
    "12 Adults with hypertension should start amlodipine 5 mg once\n"
    "13 daily with or without food.\n14 Check the pressure after a month."
)
DOSES_BY_LINE = (
    "Take with a full glass of water and a small meal\n1 in the morning,\n2 at noon,\n3 at night"
)


@pytest.mark.parametrize(
    ("quote", "passage", "status"),
    [
        (DOSE, f"<p>{DOSE.replace(' 5 mg', '&nbsp;<b>5&nbsp;mg</b>')}</p>", "normalized"),
        (DOSE, f"<div class='text'><p>See <a href='#1'>1</a>.</p><p>{DOSE}</p></div>", "exact"),
        ("severe hepatic impairment", LIST, "clipped"),
        ("Contraindications: severe hepatic impairment", LIST, "normalized"),
        (DOSE, f"<h4>In patients who cannot take a thiazide</h4><p>{DOSE}</p>", "clipped"),
        ("250 mg once daily", TABLE, "clipped"),
        ("Moderate | 500 mg once daily", TABLE, "clipped"),
        ("Moderate | 500 mg once daily", TABLE.replace("thead>", "tbody>"), "clipped"),
        ("Renal function: Severe; Dose: 250 mg once daily", TABLE, "normalized"),
        ("Renal function: Moderate; Dose: 250 mg once daily", TABLE, "not_found"),
        ("Renal function | Dose\nSevere | 250 mg once daily", TABLE, "normalized"),
        ("Renal function | Dose\nSevere | 500 mg once daily", TABLE, "altered"),
        ("The change was significant.", P_VALUE, "clipped"),
        (DOSE, DRAFT, "normalized"),
        (DOSE.replace("5 mg", "13 mg"), DRAFT, "altered"),
        ("Take with a full glass of water and a small meal in the morning, at noon, at night",
         DOSES_BY_LINE, "altered"),
        (DOSE, f"{DOSE}12 Persons over 75 years start lower.", "exact"),
        (f"{DOSE} Old persons start lower.", f"{DOSE}12 Old persons start lower.3,7", "normalized"),
        (f"{DOSE}13 Old persons start lower.", f"{DOSE}12 Old persons start lower.", "altered"),
        ("Give a daily dose of 5", "Give a daily dose of 5.25 mg at night.", "altered"),
        (DOSE, DOSE.replace("once ", "once\n\nReference ID: 4079189\n\n3\n\n"), "normalized"),
        (DOSE, DOSE.replace("once ", "once\n\nMMWR / Vol. 70 / No. 4\n\n"), "normalized"),
    ],
)  # fmt: skip
def test_passages_as_extracted(quote: str, passage: str, status: str) -> None:
    match = medrag.verify_quote(quote, passage)
    assert match.status == status, match.diff
    if match.span is not None:
        assert match.text == match.span.of(passage)
