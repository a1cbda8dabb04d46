"""One worker process: the application as uvicorn starts it."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from fastapi import FastAPI

from medrag.service.app import create_app
from medrag.service.measures import JsonLines
from medrag.service.settings import ServiceSettings

SETTINGS = "MEDRAG_SERVICE"
"""The environment variable in which a worker finds its settings, as JSON."""
TOGETHER = "MEDRAG_SERVICE_TOGETHER"
"""The environment variable that names the folder which all workers share; absent with one."""

_SWITCH_S = 0.001
"""How long a thread computes while others wait (ADR 0226)."""


def application() -> FastAPI:
    """Return the application of this worker.

    Raises:
        KeyError: Nobody gave it settings: start it with `medrag serve`.
    """
    write_logs()
    sys.setswitchinterval(_SWITCH_S)
    together = os.environ.get(TOGETHER)
    return create_app(
        ServiceSettings.model_validate_json(os.environ[SETTINGS]),
        together=Path(together) if together else None,
    )


def write_logs() -> None:
    """Write every log as JSON lines to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    # httpx would log addresses with their queries.
    logging.getLogger("httpx").setLevel(logging.WARNING)
