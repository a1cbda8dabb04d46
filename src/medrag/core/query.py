"""Questions, filters and what retrieval returns."""

from __future__ import annotations

from datetime import date

from pydantic import Field, StrictBool

from medrag.core.document import Passage, Source, SourceKind
from medrag.core.patient import Patient
from medrag.core.place import place_of
from medrag.core.span import Value, WholeText


class Filters(Value):
    """Which sources may answer. They apply before ranking, so a filter never loses a hit.

    Empty tuples mean "any". Superseded and expired sources are out unless asked for.

    Attributes:
        dated_from, dated_until: First and last day on which a source may have become effective,
            or been published where it says no other day; sources without a day are out then.
        as_of: The day on which a source must be in force; today where None.
        include_superseded: Also search editions that are not in force.
    """

    kinds: tuple[SourceKind, ...] = ()
    specialties: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    document_ids: tuple[str, ...] = ()
    dated_from: date | None = None
    dated_until: date | None = None
    as_of: date | None = None
    include_superseded: StrictBool = False


class RetrievalSettings(Value):
    """How questions are understood and passages ranked: the table `[retrieval]` of the settings.

    Attributes:
        drug_names: Look for ingredients where brands are asked, and for brands and members of
            a class where those are.
        abbreviations: Look for what an abbreviation stands for, where the context decides.
        spelling: Look for the British spelling beside the American one, and back.
        synonyms: Look for clinical words where consumers' words are asked, and for other names
            of conditions and laboratory tests.
        misspellings: Look for the drug whose name was evidently meant.
        question_kind: Prefer passages under headings where such a question is answered, and the
            body of a document to its references and contents where these are not asked for.
        patient_context: Use the patient's facts as weak evidence.
        vocabulary: TOML file with an institution's own rows; None for none.
        reranker: Reads the best passages again: `cross-encoder:FOLDER`, `llm:NAME`; None for
            none.
        rerank_depth: How many passages it reads [1, 100].
    """

    drug_names: bool = True
    abbreviations: bool = True
    spelling: bool = True
    synonyms: bool = True
    misspellings: bool = True
    question_kind: bool = True
    patient_context: bool = True
    vocabulary: str | None = None
    reranker: str | None = None
    rerank_depth: int = Field(default=20, ge=1, le=100)


class Query(Value):
    """A question, with whom it is about and which sources may answer it."""

    text: WholeText
    filters: Filters = Field(default_factory=Filters)
    patient: Patient | None = None


class NotSearched(Value):
    """A part of the index that could not be searched for a question.

    Attributes:
        part: Which (`shard 2 of 3`); never an address.
        reason: Why, in words (`it gave no answer within 2 s`).
    """

    part: str
    reason: str


class UnreadPart(Value):
    """A part of a document that is in no index: a picture in its text, a scanned page.

    Attributes:
        document: The title of the document.
        path: Its file, as the index has it.
        reason: What is not read, and why.
    """

    document: str
    path: str
    reason: str


class Hit(Value):
    """A passage that retrieval returned, and where it comes from.

    Attributes:
        score: Higher is better; comparable within one retriever and one query only.
        rank: From 1, best first.
        retriever: The name of what ranked it (`dense`, `lexical`, `rrf`).
        in_force: False where the source is superseded or out of date at the query's day.
    """

    passage: Passage
    source: Source
    score: float
    rank: int
    retriever: str
    in_force: bool = True

    @property
    def place(self) -> str:
        """Where the passage stands, in words."""
        return place_of(self.source, self.passage.section, self.passage.pages)

    def _repr_html_(self) -> str:
        from medrag.core.html import hit_html

        return hit_html(self)


class Retrieved(Value):
    """What one search found, and what it could not search.

    Attributes:
        hits: Best first, ranks from 1; where parts of the index were not searched, those of the
            other parts, in the order and with the scores that they have in the whole.
        not_searched: Parts of the index without which the search was done; empty where it was
            whole.
        unread: What of the hits' documents is in no index, documents in the order of the hits.
    """

    hits: tuple[Hit, ...]
    not_searched: tuple[NotSearched, ...] = ()
    unread: tuple[UnreadPart, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether a part of the index was not searched."""
        return bool(self.not_searched)
