from __future__ import annotations

import json

import pytest

from medrag.errors import InputError
from medrag.privacy import Deidentifier, deidentify, read_identity

PATIENT = {
    "resourceType": "Patient",
    "id": "p-77",
    "name": [{"family": "Will", "given": ["Odile", "May"]}, {"text": "Mrs Quillfeather-Will"}],
    "birthDate": "1951-04-09",
    "identifier": [
        {"value": "55218830", "type": {"coding": [{"code": "MR"}]}},
        {"value": "K-9921/4", "type": {"coding": [{"code": "DL"}]}},
    ],
    "telecom": [
        {"system": "phone", "value": "+1 (555) 010-7788"},
        {"system": "email", "value": "o@w.test"},
    ],
    "address": [
        {"line": ["3 Bath Row"], "city": "Reading", "postalCode": "RG1 4ZZ", "country": "UK"}
    ],
    "contact": [
        {"name": {"family": "Okwuosa"}, "telecom": [{"system": "phone", "value": "0155 501 0000"}]}
    ],
}


@pytest.mark.parametrize(
    "text",
    [
        "odile will is on examplazine 5 mg",
        "ODILE",
        "QUILLFEATHER",
        "quilfeather called",
        "5521-8830",
        "5521 8830",
        "k 9921 4",
        "555.010.7788",
        "0107788",
        "O@W.TEST",
        "3  bath row",
        "rg14zz",
        "okwuosa",
        "0155-501-0000",
    ],
)
def test_known_identifiers_are_found_however_they_are_written(text):
    assert deidentify(text, patient=PATIENT).spans


@pytest.mark.parametrize(
    "text",
    [
        "Will this help? It may. Give it by will.",
        "examplazine 5 mg daily, INR 4.5",
        "reading the label in the bath",
        "UK guideline",
    ],
)
def test_words_that_are_names_of_the_patient_stay_words(text):
    assert deidentify(text, patient=PATIENT).spans == ()


def test_a_bundle_holds_the_patient():
    bundle = {"resourceType": "Bundle", "entry": [{"resource": PATIENT}]}
    assert read_identity(bundle) == read_identity(PATIENT)


@pytest.mark.parametrize(
    "resource", [{}, {"resourceType": "Bundle", "entry": []}, {"resourceType": "Observation"}]
)
def test_no_patient_is_refused(resource):
    with pytest.raises(InputError, match="holds no FHIR Patient"):
        Deidentifier().patient(resource)


def test_a_patient_without_anything_is_refused():
    with pytest.raises(InputError, match="no identifier, id or name"):
        Deidentifier().patient({"resourceType": "Patient"})


def test_a_wrong_birth_date_is_refused_without_its_words():
    with pytest.raises(InputError, match="birthDate") as refused:
        Deidentifier().patient({"resourceType": "Patient", "id": "x", "birthDate": "1951-99-99"})
    assert "1951" not in str(refused.value)


@pytest.mark.shared
def test_names_and_numbers_of_synthetic_patients_are_found(shared_data):
    paths = sorted((shared_data / "patients" / "synthea_fhir_r4").rglob("*.json"))[:20]
    assert paths
    for path in paths:
        bundle = json.loads(path.read_text(encoding="utf-8"))
        try:
            identity = read_identity(bundle)
        except InputError:
            continue
        name = identity.names[0]
        number = identity.numbers[0][1]
        text = f"{name.upper()} ({number}) asks about examplazine 5 mg"
        done = deidentify(text, patient=identity).text
        assert name.upper() not in done
        assert number not in done
        assert done.endswith("asks about examplazine 5 mg")
