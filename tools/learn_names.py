"""Learns the two tables by which `privacy/likely.py` weighs words: of spelling, and of signs.

    python tools/learn_names.py CASES.jsonl... --marked TEXTS.txt --nameless QUESTIONS.jsonl...

CASES have marked identifiers (`benchmarks/privacy_*read.jsonl`), TEXTS.txt is that of the tests,
NAMELESS are questions that name nobody ({"text"}). Needs scikit-learn. What it does to the texts,
so that it learns places and not names: names are shown once more as if no list held them, texts
once more in small letters, drugs and eponyms once more as words that nobody knows.

The shipped tables: the read sets of `benchmarks/` with `after` and `other_kinds`,
`tests/unit/privacy/texts.txt`, 900 of each file of `tests/unit/review/scope/texts`, 300 queries
each of five sets of `../shared/data/beir`, by a draft of this program with the same steps.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from medrag.clinical.lexicon import load
from medrag.clinical.matching import _names
from medrag.privacy import Deidentifier
from medrag.privacy.evidence import Note, covering, read_note
from medrag.privacy.signs import (
    Lists,
    Token,
    cued,
    is_candidate,
    lists_of,
    read_tokens,
    signs,
    unlisted,
)
from medrag.privacy.spelling import groups
from medrag.privacy.vocabulary import folded, listed
from medrag.text.ordinary import ordinary_words, rare_words
from unit.privacy.marked import read_marked

DATA = Path(__file__).parents[1] / "src" / "medrag" / "privacy" / "data"
_NAMES = {"name", "location", "institution", "hospital", "employer", "address", "organization"}
_NUMBERED = re.compile(
    r"\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|easter"
    r"|christmas|century|ninety|hundred)",
    re.IGNORECASE,
)
_KEPT_WEIGHT = 3.0
"""How much more a word that is marked as harmless counts than one that is not marked."""
_SEEN, _SMALL = 4, 0.03
_UNKNOWN = Lists(given=False, surname=False, town=False, eponym=False, other="")


@dataclass(frozen=True)
class Text:
    """A text with what is a name in it, what is another identifier, and what must stay."""

    text: str
    names: Sequence[tuple[int, int]]
    others: Sequence[tuple[int, int]] = ()
    kept: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True)
class Example:
    """The signs of one word, whether it is part of a name, and how much it counts."""

    signs: frozenset[str]
    named: bool
    weight: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--marked", type=Path, required=True)
    parser.add_argument("--nameless", nargs="*", type=Path, default=[])
    parser.add_argument("--most", type=int, default=900, help="texts of each NAMELESS file")
    options = parser.parse_args()
    crossed = learn_spelling()
    learn = Learner(crossed)
    examples = [e for path in options.cases for t in _cases(path) for e in learn.of(t)]
    examples += [e for t in _marked(options.marked) for e in learn.of(t)]
    for path in options.nameless:
        for text in _nameless(path, options.most):
            examples += learn.of(text, weight=0.5, varied=False)
    _write("likely.tsv", "What each sign says for a name", _fit(examples))


def learn_spelling() -> Mapping[str, float]:
    """Write `spelling.tsv`; return what each word says by a model that has not seen it."""
    drugs = {folded(w) for n in _names(load()) for w in re.findall(r"[^\W\d_]{4,}", n.written)}
    clinical = drugs | set(listed("clinical_words")) | set(listed("makers"))
    words = set(ordinary_words()) | set(rare_words())
    towns = {word for town in listed("cities") for word in town.split()}
    names = (set(listed("given_names")) | set(listed("surnames")) | towns) - words - clinical
    chance = random.Random(1)
    taken = [w for w in sorted(names) if len(w) > 2 and w.isalpha()]
    chance.shuffle(taken)
    plain = sorted(w for w in words - clinical - names if len(w) > 2 and w.isalpha())
    others = sorted(w for w in clinical - names if len(w) > 2 and w.isalpha())
    others += chance.sample(plain, 25_000)
    shown = taken[:40_000] + others
    named = np.array([True] * len(taken[:40_000]) + [False] * len(others))
    counts = Counter(group for word in shown for group in groups(word))
    vectors = DictVectorizer()
    table = vectors.fit_transform({g: 1 for g in groups(w) if counts[g] >= 25} for w in shown)
    weights = np.array([4.0 if word in drugs else 1.0 for word in shown])
    model = LogisticRegression(C=0.3, max_iter=300, fit_intercept=False)
    unseen = cross_val_predict(
        model, table, named, method="decision_function", params={"sample_weight": weights}
    )
    model.fit(table, named, sample_weight=weights)
    found = dict(zip(vectors.feature_names_, model.coef_[0], strict=True))
    _write("spelling.tsv", "What each group of letters says for a name", found, least=0.05)
    return dict(zip(shown, map(float, unseen), strict=True))


class Learner:
    """Makes examples of texts."""

    def __init__(self, crossed: Mapping[str, float]) -> None:
        self._crossed = crossed
        self._chance = random.Random(0)

    def of(self, text: Text, *, weight: float = 1.0, varied: bool = True) -> list[Example]:
        """Return the examples of a text; `varied` texts once more in small letters."""
        made = list(self._of(text, text.text, weight, varied=varied))
        small = text.text.lower()
        if varied and small != text.text and len(small) == len(text.text):
            made += self._of(text, small, weight / 2, varied=True)
        return made

    def _of(self, text: Text, shown: str, weight: float, *, varied: bool) -> Iterator[Example]:
        note = read_note(shown)
        tokens = read_tokens(note)
        for at, token in enumerate(tokens):
            if token.word is None or _within(text.others, token):
                continue
            kept = _KEPT_WEIGHT if _within(text.kept, token) else 1.0
            named = _within(text.names, token)
            for found in self._variants(note, tokens, at, named=named, varied=varied):
                yield Example(found, named, weight * kept)

    def _variants(
        self, note: Note, tokens: list[Token], at: int, *, named: bool, varied: bool
    ) -> Iterator[frozenset[str]]:
        token = tokens[at]
        word = token.word
        assert word is not None
        spelled = self._crossed.get(word.key)
        if token.hit:
            long = len(word.text) > 3 and not word.ordinary and token.hit != "analyte"
            if long and not named:
                hidden = [*tokens[:at], token._replace(hit=""), *tokens[at + 1 :]]
                yield _signs(note, hidden, at, _UNKNOWN, spelled)
            return
        eponym = word.eponym or covering(note.eponyms, word.start, word.end)
        lists = lists_of(word)
        if is_candidate(note, token):
            yield _signs(note, tokens, at, lists, None)
        elif not eponym:
            return
        if eponym and not named and not word.ordinary:
            yield _signs(note, tokens, at, replace(lists, eponym=False), spelled)
        known = varied and not word.ordinary and (lists.given or lists.surname or lists.town)
        if known and (named or self._chance.random() < 0.3):
            yield _signs(note, tokens, at, unlisted(lists), spelled)


def _signs(
    note: Note, tokens: Sequence[Token], at: int, lists: Lists, spelled: float | None
) -> frozenset[str]:
    word = tokens[at].word
    assert word is not None
    return frozenset((*signs(note, tokens, at, lists, spelled=spelled), *cued(note, word)))


def _within(spans: Sequence[tuple[int, int]], token: Token) -> bool:
    return any(start <= token.start and token.end <= end for start, end in spans)


def _cases(path: Path) -> Iterator[Text]:
    for line in path.read_text(encoding="utf-8").splitlines():
        case: dict[str, Any] = json.loads(line)
        kept = [(k["start"], k["end"]) for n in ("lookalikes", "facts") for k in case.get(n, ())]
        names, others = [], []
        for item in case["identifiers"]:
            span = item["start"], item["end"]
            kind, plain = (
                item.get("kind", "other"),
                not _NUMBERED.search(case["text"][slice(*span)]),
            )
            (names if kind in _NAMES or (kind == "other" and plain) else others).append(span)
        yield Text(case["text"], names, others, kept)


def _marked(path: Path) -> Iterator[Text]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        marked = read_marked(line.strip().replace("\\n", "\n"))
        numbered = [s for s in marked.identifiers if _NUMBERED.search(marked.text[slice(*s)])]
        names = [s for s in marked.identifiers if s not in numbered]
        yield Text(marked.text, names, numbered, marked.kept)


def _nameless(path: Path, most: int) -> Iterator[Text]:
    """Yield questions in which what the rules find is left out of account."""
    rules = Deidentifier(year=2026)
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    random.Random(3).shuffle(texts)
    for text in texts[:most]:
        yield Text(text, (), [(s.start, s.end) for s in rules.deidentify(text).spans])


def _fit(examples: Sequence[Example]) -> Mapping[str, float]:
    counts = Counter(sign for example in examples for sign in example.signs)
    vectors = DictVectorizer()
    table = vectors.fit_transform({s: 1 for s in e.signs if counts[s] >= _SEEN} for e in examples)
    model = LogisticRegression(C=0.2, max_iter=400, fit_intercept=False)
    model.fit(
        table,
        [example.named for example in examples],
        sample_weight=[example.weight for example in examples],
    )
    return dict(zip(vectors.feature_names_, model.coef_[0], strict=True))


def _write(name: str, what: str, found: Mapping[str, float], least: float = _SMALL) -> None:
    rows = sorted((sign, round(100 * said)) for sign, said in found.items() if abs(said) >= least)
    head = f"# {what}, in hundredths of the logarithm of the odds: tools/learn_names.py\n"
    lines = "".join(f"{sign}\t{said}\n" for sign, said in rows)
    (DATA / name).write_text(head + lines, encoding="utf-8")


if __name__ == "__main__":
    main()
