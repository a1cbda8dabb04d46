"""The index beside a twin that keeps everything in a dictionary and compares everything."""

from __future__ import annotations

import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from making_indexes import Built, build, cut_lines, make_document, make_vector
from medrag.core.query import Filters
from medrag.index import Store, verify
from medrag.index.terms import terms

KEYS = st.sampled_from(["a.txt", "b.md", "sub/c.txt", "d ä#?.txt", "e.txt"])
WORDS = ["examplazine", "otherazine", "β-blocker", "HbA1c", "10 mg/kg", "P2Y12", "AND", '"', "*"]
LINES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
TEXTS = st.lists(LINES, min_size=0, max_size=5).map("\n".join).filter(lambda text: text != "")
SOURCES = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["label", "guideline"]),
        "specialty": st.sampled_from(["Cardiology", "renal"]),
        "expires": st.sampled_from(["2020-01-01", "2099-01-01"]),
        "supersedes": st.sampled_from([("a.txt",), ("b.md",)]),
    },
)
AS_OF = date(2024, 6, 1)


class IndexTwin(RuleBasedStateMachine):
    """Adds, changes, renames and deletes files, fails some, and asks."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="medrag-twin-"))
        self.path = self.folder / "index"
        self.corpus: dict[str, tuple[str, dict[str, Any]]] = {}
        self.built: dict[str, tuple[str, dict[str, Any]]] = {}
        self.seen: set[str] = set()
        self.last: Built | None = None
        self.serials: dict[int, str] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @rule(key=KEYS, text=TEXTS, source=SOURCES)
    def put(self, key: str, text: str, source: dict[str, Any]) -> None:
        self.corpus[key] = (text, source)

    @precondition(lambda self: self.corpus)
    @rule(data=st.data(), source=SOURCES)
    def change_only_the_source(self, data: st.DataObject, source: dict[str, Any]) -> None:
        key = data.draw(st.sampled_from(sorted(self.corpus)))
        self.corpus[key] = (self.corpus[key][0], source)

    @precondition(lambda self: self.corpus)
    @rule(data=st.data(), new=KEYS)
    def rename(self, data: st.DataObject, new: str) -> None:
        self.corpus[new] = self.corpus.pop(data.draw(st.sampled_from(sorted(self.corpus))))

    @precondition(lambda self: self.corpus)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        del self.corpus[data.draw(st.sampled_from(sorted(self.corpus)))]

    @rule()
    def build(self) -> None:
        self.last = build(self.path, self.corpus)
        self.built = dict(self.corpus)
        texts = {line for text, _ in self.built.values() for line in text.splitlines() if line}
        assert set(self.last.embedded) == {t for t in self.last.embedded if t in texts}
        assert len(self.last.embedded) == len(set(self.last.embedded))

    @precondition(lambda self: self.last is not None)
    @rule()
    def build_again(self) -> None:
        assert self.last is not None
        first = build(self.path, self.built)
        again = build(self.path, self.built)
        assert (again.generation, again.embedded, again.plan.to_read) == (first.generation, [], ())

    @precondition(lambda self: self.last is not None)
    @invariant()
    def holds_what_was_built(self) -> None:
        with Store.open(self.path) as store:
            documents = {document.source.key: document for document in store.documents()}
            assert {key: d.text for key, d in documents.items()} == {
                key: text for key, (text, _) in self.built.items()
            }
            passages = []
            for key, document in documents.items():
                text, source = self.built[key]
                assert document == make_document(key, text, **source)
                assert store.passages_of(document.id) == cut_lines(document)
                passages += store.passages_of(document.id)
            assert len(store) == len(passages)
            assert {store.passage(row).id for row in range(len(store))} == {p.id for p in passages}
            self.compare_numbers(store)

    def compare_numbers(self, store: Store) -> None:
        """A permanent number never names another passage, in any generation."""
        for serial, row in zip(store._catalog.serials.tolist(), range(len(store)), strict=True):
            name = store.passage(row).id
            assert self.serials.setdefault(serial, name) == name

    @precondition(lambda self: self.last is not None)
    @rule(
        words=LINES,
        k=st.integers(1, 12),
        kinds=st.sampled_from([(), ("label",), ("LABEL",), ("label", "guideline")]),
        specialties=st.sampled_from([(), ("cardiology",)]),
        everything=st.booleans(),
    )
    def ask(
        self, words: str, k: int, kinds: Any, specialties: tuple[str, ...], everything: bool
    ) -> None:
        kinds = tuple(kind.lower() for kind in kinds)
        filters = Filters(
            kinds=kinds, specialties=specialties, as_of=AS_OF, include_superseded=everything
        )
        with Store.open(self.path) as store:
            mask = store.select(filters)
            allowed = np.ones(len(store), dtype=bool) if mask is None else mask
            assert allowed.tolist() == [
                self.passes(store.passage(row).document_id, store, filters)
                for row in range(len(store))
            ]
            question = make_vector(words)
            products = np.array(
                [make_vector(store.passage(row).text) @ question for row in range(len(store))]
            )
            scores, rows = store.dense(question[None], k, allowed=mask)
            assert allowed[rows].all()
            expected = -np.sort(-products[allowed])[:k] if len(products) else products
            np.testing.assert_allclose(scores[0], expected, atol=1e-3)
            wanted = set(terms(words))
            sharing = {
                row
                for row in range(len(store))
                if allowed[row] and wanted & set(terms(store.passage(row).text))
            }
            found = store.lexical(words, len(store) + 1, allowed=mask)
            assert {row for row, _ in found} == sharing
            assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
            assert store.lexical(words, k, allowed=mask) == found[:k]

    def passes(self, document_id: str, store: Store, filters: Filters) -> bool:
        source = store.document(document_id).source
        sources = [document.source for document in store.documents()]
        named = {(s.key, old) for s in sources for old in s.supersedes if old != s.key}
        ring = {pair for pair in named if pair[::-1] in named}
        replaced = {old for _, old in named - ring}
        in_force = source.in_date(AS_OF) and source.key not in replaced
        return (
            (filters.include_superseded or in_force)
            and (not filters.kinds or source.kind in filters.kinds)
            and (not filters.specialties or (source.specialty or "").lower() == "cardiology")
        )

    @precondition(lambda self: self.last is not None)
    @rule()
    def verify(self) -> None:
        assert verify(self.path) == []


TestIndexTwin = IndexTwin.TestCase
TestIndexTwin.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
