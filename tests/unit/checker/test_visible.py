import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.checker import check
from medrag.checker.visible import seen

HIDDEN = ["\u200b", "\u00ad", "\u0000", "\u2060", "\ufeff"]


@pytest.mark.parametrize("mark", HIDDEN)
def test_a_mark_without_shape_hides_no_drug_and_the_span_is_of_the_text_as_it_came(mark):
    text = f"{mark}Give met{mark}formin 50 g daily."
    (finding, *_) = check(text).findings
    assert finding.severity == "critical"
    words = finding.span.of(text)
    assert words.startswith(f"met{mark}formin")
    assert words.replace(mark, "").startswith("metformin 50 g")


@given(st.text(st.sampled_from(["a", " ", "\u200b", "\u00ad", "é"]), max_size=40))
def test_every_visible_character_keeps_its_place(text):
    view = seen(text)
    for offset, char in enumerate(view.text):
        assert text[view._origin(offset)] == char
    assert len(view.text) + len(view.removed) == len(text)


def test_a_name_no_table_knows_is_not_passed_over_in_silence():
    report = check("Give examplazine 5 g daily.")
    assert [item.check for item in report.not_checked if "examplazine" in item.check]
