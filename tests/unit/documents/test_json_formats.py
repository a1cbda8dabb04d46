"""openFDA records one by one, FHIR attachments, LlamaIndex documents."""

from __future__ import annotations

import base64
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from llama_index.core import Document as ReaderDocument

from medrag.core.document import Document
from medrag.documents import discover, from_llama_index, read, stream
from medrag.documents.fhir import FhirLoader
from medrag.documents.label_names import product_title
from medrag.documents.openfda import OpenFdaLoader
from medrag.errors import CorpusError, PartlyReadError

RECORD = {
    "id": "id-1",
    "set_id": "set-1",
    "version": "7",
    "effective_time": "20240301",
    "openfda": {
        "brand_name": ["Exampla"],
        "generic_name": ["EXAMPLAZINE"],
        "manufacturer_name": ["Northfield Labs"],
    },
    "dosage_and_administration": [
        "2 DOSAGE AND ADMINISTRATION Give 5 mg. 2.1 Renal Halve the dose."
    ],
    "dosage_and_administration_table": [
        "<table><tr><th>Weight</th><th>Dose</th></tr><tr><td>50 kg</td><td>5 mg</td></tr></table>"
    ],
    "boxed_warning": ["WARNING: EXAMPLES May cause examples."],
    "new_section": ["Something else."],
}


def write(tmp_path: Path, value: object, name: str = "a.json") -> Path:
    path = tmp_path / name
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_a_label_has_its_sections_in_label_order_with_codes_and_tables_by_row(tmp_path):
    (document,) = OpenFdaLoader().load(write(tmp_path, {"results": [RECORD]}))
    assert document.text == (
        "WARNING: EXAMPLES May cause examples.\n\n"
        "2 DOSAGE AND ADMINISTRATION\n\nGive 5 mg.\n\n2.1 Renal\n\nHalve the dose.\n\n"
        "Weight | Dose\n50 kg | 5 mg\n\nSomething else."
    )
    assert [(s.path, s.code) for s in document.sections] == [
        (("Boxed warning",), "34066-1"),
        (("Dosage and administration",), "34068-7"),
        (("Dosage and administration", "2.1 Renal"), None),
        (("New section",), None),
    ]


def label(tmp_path: Path, **fields: object) -> Document:
    (document,) = OpenFdaLoader().load(write(tmp_path, {"id": "id-1", "openfda": {}} | fields))
    return document


def section_texts(document: Document) -> dict[str, str]:
    return {s.path[-1]: s.span.of(document.text) for s in document.sections if len(s.path) > 1}


@pytest.mark.parametrize(
    ("flat", "heading"),
    [
        ("2.1 Recommended Dosage The recommended dose is 5 mg.", "2.1 Recommended Dosage"),
        ("2.1 Renal Failure Renal failure has been seen.", "2.1 Renal Failure"),
        ("2.1 Example B Virus Example B virus has come back.", "2.1 Example B Virus"),
        ("2.1 Rare Signs (RS) Signs are rare.", "2.1 Rare Signs (RS)"),
        ("2.1 Heart Failure Decreases in LVEF have been seen.", "2.1 Heart Failure"),
        ("2.1 Use in Renal Impairment No dose is known.", "2.1 Use in Renal Impairment"),
        ("2.1 Long QT EXAMPLA XR and EXAMPLA may prolong it.", "2.1 Long QT"),
        ("2.1 Skin Among 187 adults one had a rash.", "2.1 Skin"),
        ("2.1 Lactation Risk Summary It is not known.", "2.1 Lactation"),
    ],
)
def test_a_numbered_heading_ends_where_its_sentence_begins(tmp_path, flat, heading):
    document = label(
        tmp_path,
        openfda={"brand_name": ["EXAMPLA XR"]},
        dosage_and_administration=[f"2 DOSAGE AND ADMINISTRATION Give it. ( 2.1 ) {flat}"],
    )
    (own,) = section_texts(document).items()
    assert own[0] == heading
    assert own[1] == f"{heading}\n\n{flat[len(heading) + 1 :]}"


def test_numbers_that_are_no_headings_stay_in_their_sentences(tmp_path):
    text = (
        "5 WARNINGS AND PRECAUTIONS 5.1 Bleeding See 6.2 Nausea. The ratio was 5.9 Bleeding is "
        "rare at 5.2 mg/L. [see Warnings 5.1 and 5.3 ] 5.2 Rash Stop it."
    )
    document = label(tmp_path, warnings_and_cautions=[text])
    assert list(section_texts(document)) == ["5.1 Bleeding", "5.2 Rash"]


KINETICS = "12.3 Pharmacokinetics Absorption is quick. Half of it is gone after 5 hours."


def test_a_section_that_stands_inside_another_is_written_once_with_its_code(tmp_path):
    document = label(
        tmp_path,
        clinical_pharmacology=[
            f"12 CLINICAL PHARMACOLOGY 12.1 Mechanism of Action It binds. {KINETICS} The end."
        ],
        pharmacokinetics=[KINETICS],
    )
    assert document.text == (
        "12 CLINICAL PHARMACOLOGY\n\n12.1 Mechanism of Action\n\nIt binds.\n\n"
        "12.3 Pharmacokinetics\n\nAbsorption is quick. Half of it is gone after 5 hours.\n\n"
        "The end."
    )
    last = document.sections[-1]
    assert (last.path, last.code) == (
        ("Clinical pharmacology", "12.3 Pharmacokinetics"),
        "43682-4",
    )
    assert last.span.of(document.text).endswith("after 5 hours.")


def test_sections_inside_sections_inside_a_section_are_nested(tmp_path):
    effects = "Teratogenic Effects: Exampla harmed the young of rats at 5 mg/kg."
    pregnancy = f"Pregnancy {effects} Use it only where it is needed."
    document = label(
        tmp_path,
        precautions=[f"PRECAUTIONS General Be careful with it. {pregnancy} Geriatric Use None."],
        pregnancy=[pregnancy],
        teratogenic_effects=[effects],
    )
    assert document.text.count("harmed the young") == 1
    assert [(s.path[1:], s.code) for s in document.sections] == [
        ((), "42232-9"),
        (("Pregnancy",), "42228-7"),
        (("Pregnancy", "Teratogenic effects"), "34077-8"),
    ]


def test_a_table_that_two_fields_repeat_stands_once(tmp_path):
    table = "<table><tr><td>Exampla level</td><td>120 ng/mL</td></tr></table>"
    flat = "12.3 Pharmacokinetics Levels: Exampla level 120 ng/mL were measured in all adults."
    document = label(
        tmp_path,
        clinical_pharmacology=[f"12 CLINICAL PHARMACOLOGY {flat}"],
        clinical_pharmacology_table=[table],
        pharmacokinetics=[flat],
        pharmacokinetics_table=[table],
    )
    assert document.text.count("120 ng/mL") == 1
    assert "\n\nExampla level | 120 ng/mL\n\n" in document.text


def test_a_boxed_warning_stands_by_itself_and_is_not_said_again(tmp_path):
    boxed = "WARNING: EXAMPLES Exampla may cause examples in all who take it."
    document = label(
        tmp_path,
        boxed_warning=[boxed],
        spl_unclassified_section=[f"Read this first. {boxed} Then read on."],
    )
    assert document.text == f"{boxed}\n\nRead this first.\n\nThen read on."
    assert document.sections[0].code == "34066-1"


def test_words_that_stand_inside_another_section_by_chance_stay_where_they_are(tmp_path):
    document = label(tmp_path, contraindications=["None known."], precautions=["None known. Care."])
    assert document.text == "None known.\n\nNone known. Care."


def test_a_table_stands_where_its_flattened_copy_stood(tmp_path):
    table = (
        "<table><thead><tr><th>Weight</th><th>Dose</th></tr></thead>"
        "<tbody><tr><td>50 kg<footnote>Actual weight.</footnote></td><td>2.2 Units</td></tr>"
        "</tbody></table>"
    )
    document = label(
        tmp_path,
        dosage_and_administration=[
            "2 DOSAGE AND ADMINISTRATION 2.1 Adults Give by weight: Weight Dose 50 kg Actual "
            "weight. 2.2 Units Do not exceed it. 2.2 Children Give half."
        ],
        dosage_and_administration_table=[table],
    )
    assert document.text == (
        "2 DOSAGE AND ADMINISTRATION\n\n2.1 Adults\n\nGive by weight:\n\n"
        "Weight | Dose\n50 kg Actual weight. | 2.2 Units\n\nDo not exceed it.\n\n"
        "2.2 Children\n\nGive half."
    )


@pytest.mark.parametrize(
    ("brand", "generic", "title"),
    [
        ("EXAMPLA XR", "EXAMPLAZINE SODIUM", "Exampla XR (examplazine sodium)"),
        ("Exampla", "VITAMIN B12", "Exampla (vitamin B12)"),
        ("EXAMPLA (examplazine)", "EXAMPLAZINE", "EXAMPLA (examplazine)"),
        ("EXAMPLAZINE", "EXAMPLAZINE", "Examplazine"),
        ("EXAMplazine", "", "EXAMplazine"),
    ],
)
def test_names_in_capitals_are_written_as_in_print(brand, generic, title):
    assert product_title(brand, generic) == title


def test_a_label_says_names_maker_series_edition_and_day(tmp_path):
    (document,) = OpenFdaLoader().load(write(tmp_path, RECORD))
    source = document.source
    assert (source.title, source.publisher) == ("Exampla (examplazine)", "Northfield Labs")
    assert (source.series, source.edition, source.kind) == ("set-1", "7", "label")
    assert source.effective == date(2024, 3, 1)
    assert source.key == "a.json"


@pytest.mark.parametrize("form", ["array", "results", "zip"])
def test_several_records_are_documents_of_their_own(tmp_path, form):
    several = [RECORD, RECORD | {"id": "id-2", "purpose": ["Relieves pain."]}]
    value = several if form == "array" else {"meta": {"n": [1, 2]}, "results": several}
    path = write(tmp_path, value)
    if form == "zip":
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.write(path, "drug-label-0001-of-0001.json")
        path.unlink()
        path = tmp_path / "a.zip"
    (file,) = discover([path]).files
    documents = read(file)
    assert [d.source.key for d in documents] == [f"{path.name}#id-1", f"{path.name}#id-2"]
    assert len({d.id for d in documents}) == 2


def test_a_record_keeps_its_id_when_another_is_added_to_the_file(tmp_path):
    several = [RECORD, RECORD | {"id": "id-2"}]
    before = [d.id for d in OpenFdaLoader().load(write(tmp_path, several))]
    after = [d.id for d in OpenFdaLoader().load(write(tmp_path, [*several, RECORD | {"id": "3"}]))]
    assert after[:2] == before


def test_records_larger_than_a_block_are_read_whole(tmp_path):
    large = RECORD | {"description": ["Inert. " * 300_000]}
    first, second = OpenFdaLoader().load(write(tmp_path, {"results": [large, RECORD]}))
    assert len(first.text) > 2_000_000
    assert second.text.endswith("Something else.")


def test_documents_before_the_damage_are_still_given(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([RECORD, RECORD])[:-40], encoding="utf-8")
    (file,) = discover([path]).files
    with pytest.raises(CorpusError, match=r"not JSON, or cut off"):
        for _ in stream(file):
            pass


def test_a_report_of_another_endpoint_is_no_label(tmp_path):
    report = {"safetyreportid": "10003300", "receiver": "x", "openfda": {}, "reason": ["Nausea."]}
    with pytest.raises(CorpusError, match="no text of a label"):
        list(OpenFdaLoader().load(write(tmp_path, {"results": [report]})))


def test_a_record_without_text_costs_the_others_nothing(tmp_path):
    path = write(tmp_path, {"results": [RECORD, {"id": "blank"}, RECORD | {"id": "id-3"}]})
    given = []
    with pytest.raises(PartlyReadError, match="the record blank holds no text of a label"):
        given.extend(document.source.key for document in OpenFdaLoader().load(path))
    assert given == ["a.json#id-1", "a.json#id-3"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"results": []}', "no label record"),
        ('{"results": [1]}', "expected an object"),
        ('{"results": [{"id": "x"}]}', "holds no text"),
        ('{"results": ' + "[" * 100_000, "too deep|cut off"),
        ('{"results" 1}', "expected ':'"),
        ('"results"', "expected a JSON object or array"),
    ],
)
def test_what_is_no_label_file_says_so(tmp_path, text, message):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        list(OpenFdaLoader().load(path))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 20_000_000)
    with pytest.raises(CorpusError, match=r"grow more than 200 times"):
        list(OpenFdaLoader().load(path))


def test_a_path_that_leads_out_of_the_archive_writes_nothing(tmp_path):
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../escaped.json", json.dumps([RECORD]))
    assert len(list(OpenFdaLoader().load(path))) == 1
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip", "in"]


def test_lone_surrogates_become_the_replacement_character(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"purpose": ["Relieves \\ud800 pain."]}', encoding="utf-8")
    (document,) = OpenFdaLoader().load(path)
    assert document.text == "Relieves \ufffd pain."


# --- FHIR ----------------------------------------------------------------------------------


def reference(kind: str, data: bytes) -> dict[str, object]:
    attachment = {
        "contentType": kind,
        "title": "Protocol",
        "creation": "2024-03-01",
        "data": base64.b64encode(data).decode(),
    }
    return {"resourceType": "DocumentReference", "content": [{"attachment": attachment}]}


def test_attachments_of_a_bundle_are_documents(tmp_path):
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {"resourceType": "Patient"}},
            {"resource": reference("text/html; charset=utf-8", b"<h1>Dose</h1><p>5 mg</p>")},
            {"resource": reference("text/plain", b"Give examplazine.")},
        ],
    }
    first, second = FhirLoader().load(write(tmp_path, bundle))
    assert (first.text, second.text) == ("Dose\n\n5 mg", "Give examplazine.")
    assert [d.source.key for d in (first, second)] == ["a.json#1", "a.json#2"]
    assert (first.source.title, first.source.published) == ("Protocol", date(2024, 3, 1))


def bundle(*resources: dict[str, object]) -> dict[str, object]:
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


def test_what_can_be_read_of_a_bundle_is_given_before_the_rest_is_named(tmp_path):
    path = write(
        tmp_path,
        bundle(
            reference("image/png", b"x"),
            reference("text/plain", b"Give 5 mg."),
            reference("text/plain", b"Give 50 mg.") | {"status": "entered-in-error"},
        ),
    )
    given = []
    with pytest.raises(PartlyReadError, match="2 parts not read") as caught:
        given.extend(document.text for document in FhirLoader().load(path))
    assert given == ["Give 5 mg."]
    assert [part.split(":")[0] for part in caught.value.parts] == ["attachment 1", "attachment 3"]


def test_of_one_document_in_two_formats_the_first_that_can_be_read_is_taken(tmp_path):
    both = reference("image/png", b"x")
    both["content"] += reference("text/plain", b"Give 5 mg.")["content"]
    both["content"] += reference("text/html", b"<p>Give 5 mg.</p>")["content"]
    (document,) = FhirLoader().load(write(tmp_path, both))
    assert document.text == "Give 5 mg."


def test_a_url_into_the_bundle_is_read_there_and_once(tmp_path):
    linked = reference("text/plain", b"")
    linked["content"] = [{"attachment": {"url": "Binary/b1", "title": "Plan"}}]
    data = base64.b64encode(b"Give 5 mg.").decode()
    binary = {"resourceType": "Binary", "id": "b1", "contentType": "text/plain", "data": data}
    (document,) = FhirLoader().load(write(tmp_path, bundle(linked, binary)))
    assert (document.text, document.source.title) == ("Give 5 mg.", "Plan")


def test_what_replaces_another_reference_supersedes_it_under_the_keys_of_the_index(tmp_path):
    old = reference("text/plain", b"Give 5 mg.") | {"id": "old", "status": "superseded"}
    new = reference("text/plain", b"Give 7 mg.") | {"id": "new"}
    new["relatesTo"] = [{"code": "replaces", "target": {"reference": "DocumentReference/old"}}]
    (tmp_path / "in").mkdir()
    write(tmp_path / "in", bundle(old, new), "plans.json")
    (file,) = discover([tmp_path]).files
    first, second = read(file)
    assert (first.source.key, second.source.supersedes) == (
        "in/plans.json#old",
        (first.source.key,),
    )


def test_a_superseded_reference_whose_successor_is_not_here_is_not_read(tmp_path):
    old = reference("text/plain", b"Give 5 mg.") | {"status": "superseded"}
    with pytest.raises(CorpusError, match="superseded"):
        list(FhirLoader().load(write(tmp_path, old)))


def test_the_charset_of_an_attachment_is_heeded(tmp_path):
    resource = reference("text/plain; charset=ISO-8859-1", "Give 5 µg.".encode("latin-1"))
    (document,) = FhirLoader().load(write(tmp_path, resource))
    assert document.text == "Give 5 µg."


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ({"resourceType": "Bundle"}, "no DocumentReference or Binary in it"),
        (reference("image/png", b"x"), "attachment 1: 'image/png' is not read"),
        (
            {"resourceType": "Binary", "contentType": "text/plain", "data": "*"},
            "not base64",
        ),
    ],
)
def test_what_cannot_be_read_of_fhir_says_so(tmp_path, resource, message):
    with pytest.raises(CorpusError, match=message):
        list(FhirLoader().load(write(tmp_path, resource)))


# --- LlamaIndex ----------------------------------------------------------------------------


def test_pages_of_one_file_become_one_document_with_its_pages():
    found = from_llama_index(
        [
            ReaderDocument(text="One.", metadata={"file_path": "/x/a.pdf", "page_label": "i"}),
            ReaderDocument(text="Two.", metadata={"file_path": "/x/a.pdf", "page_label": "ii"}),
            ReaderDocument(text="Other.", metadata={"title": "Other", "edition": "2"}, id_="b"),
        ]
    )
    assert [d.text for d in found] == ["One.\n\nTwo.", "Other."]
    pages = [(p.number, p.label, p.span.of(found[0].text)) for p in found[0].pages]
    assert pages == [(1, "i", "One."), (2, "ii", "Two.")]
    assert found[0].source.key == "a.pdf"
    assert (found[1].source.title, found[1].source.edition) == ("Other", "2")


def test_a_reader_document_without_text_is_an_error():
    with pytest.raises(CorpusError, match=r"no text"):
        from_llama_index([ReaderDocument(text=" ", id_="a")])


@pytest.mark.parametrize("said", ["text/plain", "application/pdf", "application/octet-stream", ""])
def test_an_attachment_is_read_as_what_its_bytes_are(tmp_path, said):
    page = b"\n<!DOCTYPE html><html><body><h1>Dose</h1><p>Give 5 mg.</p></body></html>"
    (document,) = FhirLoader().load(write(tmp_path, reference(said, page)))
    assert document.text == "Dose\n\nGive 5 mg."
