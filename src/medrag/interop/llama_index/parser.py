"""medrag's chunking for other people's pipelines: readers' documents in, nodes out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from llama_index.core import schema
from llama_index.core.bridge.pydantic import Field

from medrag.core.protocols import Embedder
from medrag.documents import chunk
from medrag.documents.llama_index import from_llama_index
from medrag.embedders.opening import open_embedder
from medrag.interop.llama_index.nodes import text_node


class MedragNodeParser(schema.TransformComponent):
    """Cuts documents as an index of medrag does: by section, table row and sentence.

    For the `transformations` of an `IngestionPipeline` or a `VectorStoreIndex`. Every node is its
    document's own slice, with the offsets; pages that a reader gave apart are put together first.

    Attributes:
        max_tokens: Most tokens of a node.
        embedder: Name of the embedder whose tokens are counted.
    """

    max_tokens: int = Field(default=256, gt=0)
    embedder: str = "minilm"

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex registers."""
        return "MedragNodeParser"

    def __call__(self, nodes: Sequence[schema.BaseNode], **kwargs: Any) -> list[schema.BaseNode]:
        """Return the nodes of the documents, in text order."""
        del kwargs
        count = _opened(self.embedder).count_tokens
        return [
            text_node(passage, document.source)
            for document in from_llama_index(cast("Any", nodes))
            for passage in chunk(document, count_tokens=count, max_tokens=self.max_tokens)
        ]


@cache
def _opened(name: str) -> Embedder:
    return open_embedder(name)
