"""Decoding under a grammar: mask, pick, and append what is forced without asking the model.

Once the first words of a quotation are chosen the rest of the sentence is forced; those tokens
go to the model together with the next step, so that about half of all steps are saved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from medrag.errors import BackendError

Pick = Callable[[torch.Tensor], int]
"""Chooses a token from logits of shape (vocabulary,)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was decoded.

    Attributes:
        tokens: The reply, without the stop token.
        stopped: Whether it ended by itself; False where it was cut.
        steps: How often the model ran after the prompt was read.
    """

    tokens: list[int]
    stopped: bool
    steps: int


class Guide:
    """A grammar at work for one reply.

    Args:
        tokenizer: An `llguidance.LLTokenizer` of the model's whole vocabulary.
        grammar: In Lark.

    Raises:
        BackendError: The grammar cannot be used; says the library's reason without its text.
    """

    def __init__(self, tokenizer: Any, grammar: str) -> None:
        import llguidance

        self._matcher = llguidance.LLMatcher(tokenizer, grammar, log_level=0)
        if self._matcher.is_error():
            reason = str(self._matcher.get_error()).splitlines()[0][:120]
            raise BackendError(f"The grammar of the answer was refused: {reason}.")

    def mask(self, logits: torch.Tensor) -> torch.Tensor:
        """Return the logits, shape (vocabulary,), with -inf for what may not come next."""
        packed = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.int32)
        words = torch.from_numpy(packed.copy()).to(logits.device)
        # Not llguidance's own kernel: it calls torch.compile, which needs a C++ compiler.
        shifts = torch.arange(32, dtype=torch.int32, device=logits.device)
        allowed = ((words[:, None] >> shifts) & 1).bool().flatten()[: logits.shape[-1]]
        return logits.masked_fill(~allowed, -torch.inf)

    def take(self, token: int) -> list[int]:
        """Take a picked token; return what is forced after it, already taken."""
        if not self._matcher.consume_token(token):
            raise BackendError("The decoder picked a token that the grammar does not allow.")
        forced = [] if self.finished else list(self._matcher.compute_ff_tokens())
        if forced:
            self._matcher.consume_tokens(forced)
        return forced

    @property
    def finished(self) -> bool:
        """Whether nothing may follow."""
        return bool(self._matcher.is_stopped())


@torch.inference_mode()
def decode(
    model: Any,
    prompt: Sequence[int],
    *,
    stops: frozenset[int],
    max_tokens: int,
    guide: Guide | None = None,
    pick: Pick = lambda logits: int(logits.argmax()),
) -> Decoded:
    """Return what `model` says after `prompt`, at most `max_tokens` tokens.

    Args:
        model: A transformers causal language model.
        prompt: Token ids.
        stops: Ids that end a reply.
        max_tokens: The most tokens of the reply.
        guide: What the reply must obey; free where None.
        pick: Chooses among the allowed; the most likely by default, the lowest id of ties.
    """
    cache: Any = None
    feed, steps = list(prompt), -1
    said: list[int] = []
    while len(said) < max_tokens:
        ids = torch.tensor([feed], device=model.device)
        out = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache, steps = out.past_key_values, steps + 1
        logits = out.logits[0, -1].float()
        if guide is not None:
            logits = guide.mask(logits)
        token = pick(logits)
        if token in stops:
            return Decoded(said, stopped=True, steps=steps)
        feed = [token, *(guide.take(token) if guide is not None else ())]
        ended = [place for place, one in enumerate(feed) if one in stops]
        said += feed[: ended[0]] if ended else feed
        if ended or (guide is not None and guide.finished):
            return Decoded(said, stopped=True, steps=steps)
    return Decoded(said[:max_tokens], stopped=False, steps=steps)
