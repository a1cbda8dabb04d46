"""medrag's whole line as a LlamaIndex query engine."""

from __future__ import annotations

import asyncio
from os import PathLike
from typing import Any

from llama_index.core import schema
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.callbacks import CallbackManager

from medrag.core.answer import CheckedAnswer, VerifiedQuote
from medrag.core.patient import Patient
from medrag.core.query import Filters
from medrag.interop.llama_index.nodes import node_of
from medrag.interop.llama_index.retriever import opened
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index


class MedragQueryEngine(BaseQueryEngine):
    """Answers with verified quotations and a checked result; `QueryEngineTool` takes it as it is.

    The response's text holds the claims, each with the place of its quotations, then the
    findings; its `source_nodes` are the passages quoted from, best first; its metadata holds
    `status`, `claims` (text, support, quotations with document, span and place), `findings`,
    `not_checked`, `versions`, `digest` and `disclaimer`, all JSON values.

    Args:
        engine: An engine of medrag; of an index or its folder one with the default settings.
        patient: Whom the questions are about.
        filters: Which sources may answer; by default those in force today.
        callback_manager: As LlamaIndex has it.
    """

    def __init__(
        self,
        engine: QueryEngine | Index | str | PathLike[str],
        *,
        patient: Patient | None = None,
        filters: Filters | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        if not isinstance(engine, QueryEngine):
            engine = QueryEngine(opened(engine))
        self._engine = engine
        self._patient = patient
        self._filters = filters
        super().__init__(callback_manager)

    def _query(self, query_bundle: schema.QueryBundle) -> Response:
        answer = self._engine.query(
            query_bundle.query_str, patient=self._patient, filters=self._filters
        )
        return response_of(answer)

    async def _aquery(self, query_bundle: schema.QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}


def response_of(answer: CheckedAnswer) -> Response:
    """Return a checked answer as a LlamaIndex response; see `MedragQueryEngine`."""
    quoted = {quote.quote.passage_id for quote in answer.quoted.verified_quotes}
    nodes = [node_of(hit) for hit in answer.quoted.hits if hit.passage.id in quoted]
    metadata = {
        "status": answer.status,
        "claims": [
            {
                "text": claim.text,
                "support": claim.support,
                "quotes": [_quote(quote) for quote in claim.verified_quotes],
            }
            for claim in answer.quoted.claims
        ],
        "findings": [finding.model_dump(mode="json") for finding in answer.findings],
        "not_checked": [item.model_dump(mode="json") for item in answer.not_checked],
        "versions": answer.versions.model_dump(mode="json"),
        "digest": answer.digest,
        "disclaimer": answer.disclaimer,
    }
    return Response(response=_said(answer), source_nodes=nodes, metadata=metadata)


def _quote(quote: VerifiedQuote) -> dict[str, Any]:
    return {
        "text": quote.match.text,
        "document_id": quote.document_id,
        "span": quote.match.model_dump(mode="json")["span"],
        "node_id": quote.quote.passage_id,
        "place": quote.place,
    }


def _said(answer: CheckedAnswer) -> str:
    """Return what an agent may repeat: claims with their places, findings, the disclaimer."""
    lines = [answer.reason] if answer.reason else []
    for claim in answer.quoted.claims:
        places = "; ".join(dict.fromkeys(quote.place for quote in claim.verified_quotes))
        lines.append(f"{claim.text} [{places}]" if places else claim.text)
    lines += [f"{finding.severity.upper()}: {finding.message}" for finding in answer.findings]
    return "\n".join([*(lines or ["No answer is supported."]), answer.disclaimer])
