"""How much of what identifies is covered, and how much of what does not is left alone.

    python benchmarks/privacy.py CASES.jsonl [--failures N]
    python benchmarks/privacy.py --presidio ../shared/data/privacy/presidio_synth [--failures N]

Cases are lines of {"id", "text", "identifiers": [{"start","end","kind"}], "lookalikes":
[{"start","end","why"}], "facts": [{"start","end"}]}. An identifier is covered where every letter
and digit of it is replaced; a look-alike or a fact is touched where any character of it is.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medrag.privacy import Deidentified, Deidentifier

_SYNTHETIC_KINDS = {
    "PERSON": "name",
    "STREET_ADDRESS": "place",
    "GPE": "place",
    "ZIP_CODE": "place",
    "ORGANIZATION": "organization",
    "CREDIT_CARD": "account",
    "IBAN_CODE": "account",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "DOMAIN_NAME": "url",
    "US_SSN": "ssn",
    "IP_ADDRESS": "ip",
    "US_DRIVER_LICENSE": "license",
    "DATE_TIME": "date",
}


@dataclass(slots=True)
class Tally:
    """Counts of one run."""

    covered: Counter[str] = field(default_factory=Counter)
    identifiers: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)
    harmless: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="?", type=Path)
    parser.add_argument("--presidio", type=Path)
    parser.add_argument("--failures", type=int, default=0)
    options = parser.parse_args()
    cases = _synthetic(options.presidio) if options.presidio else _lines(options.cases)
    tally = run(cases)
    report(tally)
    for failure in tally.failures[: options.failures]:
        print(failure)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _synthetic(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the synthetic sentences of Presidio research; ages, titles and nationalities stay."""
    rows = json.loads((folder / "synth_dataset_v2.json").read_text(encoding="utf-8"))
    for number, row in enumerate(rows):
        spans = [
            {"start": s["start_position"], "end": s["end_position"], "kind": kind}
            for s in row["spans"]
            if (kind := _SYNTHETIC_KINDS.get(s["entity_type"])) is not None
        ]
        yield {"id": number, "text": row["full_text"], "identifiers": spans}


def run(cases: Iterable[Mapping[str, Any]]) -> Tally:
    tally = Tally()
    deidentifier = Deidentifier()
    deidentifier.deidentify("warm up every list: Mrs. Doe, Zzyzx, patient zzyzx says INR 4.5")
    for case in cases:
        began = time.perf_counter()
        done = deidentifier.deidentify(case["text"])
        tally.milliseconds.append((time.perf_counter() - began) * 1000)
        _count(tally, case, done)
    return tally


def _count(tally: Tally, case: Mapping[str, Any], done: Deidentified) -> None:
    text = case["text"]
    gone = {place for span in done.spans for place in range(span.start, span.end)}
    for item in case["identifiers"]:
        kind = item.get("kind", "?")
        places = [p for p in range(item["start"], item["end"]) if text[p].isalnum()]
        tally.identifiers[kind] += 1
        if all(place in gone for place in places):
            tally.covered[kind] += 1
        else:
            tally.failures.append(_shown("MISSED", case, item, kind))
    for name in ("lookalikes", "facts"):
        for item in case.get(name, ()):
            tally.harmless[name] += 1
            if any(place in gone for place in range(item["start"], item["end"])):
                tally.touched[name] += 1
                tally.failures.append(_shown(f"TOUCHED {name}", case, item, item.get("why", "")))


def _shown(what: str, case: Mapping[str, Any], item: Mapping[str, Any], why: str) -> str:
    text, start, end = case["text"], item["start"], item["end"]
    context = f"{text[max(0, start - 45) : start]}<<{text[start:end]}>>{text[end : end + 30]}"
    return f"{what} {case['id']} {why}: {context!r}"


def report(tally: Tally) -> None:
    """Print one table."""
    print("| what | of | share |\n|---|---|---|")
    for kind, count in sorted(tally.identifiers.items()):
        _row(f"{kind} covered", tally.covered[kind], count)
    _row("**identifiers covered**", sum(tally.covered.values()), sum(tally.identifiers.values()))
    for name, count in tally.harmless.items():
        _row(f"{name} touched", tally.touched[name], count)
    times = sorted(tally.milliseconds)
    middle, slow = statistics.median(times), _quantile(times, 0.99)
    print(f"| ms a text, median / p99 | {len(times)} texts | {middle:.1f} / {slow:.1f} |")


def _row(what: str, part: int, whole: int) -> None:
    print(f"| {what} | {part} of {whole} | {_share(part, whole)} |")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    main()
