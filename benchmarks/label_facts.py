"""Look up the numbers of the checker's tables in real labels.

    python benchmarks/label_facts.py ../shared/data/corpora/openfda_labels/json

For every label of a drug that the tables know: does each limit of `doses.csv` (largest single and
daily amount) and `renal.csv` (kidney function, dose) stand in the label's text, in one of the
ways a label writes it (3000, 3,000, 3 g)? A number that does not is not wrong by that: sums
(40 mg three times a day) and guideline doses are not printed. They are listed to be read.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from medrag.clinical.lexicon import load

NUMBERS = {"doses": ("single", "daily"), "renal": ("below", "value")}


def labels(folder: Path) -> dict[str, str]:
    """Return ingredient -> the text of all its labels."""
    names = {name.lower(): key for key, drug in load().drugs.items() for name in drug.names}
    texts: dict[str, str] = defaultdict(str)
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for label in content if isinstance(content, list) else content.get("results", [content]):
            known = label.get("openfda", {})
            called = [*known.get("generic_name", ()), *known.get("substance_name", ())]
            words = {word for name in called for word in (name.lower(), name.lower().split(" ")[0])}
            text = " ".join(" ".join(v) for v in label.values() if isinstance(v, list))
            for key in {names[word] for word in words if word in names}:
                texts[key] += " " + text
    return texts


def rows(table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one table."""
    text = files("medrag.checker.knowledge").joinpath(f"{table}.csv").read_text("utf-8")
    yield from csv.DictReader(text.splitlines())


def written(value: Decimal) -> set[str]:
    """Return the ways in which a label may write a number."""
    ways = {format(value.normalize(), "f")}
    if value >= 1000 and value == value.to_integral():
        ways |= {f"{int(value):,}", format((value / 1000).normalize(), "f")}
    if value < 1:
        ways.add(format((value * 1000).normalize(), "f"))
    return ways


def stands(value: Decimal, text: str) -> bool:
    """Return whether the text has the number on its own."""
    either = "|".join(re.escape(way) for way in written(value))
    return re.search(rf"(?<![\d.,])(?:{either})(?!\d|[.,]\d)", text) is not None


def main() -> None:
    texts = labels(Path(sys.argv[1]))
    absent: list[str] = []
    print("| table | labels' drugs with rows | numbers | in the label |\n|---|---|---|---|")
    for table, columns in NUMBERS.items():
        drugs, total, found = set(), 0, 0
        for row in rows(table):
            text = texts.get(row["drug"])
            for column in columns if text else ():
                if not row[column]:
                    continue
                drugs.add(row["drug"])
                total += 1
                if stands(Decimal(row[column]), text or ""):
                    found += 1
                else:
                    absent.append(f"{table}: {row['drug']} {column} {row[column]}")
        print(f"| {table} | {len(drugs)} | {total} | {found} ({found / total:.1%}) |")
    print("\nNot printed in the label as such:", *absent, sep="\n  ")


if __name__ == "__main__":
    main()
