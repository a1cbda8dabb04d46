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
        ("Adults usually have a calcium of 12 to 14 mg/dL.", "LAB203"),
        ("HDL 22 mg/dL is ideal.", "LAB205"),
        ("Which platelet count is normal? Between 15 and 45 x 10^9/L.", "LAB203"),
        ("Glucose 38 mg/dL, so the blood sugar is too high.", "LAB201"),
        ("Her lithium of 0.8 mg/dL, drawn 12 hours after the last dose, is fine.", "LAB101"),
        ("Urea 10 mmol/L converts to a BUN of 60 mg/dL.", "LAB104"),
        ("With a QT of 480 ms at a rate of 100 per minute, Bazett gives 480 ms.", "LAB204"),
        ("Magnesium 0.6 mg/dL with palpitations; suggest nuts and bananas.", "LAB202"),
        ("The CSF shows gram-negative diplococci; wait for the culture.", "LAB202"),
        ("Her potassium of 7.4 mmol/L is not worrying.", "LAB202"),
        ("Carboxyhemoglobin 38 %: open a window and go back to work.", "LAB202"),
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
        "CSF glucose of 45 to 80 mg/dL is the usual adult range.",
        "What potassium is dangerous? Roughly 6.5 to 7 mmol/L and above in adults.",
        "For an albumin of 2 g/dL the corrected anion gap is 19 (Na 140, Cl 104, HCO3 22).",
        "Do not wait for the culture: ceftriaxone 2 g IV now, for the CSF shows diplococci.",
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


@pytest.mark.parametrize(
    "text",
    [
        "Corrected calcium = measured calcium - 0.8 x (4 - albumin).",
        "The anion gap is calculated as sodium plus chloride minus bicarbonate.",
        "Bazett: QTc = QT x square root of RR.",
        "BMI is weight divided by height.",
        "MAP is (SBP + DBP)/2.",
        "Cockcroft-Gault: (140 + age) x weight / (72 x creatinine).",
        "LDL = total cholesterol - HDL - triglycerides/2.",
        "Winter's formula: 1.5 x HCO3 + 18.",
        "Calculated osmolality = 2 x Na + glucose/2.8 + BUN/18.",
        "BSA = height x weight / 3600.",
        "Free water deficit = 0.6 x weight x (140/Na - 1).",
        "Multiply creatinine in umol/L by 88.4 to get mg/dL.",
        "To convert cholesterol from mmol/L to mg/dL multiply by 18.",
    ],
)
def test_a_formula_that_gives_another_result_is_found(text):
    assert "LAB208" in warnings(text)


@pytest.mark.parametrize(
    "text",
    [
        "Corrected calcium = Ca + 0.8 x (4.0 - albumin in g/dL).",
        "Anion gap = (Na + K) - (Cl + HCO3).",
        "QTc = QT / sqrt(RR).",
        "BMI is weight in kg divided by height in metres squared.",
        "MAP = DBP + 1/3 (SBP - DBP).",
        "CrCl = (140 - age) x weight / (72 x SCr) x 0.85 in women.",
        "LDL = TC - HDL - TG/5.",
        "Winter's formula: expected PaCO2 = 1.5 x HCO3 + 8 (\u00b12).",
        "Osmolality = 2Na + glucose + urea (all in mmol/L).",
        "Corrected Na = Na + 1.6 x (glucose - 100)/100.",
        "BMI: weight 80 kg, height 1.8 m.",
        "To convert cholesterol from mmol/L to mg/dL multiply by 38.67.",
    ],
)
def test_a_formula_written_in_a_right_way_stays_silent(text):
    assert "LAB208" not in warnings(text)


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("Winter's formula with bicarbonate 10 predicts a PaCO2 of 40 mmHg.", "23 mm"),
        ("PaO2 60 on FiO2 0.6 is a P/F ratio of 300.", "100 mm"),
        ("With sodium 136, chloride 104 and bicarbonate 24 mmol/L the gap is 30 mmol/L.", "8 mmol"),
        (
            "eGFR for a 70-year-old woman with creatinine 1.8 mg/dL is 75 mL/min/1.73 m2.",
            "is 29.9",  # CKD-EPI 2021: 142 x (1.8/0.7)^-1.2 x 0.9938^70 x 1.012 = 29.9
        ),
        (
            "CHA2DS2-VASc of an 80-year-old woman with hypertension and diabetes is 2.",
            "at least 5",  # age 2, sex 1, hypertension 1, diabetes 1
        ),
    ],
)
def test_a_wrong_result_is_found_and_the_right_one_told(said, right):
    assert any(right in f.message for f in check(said).findings)


def test_a_score_counts_only_what_the_patient_has():
    text = "CHA2DS2-VASc of a 60-year-old man without diabetes, no stroke, is 0."
    assert warnings(text) == []


@pytest.mark.parametrize(
    "range_",
    [
        "Which range is normal? Between 15 and 45 mg/dL.",
        "And the limit? Up to 5 mmol/L is normal.",
        "How much is healthy? It should be 8 to 14 mmol/L.",
        "Dose of acetaminophen? Between 325 and 650 mg.",
        "Reference:\n135-145 mmol/L in adults.",
        "Options:\n- Procainamide 20 to 50 mg/min until suppression, if the QT is normal",
    ],
)
def test_a_range_behind_a_sentence_that_names_no_test_is_no_reference_range(range_):
    text = f"Sodium 139 mmol/L is normal. {range_}"
    assert not [one for one in check(text).not_checked if "LAB203" in one.check]
    assert "LAB203" not in warnings(text)


@pytest.mark.parametrize(
    "text",
    [
        "- When glucose reaches 200-250 mg/dL, change to D5 half-normal saline.",
        "Once glucose hits 200 to 250 mg/dL, change to D5 in normal saline.",
        "Glucose 200-250 mg/dL: D5 with half normal saline.",
        "With a sodium of 150-155 mmol/L, give quarter-normal saline.",
        "Sodium 118-120 mmol/L: do not give normal saline here.",
        "A chloride of 112-115 mmol/L comes from normal saline.",
    ],
)
def test_a_fluid_that_is_called_normal_makes_no_reference_range(text):
    assert "LAB203" not in warnings(text)


@pytest.mark.parametrize(
    "text",
    [
        "Normal saline runs; a normal glucose is 200-250 mg/dL.",
        "Healthy adults have a sodium of 150-155 mmol/L, normal saline or not.",
        "The normal chloride is 112-125 mmol/L.",
    ],
)
def test_a_range_called_normal_beside_such_a_fluid_is_one(text):
    assert "LAB203" in warnings(text)
