"""LlamaIndex: medrag's retriever and engine for its pipelines, medrag's gates for anybody's."""

from medrag.interop.llama_index.engine import MedragQueryEngine
from medrag.interop.llama_index.gates import CheckedQueryEngine, InForce, QuoteGate, SafetyChecker
from medrag.interop.llama_index.nodes import node_of, to_llama_index
from medrag.interop.llama_index.parser import MedragNodeParser
from medrag.interop.llama_index.retriever import MedragRetriever

__all__ = [
    "CheckedQueryEngine",
    "InForce",
    "MedragNodeParser",
    "MedragQueryEngine",
    "MedragRetriever",
    "QuoteGate",
    "SafetyChecker",
    "node_of",
    "to_llama_index",
]
