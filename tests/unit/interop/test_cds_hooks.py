"""Draft orders in, cards out, as CDS Hooks 2.0.1 says."""

import json
from datetime import date
from uuid import UUID

import pytest
from pydantic import ValidationError

from medrag.errors import InputError, NotReviewedError
from medrag.interop.cds_hooks import (
    Action,
    Card,
    FeedbackRequest,
    HookRequest,
    HookResponse,
    answer_hook,
    discovery,
    read_situation,
    reviewed_card,
)
from medrag.interop.cds_hooks.cards import CardSource, Coding, Link, Suggestion
from medrag.interop.cds_hooks.services import hooks_of, resolved

DAY = date(2026, 5, 17)
CARD = "9368d37b-283f-44a0-93ea-547cebab93ed"
PERSON = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1950-01-01"}
DRAFTS = ["Ibuprofen 400 MG Oral Tablet", "Acetaminophen 500 MG Oral Tablet"]


def order(text, *, identity, status="active"):
    return {
        "resourceType": "MedicationRequest",
        "id": identity,
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        "subject": {"reference": "Patient/p"},
    }


def drafts(*texts):
    entries = [
        {"resource": order(text, identity=f"d{number}", status="draft")}
        for number, text in enumerate(texts)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def request(hook="order-sign", *, orders=DRAFTS, current=("warfarin 5 mg daily",), **context):
    listed = [{"resource": order(text, identity=f"m{n}")} for n, text in enumerate(current)]
    body = {
        "hook": hook,
        "hookInstance": CARD,
        "context": {"patientId": "p", "userId": "Practitioner/1", **context},
        "prefetch": {
            "patient": PERSON,
            "medications": {"resourceType": "Bundle", "type": "searchset", "entry": listed},
            "labs": None,
            "statements": {"resourceType": "OperationOutcome", "issue": []},
        },
    }
    if hook.startswith("order"):
        body["context"]["draftOrders"] = drafts(*orders)
    return body


def cards(body, **more):
    situation = read_situation(HookRequest.model_validate(body), as_of=DAY)
    return answer_hook(situation, **more).cards


def test_a_draft_is_checked_against_the_current_medications():
    (first, *_) = [card for card in cards(request()) if card.indicator != "info"]
    assert first.indicator == "critical"
    assert "warfarin" in first.summary
    assert first.source.label.startswith(("ibuprofen", "warfarin"))
    assert "Order: Ibuprofen 400 MG Oral Tablet" in first.detail
    assert "not a medical device" in first.detail
    assert {reason.code for reason in first.override_reasons} >= {"will-monitor", "other"}


def test_no_card_suggests_anything():
    assert not any(card.suggestions for card in cards(request()))


def test_what_could_not_be_checked_is_the_last_card():
    last = cards(request())[-1]
    assert last.indicator == "info"
    assert last.summary.startswith("Not checked for want of data")


def test_of_selected_orders_only_those_are_answered():
    selected = request("order-select", selections=["MedicationRequest/d1"])
    assert not [card for card in cards(selected) if "warfarin" in card.summary]
    other = request("order-select", selections=["MedicationRequest/d0"])
    assert [card for card in cards(other) if "warfarin" in card.summary]


def test_two_drafts_are_checked_against_each_other():
    body = request(orders=["Ibuprofen 400 MG Oral Tablet", "Warfarin 5 MG Oral Tablet"], current=())
    assert [card for card in cards(body) if card.indicator == "critical"]


def test_a_draft_that_changes_an_order_is_no_duplicate_of_it():
    body = request(orders=["Warfarin 5 MG Oral Tablet"], current=())
    body["prefetch"]["medications"]["entry"] = [
        {"resource": order("Warfarin 4 MG Oral Tablet", identity="d0")}
    ]
    assert not [card for card in cards(body) if "duplic" in (card.detail or "")]


def test_viewing_a_patient_checks_the_current_list():
    body = request("patient-view", current=("Ibuprofen 400 MG Oral Tablet", "warfarin 5 mg daily"))
    assert [card for card in cards(body) if card.indicator == "critical"]


def test_nothing_ordered_needs_no_card():
    assert cards(request("patient-view", current=())) == ()


def test_a_record_of_another_patient_is_said_and_not_used():
    body = request()
    for entry in body["prefetch"]["medications"]["entry"]:
        entry["resource"]["subject"] = {"reference": "Patient/q"}
    found = cards(body)
    assert found[0].summary == "The record sent with this request names another patient"
    assert not [card for card in found if "warfarin" in card.summary]


def test_a_record_of_another_patient_than_the_request_names_is_said():
    body = request()
    body["context"]["patientId"] = "q"
    assert cards(body)[0].summary == "The record sent with this request names another patient"
    body["context"]["patientId"] = "Patient/p"
    assert "another patient" not in cards(body)[0].summary


def test_an_order_of_another_patient_is_said():
    body = request()
    ordered = body["context"]["draftOrders"]["entry"][0]["resource"]
    ordered["subject"] = {"reference": "Patient/q"}
    assert cards(body)[0].summary == "The record sent with this request names another patient"


def of(person, body):
    """The request with every draft and every listed medication of one person."""
    for bundle in (body["context"]["draftOrders"], body["prefetch"]["medications"]):
        for entry in bundle["entry"]:
            entry["resource"]["subject"] = {"reference": f"Patient/{person}"}
    return body


def test_orders_are_held_to_the_record_of_whomever_they_are_for():
    found = cards(of("q", request()))
    assert found[0].summary == "The record sent with this request names another patient"
    assert [card for card in found if "warfarin" in card.summary]


def test_of_orders_for_two_people_only_the_record_of_the_one_named_is_used():
    body = of("q", request())
    body["context"]["draftOrders"]["entry"][0]["resource"]["subject"] = {"reference": "Patient/r"}
    found = cards(body)
    assert found[0].summary == "The record sent with this request names another patient"
    assert not [card for card in found if "warfarin" in card.summary]


def test_an_order_that_cannot_be_read_is_not_checked_and_never_silent():
    body = request(current=())
    (entry, _) = body["context"]["draftOrders"]["entry"]
    entry["resource"]["medicationCodeableConcept"] = {"coding": [{"code": "999"}]}
    body["context"]["draftOrders"]["entry"] = [entry]
    (card,) = cards(body)
    assert card.summary == "Not checked for want of data: 1 check"
    assert "order MedicationRequest/d0: names no medication that can be read" in card.detail


def test_an_order_of_a_kind_that_is_not_checked_is_said():
    body = request(current=())
    device = {"resourceType": "DeviceRequest", "id": "x"}
    body["context"]["draftOrders"]["entry"] = [{"resource": device}]
    (card,) = cards(body)
    assert "medrag checks no DeviceRequest" in card.detail


def test_a_current_medication_that_cannot_be_read_is_said():
    body = request("patient-view", current=())
    unread = order("x", identity="m0")
    unread["medicationCodeableConcept"] = {"coding": [{"code": "999"}]}
    body["prefetch"]["medications"]["entry"] = [{"resource": unread}]
    (card,) = cards(body)
    assert "MedicationRequest of the record: names no medication" in card.detail


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start"])
def test_a_medication_list_that_nobody_gives_is_said(hook):
    body = request(hook, encounterId="e")
    del body["prefetch"]["medications"]
    (card,) = cards(body)
    assert "current medications: neither the request" in card.detail


def test_half_of_a_surrogate_pair_in_an_order_costs_no_card():
    body = request(orders=["Ibuprofen 400 MG \ud800 Oral Tablet"])
    response = answer_hook(read_situation(HookRequest.model_validate(body), as_of=DAY))
    json.dumps(response.json_object(), ensure_ascii=False).encode()


def test_words_of_the_record_stay_words_in_the_card():
    hostile = "Ibuprofen 400 MG <img src=x onerror=alert(1)> [click](http://evil.example) *x*"
    (first, *_) = cards(request(orders=[hostile]))
    assert "<img" not in first.detail
    assert "[click](http" not in first.detail
    assert "&lt;img" in first.detail


def test_a_summary_is_shorter_than_140_characters():
    many = [f"Ibuprofen {dose} MG Oral Tablet" for dose in (200, 400, 600, 800)]
    assert all(len(card.summary) < 140 for card in cards(request(orders=many)))


def test_orders_that_are_no_bundle_are_refused_by_place():
    body = request()
    body["context"]["draftOrders"] = ["x"]
    with pytest.raises(InputError, match=r"context\.draftOrders"):
        cards(body)


def test_an_answer_in_json_leaves_out_what_it_does_not_say():
    response = answer_hook(read_situation(HookRequest.model_validate(request()), as_of=DAY))
    shown = response.json_object()
    assert set(shown) == {"cards"}
    assert "suggestions" not in shown["cards"][0]
    assert UUID(shown["cards"][0]["uuid"])
    assert HookResponse().json_object() == {"cards": []}


def test_only_a_signed_answer_becomes_a_suggestion(signed_answer, unsigned_answer):
    removal = Action(type="delete", description="Remove it", resource_id="MedicationRequest/d0")
    card = reviewed_card(signed_answer, [removal], label="Remove the order")
    assert card.suggestions[0].actions == (removal,)
    assert card.selection_behavior == "at-most-one"
    with pytest.raises(NotReviewedError):
        reviewed_card(unsigned_answer, [removal], label="Remove the order")


def test_every_service_is_listed_with_its_queries():
    services = discovery().services
    assert [service.hook for service in services] == [
        "patient-view",
        "encounter-start",
        "order-select",
        "order-sign",
    ]
    assert all(hooks_of(service.id)[0] == service.hook for service in services)
    assert hooks_of("somebody-elses") == ()
    assert all("patient" in service.prefetch for service in services)


def test_a_query_is_filled_in_from_the_context_and_cannot_be_widened_by_it():
    assert resolved("Patient/{{context.patientId}}", {"patientId": "12"}) == "Patient/12"
    assert resolved("Patient/{{context.patientId}}", {"patientId": "1/../2?x=y"}) == (
        "Patient/1%2F..%2F2%3Fx%3Dy"
    )
    assert resolved("Encounter/{{context.encounterId}}", {"patientId": "12"}) is None


OWN = CardSource(label="x")


def action(kind, **fields):
    return Action(type=kind, **fields)


@pytest.mark.parametrize(
    ("make", "invariant"),
    [
        (
            lambda: Card(
                summary="x",
                indicator="info",
                source=OWN,
                selection_behavior="at-most-one",
                suggestions=(Suggestion(label="a", is_recommended=True),) * 2,
            ),
            "cds-resp-1",
        ),
        (lambda: action("delete", resource_id="A/1", resource={}), "cds-resp-2"),
        (lambda: action("delete"), "cds-resp-2"),
        (lambda: Link(label="x", url="u", app_context="y"), "cds-resp-3"),
        (lambda: Coding(code="x", display=""), "display"),
        (lambda: Suggestion(label="x", actions=(action("create", resource={}),)), "cds-resp-5"),
        (
            lambda: Card(
                summary="x", indicator="info", source=OWN, suggestions=(Suggestion(label="a"),)
            ),
            "cds-resp-6",
        ),
        (lambda: Suggestion(label="x", action_selection_behavior="some"), "at-most-one"),
        (lambda: Card(summary="x" * 140, indicator="info", source=OWN), "139"),
        (lambda: Card(summary="x", indicator="hard-stop", source=OWN), "warning"),
        (
            lambda: HookRequest.model_validate(
                {
                    **request(),
                    "fhirAuthorization": {
                        "access_token": "t",
                        "token_type": "Bearer",
                        "expires_in": 1,
                        "scope": "s",
                        "subject": "s",
                    },
                }
            ),
            "cds-r-1",
        ),
        (lambda: feedback(outcome="ignored"), "overridden"),
        (lambda: feedback(outcome="accepted"), "cds-fb-2"),
        (lambda: feedback(outcome="overridden", overrideReason={}), "cds-fb-3"),
    ],
)
def test_the_invariants_of_the_specification_hold(make, invariant):
    with pytest.raises(ValidationError, match=invariant):
        make()


def feedback(**fields):
    entry = {"card": CARD, "outcomeTimestamp": "2026-05-17T10:00:00Z", **fields}
    return FeedbackRequest.model_validate({"feedback": [entry]})


def test_feedback_carries_what_was_taken_and_why_not():
    (taken,) = feedback(outcome="accepted", acceptedSuggestions=[{"id": CARD}]).feedback
    assert taken.accepted_suggestions[0].id == UUID(CARD)
    reason = {"reason": {"code": "other", "system": "urn:x"}, "userComment": "known"}
    (passed,) = feedback(outcome="overridden", overrideReason=reason).feedback
    assert passed.override_reason.reason.code == "other"


def test_the_token_of_a_client_is_not_shown():
    authorization = {
        "access_token": "secret-token",
        "token_type": "Bearer",
        "expires_in": 1,
        "scope": "s",
        "subject": "s",
    }
    body = {**request(), "fhirServer": "https://x.example", "fhirAuthorization": authorization}
    assert "secret-token" not in repr(HookRequest.model_validate(body))


@pytest.mark.shared
def test_the_examples_of_the_specification_are_understood(shared_data):
    path = shared_data / "cdshooks" / "spec_json_examples.json"
    examples = json.loads(path.read_text(encoding="utf-8"))
    counts = {"requests": 0, "responses": 0, "feedback": 0}
    for example in examples:
        if "hookInstance" in example:
            HookRequest.model_validate(example)
            counts["requests"] += 1
        elif "feedback" in example:
            FeedbackRequest.model_validate(example)
            counts["feedback"] += 1
        elif "cards" in example:
            for card in example["cards"]:
                card.setdefault("indicator", "info")  # one example lacks what it requires
            HookResponse.model_validate(example)
            counts["responses"] += 1
    assert counts == {"requests": 3, "responses": 4, "feedback": 3}


@pytest.mark.shared
def test_real_requests_are_answered(shared_data):
    summaries = {}
    for path in sorted((shared_data / "cdshooks" / "pddi_requests").glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        found = cards(body)
        summaries[path.stem] = [card.summary for card in found if card.indicator != "info"]
    assert len(summaries) == 21
    for name, said in summaries.items():
        if name.startswith("warfarin-nsaids-order"):
            assert any("ketorolac with warfarin" in line for line in said), name
        if name.startswith("digoxin-cyclosporine-order"):
            assert any("digoxin with cyclosporine" in line for line in said), name


INTERACTING = ["Warfarin 5 MG daily", "Ibuprofen 400 MG three times daily"]


@pytest.mark.parametrize("selected", ["MedicationRequest/d0", "MedicationRequest/d1"])
def test_an_interaction_of_two_drafts_is_told_whichever_was_selected(selected):
    body = request("order-select", orders=INTERACTING, current=(), selections=[selected])
    assert [card for card in cards(body) if card.indicator == "critical"]


def test_what_the_other_drafts_have_among_themselves_is_not_asked_about():
    body = request(
        "order-select",
        orders=[*INTERACTING, "Cetirizine 10 MG once daily"],
        current=(),
        selections=["MedicationRequest/d2"],
    )
    assert not [card for card in cards(body) if card.indicator == "critical"]


@pytest.mark.parametrize(
    "selection",
    [
        "MedicationRequest/none-of-these",
        "https://ehr.example/fhir/MedicationRequest/d0",
        "MedicationRequest/d0/_history/2",
        "urn:uuid:0",
    ],
)
def test_a_selection_in_another_form_hides_nothing(selection):
    body = request("order-select", selections=[selection])
    body["context"]["draftOrders"]["entry"][0]["fullUrl"] = "urn:uuid:0"
    assert [card for card in cards(body) if "warfarin" in card.summary]


@pytest.mark.parametrize(
    "change", [{"status": "cancelled"}, {"status": "stopped"}, {"doNotPerform": True}]
)
def test_a_draft_that_takes_an_order_back_prescribes_nothing(change):
    body = request(orders=["Warfarin 5 MG daily", "Ibuprofen 400 MG daily"], current=())
    body["context"]["draftOrders"]["entry"][0]["resource"] |= change
    assert not [card for card in cards(body) if "warfarin" in card.summary]


def test_a_draft_with_a_modifier_extension_is_not_checked_and_not_silent():
    body = request(orders=["Warfarin 5 MG daily"], current=())
    body["context"]["draftOrders"]["entry"][0]["resource"]["modifierExtension"] = [{"url": "urn:x"}]
    (card,) = cards(body)
    assert "modifier extension" in card.detail


@pytest.mark.parametrize(
    "answer",
    [
        {"hello": 1},
        {"resourceType": "Bundle", "entry": {}},
        {
            "resourceType": "Bundle",
            "entry": [{"resource": {"resourceType": "Condition", "code": "x"}}],
        },
    ],
)
def test_what_a_server_gives_that_is_not_fhir_costs_only_itself(answer):
    body = HookRequest.model_validate(request())
    situation = read_situation(body, {"conditions": answer}, as_of=DAY)
    assert [item.check for item in situation.unread] == ["conditions on the FHIR server"]
    assert [card for card in answer_hook(situation).cards if "warfarin" in card.summary]
