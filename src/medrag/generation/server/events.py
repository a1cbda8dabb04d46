"""What a chat server streams, read without trusting it: bytes to events to pieces of a reply.

Cut at bytes, because a chunk of the network may end inside a character, inside a line or inside
a line's end; and at the line ends of the protocol only: `str.splitlines` would also cut at
U+2028 and U+0085, which may stand in the JSON of an event.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from medrag.errors import BackendError

_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")  # a last \r may be half of a \r\n
_LONGEST_LINE = 1 << 20
_DONE = "[DONE]"
_ENDED = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",  # TGI
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
}
"""What servers call the two ends of a reply that is a reply."""
_KNOWN_ENDS = frozenset({"content_filter", "tool_calls", "function_call", "abort"})
"""Other ends that may be shown; any other word may hold anything."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the server counts them; None where it does not."""

    prompt: int | None = None
    completion: int | None = None
    thinking: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One event of a reply.

    Attributes:
        text, thinking: What it adds to the answer and to the trace; often empty.
        ended: `stop` or `length` where the reply ends here; another known word, or `unknown`,
            where it ends for another reason.
        usage: Of the whole reply, where this event holds it.
    """

    text: str = ""
    thinking: str = ""
    ended: str | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """An event that reports an error instead of a piece.

    Attributes:
        status: The HTTP status that the server names in it; 500 where it names none.
        words: What it says, for telling errors apart; never shown.
    """

    status: int
    words: str


def events(chunks: Iterable[bytes], *, most_bytes: int) -> Iterator[str]:
    """Yield the data of each server-sent event, up to `[DONE]` or the end.

    An event that the end of the stream cuts is dropped, as the protocol wants.

    Raises:
        BackendError: More than `most_bytes` came, a line is longer than 1 MiB, or it is not
            UTF-8.
    """
    data: list[bytes] = []
    for line in _lines(chunks, most_bytes):
        if line:
            data += _data(line)
        elif data:
            text, data = _decoded(b"\n".join(data)), []
            if text.strip() == _DONE:
                return
            yield text


def _lines(chunks: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """Yield the lines of a stream without their ends; the last one only where it has an end."""
    parts: list[bytes] = []  # of a line without end: joined once, or drops of it cost the square
    taken = length = 0
    for chunk in chunks:
        taken += len(chunk)
        length += len(chunk)
        if taken > most_bytes or length > _LONGEST_LINE + len(chunk):
            _refuse("more than was asked for")
        parts.append(chunk)
        if b"\n" in chunk or b"\r" in chunk or parts[0].endswith(b"\r"):
            *lines, rest = _LINE_END.split(b"".join(parts))
            parts, length = [rest], len(rest)
            yield from lines


def _data(line: bytes) -> list[bytes]:
    """Return what a line adds to an event: comments and other fields add nothing."""
    field, _, value = line.partition(b":")
    # llama.cpp has reported errors in a field of that name.
    return [value.removeprefix(b" ")] if field in {b"data", b"error"} else []


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        _refuse("an event that is not UTF-8")


def whole(chunks: Iterable[bytes], *, most_bytes: int) -> str:
    """Return a body that comes at once.

    Raises:
        BackendError: It is longer than `most_bytes`, or not UTF-8.
    """
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most_bytes:
            _refuse("more than was asked for")
    return _decoded(bytes(body))


def object_of(text: str) -> dict[str, Any]:
    """Return the JSON object that `text` is.

    Raises:
        BackendError: It is not JSON, or no object, or nests too deeply.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        _refuse("something that is not JSON")
    if not isinstance(value, dict):
        _refuse("JSON that is no object")
    return value


def piece_of(event: dict[str, Any]) -> Piece | Reported:
    """Return what one event, or one whole completion, says.

    Raises:
        BackendError: It is no part of a chat completion.
    """
    if "choices" not in event and ("error" in event or "message" in event):
        return _reported(event)
    choices = event.get("choices", [])
    if not isinstance(choices, list):
        _refuse("something that is no completion")
    usage = _usage(event.get("usage"))
    chosen = [choice for choice in choices if _index(choice) == 0]
    if not chosen:
        return Piece(usage=usage)
    choice = chosen[0]
    said = choice.get("delta", choice.get("message"))
    if said is None and choice.get("finish_reason"):
        said = {}
    if not isinstance(said, dict):
        _refuse("something that is no completion")
    reason = choice.get("finish_reason")
    named = isinstance(reason, str) and reason
    ended = _ENDED.get(reason, _known(reason)) if named else None
    if said.get("refusal"):
        ended = "refusal"
    thinking = said.get("reasoning_content") or said.get("reasoning")
    return Piece(
        text=_text(said.get("content")), thinking=_text(thinking), ended=ended, usage=usage
    )


def _index(choice: Any) -> int:
    if not isinstance(choice, dict):
        _refuse("something that is no completion")
    index = choice.get("index")
    return index if isinstance(index, int) else 0


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        _refuse("a reply that is no text")
    return value


def _known(word: str) -> str:
    return word if word in _KNOWN_ENDS else "unknown"


def _usage(told: Any) -> Usage | None:
    if not isinstance(told, dict):
        return None
    details = told.get("completion_tokens_details")
    thinking = details.get("reasoning_tokens") if isinstance(details, dict) else None
    counts = (told.get("prompt_tokens"), told.get("completion_tokens"), thinking)
    return Usage(*(n if isinstance(n, int) and 0 <= n < 1 << 31 else None for n in counts))


def _reported(event: dict[str, Any]) -> Reported:
    error = event.get("error")
    fields = error if isinstance(error, dict) else event
    code = fields.get("code", fields.get("http_status_code"))
    status = code if isinstance(code, int) and 400 <= code < 600 else 500
    return Reported(status, words_of(json.dumps(event)))


def words_of(body: str) -> str:
    """Return what the body of a refusal says of its reason, in lower case; never to be shown.

    Only the fields made for it, and their beginning: some servers echo the whole request.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = event.get("error", event) if isinstance(event, dict) else {}
    fields = error if isinstance(error, dict) else {"message": error}
    told = (fields.get(name) for name in ("message", "type", "code", "error_type"))
    return " ".join(word[:400].lower() for word in told if isinstance(word, str))


def _refuse(found: str) -> NoReturn:
    raise BackendError(
        f"The server answered {found}; expected a chat completion. Is it OpenAI-compatible?"
    )


class WholeCharacters:
    r"""Joins characters that a server cut in two: halves of a pair in JSON escapes (`\ud83d`).

    A half that stays alone becomes U+FFFD, which stands in no passage.
    """

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """Return what is whole so far."""
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return _paired(text)

    def end(self) -> str:
        """Return what is left."""
        rest, self._half = self._half, ""
        return _paired(rest)


def _paired(text: str) -> str:
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
