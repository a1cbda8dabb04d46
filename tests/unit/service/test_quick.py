"""Short requests are read in one place, long ones by the framework: nobody can tell which."""

from __future__ import annotations

import asyncio
import inspect
import json

import httpx
import pytest
from tests.unit.service.conftest import HERE, TOKENS, opened

from medrag.service import answers
from medrag.service.app import create_app
from medrag.service.asking import SHORT_BYTES

JSON = "application/json"
CHECK = '{"text": "Give examplazine 40 mg once daily.", "patient": {"age_years": 71}}'
REQUESTS = [
    ("/v1/check", JSON, CHECK, 200),
    ("/v1/check", "application/fhir+json; charset=utf-8", CHECK, 200),
    ("/v1/check", JSON, '{"text": "a", "text": "b"}', 200),
    ("/v1/check", JSON, '{"text": "a", "quotes": ["a"]}', 200),
    ("/v1/check", JSON, '{"text": "lone \\ud800 half"}', None),
    ("/v1/check", JSON, '{"text": ""}', 422),
    ("/v1/check", JSON, '{"text": "a", "more": 1}', 422),
    ("/v1/check", JSON, '{"text": "a", "patient": {"age_years": "old"}}', 422),
    ("/v1/check", JSON, '{"text": "a", "patient": {"age_years": NaN}}', 422),
    ("/v1/check", JSON, '{"text": x}', 422),
    ("/v1/check", JSON, "[" * 3000, None),
    ("/v1/check", JSON, '"\xff"', None),
    ("/v1/check", JSON, "null", 422),
    ("/v1/check", "text/plain", CHECK, 415),
    ("/v1/check", None, CHECK, 415),
    ("/v1/ask", JSON, '{"question": "Dose of examplazine?"}', 200),
    ("/v1/ask", JSON, '{"question": "Dose?", "filters": {"as_of": "2026-01-31"}}', 200),
    ("/v1/ask", JSON, '{"question": "Dose?", "filters": {"as_of": 7.5}}', 422),
    ("/v1/ask", JSON, '{"question": 7}', 422),
]


@pytest.mark.parametrize("token", ["right", "wrong", "none"])
@pytest.mark.parametrize(("path", "media_type", "body", "status"), REQUESTS)
def test_a_short_request_is_answered_as_a_long_one_of_the_same_content(
    client, path, media_type, body, status, token
):
    if token != "right":
        client.headers["Authorization"] = "Bearer nobody's" if token == "wrong" else "Basic x"
    headers = {"Content-Type": media_type} if media_type else {}
    said = []
    for pad in ("", " " * SHORT_BYTES):
        response = client.post(path, content=(body + pad).encode("latin-1"), headers=headers)
        said.append((response.status_code, response.headers["content-type"], response.json()))
    assert said[0] == said[1]
    if token == "right" and status is not None:
        assert said[0][0] == status
    assert said[0][0] < 500


def test_a_request_is_counted_once_whichever_way_it_goes(settings):
    narrow = settings.limits.model_copy(update={"burst": 4, "requests_per_minute": 1})
    with opened(settings.model_copy(update={"limits": narrow})) as client:
        client.headers["Authorization"] = f"Bearer {TOKENS['reader']}"
        bodies = (CHECK, CHECK + " " * SHORT_BYTES, '{"text": 7}', "[", CHECK, CHECK)
        told = [
            client.post("/v1/check", content=body, headers={"Content-Type": JSON}).status_code
            for body in bodies
        ]
    # What is no JSON at all is refused before it is asked who sends it.
    assert told == [200, 200, 422, 422, 200, 429]


def test_another_method_is_refused(client):
    assert client.get("/v1/check").status_code == 405


def test_of_checks_that_come_at_once_one_is_done_in_each_round_of_the_loop(settings, monkeypatch):
    rounds, seen = [0], []

    def noted(*_):
        seen.append(rounds[0])
        return "{}"

    monkeypatch.setattr(answers, "_written_report", noted)

    async def count():
        while True:
            rounds[0] += 1
            await asyncio.sleep(0)

    async def all_at_once():
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            counting = asyncio.create_task(count())
            transport = httpx.ASGITransport(app)
            headers = {"Authorization": f"Bearer {TOKENS['reader']}"}
            async with httpx.AsyncClient(
                transport=transport, base_url=HERE, headers=headers
            ) as client:
                await asyncio.gather(
                    *(client.post("/v1/check", json=json.loads(CHECK)) for _ in range(5))
                )
            counting.cancel()

    asyncio.run(all_at_once())
    assert len(set(seen)) == len(seen) == 5


def test_no_failure_needs_a_thread_to_be_told(settings):
    handlers = create_app(settings).exception_handlers.values()
    ours = [one for one in handlers if one.__module__.startswith("medrag.")]
    assert len(ours) == 4
    assert all(inspect.iscoroutinefunction(one) for one in ours)
