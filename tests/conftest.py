"""Fixtures for the whole suite."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings

import faulty_plugins
from postgres_server import Server, running

# A machine that is busy with other work is slow to make examples; that is no fault of the tests.
settings.register_profile("shared", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("shared")
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public development data beside the checkout; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no development data at {SHARED.parent.name}/{SHARED.name} beside the project")
    return SHARED


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server with pgvector; skips where there is none."""
    with running() as server:
        yield server


GOLDEN = Path(__file__).resolve().parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--update-golden` write the golden files anew, to be read as a diff."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of that name: `golden("cards/answer.txt", text)`."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="module")
def ray_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Ray, not connected to anything; what it starts finds `faulty_plugins` too."""
    if find_spec("ray") is None:
        pytest.skip("no Ray: pip install 'medrag[ray]'")
    from medrag.pipeline.engines.ray_driver import import_ray

    folder = str(faulty_plugins.install(tmp_path_factory.mktemp("plugins")))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        patch.setenv("OMP_NUM_THREADS", "2")
        patch.delenv("RAY_ADDRESS", raising=False)
        yield import_ray(here=True)


@pytest.fixture(scope="module")
def ray_here(ray_module: ModuleType) -> Iterator[ModuleType]:
    """A Ray of two cores, on the loopback address."""
    from medrag.pipeline.engines import ray_driver

    ray_driver.connect(ray_module, ray_driver.HERE)
    yield ray_module
    ray_module.shutdown()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs a GPU, weights or a network unless it was asked for by marker."""
    for item in items:
        for marker in ("gpu", "model", "network"):
            if item.get_closest_marker(marker) and marker not in str(item.config.option.markexpr):
                item.add_marker(pytest.mark.skip(reason=f"needs -m {marker}"))
