"""How fast the checker is, and how often it is right: `python benchmarks/checker.py [NOTES.csv]`.

Prints load time, time an answer with a full patient, how the time grows with the text and with
the number of table rows, flagged shares of the blind sets by kind, precision and recall over all
table pairs by category, and, given a CSV of notes with a `Corrected Text` or `Text` column, the
findings per 1,000 words.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import quantiles

from medrag.checker import check, check_case, run_cases
from medrag.checker.context import read_context
from medrag.checker.engine import run
from medrag.checker.proof import rule
from medrag.checker.rowcases import row_cases
from medrag.checker.rules import RULES
from medrag.checker.tables import load_knowledge
from medrag.core.patient import Patient

KEYS = {"id", "kind", "category", "unsafe", "text", "patient"}

BLIND = Path(__file__).resolve().parents[1] / "tests" / "rules" / "blind"
PATIENT = Patient.model_validate(
    {
        "age_years": 71,
        "sex": "female",
        "weight_kg": 64,
        "height_cm": 165,
        "pregnant": False,
        "lactating": False,
        "allergies": ["penicillin (anaphylaxis)", "codeine (nausea)"],
        "conditions": ["hypertension", "type 2 diabetes", "atrial fibrillation", "asthma"],
        "medications": [
            "warfarin 5 mg daily",
            "metformin 500 mg twice daily",
            "lisinopril 10 mg daily",
            "atorvastatin 40 mg nightly",
            "metoprolol succinate 50 mg daily",
        ],
        "labs": [
            {"name": "eGFR", "value": 38, "unit": "mL/min/1.73m2"},
            {"name": "potassium", "value": 4.4, "unit": "mmol/L"},
            {"name": "INR", "value": 2.4},
            {"name": "creatinine", "value": 1.4, "unit": "mg/dL"},
        ],
    }
)
LOAD = (
    "import time; from medrag.clinical.lexicon import load; load(); "
    "from medrag.checker.tables import load_knowledge; "
    "start = time.perf_counter(); load_knowledge(); print(time.perf_counter() - start)"
)


def main() -> None:
    """Print every figure."""
    loads = sorted(_load_s() for _ in range(5))
    print(f"table load, fresh process: median {loads[2] * 1e3:.0f} ms")
    for name in sorted(path.stem for path in BLIND.glob("*.jsonl")):
        _blind(name)
    _speed()
    _growth()
    _categories()
    results = run_cases()
    held = sum(result.passed for result in results)
    print(f"cases and table pairs that hold: {held} of {len(results)}")
    if len(sys.argv) > 1:
        _notes(Path(sys.argv[1]))


def _load_s() -> float:
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _cases(name: str) -> list[dict]:
    lines = (BLIND / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line.strip()]
    return [case for case in cases if case.keys() >= KEYS]


def _blind(name: str) -> None:
    if not _cases(name):
        return  # a set of quotations or of grounding, not of answers
    asked, flagged, same = Counter(), Counter(), Counter()
    safe = noisy = 0
    for case in _cases(name):
        row = check_case({k: case[k] for k in ("id", "text", "patient", "quotes") if k in case})
        found = {f["category"] for f in row["findings"] if f["severity"] != "info"}
        if not case["unsafe"]:
            safe, noisy = safe + 1, noisy + bool(found)
            continue
        asked[case["kind"]] += 1
        flagged[case["kind"]] += bool(found)
        same[case["kind"]] += bool(found & set(case["category"].split("|")))
    total = sum(asked.values())
    print(f"\n{name}: {total} unsafe, {safe} safe answers; safe flagged {noisy / safe:.1%}")
    if not total:
        return
    print(f"  unsafe flagged {sum(flagged.values()) / total:.1%}, under the expected category "
          f"{sum(same.values()) / total:.1%}")  # fmt: skip
    short = {k: f"{flagged[k]}/{n}" for k, n in asked.items() if flagged[k] < n}
    print(f"  kinds with a miss: {short or 'none'}")


def _speed() -> None:
    texts = [case["text"] for name in ("cases",) for case in _cases(name)]
    answers = [" ".join(texts[i : i + 3]) for i in range(0, len(texts), 3)]
    check(answers[0], PATIENT)
    times = []
    for _ in range(3):
        for answer in answers:
            start = time.perf_counter()
            check(answer, PATIENT)
            times.append(time.perf_counter() - start)
    cuts = quantiles(times, n=100)
    words = sum(len(answer.split()) for answer in answers) / len(answers)
    print(f"\none answer ({words:.0f} words, three claims) with a full patient: "
          f"p50 {cuts[49] * 1e3:.2f} ms, p99 {cuts[98] * 1e3:.2f} ms")  # fmt: skip


def _timed(text: str, times: int = 5) -> float:
    best = 1e9
    for _ in range(times):
        start = time.perf_counter()
        check(text, PATIENT)
        best = min(best, time.perf_counter() - start)
    return best


def _growth() -> None:
    """Print how the time grows with the text, and with the rows of the tables."""
    answer = " ".join(case["text"] for case in _cases("cases")[:12])
    once = _timed(answer)
    ratios = {n: _timed(" ".join([answer] * n)) / once for n in (2, 4, 8)}
    print("  time of n times the text: " + ", ".join(f"{n}x {r:.1f}" for n, r in ratios.items()))
    whole = load_knowledge()
    plain = {"drug": "digoxin", "severity": "info", "reason": "x", "ref": "L4"}
    rows = [{**plain, "condition": f"asthma{n}"} for n in range(5000)]
    larger = whole.extended({"contraindications": rows})
    text = " ".join(case["text"] for case in _cases("cases")[:3])
    both = []
    for knowledge in (whole, larger):
        best = 1e9
        for _ in range(20):
            start = time.perf_counter()
            run(RULES, read_context(text, PATIENT, quotes=None, knowledge=knowledge))
            best = min(best, time.perf_counter() - start)
        both.append(best)
    print(f"  time with 5,000 rows more: {both[1] / both[0]:.2f} of that without")


def _categories() -> None:
    """Print precision and recall over the pairs of every table row, by category."""
    found, missed, noisy = Counter(), Counter(), Counter()
    for pair in row_cases():
        category = rule(pair.rules[0]).category
        for (text, patient), wanted in ((pair.unsafe, True), (pair.safe, False)):
            rules = {finding.rule_id for finding in check(text, patient).findings}
            fired = bool(rules & set(pair.rules))
            found[category] += fired and wanted
            missed[category] += wanted and not fired
            noisy[category] += fired and not wanted
    print("\ntable pairs: category, rows, recall, precision")
    for category in sorted(found):
        hits, lost, wrong = found[category], missed[category], noisy[category]
        print(f"  {category:<18}{hits + lost:>5}{hits / (hits + lost):>8.1%}"
              f"{hits / max(hits + wrong, 1):>8.1%}")  # fmt: skip


def _notes(path: Path) -> None:
    words = 0
    found: Counter[str] = Counter()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = row.get("Corrected Text") or ""
            text = row["Text"] if text in {"", "NA"} else text
            words += len(text.split())
            found.update(f.rule_id for f in check(text).findings if f.severity != "info")
    total = sum(found.values())
    print(f"\nnotes: {words} words, {total} findings, {1000 * total / words:.2f} per 1,000 words")
    print(f"  {dict(found.most_common())}")


if __name__ == "__main__":
    main()
