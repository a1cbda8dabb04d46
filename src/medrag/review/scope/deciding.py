"""The decision: is this a question that medrag answers, an emergency, or refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from medrag.core.patient import Patient
from medrag.core.scope import Locality, ScopeDecision
from medrag.errors import InputError
from medrag.review.scope.frames import applies
from medrag.review.scope.rules import Rule, RuleSet, load
from medrag.review.scope.situation import Situation
from medrag.review.scope.words import Sentence

_SHOWN = 80
_NEUTRAL = Locality()


def scope(
    question: str, *, patient: Patient | None = None, locality: Locality = _NEUTRAL
) -> ScopeDecision:
    """Return whether `question` goes on to retrieval, is an emergency, or is refused.

    Rules decide, in this order: instructions to the machine and other refusals that no emergency
    excuses, an emergency that is happening now, every other refusal. The same question gets the
    same decision everywhere; nothing is looked up and nothing is kept. Time is linear in the
    question.

    Args:
        question: As it was asked, in English; blank is answered.
        patient: Facts that make a sign graver: an age under three months, a pregnancy.
        locality: Who is to be called, in the institution's wording.

    Returns:
        The decision; its reason names the words that decided.
    """
    rules = load()
    sentences = rules.lexicon.read(_with_facts(question, patient))
    found = _decided(rules, sentences)
    if found is None:
        return ScopeDecision(
            decision="answer", kind="question", reason=_ANSWERED, rules=rules.digest
        )
    rule, words = found
    urgent = rule in rules.emergencies
    reason = f"The question {rule.why}: “{_cut(words)}”."
    if not urgent:
        reason += " medrag answers clinical questions from documents and does not help with this."
    return ScopeDecision(
        decision="emergency" if urgent else "refused",
        kind=rule.kind,
        reason=reason,
        instruction=locality.for_kind(rule.kind) if urgent or rule.kind == "self-harm" else None,
        rules=rules.digest,
    )


_ANSWERED = "Nothing in the question speaks against answering it."


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


def _decided(rules: RuleSet, sentences: Sequence[Sentence]) -> tuple[Rule, str] | None:
    always = [rule for rule in rules.refusals if rule.frame in ("any", "order")]
    return (
        _emergency(rules.emergencies, sentences)
        or _refusal(always, sentences)
        or _refusal([rule for rule in rules.refusals if rule not in always], sentences)
    )


def _emergency(rules: Sequence[Rule], sentences: Sequence[Sentence]) -> tuple[Rule, str] | None:
    situation = Situation.of(sentences)
    for rule in rules:
        for sentence in sentences:
            place = situation.happening(rule, sentence)
            if place is not None:
                return rule, sentence.said(*place)
    return None


def _refusal(rules: Sequence[Rule], sentences: Sequence[Sentence]) -> tuple[Rule, str] | None:
    for rule in rules:
        for sentence in sentences:
            place = applies(rule, sentence)
            if place is not None:
                return rule, sentence.said(*place)
    return None


def _cut(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()}…"


def _with_facts(question: str, patient: Patient | None) -> str:
    """Return the question with the facts that bear on it said after it, as somebody would."""
    if patient is None:
        return question
    said = []
    if patient.age_years is not None and patient.age_years < 0.25:
        said.append("newborn")
    if patient.pregnant:
        said.append("pregnant")
    return f"{question} {' '.join(said)}" if said else question
