"""Wiring only: build an index, answer a question."""
