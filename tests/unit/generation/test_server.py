"""The client of OpenAI-compatible servers, against a strict fake on loopback."""

from __future__ import annotations

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from medrag.errors import BackendError, InputError
from medrag.generation import open_llm, parse
from medrag.generation.grammar import AnswerGrammar
from medrag.generation.server import ServerLLM

ANSWER = '{"status":"insufficient","claims":[],"missing":"the dose"}'


class Fake:
    """A server with a script: which constraint it obeys and how it fails.

    Attributes:
        obeys: Fields that it reads; others are ignored, as real servers do.
        faults: Responses given before it works: (status, headers, body).
        asked: Every body that was posted.
    """

    def __init__(self):
        self.obeys: set[str] = set()
        self.faults: list[tuple[int, dict, str]] = []
        self.asked: list[dict] = []
        self.headers: list[dict] = []
        self.text = ANSWER
        self.finish = "stop"
        self.models = {"data": [{"id": "fake-1", "max_model_len": 4096}]}

    def reply(self, body):
        said = self.text
        if "grammar" in self.obeys and 'root ::= "medrag-ok"' in body.get("grammar", ""):
            said = "medrag-ok"
        schema = json.dumps(body.get("response_format", {}))
        if "response_format" in self.obeys and "medrag-ok" in schema:
            said = '{"reply": "medrag-ok"}'
        message = {"role": "assistant", "content": said}
        usage = {"prompt_tokens": 7, "completion_tokens": 3}
        choices = [{"index": 0, "message": message, "finish_reason": self.finish}]
        return {"choices": choices, "usage": usage}


def handler_of(fake):
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.answer(200, {}, json.dumps(fake.models))

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append(body)
            fake.headers.append(dict(self.headers))
            if fake.faults:
                self.answer(*fake.faults.pop(0))
            else:
                self.answer(200, {}, json.dumps(fake.reply(body)))

        def answer(self, status, headers, text):
            raw = text.encode()
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(raw)

    return Handler


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def url(fake):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(fake))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def waited():
    return []


@pytest.fixture
def llm(url, waited):
    llm = ServerLLM(url, wait=waited.append)
    yield llm
    llm._client.close()


@pytest.fixture
def prompt(prompt_of):
    return prompt_of("Dose?", "Give examplazine 40 mg.")


def test_a_server_that_ignores_constraints_is_found_out(llm, fake, prompt):
    completion = llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    assert llm.dialect() is None
    assert not completion.constrained
    assert "grammar" not in fake.asked[-1]
    assert parse(completion, prompt).missing == "the dose"


def test_a_server_that_obeys_grammars_gets_the_sentence_grammar(llm, fake, prompt):
    fake.obeys = {"grammar"}
    completion = llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    assert completion.constrained
    assert 't1-0 ::= " Give examplazine 40 mg."' in fake.asked[-1]["grammar"]
    llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    assert len(fake.asked) == 3  # one probe only


def test_a_server_that_knows_schemas_only_gets_the_schema(llm, fake, prompt):
    fake.obeys = {"response_format"}
    assert llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits)).constrained
    assert llm.dialect() == "json_schema"
    schema = fake.asked[-1]["response_format"]["json_schema"]["schema"]
    assert "Give examplazine 40 mg." in json.dumps(schema)


def test_name_context_and_usage_come_from_the_server(llm, prompt):
    completion = llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    assert (llm.name, llm.context_tokens) == ("fake-1 (server)", 4096)
    assert (completion.prompt_tokens, completion.completion_tokens) == (7, 3)


def test_a_cut_reply_says_so(llm, fake, prompt):
    fake.finish = "length"
    assert llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits)).finish_reason == "length"


def test_thinking_is_kept_apart(llm, fake, prompt):
    fake.text = f"<unused94>thought\nhmm<unused95>{ANSWER}"
    completion = llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    assert (completion.thinking, completion.text) == ("hmm", ANSWER)


def test_a_busy_server_is_asked_again_after_the_time_it_names(llm, fake, prompt, waited):
    assert llm.dialect() is None
    fake.faults = [(429, {"Retry-After": "3"}, ""), (503, {}, "")]
    assert llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits)).text == ANSWER
    assert waited == [3.0, 1.0]


def test_retries_end(llm, fake, prompt, waited):
    assert llm.dialect() is None
    fake.faults = [(503, {}, "")] * 9
    with pytest.raises(BackendError, match="HTTP status 503"):
        llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    assert len(waited) == 2


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ((500, {}, "SECRET trace"), BackendError, "HTTP status 500"),
        ((401, {}, ""), BackendError, "MEDRAG_LLM_TOKEN"),
        ((400, {}, "exceeds context: SECRET"), InputError, "fewer passages"),
        ((200, {}, "SECRET <html>"), BackendError, "not JSON"),
        ((200, {}, '["SECRET"]'), BackendError, "no object"),
        ((200, {}, '{"choices": []}'), BackendError, "no completion"),
        ((200, {}, '{"choices": [{"message": null}]}'), BackendError, "no completion"),
    ],
)
def test_faults_are_named_and_the_servers_words_are_not_repeated(
    llm, fake, prompt, fault, error, message
):
    assert llm.dialect() is None
    fake.faults = [fault]
    with pytest.raises(error, match=message) as caught:
        llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    assert "SECRET" not in str(caught.value)


def test_an_unreachable_server_is_named(waited):
    with pytest.raises(BackendError, match="not reachable"):
        ServerLLM("http://127.0.0.1:9", wait=waited.append)
    assert waited == [0.5, 1.0]


def test_the_token_comes_from_a_file_and_is_sent(url, fake, prompt, monkeypatch, tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    monkeypatch.setenv("MEDRAG_LLM_TOKEN_FILE", str(tmp_path / "token"))
    llm = open_llm(f"{url}/v1")
    llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    llm._client.close()
    assert fake.headers[-1]["Authorization"] == "Bearer s3cret"


def test_no_content_is_logged_by_medrag(llm, prompt, caplog):
    with caplog.at_level(logging.DEBUG, logger="medrag"):
        llm.complete(prompt, constraint=AnswerGrammar.of(prompt.hits))
    assert "examplazine" not in caplog.text
