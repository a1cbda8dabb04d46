"""Servers of the language model that have too much to do are told of as such."""

from starlette.testclient import TestClient
from tests.unit.service.conftest import HERE, TOKENS

from medrag.errors import OverloadedError
from medrag.pipeline.engine import QueryEngine
from medrag.service.app import create_app


def test_servers_of_the_model_that_have_too_much_to_do_are_a_429(settings):
    class Busy(QueryEngine):
        def query(self, *_, **__):
            raise OverloadedError("All servers of the model are busy.", retry_s=7)

    app = create_app(settings, engine_of=Busy)
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {TOKENS['reader']}"
        response = client.post("/v1/ask", json={"question": "Dose of examplazine?"})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "7"
    assert "busy" in response.json()["detail"]
