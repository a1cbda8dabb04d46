"""The one repair request to a model whose decoder no grammar holds.

It says what is wrong with the reply and shows the nearest sentences; nothing of a reply is
mended here. It is appended to the prompt, so that what a server keeps of the prompt still fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from medrag.core.answer import Quote
from medrag.core.prompt import Message, Prompt
from medrag.generation.shown import inert, quotables
from medrag.generation.templates import REPAIR, load_template
from medrag.generation.words import stems

_NEAREST = 2
"""Sentences shown for one quotation that failed."""
_MOST = 6
"""Quotations named in one request."""


def unreadable_prompt(prompt: Prompt, error: str) -> Prompt:
    """Return the prompt that asks again after a reply that breaks the contract.

    `error` says how; it must not hold words of the reply.
    """
    words = load_template(REPAIR)
    problem = f"{words['unreadable'].strip()} {error}"
    return _asked(prompt, problem, words["task_unreadable"])


def refused_prompt(prompt: Prompt, refused: Sequence[Quote]) -> Prompt:
    """Return the prompt that asks again for the claims whose quotations the gate refused."""
    words = load_template(REPAIR)
    listed = "\n".join(_named(quote, prompt) for quote in refused[:_MOST])
    problem = Template(words["refused"].strip()).substitute(quotations=listed)
    return _asked(prompt, problem, words["task_refused"])


def _asked(prompt: Prompt, problem: str, task: str) -> Prompt:
    *before, last = prompt.messages
    frame = Template(load_template(REPAIR)["frame"].strip())
    content = frame.substitute(prompt=last.content, problem=problem, task=task)
    message = Message(role="user", content=content)
    template = f"{prompt.template}+{REPAIR}"
    return prompt.model_copy(update={"messages": (*before, message), "template": template})


def _named(quote: Quote, prompt: Prompt) -> str:
    """Return one line for a quotation, and one for each sentence near it."""
    lines = [f'- "{inert(quote.text)}"']
    lines += [f"  nearest: {sentence}" for sentence in _nearest(quote, prompt)]
    return "\n".join(lines)


def _nearest(quote: Quote, prompt: Prompt) -> list[str]:
    """Return the quotable sentences that share most words with a quotation, best first.

    Ties go to the passage that was named, then to the order of the prompt.
    """
    wanted = set(stems(quote.text))
    found = []
    for number, hit in enumerate(prompt.hits, start=1):
        named = hit.passage.id == quote.passage_id
        for place, quotable in enumerate(quotables(hit.passage), start=1):
            shared = wanted & set(stems(quotable.text))
            if shared:
                where = f"passage {number}:" if prompt.mode == "quote" else f"[{number}.{place}]"
                found.append((-len(shared), not named, number, place, f"{where} {quotable.text}"))
    return [line for *_, line in sorted(found)[:_NEAREST]]
