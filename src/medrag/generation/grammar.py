"""The answer contract as a constraint: a decoder that obeys it can only copy quotations.

One description, three dialects that say the same language. A quotation is one quotable of the
passage whose number stands before it (`shown.quotables`): a sentence, a list item with its
lead-in, a table row with its header. In pointer mode it is the quotable's id. In words mode it
is any run of words of the passage, for whom a sentence is too much; a JSON schema cannot list
those and says sentences. A claim has its quotations first. There is no optional white space:
models loop on it.

The unit is the sentence, not the word, because a run of words can leave out "Do not" and still
be verbatim.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from medrag.core.document import Passage
from medrag.core.prompt import Mode, Prompt
from medrag.errors import DraftParseError
from medrag.generation import dialects
from medrag.generation.contract import ClaimValues, read_object
from medrag.generation.shown import Quotable, is_run_of_words, quotables, words
from medrag.generation.thinking import split_thinking

MAX_CLAIMS = 8


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
        return dialects.lark(self._limits, self._offers(), words=self.mode == "words")

    def gbnf(self) -> str:
        """Return the grammar in GBNF, as llama.cpp and xgrammar read it.

        The length of a claim is not bounded here: counting characters is slow there.
        """
        return dialects.gbnf(self._limits, self._offers(), words=self.mode == "words")

    def json_schema(self) -> dict[str, Any]:
        """Return the grammar as a JSON schema; it bounds no lengths and says no words."""
        kept = replace(self, mode="quote") if self.mode == "words" else self
        return dialects.json_schema(self._limits, kept._offers())

    def admits(self, text: str, *, cut: bool = False) -> bool:
        """Return whether a reply says only what this allows; where `cut`, as far as it goes.

        A reply that was cut must have begun as one with claims does.
        """
        if self.thinks:
            _, text = split_thinking(text)
        try:
            return self._admits_beginning(text) if cut else self._admits_whole(text)
        except DraftParseError:
            return False

    @property
    def _limits(self) -> dialects.Limits:
        return dialects.Limits(
            max_claims=self.max_claims, pointer=self.mode == "pointer", thinks=self.thinks
        )

    def _offers(self) -> list[dialects.Offer]:
        """Return what can be quoted of each passage that holds anything quotable."""
        offers = []
        for number, passage in enumerate(self.passages, start=1):
            if self.mode == "words":
                listed = list(enumerate(words(passage), start=1))
                choices = [dialects.Choice(place, "", word.text) for place, word in listed]
            else:
                choices = [
                    dialects.Choice(place, quotable.lead, quotable.statement)
                    for place, quotable in self._quotables(number)
                ]
            if choices:
                offers.append(dialects.Offer(number, tuple(choices)))
        return offers

    def _quotables(self, number: int) -> list[tuple[int, Quotable]]:
        """Return what is on offer of a passage, each with its place."""
        listed = enumerate(quotables(self.passages[number - 1]), start=1)
        return [(place, one) for place, one in listed if (number, place) not in self.refused]

    def _admits_beginning(self, text: str) -> bool:
        values = ClaimValues()
        claims = list(values.feed(text))
        return values.opened and all(self._admits_claim(claim) for claim in claims)

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
        match quote:
            case str() if self.mode == "pointer":
                return quote in dialects.ids(self._offers())
            case {"p": int(number), "t": str(said), **rest} if self.mode != "pointer" and not rest:
                return 1 <= number <= len(self.passages) and self._offers_words(number, said)
        return False

    def _offers_words(self, number: int, said: str) -> bool:
        said = said.strip()
        if any(said == quotable.text for _, quotable in self._quotables(number)):
            return True
        return self.mode == "words" and is_run_of_words(said, self.passages[number - 1])
