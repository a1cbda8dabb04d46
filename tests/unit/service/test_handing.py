"""Connections handed by a parent to its workers."""

import asyncio
import contextlib
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("uvicorn")
from medrag.service.handing import Door, Doorman, HandedLoop, can_hand
from medrag.service.listening import hold

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets are shared there")
HERE = "127.0.0.1"


class Parent:
    """A parent at work: its door, and clients that connect."""

    def __init__(self, folder):
        self.listening = hold(HERE, 0)
        self.doorman = Doorman(self.listening, folder)
        self.door = self.doorman.door
        self.workers, self.clients = [], []

    def worker(self):
        """Let in a worker that does nothing by itself."""
        channel = socket.socket(socket.AF_UNIX)
        channel.connect(self.door.path)
        channel.settimeout(5)
        self.workers.append(channel)
        return channel

    def connect(self, count=1):
        for _ in range(count):
            client = socket.create_connection(self.listening.getsockname())
            client.settimeout(5)
            self.clients.append(client)
        return self.clients[-1]

    def close(self):
        self.doorman.close()
        for one in (*self.clients, *self.workers, self.listening):
            one.close()


@pytest.fixture
def parent(tmp_path):
    with contextlib.closing(Parent(tmp_path)) as made:
        yield made


def handed(channel, count):
    """Yield so many connections that a worker is handed; closes them behind it."""
    with contextlib.ExitStack() as opened:
        while count:
            _, files, _, _ = socket.recv_fds(channel, 64, 16)
            count -= len(files)
            made = [opened.enter_context(socket.socket(fileno=number)) for number in files]
            yield from made


def is_quiet(channel):
    channel.settimeout(0.2)
    try:
        return not channel.recv(1)
    except TimeoutError:
        return True
    finally:
        channel.settimeout(5)


def test_each_worker_gets_as_many_connections(parent):
    workers = [parent.worker() for _ in range(4)]
    time.sleep(0.1)  # until all are let in
    parent.connect(64)
    for worker in workers:
        assert len(list(handed(worker, 16))) == 16
        assert is_quiet(worker)


def test_who_connects_before_anybody_is_ready_is_served_by_the_first(parent):
    client = parent.connect()
    for connection in handed(parent.worker(), 1):
        connection.sendall(b"ready")
        assert client.recv(5) == b"ready"


def test_a_connection_goes_to_the_worker_whose_earlier_ones_have_ended(parent):
    busy, free = parent.worker(), parent.worker()
    time.sleep(0.1)
    parent.connect(8)
    assert len([*handed(busy, 4), *handed(free, 4)]) == 8
    free.sendall(b"-" * 3)  # three of its four have ended
    time.sleep(0.1)
    parent.connect(3)
    assert len(list(handed(free, 3))) == 3
    assert is_quiet(busy)


def test_what_a_worker_has_not_taken_when_it_leaves_another_serves(parent):
    leaving = parent.worker()
    time.sleep(0.1)
    parent.connect(3)
    time.sleep(0.1)
    other = parent.worker()
    leaving.sendall(b"!")
    for connection in handed(leaving, 3):
        socket.send_fds(leaving, [b"<"], [connection.fileno()])
    assert leaving.recv(1) == b""  # it is sent no more
    for connection, client in zip(handed(other, 3), parent.clients, strict=True):
        connection.sendall(b"served")
        assert client.recv(6) == b"served"


def test_a_worker_that_was_killed_gets_no_more(parent):
    parent.worker().close()
    other = parent.worker()
    time.sleep(0.1)
    parent.connect(4)
    assert len(list(handed(other, 4))) == 4


def test_a_worker_that_takes_nothing_keeps_nobody_waiting_for_others(parent):
    stuck = parent.worker()
    time.sleep(0.1)
    parent.connect(400)  # more than its channel holds
    time.sleep(0.2)
    other = parent.worker()
    time.sleep(0.1)
    other.sendall(b"-" * 4096)  # so that it is asked first
    parent.connect(8)
    assert len(list(handed(other, 8))) >= 8
    stuck.close()


def test_who_cannot_be_handed_on_waits_outside(parent):
    parent.worker()  # takes nothing
    time.sleep(0.1)
    before = len(list(Path("/dev/fd").iterdir()))
    parent.connect(500)  # its channel holds about 280
    time.sleep(0.3)
    assert len(list(Path("/dev/fd").iterdir())) - before <= 500 + 16


def test_a_worker_is_handed_no_more_than_it_may_open(tmp_path, monkeypatch):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64 + 10, 4096))
    with contextlib.closing(Parent(tmp_path)) as parent:
        worker = parent.worker()
        parent.connect(30)
        assert len(list(handed(worker, 10))) == 10
        assert is_quiet(worker)
        worker.sendall(b"-" * 3)
        assert len(list(handed(worker, 3))) == 3
        assert is_quiet(worker)


def test_after_leave_who_connects_is_refused_and_who_waits_is_sent_away(parent):
    worker = parent.worker()
    address, inside = parent.listening.getsockname(), parent.connect()
    kept = handed(worker, 1)
    connection = next(kept)
    parent.doorman.leave()
    time.sleep(0.2)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)
    connection.sendall(b"answer")
    assert inside.recv(6) == b"answer"
    socket.send_fds(worker, [b"!"], [])
    socket.send_fds(worker, [b"<"], [connection.fileno()])
    connection.close()
    assert inside.recv(1) == b""  # nobody is left to serve it
    kept.close()


def test_a_parent_ends_though_somebody_removed_its_door(tmp_path):
    with hold(HERE, 0) as listening:
        address = listening.getsockname()
        doorman = Doorman(listening, tmp_path)
        Path(doorman.door.path).unlink()
        doorman.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address)


class Echo(asyncio.Protocol):
    """Says again what it hears, until the client has gone."""

    def __init__(self, inside):
        self.inside = inside

    def connection_made(self, transport):
        self.transport = transport
        self.inside.add(self)

    def connection_lost(self, _):
        self.inside.discard(self)

    def data_received(self, data):
        self.transport.write(data)


def run_worker(door, until):
    """Serve at a door in a loop of its own, until somebody says so."""

    async def work():
        inside = set()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Echo(inside), sock=door, ssl=None)
        while not until.is_set():
            await asyncio.sleep(0.01)
        server.close()
        await asyncio.sleep(0.05)  # what it was handed just now answers
        for protocol in list(inside):
            protocol.transport.close()
        await asyncio.sleep(0.01)
        await server.wait_closed()

    loop = HandedLoop()
    try:
        loop.run_until_complete(work())
    finally:
        loop.close()


@pytest.fixture
def serving(parent):
    """Start workers that echo; yields what starts one and returns what ends it."""
    running = []

    def start():
        until = threading.Event()
        thread = threading.Thread(target=run_worker, args=(parent.door, until))
        thread.start()
        running.append((thread, until))

        def end():
            until.set()
            thread.join(10)

        return end

    yield start
    for thread, until in running:
        until.set()
        thread.join(10)


def echoed(client, words):
    client.sendall(words)
    return client.recv(len(words))


def test_a_worker_serves_what_it_is_handed(parent, serving):
    serving()
    assert [echoed(parent.connect(), b"hello") for _ in range(3)] == [b"hello"] * 3


def test_a_worker_tells_when_a_connection_has_ended(parent, serving):
    serving()
    raw = parent.worker()  # takes its half and keeps it
    time.sleep(0.2)
    parent.connect(8)
    kept = handed(raw, 4)
    assert len([next(kept) for _ in range(4)]) == 4
    for client in parent.clients:
        client.close()
    time.sleep(0.2)  # the other worker tells four ends
    assert all(echoed(parent.connect(), b"to the free one") for _ in range(4))
    assert is_quiet(raw)
    kept.close()


@pytest.fixture
def channel(tmp_path):
    """Yield the side of a parent that a worker at work has met."""
    until = threading.Event()
    with socket.socket(socket.AF_UNIX) as meeting:
        meeting.bind(str(tmp_path / "door"))
        meeting.listen()
        thread = threading.Thread(target=run_worker, args=(Door(str(tmp_path / "door")), until))
        thread.start()
        made, _ = meeting.accept()
        with made:
            made.settimeout(5)
            yield made
            until.set()
            while b"!" not in made.recv(4096):
                pass
            made.shutdown(socket.SHUT_WR)
            thread.join(10)


def test_every_end_is_told_though_the_parent_hears_late(channel):
    clients = []
    for _ in range(400):
        client, theirs = socket.socketpair()
        client.settimeout(5)
        with theirs:
            socket.send_fds(channel, [b"+"], [theirs.fileno()])
        clients.append(client)
    assert {echoed(client, b"here") for client in clients} == {b"here"}
    for client in clients:
        client.close()
    time.sleep(0.3)
    told = b""
    while len(told) < 400:
        told += channel.recv(4096)
    assert told == b"-" * 400


def test_a_connection_that_a_worker_could_not_open_has_ended(channel):
    channel.sendall(b"++")  # as the system hands them on where too many files are open
    assert channel.recv(2, socket.MSG_WAITALL) == b"--"


def test_no_connection_is_lost_where_a_worker_gives_way_to_another(parent, serving):
    end = serving()
    assert echoed(parent.connect(), b"first") == b"first"
    stop, asked = threading.Event(), []

    def keep_asking():
        while not stop.is_set():
            with socket.create_connection(parent.listening.getsockname(), 5) as client:
                asked.append(echoed(client, b"again"))

    thread = threading.Thread(target=keep_asking)
    thread.start()
    for _ in range(10):
        time.sleep(0.02)
        following = serving()
        time.sleep(0.02)
        end()
        end = following
    stop.set()
    thread.join(10)
    assert set(asked) == {b"again"}  # one that was reset would end the thread, and the test


def test_other_sockets_are_served_as_ever():
    async def served():
        loop = asyncio.get_running_loop()
        with socket.create_server((HERE, 0)) as listening:
            server = await loop.create_server(lambda: Echo(set()), sock=listening)
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
            writer.close()
            await writer.wait_closed()
            server.close()
            await asyncio.sleep(0.01)

    loop = HandedLoop()
    loop.run_until_complete(served())
    loop.close()


def test_a_folder_whose_name_is_too_long_for_a_socket_hands_nothing(tmp_path):
    assert can_hand(tmp_path)
    assert not can_hand(tmp_path / ("long" * 30))


def test_a_door_is_closed_by_who_opened_it(tmp_path):
    assert Door(str(tmp_path / "door")).close() is None
