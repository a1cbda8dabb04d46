"""The quotation gate and the grounding of claims: draft to quoted answer."""

from medrag.quotes.anyone import ground_text
from medrag.quotes.findings import ground_answer
from medrag.quotes.gate import verify_cases, verify_quote
from medrag.quotes.stage import verify

__all__ = ["ground_answer", "ground_text", "verify", "verify_cases", "verify_quote"]
