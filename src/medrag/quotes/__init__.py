"""The quotation gate: draft to quoted answer."""
