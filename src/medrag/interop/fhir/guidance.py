"""An answer as FHIR R4: `GuidanceResponse`, a `DetectedIssue` for each finding, `Provenance`.

What nobody has signed is `in-progress` and `preliminary`; only a sign-off that counts today makes
it `success` and `final`. The audit log's own `AuditEvent`s come from `medrag audit export`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from medrag.core.answer import CheckedAnswer, ReviewedAnswer, VerifiedQuote
from medrag.core.finding import Finding, Severity
from medrag.review import actionable
from medrag.review.policy import ANYBODY, ReviewPolicy, override_coding

Resource = dict[str, Any]
"""One FHIR resource, JSON-ready."""

_SEVERITIES: Mapping[Severity, str] = {"critical": "high", "warning": "moderate", "info": "low"}
_RULES = "urn:medrag:rule"
_MODULE = "urn:medrag:answer"
_DIGESTS = "urn:medrag:digest"
_ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_ISSUES = {
    "interaction": ("DRG", "Drug Interaction Alert"),
    "duplication": ("DUPTHPY", "Duplicate Therapy Alert"),
    "allergy": ("ALGY", "Allergy Alert"),
    "single-dose": ("DOSE", "Dosage problem"),
    "daily-dose": ("DOSE", "Dosage problem"),
    "weight-dose": ("DOSE", "Dosage problem"),
    "age": ("AGE", "Age Alert"),
    "pregnancy": ("PREG", "Pregnancy Alert"),
    "lactation": ("LACT", "Lactation Alert"),
    "lab": ("LAB", "Laboratory Alert"),
}
"""HL7 v3 ActCode, "DetectedIssue"; a category that it lacks is told by the rule's own code."""


def guidance_bundle(
    answer: CheckedAnswer | ReviewedAnswer,
    *,
    subject: str | None = None,
    policy: ReviewPolicy = ANYBODY,
    now: datetime | None = None,
) -> Resource:
    """Return an answer as a FHIR R4 Bundle of type `collection`.

    Args:
        answer: A checked answer; where it is a reviewed one it must be one that may act today.
        subject: Reference to the patient in the institution's own server (`Patient/123`).
        policy: What the institution asks of a sign-off.
        now: When it is made; for tests.

    Raises:
        NotReviewedError: A reviewed answer has no valid sign-off.
    """
    at = (now or datetime.now(timezone.utc)).astimezone(timezone.utc).isoformat(timespec="seconds")
    if isinstance(answer, ReviewedAnswer):
        actionable(answer, policy=policy)
        made = _Made(answer.answer, answer, subject, at)
    else:
        made = _Made(answer, None, subject, at)
    resources = [made.guidance(), *made.issues(), made.provenance()]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": at,
        "entry": [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources],
    }


class _Made:
    """The resources of one answer; their ids follow from its digest, so that they stay the same."""

    def __init__(
        self, answer: CheckedAnswer, reviewed: ReviewedAnswer | None, subject: str | None, at: str
    ) -> None:
        self._answer = answer
        self._reviewed = reviewed
        self._subject = {"reference": subject} if subject else None
        self._at = at

    def guidance(self) -> Resource:
        resource: Resource = {
            "resourceType": "GuidanceResponse",
            "id": self._id("guidance"),
            "identifier": [{"system": _DIGESTS, "value": self._answer.digest}],
            "moduleUri": _MODULE,
            "status": "success" if self._reviewed else "in-progress",
            "occurrenceDateTime": self._at,
            "note": [{"text": text} for text in self._notes()],
        }
        return self._of_subject(resource, "subject")

    def issues(self) -> Iterator[Resource]:
        """Yield an issue for each finding, in the answer's order."""
        mitigations = self._mitigations()
        for number, finding in enumerate(self._answer.findings):
            resource: Resource = {
                "resourceType": "DetectedIssue",
                "id": self._id(f"issue {number}"),
                "status": "final" if self._reviewed else "preliminary",
                "code": _code(finding),
                "severity": _SEVERITIES[finding.severity],
                "identifiedDateTime": self._at,
                "detail": _detail(finding),
            }
            url = finding.reference.url if finding.reference else None
            if url:
                resource["reference"] = url
            if finding.rule_id in mitigations:
                resource["mitigation"] = mitigations[finding.rule_id]
            yield self._of_subject(resource, "patient")

    def provenance(self) -> Resource:
        versions = self._answer.versions
        software = f"medrag {versions.medrag}, model {versions.model}, rules {versions.rules}"
        agents = [_agent("assembler", software)]
        reviews = self._reviewed.reviews if self._reviewed else ()
        agents += [_agent("verifier", review.reviewer) for review in reviews]
        return {
            "resourceType": "Provenance",
            "id": self._id("provenance"),
            "target": [{"reference": f"urn:uuid:{self._id('guidance')}"}],
            "recorded": self._at,
            "agent": agents,
            "entity": [
                {"role": "quotation", "what": {"display": display}} for display in self._places()
            ]
            or [{"role": "source", "what": {"display": f"index {versions.index}"}}],
        }

    def _notes(self) -> Iterator[str]:
        yield self._answer.quoted.question
        if self._answer.reason:
            yield self._answer.reason
        for claim in self._answer.quoted.claims:
            quotes = [_cited(quote) for quote in claim.verified_quotes]
            if quotes:
                yield "\n".join([claim.text, *quotes])
        for item in self._answer.not_checked:
            yield f"Not checked: {item.check}: {item.reason}"
        yield self._answer.disclaimer

    def _places(self) -> list[str]:
        return list(dict.fromkeys(quote.place for quote in self._answer.quoted.verified_quotes))

    def _mitigations(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for review in self._reviewed.reviews if self._reviewed else ():
            for override in review.overrides:
                coding = override_coding(override.code)
                words = override.reason or coding["display"]
                action: Resource = {"coding": [coding], "text": words}
                done = {"action": action, "date": review.at.isoformat(timespec="seconds")}
                found.setdefault(override.rule_id, []).append(done)
        return found

    def _of_subject(self, resource: Resource, key: str) -> Resource:
        return {**resource, key: self._subject} if self._subject else resource

    def _id(self, part: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{_DIGESTS}:{self._answer.digest}:{part}"))


def _agent(kind: str, display: str) -> Resource:
    role = {"coding": [{"system": _PARTICIPANT, "code": kind}]}
    return {"type": role, "who": {"display": display}}


def _code(finding: Finding) -> Resource:
    codings: list[Resource] = [{"system": _RULES, "code": finding.rule_id}]
    if finding.category in _ISSUES:
        code, display = _ISSUES[finding.category]
        codings.insert(0, {"system": _ACT_CODE, "code": code, "display": display})
    return {"coding": codings, "text": finding.category}


def _detail(finding: Finding) -> str:
    source = finding.reference.cited if finding.reference is not None else ""
    return f"{finding.message} Source: {source}." if source else finding.message


def _cited(quote: VerifiedQuote) -> str:
    return f"\u201c{quote.match.text}\u201d ({quote.place})"
