"""Workers that listen side by side at one address, which is theirs alone."""

import contextlib
import pickle
import select
import socket
import sys
import threading

import pytest

from medrag.errors import InputError
from medrag.service.listening import hold

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sockets are shared elsewhere")
HERE = "127.0.0.1"


def port_of(held):
    return held.getsockname()[1]


def worker_at(held):
    """Return the socket that another process gets."""
    return pickle.loads(pickle.dumps(held))


def test_each_process_that_is_handed_the_socket_takes_connections_of_its_own():
    held = hold(HERE, 0)
    workers = [worker_at(held) for _ in range(2)]
    assert {worker.getsockname() for worker in workers} == {held.getsockname()}
    for worker in workers:
        worker.listen()
    clients = [socket.create_connection(held.getsockname()) for _ in range(64)]
    taken = [0, 0]
    for number, worker in enumerate(workers):
        while select.select([worker], [], [], 0.1)[0]:
            worker.accept()[0].close()
            taken[number] += 1
    for one in (*clients, *workers, held):
        one.close()
    # By chance alone fewer than 8 of 64 happen once in 10^10 runs.
    assert sum(taken) == 64
    assert min(taken) >= 8


@pytest.mark.parametrize("host", [HERE, "0.0.0.0", "localhost"])
def test_a_port_is_taken_although_nobody_listens_yet(host):
    with hold(HERE, 0) as held, worker_at(held):
        told = rf"^Port {port_of(held)} of {host} is taken: [^.]*\.$"
        with pytest.raises(InputError, match=told):
            hold(host, port_of(held))


def test_a_port_is_taken_while_a_worker_lives_whose_parent_was_killed():
    held = hold(HERE, 0)
    port = port_of(held)
    with worker_at(held):
        held.close()
        with pytest.raises(InputError, match="is taken"):
            hold(HERE, port)
    hold(HERE, port).close()


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
    held = hold(HERE, 0)
    worker = worker_at(held)
    worker.listen()
    with socket.create_connection(held.getsockname()) as client:
        accepted, _ = worker.accept()
        accepted.close()  # who closes first keeps the connection for a minute
        assert client.recv(1) == b""
    port = port_of(held)
    worker.close()
    held.close()
    hold(HERE, port).close()


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(InputError, match=r"^Nobody can listen on port 0 of 192\.0\.2\.1 "):
        hold("192.0.2.1", 0)
