"""medrag's gate and checker for the answers of anybody's LlamaIndex pipeline."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any, ClassVar, Protocol, cast

from llama_index.core import schema
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.bridge.pydantic import Field
from llama_index.core.postprocessor.types import BaseNodePostprocessor

from medrag.checker import check
from medrag.core.answer import DISCLAIMER
from medrag.core.document import Document, Source
from medrag.core.finding import SEVERITIES, Finding, Severity, gravity
from medrag.core.patient import Patient
from medrag.documents.llama_index import from_llama_index
from medrag.errors import CorpusError, MedragError
from medrag.interop.llama_index.retriever import opened
from medrag.pipeline.index import Index
from medrag.quotes import ground_text, verify_quote

_STANDS = {"exact", "normalized", "clipped"}
_WITHHELD = "The answer is withheld: it says what its sources do not, or what is unsafe."


class ResponsePostprocessor(Protocol):
    """Looks at a finished response."""

    def postprocess_response(self, response: Response) -> Response:
        """Return the response, or another in its place; never changes the one given."""
        ...


class _Judge(BaseNodePostprocessor):
    """Adds findings to a response's metadata and withholds its text where they are grave.

    Attributes:
        patient: Whom the answers are about.
        withhold: Findings from this severity on withhold the text; None withholds nothing.
    """

    patient: Patient | None = None
    withhold: Severity | None = "critical"
    _name: ClassVar[str] = ""

    def _judged(
        self, response: Response, findings: Sequence[Finding], facts: dict[str, Any]
    ) -> Response:
        shown = [finding.model_dump(mode="json") for finding in findings]
        metadata = {
            **(response.metadata or {}),
            self._name: {"findings": shown, **facts, "disclaimer": DISCLAIMER},
        }
        least = gravity(self.withhold) if self.withhold else len(SEVERITIES)
        if any(gravity(finding.severity) >= least for finding in findings):
            metadata[self._name]["withheld"] = _written(response)
            return replace(response, response=_WITHHELD, metadata=metadata)
        return replace(response, metadata=metadata)


class QuoteGate(_Judge):
    """Holds a response to its own source nodes: numbers, drugs, negations and quotations.

    What `medrag.ground` finds goes into `response.metadata["quote_gate"]`. By default a
    `critical` finding withholds the text, which then stands in the metadata.

    Among the `node_postprocessors` of a pipeline it holds nodes to the documents that they come
    from: one whose text another postprocessor has rewritten or put together is no source, and is
    dropped.

    Attributes:
        index: Index whose documents nodes are held to; None lets nodes pass.
    """

    index: Any = Field(default=None, exclude=True)
    _name: ClassVar[str] = "quote_gate"

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex registers."""
        return "QuoteGate"

    def _postprocess_nodes(
        self,
        nodes: list[schema.NodeWithScore],
        query_bundle: schema.QueryBundle | None = None,
    ) -> list[schema.NodeWithScore]:
        del query_bundle
        if self.index is None:
            return nodes
        index = opened(self.index)
        return [item for item in nodes if _stands_in(item.node, index)]

    def postprocess_response(self, response: Response) -> Response:
        """Return the response with what its sources do not say."""
        sources = [_source(item.node) for item in response.source_nodes]
        findings = ground_text(_written(response), sources, patient=self.patient)
        return self._judged(response, findings, {"sources": len(sources)})


class SafetyChecker(_Judge):
    """Runs the medication and laboratory rules over a response.

    Findings and what could not be checked go into `response.metadata["safety_checker"]`. By
    default a `critical` finding withholds the text, which then stands in the metadata.

    Among the `node_postprocessors` of a pipeline it runs them over each node for the patient: what
    it finds goes into the node's metadata under the same name, which no model is shown. No node is
    dropped: what speaks against a dose may stand beside it.
    """

    _name: ClassVar[str] = "safety_checker"

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex registers."""
        return "SafetyChecker"

    def _postprocess_nodes(
        self,
        nodes: list[schema.NodeWithScore],
        query_bundle: schema.QueryBundle | None = None,
    ) -> list[schema.NodeWithScore]:
        del query_bundle
        return [self._marked(item) for item in nodes]

    def _marked(self, item: schema.NodeWithScore) -> schema.NodeWithScore:
        report = check(item.node.get_content(), self.patient)
        node = item.node.model_copy(deep=True)
        node.metadata[self._name] = {
            "findings": [finding.model_dump(mode="json") for finding in report.findings],
            "not_checked": [open_.model_dump(mode="json") for open_ in report.not_checked],
            "rule_set": report.rule_set,
        }
        for hidden in (node.excluded_embed_metadata_keys, node.excluded_llm_metadata_keys):
            hidden.append(self._name)
        return schema.NodeWithScore(node=node, score=item.score)

    def postprocess_response(self, response: Response) -> Response:
        """Return the response with the checker's findings."""
        report = check(_written(response), self.patient)
        open_ = [item.model_dump(mode="json") for item in report.not_checked]
        return self._judged(
            response, report.findings, {"not_checked": open_, "rule_set": report.rule_set}
        )


def _written(response: Response) -> str:
    """Return what the engine wrote, though a gate before has withheld it."""
    if response.response == _WITHHELD:
        for judge in (QuoteGate, SafetyChecker):
            said = (response.metadata or {}).get(judge._name)
            if isinstance(said, dict) and isinstance(said.get("withheld"), str):
                return str(said["withheld"])
    return response.response or ""


class CheckedQueryEngine(BaseQueryEngine):
    """Anybody's query engine whose responses go through gates before they are seen.

    A streaming response is read to its end first: nothing unchecked is shown.

    Args:
        engine: A LlamaIndex query engine.
        gates: In the order in which they look; each sees what the one before returned. What one
            withheld the others still look at: no list of findings is empty because of that.
    """

    def __init__(self, engine: BaseQueryEngine, gates: Sequence[ResponsePostprocessor]) -> None:
        self._engine = engine
        self._gates = tuple(gates)
        super().__init__(engine.callback_manager)

    def _query(self, query_bundle: schema.QueryBundle) -> Response:
        response = self._engine.query(query_bundle)
        read = getattr(response, "get_response", None)
        return self._gated(cast("Response", read() if read is not None else response))

    async def _aquery(self, query_bundle: schema.QueryBundle) -> Response:
        response: RESPONSE_TYPE = await self._engine.aquery(query_bundle)
        read = getattr(response, "get_response", None)
        whole = read() if read is not None else response
        plain = await cast("Any", whole) if inspect.isawaitable(whole) else whole
        return await asyncio.to_thread(self._gated, cast("Response", plain))

    def _gated(self, response: Response) -> Response:
        text = response.response
        plain = response if isinstance(text, str) else replace(response, response=str(response))
        for gate in self._gates:
            plain = gate.postprocess_response(plain)
        return plain

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {"engine": self._engine}


class InForce(BaseNodePostprocessor):
    """Drops nodes whose source is not in force, by the dates in their metadata.

    `effective` and `expires` are read as ISO days, `supersedes` as keys of other sources among
    the nodes. Nodes that say nothing of it stay.

    Attributes:
        as_of: The day; today (UTC) where None.
    """

    as_of: date | None = None

    @classmethod
    def class_name(cls) -> str:
        """Return the name that LlamaIndex registers."""
        return "InForce"

    def _postprocess_nodes(
        self,
        nodes: list[schema.NodeWithScore],
        query_bundle: schema.QueryBundle | None = None,
    ) -> list[schema.NodeWithScore]:
        del query_bundle
        day = self.as_of or datetime.now(timezone.utc).date()
        sources = [_source_of(item.node) for item in nodes]
        in_date = [source is None or source.in_date(day) for source in sources]
        replaced = {
            key
            for source, holds in zip(sources, in_date, strict=True)
            if source is not None and holds
            for key in source.supersedes
        }
        return [
            item
            for item, source, holds in zip(nodes, sources, in_date, strict=True)
            if holds and (source is None or source.key not in replaced)
        ]


def _stands_in(node: schema.BaseNode, index: Index) -> bool:
    """Return whether a node's text is its document's own, up to typography."""
    try:
        document = index.document(node.ref_doc_id or "")
    except MedragError:
        return False
    start, end = (getattr(node, name, None) for name in ("start_char_idx", "end_char_idx"))
    if isinstance(start, int) and isinstance(end, int):
        return document.text[start:end] == node.get_content()
    return verify_quote(node.get_content(), document.text).status in _STANDS


def _source(node: schema.BaseNode) -> str | Document:
    """Return a node as what grounding takes: with its dates where its metadata has them."""
    try:
        (document,) = from_llama_index([cast("Any", node)])
    except (CorpusError, ValueError):
        return node.get_content()
    return document


def _source_of(node: schema.BaseNode) -> Source | None:
    found = _source(node)
    return found.source if isinstance(found, Document) else None
