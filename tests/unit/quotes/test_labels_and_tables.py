"""Quotations from flattened labels and from tables, each beside what it must not be taken for."""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote
from medrag.text import segment

HIGHLIGHTS = (
    "2 DOSAGE AND ADMINISTRATION Swallow it whole; do not crush it. ( 2.1 ) Recommended dose: "
    "140 mg once daily. ( 2.2 ) Hepatic impairment: The recommended dose is 80 mg in patients "
    "with hepatic impairment. ( 2.3 , 8.7 ) Avoid use in patients with gout ( 5.1 ) Placebine : "
    "Placebine may raise examplazine levels. ( 7.1 )"
)
REACTIONS = (
    "6 ADVERSE REACTIONS The following reactions are described elsewhere in the labeling: Gout "
    "[see Warnings and Precautions (5.1)] Heart failure [see Warnings and Precautions (5.2)] The "
    "most common reactions were rash and cough ( 6.1 ) To report SUSPECTED ADVERSE REACTIONS, "
    "contact the maker and do not wait."
)
LIMITS = "( 1 ) Limitations of Use Examplazine is not indicated for gout in children. ( 1.4 )"
STRENGTHS = "3 STRENGTHS Tablets: 10 mg and 25 mg ( 3 ) Oral solution: 5 mg/mL ( 3 )"
AGES = "Age | Dose\n2 to 5 years | 2 mg\n6 to 11 years | 5 mg"
WIDE = (
    "Condition | Pill | Implant | Coil | Ring\nSmoking\na. Under 35 years | 2 | 1 | 1 | 2\n"
    "Pregnant women\nb. Gout | 4 | 4 | 4 | 4\nBlood vessels\nc. Stroke§ | 3 | 3 | 3 | 1\n"
    "§ Treated at home."
)
EVIDENCE = (
    "Rationale | Assessment |\nBenefits of treatment | The panel showed with good evidence that "
    "examplazine can lower the risk of stroke. |\nHarms | It is not associated with harm. |"
)
HOURS = "Feature | Print²⁰⁻²⁸ | Face-to-face²⁰,²¹ | Telephone\nLengthᵃ | 1 hour | 2 hours | 3 hours"


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        (
            "Examplazine lowers the risk of stroke in gout.",
            "Topic | Rationale\nStroke | Examplazine lowers the risk of stroke in gout.",
        ),
        ("Recommended dose: 140 mg once daily", HIGHLIGHTS),
        (
            "Hepatic impairment: The recommended dose is 80 mg in patients with hepatic "
            "impairment.",
            HIGHLIGHTS,
        ),
        ("Placebine: Placebine may raise examplazine levels.", HIGHLIGHTS),
        ("Avoid use in patients with gout", HIGHLIGHTS),
        ("The following reactions are described elsewhere in the labeling: Gout", REACTIONS),
        (
            "The following reactions are described elsewhere in the labeling: Gout; Heart failure",
            REACTIONS,
        ),
        ("The most common reactions were rash and cough.", REACTIONS),
        ("Limitations of Use: Examplazine is not indicated for gout in children.", LIMITS),
        ("Tablets: 10 mg and 25 mg; Oral solution: 5 mg/mL", STRENGTHS),
        ("Age: 6 to 11 years; Dose: 5 mg", AGES),
        ("Condition | Pill | Implant | Coil | Ring … a. Under 35 years | 2 | 1 | 1 | 2", WIDE),
        ("Condition: c. Stroke; Pill: 3; Ring: 1", WIDE),
        (
            "The panel showed with good evidence that examplazine can lower the risk of stroke.",
            EVIDENCE,
        ),
        (
            "Feature | Print | Face-to-face | Telephone … Length | 1 hour | 2 hours | 3 hours",
            HOURS,
        ),
        (
            "Lactation: Avoid; Fertility: It may fall",
            "Lactation: Avoid. ( 8.2 ) Fertility: It may fall ( 8.3 )",
        ),
        (
            "Resistance is common now. Resistant strains are widespread.",
            "Resistance is common now (297). Resistant strains are widespread.",
        ),
        ("Withhold it below 1500/mm3 cells.", "Withhold it below 1500/mm 3 cells."),
        (
            "Safety of injections in practice",
            "I. | Programs and people\nII. | Safety of injections in practice",
        ),
        (
            "Ask a doctor before use if you have gout, asthma",
            "Ask a doctor before use if you have\n- gout • asthma\n- ulcers",
        ),
        (
            "Ask a doctor before giving this product.",
            "Do not use\nafter opening. Ask a doctor before giving this product.\nwith alcohol",
        ),
        (
            "Examplazine is contraindicated in these patients: Those with gout",
            "4 CONTRAINDICATIONS Examplazine is contraindicated in these patients: Those with gout "
            "[see Warnings (5.7)] Asthma [see Warnings (5.8)]",
        ),
        (
            "dose adjustment in gout is not necessary",
            "Gout does not affect exposure; thus, dose adjustment in gout is not necessary.",
        ),
    ],
)
def test_what_a_careful_reader_copies_verifies(quote: str, passage: str) -> None:
    assert verify_quote(quote, passage).verified


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        # A reference in the middle of a sentence parts nothing.
        ("Examplazine may be given.", "When used with warfarin ( 7.1 ) Examplazine may be given."),
        ("Examplazine may be given.", "If a fast is needed ( 7.1 ) Examplazine may be given."),
        ("Examplazine may be given.", "Only after a rest ( 7.1 ) Examplazine may be given."),
        (
            "Examplazine should be given.",
            "No trial shows that ( 7.1 ) Examplazine should be given.",
        ),
        # Items of a list that lost its lines belong to what leads in.
        ("Stop the drug.", "If clearance is low: Halve it. ( 2.1 ) Stop the drug. ( 2.2 )"),
        ("Have failed therapy.", "Those who: Have gout. ( 1.1 ) Have failed therapy. ( 1.2 )"),
        (
            "Use in pregnancy.",
            "4 CONTRAINDICATIONS Do not use in gout. ( 4 ) Use in pregnancy. ( 4 )",
        ),
        (
            "Women who are pregnant",
            "Examplazine is contraindicated in gout ( 4 ) Women who are pregnant ( 4 )",
        ),
        (
            "Renal impairment",
            "Examplazine is contraindicated in: Gout [see Warnings (5.1)] Renal impairment ( 5.2 )",
        ),
        # What stands behind a reference may still limit.
        ("Examplazine is used for gout", "Examplazine is used for gout ( 1 ) In adults only."),
        ("Examplazine is used for gout", "Examplazine is used for gout ( 1 ) Except in children."),
        ("Give 5 mg daily", "Give 5 mg daily [see Dosage (2.1)] Maximum 4 days."),
        # A heading that hangs on its items.
        ("a rash occurs", "Stop use and ask a doctor if\n- fever lasts\n- a rash occurs"),
        ("The dose should be halved.", "Ask a doctor when\n- The dose should be halved.\n- ill"),
        # Of one of two subjects nothing was said.
        ("vaccine are effective.", "Wound care and vaccine are effective."),
        # Labels of columns: another row's cell, half a cell, a column that limits, a caption.
        ("Age: 2 to 5 years; Dose: 5 mg", AGES),
        ("Age: 2 to 5 years; Dose: 2", AGES),
        ("Dose: 2 mg", AGES),
        ("Age: 6 to 11 years; Dose: 5 mg", "Do not give:\n\n" + AGES),
        ("Drug: A; Dose: 5 mg", "Drug | Dose | Maximum\nA | 5 mg | 10 mg\nB | 6 mg | 9 mg"),
        ("Drug: A; Dose: 5 mg", "Drug | Dose | Use\nA | 5 mg | only in hospital\nB | 6 mg | any"),
        # A heading inside a table that turns; another table's header.
        ("Condition | Pill | Implant | Coil | Ring … b. Gout | 4 | 4 | 4 | 4", WIDE),
        ("Condition: b. Gout; Pill: 4", WIDE),
        (
            "Condition | A | B | C | D … gout | 1 | 2 | 3 | 4",
            "Condition | A | B | C | D\nflu | 4 | 4 | 4 | 4\nTable 2. Illness\n"
            "Illness | E | F | G | H\ngout | 1 | 2 | 3 | 4",
        ),
        (
            "Condition | A | B | C | D … gout | 1 | 2 | 3 | 4",
            "Condition | A | B | C | D\nContraindicated in\nWork\ngout | 1 | 2 | 3 | 4",
        ),
        # A sentence in a cell under or beside what turns it.
        ("It is not associated with harm.", EVIDENCE),
        (
            "Examplazine lowers the risk of stroke in gout.",
            "Claim | Verdict\nExamplazine lowers the risk of stroke in gout. | Not supported",
        ),
        (
            "Examplazine lowers the risk of stroke in gout.",
            "Topic | Former guidance\nStroke | Examplazine lowers the risk of stroke in gout.",
        ),
        (
            "Examplazine lowers the risk of stroke in gout.",
            "Group | Advice\nChildren | Examplazine lowers the risk of stroke in gout.",
        ),
        (
            "Examplazine lowers the risk of stroke in gout.",
            "Topic | Rats\nStroke | Examplazine lowers the risk of stroke in gout.",
        ),
        (
            "Examplazine lowers the risk of stroke in gout.",
            "Topic | Retracted claims\nStroke | Examplazine lowers the risk of stroke in gout.",
        ),
        # A number in brackets behind a number is a value.
        ("Gout | 147 | 0", "Illness | Cases (%) | Deaths\nGout | 147 (13) | 0"),
        ("It cured 147 of 200 people.", "It cured 147 (13) of 200 people."),
        ("10 mg each day", "1. | 5 mg each day\n2. | 10 mg each day"),
        # A footnote with a letter.
        ("Drug | Dose … A | 5 mg", "Drug | Dose\nA | 5 mgᵃ\nB | 6 mg\nᵃ Not in children."),
        # The line below takes back.
        (
            "The patient should take two tablets daily.",
            "The patient should take two tablets daily.\nunless the doctor says otherwise",
        ),
        (
            "The patient should take two tablets daily.",
            "The patient should take two tablets daily.\nbut not in pregnancy",
        ),
        # A clause that something else is concluded from.
        ("the full dose is safe", "Half is taken; thus, the full dose is safe only in gout."),
    ],
)
def test_its_adversarial_twin_does_not(quote: str, passage: str) -> None:
    assert not verify_quote(quote, passage).verified


def test_a_reference_ends_a_sentence_only_between_two_statements() -> None:
    text = "Do not mix it. ( 2.1 ) The dose is 5 mg. ( 2.2 ) Known gout. ( 4 )"

    assert [text[slice(*unit[:2])] for unit in segment(text)] == [
        "Do not mix it. ( 2.1 )",
        "The dose is 5 mg. ( 2.2 )",
        "Known gout. ( 4 )",
    ]


def test_titles_between_the_rows_of_a_wide_table_are_rows() -> None:
    assert [unit.kind for unit in segment(WIDE)] == ["row"] * 7 + ["prose"]
