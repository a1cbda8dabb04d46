"""What an index survives, each by really doing it: kill, flip, cut, fill, forbid, contend."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import making_indexes
from making_indexes import build, make_recipe, make_version
from medrag.errors import IndexStateError
from medrag.index import IndexWriter, Store, verify

SCRIPT = making_indexes.__file__
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and limits")


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    place = str(Path(SCRIPT).parent)
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {place!r})\n{code}", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def texts_of(path: Path) -> dict[str, str]:
    with Store.open(path) as store:
        for document in store.documents():
            for passage in store.passages_of(document.id):
                assert passage.span.of(document.text) == passage.text
        return {document.source.key: document.text for document in store.documents()}


def expected_texts(number: int) -> dict[str, str]:
    return {key: text for key, (text, _) in make_version(number).items()}


@contextlib.contextmanager
def building_process(path: Path, start: int, pause_s: float) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, SCRIPT, str(path), str(start), str(pause_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


@POSIX
@pytest.mark.parametrize("seed", range(12))
def test_a_killed_build_leaves_the_old_or_the_new_index(tmp_path, seed):
    path = tmp_path / "index"
    build(path, make_version(0))
    with building_process(path, 1, 0.002) as process:
        time.sleep(random.Random(seed).uniform(0.0, 0.5))
        os.kill(process.pid, signal.SIGKILL)
        printed = process.stdout.read().split()
    last = int(printed[-1]) if printed else 0
    assert texts_of(path) in (expected_texts(last), expected_texts(last + 1))
    assert verify(path) == []
    build(path, make_version(last + 2))
    assert texts_of(path) == expected_texts(last + 2)


@POSIX
def test_a_killed_build_embeds_at_most_one_batch_again(tmp_path):
    path = tmp_path / "index"
    total = len({line for text in expected_texts(1).values() for line in text.splitlines()})
    with building_process(path, 1, 0.05) as process:
        pending = path / "pending"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if any(file.stat().st_size > 500 for file in pending.glob("*.vectors")):
                break
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    saved = sum(file.stat().st_size for file in pending.glob("*.vectors"))
    batch_bytes = 8 + 4 * (16 + 2 * making_indexes.DIM)
    done = 4 * (saved // batch_bytes)
    assert done >= 4
    assert len(build(path, make_version(1)).embedded) == total - done


def files_of(path: Path) -> list[Path]:
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and file.stat().st_size and not file.name.endswith(".lock")
    )


def problems_of(path: Path) -> list[str]:
    try:
        return verify(path)
    except IndexStateError as error:
        return [str(error)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "index"
    build(path, make_version(0))
    build(path, make_version(1))
    return path


def test_a_flipped_byte_in_any_file_is_found_and_never_answered_from(sound, tmp_path):
    path = tmp_path / "index"
    shutil.copytree(sound, path)
    chance = random.Random(0)
    assert len(files_of(path)) > 15
    for file in files_of(path):
        whole = file.read_bytes()
        for place in {0, len(whole) - 1, chance.randrange(len(whole))}:
            torn = bytearray(whole)
            torn[place] ^= 1 << chance.randrange(8)
            file.write_bytes(torn)
            assert problems_of(path), f"byte {place} of {file.name}"
            with pytest.raises(IndexStateError):
                Store.open(path)
            with pytest.raises(IndexStateError):
                build(path, make_version(2))
        file.write_bytes(whole)
    assert verify(path) == []


def test_a_file_that_is_cut_short_longer_or_missing_is_found(sound, tmp_path):
    path = tmp_path / "index"
    shutil.copytree(sound, path)
    for file in files_of(path):
        whole = file.read_bytes()
        for torn in (whole[:-1], whole[: len(whole) // 2], b"", whole + b"\0", None):
            file.unlink()
            if torn is not None:
                file.write_bytes(torn)
            assert problems_of(path), file.name
            with pytest.raises(IndexStateError):
                Store.open(path)
        file.write_bytes(whole)


def test_opening_by_sizes_finds_a_cut_file_but_does_not_read_the_bytes(sound, tmp_path):
    path = tmp_path / "index"
    shutil.copytree(sound, path)
    file = next(path.rglob("passages.dat"))
    whole = file.read_bytes()
    file.write_bytes(whole[:-3] + b"x" + whole[-2:])
    Store.open(path, check="sizes").close()
    file.write_bytes(whole[:-1])
    with pytest.raises(IndexStateError, match=r"passages\.dat"):
        Store.open(path, check="sizes")


def test_a_second_writer_fails_clearly(tmp_path):
    path = tmp_path / "index"
    with IndexWriter(path, recipe=make_recipe()):
        code = (
            "from making_indexes import *\n"
            "from medrag.errors import IndexStateError\n"
            "try: build(Path(sys.argv[1]), make_version(0))\n"
            "except IndexStateError as error: print(error)"
        )
        told = run_python(code, str(path)).stdout
    assert "another process is writing this index" in told


@POSIX
def test_a_second_writer_that_waits_gets_its_turn_when_the_first_is_killed(tmp_path):
    path = tmp_path / "index"
    with building_process(path, 1, 0.01) as process:
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        with IndexWriter(path, recipe=make_recipe(), wait_s=20) as writer:
            assert writer.manifest is not None


def test_a_reader_keeps_its_generation_while_writers_work(tmp_path):
    path = tmp_path / "index"
    build(path, make_version(0))
    with Store.open(path) as store:
        for number in (3, 6, 9):
            build(path, make_version(number))
        assert {document.source.key: document.text for document in store.documents()} == (
            expected_texts(0)
        )
        assert store.lexical("new0 line text", 5)
        assert store.manifest.generation == 1
        assert sorted(folder.name for folder in (path / "generations").iterdir()) == [
            "000001",
            "000004",
        ]
    build(path, make_version(12))
    assert [folder.name for folder in (path / "generations").iterdir()] == ["000005"]
    assert texts_of(path) == expected_texts(12)


READ_ONLY = """
from making_indexes import *
import os
from medrag.errors import IndexStateError
from medrag.index import Store
path = Path(sys.argv[1])
with Store.open(path) as store: store.lexical("line", 3)   # everything lazy is imported now
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
with Store.open(path) as store: print(len(store), len(store.lexical("line", 3)))
try: build(path, make_version(5))
except IndexStateError as error: print(error)
"""


@POSIX
def test_a_read_only_index_answers_and_refuses_writing_clearly():
    place = Path(tempfile.gettempdir()) / f"medrag-read-only-{os.getpid()}"
    path = place / "index"
    try:
        build(path, make_version(0))
        for folder in (place, *(folder for folder in place.rglob("*"))):
            folder.chmod(0o555 if folder.is_dir() else 0o444)
        told = run_python(READ_ONLY, str(path))
        lines = told.stdout.splitlines()
        assert lines[0].endswith(" 3"), told
        assert "not writable" in lines[1], told
    finally:
        for folder in (place, *(folder for folder in place.rglob("*") if folder.is_dir())):
            folder.chmod(0o755)
        shutil.rmtree(place)


FULL = """
from making_indexes import *
import resource
from medrag.errors import IndexStateError
path, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
big = "\\n".join(f"big {n} " + "word " * 20 for n in range(2000))
corpus = dict(make_version(1)) | {"big.txt": (big, {})}
try: print(build(path, corpus, batch=64).generation)
except IndexStateError as error: print(error)
"""


@POSIX
@pytest.mark.parametrize("limit", [3_000, 70_000, 200_000])
def test_a_full_disk_leaves_the_old_index_and_says_so(tmp_path, limit):
    path = tmp_path / "index"
    build(path, make_version(0))
    told = run_python(FULL, str(path), str(limit))
    assert "the disk is full" in told.stdout, told
    assert texts_of(path) == expected_texts(0)
    assert verify(path) == []
    build(path, make_version(1))
    assert texts_of(path) == expected_texts(1)


@POSIX
@pytest.mark.parametrize("size_kb", [200, 500, 1000])
def test_a_full_file_system_leaves_the_old_index_and_says_so(tmp_path, size_kb):
    place = tmp_path / "small"
    place.mkdir()
    options = f"size={size_kb + 64}k"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        path = place / "index"
        build(path, {"a.txt": ("one line", {})})
        told = run_python(FULL, str(path), "0")
        assert "the disk is full" in told.stdout, told
        assert texts_of(path) == {"a.txt": "one line"}
        assert verify(path) == []
        build(path, {"b.txt": ("another line", {})})
        assert texts_of(path) == {"b.txt": "another line"}
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


FAILING = """
from making_indexes import *
from medrag.errors import MedragError
try: print("built", build(Path(sys.argv[1]), make_version(1), batch=8).generation)
except MedragError as error: print("refused", error)
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize(
    ("call", "error", "number"),
    [
        ("write", "ENOSPC", 9),
        ("write", "ENOSPC", 40),
        ("fsync", "EIO", 2),
        ("fsync", "EIO", 30),
        ("rename,renameat,renameat2", "EIO", 1),
        ("link,linkat", "EMLINK", 2),
        ("mkdir,mkdirat", "ENOSPC", 3),
        ("unlink,unlinkat", "EACCES", 2),
    ],
)
def test_a_system_call_that_fails_leaves_the_old_or_the_new_index(tmp_path, call, error, number):
    path = tmp_path / "index"
    build(path, make_version(0))
    place = str(Path(SCRIPT).parent)
    code = f"import sys; sys.path.insert(0, {place!r})\n{FAILING}"
    trace = ["strace", "-f", "-qq", "-o", str(tmp_path / "trace")]
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"]
    told = subprocess.run(
        [*trace, *inject, sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "ptrace" in told.stderr:
        pytest.skip("strace is not allowed to trace here")
    version = 1 if told.stdout.startswith("built") else 0
    assert told.stdout.startswith(("built", "refused")), told
    assert texts_of(path) == expected_texts(version)
    assert verify(path) == []
    build(path, make_version(1))
    assert texts_of(path) == expected_texts(1)
