"""An answer leaves as FHIR: preliminary until somebody signs it."""

from datetime import datetime, timezone

import pytest

import medrag
from making_answers import checked_answer, finding
from medrag.core.answer import Override
from medrag.errors import NotReviewedError
from medrag.interop.fhir import guidance_bundle

NOW = datetime(2031, 5, 1, 9, 0, tzinfo=timezone.utc)


def by_type(bundle):
    found = {}
    for entry in bundle["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def critical():
    update = {"status": "blocked", "findings": (finding("MED101", "critical"),)}
    return checked_answer().model_copy(update=update)


def test_an_unsigned_answer_is_in_progress_and_its_issues_preliminary():
    found = by_type(guidance_bundle(critical(), subject="Patient/1", now=NOW))
    (guidance,) = found["GuidanceResponse"]
    assert (guidance["status"], guidance["subject"]["reference"]) == ("in-progress", "Patient/1")
    (issue,) = found["DetectedIssue"]
    assert (issue["status"], issue["severity"]) == ("preliminary", "high")
    assert issue["patient"]["reference"] == "Patient/1"


def test_only_what_is_supported_is_noted():
    notes = [n["text"] for n in by_type(guidance_bundle(critical()))["GuidanceResponse"][0]["note"]]
    assert any("Give examplazine 40 mg" in note and "Northfield guide" in note for note in notes)
    assert not any("Double it" in note for note in notes)
    assert "not a medical device" in notes[-1]


def test_a_signed_answer_is_final_with_its_overrides_and_who_signed():
    override = Override(rule_id="MED101", code="will-monitor", reason="daily levels")
    signed = medrag.sign(critical(), "Ada Lovelace", "accept", "read", overrides=[override])
    found = by_type(guidance_bundle(signed))
    assert found["GuidanceResponse"][0]["status"] == "success"
    (issue,) = found["DetectedIssue"]
    assert issue["status"] == "final"
    assert issue["mitigation"][0]["action"]["text"] == "daily levels"
    agents = [agent["who"]["display"] for agent in found["Provenance"][0]["agent"]]
    assert agents[1] == "Ada Lovelace"


def test_a_rejected_answer_does_not_leave(unsigned_answer):
    with pytest.raises(NotReviewedError):
        guidance_bundle(unsigned_answer)


def test_the_same_answer_has_the_same_ids():
    first, second = (guidance_bundle(critical(), now=NOW) for _ in range(2))
    assert first == second


def test_an_independent_model_of_the_standard_accepts_it(signed_answer):
    bundles = pytest.importorskip("fhir.resources.R4B.bundle")
    for answer in (critical(), signed_answer):
        bundles.Bundle.model_validate(guidance_bundle(answer, subject="Patient/1"))
