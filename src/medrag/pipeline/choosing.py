"""Multiple-choice questions: asked of the same model and index, for measurement only.

Nothing of the line after the reply applies: there is no claim to verify and nobody is answered,
so nothing is checked, reviewed or recorded in an audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

from medrag.core.answer import Versions
from medrag.core.query import Query
from medrag.core.span import Value, WholeText
from medrag.core.trace import ReplyTrace
from medrag.errors import InputError
from medrag.generation.extractive import ExtractiveLLM
from medrag.generation.multiple_choice import ChoiceGrammar, choice_prompt, read_choice
from medrag.index.store import today
from medrag.pipeline.replies import reply_trace
from medrag.pipeline.run import NO_RULES, Line, installed_version


class Chosen(Value):
    """What a model chose.

    Attributes:
        key: Of the option; None where the reply names none or several.
        text: The reply, raw, without its thinking.
        passages: Ids of the passages that it read; empty where it was on its own.
        reply: Tokens, times, and how the reply ended.
        seconds: From the question to the choice.
    """

    key: str | None = None
    text: WholeText
    passages: tuple[str, ...] = ()
    reply: ReplyTrace
    seconds: float
    versions: Versions


def choose(
    line: Line, query: Query, choices: Mapping[str, str], *, closed_book: bool = False
) -> Chosen:
    """Return which option the model of a line chooses.

    Passages are retrieved for the question alone, as if its options were not known.

    Args:
        line: Index, model, settings and gates; only the privacy gate is asked.
        query: The question, without its options.
        choices: Key to words, in the order to show.
        closed_book: Whether the model has to choose without passages.

    Raises:
        InputError: The answerer only selects, or question and options do not fit its context.
        BackendError: The model failed.
    """
    started = perf_counter()
    llm = line.answerer.llm
    if isinstance(llm, ExtractiveLLM):
        raise InputError(
            "The extractive answerer quotes and cannot choose an option. Give a language model."
        )
    query, _ = line.gates.without_identifiers(query)
    filters = query.filters
    query = query.model_copy(
        update={"filters": filters.model_copy(update={"as_of": filters.as_of or today()})}
    )
    hits = (
        []
        if closed_book
        else line.index.retrieve(query, line.settings.retrieve, settings=line.settings.retrieval)
    )
    prompt = choice_prompt(query.text, choices, hits, llm=llm, decoding=line.answerer.decoding)
    completion = llm.complete(
        prompt,
        constraint=ChoiceGrammar(tuple(choices)) if llm.dialect() else None,
        decoding=line.answerer.decoding,
    )
    key = read_choice(completion.text, tuple(choices))
    return Chosen(
        key=key,
        text=completion.text,
        passages=tuple(hit.passage.id for hit in prompt.hits),
        reply=reply_trace(completion, error=None if key else "it names no single option"),
        seconds=perf_counter() - started,
        versions=Versions(
            medrag=installed_version(),
            model=completion.model,
            index=line.index.generation,
            prompt=prompt.template,
            rules=NO_RULES,
            settings=line.settings.digest,
        ),
    )
