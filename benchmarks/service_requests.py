"""What the load on the service asks: questions and texts to check, none twice.

Made from the examples of this repository by rules, in a fixed order, so that two runs send the
same: other patients, other values, other ways to begin, other drugs and doses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
_BEGINNINGS = ("", "On the ward: ", "Night shift. ", "Please look this up: ", "A colleague asks: ")
_VALUE = re.compile(r"(?<=eGFR of )\d+|(?<=clearance of )\d+|(?<=rate of )\d+|\b\d+(?= kg)")
_DRUGS = (
    *("metformin 500 mg", "lisinopril 10 mg", "apixaban 5 mg", "amoxicillin 500 mg"),
    *("atorvastatin 40 mg", "amlodipine 5 mg", "warfarin 5 mg", "furosemide 40 mg"),
    *("ibuprofen 400 mg", "acetaminophen 1 g", "prednisone 40 mg", "gabapentin 300 mg"),
    *("digoxin 0.125 mg", "clarithromycin 500 mg", "spironolactone 25 mg", "sertraline 50 mg"),
    *("levothyroxine 75 mcg", "tramadol 50 mg", "omeprazole 20 mg", "allopurinol 300 mg"),
)
_TIMES = ("once daily", "twice daily", "three times daily", "every 6 hours")
_BEFORE = (
    "Start {} with meals.",
    "Give {} by mouth for 7 days.",
    "Continue {}. Her blood pressure was 132/78 mmHg this morning.",
    "We suggest {}, and to see the patient again in two weeks.",
    "- {}\n- no other change today",
)
_AFTER = (
    "Check the eGFR in three months.",
    "Repeat potassium and creatinine within one week; potassium was 4.4 mmol/L.",
    "Stop it and call us if a rash, swelling or trouble breathing appears.",
    "The INR was 2.4 on Monday. Do not add an NSAID.",
    "Hemoglobin A1c 7.4 % in May. Avoid alcohol.",
)


def questions() -> list[bytes]:
    """Return 525 bodies of `/v1/ask`; no two questions have the same words, half name a patient."""
    lines = (EXAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    patients = _patients()
    bodies = []
    for round_, beginning in enumerate(_BEGINNINGS):
        for number, row in enumerate(asked):
            text = beginning + _with_more(row["question"], round_)
            body = {"question": text}
            if (number + round_) % 2:
                known = row.get("patient") or patients[number % 200 % len(patients)]
                body["patient"] = _another(known, number)
            bodies.append(json.dumps(body).encode())
    return bodies


def checks() -> list[bytes]:
    """Return 1,000 bodies of `/v1/check`; no two texts are one, two of three have a patient."""
    return list(islice(_checks(), 1000))


def _checks() -> Iterator[bytes]:
    patients = _patients()
    number = 0
    for second in range(len(_TIMES) * len(_BEFORE)):
        for first, drug in enumerate(_DRUGS):
            for after in _AFTER[: 2 + second % 3]:
                number += 1
                other = _DRUGS[(first + second + 1) % len(_DRUGS)]
                order = f"{drug} {_TIMES[(first + second) % len(_TIMES)]}"
                said = _BEFORE[(first + second) % len(_BEFORE)].format(order)
                text = f"{said} {after} {other} {_TIMES[second % len(_TIMES)]} stays as it was."
                body: dict[str, Any] = {"text": text}
                if number % 3:
                    body["patient"] = _another(patients[number % 200 % len(patients)], number)
                yield json.dumps(body).encode()


def _with_more(question: str, more: int) -> str:
    """Return a question about somewhat larger values."""
    return _VALUE.sub(lambda value: str(int(value[0]) + more), question)


def _patients() -> list[dict[str, Any]]:
    """Return the patients of the examples."""
    files = sorted(EXAMPLES.glob("patient*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def _another(patient: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a patient like another, older, heavier, with one more drug: 200 in all."""
    number %= 200
    drug = _DRUGS[number % len(_DRUGS)]
    more = {
        "age_years": patient["age_years"] + number % 23,
        "weight_kg": round(patient.get("weight_kg", 70) + number / 100, 2),
        "medications": [*patient.get("medications", ()), f"{drug} {_TIMES[number % len(_TIMES)]}"],
    }
    return {**patient, **more}
