import json
import os
import signal
import time
from datetime import date

import pytest
from llama_index.core import Document as ReaderDocument

from medrag.core.query import Filters, RetrievalSettings
from medrag.documents import from_llama_index
from medrag.embedders import open_embedder
from medrag.errors import (
    ConfigError,
    CorpusError,
    IndexStateError,
    InputError,
    MedragError,
    RefusedCorpusError,
)
from medrag.pipeline.cutting import contexts_of
from medrag.pipeline.index import Index

GUIDE = """# Examplazine

## Dosing

The usual dose of examplazine is 5 mg once daily.

## Renal impairment

Halve the dose of examplazine when the eGFR is below 30.
"""


class Renamed:
    """An embedder under a name that nothing is registered by."""

    name = "no-such-embedder"

    def __init__(self, embedder):
        self._embedder = embedder

    def __getattr__(self, name):
        return getattr(self._embedder, name)


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "guide.md").write_text(GUIDE)
    return folder


@pytest.fixture
def build(corpus, tmp_path):
    def build(**options):
        options = {"embedder": "hashing", "progress": False, **options}
        return Index.build([corpus], tmp_path / "guide.index", **options)

    return build


def test_what_was_built_can_be_opened_and_searched(build, tmp_path):
    build().close()
    with Index.open(tmp_path / "guide.index") as index:
        hit = index.search("usual dose of examplazine", 1)[0]
        document = index.document(hit.passage.document_id)
    assert "5 mg once daily" in hit.passage.text
    assert hit.passage.span.of(document.text) == hit.passage.text


def test_a_second_build_of_unchanged_input_does_no_work(build):
    first = build().report
    second = build().report
    assert (first.read, first.unchanged) == (1, 0)
    assert first.embedded == first.passages > 0
    assert (second.read, second.unchanged, second.embedded) == (0, 1, 0)
    assert second.generation == first.generation


def test_a_changed_file_is_answered_from_its_new_text_only(build, corpus):
    build().close()
    (corpus / "guide.md").write_text(GUIDE.replace("5 mg", "7 mg"))
    with build() as index:
        texts = " ".join(hit.passage.text for hit in index.search("dose of examplazine", 10))
    assert "7 mg" in texts
    assert "5 mg" not in texts


def test_a_deleted_file_goes_with_prune_and_stays_without(build, corpus):
    (corpus / "second.md").write_text("# Otherazine\n\nOtherazine is given once weekly.\n")
    build().close()
    (corpus / "second.md").unlink()
    with build() as index:
        assert index.report.removed == ()
        assert any("Otherazine" in h.passage.text for h in index.search("otherazine", 5))
    with build(prune=True) as index:
        assert index.report.removed == ("second.md",)
        assert not any("Otherazine" in h.passage.text for h in index.search("otherazine", 5))


def test_a_file_that_cannot_be_read_is_listed_and_the_rest_goes_on(build, corpus):
    (corpus / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    (corpus / "picture.png").write_bytes(b"\x89PNG")
    with build() as index:
        report = index.report
        assert [note.file for note in report.failed] == ["broken.pdf"]
        assert ["picture.png" in note.file for note in report.skipped] == [True]
        assert [note.file for note in index.info().failed] == ["broken.pdf"]
        assert index.search("examplazine", 1)
    assert [note.file for note in build().report.failed] == ["broken.pdf"]


def test_of_a_file_in_parts_what_can_be_read_answers_and_the_rest_is_listed(build, corpus):
    records = [
        {"id": "a", "purpose": ["Relieves exampling."]},
        {"id": "blank"},
        {"id": "b", "purpose": ["Relieves others."]},
    ]
    (corpus / "labels.json").write_text(json.dumps({"results": records}))
    with build() as index:
        assert index.report.failed == ()
        (note,) = index.report.unread
        assert note.file == "labels.json"
        assert note.note == "the record blank holds no text of a label"
        assert index.info().unread == (note,)
        hits = index.search("relieves exampling", 5)
        assert {hit.source.key for hit in hits} == {"guide.md", "labels.json#a", "labels.json#b"}
    again = build().report
    assert (again.unread, again.read, again.embedded) == ((note,), 0, 0)


def test_a_bulk_file_that_breaks_off_leaves_what_was_there(build, corpus):
    path = corpus / "labels.json"
    path.write_text(json.dumps([{"id": "a", "purpose": ["Relieves exampling."]}]))
    build().close()
    path.write_text(json.dumps([{"id": n, "purpose": [f"Relieves {n}."]} for n in "abcd"])[:-9])
    with build() as index:
        assert [note.file for note in index.report.failed] == ["labels.json"]
        keys = {source.key for source in index.info().sources}
    assert keys == {"guide.md", "labels.json"}


def test_a_strict_build_changes_nothing_where_something_is_to_be_mended(build, corpus, tmp_path):
    with pytest.raises(RefusedCorpusError, match=r"guide\.md") as caught:
        build(strict=True)
    assert [file for file, _ in caught.value.unattributed] == ["guide.md"]
    assert not (tmp_path / "guide.index" / "CURRENT").exists()
    build().close()
    with pytest.raises(RefusedCorpusError):
        build(strict=True)  # unchanged since, and still not attributed
    (corpus / "guide.md.toml").write_text(
        'title = "G"\npublisher = "P"\nedition = "1"\neffective = 2024-01-01\nlicence = "CC0"\n'
    )
    assert build(strict=True).report.generation == 2


def reader_document(text, **metadata):
    return ReaderDocument(text=text, metadata={"file_name": "plan.docx", **metadata})


def test_documents_of_another_reader_are_indexed_beside_files_and_updated(corpus, tmp_path):
    def build(*given, **options):
        found = from_llama_index(given)
        options = {"embedder": "hashing", "progress": False, **options}
        return Index.build([corpus, *found], tmp_path / "mixed.index", **options)

    with build(reader_document("Give otherazine 5 mg.", title="Plan", kind="protocol")) as index:
        only = Filters(kinds=("protocol",))
        (hit,) = index.search("otherazine", 5, filters=only)
        assert (hit.source.key, hit.source.title) == ("plan.docx", "Plan")
        assert index.search("usual dose of examplazine", 1)
    same = build(reader_document("Give otherazine 5 mg.", title="Plan", kind="protocol")).report
    assert (same.read, same.unchanged, same.embedded) == (0, 2, 0)
    with build(reader_document("Give otherazine 7 mg.", title="Plan", kind="protocol")) as index:
        (hit,) = index.search("otherazine", 5, filters=only)
        assert "7 mg" in hit.passage.text
    assert build(prune=True).report.removed == ("plan.docx",)


def test_documents_alone_are_a_corpus_and_keys_must_differ(tmp_path):
    (document,) = from_llama_index([reader_document("Give otherazine 5 mg.")])
    options = {"embedder": "hashing", "progress": False}
    with Index.build([document], tmp_path / "a.index", **options) as index:
        assert len(index) == 1
    with pytest.raises(CorpusError, match=r"Two sources have the key 'plan\.docx'"):
        Index.build([document, document], tmp_path / "b.index", **options)


def test_what_lacks_provenance_is_reported(build):
    notes = build().report.unattributed
    assert [note.file for note in notes] == ["guide.md"]
    assert "publisher" in notes[0].note


def test_only_the_edition_in_force_answers_unless_asked(build, corpus):
    for year, dose in ((2014, "9 mg"), (2024, "4 mg")):
        (corpus / f"protocol-{year}.md").write_text(f"# Protocol\n\nGive testazine {dose}.\n")
        (corpus / f"protocol-{year}.md.toml").write_text(
            f'title = "Protocol"\nseries = "protocol"\neffective = {year}-01-01\n'
        )
    with build() as index:
        found = [hit.passage.text for hit in index.search("testazine", 10)]
        assert any("4 mg" in text for text in found)
        assert not any("9 mg" in text for text in found)
        old = Filters(include_superseded=True)
        stale = [h for h in index.search("testazine", 10, filters=old) if "9 mg" in h.passage.text]
        assert [hit.in_force for hit in stale] == [False]
        assert {n.file: n.note for n in index.report.not_in_force} == {
            "protocol-2014.md": "superseded by protocol-2024.md"
        }


def test_a_better_match_that_is_not_in_force_is_named_with_the_reason(build, corpus):
    old = "# Protocol\n\nIn testing fever give testazine 9 mg at once.\n\nWash the hands.\n"
    new = "# Protocol\n\nIn fever call the ward.\n\nWash the hands.\n"
    for year, text in ((2014, old), (2024, new)):
        (corpus / f"protocol-{year}.md").write_text(text)
        (corpus / f"protocol-{year}.md.toml").write_text(
            f'title = "Protocol"\nseries = "protocol"\neffective = {year}-01-01\n'
        )
    with build() as index:
        (match,) = index.passed_over("testazine 9 mg at once", 1)
        assert "9 mg" in match.hit.passage.text
        assert match.reason == "superseded by protocol-2024.md"
        day = Filters(as_of=date(2015, 1, 1))
        assert index.passed_over("testazine 9 mg at once", filters=day) == []
        every = Filters(include_superseded=True)
        assert index.passed_over("testazine 9 mg at once", filters=every) == []
        assert index.passed_over("usual dose of examplazine") == []


def test_a_better_match_is_looked_for_with_the_settings_of_the_search(build, corpus):
    for year, text in ((2014, "apixaban"), (2024, "Eliquis")):
        (corpus / f"p-{year}.md").write_text(f"# Protocol\n\nGive {text}.\n")
        (corpus / f"p-{year}.md.toml").write_text(
            f'title = "Protocol"\nseries = "protocol"\neffective = {year}-01-01\n'
        )
    with build() as index:
        assert index.passed_over("Apixaban") != []
        unreadable = RetrievalSettings(vocabulary="no-such-file.toml")
        with pytest.raises(ConfigError, match="no-such-file"):
            index.passed_over("Apixaban", settings=unreadable)


def test_what_the_edition_in_force_says_word_for_word_is_not_passed_over(build, corpus):
    for year in (2014, 2024):
        (corpus / f"p-{year}.md").write_text("# Protocol\n\nWash the hands with testazine.\n")
        (corpus / f"p-{year}.md.toml").write_text(
            f'title = "Protocol"\nseries = "protocol"\neffective = {year}-01-01\n'
        )
    with build() as index:
        assert index.passed_over("wash the hands with testazine") == []


def test_another_embedder_of_the_same_name_is_refused(build, tmp_path, monkeypatch):
    build().close()
    with Index.open(tmp_path / "guide.index") as index:
        monkeypatch.setattr(type(index._store), "embedder_digest", "0" * 64)
        with pytest.raises(IndexStateError, match="Build the index anew"):
            index.search("dose", 1)


def test_the_embedder_an_index_was_made_with_is_kept(build, tmp_path):
    build(embedder="hashing:128").close()
    with build(embedder=None) as index:
        assert index.info().embedder == "hashing:128"


def test_a_run_names_each_document_once(build, corpus):
    (corpus / "second.md").write_text("# Otherazine\n\nOtherazine, not examplazine.\n")
    with build() as index:
        (hits,) = index.search_many(["examplazine dose"], 10)
    keys = [hit.source.key for hit in hits]
    assert sorted(keys) == ["guide.md", "second.md"]


def test_an_index_opened_to_be_asked_at_once_finds_what_any_other_does(build, tmp_path):
    with build() as index:
        expected = index.search("dose of examplazine")
    with Index.open(tmp_path / "guide.index", preload=True) as index:
        assert index.search("dose of examplazine") == expected


def test_an_interrupt_leaves_no_embedder_loading(build, tmp_path, monkeypatch):
    build().close()
    loaded = []

    def interrupted(name):
        time.sleep(0.5)  # until what else is to be read has been
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)
        loaded.append(name)

    monkeypatch.setattr("medrag.pipeline.index.open_embedder", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            Index.open(tmp_path / "guide.index", preload=True)
    finally:
        signal.signal(signal.SIGINT, before)
    assert loaded == ["hashing"]


def test_processes_find_what_one_process_finds_in_its_generation(build, corpus):
    questions = ["examplazine dose", " ", *(f"dose {n}" for n in range(70))]
    with build() as index:
        alone = [next(index.search_many([text], 3)) for text in questions]
        (corpus / "later.md").write_text("# Dose 5\n\nA dose that is indexed later.\n")
        build().close()  # what is open stays what it was, in other processes too
        assert list(index.search_many(questions, 3, jobs=2)) == alone


QUESTIONS = [f"dose {n}" for n in range(70)]


def test_processes_find_nothing_in_an_index_that_replaced_the_one_that_is_open(
    build, corpus, tmp_path
):
    with build() as index:
        alone = list(index.search_many(QUESTIONS, 3, jobs=1))
        (tmp_path / "guide.index").rename(tmp_path / "moved.index")
        (corpus / "guide.md").write_text("# Otherazine\n\nThe dose of otherazine is 7 mg.\n")
        build().close()
        assert list(index.search_many(QUESTIONS, 3, jobs=2)) == alone
        assert list(index.search_many(QUESTIONS, 3, jobs=1)) == alone


def test_an_index_stays_what_it_was_where_the_current_folder_changes(
    build, corpus, tmp_path, monkeypatch
):
    build().close()
    (tmp_path / "elsewhere").mkdir()
    (corpus / "guide.md").write_text("# Otherazine\n\nThe dose of otherazine is 7 mg.\n")
    other = Index.build([corpus], tmp_path / "elsewhere" / "guide.index", embedder="hashing")
    other.close()
    monkeypatch.chdir(tmp_path)
    with Index.open("guide.index") as index:
        monkeypatch.chdir("elsewhere")
        here = list(index.search_many(QUESTIONS, 3, jobs=1))
        assert all("5 mg" in hits[0].passage.text for hits in here)
        assert list(index.search_many(QUESTIONS, 3, jobs=2)) == here


@pytest.mark.parametrize("jobs", [0, -3, 2.5, True])
def test_so_many_processes_cannot_be(jobs, build):
    with build() as index, pytest.raises(InputError, match=f"jobs is {jobs}; expected a whole"):
        list(index.search_many(["dose"], 3, jobs=jobs))


def test_without_an_interpreter_to_start_questions_are_searched_here(build, monkeypatch):
    with build() as index:
        alone = list(index.search_many(QUESTIONS, 3, jobs=1))
        monkeypatch.setattr("sys.executable", "")
        assert list(index.search_many(QUESTIONS, 3, jobs=2)) == alone


def test_an_embedder_of_the_callers_is_asked_in_its_own_process(build):
    with build(embedder=Renamed(open_embedder("hashing"))) as index:
        assert len(list(index.search_many(["dose"] * 70, 3, jobs=2))) == 70


def test_nothing_to_index_is_an_error(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="empty"):
        Index.build([tmp_path / "empty"], tmp_path / "x.index", embedder="hashing")
    assert not (tmp_path / "x.index").exists()


def test_a_context_is_as_long_as_fits(build):
    with build() as index:
        hit = index.search("eGFR below 30", 1)[0]
        document = index.document(hit.passage.document_id)

    def words(texts):
        return [len(text.split()) for text in texts]

    whole = " > ".join((document.source.title, *hit.passage.section))
    for limit in (len(whole.split()), 3, 1, 0):
        (context,) = contexts_of([hit.passage], [document], count_tokens=words, max_tokens=limit)
        assert len(context.split()) <= limit
        assert whole.startswith(context) or context.endswith(hit.passage.section[-1])


def test_a_passage_in_the_middle_of_a_table_has_the_header_in_its_context(build, corpus):
    rows = "\n".join(f"| Drug{n}azine | {n} mg | every {n} hours |" for n in range(1, 40))
    (corpus / "table.md").write_text(
        f"# Doses\n\n| Drug | Dose | Interval |\n|---|---|---|\n{rows}\n"
    )
    with build(passage_tokens=128) as index:
        (key,) = [source.id for source in index.info().sources if source.key == "table.md"]
        document, passages = index.document(key), list(index._store.passages_of(key))
    contexts = contexts_of(passages, [document], count_tokens=lambda t: [len(x.split()) for x in t])
    assert len(passages) > 2
    assert contexts[0] == "Doses > Doses"
    assert set(contexts[1:]) == {"Doses > Doses > Drug | Dose | Interval"}
    assert all("Drug | Dose" not in passage.text for passage in passages[1:])


def test_info_round_trips_through_json(build):
    with build() as index:
        facts = index.info()
    assert json.loads(facts.model_dump_json())["documents"] == 1


def test_an_embedder_that_loads_meanwhile_answers_as_one_that_loads_later(build, tmp_path):
    build().close()
    path = tmp_path / "guide.index"
    with Index.open(path) as later, Index.open(path, preload=True) as meanwhile:
        hits = meanwhile.search("renal impairment")
        assert hits
        assert hits == later.search("renal impairment")


def test_an_embedder_that_cannot_be_loaded_is_missed_only_by_who_asks(build, tmp_path):
    build(embedder=Renamed(open_embedder("hashing"))).close()
    with Index.open(tmp_path / "guide.index", preload=True) as index:
        assert index.info().documents == 1
        with pytest.raises(MedragError, match="no-such-embedder"):
            index.search("dose")


def test_a_superseded_key_that_nobody_has_is_told(build, corpus):
    for name, key, old in (("a", "first", '"gone"'), ("b", "second", '"first"')):
        (corpus / f"{name}.md").write_text(f"# Plan {name}\n\nGive testazine.\n")
        (corpus / f"{name}.md.toml").write_text(f'key = "{key}"\nsupersedes = [{old}]\n')
    with build() as index:
        (note,) = index.report.dangling
        assert note.file == "first"
        assert "'gone'" in note.note


def test_what_leaves_open_which_edition_counts_is_told(build, corpus):
    said = {"a": ("one", "two"), "b": ("two", "one"), "c": ("same", "x"), "d": ("same", "same")}
    for name, (key, old) in said.items():
        (corpus / f"{name}.md").write_text(f"# Plan {name}\n\nGive testazine {name}.\n")
        (corpus / f"{name}.md.toml").write_text(f'key = "{key}"\nsupersedes = ["{old}"]\n')
    for suffix in ("md", "md.toml"):  # a copy with its key is the same document
        (corpus / f"copy.{suffix}").write_bytes((corpus / f"a.{suffix}").read_bytes())
    with build() as index:
        told = [(note.file, note.note) for note in index.report.unclear]
    assert [key for key, _ in told] == ["same", "one", "same"]
    assert "c.md, d.md" in told[0][1]
    assert "two supersede each other" in told[1][1]
    assert "supersedes itself" in told[2][1]
