"""The extractive answerer: what it selects, what it takes along, when it is silent."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from medrag.core.patient import Lab, Patient
from medrag.core.prompt import Decoding
from medrag.generation import parse
from medrag.generation.candidates import candidates
from medrag.generation.extractive import ExtractiveLLM
from medrag.generation.relevance import Question
from medrag.quotes import verify


class NoMeaning:
    """Every text is as near to every other: only words decide."""

    name = "no-meaning"
    digest = "0"
    dim = 4
    max_tokens = 512

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def embed_passages(self, texts, *, progress=None):
        rows = np.random.default_rng(0).normal(size=(len(texts), 4)).astype(np.float32)
        rows[:, 0] = 0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_queries(self, texts):
        return np.tile(np.float32([1, 0, 0, 0]), (len(texts), 1))


@pytest.fixture
def ask(prompt_of):
    """Asks a question of texts and returns the draft; checks that every quotation verifies."""

    def answer(question, *texts, patient=None, max_claims=1):
        prompt = prompt_of(question, *texts, patient=patient)
        llm = ExtractiveLLM(NoMeaning(), max_claims=max_claims, threshold=-4.5)
        draft = parse(llm.complete(prompt), prompt)
        for claim in verify(draft, prompt).claims:
            assert claim.support == "supported", claim
        return [claim.text for claim in draft.claims]

    return answer


DOSES = "Examplazine relieves fever. The dose of examplazine is 40 mg once daily. Keep it dry."


def test_a_question_of_dose_gets_the_sentence_with_the_dose(ask):
    assert ask("What is the dose of examplazine?", DOSES) == [
        "The dose of examplazine is 40 mg once daily."
    ]


def test_nothing_that_answers_is_silence(ask):
    assert ask("Which vaccine protects travellers from yellow fever?", "Keep tablets dry.") == []


def test_no_passage_is_silence(ask):
    assert ask("What is the dose?") == []


def test_a_list_item_comes_with_the_list_up_to_it(ask):
    text = "Do not use examplazine in patients with:\n• porphyria of any kind\n• active bleeding\n"
    assert ask("Is examplazine safe with active bleeding?", text) == [
        "Do not use examplazine in patients with: • porphyria of any kind • active bleeding"
    ]


def test_a_table_row_comes_with_its_header(ask):
    text = "Drug | Dose | Interval\nExamplazine | 40 mg | daily\nOtherazine | 5 mg | weekly\n"
    (claim,) = ask("What is the dose of otherazine?", text)
    assert claim == "Drug: Otherazine; Dose: 5 mg; Interval: weekly"


def test_a_sentence_that_leans_on_the_one_before_takes_it_along(ask):
    text = "Examplazine lowers serum potassium. These effects of examplazine end after 2 days."
    assert ask("When do the effects of examplazine end?", text) == [text]


def test_a_restriction_that_follows_comes_too(ask):
    text = "The dose of examplazine is 40 mg. However, give 20 mg in kidney failure. It is blue."
    assert ask("What is the dose of examplazine?", text) == [
        "The dose of examplazine is 40 mg. However, give 20 mg in kidney failure."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Dose of examplazine",
        "What is the dose of examplazine?",
        "12. Smith AB, Doe C. Dose of examplazine. J Dose. 2012;12(3):45-50.",
        "Smith-Doe AB, van den Doe C, O'Brien P. The dose of examplazine in adults.",
        "Smith AB, Doe C, et al. The dose of examplazine in adults.",
        "See full prescribing information for the dose of examplazine.",
        "of the dose of examplazine in adults.",
        "https://example.org/dose-of-examplazine",
    ],
)
def test_headings_questions_references_boilerplate_and_torn_sentences_are_no_answer(hits_of, text):
    assert candidates(tuple(hits_of(text))) == []


@pytest.mark.parametrize(
    "text",
    ["Hepatitis A, Hepatitis B. Both vaccines are given before examplazine is begun.",
     "Give Vitamin K, Vitamin D, or both before examplazine is begun in adults."],
)  # fmt: skip
def test_things_with_a_letter_are_no_authors(hits_of, text):
    assert candidates(tuple(hits_of(text)))


def test_the_range_that_holds_the_patients_value_is_preferred(ask):
    text = (
        "With an eGFR of 45 mL/min/1.73 m2 or greater give examplazine 40 mg. "
        "With an eGFR between 30 and 44 mL/min/1.73 m2 give examplazine 20 mg. "
        "With an eGFR below 30 mL/min/1.73 m2 give examplazine 5 mg."
    )
    labs = [Lab(name="eGFR", value=Decimal(38), unit="mL/min/1.73m2")]
    (claim,) = ask("What examplazine dose?", text, patient=Patient(labs=labs))
    assert "20 mg" in claim
    (claim,) = ask("What examplazine dose with an eGFR of 12?", text)
    assert "5 mg" in claim


def test_a_child_gets_the_childs_dose_and_an_adult_does_not(ask):
    text = "Children take examplazine 5 mg daily. Adults take examplazine 40 mg daily."
    assert "Children" in ask("Daily examplazine?", text, patient=Patient(age_years=Decimal(6)))[0]
    assert "Adults" in ask("Daily examplazine?", text, patient=Patient(age_years=Decimal(60)))[0]


def test_a_drug_is_found_by_any_of_its_names(ask):
    text = "COUMADIN is started at 5 mg once daily. Keep the tablets dry."
    assert "COUMADIN" in ask("At what dose is warfarin started daily?", text)[0]


def test_the_same_words_about_another_drug_are_worth_less_than_fewer_about_the_one(ask):
    other, one = "The starting dose of digoxin is 2 mg once daily.", "Warfarin is started at 5 mg."
    assert ask("What is the starting dose of warfarin once daily?", other, one) == [one]


def test_no_more_claims_than_asked_for_and_none_repeats(ask):
    texts = [f"Give examplazine {n} mg daily for fever." for n in range(1, 7)]
    assert len(ask("How much examplazine daily for fever?", *texts, max_claims=3)) <= 3


def test_claims_are_never_cut_to_fit(prompt_of):
    prompt = prompt_of("What is the dose of examplazine?", DOSES)
    llm = ExtractiveLLM(NoMeaning(), threshold=-4.5)
    assert (
        parse(llm.complete(prompt, decoding=Decoding(max_tokens=3)), prompt).status
        == "insufficient"
    )


FORMER = "Edition 2 asked for examplazine within 1 hour for every adult with examplitis."
NOW = "Give adults with examplitis examplazine within 3 hours of arrival."


def test_what_another_edition_asked_for_is_no_answer(ask):
    question = "How soon is examplazine given to adults with examplitis?"
    assert ask(question, FORMER, NOW) == [NOW]
    assert ask(question, FORMER) == []


def test_what_another_edition_asked_for_answers_a_question_about_it(ask):
    assert ask("What did edition 2 ask of examplazine in examplitis?", FORMER) == [FORMER]


def test_what_a_question_asks_about_is_where_a_sentence_says_something_of_it(ask):
    announced = "Tell families and carers about the danger signs of examplazine."
    told = "The danger signs of examplazine are slurred speech and cold hands."
    assert ask("What are the danger signs of examplazine?", f"{announced} {told}") == [told]


def test_the_case_that_is_put_must_be_told_not_asked_for(ask):
    open_case = "Then see if the wound is infected."
    told = "If the wound is infected, give examplazine and call surgery."
    assert ask("What to do if the wound is infected?", f"{open_case} {told}")[0].endswith(told)


def test_a_question_that_denies_is_answered_by_what_denies(ask):
    text = (
        "If the patient is willing to stop smoking, refer the patient to the clinic. "
        "If the patient is not willing to stop smoking, offer help again in 3 months."
    )
    assert "help again" in ask("What to do if a patient is not willing to stop smoking?", text)[0]
    assert ask("What to do if a patient is willing to stop smoking?", text)[0].startswith(
        "If the patient is willing"
    )


def test_numbers_in_words_and_in_digits_are_the_same(ask):
    text = (
        "The tapered dose of examplazine in month one is 40 mg. Walk daily. "
        "The tapered dose of examplazine in month 4 is 10 mg."
    )
    assert "10 mg" in ask("Which tapered dose of examplazine in month four?", text)[0]


def test_statements_side_by_side_that_both_answer_are_one_quotation(prompt_of):
    text = "Stop examplazine for a rash or fever. Stop examplazine for a rash in the mouth too."
    prompt = prompt_of("Is examplazine stopped for a rash?", text)
    completion = ExtractiveLLM(NoMeaning(), max_claims=3, threshold=-4.5).complete(prompt)
    (claim,) = parse(completion, prompt).claims
    assert [quote.text for quote in claim.quotes] == [text]


def test_two_doses_side_by_side_stay_two_statements(hits_of):
    text = "Adults take examplazine 40 mg daily. Children take examplazine 5 mg daily."
    adult, child = candidates(tuple(hits_of(text)))
    assert adult.beside(child) is None


def test_statements_apart_or_of_different_passages_stay_apart(hits_of):
    one, other = "Store examplazine in a dry place.", "Shake examplazine before each use."
    first, _, last = candidates(tuple(hits_of(f"{one} It is a white powder. {other}")))
    assert first.beside(last) is None
    here, there = candidates(tuple(hits_of(one, other)))
    assert here.beside(there) is None


def test_a_statement_that_holds_the_other_is_both(hits_of):
    text = "Examplazine lowers serum potassium. These effects end after 2 days."
    alone, leaning = candidates(tuple(hits_of(text)))
    assert alone.beside(leaning) is leaning
    assert leaning.beside(alone) is leaning


def test_a_heading_right_above_is_quoted_in_one_piece_with_its_statement(hits_of):
    text = "Recommendations\n\na) Do not give examplazine to adults with porphyria of any kind."
    for candidate in candidates(tuple(hits_of(text))):
        assert "porphyria" in candidate.quotes[0]


def titled(hits, titles):
    return tuple(
        hit.model_copy(update={"source": hit.source.model_copy(update={"title": title})})
        for hit, title in zip(hits, titles, strict=True)
    )


def test_a_name_in_the_title_of_one_document_is_not_answered_from_another(hits_of):
    about = "There are no data on {} use in pregnant women."
    hits = hits_of(about.format("Wrongumab"), "Avoid pregnancy during treatment.")
    titles = ("Wrongumab injection", "Rightizine tablets")
    pool = candidates(titled(hits, titles))
    question = Question("Is rightizine safe in pregnancy?", None, pool)
    assert [question.evidence(one).titled for one in pool] == [0.0, 1.0]
    question = Question("Are there data on use in pregnant women?", None, pool)
    assert [question.evidence(one).titled for one in pool] == [1.0, 1.0]


def test_a_title_in_another_form_of_a_name_is_that_name(hits_of):
    hits = hits_of("Doxaline is contraindicated in pregnant women.", "Give doxaline for a week.")
    pool = candidates(titled(hits, ("Zorbidial Infections", "Zorbidia: Screening")))
    question = Question("Can doxaline be used for zorbidia in pregnancy?", None, pool)
    assert [question.evidence(one).titled for one in pool] == [1.0, 1.0]
    question = Question("Can doxaline be used for zorbidiosis in pregnancy?", None, pool)
    assert [question.evidence(one).titled for one in pool] == [1.0, 1.0]  # no title has the name


def test_an_adults_dose_does_not_answer_for_a_newborn(ask):
    text = "The dose of examplazine for an adult is 125 mg by mouth four times daily for 10 days."
    question = "Which examplazine dose does a {} of 10 days receive?"
    assert ask(question.format("newborn"), text) == []
    assert ask(question.format("course"), text) == [text]
