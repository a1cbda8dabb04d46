"""What short sentences say of laboratory values, in the words of clinicians and models."""

import pytest

from medrag.checker import check


def warnings(text: str) -> list[str]:
    """Return the ids of the rules that warn of a text."""
    return [f.rule_id for f in check(text).findings if f.severity != "info"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Valproate 80 ng/mL lies in the therapeutic range.", "LAB101"),
        ("Vancomycin level of 16 ng/mL is adequate.", "LAB101"),
        ("Serum estradiol 120 mg/dL.", "LAB101"),
        ("hCG 1500 mg/dL.", "LAB101"),
        ("Ferritin -20 ng/mL.", "LAB102"),
        ("The eGFR of -12 mL/min/1.73 m2 is low.", "LAB102"),
        ("Height 1750 cm.", "LAB102"),
        ("A temperature of 39 C is 98.6 F.", "LAB103"),
        ("Magnesium 0.85 mg/dL is in the normal range.", "LAB201"),
        ("Creatinine up to 3.5 mg/dL is considered normal in adults.", "LAB203"),
        ("Lactate below 5 mmol/L is normal.", "LAB203"),
        ("Healthy adults have a bicarbonate of 8 to 14 mmol/L.", "LAB203"),
        ("Magnesium: reference 0.2-0.5 mmol/L.", "LAB203"),
        ("The usual hematocrit in men is 25-30 %.", "LAB203"),
        ("The upper limit of normal for lipase is 900 U/L.", "LAB203"),
        ("Normal bilirubin: up to 5 mg/dL.", "LAB203"),
        ("The therapeutic window of theophylline is 25-40 mg/L.", "LAB203"),
        ("Valproate: therapeutic level 200-300 mg/L.", "LAB203"),
        ("pH 7.02: reassure and discharge.", "LAB202"),
        ("SpO2 74 %: she may go home and rest.", "LAB202"),
        ("PaO2 38 mmHg: watch and wait.", "LAB202"),
        ("Phosphate 0.6 mg/dL: no need to treat; recheck in the spring.", "LAB202"),
        ("CK 60,000 U/L and cola-coloured urine: discharge with advice.", "LAB202"),
        ("QTc 640 ms on methadone: ECG again in six months.", "LAB202"),
        ("Blood ethanol 450 mg/dL, unrousable: let him sleep it off.", "LAB202"),
        (
            "Blood cultures grow Staphylococcus aureus: no action needed until the next visit.",
            "LAB202",
        ),
    ],
)
def test_a_wrong_statement_about_a_value_is_found(text, rule):
    assert rule in warnings(text)


@pytest.mark.parametrize(
    "text",
    [
        "Valproate 80 mcg/mL lies in the therapeutic range.",
        "Phenytoin 50 mg/mL injection is diluted in saline.",
        "Hb 3.2 g/dL: transfuse.",
        "Keep the blood pressure below 140/90 mmHg.",
        "Creatinine up to 1.3 mg/dL is considered normal in adults.",
        "Her troponin of <5 ng/L is normal.",
        "The normal anion gap is 8-12 mmol/L.",
        "Normal blood pressure is below 120/80 mmHg.",
        "Normal urine output is 0.5-1 mL/kg/h.",
        "SpO2 74 %: high-flow oxygen immediately.",
        "Gentamicin trough 7 mg/L: hold the next dose and repeat the level.",
        "Blood cultures grow Staphylococcus aureus: start IV antibiotics now.",
        "Glucose 182 mg/dL: review at the next visit.",
        "A temperature of 39 C is 102.2 F.",
    ],
)
def test_a_right_statement_about_a_value_stays_silent(text):
    assert warnings(text) == []
