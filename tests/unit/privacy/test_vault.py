from __future__ import annotations

import subprocess
import sys

import pytest

from medrag.errors import InputError
from medrag.privacy import Deidentifier, Identity, Vault
from medrag.sealing import KeyRing, SecretKey

TEXT = "Mrs. Quillfeather, seen 03/14/2024 and 03/28/2024, MRN 5521-8830, takes examplazine 5 mg."


@pytest.fixture
def key(tmp_path):
    return SecretKey.create(tmp_path / "one.key")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "patients.vault"


@pytest.fixture
def one():
    return Identity(key="patient one", names=("Odile Quillfeather",))


def test_what_was_replaced_is_turned_back(path, key, one):
    deidentifier = Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one)
    done = deidentifier.deidentify(TEXT)
    assert "Quillfeather" not in done.text
    assert deidentifier.relink(done.text) == TEXT


def test_a_later_process_turns_back_and_gives_the_same_surrogates(path, key, one):
    first = Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one).deidentify(TEXT)
    later = Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one)
    assert later.deidentify(TEXT) == first
    assert later.relink(first.text) == TEXT


def test_another_patient_has_other_surrogates_and_turns_nothing_back(path, key, one):
    vault = Vault(path, KeyRing([key]))
    done = Deidentifier(vault=vault).patient(one).deidentify(TEXT)
    other = Deidentifier(vault=vault).patient(Identity(key="patient two"))
    assert "Quillfeather" not in other.relink(done.text)


def test_dates_of_one_patient_move_by_one_secret_number_of_days(path, key, one):
    deidentifier = Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one)
    first = deidentifier.deidentify("Seen 2024-03-14.").text
    second = deidentifier.deidentify("Seen 2024-03-14 and 2024-03-15.").text
    assert first[:-1] in second
    assert "2024-03-14" not in first


def test_no_identifier_stands_in_the_file(path, key, one):
    Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one).deidentify(TEXT)
    content = path.read_bytes()
    for secret in (b"Quillfeather", b"5521-8830", b"14/2024", b"patient one"):
        assert secret not in content
    assert path.stat().st_mode & 0o077 == 0


def test_a_new_key_seals_the_whole_vault_anew(path, tmp_path, key, one):
    done = Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one).deidentify(TEXT)
    new = SecretKey.create(tmp_path / "two.key")
    Vault(path, KeyRing([new, key])).rotate()
    alone = Deidentifier(vault=Vault(path, KeyRing([new]))).patient(one)
    assert alone.relink(done.text) == TEXT
    with pytest.raises(InputError, match="sealed with key"):
        Vault(path, KeyRing([key]))


def test_an_open_vault_sees_that_another_process_sealed_it_anew(path, tmp_path, key, one):
    new = SecretKey.create(tmp_path / "two.key")
    ring = KeyRing([new, key])
    deidentifier = Deidentifier(vault=Vault(path, KeyRing([key, new]))).patient(one)
    done = deidentifier.deidentify(TEXT)
    Vault(path, ring).rotate()
    assert deidentifier.deidentify(TEXT) == done


def test_a_line_torn_by_a_crash_is_cut_off(path, key, one):
    done = Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one).deidentify(TEXT)
    whole = path.read_bytes()
    path.write_bytes(whole + b'["9a", "0123')
    later = Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one)
    assert later.relink(done.text) == TEXT
    assert path.read_bytes() == whole


def test_a_record_moved_to_another_patient_is_refused(path, key, one):
    vault = Vault(path, KeyRing([key]))
    Deidentifier(vault=vault).patient(one).deidentify(TEXT)
    Deidentifier(vault=vault).patient(Identity(key="patient two")).deidentify("Mr. Quayle")
    lines = path.read_bytes().splitlines(keepends=True)
    name_one, name_two = lines[1][:40], lines[-1][:40]
    assert name_one != name_two
    path.write_bytes(b"".join([*lines[:-1], lines[-1].replace(name_two, name_one)]))
    with pytest.raises(InputError, match="changed, or belongs to another") as refused:
        Deidentifier(vault=Vault(path, KeyRing([key]))).patient(one).deidentify(TEXT)
    assert "Quillfeather" not in str(refused.value)


def test_a_file_that_is_no_vault_is_refused_without_its_words(path, key):
    path.write_text("Odile Quillfeather\n")
    with pytest.raises(InputError, match="not a vault") as refused:
        Vault(path, KeyRing([key]))
    assert "Quillfeather" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_nothing_shows_in_a_representation(path, key, one):
    vault = Vault(path, KeyRing([key]))
    deidentifier = Deidentifier(vault=vault).patient(one)
    done = deidentifier.deidentify(TEXT)
    with vault.patient(one.key) as book:
        shown = f"{vault!r} {deidentifier!r} {one!r} {done!r} {book!r}"
    assert "Quillfeather" not in shown
    assert "patient one" not in shown


def test_without_a_vault_nothing_is_turned_back():
    with pytest.raises(InputError, match="Give a vault"):
        Deidentifier().relink("[NAME-1]")


_WORKER = """
import sys
from pathlib import Path
from medrag.privacy import Deidentifier, Identity, Vault
from medrag.sealing import KeyRing, SecretKey
vault = Vault(Path(sys.argv[1]), KeyRing([SecretKey.open(Path(sys.argv[2]))]))
made = Deidentifier(vault=vault).patient(Identity(key="shared"))
for number in range(20):
    made.deidentify(f"Record MRN {sys.argv[3]}{number:03d}77 of Mr. Quayle")
"""


def test_two_processes_never_give_one_tag_to_two_identifiers(path, tmp_path, key):
    arguments = [sys.executable, "-c", _WORKER, str(path), str(tmp_path / "one.key")]
    running = [subprocess.Popen([*arguments, letter]) for letter in ("41", "83")]
    assert [process.wait(60) for process in running] == [0, 0]
    shared = Deidentifier(vault=Vault(path, KeyRing([key]))).patient(Identity(key="shared"))
    tags = " ".join(f"[MRN-{number}]" for number in range(1, 41))
    numbers = shared.relink(tags).split()
    expected = {f"{letter}{number:03d}77" for letter in ("41", "83") for number in range(20)}
    assert set(numbers) == expected
    assert len(numbers) == 40
