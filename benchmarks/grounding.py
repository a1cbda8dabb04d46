"""Benchmark of claim grounding: planted claim and quotation pairs over real sentences.

    python benchmarks/grounding.py [--data ../shared/data] [--pairs 4000] [--seed 7] [--failures N]

A faithful claim says what its quotation says in other writing (units converted, frequency
synonyms, other words for a prohibition, parts left out); an altered claim differs in one
thing that matters. Three more sets
stand beside this file: `grounding_claims.jsonl`, paraphrases and alterations written by hand,
`grounding_blind.jsonl`, by authors who had not seen the code, and `grounding_fresh.jsonl`, written
before the code was run on it. They name their sentences by digest and place, so no sentence is
copied.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medrag.grounding.claims import ground
from quotes import (
    UNIT_SWAPS,
    drug_names,
    html_texts,
    label_texts,
    passages,
    sentences_of,
    splice,
)

FREQUENCIES = (
    ("once daily", ("every 24 hours", "once a day", "daily")),
    ("twice daily", ("BID", "every 12 hours", "two times a day", "2 times daily")),
    ("three times daily", ("TID", "every 8 hours", "3 times a day")),
    ("three times a day", ("TID", "every 8 hours", "3 times daily")),
    ("four times daily", ("QID", "every 6 hours")),
    ("every 12 hours", ("twice daily", "BID", "q12h")),
    ("every 8 hours", ("three times daily", "q8h")),
    ("every 6 hours", ("four times daily", "q6h")),
    ("once weekly", ("every 7 days", "once a week")),
)
WORDINGS = (
    ("is not recommended", ("should be avoided", "should not be used")),
    ("are not recommended", ("should be avoided", "should not be used")),
    ("is contraindicated", ("must not be used", "should not be used")),
    ("should not be used", ("is not recommended", "must be avoided")),
    ("should be avoided", ("is not recommended",)),
    ("Do not", ("Never",)), ("greater than or equal to", (">=", "≥", "at least")),
    ("less than", ("<", "below", "under")), ("greater than", (">", "above", "over")),
    ("at least", ("≥", "no less than")), ("≥", (">=", "at least ")), ("≤", ("<=", "at most ")),
    (" < ", (" less than ",)), (" > ", (" more than ",)), ("more than", (">", "over")),
    ("increased", ("higher", "raised")), ("decreased", ("lower", "reduced")),
    ("prior to", ("before",)), ("children", ("pediatric patients",)),
    ("pediatric patients", ("children",)), ("elderly patients", ("older patients",)),
    ("geriatric patients", ("older adults",)), ("renal impairment", ("kidney impairment",)),
    ("hepatic impairment", ("liver impairment",)), ("pregnancy", ("pregnant women",)),
    ("two ", ("2 ",)), ("three ", ("3 ",)), ("one week", ("7 days",)), ("two weeks", ("14 days",)),
    ("approximately", ("about", "around")), ("hours", ("h",)), ("minutes", ("min",)),
    ("may cause", ("can cause",)), ("In patients with", ("For patients with",)),
    ("patients", ("people",)), ("mcg", ("micrograms", "µg")), ("intravenous", ("IV",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, its quotation, and whether one thing that matters was altered."""

    family: str
    altered: bool
    claim: str
    quote: str


def faithful(sentence: str, rng: random.Random) -> Iterator[Pair]:
    made = []
    for one, others in (*FREQUENCIES, *WORDINGS):
        word = re.escape(one)
        unnatural = rf"(?:\b(?:no|not)|-){word}|\b(?:no|not) {word}|{word} or equal"
        if re.search(rf"(?<!\w){word}(?!\w)", sentence) and not re.search(unnatural, sentence):
            said = sentence.replace(one, rng.choice(others), 1)
            made.append((f"wording: {one.strip()}", said))
    made += _converted(sentence)
    made.append(("as it stands", sentence))
    made.append(("announced", "According to the source, " + sentence[0].lower() + sentence[1:]))
    parts = sentence.split(", ")
    if len(parts) > 2 and len(parts[0].split()) > 5:
        made.append(("says less", parts[0] + "."))
    for family, claim in rng.sample(made, min(3, len(made))):
        yield Pair(family, False, claim, sentence)


def _converted(sentence: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(
        r"(?<![\d.,–-])(\d+(?:\.\d+)?) (mg|g|mcg|weeks|hours)\b(?!/)", sentence
    ):
        number, unit = float(match[1]), match[2]
        factor, other = {"mg": (0.001, "g"), "g": (1000, "mg"), "mcg": (0.001, "mg"),
                         "weeks": (7, "days"), "hours": (60, "minutes")}[unit]  # fmt: skip
        before = sentence[: match.start()]
        if not re.search(r"(?:\d to|\d or|and|every|times|[-–/]) ?\Z", before):
            yield "unit converted", splice(sentence, match.span(), f"{number * factor:g} {other}")


SWAPS = (
    ("frequency", "once daily", "twice daily"), ("frequency", "twice daily", "three times daily"),
    ("frequency", "every 12 hours", "every 8 hours"), ("frequency", "once weekly", "once daily"),
    ("frequency", "every 6 hours", "every 4 hours"), ("frequency", "three times", "four times"),
    ("population", "children", "adults"), ("population", "adults", "children"),
    ("population", "pediatric patients", "elderly patients"), ("population", "women", "men"),
    ("population", "renal impairment", "hepatic impairment"),
    ("population", "hepatic impairment", "renal impairment"),
    ("population", "pregnancy", "lactation"), ("population", "pregnant women", "children"),
    ("direction", "increased", "decreased"), ("direction", "decreased", "increased"),
    ("direction", "increase", "decrease"), ("direction", "before", "after"),
    ("direction", "after", "before"), ("direction", "contraindicated", "indicated"),
    ("direction", "hypotension", "hypertension"), ("direction", "higher", "lower"),
    ("direction", "lower", "higher"), ("comparator", "less than", "more than"),
    ("comparator", "greater than", "less than"), ("comparator", "at least", "at most"),
    ("comparator", "≥", "≤"), ("comparator", "<", ">"), ("comparator", "≥", "<"),
    ("comparator", "below", "above"), ("comparator", "more than", "less than"),
    ("comparator", "up to", "at least"),
)  # fmt: skip


def altered(sentence: str, drugs: list[str], rng: random.Random) -> Iterator[Pair]:
    made = []
    numbers = list(re.finditer(r"(?<![\w.,–/^-])\d+(?:\.\d+)?(?![\w.,/–^-]*\d)", sentence))
    if numbers:
        match = rng.choice(numbers)
        number = match.group()
        tenfold = f"{float(number) * 10:g}"
        made.append(("number", splice(sentence, match.span(), tenfold)))
        made.append(("number", splice(sentence, match.span(), f"{float(number) + 1:g}")))
    made += (
        ("unit", splice(sentence, match.span(), UNIT_SWAPS[match.group()]))
        for match in re.finditer(
            r"(?<=\d )(?:mcg|mg|mL|hours|days|weeks|minutes|months)\b", sentence
        )
    )
    for family, one, other in SWAPS:
        match = re.search(rf"(?<!\w){re.escape(one)}(?!\w)", sentence)
        if match:
            made.append((family, splice(sentence, match.span(), other)))
    made += _denied(sentence)
    named = [name for name in drugs if re.search(rf"\b{name}\b", sentence)]
    if named:
        other = rng.choice([drug for drug in drugs if drug not in sentence])
        made.append(("drug", re.sub(rf"\b{named[0]}\b", other, sentence)))
    made.append(("name", f"According to {rng.choice(['NICE', 'KDIGO', 'SPRINT', 'ROCKET-AF'])}, "
                         + sentence))  # fmt: skip
    for family, claim in rng.sample(made, min(3, len(made))):
        if claim != sentence:
            yield Pair(family, True, claim, sentence)


def _denied(sentence: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"\b(is|are|should|may|can|was|were|must) (?!not\b)", sentence):
        if not re.search(r"\b(?:not|no|avoid|contraindicated|never|without)\b", sentence):
            yield "negation added", splice(sentence, match.span(), match.group() + "not ")
    dropped = list(re.finditer(r"\bnot (?!only|more|less|exceed)", sentence))
    if len(dropped) == 1:
        yield "negation dropped", splice(sentence, dropped[0].span(), "")


def build(data: Path, count: int, seed: int) -> list[Pair]:
    rng = random.Random(seed)
    drugs = drug_names(data)
    pairs: list[Pair] = []
    for passage in passages(data, rng):
        found = sentences_of(passage)
        for sentence in rng.sample(found, min(3, len(found))):
            flat = " ".join(sentence.split())
            pairs += faithful(flat, rng)
            pairs += altered(flat, drugs, rng)
        if len(pairs) >= count:
            break
    return pairs


def by_hand(data: Path) -> list[Pair]:
    """Return the handwritten claims whose sentence is in `data`."""
    known = {
        digest(flat): flat
        for texts in (label_texts, html_texts)
        for text in texts(data)
        for flat in (" ".join(sentence.split()) for sentence in sentences_of(text))
    }
    pairs = []
    for row in rows("grounding_claims.jsonl"):
        quote = known.get(row["quote"])
        if quote is not None:
            pairs += [Pair("by hand", False, claim, quote) for claim in row["faithful"]]
            pairs += [Pair(kind, True, claim, quote) for kind, claim in row["altered"]]
    return pairs


def blind(data: Path, name: str = "grounding_blind.jsonl") -> list[Pair]:
    """Return the claims of a set kept by digest whose quotations are in `data`."""
    flats = (" ".join(text.split()) for texts in (label_texts, html_texts) for text in texts(data))
    known = {digest(flat): flat for flat in flats}
    pairs = []
    for row in rows(name):
        if all(place[0] in known for place in row["quotes"]):
            quotes = [known[key][start:end] for key, start, end in row["quotes"]]
            pairs.append(Pair(row["kind"], row["altered"], row["claim"], "\n".join(quotes)))
    return pairs


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def rows(name: str) -> Iterator[dict[str, Any]]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    return (json.loads(line) for line in lines)


def show(name: str, pairs: list[Pair], failures: int) -> None:
    took, wrong = [], []
    flagged: Counter[bool] = Counter()
    for pair in pairs:
        start = time.perf_counter()
        found = ground(pair.claim, pair.quote.split("\n"))
        took.append((time.perf_counter() - start) * 1e3)
        flagged[pair.altered] += bool(found)
        if bool(found) != pair.altered:
            wrong.append((pair, found))
    total = Counter(pair.altered for pair in pairs)
    p99 = statistics.quantiles(took, n=100)[98]
    print(f"\n| {name} | altered found | faithful flagged | p50 ms | p99 ms |")
    print("|---|---|---|---|---|")
    shares = (f"{flagged[kind]}/{total[kind]} ({flagged[kind] / total[kind]:.2%})"
              for kind in (True, False))  # fmt: skip
    print(f"| medrag | {' | '.join(shares)} | {statistics.median(took):.2f} | {p99:.2f} |")
    families = Counter((pair.altered, pair.family) for pair, _ in wrong)
    sizes = Counter((pair.altered, pair.family) for pair in pairs)
    for key, count in families.most_common():
        print(f"  {'missed' if key[0] else 'false alarm'}: {key[1]}: {count}/{sizes[key]}",
              file=sys.stderr)  # fmt: skip
        for pair, found in [w for w in wrong if (w[0].altered, w[0].family) == key][:failures]:
            print(f"    {pair.claim!r}\n    {pair.quote!r}\n      "
                  f"{[(u.kind, u.message) for u in found]}", file=sys.stderr)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared/data")
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--failures", type=int, default=0)
    options = parser.parse_args()
    show("generated", build(options.data, options.pairs, options.seed), options.failures)
    show("by hand", by_hand(options.data), options.failures)
    show("blind", blind(options.data), options.failures)
    show("fresh", blind(options.data, "grounding_fresh.jsonl"), options.failures)


if __name__ == "__main__":
    main()
