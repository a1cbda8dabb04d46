"""Judged runs: what an answerer did over a set of questions, counted and held to stated gates."""

from medrag.evaluation.generation import Case, evaluate
from medrag.evaluation.judged import Judgement
from medrag.evaluation.record import Record
from medrag.evaluation.report import markdown
from medrag.evaluation.summary import Gate, Summary, summarize

__all__ = ["Case", "Gate", "Judgement", "Record", "Summary", "evaluate", "markdown", "summarize"]
