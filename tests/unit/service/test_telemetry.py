"""Whoever sets up OpenTelemetry around the service hears nothing of what it is asked."""

import subprocess
import sys

import pytest

pytest.importorskip("opentelemetry")

ASKED = """
import sys
from opentelemetry import trace
from starlette.testclient import TestClient
from medrag.service.app import create_app
from medrag.service.settings import ServiceSettings

heard = []

class Listening(trace.TracerProvider):
    def get_tracer(self, *names, **more):
        heard.append(names)
        return trace.NoOpTracer()

trace.set_tracer_provider(Listening())
app = create_app(ServiceSettings(index=sys.argv[1], reload_s=0))
with TestClient(app, base_url="http://127.0.0.1") as client:
    assert client.post("/v1/check", json={"text": "Give examplazine."}).status_code == 200
    assert client.post("/v1/check", json={"txt": "Jane Doe"}).status_code == 422
print(heard)
"""


def test_no_trace_of_a_request_reaches_a_tracer_set_up_around_the_service(index_folder):
    command = [sys.executable, "-c", ASKED, str(index_folder / "index")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
