"""What the records of real systems do to a patient: contradictions, versions, words for nothing."""

from datetime import date
from decimal import Decimal

import pytest

import medrag
from medrag.interop.fhir import read_fhir

DAY = date(2026, 5, 17)
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
OF = {"subject": {"reference": "Patient/p"}}


def read(*resources, person=None, **bundle):
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "1990-06-01", **(person or {})}
    entries = [{"resource": resource} for resource in (patient, *resources)]
    whole = {"resourceType": "Bundle", "type": "collection", "entry": entries, **bundle}
    return read_fhir(whole, as_of=DAY)


def problem(text, **more):
    return {"resourceType": "Condition", "code": {"text": text}, **OF, **more}


def allergy(text, **more):
    return {"resourceType": "AllergyIntolerance", "code": {"text": text}, **more}


def order(text="examplol", kind="MedicationRequest", status="active", **more):
    named = {"medicationCodeableConcept": {"text": text}}
    return {"resourceType": kind, "status": status, "intent": "order", **named, **OF, **more}


def dosed(**dosage):
    return order(dosageInstruction=[dosage])


def observed(code, *, name=None, taken="2026-05-01", **value):
    coded = {"text": name} if name else {"coding": [{"system": "http://loinc.org", "code": code}]}
    when = {"effectiveDateTime": taken} if taken else {}
    return {
        "resourceType": "Observation", "status": "final", "code": coded, **OF, **when, **value
    }  # fmt: skip


def amount(value, unit, code=None):
    return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": code or unit}}


def answered(code, **more):
    return observed("82810-3", valueCodeableConcept={"coding": [{"code": code}]}, **more)


PREGNANT, NOT_PREGNANT, POSSIBLY = "77386006", "60001007", "102874004"


@pytest.mark.parametrize(
    "status",
    [
        {"coding": [{"code": "resolved"}, {"system": "urn:local", "code": "A"}]},
        {"coding": [{"system": "urn:local", "code": "A"}, {"code": "inactive"}]},
        {"text": "Resolved"},
        {"coding": [{"code": "413322009", "display": "Resolved"}]},
        {"coding": [{"code": "INACTIVE"}]},
    ],
)
def test_a_status_counts_beside_a_local_code_and_in_words(status):
    found = read(problem("asthma", clinicalStatus=status), allergy("latex", clinicalStatus=status))
    assert not found.patient.conditions
    assert not found.patient.allergies


@pytest.mark.parametrize(
    "status", [{"text": "Entered in Error"}, {"coding": [{"code": "B"}, {"code": "refuted"}]}]
)
def test_what_was_never_so_says_nothing_of_the_list(status):
    found = read(problem("asthma", verificationStatus=status)).patient
    assert found.conditions is None


@pytest.mark.parametrize("ended", [{"abatementAge": {"value": 9}}, {"abatementRange": {}}])
def test_an_end_without_a_day_is_an_end(ended):
    assert read(problem("asthma", **ended)).patient.conditions == ()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("No known allergy (situation)", ()),
        ("No Known Drug Allergies (NKDA)", ()),
        ("Patient denies any drug allergies", ()),
        ("None known", ()),
        ("no known food allergies", None),
        ("No known penicillin allergy", None),
        ("Allergies not on file", None),
        ("unknown", None),
        ("Unknown antibiotic", ("Unknown antibiotic",)),
        ("Adverse reaction to codeine", ("Adverse reaction to codeine",)),
    ],
)
def test_an_allergy_list_says_in_many_ways_that_nothing_is_on_it(words, expected):
    assert read(allergy(words)).patient.allergies == expected


def test_an_unknown_allergy_list_is_told():
    (note,) = read(allergy("Not recorded")).notes
    assert (note.kind, note.reason) == ("unread", "says that the allergies are not known")


def test_no_problems_and_no_medications_are_empty_lists():
    found = read(problem("No known problems"), order("No current medications")).patient
    assert (found.conditions, found.medications) == ((), ())
    coded = {"coding": [{"code": "no-medication-info"}]}
    unknown = order(kind="MedicationStatement") | {"medicationCodeableConcept": coded}
    assert read(unknown).patient.medications is None


@pytest.mark.parametrize(
    "first",
    [
        order(status="draft"),
        order(status="entered-in-error"),
        order(status="unknown", kind="MedicationStatement"),
        order(doNotPerform=True),
        order() | {"intent": "plan"},
    ],
)
def test_what_never_was_on_the_medication_list_does_not_make_it_empty(first):
    found = read(first)
    assert found.patient.medications is None
    assert len(found.notes) == 1


def test_the_newest_version_counts_wherever_it_stands():
    new = problem("asthma", id="c", clinicalStatus={"text": "resolved"}, meta={"versionId": "10"})
    old = problem("asthma", id="c", meta={"versionId": "9"})
    for versions in ((new, old), (old, new)):
        found = read(*versions)
        assert found.patient.conditions == ()
        assert any("older version" in note.reason for note in found.notes)


@pytest.mark.parametrize(
    "resource",
    [problem("asthma"), allergy("latex"), order(), observed("29463-7", **amount(70, "kg"))],
)
def test_what_an_extension_may_turn_is_not_read(resource):
    found = read({**resource, "modifierExtension": [{"url": "urn:x", "valueBoolean": True}]})
    (note,) = found.notes
    assert note.kind == "unread"
    assert found.patient.model_dump(exclude_none=True).keys() == {"age_years", "unread"}


def test_one_page_of_a_list_is_not_the_list():
    paged = {"link": [{"relation": "next", "url": "urn:next"}]}
    found = read(problem("asthma", abatementString="long ago"), **paged)
    assert found.patient.conditions is None
    assert [note.path for note in found.notes if note.kind == "unread"] == ["Bundle"]
    assert read(observed("29463-7", **amount(70, "kg")), **paged).notes == ()


@pytest.mark.parametrize(
    ("person", "doubt"),
    [
        ({"deceasedBoolean": True}, "died"),
        ({"deceasedDateTime": "2026-01-01"}, "died"),
        ({"active": False}, "no longer in use"),
        ({"link": [{"type": "replaced-by", "other": {}}]}, "replaces"),
        ({"birthDate": "1990"}, "a year less"),
        ({"gender": "F"}, "gender"),
    ],
)
def test_what_puts_the_person_in_doubt_is_told(person, doubt):
    (note,) = read(person=person).notes
    assert doubt in note.reason


def test_what_is_of_a_fetus_is_not_of_the_mother():
    fetus = observed("29463-7", **amount(3, "kg"), focus=[{"reference": "RelatedPerson/f"}])
    assert read(fetus).patient.weight_kg is None
    same_id = observed("29463-7", **amount(3, "kg"), subject={"reference": "Group/p"})
    assert read(same_id).patient.weight_kg is None


@pytest.mark.parametrize(
    "resource",
    [
        observed("x", name="Body weight", **amount(80, "kg")),
        observed("85353-1", component=[observed("29463-7", **amount(80, "kg"))]),
    ],
)
def test_a_weight_is_one_by_its_name_and_as_a_part(resource):
    found = read(resource).patient
    assert (found.weight_kg, found.labs) == (80, None)


def test_a_size_without_a_day_is_used_and_told():
    found = read(observed("29463-7", taken=None, **amount(80, "kg")))
    assert found.patient.weight_kg == 80
    assert [note.kind for note in found.notes] == ["doubtful"]


@pytest.mark.parametrize(
    "resource",
    [
        observed("29463-7", **amount(154, "kg", "[lb_av]")),
        observed("2160-0", **amount(88, "mg/dL", "umol/L")),
        observed("8310-5", **amount(100, "[degF]", "Cel")),
    ],
)
def test_a_printed_unit_that_contradicts_its_code_is_no_value(resource):
    found = read(resource)
    assert (found.patient.weight_kg, found.patient.labs) == (None, None)
    assert "contradict" in found.notes[0].reason


@pytest.mark.parametrize(
    ("code", "unit", "ucum"),
    [
        ("33914-3", "mL/min", "mL/min/{1.73_m2}"),
        ("777-3", "K/uL", "10*9/L"),
        ("6301-6", "INR", "{INR}"),
        ("6301-6", "ratio", "{ratio}"),
    ],
)
def test_a_unit_in_other_words_is_no_contradiction(code, unit, ucum):
    (lab,) = read(observed(code, **amount(3, unit, ucum))).patient.labs
    assert lab.value == 3


def test_stones_are_no_steres():
    assert read(observed("29463-7", **amount(11, "st", "[stone_av]"))).patient.weight_kg == Decimal(
        "69.853"
    )


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        # a "no" does not hold for long, nor against what came after it
        ([answered(NOT_PREGNANT, taken="2026-03-01")], None),
        ([answered(NOT_PREGNANT), problem("Twin pregnancy", onsetDateTime="2026-05-10")], True),
        ([answered(NOT_PREGNANT), problem("Pregnancy", onsetDateTime="2026-01-01")], None),
        ([answered(NOT_PREGNANT), problem("Pregnancy")], True),
        (
            [
                answered(NOT_PREGNANT, taken="2026-04-30"),
                observed("11778-8", valueDateTime="2026-12-01", taken="2026-05-02"),
            ],
            True,
        ),
        # the latest answer says that nobody knows
        ([answered(NOT_PREGNANT), answered(POSSIBLY, taken="2026-05-09")], None),
        ([answered(PREGNANT), answered(POSSIBLY, taken="2026-05-09")], None),
        # a pregnancy that has ended since
        (
            [
                answered(PREGNANT, taken="2026-01-01"),
                problem("Pregnancy", onsetDateTime="2025-11-01", abatementDateTime="2026-04-01"),
            ],
            None,
        ),
        ([problem("24 weeks pregnant", onsetDateTime="2026-01-01")], True),
        ([problem("Ectopic pregnancy")], None),
        ([problem("Possible pregnancy")], None),
        ([answered("LA33-6")], True),
    ],
)
def test_a_pregnancy_is_what_the_latest_of_all_says(resources, expected):
    assert read(*resources).patient.pregnant is expected


def test_a_pregnancy_of_years_ago_is_no_problem_of_today():
    found = read(problem("Normal pregnancy", onsetDateTime="2020-01-01"))
    assert (found.patient.pregnant, found.patient.conditions) == (None, ())
    assert "too old" in found.notes[0].reason


BOUNDS = {"boundsPeriod": {"start": "2026-01-01", "end": "2026-01-08"}}
FIVE = [{"doseQuantity": {"value": 5, "unit": "mg"}}]


def test_a_course_that_is_over_is_over():
    found = read(dosed(text="one a day", timing={"repeat": BOUNDS}))
    assert found.patient.medications == ()
    week = {"boundsDuration": {"value": 7, "unit": "d", "code": "d"}}
    late = read(order(authoredOn="2026-01-01", dosageInstruction=[{"timing": {"repeat": week}}]))
    assert late.patient.medications == ("examplol, for 7 d",)
    assert "a course of 2026-01-01" in late.notes[0].reason


def test_an_infusion_that_ran_until_today_still_acts():
    given = order(
        kind="MedicationAdministration",
        status="completed",
        effectivePeriod={"start": "2026-05-01", "end": "2026-05-17"},
    )
    assert read(given).patient.medications == ("examplol",)


@pytest.mark.parametrize(
    ("dosage", "words"),
    [
        ({"text": "twice daily with food", "doseAndRate": FIVE}, "5 mg twice daily with food"),
        ({"text": "5 mg twice daily", "doseAndRate": FIVE}, "5 mg twice daily"),
        (
            {"timing": {"code": {"coding": [{"code": "BID"}]}, "repeat": {"count": 6}}},
            "twice daily",
        ),
        (
            {
                "timing": {
                    "code": {"coding": [{"code": "BID"}]},
                    "repeat": {"boundsDuration": {"value": 7, "unit": "days"}},
                }
            },
            "twice daily for 7 days",
        ),
        (
            {
                "timing": {
                    "code": {"text": "See details"},
                    "repeat": {"frequency": 3, "period": 1, "periodUnit": "d"},
                }
            },
            "three times daily",
        ),
        ({"timing": {"repeat": {"when": ["ACM", "PCV"]}}}, "before breakfast after dinner"),
        ({"timing": {"repeat": {"count": 1}}}, "once"),
        (
            {"doseAndRate": FIVE, "route": {"text": "Intravenous route (qualifier value)"}},
            "5 mg intravenous",
        ),
    ],
)
def test_no_part_of_a_dosage_is_lost(dosage, words):
    assert read(dosed(**dosage)).patient.medications == (f"examplol, {words}",)


def test_what_cannot_be_read_of_a_record_is_told_by_every_check():
    coded = {"coding": [{"system": SNOMED, "code": "372687004"}]}
    patient = read(allergy("latex"), {**allergy("x"), "code": coded}).patient
    assert patient.allergies == ("latex",)
    report = medrag.check("Start amoxicillin 500 mg three times daily.", patient)
    told = [item.reason for item in report.not_checked if item.check == "the whole record"]
    assert told == [
        "AllergyIntolerance names no substance, only the code SNOMED CT 372687004: send its display"
    ]
    again = medrag.Patient.model_validate_json(patient.model_dump_json())
    assert again == patient


def test_a_patient_of_whom_all_was_read_is_written_as_ever():
    written = medrag.Patient(age_years=40).model_dump_json()
    assert "unread" not in written
    assert "unread" not in medrag.Patient(age_years=40).model_dump()


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ({"value": 5000, "code": "[iU]"}, "5000 units"),
        ({"value": 50000, "unit": "[IU]"}, "50,000 units"),
        ({"value": 2.4, "code": "10*6.[iU]"}, "2.4 million units"),
        ({"value": 40, "code": "[anti'Xa'U]"}, "40 units"),
        ({"value": 250, "code": "ug"}, "250 mcg"),
        ({"value": 20, "code": "meq"}, "20 mEq"),
        ({"value": 2, "code": "{tbl}"}, "2 tablets"),
        ({"value": 1, "unit": "{puff}"}, "1 puff"),
        ({"value": 3, "code": "[drp]"}, "3 drops"),
        ({"value": 1, "code": "[tsp_us]"}, "1 teaspoons"),
        ({"value": 18, "code": "[iU]/kg/h"}, "18 units/kg/h"),
        ({"value": 0.1, "code": "ug/(kg.min)"}, "0.1 mcg/kg/min"),
        ({"value": 20, "unit": "mcg"}, "20 mcg"),
        ({"value": 7, "unit": "TAB"}, "7 TAB"),
        ({"value": 500, "unit": "milligram"}, "500 milligram"),
        ({"value": 100, "unit": "mg/m2"}, "100 mg/m2"),
    ],
)
def test_a_unit_of_ucum_is_told_as_a_prescriber_writes_it(quantity, words):
    given = read(dosed(doseAndRate=[{"doseQuantity": quantity}]))
    assert given.patient.medications == (f"examplol, {words}",)


def test_a_dose_in_ucum_reaches_the_checker():
    heparin = {
        **dosed(
            doseAndRate=[{"doseQuantity": {"value": 50000, "code": "[iU]"}}],
            route={"text": "subcutaneous"},
            timing={"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
        ),
        "medicationCodeableConcept": {"text": "heparin"},
    }
    (line,) = read(heparin).patient.medications
    assert "single-dose" in {f.category for f in medrag.check(f"Prescribe {line}.").findings}


@pytest.mark.parametrize(
    ("name", "quantity", "words"),
    [
        ("examplol 500 MG Oral Tablet", {"value": 2}, "2 tablets"),
        ("examplol 500 MG Oral Tablet", {"value": 1}, "1 tablet"),
        ("examplol 250 MG Extended Release Oral Capsule", {"value": 3}, "3 capsules"),
        ("examplol 500 MG Oral Tablet", {"value": 500, "unit": "mg"}, "500 mg"),
        ("examplol 5 MG/ML oral solution", {"value": 2}, "2"),
        ("examplol", {"value": 2}, "2"),
    ],
)
def test_a_dose_without_a_unit_counts_pieces(name, quantity, words):
    given = {
        **dosed(doseAndRate=[{"doseQuantity": quantity}]),
        "medicationCodeableConcept": {"text": name},
    }
    assert read(given).patient.medications == (f"{name}, {words}",)


def test_a_text_with_the_same_large_number_says_it_once():
    given = dosed(
        text="50000 units once weekly",
        doseAndRate=[{"doseQuantity": {"value": 50000, "code": "[iU]"}}],
    )
    assert read(given).patient.medications == ("examplol, 50000 units once weekly",)


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([problem("Breastfeeding (mother)")], True),
        ([problem("Lactating mother", onsetDateTime="2025-01-01")], True),
        ([{**problem("x"), "code": {"coding": [{"system": SNOMED, "code": "413712001"}]}}], True),
        ([problem("Breastfeeding problem in newborn")], None),
        ([problem("Lactational mastitis")], None),
        (
            [problem("Breastfeeding", clinicalStatus={"coding": [{"code": "resolved"}]})],
            None,
        ),
        (
            [
                problem("Breastfeeding", recordedDate="2026-01-10"),
                observed("63895-7", taken="2026-05-01", valueBoolean=False),
            ],
            False,
        ),
        (
            [
                problem("Breastfeeding", recordedDate="2026-05-10"),
                observed("63895-7", taken="2026-05-01", valueBoolean=False),
            ],
            True,
        ),
    ],
)
def test_a_problem_that_is_breastfeeding_says_so(resources, expected):
    assert read(*resources).patient.lactating is expected
