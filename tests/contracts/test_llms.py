"""What every answerer promises, whatever it is made of."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

from fake_chat_server import FakeServer, serving
from medrag.core.document import Document, Passage, Source
from medrag.core.prompt import Completion, Message, Prompt
from medrag.core.protocols import LLM
from medrag.core.query import Hit, Query
from medrag.core.span import Span
from medrag.embedders import open_embedder
from medrag.errors import InputError, UnknownNameError
from medrag.generation import ScriptedLLM, build_prompt, open_llm, parse
from medrag.generation.grammar import AnswerGrammar
from medrag.generation.llamaindex import LlamaIndexLLM
from medrag.generation.server import ServerLLM
from medrag.registry import names, resolve

SENTENCE = "The dose of examplazine is 40 mg once daily."
REPLY = '{"status":"insufficient","claims":[],"missing":"x"}'


class Fixed(CustomLLM):
    """A LlamaIndex model that always says one thing."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=4096, model_name="fixed")

    def complete(self, prompt, formatted=False, **kwargs):
        return CompletionResponse(text=REPLY)

    def stream_complete(self, prompt, formatted=False, **kwargs):
        for at in range(0, len(REPLY), 5):
            yield CompletionResponse(text=REPLY[: at + 5], delta=REPLY[at : at + 5])


def behind_a_server(stack: ExitStack, *, obeys: set[str]) -> ServerLLM:
    fake = stack.enter_context(serving(FakeServer()))
    fake.text, fake.obeys = REPLY, obeys
    llm = ServerLLM(fake.url)
    stack.callback(llm.close)
    return llm


ANSWERERS = {
    "extractive": lambda _: open_llm("extractive", embedder=open_embedder("hashing")),
    "scripted": lambda _: ScriptedLLM([REPLY] * 9),
    "llama-index": lambda _: LlamaIndexLLM(Fixed()),
    "server": lambda stack: behind_a_server(stack, obeys=set()),
    "server that obeys grammars": lambda stack: behind_a_server(stack, obeys={"grammar"}),
}


@pytest.fixture(params=ANSWERERS)
def llm(request):
    with ExitStack() as stack:
        yield ANSWERERS[request.param](stack)


def timeless(completion: Completion) -> Completion:
    return completion.model_copy(update={"timings": None})


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
    assert timeless(llm.complete(prompt)) == timeless(llm.complete(prompt))


@pytest.mark.parametrize("constrained", [False, True])
def test_a_stream_ends_with_what_complete_returns(llm, prompt, constrained):
    constraint = AnswerGrammar.of(prompt) if constrained else None
    *pieces, last = llm.stream(prompt, constraint=constraint)
    assert "".join(pieces) == last.text
    assert timeless(last) == timeless(llm.complete(prompt, constraint=constraint))


def test_what_is_said_of_a_constraint_is_true(llm, prompt):
    completion = llm.complete(prompt, constraint=AnswerGrammar.of(prompt))
    assert completion.dialect == (llm.dialect() if completion.constrained else None)


def test_many_are_answered_as_one_is(llm, prompt):
    one = timeless(llm.complete(prompt))
    assert [timeless(reply) for reply in llm.complete_many([prompt, prompt])] == [one, one]
    assert llm.complete_many([]) == []


def test_constraints_must_be_as_many_as_prompts(llm, prompt):
    with pytest.raises(ValueError, match="as many constraints"):
        llm.complete_many([prompt], constraints=[None, None])


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
