"""A hospital's record becomes the facts of one patient; nothing is guessed or lost in silence."""

import json
from datetime import date
from decimal import Decimal

import pytest

import medrag
from medrag.core.patient import read_patient
from medrag.errors import InputError
from medrag.interop.fhir import read_fhir

DAY = date(2026, 5, 17)
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
PERSON = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1954-06-01"}


def bundle(*resources, person=PERSON):
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in (person, *resources)],
    }


def read(*resources, person=PERSON, as_of=DAY):
    return read_fhir(bundle(*resources, person=person), as_of=as_of)


def observation(code, value, unit, *, taken="2026-05-01", **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": taken,
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
        **more,
    }


def answer(code, value, *, taken="2026-05-01"):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": taken,
        "valueCodeableConcept": {"coding": [{"code": value}]},
    }


def order(text="examplol 5 mg tablet", *, status="active", **more):
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        "subject": {"reference": "Patient/p"},
        **more,
    }


def allergy(text="penicillin", **more):
    return {"resourceType": "AllergyIntolerance", "code": {"text": text}, **more}


def condition(text, *, status="active", **more):
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": status}]},
        "code": {"text": text},
        **more,
    }


def test_age_is_in_whole_years_on_the_day_asked_for():
    assert read().patient.age_years == 71
    assert read(as_of=date(2026, 6, 1)).patient.age_years == 72


def test_an_infant_has_parts_of_a_year():
    person = {**PERSON, "birthDate": "2026-02-14"}
    assert read(person=person).patient.age_years == Decimal("0.252")


def test_a_year_of_birth_alone_gives_years():
    assert read(person={**PERSON, "birthDate": "2025"}).patient.age_years == 1


def test_weight_and_height_convert_and_the_latest_counts():
    found = read(
        observation("29463-7", 180, "[lb_av]", taken="2026-04-01"),
        observation("29463-7", 150, "[lb_av]", taken="2026-05-01"),
        observation("8302-2", 70, "[in_i]"),
    ).patient
    assert (found.weight_kg, found.height_cm) == (Decimal("68.039"), Decimal("177.8"))


def test_an_old_weight_of_an_adult_is_used_and_said_to_be_old():
    found = read(observation("29463-7", 70, "kg", taken="2020-05-01"))
    assert found.patient.weight_kg == 70
    assert [note.kind for note in found.notes] == ["stale"]


def test_an_old_weight_of_a_child_is_not_used():
    person = {**PERSON, "birthDate": "2016-01-01"}
    found = read(observation("29463-7", 11, "kg", taken="2018-05-01"), person=person)
    assert found.patient.weight_kg is None
    assert "while a child grows" in found.notes[0].reason


def test_the_latest_result_of_an_analyte_counts_with_its_unit_and_day():
    found = read(
        observation("2160-0", 1.1, "mg/dL", taken="2026-04-01T08:00:00+02:00"),
        observation("2160-0", 2.4, "mg/dL", taken="2026-05-02T08:00:00+02:00"),
        observation("33914-3", 24, "mL/min/{1.73_m2}"),
    ).patient
    assert [(lab.name, lab.value, lab.unit, lab.taken) for lab in found.labs] == [
        ("creatinine", Decimal("2.4"), "mg/dL", date(2026, 5, 2)),
        ("estimated glomerular filtration rate", Decimal(24), "mL/min/{1.73_m2}", date(2026, 5, 1)),
    ]


def test_a_result_read_from_fhir_reaches_the_checker():
    patient = read(observation("33914-3", 24, "mL/min/{1.73_m2}")).patient
    report = medrag.check("Start metformin 500 mg twice daily.", patient)
    assert "renal" in {finding.category for finding in report.findings}


def test_components_are_results_of_their_own():
    pressure = observation("85354-9", 0, "mm[Hg]")
    del pressure["valueQuantity"]
    pressure["component"] = [
        {
            "code": {"coding": [{"system": LOINC, "code": "8480-6"}]},
            "valueQuantity": {"value": 171, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
        }
    ]
    (lab,) = read(pressure).patient.labs
    assert (lab.name, lab.value, lab.unit) == ("systolic blood pressure", 171, "mmHg")


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (observation("2160-0", 2, "mg/dL", status="entered-in-error"), "status"),
        (observation("2160-0", 2, "mg/dL", taken="2026-06-01"), "after the day asked for"),
        (observation("2160-0", 2, "furlong"), "cannot be read"),
        (observation("2160-0", 2, "mm[Hg]"), "not used for"),
        (observation("99999-9", 2, "mg/dL"), "LOINC 99999-9"),
        (condition("asthma", status="resolved"), "resolved"),
        (condition("asthma", abatementDateTime="2020"), "ended"),
        (order(status="stopped"), "stopped"),
        (order(intent="proposal"), "proposal"),
        (order(doNotPerform=True), "not to be given"),
        (order(subject={"reference": "Patient/another"}), "somebody else"),
        (
            allergy(verificationStatus={"coding": [{"code": "refuted"}]}),
            "refuted",
        ),
    ],
)
def test_what_does_not_hold_is_left_out_and_listed(resource, reason):
    found = read(resource)
    assert not found.patient.labs
    assert not found.patient.conditions
    assert not found.patient.medications
    assert not found.patient.allergies
    (note,) = found.notes
    assert note.kind == "unused"
    assert note.path == "Bundle.entry[1].resource"
    assert reason in note.reason


def test_a_bound_is_no_value():
    resource = observation("33914-3", 60, "mL/min/{1.73_m2}")
    resource["valueQuantity"]["comparator"] = ">"
    (lab,) = read(resource).patient.labs
    assert (lab.value, lab.result) == (None, "> 60 mL/min/{1.73_m2}")


def test_a_result_in_words_is_kept():
    (lab,) = read(answer("2160-0", "unused") | {"valueString": "hemolyzed"}).patient.labs
    assert (lab.name, lab.value, lab.result) == ("creatinine", None, "hemolyzed")


def test_a_test_of_urine_is_not_taken_for_one_of_blood():
    resource = observation("5792-7", 100, "mg/dL")
    resource["code"]["coding"][0]["display"] = "Glucose [Mass/volume] in Urine"
    resource["code"]["text"] = "urine glucose"
    assert read(resource).patient.labs is None


def test_allergies_carry_reaction_severity_and_criticality():
    found = read(
        allergy(
            "Allergy to penicillin (disorder)",
            criticality="high",
            reaction=[{"manifestation": [{"text": "Anaphylaxis"}], "severity": "severe"}],
        ),
        allergy(
            "codeine",
            type="intolerance",
            reaction=[{"manifestation": [{"concept": {"text": "nausea"}}]}],
        ),
    ).patient
    assert found.allergies == (
        "penicillin (Anaphylaxis, severe, high criticality)",
        "codeine (intolerance, nausea)",
    )


def test_no_known_allergy_is_an_empty_list_and_no_entry_is_not_known():
    coded = {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}
    assert read(allergy(code=coded)).patient.allergies == ()
    assert read().patient.allergies is None


def test_an_order_line_is_the_medication_and_its_dosage():
    dosage = {
        "route": {"text": "Oral route"},
        "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
        "asNeededBoolean": True,
        "doseAndRate": [{"doseQuantity": {"value": 5.0, "unit": "mg"}}],
    }
    found = read(order("examplol", dosageInstruction=[dosage])).patient
    assert found.medications == ("examplol, 5 mg oral twice daily as needed",)


def test_a_dosage_in_words_stays_as_written():
    found = read(order("examplol", dosageInstruction=[{"text": "one at night"}])).patient
    assert found.medications == ("examplol, one at night",)


@pytest.mark.parametrize(
    ("repeat", "words"),
    [
        ({"frequency": 1, "period": 8, "periodUnit": "h"}, "every 8 hours"),
        ({"frequency": 1, "period": 6, "periodMax": 8, "periodUnit": "h"}, "every 6 to 8 hours"),
        ({"frequency": 1, "period": 1, "periodUnit": "wk"}, "once weekly"),
        ({"frequency": 3, "period": 1, "periodUnit": "wk"}, "three times weekly"),
        ({"frequency": 2, "period": 2, "periodUnit": "d"}, "twice in 2 days"),
        ({"frequency": 1, "period": 1, "periodUnit": "d", "when": ["HS"]}, "once daily at bedtime"),
    ],
)
def test_a_coded_schedule_is_written_as_a_prescriber_would(repeat, words):
    found = read(order("examplol", dosageInstruction=[{"timing": {"repeat": repeat}}])).patient
    assert found.medications == (f"examplol, {words}",)


def test_a_medication_behind_a_reference_is_found_inside_and_beside():
    contained = order()
    del contained["medicationCodeableConcept"]
    contained["contained"] = [
        {"resourceType": "Medication", "id": "m", "code": {"text": "examplol 10 mg"}}
    ]
    contained["medicationReference"] = {"reference": "#m"}
    beside = order()
    del beside["medicationCodeableConcept"]
    beside["medication"] = {"reference": {"reference": "Medication/x"}}  # R5
    other = {"resourceType": "Medication", "id": "x", "code": {"text": "otherol 1 mg"}}
    assert read(contained, beside, other).patient.medications == (
        "examplol 10 mg",
        "otherol 1 mg",
    )


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (answer("82810-3", "77386006"), True),
        (answer("82810-3", "60001007"), False),
        (answer("82810-3", "261665006"), None),
        (answer("82810-3", "77386006", taken="2024-01-01"), None),
        (
            {
                "resourceType": "Condition",
                "code": {"coding": [{"code": "77386006"}]},
                "onsetDateTime": "2026-03-01",
            },
            True,
        ),
    ],
)
def test_pregnancy_is_what_a_status_that_still_holds_says(resource, expected):
    assert read(resource).patient.pregnant is expected


def test_what_holds_no_facts_is_counted():
    assert read({"resourceType": "Claim", "status": "x"}).passed_over == {"Claim": 1}


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ({"entry": []}, "resourceType"),
        ({"resourceType": "Bundle", "entry": {}}, r"Bundle\.entry: found an object"),
        ({"resourceType": "Bundle", "entry": [3]}, r"Bundle\.entry\[0\]: found a number"),
        ({"resourceType": "Bundle", "entry": []}, "found no Patient"),
        (bundle({**PERSON, "id": "q"}), "found 2 Patients"),
        (bundle(person={**PERSON, "birthDate": "May 54"}), r"entry\[0\]\.resource\.birthDate"),
        (bundle({"resourceType": "Observation"}), r"entry\[1\]\.resource\.status"),
        (
            bundle(observation("2160-0", "much", "mg/dL")),
            r"entry\[1\]\.resource\.valueQuantity\.value",
        ),
    ],
)
def test_a_malformed_bundle_is_refused_by_the_path_without_the_value(resource, message):
    with pytest.raises(InputError, match=message) as refused:
        read_fhir(resource, as_of=DAY)
    assert "May 54" not in str(refused.value)
    assert "much" not in str(refused.value)


def test_text_that_is_no_json_is_refused():
    with pytest.raises(InputError, match="no JSON"):
        read_fhir("{", as_of=DAY)


def test_bundles_too_deep_are_refused():
    deep = bundle()
    for _ in range(50):
        deep = {"resourceType": "Bundle", "entry": [{"resource": deep}]}
    with pytest.raises(InputError, match="deep"):
        read_fhir(deep, as_of=DAY)


def test_the_patient_value_and_every_reader_of_patients_take_fhir():
    text = json.dumps(bundle(order()))
    assert medrag.Patient.from_fhir(text, as_of=DAY) == read(order()).patient
    assert read_patient(json.loads(text)).medications == ("examplol 5 mg tablet",)


@pytest.mark.shared
def test_real_bundles_give_what_an_independent_reader_finds(shared_data):
    bundles = pytest.importorskip("fhir.resources.R4B.bundle")
    for path in sorted((shared_data / "patients" / "synthea_fhir_r4").glob("*.json")):
        text = path.read_text(encoding="utf-8")
        own = [e.resource for e in bundles.Bundle.model_validate_json(text).entry]
        found = read_fhir(text, as_of=date(2021, 4, 1), where=path.name).patient
        weights = [
            (r.effectiveDateTime, r.valueQuantity.value)
            for r in own
            if type(r).__name__ == "Observation" and r.code.coding[0].code == "29463-7"
        ]
        assert found.weight_kg == (round(max(weights)[1], 3) if weights else None)
        active = [
            r.medicationCodeableConcept.text
            for r in own
            if type(r).__name__ == "MedicationRequest" and r.status == "active"
        ]
        assert {line.split(",")[0] for line in found.medications or ()} == {
            text.split(",")[0] for text in active
        }
        problems = {c.code.text.rsplit(" (", 1)[0] for c in own if _is_active(c)}
        assert problems == {term.rsplit(" (", 1)[0] for term in found.conditions or ()}


def _is_active(resource):
    return (
        type(resource).__name__ == "Condition"
        and resource.clinicalStatus.coding[0].code == "active"
    )


@pytest.mark.parametrize("amount", [-70, 0, 1e300, 99_999])
@pytest.mark.parametrize(("code", "unit"), [("29463-7", "kg"), ("8302-2", "m")])
def test_a_size_that_no_person_has_is_told_and_not_used(code, unit, amount):
    if abs(amount) > 1e18:
        with pytest.raises(InputError, match=r"valueQuantity\.value"):
            read(observation(code, amount, unit))
        return
    found = read(observation(code, amount, unit))
    assert (found.patient.weight_kg, found.patient.height_cm) == (None, None)
    assert "that no person has" in found.notes[0].reason


def test_a_number_of_a_hundred_million_digits_is_refused_and_never_written_out():
    amount = {"doseAndRate": [{"doseQuantity": {"value": "1E+99999999", "unit": "mg"}}]}
    with pytest.raises(InputError, match=r"doseQuantity\.value: .*between"):
        read(order(dosageInstruction=[amount]))


@pytest.mark.parametrize("born", ["1700-01-01", "9999-12-31", "9990"])
def test_a_birth_that_cannot_be_is_an_error_with_its_place(born):
    with pytest.raises(InputError, match="birthDate"):
        read(person={**PERSON, "birthDate": born})


@pytest.mark.parametrize("identity", [["p"], {"p": 1}, 7])
def test_an_id_that_is_no_string_is_an_error_with_its_place(identity):
    with pytest.raises(InputError, match=r"resource\.id"):
        read(person={**PERSON, "id": identity})


def test_a_list_of_which_nothing_can_be_read_is_not_known_rather_than_empty():
    coded = {"coding": [{"code": "999"}]}
    unreadable = (
        order(medicationCodeableConcept=coded),
        {"resourceType": "Condition", "code": coded},
        {"resourceType": "AllergyIntolerance", "code": coded},
        {"resourceType": "AllergyIntolerance", "code": {"coding": [{"code": "716186003"}]}},
    )
    found = read(*unreadable)
    patient = found.patient
    assert (patient.medications, patient.conditions, patient.allergies) == (None, None, None)
    assert len(found.notes) == 3


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (
            order(
                medicationCodeableConcept={
                    "coding": [
                        {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "860975"}
                    ]
                }
            ),
            "names no medication that can be read, only the code RxNorm 860975: send its display",
        ),
        (
            {
                "resourceType": "Condition",
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "44054006"}]},
            },
            "has neither a text nor a display, only the code SNOMED CT 44054006: send its display",
        ),
        (
            {
                "resourceType": "AllergyIntolerance",
                "reaction": [{"substance": {"coding": [{"system": "urn:x", "code": "A-7"}]}}],
            },
            "names no substance, only the code an unknown code system A-7: send its display",
        ),
        (
            {"resourceType": "Condition", "code": {"coding": [{"code": "Jane Doe, 555-0101"}]}},
            "has neither a text nor a display",
        ),
        (
            {
                "resourceType": "Condition",
                "code": {
                    "text": "44054006",
                    "coding": [
                        {
                            "system": "http://snomed.info/sct",
                            "code": "44054006",
                            "display": "44054006",
                        }
                    ],
                },
            },
            "has neither a text nor a display, only the code SNOMED CT 44054006: send its display",
        ),
        (
            {
                "resourceType": "Condition",
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "JaneDoe1950"}]},
            },
            "has neither a text nor a display",
        ),
    ],
)
def test_a_code_without_words_is_told_with_its_place(resource, reason):
    found = read(resource)
    assert [(note.kind, note.path, note.reason) for note in found.notes] == [
        ("unread", "Bundle.entry[1].resource", reason)
    ]


def test_a_coded_medication_that_an_order_points_to_is_told_too():
    coded = {"coding": [{"system": "http://hl7.org/fhir/sid/ndc", "code": "0000-0000-00"}]}
    pointing = order(medicationReference={"reference": "Medication/m"})
    del pointing["medicationCodeableConcept"]
    found = read({"resourceType": "Medication", "id": "m", "code": coded}, pointing)
    assert "only the code NDC 0000-0000-00" in found.notes[0].reason


def test_a_statement_of_what_is_not_taken_is_no_current_medication():
    statement = {
        "resourceType": "MedicationStatement",
        "status": "recorded",
        "medication": {"concept": {"text": "examplol"}},
        "adherence": {"code": {"coding": [{"code": "not-taking"}]}},
    }
    assert read(statement).patient.medications == ()


@pytest.mark.parametrize("unit", ["in", "[in_i]", "inches"])
def test_a_height_in_inches_is_read(unit):
    tall = observation("8302-2", 66, unit)
    del tall["valueQuantity"]["code"]
    assert read(tall).patient.height_cm == Decimal("167.64")


@pytest.mark.parametrize(
    ("words", "expected"), [("Pregnant", True), ("Not pregnant", False), ("Unsure", None)]
)
def test_a_pregnancy_status_in_words_counts(words, expected):
    said = answer("82810-3", "x")
    said["valueCodeableConcept"] = {"text": words}
    assert read(said).patient.pregnant is expected


@pytest.mark.parametrize(
    "code",
    [
        {"text": "Pregnancy"},
        {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "Z33.1"}]},
    ],
)
def test_a_problem_that_is_a_pregnancy_says_so(code):
    assert read({"resourceType": "Condition", "code": code}).patient.pregnant is True
