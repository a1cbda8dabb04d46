"""What routes ask for before they answer: the shared state, the caller, a place to work.

What they ask for takes microseconds and waits for nothing, so it is found in the event loop
(`async def`): a thread for each would cost more than the finding.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from medrag.core.patient import Patient, read_patient
from medrag.service.callers import Caller, NotAllowedError
from medrag.service.settings import Role
from medrag.service.state import Shared

COOKIE = "medrag-session"
SHORT_BYTES = 4096
"""Of a body that is answered in milliseconds: a check takes some 16 us for each character."""
_bearer = HTTPBearer(auto_error=False, description="A token of `medrag serve token NAME`.")


async def shared_of(request: Request) -> Shared:
    """Return what every request shares."""
    return held_by(request)


def held_by(request: Request) -> Shared:
    """Return what the application of a request holds."""
    shared: Shared = request.app.state.shared
    return shared


async def caller_of(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> AsyncIterator[Caller]:
    """Yield who calls; counts the request against their rate, and while it is inside.

    Raises:
        NotAllowedError: The token is missing or nobody's.
        BusyError: The client sent more than it may.
    """
    caller = admitted(request, credentials.credentials if credentials else None)
    with inside(request, caller):
        yield caller


@contextmanager
def inside(request: Request, caller: Caller) -> Iterator[None]:
    """Count a request of somebody with a token while it is inside.

    Raises:
        BusyError: As many are inside as one client may have.
    """
    if not caller.is_named:  # whoever uses this machine: many may come through one proxy
        yield
        return
    with held_by(request).crowd.take(caller.name):
        yield


def admitted(request: Request, token: str | None) -> Caller:
    """Return whose token this is; counts the request against their rate.

    Raises:
        NotAllowedError: The token is missing or nobody's.
        BusyError: The client sent more than it may.
    """
    shared = held_by(request)
    host = request.client.host if request.client else "unknown"
    try:
        caller = shared.callers.of_token(token)
    except NotAllowedError:
        shared.rates.take(f"address {host}")  # who guesses is counted too
        raise
    request.scope["caller"] = caller.name
    shared.rates.take(caller.name if caller.is_named else f"address {host}")
    return caller


def role(needed: Role) -> Callable[[Caller], Awaitable[Caller]]:
    """Return a dependency that lets in who may do what `needed` may."""

    async def demanded(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        caller.demand(needed)
        return caller

    return demanded


SharedState = Annotated[Shared, Depends(shared_of)]
Reader = Annotated[Caller, Depends(role("reader"))]
Reviewer = Annotated[Caller, Depends(role("reviewer"))]


def patient_in(facts: Mapping[str, Any] | None) -> Patient | None:
    """Return the patient of a request, medrag's own or FHIR.

    Raises:
        InputError: It is neither; names the place, never a value.
    """
    return read_patient(facts, where="body")


async def is_short(request: Request) -> bool:
    """Return whether a request is done so soon that the next may wait for it."""
    return len(await request.body()) <= SHORT_BYTES


@contextmanager
def checking(shared: Shared) -> Iterator[None]:
    """Hold a place for work that takes milliseconds.

    Raises:
        BusyError: There is none.
    """
    with shared.slots.checks.take():
        yield
