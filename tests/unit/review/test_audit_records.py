import json

from medrag.core.patient import Patient
from medrag.review import sign
from medrag.review.audit.records import answer_record, export_record, review_record


def test_a_record_holds_no_word_of_question_patient_quotation_or_reason(answer):
    secret = answer.model_copy(
        update={
            "patient": Patient(age_years=81, conditions=("rare disease of Mr Planted",)),
            "quoted": answer.quoted.model_copy(update={"question": "Mr Planted, room 12?"}),
        }
    )
    reviewed = sign(secret, reviewer="dr-7", decision="reject", reason="Mr Planted went home")
    records = [answer_record(secret), review_record(reviewed), export_record(reviewed)]
    written = json.dumps(records)
    assert "Planted" not in written
    assert all(quote.match.text not in written for c in secret.quoted.claims for quote in c.quotes)
    assert {record["answer"] for record in records} == {secret.digest}


def test_a_record_says_what_was_decided_and_from_which_versions(answer):
    record = answer_record(answer)
    assert record["versions"]["index"] == answer.versions.index
    assert record["findings"] == [
        {"rule_id": f.rule_id, "severity": f.severity} for f in answer.findings
    ]
    reviewed = sign(answer, reviewer="dr-7", decision="reject", reason="no")
    assert review_record(reviewed)["decision"] == "reject"
