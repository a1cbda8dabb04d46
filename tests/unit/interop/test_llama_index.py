"""medrag inside LlamaIndex's pipelines, and its gates around somebody else's."""

import asyncio

import pytest
from llama_index.core import MockEmbedding, QueryBundle, VectorStoreIndex
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response, StreamingResponse
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeRelationship, NodeWithScore, TextNode
from llama_index.core.tools import QueryEngineTool, ToolMetadata

import medrag
from medrag.core.patient import Patient
from medrag.documents import from_llama_index
from medrag.interop.llama_index import (
    CheckedQueryEngine,
    InForce,
    MedragNodeParser,
    MedragQueryEngine,
    MedragRetriever,
    QuoteGate,
    SafetyChecker,
    to_llama_index,
)

DOSE = "Give examplazine 40 mg once daily to adults."
QUESTION = "What dose of examplazine do adults get?"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    root = tmp_path_factory.mktemp("llama")
    (root / "corpus").mkdir()
    text = f"# Examplazine\n\n## Dose\n\n{DOSE}\n\n## Storage\n\nKeep examplazine cold.\n"
    (root / "corpus" / "e.md").write_text(text, encoding="utf-8")
    other = "# Metformin\n\n## Dose\n\nGive metformin 500 mg twice daily to adults.\n"
    (root / "corpus" / "m.md").write_text(other, encoding="utf-8")
    return medrag.Index.build([root / "corpus"], root / "index", embedder="hashing", progress=False)


def test_a_retriever_gives_nodes_that_lie_in_their_document(index):
    nodes = MedragRetriever(index, 2).retrieve(QUESTION)
    for item in nodes:
        document = index.document(item.node.relationships[NodeRelationship.SOURCE].node_id)
        start, end = item.node.start_char_idx, item.node.end_char_idx
        assert document.text[start:end] == item.node.get_content()
    assert [item.score for item in nodes] == sorted((i.score for i in nodes), reverse=True)
    assert nodes[0].node.metadata["in_force"] is True


def test_a_retriever_works_in_a_running_loop(index):
    nodes = asyncio.run(MedragRetriever(index, 1).aretrieve(QUESTION))
    assert "examplazine" in nodes[0].node.get_content()


def test_a_retriever_serves_llama_indexs_own_engine(index):
    engine = RetrieverQueryEngine.from_args(
        MedragRetriever(index, 2), llm=MockLLM(), node_postprocessors=[InForce()]
    )
    assert engine.query(QUESTION).source_nodes[0].node.metadata["title"] == "Examplazine"


def test_an_engine_answers_with_quotations_in_their_places(index):
    response = MedragQueryEngine(medrag.QueryEngine(index)).query(QUESTION)
    assert DOSE in str(response)
    (claim, *_) = response.metadata["claims"]
    (quote, *_) = claim["quotes"]
    start, end = quote["span"]
    assert index.document(quote["document_id"]).text[start:end] == quote["text"]
    assert {item.node.node_id for item in response.source_nodes} >= {quote["node_id"]}
    assert response.metadata["status"] == "answered"
    assert "not a medical device" in str(response)


def test_findings_reach_the_response(index):
    failing = Patient(labs=[{"name": "eGFR", "value": 12, "unit": "mL/min/1.73m2"}])
    engine = MedragQueryEngine(medrag.QueryEngine(index), patient=failing)
    found = asyncio.run(engine.aquery("What dose of metformin do adults get?")).metadata
    assert {finding["category"] for finding in found["findings"]} >= {"renal"}


def test_an_engine_is_a_tool(index):
    tool = QueryEngineTool(
        query_engine=MedragQueryEngine(medrag.QueryEngine(index)),
        metadata=ToolMetadata(name="guidelines", description="What the protocols say."),
    )
    assert DOSE in str(tool.call(QUESTION))


def test_events_go_through_llama_indexs_dispatcher(index):
    seen = []

    class Listener(BaseEventHandler):
        @classmethod
        def class_name(cls):
            return "Listener"

        def handle(self, event, **more):
            seen.append(event.class_name())

    dispatcher = get_dispatcher()
    listener = Listener()
    dispatcher.add_event_handler(listener)
    try:
        MedragQueryEngine(medrag.QueryEngine(index)).query(QUESTION)
        MedragRetriever(index).retrieve(QUESTION)
    finally:
        dispatcher.event_handlers.remove(listener)
    assert {"QueryStartEvent", "QueryEndEvent", "RetrievalStartEvent", "RetrievalEndEvent"} <= {
        *seen
    }


def test_documents_go_out_and_come_back(index):
    document = index.document(index.info().sources[0].id)
    (again,) = from_llama_index([to_llama_index(document)])
    assert (again.text, again.source.title) == (document.text, document.source.title)


class Canned(BaseQueryEngine):
    """An engine that always says one thing of one source."""

    def __init__(self, text, source=DOSE, *, is_stream=False):
        super().__init__(None)
        self._text, self._source, self._is_stream = text, source, is_stream

    def _query(self, query_bundle: QueryBundle):
        nodes = [NodeWithScore(node=TextNode(text=self._source), score=1.0)]
        if self._is_stream:
            return StreamingResponse(iter([self._text]), source_nodes=nodes)
        return Response(self._text, source_nodes=nodes)

    async def _aquery(self, query_bundle: QueryBundle):
        return self._query(query_bundle)

    def _get_prompt_modules(self):
        return {}


@pytest.mark.parametrize("is_stream", [False, True])
def test_an_answer_that_its_sources_do_not_support_is_withheld(is_stream):
    wrong = Canned("Give examplazine 400 mg once daily to adults.", is_stream=is_stream)
    response = CheckedQueryEngine(wrong, [QuoteGate()]).query(QUESTION)
    assert "400" not in str(response)
    assert "400 mg" in response.metadata["quote_gate"]["withheld"]
    (finding, *_) = response.metadata["quote_gate"]["findings"]
    assert finding["category"] == "unsupported-number"


def test_a_supported_answer_passes_unchanged():
    response = CheckedQueryEngine(Canned(DOSE), [QuoteGate(), SafetyChecker()]).query(QUESTION)
    assert str(response) == DOSE
    assert response.metadata["quote_gate"]["findings"] == []
    assert response.metadata["safety_checker"]["rule_set"]


def test_an_unsafe_answer_is_withheld_or_only_marked_as_asked():
    text = "Give metformin 5000 mg twice daily."
    unsafe = Canned(text, text)
    withheld = asyncio.run(CheckedQueryEngine(unsafe, [SafetyChecker()]).aquery(QUESTION))
    assert "5000" not in str(withheld)
    marked = CheckedQueryEngine(unsafe, [SafetyChecker(withhold=None)]).query(QUESTION)
    assert str(marked) == text
    assert marked.metadata["safety_checker"]["findings"]


@pytest.mark.parametrize("gates", [(QuoteGate, SafetyChecker), (SafetyChecker, QuoteGate)])
def test_what_one_gate_withheld_the_other_still_looks_at(gates):
    unsafe = Canned("Give metformin 5000 mg twice daily.", "Give metformin 500 mg twice daily.")
    response = CheckedQueryEngine(unsafe, [gate() for gate in gates]).query(QUESTION)
    assert "5000" not in str(response)
    for name in ("quote_gate", "safety_checker"):
        assert response.metadata[name]["findings"]
        assert "5000" in response.metadata[name]["withheld"]


def test_nodes_out_of_force_are_dropped():
    def node(name, **dates):
        metadata = {"file_name": name, "key": name, **dates}
        return NodeWithScore(node=TextNode(text=f"text of {name}", metadata=metadata), score=1.0)

    nodes = [
        node("old", expires="2020-01-01"),
        node("next", effective="2999-01-01"),
        node("replaced"),
        node("new", effective="2021-01-01", supersedes=["replaced"]),
        NodeWithScore(node=TextNode(text="plain"), score=0.5),
    ]
    kept = InForce().postprocess_nodes(nodes)
    assert [item.node.get_content() for item in kept] == ["text of new", "plain"]


def test_an_index_or_its_folder_is_enough(index):
    folder = index.info().path
    assert MedragRetriever(folder, 1).retrieve(QUESTION)[0].node.metadata["title"] == "Examplazine"
    for given in (index, folder):
        assert DOSE in str(MedragQueryEngine(given).query(QUESTION))


def test_the_checker_marks_the_nodes_of_anybodys_pipeline(index):
    failing = Patient(labs=[{"name": "eGFR", "value": 12, "unit": "mL/min/1.73m2"}])
    retriever = MedragRetriever(index, 4)
    engine = RetrieverQueryEngine.from_args(
        retriever, llm=MockLLM(), node_postprocessors=[SafetyChecker(patient=failing)]
    )
    response = engine.query("What dose of metformin do adults get?")
    by_title = {item.node.metadata["title"]: item.node for item in response.source_nodes}
    found = by_title["Metformin"].metadata["safety_checker"]["findings"]
    assert "renal" in {finding["category"] for finding in found}
    other = by_title["Examplazine"].metadata["safety_checker"]["findings"]
    assert "renal" not in {finding["category"] for finding in other}
    assert "renal" not in str(response)
    (given, *_) = retriever.retrieve("metformin")
    before = given.node.model_dump()
    SafetyChecker(patient=failing).postprocess_nodes([given])
    assert given.node.model_dump() == before


def test_the_gate_drops_nodes_that_are_not_their_documents_words(index):
    (item, *_) = MedragRetriever(index, 1).retrieve(QUESTION)
    gate = QuoteGate(index=index)
    kept = gate.postprocess_nodes([item])
    assert [one.node.node_id for one in kept] == [item.node.node_id]
    wrong = item.node.model_copy(update={"text": item.node.text.replace("40", "400")})
    shorter = item.node.model_copy(
        update={"text": "Give examplazine 40 mg once daily", "start_char_idx": None}
    )
    strange = TextNode(text=DOSE)
    nodes = [NodeWithScore(node=node, score=1.0) for node in (wrong, shorter, strange)]
    assert [one.node.text for one in gate.postprocess_nodes(nodes)] == [shorter.text]
    assert len(QuoteGate().postprocess_nodes(nodes)) == len(nodes)


def test_documents_of_a_reader_are_cut_into_nodes_with_exact_offsets(index):
    whole = index.document(index.info().sources[0].id)
    given = to_llama_index(whole)
    nodes = IngestionPipeline(
        transformations=[MedragNodeParser(max_tokens=12, embedder="hashing")], disable_cache=True
    ).run(documents=[given])
    (document,) = from_llama_index([given])
    assert len(nodes) > 1
    for node in nodes:
        assert document.text[node.start_char_idx : node.end_char_idx] == node.get_content()
        assert node.ref_doc_id == document.id
    said = "".join(node.get_content() for node in nodes)
    assert "".join(said.split()) == "".join(document.text.split())


def test_cut_documents_serve_llama_indexs_own_store(index):
    given = [to_llama_index(index.document(source.id)) for source in index.info().sources]
    store = VectorStoreIndex.from_documents(
        given,
        transformations=[MedragNodeParser(embedder="hashing")],
        embed_model=MockEmbedding(8),
    )
    (node, *_) = store.as_retriever().retrieve("examplazine")
    assert node.node.metadata["title"] in {"Examplazine", "Metformin"}
