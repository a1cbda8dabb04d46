"""Where a server is, how it is reached, and what it tells of itself."""

from __future__ import annotations

import datetime as dt
import gc
import logging
import socket
import ssl

import pytest

from fake_chat_server import ANSWER, FakeServer, refusal, serving
from medrag.errors import BackendError, InputError
from medrag.generation.room import most_tokens
from medrag.generation.server import Connection, ServerLLM
from medrag.generation.server.address import Address


@pytest.mark.parametrize(
    ("url", "api", "root", "model"),
    [
        ("http://host:8000", "http://host:8000/v1", "http://host:8000", None),
        ("http://host:8000/v1/", "http://host:8000/v1", "http://host:8000", None),
        ("https://host/llm", "https://host/llm/v1", "https://host/llm", None),
        ("https://host/openai/v1#m", "https://host/openai/v1", "https://host/openai", "m"),
        ("http://[::1]:80", "http://[::1]:80/v1", "http://[::1]:80", None),
        (
            "https://x.prediction.vertexai.goog/v1beta1/projects/p/locations/l/endpoints/7",
            "https://x.prediction.vertexai.goog/v1beta1/projects/p/locations/l/endpoints/7",
            "https://x.prediction.vertexai.goog/v1beta1/projects/p/locations/l/endpoints/7",
            None,
        ),
        ("http://h#google/medgemma-27b%3Aq4", "http://h/v1", "http://h", "google/medgemma-27b:q4"),
    ],
)
def test_an_address_is_read(url, api, root, model):
    address = Address.read(url)
    assert (address.api, address.root, address.model) == (api, root, model)


@pytest.mark.parametrize(
    "url", ["host:8000", "ftp://host", "http://", "http://host:port", "", "http://[::1"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(InputError, match="URL"):
        Address.read(url)


@pytest.mark.parametrize("url", ["http://me:s3cret@host", "http://host/v1?key=s3cret"])
def test_secrets_do_not_belong_into_an_address(url):
    with pytest.raises(InputError, match="MEDRAG_LLM_TOKEN") as caught:
        Address.read(url)
    assert "s3cret" not in str(caught.value)


def test_a_token_is_never_shown():
    how = Connection(token="s3cret", proxy="http://me:s3cret@proxy")
    assert "s3cret" not in repr(how)


def test_a_token_that_is_replaced_in_its_file_is_read_anew(open_at, fake, prompt, tmp_path):
    path = tmp_path / "token"
    path.write_text("first\n")
    llm = open_at(fake.url, token_file=path)
    llm.complete(prompt)
    path.write_text("second\n")
    llm.complete(prompt)
    sent = [headers["Authorization"] for headers in fake.headers]
    assert sent == ["Bearer first", "Bearer second"]


def test_no_token_is_no_header(llm, fake, prompt):
    llm.complete(prompt)
    assert "Authorization" not in fake.headers[-1]


@pytest.mark.parametrize("content", [b"a\nb", b"caf\xc3\xa9", b"\xff", None])
def test_what_is_no_token_is_refused(tmp_path, content):
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="token"):
        Connection(token_file=path).bearer()


def test_the_environment_names_token_and_certificates(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDRAG_LLM_TOKEN", "s3cret")
    monkeypatch.setenv("MEDRAG_LLM_CA_FILE", str(tmp_path / "ca.pem"))
    how = Connection.of_environment()
    assert (how.bearer(), how.ca_file) == ("s3cret", tmp_path / "ca.pem")


def test_proxies_of_the_environment_are_not_used(fake, open_at, prompt, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert open_at(fake.url).complete(prompt).text == ANSWER


def test_a_proxy_that_is_asked_for_is_used(open_at):
    with serving(FakeServer()) as proxy:
        open_at("http://far.invalid:8000", proxy=proxy.url)
        assert proxy.paths[0] == "http://far.invalid:8000/v1/models"


def test_an_unreachable_server_is_named(open_at):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(BackendError, match=f"127.0.0.1:{port}/v1 is not reachable"):
        open_at(f"http://127.0.0.1:{port}")


def test_a_token_on_an_open_line_is_warned_of(open_at, caplog):
    with serving(FakeServer()) as proxy, caplog.at_level(logging.WARNING):
        open_at("http://far.invalid:8000", proxy=proxy.url, token="s3cret")
    assert "unencrypted" in caplog.text
    assert "s3cret" not in caplog.text


def certificate(folder, *, host="127.0.0.1"):
    """A self-signed certificate of this test's own, and its key."""
    x509 = pytest.importorskip("cryptography.x509")
    import ipaddress

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.timezone.utc)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    plain = serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*form, plain))
    return pem


@pytest.fixture
def private(tmp_path):
    """A server with a certificate that nobody has signed."""
    pem = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with serving(FakeServer(), tls=context) as server:
        yield server, pem


def test_certificates_are_checked(private, open_at):
    with pytest.raises(BackendError, match=r"certificate that is not trusted.*MEDRAG_LLM_CA_FILE"):
        open_at(private[0].url)


def test_a_given_certificate_is_trusted(private, open_at, prompt):
    server, pem = private
    llm = open_at(server.url, ca_file=pem, token="s3cret")
    assert llm.complete(prompt).text == ANSWER


def test_a_stalled_reply_under_tls_is_given_up(private, open_at, prompt):
    from fake_chat_server import Answer, event

    server, pem = private
    llm = open_at(server.url, ca_file=pem, idle_s=0.4)
    server.script = [Answer(steps=[event("{"), 30.0])]
    assert llm.complete(prompt).finish_reason == "timeout"


def test_a_file_without_certificates_is_refused(open_at, tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(InputError, match="no certificates"):
        open_at("https://127.0.0.1:9", ca_file=tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("entry", "pages", "tokens"),
    [
        ({"max_model_len": 4096}, {}, 4096),
        ({"meta": {"n_ctx": 2048, "n_ctx_train": 131072}}, {}, 2048),
        ({"context_window": 3000}, {}, 3000),
        ({}, {"/props?model=m": {"default_generation_settings": {"n_ctx": 1234}}}, 1234),
        ({}, {"/info": {"max_total_tokens": 5000}}, 5000),
        ({"max_model_len": True}, {}, 8192),
        ({"max_model_len": -3}, {}, 8192),
        ({"max_model_len": "many"}, {"/props?model=m": ["x"]}, 8192),
        ({}, {"/props?model=m": refusal(200, "<html>")}, 8192),
        (
            {"owned_by": "library"},
            {"/api/ps": {"models": [{"name": "m", "context_length": 16384}]}},
            16384,
        ),
        # Ollama cuts what is longer than it was started with, whatever the model could hold.
        ({"owned_by": "library"}, {"/api/ps": {"models": [{"name": "other"}]}}, 4096),
        ({"owned_by": "library"}, {}, 4096),
    ],
)
def test_the_context_is_what_the_server_says(open_at, fake, entry, pages, tokens):
    fake.models = {"data": [{"id": "m", **entry}]}
    fake.pages = pages
    assert open_at(fake.url).context_tokens == tokens


def test_the_context_can_be_told_it_better(open_at, fake):
    assert open_at(fake.url, context_tokens=77).context_tokens == 77


def test_a_server_with_several_models_is_asked_for_one_of_them(open_at, fake):
    fake.models = {"data": [{"id": "a"}, {"id": "b:latest"}, {"id": 7}, "x", {"id": "\x1b[2J"}]}
    with pytest.raises(InputError, match=r"several models.*: a, b:latest"):
        open_at(fake.url)
    assert open_at(fake.url, model="b").name == "b:latest (server)"
    assert open_at(fake.url + "#a").name == "a (server)"
    with pytest.raises(InputError, match="does not list the model"):
        open_at(fake.url, model="c")


@pytest.mark.parametrize("models", [None, {"data": []}, {"data": "x"}, {}, refusal(405)])
def test_a_server_without_a_list_is_taken_at_its_word(open_at, fake, prompt, models):
    fake.models = models
    llm = open_at(fake.url, model="m")
    assert (llm.name, llm.context_tokens) == ("m (server)", 8192)
    assert llm.complete(prompt).text == ANSWER


def test_a_server_that_still_loads_its_model_is_waited_for(open_at, fake):
    answers = [refusal(503), refusal(503), {"data": [{"id": "m", "max_model_len": 99}]}]
    fake.models = lambda _: answers.pop(0)
    assert open_at(fake.url).context_tokens == 99


def test_a_refused_token_is_said_at_once(open_at, fake):
    fake.models = refusal(401, '{"error": "s3cret"}')
    with pytest.raises(BackendError, match="refuses the token"):
        open_at(fake.url, token="s3cret")


def test_terms_of_the_model_are_shown(open_at, fake):
    fake.models = {"data": [{"id": "google/medgemma-27b-text-it"}]}
    assert "Health AI Developer Foundations" in open_at(fake.url).notice


def test_tokens_are_counted_by_the_server_where_it_can(open_at, fake):
    fake.pages = {"/tokenize": lambda body: {"count": 3, "tokens": body["prompt"].split()}}
    llm = open_at(fake.url)
    assert llm.count_tokens("one two three") == 3
    assert llm.count_tokens("") == 0


@pytest.mark.parametrize("page", [None, {"tokens": "x"}, {"tokens": []}, refusal(500)])
def test_tokens_are_estimated_where_the_server_does_not_count(open_at, fake, page):
    fake.pages = {"/tokenize": page}
    llm = open_at(fake.url)
    assert llm.count_tokens("one two three") == most_tokens("one two three") == 5
    assert llm.count_tokens("x") == 1
    assert fake.paths.count("/tokenize") <= 3


def test_an_estimate_is_never_too_low_for_digits_and_other_scripts():
    assert most_tokens("") == 0
    assert most_tokens("0.5 mg") == 3 + 1
    assert most_tokens("剂量") == 6
    assert most_tokens("💊") == 4


@pytest.mark.parametrize(
    ("entry", "loaded", "name"),
    [
        ({"owned_by": "vllm"}, {}, "m (vllm)"),
        (
            {"owned_by": "llamacpp", "meta": {"ftype": "Q4_K - Medium"}},
            {},
            "m Q4_K - Medium (llamacpp)",
        ),
        (
            {"owned_by": "library"},
            {"digest": "0123456789abcdef", "details": {"quantization_level": "Q4_K_M"}},
            "m@0123456789ab Q4_K_M (ollama)",
        ),
        ({"owned_by": "library"}, {}, "m (ollama)"),
        ({"owned_by": "\x1b[2J", "meta": {"ftype": 7}}, {}, "m (server)"),
        ({"owned_by": "x" * 999}, {}, "m (server)"),
    ],
)
def test_an_answer_names_revision_quantization_and_software(open_at, fake, entry, loaded, name):
    fake.models = {"data": [{"id": "m", **entry}]}
    fake.pages = {"/api/ps": {"models": [{"name": "m", **loaded}]}}
    assert open_at(fake.url).name == name


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"id": "sk-SECRETTOKEN123"}, "model (server)"),
        ({"id": "m", "owned_by": "of sk-SECRETTOKEN123"}, "m (server)"),
        ({"id": "m", "meta": {"ftype": "sk-SECRETTOKEN123"}}, "model (server)"),
    ],
)
def test_a_token_that_the_server_tells_back_is_not_its_name(open_at, fake, caplog, entry, name):
    fake.models = {"data": [entry]}
    with caplog.at_level(logging.DEBUG, logger="medrag"):
        assert open_at(fake.url, token="sk-SECRETTOKEN123").name == name
    fake.models = {"data": [entry, {"id": "a"}, {"id": "b"}]}
    with pytest.raises(InputError, match="several models") as caught:
        open_at(fake.url, token="sk-SECRETTOKEN123")
    assert "SECRETTOKEN" not in f"{caught.value} {caplog.text}"


def test_the_name_of_a_model_is_not_guessed_from_nothing(fake):
    fake.models = {"data": []}
    llm = ServerLLM(fake.url)
    assert llm.name == "model (server)"
    llm.close()


def test_a_server_that_nobody_closes_is_closed(fake):
    llm = ServerLLM(fake.url)
    closed = llm._close
    assert closed.alive
    del llm
    gc.collect()
    assert not closed.alive
