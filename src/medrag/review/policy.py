"""What an institution asks of a sign-off."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from medrag.config import read_toml
from medrag.core.answer import CheckedAnswer, OverrideCode, Review
from medrag.core.person import canonical_name, name_problem
from medrag.core.span import Value

OVERRIDE_SYSTEM = "urn:medrag:override-reason"
OVERRIDE_REASONS: dict[OverrideCode, str] = {
    "will-monitor": "The benefit outweighs the risk, and the patient will be monitored",
    "tolerated-before": "The patient has taken it before without harm",
    "not-applicable": "The finding does not apply to this patient",
    "data-outdated": "The patient's facts were out of date or wrong, and were looked up",
    "no-alternative": "There is no suitable alternative",
    "will-adjust": "Dose, route, timing or drug will be adjusted when it is ordered",
    "specialist-advice": "A specialist or pharmacist was consulted and advised it",
    "comfort-care": "The goal of treatment is comfort",
    "finding-wrong": "The finding itself is wrong",
    "other": "Another reason, given in words",
}
"""Every code with its words, in the order in which to offer them."""


def override_coding(code: OverrideCode) -> dict[str, str]:
    """Return the reason as a FHIR `Coding`, for CDS Hooks' `overrideReasons` and feedback."""
    return {"system": OVERRIDE_SYSTEM, "code": code, "display": OVERRIDE_REASONS[code]}


class ReviewPolicy(Value):
    """What must hold before a signed answer acts; the default asks for one person.

    Attributes:
        hours: For how long a sign-off counts, above 0 and at most a year. Default 24.
        two_persons: When a second person must accept too: `never`, for answers with a
            `critical` finding, or `always`. Default never.
        reviewers: Who may sign first; anybody where empty. Names are compared by
            `medrag.core.person.canonical_name`, here and below.
        second_reviewers: Who may sign second; anybody where empty. Never the same person.
        codes: Reasons that may stand in an override; every one where empty.

    Raises:
        ValueError: A value is out of range, or of another type: no number is read out of a text
            or a truth value. Or nobody can sign under a name of a list.
    """

    hours: float = Field(default=24, gt=0, le=8760, strict=True)
    two_persons: Literal["never", "critical", "always"] = "never"
    reviewers: tuple[str, ...] = ()
    second_reviewers: tuple[str, ...] = ()
    codes: tuple[OverrideCode, ...] = ()

    @field_validator("reviewers", "second_reviewers")
    @classmethod
    def _nameable(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for problem in filter(None, map(name_problem, names)):
            raise ValueError(problem)
        return names

    @property
    def digest(self) -> str:
        """The SHA-256 of what is asked: two policies that ask the same have one digest."""
        asked = {
            "hours": float(self.hours),
            "two_persons": self.two_persons,
            "reviewers": sorted(_persons(self.reviewers)),
            "second_reviewers": sorted(_persons(self.second_reviewers)),
            "codes": sorted(set(self.codes)),
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    @property
    def mark(self) -> str:
        """What a review keeps of the policy it was signed under: empty for the default."""
        return "" if self.digest == ANYBODY.digest else self.digest

    @classmethod
    def load(cls, path: Path) -> ReviewPolicy:
        """Return the policy of a TOML file; what it leaves out has its default.

        Raises:
            ConfigError: As `medrag.config.read_toml`.
        """
        return read_toml(path, cls, "review policy key")

    def persons(self, answer: CheckedAnswer) -> Literal[1, 2]:
        """Return how many must accept `answer`."""
        critical = any(finding.severity == "critical" for finding in answer.findings)
        needs_two = self.two_persons == "always" or (self.two_persons == "critical" and critical)
        return 2 if needs_two else 1

    def objection(self, review: Review) -> str | None:
        """Return why this policy does not let a review count, or None.

        A review counts under the very policy it was signed under. One that was removed,
        exchanged, loosened or tightened since voids it: nobody signed for what is asked now.
        """
        if review.policy != self.mark:
            return _ANOTHER_POLICY if self.mark else _NO_POLICY
        second = review.confirms is not None
        allowed = self.second_reviewers if second else self.reviewers
        if allowed and review.person not in _persons(allowed):
            place = "second" if second else "first"
            return f"The policy does not name {review.reviewer} among those who may sign {place}."
        stray = sorted({o.code for o in review.overrides} - set(self.codes)) if self.codes else []
        if stray:
            return f"The policy allows no override for the reason {', '.join(stray)}."
        if (review.expires - review.at).total_seconds() > self.hours * 3600:
            return f"The sign-off counts for longer than the {self.hours:g} hours of the policy."
        return None


def _persons(names: Iterable[str]) -> set[str]:
    return {canonical_name(name) for name in names}


ANYBODY = ReviewPolicy()
"""The default policy: one person, any, for a day."""

_ANOTHER_POLICY = (
    "The sign-off was made under another policy than the one in force. Sign again under this one."
)
_NO_POLICY = (
    "The sign-off was made under a policy, and none is in force. Put the policy back or give it; "
    "if it was given up for good, sign again."
)
