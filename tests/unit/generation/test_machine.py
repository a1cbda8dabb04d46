"""What a machine has, read from its own files."""

from __future__ import annotations

import pytest

from medrag.generation.machine import Memory, memories, ram, weights_of

GIB = 2**30


@pytest.fixture
def proc(tmp_path):
    folder = tmp_path / "proc"
    folder.mkdir()
    (folder / "meminfo").write_text(
        "MemTotal:       16777216 kB\nMemFree:         1048576 kB\nMemAvailable:    8388608 kB\n"
    )
    return folder


def test_memory_is_what_linux_calls_available(proc, tmp_path):
    found = ram(proc=proc, cgroup=tmp_path)
    assert (found.total, found.available) == (16 * GIB, 8 * GIB)


@pytest.mark.parametrize(
    ("most", "used"),
    [
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ],
)
def test_a_container_has_no_more_than_its_limit(proc, tmp_path, most, used):
    (tmp_path / "memory").mkdir()
    (tmp_path / most).write_text(f"{4 * GIB}\n")
    (tmp_path / used).write_text(f"{1 * GIB}\n")
    found = ram(proc=proc, cgroup=tmp_path)
    assert (found.total, found.available) == (4 * GIB, 3 * GIB)


@pytest.mark.parametrize("word", ["max\n", "9223372036854771712\n"])
def test_a_container_without_a_limit_has_the_machine(proc, tmp_path, word):
    (tmp_path / "memory.max").write_text(word)
    (tmp_path / "memory.current").write_text("5\n")
    assert ram(proc=proc, cgroup=tmp_path).total == 16 * GIB


def test_other_systems_are_asked_for_their_pages(tmp_path):
    found = ram(proc=tmp_path, cgroup=tmp_path)
    assert found.total == found.available > 0


def test_what_fits_now_after_freeing_and_not_at_all():
    memory = Memory(name="RAM", kind="processor", total=10, available=6)
    assert [memory.fit(needed) for needed in (6, 7, 10, 11)] == [
        "yes",
        "when freed",
        "when freed",
        "no",
    ]


def test_the_processor_is_always_there_and_last():
    assert memories()[-1].kind == "processor"


def test_weights_are_here_when_every_listed_file_is(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    snapshot = tmp_path / "models--some--model" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    refs = tmp_path / "models--some--model" / "refs"
    refs.mkdir()
    (refs / "main").write_text("abc")
    (snapshot / "config.json").write_text("{}")
    assert weights_of("some/model") is None
    (snapshot / "model.safetensors.index.json").write_text(
        '{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}'
    )
    (snapshot / "model-1.safetensors").write_bytes(b"")
    assert weights_of("some/model") is None
    (snapshot / "model-2.safetensors").write_bytes(b"")
    assert weights_of("some/model") == snapshot
    assert weights_of("other/model") is None
