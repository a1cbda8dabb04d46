"""A build on several machines, on the loopback address, some of which are lost in the middle."""

from __future__ import annotations

import logging
import os
import re
import signal
import socket
import time
from threading import Thread

import pytest

from faulty_plugins import PAUSE_S
from listening_sockets import listening
from medrag.errors import BackendError
from medrag.index import Store
from medrag.pipeline.index import Index

pytestmark = [
    pytest.mark.xdist_group("ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # files that Ray leaves open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

READY = re.compile(r"worker (\d+) on \S+ is ready")
LOST = re.compile(r"worker \d+ on \S+ is lost")


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(400):
        (folder / f"label{number:03}.txt").write_text(f"Examplazine {number} mg once daily.\n")
    return folder


def build(corpus, path, engine, embedder):
    with Index.build([corpus], path, engine=engine, embedder=embedder, progress=False) as index:
        return index.report


def content(path):
    with Store.open(path) as store:
        files = {entry.path: entry.sha256 for entry in store.manifest.files}
    return {name: digest for name, digest in files.items() if "lexical" not in name}


@pytest.fixture(scope="module")
def cluster(ray_module):
    """A head without cores and three machines of one core each, as far as Ray can tell."""
    from ray.cluster_utils import Cluster

    node = {"node_ip_address": "127.0.0.1", "include_dashboard": False}
    cluster = Cluster()
    cluster.client_port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PAUSE_S, "0.04")  # on the machines; this process is as fast as it can
        cluster.add_node(num_cpus=0, ray_client_server_port=cluster.client_port, **node)
        for _ in range(3):
            cluster.add_node(num_cpus=1, **node)
    yield cluster
    ray_module.shutdown()
    cluster.shutdown()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def said(caplog, pattern):
    return [match for record in caplog.records if (match := pattern.match(record.getMessage()))]


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_driver_outside_the_cluster_builds_through_the_client_server(cluster, corpus, tmp_path):
    address = f"ray://127.0.0.1:{cluster.client_port}"
    build(corpus, tmp_path / "ours", f"{address}?workers=2", "hashing:64")
    build(corpus, tmp_path / "theirs", "local", "hashing:64")
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")
    assert {place for place, _ in listening(os.getpid())} == {"127.0.0.1"}


def test_with_a_worker_and_a_machine_killed_in_the_middle_the_index_is_the_same(
    cluster, corpus, tmp_path, caplog, monkeypatch
):
    caplog.set_level(logging.INFO, logger="medrag")
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    reports = []
    building = Thread(
        target=lambda: reports.append(build(corpus, tmp_path / "ours", "ray", "faulty"))
    )
    building.start()
    wait_for(lambda: len(said(caplog, READY)) == 3)
    time.sleep(0.5)
    os.kill(int(said(caplog, READY)[0][1]), signal.SIGKILL)
    wait_for(lambda: len(said(caplog, READY)) == 4)
    cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
    assert building.is_alive()  # it was the middle
    building.join(timeout=60)
    assert len(said(caplog, LOST)) == 2
    build(corpus, tmp_path / "theirs", "local", "faulty")
    assert reports[0].embedded == reports[0].passages == 400
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")


def test_where_nobody_answers_that_is_said(ray_module, corpus, tmp_path):
    with pytest.raises(BackendError, match=r"No Ray cluster answers at ray://127.0.0.1:1 "):
        build(corpus, tmp_path / "i", "ray://127.0.0.1:1", "hashing:64")
