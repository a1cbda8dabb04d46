"""Where an index on a server lies, and that its password is shown to nobody."""

from __future__ import annotations

import pytest

from medrag.errors import InputError
from medrag.index.opening import kind_of, shown
from medrag.index.postgres.address import read_address
from medrag.index.postgres.tables import Schema

URL = "postgresql://ann:p%40ss:w%2Frd@db.example:6543/medrag?schema=labels"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGUSER", "who-runs-this")


def test_a_url_names_server_database_user_and_schema():
    address = read_address(URL)
    assert (address.host, address.port, address.database) == ("db.example", 6543, "medrag")
    assert (address.user, address.password, address.schema) == ("ann", "p@ss:w/rd", "labels")


def test_what_is_left_out_has_a_default(monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "from outside")
    address = read_address("postgresql://localhost/medrag")
    assert (address.port, address.schema, address.user) == (5432, "medrag", "who-runs-this")
    assert address.password == "from outside"


def test_other_machines_must_prove_who_they_are():
    assert read_address("postgresql://db/medrag").sslmode == "verify-full"
    assert read_address("postgresql://127.0.0.1/medrag").tls is False
    assert read_address("postgresql://db/medrag").tls.check_hostname
    assert not read_address("postgresql://db/medrag?sslmode=require").tls.check_hostname


def test_a_unix_socket_is_a_folder():
    address = read_address("postgresql://ann@/medrag?host=/var/run/postgresql")
    assert address.is_socket
    assert address.tls is False


@pytest.mark.parametrize("url", [URL, URL.replace("db.example", "[::1]")])
def test_a_password_is_in_no_form_in_which_an_address_shows_itself(url):
    address = read_address(url)
    for text in (str(address), repr(address), shown(url)):
        assert "p@ss" not in text
        assert "p%40ss" not in text
        assert "ann@" in text or "'ann'" in text


@pytest.mark.parametrize(
    "schema",
    ['a";drop schema b;--', "pg_catalog", "A", "", "1a", "a b", "a" * 41, "é", "a%00", "public'"],
)
def test_hostile_schema_names_are_refused(schema):
    with pytest.raises(InputError, match="schema"):
        read_address(f"postgresql://db/medrag?schema={schema}")


def test_a_schema_is_quoted_whatever_it_is():
    assert Schema('a"b').table("current") == '"a""b"."current"'


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:secret@db",
        "postgresql://u:secret@/medrag",
        "postgresql://u:secret@db/medrag?password=secret",
        "postgresql://u:secret@db/medrag?sslmode=maybe",
        "postgresql://u:secret@db:port/medrag",
        "postgresql://u:secret@[db/medrag",
        "postgresql://u:2026?secret@db/medrag",
        "postgresql://u:2026#secret@db/medrag",
        "postgresql://u:2026/secret@db?schema=medrag",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url):
    with pytest.raises(InputError) as caught:
        read_address(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "place",
    [
        "POSTGRESQL://u:secret@db/medrag",
        " postgresql://u:secret@db/medrag",
        "postgresql:/u:secret@db/medrag",
    ],
)
def test_what_is_nearly_a_url_is_no_folder_and_not_shown(place):
    with pytest.raises(InputError, match="nearly") as caught:
        kind_of(place)
    assert "secret" not in str(caught.value)


def test_a_folder_is_no_url(tmp_path):
    assert kind_of(str(tmp_path)) is None
    assert kind_of(tmp_path) is None
    assert kind_of(tmp_path / "c:" / "index") is None
    assert kind_of("C:/indexes/labels") is None
    with pytest.raises(InputError, match=r"No index is named 'postgresqll'\. Did you mean"):
        kind_of("postgresqll://db/medrag")
