"""What a question passes before anything is retrieved for it: scope and privacy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from medrag.config import Settings
from medrag.core.patient import Patient
from medrag.core.query import Query
from medrag.core.scope import Locality, ScopeDecision
from medrag.errors import InputError
from medrag.privacy import Deidentifier
from medrag.review.scope import scope

_OLDEST = Decimal(90)
"""Years; HIPAA Safe Harbor tells no higher ages apart (45 CFR 164.514(b)(2)(i)(C))."""
_APART = "\n\n"
"""Between the texts of one question, which are searched as one."""


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates of one engine.

    Attributes:
        deidentifier: Takes identifiers out of question and patient facts; None for nobody.
        locality: How somebody is told to get help; None where no question is stopped.
    """

    deidentifier: Deidentifier | None
    locality: Locality | None

    @classmethod
    def of(cls, settings: Settings, deidentifier: Deidentifier | None = None) -> Gates:
        """Return the gates that the settings ask for.

        Raises:
            InputError: A deidentifier is given, and the settings say that none is wanted.
        """
        if not settings.deidentify and deidentifier is not None:
            raise InputError(
                "A deidentifier is given, and the settings say deidentify = false. Drop one."
            )
        looks = (deidentifier or Deidentifier()) if settings.deidentify else None
        return cls(looks, settings.locality if settings.scope else None)

    def decision(self, query: Query) -> ScopeDecision | None:
        """Return whether the question goes on; None where nobody decides."""
        if self.locality is None:
            return None
        return scope(query.text, patient=query.patient, locality=self.locality)

    def without_identifiers(self, query: Query) -> tuple[Query, int | None]:
        """Return the question as the rest of the line may see it, and how much was replaced.

        Question and patient facts are searched as one text, so that a name which one of them
        introduces is known in all. Ages above 89 become 90; the days of laboratory results
        move with all dates. The count is None where nobody looked.

        Raises:
            InputError: The vault of the deidentifier cannot be read or written.
        """
        if self.deidentifier is None:
            return query, None
        found, _, count = without_identifiers(self.deidentifier, query)
        return found, count

    def refusal(self, decision: ScopeDecision) -> str:
        """Return what is said to somebody who is refused: what to do, and why.

        Some of them are in danger and were not understood, so everyone reads whom to call.
        """
        help_is = decision.instruction
        if help_is is None and self.locality is not None:
            help_is = f"If somebody is in danger now, call {self.locality.number}."
        return " ".join(part for part in (decision.reason, help_is) if part)

    def told(self, decision: ScopeDecision, query: Query) -> ScopeDecision:
        """Return a decision with a reason that repeats only what `query` holds.

        Args:
            decision: About the question as it was asked.
            query: The question without its identifiers.
        """
        again = self.decision(query)
        if again is not None and again.kind == decision.kind:
            return again
        return decision.model_copy(update={"reason": f"It was taken for: {decision.kind}."})


def without_identifiers(
    deidentifier: Deidentifier, query: Query, beside: Sequence[str] = ()
) -> tuple[Query, tuple[str, ...], int]:
    """Return a question, and what was written about it, without identifiers, and their number.

    Args:
        deidentifier: Takes them out.
        query: Question and patient facts.
        beside: Other texts about the same patient; searched as one text with the question.

    Raises:
        InputError: The vault of the deidentifier cannot be read or written.
    """
    facts = _Texts.of(query.patient) if query.patient else None
    known = facts.all if facts else []
    found, count = _replaced(deidentifier, [query.text, *known, *beside])
    others = tuple(found[1 + len(known) :])
    if facts is None or query.patient is None:
        return query.model_copy(update={"text": found[0]}), others, count
    patient, older = facts.patient(query.patient, found[1 : 1 + len(known)])
    return query.model_copy(update={"text": found[0], "patient": patient}), others, count + older


@dataclass(frozen=True, slots=True)
class _Texts:
    """Everything written of one patient.

    Attributes:
        all: Allergies, conditions, medications, results in words and what could not be read; then
            days, ISO 8601.
        lengths: How many of the five there are.
    """

    all: list[str]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, patient: Patient) -> _Texts:
        results = [lab.result for lab in patient.labs or () if lab.result]
        lists = [
            patient.allergies or (),
            patient.conditions or (),
            patient.medications or (),
            results,
            patient.unread or (),
        ]
        days = [lab.taken.isoformat() for lab in patient.labs or () if lab.taken]
        texts = [text for listed in lists for text in listed]
        return cls([*texts, *days], tuple(map(len, lists)))

    def patient(self, patient: Patient, found: Sequence[str]) -> tuple[Patient, int]:
        """Return the patient with what was found in the places of `all`; 1 where it was older."""
        rest = list(found)
        lists: list[tuple[str, ...]] = []
        for length in self.lengths:
            lists.append(tuple(rest[:length]))
            del rest[:length]
        allergies, conditions, medications, results, unread = lists
        worded = iter(results)
        labs = patient.labs and tuple(
            lab.model_copy(
                update={
                    "taken": _day(rest.pop(0)) if lab.taken else None,
                    "result": next(worded) if lab.result else None,
                }
            )
            for lab in patient.labs
        )
        age = patient.age_years
        is_older = age is not None and age > _OLDEST
        return patient.model_copy(
            update={
                "age_years": _OLDEST if is_older else age,
                "allergies": patient.allergies and allergies,
                "conditions": patient.conditions and conditions,
                "medications": patient.medications and medications,
                "labs": labs,
                "unread": patient.unread and unread,
            }
        ), int(is_older)


def _replaced(deidentifier: Deidentifier, texts: Sequence[str]) -> tuple[list[str], int]:
    """Return every text without identifiers, and how many there were."""
    whole = _APART.join(texts)
    spans = deidentifier.deidentify(whole).spans
    found, start = [], 0
    for text in texts:
        end, at, parts = start + len(text), start, []
        for span in spans:
            if start <= span.start < end:
                parts += [whole[at : span.start], span.surrogate]
                at = min(span.end, end)
        found.append("".join([*parts, whole[at:end]]))
        start = end + len(_APART)
    return found, len(spans)


def _day(text: str) -> date | None:
    """Return the day that was put in the place of another; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
