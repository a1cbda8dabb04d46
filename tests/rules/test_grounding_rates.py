"""Shares of altered and of faithful claims flagged, set by set, as they were reached.

The pairs were written from the task alone before the comparison was run on them; what single
cases of the `-unread` sets gave was never read. First runs stand in `benchmarks/quotes.md`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medrag.quotes import ground_text

PAIRS = Path(__file__).with_name("blind") / "grounding_pairs.jsonl"
UNREAD = PAIRS.with_name("unread")
FLOORS = {
    "first-read": (0.97, 0.02),
    "first-second": (0.92, 0.04),
    "second": (0.96, 0.02),
    "third": (0.92, 0.02),
    "fourth": (0.87, 0.03),
    "fifth": (0.82, 0.04),
    "sixth-read": (0.97, 0.02),
    "sixth-second": (0.86, 0.04),
    "seventh": (0.70, 0.04),
    "eighth": (0.88, 0.04),
    "ninth": (0.83, 0.03),
    "tenth": (0.64, 0.05),
    "twelfth-read": (0.87, 0.02),
    "twelfth-second": (0.77, 0.08),
    "twelfth-probes": (0.80, 0.06),
    "thirteenth-read": (0.60, 0.04),
    "thirteenth-second": (0.67, 0.11),
    "fourteenth": (0.76, 0.06),
    "fifteenth-read": (0.80, 0.10),
    "fifteenth-second": (0.67, 0.20),
    "fifteenth-probes": (0.72, 0.07),
    "sixteenth-read": (0.96, 0.04),
    "sixteenth-second": (0.78, 0.08),
    "sixteenth-probes": (0.82, 0.08),
    "seventeenth-read": (0.90, 0.04),
    "seventeenth-second": (0.78, 0.23),
    "seventeenth-probes": (0.63, 0.12),
    "eighteenth-read": (0.94, 0.04),
    "eighteenth-unread": (0.82, 0.13),
    "eighteenth-probes": (0.74, 0.12),
    "nineteenth-unread": (0.80, 0.26),
    "nineteenth-probes": (0.72, 0.08),
    "gd": (0.95, 0.12),
    "twentysecond": (0.86, 0.05),
}
"""Set: least share of the altered flagged, largest share of the faithful flagged."""


def share(name, flagged):
    held = UNREAD / f"grounding-{name.removesuffix('-unread')}.jsonl"
    own = PAIRS.with_name(f"grounding_{name}.jsonl")
    path = held if held.exists() and name.endswith("-unread") else own if own.exists() else PAIRS
    pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    own = [
        pair
        for pair in pairs
        if pair.get("set", name) == name and pair.get("flagged", pair.get("unsafe")) is flagged
    ]
    return sum(bool(ground_text(pair["text"], pair["quotes"])) for pair in own) / len(own)


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_the_share_of_altered_claims_found_does_not_fall(name):
    assert share(name, flagged=True) >= FLOORS[name][0]


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_the_share_of_faithful_claims_flagged_does_not_rise(name):
    assert share(name, flagged=False) <= FLOORS[name][1]
