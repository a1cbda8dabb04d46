"""Judged sets in files: what is read, and where a mistake is."""

from __future__ import annotations

import json
from datetime import date

import pytest

from medrag.errors import InputError
from medrag.evaluation.judged_set import Case, Expected, JudgedSet
from medrag.evaluation.reading import dump_lines, read_set

WHOLE = """\
name: northfield
as_of: 2026-01-01
judged_by: two developers
judged_on: 2026-11-22
cases:
  - id: dose
    question: No more than 1:30 h? What of 1,000 mg?
    patient: {age_years: 71, labs: [{name: eGFR, value: 38.5, unit: mL/min/1.73m2}]}
    specialty: nephrology
    kind: protocol
    expect:
      status: answered
      documents: guide-2024
      quotations: ["Give 1,000 mg.", {document: label, text: Give 1 g.}]
      must: [1000 mg, [stop, do not use]]
      must_not: 2550 mg
      findings: []
    tags: superseded
  - id: text
    text: Give examplazine 9 g daily.
    quotes: [Give 1 g.]
    judged_by: a pharmacist
    expect: {findings: daily-dose}
"""


@pytest.fixture
def read(tmp_path):
    def of(text, name="set.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_set(path)

    return of


def complaint(read, text, name="set.yaml"):
    with pytest.raises(InputError) as caught:
        read(text, name)
    return str(caught.value)


def test_a_set_in_yaml_says_what_it_says(read):
    found = read(WHOLE)
    dose, text = found.cases
    assert dose.question == "No more than 1:30 h? What of 1,000 mg?"
    assert float(dose.patient.labs[0].value) == 38.5
    assert dose.expect.status == ("answered",)
    assert dose.expect.documents == ("guide-2024",)
    assert [one.document for one in dose.expect.quotations] == [None, "label"]
    assert dose.expect.must == (("1000 mg",), ("stop", "do not use"))
    assert dose.expect.must_not == (("2550 mg",),)
    assert dose.expect.findings == ()
    assert dose.tags == ("superseded",)
    assert dose.judged_by == "two developers"
    assert dose.judged_on == date(2026, 11, 22)
    assert text.judged_by == "a pharmacist"
    assert text.expect.findings == ("daily-dose",)
    assert text.asked.startswith("Give examplazine")
    assert found.as_of == date(2026, 1, 1)


def test_a_set_is_the_same_as_json_lines(read):
    found = read(WHOLE)
    assert read(dump_lines(found), "same.jsonl") == found


def test_questions_alone_are_a_set_that_nobody_judged(read):
    lines = '\n{"id": "a", "question": "x?"}\n{"id": "b", "question": "y?"}\n'
    found = read(lines, "asked.jsonl")
    assert found.name == "asked"
    assert [case.expect for case in found.cases] == [None, None]
    assert read("- {id: a, question: x?}\n").cases[0].id == "a"


def test_plain_words_of_yaml_stay_words(read):
    found = read("- id: a\n  question: no\n  notes: 2024-02-30\n  tags: [on, off, 1e, 0x10, 08]\n")
    assert found.cases[0].question == "no"
    assert found.cases[0].notes == "2024-02-30"
    assert found.cases[0].tags == ("on", "off", "1e", "0x10", "08")


def test_an_anchor_repeats_a_patient(read):
    first = "- {id: a, question: x, patient: &ann {age_years: 4}}"
    found = read(f"{first}\n- {{id: b, question: y, patient: *ann}}\n")
    assert found.cases[0].patient == found.cases[1].patient


def test_a_patient_may_stand_in_a_file_beside_the_set(read, tmp_path):
    (tmp_path / "ann.json").write_text('{"age_years": 4}')
    assert read("- {id: a, question: x, patient: ann.json}\n").cases[0].patient.age_years == 4
    assert "set.yaml:1: 'bob.json' is no JSON file beside the set" in complaint(
        read, "- {id: a, question: x, patient: bob.json}\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("status: answered", "status: answred", ":12: case 'dose': expect.status.0: Input should"),
        ("must_not:", "mustnot:", ":16: case 'dose': expect: unknown field 'mustnot'. Did you"),
        ("{document: label, text: Give 1 g.}", "{document: label}", ":14: case 'dose': expect.quo"),
        ("specialty:", "speciality:", ":9: case 'dose': unknown field 'speciality'. Did you mean"),
        ("value: 38.5", "valu: 38.5", ":8: patient.labs.0.val"),
        ("age_years", "age", ":8: patient: unknown key 'age'"),
        ("kind: protocol", "kind: protocoll", ":10: case 'dose': kind: Input should be"),
        ("- id: text", "- id: dose", ":19: the id 'dose' stands twice, first in line 6"),
        ("- id: text", "- id: 7", ":19: id: Input should be a valid string"),
        ("text: Give examplazine 9 g daily.", "note: x", ":20: case 'text': unknown field 'note'"),
        ("    text: Give ex", "    question: a\n    text: Give ex", "either a question or a text"),
        ("judged_on: 2026-11-22", "judged_on: soon", "case 'dose': judged_on: Input should be"),
        ("as_of:", "asof:", "set.yaml: unknown field 'asof'. Did you mean 'as_of'"),
        ("tags: superseded", "tags: ' '", ":18: case 'dose': tags.0: String should match"),
        ("tags: superseded", "tags: superseded\n    tags: x", ":19: the key 'tags' stands here tw"),
        ("tags: superseded", "<<: {a: b}", ":18: expected a word as the key"),
        ("tags: superseded", "tags: [a", "not YAML"),
        ("tags: superseded", "tags: \x07", "not YAML: a character"),
        ("judged_by: a pharmacist", "expect: {choice: A}", "the key 'expect' stands here twice"),
        ("findings: daily-dose", "choice: A", "expect.choice is none of the choices"),
    ],
)
def test_a_mistake_is_named_with_its_file_line_and_field(read, old, new, says):
    assert old in WHOLE
    assert says in complaint(read, WHOLE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("", "set.yaml", "no case"),
        ("cases: 4", "set.yaml", "no case"),
        ("- 4", "set.yaml", "set.yaml:1: expected a case with an id"),
        ("a: &a [*a]", "set.yaml", r"set.yaml:1: *a stands before &a ends"),
        ("- {id: a, question: x}\n---\n- 1\n", "set.yaml", "set.yaml:3: a second document"),
        ("\n", "set.jsonl", "no case"),
        ('{"id": "a", "question": "x"}\n{"id": ', "set.jsonl", "set.jsonl:2: not JSON"),
        ('{"id": "a", "question": "x", "id": "b"}', "set.jsonl", "a key stands twice"),
        ("[1]", "set.jsonl", "set.jsonl:1: expected a case"),
        ("[" * 100_000, "set.yaml", "too deep"),
        ("[" * 100_000, "set.jsonl", "set.jsonl:1: not"),
    ],
)
def test_what_is_no_set_is_refused_in_a_line(read, text, name, says):
    assert says in complaint(read, text, name)


def test_a_file_that_is_missing_or_not_utf8_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml: No such file"):
        read_set(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"- {id: a, question: \xe9}")
    with pytest.raises(InputError, match="not UTF-8 at byte 20"):
        read_set(tmp_path / "latin.yaml")


def test_anchors_in_anchors_do_not_fill_the_memory(read):
    bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "no case" in complaint(read, "\n".join(bomb))
    whole = "\n".join(bomb) + "\ncases: [{id: a, question: x, tags: *a8}]\n"
    assert "tags.0: Input should be a valid string" in complaint(read, whole)


def test_what_is_asked_and_what_is_judged_have_digests_of_their_own():
    def of(**expected):
        case = Case(id="a", question="x", expect=Expected(**expected), notes="n")
        return JudgedSet(name="s", cases=(case,))

    one, other = of(must="a"), of(must="b")
    assert one.asked_digest == other.asked_digest
    assert one.judged_digest != other.judged_digest
    later = one.model_copy(update={"as_of": date(2030, 1, 1)})
    assert later.asked_digest != one.asked_digest


def test_what_should_be_answered_is_told_by_the_status():
    assert Expected(status=("answered", "abstained")).answerable is True
    assert Expected(status="blocked").answerable is True
    assert Expected(status="refused").answerable is False
    assert Expected().answerable is None


def test_json_lines_with_a_header_keep_it(read):
    rows = [{"set": {"name": "n", "judged_by": "x"}}, {"id": "a", "question": "q"}]
    found = read("\n".join(map(json.dumps, rows)), "a.jsonl")
    assert (found.name, found.cases[0].judged_by) == ("n", "x")
