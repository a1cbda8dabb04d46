"""What a hook's prefetch lacks is read from a permitted FHIR server, and from no other."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from medrag.interop.cds_hooks import HookRequest
from medrag.interop.fhir.entries import next_page
from medrag.service.hook_clients import FhirServers

CALL = "9368d37b-283f-44a0-93ea-547cebab93ed"
TOKEN = "fhir-token"


class Server:
    """A small FHIR server: pages by path, and what it was asked with which token."""

    def __init__(self):
        self.pages, self.asked = {}, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                server.asked.append((self.path, self.headers["authorization"]))
                found = server.pages.get(self.path, server.pages.get(parts.path))
                content = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(404 if found is None else 200)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *words):
                del words

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def make_server():
    servers = []

    def made():
        servers.append(Server())
        return servers[-1]

    yield made
    for server in servers:
        server.close()


def request(server, prefetch=None, base="/fhir"):
    return HookRequest.model_validate(
        {
            "hook": "encounter-start",
            "hookInstance": CALL,
            "fhirServer": server.address + base,
            "fhirAuthorization": {
                "access_token": TOKEN,
                "token_type": "Bearer",
                "expires_in": 300,
                "scope": "patient/*.read",
                "subject": "cds",
                "patient": "p",
            },
            "context": {"userId": "Practitioner/1", "patientId": "p", "encounterId": "e"},
            "prefetch": prefetch,
        }
    )


def page(*names, following=None):
    links = [{"relation": "next", "url": following}] if following is not None else []
    entries = [{"resource": {"resourceType": "Condition", "id": name}} for name in names]
    return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries}


def missing(server, **more):
    return FhirServers([f"{server.address}/fhir/"]).missing(request(server, **more))


def names(bundle):
    return [entry["resource"]["id"] for entry in bundle["entry"]]


def test_what_lacks_is_read_with_the_token_of_the_request(make_server):
    server = make_server()
    server.pages["/fhir/Patient/p"] = {"resourceType": "Patient", "id": "p"}
    found = missing(server, prefetch={"conditions": page(), "labs": None})
    assert found == {"patient": {"resourceType": "Patient", "id": "p"}}
    asked = [path for path, token in server.asked if token == f"Bearer {TOKEN}"]
    assert "/fhir/Patient/p" in asked
    assert not [path for path in asked if path.startswith("/fhir/Condition")]


def test_what_a_client_could_not_prefetch_is_read(make_server):
    server = make_server()
    server.pages["/fhir/Condition"] = page("a")
    found = missing(server, prefetch={"conditions": {"resourceType": "OperationOutcome"}})
    assert names(found["conditions"]) == ["a"]


def test_a_list_is_read_to_its_last_page(make_server):
    server = make_server()
    server.pages["/fhir/Condition"] = page("a", following="Condition?page=2")
    server.pages["/fhir/Condition?page=2"] = page("b")
    found = missing(server)["conditions"]
    assert names(found) == ["a", "b"]
    assert next_page(found) is None  # nothing else is missing


@pytest.mark.parametrize(
    "following", ["Condition?page=9", "http://[", "https://127.0.0.1/x", "", 7, "Condition?again"]
)
def test_a_part_of_a_list_never_passes_for_the_whole(make_server, following):
    server = make_server()
    server.pages["/fhir/Condition"] = page("a", following="Condition?page=2")
    server.pages["/fhir/Condition?page=2"] = page("b", following=following)
    server.pages["/fhir/Condition?page=9"] = b"<html>"
    server.pages["/fhir/Condition?again"] = page("b", following="Condition?again")
    assert "conditions" not in missing(server)


def test_a_token_goes_to_no_server_that_a_page_names(make_server):
    server, other = make_server(), make_server()
    server.pages["/fhir/Condition"] = page("a", following=f"{other.address}/fhir/Condition")
    assert "conditions" not in missing(server)
    assert other.asked == []


def test_of_the_latest_results_one_page_is_enough(make_server):
    server = make_server()
    server.pages["/fhir/Observation"] = page("a", following="Observation?page=2")
    assert names(missing(server)["labs"]) == ["a"]
    assert not [path for path, _ in server.asked if "page=2" in path]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"\xff", b"[" * 100_000, b'{"resourceType": "Bundle", "link": "x"}', b"NaN"],
)
def test_a_server_that_answers_nonsense_costs_no_request(make_server, content):
    server = make_server()
    server.pages["/fhir/Condition"] = content
    found = missing(server).get("conditions")
    assert found is None or found["resourceType"] == "Bundle"


def test_a_server_that_nobody_permitted_is_not_asked(make_server):
    server = make_server()
    assert missing(server, base="/other") == {}
    assert server.asked == []
