"""The answer grammar spelled for decoders: Lark (llguidance), GBNF, JSON schema.

Shapes that were measured to be fast: the passage number stands before its text, so that only
one passage's sentences are open at a time; all sentences of a passage are one terminal in Lark;
a table's header is written once for all its rows in GBNF.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from medrag.core.prompt import Mode
from medrag.generation.thinking import END, START

MAX_QUOTES = 4
"""Quotations of one claim."""
MAX_TEXT = 400
"""Characters of a claim, where a dialect can count them cheaply."""

LARK_THINKING = rf"THINKING: /{START}thought\n([^<]|<[^u<])*{END}/"
"""One terminal: a lexer does not go back from `<` to what ends the thought."""
GBNF_THINKING = f'thinking ::= "{START}thought\\n" ([^<] | "<" [^u<])* "{END}"'
_CHAR = r'[^"\\\x00-\x1F\x7F]'
"""One character of a claim: JSON needs no escape for any of them.

Exactly the class for which llguidance keeps part of its masks ready: one that leaves out more
costs forty times as much a token (measured with 262,144 tokens: 2.3 ms against 56 us).
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be quoted.

    Attributes:
        place: Its number in its passage, from 1.
        lead: The words that lead into the statement; often none.
        words: The statement's words, of which any run can be quoted in words mode.
    """

    place: int
    lead: str
    statement: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be quoted of the passage of that number, in order; at least one choice."""

    number: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be said, and how.

    Attributes:
        max_claims: The most claims of one answer.
        mode: What a quotation is: a statement, its id, or any run of its words.
        thinks: Whether a thinking block may come first.
    """

    max_claims: int
    mode: Mode
    thinks: bool


def ids(offers: Sequence[Offer]) -> list[str]:
    """Return the ids of everything on offer: `2.3` is the third statement of passage 2."""
    return [f"{offer.number}.{choice.place}" for offer in offers for choice in offer.choices]


# --- Lark ----------------------------------------------------------------------------------


def lark(limits: Limits, offers: Sequence[Offer]) -> str:
    """Return the grammar in llguidance's Lark.

    It never holds `::=`, by which servers tell GBNF from Lark, wherever that stands.
    """
    said = "(answered | insufficient)" if offers else "insufficient"
    lines = ["%llguidance {}", f"start: {'THINKING? ' if limits.thinks else ''}{said}"]
    if limits.thinks:
        lines.append(LARK_THINKING)
    if offers:
        lines += [rule.replace(" ::= ", ": ") for rule in _answered(limits, "TEXT")]
        listed = " | ".join(f"q{offer.number}" for offer in offers)
        lines.append(f"quote: {_framed(limits, listed)}")
    lines += [_insufficient("TEXT").replace(" ::= ", ": "), _lark_text()]
    for offer in offers:
        lines += _lark_offer(limits, offer)
    return "\n".join(lines) + "\n"


def _lark_text() -> str:
    return f"TEXT: /{_CHAR}{{1,{MAX_TEXT}}}/"


def _lark_offer(limits: Limits, offer: Offer) -> list[str]:
    number = offer.number
    if limits.mode == "pointer":
        known = " | ".join(json.dumps(f'"{one}"') for one in ids([offer]))
        return [f"q{number}: Q{number}", f"Q{number}: {known}"]
    if limits.mode == "words":
        return _lark_words(offer)
    said = " | ".join(_literal(choice.lead + choice.statement) for choice in offer.choices)
    return [f'q{number}: "{number},\\"t\\":\\"" Q{number}', f"Q{number}: {_no_mark(said)}"]


def _lark_words(offer: Offer) -> list[str]:
    """Return one terminal a statement: any run of its words, reached through its id."""
    names = [f"{offer.number}_{choice.place}" for choice in offer.choices]
    rules = [f"q{offer.number}: {' | '.join(f'w{name}' for name in names)}"]
    for name, choice in zip(names, offer.choices, strict=True):
        one = f"{offer.number}.{choice.place}"
        chunks = json.dumps([" " + _escaped(word) for word in choice.words], ensure_ascii=False)
        rules.append(f'w{name}: "{one}\\",\\"t\\":\\"" W{name}')
        rules.append(f'W{name}: %regex {{"substring_chunks": {_no_mark(chunks)}}} & ~""')
    return rules


def _no_mark(literals: str) -> str:
    return literals.replace("::=", "\\u003a\\u003a=")


# --- GBNF ----------------------------------------------------------------------------------


def gbnf(limits: Limits, offers: Sequence[Offer]) -> str:
    """Return the grammar in GBNF."""
    said = "(answered | insufficient)" if offers else "insufficient"
    lines = [f"root ::= {'thinking? ' if limits.thinks else ''}{said}"]
    if limits.thinks:
        lines.append(GBNF_THINKING)
    if offers:
        lines += _answered(limits, "text")
        listed = " | ".join(f"q{offer.number}" for offer in offers)
        lines.append(f"quote ::= {_framed(limits, listed)}")
    lines += [_insufficient("text"), f"text ::= {_CHAR}+"]
    for offer in offers:
        lines += _gbnf_offer(limits, offer)
    return "\n".join(lines) + "\n"


def _gbnf_offer(limits: Limits, offer: Offer) -> list[str]:
    number = offer.number
    if limits.mode == "pointer":
        known = " | ".join(f'"{choice.place}"' for choice in offer.choices)
        return [rf'q{number} ::= "\"{number}." ({known}) "\""']
    if limits.mode == "words":
        return _gbnf_words(offer)
    rules = _alternatives(offer)
    starts = " | ".join(rule.partition(" ")[0] for rule in rules)
    return [f'q{number} ::= "{number},\\"t\\":\\"" ({starts})', *rules]


def _gbnf_words(offer: Offer) -> list[str]:
    """Return one rule a word, each of which may go on to the next of its statement."""
    names = [f"{offer.number}-{choice.place}" for choice in offer.choices]
    rules = [f"q{offer.number} ::= {' | '.join(f'w{name}' for name in names)}"]
    for name, choice in zip(names, offer.choices, strict=True):
        count = len(choice.words)
        starts = " | ".join(f"t{name}-{place}" for place in range(1, count + 1))
        rules.append(rf'w{name} ::= "{offer.number}.{choice.place}\",\"t\":\"" ({starts})')
        for place, word in enumerate(choice.words, start=1):
            following = f" t{name}-{place + 1}?" if place < count else ""
            rules.append(f"t{name}-{place} ::= {_literal(' ' + word)}{following}")
    return rules


def _alternatives(offer: Offer) -> list[str]:
    """Return one rule a choice, or one for all that follow the same lead in a row."""
    rules = []
    grouped = groupby(offer.choices, key=lambda choice: choice.lead)
    for place, (lead, choices) in enumerate(grouped):
        listed = [choice.statement for choice in choices]
        said = " | ".join(_literal(statement) for statement in listed)
        after = f"{_literal(lead)} ({said})" if lead else said
        rules.append(f"t{offer.number}-{place} ::= {after}")
    return rules


def _literal(text: str) -> str:
    return json.dumps(_escaped(text), ensure_ascii=False)


# --- What both have in common --------------------------------------------------------------


def _answered(limits: Limits, text: str) -> list[str]:
    more = f' ("," claim){{0,{limits.max_claims - 1}}}' if limits.max_claims > 1 else ""
    quotes = f'quote ("," quote){{0,{MAX_QUOTES - 1}}}'
    return [
        rf'answered ::= "{{\"status\":\"answered\",\"claims\":[" claim{more} "]}}"',
        rf'claim ::= "{{\"quotes\":[" {quotes} "],\"claim\":\"" {text} "\"}}"',
    ]


def _framed(limits: Limits, listed: str) -> str:
    """Return the rule of a quotation: what stands around a passage's own rule."""
    if limits.mode == "pointer":
        return f"({listed})"
    opening = r'"{\"p\":"' if limits.mode == "quote" else r'"{\"s\":\""'
    return rf'{opening} ({listed}) "\"}}"'


def _insufficient(text: str) -> str:
    return (
        r'insufficient ::= "{\"status\":\"insufficient\",\"claims\":[],\"missing\":\"" '
        rf'{text} "\"}}"'
    )


def _escaped(text: str) -> str:
    """Return `text` as it stands between the quotation marks of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


# --- JSON schema ---------------------------------------------------------------------------


def json_schema(limits: Limits, offers: Sequence[Offer]) -> dict[str, Any]:
    """Return the grammar as a JSON schema; it bounds numbers, not lengths.

    Only keywords that every known server obeys: lengths and patterns are slow or wrong in some.
    """
    silent = _closed(
        {
            "status": {"const": "insufficient"},
            "claims": {"type": "array", "maxItems": 0},
            "missing": {"type": "string"},
        }
    )
    if not offers:
        return silent
    claim = _closed(
        {
            "quotes": _listed(_quote_schema(limits, offers), MAX_QUOTES),
            "claim": {"type": "string"},
        }
    )
    claims = _listed(claim, limits.max_claims)
    return {"anyOf": [_closed({"status": {"const": "answered"}, "claims": claims}), silent]}


def _quote_schema(limits: Limits, offers: Sequence[Offer]) -> dict[str, Any]:
    if limits.mode == "pointer":
        return {"enum": ids(offers)}
    if limits.mode == "words":
        listed = [
            _closed(
                {
                    "s": {"const": f"{offer.number}.{choice.place}"},
                    "t": {"const": " ".join(choice.words)},
                }
            )
            for offer in offers
            for choice in offer.choices
        ]
        return {"anyOf": listed}
    quotes = []
    for offer in offers:
        texts = [choice.lead + choice.statement for choice in offer.choices]
        quotes.append(_closed({"p": {"const": offer.number}, "t": {"enum": texts}}))
    return {"anyOf": quotes}


def _listed(items: dict[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": most, "items": items}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
