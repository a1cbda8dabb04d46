"""Look up what the checker's tables say in real labels.

    python benchmarks/label_facts.py ../shared/data

For every label of a drug that the tables know: does each limit of `doses.csv` (largest single and
daily amount), `renal.csv` (kidney function, dose), `drug_labs.csv` and `ages.csv` stand in the
label's text, in one of the ways a label writes it (3000, 3,000, 3 g)? Is the partner of each
interaction, and the condition of each contraindication, named there? What is not is not wrong by
that: sums (40 mg three times a day), guideline doses and other products' labels. It is listed to
be read.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from medrag.checker.rows_patient import StageRow
from medrag.checker.tables import Knowledge, load_knowledge
from medrag.clinical.lexicon import load

NUMBERS = {
    "doses": ("single", "daily"),
    "renal": ("below", "value"),
    "drug_labs": ("value",),
    "ages": ("age_years",),
}
_OWN_LABEL = re.compile(r"^(?:|L.*)$")
"""References to the drug's own label; rows that rest on a guideline are not looked up."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a row says.

    Attributes:
        what: Table, drug, column and value, as printed.
        stands: Whether the label has it.
    """

    table: str
    drug: str
    what: str
    stands: bool


def labels(shared: Path, *, whole: bool = False) -> dict[str, str]:
    """Return ingredient -> the text of all its labels under `shared`.

    Args:
        shared: The folder with `corpora/` and `beir/`.
        whole: Only complete labels; those of the retrieval set end after 20,000 characters.
    """
    names = {name.lower(): key for key, drug in load().drugs.items() for name in drug.names}
    texts: dict[str, str] = defaultdict(str)
    for called, text in (*_openfda(shared), *(() if whole else _abridged(shared))):
        words = {word for name in called for word in (name.lower(), name.lower().split(" ")[0])}
        for key in {names[word] for word in words if word in names}:
            texts[key] += " " + text
    return texts


def _openfda(shared: Path) -> Iterator[tuple[list[str], str]]:
    for path in sorted((shared / "corpora/openfda_labels/json").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for label in content if isinstance(content, list) else content.get("results", [content]):
            known = label.get("openfda", {})
            called = [*known.get("generic_name", ()), *known.get("substance_name", ())]
            yield called, " ".join(" ".join(v) for v in label.values() if isinstance(v, list))


def _abridged(shared: Path) -> Iterator[tuple[list[str], str]]:
    """Yield the labels of the retrieval set: titles are "BRAND (SUBSTANCE AND SUBSTANCE)"."""
    path = shared / "beir/druglabel-doc/corpus.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        entry = json.loads(line)
        inside = re.search(r"\(([^()]*)\)\s*$", entry["title"])
        if inside is not None:
            yield re.split(r",| AND ", inside[1]), entry["text"]


def rows(table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one table that rest on the drug's own label."""
    text = files("medrag.checker.knowledge").joinpath(f"{table}.csv").read_text("utf-8")
    yield from (row for row in csv.DictReader(text.splitlines()) if _OWN_LABEL.match(row["ref"]))


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


def facts(shared: Path) -> Iterator[Fact]:
    """Yield every looked-up fact of the tables, in table order."""
    yield from _numbers(labels(shared))
    yield from _named(labels(shared, whole=True))


def _numbers(texts: dict[str, str]) -> Iterator[Fact]:
    for table, columns in NUMBERS.items():
        for row in rows(table):
            text = texts.get(row["drug"], "")
            for column in columns if text else ():
                if row[column]:
                    what = f"{table}: {row['drug']} {column} {row[column]}"
                    yield Fact(table, row["drug"], what, stands(Decimal(row[column]), text))


def _named(texts: dict[str, str]) -> Iterator[Fact]:
    """Yield whether the label of one partner names the other, and a drug's its condition."""
    knowledge = load_knowledge()
    for row in rows("interactions"):
        pairs = ((row["drug"], row["other"]), (row["other"], row["drug"]))
        sides = [(texts[drug].lower(), other) for drug, other in pairs if drug in texts]
        if sides:
            what = f"interactions: {row['drug']} with {row['other']}"
            named = any(word in text for text, other in sides for word in _names(knowledge, other))
            yield Fact("interactions", row["drug"], what, named)
    for row in rows("contraindications"):
        if text := texts.get(row["drug"], "").lower():
            what = f"contraindications: {row['drug']} {row['condition']}"
            named = any(word in text for word in _condition(knowledge, row["condition"]))
            yield Fact("contraindications", row["drug"], what, named)


def _names(knowledge: Knowledge, cell: str) -> set[str]:
    """Return what a label may call a drug, a group, its members or their classes."""
    lexicon = load()
    found = {cell.lstrip("@").replace("-", " "), cell.lstrip("@")}
    for key in knowledge.members(cell):
        drug = lexicon.drugs.get(key)
        found |= {name.lower() for name in drug.names} if drug else set()
    return {name for name in found if len(name) > 3}


def _condition(knowledge: Knowledge, key: str) -> set[str]:
    stages = knowledge.rows(StageRow, key)
    entry = load().conditions.get(key)
    words = [*(stages[0].words if stages else ()), *(entry.names if entry else ())]
    return {word.lower() for word in words} | {key.replace("-", " ")}


def main() -> None:
    found = list(facts(Path(sys.argv[1])))
    print("| table | labels' drugs with rows | facts | in the label |\n|---|---|---|---|")
    for table in dict.fromkeys(fact.table for fact in found):
        own = [fact for fact in found if fact.table == table]
        there = sum(fact.stands for fact in own)
        drugs = len({fact.drug for fact in own})
        print(f"| {table} | {drugs} | {len(own)} | {there} ({there / len(own):.1%}) |")
    print("\nNot printed in the label as such:")
    print(*(f"  {fact.what}" for fact in found if not fact.stands), sep="\n")


if __name__ == "__main__":
    main()
