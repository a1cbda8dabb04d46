"""A file that nobody foresaw fails alone: it is named, and the others are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import medrag
from medrag.documents import discover, read
from medrag.documents.markdown import MarkdownLoader
from medrag.errors import CorpusError

ENDLESS = "9" * 5000


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("label.json", f'{{"results":[{{"set_id":"a","x":{ENDLESS}}}]}}', "thousands of digits"),
        ("note.json", f'{{"resourceType":"DocumentReference","x":{ENDLESS}}}', "not JSON"),
    ],
)
def test_a_number_without_end_fails_its_file_only(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    (tmp_path / "good.md").write_text("# Examplazine\n\nAt most 40 mg daily.\n")
    index = medrag.Index.build([tmp_path], tmp_path / "index", embedder="hashing")
    assert [note.file for note in index.report.failed] == [name]
    assert said in index.report.failed[0].note
    assert index.report.documents == 1


@pytest.mark.parametrize(("suffix", "kind"), [("toml", "TOML"), ("json", "JSON")])
def test_a_number_without_end_in_a_sidecar_is_an_error_of_its_file(
    tmp_path: Path, suffix: str, kind: str
) -> None:
    (tmp_path / "a.txt").write_text("Examplazine 5 mg.")
    number = f"edition = {ENDLESS}\n" if suffix == "toml" else f'{{"edition": {ENDLESS}}}'
    (tmp_path / f"a.txt.{suffix}").write_text(number)
    (file,) = discover([tmp_path]).files
    with pytest.raises(CorpusError, match=f"not {kind}"):
        read(file)


FRAGILE = """
class FragileLoader:
    version = 1
    suffixes = (".fragile",)

    def load(self, path):
        raise KeyError(path.name)
"""


@pytest.fixture
def third_party(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package with a loader that forgets to say how it may fail."""
    place = tmp_path / "site"
    about = place / "fragile-1.dist-info"
    about.mkdir(parents=True)
    (place / "fragile_loader.py").write_text(FRAGILE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: fragile\nVersion: 1\n")
    (about / "entry_points.txt").write_text(
        "[medrag.loader]\nfragile = fragile_loader:FragileLoader\n"
    )
    monkeypatch.syspath_prepend(str(place))


@pytest.mark.usefixtures("third_party")
def test_a_loader_that_fails_as_it_may_not_fails_one_file_and_says_where(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.fragile").write_text("x")
    (corpus / "good.md").write_text("# Examplazine\n\nAt most 40 mg daily.\n")
    index = medrag.Index.build([corpus], tmp_path / "index", embedder="hashing")
    (note,) = index.report.failed
    assert re.search(r"loader 'fragile' failed \(KeyError at fragile_loader.py:7\)", note.note)
    assert index.report.documents == 1


@pytest.mark.parametrize("written", ["a.md", "a.md.toml"])
def test_a_file_that_somebody_writes_meanwhile_is_read_at_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    corpus, place = tmp_path / "corpus", tmp_path / "index"
    corpus.mkdir()
    for name in ("a.md", "b.md"):
        (corpus / name).write_text(f"# {name}\n\nAt most 40 mg daily.\n")
    (corpus / "a.md.toml").write_text('edition = "1"')
    medrag.Index.build([corpus], place, embedder="hashing").close()
    whole = {"a.md": "# a.md\n\nAt most 20 mg daily.\n", "a.md.toml": 'edition = "2"'}[written]
    (corpus / written).write_text(whole[: len(whole) // 2] if written == "a.md" else whole)
    (corpus / "b.md").write_text("# b.md\n\nAt most 30 mg daily.\n")
    load = MarkdownLoader.load

    def writing(self, path):
        yield from load(self, path)
        if path.name == "a.md":
            (corpus / written).write_text(whole + "\n")
        else:
            path.touch()  # the same bytes again

    with monkeypatch.context() as patch:
        patch.setattr(MarkdownLoader, "load", writing)
        index = medrag.Index.build([corpus], place, embedder="hashing")
    assert [note.file for note in index.report.failed] == ["a.md"]
    assert "while it was being read" in index.report.failed[0].note
    texts = {hit.source.key: hit.passage.text for hit in index.search("most mg daily")}
    assert "40 mg" in texts["a.md"]
    assert "30 mg" in texts["b.md"]
    index.close()
    with medrag.Index.build([corpus], place, embedder="hashing") as index:
        assert not index.report.failed
        assert index.report.read == 1
