"""A person's decisions over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from medrag.core.answer import CheckedAnswer, Override, ReviewedAnswer
from medrag.errors import InputError
from medrag.review import ReviewFolder, countersign, hindrance, sign
from medrag.review.audit.records import demand_recorded, review_record
from medrag.review.folder import Entry
from medrag.service import problems
from medrag.service.asking import Reader, Reviewer, SharedState
from medrag.service.bodies import AnswerId, ReviewBody, ReviewResult, WaitingAnswer
from medrag.service.callers import Caller
from medrag.service.state import Shared

router = APIRouter(prefix="/v1", tags=["review"], responses=problems.RESPONSES)


@router.get("/reviews")
def waiting(shared: SharedState, caller: Reader) -> list[WaitingAnswer]:
    """List answers, those that wait first."""
    del caller
    entries = reviews_of(shared).entries()
    return [
        WaitingAnswer(
            id=entry.id,
            status=entry.status,
            critical=entry.critical,
            decision=entry.decision,
            reviewer=entry.reviewer,
            is_waiting=entry.is_waiting,
            problem=entry.problem,
            hindrance=entry.hindrance,
            question=entry.question,
        )
        for entry in entries
    ]


@router.get("/reviews/{answer}")
def one(answer: AnswerId, shared: SharedState, caller: Reader) -> CheckedAnswer:
    """Return one answer of the folder."""
    del caller
    return reviews_of(shared).answer(answer)


@router.post("/review")
def review(body: ReviewBody, shared: SharedState, caller: Reviewer) -> ReviewResult:
    """Accept or reject an answer, in the name of the token.

    Where a first person accepted it and the policy asks for a second, this is the second
    signature.
    """
    return decide(shared, caller, body)


def decide(shared: Shared, caller: Caller, body: ReviewBody) -> ReviewResult:
    """Record a decision; first in the log, so that what it cannot record does not happen.

    Raises:
        InputError: There is no such answer, or the decision lacks what the policy asks.
        AuditError: The log cannot be written.
    """
    folder = reviews_of(shared)
    reviewed = _decided(folder, shared, _person(caller, body), body)
    if shared.log is not None:
        shared.log.append("review", review_record(reviewed))
    folder.record(reviewed)
    last = reviewed.reviews[-1]
    return ReviewResult(
        answer=body.answer,
        decision=last.decision,
        reviewer=last.reviewer,
        expires=last.expires.isoformat(),
        hindrance=hindrance(reviewed, policy=folder.policy),
    )


def reviews_of(shared: Shared) -> ReviewFolder:
    """Return the folder of reviews.

    Raises:
        InputError: The service has none.
    """
    if shared.reviews is None:
        raise InputError("This service keeps no reviews. Set `review` to a folder in its settings.")
    return shared.reviews


def _person(caller: Caller, body: ReviewBody) -> str:
    """Return who decides.

    Raises:
        InputError: Nobody is named, or another than the token's.
    """
    if caller.is_named and body.reviewer not in {None, caller.name}:
        raise InputError("`reviewer` is not whose token it is. Leave it out.")
    if not caller.is_named and not body.reviewer:
        raise InputError(
            "A decision is somebody's: give `reviewer`, or let the service ask for tokens."
        )
    return caller.name if caller.is_named else str(body.reviewer)


def _decided(folder: ReviewFolder, shared: Shared, person: str, body: ReviewBody) -> ReviewedAnswer:
    standing = folder.reviewed(body.answer)
    if standing is not None and _waits_for(folder.entry(body.answer), standing, person):
        if shared.log is not None:
            demand_recorded(standing, shared.log.path, shared.log.keys)
        return countersign(standing, person, body.decision, body.reason, policy=folder.policy)
    return sign(
        folder.answer(body.answer),
        person,
        body.decision,
        body.reason,
        overrides=[Override(**override.model_dump()) for override in body.overrides],
        policy=folder.policy,
    )


def _waits_for(entry: Entry, standing: ReviewedAnswer, person: str) -> bool:
    """Return whether an accepted answer waits for somebody else, and `person` is that."""
    is_accepted = standing.second is None and standing.review.decision == "accept"
    is_open = entry.is_waiting and not entry.is_void
    return is_accepted and is_open and standing.review.reviewer != person
