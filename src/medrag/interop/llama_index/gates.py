"""medrag's gate and checker for the answers of anybody's LlamaIndex pipeline."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any, Protocol, cast

from llama_index.core import schema
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.postprocessor.types import BaseNodePostprocessor

from medrag.checker import check
from medrag.core.answer import DISCLAIMER
from medrag.core.document import Document, Source
from medrag.core.finding import SEVERITIES, Finding, Severity, gravity
from medrag.core.patient import Patient
from medrag.documents.llama_index import from_llama_index
from medrag.errors import CorpusError
from medrag.quotes import ground_text

_WITHHELD = "The answer is withheld: it says what its sources do not, or what is unsafe."


class ResponsePostprocessor(Protocol):
    """Looks at a finished response."""

    def postprocess_response(self, response: Response) -> Response:
        """Return the response, or another in its place; never changes the one given."""
        ...


class _Judge:
    """Adds findings to a response's metadata and withholds its text where they are grave.

    Args:
        patient: Whom the answers are about.
        withhold: Findings from this severity on withhold the text; None withholds nothing.
    """

    _name = ""

    def __init__(
        self, *, patient: Patient | None = None, withhold: Severity | None = "critical"
    ) -> None:
        self._patient = patient
        self._withhold = withhold

    def _judged(
        self, response: Response, findings: Sequence[Finding], facts: dict[str, Any]
    ) -> Response:
        shown = [finding.model_dump(mode="json") for finding in findings]
        metadata = {
            **(response.metadata or {}),
            self._name: {"findings": shown, **facts, "disclaimer": DISCLAIMER},
        }
        least = gravity(self._withhold) if self._withhold else len(SEVERITIES)
        if any(gravity(finding.severity) >= least for finding in findings):
            metadata[self._name]["withheld"] = _written(response)
            return replace(response, response=_WITHHELD, metadata=metadata)
        return replace(response, metadata=metadata)


class QuoteGate(_Judge):
    """Holds a response to its own source nodes: numbers, drugs, negations and quotations.

    What `medrag.ground` finds goes into `response.metadata["quote_gate"]`. By default a
    `critical` finding withholds the text, which then stands in the metadata.
    """

    _name = "quote_gate"

    def postprocess_response(self, response: Response) -> Response:
        """Return the response with what its sources do not say."""
        sources = [_source(item.node) for item in response.source_nodes]
        findings = ground_text(_written(response), sources, patient=self._patient)
        return self._judged(response, findings, {"sources": len(sources)})


class SafetyChecker(_Judge):
    """Runs the medication and laboratory rules over a response.

    Findings and what could not be checked go into `response.metadata["safety_checker"]`. By
    default a `critical` finding withholds the text, which then stands in the metadata.
    """

    _name = "safety_checker"

    def postprocess_response(self, response: Response) -> Response:
        """Return the response with the checker's findings."""
        report = check(_written(response), self._patient)
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
