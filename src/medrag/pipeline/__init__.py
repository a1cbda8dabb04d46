"""Wiring only: build an index, answer a question.

`pipeline.index` and `pipeline.engine` are imported apart, so that a search never loads the
answerer and the checker.
"""
