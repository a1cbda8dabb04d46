"""The same text gets the same report, whatever order a process keeps its sets in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BLIND = Path(__file__).resolve().parents[1] / "rules" / "blind"
SCRIPT = """
import json, sys
from pathlib import Path
from medrag.checker import check
from medrag.core.patient import Patient

for name, every in (("grounding_pairs", 40), ("tenth", 15), ("seventh", 20)):
    lines = (Path(sys.argv[1]) / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[::every]:
        case = json.loads(line)
        patient = Patient.model_validate(case["patient"]) if case.get("patient") else None
        print(check(case["text"], patient, quotes=case.get("quotes")).model_dump_json())
case = (
    "Not for people whose kidneys clear creatinine faster than 95 mL/min.",
    ["Not studied in hepatic, pulmonary or cardiac disease of any stage; see section 8."],
)
print(check(case[0], quotes=case[1]).model_dump_json())
"""


def test_reports_do_not_depend_on_the_hash_seed() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(BLIND)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout.splitlines()
        for seed in ("1", "2", "3")
    ]  # fmt: skip
    assert len(told[0]) > 90
    assert told[0] == told[1] == told[2]
