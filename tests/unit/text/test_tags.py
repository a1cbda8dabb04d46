import pytest

from medrag.text.tags import untagged


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("What is the dose of examplazine?", "What is the dose of examplazine?"),
        ("[NAME-1], [ID-1]: what is the dose?", "what is the dose?"),
        ("Mrs. [NAME-2], MRN: [MRN-1], DOB 01/01/1951, 48 kg: dose?", "48 kg: dose?"),
        ("dose for Dr [NAME-1b]'s patient", "dose for 's patient"),
        ("eGFR [30-45] and [Na+]", "eGFR [30-45] and [Na+]"),
        ("[NAME-1]", "[NAME-1]"),
        ("", ""),
    ],
)
def test_a_question_is_left_without_what_stands_for_identifiers(text, left):
    assert untagged(text) == left
