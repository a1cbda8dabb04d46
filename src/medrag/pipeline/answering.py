"""Asks a model, and once more where what it says fails.

The same for every answerer. What a grammar held needs no mending. Of a free reply one request
names the quotations that stand nowhere; what is refused even then stays withheld.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from medrag.config import Settings
from medrag.core.answer import Claim, QuotedAnswer
from medrag.core.prompt import Completion, Decoding, Mode, Prompt
from medrag.core.protocols import LLM, Cancelled
from medrag.core.query import Hit, Query
from medrag.core.trace import ReplyTrace
from medrag.errors import BackendError, InputError
from medrag.generation import build_prompt
from medrag.generation.contract import ClaimReader
from medrag.generation.extractive import ExtractiveLLM
from medrag.generation.grammar import AnswerGrammar
from medrag.generation.repair import refused_prompt, unreadable_prompt
from medrag.pipeline.replies import Reading, judged, read_reply, refused_by_gate


class Outcome(NamedTuple):
    """What an answerer said in the end.

    Attributes:
        replies: One trace a reply.
        repair_error: Why the repair request got no reply.
    """

    quoted: QuotedAnswer
    replies: tuple[ReplyTrace, ...]
    repair_error: str | None = None


@dataclass(frozen=True, slots=True)
class Answerer:
    """Asks one model in one way.

    Attributes:
        llm: What answers.
        decoding: How a reply is decoded.
        quoting: How it quotes; None points where the decoder reads JSON schema only.
        max_claims: The most claims of one answer.
        repairs: Whether it is asked again where its reply fails.
    """

    llm: LLM
    decoding: Decoding
    quoting: Mode | None
    max_claims: int
    repairs: bool

    @classmethod
    def of(cls, llm: LLM, settings: Settings, *, mode: Mode | None = None) -> Answerer:
        """Return the answerer that the settings make of a model.

        Args:
            llm: What answers; a selection quotes whole and is never asked again.
            settings: How a reply is decoded, how long it may be and how it quotes.
            mode: How it quotes, whatever the settings say.
        """
        selects = isinstance(llm, ExtractiveLLM)
        quoting = None if settings.quoting == "auto" else settings.quoting
        return cls(
            llm,
            decoding=Decoding(
                max_tokens=settings.answer_tokens,
                think_tokens=settings.think_tokens,
                temperature=settings.temperature,
                seed=settings.seed,
                timeout_s=settings.reply_timeout_s,
            ),
            quoting=mode or ("quote" if selects else quoting),
            max_claims=settings.max_claims,
            repairs=not selects,
        )

    def prompt(self, query: Query, hits: Sequence[Hit]) -> Prompt:
        """Return the prompt that fits the model.

        Raises:
            InputError: The question is blank or does not fit the model's context.
        """
        mode = self.quoting
        if mode is None:
            mode = "pointer" if self.llm.dialect() == "json_schema" else "quote"
        return build_prompt(
            query,
            hits,
            llm=self.llm,
            decoding=self.decoding,
            mode=mode,
            max_claims=self.max_claims,
        )

    def complete(self, prompt: Prompt, cancelled: Cancelled | None) -> Completion:
        """Return the reply to `prompt`, under its grammar where the decoder reads one."""
        return self.llm.complete(
            prompt,
            constraint=self._constraint(prompt),
            decoding=self.decoding,
            cancelled=cancelled,
        )

    def complete_many(
        self, prompts: Sequence[Prompt], cancelled: Cancelled | None
    ) -> list[Completion]:
        """Return the reply to each prompt, as `complete` gives it."""
        return self.llm.complete_many(
            prompts,
            constraints=[self._constraint(prompt) for prompt in prompts],
            decoding=self.decoding,
            cancelled=cancelled,
        )

    def stream(self, prompt: Prompt, cancelled: Cancelled | None) -> Iterator[Claim | Completion]:
        """Yield the claims that the gate lets through, as they come; last the reply.

        The reply is the one that `complete` gives. No claim is yielded before every one of its
        quotations has been verified.

        Raises:
            BackendError: The answerer ended without a completion.
        """
        reader, read = ClaimReader(prompt), 0
        said = Completion(text="", model=self.llm.name)
        for event in self.llm.stream(
            prompt,
            constraint=self._constraint(prompt),
            decoding=self.decoding,
            cancelled=cancelled,
        ):
            if isinstance(event, Completion):
                yield event
                return
            for draft in reader.feed(event):
                read += 1
                claim = judged(draft, prompt, said)
                if claim.support == "supported" and read <= self.max_claims:
                    yield claim
        raise BackendError(f"{self.llm.name} ended its stream without a completion.")

    def read(self, completion: Completion, prompt: Prompt) -> Reading:
        """Return what a reply says after the gate."""
        return read_reply(completion, prompt, max_claims=self.max_claims)

    def settle(self, first: Reading, prompt: Prompt, cancelled: Cancelled | None) -> Outcome:
        """Return what a first reply comes to, after one repair where it fails."""
        asked = self._repair_prompt(first, prompt)
        if asked is None or (cancelled is not None and cancelled()):
            return Outcome(first.quoted, (first.trace,))
        try:
            reply = self.complete(asked, cancelled)
        except (BackendError, InputError) as error:
            return Outcome(first.quoted, (first.trace,), repair_error=str(error))
        second = self.read(reply, prompt)
        merged = _merged(first, second)
        kept = merged.claims[: self.max_claims]
        quoted = merged.model_copy(
            update={
                "claims": kept,
                "completion": first.quoted.completion,
                "repair": second.quoted.completion,
            }
        )
        return Outcome(quoted, (first.trace, second.trace))

    def _constraint(self, prompt: Prompt) -> AnswerGrammar | None:
        return None if self.llm.dialect() is None else constraint_of(prompt, self.max_claims)

    def _repair_prompt(self, first: Reading, prompt: Prompt) -> Prompt | None:
        if not self.repairs:
            return None
        if first.trace.error is not None:
            return unreadable_prompt(prompt, first.trace.error)
        if not first.failing:
            return None
        quotes = (quote for claim in first.failing for quote in claim.quotes)
        return refused_prompt(prompt, [q.quote for q in quotes if not q.match.verified])


def constraint_of(prompt: Prompt, max_claims: int) -> AnswerGrammar:
    """Return the grammar of answers to `prompt`, which offers only what the gate verifies.

    Every sentence goes through the gate before a model can say it: what a badly cut page makes
    of one now and then is not on offer.
    """
    return AnswerGrammar.of(prompt, max_claims=max_claims, refused=refused_by_gate(prompt))


def _merged(first: Reading, second: Reading) -> QuotedAnswer:
    """Return the first reply with what the second one mended.

    The claims that failed stay, withheld, unless as many came back supported.
    """
    if first.trace.error is not None:
        return first.quoted if second.trace.error is not None else second.quoted
    whole = [claim for claim in first.quoted.claims if claim.support == "supported"]
    said = {claim.text for claim in whole}
    mended = [
        claim
        for claim in second.quoted.claims
        if claim.support == "supported" and claim.text not in said
    ]
    failed = first.failing if len(mended) < len(first.failing) else []
    return first.quoted.model_copy(update={"claims": (*whole, *mended, *failed)})
