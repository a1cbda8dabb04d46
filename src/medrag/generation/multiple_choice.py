"""Multiple-choice questions: the prompt, the constraint of its reply, and reading that reply.

Not a way to answer clinicians: it measures what a model knows, with passages and without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from string import Template
from typing import Any

from medrag.core.prompt import Decoding, Message, Prompt
from medrag.core.protocols import LLM
from medrag.core.query import Hit
from medrag.errors import InputError
from medrag.generation.dialects import GBNF_THINKING, LARK_THINKING
from medrag.generation.frame import Frame
from medrag.generation.shown import inert
from medrag.generation.templates import load_template
from medrag.generation.thinking import split_thinking

CHOICE = "choice-v1"
_KEY = re.compile(r"[A-Za-z0-9]{1,3}")
_NAMED = r"(?:choice|answer(?:_choice)?|option)"
_FIELD = re.compile(rf'"{_NAMED}"\s*:\s*"?\(?(\w+)\b', re.IGNORECASE)
_SENTENCE = re.compile(
    rf"\b{_NAMED}\b(?:\s+(?:is|would be|should be)\b|\s*:)\s*:?\s*"
    r"\**\(?([A-Za-z0-9]{1,3})\b(?!['\u2019])",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"\s*\**\(?([A-Za-z0-9]{1,3})(?:\)|[.:]|\**\s*$)")


@dataclass(frozen=True, slots=True)
class ChoiceGrammar:
    """The one object that a reply may be: `{"choice":"B"}`.

    Attributes:
        keys: Of the options.
        thinks: Whether a thinking block may stand before it.
    """

    keys: tuple[str, ...]
    thinks: bool = False

    def after_thinking(self) -> ChoiceGrammar:
        """Return the same, where a thinking block may stand before the object."""
        return replace(self, thinks=True)

    def lark(self) -> str:
        """Return the grammar in llguidance's Lark."""
        first = "THINKING? " if self.thinks else ""
        lines = ["%llguidance {}", f"start: {first}{self._object}"]
        return "\n".join([*lines, *([LARK_THINKING] if self.thinks else [])]) + "\n"

    def gbnf(self) -> str:
        """Return the grammar in GBNF."""
        first = "thinking? " if self.thinks else ""
        lines = [f"root ::= {first}{self._object}", *([GBNF_THINKING] if self.thinks else [])]
        return "\n".join(lines) + "\n"

    def json_schema(self) -> dict[str, Any]:
        """Return the grammar as a JSON schema."""
        return {
            "type": "object",
            "properties": {"choice": {"enum": list(self.keys)}},
            "required": ["choice"],
            "additionalProperties": False,
        }

    def admits(self, text: str, *, cut: bool = False) -> bool:
        """Return whether a reply says only what this allows; where `cut`, as far as it goes."""
        if self.thinks:
            _, text = split_thinking(text)
        said = "".join(text.split())
        whole = [json.dumps({"choice": key}, separators=(",", ":")) for key in self.keys]
        return any(one.startswith(said) if cut else one == said for one in whole)

    @property
    def _object(self) -> str:
        keys = " | ".join(json.dumps(key) for key in self.keys)
        return rf'"{{\"choice\":\"" ({keys}) "\"}}"'


def choice_prompt(
    question: str,
    choices: Mapping[str, str],
    hits: Sequence[Hit],
    *,
    llm: LLM,
    decoding: Decoding,
) -> Prompt:
    """Return the prompt that asks which option is right; without hits the model is on its own.

    Args:
        question: Without its options.
        choices: Key (`A`) to words, in the order to show, two or more.
        hits: Passages, best first; whole ones are packed into what the context leaves.
        llm: Who will answer.
        decoding: How.

    Raises:
        InputError: There are too few options, a key is no letter or number, or the question does
            not fit the model's context.
    """
    keys = list(choices)
    if len(keys) < 2 or not all(_KEY.fullmatch(key) for key in keys):
        raise InputError(
            f"{len(keys)} options with the keys {', '.join(map(repr, keys))}. Expected two or "
            "more, each with a letter or a number as its key."
        )
    template = load_template(CHOICE)
    text = Template(template["frame"].strip()).safe_substitute(
        knowledge=template["knowledge"]["with" if hits else "without"],
        first=keys[0],
        question=inert(question),
        options="\n".join(f"{key}. {inert(words)}" for key, words in choices.items()),
    )
    frame = Frame(text, "quote")
    chosen, left_out = frame.pack(hits, llm, decoding)
    return Prompt(
        question=question,
        hits=tuple(chosen),
        messages=(Message(role="user", content=frame.filled(chosen)),),
        template=CHOICE,
        left_out=tuple(hit.passage.id for hit in left_out),
    )


def read_choice(reply: str, keys: Sequence[str]) -> str | None:
    """Return the key that a reply chooses, None where it chooses none or several.

    The object that was asked for is looked for first, then a sentence that names the answer, of
    which the last counts because models think before it; then a reply that begins with a key.
    Keys are compared without regard to case.
    """
    known = {key.casefold(): key for key in keys}
    for pattern in (_FIELD, _SENTENCE):
        named = [known.get(found.casefold()) for found in pattern.findall(reply)]
        chosen = [key for key in named if key is not None]
        if chosen:
            return chosen[-1] if pattern is _SENTENCE or len(set(chosen)) == 1 else None
    begins = _BEGINS.match(reply)
    return known.get(begins[1].casefold()) if begins else None
