"""Whether the service lives, whether it answers, and how it does."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Response

from medrag.errors import IndexStateError
from medrag.service.asking import SharedState
from medrag.service.bodies import Health, Problem, Readiness
from medrag.service.measures import exposition

router = APIRouter(tags=["operation"])


@router.get("/healthz")
async def healthz() -> Health:
    """Say that the process lives."""
    return Health()


@router.get("/readyz", responses={503: {"model": Problem, "description": "No index is open."}})
async def readyz(shared: SharedState) -> Readiness:
    """Say which index questions are answered from.

    Raises:
        IndexStateError: None is open.
    """
    generation = shared.desk.generation
    if generation is None:
        raise IndexStateError("No index is open yet. The log of the service says why.")
    return Readiness(index=generation, medrag=version("medrag"))


@router.get("/metrics", response_class=Response)
def metrics() -> Response:
    """Return counts and times of requests, as Prometheus reads them."""
    content, media_type = exposition()
    return Response(content, media_type=media_type)
