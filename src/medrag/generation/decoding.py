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
from medrag.generation.writing import Allowed, Reply


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
        self._masks = Masks()

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
        self._pick([reply], logits)
        return states

    def _step(self, rows: Sequence[Job], states: KeyValues) -> None:
        logits = states.read(self._model, [job.reply.pending for job in rows])
        self._pick([job.reply for job in rows], logits)
        for job in rows:
            job.steps += 1

    def _pick(self, replies: Sequence[Reply], logits: torch.Tensor) -> None:
        """Let each reply take its next token from its row of `logits`."""
        # An accelerator still computes the logits while the masks are made: nothing waited for it.
        allowed = [reply.allowed(logits.shape[-1]) for reply in replies]
        scores = self._masks.apply(logits, allowed)
        best = scores.argmax(dim=-1).tolist()
        for reply, row, token in zip(replies, scores, best, strict=True):
            reply.pick(row, token)


class Masks:
    """Turns bits into scores: eight tokens a byte, looked up, because that is fast everywhere."""

    def __init__(self) -> None:
        bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
        added = np.where(bits == 1, 0.0, -np.inf).astype(np.float32)
        self._added = torch.from_numpy(added)

    def apply(self, logits: torch.Tensor, allowed: Sequence[Allowed | None]) -> torch.Tensor:
        """Return float32 scores, shape as `logits` (rows, vocabulary), forbidden ones -inf."""
        scores = logits.float()
        if all(bits is None for bits in allowed):
            return scores
        every = np.full(-(-scores.shape[-1] // 8), 0xFF, dtype=np.uint8)
        stacked = torch.from_numpy(np.stack([every if b is None else b for b in allowed]))
        self._added = self._added.to(scores.device)
        places = stacked.to(scores.device).flatten().int()
        added = self._added.index_select(0, places).view(len(allowed), -1)
        return scores + added[:, : scores.shape[-1]]
