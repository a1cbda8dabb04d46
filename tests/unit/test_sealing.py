"""Sealed text: opens with its key and in its place only; keys stay out of every message."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from medrag.errors import InputError
from medrag.sealing import KeyRing, SecretKey


def test_what_was_sealed_opens_with_its_key_and_under_its_context_only(tmp_path: Path) -> None:
    key, other = SecretKey.create(tmp_path / "a.key"), SecretKey.create(tmp_path / "b.key")
    sealed = key.seal(b"Jane Roe", "record 1")
    ring = KeyRing([SecretKey.open(tmp_path / "a.key")])
    assert ring.open(sealed, "record 1") == b"Jane Roe"
    with pytest.raises(InputError, match="changed, or belongs to another record"):
        ring.open(sealed, "record 2")
    with pytest.raises(InputError, match=f"sealed with key {key.id}; the keys given are"):
        KeyRing([other]).open(sealed, "record 1")


def test_a_changed_byte_is_found() -> None:
    key = SecretKey(b"k" * 32)
    sealed = key.seal(b"Jane Roe", "here")
    data = bytearray(base64.b64decode(sealed.data))
    for place in range(len(data)):
        data[place] ^= 1
        changed = sealed.model_copy(update={"data": base64.b64encode(bytes(data)).decode()})
        with pytest.raises(InputError, match="was changed"):
            KeyRing([key]).open(changed, "here")
        data[place] ^= 1


def test_after_a_change_of_keys_the_new_one_seals_and_both_open() -> None:
    old, new = SecretKey(b"o" * 32), SecretKey(b"n" * 32)
    before = KeyRing([old]).seal(b"early", "c")
    ring = KeyRing([new, old])
    after = ring.seal(b"late", "c")
    assert (before.key, after.key) == (old.id, new.id)
    assert [ring.open(sealed, "c") for sealed in (before, after)] == [b"early", b"late"]


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    key = SecretKey(b"k" * 32)
    assert key.seal(b"x", "c").data != key.seal(b"x", "c").data


def test_a_key_file_is_private_and_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    key = SecretKey.create(path)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="exists already"):
        SecretKey.create(path)
    assert path.read_text().strip() not in repr(key)


def test_a_key_in_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = SecretKey.create(tmp_path / "a.key")
    monkeypatch.setenv("SOME_KEY", (tmp_path / "a.key").read_text())
    assert SecretKey.from_environment("SOME_KEY").id == key.id
    monkeypatch.delenv("SOME_KEY")
    with pytest.raises(InputError, match="SOME_KEY is not set"):
        SecretKey.from_environment("SOME_KEY")


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_what_is_no_key_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.key"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        SecretKey.open(path)
    assert str(caught.value) == f"{path}: no key of 32 bytes in base64."


def test_a_missing_key_file_and_an_empty_ring_say_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        SecretKey.open(tmp_path / "absent.key")
    with pytest.raises(InputError, match="There is no key"):
        KeyRing([])


def test_purposes_have_keys_of_their_own() -> None:
    key = SecretKey(b"k" * 32)
    assert len({key.derived("a"), key.derived("b"), SecretKey(b"j" * 32).derived("a")}) == 3
