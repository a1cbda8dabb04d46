"""What every answerer promises, whatever it is made of."""

from __future__ import annotations

import pytest
from llama_index.core.llms.mock import MockLLM

from medrag.core.document import Document, Passage, Source
from medrag.core.prompt import Message, Prompt
from medrag.core.protocols import LLM
from medrag.core.query import Hit, Query
from medrag.core.span import Span
from medrag.embedders import open_embedder
from medrag.errors import InputError, UnknownNameError
from medrag.generation import ScriptedLLM, build_prompt, open_llm, parse
from medrag.generation.llamaindex import LlamaIndexLLM
from medrag.registry import names, resolve

SENTENCE = "The dose of examplazine is 40 mg once daily."
REPLY = '{"status":"insufficient","claims":[],"missing":"x"}'


class Fixed(MockLLM):
    """A LlamaIndex model that always says one thing."""

    def chat(self, messages, **kwargs):
        from llama_index.core.llms import ChatMessage, ChatResponse

        return ChatResponse(message=ChatMessage(role="assistant", content=REPLY))


ANSWERERS = {
    "extractive": lambda: open_llm("extractive", embedder=open_embedder("hashing")),
    "scripted": lambda: ScriptedLLM([REPLY] * 9),
    "llama-index": lambda: LlamaIndexLLM(Fixed()),
}


@pytest.fixture(params=ANSWERERS)
def llm(request):
    return ANSWERERS[request.param]()


@pytest.fixture
def prompt() -> Prompt:
    source = Source(key="k", title="Guide", sha256="0" * 64)
    document = Document.of(f"{SENTENCE} Store it dry and cool.", source)
    passage = Passage.cut(document, Span(start=0, end=len(document.text)))
    hit = Hit(passage=passage, source=source, score=1, rank=1, retriever="x")
    return build_prompt(Query(text="What is the dose of examplazine?"), [hit])


def test_it_has_a_name_a_context_and_counts_tokens(llm):
    assert isinstance(llm, LLM)
    assert llm.name
    assert llm.context_tokens > 0
    assert llm.count_tokens("") == 0
    assert 0 < llm.count_tokens("one two three") <= 13


def test_its_reply_parses_and_names_its_model(llm, prompt):
    completion = llm.complete(prompt)
    assert completion.model == llm.name
    assert parse(completion, prompt).completion == completion


def test_the_same_prompt_gives_the_same_reply(llm, prompt):
    assert llm.complete(prompt) == llm.complete(prompt)


def test_an_over_long_prompt_is_refused(llm, prompt):
    long = Message(role="user", content="word " * (llm.context_tokens + 1))
    with pytest.raises(InputError, match="context"):
        llm.complete(prompt.model_copy(update={"messages": (long,)}))


@pytest.mark.parametrize("name", names("llm"))
def test_every_registered_name_leads_to_a_function(name):
    if name.startswith(("medgemma", "transformers")):
        pytest.importorskip("transformers")
    assert callable(resolve("llm", name))


def test_an_unknown_name_is_answered_with_near_misses():
    with pytest.raises(UnknownNameError, match="Did you mean 'medgemma-27b'"):
        open_llm("medgema-27b")


def test_extractive_needs_an_embedder():
    with pytest.raises(InputError, match="embedder"):
        open_llm("extractive")
