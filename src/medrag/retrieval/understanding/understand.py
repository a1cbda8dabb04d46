"""A question, understood: every part looks at it alone and says what it would add and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from medrag.clinical.tables import BRANDS_THAT_ARE_WORDS
from medrag.core.query import Query, RetrievalSettings
from medrag.core.understanding import Added, AddedKind, UnderstoodQuery
from medrag.retrieval.understanding.abbreviations import Context, Meant
from medrag.retrieval.understanding.kinds import heading_priors, kinds_of
from medrag.retrieval.understanding.misspelling import is_known, near_drugs
from medrag.retrieval.understanding.patients import Fact, facts_of, stated_facts
from medrag.retrieval.understanding.questions import Question, folded
from medrag.retrieval.understanding.spelling import other_spellings
from medrag.retrieval.understanding.vocabulary import (
    Drug,
    DrugClass,
    Name,
    Product,
    Sense,
    Synonyms,
    Vocabulary,
    vocabulary,
)
from medrag.retrieval.understanding.weights import UNDECIDED, WEIGHTS
from medrag.text.ordinary import ordinary_words
from medrag.text.tags import untagged

_MOST_ADDED = 16
_BRANDS = 2
"""Brand names that are looked for where an ingredient is asked."""
_CONSUMER_NAMES, _CLASS_NAMES = 2, 2
_LONGEST_FACT = 4
"""Words of a condition or an order of the patient that are looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of a question and what it may name, positions of its first and last word."""

    first: int
    last: int
    names: tuple[Name, ...]


def never(word: str) -> bool:
    """Return that no document is known to hold `word`."""
    del word
    return False


def understand(
    query: Query, settings: RetrievalSettings, *, stands: Callable[[str], bool] = never
) -> UnderstoodQuery:
    """Return what `query` asks, in the words in which documents may answer it.

    Args:
        query: The question, with the patient where one is known.
        settings: Which parts are on.
        stands: Tells whether a word stands in any document; such a word is not corrected.

    Raises:
        ConfigError: The institution's vocabulary cannot be read.
    """
    asked = untagged(query.text)
    reader = _Reader(Question(asked), vocabulary(settings.vocabulary), settings, stands)
    facts = reader.facts(query)
    kinds = kinds_of(reader.question) if settings.question_kind else ()
    about = [kind for _, kind, _ in facts if kind]
    added = tuple(reader.added(facts))[:_MOST_ADDED]
    return UnderstoodQuery(
        question=asked,
        dense_text=_corrected(asked, added),
        added=added,
        kinds=kinds,
        headings=heading_priors(kinds, about, reader.vocabulary.headings),
        notes=tuple(reader.notes),
    )


def _corrected(asked: str, added: Iterable[Added]) -> str:
    """Return the question with misspelled drug names corrected; nothing else is better embedded."""
    for more in added:
        if more.kind == "misspelling":
            asked = asked.replace(more.asked, more.text)
    return asked


class _Reader:
    """Reads one question with one vocabulary."""

    def __init__(
        self,
        question: Question,
        vocabulary: Vocabulary,
        settings: RetrievalSettings,
        stands: Callable[[str], bool],
    ) -> None:
        self.question = question
        self.vocabulary = vocabulary
        self.notes: list[str] = []
        self._settings = settings
        self._stands = stands
        self._found = list(self._find())
        self._said = set(question.keys)

    def added(self, facts: Iterable[Fact]) -> Iterator[Added]:
        """Yield what each part adds, in the order of the question; nothing twice.

        What the question says already is not added.
        """
        seen: set[tuple[str, str]] = set()
        spelled = list(self._spelled())
        self._said.update(more.text for more in spelled)
        for more in (*self._named(), *self._corrected(), *self._known(facts)):
            key = (folded(more.asked), folded(more.text))
            if key not in seen and not self._says(more.text):
                seen.add(key)
                yield more
        yield from spelled

    def facts(self, query: Query) -> list[Fact]:
        """Return what is known of the patient, from the record and from the question."""
        if not self._settings.patient_context:
            return []
        known = facts_of(query.patient) if query.patient is not None else ()
        return [*known, *stated_facts(self.question)]

    def _find(self) -> Iterator[Found]:
        """Yield the phrases that name something, longest first at each word."""
        keys = self.question.keys
        place = 0
        while place < len(keys):
            longest = self.vocabulary.longest.get(keys[place], 0)
            if not longest and keys[place].endswith("s"):
                longest = 1
            for last in range(min(place + longest, len(keys)) - 1, place - 1, -1):
                names = self._names(place, last)
                if names:
                    yield Found(place, last, names)
                    place = last
                    break
            place += 1

    def _names(self, first: int, last: int) -> tuple[Name, ...]:
        phrase = " ".join(self.question.keys[first : last + 1])
        names = self.vocabulary.names.get(phrase, ())
        if phrase.endswith("s"):
            names += self.vocabulary.names.get(phrase[:-1], ())
        if not names:
            return ()
        written = self.question.written(first, last)
        word = written.islower() and (phrase in ordinary_words() or phrase in BRANDS_THAT_ARE_WORDS)
        return tuple(name for name in names if not (word and name.of in {"brand", "product"}))

    def _named(self) -> Iterator[Added]:
        context = Context(self.question, self._clinical_words(), self._classes())
        read: set[str] = set()
        for found in self._found:
            asked = self.question.written(found.first, found.last)
            if asked in read:
                continue
            read.add(asked)
            senses = [name.row for name in found.names if isinstance(name.row, Sense)]
            if senses and self._settings.abbreviations:
                yield from self._senses(asked, context.meant(senses, found.first, found.last))
            for name in found.names:
                yield from self._others(asked, name)

    def _senses(self, asked: str, meant: Meant) -> Iterator[Added]:
        if meant.open:
            self.notes.append(f"{asked}: read as written; nothing tells what it stands for")
        if len(meant.senses) > 1:
            both = " or ".join(sense.long for sense in meant.senses)
            self.notes.append(f"{asked}: {both}? Nothing tells which; both are looked for")
        weight = WEIGHTS["abbreviation"] * (UNDECIDED if len(meant.senses) > 1 else 1)
        for sense in meant.senses:
            reason = f"{sense.short} stands for {sense.long}"
            long = _added(asked, sense.long, "abbreviation", reason=reason, source=sense.source)
            yield long.model_copy(update={"weight": weight})
            for other in sense.also:
                reason = f"goes with {sense.short}"
                yield _added(asked, other, "related", reason=reason, source=sense.source)

    def _others(self, asked: str, name: Name) -> Iterator[Added]:
        row = name.row
        if isinstance(row, Synonyms) and self._settings.synonyms:
            yield from _same_things(asked, row)
        if not self._settings.drug_names:
            return
        if isinstance(row, Drug):
            yield from _same_drug(asked, row, is_brand=name.of == "brand")
        elif isinstance(row, Product):
            holds = " and ".join(row.ingredients)
            text = " ".join(row.ingredients)
            reason = f"{asked} holds {holds}"
            yield _added(asked, text, "ingredient", reason=reason, source=row.source)
        elif isinstance(row, DrugClass):
            for other in islice(_distinct(row.names, asked), _CLASS_NAMES):
                reason = f"another name of {asked}"
                yield _added(asked, other, "synonym", reason=reason, source=row.source)

    def _spelled(self) -> Iterator[Added]:
        if not self._settings.spelling:
            return
        for place, other, source in other_spellings(self.question):
            asked = self.question.written(place, place)
            reason = f"{asked} is also spelled {other}"
            yield _added(asked, other, "spelling", reason=reason, source=source)

    def _corrected(self) -> Iterator[Added]:
        if not self._settings.misspellings:
            return
        taken = {at for found in self._found for at in range(found.first, found.last + 1)}
        for place, word in enumerate(self.question.keys):
            if place in taken or is_known(word, self.vocabulary, self._stands):
                continue
            near = near_drugs(word)
            asked = self.question.written(place, place)
            if len({one.key for one in near}) > 1:
                names = " or ".join(one.name for one in near)
                self.notes.append(f"{asked}: near to {names}; not corrected")
            elif near:
                reason = f"no word; {near[0].name} is nearest"
                yield _added(
                    asked, near[0].name, "misspelling", reason=reason, source="table of drugs"
                )

    def _known(self, facts: Iterable[Fact]) -> Iterator[Added]:
        for text, _, reason in facts:
            words = " ".join(text.split()[:_LONGEST_FACT])
            yield _added("", words, "patient", reason=reason, source="patient")

    def _clinical_words(self) -> str:
        """Return the clinical names of what the question calls otherwise."""
        rows = (name.row for found in self._found for name in found.names)
        return " ".join(folded(row.names[0]) for row in rows if isinstance(row, Synonyms))

    def _classes(self) -> set[str]:
        """Return the classes of all drugs that the question names."""
        rows = (name.row for found in self._found for name in found.names)
        return self.vocabulary.wider(
            key for row in rows if isinstance(row, Drug) for key in row.classes
        )

    def _says(self, text: str) -> bool:
        """Return whether the question holds all words of `text`, in either spelling and number."""
        return all(word in self._said or f"{word}s" in self._said for word in folded(text).split())


def _same_drug(asked: str, drug: Drug, *, is_brand: bool) -> Iterator[Added]:
    if is_brand:
        reason = f"{asked} is a brand of {drug.names[0]}"
        yield _added(asked, drug.names[0], "ingredient", reason=reason, source=drug.source)
        return
    for other in _distinct(drug.names, asked):
        reason = f"another name of {asked}"
        yield _added(asked, other, "ingredient", reason=reason, source=drug.source)
    for brand in drug.brands[:_BRANDS]:
        reason = f"a brand of {asked}"
        yield _added(asked, brand, "brand", reason=reason, source=drug.source)


def _same_things(asked: str, row: Synonyms) -> Iterator[Added]:
    clinical, *others = row.names
    if folded(asked) != folded(clinical):
        if f" {folded(asked).removesuffix('s')}" in f" {folded(clinical)}":
            return
        reason = f"{asked}, in clinical words"
        yield _added(asked, clinical, "synonym", reason=reason, source=row.source)
        return
    for other in others[:_CONSUMER_NAMES]:
        reason = f"another name of {asked}"
        yield _added(asked, other, "synonym", reason=reason, source=row.source)


def _distinct(names: Iterable[str], asked: str) -> Iterator[str]:
    """Yield the names that say it in other words, not in another number or with one word more."""
    said = [_bare(asked)]
    for name in names:
        bare = _bare(name)
        if not any(bare in one or one in bare for one in said):
            said.append(bare)
            yield name


def _bare(name: str) -> str:
    return folded(name).removesuffix("s").replace(" ", "")


def _added(asked: str, text: str, kind: AddedKind, *, reason: str, source: str) -> Added:
    weight = WEIGHTS[kind]
    return Added(asked=asked, text=text, weight=weight, kind=kind, reason=reason, source=source)
