"""The answer contract: one JSON object, strictly read.

```json
{"status": "answered", "claims": [{"quotes": [{"p": 1, "t": "words of passage 1"}],
                                   "claim": "one statement"}]}
{"status": "insufficient", "claims": [], "missing": "what the passages do not say"}
```

In pointer mode a quotation is the id of a sentence, `"1.3"`, and its words are copied here; in
words mode it is the id with words of that sentence, `{"s": "1.3", "t": "some words"}`.

Quotations come before the claim that they support, so that a model states what it has just
copied instead of looking for support for what it has just said. Nothing is repaired: a reply
that breaks the contract is an error, and the raw reply stays in the completion for audit. A
claim is the words that a reader sees of it, without controls and invisible characters; one
without any says nothing and is none, and so is one of thousands of characters: no decoder that is
held, and nobody who answers, writes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from medrag.core.answer import DraftAnswer, DraftClaim, Quote
from medrag.core.document import Passage
from medrag.core.prompt import Completion, Prompt
from medrag.errors import DraftParseError
from medrag.generation.shown import (
    Quotable,
    quotables,
    quoted_parts,
    source_quotes,
    visible,
    words_quotes,
)

_SPACE = " \t\r\n"
_FENCES = ("```json\n", "```\n")
_OPENING = ("{", '"status"', ":", '"answered"', ",", '"claims"', ":", "[")
MOST_CLAIMS, MOST_QUOTES = 64, 16
"""Of one reply, and of one claim; far above what any grammar allows."""
MOST_CHARS = 2_000
"""Of a claim, and of what is missing."""
_MOST_PENDING = 16_384
"""Characters of a claim that is not yet complete, while a reply comes in."""
_ID = re.compile(r"([1-9]\d{0,3})\.([1-9]\d{0,4})")


def parse(completion: Completion, prompt: Prompt) -> DraftAnswer:
    """Return the draft that a reply states; nothing in it is verified.

    White space around the object and one Markdown fence around the whole of it are allowed.
    A reply that was cut (by length, time or the caller) keeps its complete claims. A claim without
    quotations parses; the gate will call it unsupported.

    Raises:
        DraftParseError: The reply is not the contract's object: not JSON, a key is missing,
            unknown or double, a value has another type, a passage or sentence number does not
            exist, or a cut reply holds no complete claim. The message never holds words of the
            reply.
    """
    if completion.is_cut:
        return _cut(completion, prompt)
    return _draft(read_object(completion.text), completion, prompt)


def read_object(text: str) -> Any:
    """Return the JSON value of a whole reply, strictly read.

    Raises:
        DraftParseError: It is not JSON, or an object holds a key twice.
    """
    text = _unfenced(text)
    try:
        return json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DraftParseError(
            f"The reply is not JSON: {error.msg} at character {error.pos} of {len(text)}. "
            "Expected one object with status and claims."
        ) from error
    except (ValueError, RecursionError) as error:  # thousands of digits, or of brackets
        raise DraftParseError(
            "The reply holds a number or a nesting without end. Expected status and claims."
        ) from error


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
        missing = _said(fields["missing"], "missing") or None
        return DraftAnswer(status="insufficient", missing=missing, completion=completion)
    if status != "answered":
        _refuse("no known status", 'an object with "status": "answered" or "insufficient"')
    claims = _fields(reply, ("status", "claims"), "the reply")["claims"]
    if not isinstance(claims, list) or not claims:
        _refuse("no list of claims", "at least one claim")
    if len(claims) > MOST_CLAIMS:
        _refuse(f"{len(claims)} claims", f"at most {MOST_CLAIMS}")
    drafts = [_claim(claim, number, prompt) for number, claim in enumerate(claims, start=1)]
    said = tuple(draft for draft in drafts if draft.text)
    return DraftAnswer(status="answered", claims=said, completion=completion)


def _claim(claim: Any, number: int, prompt: Prompt) -> DraftClaim:
    fields = _fields(claim, ("quotes", "claim"), f"claim {number}")
    if not isinstance(fields["quotes"], list):
        _refuse(f"quotes of claim {number} that are no list", 'a list of {"p", "t"}')
    if len(fields["quotes"]) > MOST_QUOTES:
        _refuse(f"{len(fields['quotes'])} quotations in claim {number}", f"at most {MOST_QUOTES}")
    read = _READERS[prompt.mode]
    quotes = tuple(part for quote in fields["quotes"] for part in read(quote, number, prompt))
    said = _said(fields["claim"], f"claim {number}")
    return DraftClaim(text=said, quotes=tuple(dict.fromkeys(quotes)))


def _copied(quote: Any, number: int, prompt: Prompt) -> tuple[Quote, ...]:
    """Return what a passage number with words quotes."""
    fields = _fields(quote, ("p", "t"), f"a quotation of claim {number}")
    place = fields["p"]
    if isinstance(place, bool) or not isinstance(place, int):
        _refuse(f"a passage number of claim {number} that is no integer", "an integer")
    if not 1 <= place <= len(prompt.hits):
        _refuse(f"passage number {place} in claim {number}", f"1 to {len(prompt.hits)}")
    said = _text(fields["t"], f"a quotation of claim {number}")
    if not said.strip():
        _refuse(f"a blank quotation of claim {number}", "words of the passage")
    passage = prompt.hits[place - 1].passage
    if len(said) > 2 * len(passage.text) + MOST_CHARS:
        _refuse(f"a quotation in claim {number} that is longer than its passage", "its words")
    return source_quotes(said, passage)


def _pointed(quote: Any, number: int, prompt: Prompt) -> tuple[Quote, ...]:
    """Return what the id of a sentence quotes."""
    return quoted_parts(*_statement(quote, number, prompt))


def _worded(quote: Any, number: int, prompt: Prompt) -> tuple[Quote, ...]:
    """Return what the id of a sentence with some of its words quotes."""
    fields = _fields(quote, ("s", "t"), f"a quotation of claim {number}")
    said = _text(fields["t"], f"a quotation of claim {number}")
    if not said.strip():
        _refuse(f"a blank quotation of claim {number}", "words of the sentence")
    if len(said) > _MOST_PENDING:
        _refuse(f"a quotation in claim {number} that is longer than any sentence", "its words")
    return words_quotes(said, *_statement(fields["s"], number, prompt))


_READERS = {"quote": _copied, "pointer": _pointed, "words": _worded}


def _statement(pointer: Any, number: int, prompt: Prompt) -> tuple[Quotable, Passage]:
    """Return what an id points at."""
    found = _ID.fullmatch(pointer) if isinstance(pointer, str) else None
    if found is None:
        _refuse(f"a quotation of claim {number} that is no id", 'a passage and sentence: "1.3"')
    place, sentence = int(found[1]), int(found[2])
    if place > len(prompt.hits):
        _refuse(f"passage number {place} in claim {number}", f"1 to {len(prompt.hits)}")
    passage = prompt.hits[place - 1].passage
    known = quotables(passage)
    if sentence > len(known):
        _refuse(f"sentence {place}.{sentence} in claim {number}", f"at most {place}.{len(known)}")
    return known[sentence - 1], passage


def _fields(value: Any, keys: tuple[str, ...], name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(f"{name} is no object", f"an object with {', '.join(keys)}")
    missing = [key for key in keys if key not in value]
    if missing or len(value) != len(keys):
        found = f"missing {', '.join(missing)}" if missing else f"{len(value)} keys"
        _refuse(f"{name} has {found}", f"exactly {', '.join(keys)}")
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        _refuse(f"the text of {name} is no text", "words")
    if any("\ud800" <= char <= "\udfff" for char in value):
        _refuse(f"the text of {name} holds half a character", "whole Unicode characters")
    return value


def _said(value: Any, name: str) -> str:
    """Return a text as a reader sees it; nothing where it is longer than any statement."""
    text = _text(value, name)
    return visible(text) if len(text) <= MOST_CHARS else ""


def _cut(completion: Completion, prompt: Prompt) -> DraftAnswer:
    """Read the complete claims at the start of a reply that ended early."""
    claims = tuple(ClaimReader(prompt).read(completion.text))
    if not claims:
        raise DraftParseError(
            "The reply was cut before its first claim was complete. "
            "Expected room for at least one: allow a longer reply."
        )
    return DraftAnswer(status="answered", claims=claims, completion=completion)


class ClaimReader:
    """Reads the claims of a reply as they become complete; none of them is verified.

    A reply that breaks the contract has no further claims: `parse` says what is wrong with it.
    """

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._values = ClaimValues()
        self._count = 0
        self._broken = False

    def feed(self, piece: str) -> list[DraftClaim]:
        """Return the claims that `piece`, the next words of the reply, completes."""
        if self._broken:
            return []
        try:
            read = list(self.read(piece))
        except DraftParseError:
            self._broken = True
            return []
        self._broken = self._values.pending > _MOST_PENDING or self._count >= MOST_CLAIMS
        return read

    def read(self, piece: str) -> Iterator[DraftClaim]:
        """Yield what `feed` returns.

        Raises:
            DraftParseError: A claim breaks the contract.
        """
        for value in self._values.feed(piece):
            self._count += 1
            claim = _claim(value, self._count, self._prompt)
            if claim.text:
                yield claim


class ClaimValues:
    """The JSON values in the list of claims of a reply, as they become complete.

    Attributes:
        opened: Whether the reply began as one with claims does.
    """

    def __init__(self) -> None:
        self.opened = False
        self._text = ""
        self._end = 0  # of the last value, or of the opening
        self._first = True

    def feed(self, piece: str) -> Iterator[Any]:
        """Yield the values that `piece`, the next words of the reply, completes."""
        self._text += piece
        decoder = json.JSONDecoder(object_pairs_hook=_no_twins, parse_constant=_no_constant)
        while (at := self._next()) is not None and "}" in piece:
            try:
                value, self._end = decoder.raw_decode(self._text, _past_space(self._text, at))
            except json.JSONDecodeError:
                return  # not yet complete
            except (ValueError, RecursionError) as error:
                raise DraftParseError(
                    "The reply holds a number or a nesting without end. Expected claims."
                ) from error
            self._first = False
            yield value

    @property
    def pending(self) -> int:
        """Characters since the last complete value."""
        return len(self._text) - self._end

    def _next(self) -> int | None:
        """Return where the next value begins, or None where it is not there yet."""
        if not self.opened:
            found = _skip(self._text, _fence_end(self._text), _OPENING)
            if found is None:
                return None
            self.opened, self._end = True, found
        return self._end if self._first else _skip(self._text, self._end, (",",))


def _fence_end(text: str) -> int:
    start = _past_space(text, 0)
    return next((start + len(f) for f in _FENCES if text.startswith(f, start)), start)


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
