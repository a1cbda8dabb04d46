import json
from datetime import timedelta

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from fhir.resources.R4B.provenance import Provenance
from tests.unit.review.conftest import NOW
from tests.unit.review.test_audit_records import traced

from medrag.config import Settings
from medrag.core.answer import Override
from medrag.errors import AuditError
from medrag.review import ReviewPolicy, countersign, sign
from medrag.review.audit import AuditLog, Recorder, SigningKey
from medrag.review.audit.fhir import export_log
from medrag.review.audit.records import export_record, review_record

MODELS = {"AuditEvent": AuditEvent, "Provenance": Provenance}
TWO = ReviewPolicy(two_persons="always")


@pytest.fixture
def log(tmp_path, critical):
    """A log of an answer, its two sign-offs, its release, a dead writer and something else."""
    log = AuditLog(tmp_path / "log", key=SigningKey.create(tmp_path / "k"))
    Recorder(log).record(traced(critical), Settings())
    overrides = [
        Override(rule_id=rule, code="will-monitor") for rule in ("MED101", "MED101", "MED201")
    ]
    first = sign(critical, "Dr Ämne", "accept", overrides=overrides, policy=TWO, now=NOW)
    second = countersign(
        first, "pharmacist 7", "accept", policy=TWO, now=NOW + timedelta(minutes=5)
    )
    log.append("review", review_record(first))
    log.append("review", review_record(second))
    with next(log.path.glob("*.jsonl")).open("ab") as file:
        file.write(b"half a li")
    log.append("export", export_record(second))
    log.append("feedback", {"useful": True}, id="an id that FHIR forbids")
    return log


def test_every_resource_is_valid_fhir(log):
    resources = list(export_log(log.path, log.keys))
    for resource in resources:
        MODELS[resource["resourceType"]].model_validate_json(json.dumps(resource))
    kinds = [resource["resourceType"][0] for resource in resources]
    assert kinds == list("APAPAPAAPA")  # the recovery stands before what its writer wrote


def test_who_decided_what_about_which_answer_is_told(log, critical):
    resources = list(export_log(log.path))
    answered, origin, first, attested, second = resources[:5]
    assert origin["target"][0]["identifier"]["value"] == critical.digest
    assert "medrag 0" in origin["agent"][0]["who"]["display"]
    details = [(d["type"], d["valueString"]) for d in answered["entity"][0]["detail"]]
    assert ("finding", "MED201 critical") in details
    assert ("status", "blocked") in details
    assert attested["agent"][0]["who"]["identifier"]["value"] == "Dr Ämne"
    details = [(d["type"], d["valueString"]) for d in first["entity"][0]["detail"]]
    assert details.count(("override", "MED101 will-monitor")) == 2
    assert second["agent"] == [
        {
            "who": {"identifier": {"value": "pharmacist 7"}, "display": "pharmacist 7"},
            "requestor": True,
        }
    ]
    released = resources[-2]
    assert [one["who"]["display"] for one in released["agent"]] == ["Dr Ämne", "pharmacist 7"]


ODD = [
    {},
    {"answer": None, "documents": "x", "versions": [], "findings": {}, "overrides": 3},
    {"answer": "", "status": "", "documents": [1, None, ""], "versions": {"model": None}},
    {"answer": "0" * 64, "findings": [{}, 1], "overrides": ["x", []], "versions": None},
    {"answer": "\x00a\x1b", "reviewer": "\x1b", "reviewers": [None, ""], "policy": "a b"},
]


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("kind", ["answer", "review", "export", "feedback"])
def test_whatever_stands_in_a_record_becomes_valid_fhir(tmp_path, kind, body):
    log = AuditLog(tmp_path / "log")
    log.append(kind, body, id="-")
    for resource in export_log(log.path):
        MODELS[resource["resourceType"]].model_validate_json(json.dumps(resource))


def test_a_log_that_was_changed_is_not_exported(log):
    segment = next(log.path.glob("*.jsonl"))
    segment.write_text(segment.read_text().replace("pharmacist 7", "pharmacist 8"))
    with pytest.raises(AuditError, match="does not verify"):
        next(export_log(log.path))
