"""What changed between two indexes, and an index as Parquet."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from making_indexes import DIM, build, make_vector
from medrag.index import Store, diff, export
from medrag.index.flat import faiss, one_core

OLD = {
    "same.txt": ("same", {}),
    "gone.txt": ("gone", {}),
    "text.txt": ("one text", {}),
    "title.txt": ("titled", {}),
    "guide-2019.txt": ("old advice", {"effective": date(2019, 1, 1)}),
    "term.txt": ("for a time", {}),
}
NEW = {
    "same.txt": ("same", {}),
    "new.txt": ("new", {}),
    "text.txt": ("another text", {}),
    "title.txt": ("titled", {"title": "A better title"}),
    "guide-2019.txt": ("old advice", {"effective": date(2019, 1, 1)}),
    "guide-2024.txt": ("new advice", {"supersedes": ("guide-2019.txt",)}),
    "term.txt": ("for a time", {"expires": date(2020, 1, 1)}),
}


def test_a_difference_names_every_document_by_what_happened_to_it(tmp_path):
    build(tmp_path / "old", OLD)
    build(tmp_path / "new", NEW)
    with Store.open(tmp_path / "old") as old, Store.open(tmp_path / "new") as new:
        found = diff(old, new, as_of=date(2024, 6, 1))
    assert found.added == ("guide-2024.txt", "new.txt")
    assert found.removed == ("gone.txt",)
    assert found.changed == ("text.txt",)
    assert found.described == ("term.txt", "title.txt")
    assert found.superseded == (("guide-2019.txt", "guide-2024.txt"),)
    assert found.lapsed == ("term.txt",)


def test_two_generations_of_one_index_can_be_compared(tmp_path):
    build(tmp_path / "index", OLD)
    with Store.open(tmp_path / "index") as old:
        build(tmp_path / "index", NEW)
        with Store.open(tmp_path / "index") as new:
            assert diff(old, new).removed == ("gone.txt",)
            assert diff(new, new) == diff(old, old)


def test_vectors_come_in_the_order_of_their_rows(tmp_path):
    build(tmp_path / "index", OLD)
    build(tmp_path / "index", NEW)
    with Store.open(tmp_path / "index") as store:
        rows = list(range(len(store)))[::-1]
        vectors = store.vectors(rows)
        true = np.stack([make_vector(store.passage(row).text) for row in rows])
        np.testing.assert_allclose(vectors, true, atol=1e-3)


def test_an_export_holds_every_passage_with_its_vector(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra 'parquet'")
    build(tmp_path / "index", NEW)
    with Store.open(tmp_path / "index") as store:
        assert export(store, tmp_path / "it.parquet") == len(store) == 7
        table = parquet.read_table(tmp_path / "it.parquet").to_pylist()
        assert [line["text"] for line in table] == [store.passage(n).text for n in range(7)]
        np.testing.assert_allclose(
            [line["vector"] for line in table], store.vectors(range(7)), atol=1e-6
        )
    by_key = {line["key"]: line for line in table}
    assert by_key["guide-2019.txt"]["in_force"] is False
    assert by_key["title.txt"]["title"] == "A better title"
    assert (by_key["same.txt"]["start"], by_key["same.txt"]["end"]) == (0, 4)
    assert len(by_key["new.txt"]["vector"]) == DIM


def test_one_core_puts_the_setting_back():
    before = faiss.omp_get_max_threads()
    with one_core():
        assert faiss.omp_get_max_threads() == 1
    assert faiss.omp_get_max_threads() == before
    with pytest.raises(ZeroDivisionError), one_core():
        raise ZeroDivisionError
    assert faiss.omp_get_max_threads() == before


def test_one_core_is_for_the_thread_that_asks():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        before = pool.submit(faiss.omp_get_max_threads).result()
        with one_core():
            assert pool.submit(faiss.omp_get_max_threads).result() == before
