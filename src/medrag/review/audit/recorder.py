"""Write answers to the audit log, with as much of their content as policy allows.

The content is the whole answer as JSON: question, patient facts, passages, raw replies. It
stands in the record in clear where all of it was de-identified, or sealed with a key that the
log's readers need not have.
"""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from medrag.config import Settings
from medrag.core.answer import CheckedAnswer
from medrag.core.trace import TracedAnswer
from medrag.errors import AuditError, InputError
from medrag.review.audit.log import AuditLog
from medrag.review.audit.records import answer_record
from medrag.review.audit.verification import records_of
from medrag.sealing import KeyRing, Sealed

ContentPolicy = Literal["none", "deidentified", "encrypted"]
"""What of an answer's content stands in its record."""

_SHORTEST = 8


class Recorder:
    """Writes every answer to one log before anybody sees it.

    Args:
        log: Where to.
        content: `none` keeps ids, versions, hashes and timings; `deidentified` also the answer,
            refused where nothing took the identifiers out; `encrypted` the answer sealed with
            the newest of `keys`.
        keys: For `encrypted`.

    Raises:
        InputError: Keys are missing, or given for nothing.
    """

    def __init__(
        self, log: AuditLog, *, content: ContentPolicy = "none", keys: KeyRing | None = None
    ) -> None:
        if (content == "encrypted") != (keys is not None):
            raise InputError(
                "The audit log's content is sealed with a key, and with none otherwise: give "
                "content='encrypted' and keys together."
            )
        self._log = log
        self._content = content
        self._keys = keys

    def record(self, traced: TracedAnswer, settings: Settings) -> str:
        """Write one answer; return the id of its record once it is on the disk.

        Raises:
            InputError: Content was asked for in clear, and nobody looked for identifiers.
            AuditError: The log cannot be written; nothing was recorded.
        """
        id_ = uuid.uuid4().hex
        body = answer_record(traced, settings.model_dump(mode="json"))
        body |= self._kept(traced, id_)
        return self._log.append("answer", body, id=id_)

    def _kept(self, traced: TracedAnswer, id_: str) -> dict[str, Any]:
        """Return what of the content goes into the record, by policy."""
        if self._content == "none":
            return {}
        if self._keys is not None:
            text = zlib.compress(_json(traced.answer))
            return {"sealed": self._keys.seal(text, _context(id_)).model_dump()}
        if traced.trace.identifiers is None:
            raise InputError(
                "The log is to hold answers in clear, and the settings do not take identifiers "
                "out. Set deidentify = true, or seal the content with a key."
            )
        return {"content": traced.answer.model_dump(mode="json")}


def find_answer(log: Path, id_: str) -> dict[str, Any]:
    """Return the newest `answer` record with this id, or of the answer with this digest.

    Args:
        log: The folder of the log; it is not verified here.
        id_: A record's id or an answer's digest, or the first 8 or more digits of one.

    Raises:
        InputError: There is none, or the beginning is of several answers.
    """
    found = [
        record
        for record in records_of(log)
        if record["kind"] == "answer"
        if isinstance(record["body"].get("answer"), str) and _is_meant(record, id_)
    ]
    if not found:
        raise InputError(f"{log}: no answer {id_!r}. `medrag audit show {log}` lists the records.")
    if len({record["body"]["answer"] for record in found}) > 1:
        raise InputError(f"{log}: {id_!r} begins the ids of {len(found)} answers. Give more of it.")
    return found[-1]


def _is_meant(record: Mapping[str, Any], id_: str) -> bool:
    names = (record["id"], record["body"]["answer"])
    return id_ in names or (len(id_) >= _SHORTEST and any(n.startswith(id_) for n in names))


def content_of(record: Mapping[str, Any], keys: KeyRing | None = None) -> CheckedAnswer | None:
    """Return the answer that a record holds; None where it holds no content.

    Args:
        record: As `find_answer` returns it.
        keys: For what is sealed.

    Raises:
        InputError: It is sealed, and the keys are missing or do not open it.
        AuditError: What it holds is no answer, or not the one whose digest it states.
    """
    body = record["body"]
    if "sealed" in body:
        sealed = _sealed(body["sealed"])
        if keys is None:
            raise InputError(f"The answer is sealed with key {sealed.key}. Give that key.")
        text = zlib.decompress(keys.open(sealed, _context(record["id"])))
    elif "content" in body:
        text = json.dumps(body["content"]).encode()
    else:
        return None
    try:
        answer = CheckedAnswer.model_validate_json(text)
    except ValidationError as error:
        raise AuditError(f"Record {record['id']} holds no answer of this version.") from error
    if answer.digest != body["answer"]:
        raise AuditError(f"Record {record['id']} holds another answer than it states.")
    return answer


def _json(answer: CheckedAnswer) -> bytes:
    """Return an answer as ASCII: half a character of a document has no other form."""
    return json.dumps(answer.model_dump(mode="json")).encode()


def _sealed(fields: object) -> Sealed:
    try:
        return Sealed.model_validate(fields)
    except ValidationError as error:
        raise AuditError("The record holds no sealed answer. Run medrag audit verify.") from error


def _context(id_: str) -> str:
    return f"audit record {id_}"
