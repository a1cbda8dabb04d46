"""Several servers of one model: who is asked, who waits, and what happens when one goes."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fake_chat_server import ANSWER, Answer, FakeServer, event, refusal, serving, streamed
from medrag.core.prompt import Completion, Decoding
from medrag.errors import BackendError, ConfigError, InputError, OverloadedError
from medrag.generation import open_llm
from medrag.generation.server import Connection, ServerLLM
from medrag.generation.server.replicas import Replicas, ReplicatedLLM

QUICK = Connection(backoff_s=0.01, first_token_s=5.0, total_s=20.0, connect_s=1.0)


@pytest.fixture
def fakes():
    with ExitStack() as stack:
        yield [stack.enter_context(serving(FakeServer())) for _ in range(3)]


@pytest.fixture
def open_all():
    opened = []

    def make(fakes, **settings) -> ReplicatedLLM:
        values = {"check_s": 60.0, "wait_s": 5.0, **settings}
        urls = tuple(fake if isinstance(fake, str) else fake.url for fake in fakes)
        opened.append(ReplicatedLLM(Replicas(urls=urls, **values), connection=QUICK))
        return opened[-1]

    yield make
    for llm in opened:
        llm.close()


@pytest.fixture
def prompt(prompt_of):
    return prompt_of("Dose?", "Give examplazine 40 mg. Take it with food.")


def held_back(let_go: threading.Event) -> Answer:
    """A reply that begins when it is let go."""

    def wait(_body):
        let_go.wait(10)
        return Answer(steps=[b"".join(streamed(ANSWER))])

    return wait


def at_once(llm, prompt, count):
    """Ask `count` times at the same time; return the threads and what came."""
    came = []

    def ask():
        try:
            came.append(llm.complete(prompt))
        except BackendError as error:
            came.append(error)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, came


def until(condition, limit_s=5.0):
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def test_one_reply_after_the_other_goes_round(fakes, open_all, prompt):
    llm = open_all(fakes)
    texts = [llm.complete(prompt).text for _ in range(6)]
    assert texts == [ANSWER] * 6
    assert [len(fake.asked) for fake in fakes] == [2, 2, 2]
    assert llm.name == "fake-1 (server)"
    assert llm.context_tokens == 4096


def test_the_one_with_least_to_do_is_asked(fakes, open_all, prompt):
    llm = open_all(fakes)
    let_go = threading.Event()
    fakes[0].script = [held_back(let_go)] * 2
    threads, came = at_once(llm, prompt, 1)
    until(lambda: llm.loads()[0].at_work == 1)
    for _ in range(4):
        llm.complete(prompt)
    assert [load.served for load in llm.loads()] == [1, 2, 2]
    let_go.set()
    for thread in threads:
        thread.join()
    assert [one.text for one in came] == [ANSWER]
    assert [load.at_work for load in llm.loads()] == [0, 0, 0]


def test_where_all_are_busy_some_wait_and_the_rest_is_refused_at_once(fakes, open_all, prompt):
    llm = open_all(fakes[:2], each=1, waiting=1)
    let_go = threading.Event()
    for fake in fakes[:2]:
        fake.script = [held_back(let_go)] * 2
    threads, came = at_once(llm, prompt, 3)
    until(lambda: sum(load.at_work for load in llm.loads()) == 2 and llm._pool._queue == 1)
    begun = time.monotonic()
    with pytest.raises(OverloadedError, match="busy and 1 requests wait"):
        llm.complete(prompt)
    assert time.monotonic() - begun < 0.5
    let_go.set()
    for thread in threads:
        thread.join()
    assert [one.text for one in came] == [ANSWER] * 3


def test_a_wait_has_an_end(fakes, open_all, prompt):
    llm = open_all(fakes[:1], each=1, wait_s=0.2)
    let_go = threading.Event()
    fakes[0].script = [held_back(let_go)]
    threads, _ = at_once(llm, prompt, 1)
    until(lambda: llm.loads()[0].at_work == 1)
    with pytest.raises(OverloadedError, match=r"free within 0\.2 s"):
        llm.complete(prompt)
    with pytest.raises(OverloadedError):
        llm.complete(prompt, cancelled=lambda: True)
    let_go.set()
    threads[0].join()


@pytest.mark.parametrize(
    "failure", [Answer(steps=[None]), refusal(503), refusal(429), refusal(500)]
)
def test_a_server_that_fails_before_a_word_is_stood_in_for(fakes, open_all, prompt, failure):
    llm = open_all(fakes)
    fakes[0].script = [failure, failure]
    assert llm.complete(prompt).text == ANSWER
    assert [len(fake.asked) for fake in fakes][1:] == [1, 0]


def test_a_server_that_is_gone_is_stood_in_for_and_left_out(fakes, open_all, prompt):
    with serving(FakeServer()) as goes:
        llm = open_all([goes, fakes[0]])
    for _ in range(3):
        assert llm.complete(prompt).text == ANSWER
    down, stays = llm.loads()
    assert "not reachable" in down.down
    assert (down.served, stays.served, stays.down) == (1, 3, None)


def test_health_is_asked_again_and_again(fakes, open_all, prompt):
    llm = open_all(fakes[:2], check_s=0.1)
    fakes[0].models = refusal(503)
    until(lambda: llm.loads()[0].down is not None)
    asked = len(fakes[0].asked)
    for _ in range(3):
        llm.complete(prompt)
    assert len(fakes[0].asked) == asked
    fakes[0].models = {"data": [{"id": "fake-1", "max_model_len": 4096}]}
    until(lambda: llm.loads()[0].down is None)
    llm.complete(prompt)
    assert len(fakes[0].asked) == asked + 1


def test_a_check_on_a_kept_connection_has_an_end():
    class Freezing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        asked = 0

        def do_GET(self):
            Freezing.asked += 1
            if Freezing.asked > 2:
                time.sleep(3)
            body = b'{"data": [{"id": "m", "max_model_len": 4096}]}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_): ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Freezing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        llm = ServerLLM(f"http://127.0.0.1:{server.server_port}#m", connection=QUICK)
        while Freezing.asked < 2:
            assert llm.is_alive(1.0)
        begun = time.monotonic()
        assert not llm.is_alive(0.2)
        assert time.monotonic() - begun < 2
        llm.close()
        server.shutdown()


def test_after_the_first_word_nobody_stands_in(fakes, open_all, prompt):
    llm = open_all(fakes)
    fakes[0].script = [Answer(steps=[event('{"status":"insuf'), None])]
    reply = llm.complete(prompt)
    assert reply.finish_reason == "error"
    assert reply.text == '{"status":"insuf'
    assert [len(fake.asked) for fake in fakes] == [1, 0, 0]


def test_what_is_the_requests_own_fault_is_not_asked_again(fakes, open_all, prompt):
    llm = open_all(fakes)
    for fake in fakes:
        fake.script = [refusal(401)]
    with pytest.raises(BackendError, match="refuses the token"):
        llm.complete(prompt)
    assert [len(fake.asked) for fake in fakes] == [1, 0, 0]
    with pytest.raises(InputError, match="the context holds 4096"):
        llm.complete(prompt, decoding=Decoding(max_tokens=8192))


def test_where_all_are_busy_the_last_word_is_to_ask_later(fakes, open_all, prompt):
    llm = open_all(fakes[:2])
    for fake in fakes[:2]:
        fake.script = [refusal(429), refusal(429)]
    with pytest.raises(OverloadedError, match="busy"):
        llm.complete(prompt)


def test_every_server_is_asked_what_it_obeys_and_the_grammar_goes_to_all(fakes, open_all, prompt):
    from medrag.pipeline.answering import constraint_of

    for fake in fakes[:2]:
        fake.obeys = {"grammar"}
    llm = open_all(fakes[:2])
    assert llm.dialect() == "gbnf"
    constraint = constraint_of(prompt, 4)
    replies = [llm.complete(prompt, constraint=constraint) for _ in range(4)]
    assert {reply.dialect for reply in replies} == {"gbnf"}
    assert all(reply.constrained for reply in replies)
    for fake in fakes[:2]:
        assert fake.asked[-1]["grammar"] == constraint.gbnf()


def test_a_stream_is_one_servers_and_closing_it_gives_the_place_back(fakes, open_all, prompt):
    llm = open_all(fakes)
    *pieces, last = list(llm.stream(prompt))
    assert isinstance(last, Completion)
    assert "".join(pieces) == last.text == ANSWER
    fakes[1].script = [Answer(steps=[event('{"st'), 5.0])]
    stream = llm.stream(prompt)
    assert next(stream) == '{"st'
    assert [load.at_work for load in llm.loads()] == [0, 1, 0]
    stream.close()
    assert [load.at_work for load in llm.loads()] == [0, 0, 0]


def test_many_prompts_are_spread(fakes, open_all, prompt):
    llm = open_all(fakes)
    replies = llm.complete_many([prompt] * 9)
    assert [reply.text for reply in replies] == [ANSWER] * 9
    assert min(len(fake.asked) for fake in fakes) >= 1


def test_a_server_that_is_not_there_at_the_start_is_no_hindrance(fakes, open_all, prompt):
    llm = open_all(["http://127.0.0.1:9", fakes[0]])
    assert llm.loads()[0].down is not None
    assert llm.complete(prompt).text == ANSWER
    with pytest.raises(BackendError, match="None of 1 servers answers"):
        open_all(["http://127.0.0.1:9"])


def test_servers_of_different_models_are_refused(fakes, open_all):
    fakes[1].models = {"data": [{"id": "another-model"}]}
    with pytest.raises(InputError, match="different models: fake-1"):
        open_all(fakes[:2])


def test_tokens_are_counted_by_any_and_without_a_place(fakes, open_all):
    for fake in fakes[:1]:
        fake.pages["/tokenize"] = {"tokens": [1, 2, 3]}
    llm = open_all(fakes[:1], each=1)
    assert llm.count_tokens("three words here") == 3
    assert llm.loads()[0].served == 0


def test_replicas_are_named_with_commas_or_in_a_file(tmp_path, fakes):
    both = Replicas.named("http://a:1/v1, http://b:2/v1#m")
    assert both.urls == ("http://a:1/v1#m", "http://b:2/v1#m")
    path = tmp_path / "replicas.toml"
    path.write_text(f'urls = ["{fakes[0].url}"]\neach = 3\n', encoding="utf-8")
    assert Replicas.named(f"replicas:{path}").each == 3
    path.write_text('urls = ["http://a"]\neech = 3\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="each"):
        Replicas.named(f"replicas:{path}")
    llm = open_llm(f"{fakes[0].url},{fakes[1].url}")
    assert isinstance(llm, ReplicatedLLM)
    llm.close()
