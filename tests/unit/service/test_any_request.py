"""Whatever the OpenAPI document lets anybody send is answered as the document says.

Schemathesis makes the requests, those that the document allows and others, and reads the answers
against it. Of its own accord it would hardly ever name an answer, a service or a shard that there
is, so what half of the requests name is there.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as bounded
from hypothesis import strategies as st
from hypothesis.extra import numpy
from starlette.testclient import TestClient
from tests.unit.service.conftest import HERE, TOKENS, everybody

from medrag.index import shard_wire
from medrag.index.sharding import split
from medrag.interop.cds_hooks import discovery
from medrag.service.app import create_app
from medrag.service.settings import Limits, ServiceSettings

schemathesis = pytest.importorskip(
    "schemathesis", reason="schemathesis is not installed: python3 install.py --dev"
)
import requests  # noqa: E402 - comes with it
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
REQUESTS = 30
"""To each route; everybody sends each of them."""
SEEDS = 4
"""Lots of requests to a route, until one was done as asked."""
ASKED = {"question": "What dose of examplazine do adults get?"}
DOCUMENT = create_app(ServiceSettings(index="none", clients=everybody())).openapi()
ROUTES = [found.ok() for found in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()]
ANY_ARRAY = numpy.arrays(
    st.sampled_from(["<f4", "<i8"]), numpy.array_shapes(min_dims=0, max_dims=3, min_side=0)
)
VECTORS = st.integers(0, 3).map(lambda n: np.eye(n, 256, dtype="<f4"))
SUGGESTIONS = [{"id": "1df657b1-1fa4-458f-b2fd-5a6f7c31c010"}]
"""What an accepted card has to name, which a JSON schema cannot say."""
PASSAGES = numpy.arrays("<i8", st.integers(0, 4), elements=st.integers(0, 1))


@pytest.fixture(scope="module")
def services(index_folder, tmp_path_factory):
    """A service of an index, one of a shard, and names that they know."""
    root = tmp_path_factory.mktemp("any-request")
    facts, _ = split(index_folder / "index", root / "shards", 1)
    with ExitStack() as stack:
        whole, shard = (
            stack.enter_context(serving(index, root / index.name))
            for index in (index_folder / "index", root / "shards" / "shard-0")
        )
        send(whole, "reader", "POST", "/v1/ask", json=ASKED)
        (waiting,) = send(whole, "reader", "GET", "/v1/reviews").json()
        names = {"split": facts.split, "number": 0}
        (document,) = send(shard, "reader", "POST", "/v1/shard/sources", json=names).json()[
            "sources"
        ]
        yield whole, shard, names | {"answer": waiting["id"], "document_id": document["id"]}


def serving(index, folder):
    settings = ServiceSettings(
        index=str(index),
        clients=everybody(),
        review=str(folder / "pending"),
        audit=str(folder / "audit"),
        base_url=HERE,
        reload_s=0,
        limits=Limits(burst=10**6, requests_per_minute=10**6, request_bytes=64 * 1024),
    )
    return TestClient(
        create_app(settings),
        base_url=HERE,
        raise_server_exceptions=False,
        follow_redirects=False,
    )


def send(client, role, method, url, *, headers=(), **body):
    """Send a request with the token of a role, or with none."""
    own = {name: value for name, value in dict(headers).items() if name != "Authorization"}
    token = {"Authorization": f"Bearer {TOKENS[role]}"} if role else {}
    return client.request(method, url, headers=own | token, **body)


def of_any_kind(route):
    """Requests that the document allows, and others where it forbids anything."""
    modes = schemathesis.GenerationMode
    allowed = route.as_strategy(generation_mode=modes.POSITIVE)
    if not any(route.iter_parameters()):
        return allowed
    return allowed | route.as_strategy(generation_mode=modes.NEGATIVE)


def name_what_is_there(case, known, data):
    """Put names that the service knows, and arrays that are whole, where the request has any."""
    arrays = {"queries": VECTORS | ANY_ARRAY, "passages": PASSAGES | ANY_ARRAY}
    for place in (case.path_parameters, case.body):
        if not isinstance(place, dict):
            continue
        place.update({name: known[name] for name in place.keys() & known.keys()})
        for name in place.keys() & arrays.keys():
            array = data.draw(arrays[name])
            place[name] = shard_wire.packed(array, array.dtype.str).model_dump(mode="json")
    if "service" in case.path_parameters:
        service = data.draw(st.sampled_from(discovery().services))
        case.path_parameters["service"] = service.id
        if isinstance(case.body, dict) and "hook" in case.body:
            case.body["hook"] = service.hook
        if isinstance(case.body, dict) and isinstance(case.body.get("feedback"), list):
            for told in filter(lambda told: isinstance(told, dict), case.body["feedback"]):
                told.pop("overrideReason", None)
                told["acceptedSuggestions"] = SUGGESTIONS


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.label)
def test_any_request_is_answered_as_the_openapi_document_says(services, route):
    whole, shard, known = services
    client = shard if route.path.startswith("/v1/shard/") else whole
    seen = Counter()

    @bounded(
        max_examples=REQUESTS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=of_any_kind(route), data=st.data())
    def sent_by_everybody(case, data):
        if data.draw(st.booleans()):
            name_what_is_there(case, known, data)
        made = requests.Request(**case.as_transport_kwargs(base_url=HERE)).prepare()
        for role in (None, *TOKENS):
            response = send(
                client, role, made.method, made.url, headers=made.headers, content=made.body
            )
            case.validate_response(response, checks=CHECKS)
            seen[response.status_code] += 1

    for number in range(SEEDS):  # few of the requests to some routes are whole
        seed(number)(sent_by_everybody)()
        if seen[200]:
            break
    assert seen[200], f"the service never did what it was asked, but answered {dict(seen)}"
