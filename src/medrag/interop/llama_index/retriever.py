"""An index of medrag as a LlamaIndex retriever."""

from __future__ import annotations

import asyncio
from os import PathLike, fspath
from typing import Any

from llama_index.core import schema
from llama_index.core.base.base_retriever import BaseRetriever

from medrag.core.patient import Patient
from medrag.core.query import Filters
from medrag.interop.llama_index.nodes import node_of
from medrag.pipeline.index import Index


class MedragRetriever(BaseRetriever):
    """Retrieves from an index what is in force, for any LlamaIndex pipeline.

    Args:
        index: An opened index, or its folder.
        similarity_top_k: Most nodes.
        filters: Which sources may answer; by default those in force today.
        patient: Whom the questions are about.
        **more: What `BaseRetriever` takes.
    """

    def __init__(
        self,
        index: Index | str | PathLike[str],
        similarity_top_k: int = 10,
        *,
        filters: Filters | None = None,
        patient: Patient | None = None,
        **more: Any,
    ) -> None:
        self._index = opened(index)
        self._k = similarity_top_k
        self._filters = filters
        self._patient = patient
        super().__init__(**more)

    def _retrieve(self, query_bundle: schema.QueryBundle) -> list[schema.NodeWithScore]:
        hits = self._index.search(
            query_bundle.query_str, self._k, filters=self._filters, patient=self._patient
        )
        return [node_of(hit) for hit in hits]

    async def _aretrieve(self, query_bundle: schema.QueryBundle) -> list[schema.NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def opened(index: Index | str | PathLike[str]) -> Index:
    """Return an index; that in a folder is opened."""
    return index if isinstance(index, Index) else Index.open(fspath(index))
