"""What a caller states for a sign-off, checked before anything is bound to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Literal, TypeVar

from medrag.core.answer import Override
from medrag.core.person import holds_hidden, name_problem
from medrag.core.span import Value
from medrag.errors import InputError
from medrag.review.policy import ReviewPolicy

_V = TypeVar("_V", bound=Value)
_LINES = "\n\t"


def rebuilt(value: object, kind: type[_V], noun: str) -> _V:
    """Return a value taken apart to its JSON and built again: what it is, not what it says.

    Neither a copy with other fields, nor a made-up value, nor a subclass with its own opinion
    passes.

    Args:
        value: Whatever was given.
        kind: The type that it must have.
        noun: What it should be, in words (`a checked answer`).

    Raises:
        InputError: It is not one, or breaks the schema of one.
    """
    if type(value) is not kind:
        raise InputError(f"What was given is not {noun}: found {type(value).__name__}.")
    try:
        return kind.model_validate_json(value.model_dump_json(warnings="error"))
    except (ValueError, AttributeError, TypeError) as error:
        raise InputError(f"What was given is not {noun}: a field was changed or is missing.") from (
            error
        )


def reviewer_of(reviewer: object) -> str:
    """Return the name that somebody signs with, without white space around it.

    Raises:
        InputError: It is no text, or no name; the message does not repeat it.
    """
    name = _text(reviewer, "reviewer").strip()
    problem = name_problem(name)
    if problem:
        raise InputError(problem)
    return name


def decision_of(decision: object) -> Literal["accept", "reject"]:
    """Return the decision.

    Raises:
        InputError: It is neither of the two.
    """
    if decision == "accept":
        return "accept"
    if decision == "reject":
        return "reject"
    raise InputError("The decision is neither 'accept' nor 'reject'. Give one of them.")


def reason_of(reason: object) -> str:
    """Return a reason without white space around it and with plain line ends.

    Raises:
        InputError: It is no text, or holds control or invisible characters.
    """
    text = _text(reason, "reason").replace("\r\n", "\n").strip()
    problem = reason_problem(text)
    if problem:
        raise InputError(problem)
    return text


def reason_problem(text: str) -> str | None:
    """Return why a reason cannot be kept, or None; an empty one can."""
    if holds_hidden(text, _LINES):
        return "A reason holds control or invisible characters. Type it by hand."
    return None


def overrides_of(overrides: object) -> tuple[Override, ...]:
    """Return the overrides, each built again.

    Raises:
        InputError: What was given is no sequence of `Override`.
    """
    if not isinstance(overrides, Sequence) or isinstance(overrides, str):
        raise InputError("`overrides` is not a sequence. Give a list of Override.")
    return tuple(rebuilt(each, Override, "an Override") for each in overrides)


def moment_of(now: object) -> datetime:
    """Return a moment in UTC; the present where None.

    Raises:
        InputError: It is no aware time, or none that UTC can express.
    """
    if now is None:
        return datetime.now(timezone.utc)
    try:
        if isinstance(now, datetime):
            # A plain value: a subclass could compare as it likes.
            plain = datetime.combine(datetime.date(now), datetime.timetz(now))
            if plain.utcoffset() is not None:
                return plain.astimezone(timezone.utc)
    except (OverflowError, ValueError, TypeError) as error:
        raise InputError("`now` cannot be told in UTC. Give a time of today.") from error
    raise InputError("`now` has no time zone. Give an aware time, e.g. in UTC.")


def end_of(at: datetime, hours: object, policy: ReviewPolicy) -> datetime:
    """Return when a sign-off of `at` ends; as late as the policy allows where `hours` is None.

    Raises:
        InputError: `hours` is no number, not above 0, or more than the policy allows; or the end is
            after the last day of the calendar.
    """
    counted = policy.hours if hours is None else hours
    if not isinstance(counted, (int, float)) or isinstance(counted, bool):
        raise InputError(f"`hours` is not a number: found {type(counted).__name__}.")
    if not 0 < counted <= policy.hours:
        raise InputError(
            f"A sign-off was to count for {counted:g} hours; give a number above 0 and at most "
            f"{policy.hours:g}, as the policy allows."
        )
    try:
        return at + timedelta(hours=counted)
    except OverflowError as error:
        raise InputError("The sign-off would end after the year 9999. Check `now`.") from error


def _text(value: object, noun: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"The {noun} is not a text: found {type(value).__name__}.")
    return value
