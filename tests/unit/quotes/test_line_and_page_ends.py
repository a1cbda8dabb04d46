"""What a line end, a page end or a bold heading must not hide; what an independent set broke."""

from __future__ import annotations

import pytest

from medrag import verify_quote

BREAKS = ("\n", "\n\n", "\n\n17\n\n", "\n\nPage 4 of 12\n\n", "\n\n17\n\f\n", "\f")
HANGING = (
    "≥",
    "<",
    ">",
    "≤",
    "at least",
    "more than",
    "up to",
    "less than",
    "not exceeding",
    "only",
)


def status(quote: str, passage: str) -> str:
    return verify_quote(quote, passage).status


@pytest.mark.parametrize("gap", BREAKS)
@pytest.mark.parametrize("hanging", HANGING)
def test_what_a_number_hangs_on_counts_over_the_end_of_a_line_or_page(hanging, gap):
    quote = "30 mL/min in patients who take the drug every day."
    passage = (
        f"The clearance of creatinine was measured and found {hanging}{gap}{quote} More follows."
    )
    assert status(quote, passage) in {"clipped", "altered"}


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_number_behind_a_closed_line_or_under_a_title_begins_anew(gap):
    quote = "30 mL/min is the clearance under which the drug is not given."
    assert status(quote, f"Creatinine was measured in all of them.{gap}{quote}") == "exact"
    doses = "5 years and older: 10 mg/kg once daily.\n6 months to 4 years: 7.5 mg/kg once daily."
    assert status("5 years and older: 10 mg/kg once daily.", f"Age{gap}{doses}") == "exact"


@pytest.mark.parametrize(
    "heading",
    ["**Pregnant women**\n", "**Pregnant women:**\n", "__Pregnant women__\n\n",
     "## Pregnant women\n", "Pregnant women\n", "Pregnant women:\n"],
)  # fmt: skip
@pytest.mark.parametrize(
    "quote",
    ["The recommended dose of Zeltrafan is 1,000 mg twice daily for 14 days.",
     "Zeltrafan should be taken without food.", "Resume at the reduced dose after a week."],
)  # fmt: skip
def test_advice_under_a_heading_that_names_people_needs_it(heading, quote):
    assert status(quote, f"All about the drug.\n\n{heading}{quote}\n\nStore it cool.") == "clipped"


def test_under_such_a_heading_findings_and_what_names_its_people_stand_alone():
    passage = (
        "**Pregnant women**\nZeltrafan crosses the placenta in rats and rabbits. "
        "Pregnant women should take 500 mg once daily."
    )
    assert status("Zeltrafan crosses the placenta in rats and rabbits.", passage) == "exact"
    assert status("Pregnant women should take 500 mg once daily.", passage) == "exact"


@pytest.mark.parametrize(
    "heading",
    ["**Not permitted**\n", "**Incorrect**\n\n", "__Incorrect__\n", "INCORRECT\n",
     "## Not permitted\n", "NOT PERMITTED\n", "**Not recommended**\n", "Do not use:\n", "Wrong:\n"],
)  # fmt: skip
@pytest.mark.parametrize(
    "quote",
    ["If no response is seen at 300 mg, the dose may be increased to 400 mg daily.",
     "The dose may be increased to 0.15 mg/kg in the absence of prolongation.",
     "Give 10 mg once daily with food unless the patient is fasting."],
)  # fmt: skip
def test_a_case_that_is_denied_is_no_denial_of_what_a_heading_forbids(heading, quote):
    passage = (
        f"All about the drug.\n\n{heading}- Take 5 mg twice daily.\n- {quote}\n\nStore it cool."
    )
    assert status(quote, passage) == "clipped"


def test_an_item_that_forbids_itself_needs_no_heading_that_forbids():
    passage = "Do not use:\n- Zeltrafan must not be given to children.\n- It is not for neonates.\n"
    assert status("Zeltrafan must not be given to children.", passage) == "exact"


def test_a_myth_that_denies_needs_its_heading():
    passage = "Myths:\n- Statins are not safe in older people.\n- Vaccines do not work.\n"
    assert status("Statins are not safe in older people.", passage) == "clipped"


def test_cells_of_a_row_are_no_sentence_of_its_last_cell():
    passage = (
        "| Reaction | Severity | What to do |\n|---|---|---|\n"
        "| Hepatotoxicity | Grade 3 or 4 | Withhold Zeltrafan until recovery to Grade 1. |\n"
    )
    quote = "Grade 3 or 4 | Withhold Zeltrafan until recovery to Grade 1."
    assert status(quote, passage) == "clipped"


@pytest.mark.parametrize(
    "passage",
    ["Benefit was seen in the study³–⁵, and it lasted for years.",
     "Benefit was seen in the study¹ ², and it lasted for years.",
     "Benefit was seen in the study, and it lasted for yearsᵃ.",
     "Benefit was seen in the study, and it las\ufffeted for years.",
     "Benefit was seen in the study, and it las\x02\nted for years.",
     "Benefit was seen in the study, and it *lasted* for **years**."],
)  # fmt: skip
def test_marks_of_notes_and_of_broken_words_are_passed_over(passage):
    assert (
        status("Benefit was seen in the study, and it lasted for years.", passage) == "normalized"
    )


@pytest.mark.parametrize(
    "passage", ["The dose is 10³–10⁵ units daily.", "The count was 5 x 10⁹ today."]
)
def test_powers_are_no_marks(passage):
    assert not verify_quote(passage.translate({ord(c): None for c in "³⁵⁹"}), passage).verified


@pytest.mark.parametrize(
    "head",
    ["4 MMWR June 18, 2010", "Vol. 59 / RR-4 Recommendations and Reports 22",
     "Vol. 60 / SS-7 Surveillance Summaries 5"],
)  # fmt: skip
def test_a_running_head_with_issue_and_page_is_passed_over(head):
    passage = f"The drug may be used in all\n{head}\nadults who have no asthma. Another sentence."
    quote = "The drug may be used in all adults who have no asthma."
    assert status(quote, passage) == "normalized"


def test_a_date_alone_in_a_sentence_is_no_running_head():
    passage = "The drug may not be used before\nJune 18, 2010\nin adults who have asthma."
    assert not verify_quote(
        "The drug may not be used before in adults who have asthma.", passage
    ).verified


def test_examples_behind_a_statement_may_be_left_out():
    passage = "Results depend on several factors including the sensitivity of the assay."
    assert status("Results depend on several factors", passage) == "exact"
