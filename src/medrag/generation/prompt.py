"""Hits to prompt: rules, a worked example, numbered passages, patient facts, one user turn.

Gemma has no system role, so everything stands in one user message: rules and passages first
(their prefix can be cached), the question last.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from medrag.core.place import headings_of
from medrag.core.prompt import GREEDY, Decoding, Message, Mode, Prompt
from medrag.core.protocols import LLM
from medrag.core.query import Hit, Query
from medrag.errors import InputError
from medrag.generation.facts import patient_facts, scope_of
from medrag.generation.grammar import MAX_CLAIMS
from medrag.generation.shown import inert, shown
from medrag.generation.templates import ANSWER, example_hits, example_replies, load_template

_MARGIN = 96
"""Tokens kept free for what a chat template and a thinking instruction add to the message."""


def build_prompt(
    query: Query,
    hits: Sequence[Hit],
    *,
    llm: LLM | None = None,
    decoding: Decoding = GREEDY,
    mode: Mode = "quote",
    max_claims: int = MAX_CLAIMS,
) -> Prompt:
    """Return the prompt that asks `query` of the passages in `hits`.

    With `llm`, whole passages are packed best first into what the model's context leaves after
    the rules, the question and the reply, counted by the model's own tokenizer. A passage that
    does not fit is left out whole and named in `Prompt.left_out`; a later, shorter one may
    still fit. Without `llm` every passage is taken.

    Args:
        query: The question, with the patient it is about.
        hits: Best first; passage number n in the messages is the nth that was taken.
        llm: Who will answer.
        decoding: How; room is kept for its reply and its thinking.
        mode: How the reply is to quote.
        max_claims: The most claims to ask for.

    Raises:
        InputError: The question is blank, or question and patient facts alone, or together
            with the shortest passage, do not fit the model's context.
    """
    if not query.text.strip():
        raise InputError("The question is blank. Ask something.")
    frame = _Frame(query, mode, max_claims)
    chosen: list[Hit] = list(hits)
    left_out: list[Hit] = []
    if llm is not None:
        room = llm.context_tokens - decoding.reply_tokens - _MARGIN
        chosen, left_out = _pack(frame, hits, llm, room)
    return Prompt(
        question=query.text,
        patient=query.patient,
        hits=tuple(chosen),
        messages=(Message(role="user", content=frame.filled(chosen)),),
        template=f"{ANSWER}-{mode}",
        mode=mode,
        left_out=tuple(hit.passage.id for hit in left_out),
    )


class _Frame:
    """The prompt of one question, before the passages are put in."""

    def __init__(self, query: Query, mode: Mode, max_claims: int) -> None:
        template = load_template(ANSWER)
        self._mode = mode
        self._text = Template(template["frame"].strip()).safe_substitute(
            quoting=template["quoting"][mode].strip(),
            max_claims=str(max_claims),
            example=self._example(),
            patient=patient_facts(query.patient) or "(none given)",
            scope=scope_of(query.patient),
            question=inert(query.text),
        )

    def _example(self) -> str:
        template = load_template(ANSWER)
        blocks = [self.block(n, hit) for n, hit in enumerate(example_hits(template), start=1)]
        for question, reply in example_replies(template, self._mode):
            blocks += ["", f"Question: {question}", f"Reply: {reply}"]
        return "\n".join(blocks)

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
        text = shown(hit.passage, number=None if self._mode == "quote" else number)
        return f'<passage n="{number}"{head}>\n{text}\n</passage>'

    def filled(self, hits: Sequence[Hit]) -> str:
        """Return the whole message."""
        blocks = [self.block(number, hit) for number, hit in enumerate(hits, start=1)]
        # Not a second substitution: a question may hold `$passages`.
        before, _, after = self._text.partition(_PASSAGES)
        return before + ("\n".join(blocks) or "(none)") + after


_PASSAGES = "$passages"


def _pack(frame: _Frame, hits: Sequence[Hit], llm: LLM, room: int) -> tuple[list[Hit], list[Hit]]:
    """Return the passages that fit, and those that are left out."""
    left = room - llm.count_tokens(frame.filled([]))
    if left <= 0:
        raise InputError(
            f"The question and the patient facts are {-left} tokens too long for the model's "
            "context. Ask more briefly, or allow a shorter reply."
        )
    chosen: list[Hit] = []
    left_out: list[Hit] = []
    for hit in hits:
        # The two-digit number and the line break are counted for every passage alike.
        cost = llm.count_tokens(frame.block(99, hit) + "\n")
        if cost <= left:
            chosen.append(hit)
            left -= cost
        else:
            left_out.append(hit)
    while chosen and llm.count_tokens(frame.filled(chosen)) > room:
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


def _attribute(value: str) -> str:
    return inert(value).replace('"', "'")
