"""One worker process: the application as uvicorn starts it."""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path

from fastapi import FastAPI

import medrag
from medrag.checker import check
from medrag.errors import MedragError
from medrag.review.scope import scope
from medrag.service.app import create_app
from medrag.service.measures import JsonLines
from medrag.service.own_core import keep_to_own_core
from medrag.service.settings import ServiceSettings
from medrag.service.state import Shared

SETTINGS = "MEDRAG_SERVICE"
"""The environment variable in which a worker finds its settings, as JSON."""
TOGETHER = "MEDRAG_SERVICE_TOGETHER"
"""The environment variable that names the folder which all workers share; absent with one."""
OWN_CORE = "MEDRAG_SERVICE_OWN_CORE"
"""The environment variable that is set where each worker may keep to a core."""

_ANY_TEXT = "Give aspirin 81 mg once daily."
_SWITCH_S = 0.001
"""How long a thread computes while others wait (ADR 0226)."""


def application() -> FastAPI:
    """Return the application of this worker.

    Raises:
        KeyError: Nobody gave it settings: start it with `medrag serve`.
    """
    write_logs()
    sys.setswitchinterval(_SWITCH_S)
    folder = os.environ.get(TOGETHER)
    together = Path(folder) if folder else None
    settings = ServiceSettings.model_validate_json(os.environ[SETTINGS])
    app = create_app(settings, together=together, prepare=prepare)
    if together and os.environ.get(OWN_CORE) and app.state.shared.computes_answers:
        keep_to_own_core(together)  # a language model in this process may want every core
    return app


def prepare(shared: Shared) -> None:
    """Read every table before the first request, and keep the garbage collector off them.

    Some 150,000 objects live as long as the process. Going through them again and again stops
    every thread for 70 ms each time (ADR 0255).
    """
    for part in (check, scope, medrag.deidentify):
        part(_ANY_TEXT)
    try:
        with shared.desk.lease() as opened:
            opened.quoting.query(_ANY_TEXT)  # nobody asked: it is not recorded as an answer
    except MedragError:
        pass  # there is no index yet; /readyz says so
    gc.collect()
    gc.freeze()


def write_logs() -> None:
    """Write every log as JSON lines to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # What no line tells is not looked up either (see "Optimization" in the manual of logging).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    # httpx would log addresses with their queries.
    logging.getLogger("httpx").setLevel(logging.WARNING)
