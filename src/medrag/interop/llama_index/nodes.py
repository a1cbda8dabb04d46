"""Hits and documents as LlamaIndex nodes, with exact offsets."""

from __future__ import annotations

from typing import Any

from llama_index.core import schema

from medrag.core.document import Document, Passage, Source
from medrag.core.place import page_label
from medrag.core.query import Hit


def node_of(hit: Hit) -> schema.NodeWithScore:
    """Return a hit as a scored text node.

    The node's id is the passage's, `start_char_idx` and `end_char_idx` count characters of the
    document's text, and its source relationship names the document. Metadata is that of
    `source_metadata`, with `section`, `page_label`, `rank` and `in_force`.
    """
    more = {"rank": hit.rank, "in_force": hit.in_force}
    return schema.NodeWithScore(node=text_node(hit.passage, hit.source, **more), score=hit.score)


def text_node(passage: Passage, source: Source, **more: Any) -> schema.TextNode:
    """Return a passage as a text node with its exact offsets; see `node_of`."""
    metadata = {
        **source_metadata(source),
        "section": " > ".join(passage.section),
        "page_label": page_label(passage.pages),
        **more,
    }
    return schema.TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.span.start,
        end_char_idx=passage.span.end,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=[key for key in metadata if key not in {"title", "section"}],
        relationships={
            schema.NodeRelationship.SOURCE: schema.RelatedNodeInfo(node_id=passage.document_id)
        },
    )


def to_llama_index(document: Document) -> schema.Document:
    """Return a document of ours as LlamaIndex's, for its own pipelines."""
    metadata = source_metadata(document.source)
    return schema.Document(id_=document.id, text=document.text, metadata=metadata)


def source_metadata(source: Source) -> dict[str, Any]:
    """Return who said it as JSON values; what is not known or empty is left out."""
    fields = source.model_dump(mode="json", exclude_none=True)
    return {key: value for key, value in fields.items() if value != []}
