"""What is asked, where such answers stand, and what is known of the patient."""

from __future__ import annotations

import pytest

from medrag.core.patient import Lab, Patient
from medrag.core.query import Query, RetrievalSettings
from medrag.retrieval.understanding import understand


def asked(text, patient=None, **settings):
    return understand(Query(text=text, patient=patient), RetrievalSettings(**settings))


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the maximum daily dose of examplazine?", "dose"),
        ("Does examplazine interact with otherazine?", "interaction"),
        ("can i take examplazine with grapefruit", "interaction"),
        ("Who should not take examplazine?", "contraindication"),
        ("How often should the INR be checked?", "monitoring"),
        ("What are the side effects of examplazine?", "adverse effect"),
        ("How does examplazine work?", "mechanism"),
        ("How is examplazine supplied?", "supply"),
        ("How should examplazine be stored?", "storage"),
        ("examplazine in the third trimester", "pregnancy"),
        ("examplazine while breastfeeding", "lactation"),
        ("examplazine in CKD", "renal"),
        ("examplazine in cirrhosis", "hepatic"),
        ("examplazine for children", "pediatric"),
        ("examplazine in the elderly", "geriatric"),
        ("antidote for examplazine overdose", "overdose"),
        ("What is examplazine used for?", "indication"),
        ("half-life of examplazine", "pharmacokinetics"),
        ("What is the first-line treatment of gout?", "treatment"),
        ("Diagnostic criteria for gout", "diagnosis"),
        ("What are the symptoms of gout?", "symptoms"),
        ("How can gout be prevented?", "prevention"),
        ("is examplazine addictive", "abuse"),
        ("does examplazine contain gluten", "ingredients"),
    ],
)
def test_the_kind_of_question_is_told_by_its_words(question, kind):
    found = {kind.name: kind.told_by for kind in asked(question).kinds}
    assert kind in found
    assert found[kind] in question


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("maximum dose of examplazine", ("2 Dosage and Administration",)),
        ("maximum dose of examplazine", ("4.2 Posology and method of administration",)),
        ("interaction with otherazine", ("7 DRUG INTERACTIONS",)),
        ("interaction with otherazine", ("4.5 Interaction with other medicinal products",)),
        ("side effects of examplazine", ("4.8 Undesirable effects",)),
        ("examplazine in pregnancy", ("8 Use in Specific Populations", "8.1 Pregnancy")),
        ("how to diagnose gout", ("1.1 Diagnosis and assessment",)),
        ("treatment of gout", ("Recommendations", "1.2 Managing gout flares")),
    ],
)
def test_a_heading_where_such_answers_stand_has_a_bonus(question, heading):
    bonus, kind = asked(question).prior(heading)
    assert bonus > 0
    assert kind in {told.name for told in asked(question).kinds}
    assert asked(question).prior(("References",)) == (0.0, "")


def test_a_phrase_of_a_heading_begins_at_a_word():
    understood = asked("maximum dose of examplazine")
    assert understood.prior(("Overdose",))[0] == 0
    assert understood.prior(("Dose",))[0] > 0


PATIENT = Patient(
    age_years=71,
    pregnant=False,
    conditions=["heart failure"],
    medications=["otherazine 5 mg daily with food"],
    allergies=["penicillin (rash)"],
    labs=[Lab(name="eGFR", value=24, unit="mL/min/1.73m2")],
)


def test_what_is_known_of_the_patient_is_weak_evidence():
    added = asked("examplazine dose", PATIENT).added
    assert {more.text for more in added} == {
        "geriatric",
        "renal impairment",
        "heart failure",
        "otherazine",
        "penicillin allergy",
    }
    assert {more.kind for more in added} == {"patient"}
    assert all(more.weight < 0.5 and more.asked == "" for more in added)


def test_headings_about_the_patient_count_less_than_those_asked_for():
    understood = asked("examplazine dose", PATIENT)
    about, why = understood.prior(("8.6 Renal Impairment",))
    assert why == "renal"
    assert 0 < about < understood.prior(("Dosage",))[0]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("an 82 year old on examplazine", "geriatric"),
        ("a 6-year-old with asthma", "pediatric"),
        ("eGFR 25 and examplazine", "renal impairment"),
        ("examplazine, CrCl of 28", "renal impairment"),
    ],
)
def test_numbers_in_the_question_tell_about_the_patient(question, word):
    assert word in {more.text for more in asked(question).added}


@pytest.mark.parametrize(
    "question", ["a 40 year old on examplazine", "eGFR 95 and examplazine", "for 10 years"]
)
def test_other_numbers_tell_nothing(question):
    assert not [more for more in asked(question).added if more.kind == "patient"]


@pytest.mark.parametrize("pregnant", [None, False])
def test_what_is_not_known_or_not_so_adds_nothing(pregnant):
    assert asked("examplazine", Patient(pregnant=pregnant)).added == ()


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Child-Pugh B", ["hepatic"]),
        ("baby aspirin", []),
        ("cyproheptadine", []),
        ("CYP2D6", ["interaction"]),
        ("a receptor antagonist", []),
        ("the child of someone with Child-Pugh B", ["hepatic", "pediatric"]),
    ],
)
def test_a_cue_inside_a_longer_phrase_tells_nothing(question, kinds):
    assert [kind.name for kind in asked(question).kinds] == kinds


def test_the_unit_of_a_kidney_test_is_not_its_value():
    reasons = [more.reason for more in asked("eGFR (mL/min/1.73 m2) 85").added]
    assert not [reason for reason in reasons if "in the question" in reason]
    assert "renal impairment" in [more.text for more in asked("eGFR (mL/min/1.73 m2) 25").added]


def test_of_an_order_the_drug_is_looked_for_and_not_its_amount():
    patient = Patient(medications=("examplazine 200 mg daily", "vitamin B12 1 mg"))
    texts = [more.text for more in asked("dizzy", patient).added]
    assert [text for text in texts if text in {"examplazine", "vitamin B12"}] == [
        "examplazine",
        "vitamin B12",
    ]
    assert not [text for text in texts if "mg" in text]
