import json

from medrag.config import Settings
from medrag.core.patient import Patient
from medrag.core.trace import Stage, Trace, TracedAnswer
from medrag.review import sign
from medrag.review.audit.records import answer_record, export_record, review_record

SETTINGS = Settings().model_dump(mode="json")


def traced(answer):
    trace = Trace(
        stages=(Stage(name="retrieve", seconds=0.25),),
        mode="quote",
        retrieved=("p1", "p2"),
        left_out=("p2",),
        prompt_sha256="0" * 64,
        replies=(),
        versions=answer.versions,
    )
    return TracedAnswer(answer=answer, trace=trace)


def test_a_record_holds_no_word_of_question_patient_quotation_or_reason(answer):
    secret = answer.model_copy(
        update={
            "patient": Patient(age_years=81, conditions=("rare disease of Mr Planted",)),
            "quoted": answer.quoted.model_copy(update={"question": "Mr Planted, room 12?"}),
        }
    )
    reviewed = sign(secret, reviewer="dr-7", decision="reject", reason="Mr Planted went home")
    answered = answer_record(traced(secret), SETTINGS)
    records = [answered, review_record(reviewed), export_record(reviewed)]
    written = json.dumps(records)
    assert "Planted" not in written
    assert all(quote.match.text not in written for c in secret.quoted.claims for quote in c.quotes)
    assert {record["answer"] for record in records} == {secret.digest}


def test_a_record_says_what_was_decided_and_from_which_versions(answer):
    record = answer_record(traced(answer), SETTINGS)
    assert record["versions"]["index"] == answer.versions.index
    assert record["findings"] == [
        {"rule_id": f.rule_id, "severity": f.severity} for f in answer.findings
    ]
    assert (record["retrieved"], record["left_out"]) == (["p1", "p2"], ["p2"])
    assert record["seconds"] == {"retrieve": 0.25}
    assert record["settings"]["seed"] == 0
    reviewed = sign(answer, reviewer="dr-7", decision="reject", reason="no")
    assert review_record(reviewed)["decision"] == "reject"
