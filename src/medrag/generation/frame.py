"""The frame of a prompt: everything but the passages, which are packed into the room it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from medrag.core.place import headings_of
from medrag.core.prompt import Decoding, Mode
from medrag.core.protocols import LLM
from medrag.core.query import Hit
from medrag.errors import InputError
from medrag.generation.shown import inert, shown

_PASSAGES = "$passages"
_MARGIN = 96
"""Tokens kept free for what a chat template and a thinking instruction add to the message."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The prompt of one question, before the passages are put in.

    Attributes:
        text: With `$passages` where they go; what stands behind it may hold the same sign.
        mode: How the reply is to quote.
    """

    text: str
    mode: Mode

    def block(self, number: int, hit: Hit) -> str:
        """Return a passage as the prompt shows it, under its title, edition and section."""
        source = hit.source
        pages = ", ".join(page.label or str(page.number) for page in hit.passage.pages)
        facts = (
            ("title", source.title),
            ("edition", source.edition),
            ("date", _date(hit)),
            ("section", headings_of(source, hit.passage.section)),
            ("pages", pages),
            ("status", "" if hit.in_force else "superseded or not in force"),
        )
        head = "".join(f' {key}="{_attribute(value)}"' for key, value in facts if value)
        text = shown(hit.passage, number=None if self.mode == "quote" else number)
        return f'<passage n="{number}"{head}>\n{text}\n</passage>'

    def filled(self, hits: Sequence[Hit]) -> str:
        """Return the whole message."""
        blocks = [self.block(number, hit) for number, hit in enumerate(hits, start=1)]
        # Not a second substitution: a question may hold `$passages`.
        before, _, after = self.text.partition(_PASSAGES)
        return before + ("\n".join(blocks) or "(none)") + after

    def pack(
        self, hits: Sequence[Hit], llm: LLM, decoding: Decoding
    ) -> tuple[list[Hit], list[Hit]]:
        """Return the passages that fit the model's context, best first, and those left out.

        Raises:
            InputError: The frame alone, or together with the shortest passage, does not fit.
        """
        room = llm.context_tokens - decoding.reply_tokens - _MARGIN
        left = room - llm.count_tokens(self.filled([]))
        if left <= 0:
            raise InputError(
                f"The question and the patient facts are {-left} tokens too long for the model's "
                "context. Ask more briefly, or allow a shorter reply."
            )
        chosen: list[Hit] = []
        left_out: list[Hit] = []
        for hit in hits:
            # The two-digit number and the line break are counted for every passage alike.
            cost = llm.count_tokens(self.block(99, hit) + "\n")
            if cost <= left:
                chosen.append(hit)
                left -= cost
            else:
                left_out.append(hit)
        while chosen and llm.count_tokens(self.filled(chosen)) > room:
            left_out.insert(0, chosen.pop())  # a whole may have a few tokens more than its parts
        if hits and not chosen:
            raise InputError(
                f"None of {len(hits)} passages fits the {left} tokens that the model's context "
                "leaves. Index shorter passages, allow a shorter reply or use a larger model."
            )
        return chosen, left_out


def _date(hit: Hit) -> str:
    day = hit.source.effective or hit.source.published
    return day.isoformat() if day else ""


@lru_cache(maxsize=2048)
def _attribute(value: str) -> str:
    return inert(value).replace('"', "'")
