"""Phrases left outside a quotation that frame it, and those that do not."""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote

CORE = "examplazine 5 mg is given once daily with food"


def _before(words: str) -> str:
    return f"The label was revised. {words} {CORE}. Tablets are white."


def _behind(words: str) -> str:
    return f"The label was revised. {CORE.capitalize()}{words}. Tablets are white."


@pytest.mark.parametrize(
    "words",
    [
        "In rats,",
        "Formerly,",
        "However, in rats,",
        "Should symptoms recur,",
        "In 3 of 400 patients",
        "It is unclear whether",
        "The panel rejected the proposal that",
        "The study did not show that",
        "Critics say",
        "Nobody believes that",
        "It was once thought that",
        "Hardly ever",
        "Should the pain return,",
        "Off label,",
        "Superseded advice:",
        "For patients on dialysis:",
        "It may be that",
        "We advise against",
    ],
)
def test_a_phrase_before_the_quotation_clips_it(words):
    match = verify_quote(f"{CORE}.", _before(words))
    assert match.status == "clipped"
    assert match.diff[0].kind == "omission"


@pytest.mark.parametrize(
    "words",
    ["However,", "In addition,", "Therefore,", "Note that", "The study found that"],
)
def test_a_connective_or_an_assertion_before_it_does_not(words):
    assert verify_quote(f"{CORE}.", _before(words)).verified


@pytest.mark.parametrize(
    "words",
    [
        " for no more than 5 days",
        " in CKD stage 4",
        " before surgery",
        " via catheter",
        ", in rats",
        " (in rats)",
        ", which was later retracted",
        ", or so it was claimed",
        " [12] under supervision",
        " — but not in gout",
        ", then 2 mg thereafter",
        ", or 10 mg in severe cases",
        " (conditional recommendation, very low certainty)",
        ", a regimen since abandoned",
        ". However, this must not be done in gout",
        ". This advice has been withdrawn",
        ". Exceptions include gout",
    ],
)
def test_a_phrase_behind_the_quotation_clips_it(words):
    assert verify_quote(CORE.capitalize(), _behind(words)).status == "clipped"


@pytest.mark.parametrize(
    "words",
    [
        ", and it is well absorbed",
        "; it is well absorbed",
        " (see Table 2)",
        " [12]",
        ", which is a tablet",
        " and is well absorbed",
        ", as shown in Table 2",
        " (strong recommendation)",
        ". However, food slows its absorption",
        ". The tablets are not round",
    ],
)
def test_a_coordinated_clause_or_a_reference_behind_it_does_not(words):
    assert verify_quote(CORE.capitalize(), _behind(words)).verified


TABLE = "Event | Drug (%) | Placebo (%)\nAsthenia | 9 | 4\nRash | 2 | 1\n"
MARKDOWN = "| Event | Drug (%) |\n|---|---|\n| Asthenia | 9 |\n| Rash | 2 |\n"


@pytest.mark.parametrize(
    ("row", "table"),
    [
        ("Asthenia | 9 | 4", TABLE),
        ("Rash | 2 | 1", TABLE),
        ("Asthenia | 9", MARKDOWN),
        ("| Rash | 2 |", MARKDOWN),
        ("Rash 2 1", TABLE.replace(" | ", "\t")),
    ],
)
def test_a_row_needs_the_header_of_its_table_whatever_its_words(row, table):
    match = verify_quote(row, table)
    assert match.status == "clipped"
    assert match.diff[-1].source.startswith(("Event", "| Event"))


def test_a_row_with_its_header_is_verified():
    assert verify_quote("Event | Drug (%) | Placebo (%)\nAsthenia | 9 | 4", TABLE).verified


def test_a_blank_line_parts_two_tables():
    two = f"{TABLE}\nDrug | Dose\nExamplazine | 5 mg\n"
    match = verify_quote("Examplazine | 5 mg", two)
    assert [change.source for change in match.diff] == ["Drug | Dose"]


def test_one_tab_in_a_sentence_makes_no_table():
    passage = "It is not sold. Take examplazine\twith food every day. Do not crush it."
    assert verify_quote("Take examplazine with food every day.", passage).verified


@pytest.mark.parametrize("gap", ["greater than", "more than", "up to", "not", "nearly"])
def test_a_word_that_qualifies_is_not_elided(gap):
    passage = f"Doses of examplazine {gap} 7 mg/kg were given to adolescents."
    quote = "Doses of examplazine ... 7 mg/kg were given to adolescents."
    assert not verify_quote(quote, passage).verified


def test_a_footnote_mark_is_passed_over_but_another_one_is_not():
    passage = "It reduces pain[12], swelling and fever."
    assert verify_quote("It reduces pain, swelling and fever.", passage).verified
    assert not verify_quote("It reduces pain[13], swelling and fever.", passage).verified


def test_a_number_at_a_line_end_does_not_take_the_next_line():
    passage = "The strength is 100 mg/5 mL\n5.4 to 8.1 kg is the weight range."
    assert verify_quote("5.4 to 8.1 kg is the weight range.", passage).status != "altered"


@pytest.mark.parametrize("quote", ["thrombocytopenia", "thrombocytopenia."])
def test_one_word_is_never_verified(quote):
    assert not verify_quote(quote, "It was the cause of thrombocytopenia.").verified


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("recommended for gout in adults", "It used to be recommended for gout in adults."),
        ("embolism should be treated", "Patients with suspected embolism should be treated."),
        ("the risk of gout in adults", "Examplazine doubles the risk of gout in adults."),
        ("effective than otherazine in gout", "It is less effective than otherazine in gout."),
        ("offer it to adults with gout", "Consider whether to offer it to adults with gout."),
        ("patients had a rash", "Fewer than 1 in 100 patients had a rash."),
        ("Is examplazine safe in pregnancy", "Is examplazine safe in pregnancy? No."),
        ("Yes, twice a day with food.", "Can children take it? Yes, twice a day with food."),
        ("Gout and asthma of any kind.", "Contraindications. Gout and asthma of any kind."),
        ("Take 5 mg of it.", "The following doses are for children only. Take 5 mg of it."),
    ],
)
def test_a_phrase_cut_in_its_middle_is_clipped(quote, passage):
    assert verify_quote(quote, passage).status == "clipped"


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("adverse effects include gout and rash", "Its adverse effects include gout and rash."),
        ("usual dose is 10 mg daily", "The usual dose is 10 mg daily."),
        ("is given once daily", "Examplazine is given once daily."),
        (
            "gout of the knee and the hip",
            "Examplazine is indicated for gout of the knee and the hip.",
        ),
    ],
)
def test_a_part_that_loses_nothing_is_verified(quote, passage):
    assert verify_quote(quote, passage).verified


@pytest.mark.parametrize(
    ("gap", "verified"),
    [
        ("which is a tablet,", True),
        ("as described above,", True),
        ("a white powder,", True),
        ("and otherazine,", False),
        ("although harmful,", False),
        ("combined with otherazine,", False),
        ("at half the dose,", False),
    ],
)
def test_an_aside_may_be_elided_and_nothing_else(gap, verified):
    passage = f"It is new. Examplazine, {gap} should be given once daily. It is dry."
    quote = "Examplazine ... should be given once daily."
    assert verify_quote(quote, passage).verified is verified
