"""Whether what a judged set refers to is still there, after an index was brought up to date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from medrag.checker.registry import rules
from medrag.core.finding import Category
from medrag.core.span import Value
from medrag.evaluation.judged_set import Case, Expected, JudgedSet, Quotation
from medrag.evaluation.wording import bare
from medrag.pipeline.index import Index

Kind = Literal["document", "edition", "passage", "quotation", "span", "finding", "note"]


class Problem(Value):
    """Something a case says that does not hold for the index.

    Attributes:
        case: Its id.
        field: Such as `expect.quotations.1`.
        kind: What sort of reference; `note` breaks nothing.
        message: What is wrong and what to do.
    """

    case: str
    field: str
    kind: Kind
    message: str

    @property
    def is_broken(self) -> bool:
        """Whether a figure would be wrong."""
        return self.kind != "note"


def lint(judged: JudgedSet, index: Index) -> list[Problem]:
    """Return what is broken in a set over an index, in the order of the set.

    Documents that are gone or not in force on the day, passages that were cut anew, quotations
    and spans that no longer stand in their documents, findings that no rule has; and, as notes,
    cases that nobody signed or that say nothing.
    """
    looking = _Looking(judged, index)
    return [problem for case in judged.cases for problem in looking.at(case)]


class _Looking:
    """Looks a case's references up in an index."""

    def __init__(self, judged: JudgedSet, index: Index) -> None:
        self._judged = judged
        self._index = index
        sources = index.info().sources
        self._ids = {source.key: source.id for source in sources}
        self._ids |= {source.id: source.id for source in sources}
        self._findings = {*get_args(Category), *(rule.id for rule in rules())}
        self._bare = lru_cache(maxsize=None)(self._read)
        self._passages = lru_cache(maxsize=1)(self._cut)
        self._stale = lru_cache(maxsize=None)(self._not_in_force)

    def at(self, case: Case) -> Iterator[Problem]:
        """Yield what is broken in one case."""
        expected = case.expect
        if expected is None or expected == Expected():
            yield Problem(case=case.id, field="expect", kind="note", message="Nothing is expected.")
            return
        if case.judged_by is None or case.judged_on is None:
            message = "Nobody says that they judged it, or when."
            yield Problem(case=case.id, field="judged_by", kind="note", message=message)
        yield from self._documents(case, expected)
        yield from self._quotations(case, expected)
        for number, passage in enumerate(expected.passages):
            if passage not in self._passages():
                message = f"No passage has the id {passage!r}: quote it instead, or look it up."
                yield _problem(case, ("passages", number), "passage", message)
        for number, span in enumerate(expected.spans):
            if not self._stands(span.strip(" .,;:"), expected.documents, folded=True):
                message = "It stands in no such document."
                yield _problem(case, ("spans", number), "span", message)
        yield from self._named_findings(case, expected)

    def _documents(self, case: Case, expected: Expected) -> Iterator[Problem]:
        stale = self._stale(str(case.as_of or self._judged.as_of or ""))
        for name in ("documents", "not_documents"):
            for number, key in enumerate(getattr(expected, name)):
                if key not in self._ids:
                    message = f"The index has no document {key!r}."
                    yield _problem(case, (name, number), "document", message)
                elif name == "documents" and self._ids[key] in stale:
                    message = f"{key!r} is not in force: {stale[self._ids[key]]}."
                    yield _problem(case, (name, number), "edition", message)

    def _quotations(self, case: Case, expected: Expected) -> Iterator[Problem]:
        for name in ("quotations", "not_quotations"):
            quotations: tuple[Quotation, ...] = getattr(expected, name)
            among = expected.documents if name == "quotations" else ()
            for number, one in enumerate(quotations):
                where = (one.document,) if one.document else among
                if one.document and one.document not in self._ids:
                    message = f"The index has no document {one.document!r}."
                    yield _problem(case, (name, number), "document", message)
                elif not self._stands(one.text, where):
                    near = " It stands in another." if self._stands(one.text, ()) else ""
                    message = f"It stands, word for word, in no such document.{near}"
                    yield _problem(case, (name, number), "quotation", message)

    def _named_findings(self, case: Case, expected: Expected) -> Iterator[Problem]:
        for name, found in (
            ("findings", expected.findings or ()),
            ("not_findings", expected.not_findings),
        ):
            for number, one in enumerate(found):
                if one not in self._findings:
                    message = f"{one!r} is neither a category nor the id of a rule."
                    yield _problem(case, (name, number), "finding", message)

    def _stands(self, words: str, documents: Iterable[str], *, folded: bool = False) -> bool:
        """Return whether words stand in one of the documents; in any where none is named."""
        wanted = bare(words).casefold() if folded else bare(words)
        known = [self._ids[key] for key in documents if key in self._ids]
        for document in known or dict.fromkeys(self._ids.values()):
            text = self._bare(document)
            if wanted in (text.casefold() if folded else text):
                return True
        return False

    def _read(self, document: str) -> str:
        return bare(self._index.document(document).text)

    def _cut(self) -> frozenset[str]:
        documents = set(self._ids.values())
        return frozenset(p.id for one in documents for p in self._index.passages(one))

    def _not_in_force(self, day: str) -> dict[str, str]:
        as_of = date.fromisoformat(day) if day else None
        sources = self._index.info(as_of).sources
        return {source.id: source.not_in_force for source in sources if source.not_in_force}


def _problem(case: Case, place: tuple[str, int], kind: Kind, message: str) -> Problem:
    name, number = place
    return Problem(case=case.id, field=f"expect.{name}.{number}", kind=kind, message=message)
