"""Learns the weights of `weighing.py`: `python -m medrag.review.scope.training OUT IN.jsonl...`.

Multinomial logistic regression by AdaGrad (Duchi, Hazan and Singer, JMLR 2011) with weights drawn
to zero, in a fixed order and without chance, so that the same texts give the same file. A text is
`{"text", "expect"}`; `"seen": true` marks those that the rules were written with in view: of
these the rules' own decision is left out, or the model would trust the rules too far.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medrag.core.scope import ScopeKind
from medrag.review.scope.deciding import ruled_of
from medrag.review.scope.rules import load
from medrag.review.scope.weighing import Weights, features, softmax, write_weights

_ROUNDS = 30
_STEP = 0.1
_DECAY = 3e-4
_SEEN_IN = 2
_PAIR_SEEN_IN = 3
_SMALL = 0.06
_SIDES: tuple[ScopeKind, ...] = ("emergency", "refused", "answer")


@dataclass(frozen=True, slots=True)
class Example:
    """One text as the model sees it, with the decision that is right."""

    found: tuple[str, ...]
    expect: ScopeKind


def examples(cases: Sequence[Mapping[str, Any]]) -> list[Example]:
    """Return the cases as features, in an order that depends on their texts alone."""
    rules = load()
    shuffled = sorted(cases, key=lambda case: hashlib.sha256(case["text"].encode()).digest())
    made = []
    for case in shuffled:
        sentences = rules.lexicon.read(case["text"])
        ruled = None if case.get("seen") else ruled_of(rules, sentences)
        made.append(Example(tuple(sorted(features(sentences, ruled))), case["expect"]))
    return made


def learn(taught: Sequence[Example]) -> Weights:
    """Return the weights that tell the examples apart; rare features are left out."""
    counts = Counter(feature for example in taught for feature in example.found)
    table = {name: [0.0, 0.0, 1e-3, 1e-3] for name, count in counts.items() if _counts(name, count)}
    for _ in range(_ROUNDS):
        for example in taught:
            _step([table[name] for name in example.found if name in table], example.expect)
    kept = {
        name: (round(row[0], 2), round(row[1], 2))
        for name, row in table.items()
        if max(abs(row[0]), abs(row[1])) >= _SMALL
    }
    return Weights(kept)


def _counts(name: str, texts: int) -> bool:
    """Return whether a feature seen in so many texts is learned: a rare pair is chance."""
    return texts >= (_PAIR_SEEN_IN if name.startswith("p:") else _SEEN_IN)


def _step(rows: Sequence[list[float]], expect: ScopeKind) -> None:
    """Move the rows (two weights, two sums of squared slopes) towards the right decision."""
    chances = softmax([math.fsum(row[side] for row in rows) for side in (0, 1)])
    for side in (0, 1):
        wrong = chances[side] - (1.0 if _SIDES[side] == expect else 0.0)
        for row in rows:
            slope = wrong + _DECAY * row[side]
            row[2 + side] += slope * slope
            row[side] -= _STEP * slope / math.sqrt(row[2 + side])


def read_cases(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Yield the cases of JSON Lines files, in order."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def digest_of(paths: Sequence[Path]) -> str:
    """Return 16 hex digits of the SHA-256 of the files' bytes, in order of their names."""
    ordered = sorted(paths, key=lambda path: path.name)
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in ordered)).hexdigest()[:16]


def main(arguments: Sequence[str]) -> None:
    """Learn from every IN.jsonl and write OUT."""
    out, *names = arguments
    paths = sorted((Path(name) for name in names), key=lambda path: path.name)
    weights = learn(examples(list(read_cases(paths))))
    Path(out).write_text(write_weights(weights, digest_of(paths)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
