"""What the audit log keeps of an answer and of a decision: ids, versions, hashes, timings.

No question, patient fact, quotation or reason in words goes into these records; whoever holds
the answer's file can show that it is the one that was recorded, by its digest. Content beside
them is the `Recorder`'s business, by policy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timezone
from pathlib import Path
from typing import Any

from medrag.core.answer import ReviewedAnswer
from medrag.core.trace import TracedAnswer
from medrag.errors import NotReviewedError
from medrag.review.audit.signing import VerifyingKey
from medrag.review.audit.verification import demand_sound, records_of


def answer_record(traced: TracedAnswer, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of an `answer` record: what was answered from what, by which versions.

    With the answer itself it holds what a replay needs.

    Args:
        traced: The answer and how it came about.
        settings: Those that it was made with, JSON-ready.
    """
    answer, trace = traced.answer, traced.trace
    quoted = answer.quoted
    return {
        "answer": answer.digest,
        "status": answer.status,
        "scope": trace.scope,
        "identifiers": trace.identifiers,
        "claims": len(quoted.claims),
        "supported": sum(claim.support == "supported" for claim in quoted.claims),
        "withheld": trace.withheld,
        "quotations": sorted({quote.match.status for c in quoted.claims for quote in c.quotes}),
        "retrieved": list(trace.retrieved),
        "left_out": list(trace.left_out),
        "documents": sorted({hit.passage.document_id for hit in quoted.hits}),
        "filters": answer.filters.model_dump(mode="json"),
        "patient": answer.patient is not None,
        "findings": [
            {"rule_id": finding.rule_id, "severity": finding.severity}
            for finding in answer.findings
        ],
        "not_checked": len(answer.not_checked),
        "mode": trace.mode,
        "prompt_sha256": trace.prompt_sha256,
        "constrained": quoted.completion.constrained,
        "versions": answer.versions.model_dump(mode="json"),
        "settings": dict(settings),
        "seconds": {stage.name: round(stage.seconds, 6) for stage in trace.stages},
    }


def review_record(reviewed: ReviewedAnswer) -> dict[str, Any]:
    """Return the body of a `review` record: who decided what about which answer, until when."""
    review = reviewed.reviews[-1]
    return {
        "answer": review.answer_digest,
        "decision": review.decision,
        "reviewer": review.reviewer,
        "at": review.at.astimezone(timezone.utc).isoformat(),
        "expires": review.expires.astimezone(timezone.utc).isoformat(),
        "overrides": sorted((o.rule_id, o.code) for o in review.overrides),
        "persons": review.persons,
        "confirms": review.confirms,
        "policy": review.policy,
        "seal": reviewed.seal,
    }


def export_record(reviewed: ReviewedAnswer) -> dict[str, Any]:
    """Return the body of an `export` record: a signed answer was released to act on."""
    reviewers = [review.reviewer for review in reviewed.reviews]
    return {"answer": reviewed.review.answer_digest, "reviewers": reviewers, "seal": reviewed.seal}


def demand_recorded(reviewed: ReviewedAnswer, log: Path, keys: Sequence[VerifyingKey]) -> None:
    """Make sure that answer and sign-off stand in a sound log, and no later decision.

    The whole log is verified: a line that somebody appended by hand is no record.

    Args:
        reviewed: The signed answer.
        log: The folder of the log.
        keys: Which must have signed its heads; where empty only damage is found.

    Raises:
        NotReviewedError: They do not: the files were made by something that did not record
            them, or somebody decided anew since.
        AuditError: The log does not verify.
    """
    demand_sound(log, keys)
    digest = reviewed.review.answer_digest
    given, seal = False, None
    for record in records_of(log):
        if record["body"].get("answer") == digest:
            given |= record["kind"] == "answer"
            seal = record["body"].get("seal") if record["kind"] == "review" else seal
    if not given:
        raise NotReviewedError(
            f"The answer is not in the audit log {log}: nobody knows who gave it. Ask with --audit."
        )
    if seal is None:
        raise NotReviewedError(
            f"The sign-off is not in the audit log {log}. Sign with --audit, or find out who "
            "wrote it."
        )
    if seal != reviewed.seal:
        raise NotReviewedError(
            f"The audit log {log} holds another, later decision on this answer. Show it, or sign "
            "again."
        )
