"""An index in shards finds what the index finds, and says what it could not search."""

import time
from datetime import date
from itertools import permutations

import numpy as np
import pytest

from making_indexes import build, make_vector
from making_shards import FaultyShard, Split, lines_of
from medrag.core.query import Filters
from medrag.errors import BackendError, IndexStateError, InputError, PartialSearchError
from medrag.index.ballast import ballast_for
from medrag.index.shard import LocalShard
from medrag.index.sharded import ShardedStore
from medrag.index.sharding import shard_of, split
from medrag.index.sitting import merged
from medrag.index.store import Store
from medrag.index.vectors import levelled
from medrag.index.verification import verify

EVERYTHING = Filters(include_superseded=True)


@pytest.fixture
def some(tmp_path):
    with Split(tmp_path, lines_of(20), 3, limit_s=30.0, retry_s=0.2) as made:
        yield made


def asked(store, text="otherazine word7 renal", k=8, filters=EVERYTHING):
    """Ids and scores by words, then by vectors, then the hits of both."""

    def work(index):
        allowed = index.select(filters)
        words = index.lexical(text, k, allowed=allowed)
        scores, rows = index.dense(make_vector("dose 1")[None], k, allowed=allowed)
        near = list(zip(rows[0].tolist(), scores[0].tolist(), strict=True))
        vectors = index.vectors([row for row, _ in near])
        hits = index.hits([*words, *near], retriever="x", as_of=filters.as_of)
        return [(hit.passage.id, hit.score, hit.in_force) for hit in hits], vectors.tolist()

    return store.asked(work) if isinstance(store, ShardedStore) else (work(store), ())


def same(found, expected):
    assert [(one, forced) for one, _, forced in found] == [(o, f) for o, _, f in expected]
    np.testing.assert_allclose([s for _, s, _ in found], [s for _, s, _ in expected], atol=1e-5)


def test_shards_find_what_the_index_finds_with_the_same_scores(some):
    (found, vectors), missing = asked(some.sharded)
    (expected, wanted), _ = asked(some.whole)
    same(found, expected)
    assert vectors == wanted
    assert missing == ()


def test_every_document_is_whole_in_the_shard_that_its_id_names(some):
    held = [[entry.id for entry, _ in store.stored_documents()] for store in some.stores]
    for number, names in enumerate(held):
        assert names
        assert {shard_of(name, 3) for name in names} == {number}
    together = sorted(name for names in held for name in names)
    assert together == sorted(d.id for d in some.whole.documents())
    for store in some.stores:
        for document in store.documents():
            assert store.passages_of(document.id) == some.whole.passages_of(document.id)


def test_a_split_is_the_same_every_time_and_sound(some, tmp_path):
    again, manifests = split(some.path, tmp_path / "again", 3)
    assert again == some.facts
    assert [one.content for one in manifests] == [one.content for one in some.manifests]
    assert verify(tmp_path / "again" / "shard-0") == []


def test_more_shards_than_documents_leave_some_empty(tmp_path):
    with Split(tmp_path, lines_of(2), 7) as made:
        (found, _), missing = asked(made.sharded)
        same(found, asked(made.whole)[0][0])
        assert missing == ()


def test_indexes_built_apart_are_split_as_the_one_that_they_would_be(tmp_path):
    corpus = lines_of(20)
    corpus["file3.txt"] = (corpus["file3.txt"][0], {"series": "s", "published": "2001-01-01"})
    corpus["file15.txt"] = (corpus["file15.txt"][0], {"series": "s", "published": "2011-01-01"})
    build(tmp_path / "a", dict(list(corpus.items())[:8]))
    build(tmp_path / "b", dict(list(corpus.items())[8:]))
    _, manifests = split([tmp_path / "a", tmp_path / "b"], tmp_path / "both", 3)
    with Split(tmp_path, corpus, 3) as one:
        stores = [Store.open(tmp_path / "both" / f"shard-{n}") for n in range(3)]
        both = ShardedStore([LocalShard(store) for store in stores])
        (found, vectors), missing = asked(both, filters=Filters(as_of=date(2024, 1, 1)))
        (expected, wanted), _ = asked(one.whole, filters=Filters(as_of=date(2024, 1, 1)))
        same(found, expected)
        assert (vectors, missing) == (wanted, ())
        assert [one_of[0] for one_of in both.sources()] == [d.id for d in one.whole.documents()]
        assert both.superseded(date(2024, 1, 1)) == {"file3.txt": ("file15.txt",)}
        assert both.manifest.passages == one.whole.manifest.passages == 50
        assert sum(manifest.documents for manifest in manifests) == 20
        both.close()


def test_indexes_that_do_not_go_together_are_not_split_as_one(tmp_path):
    build(tmp_path / "a", lines_of(4))
    build(tmp_path / "b", lines_of(6))
    build(tmp_path / "c", {"other.txt": ("other words", {})}, embedder="second")
    with pytest.raises(IndexStateError, match="4 of its documents are in another"):
        split([tmp_path / "a", tmp_path / "b"], tmp_path / "out", 2)
    with pytest.raises(IndexStateError, match="made otherwise"):
        split([tmp_path / "a", tmp_path / "c"], tmp_path / "out", 2)
    assert not (tmp_path / "out").exists()


def test_a_shard_is_not_built_into_and_not_split(some, tmp_path):
    with pytest.raises(IndexStateError, match="shard 2 of 3 of another index"):
        build(some.folder / "shard-1", lines_of(3))
    with pytest.raises(IndexStateError, match="shard 1 of 3"):
        split(some.folder / "shard-0", tmp_path / "more", 2)


def test_a_split_goes_into_a_new_folder_only_and_needs_an_index(some, tmp_path):
    with pytest.raises(IndexStateError, match="exists already"):
        split(some.path, some.folder, 3)
    with pytest.raises(IndexStateError, match="no index here"):
        split(tmp_path / "nothing", tmp_path / "out", 3)
    with pytest.raises(ValueError, match="from 1 to 1024"):
        split(some.path, tmp_path / "out", 0)
    assert not (tmp_path / "out").exists()


def test_an_index_is_no_shard(some):
    with pytest.raises(IndexStateError, match="not a shard"):
        LocalShard(some.whole)


def test_a_question_of_another_embedder_is_refused(some):
    longer = np.ones((1, 9), dtype=np.float32)
    with pytest.raises(InputError, match="the embedder that the index was built with"):
        LocalShard(some.stores[0]).dense(longer, 3, EVERYTHING)


def test_an_edition_is_replaced_by_one_of_another_shard(tmp_path):
    corpus = {
        f"edition{year}.txt": (f"dose of {year}", {"series": "s", "published": f"{year}-01-01"})
        for year in range(2010, 2020)
    }
    day = Filters(as_of=date(2024, 1, 1))
    with Split(tmp_path, corpus, 4) as made:
        (found, _), _ = asked(made.sharded, "dose", filters=day)
        same(found, asked(made.whole, "dose", filters=day)[0][0])
        assert {forced for _, _, forced in found} == {True}
        assert made.sharded.superseded(day.as_of) == made.whole.superseded(day.as_of)
        assert made.sharded.keys_in_force(day.as_of) == {"edition2019.txt"}
        holder = next(n for n, store in enumerate(made.stores) if store.keys_in_force(day.as_of))
        made.shards[holder].broken = {"lexical"}
        (left, _), missing = asked(made.sharded, "dose", filters=day)
        assert [part.part for part in missing] == [f"shard {holder + 1} of 4"]
        assert left == []  # the newest is missing, and no older edition takes its place


def test_without_a_shard_the_others_keep_order_and_scores_and_it_is_said(some):
    gone = {d.id for d in some.stores[1].documents()}
    some.shards[1].broken = {"lexical", "dense"}
    (found, _), missing = asked(some.sharded, k=60)
    (expected, _), _ = asked(some.whole, k=60)
    kept = {
        p.id
        for d in some.whole.documents()
        if d.id not in gone
        for p in some.whole.passages_of(d.id)
    }
    same(found, [one for one in expected if one[0] in kept])
    assert [(part.part, part.reason) for part in missing] == [
        ("shard 2 of 3", "it cannot be reached")
    ]


@pytest.mark.parametrize("step", ["dense", "vectors", "hits"])
def test_a_shard_lost_in_the_middle_is_left_out_of_everything(some, step):
    some.shards[2].broken = {step}
    (found, _), missing = asked(some.sharded)
    own = {p.id for d in some.stores[2].documents() for p in some.stores[2].passages_of(d.id)}
    assert not own & {one for one, _, _ in found}
    assert len(found) == 16
    assert [part.part for part in missing] == ["shard 3 of 3"]


def test_a_shard_that_hangs_costs_its_time_once_and_is_asked_again_later(tmp_path):
    with Split(tmp_path, lines_of(20), 3, limit_s=2.0, retry_s=0.5) as some:
        some.shards[0].hanging = {"lexical", "facts"}
        begun = time.monotonic()
        _, missing = asked(some.sharded)
        assert time.monotonic() - begun >= 2.0
        assert [part.reason for part in missing] == ["it gave no answer within 2 s"]
        some.shards[0].asked.clear()
        _, missing = asked(some.sharded)
        assert "lexical" not in some.shards[0].asked
        assert len(missing) == 1
        some.shards[0].hanging = set()
        some.shards[0].let_go.set()
        time.sleep(0.6)
        (found, _), missing = asked(some.sharded)
        assert missing == ()
        same(found, asked(some.whole)[0][0])


def test_where_no_shard_answers_there_is_no_answer(some):
    for shard in some.shards:
        shard.broken = {"lexical", "dense"}
    with pytest.raises(BackendError, match="No shard of the index answers"):
        asked(some.sharded)


def test_what_cannot_say_that_it_is_partial_is_refused(some):
    some.shards[1].broken = {"count", "sources", "superseded", "document", "passages_of"}
    with pytest.raises(PartialSearchError, match="shard 2 of 3: it cannot be reached"):
        some.sharded.holds_as_many(Filters(), EVERYTHING)
    time.sleep(0.25)
    for ask in (lambda: list(some.sharded.sources()), some.sharded.superseded):
        with pytest.raises(PartialSearchError):
            ask()
    name = next(some.stores[1].documents()).id
    with pytest.raises(PartialSearchError):
        some.sharded.document(name)
    other = next(some.stores[0].documents()).id
    assert some.sharded.document(other) == some.whole.document(other)
    assert some.sharded.passages_of(other) == some.whole.passages_of(other)


def test_documents_and_sources_come_in_the_order_of_the_index(some):
    assert list(some.sharded.sources()) == list(some.whole.sources())
    assert [d.id for d in some.sharded.documents()] == [d.id for d in some.whole.documents()]
    assert some.sharded.manifest == some.whole.manifest
    assert len(some.sharded) == len(some.whole)
    with pytest.raises(InputError):
        some.sharded.document("none")


def test_words_are_counted_over_the_whole_by_every_shard(some):
    words = some.whole.terms("otherazine word7 nowhere")
    counts = some.whole.frequencies(words)
    assert counts == [50, 4, 0]
    for store in some.stores:
        assert store.frequencies(words) == counts
    some.shards[0].broken = {"frequencies"}
    found, missing = some.sharded.asked(lambda index: index.frequencies(words))
    assert found == counts
    assert len(missing) == 1


def test_shards_of_two_splits_are_refused_and_so_is_another_order(some, tmp_path):
    build(some.path, lines_of(21))
    split(some.path, tmp_path / "newer", 3)
    with Store.open(tmp_path / "newer" / "shard-0") as newer:
        mixed = [LocalShard(newer), *some.shards[1:]]
        with pytest.raises(IndexStateError, match=r"not those of one split.*place 1.*place 2"):
            ShardedStore(mixed)
    turned = [LocalShard(store) for store in reversed(some.stores)]
    with pytest.raises(IndexStateError, match="in place 1 is shard 3 of 3"):
        ShardedStore(turned)
    with pytest.raises(IndexStateError, match="shard 1 of 3"):
        ShardedStore([LocalShard(some.stores[0])])


def test_a_shard_that_is_down_at_the_start_comes_back(some):
    late = FaultyShard(LocalShard(some.stores[2]))
    late.broken = {"facts", "lexical"}
    shards = [*some.shards[:2], late]
    store = ShardedStore(shards, limit_s=30.0, retry_s=0.05)
    assert [part.part for part in asked(store)[1]] == ["shard 3 of 3"]
    late.broken = set()
    time.sleep(0.1)
    (found, _), missing = asked(store)
    assert missing == ()
    same(found, asked(some.whole)[0][0])


def test_passages_that_tie_in_the_index_tie_across_shards(tmp_path):
    words = ("examplazine", "otherazine", "renal", "hepatic")
    counted = [zip(words, counts, strict=True) for counts in permutations((1, 2, 3, 4))]
    texts = [" ".join(" ".join([word] * count) for word, count in line) for line in counted]
    corpus = {f"{number}.txt": (text, {}) for number, text in enumerate(texts)}
    with Split(tmp_path, corpus, 3, limit_s=30.0) as made:
        found, _ = made.sharded.asked(lambda index: index.lexical(" ".join(words), 24))
        expected = made.whole.lexical(" ".join(words), 24)
        assert [row for row, _ in expected] == list(range(24))
        assert [made.whole.serials([row])[0] for row, _ in expected] == [
            row // 3 for row, _ in found
        ]


@pytest.mark.parametrize("lines", [1, 2])
def test_in_every_line_what_rounding_alone_parts_is_a_tie(lines):
    scores = np.array([[-np.inf, 0.4, 0.5, 0.5000001, -np.inf]] * lines, dtype=np.float32)
    rows = np.array([[9, 1, 7, 8, 3]] * lines, dtype=np.int64)
    level, ordered = levelled(scores, rows)
    assert ordered.tolist() == [[7, 8, 1, 3, 9]] * lines
    assert level[0].tolist() == [np.float32(0.5000001)] * 2 + [np.float32(0.4), -np.inf, -np.inf]


def test_scores_that_differ_by_rounding_only_are_ties():
    assert merged([(9, 0.5), (2, 0.50000001), (4, 0.7), (1, 0.49999999), (3, 0.4)]) == [
        (4, 0.7),
        (1, 0.50000001),
        (2, 0.50000001),
        (9, 0.50000001),
        (3, 0.4),
    ]
    assert merged([]) == []


@pytest.mark.parametrize(
    ("passages", "terms", "whole_passages", "whole_terms"),
    [(100, 5_000, 1_000, 60_000), (100, 9_000, 1_000, 60_000), (3, 17, 7, 40), (1, 1, 900, 3_011)],
)
def test_ballast_makes_the_mean_length_that_of_the_whole(
    passages, terms, whole_passages, whole_terms
):
    lengths = ballast_for(passages, terms, whole_passages=whole_passages, whole_terms=whole_terms)
    assert min(lengths) >= 0
    mean = (terms + sum(lengths)) / (passages + len(lengths))
    assert mean == pytest.approx(whole_terms / whole_passages, rel=1e-5)


def test_an_empty_shard_needs_no_ballast():
    assert ballast_for(0, 0, whole_passages=10, whole_terms=100) == []
