"""From a name, a path or a hub name to an embedder."""

from __future__ import annotations

from medrag.core.protocols import Embedder
from medrag.registry import open_named

_FAMILY = "sentence-transformers"


def open_embedder(name_or_path: str) -> Embedder:
    """Return the embedder that `name_or_path` means; its library is imported now.

    - a registered name, such as `minilm`, or `name:argument` for a family that takes an
      argument, such as `hashing:128` or `sentence-transformers:all-mpnet-base-v2`;
    - else an existing folder, or anything with a `/` in it, is a model of the family
      `sentence-transformers`: a path or a hub name.

    A registered name wins over a folder of the same name; write `./minilm` for the folder.

    Raises:
        UnknownNameError: It is none of these; carries near misses.
        InputError: The argument or the model at that path cannot be used.
        BackendError: The model's library is missing or fails.
    """
    embedder: Embedder = open_named("embedder", name_or_path, models=_FAMILY)
    return embedder
