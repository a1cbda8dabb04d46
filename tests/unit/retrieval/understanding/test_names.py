"""Names: brands and ingredients, abbreviations by context, synonyms, spellings."""

from __future__ import annotations

import pytest

from medrag.core.query import Query, RetrievalSettings
from medrag.retrieval.understanding import understand


def added(text, **settings):
    understood = understand(Query(text=text), RetrievalSettings(**settings))
    return {(more.asked, more.text): more for more in understood.added}


def texts(text, kind):
    return [more.text for more in added(text).values() if more.kind == kind]


@pytest.mark.parametrize(
    ("question", "brand", "ingredient"),
    [
        ("Eliquis and surgery", "Eliquis", "apixaban"),
        ("can i take tylenol", "tylenol", "acetaminophen"),
        ("augmentin for sinusitis", "augmentin", "amoxicillin clavulanate"),
        ("paracetamol in pregnancy", "paracetamol", "acetaminophen"),
    ],
)
def test_a_brand_brings_its_ingredient(question, brand, ingredient):
    assert added(question)[brand, ingredient].kind == "ingredient"


def test_an_ingredient_brings_a_few_brands_that_count_less():
    brands = [more for more in added("apixaban before surgery").values() if more.kind == "brand"]
    assert "Eliquis" in [brand.text for brand in brands]
    assert all(brand.weight < 1 for brand in brands)


def test_a_brand_that_is_a_word_needs_its_capital():
    assert not texts("what soma is left", "ingredient")
    assert texts("Soma for back pain", "ingredient") == ["carisoprodol"]


@pytest.mark.parametrize(
    ("question", "short", "longs"),
    [
        ("MS and fingolimod", "MS", {"multiple sclerosis"}),
        ("MS 10 mg IV for pain", "MS", {"morphine sulfate"}),
        ("MS with a loud murmur and atrial enlargement", "MS", {"mitral stenosis"}),
        ("Treatment of MS", "MS", {"multiple sclerosis", "morphine sulfate"}),
        ("PE and anticoagulation", "PE", {"pulmonary embolism"}),
        ("PE at 34 weeks gestation with proteinuria", "PE", {"preeclampsia"}),
        ("blood thinner for PE in pregnancy", "PE", {"pulmonary embolism"}),
        ("CF and pseudomonas", "CF", {"cystic fibrosis"}),
        ("RA on methotrexate", "RA", {"rheumatoid arthritis"}),
        ("RA pressure and tricuspid valve", "RA", {"right atrium"}),
        ("SBP prophylaxis in cirrhosis", "SBP", {"spontaneous bacterial peritonitis"}),
        ("SBP 85 in septic shock", "SBP", {"systolic blood pressure"}),
        ("PD and carbidopa", "PD", {"Parkinson's disease"}),
        ("PD catheter peritonitis", "PD", {"peritoneal dialysis"}),
        ("GBS prophylaxis in labor", "GBS", {"group B streptococcus"}),
        ("GBS with ascending weakness, IVIG", "GBS", {"Guillain-Barré syndrome"}),
        ("PCP prophylaxis in HIV", "PCP", {"Pneumocystis pneumonia"}),
        ("eGFR 25", "eGFR", {"estimated glomerular filtration rate"}),
        ("EGFR mutation in lung cancer", "EGFR", {"epidermal growth factor receptor"}),
        ("afib on DOACs", "DOACs", {"direct oral anticoagulant"}),
        ("amoxicillin b.i.d.", "BID", {"twice daily"}),
        ("amoxicillin 500 mg bid", "bid", {"twice daily"}),
        ("c diff after clindamycin", "c diff", {"Clostridioides difficile"}),
    ],
)
def test_an_abbreviation_is_read_by_its_context(question, short, longs):
    found = [more for (asked, _), more in added(question).items() if asked == short]
    assert {more.text for more in found if more.kind == "abbreviation"} == longs


@pytest.mark.parametrize(
    "question",
    ["how does it work", "is it as good or all bad", "who can help us", "im allergic to nuts"],
)
def test_ordinary_words_are_no_abbreviations(question):
    assert texts(question, "abbreviation") == []


@pytest.mark.parametrize(
    "question",
    [
        "BP 150/90 mm Hg at rest",
        "digoxin 1.2 ng/mL",
        "ferritin 8 ng per mL",
        "urine pH in respiratory acidosis",
        "infusion rate 125 mL/hr for control",
        "prednisone 60 mg daily and weakness",
        "which antibiotic, i.e. amoxicillin, for valve prophylaxis",
        "U.S. advice on renal dosing",
        "US advice on renal dosing",
        "why can't a child have it",
    ],
)
def test_units_and_turns_of_phrase_are_no_abbreviations(question):
    assert {"BP"} >= {
        more.asked for more in added(question).values() if more.kind == "abbreviation"
    }


def test_what_is_a_unit_elsewhere_is_read_where_it_is_none():
    assert texts("crushed by ng tube", "abbreviation") == ["nasogastric"]


@pytest.mark.parametrize(
    ("question", "long"),
    [
        ("Cardizem CD 240 mg", "controlled delivery"),
        ("CD with fistula", "Crohn's disease"),
        ("losartan HCT 50 mg", "hydrochlorothiazide"),
        ("enalapril HCT and gout", "hydrochlorothiazide"),
        ("transfuse at Hct 21", "hematocrit"),
        ("GTN with rising hCG after a molar pregnancy", "gestational trophoblastic neoplasia"),
        ("GTN spray for angina", "nitroglycerin"),
        ("CRS with nasal polyps", "chronic rhinosinusitis"),
        ("CRS after CAR-T, tocilizumab", "cytokine release syndrome"),
        ("SCD risk in cardiomyopathy", "sudden cardiac death"),
        ("SCD on hydroxyurea", "sickle cell disease"),
        ("SCDs against DVT", "sequential compression device"),
        ("CEA or stent for the carotid", "carotid endarterectomy"),
        ("aspirin EC 81 mg", "enteric-coated"),
    ],
)
def test_a_sense_that_only_its_context_tells(question, long):
    assert texts(question, "abbreviation")[0] == long


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("respiratory depression after morphine", "major depressive disorder"),
        ("ST depression in V4", "major depressive disorder"),
        ("heat stroke in athletes", "cerebrovascular accident"),
        ("stroke volume in sepsis", "cerebrovascular accident"),
        ("sugar free syrup", "glucose"),
        ("low sodium diet", "hyponatremia"),
        ("low potassium diet in CKD", "hypokalemia"),
        ("low blood potassium", "anemia"),
        ("vancomycin in peritoneal dialysis", "hemodialysis"),
        ("irregular heartbeat", "atrial fibrillation"),
        ("memory loss on a statin", "dementia"),
        ("baby aspirin", "infant"),
        ("Child-Pugh B", "pediatric"),
        ("Pred Forte drops", "prednisone"),
        ("dialysis", "dialyzis"),
        ("analysis", "analyzis"),
    ],
)
def test_a_word_in_a_longer_name_is_not_read_alone(question, wrong):
    assert wrong not in [text for _, text in added(question)]


def test_two_senses_each_count_half_and_the_reader_is_told():
    understood = understand(Query(text="Treatment of MS"), RetrievalSettings())
    one = added("MS and fingolimod")["MS", "multiple sclerosis"].weight
    assert {more.weight for more in understood.added} == {one / 2}
    assert understood.notes == (
        "MS: multiple sclerosis or morphine sulfate? Nothing tells which; both are looked for",
    )


@pytest.mark.parametrize(
    ("question", "asked", "clinical"),
    [
        ("blood thinner and aspirin", "blood thinner", "anticoagulant"),
        ("after a heart attack", "heart attack", "myocardial infarction"),
        ("high blood pressure at 80", "high blood pressure", "hypertension"),
        ("my sugar is high", "sugar", "glucose"),
        ("water pills and gout", "water pills", "diuretic"),
        ("low potassium", "low potassium", "hypokalemia"),
        ("shot for flu", "flu", "influenza"),
    ],
)
def test_words_of_consumers_bring_clinical_ones(question, asked, clinical):
    assert added(question)[asked, clinical].kind == "synonym"


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("anaemia", "anemia"),
        ("oesophageal", "esophageal"),
        ("hypoglycemia", "hypoglycaemia"),
        ("haemorrhage", "hemorrhage"),
        ("pediatric", "paediatric"),
        ("tumour", "tumor"),
        ("diarrhoea", "diarrhea"),
        ("leukemia", "leukaemia"),
        ("hospitalised", "hospitalized"),
        ("randomized", "randomised"),
        ("ischaemic", "ischemic"),
    ],
)
def test_a_word_brings_its_other_spelling(written, other):
    assert texts(f"the {written} here", "spelling") == [other]


@pytest.mark.parametrize(
    "word",
    ["hemisphere", "parameter", "systemic", "colorectal", "exercise", "practice", "emission"],
)
def test_words_with_one_spelling_stay(word):
    assert texts(f"the {word} here", "spelling") == []


def test_what_the_question_says_is_not_added():
    asked = "heart attack (myocardial infarction) on Eliquis (apixaban)"
    assert {"myocardial infarction", "apixaban"}.isdisjoint(text for _, text in added(asked))


def test_every_addition_says_why_and_from_where():
    question = "afib on Eliquis, high blood pressure, haemoglobin low, losartin 50"
    assert {more.kind for more in added(question).values()} >= {
        "abbreviation",
        "ingredient",
        "synonym",
        "spelling",
        "misspelling",
    }
    assert all(more.reason and more.source for more in added(question).values())
