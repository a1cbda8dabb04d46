"""How well a statement answers a question, from its words and what kind of answer is asked."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from medrag.core.patient import Patient
from medrag.generation.asking import ASIDE, STUDIED, defined_by, kinds_of
from medrag.generation.candidates import Candidate
from medrag.generation.fitting import fit, without_values
from medrag.generation.subjects import subjects
from medrag.generation.words import stems

_EXTREMES = frozenset(stems("maximum minimum target threshold titrate"))
"""Which amount is asked for; any amount would not do."""
_NEGATIVE = re.compile(r"\b(?:no|not|never|without|neither|nor)\b|n't\b", re.IGNORECASE)

# Shares of a question's word that stands elsewhere than in the statement itself.
_IN_CONTEXT, _BEFORE = 0.5, 0.1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for one candidate.

    Attributes:
        overlap: Share in [0, 1] of the question's words, weighted by rarity among the
            candidates, that stand in the statement or its context.
        phrase: Share in [0, 1] of the question's neighbouring words that are neighbours there.
        asked: Share in [0, 1] of what such a question asks for (a number, a time, a reason)
            that the statement holds; 0.5 where it asks for nothing of the kind.
        section: 1 where the headings above it are those of such an answer, -1 where they are
            those of studies or other matter that the question does not ask for, or it tells
            what was studied itself; else 0.
        same_sense: 0 where one of question and statement is negated and the other is not and
            that matters, else 1.
        fit: In [-1, 1]: how far it is meant for such a patient.
        subject: In [0, 1]: how far it is about the drugs that the question names; 1 where the
            question names none.
        meant: Whether it or its headings name the patients that an answer must name.
    """

    overlap: float
    phrase: float
    asked: float
    section: float
    same_sense: float
    fit: float
    subject: float
    meant: bool


class Question:
    """A question, compared with candidates.

    Args:
        text: As asked.
        patient: Whom it is about, if known.
        pool: All candidates; how rare a word is among them is what it weighs.
    """

    def __init__(self, text: str, patient: Patient | None, pool: Sequence[Candidate]) -> None:
        self._text = text
        self._subjects = subjects(text)
        analytes = [subject.names for subject in self._subjects if subject.kind == "analyte"]
        self._fit = fit(text, patient, analytes)
        self._kinds = kinds_of(text)
        self._negated = bool(_NEGATIVE.search(text))
        self._defined = set(stems(self._plain(defined_by(text))))
        words = stems(self._plain(without_values(text)))
        asking = [m.group() for k in self._kinds if k.is_amount for m in k.asked.finditer(text)]
        self._asking = set(stems(" ".join(asking))) - _EXTREMES
        self._pairs = set(pairwise(words))
        self._drug_words = {w for s in self._subjects if s.kind == "drug" for w in stems(s.key)}
        self._rarity = _rarity(words, [set(stems(self._plain(c.core))) for c in pool])

    def evidence(self, candidate: Candidate) -> Evidence:
        """Return what the words of `candidate` say for it."""
        words = stems(self._plain(candidate.core))
        said = f"{candidate.lead} {candidate.core}"
        whole = f"{said} {candidate.context} {candidate.text}"
        return Evidence(
            overlap=self._overlap(candidate, set(words) | self._answered(said)),
            phrase=len(self._pairs & set(pairwise(words))) / max(1, len(self._pairs)),
            asked=self._asked(said, words),
            section=self._section(" ".join(candidate.headings), said),
            same_sense=self._same_sense(candidate.core),
            fit=self._fit.judge(said, candidate.context),
            subject=self._subject(candidate, said),
            meant=self._fit.names_wanted(whole),
        )

    def _plain(self, text: str) -> str:
        """Return `text` with every name of what the question names replaced by its key."""
        for subject in self._subjects:
            text = subject.names.sub(subject.key, text)
        return text

    def _overlap(self, candidate: Candidate, words: set[str]) -> float:
        around = set(stems(self._plain(f"{candidate.lead} {candidate.context}")))
        before = set(stems(self._plain(candidate.before)))
        total = sum(self._rarity.values())
        found = 0.0
        for term, weight in self._rarity.items():
            # A label's sentences seldom repeat the drug that its title names.
            if term in words or (term in around and term in self._drug_words):
                found += weight
            elif term in around:
                found += weight * _IN_CONTEXT
            elif term in before:
                found += weight * _BEFORE
        return found / total if total else 0.0

    def _asked(self, said: str, words: list[str]) -> float:
        signs = [bool(kind.said.search(said)) for kind in self._kinds]
        if self._defined:
            signs.append(self._defined <= set(words[: len(self._defined) + 1]))
        return sum(signs) / len(signs) if signs else 0.5

    def _answered(self, said: str) -> set[str]:
        """Return the words that only say what is asked for, where the statement gives it.

        `5 mg` answers "which dose" without the word.
        """
        return self._asking if all(kind.said.search(said) for kind in self._kinds) else set()

    def _section(self, headings: str, said: str) -> float:
        if self._kinds and STUDIED.search(said) and not STUDIED.search(self._text):
            return -1.0
        wanted = [kind.section for kind in self._kinds if kind.section]
        if any(section.search(headings) for section in wanted):
            return 1.0
        return -1.0 if ASIDE.search(headings) and not ASIDE.search(self._text) else 0.0

    def _same_sense(self, core: str) -> float:
        if any(kind.two_sided for kind in self._kinds):
            return 1.0
        return float(bool(_NEGATIVE.search(core)) == self._negated)

    def _subject(self, candidate: Candidate, said: str) -> float:
        context = f"{candidate.context} {candidate.before}"
        drugs = [subject for subject in self._subjects if subject.kind == "drug"]
        shares = [max(drug.named(said), 0.9 * drug.named(context)) for drug in drugs]
        return sum(shares) / len(shares) if shares else 1.0


def _rarity(words: list[str], pool: list[set[str]]) -> dict[str, float]:
    """Return each word's weight: the BM25 inverse document frequency over the candidates."""
    counts = Counter(word for held in pool for word in held)
    return {
        word: math.log(1 + (len(pool) - counts[word] + 0.5) / (counts[word] + 0.5))
        for word in dict.fromkeys(words)
    }
