"""An address to listen at, which is one service's alone."""

import contextlib
import socket
import sys
import threading

import pytest

from medrag.errors import InputError
from medrag.service.listening import hold

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ports are exclusive there")
HERE = "127.0.0.1"


def port_of(held):
    return held.getsockname()[1]


@pytest.mark.parametrize("host", [HERE, "0.0.0.0", "localhost"])
def test_a_port_that_is_held_is_taken(host):
    with hold(HERE, 0) as held:
        told = rf"^Port {port_of(held)} of {host} is taken: [^.]*\.$"
        with pytest.raises(InputError, match=told):
            hold(host, port_of(held))


def test_a_port_at_which_somebody_else_listens_is_taken():
    with socket.create_server((HERE, 0)) as other, pytest.raises(InputError, match="is taken"):
        hold(HERE, port_of(other))


def test_of_many_that_start_at_once_one_gets_the_port():
    with hold(HERE, 0) as free:
        port = port_of(free)
    for _ in range(50):
        together, got = threading.Barrier(4), []

        def start(together=together, got=got):
            together.wait()
            with contextlib.suppress(InputError):
                got.append(hold(HERE, port))

        threads = [threading.Thread(target=start) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for held in got:
            held.close()
        assert len(got) == 1


def test_connections_that_linger_hinder_no_restart():
    with hold(HERE, 0) as held, socket.create_connection(held.getsockname()) as client:
        accepted, _ = held.accept()
        accepted.close()  # who closes first keeps the connection for a minute
        assert client.recv(1) == b""
        port = port_of(held)
    hold(HERE, port).close()


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(InputError, match=r"^Nobody can listen on port 0 of 192\.0\.2\.1 "):
        hold("192.0.2.1", 0)
