"""Reads float32 arrays from a safetensors file without copying them.

Source:
    https://github.com/huggingface/safetensors (README, "Format").
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from medrag.errors import InputError


def read_safetensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return every float32 array of the file by name, mapped read-only into memory.

    Arrays of other types are left out.

    Raises:
        InputError: The file is missing, or its header or an array's place is damaged.
    """
    try:
        data = np.memmap(path, dtype=np.uint8, mode="r")
        start = 8 + int(data[:8].view("<u8")[0])
        header = json.loads(data[8:start].tobytes())
        return {
            name: _array(data[start:], entry)
            for name, entry in header.items()
            if name != "__metadata__" and entry["dtype"] == "F32"
        }
    except FileNotFoundError as error:
        raise InputError(f"{path.name}: no such file in {path.parent}.") from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"{path}: damaged or no safetensors file. Install or copy the model again."
        ) from error


def _array(data: NDArray[np.uint8], entry: dict[str, list[int]]) -> NDArray[np.float32]:
    begin, end = entry["data_offsets"]
    shape = entry["shape"]
    if not 0 <= begin <= end <= data.size or end - begin != 4 * math.prod(shape):
        raise ValueError("an array lies outside the file")
    array: NDArray[np.float32] = data[begin:end].view("<f4").reshape(shape)
    return array
