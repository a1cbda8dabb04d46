"""What disowns, retracts or limits a quotation around it, and what an ellipsis may not swallow."""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote

SAID = "Dorvazole shortens wirrel fever by two days."


def status(quote, passage):
    return verify_quote(quote, passage).status


@pytest.mark.parametrize(
    "heading",
    [
        "Myths about treatment", "Common misconceptions", "What not to believe",
        "Popular fallacies", "Statements that are false", "False claims", "Rumours about dorvazole",
        "Debunked ideas",
    ],
)  # fmt: skip
def test_what_a_heading_disowns_needs_it(heading):
    assert status(SAID, f"Read this first.\n\n{heading}\n\n{SAID}\n\nMore follows.") == "clipped"
    assert verify_quote(f"{heading}\n{SAID}", f"{heading}\n\n{SAID}\n\nMore follows.").verified


@pytest.mark.parametrize("heading", ["Treatment", "Evidence", "False positive rates", "Facts"])
def test_a_heading_that_disowns_nothing_is_not_needed(heading):
    assert verify_quote(SAID, f"Read this first.\n\n{heading}\n\n{SAID}\n\nMore.").verified


@pytest.mark.parametrize(
    "behind",
    [
        "The above no longer applies.", "This finding was an artifact and should be disregarded.",
        "This holds only for patients without gout.", "This should now be ignored.",
        "True or false? False.", "A: No, this is wrong.", "Fact: This is false.",
        "These apply solely to men.", "It only holds in men.",
    ],
)  # fmt: skip
def test_what_the_next_sentence_takes_back_needs_it(behind):
    assert status(SAID, f"Read on. {SAID} {behind} More follows.") == "clipped"


@pytest.mark.parametrize(
    "behind",
    [
        "A no-effect dose was not found.", "This holds for men and women.", "It is given at night.",
        "A lower dose was used before.", "This finding was seen in two trials.",
    ],
)  # fmt: skip
def test_what_the_next_sentence_adds_may_be_left_off(behind):
    assert verify_quote(SAID, f"Read on. {SAID} {behind} More follows.").verified


@pytest.mark.parametrize(
    "before",
    [
        "Prior to 2010, the guideline recommended that",
        "The 2002 edition, now superseded, stated that",
        "Imagine a setting in which", "Until then, the panel stated that", "A world where",
        "The archived edition stated that", "There are two trials in which",
    ],
)  # fmt: skip
def test_whose_and_when_the_words_were_is_not_left_out(before):
    said = SAID[0].lower() + SAID[1:]
    assert status(said, f"Read on. {before} {said} More follows.") == "clipped"


@pytest.mark.parametrize(
    "before",
    ["The panel recommends that", "Two trials found that", "However, the panel noted that"],
)
def test_who_asserts_it_today_may_be_left_out(before):
    said = SAID[0].lower() + SAID[1:]
    assert verify_quote(said, f"Read on. {before} {said} More follows.").verified


@pytest.mark.parametrize("before", ["Very little", "Few", "Nothing", "No one", "Hardly anything"])
def test_how_little_it_is_is_not_left_out(before):
    rest = "is known about dorvazole in wirrel fever."
    assert status(rest, f"Read on. {before} {rest} More follows.") != "exact"


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        # Half a bracket: what stood in one would be read in another.
        ("Bleeding occurred in 219 (... 8.7%) placebo-treated patients.",
         "Bleeding occurred in 219 (13.3%) treated and 72 (8.7%) placebo-treated patients."),
        ("One arm (… n = 12) was stopped.", "One arm (n = 40) and one more (n = 12) was stopped."),
        # Of whom it holds.
        ("Dorvazole is safe for women ... and is given daily.",
         "Dorvazole is safe for women who never had gout and is given daily."),
        ("Dorvazole is not recommended for use … loss of enzyme.",
         "Dorvazole is not recommended for use in patients known to have a loss of enzyme."),
        ("Vaccination lowers the cost of care ... and is well borne.",
         "Vaccination lowers the cost of care that nobody pays for and is well borne."),
        # A sentence that turns what stood before.
        ("Dorvazole acts within hours. … It is swallowed whole.",
         "Dorvazole acts within hours. Nevertheless, caution is indicated. It is swallowed whole."),
        ("Most of it is left in the blood. … Levels are read twice.",
         "Most of it is left in the blood. In contrast, belrine is not. Levels are read twice."),
        # A heading for the subject of another sentence's verb.
        ("Interventions ... may take place at home.",
         "Interventions\\n\\nInterventions vary widely. Speech therapy may take place at home."),
    ],
)  # fmt: skip
def test_an_ellipsis_swallows_nothing_that_turns(quote, passage):
    assert not verify_quote(quote, passage.replace("\\n", "\n")).verified


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("Dorvazole (a statin) ... shortens the stay.",
         "Dorvazole (a statin), as noted above, shortens the stay."),
        ("Dorvazole acts within hours. … Swallow it whole with water.",
         "Dorvazole acts within hours. Tablets are blue. Swallow it whole with water."),
    ],
)  # fmt: skip
def test_an_ellipsis_may_leave_out_an_aside(quote, passage):
    assert verify_quote(quote, passage).verified


def test_a_pronoun_behind_skipped_sentences_speaks_of_them():
    passage = "Dorvazole acts within hours. Belrine is older. It is swallowed whole."
    assert not verify_quote(
        "Dorvazole acts within hours. … It is swallowed whole.", passage
    ).verified
