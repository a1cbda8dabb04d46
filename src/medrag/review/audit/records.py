"""What the audit log keeps of an answer and of a decision: ids, versions, hashes, never content.

No question, patient fact, quotation or reason in words goes into these records; whoever holds
the answer's file can show that it is the one that was recorded, by its digest.
"""

from __future__ import annotations

from typing import Any

from medrag.core.answer import CheckedAnswer, ReviewedAnswer


def answer_record(answer: CheckedAnswer) -> dict[str, Any]:
    """Return the body of an `answer` record: what was answered from what, by which versions."""
    quoted = answer.quoted
    return {
        "answer": answer.digest,
        "status": answer.status,
        "claims": len(quoted.claims),
        "supported": sum(claim.support == "supported" for claim in quoted.claims),
        "quotations": sorted({quote.match.status for c in quoted.claims for quote in c.quotes}),
        "passages": [hit.passage.id for hit in quoted.hits],
        "documents": sorted({hit.passage.document_id for hit in quoted.hits}),
        "patient": answer.patient is not None,
        "findings": [
            {"rule_id": finding.rule_id, "severity": finding.severity}
            for finding in answer.findings
        ],
        "not_checked": len(answer.not_checked),
        "constrained": quoted.completion.constrained,
        "versions": answer.versions.model_dump(mode="json"),
    }


def review_record(reviewed: ReviewedAnswer) -> dict[str, Any]:
    """Return the body of a `review` record: who decided what about which answer, until when."""
    review = reviewed.review
    return {
        "answer": review.answer_digest,
        "decision": review.decision,
        "reviewer": review.reviewer,
        "at": review.at.isoformat(),
        "expires": review.expires.isoformat(),
        "overrides": sorted(override.rule_id for override in review.overrides),
        "seal": reviewed.seal,
    }


def export_record(reviewed: ReviewedAnswer) -> dict[str, Any]:
    """Return the body of an `export` record: a signed answer was released to act on."""
    return {"answer": reviewed.review.answer_digest, "reviewer": reviewed.review.reviewer}
