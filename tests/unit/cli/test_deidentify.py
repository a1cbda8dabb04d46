from __future__ import annotations

import json

import pytest

TEXT = "Mrs. Quillfeather, 78, INR 4.5 on 03/14/2024: hold examplazine 5 mg?"


@pytest.fixture
def patient(tmp_path):
    path = tmp_path / "patient.json"
    resource = {
        "resourceType": "Patient",
        "id": "p-1",
        "name": [{"family": "Quillfeather", "given": ["Odile"]}],
    }
    path.write_text(json.dumps(resource))
    return path


@pytest.fixture
def key(tmp_path):
    from medrag.sealing import SecretKey

    SecretKey.create(tmp_path / "vault.key")
    return tmp_path / "vault.key"


def test_a_text_is_printed_without_identifiers(medrag):
    done = medrag("deidentify", "-", stdin=TEXT)
    assert done.status == 0
    assert done.out == "Mrs. [NAME-1], 78, INR 4.5 on 01/01/2024: hold examplazine 5 mg?"


def test_json_gives_spans_of_the_original(medrag):
    done = json.loads(medrag("deidentify", "-", "--json", stdin=TEXT).out)
    assert [TEXT[span["start"] : span["end"]] for span in done["spans"]] == [
        "Mrs. Quillfeather",
        "03/14/2024",
    ]
    assert [span["kind"] for span in done["spans"]] == ["name", "date"]


def test_cases_keep_their_ids_and_order(medrag, tmp_path):
    cases, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    rows = [{"id": "b", "text": TEXT}, {"id": 2, "text": "Dose of examplazine?"}]
    cases.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert medrag("deidentify", "--cases", cases, "--out", out).status == 0
    done = [json.loads(line) for line in out.read_text().splitlines()]
    assert [set(row) for row in done] == [{"id", "text", "spans"}] * 2
    assert [row["id"] for row in done] == ["b", 2]
    assert set(done[0]["spans"][0]) == {"start", "end", "kind", "surrogate"}
    assert done[1] == {"id": 2, "text": "Dose of examplazine?", "spans": []}


def test_a_vault_turns_back_what_it_replaced(medrag, tmp_path, patient, key):
    options = ("--patient", patient, "--vault", tmp_path / "v", "--key", key)
    hidden = medrag("deidentify", "-", *options, stdin=TEXT).out
    assert "Quillfeather" not in hidden
    assert medrag("deidentify", "-", *options, "--relink", stdin=hidden).out == TEXT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give either FILE or --cases"),
        (("-", "--cases", "x"), "give either FILE or --cases"),
        (("--cases", "x"), "--cases needs --out"),
        (("-", "--vault", "v"), "--vault needs --key"),
        (("-", "--relink"), "Give a vault"),
    ],
)
def test_options_that_do_not_fit_are_refused(medrag, arguments, said):
    done = medrag("deidentify", *arguments)
    assert done.status == 2
    assert said in done.err


def test_a_case_without_text_is_named_and_not_repeated(medrag, tmp_path):
    cases = tmp_path / "in.jsonl"
    cases.write_text('{"id": 1, "txt": "Mrs. Quillfeather"}\n')
    done = medrag("deidentify", "--cases", cases, "--out", "-")
    assert done.status == 2
    assert "in.jsonl:1" in done.err
    assert "Quillfeather" not in done.err


def test_a_patient_file_without_a_patient_is_refused(medrag, tmp_path):
    other = tmp_path / "other.json"
    other.write_text('{"resourceType": "Observation", "note": "Quillfeather"}')
    done = medrag("deidentify", "-", "--patient", other, stdin=TEXT)
    assert done.status == 2
    assert "FHIR Patient" in done.err
    assert "Quillfeather" not in done.err
