"""How well a statement answers a question, from its words and what kind of answer is asked."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from medrag.core.patient import Patient
from medrag.generation.asking import (
    ASIDE,
    STUDIED,
    condition_of,
    defined_by,
    kinds_of,
    topic_of,
)
from medrag.generation.candidates import Candidate
from medrag.generation.fitting import fit, without_values
from medrag.generation.subjects import subjects
from medrag.generation.words import negated_stems, read_once, stems
from medrag.text.ordinary import ordinary_words

_EXTREMES = frozenset(stems("maximum minimum target threshold titrate"))
"""Which amount is asked for; any amount would not do."""
_VERB = re.compile(
    r"\b(?:is|are|was|were|means?|refers? to|includes?|consists? of|comprises?|can be|may be"
    r"|should be)\b",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"\b(?:if|when|whenever|unless|in case(?: of)?|for|in|with|who|among)\b(.*?)"
    r"(?=[,;:]|\bthen\b|$)",
    re.IGNORECASE | re.DOTALL,
)
_LEFT_OPEN = re.compile(
    r"\b(?:see|determine|assess|decide|check|evaluate|ask|know)\w*\s+(?:if|whether)\b([^.;]*)",
    re.IGNORECASE,
)
_UNSEEN = 0.7
"""Share of its weight that a word keeps which no candidate has: asked in other words, mostly."""
_BESIDE = 0.5
"""Share of a word in the unit before that is not quoted with the statement."""
_AROUND = 0.9
"""How far a statement is about what only its surroundings name."""
_ALIKE = 5
"""Letters that two words must begin with to be alike: `acute`, `acuteness`."""
_LETTERS = re.compile(r"[^\W\d_]+")
_NAME = 4
"""Letters of the shortest word that is taken for a name."""
_ENDING = 2
"""Letters by which two forms of a name may differ."""
_TOPIC_WITHIN = 6
"""Words of a statement before its verb among which the topic must stand."""
_SAYS_MORE = 2
"""Least words of a statement that the question does not have; with fewer it tells nothing."""
_is_studied = read_once(STUDIED)
_is_aside = read_once(ASIDE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against one candidate; each is in [0, 1] where nothing else is said.

    Attributes:
        overlap: Share of the question's words, weighted by rarity among the candidates, that
            stand in the statement, its lead or, names of drugs, over it.
        context: Further share that stands in the headings over it.
        before: Further share that stands in the unit before it; half where that is not quoted.
        alike: Further share that has a word in the statement that begins alike.
        phrase: Share of the question's neighboring words that are neighbors there.
        asked: In [-1, 1]: how many of the kinds of answer asked for (a number, a time, a
            person) it holds, less those that it lacks; 0 where none is asked for.
        topic: How much of what is asked for by name is what the statement is about, where it
            says something of it.
        case: How much of the case that the question puts is the case that the statement puts.
        left_open: How much of that case the statement only tells to find out.
        section: 1 where the headings above it are those of such an answer, -1 where they are
            those of studies or other matter that the question does not ask for; else 0.
        studied: 1 where it tells what was studied, and that was not asked.
        denied: 1 where the question denies something that the statement does not deny.
        fit: In [-1, 1]: how far it is meant for such a patient.
        drugs: How far it is about the drugs that the question names; 1 where it names none.
        things: How far it is about the conditions and analytes that the question names.
        titled: How many of the names in the question that title some of the documents, and not
            all, stand in it or over it; 1 where there are none.
        meant: Whether it or its headings name the patients that an answer must name.
    """

    overlap: float
    context: float
    before: float
    alike: float
    phrase: float
    asked: float
    topic: float
    case: float
    left_open: float
    section: float
    studied: float
    denied: float
    fit: float
    drugs: float
    things: float
    titled: float
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
        self._stems: dict[str, tuple[str, ...]] = {}
        analytes = [subject.names for subject in self._subjects if subject.kind == "analyte"]
        self._fit = fit(text, patient, analytes)
        self._kinds = kinds_of(text)
        words = self._words(without_values(text))
        self._denied = negated_stems(self._plain(text))
        self._pairs = set(pairwise(words))
        self._topic = set(self._words(topic_of(text) or defined_by(text)))
        self._case = set(self._words(condition_of(text)))
        drugs = [subject for subject in self._subjects if subject.kind == "drug"]
        self._drug_words = {word for drug in drugs for word in stems(drug.key)}
        self._titles = _title_names(text, pool)
        self._asks_of_studies = STUDIED.search(text) is not None
        self._asks_aside = ASIDE.search(text) is not None
        self._rarity = _rarity(words, [set(self._words(one.core)) for one in pool])
        self._total = math.fsum(self._rarity.values())

    def evidence(self, candidate: Candidate) -> Evidence:
        """Return what the words of `candidate` say for it."""
        said = f"{candidate.lead} {candidate.core}"
        words = self._words(candidate.core)
        over = {*self._words(candidate.title), *self._words(" ".join(candidate.headings))}
        # A label's sentences seldom repeat the drug that its title names.
        held = {*words, *self._words(candidate.lead), *(over & self._drug_words)}
        held |= self._answered(said)
        wider = held | over
        left = [word for word in self._rarity if word not in wider]
        before = set(self._words(candidate.before)).intersection(left)
        leans = bool(candidate.before) and candidate.quotes[-1].startswith(candidate.before)
        return Evidence(
            overlap=self._share(held.intersection(self._rarity)),
            context=self._share(over.intersection(self._rarity) - held),
            before=self._share(before) * (1.0 if leans else _BESIDE),
            alike=self._share(_alike(left, held)),
            phrase=len(self._pairs.intersection(pairwise(words))) / max(1, len(self._pairs)),
            asked=self._asked(said),
            topic=self._about_topic(candidate.core, words),
            case=self._in_case(_CASE, candidate.core),
            left_open=self._in_case(_LEFT_OPEN, candidate.core),
            section=self._section(" ".join(candidate.headings)),
            studied=float(_is_studied(said) and not self._asks_of_studies),
            denied=self._denies_less(candidate.core),
            fit=self._fit.judge(said, candidate.context),
            drugs=self._about({"drug"}, candidate, said),
            things=self._about({"condition", "analyte"}, candidate, said),
            titled=self._titled_so(f"{said} {candidate.context} {candidate.before}"),
            meant=self._fit.names_wanted(f"{said} {candidate.context} {candidate.text}"),
        )

    def _words(self, text: str) -> tuple[str, ...]:
        """Return the content words of `text`, what the question names under its key."""
        found = self._stems.get(text)
        if found is None:
            found = self._stems[text] = stems(self._plain(text))
        return found

    def _plain(self, text: str) -> str:
        """Return `text` with every name of what the question names replaced by its key."""
        for subject in self._subjects:
            text = subject.names.sub(subject.key, text)
        return text

    def _share(self, words: Iterable[str]) -> float:
        # Exact sums: the order in which a set gives its words differs from run to run.
        return math.fsum(self._rarity[word] for word in words) / self._total if self._total else 0.0

    def _asked(self, said: str) -> float:
        signs = [1 if kind.said.search(said) else -1 for kind in self._kinds]
        return sum(signs) / len(signs) if signs else 0.0

    def _answered(self, said: str) -> set[str]:
        """Return the words that only say what is asked for, where the statement gives it.

        `5 mg` answers "which dose" without the word.
        """
        return self._asking if all(kind.said.search(said) for kind in self._kinds) else set()

    @cached_property
    def _asking(self) -> set[str]:
        amounts = [kind.asked for kind in self._kinds if kind.is_amount]
        asking = [found.group() for asked in amounts for found in asked.finditer(self._text)]
        return set(stems(" ".join(asking))) - _EXTREMES

    def _about_topic(self, core: str, words: Sequence[str]) -> float:
        verb = _VERB.search(core) if self._topic else None
        if verb is None:
            return 0.0
        if sum(word not in self._rarity for word in set(words)) < _SAYS_MORE:
            return 0.0
        first = self._words(core[: verb.start()])[:_TOPIC_WITHIN]
        return len(self._topic.intersection(first)) / len(self._topic)

    def _in_case(self, clauses: re.Pattern[str], core: str) -> float:
        if not self._case:
            return 0.0
        held = {word for clause in clauses.findall(core) for word in self._words(clause)}
        return len(self._case & held) / len(self._case)

    def _section(self, headings: str) -> float:
        wanted = [kind.section for kind in self._kinds if kind.section]
        if any(section.search(headings) for section in wanted):
            return 1.0
        return -1.0 if _is_aside(headings) and not self._asks_aside else 0.0

    def _denies_less(self, core: str) -> float:
        if not self._denied or any(kind.two_sided for kind in self._kinds):
            return 0.0
        return float(self._denied.isdisjoint(negated_stems(self._plain(core))))

    def _about(self, kinds: Collection[str], candidate: Candidate, said: str) -> float:
        wanted = [subject for subject in self._subjects if subject.kind in kinds]
        around = f"{candidate.context} {candidate.before}"
        shares = [max(one.named(said), _AROUND * one.named(around)) for one in wanted]
        return sum(shares) / len(shares) if shares else 1.0

    def _titled_so(self, text: str) -> float:
        if not self._titles:
            return 1.0
        held = _spelled(text)
        return sum(_is_named(title, held) for title in self._titles) / len(self._titles)


def _title_names(question: str, pool: Sequence[Candidate]) -> set[str]:
    """Return the names in `question` that some titles have and others lack.

    Names are what no list of ordinary words holds: most often a drug that no lexicon knows yet,
    asked about where the passages are of several labels.
    """
    titles = [_spelled(title) for title in {one.title for one in pool}]
    some = set().union(*titles) - set(titles[0]).intersection(*titles) if titles else set()
    return {word for word in _spelled(question) & some if word not in ordinary_words()}


def _spelled(text: str) -> set[str]:
    return {word for word in _LETTERS.findall(text.casefold()) if len(word) >= _NAME}


def _is_named(name: str, held: Collection[str]) -> bool:
    """Return whether a name is held, or held but for its ending: "chlamydia", "chlamydial"."""
    return name in held or any(
        abs(len(other) - len(name)) <= _ENDING
        and (other.startswith(name) or name.startswith(other))
        for other in held
    )


def _alike(words: Iterable[str], held: Iterable[str]) -> list[str]:
    """Return those of `words` that begin as something held does."""
    begun = {other[:_ALIKE] for other in held}
    long = (word for word in words if len(word) >= _ALIKE and not word[0].isdigit())
    return [word for word in long if word[:_ALIKE] in begun]


def _rarity(words: Sequence[str], pool: list[set[str]]) -> dict[str, float]:
    """Return each word's weight: the BM25 inverse document frequency over the candidates."""
    counts = Counter(word for held in pool for word in held)
    return {
        word: math.log(1 + (len(pool) - counts[word] + 0.5) / (counts[word] + 0.5))
        * (1 if counts[word] else _UNSEEN)
        for word in dict.fromkeys(words)
    }
