"""From a name, with an address or options behind it, to a build engine."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from importlib.util import find_spec

from medrag.errors import BackendMissingError
from medrag.pipeline.cutting import Item
from medrag.pipeline.engines.protocol import BuildEngine, Work
from medrag.registry import resolve

WORTH_BYTES = 4 << 20
"""To be read: with less, a cluster is slower than this machine by itself."""

_FAMILY = re.compile(r"[\w-]+")


def open_engine(name: str, work: Work, items: Sequence[Item]) -> BuildEngine:
    """Return the engine that `name` means; its library is imported now.

    - `local`: this process;
    - `ray`: the Ray cluster that `RAY_ADDRESS` names, else workers on this machine;
    - `ray://HOST:PORT`: a Ray cluster, through its client server;
    - `auto`: `ray` where `RAY_ADDRESS` names a cluster and there is enough to read to make up
      for its start, else `local`.

    Options stand behind a question mark: `ray?workers=4`, `ray://HOST:PORT?gpus=1`.

    Args:
        name: As above.
        work: What the build works with.
        items: What there is to read.

    Raises:
        UnknownNameError: No engine has that name; carries near misses.
        InputError: The address or an option cannot be used.
        BackendMissingError: The engine's library is not installed.
    """
    if name == "auto":
        name = _chosen(items)
    match = _FAMILY.match(name)
    family = match[0] if match else name
    try:
        engine: BuildEngine = resolve("build-engine", family)(name[len(family) :], work)
    except ModuleNotFoundError as error:
        raise BackendMissingError(error.name or family, extra=family) from error
    return engine


def _chosen(items: Sequence[Item]) -> str:
    """Return `ray` where there is a cluster and enough to read, else `local`.

    On one machine the local build uses every core by itself, and Ray only costs its start.
    """
    if not os.environ.get("RAY_ADDRESS") or find_spec("ray") is None:
        return "local"
    return "ray" if sum(item.size for item in items) >= WORTH_BYTES else "local"
