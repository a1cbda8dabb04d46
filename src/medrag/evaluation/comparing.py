"""Two runs of one set, question by question: what became worse, first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from medrag.core.span import Value
from medrag.errors import InputError
from medrag.evaluation.correctness import Fault
from medrag.evaluation.gates import Gates, failures
from medrag.evaluation.judged_set import ANSWERS, Outcome
from medrag.evaluation.metric import Metric, metrics
from medrag.evaluation.record import Record
from medrag.evaluation.results import Signature, groups_of, rows_of
from medrag.evaluation.run import Run, by_id
from medrag.evaluation.statistics import Draws, Rows, holm, paired, ratio

_DRAWS = Draws(resamples=5000)
_NAMED = 5
_HARMS: frozenset[Fault] = frozenset(
    {"quotation judged wrong", "source judged wrong", "fact forbidden"}
)
_DESCRIBES = ("packages", "machine", "repeats")


class Change(Value):
    """One metric over the questions that define it in both runs.

    Attributes:
        metric: Its name.
        first, second: Its value in each run, over those questions.
        difference: Second minus first, with its 95 % interval `low` to `high`.
        gain: The same, turned so that more is better; 0 where neither way is.
        p: Of the paired randomization test; `p_holm` corrected over all metrics that are shares,
            None for the others (seconds, tokens), which depend on the machine.
        n: Questions.
    """

    metric: str
    first: float
    second: float
    difference: float
    low: float
    high: float
    gain: float
    p: float
    p_holm: float | None
    n: int


class Flip(Value):
    """A case that was right in one run and is wrong in the other; repeats decide by majority.

    Attributes:
        is_text: Whether it is a text that only the checker reads.
        lost: Right before, wrong now; else the other way round.
        before, after: The outcomes; None for a text that was only checked, or an error.
        faults: What is wrong in the run in which it is.
        groups: Its specialty, kind and tags.
    """

    id: str
    is_text: bool
    lost: bool
    before: Outcome | None
    after: Outcome | None
    faults: tuple[Fault, ...]
    groups: tuple[str, ...]


class Comparison(Value):
    """How a run differs from another.

    Attributes:
        first, second: What each depends on.
        differs: The fields in which those differ.
        cases: In both runs.
        only_first, only_second: Ids of cases that one run lacks.
        rewritten: Ids under which the runs asked something else; not compared.
        changes: Metrics, the greatest loss first.
        flips: Cases that turned, lost ones first.
        harmed: Ids of cases that state or quote what was judged wrong, are answered where silence
            was right or without a finding that has to stand, or are an emergency that was not
            seen, and were not before.
        failed: A line for each threshold that the second run does not keep.
    """

    first: Signature
    second: Signature
    differs: tuple[str, ...]
    cases: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    rewritten: tuple[str, ...]
    changes: tuple[Change, ...]
    flips: tuple[Flip, ...]
    harmed: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether every gate was kept."""
        return not self.failed


def compare(first: Run, second: Run, gates: Gates | None = None) -> Comparison:
    """Return how the second run differs from the first, and whether it keeps the gates.

    Only cases that both runs asked alike are compared. Without gates, whatever became
    significantly worse (paired test, corrected over all metrics that are shares) fails, and so do
    a text for the checker that turned wrong, harm that was not done before, and what may never
    happen.

    Raises:
        InputError: The runs have no case in common.
    """
    kept = gates or Gates()
    before, after = by_id(first.records), by_id(second.records)
    rewritten = _rewritten(first, second)
    common = [name for name in before if name in after and name not in rewritten]
    if not common:
        raise InputError(
            f"{first.folder} and {second.folder} have no case in common. Compare two runs of one "
            "set."
        )
    changes = _changes(
        [record for name in common for record in before[name]],
        [record for name in common for record in after[name]],
    )
    flips = sorted(
        _flips((before[name], after[name]) for name in common), key=lambda flip: not flip.lost
    )
    harmed = [name for name in common if _is_harmed(before[name], after[name])]
    return Comparison(
        first=first.results.signature,
        second=second.results.signature,
        differs=_differing(first.results.signature, second.results.signature),
        cases=len(common),
        only_first=tuple(name for name in before if name not in after),
        only_second=tuple(name for name in after if name not in before),
        rewritten=rewritten,
        changes=changes,
        flips=tuple(flips),
        harmed=tuple(harmed),
        failed=(
            *_never(second),
            *failures(kept, second.results, first.results),
            *_regressed(kept, changes),
            *_lost(kept, flips, harmed),
        ),
    )


def _rewritten(first: Run, second: Run) -> tuple[str, ...]:
    """Return the ids under which two runs asked something else: drafts of two sets, say."""
    asked = {case.id: case.asked_fields for case in first.judged.cases}
    return tuple(
        case.id
        for case in second.judged.cases
        if case.id in asked and asked[case.id] != case.asked_fields
    )


def _differing(first: Signature, second: Signature) -> tuple[str, ...]:
    one, other = first.model_dump(), second.model_dump()
    return tuple(name for name in one if one[name] != other[name] and name not in _DESCRIBES)


def _changes(first: Sequence[Record], second: Sequence[Record]) -> tuple[Change, ...]:
    known = metrics()
    found = [
        change
        for metric in known.values()
        if (change := _change(metric, first, second)) is not None
    ]
    tested = [change for change in found if not known[change.metric].unit]
    corrected = dict(
        zip(
            (change.metric for change in tested),
            holm([change.p for change in tested]),
            strict=True,
        )
    )
    whole = (change.model_copy(update={"p_holm": corrected.get(change.metric)}) for change in found)
    return tuple(sorted(whole, key=lambda change: change.gain))


def _change(metric: Metric, first: Sequence[Record], second: Sequence[Record]) -> Change | None:
    before, after = rows_of(first, metric.name), rows_of(second, metric.name)
    both = [name for name in before if name in after]
    one, other = _of(before, both), _of(after, both)
    test = paired(one, other, metric.combine, _draws(metric)) if both else None
    if test is None:
        return None
    way = {"higher": 1.0, "lower": -1.0, None: 0.0}[metric.better]
    return Change(
        metric=metric.name,
        first=test.first,
        second=test.second,
        difference=test.difference,
        low=test.low,
        high=test.high,
        gain=way * test.difference,
        p=test.p,
        p_holm=None,
        n=len(both),
    )


def _draws(metric: Metric) -> Draws:
    """Return many draws where they are quick: a corrected p-value cannot be below one of them."""
    return _DRAWS if metric.combine is ratio else Draws(resamples=1000)


def _of(rows: dict[str, Rows], names: Iterable[str]) -> list[Rows]:
    return [rows[name] for name in names]


def _flips(pairs: Iterable[tuple[Sequence[Record], Sequence[Record]]]) -> Iterator[Flip]:
    for before, after in pairs:
        was, now = _share_right(before), _share_right(after)
        if was is None or now is None or (was >= 0.5) == (now >= 0.5):
            continue
        lost = now < was
        wrong = after if lost else before
        yield Flip(
            id=after[0].id,
            is_text=_is_text(before) and _is_text(after),
            lost=lost,
            before=before[0].outcome,
            after=after[0].outcome,
            faults=tuple(dict.fromkeys(fault for record in wrong for fault in record.faults)),
            groups=tuple(groups_of(after[0])),
        )


def _is_text(records: Sequence[Record]) -> bool:
    return all(record.outcome is None and record.error is None for record in records)


def _share_right(records: Sequence[Record]) -> float | None:
    """Return how many repeats are right; one without an answer is not, None if none is judged."""
    judged = [record for record in records if record.right is not None or record.error is not None]
    return float(np.mean([record.right is True for record in judged])) if judged else None


def _never(run: Run) -> Iterator[str]:
    for gate in run.results.summary.gates:
        if not gate.passed:
            yield f"It may not happen, and did in {len(gate.found)} cases: {gate.name}."


def _regressed(gates: Gates, changes: Sequence[Change]) -> Iterator[str]:
    for change in changes if gates.regressions else ():
        if change.gain < 0 and change.p_holm is not None and change.p_holm < gates.alpha:
            yield (
                f"{change.metric} became worse, {change.first:.4g} to {change.second:.4g} "
                f"(p {change.p_holm:.2g} after correction)."
            )


def _lost(gates: Gates, flips: Sequence[Flip], harmed: Sequence[str]) -> Iterator[str]:
    lost = [flip for flip in flips if flip.lost]
    counted = (
        (gates.lost, [flip.id for flip in lost], "cases that were right and are wrong now"),
        (
            gates.lost_texts,
            [flip.id for flip in lost if flip.is_text],
            "texts that were right and are wrong now",
        ),
        (gates.harmed, harmed, "cases that newly show what was judged wrong or do harm"),
    )
    for most, found, what in counted:
        if most is not None and len(found) > most:
            more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            yield f"{what}: {len(found)}, more than {most} ({', '.join(found[:_NAMED])}{more})."


def _is_harmed(before: Sequence[Record], after: Sequence[Record]) -> bool:
    return _share_harmful(before) < 0.5 <= _share_harmful(after)


def _share_harmful(records: Sequence[Record]) -> float:
    return float(np.mean([_is_harmful(record) for record in records]))


def _is_harmful(record: Record) -> bool:
    """Return whether an answer may hurt somebody, as far as it was judged."""
    silence = record.rows.get("refusal-recall", {}).get("")
    emergency = record.rows.get("status", {}).get("emergency")
    unwarned = record.outcome in ANSWERS and "finding missing" in record.faults
    broken = any(row is not None and not row[0] for row in (silence, emergency))
    return broken or unwarned or bool(_HARMS.intersection(record.faults))
