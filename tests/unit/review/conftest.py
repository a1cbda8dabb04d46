"""One checked answer about a fictional drug, and variations of it."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from making_answers import DOSE, checked_answer, finding, verified
from medrag.core.answer import CheckedAnswer

__all__ = ["DOSE", "finding", "verified"]

NOW = datetime(2031, 5, 1, 9, 0, tzinfo=timezone.utc)


@pytest.fixture
def answer() -> CheckedAnswer:
    return checked_answer()


@pytest.fixture
def critical(answer: CheckedAnswer) -> CheckedAnswer:
    findings = (
        finding("MED101", "critical"),
        finding("MED101", "critical"),
        finding("MED201", "critical"),
        finding("LAB101", "warning"),
    )
    return answer.model_copy(update={"status": "blocked", "findings": findings})
