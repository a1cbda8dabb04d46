"""Bulk exports with one object a line: openFDA labels and FHIR resources."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from medrag.documents import discover, read, stream
from medrag.documents.fhir import FhirLoader
from medrag.documents.json_lines import lines_of
from medrag.documents.openfda import OpenFdaLoader
from medrag.errors import CorpusError, PartlyReadError


def label(number: int, **fields: object) -> dict[str, object]:
    return {"id": f"id-{number}", "openfda": {}, "purpose": [f"Give {number} mg."]} | fields


def reference(name: str, text: str = "", **fields: object) -> dict[str, object]:
    data = base64.b64encode(text.encode()).decode()
    attachment = {"contentType": "text/plain", "data": data}
    content = [{"attachment": attachment}]
    return {"resourceType": "DocumentReference", "id": name, "content": content} | fields


def write(path: Path, *lines: object, end: str = "\n") -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_bytes(end.join([*texts, ""]).encode("utf-8"))
    return path


def given(loader, path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the texts by key, and what could not be read."""
    texts: dict[str, str] = {}
    try:
        for document in loader.load(path):
            texts[document.source.key] = document.text
    except PartlyReadError as error:
        return texts, error.parts
    return texts, ()


@pytest.mark.parametrize("name", ["a.ndjson", "a.jsonl", "A.NDJSON"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\n  \n"])
def test_every_line_is_a_label(tmp_path, name, end):
    path = write(tmp_path / name, label(1), label(2), label(3), end=end)
    (file,) = discover([tmp_path]).files
    found = {d.source.key: d.text for d in read(file)}
    assert found == {f"{path.name}#id-{n}": f"Give {n} mg." for n in (1, 2, 3)}


def test_a_last_line_without_an_end_and_a_byte_order_mark_are_read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(label(1))}\n{json.dumps(label(2))}", encoding="utf-8-sig")
    assert given(OpenFdaLoader(), path) == (
        {"a.jsonl#id-1": "Give 1 mg.", "a.jsonl#id-2": "Give 2 mg."},
        (),
    )


def test_a_label_keeps_its_key_when_the_file_grows(tmp_path):
    path = write(tmp_path / "a.ndjson", label(1))
    (before,) = OpenFdaLoader().load(path)
    after, _ = OpenFdaLoader().load(write(path, label(1), label(2)))
    assert (before.source.key, before.id) == (after.source.key, after.id)


def test_an_answer_of_the_api_on_each_line_gives_the_labels_of_all(tmp_path):
    pages = [{"meta": {}, "results": [label(1), label(2)]}, {"meta": {}, "results": [label(3)]}]
    texts, _ = given(OpenFdaLoader(), write(tmp_path / "a.jsonl", *pages))
    assert list(texts.values()) == ["Give 1 mg.", "Give 2 mg.", "Give 3 mg."]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (json.dumps(label(9))[:-9], "cut off"),
        ("{'id': 1}", "not JSON"),
        ('"purpose"', "expected a JSON object or array"),
        ("[1]", "expected an object per record"),
        ("null", "expected a JSON object or array"),
        ('{"purpose": ' + "[" * 100_000, "too deep|cut off"),
        ('{"purpose": ' + "9" * 5_000 + "}", "thousands of digits"),
        ('{"id": "nine"}', "the record nine holds no text"),
    ],
)
def test_a_damaged_line_is_named_and_costs_the_others_nothing(tmp_path, line, why):
    path = write(tmp_path / "a.ndjson", label(1), "", line, label(2))
    texts, (part,) = given(OpenFdaLoader(), path)
    assert list(texts) == ["a.ndjson#id-1", "a.ndjson#id-2"]
    assert part.startswith("line 3: ") or "the record nine" in part
    with pytest.raises(PartlyReadError, match=why):
        list(OpenFdaLoader().load(path))


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(json.dumps(label(1)).encode() + b'\n{"purpose": ["Give 5 \xb5g."]}\n')
    _, (part,) = given(OpenFdaLoader(), path)
    assert part == "line 2: byte 21 is not UTF-8"


def test_thousands_of_damaged_lines_are_counted(tmp_path):
    path = write(tmp_path / "a.ndjson", label(1), *["{"] * 5_000)
    _, parts = given(OpenFdaLoader(), path)
    assert parts[0].startswith("line 2: ")
    assert (len(parts), parts[-1]) == (21, "4980 more of them")


def test_a_file_of_which_no_line_can_be_read_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match=r"a.ndjson: line 1: .*; line 2: "):
        list(OpenFdaLoader().load(write(tmp_path / "a.ndjson", "{", "}")))
    with pytest.raises(CorpusError, match=r"no label record in it"):
        list(OpenFdaLoader().load(write(tmp_path / "a.ndjson", "", " ")))


def test_lines_in_an_archive_are_read_as_lines(tmp_path):
    lines = write(tmp_path / "drug-label.ndjson", label(1), "{", label(2))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(lines, lines.name)
    lines.unlink()
    (file,) = discover([tmp_path]).files
    texts = []
    with pytest.raises(PartlyReadError, match="line 2: "):
        texts.extend(d.text for d in stream(file))
    assert texts == ["Give 1 mg.", "Give 2 mg."]


def test_lines_under_the_name_of_json_are_all_read(tmp_path):
    path = write(tmp_path / "a.json", label(1), label(2), label(3))
    assert len(list(OpenFdaLoader().load(path))) == 3
    path.write_text(json.dumps(label(1), indent=1) * 2, encoding="utf-8")
    assert len(list(OpenFdaLoader().load(path))) == 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"purpose": ["Give 5 mg."]}\n\n{"purpose" 1}', 3),
        ('{"purpose": ["Give 5 mg."]}\nend', 2),
        ('{\n"purpose":\n[1,\n2;]}', 4),
        ('[\n{"purpose": ["x"]},\n1]', 3),
    ],
)
def test_a_damaged_json_file_says_on_which_line(tmp_path, text, line):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"a\.json: line {line}: "):
        list(OpenFdaLoader().load(path))


def test_other_lines_of_json_are_no_documents(tmp_path):
    write(tmp_path / "queries.jsonl", {"_id": "1", "text": "Which dose?"})
    write(tmp_path / "labels.jsonl", label(1))
    found = discover([tmp_path])
    assert [file.key for file in found.files] == ["labels.jsonl"]
    ((path, reason),) = found.skipped
    assert path.name == "queries.jsonl"
    assert "neither an openFDA label record nor a FHIR resource" in reason


# --- FHIR ----------------------------------------------------------------------------------


def test_every_line_is_a_resource(tmp_path):
    write(
        tmp_path / "DocumentReference.ndjson",
        reference("a", "Give 5 mg."),
        {"resourceType": "Patient", "id": "p"},
        reference("b", "Give 7 mg. " * 500),
        {"resourceType": "Bundle", "entry": [{"resource": reference("c", "Give 9 mg.")}]},
    )
    (file,) = discover([tmp_path]).files
    found = {d.source.key.split("#")[1]: d.text for d in read(file)}
    assert found == {"a": "Give 5 mg.", "b": "Give 7 mg. " * 500, "c": "Give 9 mg."}


def test_what_lines_say_of_each_other_holds_in_any_order(tmp_path):
    linked = reference(
        "new", relatesTo=[{"code": "replaces", "target": {"reference": "DocumentReference/old"}}]
    )
    linked["content"] = [{"attachment": {"url": "Binary/b1", "title": "Plan " * 300}}]
    data = base64.b64encode(b"Give 5 mg. " * 200).decode()
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": data}
    path = write(
        tmp_path / "a.ndjson", linked, binary, reference("old", "Give 9 mg.", status="superseded")
    )
    new, old = FhirLoader().load(path)
    assert new.text == "Give 5 mg. " * 200
    assert new.source.title == ("Plan " * 300).strip()
    assert new.source.supersedes == (old.source.key,)


def test_damaged_lines_and_attachments_are_named_after_what_can_be_read(tmp_path):
    path = write(
        tmp_path / "a.ndjson",
        reference("a", "Give 5 mg."),
        '{"resourceType": "Binary", "data": "',
        reference("b")
        | {"content": [{"attachment": {"contentType": "image/png", "data": "eA=="}}]},
        reference("c", "Give 7 mg."),
        "{} {}",
    )
    texts, parts = given(FhirLoader(), path)
    assert list(texts.values()) == ["Give 5 mg.", "Give 7 mg."]
    assert [part.split(":")[0] for part in parts] == ["line 2", "line 5", "attachment b"]


def test_a_file_that_is_changed_between_its_lines_is_refused(tmp_path):
    path = write(tmp_path / "a.ndjson", *(reference(str(n), "Give it. " * 900) for n in range(2)))
    documents = FhirLoader().load(path)
    next(documents)
    path.write_text("{}\n" * 9, encoding="utf-8")
    with pytest.raises((CorpusError, PartlyReadError), match="changed while it was being read"):
        next(documents)


def test_lines_too_long_are_told_and_passed_over():
    data = b'{"a": 1}\n' + b"x" * 100 + b"\n" + b"y" * 64 + b"\n" + b'{"b": 2}' + b"\n" + b"z" * 70
    lines = list(lines_of(io.BytesIO(data), longest=64))
    assert [(line.number, line.data is None) for line in lines] == [
        (1, False),
        (2, True),
        (3, True),
        (4, False),
        (5, True),
    ]
    assert all(data[line.start :].startswith(line.data or b"") for line in lines)
    assert [data[line.start] for line in lines] == list(b"{xy{z")


# --- Memory --------------------------------------------------------------------------------

READING = """
import resource, sys
from pathlib import Path
from medrag.documents.fhir import FhirLoader
from medrag.documents.openfda import OpenFdaLoader
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
loader = {"fhir": FhirLoader, "openfda": OpenFdaLoader}[sys.argv[2]]()
letters = sum(len(document.text) for document in loader.load(Path(sys.argv[1])))
print(letters, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is another elsewhere")
@pytest.mark.parametrize("kind", ["fhir", "openfda"])
def test_forty_megabytes_are_read_in_the_memory_of_a_line(tmp_path, kind):
    text = "Give examplazine 5 mg twice daily. " * 3_000
    path = tmp_path / "a.ndjson"
    with path.open("w", encoding="utf-8") as file:
        for number in range(400):
            whole = (
                reference(str(number), text) if kind == "fhir" else label(number, purpose=[text])
            )
            file.write(json.dumps(whole) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", READING, str(path), kind],
        capture_output=True,
        text=True,
        check=True,
    )
    letters, grown_mb = map(int, done.stdout.split())
    assert letters > 40_000_000
    assert grown_mb < 30


@pytest.mark.parametrize("kind", [["Binary"], {"a": 1}, 7, None])
def test_a_type_that_is_no_word_costs_its_own_line_only(tmp_path, kind):
    path = write(tmp_path / "a.ndjson", reference("one", "Give 1 mg."), {"resourceType": kind})
    texts, _ = given(FhirLoader(), path)
    assert list(texts.values()) == ["Give 1 mg."]
    resources = (reference("one", "Give 1 mg."), {"resourceType": kind})
    bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}
    path = tmp_path / "b.json"
    path.write_text(json.dumps(bundle), "utf-8")
    assert list(given(FhirLoader(), path)[0].values()) == ["Give 1 mg."]


def test_a_line_nested_beyond_all_sense_costs_nothing_else(tmp_path):
    deep = '{"resourceType": "DocumentReference", "x": ' + "[" * 700 + "]" * 700 + "}"
    path = write(tmp_path / "a.ndjson", reference("one", "Give 5 mg."), deep)
    texts, parts = given(FhirLoader(), path)
    assert texts == {"a.ndjson#one": "Give 5 mg."}
    assert len(parts) == 1
    assert "nothing attached" in parts[0]


def test_labels_among_resources_are_told(tmp_path):
    path = write(tmp_path / "a.ndjson", reference("one", "Give 5 mg."), label(2))
    texts, parts = given(FhirLoader(), path)
    assert texts == {"a.ndjson#one": "Give 5 mg."}
    assert parts == ("line 2: no FHIR resource (it has no resourceType)",)


def test_what_a_file_is_may_stand_behind_a_long_text(tmp_path):
    long = {"adverse_reactions": ["None known. " * 90_000], **label(1)}
    data = base64.b64encode(b"Give 5 mg. " * 90_000).decode()
    resource = {"contentType": "text/plain", "data": data, "resourceType": "Binary", "id": "b"}
    for name, held in (("a.json", long), ("b.ndjson", resource)):
        write(tmp_path / name, held)
    loaders = [file.loader for file in discover([tmp_path]).files]
    assert loaders == ["openfda", "fhir"]


def test_an_archive_may_begin_with_other_files(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README.txt", "Labels.")
        archive.writestr("__MACOSX/._labels.ndjson", b"\x00\x05\x16\x07Mac OS X")
        archive.writestr("labels/._more.json", b"\x00\x05\x16\x07Mac OS X")
        archive.writestr("labels/labels.ndjson", json.dumps(label(1)))
    (file,) = discover([tmp_path]).files
    assert [d.text for d in read(file)] == ["Give 1 mg."]
