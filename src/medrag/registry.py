"""Names of plug-ins and where they live.

A built-in is one row here; a third party adds one with an entry point in the group
`medrag.<kind>` (`medrag.loader`, `medrag.embedder`, ...). A built-in name cannot be
replaced. Nothing is imported until a name is resolved.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

from medrag.errors import BackendError, UnknownNameError

Kind = Literal[
    "loader", "embedder", "index", "vector-index", "build-engine", "reranker", "llm", "metric"
]

BUILTINS: dict[Kind, dict[str, str]] = {
    "loader": {
        "docx": "medrag.documents.docx:DocxLoader",
        "fhir": "medrag.documents.fhir:FhirLoader",
        "html": "medrag.documents.html:HtmlLoader",
        "jats": "medrag.documents.jats:JatsLoader",
        "markdown": "medrag.documents.markdown:MarkdownLoader",
        "openfda": "medrag.documents.openfda:OpenFdaLoader",
        "pdf": "medrag.documents.pdf:PdfLoader",
        "pdf-pypdf": "medrag.documents.pdf_pypdf:PypdfLoader",
        "spl": "medrag.documents.spl:SplLoader",
        "text": "medrag.documents.plain:TextLoader",
    },
    "embedder": {
        "hashing": "medrag.embedders.hashing:open_hashing",
        "minilm": "medrag.embedders.minilm_folder:open_minilm",
        "sentence-transformers": "medrag.embedders.sentence_transformer:open_sentence_transformer",
        "static": "medrag.embedders.static:open_static",
    },
    "index": {  # by the scheme of its URL
        "llama-index": "medrag.index.llama_index.kind:LlamaIndexKind",
        "postgresql": "medrag.index.postgres.kind:PostgresKind",
        "shards": "medrag.index.remote:ShardsKind",
    },
    "vector-index": {
        "compact": "medrag.index.compact:CompactKind",
        "flat": "medrag.index.flat:FlatIndex",
        "hnsw": "medrag.index.hnsw:HnswKind",
        "ivf": "medrag.index.ivf:IvfKind",
    },
    "build-engine": {
        "local": "medrag.pipeline.engines.local:open_local",
        "ray": "medrag.pipeline.engines.ray_driver:open_ray",
    },
    "reranker": {
        "cross-encoder": "medrag.retrieval.cross_encoder:open_cross_encoder",
        "llm": "medrag.pipeline.reranking:open_llm_reranker",
    },
    "llm": {
        "extractive": "medrag.generation.extractive:open_extractive",
        "medgemma-1.5-4b": "medrag.generation.local:open_local",
        "medgemma-27b": "medrag.generation.local:open_local",
        "medgemma-27b-multimodal": "medrag.generation.local:open_local",
        "medgemma-4b": "medrag.generation.local:open_local",
        "replicas": "medrag.generation.server.replicas:open_replicas",
        "server": "medrag.generation.server:open_server",
        "transformers": "medrag.generation.local:open_local",
    },
    "metric": {  # in the order of a report
        "status": "medrag.evaluation.metrics.abstention:STATUS",
        "correct": "medrag.evaluation.metrics.abstention:CORRECT",
        "ndcg-10": "medrag.evaluation.metrics.retrieval:NDCG",
        "recall-10": "medrag.evaluation.metrics.retrieval:RECALL",
        "mrr": "medrag.evaluation.metrics.retrieval:MRR",
        "precision-1": "medrag.evaluation.metrics.retrieval:PRECISION",
        "passage-recall": "medrag.evaluation.metrics.retrieval:PASSAGES",
        "expected-quotation": "medrag.evaluation.metrics.quotations:EXPECTED",
        "wrong-quotation": "medrag.evaluation.metrics.quotations:WRONG",
        "answer-span": "medrag.evaluation.metrics.quotations:SPAN",
        "answer-span-first": "medrag.evaluation.metrics.quotations:SPAN_FIRST",
        "must-facts": "medrag.evaluation.metrics.facts:MUST",
        "must-not-facts": "medrag.evaluation.metrics.facts:MUST_NOT",
        "quotation-fidelity": "medrag.evaluation.metrics.quotations:FIDELITY",
        "citation-recall": "medrag.evaluation.metrics.citations:RECALL",
        "citation-precision": "medrag.evaluation.metrics.citations:PRECISION",
        "citation-recall-nli": "medrag.evaluation.metrics.citations:RECALL_NLI",
        "citation-precision-nli": "medrag.evaluation.metrics.citations:PRECISION_NLI",
        "numeric-grounding": "medrag.evaluation.metrics.facts:NUMERIC",
        "source-precision": "medrag.evaluation.metrics.quotations:SOURCES",
        "supersession-errors": "medrag.evaluation.metrics.quotations:SUPERSEDED",
        "coverage": "medrag.evaluation.metrics.abstention:COVERAGE",
        "selective-risk": "medrag.evaluation.metrics.abstention:RISK",
        "risk-coverage-area": "medrag.evaluation.metrics.abstention:AREA",
        "refusal-precision": "medrag.evaluation.metrics.abstention:REFUSAL_PRECISION",
        "refusal-recall": "medrag.evaluation.metrics.abstention:REFUSAL_RECALL",
        "checker-sensitivity": "medrag.evaluation.metrics.checker:SENSITIVITY",
        "checker-specificity": "medrag.evaluation.metrics.checker:SPECIFICITY",
        "choice-accuracy": "medrag.evaluation.metrics.choices:ACCURACY",
        "choice-named": "medrag.evaluation.metrics.choices:NAMED",
        "seconds": "medrag.evaluation.metrics.cost:SECONDS",
        "seconds-p95": "medrag.evaluation.metrics.cost:SECONDS_P95",
        "tokens": "medrag.evaluation.metrics.cost:TOKENS",
    },
}
"""kind -> name -> `module:attribute`."""


def names(kind: Kind) -> tuple[str, ...]:
    """Return every name of `kind`, built-in and third-party, sorted."""
    return tuple(sorted({*BUILTINS[kind], *_third_party(kind)}))


def resolve(kind: Kind, name: str) -> Any:
    """Return the object registered as `name`, importing its module now.

    Raises:
        UnknownNameError: Nothing of that kind has that name; carries near misses.
    """
    if name in BUILTINS[kind]:
        module, _, attribute = BUILTINS[kind][name].partition(":")
        return getattr(import_module(module), attribute)
    third_party = _third_party(kind)
    if name not in third_party:
        raise UnknownNameError(name, kind=kind, known=names(kind))
    return third_party[name].load()


def open_named(kind: Kind, name: str, *, models: str) -> Any:
    """Return what `name` means, made from its argument; its library is imported now.

    `family:argument` names a registered family; a name that is none, and is an existing folder or
    has a `/` in it, is a model of the family `models`. A registered name wins over a folder.

    Raises:
        UnknownNameError: It is none of these; carries near misses.
        BackendError: The family's library is missing.
    """
    family, _, argument = name.partition(":")
    if family not in names(kind) and ("/" in name or Path(name).is_dir()):
        family, argument = models, name
    try:
        return resolve(kind, family)(argument)
    except ModuleNotFoundError as error:
        raise BackendError(
            f"The {kind} {family!r} needs the module {error.name!r}, which is not installed. "
            "Run: pip install --upgrade medrag"
        ) from error


def _third_party(kind: Kind) -> dict[str, Any]:
    return {point.name: point for point in entry_points(group=f"medrag.{kind}")}
