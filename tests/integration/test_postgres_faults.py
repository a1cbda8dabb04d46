"""What an index on a server survives, each by really doing it: kill, contend, restart, remove."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import numpy as np
import pytest
from pg8000.native import Connection

import making_indexes
import reading_indexes
from making_indexes import build, make_vector
from medrag.core.query import Filters
from medrag.errors import BackendError, IndexStateError
from medrag.index import Store, open_index, pull, push, verify
from medrag.index.sharding import split
from postgres_server import Server, running
from reading_indexes import generations_seen

LINES = 40


def make_generation(number: int, files: int = 3) -> making_indexes.Corpus:
    """Every passage of a generation names it, so a mixture of two would show."""
    return {
        f"file{file}.txt": (
            "\n".join(f"generation {number} file {file} line {line}" for line in range(LINES)),
            {},
        )
        for file in range(files)
    }


def sql(server: Server, statement: str) -> list[list[object]]:
    connection = Connection(
        "medrag", host="127.0.0.1", port=server.port, database="postgres", password="secret"
    )
    with connection:
        return connection.run(statement)


def tables_of(server: Server, schema: str) -> set[str]:
    found = sql(server, f"SELECT tablename FROM pg_tables WHERE schemaname = '{schema}'")
    return {name for (name,) in found}


def test_a_reader_that_searches_all_the_while_never_sees_half_a_generation(postgres, tmp_path):
    url, place = postgres.url("switching"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    command = [sys.executable, reading_indexes.__file__, url]
    with contextlib.ExitStack() as stack:
        readers = []
        for _ in range(2):
            readers.append(
                stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            )
            stack.callback(readers[-1].kill)
        answers = [reader.stdout.readline().strip() for reader in readers]  # they are at it
        for number in range(2, 10):
            build(place, make_generation(number))
            push(place, url, keep=1)
            answers += [reader.stdout.readline().strip() for reader in readers]
        for reader in readers:
            reader.kill()
            answers += [line.strip() for line in reader.stdout if line.endswith("\n")]
    assert len(answers) >= 18
    assert not [answer for answer in answers if not answer.isdigit()]
    assert len(set(answers)) > 2, "the readers saw the index switch"


PUSHING = """
import sys
from medrag.index import push
push(sys.argv[1], sys.argv[2], say=lambda step: print(step, flush=True))
"""


@pytest.mark.parametrize("step", ["documents", "words", "files", "indexing"])
def test_a_push_that_is_killed_leaves_the_old_generation_and_nothing_else(postgres, tmp_path, step):
    url, place = postgres.url(f"killed_{step}"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    before = tables_of(postgres, f"killed_{step}")
    build(place, make_generation(2, files=60))
    command = [sys.executable, "-c", PUSHING, str(place), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == step:
                os.kill(process.pid, signal.SIGKILL)
                break
        process.wait(timeout=30)
        assert process.returncode == -signal.SIGKILL
    assert generations_seen(url) == {"1"}
    until = time.monotonic() + 20  # the server notices that the other end is gone
    while tables_of(postgres, f"killed_{step}") != before and time.monotonic() < until:
        time.sleep(0.05)
    assert tables_of(postgres, f"killed_{step}") == before
    build(place, make_generation(3))
    push(place, url)
    assert generations_seen(url) == {"3"}


def test_a_reader_keeps_its_generation_until_it_closes(postgres, tmp_path):
    url, place = postgres.url("held"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    reader = open_index(url)
    for number in (2, 3):
        build(place, make_generation(number))
        assert push(place, url, keep=1).removed == (() if number == 2 else (2,))
    texts = [hit.passage.text for hit in reader.hits([(0, 1.0)], retriever="x")]
    assert texts[0].startswith("generation 1 ")
    reader.close()
    build(place, make_generation(4))
    assert push(place, url, keep=1).removed == (3, 1)
    assert {name for name in tables_of(postgres, "held") if name.endswith("_1")} == set()


def test_what_no_push_needs_any_more_takes_no_room(postgres, tmp_path):
    url, place = postgres.url("room"), tmp_path / "index"
    for number in range(1, 5):
        build(place, make_generation(number))
        push(place, url, keep=1)
    with Store.open(place) as store:
        needed = {entry.sha256 for entry in store.manifest.files}
    assert {digest for (digest,) in sql(postgres, "SELECT sha256 FROM room.blocks")} == needed


def test_a_shard_is_not_pushed(postgres, tmp_path):
    build(tmp_path / "index", make_generation(1))
    split(tmp_path / "index", tmp_path / "shards", 2)
    with pytest.raises(IndexStateError, match="a shard"):
        push(tmp_path / "shards" / "shard-0", postgres.url("shard"))


def test_a_push_of_what_is_there_already_sends_nothing(postgres, tmp_path):
    url, place = postgres.url("again"), tmp_path / "index"
    build(place, make_generation(1))
    assert push(place, url).is_new
    again = push(place, url)
    assert (again.push, again.is_new) == (1, False)


def test_an_index_that_was_built_into_many_times_is_pushed_as_it_answers(postgres, tmp_path):
    url, place = postgres.url("updated"), tmp_path / "index"
    corpus = make_many(words=300, rows=5_000)
    for left_out in ([], ["file3.txt", "file50.txt"], ["file50.txt"]):
        build(place, {key: corpus[key] for key in corpus if key not in left_out}, batch=512)
    push(place, url)
    with Store.open(place) as measure, closing(open_index(url)) as index:
        assert index.manifest.dead > 0
        assert list(index.documents()) == list(measure.documents())
        for name, _, count in measure.sources():
            assert index.passages_of(name) == measure.passages_of(name)
            assert len(index.passages_of(name)) == count
        asked = make_vector("w3x w5x")[None]
        assert index.dense(asked, 9)[1].tolist() == measure.dense(asked, 9)[1].tolist()
        found, true = (store.lexical("w290x w150x", 5_000) for store in (index, measure))
        assert {row for row, _ in found} == {row for row, _ in true}


def test_an_empty_index_is_pushed_and_finds_nothing(postgres, tmp_path):
    url, place = postgres.url("empty"), tmp_path / "index"
    build(place, {"empty.txt": ("\n", {})})
    for vectors in ("exact", "hnsw"):
        push(place, url, vectors=vectors)
        with closing(open_index(url)) as index:
            assert len(index) == 0
            assert index.dense(make_vector("x")[None], 5)[0].shape == (1, 0)
            assert index.lexical("anything", 5) == []
            assert index.hits([], retriever="x") == []
            assert [document.text for document in index.documents()] == ["\n"]


def test_only_one_may_push_at_a_time(postgres, tmp_path):
    url, place = postgres.url("contended"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    build(place, make_generation(2))
    told: list[str] = []

    def second(step: str) -> None:
        if step == "words":
            with pytest.raises(IndexStateError, match="somebody else is pushing"):
                push(place, url)
            told.append(step)

    push(place, url, say=second)
    assert told == ["words"]


def test_readers_go_on_after_the_server_was_started_anew(tmp_path):
    place = tmp_path / "index"
    build(place, make_generation(1))
    with running() as server:
        url = server.url("restarted")
        push(place, url)
        with closing(open_index(url)) as index:
            before = index.lexical("generation 1 line 7", 5)
            server.stop()
            with pytest.raises(BackendError, match="cannot be reached") as caught:
                index.lexical("generation 1 line 8", 5)
            assert "secret" not in str(caught.value)
            again = server.start_again()
            try:
                assert index.lexical("generation 1 line 7", 5) == before
            finally:
                again.stop()


def test_many_threads_share_one_index(postgres, tmp_path):
    url, place = postgres.url("threads"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    with closing(open_index(url)) as index:
        allowed = index.select(Filters())
        expected = index.lexical("line 7", 5), index.dense(make_vector("y")[None], 5)[1].tolist()

        def ask(_: int) -> object:
            return (
                index.lexical("line 7", 5, allowed=allowed),
                index.dense(make_vector("y")[None], 5, allowed=allowed)[1].tolist(),
            )

        with ThreadPoolExecutor(24) as pool:
            assert all(answer == expected for answer in pool.map(ask, range(200)))
        ((connections,),) = sql(
            postgres, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'medrag'"
        )
        assert connections <= 8


def test_a_forked_child_does_not_share_its_parent_s_connection(postgres, tmp_path):
    url, place = postgres.url("forked"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    with closing(open_index(url)) as index:
        expected = index.lexical("line 7", 5)
        code = (
            "import os, sys, contextlib\nfrom medrag.index import open_index\n"
            "with contextlib.closing(open_index(sys.argv[1])) as index:\n"
            "    expected = index.lexical('line 7', 5)\n"
            "    child = os.fork()\n"
            "    for _ in range(50):\n"
            "        assert index.lexical('line 7', 5) == expected\n"
            "    if not child: os._exit(0)\n"
            "    assert os.waitpid(child, 0)[1] == 0\n"
        )
        done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        assert index.lexical("line 7", 5) == expected


def test_pulled_is_what_was_pushed_byte_for_byte(postgres, tmp_path):
    url, place, copy = postgres.url("pulled"), tmp_path / "index", tmp_path / "copy"
    for number in (1, 2):
        build(place, make_generation(number))
        with Store.open(place) as store:
            expected = store.manifest
        push(place, url)
        assert pull(url, copy) == expected
        assert verify(copy) == []
        for entry in expected.files:
            assert (copy / entry.path).read_bytes() == (place / entry.path).read_bytes()
    assert pull(url, copy) == expected  # once more: nothing to do
    assert pull(url, tmp_path / "first", generation=1).generation == 1
    with pytest.raises(IndexStateError, match="generation 7 is not kept there; 1, 2 are"):
        pull(url, tmp_path / "seventh", generation=7)
    with pytest.raises(IndexStateError, match="is at generation 2, the server at 1"):
        pull(url, copy, generation=1)


def test_a_pull_into_another_index_is_refused(postgres, tmp_path):
    url = postgres.url("other")
    build(tmp_path / "one", make_generation(1))
    push(tmp_path / "one", url)
    build(tmp_path / "two", make_generation(9))
    with pytest.raises(IndexStateError, match="holds another index"):
        pull(url, tmp_path / "two")
    assert verify(tmp_path / "two") == []
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "thesis.txt").write_text("years of work")
    with pytest.raises(IndexStateError, match=r"holds 'thesis\.txt' and is no index"):
        pull(url, tmp_path / "papers")


def test_damage_on_the_server_is_found_and_never_pulled(postgres, tmp_path):
    url, place = postgres.url("damaged"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    sql(postgres, "UPDATE damaged.blocks SET data = set_byte(data, 0, 7) WHERE length(data) > 2000")
    sql(postgres, 'DELETE FROM damaged.vectors_1 WHERE "row" = 3')
    problems = verify(url)
    assert any("SHA-256" in problem for problem in problems)
    assert any("119 rows, expected 120" in problem for problem in problems)
    with pytest.raises(IndexStateError, match="what the server sent is damaged"):
        pull(url, tmp_path / "copy")
    with pytest.raises(IndexStateError):
        Store.open(tmp_path / "copy")


def test_a_server_without_an_index_says_so(postgres):
    with pytest.raises(IndexStateError, match=r"no index here\. Push one"):
        open_index(postgres.url("nothing"))


def test_a_wrong_password_is_told_and_not_shown(postgres):
    url = postgres.url("nothing").replace("secret", "guess")
    with pytest.raises(BackendError, match="does not let this user in") as caught:
        open_index(url)
    assert "guess" not in str(caught.value)


def test_an_index_of_another_format_is_refused(postgres, tmp_path):
    url, place = postgres.url("format"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    sql(postgres, "UPDATE format.format SET version = 99")
    with pytest.raises(IndexStateError, match="database format 99"):
        open_index(url)
    with pytest.raises(IndexStateError, match="database format 99"):
        push(place, url)


def test_questions_and_values_stand_in_no_error(postgres, tmp_path):
    url, place = postgres.url("silent"), tmp_path / "index"
    build(place, make_generation(1))
    push(place, url)
    with closing(open_index(url)) as index:
        sql(postgres, "DROP TABLE silent.words_1; CREATE TABLE silent.words_1 (x int)")
        with pytest.raises(BackendError) as caught:
            index.lexical("generation of a private question", 5)
        assert str(caught.value).count("private") == 0
        assert caught.value.__cause__ is None


def make_many(words: int, rows: int) -> making_indexes.Corpus:
    chance = np.random.default_rng(5)
    names = [f"w{number}x" for number in range(words)]
    weights = 1 / np.arange(1, words + 1)
    weights /= weights.sum()
    lines = [" ".join(chance.choice(names, chance.integers(5, 30), p=weights)) for _ in range(rows)]
    per_file = 50
    return {
        f"file{n}.txt": ("\n".join(lines[n * per_file : (n + 1) * per_file]), {})
        for n in range(rows // per_file)
    }


def test_reading_only_what_can_be_among_the_best_ranks_as_reading_everything(postgres, tmp_path):
    url, place = postgres.url("many"), tmp_path / "index"
    build(place, make_many(words=400, rows=6_000), batch=512)
    push(place, url)
    chance = np.random.default_rng(6)
    with Store.open(place) as measure, closing(open_index(url)) as index:
        names = [name for name, _, _ in measure.sources()]
        few = Filters(document_ids=tuple(names[::7]), include_superseded=True)
        for k in (1, 10, 100):
            for _ in range(12):
                question = " ".join(f"w{int(400 * chance.random() ** 2)}x" for _ in range(6))
                for filters in (Filters(), few):
                    true = measure.lexical(question, k, allowed=measure.select(filters))
                    found = index.lexical(question, k, allowed=index.select(filters))
                    assert [s for _, s in found] == pytest.approx([s for _, s in true], rel=1e-5)
                    assert {r for r, _ in found[:-1]} == {r for r, _ in true[:-1]}


def test_command_line_pushes_searches_and_pulls(postgres, tmp_path):
    def medrag(*arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-c", "from medrag.cli import main; main()", *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "secret" not in done.stdout + done.stderr
        return done.stdout

    url = postgres.url("line")
    (tmp_path / "guide.md").write_text("# Dosing\n\nGive examplazine 5 mg once daily.\n")
    medrag("index", "build", "guide.md", "--index", "g.index", "--embedder", "hashing")
    assert json.loads(medrag("index", "push", "--index", "g.index", "--to", url, "--json"))[
        "is_new"
    ]
    here = json.loads(medrag("search", "examplazine dose", "--index", "g.index", "--json"))
    there = json.loads(medrag("search", "examplazine dose", "--index", url, "--json"))
    assert [hit["passage"] for hit in here["hits"]] == [hit["passage"] for hit in there["hits"]]
    assert "examplazine 5 mg" in medrag("ask", "How much examplazine?", "--index", url)
    medrag("index", "pull", url, "--index", "copy.index")
    assert medrag("index", "verify", "--index", "copy.index") == "sound\n"
    assert medrag("index", "verify", "--index", url) == "sound\n"
    assert "no difference" in medrag("index", "diff", "copy.index", url)
    medrag("index", "push", "--index", "g.index", "--to", "elsewhere", status=2)
    before = {path.name for path in tmp_path.iterdir()}
    for command in (
        ("build", "guide.md", "--index", url),
        ("snapshot", "--index", url, "--out", "kept.index"),
        ("push", "--index", url, "--to", url),
        ("pull", url, "--index", url),
    ):
        medrag("index", *command, status=2)  # no folder is named after a URL and its password
    assert {path.name for path in tmp_path.iterdir()} == before
