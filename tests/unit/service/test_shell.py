"""Whoever sends slowly, too much or from elsewhere keeps nobody else out."""

import asyncio

import pytest
from tests.unit.service.conftest import TOKENS, opened

from medrag.service.settings import Limits
from medrag.service.shell import Shell


async def answering(scope, receive, send):
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": message["body"]})


async def call(shell, parts, *, pause_s=0.0, path="/v1/check"):
    """Return status and body of one request whose body comes in parts."""
    waiting, sent = list(parts), []

    async def receive():
        await asyncio.sleep(pause_s)
        if not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    headers = [(b"transfer-encoding", b"chunked"), (b"host", b"localhost")]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    await shell(scope, receive, send)
    return (sent[0]["status"], sent[1]["body"]) if sent else None


def shell(app=answering, **limits):
    return Shell(app, limits=Limits(**limits), is_open=True)


def test_a_body_in_parts_arrives_whole():
    assert asyncio.run(call(shell(), [b"a", b"b", b""])) == (200, b"ab")


def test_a_body_that_arrives_too_slowly_is_refused():
    status, _ = asyncio.run(call(shell(body_s=0.05), [b"x"] * 100, pause_s=0.02))
    assert status == 408


def test_a_body_that_grows_too_large_is_refused_unread():
    status, _ = asyncio.run(call(shell(request_bytes=1024), [b"x" * 1000] * 3))
    assert status == 413


def test_a_client_that_leaves_is_not_answered():
    gone = shell()

    async def leave():
        async def receive():
            return {"type": "http.disconnect"}

        sent = []
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "headers": [(b"content-length", b"5"), (b"host", b"localhost")],
        }
        await gone(scope, receive, sent.append)
        return sent

    assert asyncio.run(leave()) == []


def test_slow_senders_take_no_places():
    crowded = shell(answers=1, checks=1, waiting=0, body_s=5)

    async def both():
        slow = [asyncio.create_task(call(crowded, [b"x"] * 3, pause_s=0.2)) for _ in range(20)]
        await asyncio.sleep(0.1)
        quick = await call(crowded, [b"y"])
        return quick, [status for status, _ in await asyncio.gather(*slow)]

    quick, slow = asyncio.run(both())
    assert quick == (200, b"y")
    assert set(slow) <= {200, 429}


def test_bodies_that_arrive_together_are_bounded():
    small = shell(request_bytes=1024, body_s=5)

    async def many():
        calls = (call(small, [b"x" * 900, b"y"], pause_s=0.1) for _ in range(60))
        return [status for status, _ in await asyncio.gather(*calls)]

    statuses = asyncio.run(many())
    assert set(statuses) == {200, 429}
    assert asyncio.run(call(small, [b"x"])) == (200, b"x")


@pytest.mark.parametrize(
    "path", ["/cds-services", "/cds-services/none", "/cds-services/x/feedback"]
)
def test_a_cds_client_in_a_browser_reads_failures_too(client, path):
    for response in (client.get(path), client.post(path, json={})):
        assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/v1/reviews").headers


def test_who_guesses_tokens_is_slowed_down(settings):
    limits = Limits(requests_per_minute=1, burst=2)
    with opened(settings.model_copy(update={"limits": limits})) as client:
        guesses = [
            client.get("/v1/reviews", headers={"Authorization": f"Bearer {n}"}).status_code
            for n in range(3)
        ]
        assert guesses == [401, 401, 429]
        known = {"Authorization": f"Bearer {TOKENS['reader']}"}
        assert client.get("/v1/reviews", headers=known).status_code == 200


@pytest.mark.parametrize("origin", ["http://[", "null", "http://evil.example", "x"])
def test_a_form_from_elsewhere_does_not_count(browser, origin):
    response = browser.post("/", data={"question": "x"}, headers={"Origin": origin})
    assert response.status_code == 403
    assert "another site" in response.text


@pytest.mark.parametrize(
    "path", ["/documents/x?start=a", "/documents/none", "/static/none", "/none"]
)
def test_what_a_browser_asks_for_in_vain_is_told_on_a_page(browser, path):
    response = browser.get(path, headers={"Accept": "text/html,*/*"})
    assert response.status_code >= 400
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/", "/v1/nothing"])
def test_head_is_answered_as_get_without_a_body(client, path):
    whole, head = (ask(path, follow_redirects=False) for ask in (client.get, client.head))
    assert head.status_code == whole.status_code
    assert head.content == b""
    assert head.headers.get("content-type") == whole.headers.get("content-type")
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_head_of_what_is_only_posted_to_is_refused(client):
    assert client.head("/v1/check").status_code == 405
