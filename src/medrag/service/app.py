"""The service: one application over one index."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from medrag.errors import MedragError
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.service import answers, health, hooks, pages, reviews, shards
from medrag.service.measures import Measured
from medrag.service.problems import add_problems
from medrag.service.settings import ServiceSettings
from medrag.service.shell import Shell
from medrag.service.state import Shared
from medrag.service.visits import problem_page

_log = logging.getLogger("medrag.service")
_LONGEST_WAIT_S = 60.0
_UNTOLD: Any = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
"""Newer FastAPI hands spans, and bodies that do not fit, to any OpenTelemetry set up around it."""
_ABOUT = """
Clinical questions answered from an institution's own documents, quoted verbatim and checked by
rules. Research and development software, not a medical device: verify independently before any
clinical use.
"""


def create_app(
    settings: ServiceSettings,
    *,
    engine_of: Callable[[Index], QueryEngine] | None = None,
    together: Path | None = None,
    prepare: Callable[[Shared], None] | None = None,
) -> FastAPI:
    """Return the ASGI application of a service.

    The index is opened when the application starts; `/readyz` says when questions are answered.

    Args:
        settings: What the service is made of.
        engine_of: Makes the engine of an opened index; by default as the settings say.
        together: Folder that all workers of the service share; None where there is one.
        prepare: Done once the index is open, before the first request.

    Raises:
        InputError: A file that the settings name cannot be read.
    """
    shared = Shared(settings, engine_of, together=together)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        del app
        # A thread for everybody who may be inside, and some to say how the service is.
        to_thread.current_default_thread_limiter().total_tokens = settings.limits.crowd + 8
        await _look(shared)  # where it fails, the watch tries again
        if prepare is not None:
            await run_in_threadpool(prepare, shared)
        watch = asyncio.create_task(_watch(shared, settings.reload_s))
        yield
        watch.cancel()
        await run_in_threadpool(shared.desk.close)

    app = FastAPI(
        title="medrag",
        version=version("medrag"),
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry=_UNTOLD,
    )
    app.state.shared = shared
    app.router.routes.extend(answers.quick.routes)  # first, and not as a router of their own
    for part in (health, answers, reviews, hooks, pages, shards):
        app.include_router(part.router)
    add_problems(app, problem_page)
    if shared.callers.is_open:
        _describe_as_open(app)
    app.add_middleware(Measured)
    app.add_middleware(
        Shell,
        limits=settings.limits,
        is_open=shared.callers.is_open,
    )
    return app


def _describe_as_open(app: FastAPI) -> None:
    """Leave tokens out of the OpenAPI document of a service that asks for none."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        document.get("components", {}).pop("securitySchemes", None)
        for operations in document["paths"].values():
            for operation in operations.values():
                operation.pop("security", None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


async def _watch(shared: Shared, every_s: float) -> None:
    """Look for a new generation of the index again and again, less often while it fails."""
    wait_s = every_s
    while every_s > 0:
        await asyncio.sleep(wait_s)
        wait_s = every_s if await _look(shared) else min(2 * wait_s, max(every_s, _LONGEST_WAIT_S))


async def _look(shared: Shared) -> bool:
    """Open a newer generation where there is one; return whether all is well."""
    try:
        if await run_in_threadpool(shared.desk.refresh):
            _log.info("index", extra={"generation": shared.desk.generation})
    except (MedragError, OSError) as error:
        # The message of an error of medrag names files and versions, never what was asked.
        detail = str(error) if isinstance(error, MedragError) else error.strerror
        _log.warning("index", extra={"error": type(error).__name__, "detail": detail})
        return False
    return True
