"""What an institution asks of a sign-off."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import Field

from medrag.config import read_toml
from medrag.core.answer import CheckedAnswer, OverrideCode, Review
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
        reviewers: Who may sign first; anybody where empty.
        second_reviewers: Who may sign second; anybody where empty. Never the same person.
        codes: Reasons that may stand in an override; every one where empty.
    """

    hours: float = Field(default=24, gt=0, le=8760)
    two_persons: Literal["never", "critical", "always"] = "never"
    reviewers: tuple[str, ...] = ()
    second_reviewers: tuple[str, ...] = ()
    codes: tuple[OverrideCode, ...] = ()

    @property
    def digest(self) -> str:
        """The first 12 hex digits of the SHA-256 of the policy."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

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
        """Return why this policy does not let a review count, or None."""
        second = review.confirms is not None
        allowed = self.second_reviewers if second else self.reviewers
        if allowed and review.person not in {" ".join(name.casefold().split()) for name in allowed}:
            place = "second" if second else "first"
            return f"The policy does not name {review.reviewer} among those who may sign {place}."
        stray = sorted({o.code for o in review.overrides} - set(self.codes)) if self.codes else []
        if stray:
            return f"The policy allows no override for the reason {', '.join(stray)}."
        if (review.expires - review.at).total_seconds() > self.hours * 3600:
            return f"The sign-off counts for longer than the {self.hours:g} hours of the policy."
        return None


ANYBODY = ReviewPolicy()
"""The default policy: one person, any, for a day."""
