"""Runs as pages for people and as files for machines that wait for a verdict."""

from medrag.evaluation.reports.junit import junit
from medrag.evaluation.reports.page import report
from medrag.evaluation.reports.sides import side_by_side
from medrag.evaluation.reports.trend import past_runs, trend

__all__ = ["junit", "past_runs", "report", "side_by_side", "trend"]
