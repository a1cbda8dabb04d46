"""How many questions the scope gate stops of those it must and of those it must not.

    python benchmarks/scope.py CASES.jsonl... [--failures N]

Cases are lines of {"id", "text", "expect"}, where `expect` is `emergency`, `refused` or `answer`.
What must be stopped counts as stopped whichever of the two decisions it gets; the last column
counts those that got exactly the one expected.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from medrag import scope


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--failures", type=int, default=0)
    options = parser.parse_args()
    total: Counter[str] = Counter()
    stopped: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    failures = []
    for path in options.cases:
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            expect, got = case["expect"], scope(case["text"]).decision
            total[expect] += 1
            stopped[expect] += got != "answer"
            exact[expect] += got == expect
            if (got == "answer") != (expect == "answer"):
                failures.append(f"{case['id']}: {expect}, got {got}: {case['text']}")
    print("| expected | stopped | exactly so |\n|---|---|---|")
    for expect, count in sorted(total.items()):
        print(f"| {expect} | {stopped[expect]} of {count} | {exact[expect]} of {count} |")
    print("\n".join(failures[: options.failures]))


if __name__ == "__main__":
    main()
