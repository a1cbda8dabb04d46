"""The quotation gate: draft to quoted answer."""

from medrag.quotes.gate import verify_cases, verify_quote
from medrag.quotes.stage import verify

__all__ = ["verify", "verify_cases", "verify_quote"]
