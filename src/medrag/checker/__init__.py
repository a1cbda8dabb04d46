"""Checks medication and laboratory content against sourced tables: text + patient -> findings."""

from medrag.checker.batch import check_case, check_cases
from medrag.checker.engine import check
from medrag.checker.policy import Policy, load_policy
from medrag.checker.proof import run_cases
from medrag.checker.registry import describe, lint, rules

__all__ = [
    "Policy",
    "check",
    "check_case",
    "check_cases",
    "describe",
    "lint",
    "load_policy",
    "rules",
    "run_cases",
]
