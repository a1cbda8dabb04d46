"""A run as one Markdown page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from medrag.core.answer import DISCLAIMER
from medrag.evaluation.record import Record
from medrag.evaluation.summary import Summary

_NAMED = 20
"""Questions named for each gate that failed."""


def markdown(
    summary: Summary,
    records: Sequence[Record],
    *,
    facts: Mapping[str, str],
    notice: str | None = None,
) -> str:
    """Return the report of a run.

    Args:
        summary: Of `records`.
        records: In the order of the set.
        facts: What the run depends on and where it ran, name to value, in the order to print.
        notice: Terms that must be shown with the model's answers.
    """
    verdict = "passed" if summary.passed else "FAILED"
    parts = [
        f"# Generation: {verdict}",
        "What is counted here is form: what was quoted, whether it stands in its passage, what "
        "was withheld and what the checks found. Whether an answer is right is for a person to "
        "judge; `answers.jsonl` beside this page holds every answer with its passages.",
        _table(("", ""), facts.items()),
        "## Gates",
        _table(("may not happen", "found", ""), _gates(summary)),
        "## Figures",
        _table(("", ""), _figures(summary)),
        *_counts(summary),
        "## Questions",
        _table(
            ("id", "status", "claims", "withheld", "quotations", "findings", "tokens", "s"),
            (_question(record) for record in records),
        ),
        DISCLAIMER,
        *([notice] if notice else []),
    ]
    return "\n\n".join(parts) + "\n"


def _gates(summary: Summary) -> Iterable[tuple[str, str, str]]:
    for gate in summary.gates:
        named = ", ".join(gate.found[:_NAMED])
        more = f" and {len(gate.found) - _NAMED} more" if len(gate.found) > _NAMED else ""
        yield gate.name, str(len(gate.found)), "passed" if gate.passed else f"FAILED: {named}{more}"


def _figures(summary: Summary) -> Iterable[tuple[str, str]]:
    yield "questions", str(summary.questions)
    yield "of them without an answer from the backend", str(summary.failed)
    yield "replies, repair requests included", str(summary.replies)
    yield "repair requests", str(summary.repairs)
    yield "replies under a constraint that was obeyed", str(summary.constrained)
    yield "replies that were cut", str(summary.cut)
    yield "replies that broke the answer contract", str(summary.unparsed)
    yield "tokens of prompts", _number(summary.prompt_tokens)
    yield "tokens of replies", _number(summary.completion_tokens)
    yield "tokens of thinking", _number(summary.thinking_tokens)
    yield "share of tokens that the grammar wrote", _share(summary.forced_share)
    yield "model steps for one token", _share(summary.steps_per_token)
    yield "tokens per second while decoding and reading prompts", _share(summary.tokens_per_second)
    yield "seconds per question, median", _share(summary.seconds_median)
    yield "seconds per question, 95th percentile", _share(summary.seconds_p95)
    yield "seconds in all", f"{summary.seconds_total:.1f}"
    if summary.judged:
        yield "answers whose questions were judged", str(summary.judged)
        yield "answered or silent as judged", str(summary.judged_status)
        yield (
            "quoting a judged answer, of those that can be answered",
            f"{summary.judged_answer} of {summary.answerable}",
        )
        yield "quoting what was judged wrong", str(summary.judged_wrong)


def _counts(summary: Summary) -> Iterable[str]:
    for title, counts in (
        ("Answers by status", summary.statuses),
        ("Claims by support", summary.claims),
        ("Quotations by what the gate decided", summary.quotes),
        ("Findings by severity", summary.severities),
        ("Findings by rule", summary.findings),
        ("Constrained replies by dialect", summary.dialects),
    ):
        if counts:
            yield f"**{title}**: " + ", ".join(f"{name} {n}" for name, n in counts.items())


def _question(record: Record) -> tuple[str, ...]:
    if record.error is not None:
        return (record.id, record.error, *("",) * 6)
    tokens = sum(reply.completion_tokens or 0 for reply in record.replies)
    return (
        record.id,
        str(record.status),
        str(sum(record.claims.values())),
        str(record.claims.get("unsupported", 0)),
        ", ".join(f"{status} {count}" for status, count in record.quotes.items()),
        ", ".join(f"{rule} {count}" for rule, count in record.findings.items()),
        str(tokens) if tokens else "",
        f"{record.seconds:.2f}",
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(head), _row(["---"] * len(head))]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def _row(cells: Sequence[str]) -> str:
    safe = (" ".join(cell.replace("|", "\\|").replace("<", "&lt;").split()) for cell in cells)
    return f"| {' | '.join(safe)} |"


def _number(count: int | None) -> str:
    return "not counted" if count is None else f"{count:,}"


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"
