"""What the rules look at: the text, the patient and the tables, each read once."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from medrag.checker.applies import holds
from medrag.checker.asked import with_asked
from medrag.checker.facts import Facts, read_facts
from medrag.checker.relieved import relieved
from medrag.checker.sieve import lacks, search, sifted
from medrag.checker.stated import with_stated
from medrag.checker.tables import Knowledge
from medrag.checker.words import find, find_all
from medrag.clinical import Content, DrugMention, read
from medrag.clinical.mentions import ENDED, ORDERED, Sentence
from medrag.core.patient import Patient
from medrag.core.protocols import Cancelled
from medrag.core.span import Span
from medrag.text.prefilter import Prefiltered
from medrag.text.sieve import Sifted

_RESEARCH = sifted(
    r"\b(rats?|mice|mouse|rabbits?|monkeys?|dogs?|animals?|AUC (?:and|in|was|of|by \d)|C ?max"
    r"|pharmacokinetics?|volunteers?|MRHD|clinical (?:trials?|stud(?:y|ies))"
    r"|stud(?:y|ies) (?:of|in|with)|placebo|overdosage|incidence|post-?marketing|case reports?"
    r"|were reported|embryo\w*|gestation day|healthy (?:subjects|adults|men|women)"
    r"|supra-?therapeutic|dose-(?:ranging|finding)|median cumulative|N ?= ?\d|95 ?% CI"
    r"|NDC \d|Rx only|debossed|inactive ingredients|supplied as|each [^.;|]{1,60} contains"
    r"|contain(?:s|ing)?\b[^.;|]{0,100}\bequivalent to)\b",
    re.I,
)
"""Sentences about animals, trials and overdoses tell what happened, those about packages what is in
them; they order nothing."""
_RETRACTED = sifted(
    r"\b(?:is|was|as|were|an?|clearly|probably) (?:clear |obvious |keying |typing )?"
    r"(?:error|mistake|wrong|misprint|typo)\b|\bshould have read\b|\bnothing (?:is|was) added\b"
    r"|\b(?:declined|rejected|refused|cancel+ed|not dispensed|struck out|withheld)"
    r" (?:by|at|in|on|because|as)\b",
    re.I,
)
"""A sentence that calls what it names an error orders none of it."""
_NAMED_ERROR = re.compile(
    r"\W*(?!(?:this|that|it|they|these|those|here|what|the (?:order|chart|entry|note|script|next"
    r"|line"
    r"|prescription|answer|following|dose))\b)\w+",
    re.I,
)
"""Begins a sentence that says what is wrong, so that what follows its colon is not."""
_TO_NOTHING = re.compile(
    r"[^.;\n|]{0,90}?(?:->|\u2192|,|\bthen|\band)\s*(?:stop|off|nil|zero|nothing)\b", re.I
)
_BESIDE_TIME = frozenset({"within", "after", "before", "prior to", "following", "since", "because"})
"""Words that name a drug for its time or its effect: "within 48 hours of a tadalafil tablet"."""
_LABEL = re.compile(r"[*_]{0,2}:")
_SHORT_LINE = 8

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a rule may use.

    Attributes:
        content: What the text mentions.
        facts: What is known of the patient.
        quotes: Source sentences the text must stand on; None where grounding is not asked for.
        knowledge: The tables.
        dosed: Drugs of the text whose doses count, in text order: not those to be avoided.
        orders: Drugs that the text has this patient take: ordered, offered, or stated with a
            dose and not as history.
        stopped: Ingredients that the text ends or holds.
        shared: Work that several rules need, done by the first of them.
        text: The text under examination.
    """

    content: Content
    facts: Facts
    quotes: tuple[str, ...] | None
    knowledge: Knowledge
    dosed: tuple[DrugMention, ...]
    orders: tuple[DrugMention, ...]
    stopped: frozenset[str]
    shared: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    text: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Keep the text at hand: rules ask for it more than for anything else."""
        object.__setattr__(self, "text", self.content.text)

    def once(self, work: Callable[..., _T], *of: Hashable) -> _T:
        """Return `work(self, *of)`, done by whoever asks first and kept for this text."""
        key = (work, *of)
        try:
            found: _T = self.shared[key]
        except KeyError:
            found = self.shared[key] = work(self, *of)
        return found

    def first(self, words: tuple[str, ...]) -> Span | None:
        """Return where the text first names one of `words`; looked for once."""
        return self.once(_first, words)

    def all_of(self, words: tuple[str, ...]) -> Sequence[Span]:
        """Return every place that names one of `words`, in text order; looked for once."""
        return self.once(_all_of, words)

    def says(self, pattern: re.Pattern[str] | Prefiltered) -> bool:
        """Return whether a pattern matches anywhere in the text; looked for once."""
        return self.once(_says, pattern)

    def tells(self, pattern: re.Pattern[str] | Prefiltered) -> bool:
        """Return whether a pattern matches in the text or the record; looked for once."""
        return self.once(_tells, pattern)

    def search(
        self, pattern: Sifted, part: str, pos: int = 0, endpos: int = sys.maxsize
    ) -> re.Match[str] | None:
        """Return the first match in a part of the text, tried only where the text can match."""
        if pattern.wanted & lacks(self.text):  # most often so
            return None
        return pattern.whole.search(part, pos, endpos)

    def is_ordered(self, mention: DrugMention) -> bool:
        """Return whether a mention is one of `orders`."""
        return id(mention) in self.once(_ids_of_orders)

    def sentence(self, mention: DrugMention) -> str:
        """Return the words about a drug: its sentence, and those that go on about it unnamed."""
        sentences = self.content.sentences
        if not sentences:
            return ""
        last = max(mention.until, mention.sentence)
        return self.text[sentences[mention.sentence].start : sentences[last].end]


def _first(context: Context, words: tuple[str, ...]) -> Span | None:
    return find(context.text, words)


def _all_of(context: Context, words: tuple[str, ...]) -> Sequence[Span]:
    return find_all(context.text, words)


def _says(context: Context, pattern: re.Pattern[str] | Prefiltered) -> bool:
    return pattern.search(context.text) is not None


def _tells(context: Context, pattern: re.Pattern[str] | Prefiltered) -> bool:
    return pattern.search(f"{context.text}\n{context.facts.words}") is not None


def _ids_of_orders(context: Context) -> frozenset[int]:
    return frozenset(id(mention) for mention in context.orders)


def read_context(
    text: str,
    patient: Patient | None,
    *,
    quotes: Sequence[str] | None,
    knowledge: Knowledge,
    asked: str = "",
    cancelled: Cancelled | None = None,
) -> Context:
    """Return the context of one text: the only place where text, patient and question are read.

    Raises:
        OverdueError: `cancelled` said so at a sentence.
    """
    content = read(text, cancelled=cancelled)
    facts = with_stated(_listed(patient, asked), content)
    # "potassium 4.3 mmol/L" is a result
    results = {lab.start for lab in content.labs if lab.value is not None}
    dosed = tuple(d for d in content.drugs if d.start not in results and _is_dosed(content, d))
    ends = _ends_of(content)
    taken = {i for mention in facts.medications or () for i in mention.ingredients}
    return Context(
        content=content,
        facts=facts,
        quotes=None if quotes is None else tuple(quotes),
        knowledge=knowledge,
        dosed=dosed,
        orders=tuple(
            d for d in dosed if _is_order(content, d, ends) and _is_meant(facts, content, d)
        ),
        stopped=frozenset(
            i
            for d in content.drugs
            if _ends(d) or _is_tapered_off(facts, content, d)
            for i in d.ingredients
        )
        | frozenset(relieved(content, taken)),
    )


def _listed(patient: Patient | None, asked: str) -> Facts:
    """Return what the record says of a patient, and the question."""
    if not asked:
        return read_facts(patient)
    facts = with_asked(patient, asked)
    return replace(facts, listed=facts.words)


def _is_meant(facts: Facts, content: Content, drug: DrugMention) -> bool:
    """Return whether a directive is for this patient: not supposed, not over, not for others."""
    if drug.standing in {"past", "hypothetical", "told"} or _is_tapered_off(facts, content, drug):
        return False
    if drug.standing != "state" or drug.condition is None:
        return True
    return holds(facts, content, drug.condition) is not False


def _ends(drug: DrugMention) -> bool:
    """Return whether a drug is ended or forbidden now; "hold it until he eats" holds it now."""
    if drug.polarity not in ENDED or drug.standing != "now":
        return False
    return drug.condition is None or drug.condition.exception


def orders_nothing(content: Content, sentence: str) -> bool:
    """Return whether a sentence tells of animals, trials, overdoses or packages."""
    return search(content.text, _RESEARCH, sentence) is not None


def _is_tapered_off(facts: Facts, content: Content, drug: DrugMention) -> bool:
    """Return whether a drug that the patient takes goes down to nothing: "20 mg -> 10 mg, stop"."""
    if not drug.regimens or _TO_NOTHING.match(content.text, drug.end) is None:
        return False
    taken = {i for mention in facts.medications or () for i in mention.ingredients}
    return bool(drug.ingredients) and set(drug.ingredients) <= taken


def _is_order(content: Content, drug: DrugMention, ends: Mapping[tuple[str, ...], int]) -> bool:
    if drug.who == "other" or drug.polarity not in ORDERED:
        return False
    if drug.directive is None and ends.get(drug.ingredients, -1) > drug.start:
        return False  # it only stands there with its dose, and is stopped further on
    told = drug.directive.text.lower() if drug.directive is not None else ""
    spoken_of = drug.polarity == "mention" and told in _BESIDE_TIME
    given = any(
        r.single or r.count or ((r.form or r.route) and not spoken_of) for r in drug.regimens
    )
    if drug.regimens and (drug.polarity == "give" or given):
        return drug.polarity == "give" or not drug.reported
    if _LABEL.match(content.text, drug.end) and drug.directive is None:
        return False
    sentence = content.sentences[drug.sentence]
    if drug.polarity == "mention":
        return _is_due_vaccine(drug, sentence)
    return True


def is_label(context: Context, drug: DrugMention) -> bool:
    """Return whether a name only opens a line: "**Heparin:** enoxaparin 70 mg"."""
    return not drug.regimens and _LABEL.match(context.text, drug.end) is not None


def _ends_of(content: Content) -> dict[tuple[str, ...], int]:
    """Return where each drug is last stopped for good."""
    return {
        drug.ingredients: drug.start
        for drug in content.drugs
        if drug.polarity == "stop" and drug.standing == "now" and drug.condition is None
    }


def _is_due_vaccine(drug: DrugMention, sentence: Sentence) -> bool:
    """Return whether a vaccine stands alone in a short line, as in "MMR vaccine today"."""
    vaccine = any(key == "bcg" or "vaccin" in key for key in drug.ingredients)
    short = sentence.kind == "fragment" and len(sentence.text.split()) <= _SHORT_LINE
    return vaccine and short and drug.condition is None


def _is_dosed(content: Content, drug: DrugMention) -> bool:
    if drug.polarity not in ORDERED or drug.standing == "past":
        return False
    said = content.sentences[drug.sentence].text
    return not orders_nothing(content, said) and not _is_retracted(content, drug)


def _is_retracted(content: Content, drug: DrugMention) -> bool:
    """Return whether a sentence calls what it names an error, unless the error has a name.

    "Weekly is wrong for him: methotrexate 10 mg each day" orders; "Wrong: methotrexate 10 mg" not.
    """
    sentence = content.sentences[drug.sentence]
    wrong = search(content.text, _RETRACTED, sentence.text)
    if wrong is None:
        return False
    behind = content.text[sentence.start + wrong.end() : drug.start]
    apart = ": " in behind
    return not (apart and _NAMED_ERROR.match(sentence.text, 0, wrong.start()))
