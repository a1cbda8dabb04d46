"""What this machine has: memory, accelerators, weights. torch is asked only where it can tell."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_UNLIMITED = 2**60
"""A limit beyond this is none: kernels write "no limit" as a huge number."""

Fit = Literal["yes", "when freed", "no"]
"""Whether so much memory is available, would be if other programs let go of theirs, or is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One place that can hold weights.

    Attributes:
        name: `RAM`, or the names of the GPUs that are used together.
        kind: What the weights would run on.
        total, available: Bytes.
        bf16: Whether bfloat16 is computed natively there; it runs, slowly, where it is not.
    """

    name: str
    kind: Literal["processor", "cuda", "mps"]
    total: int
    available: int
    bf16: bool = True

    def fit(self, needed: int) -> Fit:
        """Return whether `needed` bytes find room."""
        if needed <= self.available:
            return "yes"
        return "when freed" if needed <= self.total else "no"


def memories() -> tuple[Memory, ...]:
    """Return where weights could go, accelerators first; the processor's memory is always last."""
    return (*(_accelerators() if _may_accelerate() else ()), ram())


def ram(*, proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> Memory:
    """Return the processor's memory, within the limit of the container this runs in."""
    total, available = _meminfo(proc / "meminfo") or _system_memory()
    limit, used = _limit(cgroup)
    return Memory(
        name="RAM",
        kind="processor",
        total=min(total, limit),
        available=max(0, min(available, limit - used)),
    )


def weights_of(hub_name: str) -> Path | None:
    """Return the folder of the local hub cache that holds all weights of a model, or None."""
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(hub_name, "config.json")
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    return folder if _is_complete(folder) else None


def _is_complete(folder: Path) -> bool:
    listing = folder / "model.safetensors.index.json"
    if not listing.is_file():
        return any(folder.glob("*.safetensors"))
    try:
        files = set(json.loads(listing.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError):
        return False
    return all((folder / name).is_file() for name in files)


def _may_accelerate() -> bool:
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    signs = (Path("/proc/driver/nvidia/version"), Path("/dev/kfd"))
    return shutil.which("nvidia-smi") is not None or any(sign.exists() for sign in signs)


def _accelerators() -> tuple[Memory, ...]:
    import torch

    if torch.cuda.is_available():
        cards = range(torch.cuda.device_count())
        room = [torch.cuda.mem_get_info(card) for card in cards]
        return (
            Memory(
                name=" + ".join(torch.cuda.get_device_name(card) for card in cards),
                kind="cuda",
                total=sum(total for _, total in room),
                available=sum(free for free, _ in room),
                bf16=torch.cuda.is_bf16_supported(including_emulation=False),
            ),
        )
    if torch.backends.mps.is_available():
        total = torch.mps.recommended_max_memory()
        used = torch.mps.driver_allocated_memory()
        name = "Apple GPU (shares the RAM)"
        return (Memory(name=name, kind="mps", total=total, available=total - used),)
    return ()


def _meminfo(path: Path) -> tuple[int, int] | None:
    """Return total and available bytes as Linux tells them."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    fields = {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}
    if "MemTotal" not in fields or "MemAvailable" not in fields:
        return None
    return int(fields["MemTotal"][0]) * 1024, int(fields["MemAvailable"][0]) * 1024


def _system_memory() -> tuple[int, int]:
    """Return total bytes twice: other systems say what is available only to their own tools."""
    if sys.platform == "win32":
        return _windows_memory()
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return total, total


def _windows_memory() -> tuple[int, int]:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("total", "available", "a", "b", "c", "d", "e")
            ),
        )

    status = Status()
    status.length = ctypes.sizeof(status)
    getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # noqa: B009
    return int(status.total), int(status.available)


def _limit(cgroup: Path) -> tuple[int, int]:
    """Return a container's limit and what of it is used; no limit is a huge one."""
    pairs = (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    )
    for most, used in pairs:
        try:
            limit = int((cgroup / most).read_text(encoding="ascii"))
            taken = int((cgroup / used).read_text(encoding="ascii"))
        except (OSError, ValueError):  # absent, or the word "max"
            continue
        if limit < _UNLIMITED:
            return limit, taken
    return _UNLIMITED, 0
