"""Building and reading: what is read again, what is embedded again, what is answered."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from making_indexes import (
    DIM,
    build,
    cut_lines,
    make_document,
    make_recipe,
    make_state,
    make_vector,
)
from medrag.core.query import Filters
from medrag.errors import IndexStateError, InputError
from medrag.index import IndexWriter, Store, commit, manifest, verify
from medrag.index.lexical import worn

CORPUS = {
    "label.txt": ("Examplazine 10 mg daily\nNot in pregnancy", {"kind": "label"}),
    "sub/guide.md": ("Target HbA1c 7 %\nStart examplazine", {"kind": "guideline"}),
}


@pytest.fixture
def path(tmp_path):
    build(tmp_path / "index", CORPUS)
    return tmp_path / "index"


def texts(path) -> dict[str, str]:
    with Store.open(path) as store:
        return {document.source.key: document.text for document in store.documents()}


def test_an_unchanged_corpus_embeds_nothing_and_writes_no_generation(path):
    before = {file: file.stat().st_mtime_ns for file in path.rglob("*.dat")}
    again = build(path, CORPUS)
    assert (again.generation, again.embedded, again.plan.to_read) == (1, [], ())
    assert {file: file.stat().st_mtime_ns for file in path.rglob("*.dat")} == before


def test_a_changed_line_is_embedded_and_the_others_are_not(path):
    text = "Examplazine 20 mg daily\nNot in pregnancy"
    changed = build(path, {**CORPUS, "label.txt": (text, {"kind": "label"})})
    assert changed.embedded == ["Examplazine 20 mg daily"]
    assert texts(path)["label.txt"] == text
    with Store.open(path) as store:
        assert store.lexical("10", 5) == []


def test_a_move_embeds_nothing_and_leaves_no_trace_of_the_old_key(path):
    moved = build(path, {"new.txt": CORPUS["label.txt"], "sub/guide.md": CORPUS["sub/guide.md"]})
    assert moved.plan.moved == (("new.txt", "label.txt"),)
    assert moved.embedded == []
    assert set(texts(path)) == {"new.txt", "sub/guide.md"}


def test_a_move_is_seen_without_pruning_too(path):
    build(path, {"new.txt": CORPUS["label.txt"]}, prune=False)
    assert set(texts(path)) == {"new.txt", "sub/guide.md"}


def test_a_change_of_metadata_embeds_nothing_and_keeps_the_passages(path):
    with Store.open(path) as store:
        before = [store.passage(row) for row in range(len(store))]
    text, _ = CORPUS["label.txt"]
    fields = {"kind": "label", "expires": date(2020, 1, 1), "publisher": "Northfield"}
    changed = build(path, {**CORPUS, "label.txt": (text, fields)})
    assert changed.embedded == []
    with Store.open(path) as store:
        assert [store.passage(row) for row in range(len(store))] == before
        assert store.manifest.next_row == len(before)
        mask = store.select(Filters())
        assert mask.tolist() == [False, False, True, True]


def test_files_that_are_gone_stay_unless_pruned(path):
    some = {"label.txt": CORPUS["label.txt"]}
    kept = build(path, some, prune=False)
    assert (kept.plan.kept, kept.generation) == (("sub/guide.md",), 1)
    pruned = build(path, some)
    assert (pruned.plan.removed, pruned.generation) == (("sub/guide.md",), 2)
    assert set(texts(path)) == {"label.txt"}


def test_a_file_that_cannot_be_read_is_listed_retried_and_answers_from_before(path):
    broken = {**CORPUS, "label.txt": (None, {}), "new.txt": (None, {})}
    assert build(path, broken).generation == 2
    with Store.open(path) as store:
        failed = {failure.key: failure for failure in store.manifest.failed}
        assert (failed["label.txt"].kept, failed["new.txt"].kept) == (True, False)
        assert failed["new.txt"].reason == "not readable"
    assert texts(path)["label.txt"] == CORPUS["label.txt"][0]
    again = build(path, broken)
    assert (again.generation, set(again.plan.retried)) == (2, {"label.txt", "new.txt"})
    assert build(path, CORPUS).generation == 3
    with Store.open(path) as store:
        assert store.manifest.failed == ()


def test_a_new_loader_version_reads_again_and_embeds_only_what_differs(path):
    with IndexWriter(path, recipe=make_recipe()) as writer:
        states = [make_state(key, CORPUS[key], loader_version=2) for key in CORPUS]
        plan = writer.plan(states)
        assert len(plan.to_read) == 2
        for state in plan.to_read:
            text, fields = CORPUS[state.key]
            document = make_document(state.key, text, **fields)
            writer.add(state, [document], cut_lines(document))
        assert writer.missing == 0
        writer.commit()
    with Store.open(path) as store:
        assert store.manifest.next_row == 4


def test_another_chunker_version_reads_every_file_again(path):
    with IndexWriter(path, recipe=make_recipe(chunker_version=2)) as writer:
        assert len(writer.plan([make_state(key, CORPUS[key]) for key in CORPUS]).to_read) == 2


def test_another_embedder_embeds_everything_again(path):
    changed = build(path, CORPUS, embedder="second")
    assert len(changed.embedded) == 4
    with Store.open(path) as store:
        assert store.embedder_name == "second"
        scores, _ = store.dense(make_vector("Start examplazine", "second")[None], 1)
        assert scores[0, 0] == pytest.approx(1.0, abs=1e-3)


def test_another_embedder_refuses_to_keep_vectors_of_the_first(path):
    with pytest.raises(IndexStateError, match="first, now second"):
        build(path, {"label.txt": CORPUS["label.txt"]}, embedder="second", prune=False)
    assert set(texts(path)) == set(CORPUS)


def test_one_text_in_many_places_is_embedded_once(tmp_path):
    corpus = {f"{name}.txt": ("same line\nsame line", {}) for name in "abc"}
    assert build(tmp_path / "index", corpus).embedded == ["same line"]


def test_two_files_with_one_document_give_its_passages_once(tmp_path):
    path = tmp_path / "index"
    document = make_document("given-key", "one\ntwo")
    states = [make_state("a.txt", 1), make_state("b.txt", 2)]

    def write(given):
        with IndexWriter(path, recipe=make_recipe()) as writer:
            for state in writer.plan(given, prune=True).to_read:
                writer.add(state, [document], cut_lines(document))
            for batch in writer.batches():
                writer.put(batch, np.stack([make_vector(text) for text in batch.texts]))
            writer.commit()
        with Store.open(path) as store:
            return len(store), len(list(store.documents()))

    assert write(states) == (2, 1)
    assert write(states[1:]) == (2, 1)
    assert write([]) == (0, 0)


def test_an_interrupted_build_embeds_only_the_rest(tmp_path):
    corpus = {"a.txt": ("\n".join(f"line {n}" for n in range(10)), {})}

    def stop(number):
        if number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "index", corpus, before_batch=stop)
    assert build(tmp_path / "index", corpus).embedded == ["line 8", "line 9"]


def test_vectors_of_an_interrupted_build_by_another_embedder_are_not_used(tmp_path):
    def stop(number):
        if number == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "index", CORPUS, batch=2, before_batch=stop)
    assert len(build(tmp_path / "index", CORPUS, embedder="second").embedded) == 4


def test_leaving_without_commit_changes_nothing(path):
    with IndexWriter(path, recipe=make_recipe()) as writer:
        writer.plan([], prune=True)
    assert set(texts(path)) == set(CORPUS)


def test_a_commit_refuses_texts_without_vectors(tmp_path):
    with IndexWriter(tmp_path / "index", recipe=make_recipe()) as writer:
        document = make_document("a.txt", "one")
        writer.add(make_state("a.txt", 1), [document], cut_lines(document))
        with pytest.raises(ValueError, match="1 texts have no vector"):
            writer.commit()


@pytest.mark.parametrize(
    "vectors",
    [np.ones((1, DIM)), np.zeros((1, DIM)), np.full((1, DIM), np.nan), np.ones((2, DIM)) / 4],
)
def test_vectors_that_are_not_unit_vectors_are_refused(tmp_path, vectors):
    with IndexWriter(tmp_path / "index", recipe=make_recipe()) as writer:
        document = make_document("a.txt", "one")
        writer.add(make_state("a.txt", 1), [document], cut_lines(document))
        with pytest.raises(ValueError, match="vectors need"):
            writer.put(next(writer.batches()), vectors.astype(np.float32))


def test_contexts_are_searched_and_embedded_but_not_part_of_the_text(tmp_path):
    path = tmp_path / "index"
    with IndexWriter(path, recipe=make_recipe()) as writer:
        document = make_document("a.txt", "Take 10 mg.")
        writer.add(
            make_state("a.txt", 1), [document], cut_lines(document), contexts=["Examplazine > Dose"]
        )
        batch = next(writer.batches())
        assert batch.texts == ("Examplazine > Dose\nTake 10 mg.",)
        writer.put(batch, make_vector("any")[None])
        writer.commit()
    with Store.open(path) as store:
        ((row, _),) = store.lexical("examplazine", 5)
        assert store.passage(row).text == "Take 10 mg."


def test_a_passage_of_a_strange_document_is_refused(tmp_path):
    with IndexWriter(tmp_path / "index", recipe=make_recipe()) as writer:
        other = make_document("b.txt", "two")
        with pytest.raises(ValueError, match="none of the documents"):
            writer.add(make_state("a.txt", 1), [make_document("a.txt", "one")], cut_lines(other))


def test_any_character_survives(tmp_path):
    text = "lone \ud800 surrogate\nnul \0 byte\n\u202eright to left 漢字 ≥ µ\nline\u2028separator"
    document = make_document("e.txt", "x")
    document = document.model_copy(update={"text": text})
    passages = cut_lines(document)
    with IndexWriter(tmp_path / "index", recipe=make_recipe()) as writer:
        writer.add(make_state("e.txt", 1), [document], passages)
        for batch in writer.batches():
            vectors = [make_vector(repr(text)) for text in batch.texts]
            writer.put(batch, np.stack(vectors))
        writer.commit()
    with Store.open(tmp_path / "index") as store:
        assert store.document(document.id) == document
        assert store.passages_of(document.id) == passages


def test_small_updates_do_not_copy_a_large_part(tmp_path):
    path = tmp_path / "index"
    corpus = {"big.txt": ("\n".join(f"line {n}" for n in range(5000)), {})}
    build(path, corpus, batch=5000)
    for number in range(6):
        corpus[f"{number}.txt"] = (f"small {number}", {})
        build(path, corpus)
    with Store.open(path) as store:
        assert [(part.name, part.rows) for part in store.manifest.parts] == [
            ("000001", 5000),
            ("000007", 6),
        ]
        assert store.dense(make_vector("small 3")[None], 1)[0][0, 0] == pytest.approx(1, abs=1e-3)
        assert len(store.lexical("small", 10)) == 6
    del corpus["big.txt"]
    build(path, corpus)
    with Store.open(path) as store:
        assert (len(store), store.manifest.dead) == (6, 0)


def test_filters_compare_without_regard_to_case_and_leave_out_what_says_nothing(tmp_path):
    corpus = {
        "a.txt": ("one", {"specialty": "Cardiology", "jurisdiction": "US", "publisher": "A  B"}),
        "b.txt": ("two", {"specialty": "renal"}),
        "c.txt": ("three", {}),
    }
    build(tmp_path / "index", corpus)
    with Store.open(tmp_path / "index") as store:
        assert store.select(Filters()) is None
        assert store.select(Filters(specialties=("CARDIOLOGY",))).tolist() == [True, False, False]
        assert store.select(Filters(publishers=("a b",))).tolist() == [True, False, False]
        assert store.select(Filters(jurisdictions=("uk",))).tolist() == [False] * 3
        several = Filters(specialties=("renal", "cardiology"))
        assert store.select(several).tolist() == [True, True, False]
        wanted = store.passage(2).document_id
        assert store.select(Filters(document_ids=(wanted, "none"))).tolist() == [
            False,
            False,
            True,
        ]


def test_a_filter_of_days_takes_the_day_of_effect_before_that_of_publication(tmp_path):
    corpus = {
        "a.txt": ("one", {"effective": date(2020, 1, 1), "published": date(2010, 1, 1)}),
        "b.txt": ("two", {"published": date(2022, 6, 30)}),
        "c.txt": ("three", {}),
    }
    build(tmp_path / "index", corpus)
    with Store.open(tmp_path / "index") as store:

        def allowed(**days: date) -> list[bool]:
            return store.select(Filters(**days)).tolist()

        assert allowed(dated_from=date(2015, 1, 1)) == [True, True, False]
        assert allowed(dated_until=date(2020, 1, 1)) == [True, False, False]
        assert allowed(dated_from=date(2022, 6, 30)) == [False, True, False]
        assert allowed(dated_from=date(2022, 7, 1)) == [False, False, False]


def test_hits_say_whether_they_are_in_force_on_the_day_asked_about(tmp_path):
    corpus = {
        "old.txt": ("old advice", {"effective": date(2010, 1, 1)}),
        "new.txt": ("new advice", {"effective": date(2020, 1, 1), "supersedes": ("old.txt",)}),
    }
    build(tmp_path / "index", corpus)
    with Store.open(tmp_path / "index") as store:
        ranked = [(0, 2.0), (1, 1.0)]
        hits = store.hits(ranked, retriever="lexical")
        assert [(hit.rank, hit.score, hit.in_force) for hit in hits] == [
            (1, 2.0, False),
            (2, 1.0, True),
        ]
        hits = store.hits(ranked, retriever="lexical", as_of=date(2015, 1, 1))
        assert [hit.in_force for hit in hits] == [True, False]
        assert store.select(Filters(as_of=date(2015, 1, 1))).tolist() == [True, False]
        assert store.select(Filters(include_superseded=True)) is None
        assert store.superseded() == {"old.txt": ("new.txt",)}
        assert store.superseded(date(2015, 1, 1)) == {}


def test_what_is_not_there_is_said(path):
    with Store.open(path) as store:
        with pytest.raises(InputError, match="no document has the id"):
            store.document("none")
        with pytest.raises(IndexError):
            store.passage(4)
        with pytest.raises(ValueError, match=r"shape \(n, 16\)"):
            store.dense(np.ones((1, 3), dtype=np.float32), 1)


def test_no_index_is_said_with_what_to_do(tmp_path):
    with pytest.raises(IndexStateError, match="medrag index build"):
        Store.open(tmp_path / "none")
    with pytest.raises(IndexStateError, match="no index here"):
        verify(tmp_path / "none")
    with pytest.raises(IndexStateError):
        verify(tmp_path)


def test_another_format_is_refused_with_its_number(path):
    fields = json.loads((path / "CURRENT").read_text())
    (path / "CURRENT").write_text(json.dumps({**fields, "format": 99}))
    for act in (Store.open, verify, lambda path: build(path, CORPUS)):
        with pytest.raises(IndexStateError, match="format 99"):
            act(path)


def test_a_folder_that_holds_something_else_is_not_written_into(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(IndexStateError, match="thesis"):
        build(tmp_path, CORPUS)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(IndexStateError, match="not a folder"):
        build(tmp_path / "thesis.tex", CORPUS)


def test_a_store_may_be_asked_from_many_threads(path):
    from concurrent.futures import ThreadPoolExecutor

    with Store.open(path) as store, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(store.lexical, "examplazine", 3) for _ in range(100)]
        hits = [pool.submit(store.hits, [(n % 4, 1.0)], retriever="x") for n in range(100)]
        assert len({tuple(answer.result()) for answer in asked}) == 1
        assert {answer.result()[0].rank for answer in hits} == {1}


def test_full_batches_can_be_taken_while_files_are_added(tmp_path):
    path, taken = tmp_path / "index", []
    with IndexWriter(path, recipe=make_recipe()) as writer:
        for number in range(5):
            key = f"{number}.txt"
            document = make_document(key, f"one of {number}\ntwo of {number}\nthe same everywhere")
            writer.add(make_state(key, number), [document], cut_lines(document))
            while (batch := writer.take(4)) is not None:
                taken.append(batch.texts)
                writer.put(batch, np.stack([make_vector(text) for text in batch.texts]))
        rest = list(writer.batches(4))
        for batch in rest:
            writer.put(batch, np.stack([make_vector(text) for text in batch.texts]))
        writer.commit()
    texts = [text for batch in taken for text in batch] + [t for b in rest for t in b.texts]
    assert [len(batch) for batch in taken] == [4, 4]
    assert [len(batch.texts) for batch in rest] == [3]
    assert texts[:4] == ["one of 0", "two of 0", "the same everywhere", "one of 1"]
    assert sorted(texts) == sorted(set(texts))
    with Store.open(path) as store:
        for row in range(len(store)):
            expected = make_vector(store.passage(row).text)
            np.testing.assert_allclose(store.vectors([row])[0], expected, atol=1e-3)


def test_a_batch_that_was_taken_and_not_put_keeps_the_index_from_being_committed(tmp_path):
    with IndexWriter(tmp_path / "index", recipe=make_recipe()) as writer:
        document = make_document("a.txt", "one\ntwo")
        writer.add(make_state("a.txt", 1), [document], cut_lines(document))
        assert writer.take(2) is not None
        with pytest.raises(ValueError, match="2 texts have no vector"):
            writer.commit()


def nearly_equal_vectors(rows: int) -> np.ndarray:
    """Vectors that 4-bit codes cannot tell apart: each a little away from one direction."""
    chance = np.random.default_rng(5)
    vectors = np.eye(1, DIM) + 0.01 * chance.normal(size=(rows, DIM))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def build_nearly_equal(path, rows: int, kind: str | None) -> None:
    text = "\n".join(f"Line {number}" for number in range(rows))
    document = make_document("same.txt", text)
    with IndexWriter(path, recipe=make_recipe(), kind=kind) as writer:
        writer.add(make_state("same.txt", text), [document], cut_lines(document))
        for batch in writer.batches(rows):
            writer.put(batch, nearly_equal_vectors(len(batch.texts)))
        writer.commit()


def test_vectors_too_alike_for_codes_are_all_compared(tmp_path, monkeypatch):
    monkeypatch.setattr("medrag.index.part.FLAT_ROWS", 100)
    build_nearly_equal(tmp_path / "index", 20_000, None)
    with Store.open(tmp_path / "index") as store:
        assert [(part.kind, part.recall) for part in store.manifest.parts] == [("flat", 1.0)]
        assert not any("compact" in entry.path for entry in store.manifest.files)
    assert verify(tmp_path / "index") == []


def test_a_kind_that_was_asked_for_and_misses_its_floor_is_an_error(tmp_path):
    with pytest.raises(IndexStateError, match=r"'compact' finds 0\.\d+ .* 0\.98 it promises"):
        build_nearly_equal(tmp_path / "index", 20_000, "compact")
    with pytest.raises(IndexStateError, match="no index here"):
        Store.open(tmp_path / "index")


def test_a_generation_that_is_open_can_be_opened_again_until_nobody_has_it(path):
    with Store.open(path) as store:
        build(path, {"later.txt": ("Otherazine 5 mg", {})})
        with Store.reopened(path, store.manifest) as again:
            assert [document.id for document in again.documents()] == [
                document.id for document in store.documents()
            ]
    build(path, {"last.txt": ("Otherazine 6 mg", {})})
    with pytest.raises(IndexStateError, match="generation 1 was removed"):
        Store.reopened(path, store.manifest)


def test_another_index_at_the_place_is_not_opened_again(path, tmp_path):
    with Store.open(path) as store:
        path.rename(tmp_path / "moved")
        assert not store.stands
        with pytest.raises(IndexStateError, match="removed or replaced"):
            Store.reopened(path, store.manifest)
        build(path, {"other.txt": ("Otherazine 5 mg", {})})
        assert not store.stands
        with pytest.raises(IndexStateError, match="removed or replaced"):
            Store.reopened(path, store.manifest)


def test_an_open_index_is_one_whatever_lies_at_its_place_later(path, tmp_path):
    only_labels = Filters(kinds=("label",))
    with Store.open(path) as store:
        expected = store.count(only_labels), store.vectors([0, 1]).tolist()
    with Store.open(path) as store:
        path.rename(tmp_path / "moved")
        build(path, {"other.txt": ("Otherazine 5 mg\nOtherazine 6 mg", {"kind": "guideline"})})
        assert (store.count(only_labels), store.vectors([0, 1]).tolist()) == expected


def test_a_large_index_is_worn_by_a_tenth_at_most(tmp_path, monkeypatch):
    monkeypatch.setattr(commit, "_WORDS_AT_ONCE", 0)
    corpus = {f"{n}.txt": (f"Examplazine {n} mg", {}) for n in range(40)}
    build(tmp_path, corpus)
    for changed, expected in ((2, 2), (1, 3), (1, 0)):
        for n in range(changed):
            corpus[f"{n}.txt"] = (corpus[f"{n}.txt"][0] + " daily", {})
        number = build(tmp_path, corpus).generation
        assert worn(manifest.generation_folder(tmp_path, number) / "lexical") == expected
