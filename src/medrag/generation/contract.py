"""The answer contract: one JSON object, strictly read.

```json
{"status": "answered", "claims": [{"quotes": [{"p": 1, "t": "words of passage 1"}],
                                   "claim": "one statement"}]}
{"status": "insufficient", "claims": [], "missing": "what the passages do not say"}
```

Quotations come before the claim that they support, so that a model states what it has just
copied instead of looking for support for what it has just said. Nothing is repaired: a reply
that breaks the contract is an error, and the raw reply stays in the completion for audit.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from medrag.core.answer import DraftAnswer, DraftClaim, Quote
from medrag.core.prompt import Completion, Prompt
from medrag.errors import DraftParseError
from medrag.generation.shown import source_words

_SPACE = " \t\r\n"
_FENCES = ("```json\n", "```\n")


def parse(completion: Completion, prompt: Prompt) -> DraftAnswer:
    """Return the draft that a reply states; nothing in it is verified.

    White space around the object and one Markdown fence around the whole of it are allowed.
    A reply that was cut (`finish_reason="length"`) keeps its complete claims. A claim without
    quotations parses; the gate will call it unsupported.

    Raises:
        DraftParseError: The reply is not the contract's object: not JSON, a key is missing,
            unknown or double, a value has another type, a passage number does not exist, or a
            cut reply holds no complete claim. The message never holds words of the reply.
    """
    text = _unfenced(completion.text)
    if completion.finish_reason == "length":
        return _cut(text, completion, prompt)
    try:
        reply = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DraftParseError(
            f"The reply is not JSON: {error.msg} at character {error.pos} of {len(text)}. "
            "Expected one object with status and claims."
        ) from error
    except RecursionError as error:
        raise DraftParseError("The reply nests too deeply. Expected status and claims.") from error
    return _draft(reply, completion, prompt)


def _unfenced(text: str) -> str:
    text = text.strip(_SPACE)
    for fence in _FENCES:
        if text.startswith(fence):
            return text.removeprefix(fence).removesuffix("```").strip(_SPACE)
    return text


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        _refuse("an object holds a key twice", "each key once")
    return fields


def _no_constant(name: str) -> NoReturn:
    _refuse(f"the number {name}", "JSON numbers only")


def _refuse(found: str, expected: str) -> NoReturn:
    raise DraftParseError(f"The reply breaks the answer contract: {found}; expected {expected}.")


def _draft(reply: Any, completion: Completion, prompt: Prompt) -> DraftAnswer:
    status = reply.get("status") if isinstance(reply, dict) else None
    if status == "insufficient":
        fields = _fields(reply, ("status", "claims", "missing"), "the reply")
        if fields["claims"] != []:
            _refuse("an insufficient reply with claims", '"claims": []')
        missing = _text(fields["missing"], "missing")
        return DraftAnswer(status="insufficient", missing=missing, completion=completion)
    if status != "answered":
        _refuse("no known status", 'an object with "status": "answered" or "insufficient"')
    claims = _fields(reply, ("status", "claims"), "the reply")["claims"]
    if not isinstance(claims, list) or not claims:
        _refuse("no list of claims", "at least one claim")
    drafts = tuple(_claim(claim, number, prompt) for number, claim in enumerate(claims, start=1))
    return DraftAnswer(status="answered", claims=drafts, completion=completion)


def _claim(claim: Any, number: int, prompt: Prompt) -> DraftClaim:
    fields = _fields(claim, ("quotes", "claim"), f"claim {number}")
    if not isinstance(fields["quotes"], list):
        _refuse(f"quotes of claim {number} that are no list", 'a list of {"p", "t"}')
    quotes = tuple(_quote(quote, number, prompt) for quote in fields["quotes"])
    return DraftClaim(text=_text(fields["claim"], f"claim {number}"), quotes=quotes)


def _quote(quote: Any, number: int, prompt: Prompt) -> Quote:
    fields = _fields(quote, ("p", "t"), f"a quotation of claim {number}")
    place = fields["p"]
    if isinstance(place, bool) or not isinstance(place, int):
        _refuse(f"a passage number of claim {number} that is no integer", "an integer")
    if not 1 <= place <= len(prompt.hits):
        _refuse(f"passage number {place} in claim {number}", f"1 to {len(prompt.hits)}")
    passage = prompt.hits[place - 1].passage
    words = _text(fields["t"], f"a quotation of claim {number}")
    return Quote(passage_id=passage.id, text=source_words(words, passage))


def _fields(value: Any, keys: tuple[str, ...], name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(f"{name} is no object", f"an object with {', '.join(keys)}")
    missing = [key for key in keys if key not in value]
    if missing or len(value) != len(keys):
        found = f"missing {', '.join(missing)}" if missing else f"{len(value)} keys"
        _refuse(f"{name} has {found}", f"exactly {', '.join(keys)}")
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        _refuse(f"the text of {name} is blank or no text", "words")
    if any("\ud800" <= char <= "\udfff" for char in value):
        _refuse(f"the text of {name} holds half a character", "whole Unicode characters")
    return value


def _cut(text: str, completion: Completion, prompt: Prompt) -> DraftAnswer:
    """Read the complete claims at the start of a reply that ended early."""
    decoder = json.JSONDecoder(object_pairs_hook=_no_twins, parse_constant=_no_constant)
    at = _skip(text, 0, ("{", '"status"', ":", '"answered"', ",", '"claims"', ":", "["))
    claims: list[DraftClaim] = []
    while at is not None:
        try:
            claim, end = decoder.raw_decode(text, _past_space(text, at))
        except json.JSONDecodeError:
            break
        claims.append(_claim(claim, len(claims) + 1, prompt))
        at = _skip(text, end, (",",))
    if not claims:
        raise DraftParseError(
            "The reply was cut before its first claim was complete. "
            "Expected room for at least one: allow a longer reply."
        )
    return DraftAnswer(status="answered", claims=tuple(claims), completion=completion)


def _past_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _skip(text: str, at: int, marks: tuple[str, ...]) -> int | None:
    """Return the offset after these marks, white space allowed before each, or None."""
    for mark in marks:
        at = _past_space(text, at)
        if not text.startswith(mark, at):
            return None
        at += len(mark)
    return at
