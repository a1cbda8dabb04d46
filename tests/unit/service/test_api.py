"""Questions, checks and decisions over HTTP."""

import base64
import json
import logging
import threading
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.testclient import TestClient
from tests.unit.service.conftest import HERE, TOKENS, opened

import medrag
from medrag.core.answer import CheckedAnswer
from medrag.review.audit.verification import records_of
from medrag.service.app import create_app
from medrag.service.limits import BusyError, Rates, Slots
from medrag.service.measures import JsonLines
from medrag.service.settings import HookClient, Limits

QUESTION = "What dose of examplazine do adults get?"
CARD = "9368d37b-283f-44a0-93ea-547cebab93ed"


def as_role(client, role):
    return {"headers": {"Authorization": f"Bearer {TOKENS[role]}"}}


def ask(client, **body):
    return client.post("/v1/ask", json={"question": QUESTION, **body})


def test_a_question_is_answered_with_the_passages_own_words(client):
    answer = CheckedAnswer.model_validate(ask(client).json())
    assert answer.status == "answered"
    (quote,) = answer.quoted.claims[0].quotes
    assert quote.match.text.startswith("Give examplazine 40 mg once daily to adults.")


def test_a_stream_sends_claims_then_the_answer(client):
    response = client.post(
        "/v1/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"}
    )
    events = [part.split("\n") for part in response.text.strip().split("\n\n")]
    assert [lines[0] for lines in events] == ["event: claim", "event: answer"]
    answer = CheckedAnswer.model_validate_json(events[-1][1].removeprefix("data: "))
    assert answer.status == "answered"


def test_passages_are_found(client):
    hits = client.post("/v1/search", json={"question": "examplazine", "k": 2}).json()["hits"]
    assert "examplazine" in hits[0]["passage"]["text"]


def test_a_text_is_checked_with_a_fhir_patient(client):
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "2020-01-01"}
    body = {"text": "Give metformin 5000 mg twice daily.", "patient": patient}
    found = client.post("/v1/check", json=body).json()
    assert "daily-dose" in {finding["category"] for finding in found["findings"]}
    assert found["rule_set"]


def test_a_quotation_is_verified(client):
    body = {"quote": "40 mg once daily", "passage": "Give 40 mg once daily."}
    assert client.post("/v1/quotes/verify", json=body).json()["verified"] is True
    wrong = {"quote": "4 mg once daily", "passage": "Give 40 mg once daily."}
    assert client.post("/v1/quotes/verify", json=wrong).json()["verified"] is False


def test_identifiers_are_taken_out(client):
    body = {"text": "Mrs. Okafor, 78, INR 4.5: hold warfarin 5 mg?"}
    found = client.post("/v1/deidentify", json=body).json()
    assert "Okafor" not in found["text"]
    assert "INR 4.5" in found["text"]


@pytest.mark.parametrize(
    ("path", "method"),
    [("/v1/ask", "POST"), ("/v1/check", "POST"), ("/v1/reviews", "GET"), ("/v1/review", "POST")],
)
def test_strangers_are_turned_away(client, path, method):
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer guess"}):
        response = client.request(method, path, json={}, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"


def test_a_reader_may_not_sign(client):
    body = {"answer": "0" * 16, "decision": "accept"}
    response = client.post("/v1/review", json=body, **as_role(client, "reader"))
    assert response.status_code == 403
    assert "reviewer" in response.json()["detail"]


def test_an_answer_waits_and_is_signed_in_the_name_of_the_token(client, settings):
    digest = CheckedAnswer.model_validate(ask(client).json()).digest
    (waiting,) = client.get("/v1/reviews").json()
    assert (waiting["id"], waiting["is_waiting"]) == (digest[:16], True)
    body = {"answer": digest[:16], "decision": "accept"}
    signed = client.post("/v1/review", json=body).json()
    assert (signed["reviewer"], signed["hindrance"]) == ("reviewer person", None)
    kinds = [record["kind"] for record in records_of(medrag_path(settings.audit))]
    assert kinds == ["answer", "review"]


def medrag_path(text):
    from pathlib import Path

    return Path(text)


def test_nobody_signs_in_another_name(client):
    digest = CheckedAnswer.model_validate(ask(client).json()).digest
    body = {"answer": digest[:16], "decision": "accept", "reviewer": "Somebody Else"}
    assert client.post("/v1/review", json=body).status_code == 422


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/v1/ask", {"question": ""}, "question"),
        ("/v1/ask", {"question": "x", "pateint": {}}, "pateint"),
        ("/v1/ask", {"question": "x", "patient": {"weigth_kg": 3}}, "weight_kg"),
        ("/v1/search", {"question": "x", "k": 0}, "k"),
        ("/v1/check", {"text": "x", "patient": {"resourceType": "Bundle"}}, "FHIR"),
        ("/v1/review", {"answer": "../../etc", "decision": "accept"}, "answer"),
    ],
)
def test_what_is_not_understood_is_named_without_its_value(client, path, body, place):
    response = client.post(path, json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert place in response.json()["detail"]


def test_a_body_that_is_too_large_is_refused(client):
    assert client.post("/v1/check", json={"text": "x" * 100_000}).status_code == 413


def test_a_client_that_asks_too_often_is_told_when_to_come_back(settings):
    limits = Limits(requests_per_minute=1, burst=2)
    with opened(settings.model_copy(update={"limits": limits})) as client:
        client.headers["Authorization"] = f"Bearer {TOKENS['reader']}"
        body = {"quote": "a", "passage": "a"}
        codes = [client.post("/v1/quotes/verify", json=body).status_code for _ in range(3)]
        assert codes == [200, 200, 429]
        assert int(client.post("/v1/quotes/verify", json=body).headers["retry-after"]) > 30


def test_a_client_takes_not_all_places(settings):
    limits = Limits(client_at_once=1)
    with opened(settings.model_copy(update={"limits": limits})) as client:
        crowd = client.app.state.shared.crowd
        asks = {"json": {"quote": "a", "passage": "a"}}
        with crowd.take("reader person"):
            refused = client.post("/v1/quotes/verify", **asks, **as_role(client, "reader"))
            other = client.post("/v1/quotes/verify", **asks, **as_role(client, "reviewer"))
        again = client.post("/v1/quotes/verify", **asks, **as_role(client, "reader"))
    assert (refused.status_code, other.status_code, again.status_code) == (429, 200, 200)
    assert refused.headers["retry-after"] == "1"


def test_a_text_that_takes_too_long_to_check_is_said_to(settings):
    limits = Limits(check_s=0.05, request_bytes=1 << 20)
    with opened(settings.model_copy(update={"limits": limits})) as client:
        client.headers["Authorization"] = f"Bearer {TOKENS['reader']}"
        begun = time.monotonic()
        response = client.post("/v1/check", json={"text": "Give metformin 500 mg daily. " * 5000})
        assert (response.status_code, response.json()["title"]) == (504, "Too slow")
        assert "metformin" not in response.text
        assert time.monotonic() - begun < 10
        assert client.post("/v1/check", json={"text": "Give metformin."}).status_code == 200


def test_an_answer_that_is_not_there_is_not_found(client):
    assert client.get("/v1/reviews/0123456789abcdef").status_code == 404
    body = {"answer": "0123456789abcdef", "decision": "accept"}
    response = client.post("/v1/review", json=body)
    assert (response.status_code, response.json()["title"]) == (404, "Not found")
    assert client.get("/v1/reviews/no-id").status_code == 422


def test_a_bucket_fills_again():
    now = [0.0]
    rates = Rates(60, 1, clock=lambda: now[0])
    rates.take("a")
    rates.take("b")
    with pytest.raises(BusyError):
        rates.take("a")
    now[0] = 1.0
    rates.take("a")


def test_of_too_many_at_once_the_last_are_turned_away_at_once():
    slots, held = Slots(1, 1, wait_s=5), threading.Event()
    outcomes = []

    def work():
        try:
            with slots.take():
                held.wait(5)
            outcomes.append("done")
        except BusyError:
            outcomes.append("busy")

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    held.set()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["busy", "done", "done"]


def test_without_clients_only_this_machine_is_answered(settings):
    alone = settings.model_copy(update={"clients": ()})
    with TestClient(create_app(alone), base_url=HERE) as client:
        assert client.get("/v1/reviews").status_code == 200
        response = client.get("/v1/reviews", headers={"Host": "evil.example"})
        assert response.status_code == 421


def test_a_service_that_asks_for_no_token_says_so(settings, client):
    alone = settings.model_copy(update={"clients": ()})
    with TestClient(create_app(alone), base_url=HERE) as anybody:
        described = anybody.get("/openapi.json").json()
    asked = client.get("/openapi.json").json()
    assert "securitySchemes" not in described["components"]
    assert "security" not in described["paths"]["/v1/check"]["post"]
    assert asked["paths"]["/v1/check"]["post"]["security"]


@pytest.mark.parametrize("wrong", [0, "no", 1.0])
def test_yes_and_no_are_booleans_as_the_openapi_document_says(client, wrong):
    body = {"text": "Give examplazine.", "patient": {"pregnant": wrong}}
    assert client.post("/v1/check", json=body).status_code == 422
    search = {"question": "dose", "filters": {"include_superseded": wrong}}
    assert client.post("/v1/search", json=search).status_code == 422


def test_readiness_follows_the_index(settings, tmp_path):
    nothing = settings.model_copy(update={"index": str(tmp_path / "none")})
    with opened(nothing) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_a_new_generation_is_taken_without_dropping_a_request(settings, tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text("# A\n\nGive examplazine 40 mg once daily.\n", encoding="utf-8")
    medrag.Index.build([corpus], tmp_path / "i", embedder="hashing", progress=False)
    # Asked without a pause for as long as a build takes, which is more than a client may ask.
    unlimited = Limits(requests_per_minute=10**7, burst=10**7)
    changed = {"index": str(tmp_path / "i"), "reload_s": 0.05, "limits": unlimited}
    with opened(settings.model_copy(update=changed)) as client:
        client.headers["Authorization"] = f"Bearer {TOKENS['reader']}"
        codes, stop = [], threading.Event()

        def keep_asking():
            while not stop.is_set():
                codes.append(client.post("/v1/search", json={"question": "dose"}).status_code)

        thread = threading.Thread(target=keep_asking)
        thread.start()
        before = client.get("/readyz").json()["index"]
        (corpus / "b.md").write_text("# B\n\nGive otherazine 5 mg.\n", encoding="utf-8")
        medrag.Index.build([corpus], tmp_path / "i", embedder="hashing", progress=False)
        until = time.monotonic() + 10
        while client.get("/readyz").json()["index"] == before and time.monotonic() < until:
            time.sleep(0.05)
        stop.set()
        thread.join()
        assert client.get("/readyz").json()["index"] != before
        assert set(codes) == {200}
        hits = client.post("/v1/search", json={"question": "otherazine"}).json()["hits"]
        assert any("otherazine" in hit["passage"]["text"] for hit in hits)


def test_measures_name_routes_and_no_content(client):
    client.get("/v1/reviews/0123456789abcdef")
    shown = client.get("/metrics").text
    assert 'route="/v1/reviews/{answer}"' in shown
    assert "0123456789abcdef" not in shown


def test_logs_hold_no_content(client, caplog):
    with caplog.at_level(logging.DEBUG):
        client.post("/v1/ask", json={"question": "Is Zaphod Beeblebrox to get examplazine?"})
        client.post("/v1/check", json={"text": "x", "patient": {"age_years": "Zaphod"}})
        client.get("/search", params={"q": "Zaphod"})
    ours = [record for record in caplog.records if record.name.startswith("medrag")]
    assert ours
    assert not [record for record in ours if "Zaphod" in str(vars(record))]


def test_the_openapi_document_lists_every_route(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/ask", "/v1/search", "/v1/check", "/v1/quotes/verify"} <= set(paths)
    assert {"/v1/deidentify", "/v1/review", "/healthz", "/readyz", "/metrics"} <= set(paths)
    assert {"/cds-services", "/cds-services/{service}"} <= set(paths)


def hook_body(**more):
    drafts = {
        "resourceType": "Bundle",
        "entry": [
            {
                "resource": {
                    "resourceType": "MedicationRequest",
                    "status": "draft",
                    "intent": "order",
                    "medicationCodeableConcept": {"text": "Ketorolac 10 MG Oral Tablet"},
                }
            }
        ],
    }
    return {
        "hook": "order-sign",
        "hookInstance": CARD,
        "context": {"patientId": "p", "draftOrders": drafts},
        **more,
    }


def test_hooks_are_discovered_by_anybody_and_called_with_a_token(client):
    services = client.get("/cds-services", headers={"Authorization": ""}).json()["services"]
    assert {service["hook"] for service in services} >= {"patient-view", "order-sign"}
    answered = client.post("/cds-services/medrag-order-sign", json=hook_body())
    assert answered.json()["cards"][-1]["summary"].startswith("Not checked")
    assert client.post("/cds-services/other", json=hook_body()).status_code == 404
    assert client.post("/cds-services/medrag-patient-view", json=hook_body()).status_code == 400


def test_feedback_is_recorded_without_its_words(client, settings):
    feedback = {
        "card": CARD,
        "outcome": "overridden",
        "overrideReason": {
            "reason": {"code": "Zaphod is fine", "system": "urn:x", "display": "Zaphod"},
            "userComment": "Zaphod is fine",
        },
        "outcomeTimestamp": "2026-05-17T10:00:00Z",
    }
    response = client.post(
        "/cds-services/medrag-order-sign/feedback", json={"feedback": [feedback]}
    )
    assert response.status_code == 200
    (record,) = records_of(medrag_path(settings.audit))
    assert (record["kind"], record["body"]["outcome"]) == ("feedback", "overridden")
    assert record["body"]["reason"] == {"system": "urn:x", "code": "not a code"}
    assert "Zaphod" not in json.dumps(record)


@pytest.fixture
def signing(settings, tmp_path):
    key = ec.generate_private_key(ec.SECP384R1())
    public = json.loads(ECAlgorithm(ECAlgorithm.SHA384).to_jwk(key.public_key()))
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [{**public, "kid": "k", "alg": "ES384", "use": "sig"}]}))
    known = HookClient(issuer="https://ehr.example", keys=str(keys))
    with opened(settings.model_copy(update={"hook_clients": (known,)})) as client:
        yield client, key


def token(key, *, algorithm="ES384", **changes):
    now = int(time.time())
    claims = {
        "iss": "https://ehr.example",
        "aud": f"{HERE}/cds-services/medrag-order-sign",
        "exp": now + 60,
        "iat": now,
        "jti": str(time.monotonic_ns()),
    }
    return jwt.encode({**claims, **changes}, key, algorithm=algorithm, headers={"kid": "k"})


def called(client, signed):
    headers = {"Authorization": f"Bearer {signed}"}
    return client.post("/cds-services/medrag-order-sign", json=hook_body(), headers=headers)


def test_a_signed_client_is_let_in_once(signing):
    client, key = signing
    signed = token(key)
    assert called(client, signed).status_code == 200
    assert called(client, signed).status_code == 401


@pytest.mark.parametrize("algorithm", ["RS256", "RS384"])
def test_an_rsa_key_that_names_no_algorithm_is_for_both(settings, tmp_path, algorithm):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(RSAAlgorithm(RSAAlgorithm.SHA384).to_jwk(key.public_key()))
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [{"kty": "RSA", "kid": "k"} | public]}))
    known = HookClient(issuer="https://ehr.example", keys=str(keys))
    with opened(settings.model_copy(update={"hook_clients": (known,)})) as client:
        assert called(client, token(key, algorithm=algorithm)).status_code == 200


def test_a_token_of_nested_nonsense_is_refused(signing):
    client, _ = signing
    nested = base64.urlsafe_b64encode(b"[" * 20_000).decode()
    assert called(client, f"{nested}.{nested}.x").status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "https://other.example/cds-services/x"},
        {"exp": 1_000_000_000},
        {"exp": int(time.time()) + 86_400},
        {"jti": None},
    ],
)
def test_a_token_that_does_not_count_is_refused(signing, changes):
    client, key = signing
    assert called(client, token(key, **changes)).status_code == 401


def test_a_token_of_another_key_or_of_none_is_refused(signing):
    client, _ = signing
    assert called(client, token(ec.generate_private_key(ec.SECP384R1()))).status_code == 401
    assert called(client, token("x" * 48, algorithm="HS384")).status_code == 401
    assert called(client, token(None, algorithm="none")).status_code == 401


def test_the_openapi_document_says_what_a_patient_is(client):
    document = client.get("/openapi.json").json()
    patient = document["components"]["schemas"]["CheckBody"]["properties"]["patient"]
    own, fhir, _ = patient["anyOf"]
    assert {"weight_kg", "labs", "allergies"} <= own["properties"].keys()
    assert own["additionalProperties"] is False
    assert fhir["required"] == ["resourceType"]
    assert "$ref" not in json.dumps(patient)
    path = document["paths"]["/v1/reviews/{answer}"]["get"]["parameters"][0]
    assert path["schema"]["pattern"] == "^[0-9a-f]{16}$"


@pytest.mark.parametrize(
    ("content", "kind", "status", "said"),
    [
        (b"text=x", "application/x-www-form-urlencoded", 415, "Content-Type: application/json"),
        (b'{"text": "x"}', "text/plain", 415, "Content-Type: application/json"),
        (b'{"text": ', "application/json", 422, "breaks at character"),
        (b'{"text": "\xff"}', "application/json", 400, "UTF-8"),
    ],
)
def test_a_body_that_is_no_json_is_told_what_to_send(client, content, kind, status, said):
    headers = {"Content-Type": kind, "Authorization": f"Bearer {TOKENS['reader']}"}
    response = client.post("/v1/check", content=content, headers=headers)
    assert (response.status_code, said in response.json()["detail"]) == (status, True)


@pytest.mark.parametrize(
    ("args", "event"),
    [((8728,), "Started [8728]"), (("metformin",), "Started [%s]"), ((), "Started [%s]")],
)
def test_of_what_others_log_numbers_are_shown_and_words_are_not(args, event):
    said = "Started [%d]" if args == (8728,) else "Started [%s]"
    record = logging.LogRecord("uvicorn.error", logging.INFO, "p", 1, said, args, None)
    assert json.loads(JsonLines().format(record))["event"] == event
