"""Which files are documents, and why others are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from medrag.documents import discover
from medrag.errors import CorpusError


def write(path: Path, text: str = "Give examplazine 5 mg.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def keys(*roots: Path) -> list[str]:
    return [file.key for file in discover(roots).files]


def test_files_are_found_at_any_depth_and_sorted_by_key(tmp_path):
    for name in ("b.txt", "a/z.md", "a/b/c.txt"):
        write(tmp_path / name)
    assert keys(tmp_path) == ["a/b/c.txt", "a/z.md", "b.txt"]


def test_a_single_file_is_a_root(tmp_path):
    assert keys(write(tmp_path / "a.txt")) == ["a.txt"]


def test_hidden_files_and_folders_are_passed_over_without_a_word(tmp_path):
    write(tmp_path / "a.txt")
    write(tmp_path / ".hidden.txt")
    write(tmp_path / ".git" / "b.txt")
    found = discover([tmp_path])
    assert [file.key for file in found.files] == ["a.txt"]
    assert found.skipped == ()


def test_an_unknown_suffix_is_listed_with_the_suffixes_that_are_known(tmp_path):
    write(tmp_path / "a.txt")
    other = write(tmp_path / "b.xyz")
    ((path, reason),) = discover([tmp_path]).skipped
    assert path == other
    assert "'.xyz'" in reason
    assert ".pdf" in reason


def test_a_missing_root_is_an_error_that_names_it(tmp_path):
    with pytest.raises(CorpusError, match=r"nowhere: no such file"):
        discover([tmp_path / "nowhere"])


def test_a_folder_without_documents_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match=r"no files"):
        discover([tmp_path])


def test_a_folder_of_unreadable_files_says_why_the_first_is_not_read(tmp_path):
    write(tmp_path / "b.xyz")
    with pytest.raises(CorpusError, match=r"none of 1 files can be read.*'\.xyz'"):
        discover([tmp_path])


def test_a_loop_of_symbolic_links_ends(tmp_path):
    write(tmp_path / "a" / "a.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert keys(tmp_path) == ["a/a.txt"]


def test_a_link_that_leads_nowhere_is_listed(tmp_path):
    write(tmp_path / "a.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "missing.txt")
    ((path, reason),) = discover([tmp_path]).skipped
    assert path.name == "b.txt"
    assert "leads nowhere" in reason


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_listed_and_never_opened(tmp_path):
    write(tmp_path / "a.txt")
    os.mkfifo(tmp_path / "b.txt")
    assert [reason for _, reason in discover([tmp_path]).skipped] == ["not a regular file"]


def test_a_file_under_two_roots_is_read_once(tmp_path):
    write(tmp_path / "a" / "x.txt")
    assert keys(tmp_path / "a", tmp_path) == ["x.txt"]


def test_one_key_from_two_roots_gets_the_roots_name_in_front(tmp_path):
    write(tmp_path / "a" / "x.txt")
    write(tmp_path / "b" / "x.txt")
    write(tmp_path / "b" / "y.txt")
    assert keys(tmp_path / "a", tmp_path / "b") == ["a/x.txt", "b/x.txt", "y.txt"]


def test_two_roots_of_one_name_with_one_key_are_an_error(tmp_path):
    write(tmp_path / "1" / "a" / "x.txt")
    write(tmp_path / "2" / "a" / "x.txt")
    with pytest.raises(CorpusError, match=r"both have the key 'a/x.txt'"):
        discover([tmp_path / "1" / "a", tmp_path / "2" / "a"])


def test_a_sidecar_is_no_document_and_changes_the_fingerprint(tmp_path):
    write(tmp_path / "a.txt")
    (before,) = discover([tmp_path]).files
    write(tmp_path / "a.txt.toml", 'title = "A"')
    (named,) = discover([tmp_path]).files
    write(tmp_path / "a.txt.toml", 'title = "B"')
    (renamed,) = discover([tmp_path]).files
    assert len({before.fingerprint, named.fingerprint, renamed.fingerprint}) == 3
    assert named.sidecar == tmp_path / "a.txt.toml"


def test_a_manifest_entry_changes_the_fingerprint_of_its_file_only(tmp_path):
    write(tmp_path / "a.txt")
    write(tmp_path / "b.txt")
    before = {file.key: file.fingerprint for file in discover([tmp_path]).files}
    write(tmp_path / "corpus.toml", '["a.txt"]\ntitle = "A"')
    after = {file.key: file.fingerprint for file in discover([tmp_path]).files}
    assert before["a.txt"] != after["a.txt"]
    assert before["b.txt"] == after["b.txt"]


def test_moving_a_file_keeps_its_fingerprint(tmp_path):
    path = write(tmp_path / "a.txt")
    (before,) = discover([tmp_path]).files
    path.rename(tmp_path / "b.txt")
    (after,) = discover([tmp_path]).files
    assert before.fingerprint == after.fingerprint


def test_a_sidecar_named_by_stem_beside_two_documents_is_listed(tmp_path):
    write(tmp_path / "a.txt")
    write(tmp_path / "a.md")
    write(tmp_path / "a.toml", 'title = "A"')
    found = discover([tmp_path])
    assert [file.sidecar for file in found.files] == [None, None]
    assert [reason for _, reason in found.skipped] == [
        "could describe any of a.md, a.txt; name it after one"
    ]


def test_provenance_without_a_document_is_listed(tmp_path):
    write(tmp_path / "a.txt")
    write(tmp_path / "b.toml", 'title = "B"')
    assert [reason for _, reason in discover([tmp_path]).skipped] == [
        "provenance without a document beside it"
    ]


def test_json_that_is_a_label_is_a_document_and_no_sidecar(tmp_path):
    write(tmp_path / "a.txt")
    write(tmp_path / "a.json", '{"results": [{"id": "1", "purpose": ["Relieves pain."]}]}')
    assert [(f.key, f.loader) for f in discover([tmp_path]).files] == [
        ("a.json", "openfda"),
        ("a.txt", "text"),
    ]


def test_a_readme_is_listed_unless_it_is_named(tmp_path):
    write(tmp_path / "a.txt")
    readme = write(tmp_path / "README.md")
    ((path, _),) = discover([tmp_path]).skipped
    assert path == readme
    assert keys(readme) == ["README.md"]


def test_a_manifest_that_names_a_missing_file_suggests_the_near_one(tmp_path):
    write(tmp_path / "asthma.txt")
    write(tmp_path / "corpus.toml", '["astma.txt"]\ntitle = "A"')
    with pytest.raises(CorpusError, match=r"Did you mean 'asthma.txt'"):
        discover([tmp_path])


def test_a_loader_can_be_chosen_for_a_suffix(tmp_path):
    write(tmp_path / "a.md")
    (file,) = discover([tmp_path], loaders={".md": "text"}).files
    assert file.loader == "text"


@pytest.mark.parametrize(
    ("name", "text", "loader"),
    [
        ("a.xml", '<document xmlns="urn:hl7-org:v3"/>', "spl"),
        ("a.xml", "<article><front/></article>", "jats"),
        ("a.xml", '<?xml version="1.0"?><html><body/></html>', "html"),
        ("a.json", '{"results": [{}]}', "openfda"),
        ("a.json", '{"resourceType": "Bundle"}', "fhir"),
        ("a.HTM", "<p>x</p>", "html"),
    ],
)
def test_content_decides_where_a_suffix_is_shared(tmp_path, name, text, loader):
    assert [file.loader for file in discover([write(tmp_path / name, text)]).files] == [loader]


@pytest.mark.parametrize(("name", "text"), [("a.xml", "<rss/>"), ("a.json", "[1]"), ("a.zip", "x")])
def test_content_of_no_known_kind_is_listed(tmp_path, name, text):
    write(tmp_path / "ok.txt")
    write(tmp_path / name, text)
    assert len(discover([tmp_path]).skipped) == 1


def test_a_name_that_is_not_utf8_has_an_escaped_key(tmp_path):
    raw = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        with open(raw, "w", encoding="utf-8") as stream:  # noqa: PTH123 -- a name in bytes
            stream.write("Give examplazine.")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert keys(tmp_path) == ["caf\\xe9.txt"]


def test_a_file_goes_by_its_own_name_and_a_link_to_it_is_told(tmp_path):
    write(tmp_path / "z.txt", "Text.")
    (tmp_path / "a.txt").symlink_to(tmp_path / "z.txt")
    found = discover([tmp_path])
    assert [file.key for file in found.files] == ["z.txt"]
    assert [(path.name, why[:6]) for path, why in found.skipped] == [("a.txt", "a link")]


def test_a_manifest_names_a_file_with_or_without_a_dot_before_it(tmp_path):
    write(tmp_path / "in" / "a.txt", "Text.")
    write(tmp_path / "corpus.toml", '["./in/../in/a.txt"]\ntitle = "A"')
    (file,) = discover([tmp_path]).files
    assert [fields["title"] for _, fields in file.manifests] == ["A"]


@pytest.mark.parametrize("name", ["../out.txt", "in/../../out.txt"])
def test_a_manifest_says_nothing_of_files_outside_its_folder(tmp_path, name):
    write(tmp_path / "corpus" / "in" / "a.txt", "Text.")
    write(tmp_path / "out.txt", "Text.")
    write(tmp_path / "corpus" / "corpus.toml", f'["{name}"]\ntitle = "A"')
    with pytest.raises(CorpusError, match="lies outside"):
        discover([tmp_path / "corpus"])


def test_an_index_among_the_documents_is_passed_over_as_one(tmp_path):
    write(tmp_path / "a.txt", "Text.")
    for inside in ("CURRENT", "parts/1/a.txt", "generations/1/manifest.json"):
        write(tmp_path / "my.index" / inside, "{}")
    found = discover([tmp_path])
    assert [file.key for file in found.files] == ["a.txt"]
    assert found.skipped == ((tmp_path / "my.index", "an index, not documents"),)
