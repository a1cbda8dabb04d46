"""An answer as the command line writes it: its fields, with its digest beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medrag.errors import InputError

if TYPE_CHECKING:
    from medrag.core.answer import CheckedAnswer


def fields_of(answer: CheckedAnswer) -> dict[str, Any]:
    """Return the JSON object of an answer."""
    return {"digest": answer.digest, **answer.model_dump(mode="json")}


def read_answer(found: object, wrong: str) -> CheckedAnswer:
    """Return the answer in a JSON value; its digest, where it stands there, is computed anew.

    Args:
        found: As `fields_of` or a folder of reviews wrote it.
        wrong: What to say where it is no answer.

    Raises:
        InputError: It is none.
    """
    from pydantic import ValidationError

    from medrag.core.answer import CheckedAnswer

    if isinstance(found, dict):
        found = {key: value for key, value in found.items() if key != "digest"}
    try:
        return CheckedAnswer.model_validate(found)
    except ValidationError as error:
        raise InputError(wrong) from error
