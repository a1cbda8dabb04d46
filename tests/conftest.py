"""Fixtures for the whole suite."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public development data beside the checkout; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no development data at {SHARED.parent.name}/{SHARED.name} beside the project")
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs a GPU, weights or a network unless it was asked for by marker."""
    for item in items:
        for marker in ("gpu", "model", "network"):
            if item.get_closest_marker(marker) and marker not in str(item.config.option.markexpr):
                item.add_marker(pytest.mark.skip(reason=f"needs -m {marker}"))
