"""Decoding under a grammar: mask, pick, and append what is forced without asking the model.

Once the first words of a quotation are chosen the rest of the sentence is forced; those tokens
go to the model together with the next step, so that about half of all steps are saved. Several
replies are written at once; one that is finished leaves, and the next prompt takes its place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from medrag.core.protocols import Cancelled
from medrag.generation.keyvalues import KeyValues
from medrag.generation.prefixes import Prompts
from medrag.generation.writing import Reply


@dataclass(slots=True, kw_only=True)
class Job:
    """One prompt and the reply to it that is under way.

    Attributes:
        prompt: Token ids, with what opens the thinking where there is any.
        reply: Grows while the job is under way.
        steps: How often the model ran for it after the prompt was read.
    """

    prompt: Sequence[int]
    reply: Reply
    steps: int = 0


class Decoder:
    """Writes replies with one model.

    Args:
        model: A transformers causal language model.
        prompts: Reads prompts with the same model.
        rows: The most replies under way at once.
    """

    def __init__(self, model: Any, prompts: Prompts, *, rows: int = 1) -> None:
        self._model, self._prompts, self._most = model, prompts, rows

    @torch.inference_mode()
    def run(self, jobs: Sequence[Job], cancelled: Cancelled = lambda: False) -> Iterator[Job]:
        """Write the replies of `jobs`, and yield a job each time its reply may have grown.

        Before each step, and between the pieces of a prompt, `cancelled` is asked and the time
        of each reply looked at. Closing the iterator stops all of them.
        """
        waiting = deque(jobs)
        rows: list[Job] = []
        states: KeyValues | None = None
        while waiting or rows:
            while waiting and len(rows) < self._most:
                job = waiting.popleft()
                begun = self._begin(job, [one.prompt for one in waiting], cancelled)
                if begun is not None:
                    states = begun if states is None else states.joined(begun)
                    rows.append(job)
                yield job
            for job in rows:
                job.reply.expire(cancelled)
            left = [place for place, job in enumerate(rows) if job.reply.finish is None]
            if states is not None and len(left) < len(rows):
                states = states.kept(left) if left else None
                rows = [rows[place] for place in left]
            if states is not None:
                self._step(rows, states)
                yield from rows

    def _begin(
        self, job: Job, upcoming: Sequence[Sequence[int]], cancelled: Cancelled
    ) -> KeyValues | None:
        """Read a prompt and pick the first token; None where the reply ended before."""
        reply = job.reply
        reply.begin()
        read = self._prompts.read(
            [*job.prompt, *reply.pending],
            upcoming=upcoming,
            stop=lambda: reply.expire(cancelled) is not None,
        )
        if read is None:
            return None
        states, logits = read
        _pick([reply], logits)
        return states

    def _step(self, rows: Sequence[Job], states: KeyValues) -> None:
        logits = states.read(self._model, [job.reply.pending for job in rows])
        _pick([job.reply for job in rows], logits)
        for job in rows:
            job.steps += 1


def _pick(replies: Sequence[Reply], logits: torch.Tensor) -> None:
    """Let each reply take its next token from its row of `logits`."""
    width = logits.shape[-1]
    # The masks are made while an accelerator still computes the logits: nothing waits for it yet.
    masks = [reply.allowed(width) for reply in replies]
    scores = logits.float()
    if any(mask is not None for mask in masks):
        rows = [np.ones(width, dtype=np.bool_) if mask is None else mask for mask in masks]
        allowed = torch.from_numpy(np.stack(rows)).to(logits.device)
        scores = scores.masked_fill(~allowed, -torch.inf)
    best = scores.argmax(dim=-1).tolist()
    for reply, row, token in zip(replies, scores, best, strict=True):
        reply.pick(row, token)
