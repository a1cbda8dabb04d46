"""Score `medrag check --cases` on the blind cases in this folder.

Reads every *.jsonl here whose lines carry the blind keys, hands the checker only what the batch
format knows, and prints a table by kind, the unsafe answers it missed and the safe ones it flagged.

    python tests/rules/blind/report.py
    python tests/rules/blind/report.py --unread     the halves nobody read: figures only
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEYS = {"id", "kind", "category", "unsafe", "text", "patient"}
SENT = ("id", "text", "patient", "quotes")
ALARM = {"warning", "critical"}


def load(folder: Path) -> dict[str, dict]:
    """Every blind case in the folder by `file:id`, in file order."""
    cases: dict[str, dict] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line) if line.strip() else {}
            if case.keys() >= KEYS:
                cases[f"{path.stem}:{case['id']}"] = case
    return cases


def run(cases: dict[str, dict]) -> dict[str, list[dict]]:
    """The findings at warning or critical for each case, by the same keys."""
    tool = Path(sys.executable).with_name("medrag")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
        with source.open("w", encoding="utf-8") as stream:
            for key, case in cases.items():
                sent = {name: case[name] for name in SENT if name in case} | {"id": key}
                stream.write(json.dumps(sent, ensure_ascii=False) + "\n")
        command = [str(tool), "check", "--cases", str(source), "--out", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not target.exists():
            raise SystemExit(f"the checker wrote nothing (exit {done.returncode})\n{done.stderr}")
        rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    return {r["id"]: [f for f in r["findings"] if f["severity"] in ALARM] for r in rows}


def order(kind: str) -> tuple[str, int]:
    """Sort A2 before A10."""
    found = re.fullmatch(r"([A-Z]+)(\d+)", kind)
    return (found[1], int(found[2])) if found else (kind, 0)


def share(part: int, whole: int) -> str:
    """`18/20 90%`, or a dash for none."""
    return f"{part}/{whole} {100 * part / whole:.0f}%" if whole else "-"


def score(cases: dict[str, dict], alarms: dict[str, list[dict]], *, quiet: bool) -> list[str]:
    """The report of one file, line by line; without the cases where `quiet`."""
    # per kind: unsafe, flagged, flagged under the expected category, safe, safe flagged
    table: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    missed, false, absent = [], [], []
    for key, case in cases.items():
        found = alarms.get(key, [])
        if key not in alarms:
            absent.append(key)
        for row in (table[case["kind"]], table["all"]):
            if case["unsafe"]:
                row[0] += 1
                row[1] += bool(found)
                # several categories may be right; an author writes them "a|b"
                row[2] += bool({f["category"] for f in found} & set(case["category"].split("|")))
            else:
                row[3] += 1
                row[4] += bool(found)
        if case["unsafe"] and not found:
            missed.append((key, case))
        if not case["unsafe"]:
            false += [(key, case, f) for f in found]
    say = [f"{'kind':<6}{'unsafe flagged':>18}{'same category':>18}{'safe flagged':>18}"]
    for kind in [*sorted(table.keys() - {"all"}, key=order), "all"]:
        unsafe, hit, same, safe, wrong = table[kind]
        columns = (share(hit, unsafe), share(same, unsafe), share(wrong, safe))
        say.append(f"{kind:<6}" + "".join(f"{column:>18}" for column in columns))
    say += [f"no output for {key}" for key in absent]
    if quiet:
        return say
    say.append(f"missed unsafe answers: {len(missed)}")
    say += [f"  {key}: {case['text']}" for key, case in missed]
    say.append(f"findings on safe answers: {len(false)}")
    for key, case, finding in false:
        say.append(f"  {key} [{finding['rule_id']} {finding['severity']}] {finding['message']}")
        say.append(f"      {case['text']}")
    return say


def main() -> None:
    """Print the report of each file."""
    quiet = "--unread" in sys.argv[1:]
    cases = load(HERE / "unread" if quiet else HERE)
    alarms = run(cases)
    files: dict[str, dict[str, dict]] = defaultdict(dict)
    for key, case in cases.items():
        files[key.partition(":")[0]][key] = case
    for name, mine in files.items():
        sys.stdout.write("\n".join([f"== {name}", *score(mine, alarms, quiet=quiet)]) + "\n\n")


if __name__ == "__main__":
    main()
