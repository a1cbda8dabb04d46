"""Workers that listen side by side at one address."""

import pickle
import select
import socket
import sys

import pytest

from medrag.errors import InputError
from medrag.service.listening import OwnSocket, run_workers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sockets are shared elsewhere")


def test_each_process_that_is_handed_the_socket_takes_connections_of_its_own():
    given = OwnSocket.at(socket.AF_INET, ("127.0.0.1", 0))
    workers = [pickle.loads(pickle.dumps(given)) for _ in range(2)]
    assert {worker.getsockname() for worker in workers} == {given.getsockname()}
    for worker in workers:
        worker.listen()
    clients = [socket.create_connection(given.getsockname()) for _ in range(64)]
    taken = [0, 0]
    for number, worker in enumerate(workers):
        while select.select([worker], [], [], 0.1)[0]:
            worker.accept()[0].close()
            taken[number] += 1
    for one in (*clients, *workers, given):
        one.close()
    # By chance alone fewer than 8 of 64 happen once in 10^10 runs.
    assert sum(taken) == 64
    assert min(taken) >= 8


def test_a_port_that_is_taken_is_refused_although_it_could_be_shared():
    with OwnSocket.at(socket.AF_INET, ("127.0.0.1", 0)) as other:
        other.listen()
        with pytest.raises(InputError, match="end what listens there"):
            run_workers("unused:unused", host="127.0.0.1", port=other.getsockname()[1], workers=2)
