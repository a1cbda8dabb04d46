"""What a person judged of the questions of a set, and how an answer does by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from medrag.core.answer import CheckedAnswer
from medrag.core.span import Value
from medrag.text import row_cells


class Judgement(Value):
    """What a good answer to one question rests on.

    Attributes:
        status: `abstained` where nothing in force answers the question.
        answers: Sentences, items or rows of the documents, word for word, white space apart, each
            of which answers it.
        wrong: Those that look like an answer and are none.
    """

    id: str
    status: Literal["answered", "abstained"]
    answers: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


class Judged(Value):
    """How one answer does.

    Attributes:
        status: Whether it answers what can be answered, and is silent where nothing does.
        answer: Whether it quotes a judged answer; None where there is none.
        wrong: Whether it quotes what was judged wrong.
    """

    status: bool
    answer: bool | None
    wrong: bool


def judge_answer(answer: CheckedAnswer, judgement: Judgement) -> Judged:
    """Return how `answer` does by what was judged of its question; only shown claims count."""
    shown = [_bare(text) for text in _shown(answer)]

    def quotes(sentences: tuple[str, ...]) -> bool:
        return any(_bare(sentence) in text for sentence in sentences for text in shown)

    answerable = judgement.status == "answered"
    return Judged(
        status=(answer.status != "abstained") == answerable,
        answer=quotes(judgement.answers) if answerable else None,
        wrong=quotes(judgement.wrong),
    )


def _shown(answer: CheckedAnswer) -> Iterator[str]:
    for claim in answer.quoted.claims:
        for quote in claim.quotes:
            if quote.match.verified and quote.match.text:
                yield quote.match.text


def _bare(text: str) -> str:
    """Return `text` without white space and table marks that only print it."""
    return " ".join(" ".join(row_cells(line)) for line in text.splitlines()).strip()
