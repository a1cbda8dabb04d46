"""The answer contract as a constraint: a decoder that obeys it can only copy quotations.

One description, three dialects that say the same language. A quotation is one quotable of the
passage whose number stands before it (`shown.quotables`): a sentence, a list item with its
lead-in, a table row with its header. In pointer mode it is the quotable's id. In words mode it
is the id with any run of the statement's words, for whom a sentence is too much; a JSON schema
cannot list those and says all of them. A claim has its quotations first. There is no optional
white space: models loop on it.

The unit is the sentence, not the word, because a run of words can leave out "Do not" and still
be verbatim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from medrag.core.document import Passage
from medrag.core.prompt import Mode, Prompt
from medrag.errors import DraftParseError
from medrag.generation import dialects
from medrag.generation.contract import ClaimValues, read_object
from medrag.generation.shown import Quotable, quotables, statement_words
from medrag.generation.thinking import split_thinking

MAX_CLAIMS = 8
_MOST_WORDS = 120
"""Words of a statement of which any run is on offer; a longer one is quoted whole, because a
parser follows every run that reads alike."""
_OPEN = '{"status":"answered","claims":['
_SILENT = '{"status":"insufficient","claims":[],"missing":"'


@dataclass(frozen=True, slots=True)
class AnswerGrammar:
    """What may be said about some passages.

    Attributes:
        mode: How it is quoted.
        passages: In the order of the prompt; their numbers count from 1.
        max_claims: The most claims of one answer.
        refused: What is not on offer although it is quotable: passage number and place, from 1.
        thinks: Whether a thinking block may stand before the answer.
    """

    mode: Mode
    passages: tuple[Passage, ...]
    max_claims: int = MAX_CLAIMS
    refused: frozenset[tuple[int, int]] = frozenset()
    thinks: bool = False

    @classmethod
    def of(
        cls,
        prompt: Prompt,
        *,
        max_claims: int = MAX_CLAIMS,
        refused: frozenset[tuple[int, int]] = frozenset(),
    ) -> AnswerGrammar:
        """Return the grammar of answers to `prompt`."""
        passages = tuple(hit.passage for hit in prompt.hits)
        return cls(prompt.mode, passages, max_claims, refused)

    def after_thinking(self) -> AnswerGrammar:
        """Return the same, where a thinking block may stand before the answer."""
        return replace(self, thinks=True)

    def lark(self) -> str:
        """Return the grammar in llguidance's Lark dialect."""
        return dialects.lark(self._limits, self._offers())

    def gbnf(self) -> str:
        """Return the grammar in GBNF, as llama.cpp and xgrammar read it.

        The length of a claim is not bounded here: counting characters is slow there.
        """
        return dialects.gbnf(self._limits, self._offers())

    def json_schema(self) -> dict[str, Any]:
        """Return the grammar as a JSON schema; it bounds no lengths and says no words."""
        return dialects.json_schema(self._limits, self._offers())

    def admits(self, text: str, *, cut: bool = False) -> bool:
        """Return whether a reply says only what this allows; where `cut`, as far as it goes."""
        if self.thinks:
            _, text = split_thinking(text)
        try:
            return self._admits_beginning(text) if cut else self._admits_whole(text)
        except DraftParseError:
            return False

    @property
    def _limits(self) -> dialects.Limits:
        return dialects.Limits(max_claims=self.max_claims, mode=self.mode, thinks=self.thinks)

    def _offers(self) -> list[dialects.Offer]:
        """Return what can be quoted of each passage that holds anything quotable."""
        listed = enumerate(self.passages, start=1)
        offers = [dialects.Offer(number, tuple(self._choices(number))) for number, _ in listed]
        return [offer for offer in offers if offer.choices]

    def _choices(self, number: int) -> Iterator[dialects.Choice]:
        passage = self.passages[number - 1]
        for place, quotable in self._quotables(number):
            words: tuple[str, ...] = ()
            if self.mode == "words":
                words = tuple(word.text for word in statement_words(quotable, passage))
                words = words if len(words) <= _MOST_WORDS else (quotable.statement,)
            yield dialects.Choice(place, quotable.lead, quotable.statement, words)

    def _quotables(self, number: int) -> list[tuple[int, Quotable]]:
        """Return what is on offer of a passage, each with its place."""
        listed = enumerate(quotables(self.passages[number - 1]), start=1)
        return [(place, one) for place, one in listed if (number, place) not in self.refused]

    def _admits_beginning(self, text: str) -> bool:
        values = ClaimValues()
        claims = list(values.feed(text))
        if values.opened:
            return all(self._admits_claim(claim) for claim in claims)
        said = "".join(text.split())
        return said.startswith(_SILENT) or any(way.startswith(said) for way in (_SILENT, _OPEN))

    def _admits_whole(self, text: str) -> bool:
        match read_object(text):
            case {"status": "insufficient", "claims": [], "missing": str(), **rest}:
                return not rest
            case {"status": "answered", "claims": [_, *_] as claims, **rest} if not rest:
                fits = len(claims) <= self.max_claims
                return fits and all(self._admits_claim(claim) for claim in claims)
        return False

    def _admits_claim(self, claim: object) -> bool:
        match claim:
            case {"quotes": [_, *_] as quotes, "claim": str(), **rest} if not rest:
                fits = len(quotes) <= dialects.MAX_QUOTES
                return fits and all(self._admits_quote(quote) for quote in quotes)
        return False

    def _admits_quote(self, quote: object) -> bool:
        match quote, self.mode:
            case str(), "pointer":
                return quote in dialects.ids(self._offers())
            case {"p": int(number), "t": str(said), **rest}, "quote" if not rest:
                return said.strip() in {
                    choice.lead + choice.statement for choice in self._numbered(number)
                }
            case {"s": str(pointer), "t": str(said), **rest}, "words" if not rest:
                return any(
                    pointer == f"{offer.number}.{choice.place}"
                    and _is_run(said.strip(), choice.words)
                    for offer in self._offers()
                    for choice in offer.choices
                )
        return False

    def _numbered(self, number: int) -> list[dialects.Choice]:
        known = 1 <= number <= len(self.passages)
        return list(self._choices(number)) if known else []


def _is_run(said: str, listed: Sequence[str]) -> bool:
    """Return whether `said` is a run of one or more of the words listed."""
    flat = " ".join(listed)
    starts, at = [], 0
    for word in listed:
        starts.append(at)
        at += len(word) + 1
    ends = {start + len(word) for start, word in zip(starts, listed, strict=True)}
    return any(
        flat.startswith(said, start) and start + len(said) in ends for start in starts if said
    )
