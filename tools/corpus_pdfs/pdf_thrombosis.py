"""The words of `protocols/thrombosis-2024.pdf`."""

from __future__ import annotations

from typing import Any

_PADUA: dict[str, Any] = {
    "caption": "Table 1. Padua score",
    "widths": (0.8, 0.2),
    "rows": [
        ("Item", "Points"),
        ("Active cancer", "3"),
        ("Previous venous thromboembolism", "3"),
        ("Reduced mobility", "3"),
        ("Known thrombophilia", "3"),
        ("Trauma or surgery within 1 month", "2"),
        ("Age 70 years or older", "1"),
        ("Heart or respiratory failure", "1"),
        ("Acute myocardial infarction or ischemic stroke", "1"),
        ("Acute infection or rheumatologic disorder", "1"),
        ("Body mass index 30 kg/m2 or more", "1"),
        ("Ongoing hormonal treatment", "1"),
    ],
}
_MEDICAL: dict[str, Any] = {
    "caption": "Table 2. Drug prophylaxis in medical patients, by creatinine clearance (CrCl)",
    "widths": (0.3, 0.7),
    "rows": [
        ("CrCl (mL/min)", "Dose"),
        ("30 or more", "Enoxaparin 40 mg subcutaneously once daily"),
        ("below 30", "Enoxaparin 30 mg subcutaneously once daily"),
        ("on dialysis", "Unfractionated heparin 5,000 units subcutaneously every 8 to 12 hours"),
    ],
}
_SURGICAL: dict[str, Any] = {
    "wide": True,
    "caption": "Table 3. Enoxaparin prophylaxis around surgery in adults",
    "widths": (0.19, 0.35, 0.23, 0.23),
    "rows": [
        ("Operation", "CrCl 30 mL/min or more", "CrCl below 30 mL/min", "How long"),
        (
            "Hip replacement",
            "30 mg every 12 hours, from 12 to 24 hours after surgery; or 40 mg once daily, from "
            "12 hours before surgery",
            "30 mg once daily",
            "7 to 10 days; then 40 mg once daily for 3 weeks may follow",
        ),
        (
            "Knee replacement",
            "30 mg every 12 hours, from 12 to 24 hours after surgery",
            "30 mg once daily",
            "7 to 10 days",
        ),
        (
            "Abdominal surgery",
            "40 mg once daily, from 2 hours before surgery",
            "30 mg once daily",
            "7 to 10 days; 4 weeks after major cancer surgery",
        ),
    ],
}
_TREATMENT: dict[str, Any] = {
    "caption": "Table 4. First treatment of deep vein thrombosis in adults",
    "widths": (0.3, 0.7),
    "rows": [
        ("Drug", "Dose"),
        ("Apixaban", "10 mg by mouth twice daily for 7 days, then 5 mg twice daily"),
        (
            "Rivaroxaban",
            "15 mg by mouth twice daily with food for 21 days, then 20 mg once daily with food",
        ),
        ("Enoxaparin, CrCl 30 mL/min or more", "1 mg/kg subcutaneously every 12 hours"),
        ("Enoxaparin, CrCl below 30 mL/min", "1 mg/kg subcutaneously once daily"),
        ("Unfractionated heparin", "80 units/kg IV, then 18 units/kg per hour, by aPTT"),
    ],
}
_WEIGHT: dict[str, Any] = {
    "caption": "Table 5. Treatment dose of enoxaparin by weight",
    "widths": (0.26, 0.37, 0.37),
    "rows": [
        ("Weight (kg)", "CrCl 30 mL/min or more", "CrCl below 30 mL/min"),
        *(
            (f"{low} to {low + 9}", f"{dose} mg every 12 hours", f"{dose} mg once daily")
            for low, dose in ((45, 50), (55, 60), (65, 70), (75, 80), (85, 90), (95, 100))
        ),
    ],
}
_FRONT: list[Any] = [
    ("title", "Prevention and treatment of venous thromboembolism in adults"),
    (
        "subtitle",
        "Northfield General Hospital, Thrombosis Committee.<br/>"
        "Edition 2, in force from 3 June 2024.",
    ),
    (
        "notice",
        "Northfield General Hospital is fictional. This document was written to demonstrate "
        "software and is not for clinical use.",
    ),
    ("break", ""),
    ("h", "How to use this handbook"),
    (
        "p",
        "The handbook covers patients aged 18 years or older who are not pregnant. Pregnant "
        "patients are treated with low molecular weight heparin under the advice of Obstetrics, "
        "and direct oral anticoagulants are not used in pregnancy.",
    ),
    (
        "p",
        "Use the creatinine clearance by the Cockcroft-Gault formula with actual body weight, "
        "not the eGFR, for every dose in this handbook.",
    ),
    ("h", "Contents"),
    ("p", "1. Who needs prophylaxis: page 1"),
    ("p", "2. Medical patients: page 1"),
    ("p", "3. Contraindications and neuraxial anesthesia: page 1"),
    ("p", "4. Heparin-induced thrombocytopenia: page 1"),
    ("p", "5. Surgical patients: page 2"),
    ("p", "6. Treatment of deep vein thrombosis: page 2"),
    {"page": "columns"},
    ("h", "Sources"),
    (
        "source",
        "1. Lovenox (enoxaparin sodium), US prescribing information, boxed warning and sections "
        "2.1 to 2.3, 4 and 5.1.",
    ),
    (
        "source",
        "2. Barbar S et al., Padua prediction score, J Thromb Haemost 2010;8:2450.",
    ),
    (
        "source",
        "3. Schunemann HJ et al., ASH 2018 guidelines: prophylaxis for hospitalized medical "
        "patients, Blood Adv 2018;2:3198.",
    ),
    (
        "source",
        "4. Stevens SM et al., Antithrombotic therapy for VTE disease, second update of the CHEST "
        "guideline, Chest 2021;160:e545.",
    ),
    (
        "source",
        "5. Cuker A et al., ASH 2018 guidelines: heparin-induced thrombocytopenia, Blood Adv "
        "2018;2:3360.",
    ),
    (
        "source",
        "6. Eliquis (apixaban), Xarelto (rivaroxaban) and heparin sodium injection, US "
        "prescribing information, section 2 of each.",
    ),
    (
        "source",
        "7. Gould MK et al., Prevention of VTE in nonorthopedic surgical patients, Chest "
        "2012;141:e227S, for 4 weeks after cancer surgery.",
    ),
    (
        "source",
        "8. The platelet limit, the weight used for creatinine clearance and the rounding in "
        "Table 5 are rules of this fictional hospital.",
    ),
    ("source", "Licence: Creative Commons Attribution 4.0 (CC BY 4.0)."),
]
_BODY: list[Any] = [
    {"page": "columns"},
    ("h", "1. Who needs prophylaxis"),
    (
        "p",
        "Calculate the Padua score within 24 hours of admission. A medical patient with a Padua "
        "score of 4 or more has a high risk of venous thromboembolism and receives drug "
        "prophylaxis, unless the risk of bleeding is high. Give mechanical prophylaxis with "
        "intermittent pneumatic compression when drugs are contraindicated.",
    ),
    _PADUA,
    ("h", "2. Medical patients"),
    (
        "p",
        "The prophylactic dose of enoxaparin for a medical patient with a creatinine clearance of "
        "30 mL/min or more is 40 mg subcutaneously once daily. For a medical patient with a "
        "creatinine clearance below 30 mL/min, lower the prophylactic dose of enoxaparin to 30 mg "
        "subcutaneously once daily. Stop prophylaxis at discharge, unless another reason for "
        "anticoagulation exists.",
    ),
    _MEDICAL,
    ("h", "3. Contraindications"),
    ("li", "Enoxaparin is contraindicated in active major bleeding."),
    (
        "li",
        "Enoxaparin is contraindicated in a patient with heparin-induced thrombocytopenia within "
        "the past 100 days or with circulating antibodies.",
    ),
    (
        "li",
        "Do not start drug prophylaxis at a platelet count below 50,000 per microliter without "
        "advice from Hematology.",
    ),
    ("h", "Neuraxial anesthesia"),
    (
        "p",
        "Place or remove an epidural catheter at least 12 hours after a prophylactic dose of "
        "enoxaparin and at least 24 hours after a treatment dose. Consider doubling these times "
        "when the creatinine clearance is below 30 mL/min. Give the next dose of enoxaparin not "
        "earlier than 4 hours after the catheter has been removed.",
    ),
    ("h", "4. Heparin-induced thrombocytopenia"),
    (
        "p",
        "Calculate the 4Ts score when the platelet count falls by 30% or more while a patient "
        "receives heparin. With a 4Ts score of 4 or more, stop all heparin, including flushes, "
        "start another anticoagulant and send the antibody test. Do not start warfarin before the "
        "platelet count has recovered to 150,000 per microliter.",
    ),
    (
        "p",
        "In patients who receive unfractionated heparin, check the platelet count every 2 to 3 "
        "days from day 4 to day 14.",
    ),
    {"page": "wide"},
    _SURGICAL,
    ("h", "5. Surgical patients"),
    (
        "p",
        "Table 3 gives the doses. After abdominal surgery for cancer, continue enoxaparin 40 mg "
        "once daily for 4 weeks. Check the hemoglobin and the platelet count before the first "
        "dose.",
    ),
    ("h", "6. Treatment of deep vein thrombosis"),
    (
        "p",
        "Treat proximal deep vein thrombosis for at least 3 months. For most adults prefer a "
        "direct oral anticoagulant to warfarin. Avoid rivaroxaban for this purpose when the "
        "creatinine clearance is below 15 mL/min. For treatment of deep vein thrombosis in an "
        "adult with a creatinine clearance below 30 mL/min, give enoxaparin 1 mg/kg "
        "subcutaneously once daily.",
    ),
    _TREATMENT,
    (
        "p",
        "Round the treatment dose of enoxaparin to a syringe by Table 5. Patients above 104 kg or "
        "below 45 kg are dosed by Pharmacy.",
    ),
    _WEIGHT,
]

THROMBOSIS: dict[str, Any] = {
    "file": "protocols/thrombosis-2024.pdf",
    "title": "Prevention and treatment of venous thromboembolism in adults",
    "author": "Northfield General Hospital, Thrombosis Committee",
    "head": "Northfield Thrombosis Handbook",
    "front": 2,
    "first": 1,
    "pages": {"first": 112.0, "columns": 0.0, "wide": 132.0},
    "body": _FRONT + _BODY,
}
