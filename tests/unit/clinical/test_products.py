"""Brackets behind a product, and amounts that are no doses."""

from __future__ import annotations

import pytest

from medrag.clinical import DrugMention, read


def _drug(text: str, index: int = 0) -> DrugMention:
    return read(text).drugs[index]


def test_what_stands_in_brackets_behind_a_product_is_that_product() -> None:
    drugs = read("Takes Janumet (sitagliptin 50 mg/metformin 1,000 mg) twice daily.").drugs
    assert [drug.text for drug in drugs] == ["Janumet"]
    assert [str(s.value) for s in drugs[0].strengths] == ["50", "1000"]


def test_a_count_behind_the_brackets_is_of_the_product() -> None:
    drug = _drug("On Vicodin-type tablets (hydrocodone 5 mg/acetaminophen 325 mg), eight a day.")
    assert drug.regimens[0].frequency is not None
    assert drug.regimens[0].frequency.text == "eight a day"


def test_brackets_that_name_another_drug_are_left_alone() -> None:
    drugs = read("Start Janumet (instead of glipizide 5 mg) daily.").drugs
    assert [drug.text for drug in drugs] == ["Janumet", "glipizide"]


@pytest.mark.parametrize(
    "text",
    [
        "Give ondansetron 8 mg IV; the old 32 mg single dose was withdrawn.",
        "Give ondansetron 8 mg IV; 32 mg as one dose would be dangerous.",
        "Give ondansetron 8 mg IV and do not raise it to 32 mg.",
        "Give ondansetron 8 mg IV, after the single 32 mg dose that she had today.",
        "Give ondansetron 8 mg IV: 32 mg, which is far above the maximum, was asked for.",
    ],
)
def test_an_amount_that_was_or_must_not_be_is_no_dose(text: str) -> None:
    drug = _drug(text)
    assert [str(r.dose.value) for r in drug.regimens if r.dose is not None] == ["8"]


def test_a_raise_that_is_ordered_is_a_dose() -> None:
    drug = _drug("Ondansetron 8 mg IV now, then raise it to 32 mg.")
    assert [str(r.dose.value) for r in drug.regimens if r.dose is not None] == ["8", "32"]


def test_doses_restated_as_an_amount_in_brackets_are_a_limit_of_the_day() -> None:
    drug = _drug("Tramadol 100 mg every 6 hours, at most 4 doses (400 mg) in 24 hours.")
    assert [m.per for m in drug.maximums] == ["day", "day"]


def test_how_long_is_read_within_a_frequency() -> None:
    drug = _drug("Ketorolac 10 mg every 6 hours, for six weeks, with repeats as required.")
    duration = drug.regimens[0].duration
    assert duration is not None
    assert (str(duration.value), duration.unit) == ("6", "wk")


def test_a_drug_behind_so_is_not_in_the_list_before_it() -> None:
    assert _drug("He already has an SSRI, so venlafaxine is not added.", 1).polarity == "avoid"


@pytest.mark.parametrize(
    ("text", "strengths"),
    [
        ("Symbicort 160/4.5, two puffs twice daily", ["160ug", "4.5ug"]),
        ("Combivent Respimat 20/100 one puff four times daily", ["20ug", "100ug"]),
        ("Stiolto 2.5/2.5 two puffs daily", ["2.5ug", "2.5ug"]),
        ("Trelegy Ellipta 100/62.5/25 one inhalation daily", ["100ug", "62.5ug", "25ug"]),
        ("Junel Fe 1/20 one tablet daily", ["1mg", "20ug"]),
        ("Yaz 3/0.02 one tablet daily", ["3mg", "0.02mg"]),
        ("DuoNeb 0.5/2.5 by nebulizer", ["0.5mg", "2.5mg"]),
        ("Percocet 5/325 one tablet", ["5mg", "325mg"]),
        ("Symbicort 160/4.5 mg two puffs", ["160mg", "4.5mg"]),
        ("Microgynon 150/30 one tablet daily", ["150ug", "30ug"]),
        ("Co-codamol 8/500, two tablets", ["500mg", "8mg"]),
        ("Albuterol/ipratropium 2.5/0.5 mg by nebulizer", ["0.5mg", "2.5mg"]),
    ],
)
def test_a_bare_strength_has_the_unit_in_which_the_product_is_named(text, strengths) -> None:
    assert [f"{s.value}{s.unit}" for s in _drug(text).strengths] == strengths


@pytest.mark.parametrize(
    "text",
    [
        "Percocet 1-2 tablets every 6 hours",
        "Sinemet 3-4 times a day",
        "Augmentin 5-7 days",
        "Septra 1/2 tablet daily",
    ],
)
def test_counts_and_days_behind_a_product_are_no_strengths(text) -> None:
    assert _drug(text).strengths == ()


def test_strengths_with_a_dash_stay_strengths() -> None:
    assert [str(s.value) for s in _drug("Percocet 5-325 one tablet").strengths] == ["5", "325"]
