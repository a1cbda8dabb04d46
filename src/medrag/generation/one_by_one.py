"""Streams and batches made of single replies, one after the other or some at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event

from medrag.core.prompt import GREEDY, Completion, Decoding, Prompt
from medrag.core.protocols import LLM, Cancelled, Constraint


def stream_whole(completion: Completion) -> Iterator[str | Completion]:
    """Yield a reply that came at once the way a stream does: its text, then itself."""
    if completion.text:
        yield completion.text
    yield completion


def complete_each(
    llm: LLM,
    prompts: Sequence[Prompt],
    *,
    constraints: Sequence[Constraint | None] | None = None,
    decoding: Decoding = GREEDY,
    cancelled: Cancelled | None = None,
) -> list[Completion]:
    """Return what `llm.complete` says to each prompt, one after the other.

    Raises:
        ValueError: There is not one constraint a prompt.
    """
    paired = constraints_for(prompts, constraints)
    return [
        llm.complete(prompt, constraint=constraint, decoding=decoding, cancelled=cancelled)
        for prompt, constraint in zip(prompts, paired, strict=True)
    ]


def complete_at_once(
    llm: LLM,
    prompts: Sequence[Prompt],
    *,
    places: int,
    constraints: Sequence[Constraint | None] | None = None,
    decoding: Decoding = GREEDY,
    cancelled: Cancelled | None = None,
) -> list[Completion]:
    """Return what `llm.complete` says to each prompt, in order, `places` of them asked at a time.

    Where one fails the others are given up.

    Raises:
        ValueError: There is not one constraint a prompt.
    """
    paired = constraints_for(prompts, constraints)
    failed = Event()

    def stopped() -> bool:
        return failed.is_set() or (cancelled is not None and cancelled())

    def one(prompt: Prompt, constraint: Constraint | None) -> Completion:
        return llm.complete(prompt, constraint=constraint, decoding=decoding, cancelled=stopped)

    with ThreadPoolExecutor(max_workers=places) as pool:
        waiting = [pool.submit(one, *pair) for pair in zip(prompts, paired, strict=True)]
        try:
            wait(waiting, return_when=FIRST_EXCEPTION)
        finally:
            failed.set()  # where all are done, nobody asks any more
        return [reply.result() for reply in waiting]


def constraints_for(
    prompts: Sequence[Prompt], constraints: Sequence[Constraint | None] | None
) -> list[Constraint | None]:
    """Return one constraint a prompt, None for each where there are none.

    Raises:
        ValueError: Their numbers differ.
    """
    if constraints is None:
        return [None] * len(prompts)
    if len(constraints) != len(prompts):
        raise ValueError(f"{len(prompts)} prompts need as many constraints, got {len(constraints)}")
    return list(constraints)
