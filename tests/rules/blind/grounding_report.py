"""Score `medrag check --cases` on the pairs of claim and quotation in `grounding_pairs.jsonl`.

Prints, for each set of it, for `grounding_gd.jsonl` and for the unread halves
`unread/grounding-*.jsonl`, the share of altered claims that got a grounding finding at warning or
critical, and that of faithful ones. What single cases of the `-unread` sets gave was never read.

    python tests/rules/blind/grounding_report.py [--failures]
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from report import run, share

PAIRS = Path(__file__).with_name("grounding_pairs.jsonl")
NEXT = PAIRS.with_name("grounding_gd.jsonl")
CATEGORIES = {"unsupported-number", "contradiction", "population", "superseded"}
UNREAD = "-unread"


def unread() -> list[dict]:
    """The halves in `unread/`, in the keys of the other pairs; nobody reads their cases."""
    found = []
    for path in sorted(PAIRS.with_name("unread").glob("grounding-*.jsonl")):
        name = path.stem.removeprefix("grounding-") + UNREAD
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            found.append(case | {"set": name, "flagged": case["unsafe"]})
    return found


def main() -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    pairs += [json.loads(line) for line in NEXT.read_text(encoding="utf-8").splitlines()]
    pairs += unread()
    alarms = run({pair["id"]: pair | {"patient": None} for pair in pairs})
    lines: list[str] = []
    counts: dict[str, Counter[tuple[bool, bool]]] = defaultdict(Counter)
    for pair in pairs:
        found = [one for one in alarms[pair["id"]] if one["category"] in CATEGORIES]
        counts[pair["set"]][pair["flagged"], bool(found)] += 1
        wrong = bool(found) != pair["flagged"] and not pair["set"].endswith(UNREAD)
        if wrong and "--failures" in sys.argv:
            lines.append(f"{pair['kind']}: {pair['text']!r} {pair['quotes']} {found}")
    lines += ["| set | altered found | faithful flagged |", "|---|---|---|"]
    for name, count in counts.items():
        cells = (share(count[kind, True], count[kind, True] + count[kind, False])
                 for kind in (True, False))  # fmt: skip
        lines.append(f"| {name} | {' | '.join(cells)} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
