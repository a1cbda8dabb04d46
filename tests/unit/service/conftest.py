"""A service over a small index, called in this process."""

from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

import medrag
from medrag.service.app import create_app
from medrag.service.callers import token_digest
from medrag.service.settings import Client, Limits, ServiceSettings

HERE = "http://127.0.0.1"
TOKENS = {"reader": "r-token", "reviewer": "v-token", "administrator": "a-token"}
PROTOCOL = """# Examplazine

## Dose

Give examplazine 40 mg once daily to adults. Do not give examplazine in pregnancy.

## Hostile

<script>alert(1)</script> <img src=x onerror=alert(2)> examplazine is stored cold.
"""


@pytest.fixture(scope="session")
def index_folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("service")
    (root / "corpus").mkdir()
    (root / "corpus" / "examplazine.md").write_text(PROTOCOL, encoding="utf-8")
    facts = {"title": "Examplazine <b>guide</b>", "publisher": "Northfield", "edition": "2"}
    (root / "corpus" / "examplazine.md.json").write_text(json.dumps(facts), encoding="utf-8")
    medrag.Index.build([root / "corpus"], root / "index", embedder="hashing", progress=False)
    return root


def everybody() -> tuple[Client, ...]:
    return tuple(
        Client(name=f"{role} person", role=role, token_sha256=token_digest(token))
        for role, token in TOKENS.items()
    )


@pytest.fixture
def settings(index_folder, tmp_path):
    return ServiceSettings(
        index=str(index_folder / "index"),
        corpora=(str(index_folder / "corpus"),),
        clients=everybody(),
        review=str(tmp_path / "pending"),
        audit=str(tmp_path / "audit"),
        base_url=HERE,
        reload_s=0,
        limits=Limits(request_bytes=64 * 1024),
    )


def opened(settings):
    return TestClient(create_app(settings), base_url=HERE, raise_server_exceptions=False)


@pytest.fixture
def client(settings):
    with opened(settings) as client:
        client.headers["Authorization"] = f"Bearer {TOKENS['reviewer']}"
        yield client


@pytest.fixture
def browser(settings):
    """Somebody who signed in on the page."""
    with opened(settings) as client:
        client.post("/sign-in", data={"token": TOKENS["reviewer"]})
        yield client
