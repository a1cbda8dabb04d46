"""The gate, as a table: what stands there, what was altered, what was clipped."""

from __future__ import annotations

import pytest

from medrag.errors import InputError
from medrag.quotes import verify_cases, verify_quote

LABEL = """\
4 CONTRAINDICATIONS
• severe hepatic impairment
• known allergy to examplazine

Take examplazine 10 mg once daily with food. Do not exceed 40 mg per day.
Examplazine is not recommended in children under 12 years.
If the eGFR is below 30 mL/min/1.73 m², reduce the dose to 5 mg once daily. The count
was 10⁹/L in most cases. The maximum dose is 1 400 mg. Beta-
blockers should be avoided unless needed. Otherazine is effective in adults; however, it
raises potassium in some. Examplazine may be used in pregnancy. However, it must not be given
in the third trimester. The tablets are white, round, and scored on one side, and they dissolve
well. Examplazine can be taken with or without food.
The potassium of <3.5 mmol/L was seen. Give 5–10 mg to start.

Drug | Adults | Children
Examplazine | 10 mg daily | 5 mg daily
Otherazine | 10 mg daily | 2 mg daily

In patients with renal impairment:
- Reduce the dose by half.
- Monitor potassium every week.

Storage
- Keep in a dry place.
- Keep away from light.
"""


@pytest.mark.parametrize(
    "quote",
    [
        "Take examplazine 10 mg once daily with food.",
        "take examplazine 10 mg once daily with food",
        "“Take examplazine 10\u00a0mg once daily with food.”",
        "Take exam\u00adpla\u200bzine 10 mg once daily with food",
        "If the eGFR is below 30 mL/min/1.73 m2, reduce the dose to 5 mg once daily.",
        "The count was 10^9/L in most cases.",
        "Betablockers should be avoided unless needed.",
        "Beta-blockers should be avoided unless needed.",
        "4 CONTRAINDICATIONS\n- severe hepatic impairment\n- known allergy to examplazine",
        "The tablets are white, round, and scored on one side",
        "they dissolve well",
        "Examplazine can be taken with or without food",
        "Examplazine can be taken",
        "The tablets are white ... and scored on one side",
        "[t]he tablets are white, round",
        "Keep away from light.",
        "In patients with renal impairment:\n- Reduce the dose by half.",
        "Drug | Adults | Children\nExamplazine | 10 mg daily | 5 mg daily",
    ],
)
def test_what_stands_there_verifies_and_shows_the_source(quote):
    match = verify_quote(quote, LABEL)
    assert match.verified
    assert match.span is not None
    assert match.text == match.span.of(LABEL)


@pytest.mark.parametrize(
    ("quote", "kind", "quoted", "source"),
    [
        ("Take examplazine 100 mg once daily with food.", "number", "100", "10"),
        ("Take examplazine 10 mcg once daily with food.", "unit", "mcg", "mg"),
        ("Take examplazine 10 mg twice daily with food.", "number", "twice", "once"),
        ("Do exceed 40 mg per day.", "negation", "", "not"),
        ("Examplazine is recommended in children under 12 years.", "negation", "", "not"),
        ("If the eGFR is above 30 mL/min/1.73 m²", "comparator", "above", "below"),
        ("Take warfarin 10 mg once daily with food.", "drug", "warfarin", "examplazine"),
        ("Take examplazine 10 mg once daily with cold food.", "insertion", "cold", ""),
        ("Take examplazine 10 mg once with food.", "number", "", "daily"),
        ("The count was 109/L in most cases.", "number", "109", "10^9"),
    ],
)
def test_an_alteration_is_named(quote, kind, quoted, source):
    match = verify_quote(quote, LABEL)
    assert match.status == "altered"
    assert (kind, quoted, source) in [(c.kind, c.quoted, c.source) for c in match.diff]


@pytest.mark.parametrize(
    ("quote", "omitted"),
    [
        ("recommended in children under 12 years", "not"),
        ("reduce the dose to 5 mg once daily", "If the eGFR is below 30 mL/min/1.73 m²"),
        ("Beta-blockers should be avoided", "unless needed"),
        ("Otherazine is effective in adults", "however"),
        ("severe hepatic impairment", "4 CONTRAINDICATIONS"),
        ("Reduce the dose by half.", "In patients with renal impairment:"),
        ("Monitor potassium every week.", "In patients with renal impairment:"),
        ("Examplazine | 10 mg daily | 5 mg daily", "Drug | Adults | Children"),
        ("Examplazine ... in children under 12 years.", "is not recommended"),
        ("Take examplazine … with food.", "10 mg once daily"),
        ("Do not exceed 40 mg", "per day"),
        ("Examplazine can be taken with or", "with or without"),
        (
            "Examplazine may be used in pregnancy.",
            "However, it must not be given in the third trimester.",
        ),
    ],
)
def test_a_clipped_quotation_names_what_it_left_outside(quote, omitted):
    match = verify_quote(quote, LABEL)
    assert match.status == "clipped"
    assert omitted in [change.source for change in match.diff]


@pytest.mark.parametrize(
    "quote",
    [
        "400 mg",
        "3.5 mmol/L was seen",
        "10 mg to start",
        "amplazine 10 mg once daily",
        "blockers should be avoided unless needed",
        "The maximum dose is 1",
        "reduce the dose to 5",
        "below 30 mL/min",
    ],
)
def test_a_quotation_that_cuts_a_word_number_or_unit_never_verifies(quote):
    assert not verify_quote(quote, LABEL).verified


@pytest.mark.parametrize("quote", ["", "  ", "...", "“”", "\u200b", "entirely other words here"])
def test_what_stands_nowhere_is_not_found(quote):
    match = verify_quote(quote, LABEL)
    assert (match.status, match.span, match.text) == ("not_found", None, None)


def test_too_short_a_quotation_says_nothing():
    assert verify_quote("severe hypoglycemia", "The result is severe hypoglycemia.").verified
    assert not verify_quote("white", LABEL).verified


def test_the_same_dose_under_two_drugs_is_ambiguous():
    passage = "Examplazine\n- 10 mg once daily\n\nOtherazine\n- 10 mg once daily\n"
    assert verify_quote("10 mg once daily", passage).status == "ambiguous"
    assert verify_quote("Examplazine\n- 10 mg once daily", passage).verified


def test_an_order_repeated_under_two_drugs_is_ambiguous():
    passage = "Examplazine\nTake 10 mg once daily.\n\nOtherazine\nTake 10 mg once daily.\n"
    assert verify_quote("Take 10 mg once daily.", passage).status == "ambiguous"


def test_repeated_boilerplate_verifies_at_its_first_place():
    sentence = "Examplazine should be stored in a dry place."
    match = verify_quote(sentence, f"{sentence} It is white. {sentence}")
    assert match.status == "exact"
    assert match.span is not None
    assert match.span.start == 0


def test_a_fragment_that_stands_once_clean_and_once_denied_is_ambiguous():
    passage = "Uses: severe examplitis of the knee. Store dry. No severe examplitis of the knee."
    assert verify_quote("severe examplitis of the knee", passage).status == "ambiguous"


def test_a_clause_that_is_limited_elsewhere_verifies_only_as_a_whole_sentence():
    limited = "The effect of it has been shown in children."
    assert (
        verify_quote("The effect of it has been shown", f"{limited} {limited}").status == "clipped"
    )
    loose = f"{limited} The effect of it has been shown, and it is large."
    assert verify_quote("The effect of it has been shown", loose).status == "ambiguous"
    whole = f"{limited} The effect of it has been shown."
    assert verify_quote("The effect of it has been shown", whole).verified


def test_one_word_is_no_piece_of_an_elision():
    passage = "The dose is at the discretion of the physician."
    assert not verify_quote("The … of the physician.", passage).verified


def test_pieces_of_two_statements_are_not_joined():
    passage = "Examplazine is safe. Otherazine is contraindicated in asthma."
    assert not verify_quote("Examplazine … is contraindicated in asthma.", passage).verified


def test_a_flattened_heading_is_not_an_omission():
    passage = "4 CONTRAINDICATIONS Examplazine is contraindicated in severe asthma. More text."
    assert verify_quote("Examplazine is contraindicated in severe asthma.", passage).verified


def test_a_cross_reference_clips_nothing():
    passage = "Examplazine lowers potassium [see Contraindications (4) and Use in Children (8.4)]."
    assert verify_quote("Examplazine lowers potassium", passage).verified


def test_a_quotation_may_run_over_a_page_end():
    passage = "Examplazine lowers\f the potassium of most people quickly."
    match = verify_quote("Examplazine lowers the potassium of most people quickly.", passage)
    assert match.status == "normalized"
    assert match.text == passage


def test_cases_keep_their_ids_and_show_spans_as_pairs():
    case = {"id": "a", "quote": "they dissolve well", "passage": "And they dissolve well."}
    assert list(verify_cases([case])) == [
        {"id": "a", "status": "exact", "span": [4, 22], "text": "they dissolve well", "diff": []}
    ]


def test_a_case_without_a_passage_says_what_to_do():
    with pytest.raises(InputError, match=r"Case 1 has no text under 'passage'\. Each case is"):
        list(verify_cases([{"id": "a", "quote": "x"}]))


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("'" * 20_000 + "take", "'" * 20_000),
        (" " * 20_000 + "x", "take"),
        (". " * 9_000, "take it. " * 9_000),
        ("take ten of them", "take ten of them and " * 4_000),
        ("take ten of them", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 6 + "! take ten of them"),
        ("Take ten of them.", "ABCDEFGHIJ KLMNOPQRSTUVW XYZ " * 4 + "x Take ten of them."),
        ("an item here of it", "Do not use:\n" + "- an item here of it\n" * 4_000),
        ("ab … ab … ab … ab", "ab " * 9_000),
        ("a b c d e f g h " * 2_000 + "z", "a b c d e f g h " * 2_000),
    ],
)
def test_hostile_input_takes_linear_time(quote, passage):
    match = verify_quote(quote, passage)
    assert match.span is None or match.text == match.span.of(passage)
