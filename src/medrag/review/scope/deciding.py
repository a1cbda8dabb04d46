"""The decision: is this a question that medrag answers, an emergency, or refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medrag.core.patient import Patient
from medrag.core.scope import Locality, ScopeDecision, ScopeKind
from medrag.errors import InputError
from medrag.review.scope.frames import applies
from medrag.review.scope.rules import Rule, RuleSet, load
from medrag.review.scope.situation import Situation
from medrag.review.scope.weighing import features, load_weights, windows
from medrag.review.scope.words import Sentence

_SHOWN = 80
_NEUTRAL = Locality()


def scope(
    question: str, *, patient: Patient | None = None, locality: Locality = _NEUTRAL
) -> ScopeDecision:
    """Return whether `question` goes on to retrieval, is an emergency, or is refused.

    Rules over notions find known emergencies and refusals and name their kind; a small linear
    model weighs all words and what the rules found, and decides (ADR 0110). The same question
    gets the same decision everywhere; nothing is looked up and nothing is kept. Time is linear in
    the question.

    Args:
        question: As it was asked, in English; blank is answered.
        patient: Facts that make a sign graver: an age under three months, a pregnancy.
        locality: Who is to be called, in the institution's wording.

    Returns:
        The decision; its reason names the words that decided.
    """
    rules, weights = load(), load_weights()
    sentences = rules.lexicon.read(_with_facts(question, patient))
    for part in windows(sentences):
        found = _ruled(rules, part)
        if found is not None and found.rule.frame == "intent":
            return _stopped("emergency", found, "", locality=locality, digest=rules.digest)
        weighed = weights.weigh(features(part, _short(found)))
        if weighed.decision != "answer":
            words = _in_order(weighed.heaviest, part)
            return _stopped(weighed.decision, found, words, locality=locality, digest=rules.digest)
    return ScopeDecision(decision="answer", kind="question", reason=_ANSWERED, rules=rules.digest)


_ANSWERED = "Nothing in the question speaks against answering it."
_REFUSED = " medrag answers clinical questions from documents and does not help with this."
_UNNAMED = {
    "emergency": "speaks of what may be an emergency that is happening now",
    "refused": "asks for something that medrag does not do",
}


def ruled_of(rules: RuleSet, sentences: Sequence[Sentence]) -> str:
    """Return what the rules alone decide, as `decision kind`."""
    return _short(_ruled(rules, sentences))


def _short(found: _Ruled | None) -> str:
    return f"{found.decision} {found.rule.kind}" if found else "answer question"


def _in_order(heaviest: Sequence[str], sentences: Sequence[Sentence]) -> str:
    """Return the words that weighed most, in the order of the question."""
    said = [word for sentence in sentences for word in sentence.words]
    return ", ".join(sorted(heaviest, key=said.index))


def _stopped(
    decision: ScopeKind, found: _Ruled | None, words: str, *, locality: Locality, digest: str
) -> ScopeDecision:
    """Return the decision with the rule's kind and words where a rule agrees, else the words'."""
    kind, why = "other", _UNNAMED[decision]
    if found is not None and found.decision == decision:
        kind, why, words = found.rule.kind, found.rule.why, found.words
    named = f": “{_cut(words)}”" if words else ""
    urgent = decision == "emergency"
    return ScopeDecision(
        decision=decision,
        kind=kind,
        reason=f"The question {why}{named}." + ("" if urgent else _REFUSED),
        instruction=locality.for_kind(kind) if urgent or kind == "self-harm" else None,
        rules=digest,
    )


def scope_cases(cases: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield `{"id", "decision", "reason"}` for each case `{"id", "text"}`.

    Raises:
        InputError: A case has no id or its text is no string; names the place.
    """
    for number, case in enumerate(cases, 1):
        text = case.get("text")
        if "id" not in case or not isinstance(text, str):
            raise InputError(f'case {number}: expected {{"id", "text"}} with a string as text.')
        decision = scope(text)
        yield {"id": case["id"], "decision": decision.decision, "reason": decision.reason}


@dataclass(frozen=True, slots=True)
class _Ruled:
    """What the rules found: the rule, the words it found, and the decision it stands for."""

    decision: ScopeKind
    rule: Rule
    words: str


def _ruled(rules: RuleSet, sentences: Sequence[Sentence]) -> _Ruled | None:
    situation = Situation.of(sentences)
    for rule in rules.emergencies:
        for sentence in _with_first_notion(rule, sentences):
            place = situation.happening(rule, sentence)
            if place is not None:
                return _Ruled("emergency", rule, sentence.said(*place))
    for rule in rules.refusals:
        for sentence in _with_first_notion(rule, sentences):
            place = applies(rule, sentence)
            if place is not None:
                return _Ruled("refused", rule, sentence.said(*place))
    return None


def _with_first_notion(rule: Rule, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences that a rule can match: most rules are done with here."""
    first = rule.say[0]
    return [sentence for sentence in sentences if not sentence.places.keys().isdisjoint(first)]


def _cut(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()}…"


def _with_facts(question: str, patient: Patient | None) -> str:
    """Return the question with the facts that bear on it said before it, in its sentence."""
    if patient is None:
        return question
    said = []
    if patient.age_years is not None and patient.age_years < 0.25:
        said.append("newborn")
    if patient.pregnant:
        said.append("pregnant")
    return f"{' '.join(said)}, {question}" if said else question
