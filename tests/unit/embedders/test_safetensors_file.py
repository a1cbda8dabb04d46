"""Reading weights without copying them."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from medrag.embedders.safetensors_file import read_safetensors
from medrag.errors import InputError


def test_float32_arrays_are_read_as_another_writer_wrote_them(tmp_path: Path) -> None:
    arrays = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b": np.array(1.5, dtype=np.float32),
        "ids": np.arange(3),
    }
    save_file(arrays, tmp_path / "m.safetensors", metadata={"format": "np"})
    read = read_safetensors(tmp_path / "m.safetensors")
    assert sorted(read) == ["a", "b"]
    assert read["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read["b"] == 1.5
    assert not read["a"].flags.writeable


def written(path: Path, header: object, data: bytes) -> Path:
    head = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)
    return path


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]},
        {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]},
        {"dtype": "F32", "shape": [2]},
    ],
    ids=["too short", "past the end", "before the start", "nowhere"],
)
def test_an_array_that_is_not_in_the_file_is_refused(tmp_path: Path, entry: object) -> None:
    path = written(tmp_path / "m.safetensors", {"a": entry}, b"\0" * 8)
    with pytest.raises(InputError, match="damaged"):
        read_safetensors(path)


@pytest.mark.parametrize("content", [b"", b"abc", b"\xff" * 16, struct.pack("<Q", 4) + b"nope"])
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        read_safetensors(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"m\.safetensors: no such file"):
        read_safetensors(tmp_path / "m.safetensors")
