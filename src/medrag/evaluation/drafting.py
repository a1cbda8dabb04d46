"""Draft cases from an index, for a person to turn into questions.

A draft has everything that takes long to look up (document, quotation word for word, the numbers
in it, the edition that it replaces) and a question that only points at the place. It is judged by
nobody until somebody writes the question and signs it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, get_args

from medrag.clinical import Content, read
from medrag.core.document import Document, SourceKind
from medrag.errors import InputError
from medrag.evaluation.judged_set import Case, Expected, JudgedSet, Quotation
from medrag.pipeline.index import Index
from medrag.text import citable

_SHORTEST, _LONGEST = 40, 400
"""Characters of a statement that is worth a question."""
_MARK = re.compile(r"(?:[-*•–]|\d{1,2}[.)]) +")
"""What stands before the words of a list item."""
DRAFT = "draft"
"""Tag of a case that nobody has looked at."""


class _Statement(NamedTuple):
    """One statement of a document, with what it says."""

    document: Document
    text: str
    section: tuple[str, ...]
    content: Content


def draft_set(
    index: Index, *, name: str = "draft", count: int = 50, seed: int = 0, as_of: date | None = None
) -> JudgedSet:
    """Return a set of draft cases over what is in force, spread evenly over the documents.

    Statements with a dose, a limit or a directive come first. A document that replaces another
    one forbids it.

    Args:
        index: An opened index.
        name: Of the set.
        count: The most cases.
        seed: Of the choice among statements that are worth the same.
        as_of: The day on which sources are to be in force; today where None.

    Raises:
        InputError: Nothing in the index is worth a question.
    """
    sources = index.info(as_of).sources
    chosen = random.Random(seed)  # noqa: S311 - a choice, no secret
    piles = []
    for source in sources:
        if source.not_in_force is None:
            pile = list(_statements(index.document(source.id)))
            chosen.shuffle(pile)
            piles.append(sorted(pile, key=_worth, reverse=True))
    replaced = {
        source.key: source.not_in_force.removeprefix("superseded by ").split(", ")
        for source in sources
        if source.not_in_force and source.not_in_force.startswith("superseded by ")
    }
    cases = [
        _case(number, statement, replaced)
        for number, statement in enumerate(_in_turn(piles, count), 1)
    ]
    if not cases:
        raise InputError("Nothing in this index is in force and says enough for a question.")
    return JudgedSet(name=name, as_of=as_of, cases=tuple(cases))


def _statements(document: Document) -> Iterator[_Statement]:
    for unit in citable(document.text):
        text = _unmarked(unit.span.of(document.text))
        if not _SHORTEST <= len(text) <= _LONGEST or unit.kind == "row":
            continue
        section = document.section_of(unit.span.start)
        path = section.path if section else ()
        yield _Statement(document, text, path, read(text))


def _unmarked(text: str) -> str:
    """Return a statement on one line, without the mark of a list item."""
    words = " ".join(text.split())
    mark = _MARK.match(words)
    return words[mark.end() :] if mark else words


def _worth(statement: _Statement) -> int:
    """Return how much a statement has that a question can be about."""
    content = statement.content
    directed = any(drug.polarity != "mention" for drug in content.drugs)
    dosed = any(drug.regimens for drug in content.drugs)
    return 2 * dosed + directed + bool(content.labs) + bool(content.drugs)


def _in_turn(piles: Sequence[Sequence[_Statement]], count: int) -> Iterator[_Statement]:
    """Yield the best of each pile, then the next best of each, until there are enough."""
    given = 0
    for place in range(max(map(len, piles), default=0)):
        for pile in piles:
            if place < len(pile) and given < count:
                given += 1
                yield pile[place]


def _case(number: int, statement: _Statement, replaced: dict[str, list[str]]) -> Case:
    source = statement.document.source
    subject = _subject(statement)
    about = f" about {subject}" if subject else ""
    under = f', under "{statement.section[-1]}"' if statement.section else ""
    older = tuple(key for key, newer in replaced.items() if source.key in newer)
    return Case(
        id=f"draft-{number:03d}",
        question=f'What does "{source.title}" say{about}{under}?',
        specialty=source.specialty,
        kind=source.kind if source.kind in get_args(SourceKind) else None,
        expect=Expected(
            status=("answered",),
            documents=(source.key,),
            not_documents=older,
            quotations=(Quotation(text=statement.text, document=source.key),),
            must=tuple((fact,) for fact in _facts(statement)),
        ),
        notes="Draft: write the question that a clinician would ask, strike what it need not "
        "say, and sign it (judged_by, judged_on).",
        tags=(DRAFT,),
    )


def _subject(statement: _Statement) -> str:
    """Return the first drug or analyte that a statement names; empty where it names none."""
    named = (*statement.content.drugs, *statement.content.labs)
    return min(named, key=lambda one: one.start).text if named else ""


def _facts(statement: _Statement) -> list[str]:
    """Return the doses that a statement gives, as they are written."""
    doses = (
        statement.text[regimen.start : regimen.end].strip(" .,;:")
        for drug in statement.content.drugs
        for regimen in drug.regimens
        if regimen.dose is not None
    )
    return list(dict.fromkeys(doses))
