"""Tabs between words and numbers of list items are typography; the cells of a table are not."""

from __future__ import annotations

from medrag.quotes import verify_quote

SENTENCE = "The risk of nephrotoxicity is greater in patients with impaired renal function."


def test_tabs_between_the_words_of_a_sentence_are_spaces() -> None:
    passage = "Monitor serum levels. " + SENTENCE.replace(" ", "\t", 3)
    assert verify_quote(SENTENCE, passage).verified


def test_a_cell_of_a_tabbed_table_still_needs_its_header() -> None:
    passage = "Dose\tAdults\tChildren\nExamplazine\t500 mg every 8 hours\t125 mg every 8 hours"
    assert not verify_quote("125 mg every 8 hours", passage).verified


def test_the_number_of_a_list_item_may_be_left_off_with_its_lead_in() -> None:
    passage = "Exclusion criteria:\n1. uncontrolled hypertension\n2. active bleeding"
    assert verify_quote("Exclusion criteria: uncontrolled hypertension", passage).verified
    assert not verify_quote("uncontrolled hypertension", passage).verified


def test_a_number_within_a_sentence_is_never_left_off() -> None:
    passage = "Give the dose on day\n5) after meals for two weeks."
    assert not verify_quote("Give the dose on day after meals for two weeks.", passage).verified
