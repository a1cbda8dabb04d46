"""Each worker keeps to a core that no other has, until it ends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from medrag.service.own_core import is_one_each

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system has no such call")
WORKER = """
import os, sys
from pathlib import Path
from medrag.service.own_core import keep_to_own_core
os.sched_setaffinity(0, {int(core) for core in sys.argv[2].split(",")})
print(keep_to_own_core(Path(sys.argv[1])), len(os.sched_getaffinity(0)), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def start(tmp_path):
    running = []

    def started(cores):
        command = [sys.executable, "-c", WORKER, str(tmp_path), ",".join(map(str, cores))]
        piped = subprocess.PIPE
        process = subprocess.Popen(command, stdin=piped, stdout=piped, text=True)
        running.append(process)
        core, many = process.stdout.readline().split()
        return process, core, int(many)

    yield started
    for process in running:
        process.communicate()


def test_workers_take_a_core_each_and_one_too_many_keeps_to_none(start):
    allowed = sorted(os.sched_getaffinity(0))[:2]
    told = [start(allowed)[1:] for _ in range(len(allowed) + 1)]
    assert told == [*((str(core), 1) for core in allowed), ("None", len(allowed))]


def test_the_core_of_a_worker_that_was_killed_is_free(start):
    allowed = sorted(os.sched_getaffinity(0))[:1]
    first, core, _ = start(allowed)
    first.kill()
    first.wait()
    assert start(allowed)[1] == core


def test_there_is_one_each_where_there_are_as_many_workers_as_cores():
    cores = len(os.sched_getaffinity(0))
    assert [is_one_each(workers) for workers in (cores - 1, cores, cores + 1)] == [
        *(False, True, False)
    ]
