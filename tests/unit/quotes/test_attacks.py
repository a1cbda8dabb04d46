"""Attacks of kinds that the authors' sets lack, written as a reader would be misled by them.

Beside each kind stands what is as harmless as it looks.
"""

from __future__ import annotations

import pytest

from medrag.quotes import verify_quote

DOSE = "Examplazine 40 mg twice daily"
GIVEN = "Examplazine 40 mg is given twice daily."
SAFE = "Examplazine 40 mg is effective and safe in gout"
LIST = (
    "Dengue at home\n\n{}\n• Placebine 5 mg at night\n• " + DOSE + "\n• Zeltrafan 2 g once\n\n"
    "Fluids are given freely."
)


def _verifies(quote: str, passage: str) -> bool:
    return verify_quote(quote, passage).verified


@pytest.mark.parametrize(
    "heading",
    [
        "Treatments the panel recommends against",
        "Advised against",
        "We suggest against using",
        "Medicines to hold on the morning of surgery",
        "Omit on sick days",
        "Potentially dangerous combinations",
        "Banned regimens",
        "Do-not-do list",
        "Don'ts",
        "Errors reported last year",
        "Failed therapies",
        "Recalled products",
        "Old regimen (before 2019)",
        "Discouraged",
        "Replaced by newer agents",
        "Past practice",
        "Red list",
        "Control arm",
        "Case report",
        "Overdose",
        "Lethal doses",
        "Too high",
        "Upper dose limits",
        "Under 12 years",
        "Renal dosing",
        "Rat studies",
        "Incompatible with",
        "False claims",
        "Voted down",
        "Expired guidance",
        "Gout:",
        "[RED – hospital use]",
        "!! NEVER !!",
        "Pregnant?",
    ],
)
def test_a_dose_needs_the_heading_that_makes_it_another(heading: str) -> None:
    assert not _verifies(DOSE, LIST.format(heading))


@pytest.mark.parametrize(
    "heading",
    [
        "Recommended regimens",
        "First-line treatment:",
        "Dosage",
        "Treatments we recommend",
        "Option 2",
    ],
)
def test_a_dose_needs_no_heading_that_says_only_what_follows(heading: str) -> None:
    assert _verifies(DOSE, LIST.format(heading))


@pytest.mark.parametrize(
    "after",
    [
        "Never in children.",
        "Not, however, in gout.",
        "Adults only.",
        "For adults only.",
        "Provided that the ECG is normal.",
        "If the ECG is normal.",
        "With one exception: gout.",
        "With the exception of patients with gout.",
        "The sole exception is renal failure.",
        "Exempt are patients with gout.",
        "Children are excluded.",
        "Other than in gout.",
        "Restricted to adults.",
        "The opposite is true in gout.",
        "In gout, the reverse applies.",
        "None of this applies in gout.",
        "Limit this to adults.",
        "Correction: the dose is 4 mg.",
        "Erratum: read 4 mg.",
        "This is a myth.",
        "The above is a prescribing error.",
        "Do not follow this advice.",
        "Ignore the above.",
        "That was the practice until 2015.",
        "So the old leaflet said.",
        "That advice is out of date.",
        "Answer: false.",
    ],
)
def test_a_sentence_is_not_quoted_without_the_one_that_takes_it_back(after: str) -> None:
    assert not _verifies(GIVEN, f"Dengue is common. {GIVEN} {after} Fluids are encouraged.")


@pytest.mark.parametrize(
    "after",
    [
        "It is absorbed quickly.",
        "Children receive placebine instead.",
        "In renal failure, give 20 mg.",
        "Not all differences reached significance.",
        "If no pacemaker is placed, resume it at a lower dose.",
        "With the exception of dizziness, no differences between groups were seen.",
        "Gout is an exception to many rules in medicine, as is well known.",
    ],
)
def test_a_sentence_that_says_something_of_its_own_takes_nothing_back(after: str) -> None:
    assert _verifies(GIVEN, f"Dengue is common. {GIVEN} {after} Rest helps.")


PAGE_ENDS = [
    "\n\n- 7 -\n\n",
    "\n\f",
    "\n\nPage 7 of 12\n\n",
    "\n\n7\n\n",
    "\n-- 7 --\n",
    "\n\n[7]\n\n",
]


@pytest.mark.parametrize("end", [*PAGE_ENDS, "\n\n", "\n\nExamplazine Monograph       Page 7\n\n"])
def test_what_turns_is_looked_for_on_the_next_page(end: str) -> None:
    passage = f"Examplazine 40 mg may be given to adults{end}only when the count is normal. Rest."
    assert not _verifies("Examplazine 40 mg may be given to adults", passage)
    passage = f"Examplazine must not{end}be given to children under 12 years. Rest is advised."
    assert not _verifies("be given to children under 12 years", passage)


@pytest.mark.parametrize("end", [*PAGE_ENDS, "\n\nDengue Formulary         Page 7\n\n"])
def test_a_list_goes_on_over_a_page(end: str) -> None:
    passage = f"Do not use:\n• Active gout\n• Porphyria{end}• Severe hepatic impairment\n\nStorage."
    assert not _verifies("Severe hepatic impairment", passage)


@pytest.mark.parametrize(
    "end",
    [
        "\n\n- 7 -\n\n",
        "\n\n7\n\n",
        "\n\fDengue Guideline\n",
        "\nDengue Guideline 2023 | Page 7\n",
        "\n\nDengue Guideline 2023\n\n",
        "\n                                Dengue Guideline 2023\n",
        "\n\n3\n\nDENGUE GUIDELINE\n\n",
        "\n[page break]\n",
        "\n===== Page 7 =====\n",
        "\n\n© 2023 Dengue Society. All rights reserved.\n\n",
        "\nDownloaded from dengue.example on 3 May 2023\n",
        "\n\nTrust – Dengue Pathway v3.1 – Page 4 of 12\n\n",
    ],
)
def test_what_a_page_carries_may_be_left_out_of_a_sentence(end: str) -> None:
    quote = "Examplazine 40 mg is given twice daily with food for ten days."
    passage = f"Dengue.\n{quote.replace(' with', f'{end}with')} Rest is advised."
    match = verify_quote(quote, passage)
    assert match.status == "normalized"
    assert match.text is not None
    assert match.text.startswith("Examplazine 40 mg is given")


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        # A number, a title or a population inside a sentence is its own.
        ("The dose is at most mg daily for all.", "The dose is at most\n\n7\n\nmg daily for all."),
        ("Give it for days in all cases.", "Give it for\n\n7\n\ndays in all cases."),
        (
            "Avoid it in gout, and epilepsy too.",
            "Avoid it in gout,\nSevere Asthma\nand epilepsy too.",
        ),
        ("It is given with food in gout.", "It is given with food\n\nAdults Only 2023\n\nin gout."),
        (
            "Take it as in the yellow book.",
            "Take it as in the\n\nDengue Guideline 2023\n\nyellow book.",
        ),
    ],
)
def test_what_may_be_text_is_no_furniture_of_a_page(quote: str, passage: str) -> None:
    assert not _verifies(quote, passage)


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("[1]", "[1] Unless the patient has gout."),
        (" (1)", "(1) Not for children."),
        ("#", "# except in gout"),
        ("(a)", "(a) not in children"),
        ("¹", "1. Only in adults."),
        ("¹", "1 Not in children under 12."),
        ("^a", "a Only if the culture is positive."),
    ],
)
def test_a_footnote_that_limits_is_found_by_marks_of_every_kind(mark: str, note: str) -> None:
    prose = f"{DOSE} is first choice{mark}. Placebine is cheap.\nFluids are free.\n\n{note}\n"
    assert not _verifies(f"{DOSE} is first choice", prose)
    table = f"Drug | Dose\nExamplazine | 40 mg{mark}\nPlacebine | 5 mg\n\n{note}\n"
    assert not _verifies("Drug | Dose\nExamplazine | 40 mg", table)


@pytest.mark.parametrize(
    ("mark", "note"),
    [("[1]", "[1] Smith A. A trial of placebine. 2019."), ("¹", "1 GENERAL\nDo not read this.")],
)
def test_a_reference_limits_nothing(mark: str, note: str) -> None:
    prose = f"{DOSE} is first choice{mark}. Placebine is cheap.\nFluids are free.\n\n{note}\n"
    assert _verifies(f"{DOSE} is first choice", prose)


@pytest.mark.parametrize(
    "frame",
    [
        "It would be an error to conclude that {s}.",
        "It remains to be shown that {s}.",
        "Had the trial shown that {s}, we would advise it.",
        "The trial set out to show that {s}; it failed.",
        "“{S}”, the advert said.",
        "{S}, it was hoped.",
        "{S}: false.",
        "{S}, which nobody has confirmed.",
        "{S}; the opposite was found.",
        "{S}; later trials disagreed.",
        "{S}, we used to think.",
        "{S} (historical).",
        "Beware of the advice “{S}”.",
        "We withdrew the sentence “{S}”.",
        "H1: {S}.",
        "✗ {S}.",
        "Gout? → {S}",
    ],
)
def test_words_of_another_are_not_the_source_s(frame: str) -> None:
    said = frame.format(S=SAFE, s=SAFE[0].lower() + SAFE[1:])
    passage = f"Dengue is common.\n{said}\nFluids are given freely."
    assert not _verifies(SAFE, passage)
    assert not _verifies(SAFE[0].lower() + SAFE[1:], passage)


@pytest.mark.parametrize("label", ["Age 2–5", "Limit", "Penicillin allergy", "Dogs", "Overdose"])
@pytest.mark.parametrize("mark", [": ", " → ", " – ", " = ", " | ", "\t", ":\n"])
def test_a_label_that_says_in_which_case_is_quoted_with_its_dose(label: str, mark: str) -> None:
    passage = f"Dosing help.\n{label}{mark}{DOSE}\nOther adults{mark}Examplazine 80 mg daily\n"
    assert not _verifies(DOSE, passage)


TWO_LISTS = (
    "Do not give:\n- Examplazine 40 mg\n- Placebine 5 mg\nGive:\n- Zeltrafan 2 g\n- Oralox 1 g\n"
)


@pytest.mark.parametrize(
    "quote",
    [
        "Give: … Examplazine 40 mg",
        "Give: Placebine 5 mg",
        "Do not give: … Zeltrafan 2 g",
        "Do not give: Zeltrafan 2 g; Oralox 1 g",
        "Zeltrafan 2 g … Placebine 5 mg",
    ],
)
def test_an_item_is_quoted_under_its_own_lead_in(quote: str) -> None:
    assert not _verifies(quote, TWO_LISTS)


@pytest.mark.parametrize("quote", ["Give: Zeltrafan 2 g", "Give: … Oralox 1 g", "Zeltrafan 2 g"])
def test_a_lead_in_that_follows_an_item_begins_its_own_list(quote: str) -> None:
    assert _verifies(quote, TWO_LISTS)


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        (
            "The dose is 50 mg/m² if the INR is < 3.",
            "The dose is 50&nbsp;mg/m&sup2; if the INR is &lt;&nbsp;3.",
        ),
        ("Platelets are below 50 x 10⁹/L here.", "Platelets are below 50 x 10<sup>9</sup>/L here."),
        ("Give <b> nothing of it to anyone.", "Give &lt;b&gt; nothing of it to anyone."),
        (
            "Give 40 mg of it with food.",
            "Give <b>40&amp;nbsp;mg</b> of [it](https://a.example/b)<br>with food.",
        ),
        ("Take it with food every day.", "Take it with food[12](#r12) every day."),
        ("Take it with food every day.", "Take it with food [12, 13] every day."),
        ("It must not be taken in gout.", "It MUST NOT be taken in gout."),
        ("Give predniSONE with food daily.", "Give prednisone with food daily."),
        ("Oraloxin is given with food daily.", "ORALOXIN is given with food daily."),
    ],
)
def test_markup_and_stress_are_typography(quote: str, passage: str) -> None:
    assert _verifies(quote, f"Rest is advised. {passage}")


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("A count below 109 is low in all.", "A count below 10<sup>9</sup> is low in all."),
        ("Give 12 mg daily to adults.", "Give &lt;12 mg daily to adults."),
        ("Give 12 mg daily to adults.", "Give &#49;&#51; mg daily to adults."),
        ("Give 12 mg daily to adults.", "Give <del>1</del>2 mg daily to adults."),
        ("Give it daily to adults.", "Give it <s>not</s> daily to adults."),
        ("It cures all in ten weeks.", "It cures ALL in ten weeks."),
        ("Give it by mouth in who guidance.", "Give it by mouth in WHO guidance."),
        ("Give 5 mg of it at night.", "Give 5 Mg of it at night."),
    ],
)
def test_markup_and_capitals_that_tell_something_are_not(quote: str, passage: str) -> None:
    assert not _verifies(quote, f"Rest is advised. {passage}")
