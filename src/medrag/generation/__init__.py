"""Hits to prompt to completion to draft answer."""

from medrag.generation.contract import parse
from medrag.generation.models import open_llm
from medrag.generation.prompt import build_prompt
from medrag.generation.scripted import ScriptedLLM

__all__ = ["ScriptedLLM", "build_prompt", "open_llm", "parse"]
