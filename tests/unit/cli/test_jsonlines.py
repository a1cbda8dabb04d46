import json

import pytest

from medrag.cli.jsonlines import (
    need,
    read_json,
    read_lines,
    read_text,
    refuse_misspelled,
    write_lines,
    write_text,
)
from medrag.core.patient import read_patient
from medrag.errors import InputError


@pytest.fixture
def write(tmp_path):
    def write(content, name="cases.jsonl"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def test_a_byte_order_mark_is_not_part_of_the_text(write):
    assert read_text(write(b"\xef\xbb\xbfGive 5 mg.")) == "Give 5 mg."


def test_text_that_is_not_utf8_names_the_byte(write):
    with pytest.raises(InputError, match=r"cases.jsonl: not UTF-8 at byte 2"):
        read_text(write(b"ab\xff"))


def test_a_missing_file_is_named():
    with pytest.raises(InputError, match=r"nowhere.json: No such file"):
        read_json("nowhere.json")


def test_broken_json_names_the_line(write):
    with pytest.raises(InputError, match="at line 2"):
        read_json(write('{"a":\n]'))


def test_blank_lines_are_skipped_and_places_count_all_lines(write):
    path = write('{"id": 1}\n\n{"id": 2}')
    assert [(place.rsplit(":", 1)[1], item) for place, item in read_lines(path)] == [
        ("1", {"id": 1}),
        ("3", {"id": 2}),
    ]


@pytest.mark.parametrize(
    ("line", "message"), [("{", "not JSON"), ("[1]", "found list"), ('"a"', "found str")]
)
def test_a_line_that_is_no_object_names_its_place(write, line, message):
    with pytest.raises(InputError, match=rf"cases.jsonl:2: .*{message}"):
        list(read_lines(write('{"id": 1}\n' + line)))


def test_a_line_separator_inside_a_string_does_not_end_the_line(write):
    path = write(json.dumps({"text": "one\u2028two\x85three"}, ensure_ascii=False))
    assert [item["text"] for _, item in read_lines(path)] == ["one\u2028two\x85three"]


@pytest.mark.parametrize(("item", "found"), [({}, "nothing"), ({"text": 3}, "int")])
def test_a_missing_or_wrong_key_is_named(item, found):
    with pytest.raises(InputError, match=rf"x:1: expected a string at 'text', found {found}"):
        need(item, "text", "x:1")


def test_an_unknown_patient_key_names_the_near_miss():
    with pytest.raises(InputError, match=r"x:1: patient: unknown key 'weight'.*'weight_kg'"):
        read_patient({"weight": 70}, where="x:1")


def test_a_wrong_patient_value_is_never_repeated():
    with pytest.raises(InputError, match="age_years") as error:
        read_patient({"age_years": "Jane Doe"}, where="x:1")
    assert "Jane" not in str(error.value)


def test_no_patient_is_no_patient():
    assert read_patient(None, where="x") is None


def test_lines_are_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "out.jsonl"
    target.write_text("old")

    def rows():
        yield {"id": 1}
        raise InputError("the second case is broken")

    with pytest.raises(InputError, match="second case"):
        write_lines(str(target), rows())
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_written_can_be_read(tmp_path):
    path = str(tmp_path / "out.jsonl")
    assert write_lines(path, [{"id": "µ"}, {"id": 2}]) == 2
    assert [item for _, item in read_lines(path)] == [{"id": "µ"}, {"id": 2}]


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be written: No such file"):
        write_text(str(tmp_path / "no" / "out.trec"), ["a"])


def test_a_nearly_right_key_is_refused_and_a_further_one_is_not():
    keys = ("id", "question", "patient")
    refuse_misspelled({"id": 1, "question": "q", "source_url": "x"}, keys, "x:1")
    with pytest.raises(InputError, match=r"x:1: unknown key 'pateint'.*'patient'"):
        refuse_misspelled({"pateint": {}}, keys, "x:1")


@pytest.mark.parametrize("value", ["1e999999", "1e-999999", "NaN", "Infinity"])
def test_a_number_that_no_instrument_reports_is_refused(value):
    with pytest.raises(InputError, match=r"labs\.0\.value"):
        read_patient({"labs": [{"name": "K", "value": value}]}, where="x:1")
