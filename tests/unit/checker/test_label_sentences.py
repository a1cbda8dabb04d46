"""What labels print of products, studies and warnings is no order, and an order beside it is."""

import pytest

from medrag.checker import check


def warnings(text):
    return {f.rule_id for f in check(text).findings if f.severity in {"warning", "critical"}}


@pytest.mark.parametrize(
    "text",
    [
        "The mean body mass index was 31 kg/m 2 (range: 19 to 52 kg/m 2).",
        "The substance is sparingly soluble in buffer at pH 3 and insoluble above pH 6.",
        "Keep the cartridge in the refrigerator, stored at a temperature of 36 to 46°F (2 to 8°C).",
        "Each canister has a net fill weight of 6 grams.",
        "They received weight-based ribavirin (800 mg for those weighing less than 65 kg).",
        "The film coating holds PEG 400, polysorbate 80, and macrogol 3350.",
        "Bottles of 30 tablets in a unit-of-use package 25 mg, pink and round.",
        "Lorazepam (C-IV) tablets 1 mg are kept under lock.",
        "In type IV hyperlipidemia the response to simvastatin was small.",
        "Patients were on insulin or oral hypoglycemic agents.",
        "The poor solubility of modafinil precluded intravenous administration.",
        "Caution patients about the risk with concomitant use of citalopram and St. John's wort.",
        "Drugs that may reduce the effect of hormonal contraceptives include St. John's wort.",
        "Each tablet contains 103 mg of losartan potassium 150 mg.",
        "Capsules contain 250 mg of dabigatran etexilate mesylate equivalent to 216 mg dabigatran.",
        "Healthy subjects were given tolterodine 16 mg once.",
        "Substrates of CYP3A4 (e.g., pimozide, terfenadine, quinidine) should also be avoided.",
        "A draft was posted by the USPSTF from April 3 to May 2, 2016; updates followed.",
        "Oral prednisone should be initiated once oral medication is tolerated.",
        "Immunize patients without a history of meningococcal vaccination before the first dose of"
        " Soliris.",
        "Test those with no prior hepatitis B screening before starting rituximab.",
        "Patients who have never been tested for G6PD should be tested before rasburicase.",
        "Denosumab is given with no less than 400 units of vitamin D; low calcium is mended first.",
        "Women with migraine on COCs are twice as likely to have an ischemic stroke as others.",
        "The odds of having a stroke double with combined oral contraceptives.",
        "Smokers who take COCs are more likely to suffer a heart attack than other smokers.",
    ],
)
def test_what_a_label_tells_is_no_order(text):
    assert warnings(text) == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Her body mass index is 31 kg/m.", "LAB101"),
        ("She is likely to have had a stroke; start a combined oral contraceptive.", "MED303"),
        ("Start a COC in this woman with an ischemic stroke.", "MED303"),
        ("Give eculizumab to patients without meningococcal vaccination.", "MED313"),
        ("Rituximab can be given to patients never tested for hepatitis B.", "MED313"),
        ("Start rasburicase; no G6PD testing is needed, and the urate should be tested.", "MED312"),
        ("Arterial pH is 4.2, so give bicarbonate.", "LAB102"),
        ("His temperature is 58 °C, give paracetamol.", "LAB101"),
        ("Give simvastatin 20 mg IV daily.", "MED112"),
        ("Give insulin glargine 10 units orally at night.", "MED112"),
        ("Take simvastatin 20 mg at night with grapefruit juice.", "MED204"),
        ("Give Zorbatrex 20 mg daily.", "MED121"),
        ("Tell healthy people to take tolterodine 16 mg once daily.", "MED103"),
        ("Give terfenadine 60 mg twice daily; grapefruit should be avoided.", "QUO104"),
        ("Per the USPSTF 2016 statement, start a statin.", "QUO104"),
        ("Start metoprolol 25 daily; PEG 400 is in the tablet.", "MED115"),
    ],
)
def test_an_order_in_nearly_the_same_words_is_flagged(text, rule):
    assert rule in warnings(text)
