"""Hits to prompt: rules, a worked example, numbered passages, patient facts, one user turn.

Gemma has no system role, so everything stands in one user message: rules and passages first
(their prefix can be cached), the question last.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from string import Template

from medrag.core.prompt import GREEDY, Decoding, Message, Mode, Prompt
from medrag.core.protocols import LLM
from medrag.core.query import Hit, Query
from medrag.errors import InputError
from medrag.generation.facts import patient_facts, scope_of
from medrag.generation.frame import Frame
from medrag.generation.grammar import MAX_CLAIMS
from medrag.generation.shown import inert
from medrag.generation.templates import ANSWER, example_hits, example_replies, load_template


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
    frame = _answer_frame(query, mode, max_claims)
    chosen: list[Hit] = list(hits)
    left_out: list[Hit] = []
    if llm is not None:
        chosen, left_out = frame.pack(hits, llm, decoding)
    return Prompt(
        question=query.text,
        patient=query.patient,
        hits=tuple(chosen),
        messages=(Message(role="user", content=frame.filled(chosen)),),
        template=f"{ANSWER}-{mode}",
        mode=mode,
        left_out=tuple(hit.passage.id for hit in left_out),
    )


def _answer_frame(query: Query, mode: Mode, max_claims: int) -> Frame:
    template = load_template(ANSWER)
    text = Template(template["frame"].strip()).safe_substitute(
        quoting=template["quoting"][mode].strip(),
        max_claims=str(max_claims),
        example=_example(mode),
        patient=patient_facts(query.patient) or "(none given)",
        scope=scope_of(query.patient),
        question=inert(query.text),
    )
    return Frame(text, mode)


@cache
def _example(mode: Mode) -> str:
    """Return the worked example of the template, the same for every question."""
    template = load_template(ANSWER)
    frame = Frame("", mode)
    hits = example_hits(template)
    shown_first = [frame.block(number, hit) for number, hit in enumerate(hits, start=1)]
    for question, reply in example_replies(template, mode):
        shown_first += ["", f"Question: {question}", f"Reply: {reply}"]
    return "\n".join(shown_first)
