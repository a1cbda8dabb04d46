"""A run in figures, and the gates that it has to pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from pydantic import Field

from medrag.core.span import Value
from medrag.core.trace import ReplyTrace
from medrag.evaluation.record import Record


class Gate(Value):
    """Something that may not happen, and how often it did.

    Attributes:
        name: What may not happen.
        found: In which questions it did, in the order of the set.
    """

    name: str
    found: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether it never happened."""
        return not self.found


class Summary(Value):
    """A run in figures; None where no reply says.

    Attributes:
        questions, failed: All, and those without an answer.
        statuses: Outcomes of the questions.
        claims, quotes, findings, severities: Summed over the records.
        replies: To questions and to repair requests.
        repairs: Replies to repair requests.
        constrained: Replies whose decoder obeyed the constraint.
        dialects: Those by dialect.
        cut: Replies that did not end by themselves.
        unparsed: Replies that broke the answer contract.
        prompt_tokens, completion_tokens, thinking_tokens: Summed over the replies that count.
        forced_share: Tokens of the replies that the grammar wrote, of those that say, in [0, 1].
        steps_per_token: How often the model ran for one token of a reply.
        tokens_per_second: Of replies and thinking, while the backend was at work.
        seconds_median, seconds_p95, seconds_total: From question to checked answer.
        gates: What may not happen; see `GATES`.
    """

    questions: int
    failed: int
    statuses: dict[str, int] = Field(default_factory=dict)
    claims: dict[str, int] = Field(default_factory=dict)
    quotes: dict[str, int] = Field(default_factory=dict)
    findings: dict[str, int] = Field(default_factory=dict)
    severities: dict[str, int] = Field(default_factory=dict)
    replies: int = 0
    repairs: int = 0
    constrained: int = 0
    dialects: dict[str, int] = Field(default_factory=dict)
    cut: int = 0
    unparsed: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    thinking_tokens: int | None = None
    forced_share: float | None = None
    steps_per_token: float | None = None
    tokens_per_second: float | None = None
    seconds_median: float | None = None
    seconds_p95: float | None = None
    seconds_total: float = 0.0
    gates: tuple[Gate, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every gate passed."""
        return all(gate.passed for gate in self.gates)


def _unverified(record: Record) -> bool:
    return record.not_verbatim > 0


def _unparsed(record: Record) -> bool:
    return any(
        reply.constrained and not reply.parsed and reply.finish_reason == "stop"
        for reply in record.replies
    )


def _invented(record: Record) -> bool:
    """Whether a decoder that can only copy copied what stands nowhere."""
    return any(
        reply.constrained and any(reply.quotes.get(status) for status in ("altered", "not_found"))
        for reply in record.replies
    )


def _unsupported(record: Record) -> bool:
    return record.unsupported > 0


GATES: tuple[tuple[str, Callable[[Record], bool]], ...] = (
    ("a quotation is shown that is not in its passage, character for character", _unverified),
    ("a claim is shown that no verified quotation supports", _unsupported),
    ("a constrained reply that ended by itself does not parse", _unparsed),
    ("a constrained reply quotes what stands in no passage", _invented),
    ("a question got no answer from the backend", lambda record: record.error is not None),
)
"""What may never happen: name, and whether it happened to a question."""


def summarize(records: Sequence[Record]) -> Summary:
    """Return the figures of a run and its gates."""
    answered = [record for record in records if record.error is None]
    replies = [reply for record in answered for reply in record.replies]
    seconds = sorted(record.seconds for record in answered)
    tokens = _total(reply.completion_tokens for reply in replies)
    return Summary(
        questions=len(records),
        failed=len(records) - len(answered),
        statuses=_added({record.outcome: 1} for record in answered if record.outcome),
        claims=_added(record.claims for record in answered),
        quotes=_added(record.quotes for record in answered),
        findings=_added(record.findings for record in answered),
        severities=_added(record.severities for record in answered),
        replies=len(replies),
        repairs=sum(max(0, len(record.replies) - 1) for record in answered),
        constrained=sum(reply.constrained for reply in replies),
        dialects=_added({str(reply.dialect): 1} for reply in replies if reply.dialect),
        cut=sum(reply.finish_reason != "stop" for reply in replies),
        unparsed=sum(not reply.parsed for reply in replies),
        prompt_tokens=_total(reply.prompt_tokens for reply in replies),
        completion_tokens=tokens,
        thinking_tokens=_total(reply.thinking_tokens for reply in replies),
        forced_share=_per_token(replies, "forced_tokens"),
        steps_per_token=_per_token(replies, "model_steps"),
        tokens_per_second=_rate(replies),
        seconds_median=median(seconds) if seconds else None,
        seconds_p95=seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))] if seconds else None,
        seconds_total=sum(seconds),
        gates=tuple(
            Gate(name=name, found=tuple(record.id for record in records if happened(record)))
            for name, happened in GATES
        ),
    )


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))


def _total(counts: Iterable[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _per_token(replies: Sequence[ReplyTrace], field: str) -> float | None:
    """Return a figure of the timings for each token of the replies that know it."""
    found = tokens = 0
    for reply in replies:
        value = getattr(reply.timings, field, None)
        if value is not None and reply.completion_tokens:
            found += value
            tokens += reply.completion_tokens + (reply.thinking_tokens or 0)
    return found / tokens if tokens else None


def _rate(replies: Sequence[ReplyTrace]) -> float | None:
    timed = [r for r in replies if r.timings is not None and r.completion_tokens is not None]
    seconds = sum(reply.timings.total_s for reply in timed if reply.timings is not None)
    tokens = sum((r.completion_tokens or 0) + (r.thinking_tokens or 0) for r in timed)
    return tokens / seconds if seconds > 0 and tokens else None
