"""`medrag serve` as processes: which port is whose, and how it is told."""

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("uvicorn")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ended by signals")

SERVE = [sys.executable, "-c", "from medrag.cli import main; main()", "serve"]


@contextlib.contextmanager
def serving(*options, end=signal.SIGTERM):
    """Start a service; yield its process and the address it names, before it listens."""
    service = subprocess.Popen([*SERVE, *options], stderr=subprocess.PIPE, text=True)
    try:
        yield service, re.search(r"listens on (\S+)", service.stderr.readline())[1]
    finally:
        service.send_signal(end)
        service.stderr.read()
        service.wait(30)
        service.stderr.close()


def answers(address):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}healthz") as said:
            return said.status == 200
        time.sleep(0.1)
    return False


def refused(*options):
    command = [*SERVE, *options]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("first", ["1", "2"])
def test_a_second_service_at_a_port_is_refused_from_the_start(tmp_path, first):
    given = ["--index", str(tmp_path / "one"), "--port", "0", "--workers", first]
    with serving(*given) as (_, address):
        port = address.rstrip("/").rpartition(":")[2]
        for workers in ("1", "2"):
            told = ["--index", str(tmp_path / "two"), "--port", port, "--workers", workers]
            outcome = refused(*told)
            assert outcome.returncode == 2
            assert outcome.stderr == (
                f"medrag: Port {port} of 127.0.0.1 is taken: choose another --port, or end what "
                "listens there.\n"
            )
        assert answers(address)


def test_a_service_that_was_killed_leaves_its_port_free(tmp_path):
    with serving("--index", str(tmp_path), "--port", "0", end=signal.SIGKILL) as (_, address):
        port = address.rstrip("/").rpartition(":")[2]
    with serving("--index", str(tmp_path), "--port", port) as (_, again):
        assert again == address


def test_workers_end_with_their_parent(tmp_path):
    options = ["--index", str(tmp_path / "index"), "--port", "0", "--workers", "2"]
    with serving(*options, end=signal.SIGKILL) as (service, address):
        assert answers(address)
        workers = subprocess.run(
            ["pgrep", "-P", str(service.pid)], check=True, capture_output=True, text=True
        ).stdout.split()
        assert len(workers) >= 2
    until = time.monotonic() + 20
    while (left := [one for one in workers if Path(f"/proc/{one}").exists()]) and (
        time.monotonic() < until
    ):
        time.sleep(0.1)
    assert left == []


def test_workers_that_are_replaced_lose_no_request(tmp_path):
    options = ["--index", str(tmp_path / "index"), "--port", "0", "--workers", "2"]
    with serving(*options) as (service, address):
        assert answers(address)
        for _ in range(3):
            service.send_signal(signal.SIGTTIN)
            service.send_signal(signal.SIGTTOU)
            for _ in range(60):
                with urllib.request.urlopen(f"{address}healthz") as said:
                    assert said.status == 200
                time.sleep(0.05)  # its log is a pipe that nobody reads meanwhile


@pytest.mark.parametrize("workers", ["1", "2"])
def test_while_a_service_finishes_what_it_has_nobody_else_is_let_in(tmp_path, workers):
    options = ["--index", str(tmp_path / "index"), "--port", "0", "--workers", workers]
    with serving(*options) as (service, address):
        assert answers(address)
        at = urlsplit(address)
        with socket.create_connection((at.hostname, at.port), 10) as begun:
            begun.sendall(
                b"POST /v1/check HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n"
            )
            time.sleep(0.5)
            service.send_signal(signal.SIGTERM)
            time.sleep(1.5)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((at.hostname, at.port), 10)
            begun.sendall(b"{}")
            assert begun.recv(100).startswith(b"HTTP/1.1 4")
        assert service.wait(20) in (0, -signal.SIGTERM)


def test_an_address_of_ipv6_is_named_as_browsers_take_it(tmp_path):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    with serving("--index", str(tmp_path), "--host", "::1", "--port", "0") as (_, address):
        assert re.fullmatch(r"http://\[::1\]:[1-9]\d*/", address)
        assert answers(address)


def test_what_an_option_gives_need_not_stand_in_the_file(tmp_path):
    config = tmp_path / "service.toml"
    config.write_text("reload_s = 0\n", encoding="utf-8")
    options = ["--config", str(config), "--port", "0"]
    assert "index: Field required" in refused(*options).stderr
    with serving(*options, "--index", str(tmp_path / "one")) as (service, _):
        assert service.poll() is None
