"""What it means that a server refuses or says nothing; its own words are read, never repeated."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import httpx

from medrag.errors import BackendError, InputError, MedragError
from medrag.generation.room import says_too_long


class ServerError(BackendError):
    """A server failed.

    Attributes:
        status: The HTTP status of its answer; None where there was none.
        is_down: Whether it could not be reached, or broke off, before it said anything.
    """

    def __init__(self, message: str, *, status: int | None = None, is_down: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.is_down = is_down

    @property
    def may_ask_another(self) -> bool:
        """Whether another server of the same model may answer: nothing was said, by this one."""
        return self.is_down or self.status in BUSY


BUSY = frozenset({429, 500, 502, 503, 504})
"""What a server says that is busy or failing."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that brought nothing.

    Attributes:
        error: What to raise if it stays the last.
        pause_s: The least pause before the server is asked again; None where that is no use.
        cause: What was raised beneath.
    """

    error: MedragError
    pause_s: float | None = None
    cause: Exception | None = None


def meaning(where: str, status: int, words: str) -> MedragError:
    """Return the error that a refusal means.

    Args:
        where: The server's address, to be shown.
        status: The HTTP status.
        words: What the server says of the reason, in lower case.
    """
    if status in {401, 403}:
        return ServerError(
            f"{where} refuses the token (HTTP {status}). Set MEDRAG_LLM_TOKEN, or "
            "MEDRAG_LLM_TOKEN_FILE to a file that holds it.",
            status=status,
        )
    if status == 413 or says_too_long(words):
        return InputError(
            "The prompt does not fit the server's context. Give fewer passages or a shorter "
            "reply, or start the server with a longer context."
        )
    if status == 404 and "model" in words:
        return InputError(f"{where} does not have the model. Give one that it lists.")
    return ServerError(f"{where} {_found(status)} (HTTP {status}).", status=status)


def _found(status: int) -> str:
    if 300 <= status < 400:
        return "points to another address, which is not followed. Give the final address"
    if status in {404, 405}:
        return "has no chat completions. Give the address of an OpenAI-compatible API"
    if status == 429:
        return "is busy after all retries. Ask again later"
    if status < 500:
        return "refuses the request. See the server's log"
    return "failed. See the server's log"


def silence(where: str, cause: Exception | None, *, timed_out: bool) -> Failure:
    """Return what it means that a server said nothing at all.

    Args:
        where: The server's address, to be shown.
        cause: What was raised; None where the server ended the connection in order.
        timed_out: Whether it was given up.
    """
    pause_s: float | None = None
    if timed_out or isinstance(cause, httpx.ReadTimeout):
        found = "said nothing in time. Give it longer, or see its log"
    elif _is_of_certificates(cause):
        found = (
            "shows a certificate that is not trusted. Give its authority's certificates in "
            "MEDRAG_LLM_CA_FILE"
        )
    elif isinstance(cause, (httpx.ConnectError, httpx.ConnectTimeout)):
        found, pause_s = "is not reachable. Start the server, or check its address", 0.0
    else:
        found, pause_s = "broke off before it said anything. See the server's log", 0.0
    is_down = pause_s is not None
    return Failure(ServerError(f"{where} {found}.", is_down=is_down), pause_s, cause)


def _is_of_certificates(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
