"""Rules beside quotations: what a text only tells again is information, its own order is not."""

from __future__ import annotations

import pytest

from medrag.checker import check
from medrag.core.patient import Patient

RETOLD = {
    "two drugs kept apart": (
        "Tetracycline should be taken at least 2 hours before or 4 hours after antacids.",
        "Tetracycline goes down two hours or more ahead of antacids, or four hours afterwards.",
    ),
    "two drugs compared": (
        "Stroke occurred in 1.3% with apixaban and 1.6% with warfarin.",
        "Stroke was seen in 1.3% on apixaban and 1.6% on warfarin.",
    ),
    "one in the place of another": (
        "Ritonavir increases exposure to fluticasone. Beclometasone is the preferred inhaled "
        "corticosteroid.",
        "With ritonavir, beclometasone is inhaled in preference to fluticasone.",
    ),
    "one for whom another is given instead": (
        "Fluconazole should be avoided in pregnancy; topical clotrimazole for 7 days is preferred.",
        "A pregnant woman has a week of topical clotrimazole instead of fluconazole.",
    ),
    "a most that the quotation names": (
        "Allopurinol: the usual maximum is 900 mg daily.",
        "Allopurinol goes up to 900 mg daily at most.",
    ),
}
KEPT = {
    "the ban of the quotation is dropped": (
        "Fluconazole should be avoided in pregnancy; topical clotrimazole for 7 days is preferred.",
        "A pregnant woman has fluconazole 150 mg.",
    ),
    "nothing of it stands in the quotation": (
        "Ritonavir increases exposure to fluticasone.",
        "Give simvastatin 40 mg with clarithromycin 500 mg twice daily.",
    ),
    "the limit of another route": (
        "Ketorolac by injection: maximum daily dose 120 mg. Ketorolac tablets: maximum daily dose "
        "40 mg.",
        "Ketorolac 120 mg a day is allowed by mouth.",
    ),
    "a dose above every limit": (
        "Methotrexate 10 mg is taken for rheumatoid arthritis.",
        "Methotrexate 10 mg is taken daily for rheumatoid arthritis.",
    ),
}


def weighty(text, quote, patient=None):
    report = check(text, patient, quotes=[quote])
    return [one for one in report.findings if one.severity != "info"]


@pytest.mark.parametrize("name", RETOLD)
def test_what_a_quotation_tells_itself_is_information(name):
    quote, text = RETOLD[name]
    assert weighty(text, quote) == []


@pytest.mark.parametrize("name", KEPT)
def test_what_no_quotation_tells_stays_a_finding(name):
    quote, text = KEPT[name]
    assert weighty(text, quote)


def test_a_patient_who_takes_the_other_drug_is_somebody():
    quote, _ = RETOLD["two drugs compared"]
    patient = Patient(medications=["warfarin 5 mg daily"])
    assert check("Start apixaban 5 mg twice daily.", patient, quotes=[quote]).findings


def test_without_quotations_nothing_changes():
    alone = check("Tetracycline 500 mg with antacids.", None)
    assert any(one.severity != "info" for one in alone.findings)
