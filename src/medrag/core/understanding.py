"""How a question was understood, and why each hit ranks where it does.

The words of these values are read by clinicians: short, and without terms of the trade.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from medrag.core.query import Hit, NotSearched
from medrag.core.span import Value, WholeText

AddedKind = Literal[
    "brand",
    "ingredient",
    "related",
    "abbreviation",
    "spelling",
    "synonym",
    "misspelling",
    "patient",
]
"""Why words were added to a question."""


class Added(Value):
    """Words that are looked for beside those of the question.

    Attributes:
        asked: Words of the question that they stand for; empty where they stand for none (what
            is known of the patient).
        text: The words added; no query syntax.
        weight: What they count (0, 1]; 1 is as much as the words that they stand for.
        reason: Why, in a few words for a reader.
        source: The table and row that says so.
    """

    asked: WholeText
    text: WholeText
    weight: float = Field(gt=0, le=1)
    kind: AddedKind
    reason: str = ""
    source: str = ""


class QuestionKind(Value):
    """What is asked for (`dose`, `interaction`, ...) and the words that say so."""

    name: str
    told_by: WholeText


class HeadingPrior(Value):
    """Headings under which such a question is usually answered.

    Attributes:
        phrases: In lower case; a heading has one where it stands in it from a word's beginning.
        bonus: Added to the score of a passage under such a heading, in standard deviations of
            the scores among the candidates of the question.
        kind: The kind of question that looks there.
    """

    phrases: tuple[str, ...]
    bonus: float
    kind: str


class UnderstoodQuery(Value):
    """A question with everything that was read into it.

    Attributes:
        question: As asked, without tags.
        dense_text: What is embedded.
        added: In the order of the question; patient facts last.
        kinds: What is asked for, surest first; may be empty.
        headings: Where such an answer usually stands.
        notes: What was seen and deliberately not acted on (an abbreviation with two senses).
    """

    question: WholeText
    dense_text: WholeText
    added: tuple[Added, ...] = ()
    kinds: tuple[QuestionKind, ...] = ()
    headings: tuple[HeadingPrior, ...] = ()
    notes: tuple[str, ...] = ()

    def prior(self, section: Sequence[str]) -> tuple[float, str]:
        """Return the bonus of a passage by its heading path, and the kind that gives it.

        The best prior counts, priors never add up. (0.0, "") where no heading fits.
        """
        if not self.headings or not section:
            return 0.0, ""
        path = f" {' '.join(section).casefold()}"
        fitting = (
            (prior.bonus, prior.kind)
            for prior in self.headings
            if any(f" {phrase}" in path for phrase in prior.phrases)
        )
        return max(fitting, default=(0.0, ""))


class HitScores(Value):
    """What put a hit where it is; None where a part did not see it or did not run.

    Attributes:
        dense: Cosine of question and passage; `dense_rank` from 1 among the candidates.
        lexical: BM25 of the words; `lexical_rank` from 1 among the candidates.
        fused: Both together, before the bonus and the reranker.
        prior: Bonus for the headings above the passage; `prior_kind` says for which kind of
            question.
        rerank: The reranker's score.
        matched: Words of the question that the passage holds, in the order of the question.
        matched_added: Words added that it holds.
    """

    dense: float | None = None
    dense_rank: int | None = None
    lexical: float | None = None
    lexical_rank: int | None = None
    fused: float | None = None
    prior: float = 0.0
    prior_kind: str = ""
    rerank: float | None = None
    matched: tuple[str, ...] = ()
    matched_added: tuple[str, ...] = ()


class ExplainedHit(Value):
    """A hit and what put it there."""

    hit: Hit
    scores: HitScores


class Explanation(Value):
    """A search, explained: how the question was understood and why each hit ranks as it does.

    Attributes:
        hits: As the search returns them.
        answerable: Calibrated chance in [0, 1] that the hits answer the question; None where
            it is not estimated.
        not_searched: Parts of the index that could not be searched.
    """

    understood: UnderstoodQuery
    hits: tuple[ExplainedHit, ...]
    answerable: float | None = None
    not_searched: tuple[NotSearched, ...] = ()

    def _repr_html_(self) -> str:
        from medrag.core.html import explanation_html

        return explanation_html(self)
