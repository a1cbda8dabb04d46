"""Child processes: what they import, where they cannot start, and how they end."""

import os
import pathlib
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from medrag.children import can_start, end, receive, start
from medrag.errors import BackendError
from medrag.pipeline.side_by_side import side_by_side

LIBRARY = ("linecache", "queue", "select", "selectors", "signal", "random", "numpy", "click")

# Two processes that have one long task each; it says which processes they are.
# Each writes its line at once: two lines of `print` may come mixed.
LONG = """
from functools import partial
from medrag.pipeline.side_by_side import side_by_side
task = "__import__('os').write(1, b'%d%c' % (__import__('os').getpid(), 10))"
list(side_by_side(partial(partial, eval), [f"{task} and __import__('time').sleep(60)"] * 2, 2))
"""


@pytest.fixture
def traps(tmp_path, monkeypatch):
    """The current folder, full of files named as modules that would end who imports them."""
    for name in LIBRARY:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the data')\n")
    monkeypatch.chdir(tmp_path)


def is_running(pid):
    try:
        with pathlib.Path(f"/proc/{pid}/stat").open() as about:
            return about.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before it is opened, or read
        return False


@pytest.mark.usefixtures("traps")
def test_nothing_is_imported_from_the_current_folder(capfd):
    child = start("builtins", "print", "started")
    try:
        assert child.stdout.read() == b"started\n"
    finally:
        end(child)
    numpys = side_by_side(partial(partial, eval), ["__import__('numpy').__name__"], 1)
    assert list(numpys) == ["numpy"]
    assert capfd.readouterr() == ("", "")


def test_a_child_has_what_this_process_finds(tmp_path, monkeypatch):
    (tmp_path / "found_by_path_only.py").write_text("def tell(word):\n    print(word)\n")
    monkeypatch.syspath_prepend(tmp_path)
    child = start("found_by_path_only", "tell", "it's there")
    try:
        assert child.stdout.read() == b"it's there\n"
    finally:
        end(child)


def test_a_stream_that_ended_has_no_message():
    child = start("builtins", "print", "short")
    try:
        assert receive(child.stdout) is None
    finally:
        end(child)


@pytest.mark.parametrize("named", ["", None, "/nowhere/python", __file__])
def test_without_an_interpreter_no_child_can_start(named, monkeypatch):
    monkeypatch.setattr(sys, "executable", named)
    assert not can_start()
    with pytest.raises(BackendError, match=r"sys\.executable"):
        start("builtins", "print")


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_children_end_with_a_parent_that_is_killed_and_say_nothing(how):
    parent = subprocess.Popen([sys.executable, "-c", LONG], stderr=subprocess.PIPE, text=True)
    try:
        pids = [int(parent.stderr.readline()) for _ in range(2)]
        assert all(map(is_running, pids))
    finally:
        os.kill(parent.pid, how)
        parent.wait()
    until = time.monotonic() + 2
    while any(map(is_running, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_running, pids))
    with parent.stderr:
        assert parent.stderr.read() == ""
