# One command for all checks; `.ci/run` calls the same ones in a clean environment.
PYTHON ?= .venv/bin/python
.PHONY: check lint types floors test
check: lint types floors test
lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
types:
	$(PYTHON) -m mypy
floors:
	$(dir $(PYTHON))lint-imports
test:
	$(PYTHON) -m pytest
