"""Benchmark and fit of the signal "nothing here answers this".

    python benchmarks/answerable.py --indexes DIR [--data ../shared/data/beir] [--each 200]

DIR holds one index a set, as `medrag eval retrieval SET --index DIR/SET` builds it. Three kinds of
questions are asked of every index: its own; its own with the judged documents taken away (some
remain answerable from others); and those of the other sets. A question counts as answered where
a judged document is among the first ten. The function is fitted on every second question and
measured on the rest; kinds and sets weigh alike. The last column of the first table is fitted on
the other sets alone.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from medrag.core.query import Filters
from medrag.core.query import Query as Asked
from medrag.embedders import open_embedder
from medrag.evaluation.beir import Qrels, Query, read_qrels, read_queries
from medrag.index import Store
from medrag.retrieval import HybridRetriever
from medrag.retrieval.answerable import Signs, signs

FOREIGN = 40
NONE: frozenset[str] = frozenset()
COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)


@dataclass(frozen=True)
class Case:
    """One question asked of one index; `half` 1 is fitted on, 0 is measured."""

    index: str
    kind: str
    half: int
    signs: Signs
    answered: bool


class Searched:
    """An index with the questions of its set."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.name = folder.name
        self.store = Store.open(folder)
        self.retriever = HybridRetriever(self.store, open_embedder(self.store.embedder_name))
        self.qrels: Qrels = read_qrels(data / self.name)
        self.queries = [q for q in read_queries(data / self.name) if q.id in self.qrels]
        self.ids = {source.key: name for name, source, _ in self.store.sources()}

    def sample(self, half: int, size: int) -> list[Query]:
        """Return some questions of the set: every second one is of a half."""
        mine = self.queries[half::2]
        chosen = np.random.default_rng(1).permutation(len(mine))[:size]
        return [mine[n] for n in chosen.tolist()]

    def case(self, asked: Asked, kind: str, half: int, right: frozenset[str] = NONE) -> Case:
        """Ask, and see whether one of the documents `right` is among the first ten."""
        found = self.retriever.candidates(asked)
        hits = self.store.hits(found.ranked()[:60], retriever="hybrid") if right else []
        documents = list(dict.fromkeys(hit.source.key for hit in hits))[:10]
        answered = not right.isdisjoint(documents)
        return Case(self.name, kind, half, signs(found), answered)

    def cases(self, others: list[Searched], half: int, each: int) -> Iterator[Case]:
        """Yield own questions with and without their documents, and those of other sets."""
        for query in self.sample(half, each):
            right = frozenset(name for name, grade in self.qrels[query.id].items() if grade > 0)
            rest = Filters(document_ids=tuple(v for k, v in self.ids.items() if k not in right))
            yield self.case(Asked(text=query.text), "own", half, right)
            yield self.case(Asked(text=query.text, filters=rest), "taken away", half)
        for other in others:
            for query in other.sample(half, FOREIGN):
                yield self.case(Asked(text=query.text), "other sets", half)


def weights(some: list[Case]) -> np.ndarray:
    """Return weights under which every kind of every set counts alike; they add up to 1."""
    count = Counter((case.index, case.kind) for case in some)
    found = np.array([1 / count[case.index, case.kind] for case in some])
    return found / found.sum()


def fit(some: list[Case]) -> tuple[float, np.ndarray]:
    table, right = np.array([case.signs for case in some]), [case.answered for case in some]
    middle, spread = table.mean(0), table.std(0)
    model = LogisticRegression(C=10).fit(
        (table - middle) / spread, right, weights(some) * len(some)
    )
    slope = model.coef_[0] / spread
    return float(model.intercept_[0] - slope @ middle), slope


def chances(some: list[Case], intercept: float, slope: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-(intercept + np.array([case.signs for case in some]) @ slope)))


def figures(some: list[Case], chance: np.ndarray) -> tuple[float, float, float, float]:
    """Area under the ROC curve, Brier score, calibration error in tenths, and AURC."""
    right, weight = np.array([case.answered for case in some], float), weights(some)
    tenth = np.minimum((chance * 10).astype(int), 9)
    error = sum(abs(float((weight * (chance - right))[tenth == n].sum())) for n in range(10))
    order = np.argsort(-chance, kind="stable")
    covered = np.cumsum(weight[order])
    risk = np.cumsum((weight * (1 - right))[order]) / covered
    area = float((risk * weight[order]).sum())
    brier = float((weight * (chance - right) ** 2).sum())
    return float(roc_auc_score(right, chance, sample_weight=weight)), brier, error, area


def show(made: list[Case], names: list[str]) -> None:
    seen, fresh = [c for c in made if c.half == 1], [c for c in made if c.half == 0]
    intercept, slope = fit(seen)
    print(f"INTERCEPT {intercept:.2f}, WEIGHTS {', '.join(f'{x:.2f}' for x in slope)}\n")
    print("| questions | AUROC | Brier | ECE | AURC | Brier, fitted on other sets |")
    print("|---|---|---|---|---|---|")
    for name in names:
        mine = [case for case in fresh if case.index == name]
        row = figures(mine, chances(mine, intercept, slope))
        others = fit([case for case in seen if case.index != name])
        foreign = figures(mine, chances(mine, *others))[1]
        print(f"| {name} | {' | '.join(f'{x:.3f}' for x in row)} | {foreign:.3f} |")
    row = figures(fresh, chances(fresh, intercept, slope))
    print(f"| all | {' | '.join(f'{x:.3f}' for x in row)} | |\n")
    print_risks(fresh, chances(fresh, intercept, slope))
    print("\n| threshold | own, answered | own, spoken | taken away, spoken | other sets, spoken |")
    print("|---|---|---|---|---|")
    for least in (0.2, 0.3, 0.4, 0.5, 0.6):
        spoken = chances(fresh, intercept, slope) >= least
        kinds = [
            np.array([case.kind == "own" and case.answered for case in fresh]),
            *(np.array([c.kind == kind for c in fresh]) for kind in ("own", "taken away")),
            np.array([case.kind == "other sets" for case in fresh]),
        ]
        print(f"| {least} | {' | '.join(f'{spoken[kind].mean():.3f}' for kind in kinds)} |")


def print_risks(some: list[Case], chance: np.ndarray) -> None:
    """Share without an answer among the surest questions: all kinds, and own questions only."""
    print("| coverage | " + " | ".join(f"{x:.0%}" for x in COVERAGES) + " |")
    print("|---|" + "---|" * len(COVERAGES))
    own = np.array([case.kind == "own" for case in some])
    for name, mask in (("risk, all", np.ones(len(some), bool)), ("risk, own", own)):
        mine = [case for case, kept in zip(some, mask, strict=True) if kept]
        order = np.argsort(-chance[mask], kind="stable")
        weight = weights(mine)[order]
        wrong = (weight * np.array([not mine[n].answered for n in order])).cumsum()
        covered = weight.cumsum()
        ends = [int(np.searchsorted(covered, x * covered[-1] - 1e-9)) for x in COVERAGES]
        print(f"| {name} | " + " | ".join(f"{wrong[n] / covered[n]:.3f}" for n in ends) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--indexes", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/beir"))
    parser.add_argument("--each", type=int, default=200)
    options = parser.parse_args()
    folders = sorted(path for path in options.indexes.iterdir() if (path / "CURRENT").exists())
    all_sets = [Searched(folder, options.data) for folder in folders]
    made = [
        case
        for mine in all_sets
        for half in (0, 1)
        for case in mine.cases([one for one in all_sets if one is not mine], half, options.each)
    ]
    show(made, [one.name for one in all_sets])


if __name__ == "__main__":
    main()
