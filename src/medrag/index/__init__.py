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

from medrag.index.manifest import Manifest, Recipe
from medrag.index.plan import FileState, Plan
from medrag.index.store import Store
from medrag.index.verify import verify
from medrag.index.writer import Batch, IndexWriter

__all__ = ["Batch", "FileState", "IndexWriter", "Manifest", "Plan", "Recipe", "Store", "verify"]
