"""Which engine a name means, and when `auto` means which."""

from __future__ import annotations

import importlib

import pytest

from medrag.cores import cores
from medrag.documents import discover
from medrag.embedders import open_embedder
from medrag.errors import BackendMissingError, InputError, UnknownNameError
from medrag.pipeline.cutting import Item
from medrag.pipeline.engines import Work, open_engine
from medrag.pipeline.engines.opening import WORTH_BYTES

DRIVER = importlib.import_module("medrag.pipeline.engines.ray_driver")
WORK = Work(open_embedder("hashing"), 64)


@pytest.fixture
def items(tmp_path):
    """One file that is just worth a cluster."""
    (tmp_path / "labels.txt").write_bytes(b"x" * WORTH_BYTES)
    return [Item(file, file.key) for file in discover([tmp_path]).files]


def family(engine):
    return type(engine).__name__


def test_auto_is_local_where_no_cluster_is_named(items, monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert family(open_engine("auto", WORK, items)) == "LocalEngine"


def test_auto_is_local_for_a_small_job_whatever_cluster_there_is(items, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:6379")
    items[0].source.path.write_bytes(b"x" * (WORTH_BYTES - 1))
    assert family(open_engine("auto", WORK, items)) == "LocalEngine"


def test_auto_is_the_cluster_for_a_large_job(items, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:6379")
    monkeypatch.setattr(DRIVER, "import_module", lambda name: object())
    assert family(open_engine("auto", WORK, items)) == "RayEngine"


def test_without_ray_that_is_said_with_what_to_install(items, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(DRIVER, "import_module", missing)
    with pytest.raises(BackendMissingError, match=r"pip install 'medrag\[ray\]'"):
        open_engine("ray", WORK, items)


def test_the_local_engine_takes_no_argument(items):
    with pytest.raises(InputError, match="takes no argument, got ':4'"):
        open_engine("local:4", WORK, items)


def test_an_unknown_engine_is_answered_with_near_misses(items):
    with pytest.raises(UnknownNameError, match=r"No build-engine is named 'raj'\. Did you mean"):
        open_engine("raj://host:1", WORK, items)


@pytest.mark.parametrize(("told", "used"), [("1", 1), ("100000", None), ("0", None), ("x", None)])
def test_the_environment_may_say_fewer_cores_and_never_more(told, used, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    there = cores()
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert cores() == (used or there)
