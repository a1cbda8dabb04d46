"""What sidecars, manifests and front matter say, and what nobody has said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.documents import discover, missing_provenance, read
from medrag.errors import CorpusError


def read_one(root: Path, key: str = "a.txt") -> Document:
    (file,) = [file for file in discover([root]).files if file.key == key]
    (document,) = read(file)
    return document


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("Give examplazine 5 mg.", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["a.txt.toml", "a.toml"])
def test_a_toml_sidecar_fills_the_source(corpus, name):
    (corpus / name).write_text(
        'key = "ex-2024"\ntitle = "Examplazine"\neffective = 2024-03-01\n'
        'supersedes = ["ex-2019"]\nkind = "protocol"\n',
        encoding="utf-8",
    )
    source = read_one(corpus).source
    assert (source.key, source.title, source.kind) == ("ex-2024", "Examplazine", "protocol")
    assert source.effective == date(2024, 3, 1)
    assert source.supersedes == ("ex-2019",)
    assert source.path == "a.txt"


def test_a_json_sidecar_fills_the_source(corpus):
    (corpus / "a.json").write_text('{"title": "A", "published": "2024-03-01"}', encoding="utf-8")
    source = read_one(corpus).source
    assert (source.title, source.published) == ("A", date(2024, 3, 1))


def test_the_nearer_provenance_wins_field_by_field(corpus):
    folder = corpus / "in"
    folder.mkdir()
    (folder / "b.txt").write_text("Text.", encoding="utf-8")
    (corpus / "corpus.toml").write_text(
        '["in/b.txt"]\ntitle = "outer"\npublisher = "outer"\nedition = "outer"', encoding="utf-8"
    )
    (folder / "corpus.toml").write_text(
        '["b.txt"]\npublisher = "inner"\nedition = "inner"', encoding="utf-8"
    )
    (folder / "b.toml").write_text('edition = "beside"', encoding="utf-8")
    source = read_one(corpus, "in/b.txt").source
    assert (source.title, source.publisher, source.edition) == ("outer", "inner", "beside")


def test_an_unknown_field_is_an_error_with_the_near_miss(corpus):
    (corpus / "a.toml").write_text('publishr = "X"', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"unknown field 'publishr'. Did you mean 'publisher'"):
        read_one(corpus)


@pytest.mark.parametrize("field", ["sha256", "path"])
def test_what_the_file_decides_cannot_be_said(corpus, field):
    (corpus / "a.toml").write_text(f'{field} = "X"', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"unknown field"):
        read_one(corpus)


def test_a_date_that_is_none_names_the_form(corpus):
    (corpus / "a.toml").write_text('published = "March 2024"', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"published: .*YYYY-MM-DD"):
        read_one(corpus)


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-01",
        "20240301",
        '"2024/03/01"',
        '"1 March 2024"',
        '"Mar 1, 2024"',
        "2024-03-01T23:30:00-05:00",
        '"2024-03-01 00:30:00 +02:00"',
        '"2024-03-01T10:00:00.000Z"',
    ],
)
def test_a_day_is_read_however_it_is_written(corpus, written):
    (corpus / "a.toml").write_text(f"effective = {written}", encoding="utf-8")
    assert read_one(corpus).source.effective == date(2024, 3, 1)


@pytest.mark.parametrize(
    "written", ["2024", '"2024-03"', '"03/01/2024"', "0", '"1700006400"', '"2024-03-01 to 2025"']
)
def test_what_leaves_the_day_open_is_an_error(corpus, written):
    (corpus / "a.toml").write_text(f"expires = {written}", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"expires: .* names no single day"):
        read_one(corpus)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-05-01T10:00:00+02:00", date(2024, 5, 1)),
        ("2024-05", None),
        ("2024", None),
    ],
)
def test_the_date_of_another_program_fails_no_file(tmp_path, written, day):
    (tmp_path / "a.md").write_text(f"---\ndate: {written}\n---\nText.\n", encoding="utf-8")
    assert read_one(tmp_path, "a.md").source.published == day


def test_our_own_name_wins_over_another_programs(tmp_path):
    head = "published: 2024-05-01\ndate: 2025-01-01"
    (tmp_path / "a.md").write_text(f"---\n{head}\n---\nText.\n", encoding="utf-8")
    assert read_one(tmp_path, "a.md").source.published == date(2024, 5, 1)


def test_one_text_in_a_list_is_that_text(tmp_path):
    head = "series: [sepsis]\nkind: Guideline\n"
    (tmp_path / "a.md").write_text(f"---\n{head}---\nText.\n", encoding="utf-8")
    source = read_one(tmp_path, "a.md").source
    assert (source.series, source.kind) == ("sepsis", "guideline")


@pytest.mark.parametrize(("name", "kind"), [("a.toml", "TOML"), ("a.txt.json", "JSON")])
def test_a_damaged_sidecar_is_an_error_of_its_file(corpus, name, kind):
    (corpus / name).write_text("= ]", encoding="utf-8")
    with pytest.raises(CorpusError, match=f"not {kind}"):
        read_one(corpus)


def test_without_provenance_the_key_is_the_path_and_everything_is_missing(corpus):
    document = read_one(corpus)
    assert document.source.key == "a.txt"
    assert missing_provenance(document.source) == (
        "title",
        "publisher",
        "edition",
        "effective",
        "licence",
    )


def test_one_of_two_dates_is_enough(corpus):
    (corpus / "a.toml").write_text(
        'title = "A"\npublisher = "B"\nedition = "1"\npublished = 2024-01-01\nlicense = "CC0"',
        encoding="utf-8",
    )
    assert missing_provenance(read_one(corpus).source) == ()


def test_provenance_is_part_of_the_documents_identity_only_by_its_key(corpus):
    before = read_one(corpus)
    (corpus / "a.toml").write_text('title = "A"', encoding="utf-8")
    titled = read_one(corpus)
    (corpus / "a.toml").write_text('key = "A"', encoding="utf-8")
    assert before.id == titled.id
    assert before.id != read_one(corpus).id


FRONT = {
    "dashes": "---\ntitle: Examplazine # not part\npublished: 2024-03-01\nlicense: 'CC BY 4.0'\n"
    "supersedes:\n  - a\n  - b\nlayout: page\n---\n# Heading\n\nText.\n",
    "pluses": '+++\ntitle = "Examplazine"\npublished = 2024-03-01\nlicence = "CC BY 4.0"\n'
    'supersedes = ["a", "b"]\nlayout = "page"\n+++\n# Heading\n\nText.\n',
}


@pytest.mark.parametrize("form", sorted(FRONT))
def test_front_matter_fills_the_source_and_is_no_text(tmp_path, form):
    (tmp_path / "a.md").write_text(FRONT[form], encoding="utf-8")
    document = read_one(tmp_path, "a.md")
    assert document.text == "Heading\n\nText."
    assert document.source.title == "Examplazine"
    assert document.source.published == date(2024, 3, 1)
    assert document.source.licence == "CC BY 4.0"
    assert document.source.supersedes == ("a", "b")


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ("title: >\n  Sepsis in\n  adults", "title", "Sepsis in adults"),
        ("title: |\n  Sepsis", "title", "Sepsis"),
        ("title: Sepsis in\n  adults", "title", "Sepsis in adults"),
        ('title: "Sepsis: fluids # 1"', "title", "Sepsis: fluids # 1"),
        ("publisher: 'St James''s'", "publisher", "St James's"),
        ('edition: "3" # third', "edition", "3"),
        ("edition: 1.10", "edition", "1.10"),
        ("supersedes: [\n  a,\n  b ]", "supersedes", ("a", "b")),
        ('supersedes: ["a, b", c]', "supersedes", ("a, b", "c")),
        ("supersedes:\n- a\n- b", "supersedes", ("a", "b")),
        ("expires: null", "expires", None),
        ("expires: 2026-03-01 # last day", "expires", date(2026, 3, 1)),
        ("tags: {a: [b, {c: d}]}\ntitle: X", "title", "X"),
    ],
)
def test_front_matter_is_read_as_yaml(tmp_path, head, field, value):
    (tmp_path / "a.md").write_text(f"---\n{head}\n---\nText.", encoding="utf-8")
    assert getattr(read_one(tmp_path, "a.md").source, field) == value


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("title: A: B", "line 2 of the front matter is not YAML"),
        ("title: X\nsupersedes: [a", "not YAML"),
        ("supersedes: {a: b}", "supersedes"),
        ("expires:2026-03-01", "needs a space after 'expires:'"),
        ("title: X\n" + "# c\n" * 20_000, "longer than 64 KiB"),
        ("title: " + "[" * 5_000, "not YAML"),
    ],
)
def test_front_matter_that_is_damaged_is_an_error(tmp_path, head, message):
    (tmp_path / "a.md").write_text(f"---\n{head}\n---\nText.", encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_one(tmp_path, "a.md")


def test_front_matter_may_end_with_dots(tmp_path):
    (tmp_path / "a.md").write_text("---\ntitle: X\n...\nText.", encoding="utf-8")
    document = read_one(tmp_path, "a.md")
    assert (document.source.title, document.text) == ("X", "Text.")


def test_a_near_miss_in_front_matter_is_an_error(tmp_path):
    (tmp_path / "a.md").write_text("---\ntitel: X\n---\nText.", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"Did you mean 'title'"):
        read_one(tmp_path, "a.md")


def test_a_line_between_dashes_is_no_front_matter(tmp_path):
    (tmp_path / "a.md").write_text("---\n\nGive examplazine.\n\n---\n", encoding="utf-8")
    assert read_one(tmp_path, "a.md").text == "Give examplazine."
