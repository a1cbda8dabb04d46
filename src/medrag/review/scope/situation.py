"""Whether a sign of an emergency is said of somebody, now.

"My father's speech is slurred" is an emergency; "How is slurred speech assessed?", "He had a
stroke in 2019" and "What if somebody collapses?" are questions. What tells them apart is who is
spoken of, when, and whether the sentence states or asks in general.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrag.review.scope.rules import Rule
from medrag.review.scope.words import Sentence

_BEFORE = 3
_ASKING = frozenset(
    ["do", "does", "can", "should", "could", "would", "may", "must", "shall", "did", "will"]
)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the whole question says about who speaks, and of whom.

    Attributes:
        lay: It is the asker, somebody of theirs, or a stranger beside them.
        professional: It asks what a professional asks, or speaks of a patient.
        urgent: It says that it is happening at this moment.
        asks_help: It asks what to do.
        stated: It asks nothing: it tells what is the case, in more than keywords.
    """

    lay: bool
    professional: bool
    urgent: bool
    asks_help: bool
    stated: bool

    @classmethod
    def of(cls, sentences: Sequence[Sentence]) -> Situation:
        """Return the situation that the sentences describe together."""
        return cls(
            lay=any(_lay(sentence) for sentence in sentences),
            professional=any(s.has("pro_question", "patient_word") for s in sentences),
            urgent=any(s.has("right_now") for s in sentences),
            asks_help=any(s.has("what_do") for s in sentences),
            stated=not any(s.stop == "?" or s.has("pro_question") for s in sentences)
            and any(s.has("telling") for s in sentences),
        )

    def happening(self, rule: Rule, sentence: Sentence) -> tuple[int, int] | None:
        """Return where `sentence` says that what `rule` describes is happening, or None."""
        if sentence.has("study"):
            return None
        for first, after in rule.matches(sentence):
            if _denied(sentence, first):
                continue
            if rule.frame == "intent":
                if not _earlier(sentence, first) and not sentence.has("relative_generic"):
                    return first, after
            elif rule.frame == "value":
                supposed = _supposed(sentence, first) or _general(sentence)
                if not (supposed or _earlier(sentence, first)):
                    return first, after
            elif self._is_now(rule, sentence, first):
                return first, after
        return None

    def _is_now(self, rule: Rule, sentence: Sentence, first: int) -> bool:
        if _earlier(sentence, first) or _supposed(sentence, first):
            return False
        if rule.frame != "event" and sentence.has("chronic") and not sentence.has("recent"):
            return False
        if self.lay:
            return _spoken_of(sentence) or not _general(sentence)
        if self.professional and not self.stated:
            return self.urgent
        pressing = rule.frame == "event" or self.asks_help or self.urgent
        return not _general(sentence) and (pressing or self.stated or sentence.has("now", "severe"))


def _lay(sentence: Sentence) -> bool:
    """Return whether somebody suffers who is no professional's patient."""
    return _own(sentence) or _asker_suffers(sentence) or _bystander(sentence)


def _spoken_of(sentence: Sentence) -> bool:
    return _own(sentence) or _asker_suffers(sentence)


def _own(sentence: Sentence) -> bool:
    """Return whether it speaks of somebody of the asker's: my son, our 3 year old."""
    after_my = [at for _, at in sentence.places.get("my", ())]
    whose = [at for name in ("kin", "child_word", "old") for at, _ in sentence.places.get(name, ())]
    return any(my <= at <= my + 4 for my in after_my for at in whose)


def _asker_suffers(sentence: Sentence) -> bool:
    """Return whether the asker is the subject, or a body is theirs: I am, my chest."""
    if sentence.has("patient"):
        return False
    for at, _ in sentence.places.get("lay_first", ()):
        if (
            sentence.words[at] not in {"i", "we"}
            or at == 0
            or sentence.words[at - 1] not in _ASKING
        ):
            return True
    return False


def _bystander(sentence: Sentence) -> bool:
    """Return whether it speaks of one stranger, and not of an age as a case report does."""
    if sentence.has("patient_word", "pro_question"):
        return False
    return sentence.has("bystander", "family_name", "pronoun")


def _denied(sentence: Sentence, first: int) -> bool:
    return any(first - _BEFORE < after <= first for _, after in sentence.places.get("denied", ()))


def _earlier(sentence: Sentence, first: int) -> bool:
    del first
    return sentence.has("past") and not sentence.has("recent")


def _supposed(sentence: Sentence, first: int) -> bool:
    """Return whether the sentence supposes it: what if, in case of."""
    return any(at < first for at, _ in sentence.places.get("if_now", ()))


def _general(sentence: Sentence) -> bool:
    """Return whether the sentence asks in general, of nobody."""
    if sentence.has("what_do"):
        return False
    if sentence.has("generic"):
        return True
    asks = any(at == 0 for at, _ in sentence.places.get("inform_open", ()))
    return asks and sentence.words[1:2] != ("not",)
