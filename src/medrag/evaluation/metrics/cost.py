"""What an answer costs: seconds and tokens."""

from __future__ import annotations

import numpy as np

from medrag.evaluation.judged_set import Case
from medrag.evaluation.metric import Metric, Parts
from medrag.evaluation.observed import Observed
from medrag.evaluation.statistics import Combine, Rows


def _seconds(_case: Case, observed: Observed) -> Parts:
    return {"": (observed.seconds,)}


def _quantile(share: float) -> Combine:
    def combined(rows: Rows) -> float | None:
        return float(np.quantile(rows[:, 0], share)) if len(rows) else None

    return combined


SECONDS = Metric(
    name="seconds",
    title="seconds for a case, median",
    definition="From the question to the checked answer, on the machine of the run.",
    undefined="No case.",
    source="medrag: Hyndman and Fan, The American Statistician 50(4), 1996, quantile type 7",
    measure=_seconds,
    combine=_quantile(0.5),
    better="lower",
    high=None,
    unit="s",
)
SECONDS_P95 = Metric(
    name="seconds-p95",
    title="seconds for a case, 95th percentile",
    definition="From the question to the checked answer, on the machine of the run.",
    undefined="No case.",
    source="medrag: Hyndman and Fan, The American Statistician 50(4), 1996, quantile type 7",
    measure=_seconds,
    combine=_quantile(0.95),
    better="lower",
    high=None,
    unit="s",
)


def _tokens(_case: Case, observed: Observed) -> Parts:
    replies = observed.replies
    counts = {
        "prompt": [reply.prompt_tokens for reply in replies],
        "reply": [reply.completion_tokens for reply in replies],
        "thinking": [reply.thinking_tokens for reply in replies],
    }
    known = {
        name: (float(sum(count or 0 for count in found)), 1.0)
        for name, found in counts.items()
        if any(count is not None for count in found)
    }
    return {"": (sum(count for count, _ in known.values()), 1.0), **known} if known else {}


TOKENS = Metric(
    name="tokens",
    title="tokens for a question",
    definition="Tokens of prompts, replies and thinking, repair requests included, as the "
    "backend counts them; the mean over the questions, and by part of each.",
    undefined="Replies that count no tokens.",
    source="medrag: what a server bills and a GPU spends",
    measure=_tokens,
    better="lower",
    high=None,
    unit="tokens",
)
