"""Load on the service: steady, tenfold, and after it.

Requests are sent when they are due, whether or not earlier ones have been answered, so that a
slow answer is not hidden by the requests that wait behind it.

    python benchmarks/service.py --seconds 600
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing import Pool
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).resolve().parents[1]
CHECK = "Start metformin 500 mg twice daily with meals and check the eGFR in three months."
PATIENT = {
    "age_years": 71,
    "sex": "female",
    "weight_kg": 64,
    "allergies": ["penicillin"],
    "conditions": ["type 2 diabetes", "hypertension"],
    "medications": ["lisinopril 10 mg daily", "atorvastatin 20 mg daily"],
    "labs": [{"name": "eGFR", "value": 52, "unit": "mL/min/1.73m2"}],
}
CONNECTIONS = 600


async def _one(pool: asyncio.Queue, port: int, request: bytes) -> tuple[int, float]:
    """Send one request on a free connection; return its status and how long the answer took."""
    begun = time.perf_counter()
    connection = await pool.get()
    try:
        if connection is None:
            connection = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = connection
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        status = int(head.split(b" ", 2)[1])
    except (OSError, asyncio.IncompleteReadError):
        connection, status = None, 0
    pool.put_nowait(connection)
    return status, time.perf_counter() - begun


async def _load(  # noqa: PLR0917 - one plan
    port: int, path: str, bodies: list[bytes], rate: float, seconds: float
) -> list:
    pool: asyncio.Queue = asyncio.Queue()
    for _ in range(CONNECTIONS):
        pool.put_nowait(None)
    started, sent, tasks = time.perf_counter(), 0, []
    while time.perf_counter() - started < seconds:
        due = started + sent / rate
        await asyncio.sleep(max(0, due - time.perf_counter()))
        body = bodies[sent % len(bodies)]
        head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        late = time.perf_counter() - due
        tasks.append((late, asyncio.create_task(_one(pool, port, head.encode() + body))))
        sent += 1
    return [(status, late + took) for late, task in tasks for status, took in [await task]]


def load(arguments: tuple) -> list:
    """Run one generator in a process of its own."""
    return asyncio.run(_load(*arguments))


def summary(name: str, outcomes: list, seconds: float) -> str:
    """Return one row of the table."""
    counts = Counter(status for status, _ in outcomes)
    good = [took * 1000 for status, took in outcomes if status == 200]
    cut = quantiles(good, n=100) if len(good) > 1 else [float("nan")] * 99
    bad = {status: count for status, count in counts.items() if status != 200}
    other = ", ".join(f"{count} x {status or 'no answer'}" for status, count in bad.items())
    return (
        f"| {name} | {len(outcomes) / seconds:.0f} | {counts[200] / seconds:.0f} | {cut[49]:.0f} | "
        f"{cut[98]:.0f} | {other or 'none'} |"
    )


def memory_mb(parent: int) -> float:
    """Return the proportional memory of a process and its children, in MB."""
    listed = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, check=False)
    total = 0
    for process in [parent, *map(int, listed.stdout.split())]:
        rollup = Path(f"/proc/{process}/smaps_rollup")
        if rollup.exists():
            pss = re.search(r"^Pss:\s+(\d+)", rollup.read_text(), re.MULTILINE)
            total += int(pss[1]) if pss else 0
    return total / 1024


def main() -> None:
    """Start a service, load it, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--asks", type=float, default=50)
    parser.add_argument("--checks", type=float, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        index = Path(folder) / "index"
        medrag = Path(sys.executable).with_name("medrag")
        build = [medrag, "index", "build", ROOT / "corpora", "--index", index]
        subprocess.run(build, check=True, capture_output=True)
        config = Path(folder) / "service.toml"
        wide = "requests_per_minute = 10000000\nburst = 100000\n"
        config.write_text(f'index = "{index}"\n[limits]\n{wide}')
        command = [medrag, "serve", "--config", config, "--port", str(port)]
        service = subprocess.Popen(
            [*command, "--workers", str(options.workers)], stderr=subprocess.DEVNULL
        )
        try:
            measure(port, service.pid, options)
        finally:
            service.send_signal(signal.SIGTERM)
            print(f"\nshut down with status {service.wait(60)}")


def measure(port: int, process: int, options: argparse.Namespace) -> None:
    """Print a row for each phase."""
    lines = (ROOT / "examples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.dumps({"question": json.loads(line)["question"]}).encode() for line in lines]
    checks = [json.dumps({"text": CHECK, "patient": PATIENT}).encode()]
    until = time.monotonic() + 60
    while load((port, "/v1/check", checks, 1, 0.5))[0][0] != 200 and time.monotonic() < until:
        time.sleep(0.5)
    asks, rate = options.asks, options.checks
    with Pool(2) as pool:
        pool.map(load, [(port, "/v1/ask", questions, 5, 5), (port, "/v1/check", checks, 50, 5)])
        before = memory_mb(process)
        print("| phase | sent/s | answered/s | p50 ms | p99 ms | other |")
        print("|---|---:|---:|---:|---:|---|")
        for phase, factor, seconds in (
            ("steady", 1, options.seconds),
            ("tenfold", 10, min(20, options.seconds)),
            ("after", 1, min(20, options.seconds)),
        ):
            plans = [
                (port, "/v1/ask", questions, asks * factor, seconds),
                (port, "/v1/check", checks, rate * factor, seconds),
            ]
            for name, outcomes in zip(("/v1/ask", "/v1/check"), pool.map(load, plans), strict=True):
                print(summary(f"{phase} {name}", outcomes, seconds), flush=True)
            if phase == "steady":
                after = memory_mb(process)
    print(f"\nmemory of all {options.workers} workers, MB: {before:.0f} at the start, ", end="")
    print(f"{after:.0f} after {options.seconds:.0f} s; load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
