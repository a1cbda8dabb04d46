"""Load on the service: what a request costs, then steady, tenfold, and after it.

Requests are sent when they are due, whether or not earlier ones have been answered, so that a
slow answer is not hidden by the requests that wait behind it. Service and generators share the
machine; what each takes of it is told. The figure that another load on the machine changes least
is the processor time of a request.

    python benchmarks/service.py --seconds 600
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable
from multiprocessing import Pool
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from service_requests import checks, questions

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 100
MOST_CONNECTIONS = 600
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_TICK = os.sysconf("SC_CLK_TCK")


class Plan(NamedTuple):
    """What one generator sends."""

    port: int
    path: str
    bodies: list[bytes]
    rate: float
    seconds: float

    def request(self, number: int) -> bytes:
        """Return the bytes of one request."""
        body = self.bodies[number % len(self.bodies)]
        head = (
            f"POST {self.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class Done(NamedTuple):
    """What came of one generator.

    Attributes:
        outcomes: Status and seconds from when a request was due; status 0 where none came.
        cpu_s: Processor time of the generator.
    """

    outcomes: list[tuple[int, float]]
    cpu_s: float


class _Connection(asyncio.Protocol):
    """One connection, kept open; calls back with the status of each response."""

    def __init__(self, lost: Callable[[], None]) -> None:
        self._lost = lost
        self._held = b""
        self.then: Callable[[int], None] | None = None
        self.transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        head = self._held.find(b"\r\n\r\n")
        length = _LENGTH.search(self._held, 0, head) if head >= 0 else None
        if length is not None and len(self._held) >= head + 4 + int(length[1]):
            status, self._held = int(self._held[9:12]), b""
            self._tell(status)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._lost()
        self._tell(0)

    def _tell(self, status: int) -> None:
        then, self.then = self.then, None
        if then is not None:
            then(status)


class _Generator:
    """Sends what is due on whichever connection has been idle longest."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._idle: deque[_Connection] = deque()
        self._waiting: deque[tuple[bytes, float]] = deque()
        self._open = 0
        self.outcomes: list[tuple[int, float]] = []

    async def run(self) -> None:
        for _ in range(CONNECTIONS):
            await self._connect()
            await asyncio.sleep(0.005)  # paced, so that no worker takes them all
        started, sent = time.perf_counter(), 0
        while (now := time.perf_counter()) < started + self._plan.seconds:
            while (due := started + sent / self._plan.rate) <= now:
                self._waiting.append((self._plan.request(sent), due))
                sent += 1
            self._send()
            if self._waiting and self._open < MOST_CONNECTIONS:
                await self._connect()
            await asyncio.sleep(max(0.0, started + sent / self._plan.rate - time.perf_counter()))
        patience = time.perf_counter() + 60
        while len(self.outcomes) < sent and time.perf_counter() < patience:
            if self._waiting and not self._open:
                await self._connect()
            await asyncio.sleep(0.05)
        self.outcomes += [(0, 60.0)] * (sent - len(self.outcomes))

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        made = None

        def lost() -> None:
            self._open -= 1
            if made in self._idle:
                self._idle.remove(made)

        try:
            _, made = await loop.create_connection(
                lambda: _Connection(lost), "127.0.0.1", self._plan.port
            )
        except OSError:
            return
        self._open += 1
        self._idle.append(made)
        self._send()

    def _send(self) -> None:
        while self._waiting and self._idle:
            connection = self._idle.popleft()
            request, due = self._waiting.popleft()

            def then(status: int, connection: _Connection = connection, due: float = due) -> None:
                self.outcomes.append((status, time.perf_counter() - due))
                if status:
                    self._idle.append(connection)
                self._send()

            connection.then = then
            assert connection.transport is not None
            connection.transport.write(request)


def load(plan: Plan) -> Done:
    """Run one generator in a process of its own."""
    before = time.process_time()
    generator = _Generator(plan)
    asyncio.run(generator.run())
    return Done(generator.outcomes, time.process_time() - before)


class Watch:
    """Memory and processor time of the service: a process and its children."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def _processes(self) -> list[Path]:
        listed = subprocess.run(
            ["pgrep", "-P", str(self._parent)], capture_output=True, check=False
        )
        return [Path(f"/proc/{one}") for one in (self._parent, *map(int, listed.stdout.split()))]

    def memory_mb(self) -> float:
        """Return the proportional memory of all, in MB."""
        found = [re.search(r"^Pss:\s+(\d+)", (one / "smaps_rollup").read_text(), re.MULTILINE)
                 for one in self._processes()]  # fmt: skip
        return sum(int(pss[1]) for pss in found if pss) / 1024

    def cpu_s(self) -> float:
        """Return the processor time that all have taken so far, in seconds."""
        fields = [
            (one / "stat").read_text().rpartition(")")[2].split() for one in self._processes()
        ]
        return sum(int(of[11]) + int(of[12]) for of in fields) / _TICK


def row(name: str, plan: Plan, done: Done) -> str:
    """Return one row of the table."""
    outcomes, seconds = done.outcomes, plan.seconds
    counts = Counter(status for status, _ in outcomes)
    good = [took * 1000 for status, took in outcomes if status == 200]
    cut = quantiles(good, n=100) if len(good) > 1 else [float("nan")] * 99
    bad = {status: count for status, count in counts.items() if status != 200}
    other = ", ".join(f"{count:,} x {status or 'no answer'}" for status, count in bad.items())
    return (
        f"| {name} {plan.path} | {len(outcomes) / seconds:.0f} | {counts[200] / seconds:.1f} | "
        f"{cut[49]:.0f} | {cut[98]:.0f} | {other or 'none'} |"
    )


def phase(pool, name: str, plans: list[Plan], watch: Watch) -> None:
    """Run generators side by side, print a row each, and what it took."""
    cpu, begun, waiting = watch.cpu_s(), time.monotonic(), pool.map_async(load, plans)
    memory = [watch.memory_mb()]
    while not waiting.ready():
        waiting.wait(60)
        memory.append(watch.memory_mb())
    done = waiting.get()
    took, passed = watch.cpu_s() - cpu, time.monotonic() - begun
    for plan, one in zip(plans, done, strict=True):
        print(row(name, plan, one), flush=True)
    sent = sum(len(one.outcomes) for one in done)
    answered = sum(status == 200 for one in done for status, _ in one.outcomes)
    own = sum(one.cpu_s for one in done)
    told = (
        f"service {took / passed:.2f} cores, {1000 * took / max(1, answered):.1f} ms of processor "
        f"time an answer; generators {own / passed:.2f} cores, {1000 * own / max(1, sent):.2f} ms "
        f"a request; of {os.cpu_count()} cores"
    )
    each_minute = ", ".join(f"{mb:.0f}" for mb in memory)
    print(f"<!-- {name}: {told}; MB each minute {each_minute}; load {os.getloadavg()[0]:.1f} -->")


def main() -> None:
    """Start a service, load it, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--asks", type=float, default=50)
    parser.add_argument("--checks", type=float, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        index = Path(folder) / "index"
        medrag = Path(sys.executable).with_name("medrag")
        build = [medrag, "index", "build", ROOT / "corpora", "--index", index]
        subprocess.run(build, check=True, capture_output=True)
        config = Path(folder) / "service.toml"
        wide = "requests_per_minute = 10000000\nburst = 100000\n"
        config.write_text(f'index = "{index}"\n[limits]\n{wide}')
        command = [medrag, "serve", "--config", config, "--port", str(port)]
        log = Path(folder) / "log"
        with log.open("wb") as written:
            service = subprocess.Popen(
                [*command, "--workers", str(options.workers)], stderr=written
            )
        try:
            measure(port, Watch(service.pid), options)
        finally:
            service.send_signal(signal.SIGTERM)
            print(f"\nshut down with status {service.wait(60)}")
            failures = [line for line in log.open() if '"level": "error"' in line]
            print(f"{len(failures)} errors in its log", *failures[:5])


def measure(port: int, watch: Watch, options: argparse.Namespace) -> None:
    """Print a row for each phase."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        time.sleep(1)
        first = load(Plan(port, "/v1/ask", questions(), 4, 1)).outcomes
        if first and all(status == 200 for status, _ in first):
            break
    print("| phase | sent/s | answered/s | p50 ms | p99 ms | other |")
    print("|---|---:|---:|---:|---:|---|")
    short = min(20.0, options.seconds)
    ask = Plan(port, "/v1/ask", questions(), options.asks, options.seconds)
    check = Plan(port, "/v1/check", checks(), options.checks, options.seconds)
    with Pool(2) as pool:
        phase(pool, "first", [ask._replace(rate=options.asks / 5, seconds=short)], watch)
        phase(pool, "alone", [ask._replace(rate=options.asks / 2, seconds=short)], watch)
        phase(pool, "alone", [check._replace(rate=options.checks / 5, seconds=short)], watch)
        phase(pool, "steady", [ask, check], watch)
        tenfold = [one._replace(rate=one.rate * 10, seconds=short) for one in (ask, check)]
        phase(pool, "tenfold", tenfold, watch)
        phase(pool, "after", [one._replace(seconds=short) for one in (ask, check)], watch)


if __name__ == "__main__":
    main()
