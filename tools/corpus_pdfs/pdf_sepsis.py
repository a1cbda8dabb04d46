"""The words of `protocols/sepsis-2024.pdf`."""

from __future__ import annotations

from typing import Any

_TIMING: dict[str, Any] = {
    "caption": "Table 1. When to give the first antimicrobial dose",
    "widths": (0.3, 0.33, 0.37),
    "rows": [
        ("Likelihood of sepsis", "Shock present", "Shock absent"),
        ("Definite or probable", "Within 1 hour", "Within 1 hour"),
        ("Possible", "Within 1 hour", "Within 3 hours, if concern persists after assessment"),
        ("Low", "Look for another cause of shock", "Defer and observe"),
    ],
}
_EMPIRIC: dict[str, Any] = {
    "wide": True,
    "caption": "Table 2. First antimicrobial doses for adults, by suspected source",
    "widths": (0.22, 0.4, 0.38),
    "rows": [
        ("Suspected source", "First choice", "After anaphylaxis to a penicillin"),
        (
            "Community pneumonia, severe",
            "Ceftriaxone 2 g IV every 24 hours and azithromycin 500 mg IV every 24 hours",
            "The same: it holds no penicillin",
        ),
        (
            "Hospital-acquired pneumonia",
            "Piperacillin-tazobactam 4.5 g IV every 6 hours, and vancomycin if at risk of MRSA",
            "Meropenem 1 g IV every 8 hours, and vancomycin if at risk of MRSA",
        ),
        (
            "Abdomen",
            "Piperacillin-tazobactam 3.375 g IV every 6 hours",
            "Meropenem 1 g IV every 8 hours",
        ),
        (
            "Urinary tract",
            "Ceftriaxone 2 g IV every 24 hours",
            "The same: it holds no penicillin",
        ),
        (
            "Unknown",
            "Vancomycin and piperacillin-tazobactam 4.5 g IV every 6 hours",
            "Vancomycin and meropenem 1 g IV every 8 hours",
        ),
    ],
}
_RENAL: dict[str, Any] = {
    "caption": "Table 3. Later doses by creatinine clearance (CrCl)",
    "widths": (0.4, 0.24, 0.36),
    "rows": [
        ("Drug", "CrCl (mL/min)", "Dose"),
        ("Meropenem", "over 50", "1 g every 8 hours"),
        ("Meropenem", "26 to 50", "1 g every 12 hours"),
        ("Meropenem", "10 to 25", "500 mg every 12 hours"),
        ("Meropenem", "below 10", "500 mg every 24 hours"),
        ("Piperacillin-tazobactam, pneumonia", "over 40", "4.5 g every 6 hours"),
        ("Piperacillin-tazobactam, pneumonia", "20 to 40", "3.375 g every 6 hours"),
        ("Piperacillin-tazobactam, pneumonia", "below 20", "2.25 g every 6 hours"),
        ("Piperacillin-tazobactam, abdomen", "over 40", "3.375 g every 6 hours"),
        ("Piperacillin-tazobactam, abdomen", "20 to 40", "2.25 g every 6 hours"),
        ("Piperacillin-tazobactam, abdomen", "below 20", "2.25 g every 8 hours"),
        ("Ceftriaxone", "any", "no change"),
    ],
}
_BODY: list[Any] = [
    ("title", "Sepsis in adults: recognition and the first three hours"),
    (
        "subtitle",
        "Northfield General Hospital, Critical Care. Edition 3, in force from 1 March 2024.<br/>"
        "It replaces edition 2 of April 2019.",
    ),
    (
        "notice",
        "Northfield General Hospital is fictional. This document was written to demonstrate "
        "software and is not for clinical use.",
    ),
    ("break", ""),
    ("h", "1. Scope"),
    (
        "p",
        "This protocol covers patients aged 18 years or older outside the obstetric unit. "
        "Sepsis is life-threatening organ dysfunction caused by a dysregulated host response to "
        "infection. Septic shock is sepsis that needs a vasopressor to keep the mean arterial "
        "pressure at 65 mmHg or more and has a lactate above 2 mmol/L despite adequate fluid.",
    ),
    ("h", "2. Recognition"),
    (
        "p",
        "Screen every acutely ill adult with NEWS2. Do not use qSOFA as the only screening tool "
        "for sepsis. Measure lactate in every adult with suspected sepsis. Measure lactate again "
        "within 2 to 4 hours if the first value is above 2 mmol/L.",
    ),
    ("h", "3. Cultures and antimicrobials"),
    (
        "p",
        "Take two sets of blood cultures before the first antimicrobial dose, unless this would "
        "delay the dose by more than 45 minutes. For adults with possible septic shock, or with "
        "a high likelihood of sepsis, give antimicrobials immediately and within 1 hour of "
        "recognition. For adults with possible sepsis without shock, assess rapidly and give "
        "antimicrobials within 3 hours if concern for infection persists. For adults with a low "
        "likelihood of infection and no shock, defer antimicrobials and keep watching.",
    ),
    _TIMING,
    (
        "p",
        "Edition 2 asked for antibiotics within 1 hour for every adult with suspected sepsis. "
        "That rule no longer applies to adults without shock in whom sepsis is only possible.",
    ),
    ("h", "4. Fluid"),
    (
        "p",
        "For adults with hypotension or a lactate of 4 mmol/L or more, give at least 30 mL/kg of "
        "intravenous crystalloid within the first 3 hours. Prefer a balanced crystalloid to 0.9% "
        "sodium chloride. Do not use hydroxyethyl starch. Guide further fluid by dynamic measures "
        "such as passive leg raising, and by capillary refill time.",
    ),
    ("h", "5. Vasopressors"),
    (
        "p",
        "Norepinephrine is the first vasopressor. The first target is a mean arterial pressure of "
        "65 mmHg. Norepinephrine may be started through a peripheral vein in or above the elbow "
        "crease, so that it is not delayed until central access. When norepinephrine reaches 0.25 "
        "to 0.5 mcg/kg/min, add vasopressin at 0.03 units per minute instead of raising "
        "norepinephrine further.",
    ),
    ("h", "6. Corticosteroids"),
    (
        "p",
        "When norepinephrine at 0.25 mcg/kg/min or more has been needed for at least 4 hours, "
        "give hydrocortisone 50 mg intravenously every 6 hours, that is, 200 mg per day.",
    ),
    ("h", "7. Glucose"),
    (
        "p",
        "Start an insulin infusion at a blood glucose of 180 mg/dL or more, and aim for 144 to "
        "180 mg/dL.",
    ),
    ("h", "8. Source control"),
    (
        "p",
        "Identify or exclude an anatomical source as soon as possible. Remove an intravascular "
        "device that is a possible source promptly after other access has been established.",
    ),
    ("h", "9. Review"),
    (
        "p",
        "Review antimicrobials every day and stop or narrow them when cultures and the clinical "
        "course allow. Stop antimicrobials promptly when another cause of the illness is proved.",
    ),
    ("h", "10. Record"),
    (
        "p",
        "Record the time of recognition, of cultures and of the first antimicrobial dose. The "
        "critical care committee audits these times every quarter.",
    ),
    {"page": "wide"},
    _EMPIRIC,
    ("h", "11. Choice of antimicrobial"),
    (
        "p",
        "Table 2 gives the first doses. Add vancomycin only for patients at high risk of MRSA; "
        "dose it by the vancomycin protocol. For patients with a history of penicillin allergy "
        "read the penicillin allergy protocol before choosing. A patient with a history of "
        "anaphylaxis to penicillin must not receive piperacillin-tazobactam.",
    ),
    ("h", "12. Kidney function"),
    (
        "p",
        "Give the first dose in full whatever the kidney function is. Adjust from the second dose "
        "by Table 3. Calculate creatinine clearance with the Cockcroft-Gault formula.",
    ),
    (
        "p",
        "For an adult on meropenem with a creatinine clearance of 26 to 50 mL/min, give "
        "meropenem 1 g every 12 hours.",
    ),
    _RENAL,
    {"page": "columns"},
    ("h", "Sources"),
    (
        "source",
        "1. Evans L et al., Surviving Sepsis Campaign: international guidelines for management of "
        "sepsis and septic shock 2021, Crit Care Med 2021;49:e1063: sections on screening and "
        "early treatment, infection, hemodynamic management, and additional therapies.",
    ),
    (
        "source",
        "2. Levy MM, Evans LE, Rhodes A, The Surviving Sepsis Campaign bundle: 2018 update, Crit "
        "Care Med 2018;46:997, for repeat lactate and blood cultures.",
    ),
    (
        "source",
        "3. Metlay JP et al., Community-acquired pneumonia, ATS and IDSA guideline, Am J Respir "
        "Crit Care Med 2019;200:e45.",
    ),
    (
        "source",
        "4. Kalil AC et al., Hospital-acquired and ventilator-associated pneumonia, IDSA and ATS "
        "guideline, Clin Infect Dis 2016;63:e61, table 4.",
    ),
    (
        "source",
        "5. Meropenem for injection, piperacillin and tazobactam for injection, and ceftriaxone "
        "for injection, US prescribing information, section 2 of each.",
    ),
    (
        "source",
        "6. The first dose in full, and the record of times, are rules of this fictional hospital.",
    ),
    ("source", "Licence: Creative Commons Attribution 4.0 (CC BY 4.0)."),
]

SEPSIS: dict[str, Any] = {
    "file": "protocols/sepsis-2024.pdf",
    "title": "Sepsis in adults: recognition and the first three hours",
    "author": "Northfield General Hospital, Critical Care",
    "head": "Northfield Handbook of Acute Care",
    "front": 0,
    "first": 12,
    "pages": {"first": 92.0, "wide": 152.0, "columns": 0.0},
    "body": _BODY,
}
