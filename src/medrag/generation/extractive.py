"""The answerer without a language model: whole statements that answer the question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medrag.core.prompt import GREEDY, Completion, Decoding, Dialect, Prompt
from medrag.core.protocols import Cancelled, Constraint, Embedder
from medrag.errors import InputError
from medrag.generation.asking import ABOUT_FORMER, FORMER
from medrag.generation.candidates import Candidate, candidates
from medrag.generation.one_by_one import complete_each, stream_whole
from medrag.generation.relevance import Evidence, Question
from medrag.generation.words import read_once
from medrag.text.tags import untagged

if TYPE_CHECKING:
    from medrag.core.protocols import Vectors

# Round weights near a logistic fit over five kinds of judged questions (ADR 0190): what each sign
# adds to the log odds that a statement answers, against silence.
_WEIGHTS = {
    "overlap": 5.0,
    "context": 2.3,
    "before": 1.5,
    "alike": 1.0,
    "phrase": 1.6,
    "asked": 0.6,
    "topic": 1.0,
    "case": 0.8,
    "left_open": -0.5,
    "studied": -0.6,
    "denied": -1.1,
}
_COSINE, _NEAREST, _RANK = 3.2, 1.0, 1.2
_SECTION, _ASIDE = 0.6, 0.15
_FITS, _OTHERS = 1.6, 7.0
_OTHER_DRUG, _OTHER_THING, _OTHER_TITLE, _UNMEANT = 4.4, 1.0, 3.0, 9.0
"""Lost by statements for other patients, about other drugs, conditions or documents, and where the
patients asked for are not named: set by hand, since an adult's dose must not answer for a child."""
_SILENCE = 6.0
"""Least sum of all that breaks the silence."""
THRESHOLD = 0.0
"""Least score of an answer; below it, silence."""
_BEHIND = 1.5
"""A further claim, or more of the first, may score this much less than the best."""
_REPEATS = 0.9
"""Cosine from which a statement says what another said."""
_EMBEDDED = 16
"""Candidates that are compared by meaning; the others share too few words to win."""
_is_former = read_once(FORMER)


@dataclass(frozen=True, slots=True)
class Scored:
    """One candidate with its score and what the score was made of.

    Attributes:
        score: Log odds that it answers, against silence; comparable between questions.
        cosine: Similarity of statement and question.
        row: Its row in the vectors that came with it.
    """

    candidate: Candidate
    score: float
    cosine: float
    evidence: Evidence
    row: int


class ExtractiveLLM:
    """Selects statements of the passages, each a claim with its own words as quotation.

    Args:
        embedder: Compares statements with the question.
        max_claims: The most statements of one answer, from 1.
        threshold: Least score of an answer.
    """

    context_tokens = 1_000_000

    def __init__(
        self, embedder: Embedder, *, max_claims: int = 4, threshold: float = THRESHOLD
    ) -> None:
        self._embedder = embedder
        self._max_claims = max_claims
        self._threshold = threshold
        self.name = f"extractive-1+{embedder.name}"

    def count_tokens(self, text: str) -> int:
        """Return the number of words of `text`."""
        return len(text.split())

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,  # noqa: ARG002
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,  # noqa: ARG002
    ) -> Completion:
        """Return the best statements in the answer contract, or that none answers.

        At most `max_claims` claims and `decoding.max_tokens` words of claims; no claim is ever
        cut. A statement that says what a better one said is passed over.

        Raises:
            InputError: The prompt has more than `context_tokens` words.
        """
        words = sum(self.count_tokens(message.content) for message in prompt.messages)
        if words > self.context_tokens:
            raise InputError(
                f"The prompt has {words} words; the context holds {self.context_tokens}."
            )
        claims = self._claims(*self.ranked(prompt))
        while sum(self.count_tokens(claim.text) for claim in claims) > decoding.max_tokens:
            claims.pop()
        return Completion(text=_reply(claims), model=self.name, constrained=True)

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield the whole reply, then its completion."""
        yield from stream_whole(
            self.complete(prompt, constraint=constraint, decoding=decoding, cancelled=cancelled)
        )

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the reply to each prompt, one after the other."""
        return complete_each(
            self, prompts, constraints=constraints, decoding=decoding, cancelled=cancelled
        )

    def dialect(self) -> Dialect | None:
        """Return None: it reads no constraint, and can only copy."""
        return None

    def ranked(self, prompt: Prompt) -> tuple[list[Scored], Vectors]:
        """Return the candidates, best first, and the vectors that their rows count."""
        asked = untagged(prompt.question)
        pool = candidates(prompt.hits)
        if not ABOUT_FORMER.search(asked):
            pool = [candidate for candidate in pool if not _is_former(candidate.core)]
        question = Question(asked, prompt.patient, pool)
        worded = [(candidate, question.evidence(candidate)) for candidate in pool]
        worded.sort(key=lambda pair: -_by_words(*pair))
        worded = worded[:_EMBEDDED]
        texts = [f"{candidate.lead} {candidate.core}".strip() for candidate, _ in worded]
        vectors = self._embedder.embed_passages(texts)
        cosines = (vectors @ self._embedder.embed_queries([asked])[0]).tolist()
        nearest = max(cosines, default=0.0)
        found = [
            Scored(
                candidate,
                _by_words(candidate, evidence) + _COSINE * cosine + _NEAREST * (cosine - nearest),
                cosine,
                evidence,
                row,
            )
            for row, ((candidate, evidence), cosine) in enumerate(zip(worded, cosines, strict=True))
        ]
        return sorted(found, key=lambda scored: (-scored.score, scored.row)), vectors

    def _claims(self, ranked: list[Scored], vectors: Vectors) -> list[Candidate]:
        """Return what is to be said, best first.

        A statement that also answers is a claim of its own, or, where it stands beside the
        first, read with it as one.
        """
        chosen: list[Scored] = []
        claims: list[Candidate] = []
        for scored in ranked:
            if len(claims) == self._max_claims or scored.score < self._threshold:
                break
            if scored.score < ranked[0].score - _BEHIND:
                break
            if any(float(vectors[scored.row] @ vectors[o.row]) >= _REPEATS for o in chosen):
                continue
            chosen.append(scored)
            both = claims[0].beside(scored.candidate) if claims else None
            if both is None:
                claims.append(scored.candidate)
            else:
                claims[0] = both
        return claims


def _by_words(candidate: Candidate, evidence: Evidence) -> float:
    score = _RANK / candidate.passage - _SILENCE
    for sign, weight in _WEIGHTS.items():
        score += weight * float(getattr(evidence, sign))
    score += (_SECTION if evidence.section > 0 else _ASIDE) * evidence.section
    score += _FITS * evidence.fit if evidence.fit > 0 else -_OTHERS * evidence.fit**2
    score -= _OTHER_DRUG * (1 - evidence.drugs) + _OTHER_THING * (1 - evidence.things)
    score -= _OTHER_TITLE * (1 - evidence.titled)
    return score if evidence.meant else score - _UNMEANT


def _reply(claims: list[Candidate]) -> str:
    fields: dict[str, object]
    if not claims:
        missing = "No statement of the retrieved passages answers this question."
        fields = {"status": "insufficient", "claims": [], "missing": missing}
    else:
        listed = [
            {
                "quotes": [{"p": claim.passage, "t": words} for words in claim.quotes],
                "claim": claim.text,
            }
            for claim in claims
        ]
        fields = {"status": "answered", "claims": listed}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def open_extractive(
    name: str, *, embedder: Embedder | None = None, max_claims: int = 4
) -> ExtractiveLLM:
    """Return the extractive answerer.

    Raises:
        InputError: There is no embedder.
    """
    if embedder is None:
        raise InputError(f"{name!r} needs the index's embedder: open_llm({name!r}, embedder=...).")
    return ExtractiveLLM(embedder, max_claims=max_claims)
