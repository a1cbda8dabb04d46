"""Language models behind OpenAI-compatible servers: vLLM, llama.cpp, SGLang, Ollama, ..."""

from medrag.generation.server.address import Connection
from medrag.generation.server.llm import ServerLLM, open_server

__all__ = ["Connection", "ServerLLM", "open_server"]
