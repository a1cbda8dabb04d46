"""Judged sets, runs, metrics and significance: an institution measures what it deploys."""

from medrag.evaluation.asking import Asking
from medrag.evaluation.judged_set import Case, Expected, JudgedSet
from medrag.evaluation.metric import Metric
from medrag.evaluation.reading import read_set
from medrag.evaluation.results import Results
from medrag.evaluation.run import Run, run
from medrag.evaluation.signature import signature_of

__all__ = [
    "Asking",
    "Case",
    "Expected",
    "JudgedSet",
    "Metric",
    "Results",
    "Run",
    "read_set",
    "run",
    "signature_of",
]
