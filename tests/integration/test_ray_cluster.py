"""A build on several machines, on the loopback address, some of which are lost in the middle."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from threading import Thread

import pytest

from faulty_plugins import GATE, WAITS_FOR_THE_GATE
from listening_sockets import family, listening
from medrag.errors import BackendError
from medrag.index import Store
from medrag.pipeline.index import Index

pytestmark = [
    pytest.mark.xdist_group("ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # files that Ray leaves open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

TEXTS, FIRST = 1200, 64  # so many are embedded before something is lost
READY = re.compile(r"worker (\d+) on \S+ is ready")
LOST = re.compile(r"worker \d+ on \S+ is lost")


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(TEXTS):
        late = f"; it {WAITS_FOR_THE_GATE}" if number >= FIRST else ""
        text = f"Examplazine {number} mg once daily{late}.\n"
        (folder / f"label{number:04}.txt").write_text(text)
    return folder


def build(corpus, path, engine, embedder):
    with Index.build([corpus], path, engine=engine, embedder=embedder, progress=False) as index:
        return index.report


def content(path):
    with Store.open(path) as store:
        files = {entry.path: entry.sha256 for entry in store.manifest.files}
    return {name: digest for name, digest in files.items() if "lexical" not in name}


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    return tmp_path_factory.mktemp("gate") / "open"


@pytest.fixture(scope="module")
def cluster(ray_module, gate):
    """A head without cores and three machines of one core each, as far as Ray can tell."""
    from ray.cluster_utils import Cluster

    node = {"node_ip_address": "127.0.0.1", "include_dashboard": False}
    cluster = Cluster()
    cluster.client_port = free_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(GATE, str(gate))  # for the machines; nothing waits in this process
        cluster.add_node(num_cpus=0, ray_client_server_port=cluster.client_port, **node)
        for gpus in (1, 0, 0):  # Ray hands out what it is told of, and asks no device
            cluster.add_node(num_cpus=1, num_gpus=gpus, **node)
    yield cluster
    ray_module.shutdown()
    cluster.shutdown()


def lose(cluster, node):
    """End a machine: what serves Ray on it, and the workers below that; return these."""
    raylet = node.all_processes["raylet"][0].process.pid
    workers = family(raylet) - {raylet}
    cluster.remove_node(node, allow_graceful=False)
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    return workers


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def said(caplog, pattern):
    return [match for record in caplog.records if (match := pattern.match(record.getMessage()))]


def wait_for(condition, seconds=120):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_where_nobody_answers_that_is_said(ray_module, corpus, tmp_path):
    with pytest.raises(BackendError, match=r"No Ray cluster answers at ray://127.0.0.1:1 "):
        build(corpus, tmp_path / "i", "ray://127.0.0.1:1", "hashing:64")


def outside(address, corpus, path):
    """Build in a process that is no part of the cluster; return the report that it prints.

    Ray's client server starts a process for each client, which on a busy machine may not come up
    (`epoll_wait: Bad file descriptor` in its log); a second client then gets another.
    """
    arguments = ["index", "build", corpus, "--index", path, "--embedder", "hashing:64", "--json"]
    code = "from medrag.cli import main; main()"
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments, "--engine", f"{address}?workers=2"],
            check=False,
            capture_output=True,
            text=True,
        )
        if "ConnectionAbortedError" not in done.stderr:
            break
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_driver_outside_the_cluster_builds_through_the_client_server(cluster, corpus, tmp_path):
    address = f"ray://127.0.0.1:{cluster.client_port}"
    report = outside(address, corpus, tmp_path / "ours")
    build(corpus, tmp_path / "theirs", "local", "hashing:64")
    assert (report["read"], report["embedded"]) == (TEXTS, TEXTS)
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")
    assert {place for place, _ in listening(os.getpid())} == {"127.0.0.1"}


def test_those_with_a_gpu_embed_and_others_read(cluster, corpus, tmp_path, caplog, monkeypatch):
    caplog.set_level(logging.INFO, logger="medrag")
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    build(corpus, tmp_path / "ours", "ray?gpus=1", "hashing:64")
    assert 2 <= len(said(caplog, READY)) <= 3
    build(corpus, tmp_path / "theirs", "local", "hashing:64")
    assert content(tmp_path / "ours") == content(tmp_path / "theirs")


def test_with_a_worker_and_a_machine_killed_in_the_middle_the_index_is_the_same(
    cluster, gate, corpus, tmp_path, caplog, monkeypatch
):
    caplog.set_level(logging.INFO, logger="medrag")
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    path = tmp_path / "ours"
    reports = []
    building = Thread(
        target=lambda: reports.append(build(corpus, path, "ray", "faulty")), daemon=True
    )
    building.start()
    wait_for(lambda: any(p.stat().st_size for p in path.glob("pending/*.vectors")))
    wait_for(lambda: len(said(caplog, READY)) == 3)
    os.kill(int(said(caplog, READY)[0][1]), signal.SIGKILL)
    wait_for(lambda: len(said(caplog, READY)) == 4)
    assert lose(cluster, next(iter(cluster.worker_nodes)))
    gate.touch()
    building.join(timeout=120)
    assert said(caplog, LOST)
    build(corpus, tmp_path / "theirs", "local", "faulty")
    assert reports[0].embedded == reports[0].passages == TEXTS
    assert content(path) == content(tmp_path / "theirs")
