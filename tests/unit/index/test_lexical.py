"""Lexical search: any text is a question, filters never cost a hit."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from medrag.core.understanding import Added
from medrag.index.lexical import LexicalSearch, write_lexical

ROWS = 3000
ROWS_A_DOCUMENT = 3


def make_texts() -> list[str]:
    chance = np.random.default_rng(0)
    words = [f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(60)]
    weights = 1 / np.arange(1, 61)
    return [
        " ".join(chance.choice(words, size=chance.integers(3, 30), p=weights / weights.sum()))
        for _ in range(ROWS)
    ]


def make_search(folder, texts, *, serials=None) -> LexicalSearch:
    serials = np.arange(len(texts)) * 2 + 5 if serials is None else serials
    owners = np.arange(len(texts)) // ROWS_A_DOCUMENT
    rows = zip(serials.tolist(), (owners * 7).tolist(), [""] * len(texts), texts, strict=True)
    write_lexical(folder, None, (), rows)
    numbers = np.unique(owners) * 7
    return LexicalSearch(folder, serials, row_documents=owners.astype(np.int32), numbers=numbers)


@pytest.fixture(scope="module")
def texts():
    return make_texts()


@pytest.fixture(scope="module")
def search(texts, tmp_path_factory):
    return make_search(tmp_path_factory.mktemp("lexical") / "it", texts)


@pytest.mark.parametrize(
    "text",
    ["AND", 'title:"x" OR (', "worda*", "+wordaa -wordba ~2", "\\", "[1 TO 5]", "\0", "\ud800"],
)
def test_any_text_is_a_question(search, text):
    assert isinstance(search.search(text, 5), list)


def test_scores_fall_and_ties_go_to_the_smaller_row(search):
    found = search.search("wordaa wordba wordca", 500)
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
    assert len(found) == 500


def test_only_rows_that_share_a_word_are_found(search, texts):
    found = {row for row, _ in search.search("wordhc", ROWS)}
    assert found == {row for row, text in enumerate(texts) if "wordhc" in text.split()}


def test_nothing_shared_finds_nothing(search):
    assert search.search("examplazine", 5) == []
    assert search.search("", 5) == []
    assert search.search("wordaa", 0) == []


@pytest.mark.parametrize("share", [0.9, 0.3, 0.02, 0.002])
@pytest.mark.parametrize("whole_documents", [True, False])
def test_a_filter_gives_the_best_of_what_it_allows(search, share, whole_documents):
    chance = np.random.default_rng(1)
    if whole_documents:
        allowed = np.repeat(chance.random(ROWS // ROWS_A_DOCUMENT) < share, ROWS_A_DOCUMENT)
    else:
        allowed = chance.random(ROWS) < share
    everything = search.search("wordba wordca wordac", ROWS)
    expected = [hit for hit in everything if allowed[hit[0]]][:10]
    found = search.search("wordba wordca wordac", 10, allowed=allowed)
    assert [row for row, _ in found] == [row for row, _ in expected]
    np.testing.assert_allclose([s for _, s in found], [s for _, s in expected], rtol=1e-5)


def test_an_empty_filter_finds_nothing(search):
    assert search.search("wordaa", 5, allowed=np.zeros(ROWS, dtype=bool)) == []


def test_passages_that_differ_in_which_word_they_repeat_tie(tmp_path):
    words = ("examplazine", "otherazine", "renal", "hepatic")
    texts = [" ".join(words * times) for times in (1, 2)] + [
        " ".join(word for word, count in zip(words, counts, strict=True) for _ in range(count))
        for counts in permutations((1, 2, 3, 4))
    ]
    found = make_search(tmp_path / "it", texts).search(" ".join(words), len(texts))
    alike = [(row, score) for row, score in found if row > 1]
    assert [row for row, _ in alike] == list(range(2, 26))
    assert len({score for _, score in alike}) == 1


def test_ties_beyond_what_was_fetched_still_go_to_the_smaller_row(tmp_path):
    same = make_search(tmp_path / "it", ["examplazine"] * 400)
    assert [row for row, _ in same.search("examplazine", 3)] == [0, 1, 2]
    allowed = np.zeros(400, dtype=bool)
    allowed[[399, 70, 200]] = True
    assert [row for row, _ in same.search("examplazine", 2, allowed=allowed)] == [70, 200]


def test_a_new_generation_leaves_the_files_of_the_old_one_alone(tmp_path):
    old = make_search(tmp_path / "old", ["examplazine", "otherazine", "thirdazine"] * 3)
    before = {path.name: path.read_bytes() for path in (tmp_path / "old").iterdir()}
    write_lexical(tmp_path / "new", tmp_path / "old", [7], [(100, 70, "", "newazine")])
    assert {path.name: path.read_bytes() for path in (tmp_path / "old").iterdir()} == before
    assert len(old.search("examplazine", 10)) == 3
    serials = np.array([5, 7, 9, 17, 19, 21, 100])
    owners = np.array([0, 0, 0, 1, 1, 1, 2], dtype=np.int32)
    numbers = np.array([0, 14, 70])
    new = LexicalSearch(tmp_path / "new", serials, row_documents=owners, numbers=numbers)
    assert [row for row, _ in new.search("examplazine", 10)] == [0, 3]
    assert [row for row, _ in new.search("newazine", 10)] == [6]


def test_a_question_in_one_segment_ranks_with_those_in_another(tmp_path):
    first = [(n, 0, "", "common words here") for n in range(50)]
    write_lexical(tmp_path / "a", None, (), first)
    write_lexical(tmp_path / "b", tmp_path / "a", (), [(60, 1, "", "common rareazine")])
    serials = np.array([*range(50), 60])
    owners = np.array([0] * 50 + [1], dtype=np.int32)
    search = LexicalSearch(tmp_path / "b", serials, row_documents=owners, numbers=np.array([0, 1]))
    assert search.search("common rareazine", 1)[0][0] == 50


WRITTEN = (
    "atrial fibrillation and a stroke",
    "afib and a stroke",
    "afib, that is atrial fibrillation, and a stroke",
    "a stroke",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return make_search(tmp_path_factory.mktemp("added") / "it", WRITTEN)


def added(asked, text, weight=0.5):
    return Added(asked=asked, text=text, weight=weight, kind="abbreviation")


def test_added_words_find_what_the_words_asked_do_not(written):
    assert 0 not in dict(written.search("afib", 9))
    assert 0 in dict(written.search("afib", 9, added=[added("afib", "atrial fibrillation")]))


def test_added_words_never_count_more_than_the_words_that_they_stand_for(written):
    found = dict(written.search("afib stroke", 9, added=[added("afib", "atrial fibrillation", 1)]))
    plain = dict(written.search("afib stroke", 9))
    assert found[0] <= found[1] * 1.05
    assert plain[0] < found[0]


def test_words_that_no_passage_holds_cost_nothing_where_others_stand_for_them(written):
    more = [added("brandname", "atrial fibrillation", 1)]
    assert written.search("brandname", 1, added=more) == written.search("atrial fibrillation", 1)


def test_words_added_for_nothing_asked_each_count_alone(written):
    both = [added("", "atrial"), added("", "fibrillation")]
    one = dict(written.search("stroke", 9, added=both[:1]))
    assert dict(written.search("stroke", 9, added=both))[0] > one[0]


def test_a_weight_scales_what_added_words_count(written):
    found = [dict(written.search("x", 9, added=[added("", "afib", w)]))[1] for w in (0.25, 0.5)]
    assert found[1] == pytest.approx(2 * found[0])


def test_frequencies_count_passages(written):
    assert written.frequencies(["afib", "stroke", "absent"]) == [2, 4, 0]


def test_a_score_is_a_share_of_what_could_be_reached(written):
    whole = dict(written.search("afib, that is atrial fibrillation", 9))
    assert 0.5 < whole[2] < 1
    assert dict(written.search("afib and examplazine", 9))[1] < dict(written.search("afib", 9))[1]


def test_a_word_that_no_passage_holds_costs_nothing_where_another_stands_in_its_place(written):
    plain = dict(written.search("atrial", 9))
    meant = dict(written.search("atirial", 9, added=[added("atirial", "atrial", 1.0)]))
    assert meant == pytest.approx(plain)


def test_words_that_only_carry_a_question_count_for_little(tmp_path):
    texts = ["what is the", "examplazine", *(f"other words {n} here" for n in range(20))]
    search = make_search(tmp_path / "it", texts)
    assert search.search("what is the examplazine", 1)[0][0] == 1


def test_a_word_in_the_heading_counts_more_than_one_in_the_text(tmp_path):
    rows = [(0, 0, "", "examplazine for adults"), (1, 0, "examplazine", "doses for adults")]
    write_lexical(tmp_path / "it", None, (), rows)
    search = LexicalSearch(
        tmp_path / "it",
        np.arange(2),
        row_documents=np.zeros(2, dtype=np.int32),
        numbers=np.zeros(1, dtype=np.int64),
    )
    assert [row for row, _ in search.search("examplazine", 2)] == [1, 0]
