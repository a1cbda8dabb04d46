"""Passages, vectors and lexical index in one directory that cannot lie.

Reading:

```python
with Store.open("guidelines.index") as store:
    allowed = store.select(Filters(kinds=("label",)))
    scores, rows = store.dense(embedder.embed_queries([question]), 10, allowed=allowed)
    hits = store.hits(list(zip(rows[0], scores[0])), retriever="dense")
```

Writing, which leaves the old index or the new one whatever happens in between:

```python
recipe = Recipe(embedder_name="minilm", embedder_digest=embedder.digest, dim=embedder.dim,
                chunker_version=CHUNKER_VERSION, passage_tokens=256)
with IndexWriter("guidelines.index", recipe=recipe) as writer:
    plan = writer.plan(states, prune=True)        # states: one FileState for each file
    for state in plan.to_read:
        writer.add(state, documents, passages)    # or writer.fail(state, reason)
    for batch in writer.batches(512):             # only texts whose vector is known nowhere
        writer.put(batch, embedder.embed_passages(batch.texts))
    generation = writer.commit()
```
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medrag.errors import BackendMissingError

if TYPE_CHECKING:
    from medrag.index.difference import diff
    from medrag.index.manifest import Manifest, Recipe
    from medrag.index.moving import pull, push
    from medrag.index.opening import OpenedIndex, open_index
    from medrag.index.pending import Batch
    from medrag.index.plan import FileState, Plan
    from medrag.index.prepared import Prepared, prepare
    from medrag.index.store import Store
    from medrag.index.verification import verify
    from medrag.index.writer import IndexWriter

_LAZY = {
    "Batch": "pending",
    "FileState": "plan",
    "IndexWriter": "writer",
    "Manifest": "manifest",
    "OpenedIndex": "opening",
    "Plan": "plan",
    "Prepared": "prepared",
    "Recipe": "manifest",
    "Store": "store",
    "diff": "difference",
    "open_index": "opening",
    "prepare": "prepared",
    "pull": "moving",
    "push": "moving",
    "verify": "verification",
}
"""Names by the file that has them: a search need not load what only a build does."""

__all__ = [
    "Batch",
    "FileState",
    "IndexWriter",
    "Manifest",
    "OpenedIndex",
    "Plan",
    "Prepared",
    "Recipe",
    "Store",
    "diff",
    "export",
    "open_index",
    "prepare",
    "pull",
    "push",
    "verify",
]


def export(store: OpenedIndex, path: Path) -> int:
    """Write one Parquet row for each passage of `store` to `path` and return how many.

    The columns are described at `medrag.index.parquet.write_parquet`.

    Raises:
        BackendMissingError: pyarrow is not installed.
        OSError: The file cannot be written.
    """
    try:
        from medrag.index.parquet import write_parquet
    except ImportError as error:
        raise BackendMissingError("pyarrow", extra="parquet") from error
    return write_parquet(store, path)


def __getattr__(name: str) -> Any:
    """Return a public name, importing its file now."""
    if name not in _LAZY:
        raise AttributeError(f"module 'medrag.index' has no attribute {name!r}")
    return getattr(import_module(f"medrag.index.{_LAZY[name]}"), name)
