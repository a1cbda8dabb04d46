"""Writing an index as Parquet, for tools that are not medrag."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from medrag.index.opening import OpenedIndex
from medrag.index.store import today

_ROWS_A_GROUP = 8192


def write_parquet(store: OpenedIndex, path: Path) -> int:
    """Write one row for each passage of `store` to `path` and return how many.

    Columns: passage and document ids, key and title of the source, its kind and edition and
    whether it is in force today, text, start and end (code points of the document's text),
    section headings, first and last page, and the vector as float32. Rows stand in index order.

    Raises:
        OSError: The file cannot be written.
    """
    schema = _schema(store.manifest.recipe.dim)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, len(store), _ROWS_A_GROUP):
            rows = range(start, min(start + _ROWS_A_GROUP, len(store)))
            writer.write_table(pa.Table.from_pylist(list(_rows(store, rows)), schema=schema))
            count += len(rows)
    return count


def _rows(store: OpenedIndex, rows: range) -> Iterator[dict[str, object]]:
    hits = store.hits([(row, 0.0) for row in rows], retriever="export", as_of=today())
    for hit, vector in zip(hits, store.vectors(rows), strict=True):
        passage, source = hit.passage, hit.source
        yield {
            "passage_id": passage.id,
            "document_id": passage.document_id,
            "key": source.key,
            "title": source.title,
            "kind": source.kind,
            "edition": source.edition,
            "in_force": hit.in_force,
            "text": passage.text,
            "start": passage.span.start,
            "end": passage.span.end,
            "section": list(passage.section),
            "first_page": passage.pages[0].number if passage.pages else None,
            "last_page": passage.pages[-1].number if passage.pages else None,
            "vector": vector,
        }


def _schema(dim: int) -> pa.Schema:
    words = ("passage_id", "document_id", "key", "title", "kind", "edition", "text")
    return pa.schema(
        [
            *((name, pa.string()) for name in words),
            ("in_force", pa.bool_()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("section", pa.list_(pa.string())),
            ("first_page", pa.int32()),
            ("last_page", pa.int32()),
            ("vector", pa.list_(pa.float32(), dim)),
        ]
    )
