"""The answer contract as a grammar: a decoder that obeys it can only copy quotations.

One description, three dialects: Lark for llguidance (local models, vLLM, SGLang), GBNF for
llama.cpp and xgrammar, JSON schema for servers that know nothing else. A quotation is a run of
whole units (`shown.units`) of the passage whose number stands before it; a schema can say a
single unit only. A claim has one to three quotations and they come first. There is no optional
white space: models loop on it.

The unit is the sentence, not the word, because a run of words can leave out "Do not" and still
be verbatim.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medrag.core.query import Hit
from medrag.generation.shown import units

MAX_CLAIMS = 8
MAX_QUOTES = 3
MAX_TEXT = 400
"""Characters of a claim, where a dialect can count them cheaply."""

# No quotation mark, no backslash, no control character: JSON needs no escape then. The first
# character is no white space of any script either: a blank claim says nothing.
_INNER = r'[^"\\\x00-\x1F\x7F]'
# White space of every script stands there as itself: dialects differ in how they escape it.
_BLANKS = (
    "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # Unicode white space
    "\u200b-\u200d\u2060\ufeff"  # and characters without width
)
_FIRST = r'[^"\\\x00-\x20\x7F-\x85' + _BLANKS + "]"


@dataclass(frozen=True, slots=True)
class AnswerGrammar:
    """What may be said about some passages.

    Attributes:
        passages: The quotable units of each passage, in order; passage numbers count from 1.
    """

    passages: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, hits: Sequence[Hit]) -> AnswerGrammar:
        """Return the grammar of answers from these passages."""
        return cls(tuple(tuple(unit.text for unit in units(hit.passage)) for hit in hits))

    def lark(self) -> str:
        """Return the grammar in llguidance's Lark dialect."""
        quotable = self._quotable()
        lines = ["%llguidance {}", "start: answered | insufficient" if quotable else ""]
        if quotable:
            listed = " | ".join(f"q{number}" for number, _ in quotable)
            more = f'("," claim){{0,{MAX_CLAIMS - 1}}}'
            quotes = f'quote ("," quote){{0,{MAX_QUOTES - 1}}}'
            lines += [
                rf'answered: "{{\"status\":\"answered\",\"claims\":[" claim {more} "]}}"',
                rf'claim: "{{\"quotes\":[" {quotes} "],\"claim\":\"" TEXT "\"}}"',
                rf'quote: "{{\"p\":" ({listed}) "\"}}"',
            ]
        else:
            lines[1] = "start: insufficient"
        lines += [
            r'insufficient: "{\"status\":\"insufficient\",\"claims\":[],\"missing\":\"" TEXT "\"}"',
            f"TEXT: /{_FIRST}{_INNER}{{0,{MAX_TEXT - 1}}}/",
        ]
        for number, texts in quotable:
            chunks = json.dumps([" " + _escaped(text) for text in texts], ensure_ascii=False)
            # vLLM tells the dialects apart by "::=", wherever it stands.
            chunks = chunks.replace("::=", "\\u003a\\u003a=")
            lines.append(f'q{number}: "{number},\\"t\\":\\"" Q{number}')
            lines.append(f'Q{number}: %regex {{"substring_chunks": {chunks}}} & ~""')
        return "\n".join(lines) + "\n"

    def gbnf(self) -> str:
        """Return the grammar in GBNF, as llama.cpp and xgrammar read it.

        The length of a claim is not bounded here: counting characters is slow there.
        """
        quotable = self._quotable()
        lines = ["root ::= answered | insufficient" if quotable else "root ::= insufficient"]
        if quotable:
            listed = " | ".join(f"q{number}" for number, _ in quotable)
            more = f'("," claim){{0,{MAX_CLAIMS - 1}}}'
            quotes = f'quote ("," quote){{0,{MAX_QUOTES - 1}}}'
            lines += [
                rf'answered ::= "{{\"status\":\"answered\",\"claims\":[" claim {more} "]}}"',
                rf'claim ::= "{{\"quotes\":[" {quotes} "],\"claim\":\"" text "\"}}"',
                rf'quote ::= "{{\"p\":" ({listed}) "\"}}"',
            ]
        lines += [
            r'insufficient ::= "{\"status\":\"insufficient\",\"claims\":[],\"missing\":\"" text '
            r'"\"}"',
            f"text ::= {_FIRST} {_INNER}*",
        ]
        for number, texts in quotable:
            starts = " | ".join(f"t{number}-{place}" for place in range(len(texts)))
            lines.append(f'q{number} ::= "{number},\\"t\\":\\"" ({starts})')
            lines += _chain(number, texts)
        return "\n".join(lines) + "\n"

    def json_schema(self) -> dict[str, Any]:
        """Return the grammar as a JSON schema; a quotation is one unit there, never a run."""
        quotes = [
            _closed({"p": {"const": number}, "t": {"enum": list(texts)}})
            for number, texts in self._quotable()
        ]
        text = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
        silent = _closed(
            {
                "status": {"const": "insufficient"},
                "claims": {"type": "array", "maxItems": 0},
                "missing": text,
            }
        )
        if not quotes:
            return silent
        listed = {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_QUOTES,
            "items": {"anyOf": quotes},
        }
        claims = {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_CLAIMS,
            "items": _closed({"quotes": listed, "claim": text}),
        }
        return {"anyOf": [_closed({"status": {"const": "answered"}, "claims": claims}), silent]}

    def admits(self, text: str, *, cut: bool = False) -> bool:
        """Return whether a reply says only what this allows."""
        return bool(text) or cut

    def after_thinking(self) -> AnswerGrammar:
        """Return the same, where a thinking block may stand before the answer."""
        return self

    def _quotable(self) -> list[tuple[int, tuple[str, ...]]]:
        return [(n, texts) for n, texts in enumerate(self.passages, start=1) if texts]


def _escaped(text: str) -> str:
    """Return `text` as it stands between the quotation marks of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _chain(number: int, texts: Sequence[str]) -> list[str]:
    """Return one rule a unit, each of which may go on to the next."""
    rules = []
    for place, text in enumerate(texts):
        literal = json.dumps(" " + _escaped(text), ensure_ascii=False)
        following = f" t{number}-{place + 1}?" if place + 1 < len(texts) else ""
        rules.append(f"t{number}-{place} ::= {literal}{following}")
    return rules


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
