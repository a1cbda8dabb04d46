"""Several services hold shards, one in front of them answers: over HTTP, with shards that go."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import uvicorn
from click.testing import CliRunner
from starlette.testclient import TestClient

import medrag
from medrag.cli import cli
from medrag.errors import BackendError, IndexStateError, PartialSearchError
from medrag.index.sharding import split
from medrag.service.app import create_app
from medrag.service.callers import token_digest
from medrag.service.settings import Client, ServiceSettings

TOKEN = "front-token"
QUESTION = "What is the dose of examplazine for adults?"
TEXTS = {
    f"drug{at}": f"# Drug{at}zine\n\n## Dose\n\nGive drug{at}zine {at} mg once daily to adults.\n"
    for at in range(1, 9)
} | {"examplazine": "# Examplazine\n\n## Dose\n\nGive examplazine 40 mg once daily to adults.\n"}


class Served:
    """A service in a thread, at a port of its own that it keeps when it comes back."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        config = uvicorn.Config(
            create_app(self.settings), port=self.port, log_config=None, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("shards")
    (root / "corpus").mkdir()
    for name, text in TEXTS.items():
        (root / "corpus" / f"{name}.md").write_text(text, encoding="utf-8")
    medrag.Index.build([root / "corpus"], root / "index", embedder="hashing", progress=False)
    split(root / "index", root / "shards", 3)
    (root / "token").write_text(TOKEN + "\n", encoding="utf-8")
    return root


def settings_of(index, **more) -> ServiceSettings:
    front = Client(name="front", token_sha256=token_digest(TOKEN))
    return ServiceSettings(index=str(index), clients=(front,), reload_s=0, **more)


@pytest.fixture
def services(made):
    found = [Served(settings_of(made / "shards" / f"shard-{n}")) for n in range(3)]
    yield found
    for one in found:
        one.stop()


@pytest.fixture
def place(made, services, tmp_path):
    return written(tmp_path / "shards.toml", services, made / "token")


def written(path, services, token) -> str:
    urls = ", ".join(f'"{one.url}"' for one in services)
    path.write_text(f'urls = [{urls}]\ntoken_file = "{token}"\nlimit_s = 20\n', encoding="utf-8")
    return f"shards://{path}"


@pytest.fixture
def front(place):
    with TestClient(create_app(settings_of(place)), base_url="http://127.0.0.1") as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        yield client


def ids(result):
    return [hit["passage"]["id"] for hit in result["hits"]]


def test_the_front_answers_as_the_index_does(made, front):
    with TestClient(create_app(settings_of(made / "index"))) as alone:
        alone.headers["Authorization"] = f"Bearer {TOKEN}"
        for path in ("/v1/search", "/v1/ask"):
            one = alone.post(path, json={"question": QUESTION}).json()
            other = front.post(path, json={"question": QUESTION}).json()
            if path == "/v1/search":
                assert ids(other) == ids(one)
                scores = [[hit["score"] for hit in found["hits"]] for found in (other, one)]
                assert scores[0] == pytest.approx(scores[1], abs=1e-6)
                assert (other["partial"], other["not_searched"]) == (False, [])
            else:
                assert other["status"] == one["status"]
                assert other["quoted"]["claims"] == one["quoted"]["claims"]
                assert other["versions"] == one["versions"]
                assert other["not_searched"] == []


def test_a_shard_that_goes_is_named_in_searches_and_answers_until_it_is_back(services, front):
    whole = front.post("/v1/search", json={"question": QUESTION}).json()
    (gone,) = [n for n, one in enumerate(services) if holds(one, whole["hits"][-1])]
    services[gone].stop()
    found = front.post("/v1/search", json={"question": QUESTION}).json()
    assert found["partial"] is True
    (part,) = found["not_searched"]
    assert part["part"] == f"shard {gone + 1} of 3"
    assert part["reason"] in {"it cannot be reached", "it broke off"}
    assert str(services[gone].port) not in str(found)
    answer = front.post("/v1/ask", json={"question": QUESTION}).json()
    assert answer["status"] in {"partly_supported", "abstained"}
    assert "search was partial" in answer["reason"]
    assert [one["part"] for one in answer["not_searched"]] == [part["part"]]
    assert f"search of {part['part']}" in [one["check"] for one in answer["not_checked"]]
    counted = front.get("/metrics").text
    assert f'medrag_partial_searches_total{{part="{part["part"]}"}}' in counted
    services[gone].start()
    time.sleep(1.1)
    again = front.post("/v1/search", json={"question": QUESTION}).json()
    assert again == whole


def holds(service: Served, hit) -> bool:
    with medrag.Index.open(service.settings.index) as index:
        return hit["passage"]["document_id"] in {source.id for source in index.info().sources}


def test_the_search_page_says_what_was_not_searched(services, front):
    services[1].stop()
    front.post("/sign-in", data={"token": TOKEN})
    page = front.get("/search", params={"q": QUESTION})
    assert "Not searched: shard 2 of 3" in page.text


def test_a_front_without_the_shards_token_says_so(services, made, tmp_path):
    (tmp_path / "wrong").write_text("another-token", encoding="utf-8")
    place = written(tmp_path / "wrong.toml", services, tmp_path / "wrong")
    with pytest.raises(BackendError, match="refuses the front's token"):
        medrag.Index.open(place)


def test_a_service_of_an_index_is_no_shard(made, tmp_path):
    whole = Served(settings_of(made / "index"))
    try:
        with pytest.raises(BackendError, match="is no shard"):
            medrag.Index.open(written(tmp_path / "one.toml", [whole], made / "token"))
    finally:
        whole.stop()


def test_shards_in_another_order_are_refused(services, made, tmp_path):
    place = written(tmp_path / "turned.toml", services[::-1], made / "token")
    with pytest.raises(IndexStateError, match="in place 1 is shard 3 of 3"):
        medrag.Index.open(place)


def test_a_shard_of_another_split_that_moves_in_is_not_mixed_in(services, made, tmp_path, place):
    with medrag.Index.open(place) as index:
        whole = index.search(QUESTION)
        services[0].stop()
        other = {"index": str(tmp_path / "other" / "shard-0")}
        split(made / "index", tmp_path / "other", 2)
        services[0].settings = services[0].settings.model_copy(update=other)
        services[0].start()
        query = medrag.Query(text=QUESTION)
        found = index.retrieved(query, 10)
        assert [one.reason for one in found.not_searched] == ["it holds another split of the index"]
        assert {hit.passage.id for hit in found.hits} < {hit.passage.id for hit in whole}
        with pytest.raises(PartialSearchError):
            index.search(QUESTION)


def test_the_command_line_searches_shards_and_says_what_is_missing(services, place):
    run = CliRunner().invoke(cli, ["search", QUESTION, "--index", place])
    assert run.exit_code == 0, run.output
    assert "PARTIAL" not in run.output
    services[2].stop()
    run = CliRunner().invoke(cli, ["search", QUESTION, "--index", place])
    assert "PARTIAL: shard 3 of 3 was not searched" in run.output


def test_an_index_is_split_by_the_command(made, tmp_path):
    out = tmp_path / "out"
    given = ["index", "shard", "--index", str(made / "index"), "--shards", "2", "--out", str(out)]
    run = CliRunner().invoke(cli, given)
    assert run.exit_code == 0, run.output
    assert sum(int(line.split()[1]) for line in run.output.splitlines()) == len(TEXTS)
    run = CliRunner().invoke(cli, given)
    assert "exists already" in str(run.exception or run.output)
